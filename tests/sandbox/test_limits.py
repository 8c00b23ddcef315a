"""Rate windows: the arithmetic with plain numbers, and the headers over the wire."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.sandbox.limits import Windows
from tests.sandbox.support import Api

TICKETS = "POST /v2/tickets"


def test_a_window_counts_down_and_starts_anew():
    windows = Windows(60, 2, None, {})
    first, second, third = (windows.take("a", TICKETS, 65.0) for _ in range(3))
    assert (first.limit, first.remaining, first.reset_s) == (2, 1, 120)
    assert (second.remaining, second.refused_by) == (0, "")
    assert (third.remaining, third.refused_by) == (0, "key")
    assert windows.take("a", TICKETS, 119.9).refused_by == "key"
    assert windows.take("a", TICKETS, 120.0).remaining == 1


def test_keys_share_the_workspaces_limit():
    windows = Windows(60, 2, 3, {})
    taken = [windows.take(key, TICKETS, 0.0).refused_by for key in ("a", "a", "a", "b", "b")]
    assert taken == ["", "", "key", "", "workspace"]


def test_an_endpoint_can_have_a_lower_limit_of_its_own():
    windows = Windows(60, 100, 100, {TICKETS: 1})
    assert (windows.take("a", TICKETS, 0.0).limit, windows.take("a", TICKETS, 0.0).refused_by) == (1, TICKETS)
    other = windows.take("a", "GET /v2/tickets", 0.0)
    assert (other.limit, other.remaining) == (100, 98)
    assert windows.take("b", TICKETS, 0.0).refused_by == ""


def test_without_a_limit_nothing_is_said():
    assert Windows(60, None, 3000, {}).take("a", TICKETS, 0.0) is None
    assert Windows(60, None, 3000, {TICKETS: 1}).take("a", TICKETS, 0.0).limit == 1


@given(
    requests=st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 10)), max_size=200),
    limit=st.integers(1, 5),
    workspace=st.integers(1, 8),
)
def test_no_window_ever_lets_more_through_than_its_limits(requests, limit, workspace):
    windows = Windows(1.0, limit, workspace, {})
    passed: dict[tuple[int, str], int] = {}
    for key, now_s in sorted(requests, key=lambda each: each[1]):
        if not windows.take(key, TICKETS, now_s).refused_by:
            for scope in (key, "workspace"):
                passed[int(now_s), scope] = passed.get((int(now_s), scope), 0) + 1
    assert all(
        count <= (workspace if scope == "workspace" else limit) for (_, scope), count in passed.items()
    )


def test_a_refusal_names_its_limit_and_ends_with_the_window(make_sandbox):
    sandbox = make_sandbox(rate_limit=3, window_s=1)
    with Api(sandbox) as api:
        api.get("/v2/teams")  # whatever is slow the first time
        time.sleep(1 - time.time() % 1)
        replies = [api.get("/v2/teams") for _ in range(4)]
        assert [reply.status for reply in replies] == [200, 200, 200, 429]
        assert [reply.headers["X-RateLimit-Remaining"] for reply in replies] == ["2", "1", "0", "0"]
        refusal = replies[-1]
        assert (refusal.headers["Retry-After"], refusal.headers["X-RateLimit-Limit"]) == ("1", "3")
        assert refusal.json["error"]["type"] == "rate_limit_error"
        assert "limit of the key" in refusal.json["error"]["message"]
        time.sleep(1 - time.time() % 1)
        assert api.get("/v2/teams").status == 200


@pytest.mark.parametrize(
    ("reset_as", "now"), [("seconds", lambda: 0), ("epoch", time.time)], ids=["seconds", "epoch"]
)
def test_the_end_of_the_window_is_told_in_the_chosen_unit(make_api, reset_as, now):
    lowest = now()
    reply = make_api(rate_limit=10, reset_as=reset_as).get("/v2/teams")
    assert lowest <= int(reply.headers["X-RateLimit-Reset"]) <= lowest + 120


def test_headers_can_be_left_out(make_api):
    assert "X-RateLimit-Limit" not in make_api(rate_limit=10, headers=False).get("/v2/teams").headers


def test_endpoints_are_limited_by_their_template(make_api):
    api = make_api(endpoint_limits={"GET /v2/tickets/{id}": 1})
    api.make()
    api.make()
    assert api.get("/v2/tickets/1").status == 200
    assert api.get("/v2/tickets/2").status == 429
