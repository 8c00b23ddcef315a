"""Exports of any size, in every format, and the mapping that fits them. All names are invented."""

from __future__ import annotations

import csv
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

COLUMNS = (
    "id", "subject", "body", "email", "name", "account", "created", "due", "status", "priority",
    "channel", "tags", "assignee", "company", "reopens", "vip",
)  # fmt: skip

MAPPING = """\
key: id
category: {from: channel, values: {web: Support, mail: Support, bot: Internal}}
timezone: Europe/Berlin
notify: false
ticket:
  title: {from: subject}
  content: {from: body, as: html}
  author:
    email: {from: email}
    name: {from: name}
    userId: {from: account}
  createdAt: {from: created, as: datetime, format: "%d.%m.%Y %H:%M"}
  status:
    from: status
    values: {new: New, open: In progress, pending: Waiting on customer, solved: Resolved, closed: Resolved}
  assignee: {from: assignee, match_people: admins, unmapped: {action: empty}}
  company: {from: company}
  fields:
    Legacy ID: {from: id, legacy_id: true}
    Priority: {from: priority, values: {p1: Urgent, p2: High, p3: Normal, p4: Low}}
    Tags: {from: tags, split: ","}
    Reopens: {from: reopens, as: number}
    VIP: {from: vip, as: boolean}
    Due date: {from: due}
    Source: {from: channel}
"""

_WORDS = [
    "the",
    "order",
    "invoice",
    "page",
    "login",
    "button",
    "does",
    "not",
    "load",
    "after",
    "update",
    "please",
    "help",
    "account",
    "team",
    "error",
    "shows",
    "again",
    "when",
    "trying",
    "to",
    "open",
    "settings",
    "and",
    "every",
    "customer",
    "sees",
    "a",
    "blank",
    "screen",
    "since",
    "Tuesday",
    "morning",
]
_CHANGES = 997
"""Different bodies; a prime, so that they do not fall in step with anything."""


def rows(count: int, seed: int = 7) -> Iterator[tuple[str, ...]]:
    """Rows of about 1.5 KB, the same for the same seed."""
    rng = random.Random(seed)
    bodies = [_body(rng) for _ in range(_CHANGES)]
    for number in range(count):
        day, month, year = number % 28 + 1, number // 28 % 12 + 1, 2015 + number % 9
        yield (
            f"T-{number:08}",
            f"Question {number}: {_WORDS[number % len(_WORDS)]} {_WORDS[number // 7 % len(_WORDS)]}",
            bodies[number % _CHANGES],
            f"customer{number % 50_000}@example.com",
            f"Customer {number % 50_000}",
            f"acc-{number % 50_000}",
            f"{day:02}.{month:02}.{year} {number % 24:02}:{number % 60:02}",
            f"{year + 1}-{month:02}-{day:02}",
            ("new", "open", "pending", "solved", "closed")[number % 5],
            ("p1", "p2", "p3", "p4")[number % 4],
            ("web", "mail")[number % 2],
            ("billing", "billing,login", "bug", "")[number % 4],
            ("ada@sandbox.example", "ben@sandbox.example", "")[number % 3],
            ("Acme Inc", "Globex", "")[number % 3],
            str(number % 3),
            ("true", "false")[number % 2],
        )


def _body(rng: random.Random) -> str:
    parts = []
    while sum(map(len, parts)) < 1_150:
        text = " ".join(rng.choices(_WORDS, k=18))
        kind = rng.randrange(4)
        if kind == 0:
            parts.append(f"<p>Hello,<br>{text} &amp; {rng.randrange(1000)}</p>")
        elif kind == 1:
            parts.append(
                f'<ul><li>{text}</li><li><a href="https://example.com/{len(parts)}">see</a></li></ul>'
            )
        elif kind == 2:
            parts.append(f'<div class="quote"><b>{text}</b>, “{rng.choice(_WORDS)}”</div>')
        else:
            parts.append(f"<p>{text}.\n<i>{rng.choice(_WORDS)}</i></p>")
    return "".join(parts)


def write(kind: str, path: Path, count: int) -> Path:
    """One export; `kind` is csv, ndjson, json, xml, xlsx or zip (of csv)."""
    match kind:
        case "csv":
            with path.open("w", newline="", encoding="utf-8") as file:
                table = csv.writer(file)
                table.writerow(COLUMNS)
                table.writerows(rows(count))
        case "ndjson":
            with path.open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(each) + "\n" for each in _trees(count))
        case "json":
            with path.open("w", encoding="utf-8") as file:
                for number, each in enumerate(_trees(count)):
                    file.write(("[" if number == 0 else ",\n") + json.dumps(each))
                file.write("]")
        case "xml":
            with path.open("w", encoding="utf-8") as file:
                file.write('<?xml version="1.0" encoding="UTF-8"?>\n<tickets>\n')
                for each in _trees(count):
                    cells = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in each.items())
                    file.write(f"<ticket>{cells}</ticket>\n")
                file.write("</tickets>\n")
        case "xlsx":
            _write_workbook(path, count)
        case "zip":
            table_path = write("csv", path.with_name("tickets-in-zip.csv"), count)
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.write(table_path, "tickets.csv")
            table_path.unlink()
        case _:
            raise ValueError(kind)
    return path


def _trees(count: int) -> Iterator[dict[str, str]]:
    return (dict(zip(COLUMNS, each, strict=True)) for each in rows(count))


def _write_workbook(path: Path, count: int) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Tickets")
    sheet.append(COLUMNS)
    for each in rows(count):
        sheet.append(each)
    book.save(path)
