"""Tickets over the wire."""

from __future__ import annotations

import pytest

NOBODY = "0" * 24


def numbers(reply):
    return [ticket["ticketNumber"] for ticket in reply.json["data"]]


def test_a_ticket_comes_back_as_it_was_sent(api):
    company = api.get("/v2/companies").json["data"][0]["id"]
    ticket = api.make(
        title="  Über <b>spaces</b>  ",
        content="<p>zero\u0000width \U0001f600</p>",
        statusId=api.status("Resolved"),
        assigneeId=api.admin("Ben Cole"),
        companyId=company,
        createdAt="2019-03-01T12:00:00+02:00",
        customFields={api.field("Legacy ID"): "007"},
    )
    again = api.get("/v2/tickets/1").json
    again.pop("conversationParts")
    assert again == ticket
    assert (ticket["title"], ticket["content"]) == (
        "  Über <b>spaces</b>  ",
        "<p>zero\u0000width \U0001f600</p>",
    )
    assert (ticket["createdAt"], ticket["status"]["name"]) == ("2019-03-01T10:00:00.000Z", "Resolved")
    assert (ticket["assigneeId"], ticket["companyId"]) == (api.admin("Ben Cole"), company)
    assert ticket["customFields"] == {api.field("Legacy ID"): "007"}
    assert ticket["updatedAt"] > ticket["createdAt"]


def test_without_a_status_a_ticket_gets_the_default_one(api):
    assert api.make()["status"]["name"] == "New"


def test_numbers_are_sequential_and_never_used_again(api):
    assert [api.make()["ticketNumber"] for _ in range(3)] == [1, 2, 3]
    assert api.post("/v2/tickets", api.ticket(title="x")).status == 400
    assert api.delete("/v2/tickets/3").status == 200
    assert api.make()["ticketNumber"] == 4
    assert api.get("/v2/tickets/3").status == 404


