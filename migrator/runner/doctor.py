"""The story of `doctor`: is everything in the workspace as a migration needs it?

It looks and never writes. What a trial ticket can teach beyond that is `probe.py`'s business; whether a
mapping's names are there, `names.py`'s. How it is shown is decided by the reports.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migrator.featurebase import (
    API_VERSION,
    PRODUCTION,
    Allowance,
    Client,
    Connection,
    Directory,
    KeySeen,
    Limited,
)
from migrator.mapping import Mapping
from migrator.model import shown
from migrator.runner.findings import Finding, Grade, is_healthy
from migrator.runner.lessons import form_of
from migrator.runner.names import check_names

CLOCK_CARE_S = 60.0
"""A larger difference between two clocks makes the times in our reports puzzling."""
CUSTOMER = "customer"
LISTS = frozenset({"categories", "statuses", "fields", "admins"})
"""What is read whole; companies can be many, and are only counted unless a mapping names one."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a workspace looks like to a migration."""

    address: str
    version: str
    keys: tuple[KeySeen, ...]
    offset_s: float
    """The server's clock minus ours, within a second."""
    directory: Directory
    companies: int
    more_companies: bool
    """There are more than were counted."""
    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        return is_healthy(self.findings)


def examine(
    client: Client, mapping: Mapping | None = None, *, limited: tuple[Limited, str] | None = None
) -> Diagnosis:
    """Looks at the workspace, and holds the mapping's own names against it.

    Args:
        limited: What a 429 looked like, and the day on which one was met.

    Raises:
        FeaturebaseError: Featurebase cannot be used at all.
    """
    names = mapping.names() if mapping else ()
    said = {name.among for name in names} & {"companies"}
    directory = client.fetch_directory(LISTS | said)
    companies, more = (len(directory.companies), False) if said else client.count_companies()
    findings = (
        _address(client.connection),
        Finding("version", Grade.OK, f"the API version {API_VERSION} is accepted"),
        *_keys(client.keys_seen),
        *_limited(limited),
        _clock(client.server_offset_s),
        *examine_lists(directory),
        Finding("companies", Grade.OK, f"{companies}{' or more' if more else ''}"),
        *(check_names(mapping, directory) if mapping else ()),
    )
    return Diagnosis(
        address=client.connection.base_url,
        version=API_VERSION,
        keys=client.keys_seen,
        offset_s=client.server_offset_s,
        directory=directory,
        companies=companies,
        more_companies=more,
        findings=findings,
    )


def examine_lists(directory: Directory) -> tuple[Finding, ...]:
    """What is to say of categories, statuses, fields and admins."""
    return (
        _categories(directory),
        _statuses(directory),
        _fields(directory),
        _admins(directory),
        *_duplicates(directory),
    )


# --- the line ---------------------------------------------------------------------------------


def _address(connection: Connection) -> Finding:
    url = connection.base_url
    if url.rstrip("/") == PRODUCTION:
        return Finding("address", Grade.OK, f"{url} answers; it is Featurebase's own")
    if url.startswith("http:"):  # which is only let through to this machine
        return Finding("address", Grade.OK, f"{url} answers; it is a sandbox on this machine")
    return Finding("address", Grade.OK, f"{url} answers; Featurebase's own would be {PRODUCTION}")


def _keys(keys: tuple[KeySeen, ...]) -> Iterator[Finding]:
    for number, key in enumerate(keys, start=1):
        topic = f"key {number}" if len(keys) > 1 else "key"
        if key.accepted:
            same = "accepted, of the same workspace as the others" if len(keys) > 1 else "accepted"
            yield Finding(topic, Grade.OK, same)
            yield examine_allowance(f"{topic} rate", key.allowance)
        else:
            hint = "take it out of FEATUREBASE_API_KEY, or copy it again from Featurebase, Settings, API"
            yield Finding(topic, Grade.BAD, "Featurebase refuses this key", hint)


def examine_allowance(topic: str, allowance: Allowance) -> Finding:
    """How much of a key's minute is left, as far as the server says so."""
    if allowance.limit is None and allowance.remaining is None:
        said = "the server says nothing about its rate limit; the documented 2,000 a minute are assumed"
        return Finding(topic, Grade.OK, said)
    left = "?" if allowance.remaining is None else f"{allowance.remaining:,}"
    most = "?" if allowance.limit is None else f"{allowance.limit:,}"
    ends = "" if allowance.reset_s is None else f"; the next begins in {allowance.reset_s:.0f} s"
    message = f"{left} of {most} requests left in this minute{ends}"
    if allowance.limit and allowance.remaining is not None and 2 * allowance.remaining < allowance.limit:
        hint = "a migration takes only what is left; pause it, or migrate when it is quiet"
        return Finding(topic, Grade.CARE, f"{message}: something else uses this key", hint)
    return Finding(topic, Grade.OK, message)


