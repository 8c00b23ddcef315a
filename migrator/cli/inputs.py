"""From what the command line names to what a story needs: mapping, workspace, export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.cli.shipped import find_mapping

if TYPE_CHECKING:
    from migrator.featurebase import Client, Directory
    from migrator.mapping import Mapping
    from migrator.readers import ReadOptions, Source

ReportFolder = Callable[[Path], Path]


def open_mapping(name: str, overrides: Sequence[str]) -> Mapping:
    from migrator.mapping import load_mapping
    from migrator.readers import read_table

    return load_mapping(find_mapping(name), read_table=read_table, overrides=tuple(overrides))


def open_export(paths: Sequence[Path], read: ReadOptions, mapping: Mapping) -> Source:
    """The export; `--reader` wins over the mapping's `reader`, which wins over recognising."""
    from dataclasses import replace

    from migrator.readers import open_source

    return open_source(paths, replace(read, reader=read.reader or mapping.reader))


def fetch_directory(client: Client, mapping: Mapping) -> Directory:
    return client.fetch_directory(mapping.needs)


def default_report_folder(anchor: Path) -> Path:
    """`tickets-report` in the current folder, for `anywhere/tickets.csv` and `tickets.ledger`."""
    return Path(f"{anchor.name if anchor.is_dir() else anchor.stem}-report")
