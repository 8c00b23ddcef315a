"""What columns are taken for, by their names in several languages and by their values."""

from __future__ import annotations

from typing import Any

import pytest

from migrator.mapping import ColumnFacts, Meaning, suggest
from migrator.mapping.vocabulary import Stage, folded, priority_of, stage_of

PLAIN = ColumnFacts(
    name="", in_list=False, filled=9, records=9, distinct=3, is_complete=True, repeated=None, longest_characters=20,
    is_times=False, is_epoch=False, is_email=False, is_url=False, is_markup=False,
)  # fmt: skip
UNIQUE = {"distinct": 9}
EMAIL = {"is_email": True}
TIMES = {"is_times": True}


def facts(name: str, **known: Any) -> ColumnFacts:
    values = {slot: getattr(PLAIN, slot) for slot in ColumnFacts.__slots__}
    return ColumnFacts(**{**values, "name": name, **known})


def meanings(*columns: ColumnFacts) -> dict[str, Meaning]:
    return {name: each.meaning for name, each in suggest(columns).items()}


@pytest.mark.parametrize(
    ("name", "known", "meaning"),
    [
        pytest.param("Ticket ID", UNIQUE, Meaning.KEY, id="en-key"),
        pytest.param("CaseNo", {}, Meaning.KEY, id="case-number"),
        pytest.param("SentOn", TIMES, Meaning.CREATED, id="sent"),
        pytest.param("Betreff", {}, Meaning.TITLE, id="de-title"),
        pytest.param("Descripción", {}, Meaning.CONTENT, id="es-content"),
        pytest.param("Adresse e-mail", EMAIL, Meaning.EMAIL, id="fr-email"),
        pytest.param("Richiedente", {}, Meaning.NAME, id="it-name"),
        pytest.param("Aangemaakt op", TIMES, Meaning.CREATED, id="nl-created"),
        pytest.param("Priorytet", {}, Meaning.PRIORITY, id="pl-priority"),
        pytest.param("Responsável", {}, Meaning.ASSIGNEE, id="pt-assignee"),
        pytest.param("createdAt", TIMES, Meaning.CREATED, id="camel-case"),
        pytest.param("requester.email", EMAIL, Meaning.EMAIL, id="path"),
        pytest.param("status.name", {}, Meaning.STATUS, id="part-of-an-object"),
    ],
)
def test_a_name_says_what_a_column_is_for(name, known, meaning):
    assert meanings(facts(name, **known)) == {name: meaning}


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(facts("Email"), id="email-without-addresses"),
        pytest.param(facts("Created"), id="created-without-times"),
        pytest.param(facts("Status", distinct=500), id="status-with-too-many-values"),
        pytest.param(facts("Subject", filled=0), id="empty"),
        pytest.param(facts("comments[].subject", in_list=True), id="inside-a-list"),
        pytest.param(facts("Whatever"), id="unknown"),
    ],
)
def test_what_its_values_contradict_or_nothing_speaks_for_is_not_suggested(column):
    assert meanings(column) == {}


def test_of_several_candidates_the_better_name_is_taken():
    found = meanings(facts("Name"), facts("Requester name"))
    assert found == {"Requester name": Meaning.NAME}


def test_an_id_that_is_unique_goes_before_one_with_a_better_name():
    found = meanings(facts("Ticket ID", repeated=2), facts("No", repeated=0))
    assert found == {"No": Meaning.KEY}


def test_texts_that_all_differ_are_no_ids():
    assert meanings(facts("Text", **UNIQUE), facts("Whatever", **UNIQUE)) == {
        "Text": Meaning.CONTENT,
        "Whatever": Meaning.KEY,
    }


def test_the_only_column_of_addresses_is_the_author():
    assert meanings(facts("Kontakt 2", **EMAIL)) == {"Kontakt 2": Meaning.EMAIL}
    assert meanings(facts("a", **EMAIL), facts("b", **EMAIL)) == {}


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        pytest.param("Open", Stage.OPEN, id="en"),
        pytest.param("Gelöst", Stage.DONE, id="de"),
        pytest.param("PENDIENTE", Stage.WAITING, id="es"),
        pytest.param("Fermé", Stage.DONE, id="fr"),
        pytest.param("In attesa", Stage.WAITING, id="it"),
        pytest.param("Gesloten", Stage.DONE, id="nl"),
        pytest.param("Zamknięte", Stage.DONE, id="pl"),
        pytest.param("Em andamento", Stage.OPEN, id="pt"),
        pytest.param("Escalated to engineering", None, id="unknown"),
    ],
)
def test_a_status_is_guessed_only_where_it_plainly_names_a_stage(status, stage):
    assert stage_of(status) is stage


def test_priorities_are_known_by_their_words():
    assert [priority_of(each) for each in ("Hoch", "baja", "P1")] == ["High", "Low", None]


def test_names_are_compared_without_marks():
    assert folded("Créé_le: ") == folded("cree le")
