import csv
import json
import os
import stat
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model import SourceRef
from migrator.readers import open_source
from migrator.reports import write_rejects
from migrator.reports.rejects import ADDED_COLUMNS, MARK
from tests.reports.support import problem, rejected

COLUMNS = ("id", "Subject", "Note", "Note")
LEDGER_ID = "ab" * 16
CELLS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)))


def write(rows: Any, folder: Path, columns: tuple[str, ...] = COLUMNS) -> Path | None:
    return write_rejects(
        rows,
        columns=columns,
        ledger_id=LEDGER_ID,
        ledger_name="tickets.ledger",
        reader="zendesk",
        folder=folder,
    )


def table(path: Path | None) -> list[list[str]]:
    assert path is not None
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def documents(path: Path | None) -> list[dict[str, Any]]:
    assert path is not None
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_reason_stands_beside_the_original_cells(tmp_path: Path) -> None:
    original = ("000417", "=1+1", " x ", "")
    header, row = table(write([rejected(original)], tmp_path))
    assert header == [*COLUMNS, *ADDED_COLUMNS]
    assert row == [
        *original,
        "title-too-short: the title has one character",
        "write a longer subject",
        "Subject",
        "tickets.csv, row 17",
        LEDGER_ID,
        "tickets.ledger",
    ]


def test_a_refusal_speaks_with_the_words_of_the_service(tmp_path: Path) -> None:
    refused = rejected(("1", "a", "b", "c"), problems=(), code="invalid_parameter", message="unknown option")
    header, row = table(write([refused], tmp_path))
    assert dict(zip(header, row, strict=True))["migrator_problem"] == "invalid_parameter: unknown option"


def test_a_refused_record_speaks_with_the_words_of_the_service_too(tmp_path: Path) -> None:
    refused = rejected('{"id": 1}', problems=(), code="invalid_parameter", message="unknown option")
    (read,) = documents(write([refused], tmp_path, columns=()))
    assert read["migrator_problem"] == [{"code": "invalid_parameter", "message": "unknown option"}]


def test_several_problems_are_all_named_once(tmp_path: Path) -> None:
    problems = (
        problem(),
        problem("author-missing", message="nobody", column="", hint=""),
        problem("x", message="y"),
    )
    header, row = table(write([rejected(("1", "a", "b", "c"), problems=problems)], tmp_path))
    named = dict(zip(header, row, strict=True))
    assert named["migrator_problem"] == (
        "title-too-short: the title has one character; author-missing: nobody; x: y"
    )
    assert (named["migrator_hint"], named["migrator_column"]) == ("write a longer subject", "Subject")


def test_only_our_own_cells_are_guarded_against_formulas(tmp_path: Path) -> None:
    bad = problem(code="=x", hint="=1", column="@c", ref=SourceRef("-f.csv", 2))
    _, row = table(write([rejected(("=1", "+2", "@3", "-4"), problems=(bad,))], tmp_path))
    assert row[:4] == ["=1", "+2", "@3", "-4"]
    assert row[4].startswith("'=x")
    assert row[5:7] == ["'=1", "'@c"]


@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=4))
def test_cells_are_exactly_as_they_were(rows: list[list[str]]) -> None:
    with TemporaryDirectory() as folder:
        read = table(write([rejected(tuple(cells)) for cells in rows], Path(folder)))
    assert [row[:4] for row in read[1:]] == rows
    assert {len(row) for row in read} == {len(COLUMNS) + len(ADDED_COLUMNS)}


@given(st.lists(CELLS, max_size=8).filter(lambda cells: len(cells) != 4))
def test_a_ragged_row_stays_ragged_and_loses_nothing(cells: list[str]) -> None:
    with TemporaryDirectory() as folder:
        header, row = table(write([rejected(tuple(cells))], Path(folder)))
    ours = len(header)
    assert len(row) > ours, "the reader must see it as ragged again"
    assert row[8] == LEDGER_ID
    if len(cells) > 4:
        assert row[:4] + row[ours:] == cells + [MARK] * (not any(cell.strip() for cell in cells[4:]))
    else:
        assert row[: len(cells)] == cells
        assert row[len(cells) : 4] == [""] * (4 - len(cells))
        assert row[ours:] == [MARK]


