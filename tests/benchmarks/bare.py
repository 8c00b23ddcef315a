"""The plainest code that does the same useful work as a part of the tool, as a process of its own.

`python -m tests.benchmarks.bare NAME ...`. What is fair is decided here: as few lines as somebody would write
who needs the work done once, with the same packages and without a look at what can go wrong.
"""

from __future__ import annotations

import csv
import json
import os
import queue
import sqlite3
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

STATUSES = {"new": "s1", "open": "s2", "pending": "s3", "solved": "s4", "closed": "s4"}
CATEGORIES = {"web": "c1", "mail": "c1", "bot": "c2"}
PRIORITIES = {"p1": "o1", "p2": "o2", "p3": "o3", "p4": "o4"}
TAGS = {"billing": "t1", "login": "t2", "bug": "t3"}
ADMINS = {"ada@sandbox.example": "a1", "ben@sandbox.example": "a2"}
COMPANIES = {"Acme Inc": "y1", "Globex": "y2"}
BERLIN = ZoneInfo("Europe/Berlin")


def body_of(row: dict[str, str], clean) -> bytes:
    """The request of one row of `exports.py`, by the rules of its mapping."""
    local = datetime.strptime(row["created"], "%d.%m.%Y %H:%M").replace(tzinfo=BERLIN)
    body = {
        "ticketCategoryId": CATEGORIES[row["channel"]],
        "title": row["subject"],
        "content": clean(row["body"]),
        "author": {"userId": row["account"], "email": row["email"], "name": row["name"]},
        "customFields": {
            "f1": row["id"],
            "f2": PRIORITIES[row["priority"]],
            "f3": [TAGS[tag] for tag in row["tags"].split(",") if tag],
            "f4": float(row["reopens"]),
            "f5": row["vip"] == "true",
            "f6": row["due"],
            "f7": row["channel"],
        },
        "createdAt": local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "skipNotifications": True,
        "statusId": STATUSES[row["status"]],
    }
    if row["assignee"]:
        body["assigneeId"] = ADMINS[row["assignee"]]
    if row["company"]:
        body["companyId"] = COMPANIES[row["company"]]
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def cleaner():
    import nh3

    return nh3.Cleaner(url_schemes={"http", "https", "mailto", "tel"}).clean


def validate(path: str) -> None:
    """csv, dict, nh3, json.dumps."""
    clean = cleaner()
    size_bytes = 0
    with Path(path).open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        columns = next(reader)
        for cells in reader:
            size_bytes += len(body_of(dict(zip(columns, cells, strict=True)), clean))
    print(size_bytes)


def read_workbook(path: str) -> None:
    """openpyxl's read-only loop, every row as a dict."""
    os.environ["OPENPYXL_DEFUSEDXML"] = "False"
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    columns = next(rows)
    print(sum(1 for cells in rows if dict(zip(columns, cells, strict=False))))


def read_as_we_do(path: str, fast: str) -> None:
    """Not bare at all: our reader, and nothing else of ours."""
    from migrator.readers import ReadOptions, open_source

    print(sum(1 for _ in open_source([Path(path)], ReadOptions(fast=bool(fast))).records()))


class Journal:
    """Intents and outcomes, many in one commit: whatever waits when the one before is on the disk."""

    def __init__(self, path: str) -> None:
        self._waiting: queue.SimpleQueue[tuple[str, tuple, threading.Event | None] | None] = (
            queue.SimpleQueue()
        )
        self._path = path
        self._writer = threading.Thread(target=self._write)
        self._writer.start()

    def note(self, statement: str, values: tuple, *, wait: bool) -> None:
        done = threading.Event() if wait else None
        self._waiting.put((statement, values, done))
        if done:
            done.wait()

    def close(self) -> None:
        self._waiting.put(None)
        self._writer.join()

    def _write(self) -> None:
        db = sqlite3.connect(self._path, isolation_level=None)
        db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE intents (row INTEGER, body BLOB); CREATE TABLE outcomes (row INTEGER, number INTEGER)"
        )
        going = True
        while going:
            batch = [self._waiting.get()]
            while not self._waiting.empty():
                batch.append(self._waiting.get())
            going = None not in batch
            db.execute("BEGIN")
            for statement, values, _ in filter(None, batch):
                db.execute(statement, values)
            db.execute("COMMIT")
            for _, _, done in filter(None, batch):
                if done:
                    done.set()
        db.close()


def send(path: str, journal_path: str, url: str, key: str, workers: str) -> None:
    """A bare importer: csv, one httpx.Client a thread, an intent on disk before every request."""
    import httpx

    clean = cleaner()
    journal = Journal(journal_path)
    rows: queue.Queue[tuple[int, dict[str, str]] | None] = queue.Queue(maxsize=64)
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Featurebase-Version": "2026-01-01.nova",
    }

    def work() -> None:
        with httpx.Client(base_url=url, headers=headers) as client:
            while (taken := rows.get()) is not None:
                number, row = taken
                body = body_of(row, clean)
                journal.note("INSERT INTO intents VALUES (?, ?)", (number, body), wait=True)
                answer = client.post("/v2/tickets", content=body)
                made = answer.json()["ticketNumber"]
                journal.note("INSERT INTO outcomes VALUES (?, ?)", (number, made), wait=False)

    threads = [threading.Thread(target=work) for _ in range(int(workers))]
    for thread in threads:
        thread.start()
    with Path(path).open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        columns = next(reader)
        for number, cells in enumerate(reader):
            rows.put((number, dict(zip(columns, cells, strict=True))))
    for _ in threads:
        rows.put(None)
    for thread in threads:
        thread.join()
    journal.close()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
