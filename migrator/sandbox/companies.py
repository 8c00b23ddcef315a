"""Companies (featurebase.md, section 10). Who belongs to one is known in `people`."""

from __future__ import annotations

import json
import sqlite3

from migrator.sandbox.answers import Answer, Json, chosen, listed, missing
from migrator.sandbox.contract import Call
from migrator.sandbox.formats import moment_or_now, now
from migrator.sandbox.search import COMPANY_FIELDS, searched
from migrator.sandbox.seed import COMPANIES, EPOCH
from migrator.sandbox.store import Store, page

EXTRAS = ("monthlySpend", "industry", "website", "plan", "companySize", "customFields")
"""What is kept and shown as it was given."""


class Companies:
    """What the API's company operations do. A new store gets those of the seed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.transaction():
            if store.next_number("companies") == 1:
                for external_id, name in COMPANIES:
                    self.keep(external_id, {"name": name, "createdAt": EPOCH})

    def exists(self, company_id: str) -> bool:
        return self._store.find("select 1 from companies where id = ?", company_id) is not None

    def upsert(self, call: Call) -> Answer:
        made, company_id = self.keep(str(call.body["companyId"]), call.body)
        row = self._store.one("select * from companies where id = ?", company_id)
        return Answer(201 if made else 200, self._shown(row))

    def keep(self, external_id: str, given: Json) -> tuple[bool, str]:
        """Makes or changes a company; says whether it was made, and its id."""
        extra = chosen(given, EXTRAS)
        row = self._store.find("select * from companies where external_id = ?", external_id)
        if row is not None:
            kept = json.dumps({**json.loads(row["extra"]), **extra})
            changes: dict[str, object] = {"name": given["name"], "extra": kept, "updated_at": now()}
            if given.get("createdAt"):
                changes["created_at"] = moment_or_now(given["createdAt"])
            self._store.update("companies", row["number"], **changes)
            return False, str(row["id"])
        company_id = self._store.next_id("company", "companies")
        self._store.insert(
            "companies",
            id=company_id,
            external_id=external_id,
            name=given["name"],
            extra=json.dumps(extra),
            created_at=moment_or_now(given.get("createdAt")),
            updated_at=now(),
        )
        return True, company_id

    def list(self, call: Call) -> Answer:
        rows, cursor = page(self._store, "companies", [], call.query)
        return listed([self._shown(row) for row in rows], cursor)

    def search(self, call: Call) -> Answer:
        rows, cursor = searched(self._store, "companies", COMPANY_FIELDS, call.body)
        return listed([self._shown(row) for row in rows], cursor)

    def get(self, call: Call) -> Answer:
        return Answer(200, self._shown(self.row(call)))

    def delete(self, call: Call) -> Answer:
        row = self.row(call)
        self._store.run("delete from members where company_id = ?", row["id"])
        self._store.run("update tickets set company_id = null where company_id = ?", row["id"])
        self._store.run("delete from companies where number = ?", row["number"])
        return Answer(200, {"id": row["id"], "object": "company", "deleted": True})

    def row(self, call: Call) -> sqlite3.Row:
        """The company in the path.

        Raises:
            Refusal: 400 `invalid_id`, 404 `company_not_found`.
        """
        row = self._store.find("select * from companies where id = ?", call.object_id())
        if row is None:
            raise missing("there is no such company", "id", code="company_not_found")
        return row

    def _shown(self, row: sqlite3.Row) -> Json:
        members = self._store.one("select count(*) as n from members where company_id = ?", row["id"])["n"]
        return {
            "object": "company",
            "id": row["id"],
            "companyId": row["external_id"],
            "name": row["name"],
            "monthlySpend": 0,
            "industry": None,
            "website": None,
            "plan": None,
            "linkedUsers": members,
            "companySize": None,
            "lastActivity": None,
            "customFields": {},
            "createdAt": row["created_at"],
            "updatedAt": row["updated_at"],
            **json.loads(row["extra"]),
        }
