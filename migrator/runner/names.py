"""Whether the names that a mapping says are in the workspace, before any export is read.

The same look-up decides in a run (`featurebase/lookup.py`); here nothing is sent or mapped.
"""

from __future__ import annotations

from migrator.featurebase import Directory, Several
from migrator.featurebase.directory import folded
from migrator.featurebase.voices import ANY
from migrator.mapping import Mapping, SaidName
from migrator.model import shown
from migrator.runner.findings import Finding, Grade

TOPIC = "mapping"
ONE_OF = {
    "categories": "category",
    "statuses": "status",
    "fields": "field",
    "admins": "admin",
    "companies": "company",
    "options": "option",
}
CHOICES = frozenset({"select", "multi-select"})


def check_names(mapping: Mapping, directory: Directory) -> tuple[Finding, ...]:
    """A finding for every name that is not there, or several times, and one that counts those that are."""
    names = mapping.names()
    troubles = [finding for name in names if (finding := _check(name, directory))]
    if mapping.legacy_field and not directory.field_id(mapping.legacy_field):
        message = f"the field {shown(mapping.legacy_field)!r} for the old ticket id is not there"
        hint = "make it in Featurebase (text), so that even a lost ledger makes no duplicates"
        troubles.append(Finding(TOPIC, Grade.CARE, message, hint))
    elif not mapping.legacy_field:
        hint = "give a text field `legacy_id: true`, so that even a lost ledger makes no duplicates"
        troubles.append(Finding(TOPIC, Grade.CARE, "no field carries the old ticket id", hint))
    if any(each.grade is Grade.BAD for each in troubles):
        return tuple(troubles)
    told = f"{mapping.name} says {len(names)} names; the workspace has all that it cannot do without"
    return Finding(TOPIC, Grade.OK, told), *troubles


def _check(name: SaidName, directory: Directory) -> Finding | None:
    """What is wrong with a name; None where it is there, or not to be looked for."""
    value, what = name.named.value, ONE_OF[name.among]
    if name.among == "options":
        field = next((each for each in directory.fields if each.id == directory.field_id(name.field)), None)
        if field is None or field.type not in CHOICES:
            return None  # the field itself has been told of, or takes any text
        index = directory.options(field.id)
        what = f"option of the field {shown(field.label)!r} called"
    elif name.among == "admins" and folded(value) == ANY and directory.admins:
        return None
    else:
        index = directory.index(name.among)
    found = index.find(value)
    if isinstance(found, Several):
        message = f"{_at(name)}the workspace has {len(found.ids)} {name.among} named {shown(value)!r}"
        return Finding(TOPIC, Grade.BAD, message, f"use one of the ids: {', '.join(found.ids[:5])}")
    if found is not None:
        return None
    message = f"{_at(name)}the workspace has no {what} {shown(value)!r}"
    if name.optional or name.named.fallback is not None:
        instead = name.named.fallback
        becomes = f"{shown(instead)!r} is used instead" if instead else "it is left out"
        return Finding(TOPIC, Grade.CARE, f"{message}; {becomes}", index.advice(value))
    return Finding(TOPIC, Grade.BAD, message, index.advice(value))


def _at(name: SaidName) -> str:
    return f"{name.named.origin.at}: " if name.named.origin.at else ""
