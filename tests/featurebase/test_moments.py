"""What may be sent as `createdAt`."""

from __future__ import annotations

import pytest

from migrator.featurebase.findings import Findings
from migrator.featurebase.moments import milliseconds
from migrator.model import SourceRef
from tests.featurebase.drafts import named


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00.000Z", 0),
        ("2025-01-15T10:30:00.250Z", 1736937000250),
        ("2025-01-15T11:30:00+01:00", 1736937000000),
    ],
)
def test_a_moment_is_counted_in_milliseconds(text, expected):
    assert milliseconds(named(text), Findings(SourceRef("t.csv", 2))) == expected


@pytest.mark.parametrize("text", ["yesterday", "2025-01-15", "2025-01-15T10:30:00", "2025-13-01T00:00:00Z"])
def test_what_is_no_moment_is_a_problem_with_its_place(text):
    findings = Findings(SourceRef("t.csv", 2))
    assert milliseconds(named(text), findings) is None
    (problem,) = findings.errors
    assert (problem.code, problem.value, problem.at) == ("created-at-invalid", text, "m.yaml, line 3")
