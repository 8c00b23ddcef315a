import json
import os
import re
import stat
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from migrator.model import Notice
from migrator.reports import plan_document, write_validation
from migrator.runner.plan import ProblemGroup, Unmapped
from tests.reports.support import HOSTILE, Page, assert_inert, date_evidence, plan, problem, troubled_plan


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
    facts = plan_document(troubled_plan(limit=7))
    page = page_of(write_validation(troubled_plan(limit=7), tmp_path))
    assert page.figures == {
        "tickets-to-send": facts["tickets_to_send"],
        "requests": facts["requests"],
        "notified": facts["notified"],
        "ready": facts["ready"],
        "skipped": facts["skipped"],
        "rejected": facts["rejected"],
        "total": facts["rows"],
        "warnings": facts["warnings"],
    }


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
        "Created, 1,237 values",
    ):
        assert sentence in text


def test_a_clean_plan_has_no_problems_and_nothing_left_to_do(tmp_path: Path) -> None:
    text = " ".join(page_of(write_validation(plan(), tmp_path)).text.split())
    assert "All 2 tickets are ready to move." in text
    assert "Problems None were found." in text
    assert "What to do next" not in text


def test_a_plan_without_rows_is_a_page_too(tmp_path: Path) -> None:
    nothing = plan(ready=0, requests=0, by_category={}, by_status={}, by_assignee={}, by_month={}, target="")
    text = page_of(write_validation(replace(nothing, earliest="", latest=""), tmp_path)).text
    assert "The source holds no tickets." in text
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
    )
    page = assert_inert(write_validation(evil_plan, tmp_path).read_text(encoding="utf-8"))
    assert page.text.count(evil.replace("\x00", "\ufffd")) >= 15 or "\x00" in evil


def test_the_page_needs_nothing_and_forbids_everything_else(tmp_path: Path) -> None:
    source = write_validation(troubled_plan(), tmp_path).read_text(encoding="utf-8")
    policies = [m["content"] for m in Page.of(source).named("meta") if m.get("http-equiv")]
    assert policies == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
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
    source = write_validation(plan(by_status={"Resolved": 8, "New": 2}), tmp_path).read_text(encoding="utf-8")
    bars = re.findall(r'<th scope="row">(\w+)</th>.*?value="(\d+)".*?width="([\d.]+)"', source)
    assert ("Resolved", "8", "100.00") in bars
    assert ("New", "2", "25.00") in bars


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
