"""Jira's wiki markup to HTML: the blocks, such as headings and tables; lines are `jira_inline.py`'s.

Everything is shown: what is no markup, or a macro that nobody knows, stays as it is written. Colours are left
out, for the target has none. What the markup cannot say, such as a table with merged cells, Jira writes as a
piece of its other format: `{adf:display=block}{"type": "table", ...}{adf}`. What comes out is not yet clean:
`markup.py` cleans it like any HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from migrator.mapping import adf, jira_inline

DEEPEST_LIST = 20

_MACRO = re.compile(r"\{(code|noformat|adf|quote|panel|color|anchor)(?::([^{}\n]{0,500}))?\}")
_VERBATIM = ("code", "noformat", "adf")
"""Macros that end at their own next name, whatever stands between."""
_HEADING = re.compile(r"\s*h([1-6])\.\s+(.*)", re.DOTALL)
_QUOTED_LINE = re.compile(r"\s*bq\.\s+(.*)", re.DOTALL)
_RULE = re.compile(r"\s*-{4,}\s*")
_ITEM = re.compile(r"\s*([*#][*#-]{0,50}|-)[ \t]+(\S.*)", re.DOTALL)
_CELL_MARK = re.compile(
    r"\\.|\{\{[^{}\n]{0,500}\}\}|\[[^\[\]\n]{0,2000}\]|![^!|\s][^!|\n]{0,300}\|[^!\n]{0,300}!|\|\|?",
    re.DOTALL,
)
_LISTS = {"#": "ol"}


def to_html(source: str) -> str:
    return "".join(_parts(source.replace("\r\n", "\n").replace("\r", "\n")))


def _parts(source: str) -> Iterator[str]:
    """The source between its macros, and what the macros become."""
    place = 0
    pending: list[str] = []
    """Text so far that no block has ended: colours stand within a line and end nothing."""
    open_blocks: list[str] = []
    last = {name: source.rfind(f"{{{name}}}") for name in _VERBATIM}
    for found in _MACRO.finditer(source):
        if found.start() < place or _is_escaped(source, found.start()):
            continue
        name, said = found[1], found[2] or ""
        if name in last and last[name] < found.end():
            continue  # without an end it is text
        pending.append(source[place : found.start()])
        place = found.end()
        if name in ("color", "anchor"):
            continue
        yield _lines("".join(pending))
        pending.clear()
        if name in last:
            end = source.index(f"{{{name}}}", place)
            yield _title(said) + _verbatim(name, source[place:end])
            place = end + len(name) + 2
        elif name in open_blocks and not said:
            inside = len(open_blocks) - open_blocks.index(name)
            yield "</blockquote>" * inside
            del open_blocks[-inside:]
        elif len(open_blocks) < DEEPEST_LIST:
            open_blocks.append(name)
            yield "<blockquote>" + _title(said)
    yield _lines("".join((*pending, source[place:])))
    yield "</blockquote>" * len(open_blocks)


def _is_escaped(source: str, place: int) -> bool:
    return source[place - 1 : place] == "\\" and source[place - 2 : place] != "\\\\"


def _title(said: str) -> str:
    """The title among a macro's properties: `{panel:title=Steps|borderColor=#ccc}`."""
    for each in said.split("|"):
        key, _, value = each.partition("=")
        if key.strip() == "title" and value.strip():
            return f"<p><strong>{html.escape(value.strip(), quote=False)}</strong></p>"
    return ""


def _verbatim(name: str, text: str) -> str:
    if name == "adf" and (document := adf.document_in(text)) is not None:
        return adf.to_html(document)
    inside = html.escape(text.strip("\n"), quote=False)
    return f"<pre><code>{inside}</code></pre>" if name == "code" else f"<pre>{inside}</pre>"


# --- lines ------------------------------------------------------------------------------------


