"""Canny's JSON: posts of its API, with their comments in a list beside them.

Facts: formats, section 23.
"""

from __future__ import annotations

from migrator.model import Record, Value
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import file, list_at, oldest_first, person, text_at, tree_at
from migrator.readers.trees import Tree, TreeFile

COMMENTS = "comments"


class Canny(Joined):
    """The files of one Canny export."""

    name = "canny"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        return "posts with board, details and score" if _is_post(sample) else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        if _is_post(sample):
            return TICKETS
        return COMMENTS if "value" in sample and tree_at(sample, "post") else ""

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:  # noqa: ARG002
        return text_at(tree, "id"), text_at(tree, "post", "id")

    def version_of(self, tree: Tree) -> str:
        return text_at(tree, "statusChangedAt") or text_at(tree, "created")

    def canonical(self, record: Record, known: Known) -> Record:
        values = record.values
        if author := tree_at(values, "author") or tree_at(values, "by"):
            values["requester"] = _person(author)
        if owner := tree_at(values, "owner"):
            values["assignee"] = _person({**owner, "isAdmin": "true"})
        values["attachments"] = _images(values)
        comments = oldest_first(_canonical(each) for each in known.of(COMMENTS, text_at(values, "id")))
        values["comments"] = list(comments)
        return record


def _is_post(sample: Tree) -> bool:
    return "title" in sample and {"board", "score", "commentCount"} <= sample.keys()


def _person(said: Tree) -> Tree:
    """`userID` is what the customer's own system calls somebody; admins have none."""
    by_admin = text_at(said, "isAdmin") == "true"
    return person(
        kind="agent" if by_admin else "customer",
        id=text_at(said, "id"),
        email=text_at(said, "email"),
        name=text_at(said, "name"),
        external_id="" if by_admin else text_at(said, "userID"),
    )


def _canonical(comment: Tree) -> Tree:
    private = text_at(comment, "private")
    return {
        **comment,
        "kind": "reply" if private == "false" else "note",
        "body": text_at(comment, "value"),
        "body_format": "text",
        "author": _person(tree_at(comment, "author")),
        "created_at": text_at(comment, "created"),
        "files": _images(comment),
    }


def _images(tree: Tree) -> list[Value]:
    """Pictures have no names but the last part of their address."""
    return [
        file(name=url.partition("?")[0].rpartition("/")[2] or "image", url=url)
        for url in list_at(tree, "imageURLs")
        if isinstance(url, str)
    ]
