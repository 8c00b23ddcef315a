import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.mapping import DayMonth, Orders, apply, load_mapping
from migrator.mapping.rules import REMEMBERED
from migrator.model import (
    Draft,
    FileRef,
    Origin,
    Problem,
    Record,
    Rejected,
    Severity,
    Skipped,
    SourceRef,
    Value,
)
from tests.mapping.support import (
    MAPPINGS,
    ROW,
    TICKET,
    TOP,
    codes,
    complaints,
    drafted,
    mapping,
    read_table,
    record,
    refused,
)

COMMENT = {
    "id": "9",
    "body": "<b>yes</b>",
    "author": {"kind": "agent", "email": "bob@example.com"},
    "private": "false",
}
REPLIES = """\
replies:
  each: comments
  body: {from: body, as: html}
  author: {from: author}
  private: {from: private}
  createdAt: {from: created_at, as: datetime}
  files: {from: files, as: files}
"""


ZENDESK = load_mapping(MAPPINGS / "zendesk.yaml", read_table=read_table)
PRIVATE_OR_NOT = mapping(REPLIES)


def zendesk_ticket(**more):
    return {
        "id": "35436",
        "subject": "Printer",
        "description": "<p>It burns</p>",
        "status": "open",
        "created_at": "2019-12-10T15:35:49Z",
        "priority": "high",
        "requester": {"id": "1", "email": "ann@example.com", "name": "Ann", "external_id": "u-1"},
        "assignee": {"email": "bob@example.com"},
        "organization": {"name": "Acme"},
        "attachments": [{"name": "a.png", "url": "https://x.example/a.png", "size": "12"}],
        "comments": [
            {"id": "8", "kind": "description", "body": "<p>It burns</p>", "private": "false"},
            COMMENT | {"id": "11", "created_at": "2019-12-12T10:00:00Z", "private": "true"},
            COMMENT | {"created_at": "2019-12-11T10:00:00Z"},
        ],
    } | more


@pytest.mark.parametrize(
    ("extra", "at"),
    [
        pytest.param("skip: {odd: {from: x, match: 'x*x*x*x*[^xz]y'}}\n", "skip.odd", id="condition"),
        pytest.param(
            "  content: {from: x, replace: {'x*x*x*x*[^xz]y': a}}\n", "ticket.content", id="replacement"
        ),
    ],
)
def test_a_row_on_which_a_pattern_takes_too_long_is_rejected_and_told(extra, at):
    (problem,) = refused(mapping(extra), x="x" * 20_000 + "zy").problems
    assert (problem.code, problem.column, problem.blocks) == ("pattern-too-slow", "x", True)
    assert problem.at.endswith(at)


# --- whole mappings ---------------------------------------------------------------------------


def test_the_zendesk_example_maps_a_whole_ticket():
    made = ZENDESK
    draft = drafted(made, zendesk_ticket())
    assert (draft.key, draft.title.value, draft.content) == ("35436", "Printer", "<p>It burns</p>")
    assert (draft.author.email.value, draft.author.name.value, draft.author.user_id.value) == (
        "ann@example.com",
        "Ann",
        "u-1",
    )
    assert (draft.status.value, draft.open, draft.created_at.value) == (
        "In progress",
        True,
        "2019-12-10T15:35:49.000Z",
    )
    assert (draft.assignee.value, draft.assignee.matched_by, draft.assignee.fallback) == (
        "bob@example.com",
        "admins",
        "",
    )
    assert (draft.company.value, draft.company.fallback) == ("Acme", "")
    assert [(field.label, field.values, field.legacy_id) for field in draft.fields] == [
        ("Priority", ("high",), False), ("Legacy ID", ("ZD-35436",), True), ("Files", (), False),
    ]  # fmt: skip
    assert draft.fields[2].files == (FileRef("a.png", "https://x.example/a.png", size_bytes=12),)
    assert [(reply.source_id, reply.private, reply.author.is_agent) for reply in draft.replies] == [
        ("9", False, True),
        ("11", True, True),
    ]
    assert (draft.notify, draft.warnings) == (False, ())


