"""Every way to fail, seen from the client's side of the socket."""

from __future__ import annotations

import http.client
import json
import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.sandbox import Fault, FaultPlan
from migrator.sandbox.faults import BEFALLS_READING, Dice
from tests.sandbox.support import Api

CUT = (http.client.RemoteDisconnected, ConnectionResetError)


def create(api: Api) -> int:
    """The status of one create; every call has a connection of its own."""
    with Api(api.sandbox) as fresh:
        return fresh.post("/v2/tickets", api.ticket()).status


def made(api: Api) -> int:
    return len(api.sandbox.tickets())


def test_lost_is_made_and_not_answered(api):
    api.sandbox.script("lost")
    with pytest.raises(http.client.RemoteDisconnected):
        create(api)
    assert made(api) == 1


def test_late_is_made_after_the_connection_is_gone(make_api):
    api = make_api(faults=FaultPlan(late_s=0.8))
    api.sandbox.script("late")
    started = time.monotonic()
    with pytest.raises(http.client.RemoteDisconnected):
        create(api)
    assert time.monotonic() - started < 0.8
    assert made(api) == 0
    while not made(api):
        assert time.monotonic() - started < 10
        time.sleep(0.02)
    assert time.monotonic() - started >= 0.8


def test_what_is_late_when_the_sandbox_stops_is_never_made(make_api, tmp_path):
    api = make_api(faults=FaultPlan(late_s=60), db=tmp_path / "s.db")
    api.sandbox.script("late")
    with pytest.raises(http.client.RemoteDisconnected):
        create(api)
    api.sandbox.stop()
    assert made(make_api(db=tmp_path / "s.db")) == 0


@pytest.mark.parametrize(
    ("fault", "status", "tickets"),
    [
        pytest.param("5xx-before", 500, 0, id="5xx-before"),
        pytest.param("5xx-after", 500, 1, id="5xx-after"),
        pytest.param("429", 429, 0, id="429"),
        pytest.param("408", 408, 0, id="408"),
        pytest.param("409", 409, 0, id="409"),
    ],
)
def test_faults_that_answer(api, fault, status, tickets):
    api.sandbox.script(fault)
    assert create(api) == status
    assert made(api) == tickets
    assert create(api) == 201


@pytest.mark.parametrize("fault", ["reset", "reset-read"])
def test_a_reset_is_a_reset_and_nothing_was_done(api, fault):
    api.sandbox.script(fault)
    with pytest.raises(ConnectionResetError):
        create(api)
    assert made(api) == 0


def test_slow_is_answered_after_a_pause(make_api):
    api = make_api(faults=FaultPlan(slow_s=0.3))
    api.sandbox.script("slow")
    started = time.monotonic()
    assert create(api) == 201
    assert time.monotonic() - started >= 0.3


def test_a_truncated_answer_ends_before_its_length(api):
    api.sandbox.script("truncated")
    with pytest.raises(http.client.IncompleteRead):
        create(api)
    assert made(api) == 1


def test_a_garbled_answer_is_complete_and_no_json(api):
    api.sandbox.script("garbled")
    with pytest.raises(json.JSONDecodeError):
        create(api)
    assert made(api) == 1


def test_some_429s_say_when_to_come_back(api):
    api.sandbox.script(*["429"] * 20)
    said = {api.post("/v2/tickets", api.ticket()).headers.get("Retry-After") for _ in range(20)}
    assert said == {None, "1"}


def test_a_scripted_fate_waits_for_a_request_that_it_can_befall(api):
    api.sandbox.script(None, "lost")
    assert api.get("/v2/tickets").status == 200
    assert create(api) == 201
    assert api.get("/v2/tickets").status == 200
    with pytest.raises(CUT):
        create(api)
    assert made(api) == 2


