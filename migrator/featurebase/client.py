"""The facade: what the rest of the program may ask of Featurebase.

Contacts and companies are in `contacts.py`, repeated asking in `asking.py`; pace, retries and keys are dealt
with in `line.py`, the meaning of answers in `answers.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from migrator.errors import FeaturebaseError, OtherWorkspace
from migrator.featurebase import walk
from migrator.featurebase.answers import Answer, Deletion, judge, not_the_api, read_ticket
from migrator.featurebase.asking import KeyDropped, refusal
from migrator.featurebase.contacts import Contacts
from migrator.featurebase.directory import LISTS, Directory
from migrator.featurebase.lists import PAGED, READERS
from migrator.featurebase.multipart import Form, OpenUpload
from migrator.model import InDoubt, NotSent, Outcome, Refused, Step, TicketSeen

BY_NUMBER = {"sortBy": "ticketNumber", "sortOrder": "desc"}
"""The only order that backdating does not disturb (featurebase.md section 5.7)."""
IDENTITY = frozenset({"categories", "statuses"})


class _GoneMeanwhile(Exception):
    """What was to be deleted is not there any more."""


class Client(Contacts):
    """What may be asked of one workspace. Thread-safe; after `stop` it stays stopped."""

    def send(
        self, step: Step, number: int | None = None, *, open_upload: OpenUpload | None = None
    ) -> Outcome:
        """Send one step of a ticket and say what became of it.

        Waits for the pace; 429 and connections that were never made are waited out. Anything else is sent
        once: whatever may have been carried out without our knowing is `InDoubt`.

        Args:
            number: Of the ticket, for steps whose path holds `{number}`.
            open_upload: Opens the files of a step that has some. They must be as they were prepared: one
                that is not breaks the request off, which leaves it in doubt.

        Raises:
            KeyRefused, WrongAddress, VersionRefused: no request can succeed; this one was not carried out.
            Unreachable: nothing has succeeded for `patience_s`; this one was not carried out.
        """
        path = step.path.replace("{number}", str(number)) if number is not None else step.path
        if "{number}" in path or (step.uploads and open_upload is None):
            raise ValueError(f"this step cannot be sent like that: {step.method} {step.path}")
        body = Form(step, open_upload) if step.uploads and open_upload else step.body
        result = self._line.ask(step.method, path, body)
        if result is None:
            return NotSent("stopping")
        if not isinstance(result, Answer):
            return InDoubt(result.reason)
        try:
            return judge(step.kind, result, self._connection.base_url, number)
        except FeaturebaseError as error:
            self._line.halt(error)
            raise

    def fetch_directory(self, needs: frozenset[str]) -> Directory:
        """Read the workspace's lists.

        Args:
            needs: Of `LISTS`; categories and statuses are always read, because they tell the workspace.

        Raises:
            OtherWorkspace: the keys belong to different workspaces.
        """
        wanted = [name for name in LISTS if name in needs | IDENTITY]
        found = Directory(
            **{name: self._list(name) for name in wanted},  # type: ignore[arg-type]
            loaded=frozenset(wanted),
        )
        for key in range(len(self._connection.keys) if len(self._connection.keys) > 1 else 0):
            self._check_workspace(key, found)
        return found

    def _list(self, name: str, key: int | None = None) -> tuple[Any, ...]:
        path, read = READERS[name]
        entries: dict[str, Any] = {}
        for page in self._pages(path, {"limit": str(walk.PAGE)} if name in PAGED else {}, key):
            entries |= {entry.id: entry for entry in map(read, page) if entry.id}
        return tuple(entries.values())

    def _check_workspace(self, key: int, first: Directory) -> None:
        """Hold a key against the others; one that is refused has been dropped and does not matter."""
        try:
            lists = {name: self._list(name, key) for name in sorted(IDENTITY)}
        except KeyDropped:
            return
        if Directory(**lists).workspace != first.workspace:  # type: ignore[arg-type]
            raise self._line.halt(
                OtherWorkspace(
                    f"API key {key + 1} of {len(self._connection.keys)} belongs to another workspace",
                    hint="give keys of one workspace only",
                    at=self._connection.base_url,
                )
            )

    def ticket(self, number: int) -> TicketSeen | None:
        """One ticket by its number; None only where the API says that it does not exist."""
        answer = self._get(f"/v2/tickets/{number}")
        if answer.status in (404, 410):
            return None
        if not answer.ok:
            raise self._line.halt(self._refused(f"/v2/tickets/{number}", answer))
        seen = read_ticket(answer.json())
        if seen is None:
            raise self._line.halt(not_the_api(self._connection.base_url))
        return seen

    def delete_ticket(
        self, number: int, object_id: str, *, seen: TicketSeen | None = None
    ) -> Deletion | Refused:
        """Delete the ticket that is meant, and only that, with its conversation (featurebase.md section 5.6).

        Asked until told, and before each time the ticket is looked at: the number of one that is gone may
        have come to belong to another.

        Args:
            object_id: The ticket's own id.
            seen: The ticket, where the caller has just looked at it.

        Raises:
            Interrupted: stopped before an answer came.
        """

        def look_again() -> None:
            nonlocal seen
            seen = self.ticket(number)
            if seen is None or seen.object_id != object_id:
                raise _GoneMeanwhile

        seen = seen or self.ticket(number)
        if seen is None:
            return Deletion.GONE
        if seen.object_id != object_id:
            return Deletion.OTHER
        try:
            answer = self._freely("DELETE", f"/v2/tickets/{number}", before_again=look_again)
        except _GoneMeanwhile:
            return Deletion.DONE
        return Deletion.DONE if answer.ok or answer.status in (404, 410) else refusal(answer)

    def highest_number(self) -> int:
        """The highest ticket number in the workspace; 0 where there is no ticket."""
        return walk.highest(self._tickets, self.ticket)

    def tickets_above(
        self, floor: int, *, fill_gaps: bool = True, known_gone: Sequence[range] = (), known_top: int = 0
    ) -> Iterator[TicketSeen]:
        """Every ticket with a number above `floor`, once; highest first where the service sorts as asked.

        Args:
            fill_gaps: Fetch the numbers that the list leaves out singly, because only a 404 proves that a
                ticket is not there. One request for each ticket that was ever deleted above the floor.
            known_gone: Numbers that need not be asked for: ranges, ascending.
            known_top: A number that a ticket is known to have had, so that the list should reach it.

        Raises:
            FeaturebaseError: the list holds something that is no ticket.
        """
        return walk.above(
            self._tickets,
            self.ticket,
            floor,
            fill_gaps=fill_gaps,
            known_gone=known_gone,
            known_top=known_top,
        )

    def _tickets(self, limit: int) -> Iterator[list[TicketSeen]]:
        for page in self._pages("/v2/tickets", BY_NUMBER | {"limit": str(limit)}):
            seen = [ticket for each in page if (ticket := read_ticket(each))]
            if len(seen) < len(page):
                raise self._line.halt(
                    FeaturebaseError(
                        "Featurebase lists tickets without their numbers, so what exists cannot be told",
                        hint="try again later; nothing was sent",
                        at=self._connection.base_url,
                    )
                )
            yield seen
