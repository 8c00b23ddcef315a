import pickle
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import MappingComplaints
from migrator.mapping import DayMonth, Mapping, Orders, Survey, load_mapping
from migrator.model import Problem, Record, SourceRef
from tests.mapping.support import MAPPINGS, mapping, read_table, record

DATED = "  createdAt: {from: when}\n"


def looked(made: Mapping, *rows: dict) -> Survey:
    survey = made.survey()
    for row in rows:
        survey.look(record(row))
    return survey


def told(made: Mapping, *rows: dict) -> list[str]:
    survey = looked(made, *rows)
    with pytest.raises(MappingComplaints) as complaints:
        survey.decide()
    assert all(each.hint for each in complaints.value.complaints)
    return [f"{each} / {each.hint}" for each in complaints.value.complaints]


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["03/04/2025", "13/04/2025"], DayMonth.DAY_FIRST),
        (["03/04/2025", "04/13/2025"], DayMonth.MONTH_FIRST),
        (["2025-04-03", "3 Apr 2025", ""], None),
        (["04/04/2025", "05/05/2025"], None),
        ([], None),
    ],
    ids=["day", "month", "nothing-to-decide", "both-orders-say-the-same", "no-dates"],
)
def test_one_value_decides_for_the_whole_column(dates, order):
    orders = looked(mapping(DATED), *({"when": each} for each in [*dates, ""])).decide()
    assert orders.of("ticket.createdAt") is order


def test_a_column_that_decides_nothing_shows_both_readings():
    (complaint,) = told(mapping(DATED), {"when": "05/06/2025 10:00"}, {"when": "03/03/2025"})
    assert complaint.startswith("m.yaml, line 7, ticket.createdAt: nothing in 'when' tells whether")
    assert "'05/06/2025 10:00' can be 5 June 2025 or 6 May 2025" in complaint
    assert "format" in complaint


def test_a_column_with_both_orders_shows_one_of_each():
    (complaint,) = told(mapping(DATED), {"when": "13/06/2025"}, {"when": "06/14/2025"})
    assert "'13/06/2025' has the day first, '06/14/2025' the month" in complaint


def test_a_declared_format_needs_no_deciding():
    made = mapping('  createdAt: {from: when, format: "%m/%d/%Y"}\n')
    assert looked(made, {"when": "05/06/2025"}).decide() == Orders()


def test_each_column_is_decided_for_itself():
    made = mapping(DATED + "  fields: {Due: {from: due, as: datetime}}\n")
    orders = looked(made, {"when": "13/06/2025", "due": "06/13/2025"}).decide()
    assert orders.by_rule == {
        "ticket.createdAt": DayMonth.DAY_FIRST,
        "ticket.fields.Due": DayMonth.MONTH_FIRST,
    }
    assert pickle.loads(pickle.dumps(orders)) == orders


def test_a_missing_zone_is_complained_of_once_not_once_a_row():
    made = mapping(DATED, top="key: id\ncategory: S\n")
    (complaint,) = told(made, {"when": "2025-01-01 10:00"}, {"when": "2025-01-02 10:00"})
    assert "'2025-01-01 10:00'" in complaint
    assert "timezone: Europe/Berlin" in complaint
    looked(made, {"when": "2025-01-01T10:00:00Z"}).decide()


def test_a_day_in_a_custom_field_needs_no_zone():
    made = mapping("  fields: {Due: {from: due, as: datetime}}\n", top="key: id\ncategory: S\n")
    looked(made, {"due": "2025-01-01"}).decide()


def test_damaged_rows_prove_nothing():
    survey = mapping(DATED).survey()
    survey.look(
        Record(SourceRef("t.csv", 2), {"when": "13/14/2025"}, problems=(Problem("cells-ragged", "…"),))
    )
    assert survey.decide() == Orders()
    assert survey.evidence == ()


def test_evidence_names_order_extremes_count_and_zone():
    survey = looked(
        mapping(DATED), *({"when": each} for each in ["03/04/2025", "25/12/2024", "", "soon", "01/01/2026"])
    )
    (evidence,) = survey.evidence
    assert (evidence.rule, evidence.column, evidence.order) == (
        "ticket.createdAt",
        "when",
        DayMonth.DAY_FIRST,
    )
    assert (evidence.example, evidence.earliest, evidence.latest) == (
        "25/12/2024",
        "25/12/2024",
        "01/01/2026",
    )
    assert (evidence.count, evidence.unreadable, evidence.zone) == (4, 1, "UTC")


