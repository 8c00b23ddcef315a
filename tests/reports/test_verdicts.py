from pathlib import Path
from typing import Any

import pytest

from migrator.model import Counts
from migrator.reports.verdicts import Tone, plan_verdict, standing_verdict
from migrator.runner.standing import OpenDoubt
from tests.reports.support import plan, standing, troubled_plan


@pytest.mark.parametrize(
    ("facts", "tone", "sentence"),
    [
        pytest.param({"ready": 240}, Tone.GOOD, "All 240 tickets are ready to move.", id="all"),
        pytest.param({"ready": 1}, Tone.GOOD, "The only ticket is ready to move.", id="one"),
        pytest.param(
            {"ready": 230, "skipped": 10},
            Tone.GOOD,
            "All 230 tickets are ready to move; 10 rows left out by your rules.",
            id="some-left-out",
        ),
        pytest.param(
            {"ready": 1222, "rejected": 8, "skipped": 1},
            Tone.CARE,
            "1,222 of 1,230 tickets can move, 8 cannot yet; 1 row left out by your rules.",
            id="some-rejected",
        ),
        pytest.param({"ready": 0, "rejected": 8}, Tone.BAD, "None of the 8 tickets can move yet.", id="none"),
        pytest.param(
            {"ready": 0, "rejected": 1}, Tone.BAD, "The only ticket cannot move yet.", id="not-the-one"
        ),
        pytest.param({"ready": 0}, Tone.BAD, "The export has no rows.", id="empty"),
        pytest.param(
            {"ready": 0, "skipped": 5}, Tone.BAD, "All 5 rows are left out by your rules.", id="all-left-out"
        ),
        pytest.param(
            {"ready": 0, "skipped": 1}, Tone.BAD, "The only row is left out by your rules.", id="left-out"
        ),
        pytest.param(
            {"ready": 240, "notified": 3},
            Tone.CARE,
            "All 240 tickets are ready to move. People would be notified about 3 tickets.",
            id="somebody-notified",
        ),
    ],
)
def test_a_plan_comes_to_one_sentence(facts: dict[str, Any], tone: Tone, sentence: str) -> None:
    verdict = plan_verdict(plan(**facts))
    assert (verdict.tone, verdict.sentence) == (tone, sentence)


def test_a_clean_plan_has_only_to_be_run_and_a_troubled_one_says_what_to_do() -> None:
    assert [each.text[:8] for each in plan_verdict(plan()).advice] == ["Migrate:"]
    typed = ("my export.csv", "--sheet", "B", "--mapping", "m.yaml")
    (told,) = plan_verdict(plan(typed=typed)).advice
    assert told.command == 'migrator run "my export.csv" --sheet B --mapping m.yaml'
    assert len(plan_verdict(troubled_plan()).advice) == 3


@pytest.mark.parametrize(
    ("facts", "tone", "sentence"),
    [
        pytest.param(
            {"counts": Counts(created=222), "proven": False}, Tone.GOOD, "All 222 tickets are in.", id="all"
        ),
        pytest.param(
            {"counts": Counts(created=222)},
            Tone.GOOD,
            "All 222 tickets are in, read back and found as they were sent.",
            id="all-proven",
        ),
        pytest.param(
            {"counts": Counts(created=1, skipped=2)},
            Tone.GOOD,
            "The only ticket is in, read back and found as it was sent; 2 rows left out by your rules.",
            id="one",
        ),
        pytest.param(
            {"counts": Counts(skipped=2)},
            Tone.GOOD,
            "Nothing was to be moved; 2 rows left out by your rules.",
            id="nothing-to-do",
        ),
        pytest.param(
            {"counts": Counts(created=210, updated=1, unchanged=1, skipped=10, rejected=8, failed=5)},
            Tone.CARE,
            "13 of 225 tickets are not in: 8 rejected and 5 failed.",
            id="some-not",
        ),
        pytest.param(
            {"counts": Counts(in_doubt=1)}, Tone.BAD, "1 of 1 ticket is not in: 1 in doubt.", id="none-yet"
        ),
        pytest.param(
            {"counts": Counts(created=500, pending=1500), "running": True},
            Tone.CARE,
            "A run is at work: 500 of 2,000 tickets are in.",
            id="running",
        ),
        pytest.param(
            {"counts": Counts(), "staged": False},
            Tone.BAD,
            "Reading the export was cut off, so that nothing has been sent.",
            id="cut-off",
        ),
        pytest.param(
            {"strangers": ("https://x.example/t/9",), "proven": False},
            Tone.CARE,
            "All 2 tickets are in.",
            id="possible-duplicates",
        ),
    ],
)
def test_a_standing_comes_to_one_sentence(facts: dict[str, Any], tone: Tone, sentence: str) -> None:
    verdict = standing_verdict(standing(**facts))
    assert (verdict.tone, verdict.sentence) == (tone, sentence)


