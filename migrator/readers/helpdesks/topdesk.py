"""TOPdesk: incidents as its API answers, and a table of them whose cells hold objects as Python has them.

What was said is one text, newest first, each entry under a line such as `02-01-2024 10:11 Name:`. Facts:
formats, section 24.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace

from migrator.model import Record, Value
from migrator.readers.base import Pass
from migrator.readers.helpdesks.joined import TICKETS, Joined
from migrator.readers.helpdesks.known import Known
from migrator.readers.helpdesks.reshaped import Reshaped
from migrator.readers.helpdesks.shapes import identified, person, text_at, tree_at
from migrator.readers.trees import Tree, TreeFile

_MARKS = frozenset(("number", "briefDescription", "request"))
_EVIDENCE = "number, briefDescription and request"
_HEAD = re.compile(
    r"^(?P<day>\d\d)-(?P<month>\d\d)-(?P<year>\d{4}) (?P<clock>\d\d:\d\d(?::\d\d)?)"
    r" (?P<who>[^\n]*?):[ \t]*\r?$",
    re.MULTILINE,
)
_LONGEST_LITERAL_CHARACTERS = 20_000
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
"""Those that the parser of Python knows."""


class Topdesk(Joined):
    """Incidents as JSON."""

    name = "topdesk"

    @classmethod
    def evidence(cls, sample: Tree) -> str:
        return f"incidents with {_EVIDENCE}" if sample.keys() >= _MARKS else ""

    def role_of(self, file: TreeFile, key: str, sample: Tree) -> str:  # noqa: ARG002  # their keys tell
        return TICKETS if sample.keys() >= _MARKS else ""

    def version_of(self, tree: Tree) -> str:
        return text_at(tree, "modificationDate")

    def canonical(self, record: Record, known: Known) -> Record:  # noqa: ARG002  # nothing is joined
        return replace(record, values=_canonical(record.values))


class TopdeskTable(Reshaped):
    """Incidents as a table."""

    name = "topdesk-table"
    product = "topdesk"
    adds = ("requester", "assignee", "state", "description", "comments")

    @classmethod
    def recognise(cls, columns: Sequence[str]) -> str:
        return f"its columns include {_EVIDENCE}" if {*columns} >= _MARKS else ""

    def reshape(self, record: Record, current: Pass) -> Record:  # noqa: ARG002  # nothing is left out
        values = {name: _from_literal(cell) for name, cell in record.values.items()}
        return replace(record, values=_canonical(values))


def _from_literal(cell: Value) -> Value:
    """An object as Python writes it, `{'id': 'x', 'name': None}`; other cells as they are."""
    if not isinstance(cell, str) or cell[:1] not in "{[" or len(cell) > _LONGEST_LITERAL_CHARACTERS:
        return cell
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a lone backslash, about which nobody here can do anything
            lines = [line.encode() for line in _LINE_BREAK.split(cell)]
            found = _plain(ast.parse(cell, mode="eval").body, lines)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return cell
    return cell if found is None else found


def _plain(node: ast.expr, lines: Sequence[bytes]) -> Value | None:
    """What a literal says, numbers as they are written; None for Python's own None.

    Args:
        lines: Of the whole cell, in UTF-8, in whose bytes the parser counts.

    Raises:
        ValueError: It is no literal, but something to compute.
    """
    match node:
        case ast.Dict():
            pairs = zip(map(_key, node.keys), (_plain(each, lines) for each in node.values), strict=True)
            return {key: value for key, value in pairs if value is not None}
        case ast.List() | ast.Tuple():
            return [value for each in node.elts if (value := _plain(each, lines)) is not None]
        case ast.Constant(value=None):
            return None
        case ast.Constant(value=bool(truth)):
            return str(truth).lower()
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant() | ast.UnaryOp(operand=ast.Constant()) if node.lineno == node.end_lineno:
            return lines[node.lineno - 1][node.col_offset : node.end_col_offset].decode()
        case _:
            raise ValueError("not a literal")


def _key(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    raise ValueError("not a literal")


def _canonical(values: Tree) -> Tree:
    """The first entry of the request is the text of the ticket; what else it holds, the caller could read.

    Of an action nobody knows whether it was shown to the caller, so that it stays private.
    """
    requester = identified(_person(tree_at(values, "caller"), "customer"), "topdesk")
    assignee = _person(tree_at(values, "operator"), "agent")
    request, action = (list(_entries(text_at(values, key))) for key in ("request", "action"))
    people = (requester, assignee)
    comments: list[Value] = [_message(each, "reply", people) for each in request[1:]]
    comments += [_message(each, "note", people) for each in action]
    state = text_at(values, "processingStatus", "name") or text_at(values, "processingStatus")
    added: Tree = {
        "requester": requester,
        "assignee": assignee,
        "state": state,
        "description": text_at(request[0], "body") if request else "",
    }
    return {**values, **{key: value for key, value in added.items() if value}, "comments": comments}


def _message(entry: Tree, kind: str, people: Sequence[Tree]) -> Tree:
    who = text_at(entry, "who")
    known = next((each for each in people if who and text_at(each, "name") == who), None)
    return {
        "kind": kind,
        **({"private": "false"} if kind == "reply" else {}),
        "body": entry["body"],
        "body_format": "text",
        "author": known or person(kind="agent" if who else "", name=who),
        **({"created_at": when} if (when := text_at(entry, "created_at")) else {}),
        "files": [],
    }


def _person(tree: Tree, kind: str) -> Tree:
    name = text_at(tree, "dynamicName") or text_at(tree, "name")
    if not tree or not (name or text_at(tree, "email")):
        return {}
    return person(kind=kind, id=text_at(tree, "id"), email=text_at(tree, "email"), name=name)


def _entries(text: str) -> Iterator[Tree]:
    """The entries of a text, oldest first; what stands above the first line of this kind is the newest."""
    heads = list(_HEAD.finditer(text))
    for head, following in reversed([*zip(heads, [*heads[1:], None], strict=False)]):
        when = f"{head['year']}-{head['month']}-{head['day']} {head['clock']}"
        if body := text[head.end() : following.start() if following else len(text)].strip():
            yield {"who": head["who"].strip(), "created_at": when, "body": body}
    if loose := text[: heads[0].start() if heads else len(text)].strip():
        yield {"body": loose}
