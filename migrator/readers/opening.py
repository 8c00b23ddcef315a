"""From paths to a source: which files there are, what they are, and which reader they get."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from migrator.errors import SourceError
from migrator.model import Notice, shown
from migrator.readers.base import READER_KEY, ReadOptions, Source, files_stay_as_they_are
from migrator.readers.delimited import Delimited
from migrator.readers.fingerprints import helpdesk_of
from migrator.readers.helpdesks import zendesk
from migrator.readers.json_documents import JsonDocuments
from migrator.readers.json_lines import JsonLines, first_text
from migrator.readers.json_shape import JsonFile, look_at
from migrator.readers.kinds import Kind, kind_of
from migrator.readers.workbook import Workbook

HELPDESKS = ("zendesk",)
READERS = ("delimited", "workbook", "json", "json-lines", *HELPDESKS)

_KIND_OF_READER = {
    "delimited": Kind.TABLE,
    "workbook": Kind.WORKBOOK,
    "json": Kind.JSON,
    "json-lines": Kind.JSON,
    "zendesk": Kind.JSON,
}
_NAMED = {Kind.TABLE: "a table as text", Kind.WORKBOOK: "a workbook", Kind.JSON: "JSON"}
_EXPORT_SUFFIXES = frozenset(
    (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xls", ".json", ".jsonl", ".ndjson", "")
)
_NO_OPTIONS = ReadOptions()
_NUMBER = re.compile(r"(\d+)")


def open_source(paths: Sequence[Path], options: ReadOptions = _NO_OPTIONS) -> Source:
    """Recognise an export and make it ready to read.

    Args:
        paths: Files of one export, in the order in which they are read; or folders of them.

    Raises:
        SourceError: there is nothing to read, or nothing that can be; the message says which and the hint how
            to go on.
    """
    if options.reader and options.reader not in READERS:
        raise SourceError(f"there is no reader {options.reader!r}", hint=f"use one of: {', '.join(READERS)}")
    files, ignored = _files(paths)
    kinds = {path: kind_of(path, options.encoding) for path in files}
    kind = _one_kind(kinds)
    _refuse_idle_options(kind, options)
    with files_stay_as_they_are():
        source = _open(files, kind, options)
    # Rejected rows may come back as another kind of file than the export's, for which the reader was asked.
    if options.reader and _KIND_OF_READER[options.reader] is not kind and not source.ledger_id:
        raise SourceError(
            f"the reader {options.reader!r} was asked for, but the file is {_NAMED[kind]}",
            hint="leave the reader to detection, or give another file",
            at=files[0].name,
        )
    for notice in ignored:
        source.notice(notice.code, notice.message, notice.file)
    return source


def _open(files: list[Path], kind: Kind, options: ReadOptions) -> Source:
    match kind:
        case Kind.JSON:
            return _open_json([look_at(path, options.encoding) for path in files], options.reader)
        case Kind.WORKBOOK:
            source: Source = Workbook(files, options)
        case Kind.TABLE:
            source = Delimited(files, options)
    source.helpdesk, evidence = helpdesk_of(source.columns)
    if evidence:
        source.why = f"{source.why}; {evidence}"
    return source


def _open_json(files: list[JsonFile], reader: str) -> Source:
    if came_by := first_text(files, READER_KEY):  # rejected rows, and joined already if they ever are
        if came_by in HELPDESKS:
            return JsonLines(files, came_by)
        reader = "json-lines" if all(file.lines for file in files) else "json"
    evidence = zendesk.recognise(files)
    if reader == "zendesk" or (evidence and not reader):
        return zendesk.Zendesk(files, evidence or "the reader was asked for")
    if reader == "json-lines" or (all(file.lines for file in files) and not reader):
        return JsonLines(files)
    return JsonDocuments(files)


def _refuse_idle_options(kind: Kind, options: ReadOptions) -> None:
    for name, value, belongs in (
        ("sheet", options.sheet, kind is Kind.WORKBOOK),
        ("delimiter", options.delimiter, kind is Kind.TABLE),
        ("encoding", options.encoding, kind is not Kind.WORKBOOK),
    ):
        if value and not belongs:
            raise SourceError(
                f"the source is {_NAMED[kind]}, which has no {name}", hint=f"leave out the {name}"
            )


def _one_kind(kinds: dict[Path, Kind]) -> Kind:
    if len(set(kinds.values())) > 1:
        told = "; ".join(f"{path.name} is {_NAMED[kind]}" for path, kind in list(kinds.items())[:5])
        raise SourceError(
            f"the files are of different kinds: {told}", hint="give the files of one export, all of one kind"
        )
    return next(iter(kinds.values()))


def _files(paths: Sequence[Path]) -> tuple[list[Path], list[Notice]]:
    """The files to read, and what was found in folders and is not read."""
    files: list[Path] = []
    ignored: list[Notice] = []
    for path in paths:
        try:
            if not path.is_dir():
                files.append(path)
                continue
            inside = sorted(path.iterdir(), key=_natural)
        except OSError as error:
            reason = error.strerror or "the system refuses"
            raise SourceError(
                f"this cannot be read: {reason}",
                hint="check the path, and who may read what is there",
                at=shown(path.name),
            ) from error
        exports = [each for each in inside if _may_be_export(each)]
        if not exports:
            raise SourceError(
                "the folder holds no export",
                hint="give a folder with CSV, xlsx or JSON files, or name the file itself",
                at=path.name,
            )
        files += exports
        ignored += [
            Notice("file-ignored", "not read: it is no export, or hidden", each.name)
            for each in inside
            if each not in exports
        ]
    if not files:
        raise SourceError("no file was given", hint="name the export")
    return list(dict.fromkeys(files)), ignored


def _may_be_export(path: Path) -> bool:
    hidden = path.name.startswith((".", "~$", "__"))
    return path.is_file() and not hidden and path.suffix.lower() in _EXPORT_SUFFIXES


def _natural(path: Path) -> list[tuple[int, str]]:
    """Sorts part2 before part10."""
    return [(int(part) if part.isdigit() else 0, part) for part in _NUMBER.split(path.name.casefold())]
