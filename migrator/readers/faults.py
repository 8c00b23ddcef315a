"""The problems of single rows that readers name: code, sentence, way out.

One table, so that a lost character is told in the same words whatever file it was lost in.
"""

from __future__ import annotations

from migrator.model import Problem, Severity, SourceRef, shown

_E, _W = Severity.ERROR, Severity.WARNING
_UNLESS = "nothing to do, unless the value matters: correct it in the source"

_FAULTS: dict[str, tuple[Severity, str, str]] = {
    "row-too-short": (
        _E,
        "the row has fewer cells than the header: {detail}",
        "complete the row, or quote the line break that tears it",
    ),
    "row-too-long": (
        _E,
        "the row has more cells than the header: {detail}",
        "quote the cell that holds the delimiter, name the missing columns, or remove what is too much",
    ),
    "broken-quote": (_E, "a quoted cell has a quote inside: {detail}", 'write a quote inside a cell as ""'),
    "nul-character": (
        _E,
        "the text holds a NUL character",
        "remove it, or export the file again: it may be damaged",
    ),
    "digits-lost": (
        _E,
        "the number has more digits than a spreadsheet keeps, so its last ones are lost",
        "take the value from the original export, and format the column as text before pasting it",
    ),
    "not-an-object": (_E, "the record is not a JSON object", "correct or remove the record"),
    "too-deeply-nested": (
        _E,
        "the record is nested deeper than any export of tickets",
        "correct or remove the record",
    ),
    "damaged-text": (
        _W,
        "the text was damaged before it was exported: it holds characters such as Ã¼, â€™ or U+FFFD",
        "it is imported as it is; export it again if an undamaged source exists",
    ),
    "lone-surrogate": (_W, "half of a character is missing from the text; U+FFFD takes its place", _UNLESS),
    "duplicate-json-key": (_W, "a key stands twice in one object; the last one is read", _UNLESS),
    "mixed-text": (
        _W,
        "an element holds text and other elements side by side; its text is read without their places",
        "write markup inside of XML as CDATA",
    ),
    "error-cell": (_W, "the cell holds a spreadsheet error; it is read as blank", _UNLESS),
    "formula-without-value": (
        _W,
        "the formula was saved without its result; it is read as blank",
        "open the workbook in a spreadsheet, save it, and give that file",
    ),
    "not-a-date": (
        _W,
        "the cell is formatted as a date, but its number is none; the number is read",
        _UNLESS,
    ),
    "requester-unknown": (
        _W,
        "the export does not say who wrote the ticket: no list of people beside it has their id",
        "{detail}",
    ),
    "requester-is-agent": (
        _W,
        "the export does not say who asked, so the agent who entered the ticket is taken for its author",
        "export the tickets with `requester_id`, if they entered it for somebody else",
    ),
    "private-description": (
        _W,
        "the description is a private note, so it is brought as a note and not as content",
        "give the content a `missing` text in the mapping",
    ),
}


def fault(code: str, ref: SourceRef, *, column: str = "", value: str = "", detail: str = "") -> Problem:
    """A problem of one row.

    Args:
        value: The offending text, however long.
        detail: What the sentence of this code, or its way out, leaves open.
    """
    severity, message, hint = _FAULTS[code]
    said, way_out = message.format(detail=detail), hint.format(detail=detail)
    return Problem(code, said, way_out, severity, ref, column, shown(value))
