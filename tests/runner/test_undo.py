"""Taking a migration back: what is ours goes, what is anybody else's stays, whatever happens meanwhile."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migrator.errors import Declined, Interrupted, LedgerError, OtherWorkspace
from migrator.featurebase import Client, Connection, Rate
from migrator.ledger import Ledger
from migrator.model import Silent, StepKind
from migrator.runner.control import Control, Telling
from migrator.runner.forget import forget
from migrator.runner.outlook import RunOptions
from migrator.runner.people import make_contact
from migrator.runner.undo import Undone, UndoOptions, UndoPlan, Why, undo
from migrator.sandbox import FaultPlan, Sandbox
from tests.conftest import legacy_ids
from tests.runner.test_migrate import migrated
from tests.threads import COLLEAGUE, assert_each_once, ticket, write_tickets

QUICK = UndoOptions(settle_s=0.3)
TOUCHED = UndoOptions(settle_s=0.3, force=True)
WITH_CONTACTS = UndoOptions(settle_s=0.3, contacts=True)


def yes(_plan: UndoPlan) -> None: ...


def talking(sandbox: Sandbox, workers: int = 8) -> Client:
    return Client(
        Connection(
            base_url=sandbox.url,
            keys=(sandbox.key,),
            rate=Rate(per_minute=600_000),
            workers=workers,
            timeout_s=3,
            patience_s=60,
        )
    )


def undone(
    sandbox: Sandbox,
    ledger: Path,
    options: UndoOptions = QUICK,
    *,
    agree: Callable[[UndoPlan], None] = yes,
    telling: Telling | None = None,
    workers: int = 8,
) -> Undone:
    telling = telling or Telling(Silent(), Control())
    with talking(sandbox, workers) as client, Ledger.open(ledger) as opened:
        telling.control.when_stopped(client.stop)
        return undo(opened, options, client, agree, telling)


def ask(sandbox: Sandbox, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """What a person does in the workspace, or another program."""
    request = urllib.request.Request(
        sandbox.url + path,
        json.dumps(body).encode() if body else None,
        {"Authorization": f"Bearer {sandbox.key}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def add_stranger(sandbox: Sandbox) -> int:
    """A ticket of somebody else's; returns its number."""
    category = next(
        each for each in ask(sandbox, "GET", "/v2/tickets/categories") if each["name"] == "Support"
    )
    body = {
        "ticketCategoryId": category["id"],
        "title": "A ticket of our own",
        "content": "<p>Hello</p>",
        "author": {"email": "somebody@example.com"},
        "skipNotifications": True,
    }
    return int(ask(sandbox, "POST", "/v2/tickets", body)["ticketNumber"])


def number_of(sandbox: Sandbox, key: str) -> int:
    found = (each for each in sandbox.tickets() if key in each["customFields"].values())
    return int(next(found)["ticketNumber"])


@pytest.fixture
def threads(tmp_path: Path) -> Callable[[int], Path]:
    return lambda count: write_tickets(tmp_path, (ticket(number) for number in range(count)))


def test_everything_of_ours_goes_and_nothing_else(sandbox, threads):
    before = add_stranger(sandbox)
    path = threads(12)
    migrated(sandbox, path)
    after = add_stranger(sandbox)
    ended = undone(sandbox, path.with_suffix(".ledger"))
    assert [each["ticketNumber"] for each in sandbox.tickets()] == [before, after]
    assert (ended.deleted, ended.gone, ended.left, ended.tickets_left) == (12, 0, (), 0)
    assert ended.complete
    assert sandbox.notifications() == []


def test_run_undo_run_leaves_each_exactly_once(sandbox, threads):
    path = threads(10)
    migrated(sandbox, path)
    undone(sandbox, path.with_suffix(".ledger"))
    again = migrated(sandbox, path)
    assert again.plan is None  # the ledger had it all
    assert again.standing.counts.created == again.standing.this_run.created == 10
    assert_each_once(sandbox.tickets(), 10)


