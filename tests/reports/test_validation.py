import base64
import hashlib
import json
import os
import re
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from migrator.mapping import Becomes, ValueUse
from migrator.model import Notice, PartKind, Severity, SourceRef
from migrator.reports import ProblemList, Redactor, plan_document, write_validation
from migrator.reports.beside import Beside, Use
from migrator.runner.contents import FilesSeen, ImagesSeen, Nameless, Twin
from migrator.runner.flows import Flow, Match
from migrator.runner.plan import ProblemGroup, Unmapped
from migrator.runner.previews import Message
from tests.reports.support import (
    HOSTILE,
    Page,
    assert_inert,
    contents,
    date_evidence,
    plan,
    preview,
    problem,
    troubled_plan,
    value_map,
)


def page_of(path: Path) -> Page:
    return Page.of(path.read_text(encoding="utf-8"))


def test_two_files_are_written_and_the_page_is_returned(tmp_path: Path) -> None:
    page = write_validation(plan(), tmp_path / "reports")
    assert page == tmp_path / "reports" / "validation.html"
    assert sorted(each.name for each in page.parent.iterdir()) == ["validation.html", "validation.json"]


@pytest.mark.skipif(os.name != "posix", reason="file modes are known to POSIX systems only")
def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    write_validation(plan(), tmp_path)
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}


def test_the_facts_are_those_of_the_plan(tmp_path: Path) -> None:
    write_validation(troubled_plan(), tmp_path)
    assert json.loads((tmp_path / "validation.json").read_text(encoding="utf-8")) == plan_document(
        troubled_plan()
    )


def test_the_page_says_the_same_numbers_as_the_facts(tmp_path: Path) -> None:
    besides = {"contacts_to_make": 12, "companies_to_make": 2, "references": 14, "references_in_messages": 1}
    the_plan = troubled_plan(limit=7, **besides)
    facts = plan_document(the_plan)
    page = page_of(write_validation(the_plan, tmp_path))
    assert page.figures == {
        "tickets-to-send": facts["tickets_to_send"],
        "requests": facts["requests"],
        "notified": facts["notified"],
        "ready": facts["ready"],
        "skipped": facts["skipped"],
        "rejected": facts["rejected"],
        "total": facts["rows"],
        "warnings": facts["warnings"],
        "contacts-to-make": facts["contacts_to_make"],
        "companies-to-make": facts["companies_to_make"],
        "references": facts["references"],
        "replies": facts["replies"],
        "notes": facts["notes"],
        "files": 7,
        "contacts": 400,
        "without-email": 30,
        "twins": 3,
    }


def test_people_names_the_rows_that_are_held_back_for_want_of_an_author(tmp_path: Path) -> None:
    groups = tuple(
        ProblemGroup(code, Severity.ERROR, rows, rows, (problem(code),))
        for code, rows in (("author-missing", 3), ("author-email-invalid", 2), ("title-missing", 4))
    )
    page = page_of(write_validation(plan(problems=groups, rejected=9), tmp_path))
    assert page.figures["held-back-for-authors"] == 5
    assert "5 rows are held back, because nothing usable says who wrote." in page.text


def test_a_status_that_nobody_decided_about_stands_among_the_statuses(tmp_path: Path) -> None:
    flows = (Flow("Solved", "Resolved", Match.MATCHED, 8), Flow("Escalted", "", Match.UNDECIDED, 2))
    page = page_of(write_validation(plan(statuses=flows), tmp_path))
    assert re.search(r"Escalted +\(held back\) +nobody has said +2", page.text)


