"""Collects what is wrong with one ticket and what is left out of it, for `wire.py` and `fields.py`."""

from __future__ import annotations

from collections import Counter

from migrator.model import Origin, Problem, Severity, SourceRef, shown

NOWHERE = Origin(at="")


class Findings:
    """Everything about one ticket at once, so that a row is corrected once."""

    def __init__(self, ref: SourceRef) -> None:
        self._ref = ref
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self.left_out: Counter[str] = Counter()

    def error(self, code: str, message: str, hint: str, origin: Origin, value: object = "") -> None:
        """The ticket cannot be sent like this."""
        self.errors.append(self._problem(code, message, hint, origin, value, Severity.ERROR))

    def warn(self, code: str, message: str, hint: str, origin: Origin, value: object = "") -> None:
        """The ticket is sent, and somebody should know."""
        self.warnings.append(self._problem(code, message, hint, origin, value, Severity.WARNING))

    def leave_out(self, what: str, count: int = 1) -> None:
        """The source has this, and it does not come over."""
        if count:
            self.left_out[what] += count

    def _problem(
        self, code: str, message: str, hint: str, origin: Origin, value: object, severity: Severity
    ) -> Problem:
        return Problem(
            code=code,
            message=message,
            hint=hint,
            severity=severity,
            ref=self._ref,
            column=origin.column,
            value=shown(value),
            at=origin.at,
        )
