"""A drafted mapping loads as it is and fits the export that it was drafted for, whatever that is called and holds."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from migrator.cli.inputs import open_mapping
from migrator.cli.shipped import mapping_names, shipped
from migrator.errors import SourceError
from migrator.featurebase import Directory
from migrator.mapping import PEOPLE_HEADER, PEOPLE_TABLE, DraftedMapping, Mapping, load_mapping
from migrator.model import Silent
from migrator.readers import ReadOptions, open_source, read_table
from migrator.runner.control import Control, Telling
from migrator.runner.draft import draft_mapping
from migrator.runner.inspect import Inspection, inspect
from migrator.runner.plan import Plan
from migrator.runner.staging import Inputs, dry_run
from tests.test_samples import CASES

TELLING = Telling(Silent(), Control())


def inspected(path: Path, names: Sequence[str]) -> Inspection:
    return inspect(open_source([path]), names, lambda name: open_mapping(name, ()), TELLING)


def saved(drafted: DraftedMapping, folder: Path) -> Mapping:
    """The draft as the command writes it, loaded as any mapping is."""
    target = folder / "drafted.yaml"
    target.write_text(drafted.text, encoding="utf-8")
    if drafted.people:
        with (folder / PEOPLE_TABLE).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([PEOPLE_HEADER, *drafted.people])
    return load_mapping(target, read_table=read_table)


def offline(path: Path, mapping: Mapping) -> Plan:
    source = open_source([path], ReadOptions(mapping.reader))
    return dry_run(Inputs(source, mapping, Directory.unchecked(), target=""), TELLING)


def drafted_for(path: Path, names: Sequence[str] = ()) -> tuple[str, Plan]:
    drafted = draft_mapping(inspected(path, names), "migrator validate", people_table=True)
    return drafted.text, offline(path, saved(drafted, path.parent))


def test_a_column_of_addresses_is_known_though_some_people_have_none(tmp_path: Path) -> None:
    rows = [f"{n},Drucker,geht nicht,{'n/a' if n % 9 == 0 else f'u{n}@example.org'}\n" for n in range(40)]
    path = tmp_path / "t.csv"
    path.write_text("Ticketnr.,Betreff,Meldung,E-Mail\n" + "".join(rows), encoding="utf-8")
    text, plan = drafted_for(path)
    assert "email: {from: E-Mail}" in text
    assert "content: {from: Meldung" in text
    assert (plan.ready, plan.rejected) == (35, 5)


HEADERS = st.one_of(
    st.sampled_from(
        ["id", "Id", "Subject", "Betreff", "Status", "Created", "E-mail", "Agent", "Priority", "Support", "Type",
         "Tags", "a", "a.0", "a.b", "no", "key: x", '"q"', "'", "# x", "{a}", "[b]", "? x", "- x", "é😀", "&x", "*y",
         "null", "true", "7th", "Legacy ID", "attachments", "Description", "Name"]
    ),
    # A number or an address above others of its kind is a table without a header, which is refused.
    st.text(min_size=1, max_size=12).filter(lambda name: not any(c.isdigit() or c == "@" for c in name)),
)  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(
        ["", " ", "1", "open", "Gelöst", "ada@example.com", "Doe, Jane", "03/04/2024", "31/01/2024 10:00", "01/31/2024",
         "2024-01-31T10:00:00Z", "1706695200", "<b>x</b>", "=1+1", "https://files.example.com/a.png", "a: b", "#", "{x}",
         "agent in the export", "a;b", "null", "it's", '"']
    ),
    st.text(max_size=12),
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_for_any_table_the_draft_loads_and_validates(tmp_path, data):
    headers = data.draw(st.lists(HEADERS, min_size=1, max_size=6))
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(headers), max_size=len(headers)), max_size=6))
    path = tmp_path / "table.csv"
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([headers, *rows])
        drafted_for(path)
    except (UnicodeEncodeError, csv.Error, SourceError):
        assume(False)  # such a table cannot be written, or is refused as a source


def test_a_whole_table_becomes_tickets_but_for_what_a_person_must_decide(tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text(
        "Nr.,Betreff,Beschreibung,E-Mail,Erstellt am,Status,Bearbeiter\n"
        "1,Erste Frage,Text,ada@example.com,31.01.2024 10:00,Offen,Ben Cole\n"
        '2,Zweite Frage,Text,bob@example.com,01.02.2024 11:00,Gelöst,"Doe, Jane"\n'
        "3,Dritte Frage,Text,bob@example.com,01.02.2024 12:00,Eskaliert,c@example.com\n",
        encoding="utf-8",
    )
    text, plan = drafted_for(path)
    assert (plan.ready, plan.rejected) == (2, 1)
    assert plan.by_status == {"In progress": 1, "Resolved": 1}
    assert "createdAt: {from: Erstellt am, as: datetime}" in text
    assert "# Eskaliert: TODO" in text
    assert (tmp_path / PEOPLE_TABLE).read_text(encoding="utf-8").splitlines() == [
        "agent in the export,admin in Featurebase",
        "Ben Cole,",
        '"Doe, Jane",',
        "c@example.com,c@example.com",
    ]


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        pytest.param(["03/04/2024", "05/06/2024"], "comes first in '03/04/2024'", id="ambiguous"),
        pytest.param(["31/01/2024", "01/31/2024"], "the day first and others", id="both-orders"),
    ],
)
def test_a_date_that_could_be_two_days_is_switched_off_and_asked_about(tmp_path, created, expected):
    path = tmp_path / "t.csv"
    rows = "".join(f"{number},Hello,a@example.com,{date}\n" for number, date in enumerate(created))
    path.write_text(f"id,subject,email,created\n{rows}", encoding="utf-8")
    text, plan = drafted_for(path)
    assert expected in " ".join(line.strip(" #") for line in text.splitlines())
    assert "# createdAt: " in text
    assert (plan.ready, plan.earliest) == (2, "")


def test_unknown_json_gets_its_thread_and_its_dates(tmp_path):
    path = tmp_path / "t.json"
    ticket = {
        "number": "7",
        "title": "Hello there",
        "from": {"email": "ada@example.com"},
        "opened": "1706695200",
        "notes": [
            {"text": "hi", "sender": "ada@example.com", "private": False, "created": "2024-02-01T10:00:00Z"}
        ],
    }
    path.write_text(json.dumps([ticket]), encoding="utf-8")
    text, plan = drafted_for(path)
    assert (plan.ready, plan.replies, plan.earliest) == (1, 1, "2024-01-31T10:00:00.000Z")
    assert "createdAt: {from: opened, as: datetime, format: epoch}" in text


@pytest.mark.parametrize(("sample", "name"), CASES)
def test_the_draft_for_a_known_helpdesk_makes_the_same_of_its_sample(tmp_path, sample, name):
    path = shipped("samples") / sample
    found = inspected(path, mapping_names())
    assert found.mapping is not None
    assert found.mapping.name == f"{name}.yaml"
    mapping = saved(draft_mapping(found, "migrator validate", people_table=True), tmp_path)
    drafted, whole = offline(path, mapping), offline(path, found.mapping)
    for facts in ("ready", "skipped_by", "rejected", "requests", "replies", "notes", "by_status", "earliest"):
        assert getattr(drafted, facts) == getattr(whole, facts), facts


def test_what_an_export_lacks_is_a_comment_and_new_values_are_told(tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text(
        "Ticket ID,Subject,Status,Created time,Due by Time,Every response status,Email\n"
        "1,Hello there,Escalated,2024-01-31 10:00:00,,,ada@example.com\n",
        encoding="utf-8",
    )
    text, plan = drafted_for(path, mapping_names())
    assert "Drafted for tickets.csv (tickets: 1) from the shipped mapping freshdesk-csv" in text
    assert "  # not in this export:\n  # content: {from: Description, as: text, optional: true}" in text
    assert "# TODO add to `values`, or these rows are held back: Escalated (1)" in text
    assert "yaml-language-server" not in text
    assert plan.rejected == 1


MESSAGES = """\
Ticket ID,Message ID,Subject,From,Message,Sent,Internal
7,1,Hello,ann@example.com,First words,2024-01-01T10:00:00Z,no
7,2,Hello,ada@example.org,An answer,2024-01-01T11:00:00Z,no
8,3,Bye,bob@example.com,Other words,2024-01-02T10:00:00Z,no
7,4,Hello,ada@example.org,secret,2024-01-01T12:00:00Z,yes
"""


def test_a_table_with_a_row_for_every_message_is_drafted_so_that_removing_marks_groups_it(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text(MESSAGES)
    text, plan = drafted_for(path)
    assert "TODO 2 rows have the id of an earlier row" in text
    assert (plan.ready, plan.rejected) == (2, 2)

    before, marks, after = text.partition("# replies:")
    lines = [line for line in before.splitlines() if not line.startswith("  content:")]
    thread = (marks + after.partition("\n\n")[0]).splitlines()
    lines += [line.replace("# ", "", 1) for line in thread]
    grouped = "\n".join(lines).replace("# group_by:", "group_by:")
    (tmp_path / "grouped.yaml").write_text(grouped)
    plan = offline(path, load_mapping(tmp_path / "grouped.yaml", read_table=read_table))
    assert (plan.ready, plan.replies, plan.notes) == (2, 3, 1)


@pytest.mark.parametrize("key", ["1,2,3", "1,1,2"], ids=["unique", "without-texts"])
def test_a_table_whose_rows_are_tickets_is_not_drafted_as_messages(tmp_path, key):
    path = tmp_path / "t.csv"
    texts = key == "1,2,3"
    rows = [f"{id},{'words' if texts else ''},a@example.com" for id in key.split(",")]
    path.write_text("\n".join(["Ticket ID,Message,From", *rows]))
    assert "group_by" not in drafted_for(path)[0]


@pytest.mark.parametrize("sample", ["zendesk", "freshdesk"])
def test_fields_that_an_account_made_itself_are_offered_by_their_titles(tmp_path, sample):
    path = shipped("samples") / sample
    text = draft_mapping(inspected(path, mapping_names()), "migrator validate", people_table=True).text
    line = next(line for line in text.splitlines() if "named_fields" in line and "Contract" not in line)
    offered = line.replace("# ", "", 1)
    (tmp_path / "m.yaml").write_text(text.replace(line, offered))
    mapping = load_mapping(tmp_path / "m.yaml", read_table=read_table)
    label = offered.strip().partition(":")[0]
    assert label in dict(mapping.plan.ticket.fields)
    assert offline(path, mapping).ready == offline(path, open_mapping(sample, ())).ready


def test_a_home_made_export_gets_its_files_names_tags_and_the_dates_of_its_messages(tmp_path):
    path = tmp_path / "home.json"
    tickets = [
        {
            "ticketRef": f"HD-{number}",
            "created": "2023-01-05T10:00:00Z",
            "subject": "Broken printer",
            "client": {"fullName": "Ada North", "mail": f"ada{number}@example.com"},
            "prio": number,
            "tags": ["a", "b"],
            "files": [{"name": "a.png", "href": f"https://files.example.net/{number}.png"}],
            "log": [
                {
                    "at": f"2023-01-0{number}T11:00:00Z",
                    "by": "ada@example.com",
                    "text": "hi",
                    "internal": False,
                }
            ],
        }
        for number in range(1, 5)
    ]
    path.write_text(json.dumps({"data": {"tickets": tickets}}), encoding="utf-8")
    text, plan = drafted_for(path)
    for line in (
        "name: {from: client.fullName}",
        "files: {from: files, as: files}",
        "tags: {from: tags, unmapped: {action: empty}, optional: true}",
        "createdAt: {from: at, as: datetime}",
        "# fallback_agent: any",
    ):
        assert line in text
    assert (plan.ready, plan.replies) == (4, 4)  # no priority that nobody has decided holds a ticket back


def test_an_agent_who_is_called_like_the_header_of_the_people_table_does_not_break_it(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f"id,Agent\n1,{PEOPLE_HEADER[0]}\n2,Ada Brook\n")
    _, plan = drafted_for(path)
    assert plan.rows == 2
