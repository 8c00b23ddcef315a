import json

import pytest

from tests.readers.support import opened, read, told, write

WANDA = {"id": "u1", "name": "Wanda", "email": "wanda@example.com", "isAdmin": False, "userID": "acme-17"}
ADA = {"id": "u2", "name": "Ada", "email": "ada@example.org", "isAdmin": True, "userID": None}


def post(id="p1", **keys):
    return {
        "id": id,
        "title": "Dark mode",
        "details": "1 < 2",
        "author": WANDA,
        "board": {"id": "b1", "name": "Ideas"},
        "status": "open",
        "score": 3,
        "commentCount": 1,
        "created": "2024-01-01T10:00:00.000Z",
        "imageURLs": ["https://x.example/images/a.png?w=1", None],
        "owner": ADA,
        **keys,
    }


def comment(number, author=WANDA, **keys):
    return {
        "id": f"c{number}",
        "author": author,
        "post": {"id": "p1"},
        "created": f"2024-01-01T10:00:0{number}.000Z",
        "value": f"words {number}",
        "imageURLs": [],
        "private": False,
        **keys,
    }


def export(tmp_path, posts, comments=()):
    write(tmp_path, "posts.json", json.dumps({"hasMore": False, "posts": posts}))
    if comments:
        write(tmp_path, "comments.json", json.dumps({"hasMore": False, "comments": comments}))
    return tmp_path


def test_comments_are_joined_with_their_posts(tmp_path):
    folder = export(tmp_path, [post(), post("p2", author=None, owner=None)], [comment(2, ADA), comment(1)])
    source = opened(folder)
    first, second = source.records()
    assert (source.reader, source.helpdesk) == ("canny", "canny")
    assert first.values["requester"] == {
        **{"kind": "customer", "id": "u1", "email": "wanda@example.com", "name": "Wanda"},
        "external_id": "acme-17",
    }
    assert first.values["assignee"]["kind"] == "agent"
    assert first.values["attachments"] == [{"name": "a.png", "url": "https://x.example/images/a.png?w=1"}]
    assert [(each["id"], each["kind"], each["author"]["kind"]) for each in first.values["comments"]] == [
        ("c1", "reply", "customer"),
        ("c2", "reply", "agent"),
    ]
    assert {"requester", "assignee"} & second.values.keys() == set()
    assert told(source) == {}


@pytest.mark.parametrize(("private", "kind"), [(True, "note"), (False, "reply"), (None, "note")])
def test_only_what_is_said_to_be_public_is(tmp_path, private, kind):
    (record,) = read(export(tmp_path, [post()], [comment(1, private=private)]))
    (found,) = record.values["comments"]
    assert (found["kind"], found.get("private")) == (kind, None if private is None else str(private).lower())
