"""The check list of what breaks naive importers (formats, section 25), as one table: an awkward file, and what
becomes of it on the road from `open_source` to the draft of each ticket.

The number before a case is that of the trap. What other tests hold in depth stands here once all the same, so
that the list is whole; only files of tickets (17) are left to `tests/runner/test_bad_input.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from migrator.cli.shipped import find_mapping
from migrator.errors import MappingError, SourceError
from migrator.featurebase import Directory
from migrator.mapping import load_mapping, load_mapping_text
from migrator.model import Rejected, Silent, Skipped
from migrator.readers import ReadOptions, open_source, read_table
from migrator.runner.control import Control, Telling
from migrator.runner.prepare import Prepared, prepare, survey
from tests.readers.support import codes, json_lines, opened, told, write, zendesk_ticket

Files = dict[str, str | bytes]

PLAIN = """\
key: id
category: Support
timezone: Europe/Madrid
ticket:
  title: {from: subject}
  content: {from: body, as: text, optional: true}
  author: {email: {value: a@example.com}}
  createdAt: {from: created, as: datetime, optional: true}
"""


def written(folder: Path, files: Files) -> list[Path]:
    for name, content in files.items():
        write(folder, name, content)
    return [folder / name for name in files]


def become(folder: Path, files: Files, mapping: str, *overrides: str) -> list[dict[str, Any]]:
    """What each record becomes under a shipped mapping, or under the text of one."""
    if "\n" in mapping:
        rules = load_mapping_text(mapping, "m.yaml", tables={})
    else:
        rules = load_mapping(find_mapping(mapping), read_table=read_table, overrides=overrides)
    source = open_source(written(folder, files), ReadOptions(rules.reader))
    telling = Telling(Silent(), Control())
    return [as_seen(each) for each in prepare(survey(source, rules, telling), Directory.unchecked(), telling)]


def as_seen(prepared: Prepared) -> dict[str, Any]:
    match prepared.result:
        case Skipped(key, _, reason):
            return {"key": key, "skipped": reason}
        case Rejected(key, _, problems):
            return {"key": key, "problems": [problem.code for problem in problems if problem.blocks]}
    draft = prepared.draft
    assert draft is not None
    author = draft.author
    return {
        "key": draft.key,
        "title": draft.title.value,
        "content": draft.content,
        "created": draft.created_at.value if draft.created_at else "",
        "status": draft.status.value if draft.status else "",
        "author": author.email.value if author.email else "",
        "messages": [(reply.body, "note" if reply.private else "reply") for reply in draft.replies],
    }


# --- what is read -----------------------------------------------------------------------------

SEPARATORS = "one\u2028two\u0085three\u2029four"
READ = [
    pytest.param(
        {"t.csv": ",id,subject\n0,101,a\n1,102,b\n"},
        [{"id": "101", "(column 1)": "0"}, {"id": "102", "(column 1)": "1"}],
        {"blank-header": 1},
        id="1-an-index-without-a-name-is-a-column-by-its-place",
    ),
    pytest.param(
        {"t.csv": "id,Comment,Comment,Comment\n7,a,,b\n"},
        [{"id": "7", "Comment": ["a", "", "b"]}],
        {"repeated-header": 1},
        id="2-repeated-columns-keep-every-value",
    ),
    pytest.param(
        {"t.xls": '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="T"><Table>'
        "<Row><Cell><Data ss:Type='String'>Ticket ID</Data></Cell><Cell><Data ss:Type='String'>S</Data></Cell></Row>"
        "<Row><Cell><Data ss:Type='Number'>42</Data></Cell><Cell><Data ss:Type='String'>x</Data></Cell></Row>"
        "</Table></Worksheet></Workbook>"},
        [{"Ticket ID": "42", "S": "x"}],
        {},
        id="3-an-xls-that-is-xml",
    ),
    pytest.param(
        {"t.csv": "id,subject,minutes,group\n1,a,5,x\n2,b,6,y\n,,,\nTotal,,11,\n,,,\n"},
        [{"id": "1"}, {"id": "2"}],
        {"blank-rows": 2, "totals-row": 1},
        id="4-blank-rows-and-totals-are-no-tickets",
    ),
    pytest.param(
        {"t.csv": "id,subject\n1,a\n\ufeffid,subject\n2,b\n"},
        [{"id": "1"}, {"id": "2"}],
        {"header-again": 1},
        id="4-a-header-in-the-midst-is-no-ticket",
    ),
    pytest.param(
        {"t.csv": 'id,body\n1,"one\ntwo\r\nthree\rfour"\n2,x\n'},
        [{"id": "1", "body": "one\ntwo\r\nthree\rfour"}, {"id": "2"}],
        {},
        id="5-a-row-of-several-lines",
    ),
    pytest.param(
        {"t.ndjson": f'{{"id": 1, "body": "{SEPARATORS}"}}\n{{"id": 2}}\n'},
        [{"id": "1", "body": SEPARATORS}, {"id": "2"}],
        {},
        id="5-separators-inside-strings-end-no-line",
    ),
    pytest.param(
        {"t.jsonl": '[{"id": 1}, {"id": 2}]\n[{"id": 3}]\n'},
        [{"id": "1"}, {"id": "2"}, {"id": "3"}],
        {},
        id="6-lines-that-are-arrays",
    ),
    pytest.param(
        {"t.json": '[{"id": 1}][{"id": 2}]{"id": 3}'},
        [{"id": "1"}, {"id": "2"}, {"id": "3"}],
        {},
        id="6-arrays-without-a-separator",
    ),
    pytest.param(
        {"t.json": '[{"id": 12345678901234567890, "n": 3.0, "x": 1.10, "e": 1e5}]'},
        [{"id": "12345678901234567890", "n": "3.0", "x": "1.10", "e": "1e5"}],
        {},
        id="15-numbers-stay-as-they-are-written",
    ),
    pytest.param(
        {"t.csv": "id;x\n007;1,50\n52\u00a0267;2\n3.0;3\n"},
        [{"id": "007", "x": "1,50"}, {"id": "52\u00a0267"}, {"id": "3.0"}],
        {},
        id="15-ids-are-text",
    ),
    pytest.param(
        {"t.csv": "\ufeffid,name\n1,Zoë\n"}, [{"id": "1", "name": "Zoë"}], {}, id="18-a-mark-before-the-header"
    ),
    pytest.param(
        {"t.csv": "id,name\n1,“Zoë” – 5 €\n".encode("cp1252")},
        [{"id": "1", "name": "“Zoë” – 5 €"}],
        {"encoding-assumed": 1},
        id="18-windows-1252",
    ),
    pytest.param(
        {"t.csv": "id,name\n1,Zoë\n".encode() + "2,Zoë\n".encode("cp1252")},
        [{"name": "Zoë"}, {"name": "Zoë"}],
        {"encoding-assumed": 1},
        id="18-two-encodings-in-one-file",
    ),
    pytest.param(
        {"t.json": '[{"id": 1, "name": "Zoë"}]'.encode("cp1252")},
        [{"name": "Zoë"}],
        {"encoding-assumed": 1},
        id="18-json-in-windows-1252",
    ),
    pytest.param(
        {"t.json": '{"123": {"subject": "a"}, "124": {"id": 9, "subject": "b"}}'},
        [{"id": "123", "subject": "a"}, {"id": "9", "subject": "b"}],
        {},
        id="json-by-id",
    ),
    pytest.param(
        {"t.json": '{"db": {"tickets": {"-Nx1": {"subject": "a"}, "-Nx2": {"subject": "b"}}, "v": {"n": 1}}}'},
        [{"id": "-Nx1", "subject": "a"}, {"id": "-Nx2", "subject": "b"}],
        {},
        id="json-by-id-inside-of-something",
    ),
    pytest.param(
        {"t.json": '{"export": {"meta": {"v": 1}, "support": {"list": [{"id": 1, "subject": "a"}]}}}'},
        [{"id": "1", "subject": "a"}],
        {},
        id="json-list-at-an-unexpected-place",
    ),
    pytest.param(
        {"t.json": '{"cases": [{"no": 1}, {"no": 2}], "meta": {"page": 1}, "links": {"next": null}}'},
        [{"no": "1"}, {"no": "2"}],
        {},
        id="json-list-beside-what-is-about-it",
    ),
    pytest.param(
        {"t.json": '{"people": [{"name": "x"}], "cases": [{"no": 1, "subject": "a"}]}'},
        [{"no": "1", "subject": "a"}],
        {"list-left-out": 1},
        id="json-with-one-list-that-has-titles",
    ),
    pytest.param(
        {"t.json": '{"title": "Export of May", "created_at": "2024", "tickets": [{"id": 1}, {"id": 2}]}'},
        [{"id": "1"}, {"id": "2"}],
        {},
        id="json-export-with-a-title-of-its-own",
    ),
    pytest.param(
        {"t.ndjson": '{"type": "header", "version": 2}\n{"id": 1, "type": "question"}\n{"id": 2}\n'},
        [{"id": "1"}, {"id": "2"}],
        {"header-line": 1},
        id="json-lines-behind-a-header",
    ),
    pytest.param({"t.json": b"\xef\xbb\xbf" + b'[{"id": 1}]'}, [{"id": "1"}], {}, id="json-with-a-mark"),
    pytest.param({"t.json": '[{"id": "é"}]'.encode("utf-16")}, [{"id": "é"}], {}, id="json-in-utf-16"),
    pytest.param(
        {"t.xml": "<Out><Meta><Count>2</Count></Meta><Cases><Case><No>1</No></Case><Case><No>2</No></Case></Cases></Out>"},
        [{"No": "1"}, {"No": "2"}],
        {},
        id="xml-of-unknown-shape",
    ),
    pytest.param(
        {"t.xml": '<x:out xmlns:x="urn:x"><x:case><x:id>1</x:id></x:case><x:case><x:id>2</x:id></x:case></x:out>'},
        [{"id": "1"}, {"id": "2"}],
        {},
        id="xml-whose-names-have-a-prefix",
    ),
    pytest.param(
        {"t.xml": '<dump><table_data name="t"><row><field name="id">1</field><field name="subject">a</field></row>'
        "</table_data></dump>"},
        [{"id": "1", "subject": "a"}],
        {},
        id="xml-of-a-database",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "values", "notices"), READ)
def test_an_awkward_file_is_read_for_what_it_holds(tmp_path, files, values, notices):
    source = opened(*written(tmp_path, files))
    records = list(source.records())
    assert [
        {key: record.values.get(key) for key in some} for record, some in zip(records, values, strict=True)
    ] == values
    assert [codes(record) for record in records] == [[]] * len(values)
    assert told(source) == notices


# --- what becomes of it -----------------------------------------------------------------------

FRONT = "Message ID,Conversation ID,Direction,Status,Inbox,Message Date,Assignee,Contact name,Contact handle,Extract,Tags\n"
FRESHDESK = (
    "Ticket ID,Subject,Status,Priority,Created time,Title,Full name,Contact ID,Company Name\n"
    "1301,VAT,Open,High,2024-07-04 10:12:31,Head of Anything,Wren Ash,wren@example.com,Acme\n"
)
ZENDESK_CSV = (
    "Summation column,Id,Requester,Requester email,Subject,Status,Priority,Created at,Status [list]\n"
    "1,4711,Ada Brook,ada@example.com,Lamp,Open,High,2024-03-01 10:00,Broken\n"
)
CODED = {
    "freshdesk": {"id": 5, "subject": "No. 2", "description": "x", "fr_due_by": "2024-01-01T00:00:00Z", "status": 2, "priority": 1, "source": 2, "requester_id": 1,
                  "requester": {"id": 1, "email": "w@example.com"}, "created_at": "2024-01-01T10:00:00Z"},
    "servicenow": {"records": [{"sys_id": "a" * 32, "number": "INC1", "short_description": "No. 2",
                                "incident_state": "2", "state": "2", "sys_created_on": "2024-01-01 10:00:00"}]},
}  # fmt: skip
XML_OF_ZENDESK = (
    "<tickets type='array'><ticket><nice-id type='integer'>2</nice-id><subject>No. 2</subject>"
    "<status-id type='integer'>2</status-id><created-at type='datetime'>2024-01-01T10:00:00Z</created-at>"
    "<requester-id type='integer'>7</requester-id><description>x</description></ticket></tickets>"
)
USERS = [{"id": 501, "name": "Wanda", "email": "wanda@example.com", "role": "end-user"}]
COMMENTS = [
    {"id": 1, "body": "Text 1", "public": True, "author_id": 501, "created_at": "2024-01-01T10:00:00Z"},
    {"id": 2, "body": "Between us", "public": False, "author_id": 501, "created_at": "2024-01-01T11:00:00Z"},
    {"id": 3, "body": "Nobody said", "author_id": 501, "created_at": "2024-01-01T12:00:00Z"},
]
JIRA = (
    "Summary,Issue key,Issue id,Status,Reporter,Reporter Id,Created,Description,Comment,Comment\n"
    "Lamp,SUP-1,1,Done,wanda@example.com,qm:1:1,22/Sep/25 9:30 AM,*bold*,"
    "22/Sep/25 9:31 AM;712020:x;one,22/Sep/25 9:32 AM;qm:1:1;two\n"
)
GITHUB = [
    {"id": 1, "number": 7, "title": "An issue", "state": "open", "user": {"login": "octo", "id": 3},
     "labels": [], "comments": 0, "created_at": "2024-01-01T10:00:00Z", "body": "x", "html_url": "https://e.example/7"},
    {"id": 2, "number": 8, "title": "A change", "state": "open", "user": {"login": "octo", "id": 3},
     "labels": [], "comments": 0, "created_at": "2024-01-01T10:00:00Z", "body": "x", "html_url": "https://e.example/8",
     "pull_request": {"url": "u"}},
]  # fmt: skip


def zendesk(*tickets: dict[str, Any]) -> Files:
    return {"tickets.json": json_lines(*tickets), "users.json": json_lines(*USERS)}


BECOMES = [
    pytest.param(
        {"t.csv": ZENDESK_CSV},
        "zendesk-csv",
        [{"key": "4711", "author": "ada@example.com", "status": "In progress"}],
        id="1-the-summation-column-is-no-id",
    ),
    pytest.param(
        {"t.csv": FRONT + "m1,c1,Inbound,archived,A,2024-03-11 09:17:41,Ada,Wanda,w@example.com,Hello,\n"
         "m1,c1,Inbound,archived,B,2024-03-11 09:17:41,Ada,Wanda,w@example.com,Hello,\n"
         "m2,c1,Outbound,archived,A,2024-03-11 10:00:00,Ada,Wanda,w@example.com,Bye,\n"},
        "front-csv",
        [{"key": "c1", "author": "w@example.com"}],
        id="4-messages-of-one-conversation-are-one-ticket",
    ),
    pytest.param(
        {"t.csv": FRESHDESK},
        "freshdesk-csv",
        [{"key": "1301", "title": "VAT", "author": "wren@example.com", "status": "In progress"}],
        id="13-an-id-that-is-an-address-and-a-title-that-is-a-job",
    ),
    pytest.param(
        {"t.json": json.dumps([CODED["freshdesk"]])},
        "freshdesk",
        [{"status": "In progress"}],
        id="9-the-number-2-in-freshdesk",
    ),
    pytest.param(
        {"t.json": json.dumps(CODED["servicenow"])},
        "servicenow",
        [{"status": "In progress"}],
        id="9-the-number-2-in-servicenow",
    ),
    pytest.param(
        {"t.xml": XML_OF_ZENDESK, "users.xml": "<users><user><id>7</id><email>w@example.com</email><name>W</name></user></users>"},
        "zendesk",
        [{"status": "Waiting on customer"}],
        id="9-the-number-2-in-the-xml-of-zendesk",
    ),
    pytest.param(
        zendesk(zendesk_ticket(1, comments=COMMENTS)),
        "zendesk",
        [{"content": "Text 1", "messages": [("<p>Between us</p>", "note"), ("<p>Nobody said</p>", "note")]}],
        id="10-11-the-first-comment-comes-once-and-what-is-not-public-is-private",
    ),
    pytest.param(
        {"t.csv": JIRA},
        "jira",
        [{"key": "SUP-1", "content": "<p><strong>bold</strong></p>", "messages": [("<p>one</p>", "note"), ("<p>two</p>", "note")]}],
        id="11-16-unmarked-comments-are-private-and-wiki-markup-is-html",
    ),
    pytest.param(
        {"t.csv": JIRA.replace("wanda@example.com,qm:1:1", "Wanda,557058:1")},
        "jira",
        [{"key": "SUP-1", "author": ""}],
        id="12-people-without-addresses-are-known-by-their-ids",
    ),
    pytest.param(
        zendesk(zendesk_ticket(1, status="deleted"), zendesk_ticket(2, tags=["closed_by_merge"], status="closed")),
        "zendesk",
        [{"key": "1", "skipped": "deleted"}, {"key": "2", "skipped": "merged"}],
        id="14-deleted-and-merged-tickets-are-left-out-by-reason",
    ),
    pytest.param(
        {"t.json": json.dumps([CODED["freshdesk"] | {"spam": True}])},
        "freshdesk",
        [{"key": "5", "skipped": "spam"}],
        id="14-spam-is-left-out-by-reason",
    ),
    pytest.param(
        {"t.json": json.dumps(GITHUB)},
        "github",
        [{"key": "7", "title": "An issue"}, {"key": "8", "skipped": "pull requests"}],
        id="14-pull-requests-are-no-tickets",
    ),
    pytest.param(
        zendesk(zendesk_ticket(1), zendesk_ticket(1, subject="Newer", updated_at="2025-01-01T00:00:00Z")),
        "zendesk",
        [{"key": "1", "title": "Newer"}],
        id="15-of-a-ticket-in-two-places-the-newest-counts",
    ),
    pytest.param(
        {"a.csv": "id,subject\n1,one\n", "b.csv": "id,subject\n1,again\n2,two\n"},
        PLAIN,
        [{"key": "1", "title": "one"}, {"problems": ["duplicate-key"]}, {"key": "2"}],
        id="15-an-id-that-stands-twice-is-named",
    ),
    pytest.param(
        {"t.csv": 'id,subject\n="00123",one\n'},
        PLAIN.replace("key: id", """key: {from: id, replace: {'^="(.*)"$': '\\1'}}"""),
        [{"key": "00123"}],
        id="15-an-id-that-is-written-as-a-formula",
    ),
    pytest.param(
        {"t.csv": "id,subject\n1.23457E+15,one\n"},
        PLAIN,
        [{"problems": ["key-digits-lost"]}],
        id="15-a-rounded-id-is-refused",
    ),
    pytest.param(
        {"t.csv": 'id,subject,body\n1,one,"if a < b then\n<c> & d"\n'},
        PLAIN,
        [{"content": "<p>if a &lt; b then<br>&lt;c&gt; &amp; d</p>"}],
        id="16-plain-text-with-an-angle-is-no-tag",
    ),
    pytest.param(
        {"t.csv": "id,subject,body\n1,one,&lt;p&gt;Hello&lt;/p&gt;\n"},
        PLAIN.replace("as: text", "as: escaped-html"),
        [{"content": "<p>Hello</p>"}],
        id="16-escaped-html-is-html",
    ),
    pytest.param(
        {"t.csv": "id,subject\n1,a\0b\n2,fine\n"},
        PLAIN,
        [{"problems": ["nul-character"]}, {"key": "2"}],
        id="18-a-nul-holds-back-its-row-alone",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "mapping", "expected"), BECOMES)
def test_an_awkward_ticket_becomes_what_it_is(tmp_path, files, mapping, expected):
    found = become(tmp_path, files, mapping)
    assert [
        {key: each.get(key) for key in some} for each, some in zip(found, expected, strict=True)
    ] == expected


TIMES = [
    pytest.param("2024-07-01 10:00", {}, "2024-07-01T08:00:00.000Z", id="local"),
    pytest.param("2024-07-01T10:00:00Z", {}, "2024-07-01T10:00:00.000Z", id="utc"),
    pytest.param("2018-05-11T09:46:53.000+0300", {}, "2018-05-11T06:46:53.000Z", id="offset-without-colon"),
    pytest.param("2016-04-28T11:19:34 -10:00", {}, "2016-04-28T21:19:34.000Z", id="space-before-the-offset"),
    pytest.param("2024-07-01T10:00:00.123456789Z", {}, "2024-07-01T10:00:00.123Z", id="nanoseconds"),
    pytest.param("1719828000", {"format": "epoch"}, "2024-07-01T10:00:00.000Z", id="epoch-seconds"),
    pytest.param(
        "1719828000000", {"format": "epoch_ms"}, "2024-07-01T10:00:00.000Z", id="epoch-milliseconds"
    ),
    pytest.param("18/jul/26 9:30 p.\u00a0m.", {}, "2026-07-18T19:30:00.000Z", id="spanish-afternoon"),
    pytest.param("19/lip/23 9:30 AM", {}, "2023-07-19T07:30:00.000Z", id="polish-month"),
    pytest.param("Thu Jan 04 10:11:12 2024", {}, "2024-01-04T09:11:12.000Z", id="request-tracker"),
    pytest.param("Sun, 8 Sep 2024 17:43:07 +0300", {}, "2024-09-08T14:43:07.000Z", id="rfc-2822"),
    pytest.param("15 Apr, 2021 23:01:19", {}, "2021-04-15T21:01:19.000Z", id="zoho"),
    pytest.param("13/02/2024 14:05", {}, "2024-02-13T13:05:00.000Z", id="day-first"),
    pytest.param("02/13/2024 14:05", {}, "2024-02-13T13:05:00.000Z", id="month-first"),
]


@pytest.mark.parametrize(("cell", "said", "instant"), TIMES)
def test_a_time_is_read_as_it_is_written(tmp_path, cell, said, instant):
    extra = "".join(f", {key}: {value}" for key, value in said.items())
    mapping = PLAIN.replace("as: datetime", f"as: datetime{extra}")
    (found,) = become(tmp_path, {"t.csv": f'id,subject,created\n1,one,"{cell}"\n'}, mapping)
    assert found.get("created", found) == instant


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        pytest.param(["13/02/2024", "02/13/2024"], "dates in both orders", id="both-orders"),
        pytest.param(
            ["01/02/2024", "03/04/2024"], "whether the day or the month comes first", id="nothing-decides"
        ),
    ],
)
def test_the_order_of_day_and_month_is_never_guessed(tmp_path, cells, message):
    rows = "".join(f"{number},one,{cell}\n" for number, cell in enumerate(cells))
    with pytest.raises(MappingError, match=message):
        become(tmp_path, {"t.csv": f"id,subject,created\n{rows}"}, PLAIN)


def test_a_table_is_local_and_an_api_is_utc(tmp_path):
    """Trap 8: the same ticket of one helpdesk differs by hours."""
    (table,) = become(tmp_path, {"t.csv": FRESHDESK}, "freshdesk-csv", "timezone=Europe/Berlin")
    api = [CODED["freshdesk"] | {"created_at": "2024-07-04T10:12:31Z"}]
    (answer,) = become(tmp_path, {"t.json": json.dumps(api)}, "freshdesk")
    assert (table["created"], answer["created"]) == ("2024-07-04T08:12:31.000Z", "2024-07-04T10:12:31.000Z")


# --- what is refused --------------------------------------------------------------------------

REFUSED = [
    pytest.param({"t.csv": "1,Lamp,2024-01-01\n2,Chair,2024-01-02\n"}, "no header", id="no-header"),
    pytest.param(
        {"t.json": '{"columns": ["id"], "rows": [[1], [2]]}'}, "without the names", id="rows-in-json"
    ),
    pytest.param({"t.json": '[["id", "subject"], [1, "a"]]'}, "without the names", id="arrays-in-an-array"),
    pytest.param({"t.json": '{"a": [{"x": 1}], "b": [{"y": 1}]}'}, "several lists", id="two-lists"),
    pytest.param(
        {"t.sql": "-- MySQL dump 10.13\nINSERT INTO t VALUES (1);\n"},
        "dump of a database",
        id="a-dump-in-sql",
    ),
    pytest.param(
        {"t.csv": '"id,subject,body";;\n"1,a,""x";;\n"and more";;\n"y""";;\n"2,b,z";;\n'},
        "without splitting it",
        id="a-table-that-a-spreadsheet-tore",
    ),
    pytest.param({"t.csv": 'id,body\n1,"never closed\n2,x\n'}, "never closed", id="a-quote-without-end"),
    pytest.param({"t.csv": "", "u.csv": "id\n1\n"}, "empty", id="one-file-empty"),
    pytest.param({"t.csv": "id,a\n1,x\n", "u.csv": "id,b\n1,x\n"}, "columns differ", id="two-tables"),
    pytest.param({"t.csv": "id,a\n1,x\n", "u.json": '[{"id": 1}]'}, "different kinds", id="two-kinds"),
]


@pytest.mark.parametrize(("files", "message"), REFUSED)
def test_what_cannot_be_read_for_sure_is_refused_with_the_way_out(tmp_path, files, message):
    with pytest.raises(SourceError, match=message) as caught:
        opened(*written(tmp_path, files)).records().__next__()
    assert caught.value.hint