@pytest.mark.parametrize(
    ("kind", "is_agent"), [("agent", True), ("bot", True), ("customer", False), ("team", None), ("", None)]
)
def test_a_bot_speaks_for_the_helpdesk_and_who_is_not_known_for_nobody(kind, is_agent):
    said = COMMENT | {"author": {"kind": kind, "name": "Fin"}}
    draft = drafted(ZENDESK, zendesk_ticket(comments=[said]))
    assert [reply.author.is_agent for reply in draft.replies] == [is_agent]


def test_the_zendesk_example_skips_and_refuses():
    made = ZENDESK
    assert apply(record(zendesk_ticket(status="spam")), made, Orders()) == Skipped(
        "35436", SourceRef("t.csv", 2), "spam"
    )
    assert codes(refused(made, zendesk_ticket(status="hold"))) == ["value-unmapped"]


def test_a_table_maps_with_its_value_tables_and_languages():
    made = load_mapping(MAPPINGS / "table.yaml", read_table=read_table)
    values = {
        "Ticket ID": "007", "Subject": "", "Description": "a\n<b>", "Requester email": " ", "Contact": "mailto:ann@example.com",
        "Requester": "Ann", "Created": "03/04/2024 10:00", "Status": "Closed", "Agent": "bob agent", "Company": "", "Tags": "a, b",
        "Priority": "", "Hours": "1.234,5", "VIP": "yes", "Due": "01.02.2024",
    }  # fmt: skip
    draft = drafted(made, values, Orders({"ticket.createdAt": DayMonth.DAY_FIRST}))
    assert (draft.key, draft.title.value, draft.content) == ("007", "(no subject)", "<p>a<br>&lt;b&gt;</p>")
    assert draft.author.email.value == "ann@example.com"
    assert (draft.created_at.value, draft.open, draft.assignee, draft.company) == (
        "2024-04-03T08:00:00.000Z",
        False,
        None,
        None,
    )
    assert {field.label: field.values for field in draft.fields} == {
        "Tags": ("a", "b"), "Priority": ("Normal",), "Hours": ("1234.5",), "VIP": ("true",), "Due": ("2024-02-01",),
        "Legacy ID": ("HD-007",),
    }  # fmt: skip


def test_repeated_columns_become_a_thread():
    made = load_mapping(MAPPINGS / "jira.yaml", read_table=read_table)
    values = {
        "Issue key": "SUP-12", "Issue Type": "Incident", "Summary": "S", "Description": "d", "Reporter": "ann@example.com",
        "Created": "19/lip/23 10:00", "Status Category": "Done", "Site zone": "", "Labels": ["x", "", "y"],
        "Comment": ["20/lip/23 9:00;bob@example.com;second; with semicolons\nand lines", "19/lip/23 9:00;;first", ""],
    }  # fmt: skip
    draft = drafted(made, values)
    assert (draft.category.value, draft.created_at.value) == ("Support", "2023-07-19T08:00:00.000Z")
    assert draft.fields[0].values == ("x, y",)
    assert [reply.body for reply in draft.replies] == [
        "<p>first</p>",
        "<p>second; with semicolons<br>and lines</p>",
    ]
    assert all(reply.private for reply in draft.replies)
    assert codes(draft) == ["privacy-unknown"]


# --- problems ---------------------------------------------------------------------------------


def test_everything_wrong_with_a_row_is_told_at_once_and_says_the_way_out():
    made = mapping("  createdAt: {from: when}\n  status: {from: s, values: {a: b}}\n")
    seen = Problem("cells-ragged", "too few cells", severity=Severity.ERROR)
    row = Record(
        SourceRef("t.csv", 7),
        {"id": "", "title": " ", "email": "", "when": "soon", "s": "x"},
        problems=(seen,),
    )
    result = apply(row, made, Orders())
    assert isinstance(result, Rejected)
    assert codes(result) == [
        "cells-ragged", "key-missing", "title-missing", "author-missing", "date-unreadable", "value-unmapped",
    ]  # fmt: skip
    assert all(problem.hint and problem.ref == row.ref for problem in result.problems[1:])
    assert result.problems[-1].at == "m.yaml, line 8, ticket.status"
    assert (result.problems[-1].column, result.problems[-1].value) == ("s", "x")


