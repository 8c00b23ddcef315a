"""GitHub issues: what the REST and the GraphQL API answer, and what `gh issue list --json` writes.

Joins issues with comments that were fetched apart, and brings both spellings (`created_at`, `createdAt`) and
both kinds of lists (GraphQL has theirs under `nodes`) into the canonical shape. Pull requests, which the
API lists among the issues, are marked. Facts: formats, section 22.
"""

from __future__ import annotations

import re

from migrator.model import Record
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import field, oldest_first, person, text_at, tree_at, trees_at
from migrator.readers.trees import Tree, TreeFile

COMMENTS = "comments"
_PLACE = re.compile(r"([^/]+/[^/]+)/(?:issues|pull)/(\d+)")
_NOT_DONE = ("not_planned", "duplicate")
_STAFF = frozenset(("OWNER", "MEMBER", "COLLABORATOR"))
_NO_REPLY = "users.noreply.github.com"
"""GitHub gives everybody an address here that receives nothing, and shows no other."""
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}")


class GitHub(Joined):
    """The files of one export of issues."""

    name = "github"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        return "issues with number, title and the login of who wrote them" if _is_issue(sample) else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        if _is_issue(sample):
            return TICKETS
        return COMMENTS if _PLACE.search(text_at(sample, "issue_url")) and "body" in sample else ""

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:  # noqa: ARG002
        return text_at(tree, "id"), _place(text_at(tree, "issue_url"))

    def key_of(self, tree: Tree) -> str:
        return _key(tree)

    def version_of(self, tree: Tree) -> str:
        return field(tree, "updated_at")

    def canonical(self, record: Record, known: Known) -> Record:
        values = record.values
        key = _key(values)
        apart = known.of(COMMENTS, key)
        inside = _listed(values, "comments")
        count = text_at(values, "comments") or text_at(values, "comments", "totalCount")
        if count.isdecimal() and int(count) > len(apart) + len(inside):
            missing = int(count) - len(apart) - len(inside)
            known.left_out("comments missing from this export", missing)
        assignees = [*_listed(values, "assignees"), *trees_at(values, "assignee")]
        made: Tree = {
            "key": key,
            "description": text_at(values, "body"),
            "description_format": "github",
            "state": text_at(values, "state").casefold(),
            "state_reason": field(values, "state_reason").casefold(),
            "state_key": _state_key(values),
            "created_at": field(values, "created_at"),
            "closed_at": field(values, "closed_at"),
            "requester": {"kind": "customer", **_person(_author(values))},
            "assignee": {**_person(assignees[0]), "kind": "agent"} if assignees else {},
            "label_names": [name for each in _listed(values, "labels") if (name := text_at(each, "name"))],
            "is_pull_request": "true" if _is_pull_request(values) else "false",
            "comments": [*oldest_first(_comment(each) for each in (*inside, *apart))],
        }
        values.update(made)
        return record


def _is_issue(sample: Tree) -> bool:
    return {"number", "title"} <= sample.keys() and (
        bool(text_at(_author(sample), "login")) or _place_of(sample) != ""
    )


def _state_key(values: Tree) -> str:
    """`open`, `closed`, or, of what was closed without being done, the reason."""
    reason = field(values, "state_reason").casefold()
    return reason if reason in _NOT_DONE else text_at(values, "state").casefold()


def _listed(values: Tree, name: str) -> list[Tree]:
    is_graph = isinstance(values.get(name), dict)
    return trees_at(values, name, "nodes") if is_graph else trees_at(values, name)


def _is_pull_request(tree: Tree) -> bool:
    return "pull_request" in tree or "/pull/" in (text_at(tree, "html_url") or text_at(tree, "url"))


def _key(tree: Tree) -> str:
    """`owner/repository#12`: numbers alone are those of one repository; the number where nothing says it."""
    return _place_of(tree) or text_at(tree, "number")


def _place_of(tree: Tree) -> str:
    return _place(text_at(tree, "html_url")) or _place(text_at(tree, "url"))


def _place(url: str) -> str:
    found = _PLACE.search(url)
    return f"{found[1]}#{found[2]}" if found else ""


def _author(tree: Tree) -> Tree:
    return tree_at(tree, "user") or tree_at(tree, "author")


def _person(found: Tree) -> Tree:
    login = text_at(found, "login")
    is_bot = "Bot" in (text_at(found, "type"), text_at(found, "__typename")) or "true" in (
        text_at(found, "is_bot"),
        text_at(found, "isBot"),
    )
    address = text_at(found, "email") or (f"{login}@{_NO_REPLY}" if _LOGIN.fullmatch(login) else "")
    return person(
        kind="bot" if is_bot else "",
        id=login,
        email="" if is_bot else address,
        name=text_at(found, "name") or login,
    )


def _comment(tree: Tree) -> Tree:
    """Everybody who sees the issue sees its comments, but those that were hidden as spam or abuse."""
    hidden = text_at(tree, "isMinimized") == "true"
    author = _person(_author(tree))
    staff = field(tree, "author_association") in _STAFF
    return {
        **tree,
        "kind": "note" if hidden else "reply",
        "body": text_at(tree, "body"),
        "body_format": "github",
        "author": {"kind": "agent" if staff else "customer", **author} if author else {},
        "private": "true" if hidden else "false",
        "created_at": field(tree, "created_at"),
        "files": [],
    }
