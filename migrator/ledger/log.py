"""The runs of a migration and its log: when what was sent, and what was worth a line."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace

from migrator.ledger import codec
from migrator.ledger.accounts import Event, Minute, Run, RunCounts
from migrator.ledger.door import Door
from migrator.model import Status, StepKind


class Log(Door):
    """The part of a ledger that remembers runs and events."""

    def begin_run(self, options: Mapping[str, str]) -> int:
        """Notes that a run starts; what happens from now on belongs to it. Returns its number, from 1."""
        line = (codec.dump(dict(options)), self._now())

        def start(db: sqlite3.Connection) -> int:
            run = db.execute("INSERT INTO runs (options, started_at_s) VALUES (?, ?)", line).lastrowid
            assert run is not None
            return run

        self._run = self._writing.run(start)
        return self._run

    def end_run(self, run: int, *, exit_code: int, **figures: int) -> None:
        """Notes how a run ended, and whatever was counted: `requests=1200`."""
        line = (self._now(), exit_code, codec.dump(figures), run)
        self._writing.run(
            lambda db: db.execute(
                "UPDATE runs SET ended_at_s = ?, exit_code = ?, figures = ? WHERE run = ?", line
            )
        )

    def runs(self) -> Iterator[Run]:
        """Every run so far, the first one first."""
        query = """
            SELECT run, options, started_at_s, ended_at_s, exit_code, figures
            FROM runs WHERE run > ? ORDER BY run LIMIT ?
        """
        for run, options, started_at_s, ended_at_s, exit_code, figures in self._reader.pages(query):
            yield Run(run, codec.load(options), started_at_s, ended_at_s, exit_code, codec.load(figures))

    def run_counts(self, run: int) -> RunCounts:
        """What happened because of `run`: the rows that stand where they stand, and the steps it got done."""
        tally = self._reader.all("SELECT status, adopted, rows FROM tally WHERE run = ?", (run,))
        steps = self._reader.all("SELECT kind, steps FROM step_tally WHERE run = ?", (run,))
        done: dict[str, int] = dict(steps)

        def stand(status: Status) -> int:
            return sum(rows for each, _, rows in tally if each == status)

        return RunCounts(
            created=stand(Status.CREATED),
            updated=stand(Status.UPDATED),
            failed=stand(Status.FAILED),
            in_doubt=stand(Status.IN_DOUBT),
            adopted=sum(rows for each, adopted, rows in tally if adopted and each == Status.CREATED),
            replies=done.get(StepKind.REPLY, 0),
            notes=done.get(StepKind.NOTE, 0),
            updates=done.get(StepKind.UPDATE, 0),
        )

    def note_answers(self, by_minute: Mapping[int, Mapping[int, int]]) -> None:
        """Hands over what was answered in minutes of this run, in place of what was noted of them before.

        Args:
            by_minute: For each minute, by its beginning in seconds since 1970: how often each HTTP status was
                answered; `UNANSWERED` counts the others.
        """
        lines = [
            (self._run, began_s, status, count)
            for began_s, answers in by_minute.items()
            for status, count in answers.items()
        ]
        self._writing.hand_over(
            lambda db: db.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", lines)
        )

    def answers(self) -> dict[int, dict[int, int]]:
        """How often each HTTP status was answered in every run of which that was noted."""
        answers: dict[int, dict[int, int]] = {}
        for run, status, count in self._reader.all(
            "SELECT run, status, sum(count) FROM answers GROUP BY run, status ORDER BY run, status"
        ):
            answers.setdefault(run, {})[status] = count
        return answers

    def minutes(self) -> list[Minute]:
        """What was sent, by the last attempt of every step, and answered; minutes with neither are left."""
        sent = {
            minute * 60: Minute(minute * 60, *counts)
            for minute, *counts in self._reader.all(
                "SELECT CAST(begun_at_s / 60 AS INTEGER) AS minute, count(*), sum(state = 'done'),"
                " sum(state = 'refused'), sum(state = 'in_doubt')"
                " FROM steps WHERE begun_at_s IS NOT NULL GROUP BY minute"
            )
        }
        answered: dict[int, dict[int, int]] = {}
        for began_s, status, count in self._reader.all(
            "SELECT began_s, status, sum(count) FROM answers GROUP BY began_s, status"
        ):
            answered.setdefault(began_s, {})[status] = count
        return [
            replace(sent.get(began_s, Minute(began_s)), answers=answered.get(began_s, {}))
            for began_s in sorted(sent.keys() | answered.keys())
        ]

    def event(self, kind: str, **detail: str | int | float | None) -> None:
        """Hands over a line for the log, which must never hold ticket text or keys."""
        line = (self._now(), self._run, codec.dump(kind), codec.dump(detail))
        self._writing.hand_over(
            lambda db: db.execute("INSERT INTO events (at_s, run, kind, detail) VALUES (?, ?, ?, ?)", line)
        )

    def events(self) -> Iterator[Event]:
        """The log, oldest line first."""
        query = "SELECT seq, at_s, run, kind, detail FROM events WHERE seq > ? ORDER BY seq LIMIT ?"
        for _, at_s, run, kind, detail in self._reader.pages(query):
            yield Event(at_s, run, codec.load_text(kind), codec.load(detail))
