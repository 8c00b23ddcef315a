"""Atlassian Document Format (the JSON in which Jira Cloud keeps its texts) to HTML.

Every node and mark of the published schema; of nodes that it does not know, the words stay. What comes out
is not yet clean: `markup.py` cleans it like any HTML.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from migrator.model import Value

Tree = dict[str, Value]

DEEPEST_NODE = 100
"""Deeper parts keep their words and lose their form; no editor nests this deep."""

_BLOCKS = {
    "paragraph": "p",
    "bulletList": "ul",
    "listItem": "li",
    "blockquote": "blockquote",
    "panel": "blockquote",
    "tableRow": "tr",
    "mediaSingle": "p",
    "mediaGroup": "p",
    "caption": "p",
    "taskList": "ul",
    "decisionList": "ul",
}
_INNER_PARAGRAPH = {"listItem", "tableCell", "tableHeader"}
"""Where a lone paragraph is no paragraph of its own, as in any list that a person would write."""
_MARKS = {"strong": "strong", "em": "em", "code": "code", "strike": "s", "underline": "u"}
_CARDS = {"inlineCard", "blockCard", "embedCard"}


def document_in(text: str) -> Tree | None:
    """The document, or a part of one, that JSON text holds; None where it is none."""
    try:
        document = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def to_html(tree: Value) -> str:
    """A document, or a list of its nodes."""
    return _node(tree, 0) if isinstance(tree, dict) else _nodes(tree, 0)


def _nodes(nodes: Value | None, depth: int) -> str:
    return "".join(_node(node, depth) for node in nodes) if isinstance(nodes, list) else ""


def _node(node: Value, depth: int) -> str:
    if not isinstance(node, dict):
        return ""
    if depth >= DEEPEST_NODE:
        return html.escape(" ".join(_words(node)), quote=False)
    kind = _text(node, "type")
    inline = _inline(kind, node)
    return _block(kind, node, depth) if inline is None else inline


def _inline(kind: str, node: Tree) -> str | None:
    """HTML of a node without nodes inside; None where there may be some."""
    attributes = _attributes(node)
    match kind:
        case "text":
            return _marked(html.escape(_text(node, "text"), quote=False), node)
        case "hardBreak":
            return "<br>"
        case "rule":
            return "<hr>"
        case "mention":
            name = _text(attributes, "text") or _text(attributes, "id")
            return html.escape(name if name.startswith("@") else f"@{name}", quote=False)
        case "emoji":
            return html.escape(_text(attributes, "text") or _text(attributes, "shortName"), quote=False)
        case "date":
            return _day(_text(attributes, "timestamp"))
        case "status" | "placeholder":
            return html.escape(_text(attributes, "text"), quote=False)
        case "media" | "mediaInline":
            return _marked(_media(attributes), node)
        case _ if kind in _CARDS:
            data = attributes.get("data")
            card = _link(_text(attributes, "url") or (_text(data, "url") if isinstance(data, dict) else ""))
            return card if kind == "inlineCard" else f"<p>{card}</p>"
    return None


def _block(kind: str, node: Tree, depth: int) -> str:
    attributes = _attributes(node)
    inside = _inside(kind, node, depth)
    match kind:
        case "doc" | "layoutSection" | "layoutColumn":
            return inside
        case "heading":
            level = _text(attributes, "level")
            return _element(f"h{level if level in {*'123456'} else '3'}", inside)
        case "orderedList":
            start = _text(attributes, "order")
            return f'<ol start="{start}">{inside}</ol>' if start.isdecimal() else _element("ol", inside)
        case "codeBlock":
            return f"<pre><code>{inside}</code></pre>"
        case "table":
            return f"<table><tbody>{inside}</tbody></table>"
        case "tableCell" | "tableHeader":
            return _cell("th" if kind == "tableHeader" else "td", attributes, inside)
        case "taskItem" | "blockTaskItem":
            box = "☑" if _text(attributes, "state") == "DONE" else "☐"
            return f"<li>{box} {inside}</li>"
        case "decisionItem":
            return f"<li>{inside}</li>"
        case "expand" | "nestedExpand":
            return f"{_title(attributes)}{inside}"
    if kind in _BLOCKS:
        return _element(_BLOCKS[kind], inside)
    own = html.escape(_text(attributes, "text") or _text(node, "text"), quote=False)
    return own + inside


def _inside(kind: str, node: Tree, depth: int) -> str:
    content = node.get("content")
    if kind in _INNER_PARAGRAPH and isinstance(content, list) and content:
        first, *rest = content
        if isinstance(first, dict) and first.get("type") == "paragraph":
            lone = all(isinstance(each, dict) and each.get("type") != "paragraph" for each in rest)
            if lone:
                return _nodes(first.get("content"), depth + 2) + _nodes(rest, depth + 1)
    return _nodes(content, depth + 1)


def _element(tag: str, inside: str) -> str:
    return f"<{tag}>{inside}</{tag}>"


def _title(attributes: Tree) -> str:
    title = _text(attributes, "title")
    return f"<p><strong>{html.escape(title, quote=False)}</strong></p>" if title else ""


def _cell(tag: str, attributes: Tree, inside: str) -> str:
    spans = "".join(
        f' {name}="{number}"'
        for name in ("colspan", "rowspan")
        if (number := _text(attributes, name)).isdecimal() and number != "1"
    )
    return f"<{tag}{spans}>{inside}</{tag}>"


def _media(attributes: Tree) -> str:
    """A picture with a web address; a file of the issue is named, for it comes as an attachment."""
    name = _text(attributes, "alt") or _text(attributes, "__fileName")
    if url := _text(attributes, "url"):
        return f'<img src="{html.escape(url)}" alt="{html.escape(name)}">'
    return f"<em>{html.escape(name or _text(attributes, 'id'), quote=False)}</em>"


def _day(timestamp: str) -> str:
    """Milliseconds since 1970, which stand for a day in UTC."""
    try:
        return f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(timestamp)):%Y-%m-%d}"
    except (ValueError, OverflowError):
        return html.escape(timestamp, quote=False)


def _link(url: str) -> str:
    shown = html.escape(url)
    return f'<a href="{shown}">{shown}</a>'


def _marked(inside: str, node: Tree) -> str:
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else []:
        if not isinstance(mark, dict):
            continue
        kind, attributes = _text(mark, "type"), _attributes(mark)
        if kind in _MARKS:
            inside = _element(_MARKS[kind], inside)
        elif kind == "subsup":
            inside = _element("sub" if _text(attributes, "type") == "sub" else "sup", inside)
        elif kind == "link":
            inside = f'<a href="{html.escape(_text(attributes, "href"))}">{inside}</a>'
    return inside


def _words(node: Tree) -> Iterator[str]:
    """The texts below a node, however deep."""
    waiting: list[Value] = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            waiting.extend(reversed(here))
        elif isinstance(here, dict):
            if text := _text(here, "text"):
                yield text
            waiting.extend(each for key in ("content", "attrs") if (each := here.get(key)) is not None)


def _attributes(node: Tree) -> Tree:
    found = node.get("attrs")
    return found if isinstance(found, dict) else {}


def _text(tree: Tree, key: str) -> str:
    found = tree.get(key)
    return found if isinstance(found, str) else ""
