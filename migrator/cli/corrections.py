"""The workbook to correct, and what people bring back with it, as several commands need them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.cli.options import Output, printable

if TYPE_CHECKING:
    from migrator.featurebase import Directory
    from migrator.ledger import Ledger
    from migrator.mapping import Mapping
    from migrator.readers import Source
    from migrator.reports import Home, Workbook
    from migrator.runner.staging import Inputs

PREFIX = "corrections-"
"""Of the files of a report about rows that came back: the one about the whole export stays."""


def with_values(mapping: Mapping, files: Sequence[Path], source: Source, output: Output) -> Mapping:
    """The mapping with what was decided in these files and in the source, if that is a workbook of ours.

    Raises:
        SourceError: A file holds no decisions.
        MappingComplaints: Decisions that do not fit the mapping.
    """
    from migrator.mapping import with_decisions
    from migrator.readers import read_decisions

    decisions = [each for file in files for each in read_decisions(file)]
    if source.ledger_name:
        decisions += [each for file in source.files for each in read_decisions(file.path, required=False)]
    if not decisions:
        return mapping
    output.remark(f"Values that were decided beside the mapping: {len(decisions)}")
    return with_decisions(mapping, decisions)


def prefix_beside(source: Source, folder: Path) -> str:
    """The prefix of a dry run's files: none, unless its source is one of the files of that folder."""
    from migrator.reports.workbook import FILE

    sources = {file.path.resolve() for file in source.files}
    if not source.ledger_name or folder.resolve() not in {path.parent for path in sources}:
        return ""
    prefixes = chain([PREFIX], (f"{PREFIX}{number}-" for number in count(2)))
    return next(prefix for prefix in prefixes if (folder / (prefix + FILE)).resolve() not in sources)


def home_of(inputs: Inputs, paths: Sequence[Path], rest: str) -> Home:
    """Where the rows of a dry run belong.

    Args:
        rest: As `Home.rest`.
    """
    from migrator.runner.sources import default_ledger

    source = inputs.source
    ledger = source.ledger_name or default_ledger(paths).name
    home = _home(source.columns, inputs.mapping, inputs.directory, rest)
    return replace(home, ledger_id=source.ledger_id, ledger_name=ledger)


def write_workbook(ledger: Ledger, folder: Path) -> Workbook | None:
    """Writes the workbook to correct of a ledger; None where it holds no row back, or was told to forget.

    Raises:
        DiskFull, LedgerError: It cannot be written.
    """
    from migrator.featurebase import Directory
    from migrator.reports import Faulty, ProblemBook
    from migrator.reports.rejects import NESTED, TABLE
    from migrator.runner.retry import mapping_of

    if ledger.forgotten or not ledger.staged:
        return None
    columns = tuple(json.loads(ledger.fact("columns") or "[]"))
    directory = Directory.from_text(ledger.fact("directory") or "{}")
    home = _home(columns, mapping_of(ledger), directory, TABLE if columns else NESTED)
    home = replace(home, ledger_id=ledger.id, ledger_name=ledger.path.name)
    with ProblemBook(folder, home) as book:
        for row in ledger.originals():
            book.add(Faulty.of_ledger(row))
        return book.finish()


def _home(columns: tuple[str, ...], mapping: Mapping, directory: Directory, rest: str) -> Home:
    """Without its ledger."""
    from migrator.reports import Home, choices_of
    from migrator.reports.workbook_choices import key_columns_of

    return Home(
        columns=columns,
        mapping=mapping.name,
        ledger_id="",
        ledger_name="",
        choices=choices_of(mapping, directory),
        key_columns=key_columns_of(mapping),
        rest=rest,
    )


def to_correct(workbook: Workbook) -> str:
    """The line that leads people to the workbook, and says where it was cut."""
    remark = f" ({workbook.remark})" if workbook.cut else ""
    label = "To correct" if workbook.rows else "What is wrong"
    return f"{label}: {printable(str(workbook.path))}{remark}"
