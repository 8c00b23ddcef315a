import csv
import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator.ledger import Result
from migrator.model import Counts, SourceRef, Status
from migrator.reports import standing_document, write_results
from tests.reports.support import (
    HOSTILE,
    Page,
    assert_inert,
    problem,
    result,
    standing,
    troubled_standing,
)


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_three_files_are_written_and_the_page_is_returned(tmp_path: Path) -> None:
    page = write_results(standing(), [result()], tmp_path / "reports")
    assert page == tmp_path / "reports" / "report.html"
    assert sorted(each.name for each in page.parent.iterdir()) == [
        "report.html",
        "report.json",
        "results.csv",
    ]


@pytest.mark.skipif(os.name != "posix", reason="file modes are known to POSIX systems only")
def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    write_results(standing(), [result()], tmp_path)
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


def test_the_table_names_every_row_in_order(tmp_path: Path) -> None:
    rows = [
        result(
            number=1042, object_id="6650", url="https://x.example/t/1042", warnings=(problem("body-large"),)
        ),
        result(
            Status.FAILED,
            key="2",
            http_status=400,
            code="invalid_parameter",
            message="unknown option\n(Priority)",
        ),
        result(Status.REJECTED, key="", problems=(problem(), problem("author-missing", message="nobody"))),
        result(Status.SKIPPED, key="4", skip_reason="spam"),
        result(Status.IN_DOUBT, key="5", message="no answer within 60 s"),
        result(Status.PENDING, key="6", ref=SourceRef("tickets.xlsx", 9, "2024")),
    ]
    write_results(standing(), iter(rows), tmp_path)
    assert (tmp_path / "results.csv").read_bytes().startswith(b"\xef\xbb\xbfsource_id,ticket_number,")
    cells = [tuple(row.values()) for row in table(tmp_path)]
    here = "tickets.csv, row 2"
    assert cells == [
        (
            "000417",
            "1042",
            "6650",
            "https://x.example/t/1042",
            "created",
            "",
            "body-large: the title has one character",
            "",
            here,
        ),
        ("2", "", "", "", "failed", "400 invalid_parameter: unknown option\\n(Priority)", "", "", here),
        (
            "",
            "",
            "",
            "",
            "rejected",
            "title-too-short: the title has one character; author-missing: nobody",
            "",
            "",
            here,
        ),
        ("4", "", "", "", "skipped", "", "", "spam", here),
        ("5", "", "", "", "in_doubt", "no answer within 60 s", "", "", here),
        ("6", "", "", "", "pending", "", "", "", "tickets.xlsx[2024], row 9"),
    ]


def test_no_cell_of_the_table_can_start_a_formula(tmp_path: Path) -> None:
    evil = '=HYPERLINK("http://x.example","a,b")'
    rows = [result(Status.FAILED, key=evil, url="@x", message=evil), result(key='say "hi", all')]
    write_results(standing(), rows, tmp_path)
    first, second = table(tmp_path)
    assert first["source_id"] == f"'{evil}"
    assert (first["url"], first["error"]) == ("'@x", f"'{evil}")
    assert second["source_id"] == 'say "hi", all'


def test_the_facts_are_those_of_the_standing(tmp_path: Path) -> None:
    write_results(troubled_standing(), [], tmp_path)
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == standing_document(
        troubled_standing()
    )


def test_the_page_says_the_same_numbers_as_the_facts(tmp_path: Path) -> None:
    page = Page.of(write_results(troubled_standing(), [], tmp_path).read_text(encoding="utf-8"))
    facts = standing_document(troubled_standing())
    run = facts["this_run"]
    assert isinstance(run, dict)
    expected = {status.value: facts[status.value] for status in Status} | {"total": facts["rows"]}
    expected |= {f"run-{name.replace('_', '-')}": count for name, count in run.items() if name != "seconds"}
    assert page.figures == expected


def test_the_page_opens_with_the_verdict_and_names_what_is_not_in(tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    source = write_results(troubled_standing(), [], tmp_path, rejects=rejects).read_text(encoding="utf-8")
    page = assert_inert(source)
    text = " ".join(page.text.split())
    assert "20 of 1,230 tickets are not in: 8 rejected, 5 failed, 3 in doubt and 4 pending." in text
    assert "5 times invalid_parameter failed unknown option" in text
    assert "000999 2023-11-14T22:13:20Z no answer within 60 s It may be one of: https://x.example/t/5" in text
    assert f"migrator run {rejects} --mapping helpdesk.yaml" in text
    assert "rejects.csv holds the rows to correct." in text


def test_many_possible_duplicates_are_cut_and_the_cut_is_said(tmp_path: Path) -> None:
    many = standing(strangers=tuple(f"https://x.example/t/{i}" for i in range(250)))
    source = write_results(many, [], tmp_path).read_text(encoding="utf-8")
    assert "50 more tickets: report.json lists them all." in source


def test_a_migration_that_is_all_in_says_so_and_no_more(tmp_path: Path) -> None:
    source = write_results(standing(), [], tmp_path).read_text(encoding="utf-8")
    assert "All 2 tickets are in." in source
    assert "What to do next" not in source
    assert "Possible duplicates" not in source
    assert "This run" not in source


@pytest.mark.parametrize("evil", HOSTILE)
def test_what_strangers_wrote_stays_text_on_the_page(tmp_path: Path, evil: str) -> None:
    failure = troubled_standing().failures[0]
    fields = {name: getattr(failure, name) for name in ("status", "count")}
    doubt = troubled_standing().doubts[0]
    evil_standing = troubled_standing(
        source=evil,
        mapping=evil,
        target=evil,
        ledger=evil,
        skipped_by={evil: 10},
        left_out={evil: 1},
        failures=(type(failure)(code=evil, message=evil, keys=(evil,), **fields),),
        doubts=(type(doubt)(evil, evil, 0.0, (evil,)),),
        strangers=(evil,),
    )
    page = assert_inert(write_results(evil_standing, [], tmp_path).read_text(encoding="utf-8"))
    assert page.text.count(evil.replace("\x00", "\ufffd")) >= 10 or "\x00" in evil


def test_a_hundred_thousand_rows_need_no_more_memory_than_a_thousand(tmp_path: Path) -> None:
    blocks: dict[int, int] = {}

    def rows() -> Iterator[Result]:
        for number in range(100_000):
            yield result(key=str(number), number=number)
            if number in (1_000, 99_000):
                blocks[number] = sys.getallocatedblocks()

    write_results(standing(counts=Counts(created=100_000)), rows(), tmp_path)
    assert blocks[99_000] - blocks[1_000] < 2_000
    with (tmp_path / "results.csv").open(encoding="utf-8-sig") as file:
        assert sum(1 for _ in file) == 100_001
