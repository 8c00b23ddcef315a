import pytest

from migrator.mapping.columns import Column, some_of

RECORD = {
    "Subject": "s",
    " Status ": "open",
    "a.b": "column",
    "a": {"c": "path"},
    "requester": {"email": "e"},
    "comments": [{"body": "first"}, {"body": "second"}],
    "custom_fields": [{"id": "360001", "value": "x"}, {"id": "7", "name": "Size", "value": "big"}],
    "tags": [{"name": "red"}, {"name": "blue"}],
    "Label": ["l1", "l2"],
    "alone": "only",
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Subject", "s", id="exact"),
        pytest.param("subject ", "s", id="folded"),
        pytest.param("status", "open", id="folded-in-source"),
        pytest.param("a.b", "column", id="column-before-path"),
        pytest.param("a.c", "path", id="path"),
        pytest.param("requester.email", "e", id="nested"),
        pytest.param("comments.1.body", "second", id="index"),
        pytest.param("comments.2.body", None, id="index-beyond"),
        pytest.param("custom_fields.360001", "x", id="keyed-by-id"),
        pytest.param("custom_fields.Size", "big", id="keyed-by-name"),
        pytest.param("custom_fields.99", None, id="no-such-key"),
        pytest.param("tags.name", ["red", "blue"], id="of-each"),
        pytest.param("Label.1", "l2", id="repeated-column"),
        pytest.param("alone.0", "only", id="repeated-column-that-stands-once"),
        pytest.param("alone.1", None, id="second-of-one"),
        pytest.param("nowhere", None, id="absent"),
        pytest.param("requester.email.x", None, id="through-text"),
        pytest.param("comments." + "9" * 5000, None, id="absurd-index"),
        pytest.param("", None, id="empty"),
    ],
)
def test_a_name_finds_its_value(name, expected):
    assert Column(name).find(RECORD) == expected


def test_names_that_fold_alike_are_nobodys():
    assert Column("id").find({"ID": "a", "Id": "b"}) is None


def test_a_column_that_is_also_a_path_is_noticed():
    assert Column("a.b").is_twofold({"a.b": "x", "a": {"b": "y"}})
    assert not Column("a.b").is_twofold({"a.b": "x", "a": "y"})


def test_a_path_that_breaks_off_knows_what_stands_there_instead():
    assert Column("requester.emial.x").breaks_off(RECORD) == ("requester.emial", ["requester.email"])
    broken, names = Column("subjct").breaks_off(RECORD)
    assert broken == "subjct"
    assert "Subject" in names


def test_a_hint_lists_a_few_names_that_cannot_steer_a_terminal():
    listed = some_of(["\x1b[2J", "x" * 1_000_000, *map(str, range(5_000))])
    assert len(listed) < 1_000
    assert listed.startswith("\\x1b[2J, ")
    assert listed.endswith(" and 4,982 more")
