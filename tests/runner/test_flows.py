import pytest

from migrator.featurebase import Directory, Status
from migrator.mapping import Orders, load_mapping_text
from migrator.mapping.rules import Row
from migrator.model import Named, Origin, Record, SourceRef
from migrator.runner.flows import MOST_FLOWS, OTHERS, Flow, Flows, Match

MAPPING = load_mapping_text(
    "key: id\ncategory: Support\nticket:\n  title: {from: t}\n  author: {email: {from: e}}\n"
    "  status: {from: status, values: {open: Doing, closed: Resolved}}\n",
    "m.yaml",
    tables={},
)
WORKSPACE = Directory(statuses=(Status("s1", "Doing"), Status("s2", "Resolved")))


def named(value: str, fallback: str | None = None) -> Named:
    return Named(value, Origin("m.yaml, line 6, ticket.status"), "", fallback)


def flows(*tickets: tuple[str, Named | None], workspace: Directory = WORKSPACE) -> tuple[Flow, ...]:
    counting = Flows("status", "statuses", MAPPING.plan.ticket.status, workspace)
    for source, drafted in tickets:
        counting.take(Row(Record(SourceRef("t.csv", 2), {"status": source}), Orders()), drafted)
    return counting.finish()


@pytest.mark.parametrize(
    ("source", "drafted", "expected"),
    [
        pytest.param("open", named("Doing"), Flow("open", "Doing", Match.MATCHED, 1), id="matched"),
        pytest.param("odd", named("Odd", "Doing"), Flow("odd", "Doing", Match.FALLBACK, 1), id="fallback"),
        pytest.param("odd", named("Odd", ""), Flow("odd", "", Match.UNMATCHED, 1), id="left-out"),
        pytest.param("", None, Flow("", "", Match.NONE, 1), id="nothing"),
    ],
)
def test_a_ticket_flows_from_what_is_written_to_what_the_workspace_has(
    source: str, drafted: Named | None, expected: Flow
) -> None:
    assert flows((source, drafted)) == (expected,)


def test_without_a_workspace_names_stay_unchecked() -> None:
    (flow,) = flows(("open", named("Doing")), workspace=Directory.unchecked())
    assert flow == Flow("open", "Doing", Match.UNCHECKED, 1)


@pytest.mark.parametrize("match", [Match.UNMATCHED, Match.UNDECIDED])
def test_rows_that_are_held_back_are_counted_with_the_reason(match: Match) -> None:
    counting = Flows("status", "statuses", None, WORKSPACE)
    counting.refuse("Odd", match)
    assert counting.finish() == (Flow("Odd", "", match, 1),)


def test_the_most_frequent_comes_first() -> None:
    found = flows(*[("closed", named("Resolved"))] * 3, ("open", named("Doing")))
    assert [(flow.source, flow.count) for flow in found] == [("closed", 3), ("open", 1)]


def test_endlessly_many_are_counted_together() -> None:
    found = flows(*((str(number), named("Doing")) for number in range(MOST_FLOWS + 7)))
    assert sum(flow.count for flow in found) == MOST_FLOWS + 7
    assert found[0] == Flow(OTHERS, OTHERS, Match.MATCHED, 7)