def test_what_a_reader_warns_of_travels_with_the_draft():
    seen = Problem("digits-lost", "…", severity=Severity.WARNING)
    result = apply(Record(SourceRef("t.csv", 7), dict(ROW), problems=(seen,)), mapping(), Orders())
    assert isinstance(result, Draft)
    assert result.warnings == (seen,)


def test_a_damaged_row_is_never_skipped():
    made = mapping(top=TOP + "skip: {spam: {from: title, equals: Hi}}\n")
    damaged = Record(SourceRef("t.csv", 7), dict(ROW), problems=(Problem("cells-ragged", "…"),))
    assert isinstance(apply(record(), made, Orders()), Skipped)
    assert isinstance(apply(damaged, made, Orders()), Rejected)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "key-missing"),
        ("  ", "key-missing"),
        ("1.23E+15", "key-digits-lost"),
        ("1,5e+12", "key-digits-lost"),
    ],
)
def test_an_id_that_cannot_be_trusted_refuses_the_row(key, code):
    assert codes(refused(mapping(), id=key)) == [code]


@pytest.mark.parametrize("key", ["007", "52\u00a0267", " 7 ", "3.0", "INC-1E+5x", "9" * 40])
def test_an_id_stays_exactly_as_it_is(key):
    assert drafted(mapping(), id=key).key == key


def test_an_id_is_tidied_where_the_mapping_says_so():
    top = "key: {from: id, replace: {'\\s': ''}}\ncategory: Support\n"
    assert drafted(mapping(top=top), id="52\u00a0267").key == "52267"


@pytest.mark.parametrize(
    ("rule", "value", "expected", "wrong"),
    [
        ("{from: x}", "v", "v", []),
        ("{from: x}", "", None, []),
        ("{from: x}", "-", "-", []),
        ("{from: x, values: {'-': ''}}", "-", None, []),
        ("{from: x, values: {a: b}}", "A ", "b", []),
        ("{from: x, values: {a: b}}", "c", None, ["value-unmapped"]),
        ("{from: x, values: {a: b}, unmapped: {action: reject}}", "c", None, ["value-unmapped"]),
        ("{from: x, values: {a: b}, unmapped: {action: empty}, missing: m}", "c", None, []),
        ("{from: x, values: {a: b}, unmapped: d}", "c", "d", []),
        ("{from: x, values: {a: b}, unmapped: d, missing: m}", "", "m", []),
        ("{from: x, missing: {action: reject}}", " ", None, ["value-missing"]),
        ("{from: x, missing: {action: empty}}", " ", None, []),
        ("{from: x, match: 'a(.)', missing: m}", "abc", "b", []),
        ("{from: x, match: 'z', missing: m}", "abc", "m", []),
        ("{from: x, match: 'a'}", "x" * 100_001, None, ["text-too-long"]),
        ("{from: [y, x]}", "v", "v", []),
        ("{from: x}", ["", "v", "v"], "v", []),
        ("{from: x}", ["v", "w"], None, ["several-values"]),
        ("{from: x, join: ' + '}", ["v", "w"], "v + w", []),
        ("{from: x, split: ';', join: '/'}", "v; w;", "v/w", []),
        ("{from: x}", {"a": "b"}, None, ["not-a-text"]),
        ("{template: '{{ row.x }}!'}", "v", "v!", []),
        ("{template: '{{ row.x + 1 }}'}", "v", None, ["template-failed"]),
        ("{template: '{{ row.X }}'}", "v", "v", []),
        ("{template: \"{{ row['x.a'] }}\"}", {"a": "v"}, "v", []),
        ("{value: v, when: {from: x, equals: yes}}", "yes", "v", []),
        ("{value: v, when: {from: x, in: [a, b]}, missing: m}", "c", "m", []),
        ("{value: v, when: {from: x, match: '^a'}}", ["b", "ab"], "v", []),
        ("{value: v, when: {from: x, equals: ''}}", "", "v", []),
        ("{value: v, when: {from: x, equals: ''}}", {"a": "b"}, None, []),
        ("{from: x}", "half \ud800", "half \ufffd", ["text-damaged"]),
        ("{from: x}", "{{dc.name}}", "{{dc.name}}", []),
    ],
)  # fmt: skip
def test_a_rule_yields_what_its_keys_say(rule, value, expected, wrong):
    result = apply(record(x=value), mapping(f"  company: {rule}\n"), Orders())
    assert codes(result) == wrong
    if isinstance(result, Draft):
        assert (result.company.value if result.company else None) == expected


