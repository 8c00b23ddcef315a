"""What the contract says about a body, and the shapes in which it is said."""

from __future__ import annotations

import pytest

from migrator.sandbox.contract import operations

BAD = {"title": "x", "author": {"email": "secret words"}, "colour": 1}


def test_the_documented_shape_names_every_fault_and_repeats_no_value(make_api):
    error = make_api(errors="documented").post("/v2/tickets", BAD).json["error"]
    assert (error["type"], error["code"], error["status"]) == (
        "invalid_request_error",
        "missing_parameter",
        400,
    )
    assert {each["path"]: each["message"] for each in error["details"]} == {
        "body.ticketCategoryId": "Required",
        "body.title": "String must contain at least 2 character(s)",
        "body.author.email": "Invalid email",
        "body.colour": "Unrecognized key",
    }
    assert "secret" not in str(error)


@pytest.mark.parametrize("shape", ["flat", "mixed"])
def test_the_flat_shape_carries_the_path_in_its_text(make_api, shape):
    body = make_api(errors=shape).post("/v2/tickets", {**BAD, "ticketCategoryId": "x", "author": {}}).json
    assert body.keys() == {"code", "message"}
    assert "body.title: String must contain at least 2 character(s)" in body["message"]


def test_mixed_keeps_the_envelope_for_rules_and_flat_does_not(make_api):
    for shape, key in (("mixed", "error"), ("flat", "code")):
        api = make_api(errors=shape)
        assert key in api.post("/v2/tickets", api.ticket(statusId="0" * 24)).json
        assert "error" in api.post("/v2/tickets", api.ticket(assigneeId="0" * 24)).json


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"title": 1}, "title: Expected string", id="type"),
        pytest.param(
            {"author": {"userId": "x" * 256}}, "author.userId: String must contain at most 255", id="longest"
        ),
        pytest.param({"skipNotifications": "yes"}, "skipNotifications: Expected boolean", id="boolean"),
        pytest.param({"createdAt": 1}, "createdAt: Expected string or null", id="nullable"),
    ],
)
def test_faults_are_told_in_words(make_api, change, message):
    api = make_api(errors="documented")
    assert api.post("/v2/tickets", api.ticket(**change)).json["error"]["message"].startswith(message)


def test_a_fixed_path_wins_over_one_with_a_parameter():
    templates = [operation.template for operation in operations() if operation.method == "GET"]
    assert templates.index("/v2/tickets/categories") < templates.index("/v2/tickets/{id}")
