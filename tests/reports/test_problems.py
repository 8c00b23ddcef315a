import csv
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from migrator.errors import Interrupted
from migrator.model import Problem, Record, Rejected, Skipped, SourceRef
from migrator.reports.problems import MOST_CHARACTERS, TABLE, ProblemList
from migrator.runner.prepare import Prepared
from tests.reports.support import problem


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / TABLE).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def listed(problems: ProblemList) -> list[list[Any]]:
    """The rows of a page, put together as its script does."""
    data = json.loads(problems.as_json())
    return [
        [
            data["codes"][code],
            data["places"][place],
            row,
            key,
            data["columns"][column],
            value,
            data["messages"][message].replace("\x01", value),
        ]
        for code, place, row, key, column, value, message in data["rows"]
    ]


def test_every_problem_has_a_line_and_a_place_on_the_page(tmp_path: Path) -> None:
    odd = problem("date-unreadable", 18, value="x'y", message="'x'y' is not a date", column="Created")
    with ProblemList(tmp_path) as problems:
        problems.add("000017", [problem(), odd])
        assert problems.finish() == tmp_path / TABLE
    assert [(line["source_id"], line["row"], line["code"], line["problem"]) for line in table(tmp_path)] == [
        ("000017", "17", "title-too-short", "the title has one character"),
        ("000017", "18", "date-unreadable", "'x'y' is not a date"),
    ]
    assert listed(problems) == [
        ["title-too-short", "tickets.csv", 17, "000017", "Subject", "x", "the title has one character"],
        ["date-unreadable", "tickets.csv", 18, "000017", "Created", "x'y", "'x'y' is not a date"],
    ]


def test_cells_cannot_start_a_formula(tmp_path: Path) -> None:
    with ProblemList(tmp_path) as problems:
        problems.add("=1+1", [problem(value="@SUM(A1)", message="=x")])
        problems.finish()
    assert (table(tmp_path)[0]["source_id"], table(tmp_path)[0]["value"]) == ("'=1+1", "'@SUM(A1)")


def test_problems_are_masked_before_anything_is_written(tmp_path: Path) -> None:
    with ProblemList(tmp_path, lambda each: replace(each, value="(masked)")) as problems:
        problems.add("1", [problem(value="secret@example.com")])
        problems.finish()
    assert "secret" not in (tmp_path / TABLE).read_text(encoding="utf-8-sig") + problems.as_json()


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    with ProblemList(tmp_path) as problems:
        problems.add("1", [problem()])
    assert list(tmp_path.iterdir()) == []


def test_what_a_failure_cuts_off_leaves_nothing(tmp_path: Path) -> None:
    def cut_off() -> None:
        with ProblemList(tmp_path) as problems:
            problems.add("1", [problem()])
            raise Interrupted("stopped")

    with pytest.raises(Interrupted):
        cut_off()
    assert list(tmp_path.iterdir()) == []


def test_without_problems_an_earlier_table_goes(tmp_path: Path) -> None:
    (tmp_path / TABLE).write_text("old")
    with ProblemList(tmp_path) as problems:
        assert problems.finish() is None
    assert not (tmp_path / TABLE).exists()


def test_a_witness_takes_in_what_counts(tmp_path: Path) -> None:
    ref = SourceRef("t.csv", 2)
    unchecked = Problem("status-unchecked", "nobody was asked")
    with ProblemList(tmp_path) as problems:
        problems.witness(Prepared(Record(ref, {}), Rejected("1", ref, (problem(), unchecked))))
        problems.witness(Prepared(Record(ref, {}), Skipped("2", ref, "spam")))
        assert problems.count == 1


def test_a_page_lists_as_much_as_can_be_mailed_and_the_table_has_all(tmp_path: Path) -> None:
    long = [problem(row=row, value="v" * 60, message=f"{row} {'m' * 900}") for row in range(12_000)]
    with ProblemList(tmp_path) as problems:
        problems.add("1", long)
        problems.finish()
    assert problems.count == 12_000
    assert 5_000 < problems.listed < 12_000
    assert len(problems.as_json()) < MOST_CHARACTERS * 1.3
    assert len(table(tmp_path)) == 12_000


def test_memory_stays_flat_once_the_page_is_full(tmp_path: Path) -> None:
    blocks = []
    with ProblemList(tmp_path, most_listed=5_000) as problems:
        for row in range(25_000):
            problems.add(str(row), [problem(row=row, message=f"number {row} is wrong")])
            if row in (6_000, 24_999):
                blocks.append(sys.getallocatedblocks())
    assert blocks[1] - blocks[0] < 2_000
