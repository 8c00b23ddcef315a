"""What every helpdesk reader over several lists can rely on, tried with the smallest one."""

import json
from dataclasses import replace

import pytest

from migrator.errors import SourceError
from migrator.model import Notice
from migrator.readers.base import ReadOptions
from migrator.readers.blobs import OnDisk
from migrator.readers.delimited import Delimited
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.json_shape import look_at
from migrator.readers.table_trees import TableFile
from migrator.readers.xml_shape import look_at_xml
from tests.readers.support import codes, opened, write


class Desk(Joined):
    name = "desk"

    @classmethod
    def recognise(cls, files):  # noqa: ARG003
        return "always"

    def role_of(self, file, key, sample):
        name = key or file.name.partition(".")[0]
        return next((role for role in (TICKETS, "people", "notes") if name in (role, role[:-1])), "")

    def kept_under(self, role, tree):
        return tree.get("id", ""), tree.get("ticket", "")

    def version_of(self, tree):
        return tree.get("version", "")

    def canonical(self, record, known):
        notes = known.of("notes", record.values["id"])
        known.left_out("short notes", sum(len(note["text"]) < 2 for note in notes))
        who = known.one("people", record.values.get("who", ""))
        return replace(record, values={**record.values, "who": who, "notes": notes})


def desk(*files):
    return Desk(files, "the test says so")


def of_json(folder, name, content):
    return look_at(OnDisk(write(folder, name, json.dumps(content))))


def told(source):
    return [(notice.code, notice.message, notice.count) for notice in source.notices]


TICKET = {"id": "1", "who": "7"}
NOTES = [{"id": "5", "ticket": "1", "text": "two"}, {"id": "4", "ticket": "1", "text": "b"}]


def test_tickets_are_joined_whatever_the_order_of_the_lists(tmp_path):
    source = desk(
        of_json(tmp_path, "tickets.json", [TICKET]),
        of_json(tmp_path, "rest.json", {"notes": NOTES, "people": [{"id": "7", "name": "Zoë"}]}),
    )
    (record,) = source.records()
    assert record.values == {"id": "1", "who": {"id": "7", "name": "Zoë"}, "notes": NOTES}
    assert (record.original, str(record.ref)) == ("", "tickets.json, row 1")
    assert told(source) == [("left-out", "short notes that were not read: 1", 1)]


def test_the_same_export_as_json_xml_and_tables_gives_the_same_records(tmp_path):
    as_json = [of_json(tmp_path, "all.json", {"tickets": [TICKET], "notes": NOTES})]
    notes = "".join(f"<note>{''.join(f'<{k}>{v}</{k}>' for k, v in note.items())}</note>" for note in NOTES)
    xml = f"<all><tickets><ticket><id>1</id><who>7</who></ticket></tickets><notes>{notes}</notes></all>"
    as_xml = [look_at_xml(OnDisk(write(tmp_path, "all.xml", xml)))]
    tables = {"tickets.csv": "id,who\n1,7\n", "notes.csv": "id,ticket,text\n5,1,two\n4,1,b\n"}
    blobs = [OnDisk(write(tmp_path, name, content)) for name, content in tables.items()]
    as_tables = [TableFile(blob, Delimited([blob], ReadOptions())) for blob in blobs]
    seen = [[record.values for record in desk(*files).records()] for files in (as_json, as_xml, as_tables)]
    assert seen == [[{**TICKET, "who": {}, "notes": NOTES}]] * 3


def test_a_row_of_a_table_stands_where_the_spreadsheet_says_and_keeps_its_problems(tmp_path):
    blob = OnDisk(write(tmp_path, "tickets.csv", "id,who\n1,7\n2\n"))
    first, short = desk(TableFile(blob, Delimited([blob], ReadOptions()))).records()
    assert (first.ref.row, short.ref.row, codes(short)) == (2, 3, ["row-too-short"])


def test_of_repeated_tickets_the_newest_is_read_and_of_equal_ones_the_last(tmp_path):
    tickets = [{"id": "1", "version": v, "n": n} for v, n in (("2", "a"), ("3", "b"), ("3", "c"), ("1", "d"))]
    source = desk(of_json(tmp_path, "tickets.json", tickets))
    assert [record.values["n"] for record in source.records()] == ["c"]
    assert [(code, count) for code, _, count in told(source)] == [("repeated-tickets", 3)]