def test_the_page_opens_with_the_verdict_and_goes_into_everything(tmp_path: Path) -> None:
    text = " ".join(page_of(write_validation(troubled_plan(), tmp_path)).text.split())
    for sentence in (
        "1,222 of 1,227 tickets can move, 5 cannot yet; 10 rows left out by your rules.",
        "notifications: nobody is written to",
        "Sending takes about 12 minutes, at 100 requests a minute.",
        "4 times title-too-short blocks A ticket's subject is shorter than",
        "Way out: write a longer subject",
        "tickets.csv, row 99 Status Escalted nothing is said about this value",
        "Status Escalted 1 helpdesk.yaml, line 30, ticket.status",
        "tickets.csv: read as UTF-8, separated by commas",
        "company Acme",
        "Tickets by month of creation",
        "Created ticket.createdAt 1,237",
        "1 time fell into a change of the clocks.",
        "lost@example.com (nothing) not known there 22",
        "found by name: 900 stand-in taken: 300 not known there: 22",
        "Escalted nobody has said the table does not list it 1",
        "7 files, 3.4 MB as far as the export tells their size.",
        "files.example.com 7",
        "The first 1 of 30 tickets from people without an address",
        "000017 Walk-in Wendy tickets.csv, row 18",
        "3 tickets have author, subject and moment of an earlier one",
        "It burns.",
        "Private note by Ann Lee, 2025-01-02 10:00:00",
    ):
        assert sentence in text


def test_a_clean_plan_has_no_problems_and_only_has_to_be_run(tmp_path: Path) -> None:
    text = " ".join(page_of(write_validation(plan(), tmp_path)).text.split())
    assert "All 2 tickets are ready to move." in text
    assert "Problems None were found." in text
    assert "What to do next Migrate: migrator run, with the same export and mapping." in text


def test_a_plan_without_tickets_is_a_page_too(tmp_path: Path) -> None:
    nothing = plan(
        ready=0,
        skipped=2,
        skipped_by={"spam": 2},
        requests=0,
        by_category={},
        by_status={},
        by_assignee={},
        by_month={},
        target="",
    )
    text = page_of(write_validation(replace(nothing, earliest="", latest=""), tmp_path)).text
    assert "All 2 rows are left out by your rules." in text
    assert "checked offline" in text


@pytest.mark.parametrize("evil", HOSTILE)
def test_what_strangers_wrote_stays_text_on_the_page(tmp_path: Path, evil: str) -> None:
    bad = problem(message=evil, hint=evil, column=evil, value=evil, at=evil)
    group = ProblemGroup(evil, bad.severity, 1, 1, (bad,))
    evil_plan = troubled_plan(
        source=evil,
        helpdesk=evil,
        mapping=evil,
        target=evil,
        skipped_by={evil: 10},
        left_out={evil: 1},
        problems=(group,),
        unmapped=(Unmapped(evil, evil, evil, 1),),
        by_category={evil: 2},
        by_status={evil: 2},
        by_assignee={evil: 2},
        by_month={evil: 2},
        dates=(date_evidence(column=evil, example=evil),),
        notices=(Notice("n", evil, evil),),
        unchecked=(evil,),
        contents=contents(
            nameless=(Nameless(evil, SourceRef(evil, 1), evil),),
            twin_examples=(Twin(evil, SourceRef(evil, 1), 2),),
            files=FilesSeen(1, 0, {evil: 1}, {evil: 1}, {evil: 1}),
            images=ImagesSeen(1, {evil: 1}),
        ),
        statuses=(Flow(evil, evil, Match.MATCHED, 1),),
        value_maps=(value_map(rule=evil, column=evil, uses=(ValueUse(evil, evil, Becomes.LISTED, 1),)),),
        previews=(
            preview(
                key=evil,
                why=(evil,),
                source=((evil, evil),),
                title=evil,
                facts=((evil, evil),),
                body=evil,
                messages=(Message(PartKind.NOTE, evil, evil, evil),),
            ),
        ),
    )
    with ProblemList(tmp_path) as problems:
        problems.add(evil, [bad])
        page = assert_inert(write_validation(evil_plan, tmp_path, problems).read_text(encoding="utf-8"))
    assert page.text.count(evil.replace("\x00", "\ufffd")) >= 25 or "\x00" in evil


