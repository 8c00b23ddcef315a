"""Looks for exports that break a reader, led by which lines of the readers a mutation reaches (Atheris).

`python -m tests.readers.guided RUNS SECONDS [CORPUS_FOLDER]`; it ends with an error at the first exception that
is not ours, and after an input that takes longer than `LONGEST_S`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found, unused-ignore]

with atheris.instrument_imports(include=["migrator.readers"]):
    from migrator.readers import open_source
from migrator.errors import MigratorError
from tests.readers.mutations import exports

LONGEST_S = 20
MOST_MEMORY_MB = 1024
LONGEST_INPUT_BYTES = 1 << 16


def main(runs: int, seconds: int, corpus: Path) -> None:
    """Never comes back: libFuzzer ends the process, with 0 where nothing was found."""
    for export in exports(corpus):
        for name, content in export.files.items():
            (corpus / f"{export.name}-{name.replace('/', '-')}").write_bytes(content[:LONGEST_INPUT_BYTES])
    place = Path(tempfile.mkdtemp()) / "export"

    def read(content: bytes) -> None:
        place.write_bytes(content)
        try:
            for _ in open_source([place]).records():
                pass
        except MigratorError:
            pass

    atheris.Setup(
        [
            sys.argv[0],
            f"-runs={runs}",
            f"-max_total_time={seconds}",
            f"-timeout={LONGEST_S}",
            f"-rss_limit_mb={MOST_MEMORY_MB}",
            f"-max_len={LONGEST_INPUT_BYTES}",
            f"-artifact_prefix={corpus}/found-",
            str(corpus),
        ],
        read,
    )
    atheris.Fuzz()


if __name__ == "__main__":
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    main(int(sys.argv[1]), int(sys.argv[2]), folder)
