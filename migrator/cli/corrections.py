"""The workbook to correct, and what people bring back with it, as several commands need them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.cli.options import Output

if TYPE_CHECKING:
    from migrator.ledger import Ledger
    from migrator.mapping import Mapping
    from migrator.readers import Source
    from migrator.reports import Home
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


def home_of(inputs: Inputs, paths: Sequence[Path]) -> Home:
    """Where the rows of a dry run belong."""
    from migrator.reports import Home, choices_of
    from migrator.runner.sources import default_ledger

    source = inputs.source
    return Home(
        columns=source.columns,
        mapping=inputs.mapping.name,
        ledger_id=source.ledger_id,
        ledger_name=source.ledger_name or default_ledger(paths).name,
        choices=choices_of(inputs.mapping, inputs.directory),
    )


def write_workbook(ledger: Ledger, folder: Path) -> Path | None:
    """Writes the workbook to correct of a ledger; None where it holds no row back, or was told to forget.

    Raises:
        DiskFull, LedgerError: It cannot be written.
    """
    from migrator.featurebase import Directory
    from migrator.reports import Faulty, Home, ProblemBook, choices_of
    from migrator.runner.retry import mapping_of

    if ledger.forgotten or not ledger.staged:
        return None
    mapping = mapping_of(ledger)
    home = Home(
        columns=tuple(json.loads(ledger.fact("columns") or "[]")),
        mapping=mapping.name,
        ledger_id=ledger.id,
        ledger_name=ledger.path.name,
        choices=choices_of(mapping, Directory.from_text(ledger.fact("directory") or "{}")),
    )
    with ProblemBook(folder, home) as book:
        for row in ledger.originals():
            book.add(Faulty.of_ledger(row))
        return book.finish()