def _limited(met: tuple[Limited, str] | None) -> Iterator[Finding]:
    if met:
        yield Finding("429", Grade.OK, f"one was met on {met[1]}: {form_of(met[0])}")


def _clock(offset_s: float) -> Finding:
    if abs(offset_s) <= CLOCK_CARE_S:
        return Finding("clock", Grade.OK, "the server's clock and this computer's agree within a minute")
    apart = f"{abs(offset_s) / 60:,.0f} minutes {'ahead of' if offset_s > 0 else 'behind'}"
    return Finding(
        "clock",
        Grade.CARE,
        f"the server's clock is {apart} this computer's",
        "set this computer's clock; a migration goes by the server's, but its reports will puzzle",
    )


# --- the lists --------------------------------------------------------------------------------


def _categories(directory: Directory) -> Finding:
    count = len(directory.categories)
    if not count:
        hint = "make a ticket type in Featurebase; the API cannot"
        return Finding("categories", Grade.BAD, "there is no ticket category", hint)
    kinds = {each.kind for each in directory.categories}
    if "" not in kinds and CUSTOMER not in kinds:
        return Finding(
            "categories",
            Grade.CARE,
            f"{count}, and none of them for customers: their tickets carry private notes only",
            "make a customer ticket type in Featurebase, unless that is what you want",
        )
    return Finding("categories", Grade.OK, str(count))


def _statuses(directory: Directory) -> Finding:
    if not directory.statuses:
        hint = "make ticket statuses in Featurebase; the API cannot"
        return Finding("statuses", Grade.BAD, "there is no ticket status", hint)
    default = next((each.name for each in directory.statuses if each.is_default), "")
    told = f"; a new ticket gets {shown(default)!r}" if default else ""
    return Finding("statuses", Grade.OK, f"{len(directory.statuses)}{told}")


def _fields(directory: Directory) -> Finding:
    count = len(directory.fields)
    if not any(each.type == "text" for each in directory.fields):
        return Finding(
            "fields",
            Grade.CARE,
            f"{count}, and no text field that could carry the old ticket id",
            "make one in Featurebase and map it with `legacy_id: true`, so that even a lost ledger doubles "
            "nothing",
        )
    required = [repr(shown(each.label)) for each in directory.fields if each.required]
    if required:
        hint = "let the mapping fill them; whether the API insists is not documented"
        return Finding("fields", Grade.CARE, f"{count}, of them required: {', '.join(required)}", hint)
    return Finding("fields", Grade.OK, str(count))


def _admins(directory: Directory) -> Finding:
    count = len(directory.admins)
    if not count:
        hint = "without one no agent's reply and no private note can be sent; invite one in Featurebase"
        return Finding("admins", Grade.BAD, "the workspace shows no admin", hint)
    silent = sum(not each.email for each in directory.admins)
    told = f", {silent} of them without an e-mail address: found by name or id only" if silent else ""
    return Finding("admins", Grade.OK, f"{count}{told}")


def _duplicates(directory: Directory) -> Iterator[Finding]:
    """Names that more than one entry has: a mapping cannot mean either of them."""
    lists: dict[str, Sequence[tuple[str, str]]] = {
        "categories": [(each.name, each.id) for each in directory.categories],
        "statuses": [(each.name, each.id) for each in directory.statuses],
        "fields": [(each.label, each.id) for each in directory.fields],
        "admins": [(each.name, each.id) for each in directory.admins],
    }
    for field in directory.fields:
        options = [(each.label, each.id) for each in field.options]
        lists[f"options of {shown(field.label)!r}"] = options
    for topic, entries in lists.items():
        ids: dict[str, list[str]] = defaultdict(list)
        for name, entry_id in entries:
            ids[name].append(entry_id)
        for name, same in ids.items():
            if name and len(same) > 1:
                message = f"{len(same)} are named {shown(name)!r}: {', '.join(same[:5])}"
                hint = "rename all but one in Featurebase, or use the id in the mapping"
                yield Finding(topic, Grade.BAD, message, hint)
