import re
from dataclasses import replace

import pytest

from migrator.reports import render_plan, render_plan_in_short
from migrator.reports.layout import columns
from tests.reports.support import HOSTILE, plan, problem, troubled_plan


def test_a_clean_plan_says_little() -> None:
    assert (
        render_plan(plan())
        == """\
  from     tickets.csv
  mapping  helpdesk.yaml
  to       http://127.0.0.1:8642

Rows of the export
  ready                   2
  left out by your rules  0
  rejected                0
  together                2

What would happen
  tickets        2
  requests       2
  notifications  0   nobody is notified
  The oldest ticket is of 2025-01-02, the newest of 2025-01-30.

Ready: All 2 tickets are ready to move.

What to do next
  - Migrate: `migrator run`, with the same export and mapping."""
    )


def test_a_troubled_plan_says_everything_once() -> None:
    assert (
        render_plan(troubled_plan(limit=7))
        == """\
  from     tickets.csv (zendesk)
  mapping  helpdesk.yaml
  to       http://127.0.0.1:8642

Problems
  4 x title-too-short (blocks)
    A ticket's subject is shorter than the two characters that Featurebase
    demands.
    Way out: write a longer subject
      tickets.csv, row 17, column Subject "x": the title has one character
      tickets.csv, row 18, column Subject "x": the title has one character
      tickets.csv, row 19, column Subject "x": the title has one character
      and 1 more
  1 x value-unmapped (blocks)
    The export uses a value that the mapping file says nothing about.
      tickets.csv, row 99, column Status "Escalted": nothing is said about this
        value
  1 x time-ambiguous (warning)
    A time happened twice, when clocks were set back; the earlier one is taken.
    Way out: write a longer subject
      tickets.csv, row 120, column Created "27/10/2024 02:30": 02:30 happened
        twice

Values that the mapping does not know
  - 1 x "Escalted" in Status (helpdesk.yaml, line 30, ticket.status)

How dates were read
  - Created, 1,237 values

About the export
  - tickets.csv: read as UTF-8, separated by commas

Not checked, because nothing was asked of Featurebase
  - company Acme

What does not come over
  replies  412

What no rule of the mapping reads, in rows
  cc (20) and custom_fields.18 (1)

Rows of the export
  ready                   1,222   1 warning in 1 row
  left out by your rules     10
    spam                      7
    deleted                   3
  rejected                    5
  together                1,237

What would happen
  tickets            7   the first of 1,222 that are ready (--limit)
  requests       1,222   for all 1,222 tickets
  notifications      0   nobody is notified
  Sending takes less than a minute, at 100 requests a minute.
  The oldest ticket is of 2025-01-02, the newest of 2025-01-30.

Not all ready: 1,222 of 1,227 tickets can move, 5 cannot yet; 10 rows left out
by your rules.

What to do next
  - Correct the problems that block, in the export or in the mapping, and
    validate again; or run now: the rejected rows stay behind, to be corrected
    afterwards and given to `retry`.
  - Decide about the values that the mapping does not know: in the mapping, or
    in problems.xlsx (sheet «Value maps»), which --values takes.
  - Validate once without --offline, so that all names are checked."""
    )


def test_a_plan_that_would_notify_people_says_so_twice() -> None:
    text = render_plan(plan(notified=3))
    assert "People would be notified about 3 tickets." in " ".join(text.split())
    assert "notifications  3   WARNING: people would be notified" in text


def test_many_names_are_cut_and_still_add_up() -> None:
    text = render_plan(plan(skipped=105, skipped_by={}, left_out={f"kind {i}": i for i in range(1, 21)}))
    assert "10 others, together  155" in text


def test_many_values_are_cut_and_the_cut_is_said() -> None:
    assert "and 90 more" in render_plan(plan(unchecked=tuple(f"company {i}" for i in range(100))))


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_no_line_is_wider_than_asked_for(width: int) -> None:
    wide = problem(value="日本語" * 20, column="名前", message="長い" * 30)
    group = troubled_plan().problems[0]
    text = render_plan(
        troubled_plan(problems=(replace(group, examples=(wide,)),), source="x" * 300), width=width
    )
    assert max(map(columns, text.split("\n"))) <= max(width, 40)


def test_colours_change_no_word() -> None:
    painted = render_plan(troubled_plan(), colour=True)
    assert "\x1b[1;33mNot all ready: " in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == render_plan(troubled_plan())


@pytest.mark.parametrize("evil", HOSTILE)
def test_what_strangers_wrote_cannot_steer_the_terminal(evil: str) -> None:
    bad = problem(message=evil, hint=evil, column=evil, value=evil, at=evil)
    group = replace(troubled_plan().problems[0], code=evil, examples=(bad,))
    text = render_plan(
        troubled_plan(problems=(group,), source=evil, skipped_by={evil: 10}, unchecked=(evil,))
    )
    assert all(line.isprintable() for line in text.split("\n"))


def test_the_short_form_ends_in_the_verdict_and_names_no_rows() -> None:
    assert (
        render_plan_in_short(troubled_plan())
        == """\

Problems
  4 x title-too-short (blocks)
  1 x value-unmapped (blocks)
  1 x time-ambiguous (warning)
  Does not come over: 412 x replies.

Not all ready: 1,222 of 1,227 tickets can move, 5 cannot yet; 10 rows left out
by your rules."""
    )


def test_the_short_form_leaves_room_for_the_question_on_a_screen_of_24_lines() -> None:
    kinds = tuple(replace(troubled_plan().problems[0], code=f"kind-{i}") for i in range(20))
    text = render_plan_in_short(troubled_plan(problems=kinds, left_out={f"thing {i}": 9 for i in range(20)}))
    assert "and 15 other kinds" in text
    assert len(text.split("\n")) <= 13


def test_a_warning_is_explained_once_and_one_place_is_named() -> None:
    warning = replace(troubled_plan().problems[2], code="of-no-known-kind", count=9)
    said = warning.examples[0].message
    text = render_plan(troubled_plan(problems=(replace(warning, examples=warning.examples * 3),)))
    assert " ".join(text.split()).count(said) == 1
    assert "and 8 more" in text


def test_many_names_that_no_rule_reads_are_cut_and_the_cut_is_said() -> None:
    text = render_plan(plan(unread={f"column {number}": 2 for number in range(14)}), width=200)
    assert "column 9 (2) and 4 more\n" in text
