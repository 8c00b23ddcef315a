"""Which ledger a run uses, and what becomes of one that was made for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from migrator.errors import LedgerError, MigratorError
from migrator.ledger import Ledger
from migrator.readers import Source
from migrator.runner import sources


@contextmanager
def open_ledger(path: Path | None, source: Source, paths: Sequence[Path]) -> Iterator[Ledger]:
    """The ledger named, or the one that the source leads to; made where there is none.

    A ledger that was made here, and whose run ended before anything could be sent (the plan was
    declined, the mapping does not fit), is removed again: it would only hold a copy of the data.

    Raises:
        LedgerError: It cannot be opened, or belongs to another export of the same name.
    """
    if path is not None:
        ledger_path = path
    elif source.ledger_id:
        ledger_path = sources.ledger_of(source, paths)
    else:
        ledger_path = sources.default_ledger(paths, source.ledger_name)
    fresh = not ledger_path.exists()
    ledger = Ledger.create(ledger_path) if fresh else Ledger.open(ledger_path)
    try:
        with ledger:
            if path is None and not source.ledger_id:
                _require_same_export(ledger, source)
            yield ledger
    except MigratorError:
        if fresh:
            Ledger.remove(ledger_path)
        raise


def _require_same_export(ledger: Ledger, source: Source) -> None:
    """A ledger found by its name alone must not take in a stranger's rows."""
    known = sources.from_text(ledger.fact("source"))
    if not known:
        return
    now = sources.identify(source, known)
    if not sources.same_place(now, known) and not sources.same_content(now, known):
        if source.ledger_name:
            raise LedgerError(
                "these rows were corrected for an export that has been run since",
                hint=f"give them to its ledger: migrator retry {ledger.path} --from {source.files[0].name}",
                at=str(ledger.path),
            )
        raise LedgerError(
            f"this ledger belongs to {known[0].path}",
            hint="for a newer export of the same helpdesk name it: --ledger "
            f"{ledger.path}; for another migration name a new one: --ledger OTHER{sources.SUFFIX}",
            at=str(ledger.path),
        )
