from migrator.mapping.dates import DayMonth
from migrator.reports.evidence import date_sentence
from tests.reports.support import date_evidence


def test_what_decided_the_order_is_shown() -> None:
    evidence = date_evidence(
        order=DayMonth.DAY_FIRST,
        example="31/03/2024 10:00",
        earliest="01/02/2023 09:00",
        latest="30/12/2025 10:00",
        zone="Europe/Berlin",
        unreadable=1,
    )
    assert date_sentence(evidence) == (
        'Created, 1,237 values: day first, as "31/03/2024 10:00" shows; '
        'from "01/02/2023 09:00" to "30/12/2025 10:00"; '
        "times without a zone are taken as Europe/Berlin; 1 value cannot be read"
    )


def test_dates_that_leave_no_choice_name_an_example_only() -> None:
    assert date_sentence(date_evidence(example="2025-01-15T10:30:00Z", count=1)) == (
        'Created, 1 value: such as "2025-01-15T10:30:00Z"'
    )


def test_a_rule_that_met_no_value_is_named_by_itself() -> None:
    assert date_sentence(date_evidence(column="", count=0)) == "ticket.createdAt, 0 values"
