import pytest

from migrator.errors import MappingComplaints
from migrator.mapping import load_mapping
from tests.mapping.support import MAPPINGS, TICKET, TOP, mapping, read_table

COLUMNS = ["id", "title", "email"]


def told(made, columns) -> list[str]:
    with pytest.raises(MappingComplaints) as complaints:
        made.check_columns(columns)
    return [f"{each} / {each.hint}" for each in complaints.value.complaints]


def test_a_misspelt_column_is_explained():
    made = mapping(ticket="ticket:\n  title: {from: titel}\n  author: {email: {from: email}}\n")
    assert told(made, COLUMNS) == [
        "m.yaml, line 5, column 11, ticket.title.from: the source has no column 'titel' / did you mean 'title'?"
    ]


def test_a_column_without_a_likeness_shows_what_there_is():
    (complaint,) = told(mapping("  company: {from: Kundennummer}\n"), COLUMNS)
    assert complaint.endswith("it has: id, title, email")


@pytest.mark.parametrize(
    "lines",
    [
        "  company: {from: [Kunde, title]}\n",
        "  company: {from: Kunde, optional: true}\n",
        "  company: {from: TITLE}\n",
        "  company: {template: '{{ row.title }}'}\n",
        "  fields: {Label: {from: Label.0}}\n",
        "replies: {each: Label, body: {from: Label}, author: {from: Label}}\n",
    ],
    ids=["one-candidate", "optional", "other-case", "template", "cell-of-repeated-column", "inside-messages"],
)
def test_what_a_table_has_is_no_complaint(lines):
    mapping(lines).check_columns([*COLUMNS, "Label", "Label"])


@pytest.mark.parametrize(
    "lines",
    [
        "  company: {from: [a, b]}\n",
        "  company: {template: '{{ row[\"Kunde\"] }}'}\n",
        "  company: {from: title, when: {from: Kunde, equals: x}}\n",
        "replies: {each: Comment, body: {from: Comment}, author: {from: Comment}}\n",
    ],
    ids=["no-candidate", "template", "condition", "messages"],
)
def test_what_a_table_lacks_is_a_complaint(lines):
    assert len(told(mapping(lines), COLUMNS)) == 1


def test_a_text_that_is_the_name_of_a_column_is_taken_for_a_slip():
    made = mapping(ticket="ticket:\n  title: Title\n  author: {email: email, name: Somebody}\n")
    assert told(made, COLUMNS) == [
        "m.yaml, line 5, column 3, ticket.title: this is the text 'Title' in every ticket, and 'title' is a "
        "column / for the column write `title: {from: title}`, for the text `title: {template: Title}`",
        "m.yaml, line 6, column 12, ticket.author.email: this is the text 'email' in every ticket, and 'email' "
        "is a column / for the column write `email: {from: email}`, for the text `email: {template: email}`",
    ]


def test_a_text_that_is_the_name_of_a_column_can_be_meant():
    mapping(ticket="ticket:\n  title: {template: Title}\n  author: {email: {from: email}}\n").check_columns(
        COLUMNS
    )


def test_a_column_that_is_also_a_cell_of_a_repeated_one_is_a_complaint():
    (complaint,) = told(mapping("  company: {from: Label.0}\n"), [*COLUMNS, "Label", "Label", "Label.0"])
    assert "'Label.0' is a column, and also a cell of the repeated column 'Label'" in complaint


def test_messages_that_are_rows_take_their_names_from_the_header():
    made = mapping(
        "replies: {each: messages, body: {from: Text}, author: {from: From}}\n", top=TOP + "group_by: id\n"
    )
    made.check_columns([*COLUMNS, "Text", "From"])
    (complaint,) = told(made, [*COLUMNS, "From"])
    assert "'Text'" in complaint


def test_a_mapping_knows_what_it_needs():
    made = load_mapping(MAPPINGS / "zendesk.yaml", read_table=read_table)
    assert made.needs == {"categories", "statuses", "fields", "admins", "companies"}
    assert (made.reader, made.legacy_field, made.notify, made.timezone) == (
        "zendesk",
        "Legacy ID",
        False,
        "UTC",
    )
    assert mapping().needs == {"categories"}
    assert mapping("replies:\n  each: c\n  body: b\n  author: a@b.co\n").needs == {"categories", "admins"}
    assert mapping(top=TOP.replace("UTC", "{from: tz}")).timezone == ""
    assert mapping(top=TOP + "notify: true\n").notify is True
    assert mapping(ticket=TICKET).legacy_field == ""
