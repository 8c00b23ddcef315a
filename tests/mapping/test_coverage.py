import pytest

from migrator.mapping import Becomes, Coverage, ValueMap
from migrator.mapping.coverage import MOST_VALUES
from migrator.model import Problem, Record, SourceRef, Value
from tests.mapping.support import TOP, mapping

STATUS = "  status: {from: status, values: {open: In progress, closed: Resolved}}\n"


def covered(extra: str, *rows: dict[str, Value], top: str = TOP) -> ValueMap:
    looking = Coverage(mapping(extra, top=top).plan)
    for number, row in enumerate(rows, start=2):
        looking.look(Record(SourceRef("t.csv", number), row))
    (only,) = looking.maps
    return only


def uses(found: ValueMap) -> list[tuple[str, str, str, int]]:
    return [(use.value, use.target, use.becomes.value, use.count) for use in found.uses]


def test_every_value_is_told_with_its_target_and_its_count() -> None:
    found = covered(STATUS, {"status": "open"}, {"status": "open"}, {"status": "OPEN "}, {"status": "??"})
    assert uses(found) == [
        ("open", "In progress", "listed", 2),
        ("OPEN ", "In progress", "listed", 1),
        ("??", "", "undecided", 1),
        ("closed", "Resolved", "unused", 0),
    ]
    assert (found.rule, found.column, found.at) == (
        "ticket.status",
        "status",
        "m.yaml, line 7, ticket.status",
    )


@pytest.mark.parametrize(
    ("more", "value", "expected"),
    [
        pytest.param("unmapped: New", "x", ("x", "New", "otherwise"), id="unmapped-literal"),
        pytest.param("unmapped: {action: empty}", "x", ("x", "", "otherwise"), id="unmapped-empty"),
        pytest.param("unmapped: {action: reject}", "x", ("x", "", "undecided"), id="unmapped-reject"),
        pytest.param("missing: New", "", ("", "New", "blank"), id="missing-literal"),
        pytest.param("missing: {action: reject}", " ", ("", "", "undecided"), id="missing-reject"),
        pytest.param("when: {from: title, equals: x}", "open", ("open", "In progress", "unused"), id="when"),
    ],
)
def test_what_is_not_listed_becomes_what_the_rule_says(
    more: str, value: str, expected: tuple[str, str, str]
) -> None:
    rule = f"  status: {{from: status, values: {{open: In progress}}, {more}}}\n"
    assert uses(covered(rule, {"status": value, "title": "y"}))[0][:3] == expected


def test_parts_are_counted_one_by_one_as_the_table_sees_them() -> None:
    rule = '  fields:\n    Tags: {from: tags, split: ",", values: {a: A, b: B}}\n'
    assert uses(covered(rule, {"tags": "a, b"}, {"tags": "a"})) == [
        ("a", "A", "listed", 2),
        ("b", "B", "listed", 1),
    ]


def test_values_of_messages_are_counted_too() -> None:
    replies = "replies:\n  each: comments\n  body: {from: body}\n  author: {from: who}\n"
    found = covered(
        f"{replies}  private: {{from: kind, values: {{note: true, reply: false}}}}\n",
        {"comments": [{"body": "x", "kind": "note"}, {"body": "y", "kind": "reply"}]},
        {"comments": [{"body": "z", "kind": "note"}]},
    )
    assert uses(found) == [("note", "true", "listed", 2), ("reply", "false", "listed", 1)]


def test_damaged_records_tell_nothing() -> None:
    looking = Coverage(mapping(STATUS).plan)
    torn = Problem("row-too-short", "a cell is missing")
    looking.look(Record(SourceRef("t.csv", 2), {"status": "open"}, problems=(torn,)))
    assert {use.becomes for use in looking.maps[0].uses} == {Becomes.UNUSED}


def test_endlessly_many_values_are_counted_together() -> None:
    found = covered(STATUS, *({"status": str(number)} for number in range(MOST_VALUES + 5)))
    assert found.others == 5
    assert sum(use.count for use in found.uses) == MOST_VALUES


def test_rules_without_a_table_have_nothing_to_cover() -> None:
    assert Coverage(mapping().plan).maps == ()


def test_the_values_that_tell_a_time_zone_are_covered_once_however_many_times_they_are_asked_for() -> None:
    zone = "timezone: {from: site, values: {Berlin: Europe/Berlin, Lima: America/Lima}}"
    times = "  createdAt: {from: created, as: datetime}\n  snoozedUntil: {from: until, as: datetime}\n"
    found = covered(times, {"site": "Berlin"}, {"site": "Oslo"}, top=TOP.replace("timezone: UTC", zone))
    assert found.rule == "timezone"
    assert uses(found) == [
        ("Berlin", "Europe/Berlin", "listed", 1),
        ("Oslo", "", "undecided", 1),
        ("Lima", "America/Lima", "unused", 0),
    ]


def test_the_values_of_people_are_covered_where_people_are_made() -> None:
    company = "  company: {id: {from: company, values: {Acme: c1}}}\n"
    assert uses(covered(f"people:\n  make: true\n{company}", {"company": "Acme"})) == [
        ("Acme", "c1", "listed", 1)
    ]
