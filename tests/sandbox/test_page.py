"""The page for people."""

from __future__ import annotations

import re
import urllib.error
import urllib.request

import pytest

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def page(sandbox, path="/"):
    with urllib.request.urlopen(sandbox.url + path) as answer:
        return answer.read().decode(), answer.headers


def test_the_list_shows_number_title_author_status_and_date(api):
    api.make(
        title="Printer on fire",
        author={"email": "ann@example.com", "name": "Ann"},
        createdAt="2020-02-03T04:05:06Z",
    )
    api.make(title="Old one", statusId=api.status("Resolved"))
    api.patch("/v2/tickets/2", {"open": False})
    html, _ = page(api.sandbox)
    assert "Sandbox: a rehearsal, not Featurebase." in html
    assert '<a href="/tickets/1">Printer on fire</a>' in html
    assert "<td>Ann</td><td>New</td>" in html
    assert "2020-02-03 04:05 UTC" in html
    assert "Resolved (closed)" in html
    assert "2 tickets · 0 notifications" in html


def test_the_list_is_searched_and_paged(api):
    for number in range(1, 53):
        api.make(title=f"Ticket no. {number}")
    html, _ = page(api.sandbox)
    assert "Ticket no. 52<" in html
    assert "Ticket no. 2<" not in html
    older = re.search(r'href="(/\?page=2)">Older', html)[1]
    assert "Ticket no. 2<" in page(api.sandbox, older)[0]
    found = page(api.sandbox, "/?q=NO.+17")[0]
    assert "1 found" in found
    assert page(api.sandbox, "/?q=52")[0].count('<td class="number">') == 1


@pytest.mark.parametrize(
    "query", ["page=0", "page=99", "page=x", "page=-1", "q=%00", "q=%25", f"q={'x' * 5000}", "&&="]
)
def test_odd_addresses_do_no_harm(api, query):
    api.make()
    assert "<h1>Tickets</h1>" in page(api.sandbox, f"/?{query}")[0]


@pytest.mark.parametrize(
    "path", ["/nowhere", "/tickets/9", "/tickets/x", f"/tickets/{'9' * 30}", "/tickets/%D9%A1"]
)
def test_what_is_not_there_is_said_in_html(api, path):
    with pytest.raises(urllib.error.HTTPError) as caught:
        page(api.sandbox, path)
    with caught.value as error:
        assert (error.code, error.headers.get_content_type()) == (404, "text/html")


def test_a_ticket_shows_everything_and_marks_private_notes(api):
    company = api.get("/v2/companies").json["data"][0]["id"]
    files, priority = api.field("Files"), api.field("Priority")
    api.form(
        "POST",
        "/v2/tickets",
        api.ticket(
            content="<p>Line one</p><p>Line two</p>",
            assigneeId=api.admin(),
            companyId=company,
            customFields={priority: api.option("Priority", "Urgent"), api.field("VIP"): True},
        ),
        (f"customFields.{files}", "photo.png", b"x"),
    )
    note = {"type": "admin", "adminId": api.admin(), "body": "<p>Not for his eyes</p>", "messageType": "note"}
    api.post("/v2/tickets/1/reply", {**note, "attachmentUrls": ["https://files.example.com/a.pdf"]})
    html, _ = page(api.sandbox, "/tickets/1")
    assert "Line one\nLine two" in html
    assert ("<th>Assignee</th><td>Ada Brook</td>" in html, "<td>Acme Inc</td>" in html) == (True, True)
    assert "<th>Priority</th><td>Urgent</td>" in html
    assert "<th>VIP</th><td>yes</td>" in html
    assert re.search(
        r'<a href="http://127.0.0.1:\d+/files/[0-9a-f]{24}/photo.png" rel="noreferrer">photo.png</a>', html
    )
    private = re.search(r'<article class="private">.*?</article>', html, re.DOTALL)[0]
    assert ("Private note" in private, "Not for his eyes" in private) == (True, True)
    assert 'href="https://files.example.com/a.pdf"' in private
    assert html.count('class="private"') == 1


def test_nothing_that_strangers_wrote_becomes_markup(make_api):
    api = make_api()
    text = api.field("Source")
    content = f"<p>{HOSTILE}</p><a href='javascript:alert(1)'>x</a>&lt;script&gt;"
    api.make(
        title=HOSTILE, content=content, author={"userId": "u", "name": HOSTILE}, customFields={text: HOSTILE}
    )
    html = (
        page(api.sandbox)[0] + page(api.sandbox, "/tickets/1")[0] + page(api.sandbox, "/?q=%3Cscript%3E")[0]
    )
    assert re.findall(r"<(script|img)|<[^>]*\son\w+=|href=.javascript", html) == []


def test_the_page_may_load_and_run_nothing(api):
    _, headers = page(api.sandbox)
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert ("unsafe" in policy, "frame-ancestors 'none'" in policy) == (False, True)
    assert headers["X-Content-Type-Options"] == "nosniff"
