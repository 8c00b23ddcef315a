"""Values of custom fields, and files by both ways."""

from __future__ import annotations

import json
import urllib.request

import pytest

URL = "https://files.example.com/a%20b.pdf"


@pytest.mark.parametrize(
    ("label", "value"),
    [
        pytest.param("Source", "x" * 10_000, id="long-text"),
        pytest.param("Reopens", 2, id="number"),
        pytest.param("Reopens", -0.5, id="fraction"),
        pytest.param("VIP", False, id="checkbox"),
        pytest.param("Due date", "2025-01-31", id="date"),
        pytest.param("Due date", "2025-01-31T10:00:00Z", id="moment"),
        pytest.param("Tags", [], id="no-tags"),
    ],
)
def test_values_of_the_right_type_come_back_unchanged(api, label, value):
    assert api.make(customFields={api.field(label): value})["customFields"] == {api.field(label): value}


@pytest.mark.parametrize(
    ("label", "value"),
    [
        pytest.param("Source", 1, id="number-for-text"),
        pytest.param("Source", "x" * 10_001, id="too-long"),
        pytest.param("Reopens", "2", id="text-for-number"),
        pytest.param("Reopens", True, id="true-for-number"),
        pytest.param("VIP", "true", id="text-for-checkbox"),
        pytest.param("Due date", "31.01.2025", id="local-date"),
        pytest.param("Due date", "2025-02-30", id="no-such-day"),
        pytest.param("Priority", "Higher", id="unknown-option"),
        pytest.param("Priority", ["High"], id="list-for-select"),
        pytest.param("Tags", "billing", id="text-for-multi-select"),
        pytest.param("Tags", ["billing"] * 101, id="too-many"),
        pytest.param("Tags", [{"id": "x"}], id="object-in-list"),
        pytest.param("Files", "https://files.example.com/a.pdf", id="bare-url"),
        pytest.param("Files", {"url": "http://files.example.com/a.pdf"}, id="http"),
        pytest.param("Files", {"url": "https://files.example.com/a.EXE"}, id="blocked"),
        pytest.param("Files", {"url": URL, "name": "run.bat"}, id="blocked-name"),
        pytest.param("Files", {"url": "https:///a.pdf"}, id="no-host"),
        pytest.param("Files", {"url": URL, "size": 1}, id="unknown-key"),
        pytest.param("Files", [{"url": URL}] * 11, id="eleven"),
        pytest.param("Contract", [{"url": URL}], id="list-for-one-file"),
    ],
)
def test_values_that_do_not_suit_their_field_are_refused(make_api, label, value):
    api = make_api(errors="documented", select_as="label")
    reply = api.post("/v2/tickets", api.ticket(customFields={api.field(label): value}))
    assert (reply.status, reply.code) == (400, "invalid_request")


def test_an_unknown_field_is_refused(api):
    assert api.post("/v2/tickets", api.ticket(customFields={"0" * 24: "x"})).status == 400


@pytest.mark.parametrize("mode", ["id", "label"])
def test_options_are_taken_in_one_way_only(make_api, mode):
    api = make_api(select_as=mode)
    field, tags = api.field("Priority"), api.field("Tags")
    by_id = {field: api.option("Priority", "High"), tags: [api.option("Tags", "login")]}
    by_label = {field: "High", tags: ["login"]}
    right, wrong = (by_id, by_label) if mode == "id" else (by_label, by_id)
    assert api.make(customFields=right)["customFields"] == right
    assert api.post("/v2/tickets", api.ticket(customFields=wrong)).status == 400


def test_files_by_url_come_back_as_json_text(api):
    several, one = api.field("Files"), api.field("Contract")
    fields = api.make(customFields={several: {"url": URL}, one: {"url": URL, "name": "c.pdf"}})[
        "customFields"
    ]
    (file,) = json.loads(fields[several])
    assert (file.keys(), file["name"], file["url"]) == ({"key", "name", "url"}, "a b.pdf", URL)
    assert json.loads(fields[one])["name"] == "c.pdf"


def test_uploaded_files_can_be_downloaded_again(api):
    several, one = api.field("Files"), api.field("Contract")
    content = bytes(range(256)) * 1000
    reply = api.form(
        "POST",
        "/v2/tickets",
        api.ticket(customFields={several: [{"url": URL}]}),
        (f"customFields.{several}", "naïve “x”.html", content),
        (f"customFields.{several}", "empty.txt", b""),
        (f"customFields.{one}", "c.pdf", b"\r\n--b0undar\r\n"),
    )
    assert reply.status == 201
    files = json.loads(reply.json["customFields"][several])
    assert [file["name"] for file in files] == ["a b.pdf", "naïve “x”.html", "empty.txt"]
    with urllib.request.urlopen(files[1]["url"]) as answer:
        assert answer.read() == content
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with urllib.request.urlopen(json.loads(reply.json["customFields"][one])["url"]) as answer:
        assert answer.read() == b"\r\n--b0undar\r\n"


