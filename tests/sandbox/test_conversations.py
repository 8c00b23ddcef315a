"""Threads of tickets, and conversations of their own."""

from __future__ import annotations

import pytest

NOBODY = "0" * 24


def parts(api, number=1):
    return api.get(f"/v2/tickets/{number}").json["conversationParts"]


def admin_says(api, body="<p>x</p>", **more):
    return api.post("/v2/tickets/1/reply", {"type": "admin", "adminId": api.admin(), "body": body, **more})


def test_the_description_is_the_first_part_of_the_thread(api):
    api.make(content="<p>Help</p>", createdAt="2020-01-01T00:00:00Z")
    (part,) = parts(api)
    assert (part["partType"], part["bodyHtml"]) == ("user_msg", "<p>Help</p>")
    assert part["createdAt"] == "2020-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("options", "more"),
    [
        pytest.param({"description_as_part": False}, {"content": "x"}, id="switched-off"),
        pytest.param({}, {"content": ""}, id="no-content"),
    ],
)
def test_a_thread_can_begin_empty(make_api, options, more):
    api = make_api(**options)
    api.make(**more)
    assert parts(api) == []


def test_replies_keep_author_time_kind_and_order_of_time(api):
    api.make()
    admin_says(api, "<p>3</p>", createdAt="2020-01-03T00:00:00Z")
    customer = {"type": "contact", "contactEmail": "JOHN@example.com", "body": "<p>1</p>"}
    api.post("/v2/tickets/1/reply", {**customer, "createdAt": "2020-01-01T00:00:00Z"})
    reply = admin_says(api, "<p>2</p>", createdAt="2020-01-02T00:00:00Z", messageType="note")
    assert reply.json["ticketNumber"] == 1
    assert "conversationParts" not in reply.json
    shown = [(part["partType"], part["bodyHtml"], part["author"]["email"]) for part in parts(api)]
    assert shown == [
        ("user_msg", "<p>1</p>", "john@example.com"),
        ("admin_note", "<p>2</p>", "ada@sandbox.example"),
        ("admin_msg", "<p>3</p>", "ada@sandbox.example"),
    ]
    assert {part["id"] for part in parts(api)} == {"1", "2", "3"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"type": "contact", "contactEmail": "stranger@example.com", "body": "x"}, 404, id="stranger"),
        pytest.param({"type": "contact", "contactId": NOBODY, "body": "x"}, 404, id="unknown-contact"),
        pytest.param({"type": "admin", "adminId": NOBODY, "body": "x"}, 404, id="unknown-admin"),
        pytest.param({"type": "contact", "body": "x"}, 400, id="nobody"),
        pytest.param({"type": "contact", "contactEmail": "john@example.com", "body": ""}, 400, id="empty"),
        pytest.param(
            {"type": "contact", "contactEmail": "john@example.com", "body": "x", "messageType": "note"}, 400, id="contact-note"
        ),
        pytest.param({"type": "bot", "body": "x"}, 400, id="unknown-type"),
        pytest.param({"body": "x"}, 400, id="no-type"),
    ],
)  # fmt: skip
def test_replies_that_cannot_be_are_refused_and_leave_nothing(api, body, status):
    api.make()
    assert api.post("/v2/tickets/1/reply", body).status == status
    assert parts(api) == []


def test_a_missing_identifier_is_a_missing_parameter(make_api):
    api = make_api(errors="documented")
    api.make()
    assert api.post("/v2/tickets/1/reply", {"type": "contact", "body": "x"}).code == "missing_parameter"


@pytest.mark.parametrize("kind", ["Internal", "Bugs"])
def test_back_office_and_tracker_tickets_carry_notes_only(api, kind):
    api.make(ticketCategoryId=api.category(kind))
    assert admin_says(api).status == 400
    assert admin_says(api, messageType="note").status == 200
    assert [part["partType"] for part in parts(api)] == ["admin_note"]


def test_without_linked_conversations_nothing_can_be_replied(make_api):
    api = make_api(linked_conversations=False, errors="documented")
    assert api.make()["linkedConversations"] == []
    reply = admin_says(api)
    assert (reply.status, reply.code) == (400, "invalid_request")


