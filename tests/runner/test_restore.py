"""Which cells of a corrected row are the same number as before, and which are corrections."""

from __future__ import annotations

import pytest

from migrator.ledger import Ledger
from migrator.model import Problem, Record, Rejected, SourceRef
from migrator.runner.restore import Restorer

PLACE = SourceRef("tickets.csv", 7)


@pytest.fixture
def restorer(tmp_path):
    def make(*cells: str, columns: str) -> Restorer:
        with Ledger.create(tmp_path / "t.ledger") as ledger:
            with ledger.staging() as stager:
                stager.rejected(Rejected("k", PLACE, (Problem("code", "message"),)), cells)
                ledger.set_facts({"columns": columns})
            return Restorer(ledger)

    return make


def given_back(values, *cells: str, place: str = str(PLACE)) -> Record:
    return Record(SourceRef("rejects.csv", 2), values, cells, earlier_place=place)


@pytest.mark.parametrize(
    ("before", "after", "now"),
    [
        pytest.param("000442", "442", "000442", id="leading-zeros"),
        pytest.param("00", "0", "00", id="only-zeros"),
        pytest.param("12345678901234567", "1.23457E+16", "12345678901234567", id="shown-as-a-power"),
        pytest.param("12345678901234567", "12345678901234500", "12345678901234567", id="fifteen-digits"),
        pytest.param("000442", "443", "443", id="another-number"),
        pytest.param("000442", "", "", id="emptied"),
        pytest.param("000442", "442 a", "442 a", id="more-than-a-number"),
        pytest.param("12345678901234567", "1E+16", "1E+16", id="too-little-is-shown"),
        pytest.param("12345678901234567", "NaN", "NaN", id="no-number"),
        pytest.param("12345678901234567", "-1.23457E+16", "-1.23457E+16", id="below-zero"),
        pytest.param("442", "0442", "0442", id="zeros-that-a-person-wrote"),
        pytest.param("T-0442", "442", "442", id="never-a-number"),
    ],
)
def test_only_the_same_number_is_put_back(restorer, before, after, now):
    record = restorer(before, "x", columns='["id", "text"]')(
        given_back({"id": after, "text": "x"}, after, "x")
    )
    assert (record.values, record.original) == ({"id": now, "text": "x"}, (now, "x"))


def test_a_column_whose_name_repeats_keeps_its_places(restorer):
    restore = restorer("1", "007", "008", columns='["id", "n", "n"]')
    record = restore(given_back({"id": "1", "n": ["7", "9"]}, "1", "7", "9"))
    assert record.values == {"id": "1", "n": ["007", "9"]}


def test_a_row_from_elsewhere_is_left_alone(restorer):
    restore = restorer("007", columns='["id"]')
    record = given_back({"id": "7"}, "7", place="tickets.csv, row 8")
    assert restore(record) is record


@pytest.mark.parametrize(
    ("before", "after", "now"),
    [
        pytest.param("a\r\nb", "a\nb", "a\r\nb", id="line-ends-that-a-spreadsheet-changed"),
        pytest.param("a\r\nb", "a\nc", "a\nc", id="text-that-a-person-changed"),
        pytest.param("a\nb", "a\nb", "a\nb", id="line-ends-that-were-never-others"),
    ],
)
def test_line_ends_are_put_back_in_text_that_nobody_touched(restorer, before, after, now):
    record = restorer("1", before, columns='["id", "text"]')(
        given_back({"id": "1", "text": after}, "1", after)
    )
    assert (record.values["text"], record.original) == (now, ("1", now))
