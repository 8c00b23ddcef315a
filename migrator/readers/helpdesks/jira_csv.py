"""Jira's CSV of a search: one row an issue, each comment and file in a column of its own, all of one name.

The table does not say which comments are internal, and of most people no address. Facts: formats, section 11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from migrator.model import Record, Value
from migrator.readers.base import Pass
from migrator.readers.helpdesks.jira_headers import MEANINGS, column_behind, custom_fields, meanings
from migrator.readers.helpdesks.jira_shapes import (
    as_agent,
    as_reporter,
    author_of,
    category_of,
    comment,
    person_of,
    with_names,
)
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.reshaped import Reshaped
from migrator.readers.helpdesks.shapes import file, text_at
from migrator.readers.trees import Tree, TreeFile

USERS = "users"
_PEOPLE = ("assignee", "reporter", "creator", "watchers")
_TEXTS = (
    *("key", "issue_id", "summary", "type", "status", "priority", "resolution", "project_key"),
    *("created_at", "updated_at", "resolved_at", "due_at"),
)
_LISTS = ("labels", "components", "watchers")
_ACCOUNT = re.compile(r"[0-9a-f]{24}|(?:\d{1,10}|qm|ug):\S+")
_DATE = re.compile(r"[^;\n]{0,14}\d[^;\n]{4,40}")

AddressOf = Callable[[str], str]
"""The address of an account id; "" where nobody knows it."""


class JiraTable(Reshaped):
    """A search saved as CSV, or as a workbook made of it."""

    name = "jira-csv"
    product = "jira"
    adds = (*MEANINGS, "description_format", "custom_fields")

    @classmethod
    def recognise(cls, columns: Sequence[str]) -> str:
        known = meanings(columns)
        return f"its columns include {', '.join(_marks(known))}" if _is_export(known) else ""

    def reshape(self, record: Record, current: Pass) -> Record:  # noqa: ARG002
        made = _layout(tuple(record.values)).issue(record.values, lambda _: "")
        return replace(record, values={**record.values, **made})


class JiraTables(Joined):
    """Several searches, each with as many columns as its own issues need, or one with a list of people."""

    name = "jira-tables"
    product = "jira"
    tables = True

    @classmethod
    def recognise(cls, files: Sequence[TreeFile]) -> str:
        headers = [tuple(each.samples[""][0]) for each in files if each.samples.get("")]
        issues = [known for header in headers if _is_export(known := meanings(header))]
        people = [header for header in headers if _is_people(header)]
        if len(files) < 2 or not issues or len(issues) + len(people) < len(files):
            return ""
        return f"columns of several tables include {', '.join(_marks(issues[0]))}"

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        if _is_export(meanings(tuple(sample))):
            return TICKETS
        return USERS if _is_people(tuple(sample)) else ""

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:  # noqa: ARG002
        return text_at(_folded(tree), "user id"), ""

    def key_of(self, tree: Tree) -> str:
        return _layout(tuple(tree)).text(tree, "key")

    def version_of(self, tree: Tree) -> str:  # noqa: ARG002
        return ""  # times of a CSV do not sort as text; the later file counts

    def canonical(self, record: Record, known: Known) -> Record:
        def address_of(id: str) -> str:
            return text_at(_folded(known.one(USERS, id)), "email")

        record.values.update(_layout(tuple(record.values)).issue(record.values, address_of))
        return record


def _is_export(known: dict[str, str]) -> bool:
    return "key" in known and ("issue_id" in known or {"summary", "type", "status"} <= known.keys())


def _marks(known: dict[str, str]) -> list[str]:
    return [known[each] for each in ("key", "issue_id", "summary") if each in known]


def _is_people(columns: Sequence[str]) -> bool:
    """A list of users as Atlassian's administration exports it."""
    return {"user id", "email"} <= {column.casefold() for column in columns}


def _folded(tree: Tree) -> Tree:
    return {key.casefold(): value for key, value in tree.items()}


