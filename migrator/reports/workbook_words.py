"""What the first sheet of the workbook to correct says: what it is, what to do, and what comes next.

Plain words for somebody who has never seen the tool. What the other sheets hold is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from migrator.reports.words import amount, listed, number

PLACES = 20
"""Rows that are named one by one."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What the workbook has, and what it has not."""

    name: str
    """Of the file."""
    mapping: str
    """File name."""
    ledger: str
    """File name, of a ledger that is there or that the run of the export will make."""
    is_run: bool
    """The export has been run already."""
    rows: int = 0
    """Rows to correct."""
    listed: int = 0
    """Problems of records that no row can hold."""
    more: int = 0
    """Rows that found no room."""
    rest: str = ""
    """The table beside the workbook that names them too."""
    unfit: tuple[str, ...] = ()
    """Places of rows that a workbook cannot hold, of which at most `PLACES` are kept."""
    unfit_count: int = 0
    values: int = 0
    """Values that the mapping does not know."""


def read_me(book: Contents) -> Iterator[tuple[bool, str]]:
    """The lines of the sheet; True for a title."""
    yield True, "What has to be corrected"
    yield False, ""
    if book.rows:
        yield from _rows(book)
    if book.listed:
        yield from _listed(book)
    if book.values:
        yield from _values(book)
    yield True, "When you are done"
    yield from _next(book)
    yield from _missing(book)
    yield False, ""
    yield True, "Good to know"
    yield False, "Every cell of this workbook is text: nothing in it is computed, and ids keep their zeros."
    yield False, "It holds personal data of your customers: keep it where the export is kept."


def _rows(book: Contents) -> Iterator[tuple[bool, str]]:
    yield True, "Sheet «Rows»"
    yield (
        False,
        f"{amount(book.rows, 'row')} of the export, exactly as they were. None is completely in Featurebase.",
    )
    yield (
        False,
        "1. Red cells are to be corrected. Point at one to read what is wrong, and what the way out is.",
    )
    yield False, "2. Where a cell has a list, choose one of it: these are the values that are known."
    yield False, "3. Leave the grey columns at the end as they are: by them the rows find their way back."
    yield False, "Rows that you delete stay as they are in the export; they are not brought over."
    yield False, ""


def _listed(book: Contents) -> Iterator[tuple[bool, str]]:
    yield True, "Sheet «Problems»"
    yield (
        False,
        (
            f"{amount(book.listed, 'problem')} of records that are nested, and so are no rows of a table. "
            "This sheet is for reading only: correct the export, or rejects.ndjson, which a run writes."
        ),
    )
    yield False, ""


def _values(book: Contents) -> Iterator[tuple[bool, str]]:
    yield True, "Sheet «Value maps»"
    yield False, f"{amount(book.values, 'value')} of the export that the mapping file says nothing about."
    yield (
        False,
        "Fill in the yellow column: what each value becomes. One line settles all rows that have the value.",
    )
    yield False, "What you leave empty stays undecided, and its rows are held back."
    yield (
        False,
        f"For the whole export: migrator validate EXPORT --mapping {book.mapping} --values {book.name}",
    )
    yield (
        False,
        "The same words after `migrator run`. To keep it for good, copy the lines into the mapping file.",
    )
    yield False, ""


def _next(book: Contents) -> Iterator[tuple[bool, str]]:
    if not book.rows:
        yield False, "Check the export again with the words that made this report."
        return
    yield False, "Save this workbook under its name, as .xlsx."
    yield False, f"Check it: migrator validate {book.name} --mapping {book.mapping}"
    if not book.is_run:
        yield (
            False,
            "Run the export as it is: the rows of this workbook are held back, and all others are sent.",
        )
    yield False, f"Then send what is corrected: migrator retry {book.ledger} --from {book.name}"


def _missing(book: Contents) -> Iterator[tuple[bool, str]]:
    if not (book.more or book.unfit_count):
        return
    yield False, ""
    yield True, "What is not here"
    if book.more:
        yield (
            False,
            (
                f"{amount(book.more, 'further row')}: correct these first; the next report shows the rest. "
                f"{book.rest}, beside this workbook, names them too."
            ),
        )
    if book.unfit_count:
        more = book.unfit_count - len(book.unfit)
        names = listed([*book.unfit, *([f"{number(more)} more"] if more else [])])
        why = "a cell is too long, or there are too many"
        yield False, f"Rows that no workbook can hold ({why}): {names}. Correct them in the export."
