import csv
import io
import json

import pytest

from tests.readers.support import json_lines, opened, read, told, write

ADA = {"accountId": "712020:0f6a", "displayName": "Ada Brook", "accountType": "atlassian"}
WANDA = {
    "accountId": "qm:1:2",
    "displayName": "Wanda",
    "emailAddress": "w@example.com",
    "accountType": "customer",
}


def issue(number=1, **fields):
    own = {
        "summary": f"issue {number}",
        "status": {"name": "Open"},
        "issuetype": {"name": "Bug"},
        "reporter": WANDA,
    }
    return {"id": str(100 + number), "key": f"S-{number}", "fields": own | fields}


def comment(number=1, **keys):
    own = {"id": str(number), "author": ADA, "body": "text", "created": "2024-01-15T09:00:00.000+0100"}
    return own | keys


def single(tmp_path, **fields):
    (record,) = read(write(tmp_path, "issues.json", json.dumps({"total": 1, "issues": [issue(**fields)]})))
    return record.values


def page(*comments, **keys):
    return {"comments": list(comments), "total": len(comments), **keys}


@pytest.mark.parametrize("layout", ["envelope", "array", "lines", "single"])
def test_issues_are_recognised_however_they_are_wrapped(tmp_path, layout):
    issues = [issue(1), issue(2)]
    text = {
        "envelope": json.dumps({"startAt": 0, "maxResults": 50, "total": 2, "issues": issues}),
        "array": json.dumps(issues),
        "lines": json_lines(*issues),
        "single": json.dumps(issues[0]),
    }
    source = opened(write(tmp_path, "export.json", text[layout]))
    keys = [record.values["key"] for record in source.records()]
    assert (source.reader, source.helpdesk) == ("jira", "jira")
    assert keys == (["S-1"] if layout == "single" else ["S-1", "S-2"])


def test_an_issue_is_brought_into_the_canonical_shape(tmp_path):
    values = single(
        tmp_path,
        status={"name": "Fertig", "statusCategory": {"key": "done"}},
        assignee=ADA,
        priority={"name": "High"},
        created="2024-01-15T09:00:00.000+0100",
        labels=["a", "b"],
        attachment=[
            {"filename": "a.png", "content": "https://x.example/a", "size": 5, "mimeType": "image/png"}
        ],
    )
    assert (values["status"], values["status_category"], values["priority"]) == ("Fertig", "done", "High")
    assert (values["summary"], values["labels"]) == ("issue 1", ["a", "b"])
    assert values["reporter"] == {
        "kind": "customer",
        "id": "qm:1:2",
        "email": "w@example.com",
        "name": "Wanda",
    }
    assert values["assignee"] == {
        "kind": "agent",
        "id": "712020:0f6a",
        "name": "Ada Brook",
        "external_id": "712020:0f6a",
    }
    assert values["files"] == [
        {"name": "a.png", "url": "https://x.example/a", "size": "5", "type": "image/png"}
    ]
    assert values["fields"]["summary"] == "issue 1"


@pytest.mark.parametrize(
    ("keys", "private"),
    [
        pytest.param({"jsdPublic": True}, "false", id="public"),
        pytest.param({"jsdPublic": False}, "true", id="internal"),
        pytest.param({}, None, id="unknown"),
        pytest.param({"jsdPublic": True, "visibility": {"type": "role", "value": "Staff"}}, "true", id="restricted"),
        pytest.param({"properties": [{"key": "sd.public.comment", "value": {"internal": True}}]}, "true", id="property"),
        pytest.param({"properties": [{"key": "sd.public.comment", "value": {"internal": False}}]}, "false", id="open"),
        pytest.param(
            {"jsdPublic": True, "properties": [{"key": "sd.public.comment", "value": {"internal": True}}]},
            "true",
            id="contradiction",
        ),
    ],
)  # fmt: skip
def test_the_privacy_of_a_comment_is_never_guessed(tmp_path, keys, private):
    (found,) = single(tmp_path, comment=page(comment(**keys)))["comments"]
    assert found.get("private") == private
    assert found["kind"] == ("reply" if private == "false" else "note")