def test_a_lost_answer_after_undo_is_looked_for_without_asking_for_every_deleted_number(make_sandbox, export):
    sandbox = make_sandbox()
    path = export(40)
    migrated(sandbox, path)
    undone(sandbox, path.with_suffix(".ledger"))
    before = sandbox.requests().get(("GET", "/v2/tickets/{id}", 404), 0)
    sandbox.set_faults(FaultPlan.parse("lost=0.2", seed=3))
    again = migrated(sandbox, path)
    assert again.standing.adopted > 0
    assert legacy_ids(sandbox.tickets()).total() == 40
    assert sandbox.requests().get(("GET", "/v2/tickets/{id}", 404), 0) - before < 40


def test_a_pilot_can_be_taken_back_and_the_whole_sent(sandbox, export):
    path = export(30)
    migrated(sandbox, path, options=RunOptions(pilot=6, settle_s=0.3))
    ended = undone(sandbox, path.with_suffix(".ledger"))
    assert ended.deleted == 6
    assert sandbox.tickets() == []
    assert migrated(sandbox, path).standing.counts.created == 30


def reply(sandbox: Sandbox, number: int) -> None:
    admin = ask(sandbox, "GET", "/v2/admins")["data"][0]["id"]
    body = {"type": "admin", "adminId": admin, "messageType": "comment", "body": "<p>We are on it</p>"}
    ask(sandbox, "POST", f"/v2/tickets/{number}/reply", body)


TOUCHES = [
    pytest.param(lambda box, n: ask(box, "PATCH", f"/v2/tickets/{n}", {"title": "Better title"}), id="title"),
    pytest.param(lambda box, n: ask(box, "PATCH", f"/v2/tickets/{n}", {"open": False}), id="closed"),
    pytest.param(reply, id="reply"),
]


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_people_have_touched_since_is_left_alone_and_listed_unless_forced(sandbox, threads, touch):
    path = threads(4)
    migrated(sandbox, path)
    touch(sandbox, number_of(sandbox, "N-2"))
    ended = undone(sandbox, path.with_suffix(".ledger"))
    (left,) = ended.left
    assert (left.what, left.why, left.number) == ("N-2", Why.TOUCHED, number_of(sandbox, "N-2"))
    assert left.details
    assert (ended.deleted, ended.tickets_left, ended.complete) == (3, 1, False)
    assert len(sandbox.tickets()) == 1
    assert undone(sandbox, path.with_suffix(".ledger"), TOUCHED).complete
    assert sandbox.tickets() == []


def test_what_somebody_deleted_before_is_gone_already(sandbox, threads):
    path = threads(4)
    migrated(sandbox, path)
    ask(sandbox, "DELETE", f"/v2/tickets/{number_of(sandbox, 'N-1')}")
    ended = undone(sandbox, path.with_suffix(".ledger"))
    assert (ended.deleted, ended.gone, ended.complete) == (3, 1, True)


def test_half_done_tickets_and_doubtful_ones_go_as_well(make_sandbox, threads):
    """What was refused, what was stopped and what was lost: all that has a ticket is found and deleted."""
    sandbox = make_sandbox(faults=FaultPlan.parse("lost=0.15,5xx-before=0.1", seed=11))
    path = threads(10)
    telling = Telling(StopSoon(6), Control())
    telling.progress.control = telling.control
    migrated(sandbox, path, telling=telling)
    sandbox.set_faults(FaultPlan.parse("", seed=1))
    assert sandbox.tickets()
    ended = undone(sandbox, path.with_suffix(".ledger"))
    assert ended.complete
    assert sandbox.tickets() == []
    assert migrated(sandbox, path).standing.counts.created == 10
    assert_each_once(sandbox.tickets(), 10)


def test_a_change_whose_answer_was_lost_is_not_taken_for_a_persons(make_sandbox, threads):
    """The ticket was closed by us, and the ledger would close it again because it never heard of it."""
    sandbox = make_sandbox()
    path = threads(2)
    # The second ticket: made, four messages, one of them twice with its contact made between, then closed.
    sandbox.script(*[None] * 7, "lost")
    telling = Telling(StopAtDoubt(), Control())
    telling.progress.control = telling.control
    options = RunOptions(only=("N-1",), settle_s=0.3)
    migrated(sandbox, path, workers=1, options=options, telling=telling)
    with Ledger.open(path.with_suffix(".ledger")) as ledger:
        assert [doubt.step.kind for doubt in ledger.doubts()] == [StepKind.UPDATE]
    assert sandbox.tickets()[0]["open"] is False
    assert undone(sandbox, path.with_suffix(".ledger")).complete


