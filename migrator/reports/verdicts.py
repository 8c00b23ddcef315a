"""The one sentence that a report opens with, how good that is, and what to do next.

Terminal and pages say the same, because both ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.model import Counts
from migrator.reports.words import amount, from_here, listed, number, quoted
from migrator.runner.sources import default_ledger
from migrator.runner.standing import Standing

if TYPE_CHECKING:
    from migrator.runner.plan import Plan


class Tone(StrEnum):
    """How good the news is; always said in words too."""

    GOOD = "good"
    CARE = "care"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to do next."""

    text: str
    command: str = ""
    """To be typed as it stands; empty where words are enough."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a report comes to."""

    tone: Tone
    label: str
    """Two or three words: `Ready`, `Not all in`."""
    sentence: str
    advice: tuple[Advice, ...] = ()


_UNKNOWN_VALUES = (
    "Decide about the values that the mapping does not know: in the mapping, or in problems.xlsx (sheet "
    "«Value maps»), which --values takes."
)

# --- before a run -----------------------------------------------------------------------------


def plan_verdict(plan: Plan) -> Verdict:
    """Whether a migration may begin, and what stands in its way."""
    tone, label, sentence = _plan_sentence(plan)
    advice = []
    if plan.rejected:
        advice.append(
            Advice(
                "Correct the problems that block, in the export or in the mapping, and validate again; or "
                "run now: the rejected rows stay behind, to be corrected afterwards and given to `retry`."
            )
        )
    if plan.unmapped:
        advice.append(Advice(_UNKNOWN_VALUES))
    if plan.unchecked:
        advice.append(Advice("Validate once without --offline, so that all names are checked."))
    if plan.ready and not advice:
        advice.append(_migrate(plan))
    if plan.notified:
        tone = Tone.CARE if tone is Tone.GOOD else tone
        sentence += f" People would be notified about {amount(plan.notified, 'ticket')}."
    return Verdict(tone, label, sentence, tuple(advice))


def _migrate(plan: Plan) -> Advice:
    if not plan.typed:
        return Advice("Migrate: `migrator run`, with the same export and mapping.")
    return Advice("Migrate; it shows the plan once more, and asks:", _typed("run", *plan.typed))


def _plan_sentence(plan: Plan) -> tuple[Tone, str, str]:
    left_out = f"; {amount(plan.skipped, 'row')} left out by your rules" if plan.skipped else ""
    if not plan.rows:
        return Tone.BAD, "Nothing to move", "The export has no rows."
    if not plan.ready and not plan.rejected:
        all_of_them = "The only row is" if plan.skipped == 1 else f"All {number(plan.skipped)} rows are"
        return Tone.BAD, "Nothing to move", f"{all_of_them} left out by your rules."
    if not plan.ready:
        none = "The only ticket" if plan.rejected == 1 else f"None of the {number(plan.rejected)} tickets"
        can = "cannot move yet" if plan.rejected == 1 else "can move yet"
        return Tone.BAD, "Not ready", f"{none} {can}{left_out}."
    if plan.rejected:
        return (
            Tone.CARE,
            "Not all ready",
            f"{number(plan.ready)} of {amount(plan.ready + plan.rejected, 'ticket')} can move, "
            f"{number(plan.rejected)} cannot yet{left_out}.",
        )
    all_of_them = "The only ticket is" if plan.ready == 1 else f"All {number(plan.ready)} tickets are"
    return Tone.GOOD, "Ready", f"{all_of_them} ready to move{left_out}."


# --- during and after -------------------------------------------------------------------------