@pytest.mark.parametrize(
    ("project", "privacies"),
    [
        pytest.param("service_desk", ["false", "true", "true"], id="portal"),
        pytest.param("software", [None, "true", "true"], id="no-portal"),
        pytest.param("business", [None, "true", "true"], id="no-portal-either"),
    ],
)
def test_what_a_project_without_a_portal_calls_public_is_of_unknown_privacy(tmp_path, project, privacies):
    restricted = comment(3, jsdPublic=True, visibility={"type": "role", "value": "Staff"})
    comments = page(comment(1, jsdPublic=True), comment(2, jsdPublic=False), restricted)
    found = single(tmp_path, project={"projectTypeKey": project}, comment=comments)["comments"]
    assert [each.get("private") for each in found] == privacies
    assert [each["kind"] for each in found] == ["reply" if each == "false" else "note" for each in privacies]


@pytest.mark.parametrize(
    ("author", "kind"),
    [
        pytest.param(WANDA, "customer", id="reporter"),
        pytest.param(ADA, "agent", id="colleague"),
        pytest.param({"accountId": "qm:9:9", "displayName": "Max"}, "customer", id="of-the-portal"),
        pytest.param(ADA | {"accountType": "app"}, "bot", id="app"),
        pytest.param({"name": "ada", "displayName": "Ada Brook"}, "agent", id="server"),
        pytest.param(None, None, id="deleted"),
    ],
)
def test_who_wrote_a_comment_is_a_customer_or_not(tmp_path, author, kind):
    (found,) = single(tmp_path, comment=page(comment(author=author)))["comments"]
    assert found["author"].get("kind") == kind


def test_texts_say_in_what_they_are_written(tmp_path):
    document = {"type": "doc", "content": []}
    values = single(
        tmp_path, description=document, comment=page(comment(body="*x*"), comment(2, body=document))
    )
    assert (values["description"], values["description_format"]) == (document, "adf")
    assert [each["body_format"] for each in values["comments"]] == ["jira", "adf"]


def test_a_text_that_is_only_there_as_html_is_taken_so(tmp_path):
    whole = issue(comment=page(comment(body=None))) | {
        "renderedFields": {
            "description": "<p>d</p>",
            "comment": {"comments": [{"id": "1", "body": "<p>c</p>"}]},
        }
    }
    (record,) = read(write(tmp_path, "issue.json", json.dumps(whole)))
    (found,) = record.values["comments"]
    assert (record.values["description"], record.values["description_format"]) == ("<p>d</p>", "html")
    assert (found["body"], found["body_format"]) == ("<p>c</p>", "html")


def test_people_and_comments_beside_the_issues_are_joined(tmp_path):
    write(
        tmp_path,
        "issues.json",
        json.dumps({"issues": [issue(reporter=ADA, comment=page(comment(1), total=9))]}),
    )
    apart = {"self": "https://x.example/rest/api/3/issue/101/comment/2", **comment(2, jsdPublic=True)}
    write(tmp_path, "comments.json", json.dumps({"comments": [apart], "total": 1}))
    portal = {"id": "3", "body": "p", "public": True, "_links": {"self": "https://x.example/rest/servicedeskapi/request/S-1/comment/3"}}  # fmt: skip
    write(tmp_path, "portal.json", json.dumps({"values": [portal], "size": 1}))
    write(tmp_path, "users.json", json.dumps([ADA | {"emailAddress": "ada@example.com"}]))
    source = opened(tmp_path)
    (record,) = source.records()
    assert record.values["reporter"]["email"] == "ada@example.com"
    assert [each["id"] for each in record.values["comments"]] == ["1", "2", "3"]
    assert [each.get("private") for each in record.values["comments"]] == [None, "false", "false"]
    assert told(source) == {"left-out": 6}


def test_the_newest_copy_of_an_issue_is_read(tmp_path):
    old, new = (
        issue(updated="2024-01-01T00:00:00.000+0000"),
        issue(updated="2024-02-01T00:00:00.000+0000", summary="new"),
    )
    source = opened(write(tmp_path, "issues.json", json.dumps([new, old])))
    assert [record.values["summary"] for record in source.records()] == ["new"]
    assert told(source) == {"repeated-tickets": 1}


