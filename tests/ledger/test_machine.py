"""Any order of staging, sending, looking, closing and being killed keeps the promises."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from migrator.ledger import Ledger, Work
from migrator.model import Done, InDoubt, NotSent, Refused, Rejected, Skipped, SourceRef, Status, StepKind
from tests.ledger.support import copy_as_killed, done, seen, stage, ticket

KEYS = st.sampled_from("abc")
STEPS = 2
NUMBERS = st.integers(1, 5)
"""Few, so that rows often meet over the same ticket."""


class Migration(RuleBasedStateMachine):
    """The model: what was acknowledged. `done` and `owners` only shrink where a ticket is taken back."""

    @initialize()
    def create(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.lives = 0
        self.ledger = Ledger.create(self.folder / "0.ledger")
        self.ledger.set_floor(0)
        stage(self.ledger, *(ticket(key, place, steps=STEPS) for place, key in enumerate("abc", start=2)))
        self.sending: set[tuple[int, int]] = set()
        self.done: set[tuple[int, int]] = set()
        self.owners: dict[str, int] = {}
        self.deleted: dict[str, int] = {}

    def teardown(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.folder)

    # --- what happens -------------------------------------------------------------------------

    @rule(
        keys=st.lists(KEYS, unique=True),
        body=st.sampled_from(["", "+"]),
        what=st.integers(0, 5),
        again=st.booleans(),
        newer=st.booleans(),
    )
    def stage(self, keys: list[str], body: str, what: int, again: bool, newer: bool) -> None:
        with self.ledger.staging(retry_refused=again, newer=newer) as stager:
            for place, key in enumerate(keys, start=2):
                ref = SourceRef("t.csv", place)
                if what == place:
                    stager.rejected(Rejected(key, ref, ()), (key,))
                elif what == place + 1:
                    stager.skipped(Skipped(key, ref, "spam"))
                else:
                    stager.ticket(ticket(key, place, body=body, steps=STEPS), (key,))

    @precondition(lambda self: self.works)
    @rule(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        work = data.draw(st.sampled_from(self.works))
        ordinal = work.steps[0][0]
        self.ledger.begin(work.row, ordinal, server_time_s=0.0)
        self.sending.add((work.row, ordinal))

    @precondition(lambda self: self.works)
    @rule(data=st.data(), number=NUMBERS)
    def send(self, data: st.DataObject, number: int) -> None:
        self.begin(data)
        self.settle(data, number)

    @precondition(lambda self: self.sending)
    @rule(data=st.data(), number=NUMBERS)
    def settle(self, data: st.DataObject, number: int) -> None:
        row, ordinal = data.draw(st.sampled_from(sorted(self.sending)))
        outcomes = [done(number), done(number), InDoubt("lost"), Refused(422, "c", "m"), NotSent("429")]
        outcome = data.draw(st.sampled_from(outcomes))
        self.ledger.settle(row, ordinal, outcome, server_time_s=0.0)
        self.sending.remove((row, ordinal))
        if isinstance(outcome, Done):
            self._is_done(row, ordinal, number)

    @precondition(lambda self: self.ledger.doubts())
    @rule(data=st.data())
    def absent(self, data: st.DataObject) -> None:
        doubt = data.draw(st.sampled_from(self.ledger.doubts()))
        self.ledger.absent(doubt.row, doubt.ordinal)

    @precondition(lambda self: any(doubt.ordinal for doubt in self.ledger.doubts()))
    @rule(data=st.data(), refused=st.sampled_from([None, Refused(404, "gone", "no")]))
    def decide(self, data: st.DataObject, refused: Refused | None) -> None:
        doubts = [doubt for doubt in self.ledger.doubts() if doubt.ordinal]
        doubt = data.draw(st.sampled_from(doubts))
        self.ledger.decide(doubt.row, doubt.ordinal, refused)
        if refused is None:
            self.done.add((doubt.row, doubt.ordinal))

    @rule(row=st.integers(1, 4), number=NUMBERS)
    def adopt(self, row: int, number: int) -> None:
        if self.ledger.adopt(row, seen(number)):
            self._is_done(row, 0, number)

    @precondition(lambda self: self.at_rest)
    @rule(data=st.data(), gone=st.booleans(), begun=st.booleans())
    def take_back(self, data: st.DataObject, gone: bool, begun: bool) -> None:
        object_id = data.draw(st.sampled_from(self.at_rest))
        row = self.owners[object_id]
        if begun:
            self.ledger.begin_delete(row)
        self.ledger.settle_delete(row, gone=gone)
        if gone:
            self.deleted[object_id] = self.owners.pop(object_id)
            self.done -= {(row, ordinal) for ordinal in range(STEPS)}

    @rule()
    def retry(self) -> None:
        self.ledger.retry_failed(self.ledger.failed()[0])

    @rule()
    def close_and_open(self) -> None:
        path = self.ledger.path
        self.ledger.close()
        self._open(path)

    @rule()
    def kill_and_open(self) -> None:
        self.ledger.flush()
        self._be_killed()

    @precondition(lambda self: self.sending)
    @rule(data=st.data(), number=NUMBERS)
    def settle_and_be_killed(self, data: st.DataObject, number: int) -> None:
        """What was handed over last may be lost with the process; then its step is in doubt, and no other."""
        sending, done, owners = set(self.sending), set(self.done), dict(self.owners)
        self.settle(data, number)
        (settled,) = sending - self.sending
        self._be_killed()
        doubtful = {(doubt.row, doubt.ordinal) for doubt in self.ledger.doubts()}
        assert self.done - doubtful >= done
        if settled in doubtful:
            self.done, self.owners = done, owners

    def _be_killed(self) -> None:
        self.lives += 1
        killed = copy_as_killed(self.ledger, self.folder / f"{self.lives}.ledger")
        self.ledger.close()
        self._open(killed)

    # --- what must hold -----------------------------------------------------------------------

    @invariant()
    def counts_add_up_to_the_rows(self) -> None:
        results = list(self.ledger.results())
        counts = self.ledger.counts()
        assert counts.rows == len(results)
        for status in Status:
            standing = [result for result in results if result.status is status]
            assert getattr(counts, status.value) == len(standing)

    @invariant()
    def a_ticket_has_one_owner_and_keeps_it(self) -> None:
        for object_id, row in self.owners.items():
            assert self.ledger.owner_of(object_id) == row
        assert {each.object_id: each.row for each in self.ledger.owned()} == self.owners

    @invariant()
    def a_ticket_that_was_taken_back_is_known_and_nobody_claims_it(self) -> None:
        for object_id, row in self.deleted.items():
            assert self.ledger.owner_of(object_id) == row
        gone = {number for numbers in self.ledger.deleted_numbers() for number in numbers}
        assert gone == {int(object_id.removeprefix("id-")) for object_id in self.deleted}

    @invariant()
    def a_step_is_done_sending_or_waiting_and_never_two_of_these(self) -> None:
        waiting = {(work.row, ordinal) for work in self.ledger.waiting() for ordinal, _ in work.steps}
        doubtful = {(doubt.row, doubt.ordinal) for doubt in self.ledger.doubts()}
        assert not waiting & (self.done | self.sending | doubtful)
        assert not doubtful & (self.done | self.sending)

    @invariant()
    def a_row_is_created_when_all_its_steps_are_done(self) -> None:
        complete = (Status.CREATED, Status.UNCHANGED)
        created = {each.row for status in complete for each in self.ledger.results(status=status)}
        rows = {row for row, _ in self.done}
        assert created == {row for row in rows if all((row, n) in self.done for n in range(STEPS))}

    @invariant()
    def steps_are_counted_once(self) -> None:
        works = self.works
        steps = sum(len(work.steps) for work in works)
        underway = {row for row, _ in self.sending}
        behind = sum(STEPS - 1 - ordinal for _, ordinal in self.sending)
        assert self.ledger.to_send() == (len(works) + len(underway), steps + behind)
        done = Counter(StepKind.REPLY if ordinal else StepKind.CREATE for _, ordinal in self.done)
        assert {kind: count for kind, count in self.ledger.steps_done().items() if count} == done
        for row in {row for row, _ in self.done}:
            ordinals = sorted(ordinal for each, ordinal in self.done if each == row)
            assert [bool(step.kind is StepKind.REPLY) for step in self.ledger.done_steps(row)] == ordinals

    # --- inside -------------------------------------------------------------------------------

    @property
    def at_rest(self) -> list[str]:
        """Owned tickets of which nothing is on its way."""
        underway = {row for row, _ in self.sending}
        return sorted(each for each, row in self.owners.items() if row not in underway)

    @property
    def works(self) -> list[Work]:
        return list(self.ledger.waiting())

    def _is_done(self, row: int, ordinal: int, number: int) -> None:
        """Unless the answer named a ticket of somebody else, which is doubt."""
        object_id = f"id-{number}"
        owner = self.owners.get(object_id)
        if ordinal == 0 and (owner not in (None, row) or object_id in self.deleted):
            return
        if ordinal == 0:
            self.owners[object_id] = row
        self.done.add((row, ordinal))

    def _open(self, path: Path) -> None:
        self.ledger = Ledger.open(path)
        doubtful = {(doubt.row, doubt.ordinal) for doubt in self.ledger.doubts()}
        assert self.sending <= doubtful
        self.sending.clear()


Migration.TestCase.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_any_order_of_events_keeps_the_promises = Migration.TestCase
