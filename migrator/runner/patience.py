"""Looking again and again for what lost requests came to, until all of it can be decided."""

from __future__ import annotations

from math import ceil

from migrator.featurebase import Client
from migrator.ledger import Ledger
from migrator.runner.adopt import remember_undecidable
from migrator.runner.control import Telling
from migrator.runner.resolve import Look, look


def settle_doubts(ledger: Ledger, client: Client, *, settle_s: float, telling: Telling) -> None:
    """Decides every doubt that can be decided, however long that takes; returns early after a stop.

    Raises:
        FeaturebaseError: The tickets cannot be read; what has been decided so far stays decided.
    """
    while not telling.control.stopping and ledger.counts().in_doubt:
        looked = look(
            ledger,
            client,
            settle_s=settle_s,
            legacy_field=ledger.fact("legacy_field") or "",
            progress=telling.progress,
        )
        remember_undecidable(ledger, looked)
        if not wait_until_ripe(looked, telling):
            return


def wait_until_ripe(looked: Look, telling: Telling) -> bool:
    """Waits until the next doubt can be decided; False when there is none, or a stop was asked for."""
    if looked.look_again_s is None:
        return False
    progress, control = telling.progress, telling.control
    left_s = looked.look_again_s
    progress.start(f"waiting to look again for {looked.early} lost answers", ceil(left_s), "s")
    while left_s > 0 and control.wait(min(1.0, left_s)):
        left_s -= 1.0
        progress.advance()
    progress.done()
    return not control.stopping
