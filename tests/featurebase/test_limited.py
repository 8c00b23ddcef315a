"""What is remembered of a 429, whatever it looks like."""

from __future__ import annotations

import json

import pytest

from migrator.featurebase import Limited, Shape
from migrator.featurebase.answers import Answer

DOCUMENTED = {"error": {"type": "rate_limit_error", "code": "too_many", "message": "key limit reached"}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(DOCUMENTED, (Shape.DOCUMENTED, "too_many", "key limit reached"), id="documented"),
        pytest.param({"code": 429, "message": "slow down"}, (Shape.FLAT, "", "slow down"), id="flat"),
        pytest.param({"retry": True}, (Shape.OTHER, "", "HTTP 429"), id="another-object"),
        pytest.param(["x"], (Shape.OTHER, "", '["x"]'), id="a-list"),
        pytest.param(b"<html>Too many</html>", (Shape.NONE, "", ""), id="a-page"),
        pytest.param(b"", (Shape.NONE, "", ""), id="nothing"),
        pytest.param(b"\xff\xfe", (Shape.NONE, "", ""), id="no-text"),
    ],
)
def test_the_body_is_told_by_its_shape(body, expected):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    found = Limited.of("GET", "/v2/tickets", Answer(429, {}, raw))
    assert (found.body, found.code, found.message) == expected


def test_the_headers_about_the_limit_are_kept_as_they_were_written():
    headers = {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "x-ratelimit-reset": "soon\x1b", "server": "x"}
    found = Limited.of("GET", "/v2/tickets", Answer(429, headers, b""))
    assert found.headers == {
        "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT",
        "X-RateLimit-Reset": "soon\\x1b",
    }


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/v2/tickets/42/reply", "GET /v2/tickets/{}/reply"),
        ("/v2/tickets?cursor=ann", "GET /v2/tickets"),
        ("/v2/tickets/custom_fields", "GET /v2/tickets/custom_fields"),
        ("/v2/contacts/507f1f77bcf86cd799439011", "GET /v2/contacts/{}"),
        ("/v2/contacts/by-user-id/ann", "GET /v2/contacts/by-user-id/{}"),
        ("/v2/companies/by-company-id/acme%2Finc", "GET /v2/companies/by-company-id/{}"),
    ],
)
def test_the_endpoint_names_nobody(path, endpoint):
    assert Limited.of("GET", path, Answer(429, {}, b"")).endpoint == endpoint
