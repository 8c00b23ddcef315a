"""Who speaks, and whether aloud: every kind of author in every kind of category."""

from __future__ import annotations

from typing import Any

import pytest

from migrator.featurebase import Directory
from migrator.featurebase.findings import Findings
from migrator.featurebase.voices import Voice, Voices
from migrator.model import DraftAuthor, StepKind
from tests.featurebase.conftest import make_directory
from tests.featurebase.drafts import ADA, ANN, GONE, draft, message, named, person

NOTE, REPLY = StepKind.NOTE, StepKind.REPLY
NO_EMAIL = person(name="Cy", is_agent=False)
BAD_EMAIL = person("cy at home", name="Cy", is_agent=False)
SAID = "<p><b>{}</b> wrote:</p>"


def speak(
    who: DraftAuthor,
    *,
    private: bool = False,
    category: str = "c-support",
    directory: Directory | None = None,
    **changes: Any,
) -> tuple[Voice | None, list[str]]:
    """The voice of a message, and the codes of all that was found."""
    given = draft(**({"fallback_agent": named("any")} | changes))
    directory = directory or make_directory()
    findings = Findings(given.ref)
    voices = Voices(given, directory.category(category), directory, findings)
    voice = voices.of(message(who, private=private))
    assert voices.of(message(who, private=private)) == voice, "a second message is sent alike"
    found = [*findings.errors, *findings.warnings]
    assert all(problem.hint for problem in found)
    return voice, [problem.code for problem in found]


def admin(id_: str) -> dict[str, str]:
    return {"type": "admin", "adminId": id_}


def reply_of(email: str, name: str = "", opening: str = "") -> Voice:
    """A contact's reply, with what makes the contact where there is none yet."""
    new = {"email": email} | ({"name": name} if name else {})
    return Voice(REPLY, {"type": "contact", "contactEmail": email}, opening, contact=new)


@pytest.mark.parametrize(
    ("author", "private", "expected", "codes"),
    [
        pytest.param(ADA, False, Voice(REPLY, admin("a-ada")), [], id="agent"),
        pytest.param(ADA, True, Voice(NOTE, admin("a-ada")), [], id="agent-note"),
        pytest.param(person("ADA@work.example"), False, Voice(REPLY, admin("a-ada")), [], id="nobody-said-but-is-admin"),
        pytest.param(person(id="a-ada"), False, Voice(REPLY, admin("a-ada")), [], id="agent-by-id"),
        pytest.param(person(name="ada brook", is_agent=True), False, Voice(REPLY, admin("a-ada")), [], id="agent-by-name"),
        pytest.param(person("ada@old.example", name="Ada Brook", is_agent=True), False, Voice(REPLY, admin("a-ada")), [], id="agent-with-another-address"),
        pytest.param(person(name="Ada Brook"), True, Voice(NOTE, admin("a-ada")), [], id="note-by-name"),
        pytest.param(GONE, False, Voice(REPLY, admin("a-ada"), SAID.format("Zoe")), ["agent-fallback"], id="agent-who-left"),
        pytest.param(GONE, True, Voice(NOTE, admin("a-ada"), SAID.format("Zoe")), ["agent-fallback"], id="note-of-one-who-left"),
        pytest.param(person(name="Ben Cole", is_agent=True), False, Voice(REPLY, admin("a-ada"), SAID.format("Ben Cole")), ["agent-fallback"], id="name-of-two-admins"),
        pytest.param(person("x@y.example", is_agent=True), False, Voice(REPLY, admin("a-ada"), SAID.format("x@y.example")), ["agent-fallback"], id="agent-without-name"),
        pytest.param(ANN, True, Voice(NOTE, admin("a-ada"), SAID.format("Ann")), ["agent-fallback"], id="note-of-a-customer"),
        pytest.param(person("ann@example.com", name="Ada Brook"), True, Voice(NOTE, admin("a-ada"), SAID.format("Ada Brook")), ["agent-fallback"], id="another-ada"),
        pytest.param(person(), True, Voice(NOTE, admin("a-ada"), SAID.format("Somebody")), ["agent-fallback"], id="note-of-nobody"),
        pytest.param(ANN, False, reply_of("ann@example.com", "Ann"), [], id="customer"),
        pytest.param(person("cy@example.com"), False, reply_of("cy@example.com"), [], id="nobody-said-and-no-admin"),
        pytest.param(person(id="u-7", is_agent=False), False, Voice(REPLY, {"type": "contact", "contactId": "u-7"}), [], id="customer-by-id"),
        pytest.param(NO_EMAIL, False, reply_of("ann@example.com", "", SAID.format("Cy")), ["reply-author-missing"], id="customer-without-email"),
        pytest.param(BAD_EMAIL, False, reply_of("ann@example.com", "", SAID.format("Cy")), ["reply-author-email-invalid"], id="customer-with-bad-email"),
        pytest.param(person(), False, reply_of("ann@example.com", "", SAID.format("Somebody")), ["reply-author-missing"], id="public-and-nobody"),
        pytest.param(person(name="Ada Brook", is_agent=False), False, reply_of("ann@example.com", "", SAID.format("Ada Brook")), ["reply-author-missing"], id="customer-named-like-an-admin"),
    ],
)  # fmt: skip
def test_a_message_is_sent_in_the_name_of(author, private, expected, codes):
    assert speak(author, private=private) == (expected, codes)


