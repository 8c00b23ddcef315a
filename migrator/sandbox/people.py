"""Contacts and the companies they belong to (featurebase.md, sections 9 and 10), and who an author is."""

from __future__ import annotations

import json
import sqlite3

from migrator.sandbox.answers import Answer, Json, chosen, listed, missing, refused
from migrator.sandbox.companies import Companies
from migrator.sandbox.contract import Call
from migrator.sandbox.formats import moment_or_now
from migrator.sandbox.search import CONTACT_FIELDS, searched
from migrator.sandbox.seed import Workspace
from migrator.sandbox.store import Store, page

CONTACT_EXTRAS = ("customFields", "subscribedToChangelog", "locale", "phone", "roles")


class People:
    """What the API's people operations do."""

    def __init__(self, store: Store, workspace: Workspace) -> None:
        self.store = store
        self.workspace = workspace
        self.companies = Companies(store)

    # --- who is meant --------------------------------------------------------------------------

    def author(self, given: Json) -> Json:
        """The author of a ticket: an admin, or a contact who is found or made (featurebase.md, 5.2).

        Raises:
            Refusal: 400 without an identifier, 404 for an id that nobody has.
        """
        author_id, user_id, email = (given.get(name) for name in ("id", "userId", "email"))
        if author_id is not None:
            return (
                self.admin(str(author_id))
                if author_id in self.workspace.admins
                else self._by_id(str(author_id))
            )
        if not user_id and not email:
            raise refused("one of id, userId and email is required", "author", code="missing_parameter")
        admin = self.workspace.admin_by_email(str(email)) if email and not user_id else None
        if admin is not None:
            return self.admin(str(admin["id"]))
        row = self._match(user_id, email)
        if row is None:
            row = self._make_contact(given)
        return as_person(row)

    def admin(self, admin_id: str) -> Json:
        """An admin as an author.

        Raises:
            Refusal: 404.
        """
        found = self.workspace.admins.get(admin_id)
        if found is None:
            raise missing("there is no such admin", "adminId")
        return {
            "id": found["id"],
            "name": found["name"],
            "email": found.get("email"),
            "profilePicture": None,
            "type": "admin",
        }

    def known_contact(self, contact_id: object, user_id: object, email: object) -> Json:
        """A contact who must already exist, by the first identifier that is given.

        Raises:
            Refusal: 404.
        """
        if contact_id is not None:
            return self._by_id(str(contact_id))
        row = self._match(user_id, email)
        if row is None:
            raise missing("there is no such contact", "contact", code="contact_not_found")
        return as_person(row)

    def _by_id(self, contact_id: str) -> Json:
        row = self.store.find("select * from contacts where id = ?", contact_id.lower())
        if row is None:
            raise missing("there is no such contact", "id")
        return as_person(row)

    def _match(self, user_id: object, email: object) -> sqlite3.Row | None:
        """The external id wins; an address finds the contact whatever its case."""
        row = self.store.find("select * from contacts where user_id = ?", user_id) if user_id else None
        if row is None and email:
            row = self.store.find("select * from contacts where email_key = ?", str(email).casefold())
        return row

    def _make_contact(self, given: Json) -> sqlite3.Row:
        email = given.get("email")
        user_id = given.get("userId")
        created_at = given.get("createdAt")
        extra = {name: given[name] for name in CONTACT_EXTRAS if name in given}
        number = self.store.insert(
            "contacts",
            id=self.store.next_id("contact", "contacts"),
            user_id=user_id or None,
            email=email or None,
            email_key=str(email).casefold() if email else None,
            name=given.get("name") or str(email or user_id).partition("@")[0],
            profile_picture=given.get("profilePicture"),
            extra=json.dumps(extra),
            created_at=moment_or_now(created_at),
        )
        return self.store.one("select * from contacts where number = ?", number)

    # --- contacts ------------------------------------------------------------------------------

    def upsert_contact(self, call: Call) -> Answer:
        given = call.body
        if not given.get("userId") and not given.get("email"):
            raise refused("one of email and userId is required", "email", code="missing_parameter")
        row = self._match(given.get("userId"), given.get("email"))
        made = row is None
        row = self._make_contact(given) if row is None else self._changed(row, given)
        companies = given.get("companies", [])
        assert isinstance(companies, list)
        for company in companies:
            _, company_id = self.companies.keep(company["id"], company)
            self.store.run("insert or ignore into members values (?, ?)", company_id, row["id"])
        return Answer(201 if made else 200, self._contact(row))

    def _changed(self, row: sqlite3.Row, given: Json) -> sqlite3.Row:
        """The contact after an upsert: what is given replaces, what is absent stays.

        Raises:
            Refusal: 400: the address or the external id already belongs to somebody else.
        """
        changes: dict[str, object] = {
            "extra": json.dumps({**json.loads(row["extra"]), **chosen(given, CONTACT_EXTRAS)})
        }
        for name, column in (("profilePicture", "profile_picture"), ("userId", "user_id")):
            if name in given:
                changes[column] = given[name] or None
        if given.get("name"):
            changes["name"] = given["name"]
        if row["user_id"] and given.get("userId", row["user_id"]) != row["user_id"]:
            raise refused("another contact has this email", "email")
        if given.get("email"):
            changes |= {"email": given["email"], "email_key": str(given["email"]).casefold()}
            other = self.store.find("select id from contacts where email_key = ?", changes["email_key"])
            if other is not None and other["id"] != row["id"]:
                raise refused("another contact has this email", "email")
        if given.get("createdAt"):
            changes["created_at"] = moment_or_now(given["createdAt"])
        self.store.update("contacts", row["number"], **changes)
        return self.store.one("select * from contacts where number = ?", row["number"])

    def list_contacts(self, call: Call) -> Answer:
        nobody = [("0", ())] if call.query["contactType"] == "lead" else []
        rows, cursor = page(self.store, "contacts", nobody, call.query)
        return listed([self._contact(row) for row in rows], cursor)

    def search_contacts(self, call: Call) -> Answer:
        rows, cursor = searched(self.store, "contacts", CONTACT_FIELDS, call.body)
        return listed([self._contact(row) for row in rows], cursor)

    def get_contact(self, call: Call) -> Answer:
        return Answer(200, self._contact(self._row(call.object_id())))

    def get_contact_by_user_id(self, call: Call) -> Answer:
        row = self.store.find("select * from contacts where user_id = ?", call.path["userId"])
        if row is None:
            raise missing("there is no such contact", "userId", code="contact_not_found")
        return Answer(200, self._contact(row))

    def delete_contact(self, call: Call) -> Answer:
        row = self._row(call.object_id())
        self.store.run("delete from members where contact_id = ?", row["id"])
        self.store.run("delete from contacts where number = ?", row["number"])
        return Answer(200, {"id": row["id"], "object": "contact", "deleted": True})

    def list_members(self, call: Call) -> Answer:
        company = self.companies.row(call)
        where = [("id in (select contact_id from members where company_id = ?)", (company["id"],))]
        rows, cursor = page(self.store, "contacts", where, call.query)
        return listed([self._contact(row) for row in rows], cursor)

    def add_member(self, call: Call) -> Answer:
        company = self.companies.row(call)
        contact = self._row(str(call.body["contactId"]), "contactId")
        self.store.run("insert or ignore into members values (?, ?)", company["id"], contact["id"])
        return Answer(200, self._contact(contact))

    def _row(self, contact_id: str, param: str = "id") -> sqlite3.Row:
        row = self.store.find("select * from contacts where id = ?", contact_id)
        if row is None:
            raise missing("there is no such contact", param, code="contact_not_found")
        return row

    def _contact(self, row: sqlite3.Row) -> Json:
        companies = self.store.rows(
            "select companies.* from companies join members on company_id = companies.id"
            " where contact_id = ? order by companies.number",
            row["id"],
        )
        return {
            "object": "contact",
            "id": row["id"],
            "userId": row["user_id"],
            "email": row["email"],
            "name": row["name"],
            "profilePicture": row["profile_picture"],
            "type": "customer",
            "companies": [{"id": each["external_id"], "name": each["name"]} for each in companies],
            "customFields": {},
            "postsCreated": 0,
            "commentsCreated": 0,
            "lastActivity": None,
            "createdAt": row["created_at"],
            **json.loads(row["extra"]),
        }


def as_person(row: sqlite3.Row) -> Json:
    """A contact as an author."""
    return {
        "id": row["id"],
        "name": row["name"],
        "email": row["email"],
        "profilePicture": row["profile_picture"],
        "type": "customer",
    }
