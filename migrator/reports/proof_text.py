"""What reading everything back came to, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.reports.layout import Figure, Paint, Sheet
from migrator.reports.text_parts import MOST_LINES
from migrator.reports.words import amount, from_here, number, percent

if TYPE_CHECKING:
    from migrator.runner.verify import Proof

VALUES = 2
"""Differences named for each ticket; the file has them all."""


def render_proof(proof: Proof, *, width: int = 80, colour: bool = False) -> str:
    """The proof as lines of at most `width` columns, without a line end behind the last."""
    sheet = Sheet(width, colour=colour)
    sheet.facts({"ledger": from_here(proof.ledger), "in": proof.target})
    if proof.by_field:
        sheet.heading("What differs, by field")
        often = proof.by_field[:MOST_LINES]
        sheet.figures([Figure(field, number(count), kind) for field, kind, count in often])
    if proof.examples:
        sheet.heading("Tickets that are not as they were sent")
    for verified in proof.examples[:MOST_LINES]:
        sheet.say(f"{verified.key} ({verified.url or verified.number}):", indent=2, hang=4, paint=Paint.BAD)
        for each in verified.differences[:VALUES]:
            sheet.say(
                f"{each.field}, {each.kind.value}: sent {each.expected!r}, there {each.actual!r}",
                indent=6,
                hang=2,
            )
    sheet.heading("Read back")
    sheet.figures(
        [
            Figure("equal", number(proof.equal), "exactly as they were sent"),
            Figure("explained", number(proof.explained), "changed only as Featurebase is known to do"),
            Figure("different", number(proof.different)),
            Figure("missing", number(proof.missing), "deleted in Featurebase"),
            Figure("tickets", f"{number(proof.read)} of {number(proof.tickets)}"),
            Figure("values", number(proof.values), _fidelity(proof)),
        ]
    )
    sheet.gap()
    sheet.say(_sentence(proof), paint=Paint.GOOD if proof.complete else Paint.BAD)
    return sheet.text()


def _fidelity(proof: Proof) -> str:
    return "" if proof.fidelity is None else f"{percent(proof.fidelity)} arrived as they were sent"


def _sentence(proof: Proof) -> str:
    if not proof.ended:
        return "Not everything was read back yet: the same command goes on."
    if proof.different or proof.missing:
        wrong = f"{amount(proof.different, 'ticket')} came out different, {number(proof.missing)} missing"
        return f"Not proven: {wrong}."
    if not proof.counts.complete:
        return "What is in is as it was sent; but not everything is in: see `migrator status`."
    if proof.read == 1:
        return "Proven: the only ticket is in Featurebase as it was sent."
    return f"Proven: all {number(proof.read)} tickets are in Featurebase as they were sent."