def test_a_companion_that_stands_twice_is_kept_once_in_its_first_place(tmp_path):
    notes = [*NOTES, {"id": "5", "ticket": "1", "text": "newer"}, {"ticket": "1", "text": "no id"}]
    (record,) = desk(of_json(tmp_path, "all.json", {"tickets": [TICKET], "notes": notes})).records()
    assert [note["text"] for note in record.values["notes"]] == ["newer", "b", "no id"]


def test_what_belongs_to_no_ticket_is_told(tmp_path):
    notes = [*NOTES, {"id": "6", "ticket": "99", "text": "lost"}]
    source = desk(of_json(tmp_path, "all.json", {"tickets": [TICKET], "notes": notes}))
    list(source.records())
    assert ("orphans", "notes that belong to no ticket of this export: 1", 1) in told(source)


def test_lists_and_files_that_nobody_reads_are_told(tmp_path):
    source = desk(
        of_json(
            tmp_path, "all.json", {"tickets": [TICKET], "macros": [{"a": 1}, {"a": 2}], "meta": {"b": 1}}
        ),
        of_json(tmp_path, "macros.json", [{"a": 1}]),
    )
    assert list(source.notices) == [
        Notice("list-left-out", "other lists were not read: macros", "all.json"),
        Notice("file-left-out", "neither tickets nor what belongs to them: not read", "macros.json"),
    ]


def test_an_export_without_tickets_is_told(tmp_path):
    source = desk(of_json(tmp_path, "all.json", {"tickets": [], "people": [{"id": "7"}]}))
    assert list(source.records()) == []
    assert [code for code, _, _ in told(source)] == ["no-rows"]


def test_what_is_no_object_is_a_problem_and_not_joined(tmp_path):
    broken, whole = desk(of_json(tmp_path, "tickets.json", [7, TICKET])).records()
    assert (broken.values, codes(broken), broken.original) == ({}, ["not-an-object"], "7")
    assert whole.values["id"] == "1"


def test_tickets_that_only_a_later_envelope_holds_are_found(tmp_path):
    pages = json.dumps({"people": [{"id": "7"}]}) + json.dumps({"tickets": [TICKET]})
    source = desk(look_at(OnDisk(write(tmp_path, "pages.json", pages))))
    seen = [(record.values["id"], source.read_bytes) for record in source.records()]
    assert [key for key, _ in seen] == ["1"]
    assert source.read_bytes == source.size_bytes


def test_files_that_no_helpdesk_knows_together_are_not_joined(tmp_path):
    write(tmp_path, "a.csv", "id,x\n1,2\n")
    write(tmp_path, "b.csv", "id,y\n1,2\n")
    with pytest.raises(SourceError, match="the columns differ"):
        opened(tmp_path)


def test_a_list_is_known_by_any_of_its_first_records_because_null_is_absent(tmp_path):
    bare = {"id": "1", "subject": None, "state": None}
    file = of_json(tmp_path, "t.json", [bare, {**bare, "id": "2", "subject": "S", "state": "open"}])

    class Marked(Desk):
        marks = ((TICKETS, frozenset(("subject", "state"))),)
        recognise = classmethod(Joined.recognise.__func__)
        role_of = Joined.role_of

    assert Marked.recognise([file]) == "t.json holds tickets with state, subject"
    assert [record.values["id"] for record in Marked([file], "why").records()] == ["1", "2"]


@pytest.mark.parametrize(
    ("ticket", "preview"),
    [
        pytest.param({"description": "1 < 2 and 3 > 2"}, "1 < 2 and 3 > 2", id="plain"),
        pytest.param({"description": "<p>Hello &amp; bye</p>"}, "Hello & bye", id="html"),
        pytest.param(
            {
                "description": "x",
                "comments": [
                    {"private": "true", "body": "secret"},
                    {"body": "unknown"},
                    {"private": "false", "body": "hello", "body_format": "text"},
                ],
            },
            "hello",
            id="first-public-message",
        ),
        pytest.param({"comments": [{"private": "true", "body": "secret"}]}, None, id="never-a-note"),
    ],
)
def test_every_ticket_has_the_first_words_that_everybody_may_see(tmp_path, ticket, preview):
    class Plain(Desk):
        def canonical(self, record, known):
            return record

    (record,) = Plain([of_json(tmp_path, "tickets.json", [{"id": "1", **ticket}])], "why").records()
    assert record.values.get("preview") == preview
