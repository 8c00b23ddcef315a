"""The client over real sockets: what leaves, what comes back, and what happens when it does not."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from migrator.errors import (
    FeaturebaseError,
    Interrupted,
    KeyMissing,
    KeyRefused,
    OtherWorkspace,
    Unreachable,
    VersionRefused,
    WrongAddress,
)
from migrator.featurebase import API_VERSION, Client, Connection, Deletion, Rate, Upserted, part_sent, resolve
from migrator.model import (
    ContactSeen,
    Done,
    InDoubt,
    NotSent,
    PartKind,
    Refused,
    Step,
    StepKind,
    Ticket,
    TicketSeen,
)
from tests.featurebase.conftest import KEY, TICKET, FakeClock, Misbehave, Say, ScriptedServer
from tests.featurebase.drafts import ANN, GONE, draft, message, named, person

STEP = Step(StepKind.CREATE, "POST", "/v2/tickets", '{"title":"Grüße 😀","x":1.50}'.encode())
REPLY = Step(StepKind.REPLY, "POST", "/v2/tickets/{number}/reply", b"{}")
CLOSING = Step(StepKind.UPDATE, "PATCH", "/v2/tickets/{number}", b'{"open":false}')
CREATED = Say(201, TICKET)
FAST = Rate(per_minute=1_000_000)


@contextmanager
def talking(
    server: ScriptedServer, *script: Say | Misbehave, clock: FakeClock | None = None, **options: Any
) -> Iterator[Client]:
    """A client for a server that says these things, the last one for ever."""
    if script:
        server.script = list(script)
    settings: dict[str, Any] = {"base_url": server.url, "keys": (KEY,), "rate": FAST, "timeout_s": 5}
    with Client(Connection(**(settings | options)), clock=clock) as client:
        yield client


def in_threads(count: int, work: Callable[[], object]) -> list[object]:
    """What `work` returned or raised, in each of several threads."""
    results: list[object] = []

    def run() -> None:
        try:
            results.append(work())
        except FeaturebaseError as error:
            results.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    return results


# --- what leaves --------------------------------------------------------------------------------


def test_a_step_leaves_byte_for_byte_with_key_and_version(server):
    with talking(server, CREATED) as client:
        outcome = client.send(STEP)
    assert isinstance(outcome, Done)
    assert outcome.seen.number == 42
    (heard,) = server.heard
    assert (heard.method, heard.path, heard.body) == ("POST", "/v2/tickets", STEP.body)
    assert heard.headers["authorization"] == f"Bearer {KEY}"
    assert heard.headers["featurebase-version"] == API_VERSION
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["user-agent"].startswith("migrator/")


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_address_may_carry_a_path(server, slash):
    with talking(server, CREATED, base_url=f"{server.url}/_mock/rest-api{slash}") as client:
        client.send(STEP)
    assert server.heard[0].path == "/_mock/rest-api/v2/tickets"


def test_a_later_step_names_its_ticket(server):
    with talking(server, CREATED) as client:
        for step in (REPLY, CLOSING):
            assert isinstance(client.send(step, number=42), Done)
            with pytest.raises(ValueError, match="cannot be sent"):
                client.send(step)
    assert [(heard.method, heard.path) for heard in server.heard] == [
        ("POST", "/v2/tickets/42/reply"),
        ("PATCH", "/v2/tickets/42"),
    ]


def test_a_proxy_from_the_environment_never_sees_a_plain_request(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with talking(server, CREATED) as client:
        assert isinstance(client.send(STEP), Done)


def test_a_client_needs_a_key():
    with pytest.raises(KeyMissing) as caught:
        Client(Connection())
    assert "FEATUREBASE_API_KEY" in caught.value.hint


# --- what comes back ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(Misbehave("reset"), id="reset-after-reading"),
        pytest.param(Misbehave("close"), id="closed-without-a-word"),
        pytest.param(Misbehave("silence"), id="silence"),
        pytest.param(Misbehave("truncate"), id="half-an-answer"),
        pytest.param(
            Say(500, {"error": {"type": "api_error", "code": "create_error", "message": "x"}}), id="500"
        ),
        pytest.param(Say(409, {}), id="409"),
        pytest.param(Say(201, raw=b'{"id": "65'), id="unreadable-2xx"),
        pytest.param(Say(201, TICKET, after_s=1.0), id="slower-than-we-wait"),
    ],
)
@pytest.mark.parametrize("step", [STEP, REPLY, CLOSING], ids=["create", "reply", "closing"])
def test_a_step_without_a_clear_answer_is_in_doubt_and_sent_once(server, script, step):
    with talking(server, script, timeout_s=0.3) as client:
        outcome = client.send(step, None if step is STEP else 42)
    assert isinstance(outcome, InDoubt)
    assert outcome.reason
    assert len(server.heard) == 1


def test_a_refusal_keeps_the_services_words(server):
    said = {"code": 400, "message": "Validation error: body.title: too short"}
    with talking(server, Say(400, said)) as client:
        assert client.send(STEP) == Refused(400, "", "Validation error: body.title: too short")


def test_a_429_is_waited_out_as_long_as_it_asks(server, clock):
    refused = Say(429, {"error": {"type": "rate_limit_error"}}, {"Retry-After": "20"})
    with talking(server, refused, refused, CREATED, clock=clock) as client:
        assert isinstance(client.send(STEP), Done)
        assert clock.elapsed_s >= 40
        assert (client.stats.requests, client.stats.refused_429, client.stats.retried) == (3, 2, 2)
        assert client.stats.by_status == {429: 2, 201: 1}


SHAPES_OF_429 = {
    "documented, seconds": ({"error": {"type": "rate_limit_error"}}, {"Retry-After": "100"}, 100),
    "flat, a date": ({"code": 429, "message": "slow down"}, {"Retry-After": "DATE"}, 50),
    "only a reset": ({}, {"X-RateLimit-Reset": "100"}, 100),
    "a reset as a moment": ({}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "MOMENT"}, 50),
    "a page, no header": (b"<html><h1>429 Too Many Requests</h1></html>", {}, 0.25),
    "nothing at all": (b"", {}, 0.25),
    "nonsense": (b"[429", {"Retry-After": "soon", "X-RateLimit-Reset": "-1"}, 0.25),
}


@pytest.mark.parametrize(("body", "headers", "least_s"), SHAPES_OF_429.values(), ids=SHAPES_OF_429)
@pytest.mark.parametrize("step", [STEP, REPLY, CLOSING], ids=lambda step: step.kind.value)
def test_a_429_of_any_shape_is_waited_out_and_nothing_is_in_doubt(
    server, clock, body, headers, least_s, step
):
    ends = datetime.now(UTC) + timedelta(seconds=100)
    moments = {"DATE": format_datetime(ends, usegmt=True), "MOMENT": str(int(ends.timestamp()))}
    said = {name: moments.get(value, value) for name, value in headers.items()}
    refusal = Say(429, body, said, raw=body if isinstance(body, bytes) else None)
    with talking(server, refusal, CREATED, clock=clock) as client:
        assert isinstance(client.send(step, 42), Done)
        assert least_s <= clock.elapsed_s < 150
        assert client.limited is not None


def test_endless_429s_end_the_run_when_patience_does(server, clock):
    with talking(server, Say(429, {}, {"Retry-After": "60"}), clock=clock, patience_s=300) as client:
        with pytest.raises(Unreachable, match="429"):
            client.send(STEP)
        assert 300 < clock.elapsed_s < 450
        assert client.send(STEP) == NotSent("stopping")


def test_a_connection_that_is_never_made_is_tried_again_until_patience_ends(clock):
    connection = Connection(base_url="http://127.0.0.1:9", keys=(KEY,), patience_s=10)
    with Client(connection, clock=clock) as client:
        with pytest.raises(Unreachable) as caught:
            client.send(STEP)
        assert client.stats.requests == 0
    assert caught.value.hint
    assert clock.elapsed_s > 10


def test_a_wrong_address_is_told_long_before_patience_ends(clock):
    connection = Connection(base_url="http://127.0.0.1:9", keys=(KEY,))
    with Client(connection, clock=clock) as client, pytest.raises(Unreachable):
        client.highest_number()
    assert clock.elapsed_s < 60


def test_a_service_in_trouble_is_given_room(server, clock):
    with talking(server, Say(503, {}), clock=clock) as client:
        for _ in range(8):
            assert isinstance(client.send(STEP), InDoubt)
    assert clock.elapsed_s > 3


# --- what ends a run ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(Say(401, {"success": False, "message": "Invalid API Key"}), KeyRefused, id="401"),
        pytest.param(Say(403, {"error": {"type": "authorization_error", "code": "x", "message": "No"}}), KeyRefused, id="403"),
        pytest.param(Say(404, raw=b"<html>nothing here</html>"), WrongAddress, id="404-that-is-no-api"),
        pytest.param(Say(404, {"error": {"code": "version_not_supported", "message": "x"}}), VersionRefused, id="version"),
    ],
)  # fmt: skip
def test_an_answer_that_no_request_can_survive_stops_everybody(server, answer, error):
    with talking(server, answer) as client:
        with pytest.raises(error):
            client.send(STEP)
        assert client.send(STEP) == NotSent("stopping")
        with pytest.raises(error):
            client.highest_number()


def test_a_redirect_is_not_followed_and_the_key_stays_here(server):
    with ScriptedServer() as elsewhere:
        redirect = Say(
            307, headers={"Location": f"http://127.0.0.1:{elsewhere.server_address[1]}/v2/tickets"}
        )
        with talking(server, redirect) as client, pytest.raises(WrongAddress, match="redirects"):
            client.send(STEP)
        assert elsewhere.heard == []


def test_a_dead_key_among_several_is_dropped_and_the_request_goes_out_with_another(server):
    script = (Say(401, {"success": False, "message": "Invalid API Key"}), CREATED)
    with talking(server, *script, keys=("sk_dead", "sk_alive")) as client:
        outcomes = [client.send(STEP) for _ in range(4)]
    assert all(isinstance(outcome, Done) for outcome in outcomes)
    used = [heard.headers["authorization"] for heard in server.heard]
    assert len(set(used[1:])) == 1
    assert used[0] not in used[1:]


# --- stopping -----------------------------------------------------------------------------------


def test_stopping_lets_what_is_in_flight_come_back_and_nothing_new_leave(server):
    with talking(server, Say(201, TICKET, after_s=0.3)) as client:
        threading.Timer(0.1, client.stop).start()
        assert isinstance(client.send(STEP), Done)
        assert client.send(STEP) == NotSent("stopping")
        with pytest.raises(Interrupted):
            client.highest_number()
    assert len(server.heard) == 1


def test_stopping_releases_senders_that_wait_for_the_pace(server):
    with talking(server, CREATED, rate=Rate(per_minute=1)) as client:
        client.send(STEP)
        threading.Timer(0.1, client.stop).start()
        started = time.monotonic()
        assert in_threads(4, lambda: client.send(STEP)) == [NotSent("stopping")] * 4
    assert time.monotonic() - started < 3


def test_cancelling_cuts_what_is_in_flight_into_doubt(server):
    with talking(server, Misbehave("silence"), timeout_s=30) as client:
        threading.Timer(0.2, client.cancel).start()
        started = time.monotonic()
        outcomes = in_threads(4, lambda: client.send(STEP))
    assert time.monotonic() - started < 5
    assert outcomes == [InDoubt("cancelled")] * 4


# --- secrets ------------------------------------------------------------------------------------


def test_the_key_is_in_no_repr_error_traceback_or_log(server, caplog):
    caplog.set_level(logging.DEBUG)
    echo = Say(401, {"success": False, "message": f"Invalid API Key {KEY}"})
    shown = []
    escaped = "".join(f"\\u{ord(letter):04X}" for letter in KEY)
    spelt = Say(400, raw=f'{{"message": "bad {escaped}"}}'.encode())
    with talking(server, spelt, Say(400, {"message": f"bad {KEY}"}), echo) as client:
        shown += [
            repr(client),
            str(client),
            repr(client.connection),
            repr(client.stats),
            repr(client.send(STEP)),
            repr(client.send(STEP)),
        ]
        try:
            client.send(STEP)
        except KeyRefused as error:
            shown += [repr(error), str(error), error.hint, "".join(traceback.format_exception(error))]
    assert len(shown) == 10
    assert KEY not in " ".join(shown)
    assert caplog.records
    assert KEY not in caplog.text
    assert "Grüße" not in caplog.text


def test_importing_the_room_does_not_import_httpx():
    code = "import sys, migrator.featurebase; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- asking -------------------------------------------------------------------------------------


def listed(*numbers: int, cursor: str | None = None) -> Say:
    data = [TICKET | {"ticketNumber": number, "id": f"id{number}"} for number in numbers]
    return Say(200, {"object": "list", "data": data, "nextCursor": cursor})


def single(number: int) -> Say:
    return Say(200, TICKET | {"ticketNumber": number, "id": f"id{number}"})


NOT_FOUND = Say(
    404, {"error": {"type": "invalid_request_error", "code": "resource_not_found", "message": "Not found"}}
)
NONE_AHEAD = [NOT_FOUND, NOT_FOUND]
"""What is asked after the first page: whether the list lags behind."""
BAD_CURSOR = Say(
    400, {"error": {"type": "invalid_request_error", "code": "invalid_cursor", "message": "Expired"}}
)


@pytest.mark.parametrize(
    ("script", "floor", "numbers"),
    [
        pytest.param([listed(), *NONE_AHEAD], 0, [], id="empty-workspace"),
        pytest.param([listed(3, 2, 1), *NONE_AHEAD], 0, [3, 2, 1], id="one-page"),
        pytest.param([listed(5, 4, 3, 2, cursor="x"), *NONE_AHEAD], 3, [5, 4], id="ends-at-the-floor"),
        pytest.param([listed(9, 8), *NONE_AHEAD], 9, [], id="nothing-above"),
        pytest.param([listed(4, 3, cursor="x"), *NONE_AHEAD, listed(2, 1)], 0, [4, 3, 2, 1], id="two-pages"),
        pytest.param([listed(4, 3, cursor="x"), *NONE_AHEAD, listed(3, 2, cursor="y"), listed(1)], 0, [4, 3, 2, 1], id="pages-move-down"),
        pytest.param([listed(5, 2), *NONE_AHEAD, single(4), NOT_FOUND, NOT_FOUND], 0, [5, 4, 2], id="gaps-are-looked-into"),
        pytest.param([listed(5), *NONE_AHEAD, single(4), NOT_FOUND], 2, [5, 4], id="a-gap-down-to-the-floor"),
        pytest.param([listed(5, 1), *NONE_AHEAD, NOT_FOUND], 3, [5], id="no-look-below-the-floor"),
        pytest.param([listed(4, 3, cursor="x"), *NONE_AHEAD, BAD_CURSOR, listed(5, 4, 3, cursor="y"), listed(2, 1)], 0, [4, 3, 2, 1], id="an-expired-cursor-begins-again"),
        pytest.param([Say(500, {}), Misbehave("close"), listed(2, 1), *NONE_AHEAD], 0, [2, 1], id="a-question-is-repeated"),
        pytest.param([Say(200, raw=b'{"object":"list","da'), listed(1), *NONE_AHEAD], 0, [1], id="half-a-page-is-asked-for-again"),
        pytest.param([listed(1), Say(404, raw=b"<html>Gone</html>"), *NONE_AHEAD], 0, [1], id="a-404-of-a-proxy-proves-nothing"),
        pytest.param([listed(2, 1, cursor="x"), *NONE_AHEAD, listed(cursor="x")], 0, [2, 1], id="a-cursor-that-goes-in-a-circle"),
        pytest.param([listed(2, 1), NOT_FOUND, single(4), *NONE_AHEAD], 1, [4, 2], id="a-list-that-lags-behind"),
        pytest.param([listed(1, 3, 2), *NONE_AHEAD, listed(1, 3, 2), *NONE_AHEAD], 1, [3, 2], id="a-list-in-another-order"),
    ],
)  # fmt: skip
def test_every_ticket_above_the_floor_is_found_once(server, clock, script, floor, numbers):
    with talking(server, *script, clock=clock) as client:
        assert [seen.number for seen in client.tickets_above(floor)] == numbers
    lists = [each.path for each in server.heard if "?" in each.path]
    assert lists[0] == "/v2/tickets?sortBy=ticketNumber&sortOrder=desc&limit=100"


def test_a_list_of_something_else_proves_nothing_and_is_refused(server):
    page = Say(200, {"object": "list", "data": [{"id": "x"}], "nextCursor": None})
    with talking(server, page) as client, pytest.raises(FeaturebaseError, match="without their numbers"):
        list(client.tickets_above(1))


@pytest.mark.parametrize(("page", "highest"), [(listed(7), 7), (listed(), 0)])
def test_the_highest_number_is_asked_for_with_one_entry(server, page, highest):
    with talking(server, page, *NONE_AHEAD) as client:
        assert client.highest_number() == highest
    assert server.heard[0].path == "/v2/tickets?sortBy=ticketNumber&sortOrder=desc&limit=1"


@pytest.mark.parametrize("status", [404, 410])
def test_only_the_apis_own_word_means_that_a_ticket_is_not_there(server, status):
    with talking(server, Say(status, {"error": {"code": "resource_not_found", "message": "x"}})) as client:
        assert client.ticket(5) is None


def test_a_ticket_is_read_by_its_number(server):
    with talking(server, single(5)) as client:
        seen = client.ticket(5)
    assert seen is not None
    assert seen.object_id == "id5"
    assert server.heard[0].path == "/v2/tickets/5"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(Say(400, {"message": "no"}), FeaturebaseError, id="400"),
        pytest.param(Say(200, {"hello": "world"}), WrongAddress, id="something-else"),
        pytest.param(Say(200, raw=b"<html>Sign in</html>"), WrongAddress, id="a-login-page"),
    ],
)
def test_a_question_with_a_useless_answer_ends_the_run(server, clock, answer, error):
    with talking(server, answer, clock=clock) as client, pytest.raises(error) as caught:
        client.highest_number()
    assert caught.value.hint


def test_a_first_answer_that_is_no_api_is_not_asked_for_again(server, clock):
    with (
        talking(server, Say(404, raw=b"<html>Nothing</html>"), clock=clock) as client,
        pytest.raises(WrongAddress),
    ):
        client.highest_number()
    assert len(server.heard) == 1


def test_questions_to_a_broken_service_end_when_patience_does(server, clock):
    with (
        talking(server, Say(503, {}), clock=clock, patience_s=120) as client,
        pytest.raises(Unreachable, match="503"),
    ):
        client.highest_number()
    assert 120 < clock.elapsed_s < 240


def test_the_servers_clock_is_known_from_its_date(server, clock):
    class Later(FakeClock):
        def now(self) -> float:
            return time.time() - 3600

    with talking(server, listed(1), *NONE_AHEAD, clock=Later()) as client:
        assert client.server_offset_s == 0.0
        client.highest_number()
        assert client.server_offset_s == pytest.approx(3600, abs=2)
        assert client.server_time_s() == pytest.approx(time.time(), abs=2)


# --- contacts -----------------------------------------------------------------------------------

CONTACT = b'{"email":"cy@example.com","name":"Cy"}'


@pytest.mark.parametrize(("status", "made"), [(200, False), (201, True)])
@pytest.mark.parametrize(("what", "path"), [("contact", "/v2/contacts"), ("company", "/v2/companies")])
def test_a_contact_and_a_company_are_made_byte_for_byte_and_ours_only_if_there_was_none(
    server, what, path, status, made
):
    with talking(server, Say(status, {"object": what, "id": "u-1"})) as client:
        make = client.make_contact if what == "contact" else client.make_company
        assert make(CONTACT) == Upserted("u-1", made)
    (heard,) = server.heard
    assert (heard.method, heard.path, heard.body) == ("POST", path, CONTACT)


def test_contacts_are_listed_page_by_page_leads_too(server):
    first = {"data": [{"id": "u-1", "email": "A@example.com"}, {"no": "id"}], "nextCursor": "more"}
    last = {"data": [{"id": "u-2", "userId": "7"}], "nextCursor": None}
    with talking(server, Say(200, first), Say(200, last)) as client:
        pages = list(client.contacts())
    assert pages == [[ContactSeen("u-1", "A@example.com")], [ContactSeen("u-2", external_id="7")]]
    assert "contactType=all" in server.heard[0].path
    assert "cursor=more" in server.heard[1].path


def test_a_contact_is_found_by_the_id_that_others_gave_them(server):
    with talking(server, Say(200, {"id": "u-1", "userId": "a/b"}), Say(404, {"error": {}})) as client:
        assert client.contact_by_external_id("a/b") == ContactSeen("u-1", external_id="a/b")
        assert client.contact_by_external_id("a/b") is None
    assert server.heard[0].path == "/v2/contacts/by-user-id/a%2Fb"


def test_a_contact_is_asked_for_until_the_answer_comes(server, clock):
    with talking(server, Misbehave("reset"), Say(500, {}), Say(200, {"id": "u-1"}), clock=clock) as client:
        assert client.make_contact(CONTACT) == Upserted("u-1", made=None)
    assert len(server.heard) == 3


def test_a_contact_that_is_refused_raises_nothing(server):
    with talking(server, Say(400, {"error": {"code": "invalid_parameter", "message": "No"}})) as client:
        assert client.make_contact(CONTACT) == Refused(400, "invalid_parameter", "No")


def test_a_contact_is_not_asked_for_after_a_stop(server):
    with talking(server) as client:
        client.stop()
        with pytest.raises(Interrupted):
            client.make_contact(CONTACT)
    assert server.heard == []


# --- a whole workspace --------------------------------------------------------------------------


def test_a_directory_is_read_from_a_strict_featurebase(sandbox):
    with Client(Connection(sandbox.url, sandbox.keys, rate=FAST)) as client:
        everything = client.fetch_directory(frozenset({"fields", "admins", "companies"}))
        least = client.fetch_directory(frozenset())
    assert {category.name: category.kind for category in everything.categories}["Bugs"] == "tracker"
    assert {admin.name for admin in everything.admins} >= {"Ada Brook", "Dan Eker"}
    assert {company.external_id for company in everything.companies} >= {"acme", "globex"}
    assert everything.field_id("Legacy ID")
    assert least.workspace == everything.workspace
    assert least.loaded == {"categories", "statuses"}


def test_several_keys_of_one_workspace_share_the_work(make_sandbox):
    sandbox = make_sandbox(keys=3)
    with Client(Connection(sandbox.url, sandbox.keys, rate=FAST)) as client:
        assert client.fetch_directory(frozenset()).categories


def test_a_dead_key_does_not_spoil_the_directory(sandbox):
    with Client(Connection(sandbox.url, (*sandbox.keys, "sk_revoked"), rate=FAST)) as client:
        assert client.fetch_directory(frozenset()).categories


def test_keys_of_two_workspaces_are_refused(server, clock):
    ours, theirs = [{"id": "c1", "name": "A"}], [{"id": "c2", "name": "A"}]
    pages = [Say(200, each) for each in (ours, [], ours, [], theirs, [])]
    with (
        talking(server, *pages, keys=("sk_1", "sk_2")) as client,
        pytest.raises(OtherWorkspace, match="2 of 2"),
    ):
        client.fetch_directory(frozenset())


def test_tickets_made_side_by_side_are_all_there_once(sandbox):
    with Client(Connection(sandbox.url, sandbox.keys, rate=FAST)) as client:
        directory = client.fetch_directory(frozenset())
        body = f'{{"ticketCategoryId":"{directory.categories[0].id}","title":"Hi","author":{{"email":"a@b.co"}}}}'
        step = Step(StepKind.CREATE, "POST", "/v2/tickets", body.encode())
        in_threads(8, lambda: [client.send(step) for _ in range(15)])
        assert client.highest_number() == 120
        assert [seen.number for seen in client.tickets_above(0)] == list(range(120, 0, -1))


def test_a_whole_ticket_arrives_in_a_strict_featurebase_and_reads_back_as_it_was_sent(sandbox):
    with Client(Connection(sandbox.url, sandbox.keys, rate=FAST)) as client:
        directory = client.fetch_directory(frozenset({"admins"}))
        ada = next(admin for admin in directory.admins if admin.name == "Ada Brook")
        day = "2024-03-0{}T10:00:00.000Z"
        given = draft(
            author=ANN,
            created_at=named(day.format(1)),
            replies=(
                message(person("cy@example.com", name="Cy"), "<p>And me</p>", day.format(2)),
                message(person(ada.email), "<p>Hello</p>", day.format(3)),
                message(GONE, "<p>A secret</p>", day.format(4), private=True),
                message(ANN, "<p>Thanks</p>"),
            ),
            fallback_agent=named("any"),
            open=False,
        )
        ticket = resolve(given, directory)
        assert isinstance(ticket, Ticket)
        create, of_cy, *rest = ticket.steps
        made = client.send(create)
        assert isinstance(made, Done)
        number = made.seen.number
        unknown = client.send(of_cy, number)
        assert isinstance(unknown, Refused)
        assert unknown.http_status == 404
        assert isinstance(client.make_contact(of_cy.contact), Upserted)
        for step in (of_cy, *rest):
            assert isinstance(client.send(step, number), Done)
        seen = client.ticket(number)
    assert seen is not None
    assert seen.open is False
    assert seen.parts is not None
    thread = [part_sent(step) for step in ticket.steps[1:-1]]
    assert [part.kind for part in thread] == [
        PartKind.CONTACT,
        PartKind.ADMIN,
        PartKind.NOTE,
        PartKind.CONTACT,
    ]
    shown = [part for part in seen.parts if part.body != given.content]
    assert [(p.kind, p.created_at, p.body) for p in shown] == [(p.kind, p.created_at, p.body) for p in thread]


def made_in(sandbox: Any, client: Client) -> tuple[int, str]:
    """Number and id of a new ticket."""
    ticket = resolve(draft(), client.fetch_directory(frozenset()))
    assert isinstance(ticket, Ticket)
    outcome = client.send(ticket.steps[0])
    assert isinstance(outcome, Done)
    return outcome.seen.number, outcome.seen.object_id


@pytest.mark.parametrize("fault", [None, "lost", "5xx-after", "5xx-before", "429", "reset"])
def test_a_ticket_is_deleted_whatever_happens_to_the_request(sandbox, fault):
    with Client(Connection(base_url=sandbox.url, keys=sandbox.keys, rate=FAST)) as client:
        number, object_id = made_in(sandbox, client)
        if fault:
            sandbox.script(fault)
        assert client.delete_ticket(number, object_id) is Deletion.DONE
        assert client.delete_ticket(number, object_id) is Deletion.GONE
    assert sandbox.tickets() == []


def test_a_number_that_belongs_to_another_ticket_is_left_alone(sandbox):
    with Client(Connection(base_url=sandbox.url, keys=sandbox.keys, rate=FAST)) as client:
        number, _ = made_in(sandbox, client)
        assert client.delete_ticket(number, "0" * 24) is Deletion.OTHER
    assert len(sandbox.tickets()) == 1


def test_a_number_that_went_to_another_ticket_meanwhile_is_left_alone(server, clock):
    """The first try did its work and its answer was lost; before a second one the ticket is looked at."""
    ours, theirs = {"id": "a" * 24, "ticketNumber": 7}, {"id": "b" * 24, "ticketNumber": 7}
    with talking(server, Say(200, ours), Misbehave("reset"), Say(200, theirs), clock=clock) as client:
        assert client.delete_ticket(7, "a" * 24) is Deletion.DONE
    assert [heard.method for heard in server.heard] == ["GET", "DELETE", "GET"]


def test_a_ticket_that_was_just_seen_is_not_fetched_again(server):
    with talking(server, Say(200, {"deleted": True})) as client:
        seen = TicketSeen(7, "a" * 24)
        assert client.delete_ticket(7, "a" * 24, seen=seen) is Deletion.DONE
    assert [(heard.method, heard.path) for heard in server.heard] == [("DELETE", "/v2/tickets/7")]


def test_a_deletion_that_is_refused_says_so(server):
    no = Say(400, {"error": {"code": "invalid_request", "message": "No"}})
    with talking(server, Say(200, {"id": "a" * 24, "ticketNumber": 7}), no) as client:
        assert client.delete_ticket(7, "a" * 24) == Refused(400, "invalid_request", "No")


def test_a_contact_is_seen_and_deleted_by_their_id(sandbox):
    with Client(Connection(base_url=sandbox.url, keys=sandbox.keys, rate=FAST)) as client:
        upserted = client.make_contact(CONTACT)
        assert isinstance(upserted, Upserted)
        assert upserted.made
        made = upserted.id
        assert client.contact(made) == ContactSeen(made, "cy@example.com", 0, 0)
        sandbox.script("lost")
        assert client.delete_contact(made) is None
        assert client.contact(made) is None
        assert client.delete_contact(made) is None


def test_a_contact_who_may_not_be_deleted_stays_with_a_word(server):
    with talking(server, Say(400, {"error": {"code": "invalid_request", "message": "No"}})) as client:
        assert client.delete_contact("c/1") == Refused(400, "invalid_request", "No")
    assert server.heard[0].path == "/v2/contacts/c%2F1"


def test_what_the_answers_say_of_each_key_is_kept(make_sandbox):
    sandbox = make_sandbox(rate_limit=50)
    connection = Connection(base_url=sandbox.url, keys=("sk_gone", sandbox.key), rate=FAST)
    with Client(connection) as client:
        assert [seen.accepted for seen in client.keys_seen] == [None, None]
        client.fetch_directory(frozenset())
        gone, good = client.keys_seen
    assert (gone.accepted, good.accepted, good.allowance.limit) == (False, True, 50)
