"""Drafts for tests: a good one, and ways to change it."""

from __future__ import annotations

from typing import Any

from migrator.model import Draft, DraftAuthor, DraftField, FileRef, Named, Origin, SourceRef

ORIGIN = Origin("m.yaml, line 3", "column")


def named(value: str, **more: Any) -> Named:
    return Named(value, ORIGIN, **more)


def a_field(label: str, *values: str, files: tuple[FileRef, ...] = (), **more: Any) -> DraftField:
    return DraftField(label, values, ORIGIN, files=files, **more)


def draft(**changes: Any) -> Draft:
    values: dict[str, Any] = {
        "key": "T-1",
        "ref": SourceRef("tickets.csv", 2),
        "category": named("Support"),
        "title": named("Cannot login"),
        "content": "<p>403</p>",
        "author": DraftAuthor(email=named("ann@example.com")),
    }
    return Draft(**(values | changes))
