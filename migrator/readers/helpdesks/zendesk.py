"""Zendesk's JSON: full exports (one ticket a line), API pages and incremental exports.

Joins tickets with users, organisations and groups from companion files or side-loads, and brings comments
into the canonical shape (design, section 6). The ticket's own keys stay beside it. Facts: formats, section 5.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from migrator.model import Problem, Record, SourceRef, Value
from migrator.readers.base import LEDGER_KEY, Pass, Source
from migrator.readers.faults import fault
from migrator.readers.helpdesks.zendesk_comments import canonical_comments, same_text
from migrator.readers.json_lines import first_text, source_file
from migrator.readers.json_shape import JsonFile
from migrator.readers.json_text import Item, record_of
from migrator.readers.spool import Spool
from migrator.readers.text import how_far

Tree = dict[str, Value]

TICKETS, USERS, ORGANIZATIONS, GROUPS = "tickets", "users", "organizations", "groups"
_COMPANIONS = (USERS, ORGANIZATIONS, GROUPS)
_SINGULAR = {"ticket": TICKETS, "user": USERS, "organization": ORGANIZATIONS, "group": GROUPS}

_TICKET_MARKS = frozenset(
    (
        *("raw_subject", "via", "satisfaction_rating", "requester_id", "submitter_id", "assignee_id"),
        *("brand_id", "ticket_form_id", "allow_channelback", "has_incidents", "followup_ids"),
        *("sharing_agreement_ids", "email_cc_ids", "problem_id", "organization_id", "group_id"),
    )
)
_MARKS_WANTED = 4
_ROLES = {"end-user": "customer", "agent": "agent", "admin": "agent"}


def recognise(files: Sequence[JsonFile]) -> str:
    """The evidence that these files are a Zendesk export; empty if they are not."""
    for file in files:
        for key, objects in file.samples.items():
            if key in ("", "ticket", TICKETS) and objects and _is_ticket(objects[0]):
                marks = ", ".join(sorted(_TICKET_MARKS & objects[0].keys())[:3])
                return f"{file.path.name} holds tickets with {marks}"
    return ""


def _is_ticket(sample: Tree) -> bool:
    return len(_TICKET_MARKS & sample.keys()) >= _MARKS_WANTED and "role" not in sample


def _role(key: str, sample: Tree) -> str:
    """What a list holds: its key says so, or its first object."""
    if key:
        return _SINGULAR.get(key, key)
    if _is_ticket(sample):
        return TICKETS
    if sample.get("role") in _ROLES:
        return USERS
    url = sample.get("url")
    if "domain_names" in sample or (isinstance(url, str) and "/organizations/" in url):
        return ORGANIZATIONS
    return GROUPS if isinstance(url, str) and "/groups/" in url else ""


class Zendesk(Source):
    """The files of one Zendesk export, joined by id on disk; tickets are read twice, to know the newest."""

    def __init__(self, files: Sequence[JsonFile], why: str) -> None:
        super().__init__("zendesk", [source_file(file) for file in files])
        self.helpdesk = "zendesk"
        self.why = why
        self.ledger_id = first_text(files, LEDGER_KEY)
        self._files = tuple(files)
        # The role of everything that is not in an envelope, whose keys name their roles.
        self._roles = tuple(_role("", (file.samples.get("") or [{}])[0]) for file in files)
        for file, role in zip(files, self._roles, strict=True):
            if file.encoding.notice:
                self.notice("encoding-assumed", file.encoding.notice, file.path.name)
            if not file.envelope and not role:
                self.notice("file-left-out", "neither tickets nor people: not read", file.path.name)

    def _read(self, current: Pass) -> Iterator[Record]:
        holding = [
            file
            for file, role in zip(self._files, self._roles, strict=True)
            if file.envelope or role == TICKETS
        ]
        current.work += sum(file.path.stat().st_size for file in holding)
        with _Join() as join:
            for place, role, item in self._items(current):
                if role == TICKETS:
                    join.saw_ticket(item, place)
                elif role in _COMPANIONS:
                    join.keep(role, item)
            repeated = 0
            for place, role, item in self._items(current, holding):
                if role != TICKETS:
                    continue
                if not join.is_newest(item, place):
                    repeated += 1
                    continue
                ref = SourceRef(place[0], place[1], "", item.line)
                yield join.ticket(record_of(ref, item))
        if repeated:
            message = f"tickets that the export repeats: {repeated}; the one updated last is read"
            current.tell("repeated-tickets", message, count=repeated)

    def _items(
        self, current: Pass, only: Sequence[JsonFile] | None = None
    ) -> Iterator[tuple[tuple[str, int], str, Item]]:
        """Every value with its place (file, number among those of its role) and its role."""
        for file, role in zip(self._files, self._roles, strict=True):
            if only is not None and file not in only:
                continue
            with file.scan(lambda key: _SINGULAR.get(key, key) in (TICKETS, *_COMPANIONS)) as (found, text):
                current.position = how_far(text)
                numbers: Counter[str] = Counter()
                try:
                    for item in found:
                        its_role = _role(item.key, {}) if item.key else role
                        numbers[its_role] += 1
                        yield (file.path.name, numbers[its_role]), its_role, item
                finally:
                    current.position = None
            current.finish_part(file.path.stat().st_size)


class _Join(Spool):
    """What has to be known before a ticket can be told: its newest copy, and the people around it."""

    def __init__(self) -> None:
        super().__init__(
            "CREATE TABLE newest (id TEXT PRIMARY KEY, updated, file, number INTEGER) WITHOUT ROWID",
            "CREATE TABLE known (kind TEXT, id TEXT, tree TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID",
        )

    def saw_ticket(self, item: Item, place: tuple[str, int]) -> None:
        key, updated = _text(item.tree, "id"), _text(item.tree, "updated_at")
        if key:
            self.execute(
                "INSERT INTO newest VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "updated = excluded.updated, file = excluded.file, number = excluded.number "
                "WHERE excluded.updated >= updated",
                *(key, updated, *place),
            )

    def is_newest(self, item: Item, place: tuple[str, int]) -> bool:
        row = self.execute("SELECT file, number FROM newest WHERE id = ?", _text(item.tree, "id")).fetchone()
        return row is None or row == place

    def keep(self, kind: str, item: Item) -> None:
        """Remember the plain facts of a user, an organisation or a group."""
        key = _text(item.tree, "id")
        if key and isinstance(item.tree, dict):
            facts = {name: value for name, value in item.tree.items() if isinstance(value, str)}
            self.execute("INSERT OR REPLACE INTO known VALUES (?, ?, ?)", kind, key, json.dumps(facts))

    def _known(self, kind: str, key: str) -> Tree:
        row = self.execute("SELECT tree FROM known WHERE kind = ? AND id = ?", kind, key).fetchone()
        return dict(json.loads(row[0])) if row else {}

    def ticket(self, record: Record) -> Record:
        """The record in the canonical shape."""
        values = dict(record.values)
        if not values:
            return record
        people = {
            name: person
            for name in ("submitter", "requester", "assignee")  # the later one tells what it is, for comments
            if (person := self._person(values.get(name), _text(values, f"{name}_id")))
        }
        if "requester" in people:
            people["requester"].setdefault("kind", "customer")
        if "assignee" in people:
            people["assignee"].setdefault("kind", "agent")
        values.update(people)
        for name, kind in (("organization", ORGANIZATIONS), ("group", GROUPS)):
            if thing := self._thing(values.get(name), kind, _text(values, f"{name}_id")):
                values[name] = thing
        problems = list(record.problems)
        if isinstance(comments := values.get("comments"), list):
            known = {_text(person, "id"): person for person in people.values()}
            canonical = canonical_comments(comments, lambda key, own: self._author(key, own, known))
            problems += _describe(values, canonical, record.ref)
            values["comments"] = list(canonical)
        return replace(record, values=values, original="", problems=tuple(problems))

    def _thing(self, own: Value | None, kind: str, key: str) -> Tree:
        if isinstance(own, dict):
            return own
        return self._known(kind, key) or ({"id": key} if key else {})

    def _person(self, own: Value | None, key: str) -> Tree:
        person = dict(own) if isinstance(own, dict) else self._thing(None, USERS, key)
        role = person.get("role")
        if isinstance(role, str) and role in _ROLES:
            person["kind"] = _ROLES[role]
        return person

    def _author(self, key: str, own: Value | None, known: dict[str, Tree]) -> Tree:
        author = self._person(own, key)
        beside = known.get(key, {}) if key else {}
        return {**beside, **author}


def _describe(values: Tree, comments: list[Tree], ref: SourceRef) -> list[Problem]:
    """Mark the comment that is the description, so that it is not written twice.

    A private one is not marked: it stays a note, and the description, which everybody would see, is dropped.
    """
    description = _text(values, "description")
    if not comments or not same_text(description, comments[0]):
        return []
    first = comments[0]
    if first.get("private") == "true":
        if not description:
            return []
        del values["description"]
        return [fault("private-description", ref, column="description")]
    first["kind"] = "description"
    values.setdefault("attachments", first.get("files", []))
    return []


def _text(tree: Value | None, key: str) -> str:
    found = tree.get(key) if isinstance(tree, dict) else None
    return found if isinstance(found, str) else ""
