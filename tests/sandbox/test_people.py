"""Contacts and companies."""

from __future__ import annotations

import pytest


def test_a_contact_is_made_once_and_then_changed(api):
    full = {
        "email": "Ann@example.com",
        "userId": "u1",
        "name": "Ann",
        "phone": "1",
        "createdAt": "2015-01-01T00:00:00Z",
    }
    made = api.post("/v2/contacts", full)
    assert (made.status, made.json["createdAt"], made.json["phone"]) == (201, "2015-01-01T00:00:00.000Z", "1")
    changed = api.post("/v2/contacts", {"email": "ANN@example.com", "name": "Anna"})
    assert (changed.status, changed.json["id"], changed.json["name"]) == (200, made.json["id"], "Anna")
    assert (changed.json["phone"], changed.json["userId"]) == ("1", "u1")


def test_the_external_id_wins_for_matching(api):
    ann = api.post("/v2/contacts", {"email": "ann@example.com", "userId": "u1"}).json
    moved = api.post("/v2/contacts", {"email": "ann@new.example.com", "userId": "u1"}).json
    assert (moved["id"], moved["email"]) == (ann["id"], "ann@new.example.com")
    assert api.get("/v2/contacts/by-user-id/u1").json["id"] == ann["id"]


def test_an_email_gains_an_external_id_once(api):
    first = api.post("/v2/contacts", {"email": "ann@example.com"}).json
    assert api.post("/v2/contacts", {"email": "ann@example.com", "userId": "u1"}).json["id"] == first["id"]
    assert api.post("/v2/contacts", {"email": "ann@example.com", "userId": "u2"}).status == 400


def test_two_contacts_never_share_an_email(api):
    api.post("/v2/contacts", {"email": "ann@example.com", "userId": "u1"})
    api.post("/v2/contacts", {"email": "bob@example.com", "userId": "u2"})
    assert api.post("/v2/contacts", {"email": "Bob@example.com", "userId": "u1"}).status == 400


@pytest.mark.parametrize(
    "body", [{}, {"name": "x"}, {"userId": ""}, {"email": ""}, {"email": "x"}, {"email": "a@b.c", "x": 1}]
)
def test_a_contact_needs_an_identity_and_known_keys(api, body):
    assert api.post("/v2/contacts", body).status == 400


def test_companies_of_a_contact_are_made_by_external_id(api):
    companies = [{"id": "acme", "name": "Acme Corp"}, {"id": "new", "name": "New", "plan": "pro"}]
    contact = api.post("/v2/contacts", {"email": "a@example.com", "companies": companies}).json
    assert [each["name"] for each in contact["companies"]] == ["Acme Corp", "New"]
    by_external_id = {each["companyId"]: each for each in api.get("/v2/companies").json["data"]}
    assert set(by_external_id) == {"acme", "globex", "initech", "new"}
    assert (by_external_id["new"]["plan"], by_external_id["new"]["linkedUsers"]) == ("pro", 1)
    members = api.get(f"/v2/companies/{by_external_id['acme']['id']}/contacts").json["data"]
    assert [each["id"] for each in members] == [contact["id"]]


def test_attaching_adds_and_needs_both(api):
    companies = [each["id"] for each in api.get("/v2/companies").json["data"]]
    contact = api.post("/v2/contacts", {"email": "a@example.com"}).json["id"]
    for company in companies:
        reply = api.post(f"/v2/companies/{company}/contacts", {"contactId": contact})
    assert len(reply.json["companies"]) == 3
    assert api.post(f"/v2/companies/{companies[0]}/contacts", {"contactId": "0" * 24}).status == 404
    assert api.post(f"/v2/companies/{'0' * 24}/contacts", {"contactId": contact}).status == 404


def test_a_deleted_contact_is_gone_and_its_tickets_stay(api):
    contact = api.make()["author"]["id"]
    assert api.delete(f"/v2/contacts/{contact}").json["deleted"] is True
    assert api.get(f"/v2/contacts/{contact}").status == 404
    assert api.get("/v2/tickets/1").json["author"]["id"] == contact


def test_a_deleted_company_leaves_its_tickets(api):
    company = api.get("/v2/companies").json["data"][0]["id"]
    api.make(companyId=company)
    api.delete(f"/v2/companies/{company}")
    assert api.get("/v2/tickets/1").json["companyId"] is None