# --- one row ----------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def _layout(columns: tuple[str, ...]) -> Layout:
    known = meanings(columns)
    ids = {each: column_behind(columns, known[each]) for each in _PEOPLE if each in known}
    return Layout(known, ids, custom_fields(columns))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one table has what."""

    columns: dict[str, str]
    """The column of each meaning."""
    ids: dict[str, str]
    """The column in which the account ids of some people may stand."""
    custom: dict[str, str]
    """The name of a custom field by its column."""

    def text(self, values: Tree, meaning: str) -> str:
        return next(iter(self.texts(values, meaning)), "")

    def texts(self, values: Tree, meaning: str) -> list[str]:
        return _texts(values.get(self.columns.get(meaning, "")))

    def issue(self, values: Tree, address_of: AddressOf) -> Tree:
        """What a row says, in the canonical shape."""
        names = self._names(values)
        reporter = as_reporter(
            self._person(values, "reporter", address_of) or self._person(values, "creator", address_of)
        )
        comments = self.texts(values, "comments")
        return {
            **{each: self.text(values, each) for each in _TEXTS},
            **{each: [*self.texts(values, each)] for each in _LISTS},
            "status_category": category_of(self.text(values, "status_category")),
            "description": with_names(self.text(values, "description"), names),
            "description_format": "jira",
            "reporter": reporter,
            "assignee": as_agent(self._person(values, "assignee", address_of)),
            "creator": self._person(values, "creator", address_of),
            "files": [_file(cell) for cell in self.texts(values, "files")],
            "comments": [_comment(cell, reporter, names, address_of) for cell in comments],
            "custom_fields": self._custom_fields(values),
        }

    def _person(self, values: Tree, meaning: str, address_of: AddressOf) -> Tree:
        id = next(iter(_texts(values.get(self.ids.get(meaning, "")))), "").strip()
        id = id if _ACCOUNT.fullmatch(id) else ""
        return person_of(name=self.text(values, meaning), id=id, email=address_of(id))

    def _names(self, values: Tree) -> dict[str, str]:
        """The names of the accounts that the row tells."""
        names: dict[str, str] = {}
        for meaning, column in self.ids.items():
            ids = [id.strip() for id in _texts(values.get(column))]
            shown = self.texts(values, meaning)
            if len(ids) == len(shown):
                names |= {id: name for id, name in zip(ids, shown, strict=True) if _ACCOUNT.fullmatch(id)}
        return names

    def _custom_fields(self, values: Tree) -> list[Value]:
        found: list[Value] = []
        for column, name in self.custom.items():
            if texts := _texts(values.get(column)):
                value: Value = [*texts] if len(texts) > 1 else texts[0]
                found.append({"name": name, "value": value})
        return found


def _texts(found: Value | None) -> list[str]:
    """The cells of a column that are not blank, however often the column stands there."""
    cells = found if isinstance(found, list) else [found]
    return [cell for cell in cells if isinstance(cell, str) and cell.strip()]


def _comment(cell: str, reporter: Tree, names: dict[str, str], address_of: AddressOf) -> Tree:
    """`date;author;text`, of which the author may be blank; a cell that is written otherwise is all text."""
    created_at, _, rest = cell.partition(";")
    id, semicolon, body = rest.partition(";")
    if not semicolon or not _DATE.fullmatch(created_at) or "\n" in id:
        created_at, id, body = "", "", cell
    name = names.get(id, "" if _ACCOUNT.fullmatch(id) else id)
    return comment(
        id="",
        body=with_names(body, names),
        body_format="jira",
        author=author_of(person_of(name=name, id=id, email=address_of(id)), reporter),
        created_at=created_at.strip(),
        private="",
    )


def _file(cell: str) -> Tree:
    """`date;author;name;address`, in older exports without the address."""
    _, _, rest = cell.partition(";")
    _, _, named = rest.partition(";")
    name, semicolon, url = named.rpartition(";")
    if semicolon and "://" in url:
        return file(name=name, url=url.strip())
    return file(name=named or cell)
