"""Small plans, standings and rows made by hand, and a reader of pages that trusts nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from migrator.ledger import Difference, DifferenceKind, Minute, RejectedRow, Result, Verified
from migrator.mapping import Becomes, DateEvidence, ValueMap, ValueUse
from migrator.model import UNANSWERED, Counts, Notice, PartKind, Problem, Severity, SourceRef, Status
from migrator.runner.contents import Contents, FilesSeen, ImagesSeen, Nameless, Twin
from migrator.runner.flows import Flow, Match
from migrator.runner.history import History, PastRun
from migrator.runner.plan import Plan, ProblemGroup, Unmapped
from migrator.runner.previews import Message, Preview
from migrator.runner.references_seen import ReferencesSeen
from migrator.runner.standing import FailureGroup, OpenDoubt, Parties, Standing, ThisRun
from migrator.runner.verify import Proof

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
        "statuses": (Flow("Solved", "Resolved", Match.MATCHED, 2),),
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
        "unread": {"cc": 20, "custom_fields.18": 1},
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
        "contents": contents(),
        "assignees": (
            Flow("ann@example.com", "Ann Lee", Match.MATCHED, 900),
            Flow("gone@example.com", "Ann Lee", Match.FALLBACK, 300),
            Flow("lost@example.com", "", Match.UNMATCHED, 22),
        ),
        "value_maps": (value_map(),),
        "clock_changes": {"helpdesk.yaml, line 20, ticket.createdAt": 1},
        "previews": (preview(),),
    }
    return plan(**(facts | changes))


def contents(**changes: Any) -> Contents:
    facts: dict[str, Any] = {
        "contacts": 400,
        "without_email": 30,
        "nameless": (Nameless("000017", SourceRef("tickets.csv", 18), "Walk-in Wendy"),),
        "twins": 3,
        "twin_examples": (Twin("000019", SourceRef("tickets.csv", 20), 18),),
        "files": FilesSeen(7, 3_400_000, {"files.example.com": 7}, {"pdf": 7}, {"up to 1 MB": 7}),
        "images": ImagesSeen(2, {"files.example.com": 2}),
    }
    return Contents(**(facts | changes))


def value_map(**changes: Any) -> ValueMap:
    facts: dict[str, Any] = {
        "rule": "ticket.status",
        "at": "helpdesk.yaml, line 30, ticket.status",
        "column": "Status",
        "uses": (
            ValueUse("Solved", "Resolved", Becomes.LISTED, 1221),
            ValueUse("Escalted", "", Becomes.UNDECIDED, 1),
            ValueUse("", "", Becomes.BLANK, 4),
            ValueUse("Closed", "Resolved", Becomes.UNUSED, 0),
        ),
        "others": 0,
    }
    return ValueMap(**(facts | changes))


def preview(**changes: Any) -> Preview:
    facts: dict[str, Any] = {
        "key": "000417",
        "place": "tickets.csv, row 2",
        "why": ("status Resolved", "files"),
        "source": (("Subject", "Printer"), ("E-mail", "ann@example.com")),
        "source_more": 3,
        "title": "Printer",
        "facts": (("Status", "Resolved"), ("Author", "Ann Lee <ann@example.com>")),
        "body": "<p>It <b>burns</b>.</p>",
        "messages": (
            Message(PartKind.NOTE, "Ann Lee", "2025-01-02T10:00:00.000Z", "<p>Call +49 30 1234567</p>"),
        ),
        "messages_more": 2,
    }
    return Preview(**(facts | changes))


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
        "forgotten": False,
        "taken_back": 0,
        "proven": True,
        "counts": Counts(created=2),
    }
    return Standing(**(facts | changes))


def troubled_standing(**changes: Any) -> Standing:
    """A little of everything that a standing can say."""
    facts: dict[str, Any] = {
        "counts": Counts(created=1210, skipped=10, rejected=8, failed=5, in_doubt=3, pending=4),
        "skipped_by": {"spam": 10},
        "left_out": {"replies": 412},
        "unread": {"cc": 20, "custom_fields.18": 1},
        "failures": (
            FailureGroup(
                Status.REJECTED,
                "title-too-short",
                "the title has one character",
                8,
                ("000417", "000418", "3", "4", "5", "6", "7", "8"),
                "write a longer subject",
            ),
            FailureGroup(Status.FAILED, "invalid_parameter", "unknown option", 5, ("17",)),
        ),
        "doubts": (
            OpenDoubt("000999", "no answer within 60 s", 1_700_000_000.0, ("https://x.example/t/5",)),
        ),
        "adopted": 2,
        "strangers": ("https://x.example/t/9",),
        "contacts": Parties(made=40, there=9, refused=1, waiting=2),
        "companies": Parties(made=3),
        "refusals": ("ada@example.org: the address is blocked",),
        "references": ReferencesSeen(tickets=6, left=1, in_messages=4),
        "this_run": ThisRun(1210, 0, 0, 5, 3, 2, 1230, 1, 3, 431.2),
    }
    return standing(**(facts | changes))


def history(**changes: Any) -> History:
    """Two runs, of which the second was killed."""
    facts: dict[str, Any] = {
        "runs": (
            PastRun(1, 1_700_000_000.0, 1_700_000_431.2, 1, 1230, 1, 3, {"201": 1210, "429": 1}),
            PastRun(2, 1_700_009_000.0, None, None, 0, 0, 0, {}),
        ),
        "minutes": (
            Minute(1_699_999_980, 1208, 1200, 5, 3, {201: 1200, 400: 5, 429: 1, UNANSWERED: 3}),
            Minute(1_700_000_040, 10, 10, 0, 0, {201: 10, 503: 2}),
        ),
        "answers": {"201": 1210, "429": 1},
    }
    return History(**(facts | changes))


def proof(**changes: Any) -> Proof:
    """A ticket of a thousand came out different."""
    wrong = Difference("title", "Printer", "Drucker", DifferenceKind.DIFFERENT)
    facts: dict[str, Any] = {
        "ledger": "tickets.ledger",
        "target": "http://127.0.0.1:8642",
        "counts": Counts(created=1000),
        "tickets": 1000,
        "equal": 990,
        "explained": 9,
        "different": 1,
        "missing": 0,
        "values": 2000,
        "values_explained": 12,
        "values_wrong": 1,
        "examples": (Verified(1, "000417", 1, "https://x.example/t/1", "different", (wrong,)),),
        "by_field": (("title", "different", 1),),
        "ended": True,
    }
    return Proof(**(facts | changes))


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


OWN_FILES = frozenset(
    {
        "crosswalk.csv",
        "crosswalk.xlsx",
        "problems.csv",
        "rejects.csv",
        "report.json",
        "results.csv",
        "redirects.apache.conf",
        "redirects.nginx.conf",
        "validation.json",
        "verification.csv",
    }
)
"""What lies beside a page."""


def assert_inert(source: str) -> Page:
    """Nothing of a stranger's runs, nothing is fetched, nothing leads but to the web or a file beside it."""
    page = Page.of(source)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"iframe", "object", "embed", "img", "link", "base", "form"}
    assert page.named("script") in ([], [{"type": "application/json", "id": "problem-data"}, {}])
    for tag, attributes in page.tags:
        assert not [
            name for name in attributes if name.startswith("on") or name in ("src", "style", "srcset")
        ], tag
    addresses = [str(attributes["href"]) for attributes in page.named("a")]
    assert all(a.startswith(("https://", "http://", "#")) or a in OWN_FILES for a in addresses), addresses
    assert len(page.named("style")) == 1
    return page
