"""The story of `forget`: which facts of a migration are about a person, and which may stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from migrator.featurebase import Directory
from migrator.ledger import Ledger

KEPT = ("source_name", "mapping_name", "base_url", "strangers")
"""What report and undo still need: names of files, the address, links."""


def forget(ledger: Ledger, agree: Callable[[], None], *, rejected_too: bool = False) -> None:
    """Drops what the ledger holds of the export and of people, for good.

    Args:
        agree: Raises `Declined` when that must not be; not asked where it was agreed to before.
        rejected_too: Give up the rejected rows as well, which could not be corrected any more.

    Raises:
        Declined: `agree` said no; nothing was dropped.
        LedgerError: Some rows are not done with; or another process is reading the file.
    """
    if not ledger.forgotten:
        ledger.require_done(rejected_too=rejected_too)
        agree()
    facts = ledger.facts()
    keep = {name: facts[name] for name in KEPT if name in facts}
    if "directory" in facts:
        keep["directory"] = _only_ids(Directory.from_text(facts["directory"])).to_text()
    ledger.forget(keep, rejected_too=rejected_too)


def _only_ids(directory: Directory) -> Directory:
    """What tells one workspace from another, without a name in it."""
    return Directory(
        categories=tuple(replace(each, name="") for each in directory.categories),
        statuses=tuple(replace(each, name="") for each in directory.statuses),
        loaded=frozenset({"categories", "statuses"}),
    )