def test_requests_of_the_portal_are_issues(tmp_path):
    request = {
        **{
            "issueId": "101",
            "issueKey": "S-1",
            "createdDate": {"iso8601": "2024-01-15T09:00:00+0100"},
            "reporter": WANDA,
        },
        "requestFieldValues": [
            {"fieldId": "summary", "label": "What do you need?", "value": "help"},
            {"fieldId": "description", "label": "Why?", "value": "*because*"},
            {"fieldId": "customfield_1", "label": "Team", "value": "Red"},
        ],
        "currentStatus": {"status": "Waiting for support", "statusCategory": "INDETERMINATE"},
        "comments": {
            "values": [{"id": "1", "body": "a", "public": False, "author": ADA, "created": {"iso8601": "x"}}]
        },
    }
    write(tmp_path, "requests.json", json.dumps({"size": 1, "isLastPage": True, "values": [request]}))
    apart = {"id": "2", "body": "b", "public": True, "author": WANDA, "_links": {"self": "https://x.example/rest/servicedeskapi/request/101/comment/2"}}  # fmt: skip
    write(tmp_path, "comments.json", json.dumps({"values": [apart]}))
    source = opened(tmp_path)
    (record,) = source.records()
    values = record.values
    assert (source.reader, values["key"], values["summary"], values["description"]) == (
        "jira",
        "S-1",
        "help",
        "*because*",
    )
    assert (values["status"], values["status_category"], values["created_at"]) == (
        "Waiting for support",
        "indeterminate",
        "2024-01-15T09:00:00+0100",
    )
    assert [(each["body"], each["private"], each["author"]["kind"]) for each in values["comments"]] == [
        ("a", "true", "agent"),
        ("b", "false", "customer"),
    ]
    assert values["custom_fields"] == [{"id": "customfield_1", "name": "Team", "value": "Red"}]


# --- the XML of a search ----------------------------------------------------------------------

ITEM = """<item><title>[S-{n}] x</title><project id="1" key="S">Sup</project><key id="10{n}">S-{n}</key>
<summary>issue {n}</summary><type id="1">Bug</type><status id="1">Fertig</status>
<statusCategory id="3" key="done"/><assignee accountid="-1">Nicht zugewiesen</assignee>
<reporter accountid="557058:1">Wanda</reporter><created>Sun, 8 Sep 2024 17:43:07 +0300</created>
<description>&lt;p&gt;a &amp;lt; b&lt;/p&gt;</description>{more}</item>"""


def rss(tmp_path, *items):
    text = f"<!-- RSS generated by JIRA -->\n<rss version='0.92'><channel><title>t</title>{''.join(items)}</channel></rss>"
    return opened(write(tmp_path, "SearchRequest.xml", text))


@pytest.mark.parametrize("count", [1, 2])
def test_items_of_the_xml_are_issues(tmp_path, count):
    source = rss(tmp_path, *(ITEM.format(n=n, more="") for n in range(1, count + 1)))
    found = [record.values for record in source.records()]
    assert (source.reader, source.helpdesk) == ("jira", "jira")
    assert [each["key"] for each in found] == ["S-1", "S-2"][:count]
    assert (found[0]["summary"], found[0]["status_category"], found[0]["status"]) == (
        "issue 1",
        "done",
        "Fertig",
    )
    assert (found[0]["description"], found[0]["description_format"]) == ("<p>a &lt; b</p>", "html")
    assert (found[0]["reporter"]["name"], found[0]["assignee"]) == ("Wanda", {})


def test_an_item_of_few_fields_is_an_issue(tmp_path):
    (record,) = rss(
        tmp_path, "<item><title>[S-1] x</title><key id='1'>S-1</key><summary>x</summary></item>"
    ).records()
    assert (record.values["key"], record.values["summary"], record.values["comments"]) == ("S-1", "x", [])


def test_comments_of_the_xml_are_of_unknown_privacy_unless_restricted(tmp_path):
    more = """<comments><comment id="1" author="557058:1" created="Mon, 9 Sep 2024 08:00:00 +0300">&lt;p&gt;one&lt;/p&gt;</comment>
    <comment id="2" author="5b10" created="Mon, 9 Sep 2024 09:00:00 +0300" grouplevel="staff">two</comment></comments>
    <attachments><attachment id="7" name="a.png" size="5"/></attachments>
    <customfields><customfield id="customfield_1" key="k"><customfieldname>Team</customfieldname><customfieldvalues>
    <customfieldvalue key="1">Red</customfieldvalue><customfieldvalue>Blue</customfieldvalue></customfieldvalues></customfield></customfields>"""  # fmt: skip
    (record,) = rss(tmp_path, ITEM.format(n=1, more=more)).records()
    first, second = record.values["comments"]
    assert [(each["kind"], each.get("private")) for each in (first, second)] == [
        ("note", None),
        ("note", "true"),
    ]
    assert (first["body"], first["author"]["kind"], first["author"]["name"]) == (
        "<p>one</p>",
        "customer",
        "Wanda",
    )
    assert second["author"]["kind"] == "agent"
    assert record.values["files"] == [{"name": "a.png", "size": "5"}]
    assert record.values["custom_fields"] == [
        {"id": "customfield_1", "name": "Team", "value": ["Red", "Blue"]}
    ]