@pytest.mark.parametrize("code", ["broken-quote", "digits-lost"])
def test_a_row_whose_fault_a_table_cannot_show_is_not_taken_for_correct(tmp_path: Path, code: str) -> None:
    row = table(write([rejected(("1", "a", "b", "c"), problems=(problem(code),))], tmp_path))[1]
    assert (row[:4], row[-1]) == (["1", "a", "b", "c"], MARK)


def test_readers_get_the_rows_back_as_they_were_and_find_the_ledger(tmp_path: Path) -> None:
    originals = [
        ("000417", 'say "hi", all', "two\r\nlines", "é😀"),
        ("1", "x", "", "=1+1"),
        ("2", "too", "many", "cells", "here"),
        ("3", "too few"),
    ]
    path = write([rejected(each) for each in originals], tmp_path)
    assert path is not None
    source = open_source([path])
    records = list(source.records())
    assert source.ledger_id == LEDGER_ID
    assert source.columns == COLUMNS
    assert [record.original for record in records[:3]] == originals[:3]
    assert [[each.code for each in record.problems] for record in records] == [
        [],
        [],
        ["row-too-long"],
        ["row-too-long"],
    ]
    assert records[3].original == ("3", "too few", "", "", MARK)


def test_rejects_of_rejects_are_the_same_file(tmp_path: Path) -> None:
    """However often a file goes round uncorrected, nothing is added to it."""
    first = write([rejected(("3", "too few")), rejected(("2", "a", "b", "c", "d"))], tmp_path / "1")
    assert first is not None
    again = [rejected(record.original) for record in open_source([first]).records()]
    second = write(again, tmp_path / "2")
    assert second is not None
    assert second.read_bytes() == first.read_bytes()


PLACES = [
    pytest.param(SourceRef("tickets.csv", 17), id="table"),
    pytest.param(SourceRef("t.xlsx", 2, "May, 2024"), id="sheet"),
    pytest.param(SourceRef("-=t.csv", 2), id="formula"),
]


@pytest.mark.parametrize("original", [("1", "a", "b", "c"), '{"id": 1}'], ids=["table", "nested"])
@pytest.mark.parametrize("ref", PLACES)
def test_readers_learn_where_a_row_stood(
    tmp_path: Path, ref: SourceRef, original: tuple[str, ...] | str
) -> None:
    path = write([replace(rejected(original), ref=ref)], tmp_path)
    assert path is not None
    (record,) = open_source([path]).records()
    assert record.earlier_place == str(ref)


@pytest.mark.parametrize("blank", ["", " "], ids=["empty", "space"])
def test_blank_cells_too_many_are_not_forgotten_by_a_spreadsheet(tmp_path: Path, blank: str) -> None:
    path = write([rejected(("1", "a", "b", "c", blank)), rejected(("2", "a", "b", "c"))], tmp_path)
    rows = table(path)
    widest = max(len(row) for row in rows)
    saved = tmp_path / "saved.csv"
    with saved.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*row, *[""] * (widest - len(row))] for row in rows)
    records = list(open_source([saved]).records())
    assert [[each.code for each in record.problems] for record in records] == [["row-too-long"], []]
    assert records[1].original == ("2", "a", "b", "c")


# --- nested records ---------------------------------------------------------------------------


