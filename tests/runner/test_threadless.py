"""Tickets that are made without a conversation: told before a request is wasted, or kept in the text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from migrator.ledger import Ledger
from migrator.model import Refused, Silent, Status, TicketSeen
from migrator.runner.control import Control, Telling
from migrator.runner.migrate import migrate
from migrator.runner.open import open_ledger
from migrator.runner.outlook import RunOptions
from migrator.runner.retry import retry
from migrator.runner.threadless import is_for_want_of_one
from migrator.sandbox import FaultPlan
from tests.recorder import Recorder
from tests.runner.test_migrate import QUICK, given, migrated, yes
from tests.threads import AGENT, MAPPING, parts_of, ticket, write_tickets

CONTENT = MAPPING.replace("fallback_agent: any", "fallback_agent: any\n  without_conversation: content")


@pytest.fixture
def export(tmp_path):
    def write(*tickets, mapping=MAPPING):
        return write_tickets(tmp_path, tickets, mapping)

    return write


def replies_asked(sandbox) -> int:
    return sum(count for (_, path, _), count in sandbox.requests().items() if path.endswith("/reply"))


def test_a_ticket_without_a_conversation_fails_before_a_request_is_spent_on_its_messages(
    make_sandbox, export
):
    sandbox = make_sandbox(linked_conversations=False)
    path = export(ticket(0), ticket(1, comments=[]))
    ended = migrated(sandbox, path)
    assert (ended.standing.counts.created, ended.standing.counts.failed) == (1, 1)
    assert ended.standing.failures[0].code == "no-conversation"
    assert replies_asked(sandbox) == 0
    with given(sandbox, path) as (client, _), Ledger.open(Path(ended.standing.ledger)) as ledger:
        again = retry(ledger, QUICK, client, yes, Telling(Silent(), Control()))
    assert again.standing.failures[0].code == "no-conversation"
    assert replies_asked(sandbox) == 0


def test_what_customers_may_see_becomes_part_of_the_text_and_the_ticket_is_closed(make_sandbox, export):
    sandbox = make_sandbox(linked_conversations=False)
    ended = migrated(sandbox, export(ticket(1), mapping=CONTENT))
    (there,) = sandbox.tickets()
    assert there["content"] == (
        "<p>How?</p><hr><p><b>Messages of this ticket</b></p>"
        "<p><b>Ada Brook</b>, 2024-05-01 08:01 UTC:</p><p>first 1</p>"
        "<p><b>Ann Fox</b>, 2024-05-01 08:01 UTC:</p><p>second 1</p>"
        "<p><b>Col League</b>, 2024-05-01 08:01 UTC:</p><p>third 1</p>"
    )
    assert there["open"] is False
    assert ended.standing.counts.created == 1
    assert ended.standing.left_out == {"private notes": 1}
    with Ledger.look(Path(ended.standing.ledger)) as ledger:
        (result,) = ledger.results()
    assert [warning.code for warning in result.warnings] == ["thread-in-content"]
    assert sandbox.notifications() == []


def untold(links: object) -> Callable[[str, str, Any], tuple[None, Any] | None]:
    """Answers that show `links` for the conversations of a ticket: what is made says nothing of them."""

    def twist(method: str, path: str, said: Any) -> tuple[None, Any] | None:
        if not isinstance(said, dict) or said.get("object") != "ticket" or said.get("deleted"):
            return None
        said.pop("linkedConversations")
        return None, said if method == "POST" or links is None else said | {"linkedConversations": links}

    return twist


@pytest.mark.parametrize("links", [None, []], ids=["nobody-says", "the-ticket-says-when-asked"])
@pytest.mark.parametrize("mapping", [MAPPING, CONTENT], ids=["told", "in-the-text"])
def test_a_message_that_is_refused_for_want_of_a_conversation_gets_the_declared_way_out(
    make_sandbox, export, links, mapping
):
    sandbox = make_sandbox(linked_conversations=False)
    with Recorder(sandbox.url, untold(links)) as tap:
        ended = migrated(sandbox, export(ticket(1), mapping=mapping), url=tap.url)
    assert replies_asked(sandbox) == 1
    (there,) = sandbox.tickets()
    if mapping == MAPPING:
        assert [each.code for each in ended.standing.failures] == ["no-conversation"]
        return
    assert [there["content"].count(f"{nth} 1<") for nth in ("first", "second", "third", "secret")] == [
        1,
        1,
        1,
        0,
    ]
    assert (ended.standing.counts.created, there["open"]) == (1, False)
    assert ended.standing.left_out == {"private notes": 1}


def test_files_that_a_text_can_only_link_count_as_left_out(make_sandbox, export):
    sandbox = make_sandbox(linked_conversations=False)
    files = [{"name": "a.png", "url": "https://files.example/a.png"}]
    comments = [{**each, "files": files} for each in ticket(1)["comments"][:2]]
    mapping = CONTENT + "  files: {from: files, as: files}\n"
    ended = migrated(sandbox, export(ticket(1, comments=comments), mapping=mapping))
    (there,) = sandbox.tickets()
    assert there["content"].count('<a href="https://files.example/a.png">a.png</a>') == 1
    assert ended.standing.left_out == {"private notes": 1, "files": 2}
    with Ledger.look(Path(ended.standing.ledger)) as ledger:
        ((told,),) = [each.warnings for each in ledger.results()]
    assert told.message.endswith(
        "1 private notes were left out; 2 files are not copied, those of replies are linked"
    )


def test_a_ticket_that_is_gone_has_no_way_out():
    refused = Refused(404, "not_found", "Conversation not found")
    assert is_for_want_of_one(refused, TicketSeen(7, "t-7")) is True
    assert is_for_want_of_one(refused, None) is False


def test_the_messages_of_a_ticket_that_was_deleted_meanwhile_stay_what_they_are(make_sandbox, export):
    sandbox = make_sandbox(linked_conversations=False)

    def gone(method: str, path: str, said: Any) -> tuple[int | None, Any] | None:
        words = {"type": "not_found_error", "code": "not_found", "message": "Conversation not found"}
        if path.endswith("/reply") or (method == "GET" and re.fullmatch(r"/v2/tickets/\d+.*", path)):
            return 404, {"error": words}
        if method == "POST" and path.endswith("/tickets"):
            said.pop("linkedConversations")
        return None, said

    with Recorder(sandbox.url, gone) as tap:
        ended = migrated(sandbox, export(ticket(1), mapping=CONTENT), url=tap.url)
    assert [each.code for each in ended.standing.failures] == ["not_found"]
    assert ended.standing.left_out == {}


def test_a_message_that_is_refused_for_another_reason_keeps_it(sandbox, export):
    def refuse(method: str, path: str, said: Any) -> tuple[int, Any] | None:
        words = {"type": "invalid_request_error", "code": "invalid_content", "message": "not that body"}
        return (400, {"error": words}) if path.endswith("/reply") else None

    with Recorder(sandbox.url, refuse) as tap:
        ended = migrated(sandbox, export(ticket(1), mapping=CONTENT), url=tap.url)
    assert [(each.code, each.message) for each in ended.standing.failures] == [
        ("invalid_content", "not that body")
    ]


@pytest.mark.parametrize("fault", ["lost", "5xx-after", "truncated", "5xx-before", "reset"])
def test_each_message_is_in_the_text_once_when_answers_are_lost(make_sandbox, export, fault):
    sandbox = make_sandbox(linked_conversations=False, faults=FaultPlan.parse(f"{fault}=0.25", seed=4))
    ended = migrated(sandbox, export(*(ticket(number) for number in range(6)), mapping=CONTENT))
    assert ended.standing.counts.created == 6
    for there in sandbox.tickets():
        number = there["title"].split()[1]
        assert [
            there["content"].count(f"{nth} {number}<") for nth in ("first", "second", "third", "secret")
        ] == [
            1,
            1,
            1,
            0,
        ]


def test_a_newer_export_neither_repeats_nor_drops_what_is_in_the_text(make_sandbox, export):
    sandbox = make_sandbox(linked_conversations=False)
    migrated(sandbox, export(ticket(1), mapping=CONTENT))
    before = sandbox.tickets()[0]["content"]
    late = {"body": "late", "author": AGENT, "private": "false", "created_at": "2024-05-03T08:00:00Z"}
    more = ticket(1, comments=[*ticket(1)["comments"], late])
    ended = migrated(sandbox, export(more, ticket(2), mapping=CONTENT))
    assert sandbox.tickets()[0]["content"] == before
    assert [group.code for group in ended.plan.problems] == ["cannot-update"]
    assert ended.standing.counts.failed == 0


@pytest.mark.parametrize("changes", [{}, {"body": "Why?"}], ids=["the-same", "another-text"])
def test_an_update_keeps_the_messages_behind_the_text(make_sandbox, export, changes):
    sandbox = make_sandbox(linked_conversations=False)
    migrated(sandbox, export(ticket(1), mapping=CONTENT))
    before = sandbox.tickets()[0]["content"]
    path = export(ticket(1, **changes), ticket(2), mapping=CONTENT)
    with (
        given(sandbox, path) as (client, inputs),
        open_ledger(path.with_suffix(".ledger"), inputs.source, [path]) as ledger,
    ):
        migrate(
            ledger,
            replace(inputs, update=True),
            RunOptions(settle_s=0.3),
            client,
            yes,
            Telling(Silent(), Control()),
        )
        assert ledger.status_of("N-1") is (Status.UPDATED if changes else Status.UNCHANGED)
    expected = before.replace("How?", changes.get("body", "How?"))
    assert next(each for each in sandbox.tickets() if each["title"] == "Question 1")["content"] == expected


@pytest.mark.parametrize(
    ("rule", "notes", "in_text"),
    [
        pytest.param(
            "note",
            ["first 0", "secret 0", "<b>Ann Fox</b> wrote:second 0", "<b>Col League</b> wrote:third 0"],
            [],
            id="note",
        ),
        pytest.param("content", ["first 0", "secret 0"], ["second 0", "third 0"], id="content"),
        pytest.param("skip", ["first 0", "secret 0"], [], id="skip"),
    ],
)
def test_customers_words_in_a_category_of_notes_become(sandbox, export, rule, notes, in_text):
    mapping = MAPPING.replace("fallback_agent: any", f"fallback_agent: any\n  in_notes_only: {rule}")
    ended = migrated(sandbox, export(ticket(0, category="Internal"), mapping=mapping))
    (there,) = sandbox.tickets()
    assert parts_of(there) == [("admin_note", words) for words in notes]
    for words in ("second 0", "third 0"):
        assert (words in there["content"]) == (words in in_text)
    left = {"messages of customers in a category of notes only": 2} if rule == "skip" else {}
    assert ended.standing.left_out == left
