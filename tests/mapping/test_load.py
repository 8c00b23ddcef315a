from pathlib import Path

import pytest

from migrator.errors import MappingComplaints, MappingError
from migrator.mapping import load_mapping, load_mapping_text
from tests.mapping.support import MAPPINGS, TICKET, TOP, complaints, drafted, mapping, read_table

MANY_MISTAKES = """\
key: id
categry: Support
timezone: Mars/Olympus
ticket:
  title: {from: subject, as: htm}
  author: {emial: {from: mail}}
  status: {form: status, unmapped: {action: rejct}}
  fields:
    Tags: [a, b]
replies:
  each: comments
  body: {from: body}
  author: {from: author}
  privat: {from: private}
"""


def test_all_mistakes_are_told_at_once_in_reading_order():
    with pytest.raises(MappingComplaints) as told:
        load_mapping_text(MANY_MISTAKES, "m.yaml", tables={})
    assert [f"{each} / {each.hint}" for each in told.value.complaints] == [
        "m.yaml, line 1, column 1, category: `category` is missing / "
        "add a line `category: ...`; `migrator mappings show` has examples",
        "m.yaml, line 2, column 1, categry: there is no `categry` here / did you mean `category`?",
        "m.yaml, line 5, column 26, ticket.title.as: 'htm' is not known here / did you mean `html`?",
        "m.yaml, line 6, column 12, ticket.author.emial: there is no `emial` here / did you mean `email`?",
        "m.yaml, line 7, column 12, ticket.status.form: there is no `form` here / did you mean `format`?",
        "m.yaml, line 7, column 37, ticket.status.unmapped.action: 'rejct' is not known here / did you mean `reject`?",
        "m.yaml, line 9, column 5, ticket.fields.Tags: keys and values are needed here, such as `from: subject` / "
        "`migrator mappings show` has examples",
        "m.yaml, line 14, column 3, replies.privat: there is no `privat` here / did you mean `private`?",
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param(
            "  status: {from: a, value: b}", "`from` and `value` cannot stand together", id="two-sources"
        ),
        pytest.param("  status: {missing: Open}", "does not say where its value comes from", id="no-source"),
        pytest.param(
            "  status: {value: Open, values: {a: b}}",
            "`values` has no meaning for a constant",
            id="constant-values",
        ),
        pytest.param(
            "  status: {value: Open, missing: x}", "a constant is never missing", id="constant-missing"
        ),
        pytest.param(
            "  status: {from: a, as: datetime}", "status is never read as 'datetime'", id="as-elsewhere"
        ),
        pytest.param(
            "  content: {from: a, unmapped: x}",
            "`unmapped` has no meaning here",
            id="unmapped-without-values",
        ),
        pytest.param(
            "  company: {from: a, match_people: admins}", "`match_people` has no meaning here", id="people"
        ),
        pytest.param(
            "  company: {from: a, legacy_id: true}", "`legacy_id` has no meaning here", id="legacy-id"
        ),
        pytest.param(
            "  company: {from: a, format: iso}", "`format` has no meaning here", id="format-of-text"
        ),
        pytest.param("  createdAt: {from: a, format: '%d.%m'}", "it has no year", id="format-without-year"),
        pytest.param("  createdAt: {from: a, format: '%Q'}", "`%Q` is not known", id="format-unknown"),
        pytest.param("  createdAt: {from: a, locale: de}", "needs a `format`", id="locale-alone"),
        pytest.param("  createdAt: {from: a, missing: soon}", "'soon' is not a time", id="missing-no-time"),
        pytest.param(
            "  createdAt: {from: a, missing: 01/02/2024}", "is not a time", id="missing-of-two-readings"
        ),
        pytest.param(
            "  open: {from: a, values: {x: true}, unmapped: perhaps}", "'perhaps' is not yes or no", id="flag"
        ),
        pytest.param("  company: {from: a, match: '('}", "not a regular expression", id="bad-pattern"),
        pytest.param("  company: {from: a, match: '(a+)+$'}", "a repeat inside a repeat", id="bomb"),
        pytest.param(
            "  company: {from: a, replace: {'a(b)': '\\2'}}", "cannot replace it", id="no-such-group"
        ),
        pytest.param("  company: {template: '{{ row.a'}", "not a template", id="open-template"),
        pytest.param(
            "  company: {template: '{{ config }}'}", "there is no `config` here", id="stranger-in-template"
        ),
        pytest.param("  company: {from: []}", "this is empty", id="no-candidates"),
        pytest.param(
            "  company: {from: a, optional: perhaps}", "neither `true` nor `false`", id="not-a-flag"
        ),
        pytest.param(
            "  company: {from: {a: b}}", "a name or a list of names is needed here", id="names-are-an-object"
        ),
        pytest.param(
            "  company: {from: a, when: {from: b, in: c}}", "a list is needed here", id="in-no-list"
        ),
        pytest.param("  company: {from: a, values: [x]}", "such as `open: Resolved`", id="values-are-a-list"),
        pytest.param("people: Ada", "such as `make: ...`", id="section-without-keys"),
        pytest.param("  company: {from: a, split: ''}", "this is empty", id="empty-separator"),
        pytest.param(
            "  company: {from: a, when: {from: b}}",
            "exactly one of `match`, `equals` and `in`",
            id="condition",
        ),
        pytest.param("  company: {from: a, when: {from: b, in: []}}", "this is empty", id="in-nothing"),
        pytest.param("  company: {from: a, values: people.csv}", "was not stored", id="table-not-stored"),
        pytest.param(
            "  fields: {A: {from: a, legacy_id: true}, B: {from: b, legacy_id: true}}",
            "one legacy id already",
            id="two-ids",
        ),
        pytest.param(
            "replies: {each: c, body: {from: b}, author: {from: a}, private: {from: p, missing: false}}",
            "a message of unknown privacy is never public",
            id="public-by-default",
        ),
        pytest.param(
            "replies: {each: c, body: {from: b}, author: {from: a}, private: {from: p, values: {a: true}, unmapped: no}}",
            "a message of unknown privacy is never public",
            id="unmapped-is-public",
        ),
        pytest.param(
            "replies: {each: c, body: b, author: a, fallback_agent: [ada]}",
            "replies.fallback_agent: one text is needed here",
            id="fallback-agents",
        ),
        pytest.param(
            "replies: {each: c, body: b, author: a, fallback_agent: {from: x}}",
            "replies.fallback_agent: one text is needed here",
            id="fallback-agent-is-a-rule",
        ),
        pytest.param(
            "replies: {each: c, body: b, author: a, fallback_agent: ''}",
            "replies.fallback_agent: this is empty",
            id="fallback-agent-empty",
        ),
        pytest.param(
            "replies: {each: c, body: b, author: a, fallback_agent: ' '}",
            "replies.fallback_agent: this is empty",
            id="fallback-agent-blank",
        ),
        pytest.param(
            "replies: {each: c, body: b, author: a, fallback_agents: any}",
            "there is no `fallback_agents` here",
            id="fallback-agent-misspelt",
        ),
    ],
)
def test_what_makes_no_sense_is_a_complaint(lines, said):
    told = complaints(TOP + TICKET + lines + "\n")
    assert len(told) == 1
    assert told[0].startswith("m.yaml, line ")
    assert said in told[0]