def _lines(text: str) -> str:
    """Paragraphs, headings, lists and tables of a text without macros."""
    made: list[str] = []
    paragraph: list[str] = []
    lines = text.split("\n")
    index = 0

    def end_paragraph() -> None:
        if paragraph:
            made.append(f"<p>{_inline(paragraph)}</p>")
            paragraph.clear()

    while index < len(lines):
        line = lines[index]
        if block := _single(line):
            end_paragraph()
            made.append(block)
            index += 1
        elif _ITEM.fullmatch(line):
            end_paragraph()
            taken = _run(lines, index)
            made.append(_list(lines[index : index + taken]))
            index += taken
        elif line.lstrip().startswith("|") and line.count("|") > 1:
            end_paragraph()
            taken = _table_rows(lines, index)
            made.append(_table(lines[index : index + taken]))
            index += taken
        else:
            if line.strip():
                paragraph.append(line)
            else:
                end_paragraph()
            index += 1
    end_paragraph()
    return "".join(made)


def _inline(lines: list[str]) -> str:
    return jira_inline.to_html("\n".join(lines))


def _single(line: str) -> str:
    """HTML of a block that is one line; "" for other lines."""
    if _RULE.fullmatch(line):
        return "<hr>"
    if found := _HEADING.fullmatch(line):
        return f"<h{found[1]}>{jira_inline.to_html(found[2].strip())}</h{found[1]}>"
    if found := _QUOTED_LINE.fullmatch(line):
        return f"<blockquote><p>{jira_inline.to_html(found[1].strip())}</p></blockquote>"
    return ""


def _run(lines: list[str], begin: int) -> int:
    """How many lines a list has: up to a blank line, or another block."""
    end = begin
    while end < len(lines) and lines[end].strip() and not _single(lines[end]):
        end += 1
    return end - begin


def _list(lines: list[str]) -> str:
    """Nested lists; a line without a mark goes on with the item above it."""
    items: list[tuple[str, list[str]]] = []
    for line in lines:
        if found := _ITEM.fullmatch(line):
            items.append((found[1][:DEEPEST_LIST], [found[2].rstrip()]))
        else:
            items[-1][1].append(line.strip())
    made: list[str] = []
    open_tags: list[str] = []
    for marks, words in items:
        wanted = [_LISTS.get(mark, "ul") for mark in marks]
        pairs = zip(wanted, open_tags, strict=False)
        same = next((level for level, (new, old) in enumerate(pairs) if new != old), None)
        same = min(len(wanted), len(open_tags)) if same is None else same
        made += [f"</li></{tag}>" for tag in reversed(open_tags[same:])]
        made += ["</li><li>"] if same == len(wanted) else [f"<{tag}><li>" for tag in wanted[same:]]
        made.append(_inline(words))
        open_tags[same:] = wanted[same:]
    made += [f"</li></{tag}>" for tag in reversed(open_tags)]
    return "".join(made)


# --- tables -----------------------------------------------------------------------------------


def _table_rows(lines: list[str], begin: int) -> int:
    """How many lines a table has; a row that is not closed goes on in the next line."""
    end = begin
    while end < len(lines) and lines[end].strip():
        if not lines[end].lstrip().startswith("|") and lines[end - 1].rstrip().endswith("|"):
            break
        end += 1
    return end - begin


def _table(lines: list[str]) -> str:
    rows: list[str] = []
    for line in lines:
        if line.lstrip().startswith("|"):
            rows.append(line.strip())
        else:
            rows[-1] += f"\n{line.strip()}"
    return f"<table><tbody>{''.join(map(_row, rows))}</tbody></table>"


def _row(row: str) -> str:
    """`||head||head||` and `|cell|cell|`, also mixed: the bar before a cell says which it is."""
    cells: list[tuple[str, str]] = []
    tag, begin = "", 0
    for found in _CELL_MARK.finditer(row):
        if not found[0].startswith("|"):
            continue
        if tag:
            cells.append((tag, row[begin : found.start()]))
        tag, begin = ("th" if found[0] == "||" else "td"), found.end()
    if row[begin:].strip():
        cells.append((tag, row[begin:]))
    inside = "".join(f"<{tag}>{jira_inline.to_html(cell.strip())}</{tag}>" for tag, cell in cells)
    return f"<tr>{inside}</tr>"
