"""Whole runs against a sandbox on a real socket, in one process."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from migrator.errors import Declined, Interrupted, KeyRefused, LedgerError, OtherWorkspace, Unreachable
from migrator.featurebase import Client, Connection, Rate, Unnamed
from migrator.mapping import load_mapping
from migrator.model import Silent, Status
from migrator.readers import open_source, read_table
from migrator.runner.control import Control, Telling
from migrator.runner.migrate import Ended, migrate
from migrator.runner.open import open_ledger
from migrator.runner.outlook import RunOptions
from migrator.runner.prepare import prepare, survey
from migrator.runner.staging import Inputs, dry_run
from tests.conftest import SIMPLE_MAPPING, legacy_ids, write_csv
from tests.recorder import Recorder

QUICK = RunOptions(settle_s=0.3)
NO_LEGACY = SIMPLE_MAPPING.split("  fields:")[0]


def yes(*_: object) -> None: ...


@contextmanager
def given(
    sandbox,
    export: Path,
    *,
    key: str = "",
    url: str = "",
    workers: int = 8,
    patience_s=60,
    unnamed_fields: Unnamed = Unnamed.UNKNOWN,
):
    """A client and the inputs of a run, as the command line would make them."""
    mapping = load_mapping(export.with_name("m.yaml"), read_table=read_table)
    connection = Connection(
        base_url=url or sandbox.url,
        keys=(key or sandbox.key,),
        rate=Rate(per_minute=600_000),
        workers=workers,
        timeout_s=3,
        patience_s=patience_s,
    )
    with Client(connection) as client:
        directory = replace(client.fetch_directory(mapping.needs), unnamed_fields=unnamed_fields)
        yield (
            client,
            Inputs(open_source([export]), mapping, directory, connection.base_url, client.per_minute),
        )


def migrated(
    sandbox,
    export: Path,
    *,
    options: RunOptions = QUICK,
    agree: Callable[..., None] = yes,
    telling: Telling | None = None,
    ledger: Path | None = None,
    **more: Any,
) -> Ended:
    telling = telling or Telling(Silent(), Control())
    with given(sandbox, export, **more) as (client, inputs):
        telling.control.when_stopped(client.stop)
        with open_ledger(ledger or export.with_suffix(".ledger"), inputs.source, [export]) as opened:
            return migrate(opened, inputs, options, client, agree, telling)


def test_every_row_arrives_oldest_first_and_nobody_is_notified(sandbox, export):
    ended = migrated(sandbox, export(40), workers=1)  # several may overtake each other
    tickets = sandbox.tickets()
    assert ended.error is None
    assert ended.standing.counts.created == 40
    assert ended.standing.counts.complete
    dates = [ticket["createdAt"] for ticket in sorted(tickets, key=lambda each: each["ticketNumber"])]
    assert dates == sorted(dates)
    assert sandbox.notifications() == []


def test_the_same_command_again_sends_nothing(sandbox, export):
    path = export(20)
    migrated(sandbox, path)
    again = migrated(sandbox, path)
    assert again.plan is None  # the export was not even read
    assert again.standing.this_run.created == 0
    assert len(sandbox.tickets()) == 20


def test_a_limited_run_is_continued_by_one_without(sandbox, export):
    path = export(30)
    first = migrated(sandbox, path, options=RunOptions(limit=5, settle_s=0.3))
    assert (first.standing.counts.created, first.standing.counts.pending) == (5, 25)
    oldest = sorted(legacy_ids(sandbox.tickets()))
    assert oldest == [f"T-{number:05}" for number in range(1, 6)]
    second = migrated(sandbox, path)
    assert second.standing.counts.created == 30
    assert set(legacy_ids(sandbox.tickets()).values()) == {1}


def test_only_one_ticket_is_sent_when_only_one_is_asked_for(sandbox, export):
    migrated(sandbox, export(10), options=RunOptions(only=("T-00007",), settle_s=0.3))
    assert list(legacy_ids(sandbox.tickets())) == ["T-00007"]


@pytest.mark.parametrize("faults", ["", "lost=0.2,5xx-before=0.1"], ids=["calm", "answers-lost"])
def test_in_strict_order_the_numbers_follow_history_without_exception(make_sandbox, export, faults):
    from migrator.sandbox import FaultPlan

    sandbox = make_sandbox(faults=FaultPlan.parse(faults, seed=3), latency_s=0.005)
    ended = migrated(sandbox, export(25), options=RunOptions(settle_s=0.3, in_order=True))
    assert ended.standing.counts.created == 25
    in_order = sorted(sandbox.tickets(), key=lambda each: each["ticketNumber"])
    assert list(legacy_ids(in_order)) == [f"T-{number:05}" for number in range(1, 26)]


def test_a_pilot_stands_for_all_and_is_continued_by_the_run_without_it(sandbox, export):
    path = export(40)
    pilot = RunOptions(settle_s=0.3, pilot=4)
    first = migrated(sandbox, path, options=pilot)
    assert (first.standing.counts.created, first.standing.counts.pending) == (4, 36)
    assert len({each["status"]["name"] for each in sandbox.tickets()}) == 2  # every status that there is
    again = migrated(sandbox, path, options=pilot)
    assert again.standing.this_run.created == 0  # the same four
    assert migrated(sandbox, path).standing.counts.created == 40
    assert set(legacy_ids(sandbox.tickets()).values()) == {1}


def test_a_run_whose_ledger_was_deleted_adopts_its_tickets_and_creates_none(sandbox, export):
    path = export(25)
    migrated(sandbox, path)
    path.with_suffix(".ledger").unlink()
    again = migrated(sandbox, path)
    assert len(sandbox.tickets()) == 25
    assert again.standing.counts.created == again.standing.adopted == 25


def test_a_ledger_restored_from_a_backup_adopts_what_it_forgot(sandbox, export):
    path = export(30)
    migrated(sandbox, path, options=RunOptions(limit=10, settle_s=0.3))
    backup = path.with_suffix(".ledger").read_bytes()
    migrated(sandbox, path)
    path.with_suffix(".ledger").write_bytes(backup)
    ended = migrated(sandbox, path)
    assert len(sandbox.tickets()) == 30
    assert ended.standing.counts.created == 30


@pytest.mark.parametrize("mapping", [SIMPLE_MAPPING, NO_LEGACY], ids=["with-legacy-id", "without"])
@pytest.mark.parametrize("fault", ["lost", "5xx-after", "truncated", "garbled"])
def test_a_ticket_whose_answer_was_lost_is_found_and_not_sent_again(make_sandbox, export, fault, mapping):
    from migrator.sandbox import FaultPlan

    sandbox = make_sandbox(faults=FaultPlan.parse(f"{fault}=0.3", seed=5))
    ended = migrated(sandbox, export(30, mapping=mapping))
    assert ended.standing.counts.created == 30
    assert len(sandbox.tickets()) == 30
    assert ended.standing.adopted > 0


@pytest.mark.parametrize("fault", ["5xx-before", "reset", "reset-read", "408", "409"])
def test_a_ticket_that_was_never_made_is_sent_again(make_sandbox, export, fault):
    from migrator.sandbox import FaultPlan

    sandbox = make_sandbox(faults=FaultPlan.parse(f"{fault}=0.3", seed=5))
    ended = migrated(sandbox, export(30))
    assert ended.standing.counts.created == 30
    assert legacy_ids(sandbox.tickets()).total() == 30


def test_a_ticket_made_late_is_waited_for(make_sandbox, export):
    from migrator.sandbox import FaultPlan

    sandbox = make_sandbox(faults=FaultPlan.parse("late=0.2", seed=3, late_s=0.5))
    ended = migrated(sandbox, export(20), options=RunOptions(settle_s=1.5))
    assert ended.standing.counts.created == 20
    assert set(legacy_ids(sandbox.tickets()).values()) == {1}


def test_twins_without_a_legacy_id_are_each_made_once(make_sandbox, tmp_path):
    from migrator.sandbox import FaultPlan

    row = {"id": "", "subject": "Disk full", "body": "alarm", "email": "alarm@example.com",
           "created": "2024-03-01T08:00:00", "status": "open"}  # fmt: skip
    path = write_csv(tmp_path / "tickets.csv", [{**row, "id": f"A{n}"} for n in range(12)])
    path.with_name("m.yaml").write_text(NO_LEGACY, encoding="utf-8")
    sandbox = make_sandbox(faults=FaultPlan.parse("lost=0.3,5xx-before=0.2", seed=8))
    ended = migrated(sandbox, path)
    assert len(sandbox.tickets()) == 12
    assert ended.standing.counts.created == 12


def test_a_stranger_that_looks_like_ours_is_never_claimed(make_sandbox, tmp_path):
    """More tickets than requests: nothing tells which is ours, so a person decides."""
    row = {"id": "A1", "subject": "Disk full", "body": "alarm", "email": "alarm@example.com",
           "created": "2024-03-01T08:00:00", "status": "open"}  # fmt: skip
    path = write_csv(tmp_path / "tickets.csv", [row])
    path.with_name("m.yaml").write_text(NO_LEGACY, encoding="utf-8")
    sandbox = make_sandbox()
    sandbox.script("lost")
    ended = migrated(sandbox, path, telling=Telling(Twin(sandbox), Control()))
    assert (ended.standing.counts.created, ended.standing.counts.in_doubt) == (0, 1)
    assert len(ended.standing.doubts[0].candidates) == 2  # both are named, for a person to look at
    assert len(sandbox.tickets()) == 2  # and none was made again


class Twin(Silent):
    """Somebody who makes the same ticket by hand, just when the answer to ours is lost."""

    def __init__(self, sandbox) -> None:
        super().__init__()
        self.sandbox = sandbox

    def note(self, **counts: int) -> None:
        if counts.get("in_doubt") and len(self.sandbox.tickets()) == 1:
            (ours,) = self.sandbox.tickets()
            body = {name: ours[name] for name in ("title", "content", "ticketCategoryId", "createdAt")}
            body |= {"author": {"email": ours["author"]["email"]}, "skipNotifications": True}
            request = urllib.request.Request(
                f"{self.sandbox.url}/v2/tickets",
                json.dumps(body).encode(),
                {"Authorization": f"Bearer {self.sandbox.key}", "Content-Type": "application/json"},
            )
            urllib.request.urlopen(request, timeout=5).close()


def test_declining_the_plan_sends_nothing_and_leaves_no_ledger(sandbox, export):
    path = export(5)

    def no(*_: object) -> None:
        raise Declined("no")

    with pytest.raises(Declined):
        migrated(sandbox, path, agree=no)
    assert sandbox.tickets() == []
    assert not path.with_suffix(".ledger").exists()


def test_stopping_drains_and_the_same_command_goes_on(make_sandbox, export):
    sandbox = make_sandbox(latency_s=0.02)
    path = export(60)
    telling = Telling(StopAfter(10), Control())
    telling.progress.control = telling.control
    ended = migrated(sandbox, path, telling=telling)
    assert isinstance(ended.error, Interrupted)
    counts = ended.standing.counts
    assert counts.in_doubt == 0
    assert counts.created + counts.pending == 60
    assert counts.created == len(sandbox.tickets()) < 60
    assert migrated(sandbox, path).standing.counts.created == 60


class StopAfter(Silent):
    """Asks for a stop once so many tickets are through."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.left = count
        self.what = ""

    def start(self, what: str, total: int | None, unit: str) -> None:
        self.what = what

    def advance(self, amount: int = 1) -> None:
        if self.what == "sending":
            self.left -= amount
            if self.left <= 0:
                self.control.stop()


