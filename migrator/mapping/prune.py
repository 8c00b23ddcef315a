"""A mapping for every export of a helpdesk, cut down to one export: what that lacks is switched off.

Line by line, so that comments and layout stay. A line is never lost: it becomes a comment.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from migrator.errors import MappingComplaints
from migrator.mapping.columns import Column
from migrator.mapping.coverage import Becomes, ValueMap
from migrator.mapping.load import load_mapping_text
from migrator.mapping.locate import Document, Path, dotted, read_document
from migrator.mapping.mapping import Mapping
from migrator.mapping.plan import Reference
from migrator.mapping.yaml_lines import Lines, flow
from migrator.model import shown

_FOR_EDITORS = "# yaml-language-server:"
"""How the line begins that tells an editor where the schema of a file is."""
_ABSENT = "# not in this export:"
_NAMED = "named_fields."
"""Where readers put the fields that an account made itself, by their titles."""


def prune(export: str, mapping: Mapping, paths: Collection[str], value_maps: Sequence[ValueMap]) -> str:
    """The text of the mapping with the rules switched off whose columns are all absent.

    Args:
        export: What the export is called in the first line.
        paths: Every column or path of the export; `[]` marks lists.
        value_maps: What the value tables make of the export; values without a target are told.
    """
    document = read_document(mapping.text, mapping.name)
    known = {_plain(path) for path in paths}
    blocks = [block for block in _blocks(mapping) if _lines_of(block, document, mapping.text)]
    absent = [block for block in blocks if not _is_used(block, mapping, known)]
    wanted = [block for block in absent if not any(block[:n] in absent for n in range(1, len(block)))]
    off: list[Path] = []
    for block in wanted:  # one that something else needs stays
        if _loads(_switched_off(mapping.text, document, [*off, block]), mapping):
            off.append(block)
    told = dict(_undecided(value_maps, document)) | _own_fields(paths, document)
    text = _switched_off(mapping.text, document, off, told)
    head = Lines()
    head.say(
        f"Drafted for {shown(export)} from the shipped mapping {mapping.name.removesuffix('.yaml')}, which "
        "follows; what this export lacks is a comment."
    )
    head.remark("")
    return head.text() + "\n".join(line for line in text.split("\n") if not line.startswith(_FOR_EDITORS))


def _blocks(mapping: Mapping) -> list[Path]:
    """The parts of a mapping that can be switched off, larger ones first."""
    found: dict[Path, None] = {}
    for reference in mapping.plan.references:
        match reference.path:
            case ("skip", name, *_):
                found |= dict.fromkeys([("skip",), ("skip", name)])
            case ("ticket", "fields", label, *_):
                found[("ticket", "fields", label)] = None
            case ("ticket", "author", part, *_) if part not in ("from", "template"):
                found[("ticket", "author", part)] = None
            case ("ticket", part, *_) if part not in ("title", "author"):
                found[("ticket", part)] = None
            case ("people", part, *_):
                found[("people", part)] = None
            case ("replies", part, *_):
                found |= dict.fromkeys([("replies",), ("replies", part)])
    return sorted(found, key=len)


def _is_used(block: Path, mapping: Mapping, known: Collection[str]) -> bool:
    """Whether the export has anything that a part of the mapping asks for."""
    return any(
        _is_there(name, known)
        for reference in mapping.plan.references
        if reference.path[: len(block)] == block
        for column in reference.columns
        for name in _places(column, reference, mapping)
    )


def _places(column: Column, reference: Reference, mapping: Mapping) -> Iterator[str]:
    """Where a column could be: in the record; of a message, in its list or, in a table, in its row."""
    each = mapping.plan.replies.each.name if reference.of_replies and mapping.plan.replies else ""
    if each:
        yield _plain(f"{each}.{column.name}")
    if not each or column.name == each or mapping.group_by:
        yield _plain(column.name)


def _is_there(name: str, known: Collection[str]) -> bool:
    return any(path == name or path.startswith(f"{name}.") for path in known)


def _plain(path: str) -> str:
    """A path without the places of items in lists: `comments.0.body` and `comments[].body` are one."""
    return re.sub(r"\.\d+(?=\.|$)", "", path.replace("[]", "")).strip().casefold()


def _lines_of(block: Path, document: Document, text: str) -> range:
    """The lines of a part, counted from 0; empty where something else stands on them."""
    place = document.places.get(block)
    if place is None:
        return range(0)
    others = [other.line for path, other in document.places.items() if path and path[: len(block)] != block]
    if place.line in others:
        return range(0)
    lines = text.split("\n")
    end = min((line for line in others if line > place.line), default=len(lines) + 1) - 1
    while end > place.line and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return range(place.line - 1, end)


def _switched_off(
    text: str, document: Document, blocks: Sequence[Path], todo: dict[int, list[str]] | None = None
) -> str:
    lines = text.split("\n")
    off = {block: _lines_of(block, document, text) for block in blocks}
    firsts = {lines_of.start: lines_of for lines_of in off.values()}
    inside = {number for lines_of in off.values() for number in lines_of}
    made: list[str] = []
    margin = 0
    for number, line in enumerate(lines):
        if number in firsts:
            margin = len(line) - len(line.lstrip())
            made.append(f"{' ' * margin}{_ABSENT}")
        if number not in inside:
            indent = " " * (len(line) - len(line.lstrip()))
            made += [f"{indent}# {told}" for told in (todo or {}).get(number, [])]
        made.append(f"{' ' * margin}# {line[margin:]}" if number in inside and line.strip() else line)
    return "\n".join(made)


def _undecided(value_maps: Sequence[ValueMap], document: Document) -> Iterator[tuple[int, list[str]]]:
    """The line of each value table, and what to say above it of values without a target."""
    lines = {dotted(path): place.line - 1 for path, place in document.places.items()}
    for table in value_maps:
        unknown = [use for use in table.uses if use.becomes is Becomes.UNDECIDED and use.value]
        if unknown and table.rule in lines:
            values = [f"{shown(flow(use.value), 100)} ({use.count:,})" for use in unknown]
            yield (
                lines[table.rule],
                [f"TODO add to `values`, or these rows are held back: {', '.join(values)}"],
            )


def _own_fields(paths: Collection[str], document: Document) -> dict[int, list[str]]:
    """The line below `fields:`, and above it a rule for each field that this account made itself."""
    names = dict.fromkeys(path[len(_NAMED) :].removesuffix("[]") for path in paths if path.startswith(_NAMED))
    place = document.places.get(("ticket", "fields"))
    if not names or place is None:
        return {}
    rules = [f"{flow(name)}: {flow({'from': _NAMED + name, 'optional': True})}" for name in names]
    return {place.line: ["Fields of your own in this export; to bring one, remove its #:", *rules]}


def _loads(text: str, mapping: Mapping) -> bool:
    try:
        load_mapping_text(text, mapping.name, tables=mapping.tables)
    except MappingComplaints:
        return False
    return True