@pytest.mark.parametrize(
    ("rule", "fallback"),
    [
        ("{from: x}", None),
        ("{from: x, unmapped: {action: reject}}", None),
        ("{from: x, unmapped: {action: empty}}", ""),
        ("{from: x, unmapped: Acme}", "Acme"),
        ("{from: x, optional: true}", ""),
        ("{from: x, values: {v: w}, unmapped: Acme}", None),
    ],
)
def test_unmapped_speaks_of_the_workspace_where_there_is_no_table(rule, fallback):
    company = drafted(mapping(f"  company: {rule}\n"), x="v").company
    assert (company.fallback, company.origin) == (fallback, Origin("m.yaml, line 7, ticket.company", "x"))


@pytest.mark.parametrize(
    ("author", "values", "expected"),
    [
        ("{email: {from: email}, name: {from: n}}", {"n": "Ann"}, (None, "ann@example.com", "Ann")),
        ("{email: {from: email}}", {"email": '"Ann A" <ann@example.com>'}, (None, "ann@example.com", "Ann A")),
        ("{userId: {from: u}}", {"u": " 7 "}, ("7", None, None)),
        ("{from: r}", {"r": {"id": "5", "email": "a@example.com", "name": "A", "external_id": "x"}}, ("x", "a@example.com", "A")),
        ("{from: r}", {"r": "a@example.com"}, (None, "a@example.com", None)),
        ("{from: r, missing: stand-in@example.com}", {"r": ""}, (None, "stand-in@example.com", None)),
    ],
)  # fmt: skip
def test_an_author_is_made_of_parts_or_of_a_whole(author, values, expected):
    made = mapping(ticket=f"ticket:\n  title: T\n  author: {author}\n")
    who = drafted(made, values).author
    assert tuple(part.value if part else None for part in (who.user_id, who.email, who.name)) == expected


@pytest.mark.parametrize("value", ["", "Ann Example", {"id": "5", "name": "Ann"}, {}, []])
def test_nobody_who_cannot_be_found_is_an_author(value):
    made = mapping(ticket="ticket:\n  title: T\n  author: {from: r}\n")
    assert codes(refused(made, r=value)) == ["author-missing"]


def test_a_missing_author_is_asked_for_where_an_address_can_be_filled_in():
    author = "{userId: {from: u, optional: true}, email: {from: e}, name: {from: n}}"
    made = mapping(ticket=f"ticket:\n  title: T\n  author: {author}\n")
    (problem,) = refused(made, u="", e="", n="Ann").problems
    assert (problem.code, problem.column) == ("author-missing", "e")


@pytest.mark.parametrize(
    ("top", "value", "expected", "code"),
    [
        ("timezone: Europe/Berlin\n", "2025-03-30 02:30", "2025-03-30T01:30:00.000Z", "time-nonexistent"),
        ("timezone: Europe/Berlin\n", "2025-10-26 02:30", "2025-10-26T00:30:00.000Z", "time-ambiguous"),
        ("timezone: {from: tz}\n", "2025-01-01 10:00", "2025-01-01T15:00:00.000Z", None),
        ("timezone: {from: nowhere}\n", "2025-01-01 10:00", None, "timezone-missing"),
        ("timezone: {from: title}\n", "2025-01-01 10:00", None, "timezone-unknown"),
        ("", "2025-01-01 10:00", None, "timezone-missing"),
        ("", "2025-01-01 10:00Z", "2025-01-01T10:00:00.000Z", None),
        ("timezone: UTC\n", "0001-01-01", None, "date-out-of-range"),
        ("timezone: UTC\n", "9999-12-31T23:59:59Z", None, "date-out-of-range"),
        ("timezone: UTC\n", "03/04/2025", None, "date-ambiguous"),
    ],
)
def test_times_are_read_in_the_declared_zone_or_refused(top, value, expected, code):
    made = mapping("  createdAt: {from: x}\n", top="key: id\ncategory: S\n" + top)
    result = apply(record(x=value, tz="America/New_York"), made, Orders())
    assert codes(result) == ([code] if code else [])
    assert (result.created_at.value if isinstance(result, Draft) else None) == expected