def test_dates_of_messages_are_decided_too():
    made = load_mapping(MAPPINGS / "zendesk.yaml", read_table=read_table)
    comments = [{"body": "b", "author": "a", "private": "true", "files": [], "created_at": "13/06/2025"}]
    row = {"subject": "s", "description": "d", "status": "open", "created_at": "2025-01-01", "comments": comments,
           "requester": {"email": "e", "name": "n", "external_id": ""}, "assignee": {"email": "e"}}  # fmt: skip
    assert looked(made, row).decide().of("replies.createdAt") is DayMonth.DAY_FIRST


# --- paths that lead nowhere ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("requester.emial", "'requester.email'"),
        ("requestr.email", "did you mean 'requester.email'?"),
        ("org.name", "the records have: id, title"),
        ("titel", "'title'"),
    ],
)
def test_a_path_that_no_record_has_is_a_complaint(path, said):
    made = mapping(f"  company: {{from: {path}}}\n")
    (complaint,) = told(made, {"requester": {"email": "x"}}, {"requester": {}})
    assert f"m.yaml, line 7, column 13, ticket.company.from: no record has '{path}'" in complaint
    assert said in complaint


@pytest.mark.parametrize(
    "rule", ["{from: nowhere, optional: true}", "{from: [nowhere, title]}", "{from: requester.external_id}"]
)
def test_a_path_may_be_missing_where_json_would_leave_it_out(rule):
    looked(mapping(f"  company: {rule}\n"), {"requester": {"email": "x"}}).decide()


def test_a_path_that_one_record_has_is_enough():
    looked(mapping("  company: {from: org.name}\n"), {}, {"org": {"name": "x"}}, {}).decide()


def test_a_source_without_records_proves_nothing():
    assert mapping("  company: {from: nowhere}\n").survey().decide() == Orders()


def test_a_name_that_is_a_column_and_a_path_is_a_complaint():
    (complaint,) = told(mapping("  company: {from: org.name}\n"), {"org.name": "x", "org": {"name": "y"}})
    assert "'org.name' is a column of t.csv, row 2, and also a path into it" in complaint


@given(
    st.lists(st.dates(date(1990, 1, 1), date(2030, 1, 1)), min_size=1, max_size=30),
    st.sampled_from(list(DayMonth)),
)
def test_a_column_written_in_one_order_is_never_decided_the_other_way(days, order):
    written = [
        day.strftime("%d/%m/%Y" if order is DayMonth.DAY_FIRST else "%m/%d/%Y")
        for day in [*days, days[0] + timedelta(days=400)]
    ]
    survey = looked(mapping(DATED), *({"when": each} for each in written))
    try:
        decided = survey.decide().of("ticket.createdAt")
    except MappingComplaints:
        decided = None
        told_apart = any(day.day > 12 for day in [*days, days[0] + timedelta(days=400)])
    else:
        told_apart = decided is not None
    assert decided in (order, None)
    assert told_apart is (decided is not None)


PLAIN = ("id", "title", "email", "when")


@pytest.mark.parametrize(
    ("made", "columns", "idle"),
    [
        pytest.param(mapping(), PLAIN, True, id="no-dates"),
        pytest.param(mapping("  createdAt: {from: when, format: iso}\n"), PLAIN, True, id="declared"),
        pytest.param(mapping("  createdAt: {from: [then, When]}\n"), PLAIN, False, id="undeclared"),
        pytest.param(mapping("  createdAt: {from: [then, When], format: epoch}\n"), PLAIN, True, id="candidates"),
        pytest.param(
            mapping("  createdAt: {from: when, format: iso}\n", top="key: id\ncategory: Support\n"), PLAIN, False, id="no-zone"
        ),
        pytest.param(mapping("  company: {from: firm}\n"), PLAIN, False, id="no-such-column"),
        pytest.param(mapping("  company: {from: firm, optional: true}\n"), PLAIN, True, id="optional"),
        pytest.param(mapping("  company: {from: when.0}\n"), (*PLAIN, "when"), False, id="a-path"),
        pytest.param(mapping("replies: {each: when, body: {from: when}, author: {from: email}}\n"), PLAIN, False, id="replies"),
    ],
)  # fmt: skip
def test_rows_need_no_look_beforehand_where_none_can_change_how_they_are_mapped(made, columns, idle):
    assert made.survey().is_idle(columns) is idle


@given(
    st.lists(st.sampled_from(["2024-05-06T10:00:00", "2024-05-06", "2024-05-06T10:00:00+02:00", "soon", ""]))
)
def test_an_idle_look_decides_nothing(dates):
    made = mapping("  createdAt: {from: when, format: iso}\n")
    assert looked(made, *({"when": each} for each in dates)).decide() == Orders()
