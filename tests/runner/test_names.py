"""Whether the names that a mapping says are found missing before any row is read."""

from __future__ import annotations

import pytest

from migrator.featurebase import Directory
from migrator.mapping import Mapping, load_mapping_text
from migrator.runner.findings import Grade
from migrator.runner.names import check_names
from tests.featurebase.conftest import make_directory

BASE = """\
key: id
category: {category}
ticket:
  title: {{from: subject}}
  author: {{email: {{from: email}}}}
  fields:
    Legacy ID: {{from: id, legacy_id: true}}
"""


def mapping(extra: str = "", category: str = "Support") -> Mapping:
    return load_mapping_text(BASE.format(category=category) + extra, "m.yaml", tables={})


def told(made: Mapping, directory: Directory | None = None) -> list[tuple[Grade, str, str]]:
    findings = check_names(made, directory or make_directory())
    return [(each.grade, each.message, each.hint) for each in findings if each.grade is not Grade.OK]


def test_names_that_are_all_there_are_counted():
    made = mapping("  status: {from: s, values: {a: New, b: completed}}\n")
    (finding,) = check_names(made, make_directory())
    assert finding.grade is Grade.OK
    assert finding.message == "m.yaml says 4 names; the workspace has all that it cannot do without"


@pytest.mark.parametrize(
    ("extra", "grade", "message", "hint"),
    [
        pytest.param("  status: {from: s, values: {a: Resolvd}}\n", Grade.BAD, "no status 'Resolvd'", "did you mean 'Resolved'?", id="target"),
        pytest.param("  status: {from: s, values: {a: New}, unmapped: Opn}\n", Grade.BAD, "no status 'Opn'", "the workspace has", id="unmapped"),
        pytest.param("  status: {from: s, missing: Nw}\n", Grade.BAD, "no status 'Nw'", "'New'", id="missing"),
        pytest.param("  status: {from: s, unmapped: Nowhere}\n", Grade.BAD, "no status 'Nowhere'", "the workspace has", id="fallback"),
        pytest.param("  assignee: Ada Brok\n", Grade.BAD, "no admin 'Ada Brok'", "'Ada Brook'", id="constant"),
        pytest.param("  assignee: Ben Cole\n", Grade.BAD, "2 admins named 'Ben Cole'", "a-ben1, a-ben2", id="twice"),
        pytest.param("  company: {value: Acmee, optional: true}\n", Grade.CARE, "no company 'Acmee'; it is left out", "", id="optional"),
        pytest.param("replies: {each: c, body: {from: b}, author: {from: a}, fallback_agent: Zoe}\n", Grade.BAD, "no admin 'Zoe'", "", id="fallback-agent"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_there_is_told_with_its_line_and_a_suggestion(extra, grade, message, hint):
    ((found, words, way_out),) = told(mapping(extra))
    assert found is grade
    assert words.startswith("m.yaml, line ")
    assert message in words
    assert hint in way_out


def test_the_category_is_looked_for_too():
    ((grade, message, hint),) = told(mapping(category="Suport"))
    assert (grade, hint) == (Grade.BAD, "did you mean 'Support'?")
    assert message == "m.yaml, line 2, category: the workspace has no category 'Suport'"


def test_fields_and_their_choices_are_looked_for():
    made = mapping(
        "    Priority: {from: p, values: {a: High, b: Hihg}}\n    Prio: {from: p, optional: true}\n    Nix: {from: p}\n"
    )
    assert [(grade, message.split(": ")[1]) for grade, message, _ in told(made)] == [
        (Grade.BAD, "the workspace has no option of the field 'Priority' called 'Hihg'"),
        (Grade.CARE, "the workspace has no field 'Prio'; it is left out"),
        (Grade.BAD, "the workspace has no field 'Nix'"),
    ]


def test_what_a_text_field_is_given_is_no_name():
    assert told(mapping("    Loose: {from: p, values: {a: anything}}\n")) == []


@pytest.mark.parametrize("admins", [True, False], ids=["some", "none"])
def test_any_agent_stands_in_where_there_is_one(admins):
    made = mapping("replies: {each: c, body: {from: b}, author: {from: a}, fallback_agent: any}\n")
    directory = make_directory() if admins else make_directory(admins=())
    assert bool(told(made, directory)) is not admins


def test_a_mapping_that_brings_no_old_id_is_told_what_that_costs():
    made = load_mapping_text(BASE.format(category="Support").split("  fields:")[0], "m.yaml", tables={})
    ((grade, message, hint),) = told(made)
    assert (grade, message) == (Grade.CARE, "no field carries the old ticket id")
    assert "legacy_id: true" in hint
