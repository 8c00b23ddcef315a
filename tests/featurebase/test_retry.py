"""Arithmetic of waiting."""

from __future__ import annotations

import pytest

from migrator.featurebase.retry import Allowance, date_s, retry_delay_s

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("attempt", "jitter", "expected_s"),
    [
        pytest.param(1, 0.0, 0.5, id="first-wait"),
        pytest.param(3, 0.0, 2.0, id="doubles"),
        pytest.param(50, 0.0, 30.0, id="capped"),
        pytest.param(10_000, 0.0, 30.0, id="never-overflows"),
        pytest.param(3, 0.5, 1.5, id="jitter-shortens"),
    ],
)
def test_the_delay_doubles_up_to_a_cap_and_jitter_shortens_it(attempt, jitter, expected_s):
    assert retry_delay_s(attempt, jitter) == pytest.approx(expected_s)


@pytest.mark.parametrize(
    ("text", "expected_s"),
    [
        pytest.param("37", 37, id="seconds-left"),
        pytest.param("0", 0, id="window-just-ended"),
        pytest.param("12.25", 12.25, id="fraction"),
        pytest.param("1800000042", 42, id="unix-seconds"),
        pytest.param("1800000042500", 42.5, id="unix-milliseconds"),
        pytest.param("1799999999", 0, id="a-clock-that-is-a-second-off"),
        pytest.param("1799990000", None, id="long-ago"),
        pytest.param("9000", None, id="no-window-lasts-that-long"),
        pytest.param("-1", None, id="negative"),
        pytest.param("nan", None, id="not-a-number"),
        pytest.param("soon", None, id="a-word"),
        pytest.param(None, None, id="absent"),
    ],
)
def test_reset_is_read_as_seconds_left_or_as_a_moment(text, expected_s):
    headers = {"x-ratelimit-reset": text} if text is not None else {}
    assert Allowance.read(headers, NOW).reset_s == expected_s


@pytest.mark.parametrize(
    ("text", "expected_s"),
    [
        pytest.param("7", 7, id="seconds"),
        pytest.param("Fri, 15 Jan 2027 08:00:30 GMT", 30, id="date"),
        pytest.param("Fri, 15 Jan 2027 07:00:00 GMT", 0, id="date-that-has-passed"),
        pytest.param("1e9", 300, id="believed-only-so-far"),
        pytest.param("later", None, id="a-word"),
    ],
)
def test_retry_after_is_seconds_or_a_date(text, expected_s):
    assert Allowance.read({"retry-after": text}, NOW).retry_after_s == expected_s


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"x-ratelimit-limit": "2000", "x-ratelimit-remaining": "0"}, (2000, 0), id="both"),
        pytest.param({"x-ratelimit-limit": "0", "x-ratelimit-remaining": "-3"}, (None, None), id="nonsense"),
        pytest.param({}, (None, None), id="absent"),
    ],
)
def test_limit_and_remaining_are_counts_or_unknown(headers, expected):
    read = Allowance.read(headers, NOW)
    assert (read.limit, read.remaining) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "Fri, 15 Jan 99999 08:00:00 GMT"])
def test_an_unreadable_date_is_unknown(text):
    assert date_s({"date": text}) is None


def test_a_date_is_seconds_since_1970():
    assert date_s({"date": "Fri, 15 Jan 2027 08:00:00 GMT"}) == NOW
