"""Tickets with a thread, and the law that they must obey once they have arrived."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, NamedTuple

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
UNRECOGNISABLE = MAPPING.replace("  fields:\n    Legacy ID: {from: id, legacy_id: true}\n", "")
"""The same without a field that carries the source's id."""
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


def twin(number: int) -> dict[str, Any]:
    """A ticket that nothing but its id and its thread tells from the one before it."""
    other = ticket(number - 1)
    return ticket(number, **{name: other[name] for name in ("subject", "created", "open")})


def newer(number: int) -> dict[str, Any]:
    """The same ticket, later: every fourth was answered, every fifth renamed, every sixth closed."""
    changed = ticket(number)
    if number % 4 == 1:
        changed["comments"] = [*changed["comments"], *_later(number)]
    if number % 5 == 0:
        changed["subject"] = f"Better question {number}"
    if number % 6 == 4:
        changed["open"] = "false"
    return changed


def _later(number: int) -> list[dict[str, Any]]:
    at = "2024-05-02T08:00"
    return [
        {"body": f"more {number}", "author": CUSTOMER, "private": "false", "created_at": f"{at}:00Z"},
        {"body": f"hush {number}", "author": AGENT, "private": "true", "created_at": f"{at}:10Z"},
    ]


def write_tickets(folder: Path, tickets: Iterable[dict[str, Any]], mapping: str = MAPPING) -> Path:
    """Writes `tickets.ndjson` and `m.yaml` side by side and returns the export's path."""
    path = folder / "tickets.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in tickets), encoding="utf-8")
    (folder / "m.yaml").write_text(mapping, encoding="utf-8")
    return path


# --- the law ------------------------------------------------------------------------------------


def parts_of(ticket: dict[str, Any]) -> list[tuple[str, str]]:
    """Kind and words of every message after the description."""
    return [
        (part["partType"], part["bodyHtml"].replace("<p>", "").replace("</p>", ""))
        for part in ticket["conversationParts"]
        if part["partType"].endswith(("_msg", "_note")) and "How?" not in part["bodyHtml"]
    ]


def expected(source: dict[str, Any]) -> list[tuple[str, str]]:
    """The messages that a source ticket must have come to, as `parts_of` tells them."""
    kinds = {
        ("agent", "false"): "admin_msg",
        ("agent", "true"): "admin_note",
        ("customer", "false"): "user_msg",
    }
    return [(kinds[each["author"]["kind"], each["private"]], each["body"]) for each in source["comments"]]


def id_of(ticket: dict[str, Any]) -> str:
    """The source id of a ticket in Featurebase, by its field, else by its first message; empty for a stranger."""
    for value in ticket["customFields"].values():
        if re.fullmatch(r"N-\d+", str(value)):
            return str(value)
    found = re.search(r"<p>(?:first|secret|second|third) (\d+)</p>", _words(ticket))
    return f"N-{found[1]}" if found else ""


def _words(ticket: dict[str, Any]) -> str:
    return "".join(part["bodyHtml"] or "" for part in ticket["conversationParts"])


class Breach(NamedTuple):
    """One way in which what arrived is not what the law asks for."""

    kind: str
    """missing, twice, unknown, thread, open or title."""
    key: str
    there: object = None


def breaches(
    tickets: Iterable[dict[str, Any]], sources: Iterable[dict[str, Any]], touched: Collection[str] = ()
) -> list[Breach]:
    """What is missing, there twice, out of order, of the wrong kind or in the wrong state.

    Args:
        tickets: With their threads.
        sources: What must be there, each once.
        touched: Source ids that people have worked on or deleted, which is their business: of these only
            what is there twice counts.
    """
    wanted = {source["id"]: source for source in sources}
    there: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in tickets:
        there[id_of(each)].append(each)
    found = [Breach("unknown", key, len(those)) for key, those in there.items() if key not in wanted]
    for key, source in wanted.items():
        found += [Breach("twice", key, len(there[key]))] if len(there[key]) > 1 else []
        found += [Breach("missing", key)] if not there[key] and key not in touched else []
        for each in there[key]:
            found += _of_messages(key, parts_of(each))
            found += [] if key in touched else _of_one(source, each)
    return found


def _of_messages(key: str, parts: list[tuple[str, str]]) -> list[Breach]:
    """What even a ticket that people work on must never show."""
    bodies = [body for _, body in parts if not body.startswith(BY_PEOPLE)]
    shown = [body for kind, body in parts if kind != "admin_note" and body.startswith(("secret", "hush"))]
    twice = sorted({body for body in bodies if bodies.count(body) > 1})
    return [Breach("message twice", key, body) for body in twice] + [
        Breach("shown", key, body) for body in shown
    ]


def _of_one(source: dict[str, Any], there: dict[str, Any]) -> list[Breach]:
    key, parts = source["id"], parts_of(there)
    found = [Breach("thread", key, parts)] if parts != expected(source) else []
    found += [Breach("title", key, there["title"])] if there["title"] != source["subject"] else []
    found += [Breach("open", key, there["open"])] if there["open"] is not (source["open"] == "true") else []
    return found


BY_PEOPLE = "A person"
"""How every message begins that somebody else writes."""


def assert_each_once(tickets: list[dict[str, Any]], count: int) -> None:
    """Each ticket, reply and note exactly once, in order, private ones private, closed when it should be."""
    assert breaches(tickets, map(ticket, range(count))) == []
