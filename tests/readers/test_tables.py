import pytest

from migrator.errors import SourceError
from migrator.readers.tables import Header, agree, header_index


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        pytest.param([["id", "a"], ["1", "x"]], 0, id="first-row"),
        pytest.param([["Report"], [], ["id", "a"], ["1", "x"]], 2, id="below-a-title"),
        pytest.param(
            [["Report", "Open"], ["a", "b", "c", "d", "e"], ["1", "2", "3", "4", "5"]], 1, id="wide-title"
        ),
        pytest.param([["name"], ["Ada"], ["Ben"]], 0, id="one-column"),
        pytest.param([["", ""], ["id", "a"]], 1, id="blank-rows-first"),
        pytest.param([["id", "a", "b"], ["1", "x"], ["2", "y", "", "stray note"]], 0, id="stray-cell-below"),
        pytest.param([], 0, id="nothing"),
    ],
)
def test_the_header_is_the_first_row_as_wide_as_the_table(rows, index):
    assert header_index(rows) == index


GROUPED = [["Ticket", "", "", "Customer", ""], ["ID", "Subject", "Text", "Name", "E-mail"]]


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        pytest.param([*GROUPED, ["1", "a", "x", "Ann", "a@example.com"]], 1, id="numbers-below-words"),
        pytest.param([*GROUPED, ["one", "a", "x", "Ann", "Bonn"]], 0, id="words-only"),
        pytest.param(
            [GROUPED[0], ["7", "a", "x", "Ann", "Bonn"], ["8", "a", "x", "Ann", "Bonn"]], 0, id="no-header"
        ),
        pytest.param([GROUPED[0], [], *GROUPED[1:], ["1", "a", "x", "Ann", "a@example.com"]], 0, id="apart"),
        pytest.param([["", "id", "x"], ["0", "101", "a"], ["1", "102", "b"]], 0, id="index-without-a-name"),
    ],
)
def test_a_row_that_names_groups_of_columns_is_no_header(rows, index):
    assert header_index(rows) == index


def test_names_are_trimmed_and_blank_ones_say_their_place():
    assert Header.of(["\ufeff id ", "\u00a0", "a\u00a0b"]).columns == ("id", "(column 2)", "a b")


def test_a_table_in_another_order_is_the_same_table():
    first = Header.of(["id", "Note", "Note", "x"])
    other = agree(first, Header.of(["x", "Note", "id", "Note"]), "two.csv")
    cells = ("X", "n1", "7", "n2")
    assert other.arrange(cells) == ("7", "n1", "n2", "X")
    assert other.values(other.arrange(cells)) == {"id": "7", "Note": ["n1", "n2"], "x": "X"}


def test_a_table_with_a_repeated_name_missing_is_another_table():
    with pytest.raises(SourceError, match="it lacks Note"):
        agree(Header.of(["id", "Note", "Note"]), Header.of(["id", "Note"]), "two.csv")