def standing_verdict(standing: Standing, to_correct: Path | None = None) -> Verdict:
    """Whether everything is in, and what to type where it is not.

    Args:
        to_correct: The file of rows to correct, where it has been written.
    """
    counts = standing.counts
    if not standing.staged:
        return Verdict(
            Tone.BAD,
            "Nothing sent",
            "Reading the export was cut off, so that nothing has been sent.",
            (Advice("Run the same command again:", _run_again(standing)),),
        )
    there = counts.created + counts.updated + counts.unchanged
    if standing.running:
        return Verdict(
            Tone.CARE,
            "Running",
            f"A run is at work: {number(there)} of {amount(counts.rows - counts.skipped, 'ticket')} are in.",
        )
    advice = _advice(standing, to_correct)
    if counts.complete:
        skipped = f"; {amount(counts.skipped, 'row')} left out by your rules" if counts.skipped else ""
        tone = Tone.CARE if standing.strangers else Tone.GOOD
        all_of_them = "The only ticket is" if there == 1 else f"All {number(there)} tickets are"
        as_sent = f"as {'it was' if there == 1 else 'they were'} sent"
        proven = f", read back and found {as_sent}" if standing.proven else ""
        sentence = f"{all_of_them} in{proven}{skipped}." if there else f"Nothing was to be moved{skipped}."
        return Verdict(tone, "Everything is in", sentence, advice)
    if standing.taken_back and not there:
        return Verdict(
            Tone.CARE,
            "Taken back",
            f"{amount(standing.taken_back, 'ticket')} of this ledger {_were(standing.taken_back)} deleted in "
            "Featurebase by `undo`; it can migrate again.",
            advice,
        )
    missing = counts.rows - there - counts.skipped
    are = "is" if missing == 1 else "are"
    return Verdict(
        Tone.CARE if there else Tone.BAD,
        "Not all in",
        f"{number(missing)} of {amount(counts.rows - counts.skipped, 'ticket')} {are} not in: "
        f"{listed(_missing(counts))}.",
        advice,
    )


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _missing(counts: Counts) -> list[str]:
    kinds = {
        "rejected": counts.rejected,
        "failed": counts.failed,
        "in doubt": counts.in_doubt,
        "pending": counts.pending,
    }
    return [f"{number(count)} {kind}" for kind, count in kinds.items() if count]


def _advice(standing: Standing, to_correct: Path | None) -> tuple[Advice, ...]:
    counts = standing.counts
    advice = []
    if counts.pending or counts.in_doubt:
        again = "Bring what is left; this goes on where it stopped:"
        if standing.taken_back:
            again = "To migrate again, run the same command:"
        advice.append(Advice(again, _run_again(standing)))
    ledger = from_here(standing.ledger)
    correctable = (counts.rejected or counts.failed) and not standing.forgotten
    if correctable and to_correct:
        file = from_here(str(to_correct))
        text = f"Correct the rows in {to_correct.name} and give them back:"
        advice.append(Advice(text, _typed("retry", ledger, "--from", file)))
    elif correctable:
        advice.append(
            Advice("Write the rows to correct into a file, each with its reason:", _typed("report", ledger))
        )
    if counts.failed:
        advice.append(Advice("Where the reason is gone, send them as they were:", _typed("retry", ledger)))
    if any(doubt.candidates for doubt in standing.doubts):
        advice.append(
            Advice("Decide what only a person can tell, with the tickets at hand:", _typed("resolve", ledger))
        )
    if standing.strangers:
        advice.append(Advice("Look at the tickets that nobody here made; they may be duplicates."))
    if counts.complete and counts.created + counts.updated and not (standing.forgotten or standing.proven):
        advice.append(Advice("Prove it: read everything back and compare:", _typed("verify", ledger)))
    return tuple(advice)


def _run_again(standing: Standing) -> str:
    if not standing.typed:
        return _run(("SOURCE", "--mapping", "MAPPING"), standing, named=True)
    first = Path(standing.typed[0])
    return _run(standing.typed, standing, named=default_ledger([first]) != Path(from_here(standing.ledger)))


def _run(words: tuple[str, ...], standing: Standing, *, named: bool) -> str:
    """A command to copy; it names the ledger only where `run` would not find it by itself."""
    ledger = ("--ledger", from_here(standing.ledger)) if named else ()
    return " ".join(map(quoted, ("migrator", "run", *words, *ledger)))


def _typed(*words: str) -> str:
    return " ".join(map(quoted, ("migrator", *words)))
