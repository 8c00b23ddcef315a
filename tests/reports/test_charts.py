import pytest

from migrator.reports.charts import MOST_BARS, bars, timeline


def test_the_largest_values_get_bars_and_the_others_are_counted() -> None:
    chart = bars("By assignee", "Assignee", {f"a{i}": i for i in range(1, 21)})
    assert [bar.label for bar in chart.bars] == [f"a{i}" for i in range(20, 8, -1)]
    assert (chart.bars[0].share, chart.bars[1].share) == (1.0, 0.95)
    assert (chart.others, chart.others_count) == (8, sum(range(1, 9)))
    assert sum(bar.count for bar in chart.bars) + chart.others_count == sum(range(1, 21))
    assert len(chart.bars) == MOST_BARS


def test_nothing_to_count_is_an_empty_chart() -> None:
    assert bars("t", "h", {}).bars == ()
    assert timeline({}).bars == ()


def test_months_without_tickets_count_nothing_and_take_their_place() -> None:
    chart = timeline({"2024-11": 4, "2025-02": 2, "(no date)": 3, "(others)": 1})
    assert [(bar.label, bar.count, bar.share) for bar in chart.bars] == [
        ("2024-11", 4, 1.0),
        ("2024-12", 0, 0.0),
        ("2025-01", 0, 0.0),
        ("2025-02", 2, 0.5),
    ]
    assert (chart.unit, chart.undated) == ("month", 4)


@pytest.mark.parametrize(
    ("last", "unit", "count"),
    [pytest.param("2023-12", "month", 48, id="four-years"), pytest.param("2024-01", "year", 5, id="more")],
)
def test_many_months_are_drawn_as_years(last: str, unit: str, count: int) -> None:
    chart = timeline({"2020-01": 1, "2020-02": 2, last: 5})
    assert (chart.unit, len(chart.bars)) == (unit, count)
    assert sum(bar.count for bar in chart.bars) == 8