def test_a_refused_key_ends_the_run_and_loses_nothing(make_sandbox, export):
    sandbox = make_sandbox()
    path = export(30)
    with pytest.raises(KeyRefused), given(sandbox, path, key="sk_wrong"):
        pass


def test_a_service_that_only_fails_ends_the_run_and_nothing_is_made(make_sandbox, export):
    from migrator.sandbox import FaultPlan

    sandbox = make_sandbox(faults=FaultPlan.parse("5xx-before=1", seed=1))
    path = export(200)
    with pytest.raises(Unreachable), given(sandbox, path, patience_s=2):
        pass
    assert sandbox.tickets() == []


def test_a_ledger_of_another_workspace_is_refused(make_sandbox, export):
    path = export(5)
    migrated(make_sandbox(), path)
    with pytest.raises(OtherWorkspace):
        migrated(make_sandbox(), path)


def test_a_default_ledger_does_not_take_in_another_export(make_sandbox, export, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sandbox = make_sandbox()
    path = export(3)
    with given(sandbox, path) as (_, inputs), open_ledger(None, inputs.source, [path]) as ledger:
        ledger.set_facts(
            {"source": '[{"path":"/else/tickets.csv","size_bytes":1,"modified_ns":1,"sha256":"x"}]'}
        )
    with (
        given(sandbox, path) as (_, inputs),
        pytest.raises(LedgerError, match="belongs to"),
        open_ledger(None, inputs.source, [path]),
    ):
        pass


def test_new_rows_of_a_changed_export_are_added(sandbox, export):
    migrated(sandbox, export(10))
    ended = migrated(sandbox, export(14))
    assert (ended.standing.counts.created, ended.standing.counts.unchanged) == (4, 10)
    assert ended.standing.counts.complete
    assert ended.standing.this_run.created == 4
    assert legacy_ids(sandbox.tickets()).total() == 14


def test_a_corrected_mapping_lets_rejected_rows_through(sandbox, export):
    broken = SIMPLE_MAPPING.replace("closed: Resolved", "closed: Resolvd")
    path = export(9, mapping=broken)
    first = migrated(sandbox, path)
    assert first.standing.counts.rejected == 3
    second = migrated(sandbox, export(9))
    assert second.standing.counts.created == 9


def test_validate_and_run_make_the_same_bytes(sandbox, export):
    """Promise 4: what the dry run prepares is, byte for byte, what leaves in the run."""
    path = export(25)
    telling = Telling(Silent(), Control())
    with Recorder(sandbox.url) as tap, given(sandbox, path, url=tap.url) as (client, inputs):
        surveyed = survey(inputs.source, inputs.mapping, telling)
        dry = [
            step.body for each in prepare(surveyed, inputs.directory, telling) for step in each.result.steps
        ]
        plan = dry_run(inputs, telling)
        assert tap.bodies("POST", "/v2/tickets") == []
        with open_ledger(path.with_suffix(".ledger"), inputs.source, [path]) as ledger:
            ended = migrate(ledger, inputs, QUICK, client, yes, telling)
        assert sorted(tap.bodies("POST", "/v2/tickets")) == sorted(dry)
    assert ended.plan == plan
    assert len(dry) == 25


def test_counts_add_up_whatever_is_rejected_or_skipped(sandbox, export, tmp_path):
    path = export(10)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("person3@example.com", "").replace("T-00005", "T-00004"), encoding="utf-8")
    ended = migrated(sandbox, path)
    counts = ended.standing.counts
    assert counts.rows == 10
    assert (counts.created, counts.rejected) == (8, 2)
    assert {group.code for group in ended.standing.failures} == {"author-missing", "duplicate-key"}
    assert all(group.status is Status.REJECTED for group in ended.standing.failures)
