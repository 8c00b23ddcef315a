"""Zendesk's comments in the canonical shape: who said what, when, and who may see it.

The source's own keys stay beside ours, except `body`, which is the HTML one where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from migrator.model import Value
from migrator.readers.helpdesks.shapes import list_at, oldest_first, private_of, text_at
from migrator.readers.trees import Tree


def canonical_comments(comments: Sequence[Value], author: Callable[[str, Value | None], Tree]) -> list[Tree]:
    """The comments, oldest first.

    Args:
        author: Finds a person by id, given the object that the comment holds itself.
    """
    return oldest_first(_canonical(comment, author) for comment in comments if isinstance(comment, dict))


def _canonical(comment: Tree, author: Callable[[str, Value | None], Tree]) -> Tree:
    public = comment.get("public")
    body, body_format = _body(comment)
    who = author(text_at(comment, "author_id"), comment.get("author"))
    canonical: Tree = {
        **comment,
        # Unknown privacy counts as private; the mapping decides and warns by the absent `private`.
        "kind": "reply" if public == "true" else "note",
        "body": body,
        "body_format": body_format,
        "author": who,
        "files": [_file(file) for file in list_at(comment, "attachments") if isinstance(file, dict)],
        **private_of(public),
    }
    if public == "false":
        who.setdefault("kind", "agent")  # only agents can write what customers cannot see
    return canonical


def _body(comment: Tree) -> tuple[str, str]:
    if rich := text_at(comment, "html_body"):
        return rich, "html"
    return text_at(comment, "body") or text_at(comment, "plain_body"), "text"


def _file(attachment: Tree) -> Tree:
    """An attachment as `{name, url, size, type, inline}`; what is not known is absent."""
    names = {
        "name": "file_name",
        "url": "content_url",
        "size": "size",
        "type": "content_type",
        "inline": "inline",
    }
    return {ours: attachment[theirs] for ours, theirs in names.items() if theirs in attachment}
