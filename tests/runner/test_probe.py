"""The trial ticket against workspaces of every kind: what it teaches, and that it never stays."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from migrator.errors import Interrupted
from migrator.featurebase import Admin, Client, Connection, Directory, Rate, Unnamed
from migrator.model import Silent
from migrator.runner.control import Control, Telling
from migrator.runner.doctor import LISTS
from migrator.runner.findings import Grade, is_healthy
from migrator.runner.learnt import Held, Learnt, Markup, Probed
from migrator.runner.lessons import lessons, options_to_use
from migrator.runner.probe import probe
from migrator.runner.trial import TITLE, customer_category, make_trial, steps_of
from migrator.sandbox import FaultPlan
from tests.recorder import Recorder, Twist

EMAIL = "migrator-probe@example.com"
ALL_MESSAGES = {"agent_reply": True, "private_note": True, "contact_reply": True}


def probed(
    sandbox,
    *,
    twist: Twist | None = None,
    category: str = "",
    change: Callable[[Directory], Directory] = lambda directory: directory,
    telling: Telling | None = None,
    settle_s: float = 0.0,
    file_url: str = "https://files.example/probe",
) -> Probed:
    telling = telling or Telling(Silent(), Control())
    with ExitStack() as stack:
        url = stack.enter_context(Recorder(sandbox.url, twist)).url if twist else sandbox.url
        connection = Connection(url, (sandbox.key,), Rate(per_minute=600_000), timeout_s=3, patience_s=5)
        client = stack.enter_context(Client(connection))
        telling.control.when_stopped(client.stop)
        telling.control.when_cancelled(client.cancel)
        directory = change(client.fetch_directory(LISTS))
        chosen = directory.index("categories").find(category) if category else customer_category(directory)
        return probe(client, make_trial(directory, chosen, EMAIL, file_url), telling, settle_s=settle_s)


def on_tickets(change: Callable[[dict[str, Any]], object]) -> Twist:
    """Changes every single ticket in an answer."""

    def twist(_method: str, path: str, answer: Any) -> tuple[int, Any] | None:
        if path.startswith("/v2/tickets/") and isinstance(answer, dict) and answer.get("object") == "ticket":
            change(answer)
            return 200, answer
        return None

    return twist


def topics(result: Probed, grade: Grade) -> set[str]:
    return {each.topic for each in lessons(result) if each.grade is grade}


def test_a_workspace_as_hoped_teaches_that_all_is_kept(sandbox):
    result = probed(sandbox)
    assert result.learnt == Learnt(
        created=True,
        linked_conversation=True,
        messages=ALL_MESSAGES,
        content_is_first_message=True,
        created_at=Held.EXACTLY,
        reply_created_at=Held.EXACTLY,
        html=Markup.KEPT,
        text_field=True,
        select_as="id",
        upload=True,
        address=True,
        unnamed_fields=Unnamed.KEPT,
        closed=True,
    )
    assert is_healthy(lessons(result))
    assert sandbox.tickets() == []
    assert sandbox.notifications() == []


@pytest.mark.parametrize("errors", ["documented", "flat"])
def test_where_choices_go_by_label_the_label_is_found_and_advised(make_sandbox, errors):
    sandbox = make_sandbox(select_as="label", errors=errors)
    result = probed(sandbox)
    assert result.learnt.select_as == "label"
    assert result.learnt.refusals == {}
    assert options_to_use(result.learnt) == ("--select label",)
    assert result.learnt.unnamed_fields is Unnamed.KEPT
    assert is_healthy(lessons(result))
    assert sandbox.tickets() == []


def test_a_choice_that_is_accepted_but_not_kept_is_tried_by_its_label(sandbox):
    chosen: list[bool] = []

    def forget_ids(method: str, path: str, answer: Any) -> tuple[int, Any] | None:
        if method == "PATCH" and chosen:  # the sandbox takes no labels, this workspace does
            return 200, {**shown[0], "open": False}
        if not (isinstance(answer, dict) and answer.get("object") == "ticket"):
            return None
        chosen.append(True)
        shown[:] = [answer]
        select = next(each for each in sandbox.workspace.fields.values() if each["type"] == "select")
        patched = sandbox.requests().get(("PATCH", "/v2/tickets/{id}", 400), 0)
        answer["customFields"][select["id"]] = select["options"][0]["label"] if patched else None
        return (201 if method == "POST" else 200), answer

    shown: list[dict[str, Any]] = []
    assert probed(sandbox, twist=forget_ids).learnt.select_as == "label"
    assert sandbox.tickets() == []


def test_a_ticket_without_a_conversation_is_bad_news_told_once(make_sandbox):
    sandbox = make_sandbox(linked_conversations=False)
    result = probed(sandbox)
    assert result.learnt.linked_conversation is False
    assert result.learnt.messages == dict.fromkeys(ALL_MESSAGES, False)
    bad = [each for each in lessons(result) if each.grade is Grade.BAD]
    assert [each.topic for each in bad if each.hint] == ["conversation"]
    assert sandbox.tickets() == []


def test_a_description_outside_the_thread_and_cleaned_html_are_noticed(make_sandbox):
    sandbox = make_sandbox(sanitise=True, description_as_part=False)
    result = probed(sandbox)
    assert result.learnt.content_is_first_message is False
    assert (result.learnt.html, result.learnt.elements_lost) == (Markup.CLEANED, ("sup",))
    assert topics(result, Grade.CARE) == {"HTML"}


@pytest.mark.parametrize(
    ("change", "held", "grade"),
    [
        pytest.param(lambda text: text.replace(".089Z", "Z"), Held.TO_THE_SECOND, Grade.OK, id="no-ms"),
        pytest.param(lambda _: "2026-01-01T00:00:00.000Z", Held.CHANGED, Grade.BAD, id="today"),
        pytest.param(lambda _: None, None, None, id="not-told"),
    ],
)
def test_what_becomes_of_the_dates_is_told(sandbox, change, held, grade):
    def twist(ticket: dict[str, Any]) -> None:
        ticket["createdAt"] = change(ticket["createdAt"])
        for part in ticket.get("conversationParts", ()):
            part["createdAt"] = change(part["createdAt"])

    result = probed(sandbox, twist=on_tickets(twist))
    assert (result.learnt.created_at, result.learnt.reply_created_at) == (held, held)
    grades = {each.grade for each in lessons(result) if each.topic in ("createdAt", "reply's date")}
    assert grades == ({grade} if grade else set())


def test_words_that_change_a_text_that_is_lost_and_a_ticket_that_stays_open_are_bad(sandbox):
    def twist(ticket: dict[str, Any]) -> None:
        ticket |= {"content": "something else", "customFields": {}, "open": True}

    result = probed(sandbox, twist=on_tickets(twist))
    assert topics(result, Grade.BAD) == {"HTML", "text field", "select field", "closing"}


def test_a_back_office_category_is_tried_with_what_it_carries(sandbox):
    result = probed(sandbox, category="Internal")
    assert result.learnt.messages == {"private_note": True}
    assert is_healthy(lessons(result))


def test_an_agent_whom_the_workspace_does_not_know_does_not_end_the_probe(sandbox):
    strangers = (Admin("0" * 24, "Nobody"),)
    result = probed(sandbox, change=lambda directory: replace(directory, admins=strangers))
    assert result.learnt.messages == {"agent_reply": False, "private_note": False, "contact_reply": True}
    assert "agent_reply" in result.learnt.refusals
    assert sandbox.tickets() == []


def test_without_admins_or_fields_the_rest_is_tried(sandbox):
    result = probed(sandbox, change=lambda directory: replace(directory, admins=(), fields=()))
    assert result.learnt.messages == {"contact_reply": True}
    assert (result.learnt.text_field, result.learnt.select_as) == (None, None)
    assert is_healthy(lessons(result))


def test_a_ticket_that_is_refused_teaches_the_words(sandbox):
    def twist(method: str, path: str, answer: Any) -> tuple[int, Any] | None:
        return (
            (400, {"code": 400, "message": "no guests here"})
            if (method, path) == ("POST", "/v2/tickets")
            else None
        )

    sandbox_twist = probed(sandbox, twist=twist)
    assert sandbox_twist.learnt == Learnt(refusals={"create": "no guests here"})
    assert topics(sandbox_twist, Grade.BAD) == {"create"}


def test_a_change_that_wipes_other_fields_is_noticed(make_sandbox):
    result = probed(make_sandbox(replace_fields=True))
    assert (result.learnt.unnamed_fields, result.learnt.text_field) == (Unnamed.WIPED, True)
    assert is_healthy(lessons(result))


def test_files_alone_teach_what_a_change_does_to_other_fields(make_sandbox):
    def without_select(directory: Directory) -> Directory:
        return replace(directory, fields=tuple(each for each in directory.fields if each.type != "select"))

    result = probed(make_sandbox(replace_fields=True), change=without_select)
    assert result.learnt.unnamed_fields is Unnamed.WIPED


def test_a_file_that_featurebase_cannot_download_is_told_with_its_words_and_costs_nothing(sandbox):
    result = probed(sandbox, file_url="http://files.example/probe")
    assert (result.learnt.upload, result.learnt.address) == (True, False)
    (care,) = (each for each in lessons(result) if each.grade is Grade.CARE)
    assert (care.topic, "https" in care.message, "--probe-file" in care.hint) == (
        "file by address",
        True,
        True,
    )


def test_where_the_answers_hold_back_the_fields_nothing_is_claimed_of_them(sandbox):
    result = probed(sandbox, twist=on_tickets(lambda ticket: ticket.pop("customFields")))
    learnt = result.learnt
    assert (learnt.upload, learnt.address, learnt.unnamed_fields) == (None, None, Unnamed.UNKNOWN)


def test_a_429_on_the_way_is_counted_and_none_is_provoked(sandbox):
    assert probed(sandbox).learnt.refused_429 == 0
    sandbox.script("429")
    result = probed(sandbox)
    assert result.learnt.refused_429 == 1
    (told,) = (each.message for each in lessons(result) if each.topic == "429")
    assert told.startswith("requests that were answered 429: 1; GET /v2/tickets/categories had ")
    assert "rate_limit_error" in told


# --- no ticket stays --------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["lost", "5xx-after", "429", "reset"])
@pytest.mark.parametrize(
    "at",
    range(9),
    ids=["create", "reply", "note", "contact", "field", "upload", "address", "close", "delete"],
)
def test_whatever_goes_wrong_at_any_step_no_ticket_stays(sandbox, fault, at):
    sandbox.script(*[None] * at, fault)
    result = probed(sandbox)
    assert sandbox.tickets() == []
    assert result.left_behind == ()
    assert result.unseen is (fault == "reset" and at == 0)
    if fault != "reset":
        assert result.learnt.messages == ALL_MESSAGES


def test_a_ticket_made_late_is_waited_for_and_deleted(make_sandbox):
    sandbox = make_sandbox(faults=FaultPlan(late_s=0.3))
    sandbox.script("late")
    result = probed(sandbox, settle_s=0.6)
    assert sandbox.tickets() == []
    assert (result.learnt.created, result.unseen) == (False, False)


def test_a_ticket_that_may_still_appear_is_told_of(sandbox):
    sandbox.script("reset-read")
    result = probed(sandbox)
    assert result.unseen
    assert "clean-up" in topics(result, Grade.BAD)


class StopAfter(Silent):
    """Presses Ctrl-C after so many steps, once or twice."""

    def __init__(self, control: Control, steps: int, times: int) -> None:
        super().__init__()
        self.control, self.left, self.times = control, steps, times

    def advance(self, amount: int = 1) -> None:
        self.left -= amount
        if self.left == 0:
            for _ in range(self.times):
                self.control.interrupt()


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_ctrl_c_deletes_the_ticket_first(sandbox, steps):
    control = Control()
    result = probed(sandbox, telling=Telling(StopAfter(control, steps, 1), control))
    assert isinstance(result.error, Interrupted)
    assert result.left_behind == ()
    assert sandbox.tickets() == []


def test_giving_up_on_the_deletion_too_says_which_ticket_stays(sandbox):
    control = Control()
    result = probed(sandbox, telling=Telling(StopAfter(control, 2, 2), control))
    (ticket,) = sandbox.tickets()
    assert [(each.number, each.url) for each in result.left_behind] == [
        (ticket["ticketNumber"], ticket["ticketUrl"])
    ]
    message = next(each.message for each in lessons(result) if each.topic == "clean-up")
    assert ticket["ticketUrl"] in message


def test_a_deletion_that_is_refused_is_told_loudly(sandbox):
    def twist(method: str, _path: str, _answer: Any) -> tuple[int, Any] | None:
        return (400, {"message": "not today"}) if method == "DELETE" else None

    result = probed(sandbox, twist=twist)
    assert [each.reason for each in result.left_behind] == ["not today"]
    assert not is_healthy(lessons(result))


def test_another_ticket_is_never_taken_for_ours(sandbox):
    """Somebody else probes at the same time: same title, same author, another token."""
    theirs: list[int] = []
    with Client(Connection(sandbox.url, (sandbox.key,), timeout_s=3)) as other:
        directory = other.fetch_directory(LISTS)
        create, _ = steps_of(make_trial(directory, directory.categories[0], EMAIL, ""), "another", "id")

        def twist(_method: str, path: str, _answer: Any) -> tuple[int, Any] | None:
            if path.startswith("/v2/tickets?") and not theirs:
                theirs.append(other.send(create).seen.number)
            return None

        sandbox.script(None, "reset-read")
        result = probed(sandbox, twist=twist)
    assert result.unseen
    assert [(each["ticketNumber"], each["title"]) for each in sandbox.tickets()] == [(theirs[0], TITLE)]


def test_an_address_that_is_none_is_no_trial(sandbox):
    with Client(Connection(sandbox.url, (sandbox.key,), timeout_s=3)) as client:
        directory = client.fetch_directory(LISTS)
    with pytest.raises(ValueError, match="not an address"):
        make_trial(directory, directory.categories[0], "a b@example.com", "")
