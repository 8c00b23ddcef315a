"""Text and small values to JSON columns and back, exactly.

Everything that came from outside (keys, file names, messages, mapping text) is stored as JSON,
because SQLite cannot hold a lone surrogate, which JSON exports and file names may contain, and
JSON's escapes can. Equal text always gives equal JSON, so that a key column can be unique.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from migrator.ledger.accounts import Difference, DifferenceKind
from migrator.model import Problem, Severity, SourceRef, Upload

_readable = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_escaped = json.JSONEncoder(separators=(",", ":")).encode
_NOTHING = "[]"
"""An empty list, which most of the lists of a row are: worth no encoder, nor a parser."""


def dump(value: object) -> str:
    """Compact JSON; readable where UTF-8 can carry it, escaped where it cannot."""
    if value == ():
        return _NOTHING
    text = _readable(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        return _escaped(value)
    return text


def load(text: str) -> Any:
    """What was dumped, whatever it was."""
    return json.loads(text)


def load_text(text: str) -> str:
    """A text that was dumped. Most need no unescaping, and then no parser either."""
    return str(json.loads(text)) if "\\" in text else text[1:-1]


def load_text_or_none(text: str | None) -> str | None:
    """Like `load_text`, for a column that may be NULL."""
    return None if text is None else load_text(text)


def dump_problems(problems: Iterable[Problem]) -> str:
    return dump(
        tuple(
            {
                "code": problem.code,
                "message": problem.message,
                "hint": problem.hint,
                "severity": problem.severity.value,
                "ref": _ref_fields(problem.ref),
                "column": problem.column,
                "value": problem.value,
                "at": problem.at,
            }
            for problem in problems
        )
    )


def load_problems(text: str) -> tuple[Problem, ...]:
    if text == _NOTHING:
        return ()
    return tuple(
        Problem(
            code=each["code"],
            message=each["message"],
            hint=each["hint"],
            severity=Severity(each["severity"]),
            ref=None if each["ref"] is None else SourceRef(**each["ref"]),
            column=each["column"],
            value=each["value"],
            at=each["at"],
        )
        for each in json.loads(text)
    )


def first_blocking_code(text: str) -> str:
    """The code of the first problem that blocks, empty where none does; quicker than making them all."""
    if text == _NOTHING:
        return ""
    return next((str(each["code"]) for each in json.loads(text) if each["severity"] == Severity.ERROR), "")


def dump_uploads(uploads: Iterable[Upload]) -> str:
    return dump(
        tuple(
            {
                "part": upload.part,
                "name": upload.name,
                "path": upload.path,
                "size_bytes": upload.size_bytes,
                "sha256": upload.sha256,
                "content_type": upload.content_type,
            }
            for upload in uploads
        )
    )


def load_uploads(text: str) -> tuple[Upload, ...]:
    return () if text == _NOTHING else tuple(Upload(**each) for each in json.loads(text))


def load_left_out(text: str) -> tuple[tuple[str, int], ...]:
    return () if text == _NOTHING else tuple((what, count) for what, count in json.loads(text))


def load_original(text: str) -> tuple[str, ...] | str:
    """A list was a table's cells, a string was a document's own text."""
    original = json.loads(text)
    return original if isinstance(original, str) else tuple(original)


def dump_differences(differences: Iterable[Difference]) -> str:
    return dump([[d.field, d.expected, d.actual, d.kind.value, d.explanation] for d in differences])


def load_differences(text: str) -> tuple[Difference, ...]:
    return tuple(
        Difference(field, expected, actual, DifferenceKind(kind), explanation)
        for field, expected, actual, kind, explanation in json.loads(text)
    )


def _ref_fields(ref: SourceRef | None) -> dict[str, str | int] | None:
    if ref is None:
        return None
    return {"file": ref.file, "row": ref.row, "sheet": ref.sheet, "line": ref.line}
