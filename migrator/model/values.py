"""What a source may hold, and how a value is shown to people."""

from __future__ import annotations

Value = str | list["Value"] | dict[str, "Value"]
"""What a source may hold: text, lists and dicts.

Numbers are their exact text (`007`, `1e5`), JSON's literals are `true` and `false`, a table's blank
is `""`; JSON's null and a missing key are both simply absent.
"""

SHOWN_CHARACTERS = 60


def shown(value: object, limit: int = SHOWN_CHARACTERS) -> str:
    """A value as a message may show it: one line, printable, at most `limit` characters."""
    text = value if isinstance(value, str) else str(value)
    cut = text[: limit + 1]
    safe = cut if cut.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in cut)
    return safe[: limit - 1] + "…" if len(text) > limit or len(safe) > limit else safe
