"""Workbooks that Excel opens without offering to repair them, whatever stands in the cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.reports.crosswalk import Crosswalk
from migrator.reports.workbook import ProblemBook
from migrator.reports.workbook_book import Book
from migrator.reports.workbook_cells import MOST_CHARACTERS, escaped
from migrator.reports.workbook_choices import Choice
from migrator.reports.workbook_rows import Faulty, Home
from tests.reports.ooxml import ESCAPED, faults_of, texts_of
from tests.reports.support import HOSTILE, problem, result

AT = "m.yaml, line 9, ticket.status"
COLUMNS = ("id", "Note", "Note", "Status & <more>", "=1+1", "'quoted'", "x" * 300)
AWKWARD = (
    *HOSTILE[:-1],
    "_x000B_",
    "_x000B\x0b",
    "_x005F_x000B_",
    "".join(map(chr, range(1, 32))),
    "\x7f\x85\u2028\ufffe\uffff",
    "\ud800 alone",
    "👩‍👩‍👧 \U0010ffff",
    " spaces \t\r\n around ",
    "]]> &amp; &#x0; <!--",
    "=cmd|' /C calc'!A0",
    "x" * MOST_CHARACTERS,
    "😀" * (MOST_CHARACTERS // 2),
    "line\n" * 400,
)


def problem_book(folder: Path) -> Path:
    status = Choice("ticket.status", AT, ("Status & <more>",), AWKWARD, True, ("New", "<b>"), True, True)
    notes = Choice("ticket.note", "", ("Note",), ("a", "b"), False, (), False, True)
    home = Home(COLUMNS, "m.yaml", "ab" * 16, "<&>.ledger", (status, notes))
    with ProblemBook(folder, home) as book:
        for number, text in enumerate(AWKWARD):
            value = problem(
                "value-unmapped", column=COLUMNS[3], value=text[:60], at=AT, message=text, hint=text
            )
            several = tuple(problem(column=column, message=text) for column in ("Note", "", "nothing", "id"))
            cells = (str(number), text, "", text[:9], text, "", "", *(["too", "many"] if number % 2 else []))
            book.add(Faulty(text[:40], f"{text[:40]}, row 1", cells, (value, *several), text[:80]))
            book.add(Faulty(str(number), "t.json, row 1", "{}", (value,), text))
        for number in range(2_100):
            book.add(Faulty(str(number), "t.csv, row 9", (str(number),) * 7, (problem(column="id"),)))
        finished = book.finish()
    assert finished is not None
    return finished.path


def crosswalk(folder: Path) -> Path:
    with Crosswalk(folder, "https://old.example.com/{id}") as walk:
        for number, text in enumerate(AWKWARD):
            walk.add(result(key=text, number=number + 1, url=f"https://new.example.com/{text}"))
    return folder / "crosswalk.xlsx"


def empty_crosswalk(folder: Path) -> Path:
    with Crosswalk(folder):
        pass
    return folder / "crosswalk.xlsx"


@pytest.mark.parametrize("write", [problem_book, crosswalk, empty_crosswalk])
def test_a_workbook_is_as_excel_demands(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    assert faults_of(write(tmp_path)) == []


def test_what_excel_reads_is_what_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    texts = [text.replace("\ud800", "\\ud800") for text in AWKWARD]
    with path.open("w+b") as file, Book(file) as book:
        page = book.sheet("Rows")
        for text in AWKWARD:
            page.add([text])
    assert texts_of(path, 1) == [[text] for text in texts]


@given(st.lists(st.sampled_from(["_", "x000B", "x005F", "\x0b", "_x000B_", "\ufffe", "a"]), max_size=8))
def test_no_text_is_taken_for_an_escape(parts: list[str]) -> None:
    text = "".join(parts)
    assert ESCAPED.sub(lambda found: chr(int(found[1], 16)), escaped(text)) == text
