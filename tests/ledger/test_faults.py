from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from migrator.errors import DiskFull, LedgerBusy, LedgerError
from migrator.ledger import faults

PATH = Path("t.ledger")


def sqlite_fault(code: int) -> sqlite3.Error:
    fault = sqlite3.OperationalError("as SQLite says it")
    fault.sqlite_errorcode = code
    return fault


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        pytest.param(sqlite_fault(sqlite3.SQLITE_FULL), DiskFull, "disk is full", id="full"),
        pytest.param(OSError(errno.ENOSPC, "No space left"), DiskFull, "disk is full", id="enospc"),
        pytest.param(OSError(errno.EDQUOT, "Quota"), DiskFull, "disk is full", id="quota"),
        pytest.param(sqlite_fault(sqlite3.SQLITE_BUSY), LedgerBusy, "another program", id="busy"),
        pytest.param(sqlite_fault(sqlite3.SQLITE_CORRUPT), LedgerError, "damaged", id="corrupt"),
        pytest.param(
            sqlite_fault(sqlite3.SQLITE_IOERR | 3 << 8), LedgerError, "disk failed", id="refined-code"
        ),
        pytest.param(
            sqlite_fault(sqlite3.SQLITE_CANTOPEN), LedgerError, "cannot be opened", id="cannot-open"
        ),
        pytest.param(
            OSError(errno.EROFS, "Read-only file system"), LedgerError, "read-only file", id="erofs"
        ),
        pytest.param(sqlite3.ProgrammingError("odd"), LedgerError, "cannot be used: odd", id="anything-else"),
    ],
)
def test_every_complaint_becomes_an_error_with_the_place(fault, kind, words):
    with pytest.raises(kind, match=words) as caught, faults.translated(PATH):
        raise fault
    assert type(caught.value) is kind
    assert caught.value.at == "t.ledger"
    assert caught.value.__cause__ is fault


def test_errors_of_our_own_pass_untouched():
    ours = LedgerError("as it is")
    with pytest.raises(LedgerError) as caught, faults.translated(PATH):
        raise ours
    assert caught.value is ours