def test_a_text_names_files_by_address_or_by_path():
    made = mapping("  fields: {Files: {from: f, as: files, split: '|'}}\n")
    draft = drafted(made, f="https://x.example/a.png|files/b.png")
    assert [(file.name, file.path) for file in draft.fields[0].files] == [
        ("a.png", ""),
        ("b.png", "files/b.png"),
    ]


IMAGES = '<p><img src="https://acme.zendesk.com/1.png"><img src="https://cdn.example/2.png" alt="two"></p>'


def test_images_of_all_texts_are_counted_and_those_of_the_old_helpdesk_warned_of():
    made = mapping("  content: {from: body, as: html}\n" + REPLIES)
    message = {"body": IMAGES, "body_format": "html", "author": "a@example.com", "private": "false"}
    draft = drafted(made, body=IMAGES, comments=[message])
    assert draft.images == ("acme.zendesk.com", "cdn.example") * 2
    assert "image-on-old-helpdesk" in codes(draft)
    (warning,) = [each for each in draft.warnings if each.code == "image-on-old-helpdesk"]
    assert (warning.blocks, warning.value) == (False, "acme.zendesk.com")
    assert "2 images" in warning.message


def test_attached_images_are_files_of_the_text_they_stood_in():
    made = mapping("  content: {from: body, as: html}\nfiles: {inline: attach}\n")
    draft = drafted(made, body=IMAGES)
    assert [file.name for file in draft.files] == ["1.png", "two.png"]
    assert draft.content == "<p>(image: 1.png)(image: two)</p>"
    assert codes(draft) == []


def test_files_without_address_and_name_are_left_out_and_told():
    made = mapping("  files: {from: f, as: files}\n")
    draft = drafted(made, f=[{"url": "https://x.example/a.png"}, {"size": "3"}])
    assert [file.name for file in draft.files] == ["a.png"]
    assert codes(draft) == ["file-without-address"]


# --- threads ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "private"),
    [
        ("true", True),
        ("false", False),
        ("yes", True),
        ("", True),
        ("internal", True),
        ({"a": "b"}, True),
        (["true", "false"], True),
    ],
)
def test_a_message_is_public_only_if_it_says_so(said, private):
    draft = drafted(mapping(REPLIES), comments=[COMMENT | {"private": said}])
    assert draft.replies[0].private is private


def test_unclear_privacy_is_told_once_a_ticket():
    absent = {key: value for key, value in COMMENT.items() if key != "private"}
    draft = drafted(mapping(REPLIES), comments=[absent, COMMENT | {"private": "team"}, COMMENT])
    assert [reply.private for reply in draft.replies] == [True, True, False]
    (told,) = draft.warnings
    assert (told.code, told.value, told.blocks) == ("privacy-unknown", "team", False)
    assert told.message.startswith("2 messages")


def test_unclear_privacy_is_not_told_with_what_a_reader_found_elsewhere():
    damage = Problem("damaged-text", "damaged", "", Severity.WARNING, SourceRef("t.csv", 2), value="Ã¼")
    absent = {key: value for key, value in COMMENT.items() if key != "private"}
    made = Record(SourceRef("t.csv", 2), ROW | {"comments": [absent]}, problems=(damage,))
    draft = apply(made, mapping(REPLIES), Orders())
    assert [(each.code, each.value) for each in draft.warnings] == [
        ("damaged-text", "Ã¼"),
        ("privacy-unknown", ""),
    ]


@pytest.mark.parametrize(
    "place",
    [
        pytest.param("  files: {{template: {0}, as: files}}\n", id="files"),
        pytest.param("  content: {{template: {0}, as: adf}}\n", id="document"),
        pytest.param(
            "replies:\n  each: comments\n  body: {{from: body}}\n  author: {{template: {0}}}\n"
            "  private: {{from: private}}\n",
            id="author",
        ),
    ],
)
def test_what_fails_at_its_source_is_told_once(place):
    made = mapping(place.format("'{{ row.x + 1 }}'"))
    draft = refused(made, x="v", body="b", comments=[COMMENT | {"x": "v"}])
    assert codes(draft) == ["template-failed"]


NOES = ["false", "No ", "0", "off", "F", "n"]


