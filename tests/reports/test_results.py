import csv
import json
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.ledger import Result
from migrator.model import Counts, SourceRef, Status
from migrator.reports import Told, proof_document, standing_document, write_results
from migrator.reports.workbook import Workbook
from tests.reports.support import (
    HOSTILE,
    Page,
    assert_inert,
    history,
    problem,
    proof,
    result,
    standing,
    troubled_standing,
)


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def text_of(page: Path) -> str:
    return " ".join(Page.of(page.read_text(encoding="utf-8")).text.split())


def test_the_files_are_written_and_the_page_is_returned(tmp_path: Path) -> None:
    page = write_results(standing(), [result()], tmp_path / "reports")
    assert page == tmp_path / "reports" / "report.html"
    assert sorted(each.name for each in page.parent.iterdir()) == [
        "crosswalk.csv",
        "crosswalk.xlsx",
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


def test_the_facts_are_those_of_the_standing_and_of_what_is_told_besides(tmp_path: Path) -> None:
    write_results(troubled_standing(), [result(number=7)], tmp_path, Told(history(), proof()))
    facts = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    of_standing = {**standing_document(troubled_standing()), "schema": "migrator.report/1"}
    assert {name: facts[name] for name in of_standing} == of_standing
    assert facts["requests"] == 1230
    assert facts["answers"] == {"201": 1210, "429": 1}
    assert [run["number"] for run in facts["runs"]] == [1, 2]
    assert sum(minute["done"] for minute in facts["minutes"]) == 1210
    assert facts["verification"] == proof_document(proof())
    assert facts["crosswalk"]["tickets"] == 1


def test_the_page_says_the_same_numbers_as_the_facts(tmp_path: Path) -> None:
    told = Told(history(), proof())
    page = Page.of(write_results(troubled_standing(), [], tmp_path, told).read_text(encoding="utf-8"))
    facts = standing_document(troubled_standing())
    run = facts["this_run"]
    assert isinstance(run, dict)
    expected = {status.value: facts[status.value] for status in Status} | {"total": facts["rows"]}
    expected |= {f"run-{name.replace('_', '-')}": count for name, count in run.items() if name != "seconds"}
    expected |= {"requests": 1230, "refused-429": 1, "retried": 3}
    expected |= {"contacts-made": 40, "contacts-there": 9, "contacts-refused": 1, "contacts-waiting": 2}
    expected |= {"companies-made": 3}
    expected |= {"references-tickets": 6, "references-left": 1, "references-in-messages": 4}
    verdicts = ("read", "equal", "explained", "different", "missing")
    expected |= {f"proof-{name}": getattr(proof(), name) for name in verdicts}
    assert page.figures == expected


@pytest.mark.parametrize(
    ("rejects", "workbook", "told"),
    [
        pytest.param("rejects.csv", "problems.xlsx", "problems.xlsx", id="a-table"),
        pytest.param("rejects.ndjson", "problems.xlsx", "rejects.ndjson", id="nested-records"),
        pytest.param("rejects.csv", None, "rejects.csv", id="no-workbook"),
        pytest.param(None, None, None, id="nothing"),
    ],
)
def test_people_are_told_to_correct_the_workbook_except_for_nested_records(rejects, workbook, told) -> None:
    files = Told(rejects=rejects and Path(rejects), workbook=workbook and Workbook(Path(workbook)))
    assert files.to_correct == (told and Path(told))


def test_the_page_opens_with_the_verdict_and_names_what_is_not_in(tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    source = write_results(troubled_standing(), [], tmp_path, Told(rejects=rejects)).read_text(
        encoding="utf-8"
    )
    page = assert_inert(source)
    text = " ".join(page.text.split())
    assert "20 of 1,230 tickets are not in: 8 rejected, 5 failed, 3 in doubt and 4 pending." in text
    assert "5 times invalid_parameter failed unknown option" in text
    assert "000999 2023-11-14 22:13:20 no answer within 60 s It may be one of: https://x.example/t/5" in text
    assert f"migrator retry tickets.ledger --from {rejects}" in text
    assert "rejects.csv holds the rows to correct." in text


def test_the_page_tells_how_it_went_what_was_proven_and_which_became_which(tmp_path: Path) -> None:
    told = Told(history(), proof(), "https://old.example.com/t/{id}", tmp_path / "rejects.csv")
    row = result(key="17", number=1042, url="https://x.example/t/1042")
    source = write_results(troubled_standing(), [row], tmp_path, told).read_text(encoding="utf-8")
    text = " ".join(assert_inert(source).text.split())
    for sentence in (
        "99.950 % of 2,000 values arrived as they were sent.",
        "title different 1",
        "000417 https://x.example/t/1 title",
        "17 https://old.example.com/t/17 1042 https://x.example/t/1042",
        "201 created 1,210",
        "429 too many requests: waited for, and sent again 1",
        "2 runs, 7 min 11 s together",
        "not ended, or killed",
        "2023-11-14 22:13 1,200 5 3",
        "2023-11-14 22:13 1,200 1 5 0 3",
        "2023-11-14 22:14 10 0 0 2 0",
        "results.csv what became of every row for reading",
        "rejects.csv the rows to correct, exactly as they were exact, to be corrected and fed back",
        "crosswalk.xlsx the same as a workbook for reading: every cell is text",
        "verification.csv every difference",
        "redirects.nginx.conf redirects from old addresses",
        "replies 412 see the warnings of its rows in results.csv",
    ):
        assert sentence in text


def test_many_possible_duplicates_are_cut_and_the_cut_is_said(tmp_path: Path) -> None:
    many = standing(strangers=tuple(f"https://x.example/t/{i}" for i in range(250)))
    source = write_results(many, [], tmp_path).read_text(encoding="utf-8")
    assert "50 more tickets: report.json lists them all." in source


def test_a_migration_that_is_all_in_says_so_and_no_more(tmp_path: Path) -> None:
    source = write_results(standing(), [], tmp_path).read_text(encoding="utf-8")
    assert "All 2 tickets are in, read back and found as they were sent." in source
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
    differing = replace(proof().examples[0], key=evil, url=evil)
    told = Told(history(), proof(by_field=((evil, evil, 1),), examples=(differing,)))
    rows = [result(key=evil, number=1, url=evil)]
    page = assert_inert(write_results(evil_standing, rows, tmp_path, told).read_text(encoding="utf-8"))
    assert page.text.count(evil.replace("\x00", "\ufffd")) > 14 or "\x00" in evil


def test_many_rows_need_no_more_memory_than_a_thousand(tmp_path: Path) -> None:
    blocks: dict[int, int] = {}

    def rows() -> Iterator[Result]:
        for number in range(20_000):
            yield result(key=str(number), number=number)
            if number in (1_000, 19_000):
                blocks[number] = sys.getallocatedblocks()

    write_results(standing(counts=Counts(created=20_000)), rows(), tmp_path)
    assert blocks[19_000] - blocks[1_000] < 1_000
    with (tmp_path / "results.csv").open(encoding="utf-8-sig") as file:
        assert sum(1 for _ in file) == 20_001


def test_a_proof_that_is_older_than_what_was_sent_or_taken_back_last_is_said_to_be_so(tmp_path: Path) -> None:
    told = Told(proof=proof(different=0, examples=(), by_field=()))
    assert "What is there has changed since" not in text_of(write_results(standing(), [], tmp_path, told))
    assert "What is there has changed since" in text_of(
        write_results(standing(proven=False), [], tmp_path, told)
    )


def test_the_page_says_of_every_kind_of_failure_what_it_means_and_the_way_out(tmp_path: Path) -> None:
    text = text_of(write_results(troubled_standing(), [], tmp_path))
    for said in (
        "A ticket's subject is shorter than the two characters that Featurebase demands.",
        "The first of them: the title has one character",
        "Way out: write a longer subject",
        "unknown option",
    ):
        assert said in text
