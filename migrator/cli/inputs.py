"""From what the command line names to what a story needs: mapping, workspace, export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.cli.options import is_reading_said
from migrator.cli.shipped import find_mapping, mapping_names
from migrator.cli.signals import ctrl_c_aborts
from migrator.cli.source_words import reading_words
from migrator.errors import MigratorError, SourceError

if TYPE_CHECKING:
    import click

    from migrator.cli.options import Output
    from migrator.featurebase import Client, Connection, Directory
    from migrator.mapping import Mapping
    from migrator.readers import ReadOptions, Source
    from migrator.runner.control import Telling
    from migrator.runner.inspect import Inspection
    from migrator.runner.memory import Taught


@contextmanager
def open_client(connection: Connection, telling: Telling) -> Iterator[Client]:
    """A way to Featurebase that Ctrl-C can stop: the first drains it, the second cuts it."""
    from migrator.featurebase import Client

    with Client(connection) as client:
        telling.control.when_stopped(client.stop)
        telling.control.when_cancelled(client.cancel)
        try:
            yield client
        finally:
            _note_429(client)


def _note_429(client: Client) -> None:
    """What a refusal by the rate limit looks like is documented nowhere, so one that is met is remembered."""
    from migrator.runner.memory import keep_limited

    if client.limited is not None:
        with suppress(OSError, MigratorError):  # a note for `doctor`, and no reason to fail
            keep_limited(client.limited, client.connection.host, Path())


def open_mapping(name: str, overrides: Sequence[str]) -> Mapping:
    from migrator.mapping import load_mapping
    from migrator.readers import read_table

    return load_mapping(find_mapping(name), read_table=read_table, overrides=tuple(overrides))


def open_export(paths: Sequence[Path], read: ReadOptions, mapping: Mapping) -> Source:
    """The export; `--reader` wins over the mapping's `reader`, which wins over recognising.

    Raises:
        SourceError: It cannot be read so; the hint says more where it can be read without the mapping.
    """
    from dataclasses import replace

    from migrator.readers import open_source

    with ctrl_c_aborts():
        try:
            return open_source(paths, replace(read, reader=read.reader or mapping.reader))
        except SourceError as unfit:
            if read.reader or not mapping.reader:
                raise
            open_source(paths, read)  # what is wrong without the mapping is wrong with the export itself
            fits = "`migrator inspect` says which mapping fits"
            unfit.hint = f"{mapping.name} is made for another kind of export: {fits}"
            raise


def as_read_before(
    ctx: click.Context, ledger_path: Path | None, paths: Sequence[Path], read: ReadOptions, output: Output
) -> ReadOptions:
    """How the export is to be read: where nothing is said now, as the first run was told to.

    Args:
        ledger_path: As it was given; None for the place at which a run looks for it.
        read: What the command line says.
    """
    from migrator.reports.words import quoted
    from migrator.runner.sources import default_ledger, read_before

    before = None if is_reading_said(ctx) else read_before(ledger_path or default_ledger(paths), paths)
    if before is None or before == read:
        return read
    words = " ".join(map(quoted, reading_words(before)))
    output.remark(
        f"Note: the export is read as the first run was told to: {words} (what you say now takes the place "
        "of all of it; --no-fast-excel alone leaves everything to detection)."
    )
    return before


def inspect_export(paths: Sequence[Path], read: ReadOptions, telling: Telling) -> Inspection:
    """What is in an export, held against the shipped mappings."""
    from migrator.readers import open_source
    from migrator.runner.inspect import inspect

    def load(name: str) -> Mapping:
        return open_mapping(name, ())

    with ctrl_c_aborts():
        return inspect(open_source(paths, read), mapping_names(), load, telling)


def recall_lessons(directory: Directory, output: Output) -> Taught:
    """What a trial ticket taught in this folder; where it makes a difference, it is said."""
    from migrator.runner.memory import FILE, recall

    taught = recall(directory, Path())
    if taught.select_as == "label":
        output.remark(f"Note: choices are sent by label, as a trial ticket taught on {taught.on} ({FILE}).")
    if taught.threadless:
        output.remark(
            f"Note: the trial ticket of {taught.on} came without a conversation, so messages may find no "
            "place; `without_conversation` in `replies` of the mapping says what becomes of them."
        )
    return taught


def default_report_folder(anchor: Path) -> Path:
    """`tickets-report` in the current folder, for `anywhere/tickets.csv` and `tickets.ledger`."""
    return Path(f"{anchor.name if anchor.is_dir() else anchor.stem}-report")
