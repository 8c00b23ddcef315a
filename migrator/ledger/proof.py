"""What reading everything back found: the proof of a migration, or what is wrong with it.

How a ticket is compared is the runner's business.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from migrator.ledger import codec
from migrator.ledger.accounts import Difference, Verdict, Verification, Verified
from migrator.ledger.door import Door


class Proof(Door):
    """The part of a ledger that remembers verifications."""

    def begin_verification(self) -> int:
        """Notes that everything is about to be read back. Returns the number to note findings under."""
        now_s = self._now()

        def start(db: sqlite3.Connection) -> int:
            number = db.execute("INSERT INTO verifications (started_at_s) VALUES (?)", (now_s,)).lastrowid
            assert number is not None
            return number

        return self._writing.run(start)

    def note_verified(
        self,
        verification: int,
        row: int,
        verdict: Verdict,
        differences: Sequence[Difference] = (),
        *,
        compared: int = 0,
    ) -> None:
        """Hands over what was found for a row, in place of what an earlier verification found.

        Args:
            compared: How many values were.
        """
        line = (row, verification, verdict, compared, codec.dump_differences(differences))
        self._writing.hand_over(
            lambda db: db.execute(
                "INSERT INTO verified VALUES (?, ?, ?, ?, ?) ON CONFLICT (row) DO UPDATE SET"
                " (verification, verdict, compared, differences) ="
                " (excluded.verification, excluded.verdict, excluded.compared, excluded.differences)",
                line,
            )
        )

    def end_verification(self, verification: int, figures: Mapping[str, float]) -> None:
        """Notes that everything was read, and whatever was counted; on the disk when this returns."""
        line = (self._now(), codec.dump(dict(figures)), verification)
        self._writing.run(
            lambda db: db.execute("UPDATE verifications SET ended_at_s = ?, figures = ? WHERE id = ?", line)
        )

    def verification(self) -> Verification | None:
        """The newest, finished or not; None where there was none."""
        found = self._reader.one(
            "SELECT id, started_at_s, ended_at_s, figures FROM verifications ORDER BY id DESC LIMIT 1"
        )
        if found is None:
            return None
        number, started_at_s, ended_at_s, figures = found
        verdicts = self._reader.all(
            "SELECT verdict, count(*), sum(compared) FROM verified WHERE verification = ? GROUP BY verdict",
            (number,),
        )
        return Verification(
            number,
            started_at_s,
            ended_at_s,
            {verdict: rows for verdict, rows, _ in verdicts},
            sum(compared for _, _, compared in verdicts),
            codec.load(figures),
        )

    def is_proven(self) -> bool:
        """Whether the newest verification proves what is there now.

        It read every ticket that the ledger owns, found each as it was sent, and nothing was sent since.
        """
        newest = self.verification()
        if newest is None or not newest.is_proof:
            return False
        found = self._reader.one(
            "SELECT (SELECT count(*) FROM owned), EXISTS (SELECT 1 FROM step_tally JOIN runs USING (run)"
            " WHERE steps > 0 AND started_at_s > ?)",
            (newest.started_at_s,),
        )
        return found == (sum(newest.verdicts.values()), 0)

    def verified_rows(self, verification: int) -> Iterator[int]:
        """The rows that it has a verdict for already, ascending; for going on with one that was cut off."""
        query = "SELECT row FROM verified WHERE verification = ? AND row > ? ORDER BY row LIMIT ?"
        return (row for (row,) in self._reader.pages(query, (verification,)))

    def differences(self) -> Iterator[Verified]:
        """Every row of the newest verification that is not exactly as it was sent, in source order."""
        query = """
            SELECT verified.row, key, number, url, verdict, differences
            FROM verified JOIN rows ON seq = verified.row
            WHERE verification = (SELECT max(id) FROM verifications) AND differences <> '[]'
                AND verified.row > ? ORDER BY verified.row LIMIT ?
        """
        for row, key, number, url, verdict, differences in self._reader.pages(query):
            yield Verified(
                row,
                codec.load_text_or_none(key) or "",
                number,
                codec.load_text_or_none(url) or "",
                Verdict(verdict),
                codec.load_differences(differences),
            )