def test_replies_patches_and_deletes_are_befallen_too(api):
    api.make()
    api.sandbox.script(*["5xx-after"] * 3)
    reply = {"type": "admin", "adminId": api.admin(), "body": "x"}
    assert api.post("/v2/tickets/1/reply", reply).status == 500
    assert api.patch("/v2/tickets/1", {"open": False}).status == 500
    ticket = api.sandbox.tickets()[0]
    assert (len(ticket["conversationParts"]), ticket["open"]) == (1, False)
    assert api.delete("/v2/tickets/1").status == 500
    assert made(api) == 0


def test_requests_that_were_never_answered_are_counted(api):
    api.sandbox.script("lost", "reset")
    for _ in range(2):
        with pytest.raises(CUT):
            create(api)
    assert api.sandbox.requests() == {("POST", "/v2/tickets", 0): 2}


def test_a_wrong_key_meets_no_fault(api):
    api.sandbox.script("lost")
    with Api(api.sandbox, "sk_wrong") as stranger:
        assert stranger.post("/v2/tickets", {}).status == 401


def test_faults_can_be_switched_off_while_it_runs(make_api):
    api = make_api(faults=FaultPlan.parse("5xx-before=1"))
    assert create(api) == 500
    api.sandbox.set_faults(FaultPlan())
    assert create(api) == 201


def test_a_storm_of_faults_keeps_the_server_alive_and_the_numbers_whole(make_api, capfd):
    plan = ",".join(f"{fault}=0.07" for fault in Fault)
    api = make_api(faults=FaultPlan.parse(plan, seed=7, late_s=0.01, slow_s=0.01))
    outcomes = set()
    for _ in range(200):
        try:
            outcomes.add(create(api))
        except (http.client.HTTPException, OSError, json.JSONDecodeError) as error:
            outcomes.add(type(error).__name__)
    time.sleep(0.1)
    tickets = api.sandbox.tickets()
    assert [ticket["ticketNumber"] for ticket in tickets] == list(range(1, len(tickets) + 1))
    assert {201, 500, 429, 408, 409, "RemoteDisconnected", "IncompleteRead", "JSONDecodeError"} <= outcomes
    assert capfd.readouterr().err == ""


FATES = st.lists(st.sampled_from(["GET", "POST", "PATCH", "DELETE"]), max_size=60)


@given(seed=st.integers(0, 1000), methods=FATES)
def test_the_same_seed_draws_the_same_fates_and_spares_reading(seed, methods):
    plan = FaultPlan.parse(",".join(f"{fault}=0.07" for fault in Fault), seed=seed)
    first, second = Dice(plan), Dice(plan)
    fates = [first.draw(method) for method in methods]
    assert fates == [second.draw(method) for method in methods]
    for method, fate in zip(methods, fates, strict=True):
        assert method != "GET" or fate is None or fate in BEFALLS_READING


def test_faults_come_about_as_often_as_asked():
    dice = Dice(FaultPlan.parse("lost=0.2, 429=0.1"))
    fates = [dice.draw("POST") for _ in range(5000)]
    assert 900 < fates.count(Fault.LOST) < 1100
    assert 420 < fates.count(Fault.TOO_MANY) < 580


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("lots=0.1", "no fault is called 'lots'", id="unknown"),
        pytest.param("lost", "'lost' is not a fault and its probability", id="no-number"),
        pytest.param("lost=often", "'lost=often' is not a fault and its probability", id="word"),
        pytest.param("lost=1.5", "between 0 and 1, not 1.5", id="above-one"),
        pytest.param("lost=nan", "between 0 and 1, not nan", id="nan"),
        pytest.param("lost=0.6,late=0.6", "add up to more than 1", id="sum"),
    ],
)
def test_a_plan_that_is_none_is_explained(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        FaultPlan.parse(text)


def test_an_empty_plan_has_no_faults():
    assert FaultPlan.parse("") == FaultPlan()


def test_a_reset_frees_the_socket(api):
    api.sandbox.script("reset")
    with socket.create_connection((api.connection.host, api.connection.port), timeout=5) as connection:
        head = f"POST /v2/tickets HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api.key}\r\n\r\n"
        connection.sendall(head.encode())
        with pytest.raises(ConnectionResetError):
            connection.recv(1)
