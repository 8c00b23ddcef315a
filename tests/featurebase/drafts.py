"""Drafts for tests: a good one, and ways to change it."""

from __future__ import annotations

from typing import Any

from migrator.model import Draft, DraftAuthor, DraftField, DraftReply, FileRef, Named, Origin, SourceRef

ORIGIN = Origin("m.yaml, line 3", "column")


def named(value: str, **more: Any) -> Named:
    return Named(value, ORIGIN, **more)


def a_field(label: str, *values: str, files: tuple[FileRef, ...] = (), **more: Any) -> DraftField:
    return DraftField(label, values, ORIGIN, files=files, **more)


def person(email: str = "", *, id: str = "", name: str = "", is_agent: bool | None = None) -> DraftAuthor:
    def maybe(text: str) -> Named | None:
        return named(text) if text else None

    return DraftAuthor(id=maybe(id), email=maybe(email), name=maybe(name), is_agent=is_agent)


ANN = person("ann@example.com", name="Ann", is_agent=False)
ADA = person("ada@work.example", name="Ada Brook", is_agent=True)
GONE = person("zoe@work.example", name="Zoe", is_agent=True)
"""An agent whom the workspace does not know."""


def message(author: DraftAuthor = ANN, body: str = "<p>x</p>", at: str = "", **changes: Any) -> DraftReply:
    """A public message of a customer, and ways to change it."""
    values = {"private": False, "created_at": named(at) if at else None}
    return DraftReply(body, author, **(values | changes))


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
