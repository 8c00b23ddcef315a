"""Crisp's JSON: conversations with their messages, embedded or in a list beside them.

Times are milliseconds since 1970; what a message holds depends on its type. Facts: formats, section 21.
"""

from __future__ import annotations

from migrator.model import Record, Value
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    file,
    oldest_first,
    person,
    take_description,
    text_at,
    tree_at,
    trees_at,
)
from migrator.readers.trees import Tree, TreeFile

MESSAGES = "messages"
_SAID = frozenset({"text", "note", "file", "audio", "animation", "picker", "field", "carousel"})
"""Types of messages that say something; others are events."""


class Crisp(Joined):
    """The files of one Crisp export."""

    name = "crisp"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        return "conversations with session_id and meta" if _is_conversation(sample) else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        if _is_conversation(sample):
            return TICKETS
        return MESSAGES if {"session_id", "from", "type"} <= sample.keys() else ""

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:  # noqa: ARG002
        return text_at(tree, "fingerprint"), text_at(tree, "session_id")

    def key_of(self, tree: Tree) -> str:
        return text_at(tree, "session_id")

    def canonical(self, record: Record, known: Known) -> Record:
        values = record.values
        visitor = tree_at(values, "meta")
        requester = values["requester"] = person(
            kind="customer",
            id=text_at(values, "people_id"),
            email=text_at(visitor, "email"),
            name=text_at(visitor, "nickname"),
            # A visitor without an address is known by the conversation alone.
            external_id="" if text_at(visitor, "email") else text_at(values, "session_id"),
        )
        messages = trees_at(values, "messages") or known.of(MESSAGES, text_at(values, "session_id"))
        if not messages:
            known.left_out("messages of conversations (the list comes without them)")
        said = [each for each in messages if text_at(each, "type") in _SAID]
        if len(said) < len(messages):
            known.left_out("events of conversations", len(messages) - len(said))
        comments = oldest_first(_canonical(each, requester) for each in said)
        take_description(values, comments)
        values["comments"] = list(comments)
        return record


def _is_conversation(sample: Tree) -> bool:
    return "session_id" in sample and "meta" in sample and "state" in sample


def _canonical(message: Tree, requester: Tree) -> Tree:
    private = text_at(message, "type") == "note"
    speaker = text_at(message, "from")
    known = speaker in ("user", "operator")
    return {
        **message,
        "id": text_at(message, "fingerprint"),
        "kind": "reply" if known and not private else "note",
        "body": _words(message),
        "body_format": "text",
        "author": requester if speaker == "user" else _operator(message),
        "created_at": text_at(message, "timestamp"),
        "files": _files(message),
        **({"private": "true" if private else "false"} if known or private else {}),
    }


def _operator(message: Tree) -> Tree:
    said = tree_at(message, "user")
    kind = "bot" if text_at(message, "automated") == "true" else "agent"
    return person(
        kind=kind, id=text_at(said, "user_id"), email=text_at(said, "email"), name=text_at(said, "nickname")
    )


def _words(message: Tree) -> str:
    """The text of a message; of a question its choices too."""
    content = message.get("content")
    if not isinstance(content, dict):
        return content if isinstance(content, str) else ""
    choices = (text_at(each, "label") for each in trees_at(content, "choices"))
    lines = [text_at(content, "text"), *(f"- {choice}" for choice in choices if choice)]
    return "\n".join(line for line in lines if line)


def _files(message: Tree) -> list[Value]:
    content = tree_at(message, "content")
    if not text_at(content, "url"):
        return []
    return [file(name=text_at(content, "name"), url=text_at(content, "url"), type=text_at(content, "type"))]