class StopAtDoubt(Silent):
    def note(self, **counts: int) -> None:
        if counts.get("in_doubt"):
            self.control.stop()


class StopSoon(Silent):
    """Asks for a stop once so many tickets are through."""

    def __init__(self, count: int, what: str = "sending") -> None:
        super().__init__()
        self.left = count
        self.what = what
        self.is_on = False

    def start(self, what: str, total: int | None, unit: str) -> None:
        self.is_on = what == self.what

    def advance(self, amount: int = 1) -> None:
        if self.is_on:
            self.left -= amount
            if self.left <= 0:
                self.control.stop()


@pytest.mark.parametrize("fault", ["lost", "5xx-after", "5xx-before", "reset", "truncated"])
def test_a_lost_answer_to_a_deletion_harms_nothing(make_sandbox, threads, fault):
    sandbox = make_sandbox()
    path = threads(8)
    migrated(sandbox, path)
    stranger = add_stranger(sandbox)
    sandbox.set_faults(FaultPlan.parse(f"{fault}=0.3", seed=7))
    ended = undone(sandbox, path.with_suffix(".ledger"))
    assert ended.complete
    assert [each["ticketNumber"] for each in sandbox.tickets()] == [stranger]


def test_stopping_drains_and_the_same_command_goes_on(make_sandbox, export):
    sandbox = make_sandbox(latency_s=0.01)
    path = export(60)
    migrated(sandbox, path)
    telling = Telling(StopSoon(10, "deleting"), Control())
    telling.progress.control = telling.control
    first = undone(sandbox, path.with_suffix(".ledger"), telling=telling)
    assert isinstance(first.error, Interrupted)
    assert 0 < first.tickets_left < 60
    with Ledger.open(path.with_suffix(".ledger")) as ledger:
        known = {each.number for each in ledger.owned()} - {each.number for each in ledger.deleting()}
    assert known <= {each["ticketNumber"] for each in sandbox.tickets()}
    second = undone(sandbox, path.with_suffix(".ledger"))
    assert second.complete
    assert first.deleted + second.deleted + second.gone == 60
    assert sandbox.tickets() == []


def test_the_plan_says_what_would_go_and_declining_deletes_nothing(sandbox, threads):
    path = threads(5)
    migrated(sandbox, path)
    asked: list[UndoPlan] = []

    def no(plan: UndoPlan) -> None:
        asked.append(plan)
        raise Declined("no")

    with pytest.raises(Declined):
        undone(sandbox, path.with_suffix(".ledger"), agree=no)
    (plan,) = asked
    assert (plan.tickets, plan.contacts, plan.in_doubt, plan.requests) == (5, 1, 0, 10)
    assert len(sandbox.tickets()) == 5


def test_a_ledger_without_tickets_has_nothing_to_take_back(sandbox, threads):
    path = threads(3)
    migrated(sandbox, path)
    undone(sandbox, path.with_suffix(".ledger"))
    again = undone(sandbox, path.with_suffix(".ledger"))
    assert (again.plan.tickets, again.deleted, again.complete) == (0, 0, True)


def test_another_workspace_is_left_alone(make_sandbox, threads):
    path = threads(3)
    migrated(make_sandbox(), path)
    other = make_sandbox()
    add_stranger(other)
    with pytest.raises(OtherWorkspace):
        undone(other, path.with_suffix(".ledger"))
    assert len(other.tickets()) == 1


# --- contacts ---------------------------------------------------------------------------------


def contacts(sandbox: Sandbox) -> set[str]:
    return {each["email"] for each in ask(sandbox, "GET", "/v2/contacts?limit=100")["data"]}


def test_contacts_stay_unless_asked_for_and_then_only_ours_go(sandbox, threads):
    path = threads(3)
    there = contacts(sandbox)
    migrated(sandbox, path)
    assert undone(sandbox, path.with_suffix(".ledger")).contacts_staying == (COLLEAGUE["email"],)
    assert COLLEAGUE["email"] in contacts(sandbox)
    ended = undone(sandbox, path.with_suffix(".ledger"), WITH_CONTACTS)
    assert (ended.contacts_deleted, ended.complete) == (1, True)
    assert contacts(sandbox) == there | {"ann@example.com"}  # made by Featurebase for a ticket's author


