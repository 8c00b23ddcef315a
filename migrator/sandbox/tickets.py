"""Tickets: made, listed, changed, answered, deleted (featurebase.md, section 5)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from migrator.sandbox.answers import Answer, Json, listed, missing, refused
from migrator.sandbox.attachments import LOOPBACK
from migrator.sandbox.contract import Call
from migrator.sandbox.conversations import Conversations, as_part
from migrator.sandbox.custom_fields import CustomFields
from migrator.sandbox.formats import moment_or_now, now
from migrator.sandbox.markup import sanitised
from migrator.sandbox.options import SandboxOptions
from migrator.sandbox.people import People
from migrator.sandbox.store import page

SORT_COLUMNS = {"date": "created_at", "recent": "updated_at", "ticketNumber": "number"}
ONE_PER_CONVERSATION = ("customer", "tracker")
INTEGRATIONS = ("linear", "jira", "clickup", "github", "devops", "hubspot")


class Tickets:
    """What the API's ticket operations do. Operations that change something run in a transaction.

    Args:
        base_url: Where this sandbox is reached, without a final slash.
    """

    def __init__(
        self,
        people: People,
        conversations: Conversations,
        fields: CustomFields,
        options: SandboxOptions,
        base_url: str,
    ) -> None:
        self._store = people.store
        self._workspace = people.workspace
        self._people = people
        self._conversations = conversations
        self._fields = fields
        self._options = options
        self._base_url = base_url

    # --- operations ----------------------------------------------------------------------------

    def create(self, call: Call) -> Answer:
        body = call.body
        category = self._category(str(body["ticketCategoryId"]))
        status_id = self._status_id(body.get("statusId", self._workspace.default_status["id"]))
        self._check_references(body)
        author = self._people.author(_object(body["author"]))
        created_at = moment_or_now(body.get("createdAt"))
        content = self._html(str(body.get("content", "")))
        kind = str(category["supportBoardType"])
        number = self._store.insert(
            "tickets",
            id=self._store.next_id("ticket", "tickets"),
            category_id=category["id"],
            category_type=kind,
            title=body["title"],
            content=content,
            author=json.dumps(author),
            status_id=status_id,
            custom_fields=json.dumps(
                self._fields.accept(_object(body.get("customFields", {})), call.uploads)
            ),
            company_id=body.get("companyId"),
            assignee_id=body.get("assigneeId"),
            open=True,
            conversation_id=self._conversation(body, kind, author, created_at),
            created_at=created_at,
            updated_at=now(),
        )
        row = self._row(number)
        if self._options.description_as_part and kind == "customer" and row["conversation_id"] and content:
            part = "admin_msg" if author["type"] == "admin" else "user_msg"
            self._conversations.add_part(row["conversation_id"], part, author, content, created_at=created_at)
        self._notify(row, body, "created")
        return Answer(201, self.shown(row))

    def list(self, call: Call) -> Answer:
        query = call.query
        where: list[tuple[str, Sequence[object]]] = []
        for name, column in (("ticketCategoryIds", "category_id"), ("statusIds", "status_id")):
            if name in query:
                wanted = query[name]
                assert isinstance(wanted, list)
                where.append((f"{column} in ({', '.join('?' * len(wanted))})", wanted))
        for name, column in (("assigneeId", "assignee_id"), ("categoryType", "category_type")):
            if name in query:
                where.append((f"{column} = ?", (query[name],)))
        if query.get("q"):
            words = query["q"]
            where.append(
                ("(instr(fold(title), fold(?)) > 0 or instr(fold(content), fold(?)) > 0)", (words, words))
            )
        order = f"{SORT_COLUMNS[str(query['sortBy'])]} {query['sortOrder']}"
        rows, cursor = page(self._store, "tickets", where, query, order)
        return listed([self.shown(row) for row in rows], cursor)

    def get(self, call: Call) -> Answer:
        return Answer(200, self.with_thread(self._row(call.number())))

    def update(self, call: Call) -> Answer:
        row, body = self._row(call.number()), call.body
        self._check_references(body)
        changes: dict[str, object] = {"updated_at": now()}
        for name, column in (("title", "title"), ("assigneeId", "assignee_id"), ("companyId", "company_id")):
            if name in body:
                changes[column] = body[name]
        if "content" in body:
            changes["content"] = self._html(str(body["content"]))
        if "statusId" in body:
            changes["status_id"] = self._status_id(body["statusId"])
        if "customFields" in body or call.uploads:
            given = self._fields.accept(_object(body.get("customFields", {})), call.uploads)
            kept = {} if self._options.replace_fields else json.loads(row["custom_fields"])
            changes["custom_fields"] = json.dumps({**kept, **given})
        if "open" in body or "snoozedUntil" in body:
            changes |= self._state(row, body)
        self._store.update("tickets", row["number"], **changes)
        if changes.get("status_id", row["status_id"]) != row["status_id"]:
            self._notify(row, body, "status")
        return Answer(200, self.shown(self._row(row["number"])))

    def reply(self, call: Call) -> Answer:
        row, body = self._row(call.number()), call.body
        if row["conversation_id"] is None:
            raise refused("the ticket has no linked conversation")
        is_note = body.get("messageType") == "note"
        if row["category_type"] != "customer" and not is_note:
            raise refused("back-office and tracker tickets carry notes only", "messageType")
        if body["type"] == "admin":
            person, kind = self._people.admin(str(body["adminId"])), "admin_note" if is_note else "admin_msg"
        else:
            contact_id, email = body.get("contactId"), body.get("contactEmail")
            person, kind = self._people.known_contact(contact_id, None, email), "user_msg"
        urls = body.get("attachmentUrls", [])
        assert isinstance(urls, list)
        for url in urls:
            self._check_attachment(str(url))
        created_at = moment_or_now(body.get("createdAt"))
        html = self._html(str(body["body"]))
        self._conversations.add_part(
            row["conversation_id"], kind, person, html, created_at=created_at, attachments=urls
        )
        self._store.update("tickets", row["number"], updated_at=now())
        if kind == "admin_msg":
            self._notify(row, body, "reply")
        return Answer(200, self.shown(self._row(row["number"])))

    def delete(self, call: Call) -> Answer:
        row = self._row(call.number())
        self._store.run("delete from tickets where number = ?", row["number"])
        if row["category_type"] == "customer" and row["conversation_id"] is not None:
            self._conversations.erase(row["conversation_id"])
        return Answer(200, {"id": row["id"], "object": "ticket", "deleted": True})

    # --- what the web page and tests read ------------------------------------------------------

    def thread(self, row: sqlite3.Row) -> Sequence[sqlite3.Row]:
        return self._conversations.part_rows(row["conversation_id"]) if row["conversation_id"] else []

    def with_thread(self, row: sqlite3.Row) -> Json:
        """A ticket as `GET` by number shows it."""
        return {**self.shown(row), "conversationParts": [as_part(part) for part in self.thread(row)]}

    def shown(self, row: sqlite3.Row) -> Json:
        """A ticket as the API shows it, without its thread."""
        linked = (
            [{"id": row["conversation_id"], "role": row["category_type"]}] if row["conversation_id"] else []
        )
        return {
            "object": "ticket",
            "id": row["id"],
            "ticketNumber": row["number"],
            "title": row["title"],
            "content": row["content"],
            "ticketCategoryId": row["category_id"],
            "categoryType": row["category_type"],
            "ticketUrl": f"{self._base_url}/tickets/{row['number']}",
            "author": json.loads(row["author"]),
            "status": self._workspace.statuses[row["status_id"]],
            "customFields": self._fields.shown(json.loads(row["custom_fields"])),
            "companyId": row["company_id"],
            "assigneeId": row["assignee_id"],
            "teamAssigneeId": self._team(row["conversation_id"]),
            "open": bool(row["open"]),
            "snoozedUntil": row["snoozed_until"],
            "linkedConversations": linked,
            "createdAt": row["created_at"],
            "updatedAt": row["updated_at"],
            "integrations": {name: [] for name in INTEGRATIONS},
        }

    # --- helpers -------------------------------------------------------------------------------

    def _row(self, number: int) -> sqlite3.Row:
        row = self._store.find("select * from tickets where number = ?", number)
        if row is None:
            raise missing("there is no such ticket", "id")
        return row

    def _category(self, category_id: str) -> Json:
        found = self._workspace.categories.get(category_id)
        if found is None:
            raise missing("there is no such ticket category", "ticketCategoryId")
        return found

    def _status_id(self, status_id: object) -> str:
        if status_id not in self._workspace.statuses:
            raise refused("there is no such ticket status", "statusId")
        return str(status_id)

    def _check_references(self, body: Json) -> None:
        """An unknown assignee is a documented 404; an unknown company is only a bad request."""
        assignee, company = body.get("assigneeId"), body.get("companyId")
        if assignee is not None and assignee not in self._workspace.admins:
            raise missing("there is no such admin", "assigneeId")
        if company is not None and not self._people.companies.exists(str(company)):
            raise refused("there is no such company", "companyId")

    def _conversation(self, body: Json, kind: str, author: Json, created_at: str) -> str | None:
        """The conversation that a new ticket is linked to: a given one, or its own."""
        given = body.get("linkedConversationId")
        if given is None:
            if not self._options.linked_conversations:
                return None
            return self._conversations.start(author, str(body["title"]), created_at)
        if self._store.find("select 1 from conversations where id = ?", given) is None:
            raise missing("there is no such conversation", "linkedConversationId")
        taken = self._store.find(
            "select 1 from tickets where conversation_id = ? and category_type = ?", given, kind
        )
        if taken and kind in ONE_PER_CONVERSATION:
            raise refused(f"the conversation already has a {kind} ticket", "linkedConversationId")
        return str(given)

    def _state(self, row: sqlite3.Row, body: Json) -> dict[str, object]:
        """Open and snoozed, which a customer ticket shares with its conversation."""
        is_open = bool(body.get("open", row["open"]))
        snoozed_until = row["snoozed_until"]
        if "snoozedUntil" in body:
            snoozed_until = moment_or_now(body["snoozedUntil"]) if body["snoozedUntil"] else None
        if not is_open:
            snoozed_until = None
        if row["category_type"] == "customer" and row["conversation_id"]:
            state = "snoozed" if snoozed_until else "open"
            self._conversations.set_state(
                row["conversation_id"], state if is_open else "closed", snoozed_until
            )
        return {"open": is_open, "snoozed_until": snoozed_until}

    def _check_attachment(self, url: str) -> None:
        loopback = self._options.allow_loopback_files and url.startswith(
            tuple(f"http://{each}" for each in LOOPBACK)
        )
        if not url.startswith("https://") and not loopback:
            raise refused("an attachment's URL must be https", "attachmentUrls")

    def _html(self, html: str) -> str:
        return sanitised(html) if self._options.sanitise else html

    def _team(self, conversation_id: str | None) -> str | None:
        if conversation_id is None:
            return None
        row = self._store.find("select team_id from conversations where id = ?", conversation_id)
        return row["team_id"] if row else None

    def _notify(self, row: sqlite3.Row, body: Json, reason: str) -> None:
        """Remembers that a customer would have been told (featurebase.md, section 12)."""
        if row["category_type"] == "customer" and not body.get("skipNotifications", False):
            self._store.insert("notifications", ticket=row["number"], reason=reason, sent_at=now())


def _object(value: object) -> Json:
    assert isinstance(value, dict)
    return value
