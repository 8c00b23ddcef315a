"""What became of every row, for reports, corrections and whoever asks for one of them."""

from __future__ import annotations

from collections.abc import Iterator

from migrator.ledger import codec
from migrator.ledger.accounts import RejectedRow, Result
from migrator.ledger.door import Door
from migrator.ledger.reader import WRONG, Line, read_ref
from migrator.model import Status

_RESULT = """
    SELECT seq, key, file, source_row, sheet, line, status, number, object_id, url,
        http_status, code, message, skip_reason, problems, warnings, left_out, adopted, created_at_ms, old_url
    FROM rows WHERE {which} AND seq > ? ORDER BY seq LIMIT ?
"""
_CAUSE = f"""
    SELECT seq, code, problems FROM rows WHERE {WRONG} AND status = ? AND seq > ? ORDER BY seq LIMIT ?
"""  # noqa: S608 - constants only
_ORIGINAL = f"""
    SELECT seq, key, file, source_row, sheet, line, status, original, problems, code, message
    FROM rows JOIN originals ON originals.row = seq
    WHERE {WRONG} AND seq > ? ORDER BY seq LIMIT ?
"""  # noqa: S608 - constants only


class Results(Door):
    """The part of a ledger that tells what became of rows."""

    def results(self, *, status: Status | None = None) -> Iterator[Result]:
        """What became of every row, or of those with this status, in source order."""
        match status:
            case None:
                which = "TRUE"
            case Status.REJECTED | Status.FAILED:
                which = f"{WRONG} AND status = '{status}'"
            case _:
                which = f"status = '{status}'"
        return map(_result, self._reader.pages(_RESULT.format(which=which)))

    def result(self, row: int) -> Result:
        """What became of one row."""
        (line,) = self._reader.pages(_RESULT.format(which="seq = ?"), (row,))
        return _result(line)

    def causes(self, status: Status) -> Iterator[tuple[int, str]]:
        """Every rejected, or every failed, row in source order with the code of why; quick, for counting.

        The code is that of the first problem that blocks, else what Featurebase said.
        """
        for row, code, problems in self._reader.pages(_CAUSE, (status.value,)):
            yield row, codec.first_blocking_code(problems) or codec.load_text_or_none(code) or ""

    def originals(self) -> Iterator[RejectedRow]:
        """The rejected and the failed rows with what a person needs to correct them, in source order."""
        for line in self._reader.pages(_ORIGINAL):
            yield RejectedRow(
                row=line[0],
                key=codec.load_text_or_none(line[1]) or "",
                ref=read_ref(line[2:6]),
                status=Status(line[6]),
                original=codec.load_original(line[7]),
                problems=codec.load_problems(line[8]),
                code=codec.load_text_or_none(line[9]) or "",
                message=codec.load_text_or_none(line[10]) or "",
            )

    def failed(self) -> tuple[tuple[str, ...], int]:
        """The keys of the failed rows, in source order, and how many requests they still need."""
        failed = f"{WRONG} AND status = 'failed'"
        rows = self._reader.all(f"SELECT key FROM rows WHERE {failed} ORDER BY seq")  # noqa: S608
        ((steps,),) = self._reader.all(
            "SELECT count(*) FROM steps WHERE state IN ('waiting', 'refused')"  # noqa: S608 - constants only
            f" AND row IN (SELECT seq FROM rows WHERE {failed})"
        )
        return tuple(codec.load_text(key) for (key,) in rows), steps

    def status_of(self, key: str) -> Status | None:
        """Where the row with this key stands; None where there is none."""
        found = self._reader.one("SELECT status FROM rows WHERE key = ?", (codec.dump(key),))
        return Status(found[0]) if found else None

    def ticket_of(self, key: str) -> tuple[int, str] | None:
        """Number and address of the ticket that a source id has become; None where it has none."""
        found = self._reader.one(
            "SELECT number, url FROM rows WHERE key = ? AND number IS NOT NULL", (codec.dump(key),)
        )
        return (found[0], codec.load_text_or_none(found[1]) or "") if found else None


def _result(line: Line) -> Result:
    return Result(
        row=line[0],
        key=codec.load_text_or_none(line[1]) or "",
        ref=read_ref(line[2:6]),
        status=Status(line[6]),
        number=line[7],
        object_id=codec.load_text_or_none(line[8]),
        url=codec.load_text_or_none(line[9]) or "",
        http_status=line[10],
        code=codec.load_text_or_none(line[11]) or "",
        message=codec.load_text_or_none(line[12]) or "",
        skip_reason=codec.load_text(line[13]),
        problems=codec.load_problems(line[14]),
        warnings=codec.load_problems(line[15]),
        left_out=codec.load_left_out(line[16]),
        adopted=bool(line[17]),
        created_at_ms=line[18],
        old_url=codec.load_text_or_none(line[19]) or "",
    )
