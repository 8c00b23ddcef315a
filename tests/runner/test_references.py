"""The second pass: texts get the new numbers once all tickets are in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from migrator.errors import Interrupted
from migrator.ledger import Ledger
from migrator.model import Silent, Step, StepKind
from migrator.runner.control import Control, Telling
from migrator.runner.outlook import RunOptions
from migrator.runner.references_seen import ReferencesSeen
from migrator.runner.undo import UndoOptions, undo
from migrator.runner.verify import proof_of, verify_ledger
from migrator.sandbox import FaultPlan
from tests.runner.test_migrate import given, migrated
from tests.threads import AGENT, MAPPING, ticket, write_tickets

REWRITING = (
    MAPPING.replace("content: {from: body, as: text}", "content: {from: body, as: html}")
    + """\
references:
  rewrite: true
  links: ["https://acme.example/agent/tickets/{id}"]
"""
)
LINK = "https://acme.example/agent/tickets/N-{}"


@pytest.fixture
def export(tmp_path):
    def write(*tickets: dict[str, Any], mapping: str = REWRITING) -> Path:
        return write_tickets(tmp_path, tickets, mapping)

    return write


def about(number: int, other: int, **changes: Any) -> dict[str, Any]:
    """A ticket whose text speaks of another, twice."""
    body = f'<p>How? As in #N-{other} and <a href="{LINK.format(other)}">there</a></p>'
    comments = [
        {"body": f"see #N-{other}", "author": AGENT, "private": "false", "created_at": "2024-06-01T08:00:00Z"}
    ]
    return ticket(number, **({"body": body, "comments": comments} | changes))


def contents(sandbox) -> dict[str, str]:
    return {each["title"]: each["content"] for each in sandbox.tickets()}


def expected(sandbox, other: int) -> str:
    there = next(each for each in sandbox.tickets() if each["title"] == f"Question {other}")
    url = there["ticketUrl"]
    return f'<p>How? As in #{there["ticketNumber"]} and <a href="{url}">there</a></p>'


def patched(sandbox) -> int:
    return sum(count for (method, _, _), count in sandbox.requests().items() if method == "PATCH")


def plain(html: str) -> str:
    return html.replace(' rel="noopener noreferrer"', "")


def test_texts_speak_of_the_new_tickets_once_all_are_in(sandbox, export):
    ended = migrated(sandbox, export(about(0, 2), about(2, 0), about(4, 99)))
    assert (ended.plan.references, ended.plan.references_in_messages) == (6, 3)
    there = contents(sandbox)
    assert plain(there["Question 0"]) == expected(sandbox, 2)
    assert plain(there["Question 2"]) == expected(sandbox, 0)
    assert "#N-99" in there["Question 4"]
    assert ended.standing.references == ReferencesSeen(tickets=2, in_messages=2)
    assert (ended.standing.counts.created, patched(sandbox)) == (3, 2)
    assert sandbox.notifications() == []


def test_nothing_is_touched_unless_that_is_asked_for(sandbox, export):
    migrated(sandbox, export(about(0, 2), about(2, 0), mapping=REWRITING.split("references:")[0]))
    assert "#N-2" in contents(sandbox)["Question 0"]
    assert patched(sandbox) == 0


def test_a_second_run_has_nothing_left_to_do(sandbox, export):
    path = export(about(0, 2), about(2, 0))
    migrated(sandbox, path)
    before = contents(sandbox), patched(sandbox)
    migrated(sandbox, path)
    assert (contents(sandbox), patched(sandbox)) == before


def test_a_pass_waits_until_all_tickets_are_in(sandbox, export):
    path = export(about(0, 2), about(2, 0))
    migrated(sandbox, path, options=RunOptions(limit=1, settle_s=0.3))
    assert patched(sandbox) == 0
    migrated(sandbox, path)
    assert plain(contents(sandbox)["Question 0"]) == expected(sandbox, 2)


@pytest.mark.parametrize("fault", ["lost", "5xx-after", "5xx-before", "reset"])
def test_lost_answers_lose_nothing(make_sandbox, export, fault):
    sandbox = make_sandbox(faults=FaultPlan.parse(f"{fault}=0.2", seed=7))
    ended = migrated(sandbox, export(*(about(number, (number + 2) % 12) for number in range(0, 12, 2))))
    assert ended.standing.counts.created == 6
    for number in range(0, 12, 2):
        assert plain(contents(sandbox)[f"Question {number}"]) == expected(sandbox, (number + 2) % 12)


class StopAtRewriting(Silent):
    """Asks for a stop when the pass has sent its first change."""

    def __init__(self, control: Control) -> None:
        super().__init__()
        self.control, self.rewriting = control, False

    def start(self, what: str, total: int | None, unit: str) -> None:
        self.rewriting = self.rewriting or what == "looking for references"

    def note(self, **counts: int) -> None:
        if self.rewriting:
            self.control.stop()


def test_a_pass_that_was_stopped_is_gone_on_with(sandbox, export):
    path = export(*(about(number, (number + 2) % 40) for number in range(0, 40, 2)))
    control = Control()
    ended = migrated(sandbox, path, telling=Telling(StopAtRewriting(control), control), workers=1)
    assert isinstance(ended.error, Interrupted)
    assert 0 < patched(sandbox) < 20
    again = migrated(sandbox, path)
    assert again.standing.counts.created == 20
    assert again.standing.references.tickets == 20
    assert patched(sandbox) == 20


def test_what_people_have_changed_stays_and_costs_no_ticket(sandbox, export):
    path = export(about(0, 2), about(2, 0), about(4, 6))
    late = migrated(sandbox, path, options=RunOptions(only=("N-0", "N-2", "N-4"), settle_s=0.3))
    assert late.standing.counts.created == 3
    with given(sandbox, path) as (client, _):
        change = Step(
            StepKind.UPDATE,
            "PATCH",
            "/v2/tickets/{number}",
            b'{"content":"<p>Mine</p>","skipNotifications":true}',
        )
        number = next(each["ticketNumber"] for each in sandbox.tickets() if each["title"] == "Question 0")
        client.send(change, number)
    ended = migrated(sandbox, path)
    assert contents(sandbox)["Question 0"] == "<p>Mine</p>"
    assert ended.standing.references == ReferencesSeen(tickets=1, left=1, in_messages=2)
    assert (ended.standing.counts.created, ended.standing.counts.failed) == (3, 0)


def test_a_newer_export_takes_the_new_numbers_for_no_change(sandbox, export):
    migrated(sandbox, export(about(0, 2), about(2, 0), about(4, 8)))
    ended = migrated(sandbox, export(about(0, 2), about(2, 0), about(4, 8), about(8, 0)))
    assert ended.plan.problems == ()
    assert (ended.standing.counts.unchanged, ended.standing.counts.updated) == (3, 0)
    for number, other in ((0, 2), (2, 0), (4, 8), (8, 0)):
        assert plain(contents(sandbox)[f"Question {number}"]) == expected(sandbox, other)


def test_verify_and_undo_know_of_the_pass_and_another_run_begins_with_the_source(sandbox, export):
    path = export(about(0, 2), about(2, 0))
    ended = migrated(sandbox, path)
    telling = Telling(Silent(), Control())
    with given(sandbox, path) as (client, _), Ledger.open(Path(ended.standing.ledger)) as ledger:
        assert verify_ledger(ledger, client, telling) is None
        assert proof_of(ledger).different == 0
        assert undo(ledger, UndoOptions(settle_s=0.3), client, lambda _: None, telling).complete
    again = migrated(sandbox, path)
    assert again.standing.references.tickets == 2
    assert plain(contents(sandbox)["Question 0"]) == expected(sandbox, 2)
