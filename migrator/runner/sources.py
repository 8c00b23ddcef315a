"""Which source a ledger belongs to, and which ledger a source belongs to.

A source is known by its files' paths, sizes and times, and by their SHA-256 where those differ, so
that resuming with an unchanged export costs no reading.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.errors import LedgerError
from migrator.ledger import Ledger

if TYPE_CHECKING:
    from migrator.readers import ReadOptions, Source

SUFFIX = ".ledger"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """One file of a source at one moment."""

    path: str
    size_bytes: int
    modified_ns: int
    sha256: str


def identify(source: Source, known: Sequence[FileIdentity] = ()) -> tuple[FileIdentity, ...]:
    """The identity of every file; a file whose path, size and time are `known` is not read again."""
    remembered = {(each.path, each.size_bytes, each.modified_ns): each for each in known}
    identities = []
    for path in dict.fromkeys(file.path.resolve() for file in source.files):  # members of an archive share it
        facts = path.stat()
        key = (str(path), facts.st_size, facts.st_mtime_ns)
        identities.append(remembered.get(key) or FileIdentity(*key, _sha256(path)))
    return tuple(identities)


def same_content(some: Sequence[FileIdentity], others: Sequence[FileIdentity]) -> bool:
    return sorted(each.sha256 for each in some) == sorted(each.sha256 for each in others)


def same_place(some: Sequence[FileIdentity], others: Sequence[FileIdentity]) -> bool:
    return sorted(each.path for each in some) == sorted(each.path for each in others)


def to_text(identities: Sequence[FileIdentity]) -> str:
    return json.dumps([asdict(each) for each in identities])


def from_text(text: str | None) -> tuple[FileIdentity, ...]:
    return tuple(FileIdentity(**each) for each in json.loads(text or "[]"))


def reading_of(ledger: Ledger) -> ReadOptions | None:
    """What was said about how to read the export that the ledger holds; None where it does not say."""
    from migrator.readers import ReadOptions

    text = ledger.fact("reading")
    return None if text is None else ReadOptions(**json.loads(text))


def read_before(path: Path, paths: Sequence[Path]) -> ReadOptions | None:
    """What was said about how to read an export when it was read first; None where no ledger says.

    Args:
        path: Of the ledger; there may be none.
        paths: The export.
    """
    if not path.is_file():
        return None
    try:
        with Ledger.look(path) as ledger:
            known = {Path(each.path) for each in from_text(ledger.fact("source"))}
            before = reading_of(ledger)
    except LedgerError:
        return None  # whoever opens it will say why it cannot be
    places = [each.resolve() for each in paths]
    same = any(each == place or place in each.parents for each in known for place in places)
    return before if same else None


def default_ledger(paths: Sequence[Path], said: str = "") -> Path:
    """`tickets.ledger` in the current folder, for `anywhere/tickets.csv`.

    Args:
        said: The name that corrected rows say, so that they and their export share one ledger.
    """
    if said.endswith(SUFFIX) and not set(said) & set("/\\:\0"):
        return Path(said)
    first = paths[0].resolve()
    return Path(f"{first.name if first.is_dir() else first.stem}{SUFFIX}")


def ledger_of(source: Source, paths: Sequence[Path]) -> Path:
    """The ledger that a file of ours (a corrected `rejects`) came from, found by the id it carries.

    Looked for in the file's folder, the folder above (reports lie beside their ledger) and here.

    Raises:
        LedgerError: No ledger with that id is in any of these places.
    """
    for candidate in _nearby(paths):
        try:
            with Ledger.look(candidate) as ledger:
                if ledger.id == source.ledger_id:
                    return candidate
        except LedgerError:
            continue  # not a ledger, or not one of ours: not what we are looking for
    raise LedgerError(
        "these rows come from an earlier run, and its ledger is not here",
        hint="say where it is: --ledger FILE",
        at=str(paths[0]),
    )


def _nearby(paths: Sequence[Path]) -> Iterator[Path]:
    here = paths[0].resolve().parent
    folders = dict.fromkeys((here, here.parent, Path.cwd()))
    for folder in folders:
        yield from sorted(folder.glob(f"*{SUFFIX}"))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
