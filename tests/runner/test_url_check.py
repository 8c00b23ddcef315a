"""Looking at the files of an export: each address once, bounded, and what is wrong becomes a warning of its row."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import count, repeat

import pytest

from migrator.featurebase import Seen, Unfetched
from migrator.model import Draft, FileRef, FileRules, Record, Rejected, Ticket
from migrator.runner.prepare import Prepared
from migrator.runner.url_check import DEAF_AFTER, LOOKING_MOST_S, PER_HOST, UrlCheck
from tests.featurebase.drafts import draft, message

FINE = Seen(10, "image/png")


def row(*files: FileRef, rules: FileRules | None = None) -> Prepared:
    made = replace(draft(files=files), file_rules=rules or FileRules())
    return Prepared(Record(made.ref, {}), Ticket(made.key, made.ref, ()), made)


def file(name: str, host: str = "files.example") -> FileRef:
    return FileRef(name, f"https://{host}/{name}?token=secret")


def checked(rows: list[Prepared], look, **more) -> tuple[list[Prepared], UrlCheck]:
    with UrlCheck(look, **more) as urls:
        return list(urls.through(rows)), urls


def codes(prepared: Prepared) -> list[str]:
    assert isinstance(prepared.result, Ticket)
    return [each.code for each in prepared.result.warnings]


@pytest.mark.parametrize(
    "code", ["file-gone", "file-forbidden", "file-expired", "file-unreachable", "file-blocked"]
)
def test_what_is_wrong_with_a_file_becomes_a_warning_of_its_row(code):
    def look(url: str, *, is_page: bool) -> Seen:
        if "bad" in url:
            raise Unfetched(code, "because", 404)
        return FINE

    (first, second), _ = checked([row(file("good.png")), row(file("bad.png"), file("bad2.png"))], look)
    assert codes(first) == []
    assert codes(second) == [code]
    (problem,) = second.result.warnings
    assert (problem.blocks, problem.value) == (False, "bad.png")
    assert "2 files of this ticket" in problem.message
    assert problem.hint
    assert "secret" not in repr(problem)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param(FileRules(), ["file-too-large"], id="downloaded"),
        pytest.param(FileRules(fetched_from=frozenset({"files.example"})), [], id="fetched-and-uploaded"),
    ],
)
def test_a_file_may_be_as_large_as_its_way_allows(rules, expected):
    (prepared,), _ = checked([row(file("a.png"), rules=rules)], lambda *_, **__: Seen(50_000_000, ""))
    assert codes(prepared) == expected


def test_files_of_messages_and_fields_are_looked_at_and_others_are_not():
    asked: list[str] = []
    replies = (
        message(files=(file("reply.png"), FileRef("x", "http://insecure.example/x"), FileRef("y", path="y"))),
    )
    made = draft(replies=replies, files=(FileRef("a.exe", "https://files.example/a.exe"),))
    rejected = Prepared(Record(made.ref, {}), Rejected("", made.ref, ()))
    rows = [Prepared(Record(made.ref, {}), Ticket(made.key, made.ref, ()), made), rejected]
    kept, _ = checked(rows, lambda url, **_: asked.append(url) or FINE)
    assert asked == ["https://files.example/reply.png?token=secret"]
    assert kept == rows


def test_an_address_is_asked_once_however_often_it_is_named():
    asked: list[str] = []
    rows = [row(file("same.png"), file("same.png")) for _ in range(500)]
    checked(rows, lambda url, **_: asked.append(url) or FINE)
    assert len(asked) == 1


def test_what_is_beyond_the_bound_is_counted():
    rows = [row(file(f"{number}.png")) for number in range(7)]
    kept, urls = checked(rows, lambda *_, **__: FINE, most=5)
    assert urls.unchecked == 2
    assert len(kept) == 7


@pytest.mark.parametrize("why", ["late", "stopping"])
def test_what_nobody_looked_at_because_it_took_too_long_or_all_is_to_stop_is_counted(why):
    asked: list[str] = []

    def look(url: str, *, is_page: bool) -> Seen:
        asked.append(url)
        raise Unfetched("file-gone", "because", 404)

    moments = count(0, LOOKING_MOST_S) if why == "late" else repeat(0.0)
    rows = [row(file(f"{number}.png")) for number in range(3)]
    with UrlCheck(look, monotonic=lambda: next(moments), stopping=lambda: why == "stopping") as urls:
        found = [codes(each) for each in urls.through(rows)]
    assert len(asked) == (1 if why == "late" else 0)
    assert (urls.unchecked, sorted(found)) == (
        3 - len(asked),
        [[]] * (3 - len(asked)) + [["file-gone"]] * len(asked),
    )


def test_a_host_that_does_not_answer_is_left_alone():
    asked: list[str] = []

    def look(url: str, *, is_page: bool) -> Seen:
        asked.append(url)
        raise Unfetched("file-unreachable", "its server cannot be reached")

    rows = [row(file(f"{number}.png")) for number in range(100)]
    kept, _ = checked(rows, look)
    assert DEAF_AFTER <= len(asked) < DEAF_AFTER + PER_HOST
    assert all(codes(each) == ["file-unreachable"] for each in kept)


def test_one_host_is_asked_for_a_few_at_once():
    lock, now, most = threading.Lock(), [0], [0]
    full = threading.Barrier(PER_HOST)

    def look(url: str, *, is_page: bool) -> Seen:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        full.wait(10)
        with lock:
            now[0] -= 1
        return FINE

    checked([row(*(file(f"{number}.png") for number in range(4 * PER_HOST)))], look)
    assert most[0] == PER_HOST


def test_a_page_is_expected_where_the_file_is_one():
    expected: dict[str, bool] = {}
    files = (file("a.html"), file("b.png"), replace(file("c"), content_type="text/html"))

    def look(url: str, *, is_page: bool) -> Seen:
        expected[url.rpartition("/")[2].partition("?")[0]] = is_page
        return FINE

    checked([row(*files)], look)
    assert expected == {"a.html": True, "b.png": False, "c": True}


def test_a_draft_without_files_costs_nothing():
    assert isinstance(draft(), Draft)
    (prepared,), _ = checked([row()], lambda *_, **__: pytest.fail("nothing to look at"))
    assert codes(prepared) == []