@pytest.mark.parametrize(
    ("top", "ticket", "said"),
    [
        pytest.param(
            "key: id\ncategory: {from: a, missing: ''}\n", TICKET, "cannot be without category", id="category"
        ),
        pytest.param(
            "key: {from: id, optional: true}\ncategory: S\n", TICKET, "cannot be without key", id="key"
        ),
        pytest.param(
            TOP, "ticket:\n  title: T\n  author: {name: {from: a}}\n", "an author needs", id="author"
        ),
        pytest.param("key: id\ncategory: S\ntimezone: Berlin\n", TICKET, "no time zone 'Berlin'", id="zone"),
        pytest.param(
            TOP + "skip: {a: {from: x, match: '(x*)*'}}\n", TICKET, "a repeat inside a repeat", id="skip"
        ),
    ],
)
def test_what_a_ticket_cannot_be_without_is_demanded(top, ticket, said):
    (told,) = complaints(top + ticket)
    assert said in told


def test_a_list_is_no_mapping():
    assert complaints("- a\n- b\n") == ["m.yaml, line 1, column 1: a mapping is made of `key: value` lines"]


@pytest.mark.parametrize("name", ["zendesk.yaml", "table.yaml", "jira.yaml"])
def test_realistic_mappings_load(name):
    assert load_mapping(MAPPINGS / name, read_table=read_table).name == name


