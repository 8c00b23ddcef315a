import pytest

from migrator.mapping import Becomes, ValueUse
from migrator.reports import Redactor, plan_document
from tests.reports.support import plan, preview, problem, troubled_plan, value_map

SECRET = b"sixteen bytes!!!"


def test_the_same_person_is_the_same_mask_within_a_report_and_another_in_the_next() -> None:
    masks = Redactor(SECRET)
    assert masks.value("ann@example.com") == masks.value(" Ann@Example.com ")
    assert masks.value("ann@example.com") != masks.value("bob@example.com")
    assert Redactor().value("ann@example.com") != Redactor().value("ann@example.com")
    assert masks.value("ann@example.com").endswith("@redacted.example")


def test_nothing_personal_of_a_plan_is_left() -> None:
    masked = Redactor().plan(troubled_plan())
    said = f"{masked!r}{plan_document(masked)!r}"
    for secret in ("Ann", "ann@", "gone@", "lost@", "Wendy", "Printer", "burns", "1234567", "Acme"):
        assert secret not in said
    for kept in ("Resolved", "Escalted", "title-too-short", "tickets.csv", "000417", "2025-01-02T10:00:00"):
        assert kept in said


def test_counts_stay_as_they_were() -> None:
    def numbers(facts: object) -> list[object]:
        match facts:
            case dict():
                return [each for value in facts.values() for each in numbers(value)]
            case list():
                return [each for value in facts for each in numbers(value)]
            case int() | float():
                return [facts]
            case _:
                return []

    assert numbers(plan_document(Redactor().plan(troubled_plan()))) == numbers(plan_document(troubled_plan()))


@pytest.mark.parametrize(
    ("at", "value", "is_kept"),
    [
        pytest.param("m.yaml, line 3, ticket.status", "Escalted", True, id="status"),
        pytest.param("m.yaml, line 3, ticket.createdAt", "31/02/2024", True, id="date"),
        pytest.param("m.yaml, line 3, key", "000417", True, id="id"),
        pytest.param("m.yaml, line 3, ticket.author.email", "ann@example", False, id="author"),
        pytest.param("m.yaml, line 3, ticket.assignee", "Ann Lee", False, id="assignee"),
        pytest.param("m.yaml, line 3, ticket.statuses", "Ann Lee", False, id="no-prefix-of-a-name"),
        pytest.param("m.yaml, line 3, ticket.fields.Phone", "+49 30 1234567", False, id="field"),
        pytest.param("", "Ann Lee", False, id="nobody-knows-where-from"),
    ],
)
def test_a_value_stays_only_where_it_cannot_be_a_person(at: str, value: str, is_kept: bool) -> None:
    told = problem(at=at, value=value, message=f"{value!r} is wrong", hint=f"did you mean {value!r}?")
    masked = Redactor().problem(told)
    assert (masked.value == value) is is_kept
    assert (value in masked.message) is is_kept
    assert (value in masked.hint) is is_kept


def test_names_of_the_workspace_in_a_hint_go_too() -> None:
    told = problem(at="m.yaml, line 3, ticket.assignee", hint="the workspace has: Ann Lee, Bob Ray")
    assert Redactor().problem(told).hint == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("call +49 (30) 123-4567 now", "call (phone number) now", id="phone"),
        pytest.param("from 2024-01-31 to 2024-02-01", "from 2024-01-31 to 2024-02-01", id="dates-stay"),
        pytest.param("row 12345 of 67", "row 12345 of 67", id="numbers-stay"),
    ],
)
def test_sentences_lose_numbers_that_can_be_called(text: str, expected: str) -> None:
    assert Redactor().text(text) == expected


def test_what_a_field_s_table_lists_stays_and_what_it_does_not_goes() -> None:
    uses = (
        ValueUse("high", "High", Becomes.LISTED, 3),
        ValueUse("ask Ann", "Other", Becomes.OTHERWISE, 1),
    )
    table = value_map(rule="ticket.fields.Priority", at="m.yaml, line 9, ticket.fields.Priority", uses=uses)
    (masked,) = Redactor().plan(troubled_plan(value_maps=(table,))).value_maps
    assert masked.uses[0] == uses[0]
    assert masked.uses[1].value.startswith("person-")
    assert masked.uses[1].target == "Other"


def test_an_address_within_a_path_is_masked_and_ids_stay() -> None:
    names = {"watchers.ann@example.com": 3, "custom_fields.360001234567": 2, "cc": 1}
    shown = preview(source=(("watchers.ann@example.com", "yes"),))
    masked = Redactor().plan(plan(unread=names, previews=(shown,)))
    assert "ann@" not in repr(masked)
    assert list(masked.unread.values()) == [3, 2, 1]
    assert list(masked.unread)[1:] == ["custom_fields.360001234567", "cc"]
