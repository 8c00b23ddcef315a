"""Conversations and their parts, which are also the threads of tickets (featurebase.md, section 8)."""

from __future__ import annotations

import json
import sqlite3
from html import escape

from migrator.sandbox.answers import Answer, Json, listed, missing, refused
from migrator.sandbox.contract import Call
from migrator.sandbox.formats import instant, moment_or_now, now, written
from migrator.sandbox.people import People
from migrator.sandbox.store import page

NOT_HERE = ("customAttributes", "markAsRead")
"""What the API can update and the sandbox does not pretend to."""


class Conversations:
    """What the API's conversation operations do."""

    def __init__(self, people: People) -> None:
        self._store = people.store
        self._workspace = people.workspace
        self._people = people

    # --- for tickets ---------------------------------------------------------------------------

    def start(self, person: Json, title: str, created_at: str) -> str:
        """A new conversation with one participant; gives its short id."""
        short_id = str(self._store.next_number("conversations"))
        self._store.insert(
            "conversations",
            id=short_id,
            title=title,
            state="open",
            participants=json.dumps([{"type": person["type"], "id": person["id"]}]),
            created_at=created_at,
            updated_at=now(),
        )
        return short_id

    def add_part(
        self,
        conversation_id: str,
        kind: str,
        author: Json,
        html: str,
        *,
        created_at: str = "",
        **more: object,
    ) -> Json:
        """Appends a message or note, backdated where a time is given, and gives it as the API shows it.

        Args:
            more: `body_markdown`, and `attachments` as a list of URLs.
        """
        last = self._store.one(
            "select coalesce(max(part_id), 0) as n from parts where conversation_id = ?", conversation_id
        )
        number = self._store.insert(
            "parts",
            conversation_id=conversation_id,
            part_id=last["n"] + 1,
            kind=kind,
            author=json.dumps(author),
            body_html=html,
            body_markdown=more.get("body_markdown"),
            attachments=json.dumps(more.get("attachments", [])),
            created_at=created_at or now(),
            updated_at=now(),
        )
        self._store.run("update conversations set updated_at = ? where id = ?", now(), conversation_id)
        return as_part(self._store.one("select * from parts where number = ?", number))

    def part_rows(self, conversation_id: str) -> list[sqlite3.Row]:
        """The thread in its order of time, whatever the order in which it was written."""
        return self._store.rows(
            "select * from parts where conversation_id = ? order by created_at, number", conversation_id
        )

    def set_state(self, conversation_id: str, state: str, snoozed_until: object) -> None:
        self._store.run(
            "update conversations set state = ?, snoozed_until = ?, updated_at = ? where id = ?",
            state,
            snoozed_until,
            now(),
            conversation_id,
        )

    def erase(self, conversation_id: str) -> None:
        """Removes a conversation and unlinks the tickets that used it."""
        self._store.run(
            "update tickets set conversation_id = null where conversation_id = ?", conversation_id
        )
        self._store.run("delete from parts where conversation_id = ?", conversation_id)
        self._store.run("delete from taggings where conversation_id = ?", conversation_id)
        self._store.run("delete from conversations where id = ?", conversation_id)

    # --- operations ----------------------------------------------------------------------------

    def list(self, call: Call) -> Answer:
        rows, cursor = page(self._store, "conversations", [], call.query, "number desc")
        return listed([self._shown(row) for row in rows], cursor)

    def get(self, call: Call) -> Answer:
        row = self._row(call)
        parts = [as_part(part) for part in self.part_rows(row["id"])]
        return Answer(200, {**self._shown(row), "conversationParts": parts})

    def create(self, call: Call) -> Answer:
        body, sender = call.body, call.body["from"]
        assert isinstance(sender, dict)
        by_admin = sender["type"] == "admin"
        person = self._sender(sender["type"], {"id": sender["id"]})
        recipients = body.get("recipients")
        if by_admin and not isinstance(recipients, dict):
            raise refused("an admin needs recipients", "recipients", code="missing_parameter")
        if by_admin and body.get("channel") == "email" and not body.get("subject"):
            raise refused("an e-mail needs a subject", "subject", code="missing_parameter")
        created_at = moment_or_now(body.get("createdAt"))
        text = str(body["bodyMarkdown"])
        short_id = self.start(person, str(body.get("subject") or text[:60]), created_at)
        kind = "admin_msg" if by_admin else "user_msg"
        self.add_part(short_id, kind, person, _as_html(text), created_at=created_at, body_markdown=text)
        return Answer(201, self._shown(self._by_short_id(short_id)))

    def reply(self, call: Call) -> Answer:
        row, body = self._row(call), call.body
        person = self._sender(str(body["type"]), body)
        kind = "admin_note" if body["messageType"] == "note" else "admin_msg"
        kind = kind if person["type"] == "admin" else "user_msg"
        text = str(body["bodyMarkdown"])
        return Answer(201, self.add_part(row["id"], kind, person, _as_html(text), body_markdown=text))

    def update(self, call: Call) -> Answer:
        row, body = self._row(call), call.body
        for name in NOT_HERE:
            if name in body:
                raise refused("the sandbox does not do this", name, code="parameter_not_supported")
        changes = self._assignments(body)
        if "title" in body:
            changes["title"] = body["title"]
        if changes:
            self._store.update("conversations", row["number"], **changes, updated_at=now())
        if "state" in body or "snoozedUntil" in body:
            self._change_state(row, body)
        return Answer(200, self._shown(self._by_short_id(row["id"])))

    def delete(self, call: Call) -> Answer:
        row = self._row(call)
        self.erase(row["id"])
        return Answer(200, {"id": row["id"], "object": "conversation", "deleted": True})

    def list_tags(self, call: Call) -> Answer:
        rows, cursor = page(self._store, "tags", [], call.query)
        return listed([as_tag(row) for row in rows], cursor)

    def upsert_tag(self, call: Call) -> Answer:
        name, tag_id = str(call.body["name"]), call.body.get("id")
        if tag_id is not None:
            row = self._tag(str(tag_id), "id")
            clash = self._store.find("select id from tags where name = ? and id != ?", name, tag_id)
            if clash is not None:
                raise refused("another tag has this name", "name")
            self._store.update("tags", row["number"], name=name)
        elif self._store.find("select id from tags where name = ?", name) is None:
            self._store.insert("tags", id=self._store.next_id("tag", "tags"), name=name)
        return Answer(200, as_tag(self._store.one("select * from tags where name = ?", name)))

    def attach_tag(self, call: Call) -> Answer:
        row = self._row(call)
        tag = self._tag(str(call.body["tagId"]), "tagId")
        self._people.admin(str(call.body["actingAdminId"]))
        self._store.run("insert or ignore into taggings values (?, ?)", row["id"], tag["id"])
        return Answer(200, as_tag(tag))

    # --- helpers -------------------------------------------------------------------------------

    def _sender(self, kind: str, given: Json) -> Json:
        if kind == "admin":
            return self._people.admin(str(given["id"]))
        return self._people.known_contact(given.get("id"), given.get("userId"), None)

    def _assignments(self, body: Json) -> dict[str, object]:
        changes: dict[str, object] = {}
        for name, column, known in (
            ("adminAssigneeId", "admin_id", self._workspace.admins),
            ("teamAssigneeId", "team_id", self._workspace.teams),
        ):
            if name in body:
                if body[name] is not None and body[name] not in known:
                    raise missing("there is no such admin or team", name)
                changes[column] = body[name]
        return changes

    def _change_state(self, row: sqlite3.Row, body: Json) -> None:
        state = str(body.get("state", row["state"]))
        until = instant(str(body["snoozedUntil"])) if body.get("snoozedUntil") else None
        if state == "snoozed" and (until is None or written(until) <= now()):
            raise refused("snoozed needs a snoozedUntil in the future", "snoozedUntil")
        snoozed_until = written(until) if until and state == "snoozed" else None
        self.set_state(row["id"], state, snoozed_until)
        self._store.run(
            "update tickets set open = ?, snoozed_until = ?, updated_at = ?"
            " where conversation_id = ? and category_type = 'customer'",
            state != "closed",
            snoozed_until,
            now(),
            row["id"],
        )

    def _row(self, call: Call) -> sqlite3.Row:
        return self._by_short_id(str(call.path["id"]))

    def _by_short_id(self, short_id: str) -> sqlite3.Row:
        row = self._store.find("select * from conversations where id = ?", short_id)
        if row is None:
            raise missing("there is no such conversation", "id", code="conversation_not_found")
        return row

    def _tag(self, tag_id: str, param: str) -> sqlite3.Row:
        row = self._store.find("select * from tags where id = ?", tag_id)
        if row is None:
            raise missing("there is no such tag", param)
        return row

    def _shown(self, row: sqlite3.Row) -> Json:
        tags = self._store.rows(
            "select tags.* from tags join taggings on tag_id = tags.id"
            " where conversation_id = ? order by number",
            row["id"],
        )
        return {
            "object": "conversation",
            "id": row["id"],
            "brandId": None,
            "title": row["title"],
            "state": row["state"],
            "isBlocked": False,
            "priority": False,
            "prioritySetAt": None,
            "adminAssigneeId": row["admin_id"],
            "teamAssigneeId": row["team_id"],
            "participants": json.loads(row["participants"]),
            "tags": [as_tag(tag) for tag in tags],
            "lastActivityAt": row["updated_at"],
            "waitingSince": None,
            "snoozedUntil": row["snoozed_until"],
            "createdAt": row["created_at"],
            "updatedAt": row["updated_at"],
        }


def as_tag(row: sqlite3.Row) -> Json:
    return {"type": "tag", "id": row["id"], "name": row["name"]}


def as_part(row: sqlite3.Row) -> Json:
    """A part as the API shows it; attachments are not among its documented properties."""
    return {
        "object": "conversation_part",
        "id": str(row["part_id"]),
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
        "partType": row["kind"],
        "author": json.loads(row["author"]),
        "bodyHtml": row["body_html"],
        "bodyMarkdown": row["body_markdown"],
        "channel": "desktop",
    }


def _as_html(markdown: str) -> str:
    paragraphs = markdown.split("\n\n")
    return "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in paragraphs)
