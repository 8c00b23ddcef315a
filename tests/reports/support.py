"""Small plans, standings and rows made by hand, and a reader of pages that trusts nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from migrator.ledger import RejectedRow, Result
from migrator.mapping import DateEvidence
from migrator.model import Counts, Notice, Problem, Severity, SourceRef, Status
from migrator.runner.plan import Plan, ProblemGroup, Unmapped
from migrator.runner.standing import FailureGroup, OpenDoubt, Standing, ThisRun

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "javascript:alert(3)",
    "</style><style>*{display:none}",
    "{{ 7 * 7 }}{% raw %}",
    "\u202eevil\x1b[31m\x00",
)


def problem(code: str = "title-too-short", row: int = 17, **changes: Any) -> Problem:
    facts: dict[str, Any] = {
        "message": "the title has one character",
        "hint": "write a longer subject",
        "ref": SourceRef("tickets.csv", row),
        "column": "Subject",
        "value": "x",
        "at": "helpdesk.yaml, line 12, ticket.title",
    }
    return Problem(code, **(facts | changes))


def plan(**changes: Any) -> Plan:
    """Nothing of note: two tickets, both ready."""
    facts: dict[str, Any] = {
        "source": "tickets.csv",
        "helpdesk": "",
        "mapping": "helpdesk.yaml",
        "target": "http://127.0.0.1:8642",
        "ready": 2,
        "skipped": 0,
        "rejected": 0,
        "warnings": 0,
        "rows_with_warnings": 0,
        "skipped_by": {},
        "requests": 2,
        "replies": 0,
        "notes": 0,
        "updates": 0,
        "left_out": {},
        "notified": 0,
        "problems": (),
        "unmapped": (),
        "by_category": {"Support": 2},
        "by_status": {"Resolved": 2},
        "by_assignee": {"(nobody)": 2},
        "by_month": {"2025-01": 2},
        "earliest": "2025-01-02T10:00:00.000Z",
        "latest": "2025-01-30T10:00:00.000Z",
        "dates": (),
        "notices": (),
        "unchecked": (),
    }
    return Plan(**(facts | changes))


def troubled_plan(**changes: Any) -> Plan:
    """A little of everything that a plan can say."""
    facts: dict[str, Any] = {
        "helpdesk": "zendesk",
        "ready": 1222,
        "skipped": 10,
        "rejected": 5,
        "warnings": 1,
        "rows_with_warnings": 1,
        "skipped_by": {"spam": 7, "deleted": 3},
        "requests": 1222,
        "left_out": {"replies": 412},
        "per_minute": 100.0,
        "problems": (
            ProblemGroup(
                "title-too-short", Severity.ERROR, 4, 4, tuple(problem(row=17 + i) for i in range(4))
            ),
            ProblemGroup(
                "value-unmapped",
                Severity.ERROR,
                1,
                1,
                (
                    problem(
                        "value-unmapped",
                        99,
                        message="nothing is said about this value",
                        hint="",
                        column="Status",
                        value="Escalted",
                    ),
                ),
            ),
            ProblemGroup(
                "time-ambiguous",
                Severity.WARNING,
                1,
                1,
                (
                    problem(
                        "time-ambiguous",
                        120,
                        message="02:30 happened twice",
                        severity=Severity.WARNING,
                        column="Created",
                        value="27/10/2024 02:30",
                    ),
                ),
            ),
        ),
        "unmapped": (Unmapped("helpdesk.yaml, line 30, ticket.status", "Status", "Escalted", 1),),
        "dates": (date_evidence(),),
        "notices": (Notice("encoding", "read as UTF-8, separated by commas", "tickets.csv"),),
        "unchecked": ("company Acme",),
    }
    return plan(**(facts | changes))


def date_evidence(**changes: Any) -> DateEvidence:
    facts: dict[str, Any] = {
        "rule": "ticket.createdAt",
        "at": "helpdesk.yaml, line 20, ticket.createdAt",
        "column": "Created",
        "order": None,
        "example": "",
        "earliest": "",
        "latest": "",
        "count": 1237,
        "unreadable": 0,
        "zone": "",
    }
    return DateEvidence(**(facts | changes))


def standing(**changes: Any) -> Standing:
    """Everything is in."""
    facts: dict[str, Any] = {
        "ledger": "tickets.ledger",
        "ledger_id": "ab" * 16,
        "source": "tickets.csv",
        "mapping": "helpdesk.yaml",
        "typed": ("tickets.csv", "--mapping", "helpdesk.yaml"),
        "target": "http://127.0.0.1:8642",
        "staged": True,
        "running": False,
        "counts": Counts(created=2),
    }
    return Standing(**(facts | changes))


def troubled_standing(**changes: Any) -> Standing:
    """A little of everything that a standing can say."""
    facts: dict[str, Any] = {
        "counts": Counts(created=1210, skipped=10, rejected=8, failed=5, in_doubt=3, pending=4),
        "skipped_by": {"spam": 10},
        "left_out": {"replies": 412},
        "failures": (
            FailureGroup(
                Status.REJECTED,
                "title-too-short",
                "the title has one character",
                8,
                ("000417", "000418", "3", "4", "5", "6", "7", "8"),
            ),
            FailureGroup(Status.FAILED, "invalid_parameter", "unknown option", 5, ("17",)),
        ),
        "doubts": (
            OpenDoubt("000999", "no answer within 60 s", 1_700_000_000.0, ("https://x.example/t/5",)),
        ),
        "adopted": 2,
        "strangers": ("https://x.example/t/9",),
        "this_run": ThisRun(1210, 0, 0, 5, 3, 2, 1230, 1, 3, 431.2),
    }
    return standing(**(facts | changes))


def result(status: Status = Status.CREATED, **changes: Any) -> Result:
    facts: dict[str, Any] = {
        "row": 1,
        "key": "000417",
        "ref": SourceRef("tickets.csv", 2),
        "status": status,
        "number": None,
        "object_id": None,
        "url": "",
        "http_status": None,
        "code": "",
        "message": "",
        "skip_reason": "",
        "problems": (),
        "warnings": (),
        "left_out": (),
        "adopted": False,
        "created_at_ms": None,
    }
    return Result(**(facts | changes))


def rejected(original: tuple[str, ...] | str, **changes: Any) -> RejectedRow:
    facts: dict[str, Any] = {
        "row": 1,
        "key": "000417",
        "ref": SourceRef("tickets.csv", 17),
        "status": Status.REJECTED,
        "original": original,
        "problems": (problem(),),
        "code": "",
        "message": "",
    }
    return RejectedRow(**(facts | changes))


@dataclass
class Page(HTMLParser):
    """A page taken apart by the standard library's parser."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""
    figures: dict[str, int] = field(default_factory=dict)
    """`<data id=... value=...>`: every number that a page names."""

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def of(cls, source: str) -> Page:
        page = cls()
        page.feed(source)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag in ("br", "td", "th", "li"):
            self.text += " "
        if tag == "data" and attributes.get("id"):
            self.figures[str(attributes["id"])] = int(str(attributes["value"]))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def assert_inert(source: str) -> Page:
    """Nothing on the page runs, is fetched, or leads anywhere but to the web or to a file beside it."""
    page = Page.of(source)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "iframe", "object", "embed", "img", "link", "base", "form", "input"}
    for tag, attributes in page.tags:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("src", "style", "srcset")
        ], tag
    addresses = [str(attributes["href"]) for attributes in page.named("a")]
    assert all(
        a.startswith(("https://", "http://", "#")) or a in ("results.csv", "rejects.csv") for a in addresses
    ), addresses
    assert len(page.named("style")) == 1
    return page
