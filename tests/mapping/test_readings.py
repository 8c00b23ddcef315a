"""How a column's values can be read as times, before anybody said how."""

from __future__ import annotations

import pytest

from migrator.mapping import DayMonth, Times, TimesLook
from migrator.mapping.readings import TimeForm


def times(*texts: str) -> Times | None:
    look = TimesLook()
    for text in texts:
        look.take(text, 1)
    return look.finish()


@pytest.mark.parametrize(
    ("texts", "forms", "orders", "without_zone"),
    [
        pytest.param(["2024-01-31T10:00:00Z"], [TimeForm.ISO], [None], 0, id="iso"),
        pytest.param(["2024-01-31 10:00"], [TimeForm.ISO], [None], 1, id="iso-without-zone"),
        pytest.param(["31/01/2024"], [TimeForm.NUMERIC], [DayMonth.DAY_FIRST], 1, id="day-first"),
        pytest.param(["01/31/2024"], [TimeForm.NUMERIC], [DayMonth.MONTH_FIRST], 1, id="month-first"),
        pytest.param(["03/04/2024"], [TimeForm.NUMERIC], [*DayMonth], 1, id="either"),
        pytest.param(["05/05/2024"], [TimeForm.NUMERIC], [None], 1, id="one-day-either-way"),
        pytest.param(["03/04/2024", "31/01/2024"], [TimeForm.NUMERIC], [DayMonth.DAY_FIRST], 2, id="decided"),
        pytest.param(["5 März 2024 10:00"], [TimeForm.WRITTEN], [None], 1, id="month-by-name"),
        pytest.param(["1706695200"], [TimeForm.EPOCH], [None], 0, id="seconds"),
        pytest.param(["1706695200000"], [TimeForm.EPOCH_MS], [None], 0, id="milliseconds"),
        pytest.param(["45123.4375", "45130"], [TimeForm.EXCEL], [None], 2, id="days-of-a-spreadsheet"),
        pytest.param(["01.Mai.23 10:11"], [TimeForm.WRITTEN], [None], 1, id="month-between-full-stops"),
    ],
)
def test_a_column_of_times_is_told_with_its_readings(texts, forms, orders, without_zone):
    found = times(*texts)
    assert found is not None
    assert list(found.forms) == forms
    assert [reading.order for reading in found.readings] == orders
    assert found.without_zone == without_zone


def test_both_readings_of_an_undecided_column_have_their_days():
    found = times("03/04/2024")
    assert found is not None
    assert [reading.earliest[:10] for reading in found.readings] == ["2024-04-03", "2024-03-04"]
    assert found.undecided == "03/04/2024"


def test_dates_in_both_orders_are_a_contradiction():
    found = times("31/01/2024", "01/31/2024")
    assert found is not None
    assert found.contradiction == ("31/01/2024", "01/31/2024")


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["hello"], id="words"),
        pytest.param(["7", "12", "20240131"], id="numbers"),
        pytest.param(["45123", "45124"], id="numbers-like-days-of-a-spreadsheet"),
        pytest.param(["45123.50", "38000.25"], id="amounts-of-money"),
        pytest.param(["2024-01-31", "hello", "world"], id="mostly-words"),
        pytest.param([], id="nothing"),
        pytest.param(["9999999999"], id="a-number-in-the-far-future"),
    ],
)
def test_what_is_mostly_no_time_is_none(texts):
    assert times(*texts) is None


def test_a_few_unreadable_ones_are_counted():
    found = times(*["2024-01-31"] * 20, "soon")
    assert found is not None
    assert found.unreadable == 1
