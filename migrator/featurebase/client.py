"""The facade: what the rest of the program may ask of Featurebase.

Pace, retries and keys are dealt with in `line.py`, the meaning of answers in `answers.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

from migrator.errors import FeaturebaseError, Interrupted, OtherWorkspace
from migrator.featurebase import walk
from migrator.featurebase.answers import (
    Answer,
    Deletion,
    Upserted,
    judge,
    not_the_api,
    read_contact,
    read_ticket,
    stop_reason,
    words,
)
from migrator.featurebase.clock import Clock, SystemClock
from migrator.featurebase.connection import Connection
from migrator.featurebase.directory import LISTS, Directory
from migrator.featurebase.lists import PAGED, READERS, page_of
from migrator.featurebase.multipart import Form, OpenUpload
from migrator.featurebase.retry import retry_delay_s
from migrator.featurebase.stats import KeySeen, Stats
from migrator.model import ContactSeen, InDoubt, NotSent, Outcome, Refused, Step, TicketSeen

if TYPE_CHECKING:
    from migrator.featurebase.line import Line
    from migrator.featurebase.transport import Failure

BY_NUMBER = {"sortBy": "ticketNumber", "sortOrder": "desc"}
"""The only order that backdating does not disturb (featurebase.md section 5.7)."""
RESTARTS_MOST = 5
"""How often an expired cursor or an answer that breaks off is forgiven."""
CREATED = 201
"""How the answer to an upsert says that there was none (featurebase.md sections 9 and 10)."""
IDENTITY = frozenset({"categories", "statuses"})


class _KeyDropped(Exception):
    """The key that was asked for is refused, and others are left."""


class _GoneMeanwhile(Exception):
    """What was to be deleted is not there any more."""


class Client:
    """Talks to one workspace. Thread-safe; after `stop` it stays stopped.

    Errors that no further request can survive (`KeyRefused`, `WrongAddress`, `VersionRefused`, `Unreachable`)
    stop it for every thread at once.
    """

    def __init__(self, connection: Connection, *, clock: Clock | None = None) -> None:
        from migrator.featurebase.line import Line  # brings httpx along, which costs 0.1 s

        self._connection = connection
        self._clock = clock or SystemClock()
        self._line: Line = Line(connection, self._clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def connection(self) -> Connection:
        return self._connection

    @property
    def server_offset_s(self) -> float:
        """The server's clock minus ours, by its last `Date`, within a second; 0.0 before the first answer."""
        return self._line.server_offset_s

    def server_time_s(self) -> float:
        """The server's clock now, in seconds since 1970, within a second."""
        return self._clock.now() + self._line.server_offset_s

    @property
    def per_minute(self) -> float:
        """How many requests a minute leave at most, by what is known of the allowance so far."""
        return self._line.per_minute

    @property
    def stats(self) -> Stats:
        """What went over the line so far."""
        return self._line.stats

    @property
    def keys_seen(self) -> tuple[KeySeen, ...]:
        """What the answers said of each key, in the order of `connection.keys`."""
        return self._line.keys_seen

    def stop(self) -> None:
        """Drain: nothing new leaves, waiting sends end as `NotSent`, what is in flight comes back."""
        self._line.stop()

    def cancel(self) -> None:
        """Stop, and cut every connection; sends in flight end as `InDoubt`."""
        self._line.cancel()

    def close(self) -> None:
        """Give back every connection. No send may be in flight."""
        self._line.close()

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
        answer = self._freely("POST", path, body)
        if not answer.ok:
            return _refusal(answer)
        said = answer.json()
        known = str(said.get("id") or "") if isinstance(said, dict) else ""
        return Upserted(known, made=answer.status == CREATED)

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
        return None if answer.ok or answer.status in (404, 410) else _refusal(answer)

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
        return Deletion.DONE if answer.ok or answer.status in (404, 410) else _refusal(answer)

    def count_companies(self) -> tuple[int, bool]:
        """How many companies the first page of their list holds, and whether there are more."""
        pages = self._pages(READERS["companies"][0], {"limit": str(walk.PAGE)})
        return len(next(pages)), next(pages, None) is not None

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
        except _KeyDropped:
            return
        if Directory(**lists).workspace != first.workspace:  # type: ignore[arg-type]
            raise self._line.halt(
                OtherWorkspace(
                    f"API key {key + 1} of {len(self._connection.keys)} belongs to another workspace",
                    hint="give keys of one workspace only",
                    at=self._connection.base_url,
                )
            )

    def _pages(
        self, path: str, query: dict[str, str], key: int | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """The pages of a list; from the first one again when the service forgets our place."""
        cursor, used, restarts = "", set[str](), 0
        while True:
            asked = query | ({"cursor": cursor} if cursor else {})
            answer = self._get(f"{path}?{urlencode(asked, quote_via=quote)}" if asked else path, key)
            if answer.status == 400 and cursor and restarts < RESTARTS_MOST:
                cursor, used, restarts = "", set(), restarts + 1
                continue
            if not answer.ok:
                raise self._line.halt(self._refused(path, answer))
            page = page_of(answer.json())
            if page is None:
                raise self._line.halt(not_the_api(self._connection.base_url))
            yield page[0]
            cursor = page[1]
            if not cursor or cursor in used:
                return
            used.add(cursor)

    def _get(self, path: str, key: int | None = None) -> Answer:
        return self._freely("GET", path, key=key)

    def _freely(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        key: int | None = None,
        before_again: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Ask until a usable answer comes: only for what may be repeated freely.

        Args:
            before_again: Called before each repetition; raises where there is no need of one.
        """
        attempt, patience_s = 0, self._connection.patience_s
        deadline = self._clock.monotonic() + patience_s
        while True:
            result = self._line.ask(method, path, body, key=key)
            if result is None:
                raise self._line.fatal or Interrupted("stopped while asking Featurebase")
            if isinstance(result, Answer) and not result.troubled:
                cut_short = result.ok and result.json() is None
                if not cut_short or attempt >= RESTARTS_MOST:
                    break
            if self._clock.monotonic() > deadline:
                raise self._line.unreachable(patience_s, f"{method} {path}: {_became(result)}")
            attempt += 1
            self._line.wait(retry_delay_s(attempt, 0.5))
            before_again()
        if key is not None and result.status in (401, 403) and self._line.keys_left:
            raise _KeyDropped
        if error := stop_reason(result, self._connection.base_url):
            raise self._line.halt(error)
        return result

    def _refused(self, path: str, answer: Answer) -> FeaturebaseError:
        return FeaturebaseError(
            f"Featurebase refuses GET {path} ({answer.status}: {words(answer).message})",
            hint="check the address and the key's workspace",
            at=self._connection.base_url,
        )


def _refusal(answer: Answer) -> Refused:
    said = words(answer)
    return Refused(answer.status, said.code, said.message)


def _became(result: Answer | Failure) -> str:
    return f"HTTP {result.status}" if isinstance(result, Answer) else result.reason
