"""Which tickets could be the one whose answer was lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.model import TicketSeen
from migrator.runner.matching import Sought, Verdict, compare, groups, pair, without_stale

BEGUN = 1_700_000_000.0
SENT = TicketSeen(
    number=0,
    object_id="",
    title="Cannot log in",
    content="<p>403 on login.</p>",
    category_id="cat",
    author_email="Ann@example.com",
    created_at="2024-01-15T10:30:00.000Z",
    custom_fields={"f1": "ZD-7"},
)
SOUGHT = Sought(SENT, floor=100, begun_s=BEGUN, until_s=BEGUN + 60, legacy_field="f1")
SEEN = replace(
    SENT, number=101, object_id="o1", author_email="ann@example.com", updated_at="2023-11-14T22:13:25.000Z"
)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        pytest.param({}, Verdict.YES, id="all-agree"),
        pytest.param({"number": 100}, Verdict.NO, id="at-the-floor"),
        pytest.param({"updated_at": "2023-11-14T22:13:00.000Z"}, Verdict.YES, id="the-services-clock-may-be-wrong"),
        pytest.param({"updated_at": None}, Verdict.YES, id="no-update-time"),
        pytest.param({"title": "Edited by a person"}, Verdict.YES, id="our-legacy-id-under-another-title"),
        pytest.param({"category_id": "other"}, Verdict.NO, id="category-cannot-change"),
        pytest.param({"custom_fields": {"f1": "ZD-8"}}, Verdict.NO, id="somebody-else's-legacy-id"),
        pytest.param({"custom_fields": {}}, Verdict.YES, id="field-not-returned"),
        pytest.param({"custom_fields": None, "title": "Cannot  log in"}, Verdict.YES, id="white-space-normalised"),
        pytest.param({"custom_fields": None, "title": "Else"}, Verdict.NO, id="another-title"),
        pytest.param({"custom_fields": None, "author_email": "x@example.com"}, Verdict.NO, id="another-author"),
        pytest.param({"custom_fields": None, "author_email": None}, Verdict.YES, id="author-not-returned"),
        pytest.param({"custom_fields": None, "created_at": "2024-01-15T10:30:01.000Z"}, Verdict.NO, id="another-second"),
        pytest.param({"custom_fields": None, "created_at": None, "author_email": None}, Verdict.MAYBE, id="title-alone-proves-nothing"),
    ],
)  # fmt: skip
def test_comparing_is_three_valued(changes, verdict):
    assert compare(SOUGHT, replace(SEEN, **changes)) is verdict


@pytest.mark.parametrize(
    ("created_at", "verdict"),
    [
        pytest.param("2023-11-14T22:13:30.000Z", Verdict.YES, id="made-within-the-attempt"),
        pytest.param("2023-11-14T22:10:00.000Z", Verdict.NO, id="made-before"),
        pytest.param("2023-11-14T22:20:00.000Z", Verdict.NO, id="made-after"),
    ],
)
def test_without_a_backdate_the_time_of_the_attempt_counts(created_at, verdict):
    sought = replace(SOUGHT, sent=replace(SENT, created_at=None), legacy_field="")
    assert compare(sought, replace(SEEN, created_at=created_at)) is verdict


def test_a_title_of_a_thousand_equal_alarms_needs_more_than_the_title():
    sought = replace(SOUGHT, sent=replace(SENT, created_at=None, author_email=None), legacy_field="")
    assert compare(sought, replace(SEEN, created_at="2023-11-14T22:13:30.000Z")) is Verdict.MAYBE


def test_twins_and_their_tickets_are_one_group():
    twin = replace(SOUGHT, legacy_field="")
    other = replace(twin, sent=replace(SENT, title="Else"))
    seen = [SEEN, replace(SEEN, number=102, object_id="o2"), replace(SEEN, number=103, title="Else")]
    found = groups([twin, other, twin], seen)
    assert sorted((group.members, group.candidates, group.certain) for group in found) == [
        ((0, 2), (0, 1), True),
        ((1,), (2,), True),
    ]


def test_a_doubt_without_any_candidate_is_a_group_of_its_own():
    assert [(group.members, group.candidates) for group in groups([SOUGHT], [])] == [((0,), ())]


def test_equal_bodies_are_paired_first():
    sought = [
        replace(SOUGHT, sent=replace(SENT, content="<p>one</p>")),
        replace(SOUGHT, sent=replace(SENT, content="<p>two</p>")),
    ]
    seen = [replace(SEEN, content="<p> two </p>"), replace(SEEN, content="one")]
    assert sorted(pair([0, 1], [0, 1], sought, seen)) == [(0, 1), (1, 0)]


def test_a_title_that_was_cut_off_leaves_it_open():
    long = "A title of many words " * 20
    sought = replace(SOUGHT, sent=replace(SENT, title=long), legacy_field="")
    assert compare(sought, replace(SEEN, title=long[:300])) is Verdict.MAYBE
    assert compare(sought, replace(SEEN, title=long[:20])) is Verdict.NO


@pytest.mark.parametrize(
    ("updated_at", "candidates"),
    [
        pytest.param(["2023-11-14T22:13:25.000Z", "2023-11-14T22:10:00.000Z"], (0,), id="the-older-is-a-stranger"),
        pytest.param(["2023-11-14T22:10:00.000Z"] * 2, (0, 1), id="all-older-proves-nothing"),
        pytest.param([None, None], (0, 1), id="not-told"),
    ],
)  # fmt: skip
def test_the_last_change_tells_strangers_apart_where_there_are_too_many(updated_at, candidates):
    twin = replace(SOUGHT, legacy_field="")
    seen = [replace(SEEN, number=101 + n, updated_at=when) for n, when in enumerate(updated_at)]
    (group,) = groups([twin], seen)
    assert group.candidates == (0, 1)
    assert without_stale(group, [twin], seen).candidates == candidates