def test_a_byte_order_mark_is_no_part_of_the_mapping(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + (TOP + TICKET).encode())
    assert load_mapping(path, read_table=read_table).timezone == "UTC"


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), (b"key: \xff", "not UTF-8")], ids=["absent", "latin-1"]
)
def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path, content, said):
    path = tmp_path / "m.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MappingError, match=said) as told:
        load_mapping(path, read_table=read_table)
    assert told.value.at == "m.yaml"
    assert told.value.hint


def test_a_value_table_that_is_not_there_is_complained_of_where_it_is_named(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text(TOP + TICKET + "  company: {from: a, values: none.csv}\n")
    with pytest.raises(MappingComplaints, match=r"none\.csv' cannot be read") as told:
        load_mapping(path, read_table=read_table)
    assert "line 7, column 22, ticket.company.values" in str(told.value)


def test_what_was_read_is_enough_to_load_it_again():
    first = load_mapping(MAPPINGS / "table.yaml", read_table=read_table, overrides=("category=Billing",))
    again = load_mapping_text(first.text, first.name, tables=first.tables, overrides=first.overrides)
    values = {"Ticket ID": "1", "Requester email": "a@example.com", "Agent": "ann agent"}
    assert drafted(again, values) == drafted(first, values)
    assert drafted(again, values).assignee.value == "ann@example.com"


def test_table_paths_count_from_the_mappings_folder(tmp_path):
    asked: list[Path] = []
    path = tmp_path / "m.yaml"
    path.write_text(TOP + TICKET + "  company: {from: a, values: sub/c.csv}\n")

    def remember(table: Path) -> list[tuple[int, tuple[str, ...]]]:
        asked.append(table)
        return []

    load_mapping(path, read_table=remember)
    assert asked == [tmp_path / "sub/c.csv"]


# --- overrides --------------------------------------------------------------------------------


def test_an_override_wins_over_the_file():
    made = mapping(overrides=("category=Billing", "timezone=Europe/Berlin"))
    assert drafted(made).category.value == "Billing"
    assert made.timezone == "Europe/Berlin"


def test_an_override_is_blamed_for_its_value():
    assert drafted(mapping(overrides=("category=Billing",))).category.origin.at == "--set, category"


def test_an_override_can_be_a_rule_and_reach_inside():
    made = mapping(
        "  status: {from: s, unmapped: New}\n",
        overrides=("ticket.status.unmapped=Open", "category={from: c}"),
    )
    draft = drafted(made, s="x", c="Sales")
    assert (draft.status.fallback, draft.category.value) == ("Open", "Sales")


def test_an_override_can_add_to_what_was_plain_text():
    made = mapping("  company: Acme\n", overrides=("ticket.company.when={from: vip, equals: y}",))
    assert drafted(made, vip="y").company.value == "Acme"
    assert drafted(made, vip="n").company is None


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("category", "this is not `key=value`"),
        ("=x", "this is not `key=value`"),
        ("ticket..title=x", "this is not `key=value`"),
        ("categry=x", "there is no `categry` here"),
        ("category={from: [", "this is not YAML"),
    ],
)
def test_a_wrong_override_is_a_complaint(override, said):
    (told,) = complaints(TOP + TICKET, overrides=(override,))
    assert "--set" in told
    assert said in told


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_what_a_windows_shell_saved_is_read(tmp_path, encoding):
    path = tmp_path / "m.yaml"
    path.write_text(TOP + TICKET, encoding=encoding)
    assert load_mapping(path, read_table=read_table).text == TOP + TICKET
