"""The web page at `/`: what the sandbox holds, for a person to look at.

Everything shown came from strangers: it is escaped without exception, bodies are shown as text, and the
page may load nothing and run nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from collections.abc import Iterable
from html import escape
from typing import ClassVar
from urllib.parse import parse_qs, urlencode

from migrator.sandbox.custom_fields import CustomFields
from migrator.sandbox.markup import plain_text
from migrator.sandbox.seed import Workspace
from migrator.sandbox.store import Store
from migrator.sandbox.tickets import Tickets

PAGE_SIZE = 50
NAMES = {"user_msg": "Customer", "admin_msg": "Agent", "admin_note": "Private note"}
FOUND = """where instr(fold(title), fold(?1)) or instr(fold(content), fold(?1))
  or instr(fold(json_extract(author, '$.name')), fold(?1))
  or instr(fold(json_extract(author, '$.email')), fold(?1))
  or cast(number as text) = ?1"""
STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --note: #f5b70022; --accent: #2f6fde }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 0 auto; padding: 1rem 1.25rem 4rem }
.banner { background: var(--note); border: 1px solid var(--line); border-radius: .4rem; padding: .4rem .8rem }
h1 { font-size: 1.5rem; overflow-wrap: anywhere } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere }
th { font-weight: 600; white-space: nowrap } tr:hover td { background: var(--soft) }
.number, time { white-space: nowrap; font-variant-numeric: tabular-nums }
a { color: var(--accent) } form { margin: 1rem 0; display: flex; gap: .5rem }
input { font: inherit; padding: .3rem .5rem; flex: 1; max-width: 24rem } button { font: inherit }
article { border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .9rem; margin: .7rem 0 }
article.private { background: var(--note); border-style: dashed }
article header { display: flex; flex-wrap: wrap; gap: .2rem .8rem; opacity: .8; font-size: .9rem }
.text { white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0 0 }
nav { margin: 1rem 0; display: flex; gap: 1rem } .quiet { opacity: .7 }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


class Page:
    """Reads the store and writes HTML; changes nothing."""

    HEADERS: ClassVar[dict[str, str]] = {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none';"
            " frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }

    def __init__(self, store: Store, workspace: Workspace, tickets: Tickets, fields: CustomFields) -> None:
        self._store = store
        self._workspace = workspace
        self._tickets = tickets
        self._fields = fields

    def at(self, path: str, query: str) -> tuple[int, str]:
        """Status and HTML of one address."""
        if path == "/":
            given = {name: values[0] for name, values in parse_qs(query[:2000]).items()}
            return 200, self._list(given.get("q", "").strip(), given.get("page", "1"))
        number = path.removeprefix("/tickets/")
        if number != path and number.isascii() and number.isdigit() and len(number) < 16:
            row = self._store.find("select * from tickets where number = ?", int(number))
            if row is not None:
                return 200, self._ticket(row)
        return 404, _document("Not found", '<h1>Not found</h1><p><a href="/">All tickets</a></p>')

    def _list(self, wanted: str, page: str) -> str:
        where = FOUND if wanted else "where ?1 = ''"
        total = self._store.one(f"select count(*) as n from tickets {where}", wanted)["n"]  # noqa: S608
        pages = max(1, -(-total // PAGE_SIZE))
        at = min(max(1, int(page)), pages) if page.isascii() and page.isdigit() and len(page) < 10 else 1
        rows = self._store.rows(
            f"select * from tickets {where} order by number desc limit {PAGE_SIZE} offset ?2",  # noqa: S608
            wanted,
            (at - 1) * PAGE_SIZE,
        )
        told = self._store.one("select count(*) as n from notifications")["n"]
        found = f"{total} found" if wanted else f"{total} tickets"
        return _document(
            "Tickets",
            f"<h1>Tickets</h1><p>{found} · {told} notifications would have been sent</p>"
            f'<form action="/"><input type="search" name="q" value="{escape(wanted)}" aria-label="Search"'
            ' placeholder="Title, text, author or number"><button>Search</button></form>'
            "<table><thead><tr><th>No.</th><th>Title</th><th>Author</th><th>Status</th><th>Date</th></tr></thead>"
            f"<tbody>{''.join(map(self._line, rows))}</tbody></table>{_pager(wanted, at, pages)}",
        )

    def _line(self, row: sqlite3.Row) -> str:
        author = json.loads(row["author"])
        link = f'<a href="/tickets/{row["number"]}">{escape(row["title"])}</a>'
        return (
            f'<tr><td class="number">{row["number"]}</td><td>{link}</td>'
            f"<td>{escape(str(author['name']))}</td><td>{escape(self._status(row))}</td>"
            f"<td>{_time(row['created_at'])}</td></tr>"
        )

    def _status(self, row: sqlite3.Row) -> str:
        name = str(self._workspace.statuses[row["status_id"]]["name"])
        state = "" if row["open"] else " (closed)"
        return name + (" (snoozed)" if row["snoozed_until"] else state)

    def _ticket(self, row: sqlite3.Row) -> str:
        facts = [
            ("Author", escape(_person(json.loads(row["author"])))),
            ("Status", escape(self._status(row))),
            ("Category", escape(str(self._workspace.categories[row["category_id"]]["name"]))),
            ("Assignee", escape(str(self._workspace.admins.get(row["assignee_id"], {}).get("name", "–")))),
            ("Company", escape(self._company(row["company_id"]))),
            ("Created", _time(row["created_at"])),
            ("Updated", _time(row["updated_at"])),
            *self._field_facts(json.loads(row["custom_fields"])),
        ]
        table = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in facts)
        parts = "".join(map(_part, self._tickets.thread(row)))
        thread = parts or '<p class="quiet">No messages.</p>'
        return _document(
            row["title"],
            f'<nav><a href="/">All tickets</a></nav><h1>#{row["number"]} {escape(row["title"])}</h1>'
            f"<table>{table}</table><h2>Description</h2><article>{_text(row['content'])}</article>"
            f"<h2>Thread</h2>{thread}",
        )

    def _field_facts(self, kept: dict[str, object]) -> Iterable[tuple[str, str]]:
        for field_id, value in kept.items():
            if value is None:
                continue
            if self._fields.is_file(field_id) and isinstance(value, list):
                shown = "<br>".join(_link(self._fields.url_of(each), each["name"]) for each in value)
            else:
                shown = escape(self._fields.readable(field_id, value))
            yield escape(self._fields.label(field_id)), shown

    def _company(self, company_id: str | None) -> str:
        row = self._store.find("select name from companies where id = ?", company_id) if company_id else None
        return str(row["name"]) if row else "–"


def _document(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} – Sandbox</title><style>{STYLE}</style></head><body>"
        '<p class="banner"><strong>Sandbox: a rehearsal, not Featurebase.</strong>'
        f" What you see here is on this machine only.</p>{body}</body></html>"
    )


def _part(row: sqlite3.Row) -> str:
    private = row["kind"] == "admin_note"
    urls = json.loads(row["attachments"])
    files = "".join(f"<li>{_link(url, url)}</li>" for url in urls)
    return (
        f'<article class="{"private" if private else "public"}"><header>'
        f"<strong>{NAMES.get(row['kind'], escape(row['kind']))}</strong>"
        f"<span>{escape(_person(json.loads(row['author'])))}</span>{_time(row['created_at'])}</header>"
        f"{_text(row['body_html'])}{f'<ul>{files}</ul>' if files else ''}</article>"
    )


def _person(author: dict[str, object]) -> str:
    return f"{author['name']} <{author['email']}>" if author.get("email") else str(author["name"])


def _text(html: str) -> str:
    return f'<p class="text">{escape(plain_text(html))}</p>'


def _link(url: str, text: str) -> str:
    """A link, where the address is one that a browser may follow; else only its text."""
    if not url.startswith(("https://", "http://")):
        return escape(text)
    return f'<a href="{escape(url)}" rel="noreferrer">{escape(text)}</a>'


def _time(moment: str) -> str:
    return f'<time datetime="{escape(moment)}">{escape(moment[:16].replace("T", " "))} UTC</time>'


def _pager(wanted: str, at: int, pages: int) -> str:
    def link(page: int, text: str) -> str:
        query = urlencode({"q": wanted, "page": page} if wanted else {"page": page})
        return f'<a href="/?{escape(query)}">{text}</a>' if 1 <= page <= pages and page != at else ""

    return f"<nav>{link(at - 1, 'Newer')}<span>Page {at} of {pages}</span>{link(at + 1, 'Older')}</nav>"
