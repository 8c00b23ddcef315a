"""The `people` section: what it says of contacts, and who stands in for people without an address."""

from __future__ import annotations

from typing import Any

import pytest

from migrator.errors import MappingComplaints
from migrator.mapping import Mapping, Orders, apply, load_mapping_text
from migrator.model import Draft, Record, Rejected, SourceRef

BASE = """\
key: id
category: Support
timezone: UTC
ticket:
  title: {from: subject}
  author:
    email: {from: email}
    name: {from: name}
"""
FULL = """\
people:
  make: true
  phone: {from: phone}
  createdAt: {from: joined, as: datetime}
  company: {id: {from: org}, name: {from: org_name}}
"""
PLACEHOLDER = "people: {without_email: placeholder, placeholder: unknown@customers.invalid}\n"


def loaded(section: str) -> Mapping:
    return load_mapping_text(BASE + section, "m.yaml", tables={})


def drafted(section: str, **values: Any) -> Draft | Rejected:
    row = {"id": "1", "subject": "Hi", "email": "ann@example.com", "name": "Ann"} | values
    result = apply(Record(SourceRef("t.csv", 2), row), loaded(section), Orders())
    assert isinstance(result, Draft | Rejected)
    return result


def test_nobody_is_made_a_contact_unless_that_is_asked_for():
    assert drafted("").contact is None
    assert "admins" not in loaded("").needs


def test_what_the_row_says_of_its_requester_is_taken():
    contact = drafted(FULL, phone=" 1 ", joined="2019-03-01 10:00", org="umb", org_name="Umbrella").contact
    assert contact is not None
    assert [
        each.value for each in (contact.phone, contact.created_at, contact.company_id, contact.company_name)
    ] == [
        "1",
        "2019-03-01T10:00:00.000Z",
        "umb",
        "Umbrella",
    ]
    assert {"admins", "companies"} <= loaded(FULL).needs


def test_what_the_row_does_not_say_is_not_made_up():
    contact = drafted(FULL, phone="", joined="", org="", org_name="").contact
    assert (contact.phone, contact.created_at, contact.company_id, contact.company_name) == (None,) * 4


def test_an_unreadable_date_of_a_person_is_a_problem_like_any_other():
    result = drafted(FULL, phone="", joined="last spring", org="", org_name="")
    assert [problem.code for problem in result.problems] == ["date-unreadable"]


def test_the_columns_of_the_section_must_exist():
    with pytest.raises(MappingComplaints, match="no column 'phone'"):
        loaded(FULL).check_columns(["id", "subject", "email", "name", "joined", "org", "org_name"])


@pytest.mark.parametrize("name", ["Cy", ""])
def test_a_placeholder_stands_for_whom_nothing_identifies(name):
    draft = drafted(PLACEHOLDER, email="", name=name)
    assert (draft.author.email.value, draft.author.name, draft.stands_in_for) == (
        "unknown@customers.invalid",
        None,
        name,
    )
    assert [warning.code for warning in draft.warnings] == ["author-placeholder"]


def test_whoever_has_an_address_needs_no_placeholder():
    draft = drafted(PLACEHOLDER)
    assert (draft.author.email.value, draft.author.name.value, draft.stands_in_for) == (
        "ann@example.com",
        "Ann",
        "",
    )


def test_without_a_placeholder_the_row_is_rejected_and_told_of_one():
    (problem,) = drafted("", email="").problems
    assert problem.code == "author-missing"
    assert "placeholder" in problem.hint


@pytest.mark.parametrize(
    "address", ["unknown@customers.invalid", "x@example.com", "x@mail.example.org", "x@a.test", "x@localhost"]
)
def test_a_placeholder_at_a_reserved_domain_is_taken(address):
    assert (
        loaded(f"people: {{without_email: placeholder, placeholder: {address}}}\n").people.placeholder.value
        == address
    )


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("{without_email: placeholder, placeholder: info@acme.com}", "'info@acme.com' is no address at a reserved domain"),
        ("{without_email: placeholder, placeholder: x@example.com.evil.com}", "'x@example.com.evil.com' is no address at a reserved domain"),
        ("{without_email: placeholder, placeholder: unknown}", "'unknown' is no address at a reserved domain"),
        ("{without_email: placeholder}", "there is no `placeholder` to stand in"),
        ("{placeholder: x@example.com}", "nothing asks for the placeholder"),
        ("{update: true}", "`update` has no meaning where no contacts are made"),
        ("{createdAt: {from: joined, as: datetime}}", "`createdAt` has no meaning where no contacts are made"),
        ("{make: true, company: {name: {from: org}}}", "`id` is missing"),
        ("{make: true, company: {id: {from: org}, nam: x}}", "there is no `nam` here"),
        ("{without_email: drop}", "'drop' is not known here"),
    ],
)  # fmt: skip
def test_a_section_that_makes_no_sense_is_told(section, message):
    with pytest.raises(MappingComplaints) as caught:
        loaded(f"people: {section}\n")
    assert message in [complaint.message for complaint in caught.value.complaints]
    assert all(complaint.hint for complaint in caught.value.complaints)