def test_the_page_needs_nothing_and_forbids_everything_but_its_own_script(tmp_path: Path) -> None:
    with ProblemList(tmp_path) as problems:
        problems.add("1", [problem()])
        source = write_validation(troubled_plan(), tmp_path, problems).read_text(encoding="utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policies = [m["content"] for m in Page.of(source).named("meta") if m.get("http-equiv")]
    assert policies == [
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    ]
    assert "url(" not in source
    assert "@import" not in source


def test_the_page_can_be_walked_by_ear_and_by_keyboard(tmp_path: Path) -> None:
    page = page_of(write_validation(troubled_plan(), tmp_path))
    tags = [tag for tag, _ in page.tags]
    assert page.named("html") == [{"lang": "en"}]
    assert tags.count("h1") == tags.count("main") == 1
    assert page.named("a")[0] == {"class": "skip", "href": "#content"}
    assert len(page.named("table")) == len(page.named("caption"))
    assert all(th.get("scope") in ("row", "col") for th in page.named("th"))
    assert all(svg.get("aria-label") for svg in page.named("svg") if svg.get("role") == "img")
    identities = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(identities) == len(set(identities))
    pointed_at = {str(each["aria-labelledby"]) for _, each in page.tags if "aria-labelledby" in each}
    assert pointed_at <= set(identities)


def test_every_bar_stands_beside_its_number(tmp_path: Path) -> None:
    flows = (Flow("Solved", "Resolved", Match.MATCHED, 8), Flow("Fresh", "New", Match.MATCHED, 2))
    source = write_validation(plan(statuses=flows), tmp_path).read_text(encoding="utf-8")
    bars = re.findall(r'<th scope="row">(\w+)</th>.*?value="(\d+)".*?width="([\d.]+)"', source)
    assert ("Solved", "8", "100.00") in bars
    assert ("Fresh", "2", "25.00") in bars


def test_the_page_names_the_files_beside_it_and_what_may_be_done_with_them(tmp_path: Path) -> None:
    workbook = Beside("rejects.csv", "the rows to correct", Use.FEEDING_BACK)
    with ProblemList(tmp_path) as problems:
        problems.add("1", [problem()])
        page = page_of(write_validation(troubled_plan(), tmp_path, problems, beside=(workbook,)))
    text = " ".join(page.text.split())
    assert "problems.csv every problem, a line each for reading" in text
    assert "rejects.csv the rows to correct exact, to be corrected and fed back" in text
    assert "validation.json the numbers of this page for machines" in text


def test_a_redacted_page_says_so(tmp_path: Path) -> None:
    page = page_of(write_validation(Redactor().plan(troubled_plan()), tmp_path, is_redacted=True))
    assert "Personal data is masked." in page.text
    assert "This page holds personal data" not in page.text


def test_many_unchecked_names_are_cut_and_the_cut_is_said(tmp_path: Path) -> None:
    path = write_validation(plan(unchecked=tuple(f"company {i}" for i in range(201))), tmp_path)
    assert "1 more name: validation.json lists them all." in path.read_text(encoding="utf-8")


def test_many_unmapped_values_are_cut_and_the_cut_is_said(tmp_path: Path) -> None:
    values = tuple(Unmapped("m.yaml, line 3", "Status", f"v{i}", 1) for i in range(5_000))
    path = write_validation(plan(unmapped=values), tmp_path)
    assert "4,800 more values: validation.json lists them all." in path.read_text(encoding="utf-8")
    assert path.stat().st_size < 200_000


def test_the_page_says_when_it_was_made(tmp_path: Path) -> None:
    made_at = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
    assert "Made on 2025-03-01 12:00 UTC by migrator" in write_validation(
        plan(), tmp_path, made_at=made_at
    ).read_text(encoding="utf-8")


def test_what_no_rule_reads_is_listed_with_its_rows(tmp_path: Path) -> None:
    page = page_of(write_validation(troubled_plan(), tmp_path))
    assert "2 columns are read by no rule of the mapping: nothing of them comes over" in page.text
    assert re.search(r"cc +20\s+custom_fields\.18 +1", page.text)
