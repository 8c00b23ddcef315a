import json

import pytest

from tests.readers.support import opened, read, told, write

API = "https://api.github.com/repos/octo/app"


def issue(number=1, **keys):
    own = {
        **{"url": f"{API}/issues/{number}", "html_url": f"https://github.com/octo/app/issues/{number}"},
        **{
            "number": number,
            "title": f"issue {number}",
            "user": {"login": "ann", "type": "User"},
            "state": "open",
        },
        **{"body": "text", "comments": 0, "created_at": "2024-01-01T00:00:00Z", "labels": [{"name": "bug"}]},
    }
    return own | keys


def comment(number, on=1, **keys):
    own = {
        "id": number,
        "issue_url": f"{API}/issues/{on}",
        "body": f"comment {number}",
        "user": {"login": "bob"},
    }
    return own | {"created_at": f"2024-01-0{number}T00:00:00Z", "author_association": "NONE"} | keys


def single(tmp_path, **keys):
    (record,) = read(write(tmp_path, "issues.json", json.dumps([issue(**keys)])))
    return record.values


def test_issues_of_the_api_are_joined_with_their_comments(tmp_path):
    write(tmp_path, "issues.json", json.dumps([issue(1, comments=3), issue(2)]))
    member = comment(1, author_association="MEMBER")
    write(tmp_path, "comments.json", json.dumps([comment(2), member, comment(3, on=9)]))
    source = opened(tmp_path)
    first, second = (record.values for record in source.records())
    assert (source.reader, source.helpdesk) == ("github", "github")
    assert (first["key"], first["description"], first["description_format"]) == (
        "octo/app#1",
        "text",
        "github",
    )
    assert [each["body"] for each in first["comments"]] == ["comment 1", "comment 2"]
    assert [each["author"]["kind"] for each in first["comments"]] == ["agent", "customer"]
    assert [each["private"] for each in first["comments"]] == ["false", "false"]
    assert (first["label_names"], second["comments"]) == (["bug"], [])
    assert told(source) == {"left-out": 1, "orphans": 1}


def test_the_spelling_of_the_command_line_tool_is_the_same_issue(tmp_path):
    whole = {
        **{"number": 1, "title": "one", "body": "text", "state": "CLOSED", "stateReason": "NOT_PLANNED"},
        **{"url": "https://github.com/octo/app/issues/1", "author": {"login": "ann", "name": "Ann", "is_bot": False}},
        **{"createdAt": "2024-01-01T00:00:00Z", "closedAt": "2024-02-01T00:00:00Z", "labels": [{"name": "bug"}]},
        "assignees": [{"login": "cat", "name": "Cat"}],
        "comments": [
            {"id": "x", "author": {"login": "bob"}, "authorAssociation": "OWNER", "body": "hi", "createdAt": "2024-01-02T00:00:00Z"}
        ],
    }  # fmt: skip
    (record,) = read(write(tmp_path, "issues.json", json.dumps([whole])))
    values = record.values
    assert (values["state"], values["state_reason"], values["closed_at"]) == (
        "closed",
        "not_planned",
        "2024-02-01T00:00:00Z",
    )
    assert (values["requester"]["name"], values["assignee"]["name"]) == ("Ann", "Cat")
    (found,) = values["comments"]
    assert (found["body"], found["author"]["kind"], found["created_at"]) == (
        "hi",
        "agent",
        "2024-01-02T00:00:00Z",
    )


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        pytest.param({"login": "ann"}, {"kind": "customer", "email": "ann@users.noreply.github.com"}, id="login"),
        pytest.param({"login": "ann", "email": "a@example.com"}, {"kind": "customer", "email": "a@example.com"}, id="address"),
        pytest.param({"login": "x[bot]", "type": "Bot"}, {"kind": "bot", "email": None}, id="bot"),
        pytest.param({"login": "x", "is_bot": True}, {"kind": "bot", "email": None}, id="bot-of-the-tool"),
        pytest.param(None, {"kind": "customer", "email": None}, id="deleted"),
    ],
)  # fmt: skip
def test_people_are_known_by_login(tmp_path, user, expected):
    found = single(tmp_path, user=user)["requester"]
    assert {key: found.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, "false"),
        ({"pull_request": {"url": "x"}}, "true"),
        ({"html_url": "https://github.com/octo/app/pull/1"}, "true"),
    ],
)
def test_pull_requests_are_marked(tmp_path, keys, expected):
    assert single(tmp_path, **keys)["is_pull_request"] == expected


def test_a_hidden_comment_is_not_shown(tmp_path):
    hidden = {
        "id": "x",
        "author": {"login": "bob"},
        "body": "buy",
        "isMinimized": True,
        "minimizedReason": "spam",
    }
    (found,) = single(tmp_path, comments=[hidden])["comments"]
    assert (found["private"], found["kind"]) == ("true", "note")


def test_the_same_number_in_two_repositories_is_two_issues(tmp_path):
    other = issue(1, html_url="https://github.com/octo/web/issues/1", url="")
    found = read(write(tmp_path, "issues.json", json.dumps([issue(1), other])))
    assert [record.values["key"] for record in found] == ["octo/app#1", "octo/web#1"]


@pytest.mark.parametrize(
    ("state", "reason", "key"),
    [
        ("OPEN", None, "open"),
        ("open", "reopened", "open"),
        ("closed", "completed", "closed"),
        ("CLOSED", "NOT_PLANNED", "not_planned"),
        ("closed", "duplicate", "duplicate"),
    ],
)
def test_what_was_closed_without_being_done_is_told_apart(tmp_path, state, reason, key):
    (record,) = read(write(tmp_path, "a.json", json.dumps([issue(1, state=state, state_reason=reason)])))
    assert record.values["state_key"] == key


def test_the_lists_of_graphql_are_read(tmp_path):
    comment = {"id": "c", "body": "hi", "createdAt": "2024-01-01T00:00:00Z", "author": {"login": "ada"}}
    found = issue(1, labels={"nodes": [{"name": "bug"}]}, assignees={"nodes": [{"login": "ada"}]})
    found["comments"] = {"totalCount": 3, "nodes": [comment]}
    source = opened(write(tmp_path, "a.json", json.dumps([found])))
    (record,) = source.records()
    assert (record.values["label_names"], record.values["assignee"]["id"]) == (["bug"], "ada")
    assert [each["body"] for each in record.values["comments"]] == ["hi"]
    assert told(source)["left-out"] == 2