# --- CSV --------------------------------------------------------------------------------------

HEADER = ["Summary", "Issue key", "Issue id", "Status", "Reporter", "Reporter Id", "Created", "Description"]
ROW = ["one", "S-1", "101", "Open", "Wanda", "557058:1", "15/Jan/24 9:41 AM", "*x* [~accountid:557058:1]"]


def table(tmp_path, header, *rows, name="Jira.csv"):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return write(tmp_path, name, text.getvalue())


def row(tmp_path, *more):
    """One issue with further columns, each a pair of header and cell."""
    path = table(tmp_path, [*HEADER, *(column for column, _ in more)], [*ROW, *(cell for _, cell in more)])
    (record,) = read(path)
    return record.values


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        pytest.param(HEADER, ROW, id="english"),
        pytest.param([each.upper() for each in HEADER], ROW, id="capitals"),
        pytest.param(
            ["Resumen", "Clave de incidencia", "ID de la incidencia", "Estado", "Informador", "Informador Id", "Creada", "Descripción"],
            ROW,
            id="spanish",
        ),
        pytest.param(
            ["Podsumowanie", "Klucz zgłoszenia", "Id. zgłoszenia", "Status", "Osoba zgłaszająca", "Id", "Utworzono", "Opis"],
            ROW,
            id="polish",
        ),
        pytest.param(
            ["Resumo", "Chave da item", "ID da item", "Status", "Relator", "Relator Id", "Criado", "Descrição"],
            ROW,
            id="portuguese",
        ),
        pytest.param(
            ["Zusammenfassung", "Vorgangsschlüssel", "Vorgangs-ID", "Status", "Autor", "Autor-ID", "Erstellt", "Beschreibung"],
            ROW,
            id="german",
        ),
        pytest.param(
            ["Résumé", "Clé de ticket", "ID de ticket", "État", "Rapporteur", "Rapporteur Id", "Création", "Description"],
            ROW,
            id="french",
        ),
        pytest.param(["要約", "課題キー", "課題 ID", "ステータス", "報告者", "報告者 ID", "作成日", "説明"], ROW, id="japanese"),
    ],
)  # fmt: skip
def test_the_header_is_known_in_several_languages(tmp_path, header, cells):
    source = opened(table(tmp_path, header, cells))
    (record,) = source.records()
    assert (source.reader, source.helpdesk) == ("jira-csv", "jira")
    values = record.values
    assert [values[key] for key in ("key", "summary", "status")] == ["S-1", "one", "Open"]
    assert values["reporter"] == {
        "kind": "customer",
        "id": "557058:1",
        "name": "Wanda",
        "external_id": "557058:1",
    }
    assert (values["created_at"], values["description"]) == ("15/Jan/24 9:41 AM", "*x* [~Wanda]")
    assert record.original == tuple(cells)
    assert values[header[1]] == "S-1"


@pytest.mark.parametrize(
    ("cell", "created_at", "author", "body"),
    [
        pytest.param(
            "22/Sep/25 9:30 AM;557058:1;a; b;\nc", "22/Sep/25 9:30 AM", "customer", "a; b;\nc", id="reporter"
        ),
        pytest.param("22/Sep/25 9:30 AM;712020:x;a", "22/Sep/25 9:30 AM", "agent", "a", id="colleague"),
        pytest.param("18/jul/26 9:30 a. m.;;a", "18/jul/26 9:30 a. m.", None, "a", id="no-author"),
        pytest.param("16/02/2017 15:26;ada;a", "16/02/2017 15:26", "agent", "a", id="spreadsheet"),
        pytest.param("just; words; here", None, None, "just; words; here", id="no-date"),
        pytest.param("words", None, None, "words", id="no-semicolon"),
    ],
)
def test_a_comment_is_date_author_and_text(tmp_path, cell, created_at, author, body):
    (found,) = row(tmp_path, ("Comment", cell))["comments"]
    assert (found.get("created_at"), found["author"].get("kind"), found["body"]) == (created_at, author, body)
    assert "private" not in found
    assert found["kind"] == "note"