def test_a_contact_of_whom_nobody_knows_whether_they_are_ours_is_named_and_left_alone(sandbox, threads):
    path = threads(1)
    sandbox.script(*[None] * 5, "lost")  # the answer that said who made them
    migrated(sandbox, path, workers=1)
    ended = undone(sandbox, path.with_suffix(".ledger"), WITH_CONTACTS)
    assert [(each.what, each.why) for each in ended.contacts_left] == [(COLLEAGUE["email"], Why.UNSURE)]
    assert not ended.complete
    assert COLLEAGUE["email"] in contacts(sandbox)


def test_a_contact_who_was_being_made_when_the_tool_was_killed_is_named_while_they_are_there(
    sandbox, threads
):
    contact_id = ask(sandbox, "POST", "/v2/contacts", {"email": COLLEAGUE["email"]})["id"]
    path = threads(1)
    migrated(sandbox, path)
    with Ledger.open(path.with_suffix(".ledger")) as ledger:
        ledger.begin_contact(COLLEAGUE["email"], 1)
        ledger.begin_contact("nobody@example.com", 1)  # stopped before it was sent
    with talking(sandbox) as client, Ledger.open(path.with_suffix(".ledger")) as ledger:
        make_contact(ledger, client, json.dumps({"email": COLLEAGUE["email"]}).encode(), 1)  # they are there
    ended = undone(sandbox, path.with_suffix(".ledger"), WITH_CONTACTS)
    assert [(each.what, each.why) for each in ended.contacts_left] == [(COLLEAGUE["email"], Why.UNSURE)]
    ask(sandbox, "DELETE", f"/v2/contacts/{contact_id}")
    assert undone(sandbox, path.with_suffix(".ledger"), WITH_CONTACTS).complete


def test_a_contact_who_was_there_is_never_deleted(sandbox, threads):
    ask(sandbox, "POST", "/v2/contacts", {"email": COLLEAGUE["email"]})
    path = threads(2)
    migrated(sandbox, path)
    ended = undone(sandbox, path.with_suffix(".ledger"), WITH_CONTACTS)
    assert (ended.plan.contacts, ended.contacts_deleted) == (0, 0)
    assert COLLEAGUE["email"] in contacts(sandbox)


def test_contacts_stay_as_long_as_a_ticket_of_ours_does(sandbox, threads):
    path = threads(2)
    migrated(sandbox, path)
    ask(sandbox, "PATCH", f"/v2/tickets/{number_of(sandbox, 'N-0')}", {"title": "Better title"})
    ended = undone(sandbox, path.with_suffix(".ledger"), WITH_CONTACTS)
    assert (ended.tickets_left, ended.contacts_deleted) == (1, 0)
    assert COLLEAGUE["email"] in contacts(sandbox)


def test_a_contact_who_was_given_another_address_is_left_alone(sandbox, threads):
    path = threads(2)
    migrated(sandbox, path)
    ask(sandbox, "POST", "/v2/contacts", {"email": COLLEAGUE["email"], "userId": "u-7"})
    ask(sandbox, "POST", "/v2/contacts", {"email": "renamed@example.com", "userId": "u-7"})
    ended = undone(sandbox, path.with_suffix(".ledger"), WITH_CONTACTS)
    assert [(each.what, each.why) for each in ended.contacts_left] == [(COLLEAGUE["email"], Why.TOUCHED)]
    assert not ended.complete
    assert "renamed@example.com" in contacts(sandbox)


# --- after forgetting -------------------------------------------------------------------------


def test_a_ledger_that_forgot_can_still_be_taken_back_but_only_by_force(sandbox, threads):
    path = threads(4)
    migrated(sandbox, path)
    with Ledger.open(path.with_suffix(".ledger")) as ledger:
        forget(ledger, lambda: None)
    with pytest.raises(LedgerError, match="cannot tell which tickets people have touched"):
        undone(sandbox, path.with_suffix(".ledger"))
    assert len(sandbox.tickets()) == 4
    assert undone(sandbox, path.with_suffix(".ledger"), TOUCHED).complete
    assert sandbox.tickets() == []
