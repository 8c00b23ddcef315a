from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from migrator.model import Problem, Record, SourceRef
from migrator.readers import SeenKeys, group_records


def rows(*pairs):
    return [
        Record(SourceRef("t.csv", n), {"id": key, "text": text}, (key, text))
        for n, (key, text) in enumerate(pairs, start=2)
    ]


def test_a_key_is_remembered_with_the_row_that_came_first():
    with SeenKeys() as seen:
        found = [
            seen.first_row(key, row) for row, key in enumerate(["a", "b", "a", "A", "a\0", "a"], start=2)
        ]
    assert found == [None, None, 2, None, None, 2]


@given(st.lists(st.text(max_size=2)))
def test_only_repeated_keys_are_found(keys):
    with SeenKeys() as seen:
        found = [seen.first_row(key, row) for row, key in enumerate(keys)]
    assert found == [None if keys.index(key) == row else keys.index(key) for row, key in enumerate(keys)]


def test_rows_of_one_key_become_one_record_with_messages():
    first, second = group_records(rows(("7", "one"), ("8", "two"), ("7", "three")), "id")
    assert first.values == {
        "id": "7",
        "text": "one",
        "messages": [{"id": "7", "text": "one"}, {"id": "7", "text": "three"}],
    }
    assert (first.ref.row, first.original, second.values["id"]) == (2, "", "8")


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=3))))
def test_grouping_loses_no_row_and_keeps_the_order(pairs):
    expected = defaultdict(list)
    for key, text in pairs:
        expected[key].append({"id": key, "text": text})
    found = {record.values["id"]: record.values["messages"] for record in group_records(rows(*pairs), "id")}
    assert list(found.items()) == list(expected.items())


def test_rows_without_a_key_stay_alone():
    assert len(list(group_records(rows(("", "one"), (" ", "two"), ("7", "x"), ("7 ", "y")), "id"))) == 3


def test_problems_of_all_rows_are_joined():
    problem = Problem("row-too-short", "short")
    records = [Record(SourceRef("t.csv", n), {"id": "7"}, problems=(problem,)) for n in (2, 3)]
    assert [record.problems for record in group_records(records, "id")] == [(problem, problem)]


def test_a_path_into_nested_records_groups_them():
    records = [Record(SourceRef("t", n), {"ticket": {"id": key}}) for n, key in enumerate("aba")]
    assert len(list(group_records(records, "ticket.id"))) == 2


def test_a_group_that_comes_back_from_rejects_is_not_wrapped_again():
    once = list(group_records(rows(("7", "one"), ("7", "two")), "id"))
    assert list(group_records(once, "id")) == once


@given(st.lists(st.lists(st.text("ab\0é", max_size=2), max_size=8), max_size=4))
def test_many_keys_are_found_at_once_as_they_are_one_by_one(batches):
    with SeenKeys() as together, SeenKeys() as alone:
        for number, batch in enumerate(batches):
            asked = [(key, 10 * number + place) for place, key in enumerate(batch)]
            assert together.first_rows(asked) == [alone.first_row(key, row) for key, row in asked]


def test_more_keys_than_one_question_takes_are_found():
    asked = [(str(number % 900), number) for number in range(1_000)]
    with SeenKeys() as seen:
        seen.first_rows(asked[:300])
        assert seen.first_rows(asked[300:]) == [None] * 600 + list(range(100))