def test_attachments_are_at_most_ten_https_urls(api):
    api.make()
    urls = [f"https://files.example.com/{number}.pdf" for number in range(10)]
    assert admin_says(api, attachmentUrls=urls).status == 200
    assert api.sandbox.attachments(1) == [urls]
    assert admin_says(api, attachmentUrls=[*urls, urls[0]]).status == 400
    assert admin_says(api, attachmentUrls=["http://files.example.com/1.pdf"]).status == 400
    assert admin_says(api, attachmentUrls=["no address"]).status == 400


def test_a_reply_changes_when_the_ticket_was_updated_and_does_not_reopen_it(api):
    api.make()
    before = api.patch("/v2/tickets/1", {"open": False}).json
    after = admin_says(api).json
    assert after["updatedAt"] >= before["updatedAt"]
    assert after["open"] is False


def test_html_is_kept_unless_the_sandbox_cleans_it(make_api):
    html = '<p onclick="x()">Hi<script>alert(1)</script> <a href="javascript:x">a</a></p>'
    for sanitise, expected in ((False, html), (True, "<p>Hi <a>a</a></p>")):
        api = make_api(sanitise=sanitise)
        assert api.make(content=html)["content"] == expected
        admin_says(api, html)
        assert parts(api)[-1]["bodyHtml"] == expected


def test_conversations_are_talked_in_and_closed_with_their_ticket(api):
    api.make()
    body = {"type": "admin", "id": api.admin(), "bodyMarkdown": "a <b>\n\nc", "messageType": "reply"}
    reply = api.post("/v2/conversations/1/reply", body)
    assert (reply.status, reply.json["bodyHtml"]) == (201, "<p>a &lt;b&gt;</p><p>c</p>")
    contact = api.get("/v2/contacts").json["data"][0]["id"]
    said = api.post(
        "/v2/conversations/1/reply",
        {"type": "contact", "id": contact, "bodyMarkdown": "b", "messageType": "reply"},
    )
    assert said.json["partType"] == "user_msg"
    team = next(iter(api.sandbox.workspace.teams))
    assert (
        api.patch("/v2/conversations/1", {"state": "closed", "teamAssigneeId": team}).json["state"]
        == "closed"
    )
    ticket = api.get("/v2/tickets/1").json
    assert (ticket["open"], ticket["teamAssigneeId"]) == (False, team)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"state": "snoozed"}, 400, id="snoozed-without-end"),
        pytest.param(
            {"state": "snoozed", "snoozedUntil": "2000-01-01T00:00:00Z"}, 400, id="snoozed-until-the-past"
        ),
        pytest.param({"adminAssigneeId": NOBODY}, 404, id="unknown-admin"),
        pytest.param({"markAsRead": {"allAdmins": True}}, 400, id="not-done-here"),
        pytest.param(
            {"title": "x", "state": "snoozed", "snoozedUntil": "2100-01-01T00:00:00Z"}, 200, id="snoozed"
        ),
    ],
)
def test_conversation_updates(api, body, status):
    api.make()
    assert api.patch("/v2/conversations/1", body).status == status


def test_an_admin_needs_recipients_to_start_a_conversation(api):
    body = {"from": {"type": "admin", "id": api.admin()}, "bodyMarkdown": "Hi"}
    assert api.post("/v2/conversations", body).status == 400
    body["recipients"] = {"to": {"emails": ["a@example.com"]}}
    assert api.post("/v2/conversations", {**body, "channel": "email"}).status == 400
    assert api.post("/v2/conversations", {**body, "channel": "email", "subject": "S"}).json["title"] == "S"


def test_tags_are_made_renamed_and_attached_once(api):
    api.make()
    tag = api.post("/v2/tags", {"name": "old"}).json
    assert api.post("/v2/tags", {"name": "old"}).json == tag
    assert api.post("/v2/tags", {"name": "new", "id": tag["id"]}).json["name"] == "new"
    api.post("/v2/tags", {"name": "other"})
    assert api.post("/v2/tags", {"name": "other", "id": tag["id"]}).status == 400
    attach = {"tagId": tag["id"], "actingAdminId": api.admin()}
    assert [api.post("/v2/conversations/1/tags", attach).status for _ in range(2)] == [200, 200]
    assert [each["name"] for each in api.get("/v2/conversations/1").json["tags"]] == ["new"]