def test_numbers_of_a_nested_record_stay_as_they_were_written(tmp_path: Path) -> None:
    original = '{"id": 9007199254740993123, "price": 1.10, "big": 1E400, "t": "\\u00e9\\/"}'
    path = write([rejected(original)], tmp_path, columns=())
    assert path == tmp_path / "rejects.ndjson"
    line = path.read_text(encoding="utf-8")
    assert line.endswith(", " + original[1:] + "\n")
    read = json.loads(line, parse_float=Decimal)
    assert (read["id"], str(read["price"])) == (9007199254740993123, "1.10")
    assert {name: read[name] for name in read if name.startswith("migrator_")} == {
        "migrator_problem": [
            {
                "code": "title-too-short",
                "message": "the title has one character",
                "hint": "write a longer subject",
                "column": "Subject",
                "value": "x",
            }
        ],
        "migrator_row": "tickets.csv, row 17",
        "migrator_ledger": LEDGER_ID,
        "migrator_ledger_file": "tickets.ledger",
        "migrator_reader": "zendesk",
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text().filter(lambda key: not key.startswith("migrator_")), JSON, max_size=4),
    st.sampled_from([None, 2]),
    st.booleans(),
)
def test_any_object_comes_back_equal_and_on_one_line(
    values: dict[str, Any], indent: int | None, ascii_only: bool
) -> None:
    original = json.dumps(values, indent=indent, ensure_ascii=ascii_only)
    if not ascii_only:
        original = original.encode("utf-8", "replace").decode("utf-8")
        values = json.loads(original)
    with TemporaryDirectory() as folder:
        path = write([rejected(original)], Path(folder), columns=())
        assert path is not None
        lines = path.read_text(encoding="utf-8").split("\n")
    assert len(lines) == 2
    read = json.loads(lines[0])
    assert {key: value for key, value in read.items() if not key.startswith("migrator_")} == values


def test_raw_line_breaks_inside_strings_are_spelled_out(tmp_path: Path) -> None:
    """Some exports hold them although JSON forbids it; readers accept them."""
    (read,) = documents(write([rejected('{\r\n"a": "x\ny\\"\r",\n"b": 1}')], tmp_path, columns=()))
    assert (read["a"], read["b"]) == ('x\ny"\r', 1)


def test_an_empty_record_is_still_an_object(tmp_path: Path) -> None:
    (read,) = documents(write([rejected(" {} ")], tmp_path, columns=()))
    assert read["migrator_ledger"] == LEDGER_ID


def test_a_text_that_is_no_object_goes_back_as_it_came(tmp_path: Path) -> None:
    path = write([rejected("17"), rejected('{"id": 1}')], tmp_path, columns=())
    assert path is not None
    assert path.read_text(encoding="utf-8").startswith("17\n{")


def test_readers_get_nested_records_back_without_our_keys(tmp_path: Path) -> None:
    path = write([rejected('{"id": 1.10, "subject": "x"}'), rejected('{"id": 2}')], tmp_path, columns=())
    assert path is not None
    source = open_source([path])
    records = list(source.records())
    assert source.ledger_id == LEDGER_ID
    assert [record.values for record in records] == [{"id": "1.10", "subject": "x"}, {"id": "2"}]


# --- files ------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="file modes are known to POSIX systems only")
@pytest.mark.parametrize("original", [("1", "a", "b", "c"), '{"id": 1}'], ids=["table", "nested"])
def test_only_the_owner_can_read_it(tmp_path: Path, original: tuple[str, ...] | str) -> None:
    path = write([rejected(original)], tmp_path)
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_to_correct_leaves_no_file(tmp_path: Path) -> None:
    assert write([], tmp_path / "reports") is None
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("original", [("1", "a", "b", "c"), '{"id": 1}'], ids=["table", "nested"])
def test_an_old_file_of_the_same_ledger_goes_away(tmp_path: Path, original: tuple[str, ...] | str) -> None:
    assert write([rejected(original)], tmp_path) is not None
    assert write([], tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["rejects.csv", "rejects.ndjson"])
def test_a_file_of_somebody_else_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"mine\xff\n")
    assert write([], tmp_path) is None
    assert (tmp_path / name).read_bytes() == b"mine\xff\n"


def test_rows_of_both_shapes_are_both_kept(tmp_path: Path) -> None:
    assert (
        write([rejected(("1", "a", "b", "c")), rejected('{"id": 1}')], tmp_path) == tmp_path / "rejects.csv"
    )
    assert len(documents(tmp_path / "rejects.ndjson")) == 1
