import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.readers.helpdesks.servicenow_journal import entries_in, message_of

THREAD = (
    "2024-05-06 12:00:00 - Iris Falk (Additional comments)\nThank you!\n\n"
    "2024-05-06 10:00:00 - Ada Brook (Work notes)\nDo not promise a date.\n\nReally.\n\n"
)


def test_entries_come_oldest_first_with_their_writer_and_their_journal():
    assert list(entries_in(THREAD, "")) == [
        {
            **{"who": "Ada Brook", "created_at": "2024-05-06 10:00:00", "element": "work_notes"},
            "heading": "work_notes",
            "body": "Do not promise a date.\n\nReally.",
        },
        {
            **{"who": "Iris Falk", "created_at": "2024-05-06 12:00:00", "element": "comments"},
            "heading": "comments",
            "body": "Thank you!",
        },
    ]


@pytest.mark.parametrize(
    ("head", "when", "who"),
    [
        pytest.param("2024-05-06 10:00:00 - Ada (Work notes)", "2024-05-06 10:00:00", "Ada", id="plain"),
        pytest.param("06.05.2024 10:00 - Ada (Work notes)", "06.05.2024 10:00", "Ada", id="german"),
        pytest.param("05/06/2024 10:00:00 PM - Ada (Work notes)", "05/06/2024 10:00:00 PM", "Ada", id="us"),
        pytest.param(
            "13-Jul-2026 10:29:21 - Bot (Work notes)", "13-Jul-2026 10:29:21", "Bot", id="month-name"
        ),
        pytest.param(
            "2024-05-06 10:00:00 - Ada (External) (Work notes)",
            "2024-05-06 10:00:00",
            "Ada (External)",
            id="()",
        ),
        pytest.param("2024-05-06 10:00:00 - A - B (Work notes)\r", "2024-05-06 10:00:00", "A - B", id="crlf"),
    ],
)
def test_the_line_above_an_entry_is_read_in_many_forms(head, when, who):
    (entry,) = entries_in(f"{head}\ntext", "")
    assert (entry["created_at"], entry["who"], entry["body"]) == (when, who, "text")


@pytest.mark.parametrize(
    ("label", "column", "element"),
    [
        ("Additional comments", "", "comments"),
        ("Additional comments (Customer visible)", "", "comments"),
        ("Work notes", "", "work_notes"),
        ("Arbeitsnotizen", "", "work_notes"),
        ("Something else", "", None),
        ("Something else", "comments", "comments"),
        ("Work notes", "comments", "work_notes"),
        ("Additional comments", "work_notes", "work_notes"),
    ],
)
def test_what_may_be_a_work_note_is_one(label, column, element):
    (entry,) = entries_in(f"2024-05-06 10:00:00 - Ada ({label})\ntext", column)
    assert entry.get("element") == element


@pytest.mark.parametrize(
    ("element", "kind", "private"),
    [
        ("comments", "reply", "false"),
        ("work_notes", "note", "true"),
        ("approval_history", "note", None),
        ("", "note", None),
    ],
)
def test_only_additional_comments_are_public(element, kind, private):
    message = message_of({"element": element, "body": "text"}, {})
    assert (message["kind"], message.get("private")) == (kind, private)


@pytest.mark.parametrize("column", ["", "comments"])
def test_a_text_without_a_line_above_it_is_private(column):
    (entry,) = entries_in("just a text", column)
    assert entry == {"body": "just a text"}


@given(
    st.lists(
        st.text(st.characters(exclude_characters="()", exclude_categories=["Cs"]), min_size=1), max_size=4
    )
)
def test_no_text_between_two_entries_is_lost(bodies):
    heads = [f"2024-05-0{day} 10:00:00 - Ada (Work notes)" for day in range(1, 5)]
    text = "".join(f"{head}\n{body}\n\n" for head, body in zip(heads, bodies, strict=False))
    found = "".join(str(entry["body"]) for entry in reversed([*entries_in(text, "")]))
    assert "".join(found.split()) == "".join("".join(bodies).split())


NOTE = "2024-05-06 11:00:00 - Ada (Work notes)\n"
COMMENT = "2024-05-06 10:00:00 - Iris (Additional comments)\n"


@pytest.mark.parametrize(
    ("text", "public"),
    [
        pytest.param(f"{COMMENT}hello\n\n{NOTE}secret", ["hello"], id="comment-above-note"),
        pytest.param(f"{NOTE}she wrote:\n\n{COMMENT}she is a liar\n\n", [], id="comment-quoted-in-note"),
        pytest.param(f"{NOTE}secret\n\n{COMMENT}hello", [], id="comment-below-note"),
        pytest.param(
            f"{NOTE.replace('Work notes', 'Interne Hinweise')}x\n{COMMENT}secret",
            [],
            id="below-unknown-label",
        ),
    ],
)
def test_below_a_work_note_of_a_text_of_both_journals_nothing_is_public(text, public):
    assert [each["body"] for each in entries_in(text, "") if each.get("element") == "comments"] == public
    bodies = "".join(each["body"] for each in entries_in(text, ""))
    assert "secret" not in text or "secret" in bodies


@given(st.text(alphabet="a\n", max_size=8), st.text(alphabet="b\n ", max_size=8))
def test_no_words_of_a_work_note_become_public_whatever_it_quotes(before, after):
    text = f"{COMMENT}c\n\n{NOTE}{before}{COMMENT}{after}\n\n{COMMENT}d"
    public = "".join(each["body"] for each in entries_in(text, "") if each.get("element") == "comments")
    assert public == "c"
