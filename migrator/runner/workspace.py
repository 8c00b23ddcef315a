"""Is this the workspace that a ledger belongs to? Asked before anything is sent, read back or deleted."""

from __future__ import annotations

from migrator.errors import OtherWorkspace
from migrator.featurebase import Client, Directory
from migrator.ledger import Ledger

OWNED_TO_CHECK = 3
"""Tickets of a ledger that are fetched to see that the workspace is still the same."""


def check_workspace(ledger: Ledger, directory: Directory, client: Client) -> None:
    """Makes sure that the workspace is the one this ledger was made for.

    Raises:
        OtherWorkspace: The ledger's categories and statuses are not there, or its ticket numbers belong
            to other tickets: sending would mix two migrations.
    """
    known = ledger.fact("directory")
    if known is None:
        return
    if not Directory.from_text(known).workspace & directory.workspace:
        raise OtherWorkspace(
            "this ledger belongs to another workspace: none of its categories and statuses are here",
            hint="use the key of the first run, or start another migration: --ledger NEW.ledger",
            at=str(ledger.path),
        )
    for number, object_id in ledger.newest_owned(OWNED_TO_CHECK):
        seen = client.ticket(number)
        if seen is not None and seen.object_id != object_id:
            raise OtherWorkspace(
                f"ticket {number} here is not the ticket {number} that this ledger made",
                hint="use the address and key of the first run, or begin anew: --ledger NEW.ledger",
                at=str(ledger.path),
            )
