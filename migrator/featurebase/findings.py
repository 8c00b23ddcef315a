"""Collects what is wrong with one ticket, and what is left out of it, while its requests are written."""

from __future__ import annotations

from migrator.model import Origin, Problem, Severity, SourceRef, shown

NOWHERE = Origin(at="")


class Findings:
    """Everything about one ticket at once, so that a row is corrected once; each thing is told once."""

    def __init__(self, ref: SourceRef) -> None:
        self._ref = ref
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []
        self.left_out: dict[str, int] = {}

    def error(self, code: str, message: str, hint: str, origin: Origin, value: object = "") -> None:
        """The ticket cannot be sent like this."""
        self._note(self.errors, self._problem(code, message, hint, origin, value, Severity.ERROR))

    def warn(self, code: str, message: str, hint: str, origin: Origin, value: object = "") -> None:
        """The ticket is sent, and somebody should know."""
        self._note(self.warnings, self._problem(code, message, hint, origin, value, Severity.WARNING))

    def leave_out(self, what: str, count: int = 1) -> None:
        """The source has this, and it does not come over."""
        if count:
            self.left_out[what] = self.left_out.get(what, 0) + count

    @staticmethod
    def _note(noted: list[Problem], problem: Problem) -> None:
        # Every message of a thread may find the same. Comparing values first spares comparing all of it.
        if not any(problem.value == each.value and problem == each for each in noted):
            noted.append(problem)

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