def clearly_no(value: Value) -> bool:
    """Whether every text in it is the same, and means no."""
    if isinstance(value, dict):
        return False
    texts = {each for each in flat(value) if isinstance(each, str) and each.strip()}
    return (
        not any(isinstance(each, dict) and each for each in flat(value))
        and len(texts) == 1
        and texts <= set(NOES)
    )


def flat(value: Value) -> list[Value]:
    return [inner for each in value for inner in flat(each)] if isinstance(value, list) else [value]


@given(
    st.recursive(
        st.sampled_from([*NOES, "true", "none", "", " ", "falsey"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("id"), inner),
    )
)
def test_no_value_but_a_clear_no_makes_a_note_public(value):
    draft = drafted(PRIVATE_OR_NOT, comments=[COMMENT | {"private": value}])
    assert draft.replies[0].private is not clearly_no(value)


def test_events_without_words_and_files_are_no_messages():
    blank = COMMENT | {"body": "<p> </p>"}
    with_file = blank | {"files": [{"url": "https://x.example/a.png"}]}
    assert len(drafted(mapping(REPLIES), comments=[blank, with_file, {}, ""]).replies) == 1


@pytest.mark.parametrize(
    ("body", "said", "expected"),
    [
        pytest.param("{from: body, as: html}", "text", "<p>a &lt; b<br>c</p>", id="text"),
        pytest.param("{from: body, as: html}", "html", "a &lt; b\nc", id="html"),
        pytest.param("{from: body, as: html}", None, "a &lt; b\nc", id="nothing-said"),
        pytest.param("{from: body, as: markdown}", "text", "<p>a &lt; b<br>\nc</p>", id="the-mapping-knows-better"),
        pytest.param("{from: other, as: html}", "text", "<b>x</b>", id="not-the-body"),
    ],
)  # fmt: skip
def test_a_body_that_says_it_is_text_is_no_html(body, said, expected):
    made = mapping(REPLIES.replace("{from: body, as: html}", body))
    comment = COMMENT | {"body": "a < b\nc", "other": "<b>x</b>"} | ({"body_format": said} if said else {})
    (reply,) = drafted(made, comments=[comment]).replies
    assert reply.body.strip() == expected


@pytest.mark.parametrize(
    ("said", "body", "expected"),
    [
        pytest.param("html", "<b>x</b>", "<b>x</b>", id="html"),
        pytest.param("text", "<b>", "<p>&lt;b&gt;</p>", id="text"),
        pytest.param("Markdown", "**x**", "<p><strong>x</strong></p>", id="markdown"),
        pytest.param("jira", "*x*", "<p><strong>x</strong></p>", id="jira"),
        pytest.param("bbcode", "[b]x[/b]", "<strong>x</strong>", id="bbcode"),
        pytest.param("escaped-html", "&lt;b&gt;x&lt;/b&gt;", "<b>x</b>", id="escaped-html"),
        pytest.param("adf", {"type": "text", "text": "x\ud800"}, "x\ufffd", id="adf"),
        pytest.param("adf", '{"type": "text", "text": "x"}', "x", id="adf-as-text"),
        pytest.param("adf", {}, "", id="adf-of-nothing"),
    ],
)
def test_a_message_says_in_what_its_body_is_written(said, body, expected):
    comment = COMMENT | {"body": body, "body_format": said, "files": [{"url": "https://e.example/a.png"}]}
    (reply,) = drafted(mapping(REPLIES), comments=[comment]).replies
    assert reply.body.strip() == expected


def test_a_record_may_say_in_what_a_text_is_written():
    made = mapping(
        "  content: {from: text, as: {from: kind, values: {text/html: html, text/plain: text}, optional: true}}\n"
    )
    assert drafted(made, text="<b>x</b>", kind="text/html").content == "<b>x</b>"
    assert drafted(made, text="<b>", kind="text/plain").content == "<p>&lt;b&gt;</p>"
    assert drafted(made, text="<b>").content == "<p>&lt;b&gt;</p>"
    assert codes(refused(made, text="x", kind="text/rtf")) == ["value-unmapped"]


def test_markup_that_nobody_knows_is_a_problem():
    made = mapping("  content: {from: text, as: {from: kind}}\n")
    assert codes(refused(made, text="x", kind="textile")) == ["markup-unknown"]


@pytest.mark.parametrize(
    ("said", "body", "expected"),
    [
        ("text", "New.\n> old", "<p>New.</p>"),
        ("html", "<p>New.</p><blockquote type=cite>old</blockquote>", "<p>New.</p>"),
        ("markdown", "New.\n\n> old", "<p>New.</p>\n<blockquote>\n<p>old</p>\n</blockquote>"),
    ],
)
def test_quoted_history_stays_unless_the_mapping_strips_it(said, body, expected):
    comment = COMMENT | {"body": body, "body_format": said}
    (kept,) = drafted(mapping(REPLIES), comments=[comment]).replies
    assert "old" in kept.body
    stripping = REPLIES.replace("{from: body, as: html}", "{from: body, as: html, strip_quotes: true}")
    (reply,) = drafted(mapping(stripping), comments=[comment]).replies
    assert reply.body.strip() == expected


def test_only_mail_has_quotes_to_strip():
    assert complaints(TOP + TICKET + "  content: {from: c, as: jira, strip_quotes: true}\n") == [
        "m.yaml, line 7, column 32, ticket.content.strip_quotes: `strip_quotes` has no meaning here"
    ]


def test_only_markup_can_be_told_by_the_record():
    assert complaints(TOP + TICKET + "  createdAt: {from: c, as: {from: kind}}\n") == [
        "m.yaml, line 7, column 24, ticket.createdAt.as: createdAt is written in no markup"
    ]


def test_who_stands_in_for_unknown_agents_is_drafted_with_its_line():
    agent = drafted(mapping(REPLIES + "  fallback_agent: ' Ada Brook '\n"), comments=[COMMENT]).fallback_agent
    assert agent is not None
    assert agent.value == "Ada Brook"
    assert agent.origin == Origin("m.yaml, line 14, replies.fallback_agent")
    assert drafted(mapping(REPLIES), comments=[COMMENT]).fallback_agent is None
    assert drafted(mapping()).fallback_agent is None


def test_only_messages_that_meet_the_condition_become_replies():
    made = mapping(REPLIES + "  when: {from: kind, in: [comment, note]}\n")
    draft = drafted(made, comments=[COMMENT | {"kind": "comment"}, COMMENT | {"kind": "assignment"}])
    assert len(draft.replies) == 1


def test_a_thread_is_oldest_first_and_otherwise_as_it_was():
    times = {"a": "2024-01-03T00:00:00Z", "b": "2024-01-01T00:00:00Z", "c": "", "d": "2024-01-01T00:00:00Z"}
    comments = [COMMENT | {"id": name, "created_at": time} for name, time in times.items()]
    assert [reply.source_id for reply in drafted(mapping(REPLIES), comments=comments).replies] == [
        "b",
        "c",
        "d",
        "a",
    ]


OPENING = {
    "body": "<p>How?</p>",
    "author": {"kind": "customer", "email": "ann@example.com"},
    "private": "false",
    "created_at": "2024-01-01T10:00:00Z",
}


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        pytest.param({}, 1, id="the-same"),
        pytest.param({"created_at": "2024-01-01T10:00:20Z"}, 1, id="some-seconds-later"),
        pytest.param({"created_at": ""}, 1, id="undated"),
        pytest.param({"author": {"name": "Ann"}}, 1, id="of-nobody-known"),
        pytest.param({"kind": "description", "body": "How?"}, 1, id="said-to-be-it"),
        pytest.param({"created_at": "2024-01-01T11:00:00Z"}, 2, id="asked-again-an-hour-later"),
        pytest.param({"body": "<p>How!</p>"}, 2, id="other-words"),
        pytest.param({"author": {"kind": "agent", "email": "bob@example.com"}}, 2, id="of-somebody-else"),
    ],
)
def test_a_first_message_that_is_the_tickets_own_text_is_not_repeated(changes, kept):
    made = mapping(
        "  content: {from: text, as: html}\n  createdAt: {from: opened, as: datetime}\n  files: {from: files, as: files}\n"
        + REPLIES
    )
    own = [{"name": "a.png", "url": "https://f.example/a.png"}]
    first = OPENING | {"files": [*own, {"name": "b.png", "url": "https://f.example/b.png"}]} | changes
    comments = [first, COMMENT | {"created_at": "2024-01-02T10:00:00Z"}]
    draft = drafted(made, text="<p>How?</p>", opened="2024-01-01T10:00:00Z", files=own, comments=comments)
    assert len(draft.replies) == kept
    assert draft.replies[-1].source_id == "9"
    carried = 1 if "kind" in changes else 3 - kept  # what a reader marks, it has counted as the ticket's
    assert [file.name for file in draft.files] == ["a.png", "b.png"][:carried]


