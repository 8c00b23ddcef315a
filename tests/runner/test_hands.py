"""A dry run on several processes is the dry run on one, to the byte."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.errors import Interrupted, MigratorError, UnreadableSource
from migrator.featurebase import Directory
from migrator.mapping import load_mapping_text
from migrator.model import Silent
from migrator.readers import ReadOptions, open_source
from migrator.runner.control import Control, Telling
from migrator.runner.hands import WORTH_IT_BYTES, jobs_for
from migrator.runner.plan import Plan
from migrator.runner.prepare import Prepared
from migrator.runner.staging import Inputs, dry_run

MAPPING = """\
key: id
category: Support
timezone: Europe/Berlin
skip:
  spam: {from: status, equals: spam}
ticket:
  title: {from: subject}
  content: {from: body, as: html}
  author: {email: {from: email}}
  createdAt: {from: created, as: datetime}
  status: {from: status, values: {open: New, closed: Resolved}}
  fields:
    Tags: {from: tags, split: ",", values: {billing: billing}, unmapped: {action: empty}}
"""
ROWS = 900
"""More than what is dealt out at once, several times."""


def inputs(folder: Path, *rows: str, jobs: int = 1) -> Inputs:
    path = folder / "t.csv"
    path.write_text("id,subject,body,email,created,status,tags\n" + "".join(f"{row}\n" for row in rows))
    source = open_source([path], ReadOptions())
    mapping = load_mapping_text(MAPPING, "m.yaml", tables={})
    return Inputs(source, mapping, Directory.unchecked(), target="", jobs=jobs)


def row(number: int, *, key: int | None = None, tags: int = 0) -> str:
    """Every now and then something is wrong with it, or it looks like another one."""
    email = "nobody" if number % 50 == 0 else f"c{number % 40}@example.com"
    status = ("open", "closed", "spam", "weird")[number % 4 if number % 9 == 0 else number % 2]
    words = "<script>x</script>" if number % 70 == 0 else f"<p>{number}</p>"
    names = ",".join(f"t{number}-{each}" for each in range(tags))
    day = f"2024-0{number % 9 + 1}-1{number % 3} 10:{number % 30:02}"
    subject = f"Printer {number % 100}"
    return f'{number if key is None else key},{subject},{words},{email},{day},{status},"{names}"'


def seen(given: Inputs) -> tuple[Plan, list[Prepared]]:
    """The plan, and what a report is shown of the rows of which something is wrong."""
    shown: list[Prepared] = []
    plan = dry_run(replace(given, witness=shown.append), Telling(Silent(), Control()))
    return plan, [each for each in shown if each.result.ref in _wrong(shown)]


def _wrong(shown: list[Prepared]) -> set[object]:
    return {
        each.result.ref
        for each in shown
        if any(
            not problem.code.endswith("-unchecked")
            for problem in getattr(each.result, "problems", getattr(each.result, "warnings", ()))
        )
    }


@pytest.mark.parametrize(
    "rows",
    [
        [row(number) for number in range(ROWS)],
        [row(number, key=number % 700) for number in range(ROWS)],
        [row(number, tags=6) for number in range(ROWS)],
        [row(1)],
    ],
    ids=["all sorts", "ids that were met before", "more names than are counted one by one", "one row"],
)
def test_how_many_work_on_it_makes_no_difference(tmp_path: Path, rows: list[str]) -> None:
    alone, shown_alone = seen(inputs(tmp_path, *rows))
    together, shown_together = seen(inputs(tmp_path, *rows, jobs=2))
    assert together == alone
    assert [(each.record, each.result) for each in shown_together] == [
        (each.record, each.result) for each in shown_alone
    ]
    assert multiprocessing.active_children() == []


def test_a_stop_ends_every_process(tmp_path: Path) -> None:
    control = Control()
    given = inputs(tmp_path, *(row(number) for number in range(ROWS)), jobs=2)
    given = replace(given, witness=lambda _: control.stop())
    with pytest.raises(Interrupted):
        dry_run(given, Telling(Silent(), control))
    assert multiprocessing.active_children() == []


def test_an_export_that_breaks_off_is_told_as_ever(tmp_path: Path) -> None:
    given = inputs(tmp_path, *(row(number) for number in range(ROWS)), 'x,"never closed', jobs=2)
    with pytest.raises(UnreadableSource, match="never closed"):
        dry_run(given, Telling(Silent(), Control()))


def test_a_process_that_is_killed_is_missed(tmp_path: Path) -> None:
    def kill(_: Prepared) -> None:
        for process in multiprocessing.active_children():
            process.kill()

    given = replace(inputs(tmp_path, *(row(n) for n in range(4 * ROWS)), jobs=2), witness=kill)
    with pytest.raises(MigratorError) as told:
        dry_run(given, Telling(Silent(), Control()))
    assert "--jobs 1" in told.value.hint


def test_a_small_export_is_not_worth_several() -> None:
    assert jobs_for(WORTH_IT_BYTES - 1) == 1
    assert jobs_for(WORTH_IT_BYTES) >= 1
