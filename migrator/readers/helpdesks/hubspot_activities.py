"""What was said around a HubSpot ticket, in the canonical shape: notes, calls, emails, messages of its inbox.

Facts: formats, section 10; what it does not say of activities is as HubSpot's own reference has it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from migrator.readers.helpdesks.shapes import file, person, text_at, trees_at
from migrator.readers.trees import Tree

_EPOCH_MS = re.compile(r"\d{11,14}")
_ADDRESS = re.compile(r"[^\s;,<>\"()]+@[^\s;,<>\"()]+")
_INCOMING, _OUTGOING = "INCOMING_EMAIL", "EMAIL"
_NEVER_SENT = frozenset({"DRAFT", "SCHEDULED", "SENDING", "FAILED"})


def full_name(properties: Tree) -> str:
    """Of a contact or an owner, who write it in two ways."""
    first = text_at(properties, "firstname") or text_at(properties, "firstName")
    last = text_at(properties, "lastname") or text_at(properties, "lastName")
    return f"{first} {last}".strip()


def instant(text: str) -> str:
    """A time as ISO 8601, also where an old API wrote milliseconds since 1970."""
    if not _EPOCH_MS.fullmatch(text):
        return text
    seconds, milliseconds = divmod(int(text), 1000)
    moment = datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def left_out_as(said: Tree) -> str:
    """What an activity is, in the plural, if nobody ever got it; otherwise empty."""
    status = text_at(said, "hs_email_status").upper()
    return f"emails that were never sent ({status.lower()})" if status in _NEVER_SENT else ""


def canonical_activity(role: str, id: str, said: Tree, owner: Tree, customer: str) -> Tree:
    """A note, a call or an email as a comment.

    Args:
        said: Its properties.
        owner: The user of HubSpot whom it belongs to.
        customer: The address of the ticket's contact; empty where it is not known.
    """
    created_at = instant(text_at(said, "hs_timestamp") or text_at(said, "hs_createdate"))
    if role == "emails":
        return {"id": id, "created_at": created_at, "files": [], **_email(said, owner, customer)}
    body = text_at(said, "hs_note_body") or text_at(said, "hs_call_body") or text_at(said, "hs_call_title")
    return {
        "id": id,
        "kind": "note",
        "body": body,
        "body_format": "html",
        "author": owner or person(kind="agent"),
        "private": "true",  # notes and calls are written for colleagues
        "created_at": created_at,
        "files": [],
    }


def _email(said: Tree, owner: Tree, customer: str) -> Tree:
    """An email; private as long as nothing tells that the customer got or wrote it."""
    direction = text_at(said, "hs_email_direction")
    sender = text_at(said, "hs_email_from_email").strip()
    name = f"{text_at(said, 'hs_email_from_firstname')} {text_at(said, 'hs_email_from_lastname')}".strip()
    by_customer = direction == _INCOMING
    author = person(kind="customer" if by_customer else "agent", email=sender, name=name)
    public = direction in (_INCOMING, _OUTGOING) and _concerns(customer, said)
    rich = text_at(said, "hs_email_html")
    return {
        "kind": "reply" if public else "note",
        "body": rich or text_at(said, "hs_email_text"),
        "body_format": "html" if rich else "text",
        "author": author if by_customer else {**author, **owner},
        **({"private": "false"} if public else {}),
    }


def _concerns(customer: str, said: Tree) -> bool:
    """Whether an email was between the customer and us; where it does not say who got it, it was.

    A ticket's emails may also be with suppliers or colleagues, of whom the customer must not read.
    """
    names = ("hs_email_from_email", "hs_email_to_email", "hs_email_cc_email")
    told = " ; ".join(text_at(said, name) for name in names)
    if not customer or not text_at(said, "hs_email_to_email"):
        return True
    return customer.casefold() in {address.casefold() for address in _ADDRESS.findall(told)}


def canonical_message(message: Tree) -> Tree:
    """A message of the conversations inbox as a comment; its comments are internal."""
    incoming = text_at(message, "direction") == "INCOMING"
    public = text_at(message, "type") == "MESSAGE"
    sender = next(iter(trees_at(message, "senders")), {})
    email = text_at(sender, "deliveryIdentifier", "value")
    rich = text_at(message, "richText")
    return {
        "id": text_at(message, "id"),
        "kind": "reply" if public else "note",
        "body": rich or text_at(message, "text"),
        "body_format": "html" if rich else "text",
        "author": person(
            kind="customer" if incoming and public else "agent",
            id=text_at(sender, "actorId"),
            email=email if "@" in email else "",
            name=text_at(sender, "name"),
        ),
        "private": "false" if public else "true",
        "created_at": instant(text_at(message, "createdAt")),
        "files": [
            file(name=text_at(each, "name"), url=text_at(each, "url"))
            for each in trees_at(message, "attachments")
            if "url" in each
        ],
    }
