import pytest

from migrator.mapping.tables import table_pairs
from tests.mapping.support import TICKET, TOP, complaints, drafted, mapping


def test_every_row_is_a_pair_and_open_ones_are_unlisted():
    rows = [(1, ("source", "target")), (2, ("a", "b")), (3, ("", "")), (4, ("c", "")), (5, ("d", "e", ""))]
    assert table_pairs("t.csv", rows) == ({"source": "target", "a": "b", "d": "e"}, [])


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(3, ("a", "b", "c"))], "t.csv, line 3: a value table has two columns, here are 3"),
        ([(3, ("a",))], "t.csv, line 3: a value table has two columns, here are 1"),
        ([(1, ("a", "b")), (9, ("a", "c"))], "t.csv, line 9: 'a' stands here again, with another target"),
    ],
    ids=["three-cells", "one-cell", "two-targets"],
)
def test_a_table_that_is_none_is_complained_of_with_its_line(rows, said):
    (told,) = complaints(TOP + TICKET + "  company: {from: a, values: t.csv}\n", tables={"t.csv": rows})
    assert told == said


def test_an_open_pair_is_decided_by_unmapped():
    tables = {"t.csv": [(1, ("Ann", "")), (2, ("Bob", "bob@example.com"))]}
    made = mapping("  assignee: {from: a, values: t.csv, unmapped: chief@example.com}\n", tables=tables)
    assert [drafted(made, a=name).assignee.value for name in ("Ann", "bob")] == [
        "chief@example.com",
        "bob@example.com",
    ]
