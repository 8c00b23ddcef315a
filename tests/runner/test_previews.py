from dataclasses import replace

from migrator.featurebase import Category, Directory, Field, Status, resolve
from migrator.model import (
    Draft,
    DraftAuthor,
    DraftField,
    DraftReply,
    Named,
    Origin,
    PartKind,
    Record,
    SourceRef,
    Ticket,
)
from migrator.runner.previews import LONG_THREAD, MOST_MESSAGES, MOST_OF_A_KIND, MOST_VALUES, Preview, Sample

ORIGIN = Origin("m.yaml, line 1")
STATUSES = tuple(Status(f"s{number}", f"Status {number}") for number in range(10))
WORKSPACE = Directory(
    categories=(Category("c1", "Support"),), statuses=STATUSES, fields=(Field("f1", "Priority", "text"),)
)


def name(text: str) -> Named:
    return Named(text, ORIGIN)


def draft(row: int = 2, status: int = 0, replies: int = 0) -> Draft:
    ann = DraftAuthor(email=name("ann@example.com"), name=name("Ann Lee"))
    one = DraftReply("<p>More</p>", ann, False, name("2025-01-03T10:00:00.000Z"))
    return Draft(
        key=f"T-{row}",
        ref=SourceRef("t.csv", row),
        category=name("Support"),
        title=name("Printer"),
        content="<p>It <b>burns</b>.</p>",
        author=ann,
        created_at=name("2025-01-02T10:00:00.000Z"),
        status=name(f"Status {status}"),
        open=False,
        fields=(DraftField("Priority", ("High",), ORIGIN),),
        replies=(one,) * replies,
    )


def previews(*drafts: Draft, workspace: Directory = WORKSPACE, values: object = None) -> tuple[Preview, ...]:
    sample = Sample(workspace)
    for each in drafts:
        ticket = resolve(each, workspace)
        assert isinstance(ticket, Ticket), ticket
        record = Record(each.ref, values or {"Subject": "Printer", "Empty": ""})  # type: ignore[arg-type]
        sample.take(record, each, ticket, warned=False)
    return sample.finish()


def test_a_preview_shows_the_source_beside_what_would_be_sent() -> None:
    (found,) = previews(draft(replies=1))
    assert (found.key, found.place, found.why) == ("T-2", "t.csv, row 2", ("status Status 0", "year 2025"))
    assert found.source == (("Subject", "Printer"),)
    assert (found.title, found.body) == ("Printer", "<p>It <b>burns</b>.</p>")
    assert dict(found.facts) == {
        "Status": "Status 0",
        "Open": "no: closed after its thread",
        "Category": "Support",
        "Author": "Ann Lee <ann@example.com>",
        "Created": "2025-01-02T10:00:00.000Z",
        "Assignee": "nobody",
        "Priority": "High",
    }
    (message,) = found.messages
    assert (message.kind, message.author, message.body) == (
        PartKind.CONTACT,
        "ann@example.com",
        "<p>More</p>",
    )


def test_every_kind_gets_one_and_statuses_get_a_few() -> None:
    many = [draft(row, status=row % 10) for row in range(2, 102)]
    assert len(previews(*many)) == MOST_OF_A_KIND
    assert previews(draft(2), draft(3), draft(4, replies=LONG_THREAD))[1].why == ("a long thread",)


def test_nested_values_are_named_by_their_paths_and_cut_where_there_are_many() -> None:
    (found,) = previews(draft(), values={"a": {"b": ["x", {"c": "y"}]}, "long": "z" * 5_000})
    assert found.source[:2] == (("a.b.0", "x"), ("a.b.1.c", "y"))
    assert len(found.source[2][1]) < 700
    (found,) = previews(draft(), values={str(number): "v" for number in range(100)})
    assert (len(found.source), found.source_more) == (MOST_VALUES, 100 - MOST_VALUES)


def test_a_long_thread_is_cut_and_says_so() -> None:
    (found,) = previews(draft(replies=MOST_MESSAGES + 4))
    assert (len(found.messages), found.messages_more) == (MOST_MESSAGES, 4)


def test_without_a_workspace_names_are_those_that_were_asked_for() -> None:
    (found,) = previews(replace(draft(), fields=()), workspace=Directory.unchecked())
    assert dict(found.facts)["Status"] == "Status 0"
