"""From a mapping file to a `Mapping`, with everything that is wrong with it told at once."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from migrator.errors import Complaint, MappingComplaints, MappingError, MigratorError
from migrator.mapping import spec
from migrator.mapping.compile import Compiler
from migrator.mapping.locate import Document, Path, Place, Tree, in_order, read_document, read_scalar_or_tree
from migrator.mapping.mapping import Mapping
from migrator.mapping.tables import Rows, table_names

ReadTable = Callable[[FilePath], Rows]
"""Reads a small CSV: the line and the cells of each row."""


def load_mapping(path: FilePath, *, read_table: ReadTable, overrides: Sequence[str] = ()) -> Mapping:
    """The mapping that the file at `path` describes.

    Args:
        read_table: Reads the CSV files that `values` name, relative to the mapping's folder.
        overrides: What stands instead: `category=Support`, `ticket.assignee={from: agent}`.

    Raises:
        MappingError: The file cannot be read as text.
        MappingComplaints: Everything that is wrong with it.
    """
    try:
        saved = path.read_bytes()
        # `mappings show NAME > FILE` in Windows PowerShell 5 writes UTF-16
        text = saved.decode("utf-16" if saved.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
    except UnicodeDecodeError as broken:
        raise MappingError(
            f"the mapping is not UTF-8 (byte {broken.start + 1})",
            hint="save it as UTF-8 in your editor",
            at=path.name,
        ) from broken
    except OSError as broken:
        raise MappingError(
            f"the mapping cannot be read: {broken.strerror or broken}", hint="check the path", at=path.name
        ) from broken
    document, mapping = _read(text, path.name, overrides)
    tables: dict[str, Rows] = {}
    complaints: list[Complaint] = []
    for at, name in table_names(mapping):
        try:
            tables[name] = read_table(path.parent / name)
        except (OSError, MigratorError, ValueError) as broken:
            reason = (isinstance(broken, OSError) and broken.strerror) or str(broken)
            hint = "the path counts from the mapping's own folder"
            complaints.append(
                document.complaint(at, f"the value table {name!r} cannot be read: {reason}", hint)
            )
    return _compiled(document, mapping, text, tables, overrides, complaints)


def load_mapping_text(
    text: str, name: str, *, tables: dict[str, Rows], overrides: Sequence[str] = ()
) -> Mapping:
    """The same from text and tables that were stored; never touches the disk.

    Raises:
        MappingComplaints: Everything that is wrong with it.
    """
    document, mapping = _read(text, name, overrides)
    complaints = [
        document.complaint(at, f"the value table {table!r} was not stored", "use the mapping file itself")
        for at, table in table_names(mapping)
        if table not in tables
    ]
    return _compiled(document, mapping, text, tables, overrides, complaints)


def _compiled(
    document: Document,
    mapping: spec.MappingFile,
    text: str,
    tables: dict[str, Rows],
    overrides: Sequence[str],
    complaints: list[Complaint],
) -> Mapping:
    compiler = Compiler(document, tables)
    plan = compiler.plan(mapping)
    complaints += compiler.complaints
    if complaints:
        raise MappingComplaints(in_order(complaints))
    return Mapping(document.name, text, tuple(overrides), tables, mapping, plan, document)


def _read(text: str, name: str, overrides: Sequence[str]) -> tuple[Document, spec.MappingFile]:
    document = read_document(text.removeprefix("\ufeff"), name)
    for override in overrides:
        _override(document, override)
    if not isinstance(document.tree, dict):
        raise MappingComplaints(
            [document.complaint((), "a mapping is made of `key: value` lines", _EXAMPLES)]
        )
    try:
        return document, spec.MappingFile.model_validate(document.tree)
    except ValidationError as broken:
        complaints = [_complaint(document, error) for error in broken.errors()]
        raise MappingComplaints(in_order(complaints)) from None


# --- overrides --------------------------------------------------------------------------------


_KEY = re.compile(r'"(?:[^"\\]|\\.)*"|[^.="]+')
_SET = re.compile(rf"((?:{_KEY.pattern})(?:\.(?:{_KEY.pattern}))*)=")


def _override(document: Document, override: str) -> None:
    """Puts the value of `ticket.status=Open` where its path leads; a key may stand in quotes, as in JSON."""
    found = _SET.match(override)
    dotted, value = (found[1], override[found.end() :]) if found else ("", "")
    keys = [json.loads(key) if key[0] == '"' else key.strip() for key in _KEY.findall(dotted)]
    if not all(keys) or not keys:
        at = f"--set {override}"
        raise MappingComplaints(
            [Complaint(at, "this is not `key=value`", "such as `--set category=Support`")]
        )
    path: Path = tuple(keys)
    tree = read_scalar_or_tree(value, f"--set {dotted}")
    here: Tree = document.tree
    for key in keys[:-1]:
        below = here.get(key) if isinstance(here, dict) else None
        if isinstance(here, dict) and not isinstance(below, dict):
            # `--set ticket.status.unmapped=Open` where the file says `status: Open`.
            here[key] = below = {} if below is None else {"value": below}
        here = below if below is not None else {}
    if isinstance(here, dict):
        here[keys[-1]] = tree
    document.places = {each: place for each, place in document.places.items() if each[: len(path)] != path}
    document.places[path] = Place("--set")


# --- complaints about the shape ---------------------------------------------------------------

_EXAMPLES = "`migrator mappings show` has examples"


def _complaint(document: Document, error: Any) -> Complaint:
    loc = tuple(error["loc"])
    path: Path = tuple(step for step in loc if not (isinstance(step, str) and step.startswith("«")))
    path = path[:-1] if path and path[-1] == "[key]" else path
    match error["type"]:
        case "extra_forbidden":
            message, hint = (
                f"there is no `{loc[-1]}` here",
                _did_you_mean(str(loc[-1]), _known_keys(loc[:-1])),
            )
        case "missing":
            message, hint = f"`{loc[-1]}` is missing", f"add a line `{loc[-1]}: ...`; {_EXAMPLES}"
        case "literal_error":
            known = [each.strip(" '") for each in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
            message, hint = f"{error['input']!r} is not known here", _did_you_mean(str(error["input"]), known)
        case "bool_parsing" | "bool_type":
            message, hint = "this is neither `true` nor `false`", "write one of them"
        case "string_type":
            message, hint = (
                "one text is needed here, not a list or an object",
                "remove the brackets or the indented lines",
            )
        case "string_too_short" | "too_short":
            message, hint = "this is empty", "fill it in, or remove the line"
        case "list_type":
            may_be_name = loc[-1] in ("from", "field")
            message = f"a {'name or a list of names' if may_be_name else 'list'} is needed here"
            hint = f"put it in brackets: `{loc[-1]}: [one, another]`"
        case "model_type":
            known = _known_keys(loc)
            example = "from: subject" if "from" in known else f"{known[0]}: ..."
            message, hint = f"keys and values are needed here, such as `{example}`", _EXAMPLES
        case _:
            message, hint = "keys and values are needed here, such as `open: Resolved`", _EXAMPLES
    return document.complaint(path, message, hint)


def _known_keys(parent: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand below `parent`, a place in the models."""
    match parent:
        case ():
            model: type[spec.Part] = spec.MappingFile
        case ("ticket",):
            model = spec.Ticket
        case ("replies",):
            model = spec.Replies
        case (*_, "«person»"):
            model = spec.Person
        case ("files",):
            model = spec.Files
        case ("references",):
            model = spec.References
        case ("people",):
            model = spec.People
        case ("people", "company"):
            model = spec.CompanyOf
        case ("files", "fetch"):
            model = spec.Fetch
        case ("files", "fetch", "headers", _):
            model = spec.FromEnvironment
        case ("ticket", "fields", _):
            model = spec.Rule
        case ("skip", _) | (*_, "when"):
            model = spec.Condition
        case (*_, "«action»"):
            model = spec.Action
        case _:
            model = spec.Rule
    return [info.alias or name for name, info in model.model_fields.items()]


def _did_you_mean(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"did you mean `{close[0]}`?" if close else f"known here: {', '.join(known)}"