def test_a_ticket_without_text_keeps_its_first_message():
    made = mapping("  content: {from: text, as: html}\n" + REPLIES)
    assert len(drafted(made, text="", comments=[OPENING]).replies) == 1


def test_an_unreadable_date_of_a_message_blocks_the_row():
    assert codes(refused(mapping(REPLIES), comments=[COMMENT | {"created_at": "soon"}])) == [
        "date-unreadable"
    ]


# --- laws -------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.text(max_size=20) | st.sampled_from(["03/04/2024", "open", "<script>x</script>", "a@b.c", "1E+9", "\ud800", "false"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "value", "email", "body", "private"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
COLUMNS = [
    "id",
    "subject",
    "description",
    "status",
    "created_at",
    "requester",
    "assignee",
    "comments",
    "attachments",
    "priority",
]


@given(st.dictionaries(st.sampled_from(COLUMNS), VALUES))
def test_apply_is_pure_picklable_and_never_fails(values):
    made = ZENDESK
    row = Record(SourceRef("t.json", 1), values)
    before = pickle.dumps(row)
    result = apply(row, made, Orders())
    assert pickle.dumps(row) == before
    assert apply(row, made, Orders()) == result
    assert pickle.loads(pickle.dumps(result)) == result
    if isinstance(result, Rejected):
        assert any(problem.blocks for problem in result.problems)
        assert all(problem.hint for problem in result.problems)