@pytest.mark.parametrize("category", ["c-internal", "c-tracker"])
@pytest.mark.parametrize(
    ("author", "opening", "codes"),
    [
        pytest.param(ADA, "", [], id="agent"),
        pytest.param(GONE, SAID.format("Zoe"), ["agent-fallback"], id="agent-who-left"),
        pytest.param(ANN, SAID.format("Ann"), [], id="customer"),
        pytest.param(NO_EMAIL, SAID.format("Cy"), [], id="customer-without-email"),
    ],
)
def test_where_there_is_no_customer_to_talk_to_everything_is_a_note(category, author, opening, codes):
    assert speak(author, category=category) == (Voice(NOTE, admin("a-ada"), opening), codes)


@pytest.mark.parametrize("category", ["c-odd", "c-unknown"])
def test_a_category_of_unknown_kind_counts_as_one_with_customers(category):
    assert speak(ANN, category=category) == (reply_of("ann@example.com", "Ann"), [])


def test_without_anything_to_know_them_by_a_customers_words_become_a_note_rather_than_get_lost():
    voice = Voice(NOTE, admin("a-ada"), SAID.format("Cy"))
    too_long = DraftAuthor(user_id=named("x" * 256))
    assert speak(NO_EMAIL, author=too_long) == (voice, ["reply-author-missing"])


def by_external_id(user_id: str, opening: str = "", **new: str) -> Voice:
    """A reply of a contact whose own id is not known yet, with what makes them."""
    return Voice(REPLY, {"type": "contact", "contactId": ""}, opening, contact={"userId": user_id, **new})


def test_a_customer_known_by_an_external_id_alone_speaks_for_themselves():
    lead = DraftAuthor(user_id=named("lead-7"), name=named("Lea"), is_agent=False)
    assert speak(lead) == (by_external_id("lead-7", name="Lea"), [])
    assert speak(NO_EMAIL, author=lead) == (
        by_external_id("lead-7", SAID.format("Cy"), name="Lea"),
        ["reply-author-missing"],
    )


def test_the_tickets_author_may_be_known_by_id_alone():
    voice, _ = speak(NO_EMAIL, author=DraftAuthor(id=named("u-1")))
    assert voice == Voice(REPLY, {"type": "contact", "contactId": "u-1"}, SAID.format("Cy"))


@pytest.mark.parametrize("declared", ["a-ben1", "BEN@work.example"])
def test_the_fallback_is_an_admin_by_id_or_address(declared):
    voice, codes = speak(GONE, fallback_agent=named(declared))
    assert voice == Voice(REPLY, admin("a-ben1"), SAID.format("Zoe"))
    assert codes == ["agent-fallback"]


@pytest.mark.parametrize(
    ("author", "declared", "directory", "code"),
    [
        pytest.param(GONE, None, None, "agent-unknown", id="nobody-declared"),
        pytest.param(person(name="Ben Cole", is_agent=True), None, None, "agent-unknown", id="two-and-nobody-declared"),
        pytest.param(GONE, "Yan", None, "fallback-agent-unknown", id="declared-and-unknown"),
        pytest.param(GONE, "Ben Cole", None, "fallback-agent-ambiguous", id="declared-and-two"),
        pytest.param(GONE, "any", make_directory(admins=()), "fallback-agent-unknown", id="no-admins"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("private", [True, False])
def test_where_nobody_can_stand_in_an_agent_is_a_problem(author, declared, directory, code, private):
    fallback = named(declared) if declared else None
    assert speak(author, private=private, directory=directory, fallback_agent=fallback) == (None, [code])


def test_an_unknown_agent_is_told_the_line_to_write():
    findings = Findings(draft().ref)
    directory = make_directory()
    Voices(draft(), None, directory, findings).of(message(GONE))
    (problem,) = findings.errors
    assert "replies: fallback_agent:" in problem.hint
    assert (problem.value, problem.at) == ("Zoe", "m.yaml, line 3")


def test_a_customers_private_message_without_fallback_is_a_problem_and_not_a_reply():
    assert speak(ANN, private=True, fallback_agent=None) == (None, ["agent-unknown"])


def test_markup_in_a_name_is_text():
    voice, _ = speak(person(name="<img src=x> & Co", is_agent=True))
    assert voice is not None
    assert voice.opening == "<p><b>&lt;img src=x&gt; &amp; Co</b> wrote:</p>"


def test_each_agent_who_left_is_told_once():
    findings = Findings(draft().ref)
    directory = make_directory()
    voices = Voices(draft(fallback_agent=named("any")), None, directory, findings)
    for author in (GONE, person("yan@work.example", name="Yan", is_agent=True), GONE):
        voices.of(message(author))
    assert [warning.value for warning in findings.warnings] == ["Zoe", "Yan"]


@pytest.mark.parametrize(
    ("author", "private", "expected", "codes"),
    [
        pytest.param(GONE, False, Voice(REPLY, admin("unchecked:Zoe")), ["agent-unchecked"], id="agent"),
        pytest.param(ANN, True, Voice(NOTE, admin("unchecked:Ann")), ["agent-unchecked"], id="note"),
        pytest.param(ANN, False, reply_of("ann@example.com", "Ann"), [], id="customer"),
    ],
)
def test_without_a_workspace_admins_stand_unchecked_and_say_so(author, private, expected, codes):
    assert speak(author, private=private, directory=Directory.unchecked()) == (expected, codes)


def test_without_a_workspace_the_fallback_stands_unchecked_too():
    voice, codes = speak(
        NO_EMAIL, directory=Directory.unchecked(), author=DraftAuthor(user_id=named("x" * 256))
    )
    assert voice == Voice(NOTE, admin("unchecked:any"), SAID.format("Cy"))
    assert sorted(codes) == ["agent-unchecked", "reply-author-missing"]
