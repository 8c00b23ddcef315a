"""Names find their entries: by id, exactly, then loosely; never by guessing between two."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.featurebase import Admin, Category, Company, Directory, Field, Option, Status
from migrator.featurebase.directory import Several
from tests.featurebase.conftest import make_directory


@pytest.mark.parametrize(
    ("listed", "name", "found"),
    [
        pytest.param("categories", "c-support", "c-support", id="category-by-id"),
        pytest.param("categories", "Support", "c-support", id="category-by-name"),
        pytest.param("categories", "  sUPPORT ", "c-support", id="category-loosely"),
        pytest.param("categories", "C-SUPPORT", None, id="ids-are-exact"),
        pytest.param("statuses", "waiting  on customer", "s-waiting", id="status-loosely"),
        pytest.param("statuses", "completed", "s-done", id="status-by-stage"),
        pytest.param("statuses", "Unstarted", "s-new", id="status-by-default-of-stage"),
        pytest.param("statuses", "active", "s-progress", id="status-by-first-of-stage"),
        pytest.param("statuses", "canceled", None, id="stage-without-status"),
        pytest.param("fields", "priority", "f-select", id="field-by-label"),
        pytest.param("fields", "twin", ("f-twin-1", "f-twin-2"), id="two-fields-of-one-name"),
        pytest.param("fields", "f-twin-2", "f-twin-2", id="an-id-tells-twins-apart"),
        pytest.param("admins", "ADA@WORK.example", "a-ada", id="admin-by-email"),
        pytest.param("admins", "ada brook", "a-ada", id="admin-by-name"),
        pytest.param("admins", "Ben Cole", ("a-ben1", "a-ben2"), id="two-admins-of-one-name"),
        pytest.param("admins", "ben@work.example", "a-ben1", id="an-email-tells-admins-apart"),
        pytest.param("admins", "", None, id="nobody-is-called-nothing"),
        pytest.param("companies", "acme", "co-acme", id="company-by-external-id"),
        pytest.param("companies", "acme inc", "co-acme", id="company-by-name"),
        pytest.param("companies", "9", "co-2", id="external-id-that-is-a-number"),
        pytest.param("companies", "Umbrella", None, id="unknown-company"),
    ],
)
def test_a_name_is_looked_up_in_the_order_of_certainty(directory, listed, name, found):
    result = directory.index(listed).find(name)
    if isinstance(found, tuple):
        assert result == Several(found)
    else:
        assert (result.id if result else None) == found


def test_an_exact_name_wins_over_a_loose_one():
    twins = (Status("s-1", "open", "active"), Status("s-2", "Open", "active"))
    index = make_directory(statuses=twins).index("statuses")
    assert index.find("Open") == twins[1]
    assert index.find("OPEN") == Several(("s-1", "s-2"))


@pytest.mark.parametrize(
    ("listed", "name", "advice"),
    [
        ("categories", "Suport", "did you mean 'Support'?"),
        ("categories", "Zebra", "the workspace has: Support, Strict, Internal, Tracker, Odd"),
        ("companies", "Acme", "did you mean 'Acme Inc'?"),
    ],
)
def test_advice_names_what_is_close_or_what_there_is(directory, listed, name, advice):
    assert directory.index(listed).advice(name) == advice


def test_advice_stays_short_in_a_large_workspace():
    companies = tuple(Company(f"id{n}", f"x{n}", f"Company {n}") for n in range(5000))
    advice = make_directory(companies=companies).index("companies").advice("Company")
    assert advice.endswith("and 4992 more")
    assert len(advice) < 200


def test_an_empty_list_says_so():
    assert Directory().index("companies").advice("x") == "the workspace has none"


def test_a_directory_survives_text_and_pickling(directory):
    assert Directory.from_text(directory.to_text()) == directory
    again = pickle.loads(pickle.dumps(directory))
    assert again == directory
    assert again.index("fields").find("Priority") == directory.index("fields").find("Priority")


def test_a_list_that_was_not_loaded_stays_not_loaded():
    partial = make_directory(companies=(), loaded=frozenset({"categories", "statuses", "fields", "admins"}))
    again = Directory.from_text(partial.to_text())
    assert again == partial
    assert not again.offline


def test_an_unchecked_directory_is_offline_and_says_what_nobody_looked_at():
    nothing = Directory.unchecked()
    assert nothing.offline
    assert nothing.loaded == frozenset()
    assert Directory.from_text(nothing.to_text()) == nothing
    assert nothing.workspace == frozenset()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"select_as": "id", "categories": [{"x": 1}]}', '{"select_as": "id", "fields": 3}', "\x00"]
)  # fmt: skip
def test_a_text_that_is_no_directory_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match="not a directory"):
        Directory.from_text(text)


def test_the_workspace_is_told_by_categories_and_statuses(directory):
    categories = {"c-support", "c-strict", "c-internal", "c-tracker", "c-odd"}
    assert directory.workspace == categories | {"s-new", "s-progress", "s-waiting", "s-done"}


@pytest.mark.parametrize(("label", "found"), [("legacy id", "f-text"), ("Twin", ""), ("Nope", ""), ("", "")])
def test_a_field_is_known_by_its_id_only_where_there_is_one(directory, label, found):
    assert directory.field_id(label) == found


@pytest.mark.parametrize(
    ("email", "known"), [("Ada@work.example", True), ("x@work.example", False), ("", False)]
)
def test_who_works_here_is_known_by_email(directory, email, known):
    assert directory.is_admin(email) is known


NAMES = st.text(max_size=6)


@given(
    categories=st.lists(st.builds(Category, NAMES, NAMES, NAMES, st.none() | st.tuples(NAMES)), max_size=3),
    fields=st.lists(
        st.builds(Field, NAMES, NAMES, NAMES, st.booleans(), st.tuples(st.builds(Option, NAMES, NAMES))),
        max_size=3,
    ),
    admins=st.lists(st.builds(Admin, NAMES, NAMES, NAMES), max_size=3),
    wanted=NAMES,
)
def test_any_workspace_survives_text_and_any_name_may_be_asked_for(categories, fields, admins, wanted):
    directory = Directory(categories=tuple(categories), fields=tuple(fields), admins=tuple(admins))
    assert Directory.from_text(directory.to_text()) == directory
    for listed in ("categories", "fields", "admins"):
        directory.index(listed).find(wanted)
        assert directory.index(listed).advice(wanted)


def test_the_way_choices_are_sent_can_be_changed_and_is_remembered(directory):
    labels = replace(directory, select_as="label")
    assert Directory.from_text(labels.to_text()).select_as == "label"
    assert labels.index("fields").find("Priority") == directory.index("fields").find("Priority")
