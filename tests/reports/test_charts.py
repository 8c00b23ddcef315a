import pytest

from migrator.ledger import Minute
from migrator.model import UNANSWERED
from migrator.reports.charts import ANSWERING, MOST_BARS, MOST_COLUMNS, SENDING, bars, course, timeline


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


def test_the_course_of_a_migration_stacks_what_became_of_requests_in_each_minute() -> None:
    minutes = [Minute(0, 4, 2, 1, 1), Minute(60, answers={200: 9}), Minute(120, 2, 2)]
    chart = course("Sent", minutes, SENDING)
    assert [part.label for part in chart.parts] == ["done", "refused", "no answer yet"]
    assert [(column.label, column.counts, column.shares) for column in chart.columns] == [
        ("1970-01-01 00:00", (2, 1, 1), (0.5, 0.25, 0.25)),
        ("1970-01-01 00:02", (2, 0, 0), (0.5, 0.0, 0.0)),
    ]


def test_answers_are_told_by_class_and_429_for_itself() -> None:
    minute = Minute(
        0, answers={200: 5, 201: 7, 302: 1, 400: 2, 422: 1, 429: 4, 500: 1, 503: 2, UNANSWERED: 3}
    )
    chart = course("Answers", [minute], ANSWERING)
    assert [part.label for part in chart.parts] == [
        "accepted (2xx)",
        "too many requests (429)",
        "refused (other 4xx)",
        "trouble (5xx and others)",
        "no answer",
    ]
    assert chart.columns[0].counts == (12, 4, 3, 4, 3)
    assert sum(chart.columns[0].counts) == sum(minute.answers.values())
    assert sum(chart.columns[0].shares) == pytest.approx(1)


def test_a_long_migration_has_columns_of_several_minutes_and_loses_no_count() -> None:
    minutes = [Minute(60 * number, 1, 1) for number in range(2 * MOST_COLUMNS + 1)]
    chart = course("Sent", minutes, SENDING)
    assert (chart.minutes, len(chart.columns)) == (3, 81)
    assert sum(sum(column.counts) for column in chart.columns) == len(minutes)


def test_where_nothing_was_counted_there_is_no_course() -> None:
    assert course("Answers", [Minute(0, 1, 1)], ANSWERING).columns == ()