def test_a_mapping_travels_to_another_process():
    made = ZENDESK
    arrived = pickle.loads(pickle.dumps(made))
    assert drafted(arrived, zendesk_ticket()) == drafted(made, zendesk_ticket())
    assert "Printer" not in repr(made)
    assert TICKET not in repr(made)


CELLS = st.sampled_from(
    ["", " ", "p1", "P1 ", "p9", "a,b", "b, a,", "yes", "no", "perhaps", "3", "1.50", "x\ud800", "z" * 200, "1.2.2024"]
)  # fmt: skip


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(("what", "more", "id", "email"), CELLS)), max_size=8))
def test_a_row_becomes_the_same_whatever_rows_came_before(rows):
    made = [
        mapping(
            "  status: {from: what, values: {p1: New}, missing: Open}\n"
            "  open: {from: more, unmapped: {action: empty}, values: {yes: true, no: false, perhaps: perhaps}}\n"
            "  assignee: {from: what, values: {p1: ann}}\n"
            '  company: {from: more, replace: {"b": "c"}}\n'
            "  fields:\n"
            "    Tags: {from: more, split: ','}\n"
            "    Count: {from: what, as: number}\n"
            "    VIP: {from: more, as: boolean}\n"
            "    Due: {from: what, as: datetime, format: '%d.%m.%Y'}\n"
        )
        for _ in range(2)
    ]
    experienced, fresh = made
    for values in [*rows, *rows]:
        said = apply(record(values), experienced, Orders())
        assert said == apply(record(values), mapping_again(fresh), Orders())


def mapping_again(made):
    """The same mapping, which has seen no row yet."""
    return pickle.loads(pickle.dumps(made))


def test_what_is_wrong_with_a_value_is_told_of_every_row_that_has_it():
    made = mapping("  status: {from: what, values: {p1: New}}\n")
    assert [codes(refused(made, what="p9")) for _ in range(3)] == [["value-unmapped"]] * 3


def test_texts_without_end_are_not_remembered_without_end():
    made = mapping("  company: {from: what}\n")
    for number in range(3 * REMEMBERED):
        drafted(made, what=f"firm {number}")
    assert made.plan.ticket.company is not None
    assert len(made.plan.ticket.company._remembered) <= REMEMBERED
