"""Jira and Jira Service Management as nested files: what the API answers, and the XML of a search.

Joins issues with people and with comments that were fetched apart, and brings both forms into the canonical
shape; the issue's own keys stay beside it. Facts: formats, section 11.
"""

from __future__ import annotations

import re

from migrator.model import Record
from migrator.readers.helpdesks import jira_requests, jira_rss
from migrator.readers.helpdesks.jira_shapes import (
    as_agent,
    as_reporter,
    author_of,
    category_of,
    comment,
    person_of,
)
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.shapes import file, list_at, text_at, tree_at, trees_at
from migrator.readers.trees import Tree, TreeFile

USERS, COMMENTS = "users", "comments"
_FIELDS = frozenset(("summary", "status", "issuetype", "project", "reporter", "created", "description"))
_FIELDS_WANTED = 2
_ISSUE_OF_COMMENT = re.compile(r"/(?:issue|request)/([^/]+)/comment/")


class Jira(Joined):
    """The files of one Jira export that is no table."""

    name = "jira"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        if _is_issue(sample):
            return "issues with key and fields"
        if jira_requests.is_request(sample):
            return "requests of a customer portal, with issueKey and currentStatus"
        return (
            "items whose key has an id beside it, as in a search of Jira" if jira_rss.is_item(sample) else ""
        )

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002
        of_tickets = (_is_issue, jira_rss.is_item, jira_requests.is_request)
        if any(recognises(sample) for recognises in of_tickets) or (key == "issues" and not sample):
            return TICKETS
        if _ISSUE_OF_COMMENT.search(_address(sample)) and "body" in sample:
            return COMMENTS
        return USERS if "accountId" in sample and "displayName" in sample else ""

    def kept_under(self, role: str, tree: Tree) -> tuple[str, str]:
        if role == USERS:
            return text_at(tree, "accountId"), ""
        found = _ISSUE_OF_COMMENT.search(_address(tree))
        return text_at(tree, "id"), found[1] if found else ""

    def key_of(self, tree: Tree) -> str:
        if jira_rss.is_item(tree):
            return jira_rss.key_of(tree)
        return text_at(tree, "key") or jira_requests.key_of(tree)

    def version_of(self, tree: Tree) -> str:
        return text_at(tree, "fields", "updated")

    def canonical(self, record: Record, known: Known) -> Record:
        values = record.values
        if jira_rss.is_item(values):
            values.update(jira_rss.issue(values))
        elif jira_requests.is_request(values):
            values.update(_request(values, known))
        else:
            values.update(_issue(values, known))
        return record


def _is_issue(sample: Tree) -> bool:
    return "key" in sample and len(_FIELDS & tree_at(sample, "fields").keys()) >= _FIELDS_WANTED


def _address(tree: Tree) -> str:
    return text_at(tree, "self") or text_at(tree, "_links", "self")


def _issue(tree: Tree, known: Known) -> Tree:
    fields = tree_at(tree, "fields")
    reporter = as_reporter(_person(tree_at(fields, "reporter") or tree_at(fields, "creator"), known))
    status = tree_at(fields, "status")
    made: Tree = {
        "summary": text_at(fields, "summary"),
        "type": text_at(fields, "issuetype", "name"),
        "status": text_at(status, "name"),
        "status_category": category_of(text_at(status, "statusCategory", "key")),
        "priority": text_at(fields, "priority", "name"),
        "resolution": text_at(fields, "resolution", "name"),
        "created_at": text_at(fields, "created"),
        "updated_at": text_at(fields, "updated"),
        "resolved_at": text_at(fields, "resolutiondate"),
        "due_at": text_at(fields, "duedate"),
        "project_key": text_at(fields, "project", "key"),
    }
    made |= {
        "reporter": reporter,
        "assignee": as_agent(_person(tree_at(fields, "assignee"), known)),
        "labels": list_at(fields, "labels"),
        "components": [name for each in trees_at(fields, "components") if (name := text_at(each, "name"))],
        "files": [_file(each) for each in trees_at(fields, "attachment")],
        "comments": list(_comments(tree, reporter, known)),
    }
    body, body_format = _written(fields.get("description"), text_at(tree, "renderedFields", "description"))
    return made | ({"description": body, "description_format": body_format} if body else {})


