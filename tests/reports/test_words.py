from datetime import UTC, datetime

import pytest

from migrator.reports.words import amount, duration, elapsed, listed, moment, number, percent, stamp


def test_numbers_are_grouped_by_thousands() -> None:
    assert number(1234567) == "1,234,567"


@pytest.mark.parametrize(
    ("count", "words", "expected"),
    [
        pytest.param(0, ("ticket",), "0 tickets", id="none"),
        pytest.param(1, ("ticket",), "1 ticket", id="one"),
        pytest.param(2000, ("ticket",), "2,000 tickets", id="many"),
        pytest.param(2, ("reply", "replies"), "2 replies", id="irregular"),
    ],
)
def test_amounts_agree_with_their_word(count: int, words: tuple[str, ...], expected: str) -> None:
    assert amount(count, *words) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        pytest.param(1.0, "100 %", id="all"),
        pytest.param(0.9995, "99.950 %", id="most"),
        pytest.param(0.9999999, "99.999 %", id="not-quite-all"),
        pytest.param(0.0, "0.000 %", id="none"),
    ],
)
def test_a_share_is_whole_only_where_nothing_is_missing(share: float, expected: str) -> None:
    assert percent(share) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param(["a"], "a", id="one"),
        pytest.param(["a", "b"], "a and b", id="two"),
        pytest.param(["a", "b", "c"], "a, b and c", id="three"),
    ],
)
def test_lists_read_as_a_sentence(parts: list[str], expected: str) -> None:
    assert listed(parts) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        pytest.param(0.0, "less than a minute", id="nothing"),
        pytest.param(0.99, "less than a minute", id="seconds"),
        pytest.param(1.0, "about 1 minute", id="one"),
        pytest.param(59.4, "about 59 minutes", id="minutes"),
        pytest.param(59.6, "about 1 hour", id="rounds-up-to-an-hour"),
        pytest.param(200.0, "about 3 hours 20 minutes", id="hours"),
        pytest.param(1439.6, "about 1 day", id="rounds-up-to-a-day"),
        pytest.param(42 * 60.0, "about 1 day 18 hours", id="days"),
    ],
)
def test_durations_are_as_rough_as_a_plan_needs(minutes: float, expected: str) -> None:
    assert duration(minutes) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        pytest.param(0.2, "0 s", id="nothing"),
        pytest.param(59.6, "1 min 0 s", id="rounds-up-to-a-minute"),
        pytest.param(725.0, "12 min 5 s", id="minutes"),
        pytest.param(12000.0, "3 h 20 min", id="hours"),
    ],
)
def test_measured_times_name_their_units(seconds: float, expected: str) -> None:
    assert elapsed(seconds) == expected


def test_moments_are_told_in_utc() -> None:
    assert moment(datetime(2025, 1, 15, 10, 30, tzinfo=UTC).timestamp()) == "2025-01-15 10:30 UTC"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2025-01-15T10:30:00.000Z", "2025-01-15 10:30:00", id="as-it-is-sent"),
        pytest.param("2025-01-15T10:30:00Z", "2025-01-15 10:30:00", id="without-milliseconds"),
        pytest.param("when it is sent", "when it is sent", id="words"),
        pytest.param("THE FITZ", "THE FITZ", id="no-time-but-t-and-z"),
        pytest.param("2025-01-15T10:30:00+02:00", "2025-01-15T10:30:00+02:00", id="another-zone"),
    ],
)
def test_a_time_is_written_for_people_and_any_other_text_stays(text: str, expected: str) -> None:
    assert stamp(text) == expected
