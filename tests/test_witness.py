"""The witness of all other tests: what the description does not allow does not pass it."""

from __future__ import annotations

import json

import pytest

from migrator.sandbox.app import Request
from migrator.sandbox.multipart import Part
from tests.sandbox.support import VERSION
from tests.witness import Witness

ID = "0123456789abcdef01234567"
TICKET = {"ticketCategoryId": ID, "title": "Hi", "author": {"email": "ann@example.com"}}
NOTE = {"type": "admin", "adminId": ID, "body": "x", "messageType": "note"}
CONTACT = {"email": "ann@example.com"}


def of(method: str, path: str, body: object = None, *, query: str = "", version: str = VERSION) -> Request:
    content = b"" if body is None else json.dumps(body).encode()
    return Request(method, path, query, version, "application/json", content)


def form(name: str = f"customFields.{ID}", data: object = TICKET) -> Request:
    parts = (Part("data", None, json.dumps(data).encode(), "", 0), Part(name, "a.txt", b"", "k", 1))
    return Request("POST", "/v2/tickets", "", VERSION, "multipart/form-data", b"", parts)


@pytest.mark.parametrize(
    "request_",
    [
        of("POST", "/v2/tickets", TICKET),
        of("POST", "/v2/tickets/7/reply", NOTE),
        of("GET", "/v2/tickets", query="limit=100&sortBy=ticketNumber"),
        of("GET", "/v2/tickets/categories"),
        of("POST", "/v2/contacts", CONTACT),
        of("DELETE", f"/v2/contacts/{ID}"),
        form(),
    ],
)
def test_what_the_description_allows_passes(request_):
    witness = Witness()
    witness(request_)
    assert (witness.complaints, witness.seen) == ([], 1)


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(of("POST", "/v2/tickets", {**TICKET, "tags": []}), id="unknown-key"),
        pytest.param(of("POST", "/v2/tickets", {**TICKET, "createdAt": "1.5.2024"}), id="no-moment"),
        pytest.param(of("POST", "/v2/tickets", {**TICKET, "author": {"email": "ann"}}), id="no-address"),
        pytest.param(of("POST", "/v2/tickets/7/reply", {**NOTE, "type": "contact"}), id="a-contacts-note"),
        pytest.param(of("POST", "/v2/tickets/7/reply", {**NOTE, "createdAt": 5}), id="another-type"),
        pytest.param(of("PATCH", "/v2/tickets/x", {"open": False}), id="no-number"),
        pytest.param(of("GET", "/v2/tickets", query="limit=1000"), id="parameter-out-of-range"),
        pytest.param(of("GET", "/v2/nowhere"), id="no-such-path"),
        pytest.param(of("PUT", "/v2/tickets/1", {"open": False}), id="no-such-method"),
        pytest.param(of("POST", "/v2/contacts"), id="body-missing"),
        pytest.param(of("GET", "/v2/tickets", TICKET), id="body-where-none-belongs"),
        pytest.param(of("POST", "/v2/contacts", {"name": "Ann"}), id="nobody-named"),
        pytest.param(of("POST", "/v2/companies", {"name": "Acme"}), id="company-without-an-id"),
        pytest.param(of("GET", "/v2/tickets", version="2025-12-12.clover"), id="another-version"),
        pytest.param(form(name="Files"), id="a-file-under-another-name"),
        pytest.param(form(data={"title": "Hi"}), id="a-form-without-what-is-required"),
    ],
)
def test_what_it_does_not_allow_is_complained_of_each_time(request_):
    witness = Witness()
    witness(of("POST", "/v2/tickets/7/reply", NOTE))  # the same form as some of those above
    witness(request_)
    assert witness.complaints
