"""What explains that a value came back other than it was sent: what the service is known to do. Pure.

Each function takes what was sent and what is there, and gives a sentence that explains the difference, "" for
no difference at all, None where nothing explains it.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation

from migrator.featurebase import Field, is_named
from migrator.runner.matching import folded, instant

SPACES = "Featurebase tidied white space"
MARKUP = "Featurebase rewrote the markup; the words are the same"
SECONDS = "Featurebase keeps whole seconds"
SIGNED = "Featurebase shows files by links of its own, which expire"
OPTION = "Featurebase shows this choice by its other name"
NUMBER = "the same number, written otherwise"
DAY = "the same day, written otherwise"
NEWEST_FIRST = "Featurebase shows this thread from its newest message to its oldest"
RENAMED = "Featurebase keeps this file under a tidied name"
KNOWN_PERSON = "Featurebase knew this person by another name already"

_MIDNIGHT = re.compile(r"00:00(:00(\.0+)?)?(Z|\+00:00)")


def spaces(sent: str, seen: str) -> str | None:
    return SPACES if " ".join(sent.split()) == " ".join(seen.split()) else None


def markup(sent: str, seen: str) -> str | None:
    return MARKUP if folded(sent) == folded(seen) else None


def case(sent: str, seen: str) -> str | None:
    return "" if sent.casefold() == seen.casefold() else None


def name(_sent: str, _seen: str) -> str | None:
    return KNOWN_PERSON


def moment(sent: str, seen: str) -> str | None:
    sent_s, seen_s = instant(sent), instant(seen)
    if sent_s is None or seen_s is None:
        return None
    if sent_s == seen_s:
        return ""
    return SECONDS if int(sent_s) == int(seen_s) else None


def custom_field(field: Field | None, sent: object, seen: object) -> str | None:
    if _same_value(sent, seen):
        return ""
    if field and field.type == "file":
        return _files(_file_names(sent), _file_names(seen))
    if field and field.options and _options(field, sent) == _options(field, seen):
        return OPTION
    if _number(sent) is not None and _number(sent) == _number(seen):
        return NUMBER
    if isinstance(sent, str) and isinstance(seen, str):
        if field and field.type == "date" and _day(sent) == _day(seen) is not None:
            return DAY
        same_moment = moment(sent, seen)
        return spaces(sent, seen) if same_moment is None else same_moment
    return None


def _files(sent: list[str], seen: list[str]) -> str | None:
    if sorted(sent) == sorted(seen):
        return SIGNED
    renamed = len(sent) == len(seen) and all(map(is_named, sent, seen))
    return RENAMED if renamed else None


def _day(text: str) -> str | None:
    """The day that a date names, with or without the midnight (UTC) at which it begins."""
    day, _, time = text.partition("T")
    return day if not time or _MIDNIGHT.fullmatch(time) else None


def _options(field: Field, value: object) -> list[str]:
    """Choices as ids, whichever way they are written; in no order."""
    ids = {option.label: option.id for option in field.options}
    chosen = [
        str(each.get("id") or each.get("label")) if isinstance(each, dict) else str(each)
        for each in (value if isinstance(value, list) else [value])
    ]
    return sorted(ids.get(each, each) for each in chosen)


def _file_names(value: object) -> list[str]:
    """The names of files, from a request (`{url, name}`) or an answer (JSON text of `{key, name, url}`)."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return [str(value)]
    files = value if isinstance(value, list) else [value]
    return [_file_name(each) for each in files]


def _file_name(file: object) -> str:
    if isinstance(file, str):
        return next(iter(_file_names(file)), "") if file.startswith("{") else file
    if not isinstance(file, dict):
        return ""
    return str(file.get("name") or str(file.get("url", "")).partition("?")[0].rpartition("/")[2])


def _same_value(sent: object, seen: object) -> bool:
    if sent == seen and isinstance(sent, bool) == isinstance(seen, bool):
        return True
    return sent is None and is_empty(seen)


def is_empty(value: object) -> bool:
    return value is None or value is False or value in ("", [], {})


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_word(value: bool | None) -> str | None:
    return None if value is None else "yes" if value else "no"
