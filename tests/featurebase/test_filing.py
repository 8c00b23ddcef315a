"""Every file of a ticket is somewhere: with the create call, a change, a message, or in words; never nowhere."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.featurebase import Directory, Unnamed, resolve
from migrator.model import FileRef, FileRules, Rejected, StepKind, Ticket
from tests.featurebase.conftest import make_directory
from tests.featurebase.drafts import ADA, a_field, draft, message, named

PRIVATE_ROOM = replace(next(f for f in make_directory().fields if f.label == "Files"), public=False)


def workspace(*, public: bool = True) -> Directory:
    found = make_directory()
    return replace(
        found,
        fields=tuple(each if public or each.label != "Files" else PRIVATE_ROOM for each in found.fields),
    )


KEEPING = replace(workspace(), unnamed_fields=Unnamed.KEPT)
"""A workspace that is known to keep the fields that a change does not name."""


def url(number: int, **more: object) -> FileRef:
    return FileRef(f"{number}.png", f"https://files.example/{number}.png", **more)


def local(number: int, size_bytes: int = 3, **more: object) -> FileRef:
    return FileRef(f"{number}.txt", path=f"/export/{number}.txt", size_bytes=size_bytes, sha256="00", **more)


def rules(*fields: str, **more: object) -> FileRules:
    return FileRules(fields=tuple(named(each) for each in fields), **more)


def made(directory: Directory | None = None, **changes: object) -> Ticket:
    ticket = resolve(draft(**changes), directory or workspace())
    assert isinstance(ticket, Ticket), ticket
    return ticket


def bodies(ticket: Ticket) -> list[dict]:
    return [json.loads(step.body) for step in ticket.steps]


DAY = "2025-01-15T10:30:00.000Z"


def warned(ticket: Ticket) -> set[str]:
    return {each.code for each in ticket.warnings}


# --- fields -----------------------------------------------------------------------------------


def test_local_files_travel_with_the_create_call_under_their_fields_id():
    ticket = made(
        fields=(a_field("Files", files=(local(1), local(2))), a_field("Contract", files=(local(3),)))
    )
    (create,) = ticket.steps
    assert [(each.part, each.name) for each in create.uploads] == [
        ("customFields.f-files", "1.txt"),
        ("customFields.f-files", "2.txt"),
        ("customFields.f-file", "3.txt"),
    ]
    assert "customFields" not in json.loads(create.body)
    assert ticket.warnings == ticket.left_out == ()


def test_a_field_takes_files_of_one_way_only_and_the_others_follow_in_a_note():
    ticket = made(
        fields=(a_field("Files", files=(url(1), local(2))),), fallback_agent=named("any"), replies=()
    )
    create, note = ticket.steps
    assert [each.name for each in create.uploads] == ["2.txt"]
    assert json.loads(note.body)["attachmentUrls"] == ["https://files.example/1.png"]
    assert warned(ticket) == {"files-too-many"}


def test_what_one_request_cannot_hold_follows_in_a_change_that_repeats_the_other_fields():
    ticket = made(
        KEEPING,
        fields=(
            a_field("Legacy ID", "Z-1"),
            a_field("Files", files=tuple(map(local, range(10)))),
            a_field("Contract", files=(local(10),)),
        ),
    )
    create, change = ticket.steps
    assert (len(create.uploads), [each.part for each in change.uploads]) == (10, ["customFields.f-file"])
    assert (change.kind, change.method, change.path) == (StepKind.UPDATE, "PATCH", "/v2/tickets/{number}")
    assert json.loads(change.body) == {"customFields": {"f-text": "Z-1"}, "skipNotifications": True}


def test_uploads_that_are_too_large_together_are_sent_one_request_each():
    ticket = made(
        KEEPING,
        fields=(
            a_field("Files", files=(local(1, 399_000_000),)),
            a_field("Contract", files=(local(2, 2_000_000),)),
        ),
    )
    assert [len(step.uploads) for step in ticket.steps] == [1, 1]


def test_a_field_for_one_file_takes_an_upload_and_the_others_are_linked():
    ticket = made(fields=(a_field("Contract", files=(url(1), url(2), local(3))),))
    (create,) = ticket.steps
    assert [each.name for each in create.uploads] == ["3.txt"]
    assert all(f"{name}</a>" in json.loads(create.body)["content"] for name in ("1.png", "2.png"))
    assert warned(ticket) == {"files-single", "file-only-linked"}
    assert dict(ticket.left_out) == {"files": 2}


# --- the ticket's own files without a field -----------------------------------------------------


@pytest.mark.parametrize("by", ["a field that is not there", "the mapping's own list"])
def test_files_that_no_field_takes_travel_with_one_private_note_of_the_tickets_date(by):
    files = tuple(map(url, range(12)))
    changes = (
        {"files": files}
        if by.startswith("the")
        else {"fields": (a_field("Nope", files=files, optional=True),)}
    )
    ticket = made(**changes, fallback_agent=named("any"), created_at=named(DAY))
    first, second = bodies(ticket)[1:]
    assert [step.kind for step in ticket.steps[1:]] == [StepKind.NOTE, StepKind.NOTE]
    assert (len(first["attachmentUrls"]), len(second["attachmentUrls"])) == (10, 2)
    assert first["messageType"] == second["messageType"] == "note"
    assert first["createdAt"] == DAY
    assert first["skipNotifications"] is True
    assert first["adminId"] == "a-ada"
    assert ticket.left_out == ()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"fallback_agent": named("any"), "file_rules": rules(by_note=False)}, id="as-declared"),
        pytest.param({}, id="nobody-to-say-it"),
    ],
)
def test_without_a_note_they_are_linked_in_the_content(changes):
    ticket = made(files=(url(1),), **changes)
    (body,) = bodies(ticket)
    assert body["content"].endswith('<p>(file: <a href="https://files.example/1.png">1.png</a>)</p>')
    assert warned(ticket) == {"file-only-linked"}
    assert dict(ticket.left_out) == {"files": 1}


def test_a_local_file_that_no_field_takes_is_named_counted_and_told():
    ticket = made(files=(local(1),))
    assert bodies(ticket)[0]["content"].endswith("<p>(file: 1.txt)</p>")
    assert dict(ticket.left_out) == {"files": 1}
    assert warned(ticket) == {"file-without-field"}


# --- messages -----------------------------------------------------------------------------------


def test_a_local_file_of_a_message_goes_into_the_declared_field_and_is_named_in_its_words():
    ticket = made(replies=(message(ADA, at=DAY, files=(local(1), url(2))),), file_rules=rules("Files"))
    create, reply = ticket.steps
    assert [each.name for each in create.uploads] == ["1.txt"]
    said = json.loads(reply.body)
    assert said["body"] == "<p>x</p><p>(file: 1.txt, in the field Files of this ticket)</p>"
    assert said["attachmentUrls"] == ["https://files.example/2.png"]
    assert ticket.left_out == ()


def test_the_next_declared_field_takes_what_the_first_cannot():
    files = tuple(map(local, range(12)))
    said = {"replies": (message(ADA, at=DAY, files=files),), "file_rules": rules("Files", "Contract")}
    create, change, _reply = made(KEEPING, **said).steps
    assert (len(create.uploads), len(change.uploads)) == (10, 1)
    assert dict(made(KEEPING, **said).left_out) == {"files": 1}
    assert warned(made(KEEPING, **said)) == {"file-without-room"}


def test_where_nobody_knows_what_a_change_wipes_it_is_sent_with_a_warning():
    said = {"replies": (message(ADA, at=DAY, files=tuple(map(local, range(11)))),)}
    ticket = made(workspace(), **said, file_rules=rules("Files", "Contract"))
    create, change, _reply = ticket.steps
    assert (len(create.uploads), len(change.uploads)) == (10, 1)
    (problem,) = ticket.warnings
    assert (problem.code, "doctor --probe" in problem.hint) == ("files-in-a-change", True)


def test_where_a_change_wipes_other_fields_all_files_of_fields_go_in_one_request():
    ticket = made(
        replace(workspace(), unnamed_fields=Unnamed.WIPED),
        replies=(message(ADA, at=DAY, files=tuple(map(local, range(12)))),),
        file_rules=rules("Files", "Contract"),
    )
    create, reply = ticket.steps
    assert len(create.uploads) == 10
    assert all(f"(file: {name}.txt)" in json.loads(reply.body)["body"] for name in (10, 11))
    assert dict(ticket.left_out) == {"files": 2}
    (problem,) = ticket.warnings
    assert problem.code == "file-without-request"


def test_a_request_that_is_full_leaves_what_travels_by_address_to_a_note():
    ticket = made(
        fields=(
            a_field("Files", files=(local(1, 399_000_000),)),
            a_field("Contract", files=(local(2, 2_000_000), url(3))),
        ),
        fallback_agent=named("any"),
    )
    assert [each.name for each in ticket.steps[0].uploads] == ["1.txt"]
    assert "3.png" in json.dumps(bodies(ticket))


@pytest.mark.parametrize("public", [True, False])
def test_a_file_of_a_private_message_never_goes_where_customers_may_see_it(public):
    ticket = made(
        workspace(public=public),
        replies=(message(ADA, at=DAY, private=True, files=(local(1),)),),
        file_rules=rules("Files"),
    )
    assert bool(ticket.steps[0].uploads) is not public
    assert warned(ticket) == ({"file-of-private-message"} if public else set())


# --- what cannot travel -------------------------------------------------------------------------

BAD = {
    "file-blocked": FileRef("a.exe", "https://files.example/1"),
    "file-insecure": FileRef("a.png", "http://files.example/a.png"),
    "file-too-large": FileRef("a.png", "https://files.example/a.png", size_bytes=100_000_000),
    "file-missing": FileRef("a.png", path="a.png", fault="file-missing"),
    "file-outside-export": FileRef("passwd", path="../../etc/passwd", fault="file-outside-export"),
    "file-unreadable": FileRef("a.png", path="a.png", fault="file-unreadable"),
}


@pytest.mark.parametrize(("code", "file"), BAD.items(), ids=BAD)
@pytest.mark.parametrize("place", ["field", "message"])
def test_a_bad_file_never_costs_its_ticket_unless_the_mapping_says_so(code, file, place):
    where = (
        {"fields": (a_field("Files", files=(file,)),)}
        if place == "field"
        else {"replies": (message(at=DAY, files=(file,)),)}
    )
    ticket = made(**where)
    assert warned(ticket) == {code}
    assert dict(ticket.left_out) == {"files": 1}
    assert any(file.name in json.dumps(body) for body in bodies(ticket))
    held = resolve(draft(**where, file_rules=rules(hold=True)), workspace())
    assert isinstance(held, Rejected)
    assert [each.code for each in held.problems] == [code]
    assert held.problems[0].hint


def test_many_bad_files_of_one_ticket_are_one_problem_with_their_number():
    ticket = made(fields=(a_field("Files", files=(BAD["file-blocked"],) * 3),))
    (problem,) = ticket.warnings
    assert "3 files of this ticket" in problem.message
    assert dict(ticket.left_out) == {"files": 3}


def test_offline_every_file_is_counted_as_if_there_were_room():
    ticket = made(Directory.unchecked(), fields=(a_field("Files", files=(url(1), url(2))),))
    assert list(bodies(ticket)[0]["customFields"].values()) == [
        [
            {"url": "https://files.example/1.png", "name": "1.png"},
            {"url": "https://files.example/2.png", "name": "2.png"},
        ]
    ]


# --- the law ------------------------------------------------------------------------------------

FILES = st.lists(
    st.builds(
        lambda number, is_local, size: local(number, size) if is_local else url(number),
        st.integers(0, 99),
        st.booleans(),
        st.sampled_from([1, 200_000_000, 399_000_000]),
    ),
    max_size=25,
    unique_by=lambda file: file.name,
)


@given(FILES, FILES, FILES, st.booleans(), st.booleans(), st.sampled_from(Unnamed))
def test_no_request_breaks_a_limit_and_no_file_is_lost(
    of_field, of_ticket, of_message, private, has_agent, unnamed
):
    ticket = made(
        replace(workspace(), unnamed_fields=unnamed),
        fields=(a_field("Contract", files=tuple(of_field)),),
        files=tuple(of_ticket),
        replies=(message(ADA, at=DAY, private=private, files=tuple(of_message)),),
        file_rules=rules("Files"),
        fallback_agent=named("any") if has_agent else None,
    )
    there: list[str] = []
    changes = [step for step in ticket.steps if "customFields" in json.loads(step.body) or step.uploads]
    assert len(changes) <= 1 or unnamed is not Unnamed.WIPED
    for step, body in zip(ticket.steps, bodies(ticket), strict=True):
        values = [value for value in body.get("customFields", {}).values() if not isinstance(value, str)]
        by_url = [each for value in values for each in (value if isinstance(value, list) else [value])]
        assert len(step.uploads) + len(by_url) <= 10
        assert sum(each.size_bytes for each in step.uploads) <= 400_000_000
        assert len(body.get("attachmentUrls", [])) <= 10
        there += [each.name for each in step.uploads] + [each["name"] for each in by_url]
        there += [each.rpartition("/")[2] for each in body.get("attachmentUrls", [])]
    text = "".join(body.get("content", "") + body.get("body", "") for body in bodies(ticket))
    for file in (*of_field, *of_ticket, *of_message):
        assert file.name in there or f"{file.name}</a>)" in text or f"(file: {file.name})" in text
