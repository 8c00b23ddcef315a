"""Contacts and companies of the workspace: reading them, making them, deleting them.

Who is needed is found out in `parties.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from migrator.featurebase import walk
from migrator.featurebase.answers import Upserted, not_the_api, read_contact
from migrator.featurebase.asking import Asking, refusal
from migrator.featurebase.lists import READERS
from migrator.model import ContactSeen, Refused

CREATED = 201
"""How the answer to an upsert says that there was none (featurebase.md sections 9 and 10)."""


class Contacts(Asking):
    """The part of a client that deals with contacts and companies."""

    def make_contact(self, body: bytes) -> Upserted | Refused:
        """Make a contact. A second time changes nothing, so it is asked until told.

        A contact who exists gets what the body says, so this is for those of whom it is known that they are
        not there, or who are to be overwritten.

        Raises:
            Interrupted: stopped before an answer came.
        """
        return self._upsert("/v2/contacts", body)

    def make_company(self, body: bytes) -> Upserted | Refused:
        """Make a company, by the source's own id; the same holds as for contacts.

        Raises:
            Interrupted: stopped before an answer came.
        """
        return self._upsert("/v2/companies", body)

    def _upsert(self, path: str, body: bytes) -> Upserted | Refused:
        unanswered: list[str] = []
        answer = self._freely("POST", path, body, before_again=lambda: unanswered.append(path))
        if not answer.ok:
            return refusal(answer)
        said = answer.json()
        known = str(said.get("id") or "") if isinstance(said, dict) else ""
        if answer.status == CREATED:
            return Upserted(known, made=True)
        return Upserted(known, made=None if unanswered else False)

    def contacts(self) -> Iterator[list[ContactSeen]]:
        """Every contact of the workspace, customers and leads, a page at a time."""
        for page in self._pages("/v2/contacts", {"limit": str(walk.PAGE), "contactType": "all"}):
            yield [seen for each in page if (seen := read_contact(each))]

    def contact_by_external_id(self, external_id: str) -> ContactSeen | None:
        """One contact by the id that the workspace's own systems give them; None where there is none."""
        return self._contact(f"/v2/contacts/by-user-id/{quote(external_id, safe='')}")

    def contact(self, contact_id: str) -> ContactSeen | None:
        """One contact by their id; None only where the API says that there is none."""
        return self._contact(f"/v2/contacts/{quote(contact_id, safe='')}")

    def _contact(self, path: str) -> ContactSeen | None:
        answer = self._get(path)
        if answer.status in (404, 410):
            return None
        seen = read_contact(answer.json()) if answer.ok else None
        if seen is None:
            raise self._line.halt(
                not_the_api(self._connection.base_url) if answer.ok else self._refused(path, answer)
            )
        return seen

    def delete_contact(self, contact_id: str) -> Refused | None:
        """Delete a contact, with all that they ever said; None once they are gone.

        Raises:
            Interrupted: stopped before an answer came.
        """
        answer = self._freely("DELETE", f"/v2/contacts/{quote(contact_id, safe='')}")
        return None if answer.ok or answer.status in (404, 410) else refusal(answer)

    def count_companies(self) -> tuple[int, bool]:
        """How many companies the first page of their list holds, and whether there are more."""
        pages = self._pages(READERS["companies"][0], {"limit": str(walk.PAGE)})
        return len(next(pages)), next(pages, None) is not None
