"""What the API's description leaves open must not make a ticket or a message twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest

from migrator.model import Silent
from migrator.runner.control import Control, Telling
from migrator.runner.migrate import Ended, migrate
from migrator.runner.open import open_ledger
from migrator.sandbox import FaultPlan
from tests.conftest import SIMPLE_MAPPING, legacy_ids
from tests.recorder import Recorder
from tests.runner.test_migrate import NO_LEGACY, QUICK, given, yes

UNDATED = SIMPLE_MAPPING.replace("  createdAt: {from: created, as: datetime}\n", "")
Alter = Callable[[str, str, Any], Any]


def migrated(sandbox, export, alter: Alter) -> Ended:
    with ExitStack() as stack:
        tap = stack.enter_context(Recorder(sandbox.url, lambda *asked: (None, alter(*asked))))
        client, inputs = stack.enter_context(given(sandbox, export, url=tap.url))
        ledger = stack.enter_context(open_ledger(export.with_suffix(".ledger"), inputs.source, [export]))
        return migrate(ledger, inputs, QUICK, client, yes, Telling(Silent(), Control()))


def in_lists(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Alter:
    def alter(_: str, path: str, answer: Any) -> Any:
        if path.startswith("/v2/tickets?") and "data" in answer:
            return {**answer, "data": [change(each) for each in answer["data"]]}
        return answer

    return alter


def everywhere(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Alter:
    lists = in_lists(change)

    def alter(method: str, path: str, answer: Any) -> Any:
        if isinstance(answer, dict) and answer.get("object") == "ticket":
            return change(answer)
        return lists(method, path, answer)

    return alter


def without_fields(ticket: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in ticket.items() if name != "customFields"}


def with_empty_fields(ticket: dict[str, Any]) -> dict[str, Any]:
    return {**ticket, "customFields": {}}


@pytest.mark.parametrize(
    ("mapping", "change"),
    [
        pytest.param(SIMPLE_MAPPING, without_fields, id="absent"),
        pytest.param(SIMPLE_MAPPING, with_empty_fields, id="empty"),
        pytest.param(UNDATED, without_fields, id="absent-and-rows-undated"),
    ],
)
def test_a_lost_ledger_is_made_good_where_lists_do_not_show_fields(sandbox, export, mapping, change):
    path = export(12, mapping=mapping)
    migrated(sandbox, path, in_lists(change))
    path.with_suffix(".ledger").unlink()
    again = migrated(sandbox, path, in_lists(change))
    assert len(sandbox.tickets()) == 12
    assert again.standing.adopted == 12


def an_hour_behind(ticket: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.fromisoformat(ticket["updatedAt"]) - timedelta(hours=1)
    return {**ticket, "updatedAt": moment.isoformat()}


def changed_when_dated(ticket: dict[str, Any]) -> dict[str, Any]:
    return {**ticket, "updatedAt": ticket["createdAt"]}


def tidied(ticket: dict[str, Any]) -> dict[str, Any]:
    author = {**ticket["author"], "email": ticket["author"]["email"].lower()}
    return {**ticket, "title": f" {ticket['title']}", "content": "", "author": author}


def in_whole_seconds(ticket: dict[str, Any]) -> dict[str, Any]:
    moment = datetime.fromisoformat(ticket["createdAt"])
    return {**ticket, "createdAt": moment.replace(microsecond=0).isoformat()}


@pytest.mark.parametrize("mapping", [SIMPLE_MAPPING, NO_LEGACY], ids=["with-legacy-id", "without"])
@pytest.mark.parametrize("change", [an_hour_behind, changed_when_dated, tidied, in_whole_seconds])
def test_a_lost_answer_is_found_again_whatever_the_service_makes_of_a_ticket(
    make_sandbox, export, mapping, change
):
    sandbox = make_sandbox(faults=FaultPlan.parse("5xx-after=0.3", seed=5))
    ended = migrated(sandbox, export(12, mapping=mapping), everywhere(change))
    assert ended.standing.counts.created == len(sandbox.tickets()) == 12
    assert ended.standing.adopted > 0


def test_a_list_in_the_wrong_order_is_slower_and_just_as_right(make_sandbox, export):
    def oldest_first(_: str, path: str, answer: Any) -> Any:
        if path.startswith("/v2/tickets?") and "data" in answer:
            return {**answer, "data": answer["data"][::-1]}
        return answer

    sandbox = make_sandbox(faults=FaultPlan.parse("5xx-after=0.2,5xx-before=0.2", seed=5))
    ended = migrated(sandbox, export(15), oldest_first)
    assert ended.standing.counts.created == 15
    assert set(legacy_ids(sandbox.tickets()).values()) == {1}
