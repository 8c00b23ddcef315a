"""From paths to a source: what the files of an export are, and which reader they get.

Which files there are is found in `contents.py`, what each one is in `kinds.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from migrator.errors import SourceError, UnreadableSource
from migrator.readers.base import READER_KEY, ReadOptions, Source, files_stay_as_they_are
from migrator.readers.blobs import Blob
from migrator.readers.contents import contents_of
from migrator.readers.delimited import Delimited
from migrator.readers.documents import Documents
from migrator.readers.event_logs import refuse_event_log
from migrator.readers.fingerprints import helpdesk_of
from migrator.readers.helpdesks import TABLES, TREES
from migrator.readers.helpdesks.joined import Joined
from migrator.readers.json_lines import JsonLines
from migrator.readers.json_shape import JsonFile, look_at
from migrator.readers.kinds import Kind
from migrator.readers.local_files import LocalFiles
from migrator.readers.table_trees import TableFile
from migrator.readers.trees import TreeFile, first_text
from migrator.readers.workbook import Workbook, sheets_apart
from migrator.readers.xml_shape import look_at_xml

_TABLE_KINDS = (Kind.TABLE, Kind.WORKBOOK)
_TREES = {reader.name: reader for reader in TREES}
_TABLES = {reader.name: reader for reader in TABLES}
_HELPDESKS = {name: each.product or name for name, each in _TREES.items()} | {
    name: each.product or name for name, each in _TABLES.items()
}
_KINDS_OF_READER: dict[str, tuple[Kind, ...]] = {
    "delimited": (Kind.TABLE,),
    "workbook": (Kind.WORKBOOK,),
    "json": (Kind.JSON,),
    "json-lines": (Kind.JSON,),
    "xml": (Kind.XML,),
    **{name: (Kind.JSON, Kind.XML, *(_TABLE_KINDS if each.tables else ())) for name, each in _TREES.items()},
    **dict.fromkeys(_TABLES, _TABLE_KINDS),
}
READERS = tuple(_KINDS_OF_READER)

_NAMED = {
    Kind.TABLE: "a table as text",
    Kind.WORKBOOK: "a workbook",
    Kind.JSON: "JSON",
    Kind.XML: "XML",
    Kind.ARCHIVE: "an archive",
}
_ASKED_FOR = "the reader was asked for"
_NO_OPTIONS = ReadOptions()


def open_source(paths: Sequence[Path], options: ReadOptions = _NO_OPTIONS) -> Source:
    """Recognise an export and make it ready to read.

    Args:
        paths: Files of one export, in the order in which they are read; or folders or archives of them.

    Raises:
        SourceError: there is nothing to read, or nothing that can be; the message says which and the hint how
            to go on.
    """
    if options.reader and options.reader not in READERS:
        raise SourceError(f"there is no reader {options.reader!r}", hint=f"use one of: {', '.join(READERS)}")
    with files_stay_as_they_are():
        contents = contents_of(paths, options.encoding)
        kinds = contents.files
        _refuse_idle_options(set(kinds.values()), options)
        source = _open(kinds, options)
    # Rejected rows may come back as another kind of file than the export's, for which the reader was asked.
    unfit = [blob for blob in kinds if options.reader and kinds[blob] not in _KINDS_OF_READER[options.reader]]
    if unfit and not source.ledger_id:
        raise SourceError(
            f"the reader {options.reader!r} was asked for, but the file is {_NAMED[kinds[unfit[0]]]}",
            hint="leave the reader to detection, or give another file",
            at=unfit[0].name,
        )
    source.notice_all(contents.notices)
    source.local_files = LocalFiles(contents)
    return source


def _open(kinds: dict[Blob, Kind], options: ReadOptions) -> Source:
    if together := _joined_tables(kinds, options):
        return together
    blobs = list(kinds)
    match _one_kind(kinds):
        case Kind.JSON:
            files = [look_at(blob, options.encoding) for blob in blobs]
            return (
                Documents(files, "json", options.sheet)
                if options.sheet
                else _open_json(files, options.reader)
            )
        case Kind.XML:
            xml = [look_at_xml(blob, options.encoding) for blob in blobs]
            joined = None if options.sheet else _joined(xml, options.reader)
            return joined or Documents(xml, "xml", options.sheet)
        case Kind.WORKBOOK:
            return _recognise_table(Workbook(blobs, options), options.reader)
        case _:
            return _recognise_table(Delimited(blobs, options), options.reader)


def _joined_tables(kinds: dict[Blob, Kind], options: ReadOptions) -> Source | None:
    """Several tables that are one export, or tables beside nested files, where a helpdesk knows them so."""
    found = list(kinds.values())
    if not any(kind in _TABLE_KINDS for kind in found) or found == [Kind.TABLE]:
        return None
    readers = [each for each in TREES if each.tables and options.reader in ("", each.name)]
    if not readers:
        return None
    files = [file for blob, kind in kinds.items() for file in _tree_files(blob, kind, options)]
    return _first_that_recognises(readers, files, options.reader) if len(files) > 1 else None


def _tree_files(blob: Blob, kind: Kind, options: ReadOptions) -> Sequence[TreeFile]:
    match kind:
        case Kind.JSON:
            return (look_at(blob, options.encoding),)
        case Kind.XML:
            return (look_at_xml(blob, options.encoding),)
        case Kind.WORKBOOK if not options.sheet and (names := sheets_apart(blob)):
            tables = [(name, Workbook([blob], replace(options, sheet=name))) for name in names]
            return [TableFile(blob, table, name, len(names)) for name, table in tables]
        case Kind.WORKBOOK:
            return (TableFile(blob, Workbook([blob], options)),)
        case _:
            return (TableFile(blob, Delimited([blob], options)),)


def _joined(files: Sequence[TreeFile], reader: str) -> Source | None:
    """The files as the nested export of a helpdesk, if they are one."""
    return _first_that_recognises([each for each in TREES if reader in ("", each.name)], files, reader)


def _first_that_recognises(
    readers: Iterable[type[Joined]], files: Sequence[TreeFile], reader: str
) -> Source | None:
    for each in readers:
        if evidence := each.recognise(files) or (_ASKED_FOR if reader else ""):
            return each(files, evidence)
    return None


def _recognise_table(source: Source, reader: str) -> Source:
    if reader in _TABLES:
        return _TABLES[reader](source, _ASKED_FOR)
    if not reader and not source.ledger_id:
        refuse_event_log(source)
    source.helpdesk, evidence = helpdesk_of(source.columns)
    if evidence:
        source.why = f"{source.why}; {evidence}"
    if not reader:
        for each in TABLES:
            if evidence := each.recognise(source.columns):
                return each(source, evidence)
    return source


def _open_json(files: list[JsonFile], reader: str) -> Source:
    if all(file.error for file in files):
        raise UnreadableSource(
            "the file is an error message of an API in place of an export",
            hint="the message in it says why; fetch the export again",
            at=files[0].name,
        )
    if came_by := first_text(files, READER_KEY):  # rejected rows, and joined already if they ever are
        if came_by in _HELPDESKS:
            return JsonLines(files, came_by, _HELPDESKS[came_by])
        reader = "json-lines" if all(file.lines for file in files) else "json"
    if source := _joined(files, reader):
        return source
    if reader == "json-lines" or (all(file.lines for file in files) and not reader):
        return JsonLines(files)
    return Documents(files, "json")


def _refuse_idle_options(kinds: set[Kind], options: ReadOptions) -> None:
    for name, value, belongs in (
        ("sheet", options.sheet, kinds != {Kind.TABLE}),
        ("delimiter", options.delimiter, Kind.TABLE in kinds),
        ("fast reading", options.fast, Kind.WORKBOOK in kinds),
        ("encoding", options.encoding, kinds != {Kind.WORKBOOK}),
    ):
        if value and not belongs:
            named = " and ".join(sorted(_NAMED[kind] for kind in kinds))
            raise SourceError(f"the source is {named}, which has no {name}", hint=f"leave out the {name}")


def _one_kind(kinds: dict[Blob, Kind]) -> Kind:
    if len(set(kinds.values())) > 1:
        told = "; ".join(f"{blob.name} is {_NAMED[kind]}" for blob, kind in list(kinds.items())[:5])
        raise SourceError(
            f"the files are of different kinds: {told}",
            hint="name the file with the tickets alone, or give files of one kind",
        )
    return next(iter(kinds.values()))
