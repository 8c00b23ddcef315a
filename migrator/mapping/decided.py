"""Adds what a person has decided about unknown values to the value tables of a mapping.

The additions become a part of the mapping as `--set` does, or rows of its CSV tables, so that a ledger
remembers them like everything else that a mapping says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from migrator.errors import Complaint, MappingComplaints
from migrator.mapping.coverage import rules_of
from migrator.mapping.load import load_mapping_text
from migrator.mapping.locate import Path
from migrator.mapping.mapping import Mapping
from migrator.mapping.transforms import Lookup
from migrator.model import ValueDecision, shown

_PLAIN_KEY = re.compile(r"[\w-]+")
_NOWHERE: tuple[Path, str] = ((), "")


def with_decisions(mapping: Mapping, decisions: Sequence[ValueDecision]) -> Mapping:
    """The mapping with further values; a value that it maps to the same target already is no news.

    Raises:
        MappingComplaints: Decisions that do not fit it: a rule without a table, a value that is mapped to
            something else already.
    """
    lookups = {rule.name: rule.lookup for rule in rules_of(mapping.plan) if rule.lookup}
    places = mapping.value_tables()
    tables = {name: list(rows) for name, rows in mapping.tables.items()}
    overrides = list(mapping.overrides)
    complaints: list[Complaint] = []
    fresh: dict[tuple[str, str], str] = {}
    for each in decisions:
        lookup, (path, table) = lookups.get(each.rule), places.get(each.rule, _NOWHERE)
        if lookup is None:
            message = f"the mapping has no `values` for {shown(each.rule)!r}"
            hint = f"it has them for: {', '.join(lookups) or 'nothing'}"
            complaints.append(Complaint(each.at, message, hint))
            continue
        known = fresh.get((each.rule, each.value)) or _target(lookup, each.value)
        if known == each.target:
            continue
        if known is not None:
            message = f"{shown(each.value)!r} becomes {shown(known)!r} already, not {shown(each.target)!r}"
            complaints.append(Complaint(each.at, message, "decide for one of them"))
            continue
        fresh[each.rule, each.value] = each.target
        if table:
            tables[table].append((0, (each.value, each.target)))
        else:
            overrides.append(f"{_written((*path, each.value))}={json.dumps(each.target, ensure_ascii=False)}")
    if complaints:
        raise MappingComplaints(complaints)
    return load_mapping_text(mapping.text, mapping.name, tables=tables, overrides=overrides)


def _target(lookup: Lookup, value: str) -> str | None:
    try:
        return lookup[value]
    except KeyError:
        return None


def _written(path: Path) -> str:
    """A path as `--set` takes it."""
    keys = map(str, path)
    return ".".join(key if _PLAIN_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False) for key in keys)
