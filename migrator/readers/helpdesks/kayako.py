"""Kayako's cases as its API gives them, joined with posts, notes, users, teams and organisations.

A list holds objects that say themselves what they are (`resource_type`), in either spelling (`created_at`,
`createdAt`). The XML of the classic product is read in `kayako_classic.py`. Facts: formats, section 18.
"""

from __future__ import annotations

import re

from migrator.model import Record
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import (
    field,
    identified,
    object_at,
    oldest_first,
    person,
    private_of,
    take_description,
    text_at,
    tree_at,
    trees_at,
)
from migrator.readers.helpdesks.shapes import file as file_of
from migrator.readers.trees import Tree, TreeFile

POSTS, USERS = "posts", "users"
TEAMS, ORGANIZATIONS, STATUSES, PRIORITIES = "teams", "organizations", "statuses", "priorities"
_ROLES = {
    **dict.fromkeys(("case", "conversation"), TICKETS),
    **dict.fromkeys(("post", "note", "case_message", "chat_message"), POSTS),
    **{"user": USERS, "team": TEAMS, "organization": ORGANIZATIONS},
    **{"case_status": STATUSES, "case_priority": PRIORITIES},
}
_PUBLIC = frozenset(
    (
        *("case_message", "chat_message", "facebook_message", "facebook_post", "facebook_post_comment"),
        *("twitter_message", "twitter_tweet"),
    )
)
_NOTE = "note"
_CASE = re.compile(r"/(?:cases|conversations)/(\d+)/")
_STAFF = frozenset(("ADMIN", "OWNER", "AGENT", "COLLABORATOR"))


class Kayako(Joined):
    """The files of one Kayako export."""

    name = "kayako"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        is_case = _type_of(sample) in ("case", "conversation") and "subject" in sample
        return "cases, which say so in resource_type" if is_case else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        return _ROLES.get(_type_of(sample), "")

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        if role == POSTS:
            return f"{_type_of(tree)} {text_at(tree, 'id')}", _case_of(tree)
        return text_at(tree, "id"), ""

    def version_of(self, tree: Tree) -> str:
        return field(tree, "updated_at")

    def canonical(self, record: Record, known: Known) -> Record:
        case = record.values
        posts = [each for key in (POSTS, "messages", "notes") for each in trees_at(case, key)]
        posts = posts or known.of(POSTS, text_at(case, "id"))
        if not posts:
            known.left_out("posts of cases (the list comes without them)")
        asked = object_at(case, "requester")
        requester = _person(asked, "customer", known, [case, *posts])
        found: dict[str, Tree] = {
            "requester": identified(requester, self.name),
            "assignee": _person(object_at(case, "assigned_agent"), "agent", known, posts),
            "organization": _named(object_at(asked, "organization"), ORGANIZATIONS, known),
            "team": _named(object_at(case, "assigned_team"), TEAMS, known),
            "status": _named(object_at(case, "status"), STATUSES, known),
            "priority": _named(object_at(case, "priority"), PRIORITIES, known),
        }
        case.update({key: tree for key, tree in found.items() if tree})
        case["status_name"] = _status_name(found["status"])
        case["created_at"] = field(case, "created_at")
        case["tag_names"] = [name for each in trees_at(case, "tags") if (name := text_at(each, "name"))]
        comments = oldest_first(_message(each, found["requester"], known) for each in posts)
        take_description(case, comments)
        case["comments"] = [*comments]
        return record


def _type_of(tree: Tree) -> str:
    return field(tree, "resource_type")


def _case_of(post: Tree) -> str:
    """Which case a post belongs to, where it was saved beside it; messages say it in their address."""
    said = text_at(post, "case", "id") or field(post, "case_id", "conversation_id")
    found = _CASE.search(field(post, "resource_url"))
    return said or (found[1] if found else "")


def _named(thing: Tree, role: str, known: Known) -> Tree:
    """A thing with its names, which the API leaves out unless it is asked to include them."""
    return {**known.one(role, text_at(thing, "id")), **thing}


def _status_name(status: Tree) -> str:
    """The kind of a status, which is the same in every Kayako; of a custom one its name."""
    kind = text_at(status, "type")
    told = (text_at(status, "label"), kind) if kind in ("", "CUSTOM") else (kind,)
    return next(filter(None, told), text_at(status, "id"))


def _person(said: Tree, kind: str, known: Known, around: list[Tree]) -> Tree:
    """Somebody by id: from the list of users, else by the address under which they wrote."""
    id = text_at(said, "id")
    if not id:
        return {}
    user = {**known.one(USERS, id), **said}
    theirs = [
        text_at(object_at(each, "identity"), "email")
        for each in around
        if text_at(object_at(each, "creator"), "id") == id
    ]
    emails = [text_at(each, "email") for each in trees_at(user, "emails")]
    email = next(filter(None, [*emails, text_at(user, "email"), *theirs]), "")
    role = field(tree_at(user, "role"), "type", "title").upper()
    return person(
        kind="agent" if role in _STAFF else kind, id=id, email=email, name=field(user, "full_name", "name")
    )


def _message(post: Tree, requester: Tree, known: Known) -> Tree:
    original = tree_at(post, "original")
    maker = object_at(post, "creator") or tree_at(post, "user")
    is_customer = field(post, "is_requester") == "true" or text_at(maker, "id") == text_at(requester, "id")
    author = requester if is_customer else _person(maker, "agent", known, [post])
    rich = field(original, "body_html") or field(post, "content_html", "body_html")
    plain = text_at(post, "contents") or field(post, "content_text", "body_text")
    privacy = _privacy(post, original, is_customer=is_customer)
    return {
        **post,
        "kind": "reply" if privacy.get("private") == "false" else "note",
        **privacy,
        "body": rich or plain,
        "body_format": "html" if rich else "text",
        "author": author,
        "created_at": field(post, "created_at"),
        "files": [
            file_of(
                name=text_at(each, "name"),
                url=field(each, "url_download") or text_at(each, "url"),
                size=text_at(each, "size"),
                type=text_at(each, "type"),
            )
            for each in trees_at(post, "attachments")
        ],
    }


def _privacy(post: Tree, original: Tree, *, is_customer: bool) -> Tree:
    """Who may read a post, by what it was made as; absent where that is nothing we know."""
    channel = text_at(object_at(post, "source_channel"), "type").casefold()
    kinds = {_type_of(original), _type_of(post), channel}
    if _NOTE in kinds:
        return private_of("false")
    return private_of("true") if kinds & _PUBLIC or is_customer else {}
