import json

import pytest

from tests.readers.support import opened, told, write

USERS = [
    {"id": 3, "login": "ada", "firstname": "Ada", "lastname": "Brook", "email": "ada@example.com"},
    {"id": 12, "login": "jonna", "firstname": "Jonna", "lastname": "Ek", "email": "jonna@example.com"},
]
ADA = {"id": "3", "kind": "agent", "name": "Ada Brook", "email": "ada@example.com"}
JONNA = {"id": "12", "kind": "customer", "name": "Jonna Ek", "email": "jonna@example.com"}


def ticket(number, **keys):
    return {
        **{
            "id": number,
            "number": f"67{number}",
            "title": "T",
            "customer_id": 12,
            "owner_id": 3,
            "state_id": 2,
        },
        **{"priority_id": 2, "group_id": 1, "article_count": 1, "created_at": "2024-01-01T10:00:00.000Z"},
        **keys,
    }


def article(number, **keys):
    return {
        **{"id": number, "ticket_id": 1, "sender_id": 2, "created_by_id": 12, "internal": False},
        **{"content_type": "text/html", "body": f"<p>text {number}</p>", "from": "", "attachments": []},
        **{"created_at": f"2024-01-0{number}T10:00:00.000Z"},
        **keys,
    }


def export(tmp_path, *tickets, **lists):
    for name, objects in {"tickets": list(tickets), **lists}.items():
        write(tmp_path, f"{name}.json", json.dumps(objects))
    return opened(tmp_path)


def single(tmp_path, one, **lists):
    return next(iter(export(tmp_path, one, ticket(9), **lists).records()))


def test_the_lists_of_the_api_are_joined(tmp_path):
    articles = [
        article(3, sender_id=1, created_by_id=3),
        article(1),
        article(2, sender_id=1, created_by_id=3, internal=True, content_type="text/plain", body="a < b"),
    ]
    source = export(
        tmp_path,
        ticket(1, organization_id=5),
        ticket(2, owner_id=1, customer_id=99),
        ticket_articles=articles,
        users=USERS,
        ticket_states=[{"id": 2, "name": "open", "state_type_id": 2}],
        organizations=[{"id": 5, "name": "Initech", "domain_assignment": False}],
    )
    first, second = source.records()
    assert (source.reader, source.helpdesk) == ("zammad", "zammad")
    assert (first.values["requester"], first.values["assignee"]) == (JONNA, ADA)
    assert (first.values["state"], first.values["organization"]) == ("open", "Initech")
    assert (first.values["body"], first.values["body_format"]) == ("<p>text 1</p>", "html")
    assert [
        (each["kind"], each["private"], each["body_format"], each["author"])
        for each in first.values["comments"]
    ] == [
        ("description", "false", "html", JONNA),
        ("note", "true", "text", ADA),
        ("reply", "false", "html", ADA),
    ]
    assert second.values["requester"] == {"id": "99", "kind": "customer", "external_id": "zammad-99"}
    assert "assignee" not in second.values


def test_names_that_stand_in_place_of_numbers_are_taken(tmp_path):
    one = ticket(1, customer="jonna@example.com", owner="-", state="closed", priority="3 high", group="Users")
    record = single(tmp_path, one)
    assert record.values["requester"]["email"] == "jonna@example.com"
    assert [record.values[key] for key in ("state", "priority", "group")] == ["closed", "3 high", "Users"]


def test_an_internal_first_article_is_not_the_text_of_the_ticket(tmp_path):
    record = single(tmp_path, ticket(1, articles=[article(1, internal=True), article(2)]))
    assert [(each["kind"], each["private"]) for each in record.values["comments"]] == [
        ("note", "true"),
        ("reply", "false"),
    ]
    assert "body" not in record.values


def test_what_an_agent_began_with_is_not_the_customers_text(tmp_path):
    began = article(1, sender_id=1, created_by_id=3)
    record = single(tmp_path, ticket(1, articles=[began, article(2)]))
    assert [each["kind"] for each in record.values["comments"]] == ["reply", "reply"]
    assert "body" not in record.values


@pytest.mark.parametrize("internal", [None, "perhaps"])
def test_unknown_privacy_is_private(tmp_path, internal):
    record = single(tmp_path, ticket(1, articles=[article(1), article(2, internal=internal)]))
    message = record.values["comments"][1]
    assert (message["kind"], "private" in message) == ("note", False)


def test_messages_of_the_system_are_left_out_and_counted(tmp_path):
    source = export(tmp_path, ticket(1, articles=[article(1), article(2, sender_id=3)]), ticket(2))
    assert [len(record.values["comments"]) for record in source.records()] == [1, 0]
    assert told(source) == {"left-out": 1}


def test_without_users_the_senders_line_tells_who_wrote(tmp_path):
    articles = [
        article(1, created_by_id=77, **{"from": "Kit <kit@example.com>"}),
        article(2, created_by_id=78, sender_id=1, **{"from": "Ada Brook via Support <support@example.com>"}),
    ]
    record = single(tmp_path, ticket(1, articles=articles))
    assert [each["author"] for each in record.values["comments"]] == [
        {"id": "77", "kind": "customer", "name": "Kit", "email": "kit@example.com"},
        {"id": "78", "kind": "agent", "name": "Ada Brook"},
    ]


def test_a_customer_without_a_list_of_users_is_known_by_how_they_signed(tmp_path):
    signed = {"from": "Wanda <wanda@example.com>"}
    articles = [article(1, sender_id=1, created_by_id=3, **{"from": "Help <help@example.org>"})]
    articles.append(article(2, **signed))
    (record,) = export(tmp_path, ticket(1), ticket_articles=articles).records()
    requester = record.values["requester"]
    assert (requester["name"], requester["email"]) == ("Wanda", "wanda@example.com")