def test_repeated_columns_keep_every_cell_that_is_not_blank(tmp_path):
    values = row(
        tmp_path,
        *(("Comment", "1/Jan/24 9:00 AM;a;one"), ("Comment", ""), ("Comment", "2/Jan/24 9:00 AM;a;two")),
        *(("Labels", "x"), ("Labels", "y"), ("Custom field (Team)", "Red"), ("Custom field (Team)", "Blue")),
        *(("Custom field (Rank)", "0|i0004f:"), ("Status Category", "En curso")),
    )
    assert [each["body"] for each in values["comments"]] == ["one", "two"]
    assert (values["labels"], values["status_category"]) == (["x", "y"], "indeterminate")
    assert values["custom_fields"] == [
        {"name": "Team", "value": ["Red", "Blue"]},
        {"name": "Rank", "value": "0|i0004f:"},
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (
            "1/Jan/24 9:00 AM;ada;a; b.txt;https://x.example/1",
            {"name": "a; b.txt", "url": "https://x.example/1"},
        ),
        ("1/Jan/24 9:00 AM;ada;a.txt", {"name": "a.txt"}),
        ("a.txt", {"name": "a.txt"}),
    ],
)
def test_an_attachment_is_date_author_name_and_perhaps_address(tmp_path, cell, expected):
    assert row(tmp_path, ("Attachment", cell))["files"] == [expected]


def test_a_customer_of_the_portal_has_an_address_for_a_name(tmp_path):
    header = ["Summary", "Issue key", "Issue id", "Reporter", "Reporter Id"]
    (record,) = read(table(tmp_path, header, ["one", "S-1", "1", "w@example.com", "qm:1:2"]))
    assert record.values["reporter"] == {
        "kind": "customer",
        "id": "qm:1:2",
        "email": "w@example.com",
        "name": "w@example.com",
    }


def test_without_ids_the_column_behind_a_person_is_not_taken_for_one(tmp_path):
    header = ["Summary", "Issue key", "Issue id", "Reporter", "Assignee", "Created"]
    (record,) = read(table(tmp_path, header, ["one", "S-1", "1", "ada", "ben", "15/Jan/24 9:41 AM"]))
    assert record.values["reporter"] == {"kind": "customer", "name": "ada", "external_id": "ada"}
    assert record.values["assignee"] == {"kind": "agent", "name": "ben", "external_id": "ben"}


def test_searches_with_other_numbers_of_columns_are_one_export(tmp_path):
    table(tmp_path, [*HEADER, "Comment", "Comment"], [*ROW, "a", "b"], name="1.csv")
    second = ["two", "S-2", *ROW[2:]]
    table(
        tmp_path,
        [*HEADER, "Comment", "Custom field (Team)"],
        [*second, "c", "Red"],
        [*ROW, "z", ""],
        name="2.csv",
    )
    people = [["User id", "User name", "email"], ["557058:1", "Wanda", "w@example.com"]]
    table(tmp_path, *people, name="users.csv")
    source = opened(tmp_path)
    found = [record.values for record in source.records()]
    assert (source.reader, source.helpdesk) == ("jira-tables", "jira")
    assert [(each["key"], [c["body"] for c in each["comments"]]) for each in found] == [
        ("S-2", ["c"]),
        ("S-1", ["z"]),
    ]
    assert found[0]["reporter"]["email"] == "w@example.com"
    assert told(source)["repeated-tickets"] == 1


@pytest.mark.parametrize(
    "header", [["Issue key", "Title"], ["Issue id", "Summary", "Issue Type"], ["Key", "Summary", "Status"]]
)
def test_a_table_with_some_of_the_columns_is_not_jiras(tmp_path, header):
    assert opened(table(tmp_path, header, header)).helpdesk == ""


@pytest.mark.parametrize(
    ("address", "known"),
    [
        pytest.param("bob at example dot com", {"external_id": "bob"}, id="masked"),
        pytest.param("bob@intranet", {"email": "bob@intranet"}, id="of-an-intranet"),
        pytest.param("bob@example.com", {"email": "bob@example.com"}, id="shown"),
    ],
)
def test_who_has_a_masked_address_is_known_by_their_login(tmp_path, address, known):
    reporter = {"name": "bob", "displayName": "Bob", "emailAddress": address}
    fields = {"summary": "S", "status": {"name": "Open"}, "reporter": reporter}
    path = write(tmp_path, "i.json", json.dumps({"issues": [{"id": "1", "key": "S-1", "fields": fields}]}))
    (record,) = read(path)
    assert record.values["reporter"] == {"kind": "customer", "id": "bob", "name": "Bob", **known}
