"""The pages as people open them: in a real browser, from a file, with nothing around them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from migrator.model import PartKind, Severity, SourceRef
from migrator.reports import ProblemList, Told, write_results, write_validation
from migrator.runner.contents import FilesSeen, Nameless
from migrator.runner.flows import Flow, Match
from migrator.runner.plan import Plan, ProblemGroup
from migrator.runner.previews import Message
from tests.reports.support import (
    HOSTILE,
    contents,
    history,
    plan,
    preview,
    problem,
    proof,
    result,
    troubled_plan,
    troubled_standing,
)

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed on this machine")

PHONE = {"width": 390, "height": 800}
DESK = {"width": 1100, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as tools:
        # Without a sandbox only where there can be none: as root, in a container.
        arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        opened = tools.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()


@dataclass
class Opened:
    """A page, and all that it did besides showing itself."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def figures(self, selector: str) -> list[str]:
        return [text.strip() for text in self.page.locator(selector).all_inner_texts()]


Open = Callable[..., Opened]


@pytest.fixture
def open_page(browser: Any) -> Iterator[Open]:
    """Opens a file; whatever it complains of, asks for or says aloud is remembered."""
    contexts = []

    def go(path: Path, *, viewport: dict[str, int] = DESK) -> Opened:
        context = browser.new_context(color_scheme="light", viewport=viewport)
        contexts.append(context)
        opened = Opened(context.new_page())
        address = path.resolve().as_uri()
        opened.page.on("console", lambda message: opened.complaints.append(message.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("dialog", lambda dialog: opened.complaints.append(f"dialog: {dialog.message}"))
        opened.page.on(
            "request", lambda request: opened.requests.append(request.url) if request.url != address else None
        )
        opened.page.goto(address)
        return opened

    yield go
    for context in contexts:
        context.close()


def many_problems(count: int) -> list[Any]:
    """Two kinds in turn, each row with a value of its own."""
    return [
        problem(
            "title-too-short" if row % 2 else "date-unreadable",
            row,
            value=f"v{row}",
            message=f"the value 'v{row}' is wrong",
        )
        for row in range(2, count + 2)
    ]


def validation(folder: Path, the_plan: Plan, found: list[Any]) -> Path:
    with ProblemList(folder) as problems:
        for each in found:
            problems.add(f"T-{each.ref.row:06}", [each])
        return write_validation(the_plan, folder, problems)


def validation_of_many(folder: Path, count: int) -> Path:
    found = many_problems(count)
    groups = tuple(
        ProblemGroup(code, Severity.ERROR, len(of_code), len(of_code), tuple(of_code[:20]))
        for code in ("title-too-short", "date-unreadable")
        if (of_code := [each for each in found if each.code == code])
    )
    return validation(folder, troubled_plan(problems=groups, rejected=count), found)


def report(folder: Path) -> Path:
    told = Told(history(), proof(), "https://old.example.com/{id}", folder / "rejects.csv")
    row = result(number=1, url="https://x.example/t/1")
    return write_results(troubled_standing(), [row], folder, told)


PAGES = [
    pytest.param(lambda folder: validation_of_many(folder, 60), id="validation"),
    pytest.param(report, id="report"),
]


@pytest.mark.parametrize("write", PAGES)
def test_a_page_asks_for_nothing_and_complains_of_nothing(
    tmp_path: Path, open_page: Open, write: Callable[[Path], Path]
) -> None:
    opened = open_page(write(tmp_path))
    opened.page.locator("summary").first.click()
    opened.page.emulate_media(color_scheme="dark")
    assert (opened.complaints, opened.requests) == ([], [])


EVERYTHING: dict[str, Any] = {}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


@pytest.mark.parametrize(
    "write", [lambda folder: validation_of_many(folder, 3), report], ids=["validation", "report"]
)
def test_a_page_can_be_used_by_everybody(tmp_path: Path, browser: Any, write: Callable[[Path], Path]) -> None:
    """axe-core finds no fault, with everything unfolded; the dark page differs in its colours only."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    # axe is put into the page, which the page's own policy forbids, as it should.
    context = browser.new_context(color_scheme="light", viewport=DESK, bypass_csp=True)
    page = context.new_page()
    page.goto(write(tmp_path).resolve().as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = axe.Axe().run(page, options=EVERYTHING).response["violations"]
    page.emulate_media(color_scheme="dark")
    found += axe.Axe().run(page, options=CONTRAST).response["violations"]
    context.close()
    assert [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found] == []


@pytest.mark.parametrize("write", PAGES)
def test_a_page_fits_a_phone(tmp_path: Path, open_page: Open, write: Callable[[Path], Path]) -> None:
    opened = open_page(write(tmp_path), viewport=PHONE)
    opened.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_charts_are_drawn_in_proportion(tmp_path: Path, open_page: Open) -> None:
    flows = (Flow("Solved", "Resolved", Match.MATCHED, 8), Flow("Fresh", "", Match.UNMATCHED, 2))
    opened = open_page(
        write_validation(plan(statuses=flows, by_month={"2025-01": 1, "2025-02": 2}), tmp_path)
    )
    boxes = [each.bounding_box() for each in opened.page.locator(".flow td svg rect").all()]
    assert boxes[1]["width"] == pytest.approx(boxes[0]["width"] / 4, abs=1)
    heights = [each.bounding_box()["height"] for each in opened.page.locator(".timeline rect").all()]
    assert heights[0] == pytest.approx(heights[1] / 2, abs=1)


def test_problems_can_be_searched_chosen_by_kind_and_leafed_through(tmp_path: Path, open_page: Open) -> None:
    page = open_page(validation_of_many(tmp_path, 60)).page
    status = page.locator("#problem-count")
    assert status.inner_text() == "1 to 25 of 60"
    page.locator("#problem-next").click()
    assert status.inner_text() == "26 to 50 of 60"
    assert page.locator("#problem-rows th").first.inner_text() == "T-000027"
    page.locator("#problem-kind").select_option("date-unreadable")
    assert status.inner_text() == "1 to 25 of 30"
    page.locator("#problem-search").fill("V40 tickets.csv")
    playwright.expect(status).to_have_text("1 to 1 of 1")
    assert "the value 'v40' is wrong" in page.locator("#problem-rows").inner_text()
    page.locator("#problem-search").fill("no such thing")
    playwright.expect(status).to_have_text("Nothing fits.")
    page.locator("button.show-all").first.click()
    playwright.expect(status).to_have_text("1 to 25 of 30")
    assert page.evaluate("document.activeElement.id") == "problem-search"


def test_a_hundred_thousand_problems_open_and_can_be_searched(tmp_path: Path, open_page: Open) -> None:
    path = validation_of_many(tmp_path, 100_000)
    assert path.stat().st_size < 15_000_000
    opened = open_page(path)
    status = opened.page.locator("#problem-count")
    assert status.inner_text() == "1 to 25 of 100,000"
    opened.page.locator("#problem-search").fill("v99999")
    playwright.expect(status).to_have_text("1 to 1 of 1")
    assert opened.complaints == []


def test_what_strangers_wrote_stays_text_in_a_browser(tmp_path: Path, open_page: Open) -> None:
    evil = "".join(HOSTILE)
    end = "</script><script>alert(4)</script>"
    bad = problem(message=evil + end, hint=evil, column=evil, value=end, ref=SourceRef(evil, 17))
    hostile = troubled_plan(
        source=evil,
        problems=(ProblemGroup("title-too-short", Severity.ERROR, 1, 1, (bad,)),),
        contents=contents(
            nameless=(Nameless(evil, SourceRef(evil, 1), evil),), files=FilesSeen(1, 0, {evil: 1}, {evil: 1})
        ),
        previews=(preview(title=evil, body=evil + end, messages=(Message(PartKind.NOTE, evil, "", evil),)),),
    )
    opened = open_page(validation(tmp_path, hostile, [bad]))
    page = opened.page
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert (opened.complaints, opened.requests) == ([], [])
    assert page.locator("img, iframe").count() == 0
    assert page.locator("script").count() == 2
    assert "<script>alert(1)</script>" in page.locator(".preview").first.inner_text()
    assert end in page.locator("#problem-rows").inner_text()
    assert page.evaluate("[...document.links].every(a => /^(https?|file):/.test(a.href))")


def test_everything_unfolds_on_paper(tmp_path: Path, open_page: Open) -> None:
    page = open_page(validation_of_many(tmp_path, 60)).page
    page.emulate_media(media="print")
    assert page.locator("nav").is_hidden()
    assert page.locator("#problem-list").is_hidden()
    last = page.locator("details.preview .ticket").last
    assert last.bounding_box()["height"] > 50
