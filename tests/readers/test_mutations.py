"""Every sample, damaged at random: it ends in rows or in our own words, soon, with flat memory."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from migrator.errors import MigratorError
from migrator.readers import open_source
from tests.readers.mutations import Export, exports, read_twice, written

LONGEST_S = 5
MOST_GROWTH_BYTES = 300 << 20


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Export]:
    return exports(tmp_path_factory.mktemp("books"))


def test_a_damaged_sample_ends_in_rows_or_in_a_clear_error(tmp_path, found):
    for seed, export in enumerate(found * 4):
        read_twice(written(tmp_path / str(seed), export, random.Random(seed)))


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.99])
def test_a_table_or_document_that_was_cut_off_gives_no_row_that_was_not_there(tmp_path, found, kept):
    """But for its last one, which may be torn; and that only where nothing else tells the cut."""
    looked_at = 0
    for export in found:
        ((name, content), *others) = export.files.items()
        if others:
            continue
        path = tmp_path / export.name / name
        path.parent.mkdir()
        path.write_bytes(content)
        whole = open_source([path])
        if whole.reader not in ("delimited", "json", "json-lines", "xml", "workbook"):
            continue
        rows = list(whole.records())
        path.write_bytes(content[: int(len(content) * kept)])
        try:
            cut = open_source([path])
            left = list(cut.records())
        except MigratorError:
            continue
        if (cut.reader, cut.columns) == (whole.reader, whole.columns):
            looked_at += 1
            assert [each.values for each in left[:-1]] == [
                each.values for each in rows[: max(0, len(left) - 1)]
            ]
    assert looked_at


@contextmanager
def patience(seconds: int, what: str) -> Iterator[None]:
    """Of the processor's time, which a busy machine does not change."""

    def too_long(_number: int, _frame: object) -> None:
        raise AssertionError(f"{what} took longer than {seconds} s")

    before = signal.signal(signal.SIGPROF, too_long)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.mark.soak
@pytest.mark.skipif(sys.platform == "win32", reason="needs alarms")
def test_thousands_of_damaged_samples_end_soon_and_in_flat_memory(tmp_path, found):
    """For as many minutes as MUTATION_MINUTES says, from a seed that MUTATION_SEED says."""
    import resource  # Windows has none

    until = time.monotonic() + 60 * float(os.environ.get("MUTATION_MINUTES", "5"))
    seed = int(os.environ.get("MUTATION_SEED", "1000"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    failures: list[str] = []
    while time.monotonic() < until and len(failures) < 20:
        seed += 1
        export = found[seed % len(found)]
        folder = tmp_path / str(seed)
        try:
            with patience(LONGEST_S, f"seed {seed}, {export.name}"):
                read_twice(written(folder, export, random.Random(seed)))
        except Exception as error:  # noqa: BLE001 - all of them are told together
            failures.append(f"seed {seed}, {export.name}: {type(error).__name__}: {str(error)[:200]}")
        shutil.rmtree(folder)
    print(f"seeds up to {seed}")
    assert not failures, "\n".join(failures)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MOST_GROWTH_BYTES
