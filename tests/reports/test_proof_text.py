"""What reading back comes to, in one sentence and a few figures."""

from typing import Any

import pytest

from migrator.model import Counts
from migrator.reports.proof_text import VALUES, render_proof
from tests.reports.support import HOSTILE, proof

EQUAL = {"different": 0, "values_wrong": 0, "examples": (), "by_field": ()}


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        pytest.param({}, "Not proven: 1 ticket came out different, 0 missing.", id="one-differs"),
        pytest.param(
            {"different": 3, "missing": 2}, "Not proven: 3 tickets came out different, 2 missing.", id="some"
        ),
        pytest.param(
            {"ended": False}, "Not everything was read back yet: the same command goes on.", id="stopped"
        ),
        pytest.param(
            EQUAL | {"counts": Counts(created=999, failed=1)},
            "What is in is as it was sent; but not everything is in: see `migrator status`.",
            id="not-all-in",
        ),
        pytest.param(
            EQUAL, "Proven: all 999 tickets are in Featurebase as they were sent.", id="all-as-they-were"
        ),
        pytest.param(
            EQUAL | {"equal": 1, "explained": 0},
            "Proven: the only ticket is in Featurebase as it was sent.",
            id="the-one",
        ),
    ],
)
def test_the_proof_ends_with_one_sentence(facts: dict[str, Any], sentence: str) -> None:
    assert (
        " ".join(render_proof(proof(**facts)).partition("arrived as they were sent")[2].split()) == sentence
    )


def test_a_difference_is_named_with_both_values_and_its_field() -> None:
    text = render_proof(proof(), width=200)
    assert "title  1   different" in text
    assert "000417 (https://x.example/t/1):" in text
    assert "title, different: sent 'Printer', there 'Drucker'" in text
    assert "99.950 % arrived as they were sent" in text


def test_of_many_differences_of_a_ticket_the_first_are_named() -> None:
    (ticket,) = proof().examples
    many = type(ticket)(1, "1", 1, "", "different", ticket.differences * (VALUES + 3))
    assert render_proof(proof(examples=(many,)), width=200).count("sent 'Printer'") == VALUES


@pytest.mark.parametrize("evil", HOSTILE)
def test_nothing_that_came_back_steers_the_terminal(evil: str) -> None:
    (ticket,) = proof().examples
    hostile = type(ticket)(1, evil, 1, evil, "different", ticket.differences)
    text = render_proof(proof(examples=(hostile,), by_field=((evil, evil, 1),), target=evil))
    assert "\x1b" not in text
    assert "\x00" not in text
