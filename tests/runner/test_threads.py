"""Threads and closing: every message once, in order, in its own name, and private ones private."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from migrator.errors import Interrupted
from migrator.model import Silent
from migrator.runner.control import Control, Telling
from migrator.runner.outlook import RunOptions
from migrator.runner.threads import LOCAL, MOST_HOSTS, NO_HOST, OTHER_HOSTS, ThreadsTally
from migrator.sandbox import FaultPlan
from tests.mapping.support import record
from tests.runner.test_migrate import StopAfter, migrated
from tests.runner.test_people import make_contact
from tests.threads import AGENT, COLLEAGUE, MAPPING, assert_each_once, parts_of, ticket, write_tickets


@pytest.fixture
def threads(tmp_path):
    return lambda *tickets: write_tickets(tmp_path, tickets)


def test_a_thread_arrives_in_order_and_the_ticket_is_closed_last(sandbox, threads):
    ended = migrated(sandbox, threads(*(ticket(number) for number in range(6))))
    assert ended.error is None
    assert_each_once(sandbox.tickets(), 6)
    assert (ended.standing.replies, ended.standing.notes) == (18, 6)
    assert sandbox.notifications() == []


def test_a_snoozed_ticket_sleeps_after_its_thread_and_a_closed_one_does_not(sandbox, tmp_path):
    mapping = MAPPING.replace("  open:", "  snoozedUntil: {from: until, as: datetime}\n  open:")
    until = "2031-05-01T08:00:00.000Z"
    export = write_tickets(tmp_path, [ticket(0, until=until), ticket(1, until=until), ticket(2)], mapping)
    assert migrated(sandbox, export).standing.counts.created == 3
    assert_each_once(sandbox.tickets(), 3)
    state = {each["title"]: (each["open"], each["snoozedUntil"]) for each in sandbox.tickets()}
    assert state == {
        "Question 0": (True, until),
        "Question 1": (False, None),
        "Question 2": (True, None),
    }


@pytest.mark.parametrize("fault", ["lost", "5xx-after", "truncated", "5xx-before", "reset"])
def test_no_message_is_doubled_or_lost_when_answers_are(make_sandbox, threads, fault):
    sandbox = make_sandbox(faults=FaultPlan.parse(f"{fault}=0.25", seed=4))
    ended = migrated(sandbox, threads(*(ticket(number) for number in range(10))))
    assert ended.standing.counts.created == 10
    assert_each_once(sandbox.tickets(), 10)


def test_a_message_made_late_is_waited_for(make_sandbox, threads):
    sandbox = make_sandbox(faults=FaultPlan.parse("late=0.2", seed=6, late_s=0.4))
    migrated(sandbox, threads(*(ticket(number) for number in range(5))), options=RunOptions(settle_s=1.2))
    assert_each_once(sandbox.tickets(), 5)


def test_equal_messages_of_one_second_are_each_there_once(make_sandbox, threads):
    again = {"body": "ping", "author": AGENT, "private": "false", "created_at": "2024-05-01T09:00:00Z"}
    sandbox = make_sandbox(faults=FaultPlan.parse("lost=0.3,5xx-before=0.2", seed=2))
    migrated(sandbox, threads(ticket(0, comments=[again] * 6)))
    assert parts_of(sandbox.tickets()[0]) == [("admin_msg", "ping")] * 6


def test_a_reply_that_is_refused_keeps_its_ticket_and_says_why(make_sandbox, threads):
    sandbox = make_sandbox(linked_conversations=False)  # there is nothing to reply to
    ended = migrated(sandbox, threads(ticket(0)))
    assert (ended.standing.counts.created, ended.standing.counts.failed) == (0, 1)
    assert "conversation" in ended.standing.failures[0].message
    assert len(sandbox.tickets()) == 1


def test_stopping_in_the_middle_of_threads_loses_nothing(make_sandbox, threads):
    sandbox = make_sandbox(latency_s=0.01)
    path = threads(*(ticket(number) for number in range(12)))
    telling = Telling(StopAfter(3), Control())
    telling.progress.control = telling.control
    assert isinstance(migrated(sandbox, path, telling=telling).error, Interrupted)
    ended = migrated(sandbox, path, telling=Telling(Silent(), Control()))
    assert ended.standing.counts.created == 12
    assert_each_once(sandbox.tickets(), 12)


def test_a_contact_is_made_once_they_are_missed_and_never_overwritten(sandbox, threads):
    migrated(sandbox, threads(*(ticket(number) for number in range(4))))
    calls = {(method, path): count for (method, path, _), count in sandbox.requests().items()}
    assert 1 <= calls["POST", "/v2/contacts"] <= 4


def test_back_office_tickets_carry_the_thread_as_notes(sandbox, threads):
    migrated(sandbox, threads(ticket(0, category="Internal")))
    assert {kind for kind, _ in parts_of(sandbox.tickets()[0])} == {"admin_note"}
    assert len(parts_of(sandbox.tickets()[0])) == 4


def test_a_lost_ledger_finds_its_tickets_with_their_threads_and_adds_nothing(sandbox, threads):
    path = threads(*(ticket(number) for number in range(6)))
    migrated(sandbox, path)
    path.with_suffix(".ledger").unlink()
    ended = migrated(sandbox, path)
    assert (ended.standing.counts.created, ended.standing.adopted) == (6, 6)
    assert_each_once(sandbox.tickets(), 6)


@pytest.mark.parametrize("backup_after", [3, 10, 17])
def test_a_ledger_restored_from_the_middle_of_a_run_doubles_nothing(
    make_sandbox, threads, tmp_path, backup_after
):
    """A backup taken by a running tool knows of half a thread; the rest is there, and is found."""
    sandbox = make_sandbox()
    # Or else, in some orders of events, the lost answer is that of making this contact, which leaves no doubt.
    make_contact(sandbox, json.dumps({"email": COLLEAGUE["email"], "name": COLLEAGUE["name"]}).encode())
    path = threads(*(ticket(number) for number in range(6)))
    ledger, backup = path.with_suffix(".ledger"), tmp_path / "backup"
    sandbox.script(*[None] * backup_after, "lost")
    telling = Telling(BackupAtDoubt(ledger, backup), Control())
    migrated(sandbox, path, telling=telling)
    assert backup.exists(), "no answer that leaves a doubt was lost"
    ledger.unlink()
    backup.rename(ledger)
    ended = migrated(sandbox, path)
    assert ended.standing.counts.created == 6
    assert_each_once(sandbox.tickets(), 6)


class BackupAtDoubt(Silent):
    """Copies the ledger, as a backup program would, when the run waits to look again or goes on."""

    def __init__(self, ledger: Path, backup: Path) -> None:
        super().__init__()
        self.ledger, self.backup = ledger, backup

    def note(self, **counts: int) -> None:
        if counts.get("in_doubt") and not self.backup.exists():
            with sqlite3.connect(self.ledger) as source, sqlite3.connect(self.backup) as copy:
                source.backup(copy)
            source.close()
            copy.close()


# --- what `inspect` counts ------------------------------------------------------------------------


def test_messages_and_files_of_an_export_are_counted_by_who_may_read_and_who_serves_them():
    tally = ThreadsTally()
    said = [{"private": "true"}, {"private": "false"}, {"private": "maybe"}, {"kind": "note"}]
    files = [
        {"url": "https://a.example/x?token=secret"},
        {"name": "x", "path": "files/x"},
        "https://a.example/y",
    ]
    own = {"kind": "description", "private": "false", "files": files}  # counted with the ticket already
    tally.look(record(comments=[own, *said], attachments=files))
    tally.look(record(messages=[{"private": "false", "files": [{"url": "https://b.example/z"}]}]))
    tally.look(record(comments="none", attachments="none"))
    found = tally.finish()
    assert (found.tickets_with_messages, found.longest) == (2, 5)
    assert (found.public, found.private, found.unknown) == (3, 1, 2)
    assert found.files == {"a.example": 2, LOCAL: 1, "b.example": 1}


@pytest.mark.parametrize("url", ["https://[secret", "https://:secret@/x", "file:///home/ann/secret"])
def test_an_address_without_a_host_is_counted_and_never_shown(url):
    tally = ThreadsTally()
    tally.look(record(attachments=[{"url": url}]))
    assert tally.finish().files == {NO_HOST: 1}


def test_endlessly_many_hosts_are_counted_together():
    tally = ThreadsTally()
    tally.look(record(attachments=[f"https://h{number}.example/x" for number in range(MOST_HOSTS + 5)]))
    found = tally.finish().files
    assert (len(found), found[OTHER_HOSTS]) == (MOST_HOSTS + 1, 5)
