"""The sandbox against the API's description, judged by a validator that is not the sandbox's.

`Api` holds every answer of every test in this folder against the description; here every operation is called,
and bodies are broken in every way to compare the two judgements.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_core.exceptions import OpenAPIError
from openapi_spec_validator import OpenAPIV31SpecValidator

from migrator.sandbox.answers import Refusal
from migrator.sandbox.contract import Operation, check_body, operations
from tests.sandbox.bodies import resolved, values
from tests.sandbox.support import Api, description, judge, mock_request
from tests.witness import body_validator

NOBODY = "0" * 24


def everything(api: Api) -> dict[str, int]:
    """Calls each operation once with success; gives the statuses by operation id."""
    company = api.get("/v2/companies").json["data"][0]["id"]
    contact = api.post(
        "/v2/contacts", {"email": "a@example.com", "companies": [{"id": "acme", "name": "Acme"}]}
    )
    category, status, field = api.category(), api.status("New"), api.field("VIP")
    conversation = api.post(
        "/v2/conversations", {"from": {"type": "contact", "id": contact.json["id"]}, "bodyMarkdown": "Hi"}
    )
    tag = api.post("/v2/tags", {"name": "Imported"})
    spoken = f"/v2/conversations/{conversation.json['id']}"
    person, query = (
        f"/v2/contacts/{contact.json['id']}",
        {"query": {"field": "email", "operator": "=", "value": "a@example.com"}},
    )
    replies = {
        "upsertContact": contact,
        "createConversation": conversation,
        "upsertTag": tag,
        "createTicket": api.post("/v2/tickets", api.ticket(customFields={field: True})),
        "listTickets": api.get("/v2/tickets"),
        "replyToTicket": api.post(
            "/v2/tickets/1/reply",
            {"type": "admin", "adminId": api.admin(), "body": "x", "skipNotifications": True},
        ),
        "getTicket": api.get("/v2/tickets/1"),
        "updateTicket": api.patch("/v2/tickets/1", {"open": False}),
        "deleteTicket": api.delete("/v2/tickets/1"),
        "listTicketCategories": api.get("/v2/tickets/categories"),
        "getTicketCategory": api.get(f"/v2/tickets/categories/{category}"),
        "listTicketStatuses": api.get("/v2/tickets/statuses"),
        "getTicketStatus": api.get(f"/v2/tickets/statuses/{status}"),
        "listTicketCustomFields": api.get("/v2/tickets/custom_fields"),
        "getTicketCustomField": api.get(f"/v2/tickets/custom_fields/{field}"),
        "listConversations": api.get("/v2/conversations"),
        "getConversation": api.get(spoken),
        "updateConversation": api.patch(spoken, {"state": "closed"}),
        "replyToConversation": api.post(
            f"{spoken}/reply",
            {"type": "admin", "id": api.admin(), "bodyMarkdown": "x", "messageType": "note"},
        ),
        "attachConversationTag": api.post(
            f"{spoken}/tags", {"tagId": tag.json["id"], "actingAdminId": api.admin()}
        ),
        "listTags": api.get("/v2/tags"),
        "deleteConversation": api.delete(spoken),
        "listContacts": api.get("/v2/contacts"),
        "searchContacts": api.post("/v2/contacts/search", query),
        "getContactByUserId": api.post("/v2/contacts", {"email": "a@example.com", "userId": "u/1"})
        and api.get("/v2/contacts/by-user-id/u%2F1"),
        "getContact": api.get(person),
        "listCompanies": api.get("/v2/companies"),
        "upsertCompany": api.post("/v2/companies", {"companyId": "new", "name": "New"}),
        "searchCompanies": api.post("/v2/companies/search", {}),
        "getCompany": api.get(f"/v2/companies/{company}"),
        "listCompanyContacts": api.get(f"/v2/companies/{company}/contacts"),
        "attachContactToCompany": api.post(
            f"/v2/companies/{company}/contacts", {"contactId": contact.json["id"]}
        ),
        "deleteCompany": api.delete(f"/v2/companies/{company}"),
        "deleteContact": api.delete(person),
        "listAdmins": api.get("/v2/admins"),
        "getAdmin": api.get(f"/v2/admins/{api.admin('Dan Eker')}"),
        "listTeams": api.get("/v2/teams"),
        "listBrands": api.get("/v2/brands"),
        "listPostStatuses": api.get("/v2/post_statuses"),
        "listCustomFields": api.get("/v2/custom_fields"),
    }
    return {operation: reply.status for operation, reply in replies.items()}


def test_the_shipped_description_is_valid_openapi():
    assert list(OpenAPIV31SpecValidator(description()).iter_errors()) == []


def test_every_operation_of_the_description_answers_as_described(api):
    statuses = everything(api)
    declared = {each["operationId"] for path in description()["paths"].values() for each in path.values()}
    assert statuses.keys() == declared
    assert {operation: status for operation, status in statuses.items() if status not in (200, 201)} == {}


@pytest.mark.parametrize("shape", ["documented", "flat", "mixed"])
def test_every_operation_refuses_a_wrong_key_as_described(make_api, shape):
    api = make_api(errors=shape)
    api.key = "sk_wrong"
    for operation in operations():
        path = operation.template.replace("{id}", "1").replace("{userId}", "1")
        reply = api.send(operation.method, path, b"{}" if operation.bodies else None)
        assert reply.status == 401, operation.id
        assert "X-RateLimit-Limit" not in reply.headers


@pytest.mark.parametrize("shape", ["documented", "flat", "mixed"])
def test_every_operation_refuses_what_does_not_exist_as_described(make_api, shape):
    api = make_api(errors=shape)
    for operation in operations():
        if "{" not in operation.template:
            continue
        ticket = operation.template.startswith("/v2/tickets/{id}")
        path = operation.template.replace(
            "{id}", "999" if ticket else NOBODY[:16] if "conversations" in operation.template else NOBODY
        )
        body = {
            "replyToTicket": {"type": "admin", "adminId": api.admin(), "body": "x"},
            "replyToConversation": {
                "type": "admin",
                "id": api.admin(),
                "bodyMarkdown": "x",
                "messageType": "note",
            },
            "attachConversationTag": {"tagId": NOBODY, "actingAdminId": api.admin()},
            "attachContactToCompany": {"contactId": NOBODY},
        }.get(operation.id, {})
        reply = api.send(
            operation.method,
            path.replace("{userId}", "nobody"),
            json.dumps(body).encode() if operation.bodies else None,
        )
        assert reply.status == 404, operation.id


def bodies(api: Api) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """A full, valid body for every operation that takes one."""
    return {
        "createTicket": ("POST", "/v2/tickets", api.ticket(content="x", createdAt="2025-01-15T10:30:00.000Z", customFields={})),
        "updateTicket": ("PATCH", "/v2/tickets/1", {"title": "New title", "open": True, "assigneeId": None, "snoozedUntil": None}),
        "contactReply": ("POST", "/v2/tickets/1/reply", {"type": "contact", "contactEmail": "john@example.com", "body": "x", "createdAt": None}),
        "adminReply": ("POST", "/v2/tickets/1/reply", {"type": "admin", "adminId": api.admin(), "body": "x", "messageType": "note"}),
        "upsertContact": ("POST", "/v2/contacts", {"email": "b@example.com", "userId": "u", "name": "B", "companies": [{"id": "x", "name": "X"}], "roles": ["r"]}),
        "upsertCompany": ("POST", "/v2/companies", {"companyId": "x", "name": "X", "monthlySpend": 1, "companySize": None}),
        "searchContacts": ("POST", "/v2/contacts/search", {"query": {"field": "name", "operator": "~", "value": "b"}, "limit": 5}),
    }  # fmt: skip


SPOILERS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 10**30), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20), st.sampled_from(["", "x", "a@b", "x" * 600, "2025-01-15", "9999-12-31T23:59:59Z"]),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=5), st.none(), max_size=2),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_body_that_the_description_refuses_is_accepted(shared_api, data):
    method, path, body = data.draw(st.sampled_from(list(bodies(shared_api).values())))
    body = json.loads(json.dumps(body))
    target = data.draw(st.sampled_from([body, *(each for each in body.values() if isinstance(each, dict))]))
    name = data.draw(st.sampled_from([*target, "unknownKey"]))
    if name in target and data.draw(st.booleans()):
        del target[name]
    else:
        target[name] = data.draw(SPOILERS)
    raw = json.dumps(body).encode()
    reply = shared_api.send(method, path, raw)
    assert reply.status in (200, 201, 400, 404)
    try:
        judge().validate_request(mock_request(method, path, raw))
    except OpenAPIError:
        assert reply.status == 400


# --- every operation, called with whatever its description lets one think of ----------------------


def described(operation: Operation) -> dict[str, Any]:
    return description()["paths"][operation.template][operation.method.lower()]


WITH_BODY = {operation.id: operation for operation in operations() if operation.bodies}


@pytest.mark.parametrize("operation", WITH_BODY.values(), ids=WITH_BODY)
@given(data=st.data())
def test_a_body_is_refused_where_the_description_refuses_it_and_nowhere_else(operation, data):
    schema = described(operation)["requestBody"]["content"]["application/json"]["schema"]
    body = data.draw(values(schema, {}))
    allowed = body_validator(operation.method, operation.template).is_valid(body)
    refusal = ""
    try:
        check_body(operation, body)
    except Refusal as refused:
        refusal = str(refused)
    if not refusal.endswith("Invalid uri"):  # an address is any text to the judge
        assert allowed == (refusal == "")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_asked_is_answered_as_described_and_never_with_an_error_of_the_server(shared_api, data):
    """`Api` holds each answer against the description; what the judge refuses must be refused."""
    api = shared_api
    operation = data.draw(st.sampled_from(operations()))
    said = described(operation)
    contact = api.sandbox.tickets()[0]["author"]["id"] if api.sandbox.tickets() else NOBODY
    known = {
        "ticketCategoryId": api.category(), "statusId": api.status("New"), "contactId": contact,
        "adminId": api.admin(), "assigneeId": api.admin(), "actingAdminId": api.admin(),
    }  # fmt: skip
    path, query = operation.template, []
    for parameter in map(resolved, said.get("parameters", ())):
        if parameter["in"] == "path":
            drawn = data.draw(st.sampled_from(["1", contact, NOBODY, "abc"]))
            path = path.replace(f"{{{parameter['name']}}}", drawn)
        elif parameter["in"] == "query" and data.draw(st.booleans()):
            value = data.draw(values(parameter["schema"], known))
            texts = value if isinstance(value, list) else [value]
            query += [f"{parameter['name']}={quote(str(each), safe='')}" for each in texts]
    body = None
    if operation.bodies:
        body = data.draw(
            values(said["requestBody"]["content"]["application/json"]["schema"], known, spoilt=2)
        )
    raw = None if body is None and not operation.bodies else json.dumps(body).encode()
    whole = f"{path}?{'&'.join(query)}" if query else path
    as_form = operation.multipart and data.draw(st.booleans())
    reply = api.form(operation.method, whole, body) if as_form else api.send(operation.method, whole, raw)
    assert reply.status < 500
    try:
        judge().validate_request(mock_request(operation.method, whole, raw))
    except OpenAPIError:
        assert reply.status in (400, 404)


@pytest.fixture
def shared_api(api):
    if not api.sandbox.tickets():
        api.make()
    return api
