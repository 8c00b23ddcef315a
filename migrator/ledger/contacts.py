"""The contacts whom this migration made, so that they can be taken back, and those whom it may have made.

Making one twice changes nothing, so it is never in doubt whether they are there. But whether it was we who
made them is known from the answer alone, which may be lost: so it is written down before the request
leaves. Who is asked, and what an answer means, is the runner's business.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from migrator.ledger import codec
from migrator.ledger.door import Door
from migrator.ledger.entries import Contact


class Contacts(Door):
    """The part of a ledger that remembers which contacts are ours."""

    def begin_contact(self, name: str, row: int) -> bool:
        """Writes that a contact is about to be made, for a row. When this returns it is on the disk.

        Args:
            name: Their address, or the id that the source has for them.

        Returns:
            Whether that had begun before, and nobody knows what came of it.
        """
        line = (codec.dump(name), row)
        return self._writing.run(lambda db: _begin(db, line))

    def settle_contact(self, name: str, made: Contact | None) -> None:
        """Hands over what is known now of a contact that was to be made.

        Args:
            made: The contact whom we made; None where they are not ours.
        """
        begun = codec.dump(name)
        contact = (codec.dump(made.id), codec.dump(made.email), made.row) if made else None
        self._writing.hand_over(lambda db: _settle(db, begun, contact))

    def contacts_made(self) -> Iterator[Contact]:
        """Every contact that was made and not forgotten since, the first one first."""
        query = "SELECT seq, id, email, row FROM contacts WHERE seq > ? ORDER BY seq LIMIT ?"
        for _, contact_id, email, row in self._reader.pages(query):
            yield Contact(codec.load_text(contact_id), codec.load_text_or_none(email) or "", row)

    def contacts_unsure(self) -> Iterator[str]:
        """The names of those of whom nobody knows whether they are ours: the answer was lost."""
        query = "SELECT rowid, name FROM contacts_begun WHERE rowid > ? ORDER BY rowid LIMIT ?"
        return (codec.load_text(name) for _, name in self._reader.pages(query))

    def forget_contact(self, contact_id: str) -> None:
        """Hands over that a contact is gone, or is none of ours: who needs them has to make them again."""
        line = (codec.dump(contact_id),)

        def forget(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM contacts WHERE id = ?", line)
            db.execute(
                "UPDATE parties SET state = 'waiting', id = NULL WHERE id = ? AND kind = 'contact'", line
            )

        self._writing.hand_over(forget)


def _begin(db: sqlite3.Connection, line: tuple[str, int]) -> bool:
    return db.execute("INSERT OR IGNORE INTO contacts_begun VALUES (?, ?)", line).rowcount == 0


def _settle(db: sqlite3.Connection, name: str, contact: tuple[str, str, int] | None) -> None:
    db.execute("DELETE FROM contacts_begun WHERE name = ?", (name,))
    if contact is not None:
        db.execute("INSERT OR IGNORE INTO contacts (id, email, row) VALUES (?, ?, ?)", contact)