def _request(tree: Tree, known: Known) -> Tree:
    made = jira_requests.request(tree, lambda person: _person(person, known))
    reporter = tree_at(made, "reporter")
    apart = [each for id in ("id", "key") for each in known.of(COMMENTS, text_at(made, id))]
    comments = {text_at(each, "id"): each for each in (*jira_requests.comments_in(tree), *apart)}
    return made | {"comments": [_comment(each, "", reporter, known) for each in comments.values()]}


def _written(own: object, rendered: str) -> tuple[str | Tree, str]:
    """A text and what it is written in: a document tree (version 3), wiki markup (2), or only as HTML."""
    if isinstance(own, dict) and own:
        return own, "adf"
    if isinstance(own, str) and own:
        return own, "jira"
    return rendered, "html"


def _comments(tree: Tree, reporter: Tree, known: Known) -> list[Tree]:
    """The comments in the issue, and those that were fetched apart; each once, the latter are newer."""
    page = tree_at(tree, "fields", "comment")
    inside = trees_at(page, "comments")
    apart = [each for id in ("id", "key") for each in known.of(COMMENTS, text_at(tree, id))]
    found = {text_at(each, "id") or str(place): each for place, each in enumerate((*inside, *apart))}
    total = text_at(page, "total")
    if total.isdecimal() and int(total) > len(found):
        known.left_out("comments missing from this export", int(total) - len(found))
    rendered = {
        text_at(each, "id"): text_at(each, "body")
        for each in trees_at(tree, "renderedFields", "comment", "comments")
    }
    has_portal = text_at(tree, "fields", "project", "projectTypeKey") in ("service_desk", "")
    made = [_comment(each, rendered.get(id, ""), reporter, known) for id, each in found.items()]
    return made if has_portal else [_unmarked(each) for each in made]


def _unmarked(comment: Tree) -> Tree:
    """Without a portal Jira calls every comment public, which says nothing about customers."""
    if comment.get("private") != "false":
        return comment
    return {key: value for key, value in comment.items() if key != "private"} | {"kind": "note"}


def _comment(tree: Tree, rendered: str, reporter: Tree, known: Known) -> Tree:
    author = author_of(_person(tree_at(tree, "author"), known), reporter)
    body, body_format = _written(tree.get("body"), rendered)
    return comment(
        id=text_at(tree, "id"),
        body=body,
        body_format=body_format,
        author=author,
        created_at=text_at(tree, "created") or text_at(tree, "created", "iso8601"),
        private=_private(tree),
    )


def _private(tree: Tree) -> str:
    """Restricted to a role or group, or internal to the service desk; "" where nothing tells."""
    internal = [
        text_at(each, "value", "internal")
        for each in trees_at(tree, "properties")
        if text_at(each, "key") == "sd.public.comment"
    ]
    public = text_at(tree, "jsdPublic") or text_at(tree, "public")
    if "visibility" in tree or "true" in internal or public == "false":
        return "true"
    return "false" if public == "true" or "false" in internal else ""


def _person(tree: Tree, known: Known) -> Tree:
    id = text_at(tree, "accountId") or text_at(tree, "name") or text_at(tree, "key")
    listed = known.one(USERS, text_at(tree, "accountId"))
    return person_of(
        name=text_at(tree, "displayName") or text_at(listed, "displayName"),
        id=id,
        email=text_at(tree, "emailAddress") or text_at(listed, "emailAddress"),
        account_type=text_at(tree, "accountType") or text_at(listed, "accountType"),
    )


def _file(tree: Tree) -> Tree:
    return file(
        name=text_at(tree, "filename"),
        url=text_at(tree, "content"),
        size=text_at(tree, "size"),
        type=text_at(tree, "mimeType"),
    )
