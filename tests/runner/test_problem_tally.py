"""Problems are counted by kind, whole or in parts, with a few of them as examples."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrator.model import Problem, Severity
from migrator.runner.plan import Unmapped
from migrator.runner.problem_tally import EXAMPLES, NAMES, OTHERS, ProblemTally, faults_of

PROBLEMS = st.builds(
    Problem,
    code=st.sampled_from(["title-missing", "value-unmapped", "time-ambiguous", "status-unchecked"]),
    message=st.just("m"),
    severity=st.sampled_from(Severity),
    at=st.sampled_from(["m.yaml, line 1", "m.yaml, line 2"]),
    value=st.sampled_from(["a", "b"]),
)
ROWS = st.lists(st.lists(PROBLEMS, max_size=4).map(tuple), max_size=60)


def problem(code: str, value: str = "", severity: Severity = Severity.ERROR) -> Problem:
    return Problem(code, "m", severity=severity, at="m.yaml, line 1", column="Status", value=value)


def tally(rows) -> ProblemTally:
    made = ProblemTally()
    for row in rows:
        made.note(row)
    return made


def seen(tally: ProblemTally) -> object:
    return (
        tally.groups(),
        tally.unmapped(),
        tally.unchecked(),
        tally.clock_changes,
        tally.rows_with_warnings,
    )


@given(ROWS, st.integers(0, 60))
def test_counted_in_two_parts_it_is_what_is_counted_in_one(rows, cut):
    parts = tally(rows[:cut])
    parts.add_counted(tally(rows[cut:]).counted())
    assert seen(parts) == seen(tally(rows))


def test_errors_come_first_and_then_what_is_most_frequent():
    warning = problem("html-cleaned", severity=Severity.WARNING)
    made = tally([(warning, warning, warning), (problem("a"),), (problem("b"), problem("b"))])
    assert [(each.code, each.count, each.rows) for each in made.groups()] == [
        ("b", 2, 1),
        ("a", 1, 1),
        ("html-cleaned", 3, 1),
    ]


def test_examples_are_the_first_ones_and_few():
    (group,) = tally([(problem("a", str(number)),) for number in range(EXAMPLES + 5)]).groups()
    assert group.count == EXAMPLES + 5
    assert [each.value for each in group.examples] == [str(number) for number in range(EXAMPLES)]


def test_a_name_that_nobody_looked_up_is_no_fault():
    unchecked = problem("status-unchecked", "Open", Severity.WARNING)
    made = tally([(unchecked,), (unchecked,)])
    assert faults_of((unchecked,)) == []
    assert (made.groups(), made.unchecked(), made.rows_with_warnings) == ((), ("status Open",), 0)


def test_values_beyond_the_bound_are_counted_together():
    made = tally([(problem("value-unmapped", str(number)),) for number in range(NAMES + 3)])
    assert len(made.unmapped()) == NAMES + 1
    assert Unmapped("m.yaml, line 1", "", OTHERS, 3) in made.unmapped()
