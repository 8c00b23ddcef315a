"""ServiceNow's journals: additional comments, which the caller sees, and work notes, which are private.

They come as records of their own (`sys_journal_field`), or as one text with all entries, newest first, each
under a line such as `2024-01-02 10:11:12 - Name (Work notes)`. Such a line can also be quoted inside an
entry, and nothing tells a quoted one from another: in a text of both journals, what stands below a work note
is never taken for a comment. What the line itself says is kept as `heading`, for mappings that believe it.
Facts: formats, section 13.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrator.readers.helpdesks.shapes import text_at
from migrator.readers.trees import Tree

COMMENTS, WORK_NOTES, BOTH = "comments", "work_notes", "comments_and_work_notes"
_PRIVATE = {COMMENTS: "false", WORK_NOTES: "true"}

_DAY = r"\d{1,4}[-/.](?:\d{1,2}|[^\W\d_]{3,5}\.?)[-/.]\d{2,4}"
_CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_HEAD = re.compile(
    rf"^(?P<when>{_DAY} {_CLOCK}) - (?P<who>.*?) \((?P<label>[^()\n]*+(?:\([^()\n]*\))?)\)[ \t]*\r?$",
    re.MULTILINE,
)
_LABELS = {
    **dict.fromkeys(
        (
            *("additional comments", "additional comments (customer visible)", "comments"),
            *("zusätzliche kommentare", "commentaires supplémentaires", "comentarios adicionales"),
            *("comentários adicionais", "commenti aggiuntivi", "aanvullende opmerkingen"),
        ),
        COMMENTS,
    ),
    **dict.fromkeys(
        (
            *("work notes", "work notes (private)", "arbeitsnotizen", "notes de travail"),
            *("notas de trabajo", "notas de trabalho", "note di lavoro", "werknotities"),
        ),
        WORK_NOTES,
    ),
}


def entries_in(text: str, column: str) -> Iterator[Tree]:
    """The entries of a journal text, oldest first: `{element, heading, who, created_at, body}`.

    `element` is absent where nothing says for certain which journal an entry belongs to: it is private.

    Args:
        column: `comments` or `work_notes`, if the column holds only those; "" if it holds both.
    """
    heads = list(_HEAD.finditer(text))
    said = [_LABELS.get(head["label"].strip().casefold(), "") for head in heads]
    labels = list(said)
    if not column:
        # Below a work note, and below what could be one, the line above a comment may be quoted in the note.
        certain = next((place for place, label in enumerate(labels) if label != COMMENTS), len(labels))
        labels[certain:] = [label if label == WORK_NOTES else "" for label in labels[certain:]]
    first = heads[0].start() if heads else len(text)
    entries = [*zip(heads, labels, said, [*heads[1:], None], strict=False)]
    for head, label, heading, following in reversed(entries):
        body = text[head.end() : following.start() if following else len(text)].strip()
        if body:
            told: Tree = {"who": head["who"].strip(), "created_at": head["when"], "body": body}
            yield {**told, **({"heading": heading} if heading else {}), **_element(label, column)}
    if loose := text[:first].strip():
        yield {"body": loose, **_element("", WORK_NOTES if column == WORK_NOTES else "")}


def _element(label: str, column: str) -> Tree:
    """Which journal an entry belongs to; a label that speaks of work notes is believed before the column."""
    element = WORK_NOTES if WORK_NOTES in (label, column) else label or column
    return {"element": element} if element else {}


def message_of(entry: Tree, author: Tree) -> Tree:
    """A journal entry as a message; without `private`, meaning private, where its journal is not known."""
    element = text_at(entry, "element")
    told = {key: text_at(entry, key) for key in ("id", "created_at", "heading")}
    return {
        **{key: value for key, value in told.items() if value},
        "kind": "reply" if element == COMMENTS else "note",
        **({"private": _PRIVATE[element]} if element in _PRIVATE else {}),
        "body": text_at(entry, "body"),
        "body_format": "text",
        "author": author,
        "files": [],
    }
