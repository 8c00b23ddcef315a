import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model import SourceRef
from migrator.readers.helpdesks import shapes

TREE = {"a": {"b": "x", "c": [{"d": "1"}, "2"]}, "t": "y"}
REF = SourceRef("t.json", 1)


def test_values_are_found_by_their_path_and_are_of_the_kind_that_was_asked_for():
    assert (shapes.text_at(TREE, "a", "b"), shapes.text_at(TREE, "a"), shapes.text_at(TREE, "t", "u")) == (
        "x",
        "",
        "",
    )
    assert (shapes.tree_at(TREE, "a")["b"], shapes.tree_at(TREE, "t")) == ("x", {})
    assert (shapes.list_at(TREE, "a", "c"), shapes.list_at(TREE, "a")) == ([{"d": "1"}, "2"], [])
    assert shapes.trees_at(TREE, "a", "c") == [{"d": "1"}]
    assert shapes.trees_at(TREE, "a") == [TREE["a"]]
    assert shapes.trees_at(None, "a") == shapes.trees_at(TREE, "t") == []


def test_people_and_files_say_only_what_is_known():
    assert shapes.person(kind="agent", id="1", name="") == {"kind": "agent", "id": "1"}
    assert shapes.file(name="a.png", path="x/a.png", url="") == {"name": "a.png", "path": "x/a.png"}


@pytest.mark.parametrize(
    ("public", "private"),
    [
        ("true", {"private": "false"}),
        ("false", {"private": "true"}),
        (None, {}),
        ("", {}),
        ("1", {}),
        ([], {}),
    ],
)
def test_privacy_is_said_only_by_what_says_it(public, private):
    assert shapes.private_of(public) == private


@pytest.mark.parametrize(
    ("times", "order"),
    [
        pytest.param(["2024-01-02T00:00:00Z", "2024-01-01T23:00:00Z"], [1, 0], id="utc"),
        pytest.param(["2024-01-01T12:00:00+05:00", "2024-01-01T08:00:00Z"], [0, 1], id="offsets"),
        pytest.param(["2024-01-01 12:00:00", "2024-01-01 11:00:00"], [1, 0], id="without-a-zone"),
        pytest.param(["1704067200000", "999999999999"], [1, 0], id="epoch"),
        pytest.param(["2024-01-02", "yesterday", "2024-01-01"], [0, 1, 2], id="one-that-cannot-be-read"),
        pytest.param(["2024-01-01", "2024-01-01"], [0, 1], id="equal"),
    ],
)
def test_messages_are_ordered_by_their_instants(times, order):
    messages = [{"n": str(n), "created_at": time} for n, time in enumerate(times)]
    assert [int(message["n"]) for message in shapes.oldest_first(messages)] == order


@given(st.lists(st.text(max_size=12) | st.datetimes().map(str), max_size=6))
def test_ordering_loses_no_message(times):
    messages = [{"n": str(n), "created_at": time} for n, time in enumerate(times)]
    assert sorted(m["n"] for m in shapes.oldest_first(messages)) == sorted(m["n"] for m in messages)


@pytest.mark.parametrize(
    ("message", "kind", "dropped"),
    [
        pytest.param({"private": "false"}, "description", False, id="public"),
        pytest.param({"private": "true"}, "note", True, id="private"),
        pytest.param(
            {"private": "true", "author": {"kind": "customer"}}, "note", True, id="private-of-a-customer"
        ),
        pytest.param({}, "note", True, id="unknown"),
        pytest.param({"author": {"kind": "agent"}}, "note", True, id="unknown-of-an-agent"),
        pytest.param({"author": {"kind": "customer"}}, "description", False, id="unknown-of-a-customer"),
    ],
)
def test_a_description_is_shown_only_if_its_message_may_be(message, kind, dropped):
    values = {"description": "Hello & bye"}
    first = {"kind": "note", "body": "<p>Hello &amp; bye</p>", "files": [{"name": "a"}], **message}
    problems = shapes.mark_description(values, [first], REF)
    assert first["kind"] == kind
    assert ("description" not in values, [p.code for p in problems]) == (
        dropped,
        ["private-description"] if dropped else [],
    )
    assert values.get("attachments") == (None if dropped else [{"name": "a"}])


def test_a_first_message_that_says_something_else_is_no_description():
    first = {"kind": "reply", "body": "something else", "private": "false"}
    assert shapes.mark_description({"description": "Hello"}, [first], REF) == []
    assert first["kind"] == "reply"


def said(body="<p>a &lt; b</p>", private="false", kind="customer", body_format="html"):
    message = {
        "kind": "reply",
        "body": body,
        "body_format": body_format,
        "author": {"kind": kind},
        "files": ["f"],
    }
    return message | ({"private": private} if private else {})


def test_the_customers_first_public_words_are_the_text_of_a_ticket_without_one():
    values, note, first, second = {}, said(private="true"), said(), said("<p>later</p>")
    shapes.take_description(values, [note, said(private=""), first, second])
    assert values == {
        "description": "<p>a &lt; b</p>",
        "description_format": "html",
        "attachments": ["f"],
    }
    assert [note["kind"], first["kind"], second["kind"]] == ["reply", "description", "reply"]


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([], id="nothing-said"),
        pytest.param([said(kind="agent"), said()], id="an-agent-began"),
        pytest.param([said(kind="bot"), said()], id="a-bot-began"),
        pytest.param([said(kind="")], id="nobody-known"),
        pytest.param([said(private="true"), said(private="")], id="nothing-public"),
    ],
)
def test_nobody_elses_words_are_taken_for_the_customers(messages):
    values = {}
    shapes.take_description(values, messages)
    assert (values, [message["kind"] for message in messages]) == ({}, ["reply"] * len(messages))


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([], ""),
        ([said()], "a < b"),
        ([said("a <b> c", body_format="text")], "a <b> c"),
        ([said("secret", private="true"), said("unknown", private=""), said(" \n"), said("x\n\n y")], "x y"),
        ([said("x" * 80)], "x" * 80),
        ([said("x" * 81)], "x" * 79 + "…"),
    ],
)
def test_opening_words_are_public_short_and_without_markup(messages, words):
    assert shapes.opening_words(messages) == words