def test_a_malformed_id_is_told_apart_from_an_unknown_one(make_api):
    api = make_api(errors="documented")
    assert (api.get("/v2/contacts/42").status, api.get("/v2/contacts/42").code) == (400, "invalid_id")
    assert api.get(f"/v2/contacts/{'0' * 24}").code == "contact_not_found"
    assert api.get(f"/v2/tickets/categories/{'0' * 24}").code == "board_not_found"
    assert api.get(f"/v2/tickets/custom_fields/{'0' * 24}").code == "custom_field_not_found"


@pytest.fixture(scope="module")
def people():
    """Names by field; each test makes what it needs of them."""
    return [
        ("ann@example.com", "Ann Öster", "u1"),
        ("bob@example.com", "Bob", ""),
        ("cy@example.com", "Cy", "u3"),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"field": "email", "operator": "=", "value": "ANN@example.com"}, ["Ann Öster"], id="email-folded"),
        pytest.param({"field": "name", "operator": "~", "value": "ÖST"}, ["Ann Öster"], id="part-of-a-name"),
        pytest.param({"field": "externalId", "operator": "IN", "value": ["u1", "u3"]}, ["Ann Öster", "Cy"], id="in"),
        pytest.param(
            {"operator": "AND", "value": [
                {"field": "type", "operator": "=", "value": "customer"},
                {"field": "externalId", "operator": "NIN", "value": ["u1"]},
            ]}, ["Bob", "Cy"], id="and-not-in",
        ),
        pytest.param(
            {"operator": "AND", "value": [
                {"field": "createdAt", "operator": ">", "value": 0},
                {"field": "externalId", "operator": "!=", "value": None},
            ]}, ["Ann Öster", "Cy"], id="dates-and-null",
        ),
        pytest.param({"field": "createdAt", "operator": "<", "value": 0}, [], id="none"),
    ],
)  # fmt: skip
def test_contacts_are_searched(api, people, query, expected):
    for email, name, user_id in people:
        api.post("/v2/contacts", {"email": email, "name": name, **({"userId": user_id} if user_id else {})})
    found = api.post("/v2/contacts/search", {"query": query})
    assert [each["name"] for each in found.json["data"]] == expected


@pytest.mark.parametrize(
    ("clause", "code"),
    [
        pytest.param(
            {"field": "name", "operator": "!=", "value": "x"}, "query_too_broad", id="only-an-exclusion"
        ),
        pytest.param({"field": "shoe", "operator": "=", "value": 1}, "invalid_parameter", id="unknown-field"),
        pytest.param(
            {"field": "email", "operator": "~", "value": "x"}, "invalid_request", id="tilde-on-email"
        ),
        pytest.param(
            {"field": "email", "operator": "IN", "value": "x"}, "invalid_request", id="in-without-list"
        ),
        pytest.param({"field": "email", "operator": "=", "value": {"a": 1}}, "invalid_request", id="object"),
        pytest.param(
            {"field": "email", "operator": "=", "value": 10**30}, "invalid_request", id="huge-number"
        ),
        pytest.param(
            {"field": "companyIds", "operator": ">", "value": "x"}, "invalid_request", id="order-of-a-list"
        ),
        pytest.param(
            {"field": "name", "operator": "IN", "value": ["x"] * 501}, "invalid_request", id="long-list"
        ),
    ],
)
def test_searches_that_cannot_be_are_refused(make_api, clause, code):
    assert make_api(errors="documented").post("/v2/contacts/search", {"query": clause}).code == code


def test_contacts_are_searched_by_any_of_their_companies(api):
    companies = [{"id": "acme", "name": "Acme"}, {"id": "globex", "name": "Globex"}]
    api.post("/v2/contacts", {"email": "a@example.com", "companies": companies})
    query = {"field": "externalId", "operator": "=", "value": "globex"}
    (globex,) = api.post("/v2/companies/search", {"query": query}).json["data"]
    for operator, value in (("=", globex["id"]), ("IN", [globex["id"]])):
        clause = {"field": "companyIds", "operator": operator, "value": value}
        assert len(api.post("/v2/contacts/search", {"query": clause}).json["data"]) == 1


def test_found_companies_are_sorted_and_paged(api):
    body = {"sort": "createdAt:desc", "limit": 2, "query": {"field": "name", "operator": "~", "value": ""}}
    first = api.post("/v2/companies/search", body).json
    rest = api.post("/v2/companies/search", {**body, "cursor": first["nextCursor"]}).json
    assert [each["companyId"] for each in first["data"] + rest["data"]] == ["initech", "globex", "acme"]
    assert rest["nextCursor"] is None
    assert api.post("/v2/companies/search", {"sort": "plan:up"}).status == 400
