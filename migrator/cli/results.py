"""What `run` and `report` leave behind: the report, the results and the rows to correct."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from migrator.cli.corrections import to_correct, write_workbook
from migrator.cli.options import Output, printable
from migrator.errors import MigratorError

if TYPE_CHECKING:
    from migrator.ledger import Ledger
    from migrator.reports import Workbook
    from migrator.runner.migrate import Ended
    from migrator.runner.standing import Standing
    from migrator.runner.verify import Proof


@dataclass(frozen=True, slots=True)
class Written:
    """What lies in the report folder now."""

    page: Path
    to_correct: Path | None
    """The rows to correct; None where there are none."""
    workbook: Workbook | None
    proof: Proof | None
    """What reading everything back came to; None where nobody has."""

    def lines(self) -> Iterator[str]:
        """What people are told about it."""
        yield f"Report: {printable(str(self.page))}"
        if self.workbook is not None:
            yield to_correct(self.workbook)


def write_reports(ledger: Ledger, standing: Standing, folder: Path, old_url: str = "") -> Written:
    """Writes the page, its facts, the results, the crosswalk and, where there are any, the rows to correct.

    Args:
        old_url: What old addresses look like, with `{id}` in the place of the id; "" where unknown.
    """
    from migrator.reports import Told, write_rejects, write_results, write_verification
    from migrator.runner.history import read_history
    from migrator.runner.verify import proof_of

    rejects = write_rejects(
        ledger.originals(),
        columns=tuple(json.loads(ledger.fact("columns") or "[]")),
        ledger_id=ledger.id,
        ledger_name=ledger.path.name,
        reader=ledger.fact("reader") or "",
        folder=folder,
    )
    proof = None
    if ledger.verification() is not None:
        proof = proof_of(ledger)
        write_verification(ledger.differences(), folder)
    workbook = write_workbook(ledger, folder)
    told = Told(read_history(ledger), proof, old_url, rejects, workbook)
    return Written(write_results(standing, ledger.results(), folder, told), told.to_correct, workbook, proof)


def reports_of(ledger: Ledger, ended: Ended, folder: Path) -> Written | MigratorError:
    """Writes what `write_reports` does, behind tickets that were sent; why that failed comes back, so that
    it does not stand in the place of how the sending ended."""
    try:
        return write_reports(ledger, ended.standing, folder)
    except MigratorError as failed:
        return failed


def tell_end(ctx: click.Context, output: Output, ended: Ended, written: Written | MigratorError) -> None:
    """Says how a command that sends has ended, and ends it with the exit code of that."""
    from migrator.reports import render_standing, standing_document

    there = written if isinstance(written, Written) else None
    unwritten = written if isinstance(written, MigratorError) else None
    to_correct = there.to_correct if there else None
    output.say(
        render_standing(ended.standing, width=output.width, colour=output.colour, to_correct=to_correct)
    )
    if there:
        output.say("\n" + "\n".join(there.lines()))
    if unwritten and ended.error:
        output.warn(unwritten)
    document = {**standing_document(ended.standing), "report": str(there.page) if there else ""}
    output.finish(ctx, document, ended.standing.counts.complete, ended.error or unwritten)
