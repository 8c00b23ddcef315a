"""One request as the API of the customer portal has it (`servicedeskapi/request`), in the canonical shape.

It knows what the customer sees: the fields of the request form, and which comments are public. Facts: the
API's published description.
"""

from __future__ import annotations

from collections.abc import Callable

from migrator.readers.helpdesks.jira_shapes import as_reporter, category_of
from migrator.readers.helpdesks.shapes import text_at, tree_at, trees_at
from migrator.readers.trees import Tree


def is_request(tree: Tree) -> bool:
    return "issueKey" in tree and bool({"requestFieldValues", "currentStatus"} & tree.keys())


def key_of(tree: Tree) -> str:
    return text_at(tree, "issueKey")


def comments_in(tree: Tree) -> list[Tree]:
    """Those that were asked for with the request."""
    return trees_at(tree, "comments", "values")


def request(tree: Tree, person: Callable[[Tree], Tree]) -> Tree:
    """What the request says, without its comments."""
    fields = {text_at(each, "fieldId"): each for each in trees_at(tree, "requestFieldValues")}
    status = tree_at(tree, "currentStatus")
    return {
        "key": key_of(tree),
        "id": text_at(tree, "issueId"),
        "summary": text_at(fields.get("summary"), "value") or text_at(tree, "summary"),
        "description": text_at(fields.get("description"), "value"),
        "description_format": "jira",
        "type": text_at(tree, "requestType", "name"),
        "status": text_at(status, "status"),
        "status_category": category_of(text_at(status, "statusCategory")),
        "priority": text_at(fields.get("priority"), "value", "name"),
        "created_at": text_at(tree, "createdDate", "iso8601"),
        "reporter": as_reporter(person(tree_at(tree, "reporter"))),
        "assignee": {},
        "labels": [],
        "files": [],
        "custom_fields": [
            {"id": id, "name": text_at(each, "label"), "value": each.get("value", "")}
            for id, each in fields.items()
            if id not in ("summary", "description")
        ],
    }
