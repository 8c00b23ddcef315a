"""Keeps spreadsheets from running what a stranger wrote into a ticket.

Only for files that people open. What is fed back to a reader stays as it was, byte for byte.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"(^|[;\t\r\n])(?=[\s\"']*[=+\-@|%\uff1d\uff0b\uff0d\uff20])")
"""The start of a cell that a spreadsheet would compute; also behind a semicolon or a tab, where a program
with other list separators starts a new cell."""

_SEPARATORS = frozenset(";\t\r\n")


def guarded(text: str) -> str:
    """A cell that stays text: an apostrophe before whatever would start a formula.

    Source: OWASP, "CSV Injection".
    """
    if not text or text.isalnum():  # most cells: ids, numbers, blanks
        return text
    if text[0].isalnum() and _SEPARATORS.isdisjoint(text):  # most others: addresses, sentences
        return text
    return _FORMULA.sub(r"\1'", text)
