"""Contacts and companies: made before the tickets that need them, and named in requests that wait for them.

Making one twice changes nothing, so it cannot be in doubt whether they are there; whether they are ours
can, and then they are not. One who is refused never costs a ticket: it goes without, and the report says so.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from migrator.featurebase import Client, Upserted, of_company, speaker, spoken_by
from migrator.ledger import Contact, Ledger, PartyState, PartyWork
from migrator.mapping import PeoplePlan
from migrator.model import Party, PartyKind, Refused, Step, StepKind
from migrator.readers import SeenKeys
from migrator.runner.control import Telling
from migrator.runner.crew import Crew

FACT = "people"
"""The ledger's fact with what sending must know of a mapping's `people`."""
_IDS_KEPT = 50_000


def facts_of(people: PeoplePlan) -> dict[str, str]:
    """What `make_people` asks the ledger for."""
    return {FACT: "update" if people.update else ""}


def make_people(ledger: Ledger, client: Client, telling: Telling, rows: Iterable[int] | None) -> None:
    """Makes the contacts and companies that tickets need and that nobody has made yet.

    Args:
        rows: Those of these rows only; None for all of the ledger.

    Raises:
        MigratorError: What ended the run, drained. What was made is known, and the next run goes on.
    """
    wanted = None if rows is None else list(rows)
    if ledger.fact(FACT) != "update" and ledger.count_parties_waiting(wanted)[PartyKind.CONTACT]:
        _know_who_is_there(ledger, client, telling)
    count = sum(ledger.count_parties_waiting(wanted).values())
    if not count or telling.control.stopping:
        return
    making = _Making(ledger, client, telling)
    telling.progress.start("making contacts", count, "contact")
    workers = client.connection.workers
    # A company is there before the contacts who belong to it, or they would make it once more.
    for kind in (PartyKind.COMPANY, PartyKind.CONTACT):
        parties = (each for each in ledger.parties_waiting(wanted) if each.kind is kind)
        Crew(making.make, workers, telling.control).through(parties)
        ledger.flush()
    telling.progress.done()


def _know_who_is_there(ledger: Ledger, client: Client, telling: Telling) -> None:
    """Contacts of the workspace are left as they are, so they must be known before any is made."""
    telling.progress.start("looking who is there", None, "contact")
    for page in client.contacts():
        ledger.know_contacts(page)
        telling.progress.advance(len(page))
    ledger.flush()
    telling.progress.done()


@dataclass(frozen=True, slots=True)
class _Making:
    """Makes one party at a time, for several threads."""

    ledger: Ledger
    client: Client
    telling: Telling

    def make(self, party: PartyWork, _next: Callable[[], None]) -> None:
        if party.kind is PartyKind.COMPANY:
            became = self.client.make_company(party.body)
        else:
            became = make_contact(self.ledger, self.client, party.body, party.row)
        if isinstance(became, Upserted):
            state = PartyState.DONE if became.made else PartyState.KNOWN
            self.ledger.settle_party(party.seq, state, id_=became.id)
        else:
            said = f"{became.http_status} {became.code}: {became.message}".strip(" :")
            self.ledger.settle_party(party.seq, PartyState.REFUSED, message=said)
        self.telling.progress.advance()


def make_contact(ledger: Ledger, client: Client, body: bytes, row: int) -> Upserted | Refused:
    """Makes a contact, for a row, and remembers whether they are ours to take back.

    Raises:
        Interrupted: Everything is to stop.
    """
    said = json.loads(body)
    email = said.get("email") or ""
    name = email or said.get("userId") or ""
    lost_before = ledger.begin_contact(name, row)
    became = client.make_contact(body)
    if isinstance(became, Upserted) and became.made and became.id:
        ledger.settle_contact(name, Contact(became.id, email, row))
    elif not lost_before and (isinstance(became, Refused) or became.made is False):
        ledger.settle_contact(name, None)
    return became


class PartiesTally:
    """Counts different contacts and companies, in memory that does not grow with their number."""

    def __init__(self) -> None:
        self.counts: Counter[PartyKind] = Counter()
        self.noted: list[Party] = []
        """Those of whom nobody has found out yet whether they were met before."""
        self._seen: SeenKeys | None = None

    def note(self, parties: Sequence[Party]) -> None:
        """Takes in those of one ticket."""
        self.noted += parties

    def ask(self) -> None:
        """Counts those of whom was taken note and who were not met before.

        Raises:
            DiskFull: There is no room for temporary files.
        """
        for party in self.noted:
            self._seen = self._seen or SeenKeys()
            names = [f"{party.kind}:{name}" for name in (party.external_id, party.email) if name]
            met = [self._seen.first_row(name, 0) is not None for name in names]
            self.counts[party.kind] += not any(met)
        self.noted = []

    def close(self) -> None:
        if self._seen is not None:
            self._seen.close()


class Completing:
    """Puts ids into requests that were staged before these were known. Thread-safe."""

    def __init__(self, ledger: Ledger, client: Client) -> None:
        self._ledger = ledger
        self._client = client
        self._has_companies = any(kind is PartyKind.COMPANY for kind, _ in ledger.parties())
        self._ids: dict[str, str] = {}

    def completed(self, row: int, ordinal: int, step: Step) -> Step | Refused:
        """The step as it can be sent, the same in the ledger; or why it cannot.

        Raises:
            Interrupted: Everything is to stop.
        """
        if step.kind is StepKind.CREATE:
            company_id = self._ledger.company_of(row) if self._has_companies else ""
            return self._put(row, ordinal, step, of_company(step, company_id)) if company_id else step
        external_id = speaker(step)
        if not external_id:
            return step
        contact_id = self._id_of(external_id) or self._find_or_make(external_id, row, step)
        if isinstance(contact_id, Refused):
            return contact_id
        return self._put(row, ordinal, step, spoken_by(step, contact_id))

    def made_anew(self, row: int, ordinal: int, step: Step) -> Step | Refused:
        """The same for a message whose contact turned out not to be there: they are made."""
        made = self._make(row, step)
        if isinstance(made, Refused):
            return made
        return self._put(row, ordinal, step, spoken_by(step, made)) if speaker(step) else step

    def _id_of(self, external_id: str) -> str:
        """As the ledger knows it, asked once for somebody who speaks often; empty where it does not."""
        known = self._ids.get(external_id) or self._ledger.party_id(PartyKind.CONTACT, external_id)
        if known:
            if len(self._ids) >= _IDS_KEPT:
                self._ids.clear()
            self._ids[external_id] = known
        return known

    def _find_or_make(self, external_id: str, row: int, step: Step) -> str | Refused:
        seen = self._client.contact_by_external_id(external_id)
        if seen is None:
            return self._make(row, step)
        self._name(external_id, step, seen.id)
        return seen.id

    def _make(self, row: int, step: Step) -> str | Refused:
        made = make_contact(self._ledger, self._client, step.contact, row)
        if isinstance(made, Refused):
            return made
        external_id = speaker(step)
        if external_id and not made.id:
            return Refused(0, "contact-unnamed", "Featurebase does not tell the id of the contact it made")
        if external_id:
            self._name(external_id, step, made.id)
        return made.id

    def _name(self, external_id: str, step: Step, contact_id: str) -> None:
        self._ids.pop(external_id, None)
        self._ledger.name_party(Party(PartyKind.CONTACT, external_id, "", step.contact), contact_id)

    def _put(self, row: int, ordinal: int, step: Step, instead: Step) -> Step:
        if instead.body != step.body:
            self._ledger.complete(row, ordinal, instead.body)
        return replace(step, body=instead.body)