@pytest.mark.parametrize(
    ("more", "status", "code", "param"),
    [
        pytest.param({"ticketCategoryId": NOBODY}, 404, "resource_not_found", "ticketCategoryId", id="category"),
        pytest.param({"assigneeId": NOBODY}, 404, "resource_not_found", "assigneeId", id="assignee"),
        pytest.param({"author": {"id": NOBODY}}, 404, "resource_not_found", "id", id="author-id"),
        pytest.param({"companyId": NOBODY}, 400, "invalid_request", "companyId", id="company"),
        pytest.param({"companyId": "acme"}, 400, "invalid_request", "companyId", id="external-company-id"),
        pytest.param({"statusId": NOBODY}, 400, "invalid_request", "statusId", id="status"),
        pytest.param({"linkedConversationId": "99"}, 404, "resource_not_found", "linkedConversationId", id="conversation"),
        pytest.param({"author": {}}, 400, "missing_parameter", "author", id="nobody"),
        pytest.param({"author": {"name": "Ann"}}, 400, "missing_parameter", "author", id="only-a-name"),
        pytest.param({"author": {"email": "a b@example.com"}}, 400, "invalid_request", "author.email", id="bad-email"),
        pytest.param({"title": "x"}, 400, "invalid_request", "title", id="short-title"),
        pytest.param({"createdAt": "2025-01-15T10:30:00"}, 400, "invalid_request", "createdAt", id="no-zone"),
        pytest.param({"createdAt": "2025-02-30T10:30:00Z"}, 400, "invalid_request", "createdAt", id="no-such-day"),
        pytest.param({"priority": "high"}, 400, "invalid_request", "priority", id="unknown-key"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_leaves_nothing(make_api, more, status, code, param):
    api = make_api(errors="documented")
    reply = api.post("/v2/tickets", api.ticket(**more))
    assert (reply.status, reply.code, reply.json["error"]["param"]) == (status, code, param)
    assert api.sandbox.tickets() == []
    assert api.get("/v2/contacts").json["data"] == []


def test_authors_are_found_by_email_in_any_case_or_made(api):
    first = api.make(author={"email": "John@Example.com", "name": "John Doe"})
    second = api.make(author={"email": "john@example.COM", "name": "Somebody else"})
    assert first["author"] == second["author"]
    assert first["author"]["name"] == "John Doe"
    assert len(api.get("/v2/contacts").json["data"]) == 1


def test_an_external_id_wins_over_an_email(api):
    ann = api.make(author={"userId": "u1", "email": "ann@example.com"})["author"]
    api.make(author={"email": "bob@example.com"})
    assert api.make(author={"userId": "u1", "email": "bob@example.com"})["author"]["id"] == ann["id"]
    assert api.make(author={"id": ann["id"], "email": "bob@example.com"})["author"]["id"] == ann["id"]


def test_the_email_of_an_admin_makes_the_admin_the_author(api):
    author = api.make(author={"email": "ADA@sandbox.example"})["author"]
    assert (author["type"], author["id"]) == ("admin", api.admin("Ada Brook"))
    assert api.make(author={"id": api.admin("Dan Eker")})["author"]["type"] == "admin"


@pytest.fixture
def five(api):
    """Tickets 1 to 5, backdated so that their dates run the other way."""
    for number in range(1, 6):
        api.make(
            title=f"Ticket {number} {'Größe' if number == 2 else ''}",
            content="<p>needle</p>" if number == 4 else "",
            createdAt=f"2020-01-{10 - number:02}T00:00:00Z",
            statusId=api.status("Resolved" if number % 2 else "New"),
            ticketCategoryId=api.category("Bugs" if number == 5 else "Support"),
            assigneeId=api.admin() if number == 3 else api.admin("Ben Cole"),
        )
    return api


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", [1, 2, 3, 4, 5], id="newest-date-first"),
        pytest.param("?sortOrder=asc", [5, 4, 3, 2, 1], id="oldest-date-first"),
        pytest.param("?sortBy=ticketNumber", [5, 4, 3, 2, 1], id="highest-number-first"),
        pytest.param("?sortBy=recent&sortOrder=asc", [1, 2, 3, 4, 5], id="last-change"),
        pytest.param("?categoryType=tracker", [5], id="category-type"),
        pytest.param("?q=NEEDLE", [4], id="text-in-content"),
        pytest.param("?q=gr%C3%B6SSE", [2], id="text-in-title-folded"),
        pytest.param("?q=%25", [], id="no-wildcards"),
    ],
)
def test_lists_are_sorted_and_filtered(five, query, expected):
    assert numbers(five.get(f"/v2/tickets{query}")) == expected


def test_filters_by_several_ids_at_once(five):
    new, resolved = five.status("New"), five.status("Resolved")
    assert numbers(five.get(f"/v2/tickets?statusIds={new}")) == [2, 4]
    assert numbers(
        five.get(f"/v2/tickets?statusIds={new}&statusIds={resolved}&assigneeId={five.admin()}")
    ) == [3]
    assert numbers(five.get(f"/v2/tickets?ticketCategoryIds={five.category('Bugs')}")) == [5]


@pytest.mark.parametrize("sort", ["date", "recent", "ticketNumber"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_hold_everything_once_though_tickets_arrive_meanwhile(five, sort, order):
    seen, cursor = [], ""
    while cursor is not None:
        reply = five.get(
            f"/v2/tickets?limit=2&sortBy={sort}&sortOrder={order}{cursor and '&cursor=' + cursor}"
        )
        seen += numbers(reply)
        cursor = reply.json["nextCursor"]
        five.make(createdAt="2000-01-01T00:00:00Z") if len(seen) == 2 else None
    assert sorted(number for number in seen if number <= 5) == [1, 2, 3, 4, 5]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("cursor=nonsense", id="nonsense"),
        pytest.param("cursor=%FF%00", id="bytes"),
        pytest.param("cursor=WzEsMiwzXQ==", id="json-of-others"),
        pytest.param(f"cursor={'x' * 600}", id="too-long"),
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(make_api, query):
    reply = make_api(errors="documented").get(f"/v2/tickets?{query}")
    assert (reply.status, reply.code) == (400, "invalid_cursor")


def test_a_cursor_belongs_to_its_order(five):
    cursor = five.get("/v2/tickets?limit=1").json["nextCursor"]
    assert five.get(f"/v2/tickets?cursor={cursor}&sortBy=recent").status == 400


@pytest.mark.parametrize("limit", ["0", "101", "x", "1&limit=2", ""])
def test_a_limit_lies_between_1_and_100(api, limit):
    assert api.get(f"/v2/tickets?limit={limit}").status == 400


def test_an_update_changes_what_is_given_and_nothing_else(api):
    legacy, vip = api.field("Legacy ID"), api.field("VIP")
    before = api.make(customFields={legacy: "1"}, assigneeId=api.admin(), content="old")
    after = api.patch("/v2/tickets/1", {"customFields": {vip: True}, "assigneeId": None, "title": "New"}).json
    assert after["customFields"] == {legacy: "1", vip: True}
    assert (after["assigneeId"], after["title"], after["content"]) == (None, "New", "old")
    assert (after["createdAt"], after["status"]) == (before["createdAt"], before["status"])
    assert api.patch("/v2/tickets/1", {"customFields": {legacy: None}}).json["customFields"] == {vip: True}


def test_closing_leaves_the_status_alone_and_ends_a_snooze(api):
    api.make(statusId=api.status("Resolved"))
    assert api.patch("/v2/tickets/1", {"snoozedUntil": "2100-01-01T00:00:00Z"}).json["open"] is True
    closed = api.patch("/v2/tickets/1", {"open": False}).json
    assert (closed["open"], closed["snoozedUntil"], closed["status"]["name"]) == (False, None, "Resolved")
    assert api.get("/v2/conversations/1").json["state"] == "closed"
    assert api.patch("/v2/tickets/1", {"statusId": api.status("New")}).json["open"] is False
    assert api.patch("/v2/tickets/1", {"open": True}).json["open"] is True


@pytest.mark.parametrize("name", ["createdAt", "author", "ticketCategoryId"])
def test_what_was_fixed_at_creation_cannot_be_updated(api, name):
    api.make()
    assert api.patch("/v2/tickets/1", {name: api.ticket().get(name, "2020-01-01T00:00:00Z")}).status == 400


def test_a_deleted_customer_ticket_takes_its_conversation_along_and_others_only_unlink_it(api):
    api.make()
    api.make(ticketCategoryId=api.category("Internal"))
    assert api.delete("/v2/tickets/1").json["deleted"] is True
    assert api.get("/v2/conversations/1").status == 404
    api.delete("/v2/tickets/2")
    assert api.get("/v2/conversations/2").status == 200
    assert api.delete("/v2/tickets/2").status == 404


def test_a_ticket_can_use_a_conversation_that_is_there_once(api):
    contact = api.post("/v2/contacts", {"email": "a@example.com"}).json["id"]
    body = {
        "from": {"type": "contact", "id": contact},
        "bodyMarkdown": "Hi",
        "createdAt": "2020-01-01T00:00:00Z",
    }
    given = api.post("/v2/conversations", body).json["id"]
    assert api.make(linkedConversationId=given)["linkedConversations"] == [{"id": given, "role": "customer"}]
    assert api.post("/v2/tickets", api.ticket(linkedConversationId=given)).status == 400
    back_office = api.category("Internal")
    assert api.make(linkedConversationId=given, ticketCategoryId=back_office)["ticketNumber"] == 2


def test_customers_are_told_unless_that_is_skipped(api):
    api.make()
    api.patch("/v2/tickets/1", {"open": False, "skipNotifications": False})
    assert api.sandbox.notifications() == []
    api.make(skipNotifications=False)
    api.make(skipNotifications=False, ticketCategoryId=api.category("Internal"))
    api.patch("/v2/tickets/1", {"statusId": api.status("Resolved")})
    api.post("/v2/tickets/1/reply", {"type": "admin", "adminId": api.admin(), "body": "x"})
    api.post(
        "/v2/tickets/1/reply", {"type": "admin", "adminId": api.admin(), "body": "x", "messageType": "note"}
    )
    told = [(each["ticket"], each["reason"]) for each in api.sandbox.notifications()]
    assert told == [(2, "created"), (1, "status"), (1, "reply")]