def commands(**facts: Any) -> list[str]:
    return [advice.command for advice in standing_verdict(standing(**facts)).advice]


def test_what_waits_goes_on_with_the_same_command() -> None:
    assert commands(counts=Counts(created=1, pending=1)) == [
        "migrator run tickets.csv --mapping helpdesk.yaml"
    ]


def test_what_was_refused_is_written_out_first() -> None:
    assert commands(counts=Counts(created=1, failed=1)) == [
        "migrator report tickets.ledger",
        "migrator retry tickets.ledger",
    ]


def test_what_is_in_is_to_be_proven_until_it_is() -> None:
    assert commands(counts=Counts(created=1), proven=False) == ["migrator verify tickets.ledger"]
    assert commands(counts=Counts(created=1), proven=False, forgotten=True) == []
    assert commands(counts=Counts(created=1, rejected=2), forgotten=True) == []
    assert commands(counts=Counts(created=1), proven=True) == []


def test_a_migration_that_was_taken_back_says_so() -> None:
    verdict = standing_verdict(standing(counts=Counts(pending=2), taken_back=2))
    assert (verdict.label, verdict.tone) == ("Taken back", Tone.CARE)
    assert verdict.advice[0].text == "To migrate again, run the same command:"


def test_what_has_been_written_out_is_corrected_and_given_back() -> None:
    verdict = standing_verdict(
        standing(counts=Counts(created=1, failed=1)), Path("tickets-report/rejects.csv")
    )
    assert [advice.command for advice in verdict.advice] == [
        "migrator retry tickets.ledger --from tickets-report/rejects.csv",
        "migrator retry tickets.ledger",
    ]


def test_names_with_spaces_are_quoted() -> None:
    typed = ("my tickets.csv", "--mapping", "helpdesk.yaml")
    assert commands(counts=Counts(pending=1), typed=typed, ledger="C:\\x y\\t.ledger") == [
        'migrator run "my tickets.csv" --mapping helpdesk.yaml --ledger "C:\\x y\\t.ledger"'
    ]


def test_several_sources_are_named_as_they_were_typed() -> None:
    typed = ("old/a.csv", "old/b.csv", "--mapping", "helpdesk")
    assert commands(counts=Counts(pending=1), typed=typed) == [
        "migrator run old/a.csv old/b.csv --mapping helpdesk --ledger tickets.ledger"
    ]


def test_doubts_that_only_a_person_can_settle_are_handed_to_one() -> None:
    doubt = OpenDoubt("1", "no answer", 0.0, ("https://x.example/t/5",))
    advice = standing_verdict(standing(counts=Counts(in_doubt=1), doubts=(doubt,))).advice
    assert advice[-1].command == "migrator resolve tickets.ledger"


def test_a_ledger_that_run_would_not_find_by_itself_is_named() -> None:
    waiting = standing(counts=Counts(rejected=1, pending=1), ledger="old/t.ledger")
    again, corrected = standing_verdict(waiting, Path("new/report/rejects.csv")).advice
    assert again.command.endswith(" --ledger old/t.ledger")
    assert corrected.command == "migrator retry old/t.ledger --from new/report/rejects.csv"
