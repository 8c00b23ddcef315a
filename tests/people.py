"""People who work in Featurebase while a migration is going on: they write, rename, close and delete."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from tests.threads import BY_PEOPLE, id_of

PATIENCE_S = 120.0


class Desk:
    """Featurebase as a person uses it: what fails is tried again until it works, or the ticket is gone."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._key = key

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer; None where there is no such thing."""
        content = None if body is None else json.dumps({**body, "skipNotifications": True}).encode()
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        give_up_at = time.monotonic() + PATIENCE_S
        while True:
            request = urllib.request.Request(self._url + path, content, headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as refused:
                with refused:
                    if refused.code == 404:
                        return None
                    reason: Exception = AssertionError(refused.read().decode())
            except (OSError, http.client.HTTPException, ValueError) as broken:
                reason = broken
            if time.monotonic() > give_up_at:
                raise reason
            time.sleep(0.05)

    def listed(self) -> list[dict[str, Any]]:
        """Every ticket without its thread."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.ask("GET", f"/v2/tickets?limit=100&sortBy=ticketNumber&sortOrder=asc{cursor}")
            found += page["data"]
            if page["nextCursor"] is None:
                return found
            cursor = f"&cursor={page['nextCursor']}"

    def tickets(self) -> list[dict[str, Any]]:
        """Every ticket with its thread, fetched one by one."""
        fetched = (self.ask("GET", f"/v2/tickets/{each['ticketNumber']}") for each in self.listed())
        return [each for each in fetched if each is not None]


class People:
    """A thread that does something every now and then, and remembers what.

    They keep off what nobody could keep apart from the migration's own doing: of tickets that a newer export
    renames or closes as well, only the name is changed, and only while `renaming` is set.
    """

    def __init__(self, desk: Desk, seed: int, *, recognisable: bool) -> None:
        self.touched: set[str] = set()
        """Source ids of tickets they have worked on or deleted, or were about to."""
        self.renamed: dict[str, str] = {}
        """Source ids and the titles they gave, which nothing may overwrite."""
        self.deleted: set[str] = set()
        self.strangers: set[str] = set()
        """Titles of tickets of their own."""
        self.renaming = True
        self._desk = desk
        self._recognisable = recognisable
        self._random = random.Random(seed)
        self._over = threading.Event()
        self._only_strangers = threading.Event()
        self._busy = threading.Lock()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="people", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def rename_no_more(self) -> None:
        """From now on they leave alone the titles that a newer export changes; the last of theirs is there."""
        self.renaming = False
        with self._busy:
            pass

    def only_strangers(self) -> None:
        """From now on they leave the migration's tickets alone; what they were doing is done."""
        self._only_strangers.set()
        with self._busy:
            pass

    def stop(self) -> None:
        """Waits until they have gone home.

        Raises:
            BaseException: They could not work.
        """
        self._over.set()
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        try:
            while not self._over.wait(self._random.uniform(0.1, 0.8)):
                with self._busy:
                    self._do_something()
        except BaseException as error:  # noqa: BLE001 - told by `stop`
            self._error = error

    def _do_something(self) -> None:
        if self._only_strangers.is_set() or self._random.random() < 0.4:
            title = f"A stranger's question {len(self.strangers)}"
            self.strangers.add(title)
            category = self._desk.ask("GET", "/v2/tickets/categories")[0]["id"]
            body = {"title": title, "content": "<p>How?</p>", "ticketCategoryId": category}
            self._desk.ask("POST", "/v2/tickets", {**body, "author": {"email": "stranger@example.com"}})
        elif ours := self._one_of_ours():
            self._touch(ours)

    def _one_of_ours(self) -> dict[str, Any] | None:
        numbers = [each["ticketNumber"] for each in self._desk.listed() if not self._is_theirs(each)]
        if not numbers:
            return None
        seen = self._desk.ask("GET", f"/v2/tickets/{self._random.choice(numbers)}")
        return seen if seen and id_of(seen) else None

    def _is_theirs(self, ticket: dict[str, Any]) -> bool:
        return str(ticket["title"]) in self.strangers

    def _touch(self, ticket: dict[str, Any]) -> None:
        key, path = id_of(ticket), f"/v2/tickets/{ticket['ticketNumber']}"
        number = int(key.removeprefix("N-"))
        deed = self._random.choice(["answer", "rename", "close", "delete"])
        if deed == "answer":
            self.touched.add(key)
            admin = self._desk.ask("GET", "/v2/admins")["data"][0]["id"]
            body = {
                "type": "admin",
                "messageType": "note",
                "adminId": admin,
                "body": f"<p>{BY_PEOPLE} was here.</p>",
            }
            self._desk.ask("POST", f"{path}/reply", body)
        elif not self._recognisable:
            return  # without a source id, a ticket that changes before it was found again is lost from sight
        elif deed == "rename" and (self.renaming or number % 5):
            self.touched.add(key)
            title = f"{BY_PEOPLE} renamed {number}"
            if self._desk.ask("PATCH", path, {"title": title}):
                self.renamed[key] = title
        elif deed == "close" and number % 6 == 0:
            self.touched.add(key)
            self._desk.ask("PATCH", path, {"open": False})
        elif deed == "delete" and len(self.deleted) < 3:
            self.touched.add(key)
            self.deleted.add(key)
            self._desk.ask("DELETE", path)
