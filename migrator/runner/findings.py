"""What a look at a workspace comes to, one finding at a time. What is looked at is decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How good a finding is."""

    OK = "ok"
    CARE = "care"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was found, and the way out where it is not well."""

    topic: str
    grade: Grade
    message: str
    hint: str = ""


def is_healthy(findings: Sequence[Finding]) -> bool:
    """Whether nothing stands in the way."""
    return not any(each.grade is Grade.BAD for each in findings)
