"""Zendesk's comments in the canonical shape: who said what, when, and who may see it.

The source's own keys stay beside ours, except `body`, which is the HTML one where there is one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence

from migrator.model import Value

Tree = dict[str, Value]

_TAG = re.compile(r"<[^<>]*>")
_NOT_TEXT = re.compile(r"\W+")


def canonical_comments(comments: Sequence[Value], author: Callable[[str, Value | None], Tree]) -> list[Tree]:
    """The comments, oldest first.

    Args:
        author: Finds a person by id, given the object that the comment holds itself.
    """
    canonical = [_canonical(comment, author) for comment in comments if isinstance(comment, dict)]
    if all("created_at" in comment for comment in canonical):
        canonical.sort(key=lambda comment: str(comment["created_at"]))  # all UTC, in one format
    return canonical


def _canonical(comment: Tree, author: Callable[[str, Value | None], Tree]) -> Tree:
    public = comment.get("public")
    body, body_format = _body(comment)
    who = author(_text(comment, "author_id"), comment.get("author"))
    canonical: Tree = {
        **comment,
        # Unknown privacy counts as private; the mapping decides and warns by the absent `private`.
        "kind": "reply" if public == "true" else "note",
        "body": body,
        "body_format": body_format,
        "author": who,
        "files": [_file(file) for file in _list(comment, "attachments") if isinstance(file, dict)],
    }
    if public in ("true", "false"):
        canonical["private"] = "false" if public == "true" else "true"
    if public == "false":
        who.setdefault("kind", "agent")  # only agents can write what customers cannot see
    return canonical


def _body(comment: Tree) -> tuple[str, str]:
    if rich := _text(comment, "html_body"):
        return rich, "html"
    return _text(comment, "body") or _text(comment, "plain_body"), "text"


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


def same_text(description: str, comment: Tree) -> bool:
    """Whether a comment says what the description says, whatever its markup and white space."""
    wanted = _letters(description)
    texts = [text for key in ("plain_body", "body", "html_body") if (text := _text(comment, key))]
    if not texts:
        return not wanted
    return any(wanted in (_letters(text), _letters(_without_markup(text))) for text in texts)


def _letters(text: str) -> str:
    return _NOT_TEXT.sub("", text) or "".join(text.split())


def _without_markup(text: str) -> str:
    return html.unescape(_TAG.sub(" ", text))


def _text(tree: Tree, key: str) -> str:
    found = tree.get(key)
    return found if isinstance(found, str) else ""


def _list(tree: Tree, key: str) -> list[Value]:
    found = tree.get(key)
    return found if isinstance(found, list) else []
