"""Tickets with a thread, and the law that they must obey once they have arrived."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MAPPING = """\
key: id
category: {from: category}
timezone: UTC
ticket:
  title: {from: subject}
  content: {from: body, as: text}
  author: {email: {from: email}}
  createdAt: {from: created, as: datetime}
  open: {from: open, as: boolean}
  fields:
    Legacy ID: {from: id, legacy_id: true}
replies:
  each: comments
  fallback_agent: any
  body: {from: body, as: text}
  author: {from: author}
  private: {from: private}
  createdAt: {from: created_at, as: datetime}
"""
AGENT = {"kind": "agent", "email": "ada@sandbox.example", "name": "Ada Brook"}
CUSTOMER = {"kind": "customer", "email": "ann@example.com", "name": "Ann Fox"}
COLLEAGUE = {"kind": "customer", "email": "colleague@example.com", "name": "Col League"}


def ticket(number: int, **changes: Any) -> dict[str, Any]:
    """A source ticket with two replies of customers, one of an agent, and a private note; odd ones are closed."""
    at = f"2024-05-01T08:{number % 60:02}"
    return {
        "id": f"N-{number}",
        "category": "Support",
        "subject": f"Question {number}",
        "body": "How?",
        "email": "ann@example.com",
        "created": f"{at}:00Z",
        "open": "false" if number % 2 else "true",
        "comments": [
            {"body": f"first {number}", "author": AGENT, "private": "false", "created_at": f"{at}:10Z"},
            {"body": f"secret {number}", "author": AGENT, "private": "true", "created_at": f"{at}:20Z"},
            {"body": f"second {number}", "author": CUSTOMER, "private": "false", "created_at": f"{at}:30Z"},
            {"body": f"third {number}", "author": COLLEAGUE, "private": "false", "created_at": f"{at}:40Z"},
        ],
    } | changes


def write_tickets(folder: Path, tickets: Iterable[dict[str, Any]]) -> Path:
    """Writes `tickets.ndjson` and `m.yaml` side by side and returns the export's path."""
    path = folder / "tickets.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in tickets), encoding="utf-8")
    (folder / "m.yaml").write_text(MAPPING, encoding="utf-8")
    return path


def parts_of(ticket: dict[str, Any]) -> list[tuple[str, str]]:
    """Kind and words of every message after the description."""
    return [
        (part["partType"], part["bodyHtml"].replace("<p>", "").replace("</p>", ""))
        for part in ticket["conversationParts"]
        if part["partType"].endswith(("_msg", "_note")) and "How?" not in part["bodyHtml"]
    ]


def expected(number: int) -> list[tuple[str, str]]:
    return [
        ("admin_msg", f"first {number}"),
        ("admin_note", f"secret {number}"),
        ("user_msg", f"second {number}"),
        ("user_msg", f"third {number}"),
    ]


def assert_each_once(tickets: list[dict[str, Any]], count: int) -> None:
    """Each ticket, reply and note exactly once, in order, private ones private, closed when it should be."""
    found = Counter(next(iter(each["customFields"].values())) for each in tickets)
    assert set(found) == {f"N-{number}" for number in range(count)}
    assert [key for key, times in found.items() if times > 1] == []
    for each in tickets:
        number = int(next(iter(each["customFields"].values())).removeprefix("N-"))
        assert parts_of(each) == expected(number)
        assert each["open"] is (number % 2 == 0)