@pytest.mark.parametrize("replaces", [False, True])
def test_an_update_keeps_the_fields_that_it_does_not_name_or_wipes_them(make_api, replaces):
    api = make_api(replace_fields=replaces)
    number = api.make(customFields={api.field("Source"): "mail", api.field("Reopens"): 1})["ticketNumber"]
    said = {"customFields": {api.field("Reopens"): 2}, "skipNotifications": True}
    fields = api.patch(f"/v2/tickets/{number}", said).json["customFields"]
    assert fields == ({} if replaces else {api.field("Source"): "mail"}) | {api.field("Reopens"): 2}


def test_an_update_takes_files_too(api):
    api.make()
    field = api.field("Contract")
    reply = api.form("PATCH", "/v2/tickets/1", {"open": False}, (f"customFields.{field}", "c.pdf", b"x"))
    assert reply.status == 200
    assert json.loads(reply.json["customFields"][field])["name"] == "c.pdf"
    assert reply.json["open"] is False


def broken_forms(api):
    files, one, text = (f"customFields.{api.field(label)}" for label in ("Files", "Contract", "Source"))
    return {
        "no data": (None, [(files, "a.pdf", b"x")]),
        "broken data": ({"title": "x"}, [(files, "a.pdf", b"x")]),
        "unknown part": (api.ticket(), [("file", "a.pdf", b"x")]),
        "unknown field": (api.ticket(), [("customFields.0", "a.pdf", b"x")]),
        "no file field": (api.ticket(), [(text, "a.pdf", b"x")]),
        "two for one": (api.ticket(), [(one, "a.pdf", b"x"), (one, "b.pdf", b"x")]),
        "blocked": (api.ticket(), [(files, "a.pdf", b"x"), (files, "b.sh", b"x")]),
        "blocked with a dot": (api.ticket(), [(files, "b.exe.", b"x")]),
        "no name": (api.ticket(), [(files, "", b"x")]),
        "eleven": (api.ticket(), [(files, f"{number}.pdf", b"x") for number in range(11)]),
        "eleven with urls": (
            api.ticket(customFields={api.field("Files"): [{"url": URL}] * 5}),
            [(files, f"{number}.pdf", b"x") for number in range(6)],
        ),
    }


def test_forms_that_cannot_be_are_refused_and_leave_no_files(make_api, tmp_path):
    api = make_api(db=tmp_path / "s.db")
    for name, (data, uploads) in broken_forms(api).items():
        assert api.form("POST", "/v2/tickets", data, *uploads).status == 400, name
        assert list((tmp_path / "s.db.files").iterdir()) == [], name
    assert api.sandbox.tickets() == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"--b\r\n", id="cut-after-boundary"),
        pytest.param(b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n{}', id="cut-in-value"),
        pytest.param(b"--b\r\n\r\nx\r\n--b--\r\n", id="no-name"),
        pytest.param(b"--bXX", id="no-line-break"),
        pytest.param(b"--b\r\nX: " + b"x" * 100_000, id="endless-header"),
    ],
)
def test_a_form_cut_short_is_refused(api, body):
    assert api.send("POST", "/v2/tickets", body, "multipart/form-data; boundary=b").status == 400


def test_a_form_is_only_taken_where_the_description_says_so(api):
    assert api.form("POST", "/v2/contacts", {"email": "a@example.com"}).status == 400
    assert api.send("POST", "/v2/tickets", b"x", "multipart/form-data").status == 400


def test_files_of_this_machine_are_fetched_where_that_is_allowed(make_api):
    api = make_api(allow_loopback_files=True)
    field = api.field("Contract")
    good = api.sandbox.put_file("letter.pdf", b"hello", "text/html")
    stored = json.loads(api.make(customFields={field: {"url": good}})["customFields"][field])
    assert stored["name"] == "letter.pdf"
    with urllib.request.urlopen(stored["url"]) as answer:
        assert answer.read() == b"hello"
    dead = f"{api.sandbox.url}/files/{'0' * 24}/x.pdf"
    large = api.sandbox.put_file("large.pdf", b"x" * (10 * 1024 * 1024 + 1))
    for url in (dead, large, "http://127.0.0.1:1/x.pdf"):
        assert api.post("/v2/tickets", api.ticket(customFields={field: {"url": url}})).status == 400, url
