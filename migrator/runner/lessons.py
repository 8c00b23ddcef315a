"""What the trial ticket taught, in words: how good it is for a migration, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from migrator.featurebase import Limited, Shape, Unnamed
from migrator.model import shown
from migrator.runner.findings import Finding, Grade
from migrator.runner.learnt import Held, Learnt, Markup, Probed

MESSAGES = {
    "agent_reply": ("agent's reply", "an agent's reply"),
    "private_note": ("private note", "a private note"),
    "contact_reply": ("customer's reply", "a customer's reply"),
}
"""By the names of the trial's messages: topic, and how a sentence calls it."""

_BODIES = {
    Shape.DOCUMENTED: "the documented body",
    Shape.FLAT: "a flat body",
    Shape.OTHER: "a JSON body of another shape",
    Shape.NONE: "a body that is no JSON",
}


def lessons(probed: Probed) -> tuple[Finding, ...]:
    """Everything learnt, and what stayed behind."""
    return (*_about_ticket(probed.learnt), *_left(probed))


def options_to_use(learnt: Learnt) -> tuple[str, ...]:
    """What `validate` and `run` should be given because of it."""
    return ("--select label",) if learnt.select_as == "label" else ()


def _about_ticket(learnt: Learnt) -> Iterator[Finding]:
    if not learnt.created:
        words = learnt.refusals.get("create")
        told = f"refused: {words}" if words else "no ticket was made"
        hint = "try another --category or --probe-email" if words else "repeat the probe"
        yield Finding("create", Grade.BAD, told, hint)
        return
    yield Finding("create", Grade.OK, "a ticket can be made")
    yield from _about_thread(learnt)
    yield from _about_dates(learnt)
    yield from _about_text(learnt)
    yield from _about_fields(learnt)
    yield from _about_files(learnt)
    yield _about_429(learnt)
    if learnt.closed is not None:
        words = learnt.refusals.get("closed", "it stays open")
        yield (
            Finding("closing", Grade.OK, "a ticket can be closed")
            if learnt.closed
            else Finding("closing", Grade.BAD, f"a ticket cannot be closed: {words}", "ask Featurebase")
        )


def _about_thread(learnt: Learnt) -> Iterator[Finding]:
    match learnt.linked_conversation:
        case True:
            yield Finding(
                "conversation", Grade.OK, "a ticket comes with a conversation, which takes its thread"
            )
        case False:
            hint = (
                "choose another category; or `without_conversation: content` in `replies` of the mapping "
                "puts what customers may see into the ticket's text"
            )
            told = "a ticket comes without a conversation, so replies and notes have no place"
            yield Finding("conversation", Grade.BAD, told, hint)
    for name, works in learnt.messages.items():
        topic, called = MESSAGES[name]
        if works:
            yield Finding(topic, Grade.OK, f"{called} arrives")
        elif works is False:
            why = learnt.refusals.get(name, "refused")
            hint = "threads would stay incomplete: choose another category, or ask Featurebase"
            hint = "" if learnt.linked_conversation is False else hint  # that one has said it already
            yield Finding(topic, Grade.BAD, f"{called} does not arrive: {why}", hint)
        else:
            yield Finding(topic, Grade.CARE, f"whether {called} arrives, nobody said", "repeat the probe")
    if learnt.content_is_first_message is not None:
        told = "is also the first message" if learnt.content_is_first_message else "is not in the thread"
        yield Finding("first message", Grade.OK, f"the content of a ticket {told}")


def _about_dates(learnt: Learnt) -> Iterator[Finding]:
    for topic, held in (("createdAt", learnt.created_at), ("reply's date", learnt.reply_created_at)):
        match held:
            case Held.EXACTLY:
                yield Finding(topic, Grade.OK, "the original date is kept, to the millisecond")
            case Held.TO_THE_SECOND:
                yield Finding(topic, Grade.OK, "the original date is kept, without its milliseconds")
            case Held.CHANGED:
                hint = "the history would show other dates: ask Featurebase before you migrate"
                yield Finding(topic, Grade.BAD, "the original date is not kept", hint)


def _about_text(learnt: Learnt) -> Iterator[Finding]:
    match learnt.html:
        case Markup.KEPT:
            yield Finding("HTML", Grade.OK, "text keeps its formatting as it was sent")
        case Markup.REWRITTEN:
            yield Finding("HTML", Grade.OK, "text keeps its words and elements; attributes change")
        case Markup.CLEANED:
            lost = ", ".join(f"<{each}>" for each in learnt.elements_lost)
            hint = "the words stay; look at one migrated ticket whether it reads well"
            yield Finding("HTML", Grade.CARE, f"text keeps its words, and loses {lost}", hint)
        case Markup.CHANGED:
            hint = "ask Featurebase before you migrate"
            yield Finding("HTML", Grade.BAD, "the words of a text come back changed", hint)


