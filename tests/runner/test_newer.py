"""A newer export against a ledger: what is new comes in, what changed is changed when asked, people's work stays."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import replace
from typing import Any

import pytest

from migrator.ledger import Ledger
from migrator.model import Silent
from migrator.runner.control import Control, Telling
from migrator.runner.migrate import Ended, migrate
from migrator.runner.open import open_ledger
from migrator.runner.outlook import RunOptions
from migrator.runner.retry import retry
from tests.people import Desk
from tests.runner.test_migrate import given, yes
from tests.runner.test_undo import undone
from tests.threads import AGENT, MAPPING, UNRECOGNISABLE, parts_of, ticket, write_tickets

MORE = {"body": "more", "author": AGENT, "private": "false", "created_at": "2024-05-02T08:00:00Z"}
SECRET = {"body": "hush", "author": AGENT, "created_at": "2024-05-02T08:01:00Z"}


@pytest.fixture
def bring(sandbox, tmp_path):
    """Runs an export of these tickets against one and the same ledger."""

    def run(
        *tickets: dict[str, Any],
        update: bool = False,
        force: bool = False,
        telling: Telling | None = None,
        mapping: str = MAPPING,
    ) -> Ended:
        path = write_tickets(tmp_path, tickets, mapping)
        telling = telling or Telling(Silent(), Control())
        with given(sandbox, path, workers=1) as (client, inputs):  # several may overtake each other
            inputs = replace(inputs, update=update)
            with open_ledger(path.with_suffix(".ledger"), inputs.source, [path]) as ledger:
                options = RunOptions(settle_s=0.3, force=force)
                return migrate(ledger, inputs, options, client, yes, telling)

    return run


def patch(sandbox, number: int, **changes: object) -> None:
    """Somebody works in Featurebase."""
    request = urllib.request.Request(
        f"{sandbox.url}/v2/tickets/{number}",
        json.dumps({**changes, "skipNotifications": True}).encode(),
        {"Authorization": f"Bearer {sandbox.key}", "Content-Type": "application/json"},
        method="PATCH",
    )
    urllib.request.urlopen(request, timeout=5).close()


def with_more(number: int, *messages: dict[str, Any], **changes: Any) -> dict[str, Any]:
    before = ticket(number)
    return {**before, "comments": [*before["comments"], *messages], **changes}


def test_new_tickets_and_new_messages_come_in_and_nothing_comes_twice(sandbox, bring):
    bring(ticket(0), ticket(1))
    ended = bring(with_more(0, MORE, SECRET), ticket(1), ticket(2))
    counts = ended.standing.counts
    assert (counts.created, counts.updated, counts.unchanged, counts.rows) == (1, 1, 1, 3)
    first = next(each for each in sandbox.tickets() if each["title"] == "Question 0")
    assert parts_of(first)[4:] == [("admin_msg", "more"), ("admin_note", "hush")]
    assert len(sandbox.tickets()) == 3
    assert sandbox.notifications() == []


def test_a_message_added_to_a_closed_ticket_leaves_it_closed(sandbox, bring):
    bring(ticket(1))
    bring(with_more(1, MORE))
    (only,) = sandbox.tickets()
    assert parts_of(only)[-1] == ("admin_msg", "more")
    assert only["open"] is False


def test_what_changed_is_told_and_changed_only_with_update(sandbox, bring):
    bring(ticket(0))
    told = bring(ticket(0, subject="A better question", open="false"))
    assert told.standing.counts.unchanged == 1
    assert [group.code for group in told.plan.problems] == ["not-updated"]
    assert sandbox.tickets()[0]["title"] == "Question 0"
    done = bring(ticket(0, subject="A better question", open="false"), update=True)
    assert done.standing.counts.updated == 1
    (only,) = sandbox.tickets()
    assert (only["title"], only["open"]) == ("A better question", False)


def test_what_a_person_changed_since_is_never_overwritten_without_force(sandbox, bring):
    bring(ticket(0), ticket(2))
    patch(sandbox, 1, title="A person was here")
    newer = [ticket(0, subject="Newer 0"), ticket(2, subject="Newer 2")]
    ended = bring(*newer, update=True)
    assert (ended.standing.counts.updated, ended.standing.counts.failed) == (1, 1)
    assert "title" in ended.standing.failures[0].message
    titles = {each["ticketNumber"]: each["title"] for each in sandbox.tickets()}
    assert titles == {1: "A person was here", 2: "Newer 2"}
    assert bring(*newer, ticket(4), update=True, force=True).standing.counts.failed == 1  # not asked again


def test_a_ticket_that_is_closed_twice_takes_a_lost_first_closing_for_nobodys_change(
    sandbox, bring, tmp_path
):
    bring(ticket(1))
    bring(with_more(1, MORE))  # closed, one message more, closed again
    undone(sandbox, next(tmp_path.glob("*.ledger")))
    sandbox.script(*[None] * (1 + len(ticket(1)["comments"])), "5xx-before")
    ended = bring(with_more(1, MORE))
    assert (ended.standing.counts.failed, ended.standing.counts.created) == (0, 1)
    assert sandbox.tickets()[0]["open"] is False


@pytest.mark.parametrize("answer", [None, "reset-read", "5xx-after", "5xx-before"])
def test_a_ticket_that_a_person_opened_is_not_closed_again_behind_a_new_message(sandbox, bring, answer):
    """Whether the message opened the ticket, or the person, cannot be told once the message is there."""
    bring(ticket(1))
    patch(sandbox, 1, open=True)
    sandbox.script(answer)
    ended = bring(with_more(1, MORE), update=True)
    assert ended.standing.failures[0].message.endswith(": open")
    (only,) = sandbox.tickets()
    assert (only["open"], parts_of(only)[-1]) == (True, ("admin_msg", "more"))


def test_a_retry_overwrites_nothing_either_and_goes_on_once_the_person_has_closed_it(
    sandbox, bring, tmp_path
):
    bring(ticket(1))
    patch(sandbox, 1, open=True)
    bring(with_more(1, MORE), update=True)
    assert retried(sandbox, tmp_path).standing.counts.failed == 1
    assert sandbox.tickets()[0]["open"] is True
    patch(sandbox, 1, open=False)
    assert retried(sandbox, tmp_path).standing.counts.failed == 0


def test_a_retry_with_force_closes_what_a_person_opened(sandbox, bring, tmp_path):
    bring(ticket(1))
    patch(sandbox, 1, open=True)
    bring(with_more(1, MORE), update=True)
    assert retried(sandbox, tmp_path, force=True).standing.counts.failed == 0
    assert sandbox.tickets()[0]["open"] is False
    last = {**MORE, "body": "the last", "created_at": "2024-05-03T08:00:00Z"}
    assert bring(with_more(1, MORE, last)).standing.counts.failed == 0  # what was found then is history


def retried(sandbox, tmp_path, *, force: bool = False) -> Ended:
    (path,) = tmp_path.glob("*.ledger")
    with given(sandbox, path.with_suffix(".ndjson"), workers=1) as (client, _), Ledger.open(path) as ledger:
        options = RunOptions(settle_s=0.3, force=force)
        return retry(ledger, options, client, yes, Telling(Silent(), Control()))


def test_force_overwrites_what_a_person_changed(sandbox, bring):
    bring(ticket(0))
    patch(sandbox, 1, title="A person was here")
    bring(ticket(0, subject="Newer"), update=True, force=True)
    assert sandbox.tickets()[0]["title"] == "Newer"


def test_a_change_elsewhere_in_the_ticket_does_not_stand_in_the_way(sandbox, bring):
    bring(ticket(0))
    patch(sandbox, 1, open=False)
    ended = bring(ticket(0, subject="Newer"), update=True)
    assert ended.standing.counts.updated == 1
    assert (sandbox.tickets()[0]["title"], sandbox.tickets()[0]["open"]) == ("Newer", False)


def test_a_third_look_at_the_same_newer_export_sends_nothing(sandbox, bring):
    bring(ticket(0))
    bring(with_more(0, MORE))
    before = sandbox.tickets()
    bring(with_more(0, MORE))
    assert sandbox.tickets() == before


def test_an_edited_message_is_told_and_not_sent_again(sandbox, bring):
    bring(ticket(0))
    edited = ticket(0)
    edited["comments"][0]["body"] = "first, edited"
    ended = bring(edited, update=True)
    assert [group.code for group in ended.plan.problems] == ["cannot-update"]
    assert len(parts_of(sandbox.tickets()[0])) == 4


class StopsRatherThanWait(Silent):
    """Somebody who presses Ctrl-C when the tool says that it will wait for a lost answer."""

    def __init__(self, control: Control) -> None:
        super().__init__()
        self._control = control

    def start(self, what: str, total: int | None, unit: str) -> None:
        if what.startswith("waiting"):
            self._control.stop()


@pytest.fixture
def impatient() -> Telling:
    control = Control()
    return Telling(StopsRatherThanWait(control), control)


def test_a_ticket_that_was_in_doubt_when_the_newer_export_came_is_brought_up_to_date(
    sandbox, bring, impatient
):
    sandbox.script("reset-read")
    assert bring(ticket(0), telling=impatient).standing.counts.in_doubt == 1
    bring(with_more(0, MORE, subject="A better question"), update=True)
    (only,) = sandbox.tickets()
    assert (only["title"], parts_of(only)[-1]) == ("A better question", ("admin_msg", "more"))


def test_a_newer_export_is_read_again_when_nothing_is_in_doubt_any_more(sandbox, bring, impatient):
    sandbox.script("reset-read")
    bring(ticket(0), telling=impatient, mapping=UNRECOGNISABLE)
    for _ in range(2):  # somebody makes the very ticket that we may have made
        make_twin_of_ticket_0(sandbox)
    newer = with_more(0, MORE)
    assert bring(newer, mapping=UNRECOGNISABLE).standing.counts.in_doubt == 1
    delete(sandbox, 1)
    delete(sandbox, 2)
    assert bring(newer, mapping=UNRECOGNISABLE).standing.counts.created == 1
    assert [parts_of(each)[-1] for each in sandbox.tickets()] == [("admin_msg", "more")]
    assert bring(newer, mapping=UNRECOGNISABLE).plan is None  # nor is it read once more


def make_twin_of_ticket_0(sandbox) -> None:
    support = next(each["id"] for each in sandbox.workspace.categories.values() if each["name"] == "Support")
    body = {"title": "Question 0", "content": "<p>How?</p>", "ticketCategoryId": support}
    more = {"author": {"email": "ann@example.com"}, "createdAt": "2024-05-01T08:00:00Z"}
    Desk(sandbox.url, sandbox.key).ask("POST", "/v2/tickets", body | more)


def delete(sandbox, number: int) -> None:
    Desk(sandbox.url, sandbox.key).ask("DELETE", f"/v2/tickets/{number}")
