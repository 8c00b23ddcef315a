"""What is counted of an export's columns, and that counting needs no more memory for more records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from migrator.model import Problem, Record, SourceRef, Value
from migrator.readers.profile import MOST_DISTINCT, MOST_PATHS, Profile, Profiler, Shape


@dataclass
class Seen:
    """A look that keeps what it is shown."""

    counts: Counter[str] = field(default_factory=Counter)

    def take(self, text: str, count: int) -> None:
        self.counts[text] += count


def profile(*rows: dict[str, Value], key: str = "id") -> Profile:
    with Profiler(Seen, lambda path: path == key) as profiler:
        for number, values in enumerate(rows, start=2):
            profiler.look(Record(SourceRef("t.csv", number), values))
        return profiler.finish()


def test_blanks_are_no_values_and_every_other_one_is_counted():
    (column,) = profile({"a": "x"}, {"a": " "}, {"a": ""}, {"a": "y"}, {"a": "x"}).columns
    assert (column.filled, column.values, column.distinct, column.is_complete) == (3, 3, 2, True)
    assert column.counts == (("x", 2), ("y", 1))


def test_nested_records_are_told_by_their_paths():
    record: dict[str, Value] = {
        "requester": {"email": "ada@example.com"},
        "tags": ["a", "b"],
        "comments": [{"body": "one"}, {"body": "two", "files": [{"url": "u"}]}],
        "custom_fields": [{"id": "7", "value": "gold"}, {"id": "8", "value": ["x", "y"]}],
    }
    found = {column.path: column.values for column in profile(record).columns}
    assert found == {
        "requester.email": 1,
        "tags[]": 2,
        "comments[].body": 2,
        "comments[].files[].url": 1,
        "custom_fields.7": 1,
        "custom_fields.8[]": 2,
    }


def test_things_that_have_a_value_among_much_else_are_no_fields():
    comments: Value = [{"id": "7", "value": "hello", "author": "a", "created": "c", "private": "true"}]
    assert {column.path for column in profile({"comments": comments}).columns} == {
        f"comments[].{part}" for part in ("id", "value", "author", "created", "private")
    }


def test_repeated_ids_are_found_however_far_apart():
    rows = [{"id": str(number)} for number in range(MOST_DISTINCT * 3)]
    (column,) = profile(*rows, {"id": "0"}).columns
    assert (column.distinct, column.is_complete, column.repeated) == (MOST_DISTINCT, False, 1)


def test_shapes_are_recognised_by_whole_values():
    column = profile(
        {"a": "ada@example.com"}, {"a": "https://example.com/x"}, {"a": "12.5"}, {"a": "see ada@example.com"},
        {"a": "two\n<b>lines</b>"}, {"a": "a < b"},
    ).columns[0]  # fmt: skip
    assert column.shapes == {Shape.EMAIL: 1, Shape.URL: 1, Shape.NUMBER: 1, Shape.MARKUP: 1}


def test_long_texts_are_told_apart_and_not_kept():
    column = profile({"a": "x" * 5_000}, {"a": "x" * 5_001}).columns[0]
    assert (column.distinct, column.longest_characters, column.counts) == (2, 5_001, ())
    assert all(len(example) <= 200 for example in column.examples)


def test_damaged_records_are_counted_and_tell_nothing_about_columns():
    problem = Problem("row-too-short", "torn")
    with Profiler(Seen, lambda _: False) as profiler:
        profiler.look(Record(SourceRef("t.csv", 2), {"a": "x"}, problems=(problem,)))
        found = profiler.finish()
    assert (found.records, found.damaged, found.problems, found.columns) == (1, 1, {"row-too-short": 1}, ())


def test_paths_without_end_are_counted_and_not_kept():
    found = profile(*({f"key {number}": "x"} for number in range(MOST_PATHS + 7)))
    assert (len(found.columns), found.other_paths) == (MOST_PATHS, 7)


@given(st.lists(st.text(max_size=5), max_size=40))
def test_whoever_looks_sees_every_value_as_often_as_it_stands_there(texts):
    wanted = Counter(text for text in texts if text and not text.isspace())
    for column in profile(*({"a": text} for text in texts)).columns:
        assert isinstance(column.look, Seen)
        assert column.look.counts == wanted
        assert dict(column.counts) == wanted