def _about_fields(learnt: Learnt) -> Iterator[Finding]:
    if learnt.text_field is not None:
        yield (
            Finding("text field", Grade.OK, "a custom text field keeps what it is given")
            if learnt.text_field
            else Finding(
                "text field", Grade.BAD, "a custom text field loses what it is given", "ask Featurebase"
            )
        )
    match learnt.select_as:
        case "id":
            yield Finding("select field", Grade.OK, "a choice is sent by its id, as validate and run do")
        case "label":
            hint = (
                "validate and run do so in this folder; elsewhere give them --select label, or the mapping "
                "`select: label`"
            )
            yield Finding("select field", Grade.OK, "a choice is sent by its label, not its id", hint)
        case "neither":
            words = learnt.refusals.get("select") or learnt.refusals.get("create", "it is not kept")
            hint = "leave select fields out of the mapping, or map them to a text field"
            yield Finding("select field", Grade.BAD, f"no choice is kept, by id or label: {words}", hint)


def _about_files(learnt: Learnt) -> Iterator[Finding]:
    refusals = learnt.refusals
    if learnt.upload:
        yield Finding("file by upload", Grade.OK, "a custom field takes a file that is uploaded")
    elif learnt.upload is False:
        told = f"a file is not taken by upload: {refusals.get('upload', 'it was accepted, and is not there')}"
        hint = "files that cannot travel by address would be named in the text only: ask Featurebase"
        yield Finding("file by upload", Grade.CARE, told, hint)
    if learnt.address:
        yield Finding("file by address", Grade.OK, "a custom field takes a file that Featurebase downloads")
    elif learnt.address is False:
        why = refusals.get("address", "it was accepted, and is not there")
        told = f"Featurebase did not take the file by its address: {why}"
        hint = "try an address of your own with --probe-file; what it cannot download, `files: fetch` uploads"
        yield Finding("file by address", Grade.CARE, told, hint)
    match learnt.unnamed_fields:
        case Unnamed.KEPT:
            told = "a change keeps the custom fields and files that it does not name"
            yield Finding("other fields", Grade.OK, told)
        case Unnamed.WIPED:
            told = (
                "a change wipes the custom fields and files that it does not name: so each change says all "
                "of them, and all files of a ticket's fields go in one request"
            )
            yield Finding("other fields", Grade.OK, told)


def _about_429(learnt: Learnt) -> Finding:
    """What a refusal by the rate limit looks like is documented nowhere (featurebase.md, 14.9)."""
    waits = "what it says is waited for: Retry-After, else X-RateLimit-Reset, else longer each time"
    if learnt.limited is None:
        told = f"none came, and none was provoked, so its form stays unknown; {waits}"
        return Finding("429", Grade.OK, told)
    form = form_of(learnt.limited)
    return Finding("429", Grade.OK, f"requests that were answered 429: {learnt.refused_429}; {form}; {waits}")


def form_of(limited: Limited) -> str:
    """What a 429 looked like, in words."""
    headers = ", ".join(f"{name}: {value}" for name, value in limited.headers.items())
    said = ": ".join(filter(None, (limited.code, limited.message)))
    words = f" ({shown(said, 200)})" if said else ""
    return f"{limited.endpoint} had {headers or 'no header about it'}, and {_BODIES[limited.body]}{words}"


def _left(probed: Probed) -> Iterator[Finding]:
    for each in probed.left_behind:
        where = f" ({shown(each.url, 200)})" if each.url else ""
        told = f"THE TRIAL TICKET {each.number}{where} COULD NOT BE DELETED: {each.reason}"
        yield Finding("clean-up", Grade.BAD, told, "delete it by hand in Featurebase")
    if probed.unseen:
        told = "the answer was lost when the trial ticket was made, and none was found: it may still appear"
        hint = "look for «migrator probe, will be deleted» in Featurebase, and delete it"
        yield Finding("clean-up", Grade.BAD, told, hint)
    if probed.learnt.created and not probed.left_behind:
        yield Finding("clean-up", Grade.OK, "the trial ticket is deleted")
    if probed.learnt.created:
        yield Finding(
            "contact", Grade.OK, f"the contact {probed.contact} stays; delete it if it is in the way"
        )
