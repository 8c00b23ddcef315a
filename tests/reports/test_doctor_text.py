"""The doctor's findings as people read them: graded in words, wrapped, and unable to steer a terminal."""

from __future__ import annotations

import pytest

from migrator.featurebase import Admin, Allowance, Category, Directory, Field, KeySeen, Option, Status
from migrator.reports.doctor_document import doctor_document
from migrator.reports.doctor_text import render_diagnosis, render_lessons
from migrator.reports.layout import columns
from migrator.runner.doctor import Diagnosis
from migrator.runner.findings import Finding, Grade
from migrator.runner.learnt import Learnt, LeftBehind, Probed

FINE = Finding("key", Grade.OK, "accepted")
CARE = Finding("clock", Grade.CARE, "two hours behind", "set it")
BAD = Finding("admins", Grade.BAD, "none at all", "invite one")
HOSTILE = "\x1b[2J\r\nname\u202e"


def diagnosis(*findings: Finding, name: str = "Support") -> Diagnosis:
    directory = Directory(
        categories=(Category("c1", name, "customer"),),
        statuses=(Status("s1", "New", "unstarted", is_default=True), Status("s2", "Odd")),
        fields=(
            Field("f1", "Product", "text", required=True),
            Field(
                "f2", "Tags", "multi-select", options=tuple(Option(f"o{n}", f"tag {n}") for n in range(10))
            ),
            Field("f3", "Files", "file", allow_multiple=True),
        ),
        admins=(Admin("a1", "Ada", "ada@work.example"), Admin("a2", "Ben")),
    )
    keys = (KeySeen(True, Allowance(2000, 1990, 12.0)),)
    return Diagnosis("https://x.example", "v1", keys, 0.04, directory, 3, True, findings)


def test_every_finding_says_its_grade_and_its_way_out() -> None:
    text = render_diagnosis(diagnosis(FINE, CARE, BAD))
    assert text.startswith(
        """\
Categories
  - Support (customer)

Statuses, by stage
  unstarted       New (default)
  stage not told  Odd

Custom fields
  - Product (text, required)
  - Tags (multi-select): tag 0, tag 1, tag 2, tag 3, tag 4, tag 5, tag 6, tag 7
    and 2 more
  - Files (file, several)

Pause before a migration
  - Workflows"""
    )
    assert "\nLeave paused afterwards\n" in text
    assert text.endswith(
        """
Checks
  OK    key     accepted
  CARE  clock   two hours behind
                Way out: set it
  BAD   admins  none at all
                Way out: invite one

Not well: 1 thing would stop or harm a migration."""
    )


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        pytest.param((FINE,), "All well: ", id="ok"),
        pytest.param((FINE, CARE), "Well, with care: 1 thing needs a decision of yours.", id="care"),
        pytest.param((BAD, BAD, CARE), "Not well: 2 things would", id="bad"),
    ],
)
def test_the_last_line_says_how_it_stands(findings, verdict) -> None:
    for text in (render_diagnosis(diagnosis(*findings)), render_lessons(findings)):
        assert text.split("\n")[-1].startswith(verdict)


def test_names_of_a_workspace_cannot_steer_the_terminal() -> None:
    hostile = Finding("categories", Grade.BAD, HOSTILE, HOSTILE)
    text = render_diagnosis(diagnosis(hostile, name=HOSTILE)) + render_lessons([hostile])
    assert all(character.isprintable() for character in text.replace("\n", ""))


@pytest.mark.parametrize("width", [40, 60, 100])
def test_no_line_is_wider_than_asked(width) -> None:
    long = Finding("first message", Grade.CARE, "word " * 60, "hint " * 60)
    text = render_diagnosis(diagnosis(long), width=width) + "\n" + render_lessons([long], width=width)
    assert max(map(columns, text.split("\n"))) <= width


def test_colour_only_repeats_what_the_words_say() -> None:
    text = render_lessons([BAD], colour=True)
    assert "\x1b[1;31mBAD   admins  none at all\x1b[0m" in text


def test_the_document_holds_the_facts_and_no_address_of_an_admin() -> None:
    learnt = Learnt(created=True, messages={"agent_reply": True}, select_as="label")
    left = (LeftBehind(7, "https://x.example/7", "not today"),)
    document = doctor_document(diagnosis(FINE), Probed(learnt, "p@example.com", left))
    assert document["schema"] == "migrator.doctor/1"
    assert document["healthy"] is False
    assert document["keys"] == [
        {"accepted": True, "limit": 2000, "remaining": 1990, "reset_s": 12.0, "retry_after_s": None}
    ]
    assert document["workspace"]["admins"] == {"count": 2, "without_email": 1}
    assert (document["learnt"]["agent_reply"], document["learnt"]["select_as"]) == (True, "label")
    assert document["use"] == ["--select label"]
    assert document["left_behind"] == [{"number": 7, "url": "https://x.example/7", "reason": "not today"}]
    assert "ada@work.example" not in str(document)


def test_without_a_probe_nothing_is_learnt() -> None:
    document = doctor_document(diagnosis(FINE))
    assert (document["healthy"], document["learnt"], document["lessons"]) == (True, None, [])
