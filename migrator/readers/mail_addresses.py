"""Addresses as mail writes them: `"Carver, Max" <max@example.com>`.

The standard library's reading of them, which calls itself for every colon of a text, and so gives up on some
thousands of them.
"""

from __future__ import annotations

import email.utils


def parseaddr(text: str) -> tuple[str, str]:
    """Name and address of somebody; either may be empty. What cannot be read is a name."""
    try:
        return email.utils.parseaddr(text)
    except RecursionError:
        return text, ""


def getaddresses(text: str) -> list[tuple[str, str]]:
    """The same of several people, with commas between them."""
    try:
        return email.utils.getaddresses([text])
    except RecursionError:
        return [(text, "")]
