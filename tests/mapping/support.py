"""What the tests of this room share: small mappings, records, and the way from one to the other."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from migrator.errors import MappingComplaints
from migrator.mapping import Mapping, Orders, apply, load_mapping_text
from migrator.model import Draft, Record, Rejected, Skipped, SourceRef, Value

MAPPINGS = Path(__file__).parent / "mappings"

TOP = "key: id\ncategory: Support\ntimezone: UTC\n"
TICKET = "ticket:\n  title: {from: title}\n  author: {email: {from: email}}\n"
ROW: dict[str, Value] = {"id": "1", "title": "Hi", "email": "ann@example.com"}


def read_table(path: Path) -> list[tuple[int, tuple[str, ...]]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return [(number, tuple(cells)) for number, cells in enumerate(csv.reader(lines), start=1)]


def mapping(extra: str = "", *, top: str = TOP, ticket: str = TICKET, **options: Any) -> Mapping:
    """A small mapping; `extra` are further lines of its ticket, or parts of their own after that."""
    return load_mapping_text(top + ticket + extra, "m.yaml", tables=options.pop("tables", {}), **options)


def record(values: dict[str, Value] | None = None, **more: Value) -> Record:
    return Record(SourceRef("t.csv", 2), ROW | (values or {}) | more)


def drafted(
    made: Mapping, values: dict[str, Value] | None = None, orders: Orders | None = None, **more: Value
) -> Draft:
    result = apply(record(values, **more), made, orders or Orders())
    assert isinstance(result, Draft), result
    return result


def refused(
    made: Mapping, values: dict[str, Value] | None = None, orders: Orders | None = None, **more: Value
) -> Rejected:
    result = apply(record(values, **more), made, orders or Orders())
    assert isinstance(result, Rejected), result
    return result


def codes(result: Draft | Rejected | Skipped) -> list[str]:
    match result:
        case Draft(warnings=problems) | Rejected(problems=problems):
            return [problem.code for problem in problems]
        case _:
            return []


def complaints(text: str, **options: Any) -> list[str]:
    """What loading `text` complains of, place and sentence."""
    with pytest.raises(MappingComplaints) as told:
        load_mapping_text(text, "m.yaml", tables=options.pop("tables", {}), **options)
    assert all(each.hint for each in told.value.complaints), "every complaint says the way out"
    return [str(each) for each in told.value.complaints]


# --- HTML as a browser sees it ---


class _Finder(HTMLParser):
    """An independent look at what is left: a browser's view, not a search for words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.unsafe: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {
            "script",
            "style",
            "iframe",
            "frame",
            "object",
            "embed",
            "form",
            "svg",
            "math",
            "link",
            "meta",
            "base",
        }:
            self.unsafe.append(tag)
        for name, value in attrs:
            address = re.sub(r"[\s\x00-\x20]", "", value or "").casefold()
            if name.startswith("on") or name in ("style", "srcdoc", "srcset", "formaction"):
                self.unsafe.append(name)
            scheme = re.match(r"[a-z][a-z0-9+.\-]*:", address)
            if (
                scheme
                and name in ("href", "src")
                and not re.match(r"https?:|mailto:|tel:|data:image/(?!svg)", address)
            ):
                self.unsafe.append(address)


def is_safe(made: str) -> bool:
    """Whether nothing in the HTML executes."""
    finder = _Finder()
    finder.feed(made)
    finder.close()
    return finder.unsafe == []
