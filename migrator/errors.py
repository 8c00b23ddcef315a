"""The ways a run can stop.

MigratorError                         exit code  1
├── Declined                                     2   the user said no, or could not be asked
├── KeyMissing                                   2   no usable API key in the environment
├── SourceError                                  3   the export
│   └── UnreadableSource                         3   with the place
├── MappingError                                 4   the mapping file
│   └── MappingComplaints                        4   everything wrong with it, at once
├── LedgerError                                  5   the ledger file or the disk
│   ├── LedgerBusy                               5   another process holds it
│   └── DiskFull                                 5
├── FeaturebaseError                             6   the service
│   ├── KeyRefused                               6   401, 403
│   ├── WrongAddress                             6   a redirect, or not Featurebase
│   ├── VersionRefused                           6   the pinned API version is gone
│   ├── OtherWorkspace                           6   the ledger belongs elsewhere
│   └── Unreachable                              6   no answer within our patience
└── Interrupted                                130   Ctrl-C

A fault in one row is not an exception but a `model.Problem`: it is collected, counted and reported,
and the other rows go on. Exceptions end a command, and one boundary in `cli/main.py` shows them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class MigratorError(Exception):
    """Base of every error that a user may meet.

    Attributes:
        message: One sentence that says what is wrong; it never holds a key or ticket text.
        hint: The way out, in the imperative; empty where there is none.
        at: The place, as a person would look it up: `tickets.csv, row 41`; may be empty.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "", at: str = "") -> None:
        super().__init__(message, hint, at)  # all three, so that it survives pickling
        self.message = message
        self.hint = hint
        self.at = at

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.__dict__.copy())

    def __str__(self) -> str:
        return f"{self.at}: {self.message}" if self.at else self.message

    @property
    def code(self) -> str:
        """A stable name for machines: `KeyRefused` is `key-refused`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()


def _rebuild(kind: type[MigratorError], state: dict[str, object]) -> MigratorError:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    error.args = (error.message, error.hint, error.at)
    return error


class Declined(MigratorError):
    """The plan was not accepted, or nobody was there to accept it."""

    exit_code = 2


class KeyMissing(MigratorError):
    """The environment holds no API key, or something that cannot be one."""

    exit_code = 2


class SourceError(MigratorError):
    """The export cannot be used."""

    exit_code = 3


class UnreadableSource(SourceError):
    """A file of the export cannot be read; `at` says where."""


class MappingError(MigratorError):
    """The mapping file cannot be used."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong with a mapping file."""

    at: str
    """`zendesk.yaml, line 4, column 10, ticket.title.from`."""
    message: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.at}: {self.message}"


class MappingComplaints(MappingError):
    """Everything that is wrong with a mapping file, so that it is corrected once."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        first = complaints[0]
        if len(complaints) == 1:
            super().__init__(first.message, hint=first.hint, at=first.at)
        else:
            lines = [f"{len(complaints)} things are wrong with the mapping:"]
            lines += [f"  {each}" + (f"\n    {each.hint}" if each.hint else "") for each in complaints]
            super().__init__("\n".join(lines), hint="correct them all, then run the same command")
        self.complaints = tuple(complaints)


class LedgerError(MigratorError):
    """The ledger cannot be used, or the disk under it."""

    exit_code = 5


class LedgerBusy(LedgerError):
    """A living process holds this ledger."""


class DiskFull(LedgerError):
    """There is no room to write what must be written before a request may leave."""


class FeaturebaseError(MigratorError):
    """Featurebase cannot be used: the run ends, drained."""

    exit_code = 6


class KeyRefused(FeaturebaseError):
    """401 or 403: no key is left that the workspace accepts."""


class WrongAddress(FeaturebaseError):
    """What answers there is not the Featurebase API."""


class VersionRefused(FeaturebaseError):
    """The workspace no longer speaks the API version that this tool was written for."""


class OtherWorkspace(FeaturebaseError):
    """The ledger belongs to another workspace than the key."""


class Unreachable(FeaturebaseError):
    """Nothing answered, or only refusals, for longer than we wait."""


class Interrupted(MigratorError):
    """Ctrl-C; what was in flight has been settled or is in doubt, and the ledger knows which."""

    exit_code = 130
