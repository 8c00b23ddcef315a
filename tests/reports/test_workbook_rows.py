from __future__ import annotations

import pytest

from migrator.reports.workbook_rows import places_of


@pytest.mark.parametrize(
    ("column", "places"),
    [
        pytest.param("Subject", [1], id="by-name"),
        pytest.param(" subject", [1], id="whatever-its-case"),
        pytest.param("Note", [2, 3], id="all-that-share-a-name"),
        pytest.param("Note.1", [3], id="one-of-them"),
        pytest.param("Note.7", [], id="none-of-them"),
        pytest.param("requester.email", [], id="a-path"),
        pytest.param("", [], id="nobody"),
    ],
)
def test_a_problem_finds_its_cells(column: str, places: list[int]) -> None:
    assert places_of(column, ("id", "Subject", "Note", "Note")) == places
