"""One `<item>` of Jira's XML of a search (RSS), in the canonical shape.

Texts are HTML that was escaped for XML; the file says no address of an attachment, and not whether a comment
is internal to the service desk. Facts: formats, section 11.
"""

from __future__ import annotations

from migrator.model import Value
from migrator.readers.helpdesks.jira_shapes import (
    as_agent,
    as_reporter,
    author_of,
    category_of,
    comment,
    person_of,
)
from migrator.readers.helpdesks.shapes import file, text_at, tree_at, trees_at
from migrator.readers.trees import Tree

_ITEM_MARKS = frozenset(("summary", "title", "link", "project", "type", "status", "reporter"))
_MARKS_WANTED = 2
"""A search may have been asked for some fields only."""


def is_item(tree: Tree) -> bool:
    """Whether a tree is an issue as the XML has it, where every key has the issue's id beside."""
    return "@id" in tree_at(tree, "key") and len(_ITEM_MARKS & tree.keys()) >= _MARKS_WANTED


def key_of(tree: Tree) -> str:
    return _word(tree.get("key"))


def issue(tree: Tree) -> Tree:
    """What the issue says, in the canonical shape."""
    reporter = as_reporter(_person(tree.get("reporter")))
    assignee = as_agent(_person(tree.get("assignee")))
    made: Tree = {
        "key": key_of(tree),
        "id": text_at(tree, "key", "@id"),
        "status": _word(tree.get("status")),
        "status_category": category_of(text_at(tree, "statusCategory", "@key")),
        "created_at": _word(tree.get("created")),
        "updated_at": _word(tree.get("updated")),
        "resolved_at": _word(tree.get("resolved")),
        "due_at": _word(tree.get("due")),
        "project_key": text_at(tree, "project", "@key"),
        "description": _word(tree.get("description")),
    }
    made |= {name: _word(tree.get(name)) for name in ("type", "priority", "resolution")}
    names = {text_at(each, "id"): text_at(each, "name") for each in (reporter, assignee)}
    return made | {
        "summary": _word(tree.get("summary")),
        "description_format": "html",
        "reporter": reporter,
        "assignee": assignee,
        "labels": _words(tree_at(tree, "labels").get("label")),
        "components": _words(tree.get("component")),
        "files": [_file(each) for each in trees_at(tree, "attachments", "attachment")],
        "custom_fields": [_custom_field(each) for each in trees_at(tree, "customfields", "customfield")],
        "comments": [
            _comment(each, reporter, names) for each in _each(tree_at(tree, "comments").get("comment"))
        ],
    }


def _comment(found: Value, reporter: Tree, names: dict[str, str]) -> Tree:
    tree: Tree = found if isinstance(found, dict) else {"#text": found}
    restricted = text_at(tree, "@grouplevel") or text_at(tree, "@rolelevel")
    id = text_at(tree, "@author")
    author = person_of(id=id, name=names.get(id, ""))
    return comment(
        id=text_at(tree, "@id"),
        body=text_at(tree, "#text"),
        body_format="html",
        author=author_of(author, reporter),
        created_at=text_at(tree, "@created"),
        private="true" if restricted else "",
    )


def _person(found: Value | None) -> Tree:
    tree = found if isinstance(found, dict) else {}
    id = text_at(tree, "@accountid") or text_at(tree, "@username")
    return {} if id == "-1" else person_of(name=_word(found), id=id)


def _file(tree: Tree) -> Tree:
    return file(name=text_at(tree, "@name"), size=text_at(tree, "@size"))


def _custom_field(tree: Tree) -> Tree:
    return {
        "id": text_at(tree, "@id"),
        "name": _word(tree.get("customfieldname")),
        "value": _words(tree_at(tree, "customfieldvalues").get("customfieldvalue")),
    }


def _each(found: Value | None) -> list[Value]:
    """A repeated element, of which there may be one or none."""
    return found if isinstance(found, list) else [] if found is None else [found]


def _words(found: Value | None) -> list[Value]:
    return [word for each in _each(found) if (word := _word(each))]


def _word(found: Value | None) -> str:
    """The text of an element, with or without attributes."""
    return found if isinstance(found, str) else text_at(found, "#text")
