"""The road from an export to its requests: one look at every row is as good as two."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import SourceError
from migrator.featurebase import Directory
from migrator.mapping import Mapping, load_mapping_text
from migrator.model import Silent
from migrator.readers import ReadOptions, Source, open_source
from migrator.runner.control import Control, Telling
from migrator.runner.prepare import Surveyed, prepare, survey

MAPPING = """\
key: id
category: Support
timezone: Europe/Berlin
ticket:
  title: {from: subject, missing: "(none)"}
  author: {email: {from: email}}
  createdAt: {from: created, as: datetime, format: "%d.%m.%Y %H:%M"}
  fields:
    Due: {from: due, as: datetime, format: iso}
"""
TIMES = [
    "03.04.2024 10:00",
    "13.04.2023 23:59",
    "31.03.2024 02:30",
    "27.10.2024 02:30",
    "31.02.2024 1:00",
    "soon",
    "",
]
DAYS = ["2024-05-06", "2024-05-06T10:00:00", "2024-05-06T10:00:00Z", "05/06/2024", ""]
ROWS = st.tuples(st.sampled_from("12345"), st.sampled_from(["a@example.com", ""]), st.sampled_from(TIMES), st.sampled_from(DAYS))  # fmt: skip


def telling() -> Telling:
    return Telling(Silent(), Control())


def source(folder: Path, text: str) -> Source:
    path = folder / "t.csv"
    path.write_text(f"id,subject,email,created,due\n{text}", encoding="utf-8")
    return open_source([path], ReadOptions())


def made(text: str = MAPPING) -> Mapping:
    return load_mapping_text(text, "m.yaml", tables={})


def looked_at_first(export: Source, mapping: Mapping) -> Surveyed:
    looking = mapping.survey()
    for record in export.records():
        looking.look(record)
    return Surveyed(export, mapping, looking.decide(), looking)


@given(st.lists(ROWS, min_size=1, max_size=12))
def test_rows_that_are_looked_at_on_their_way_become_what_they_become_after_a_first_look(rows):
    text = "".join(f"{key},Question,{email},{created},{due}\n" for key, email, created, due in rows)
    with TemporaryDirectory() as folder:
        export = source(Path(folder), text)
        beside, first = survey(export, made(), telling()), looked_at_first(export, made())
        assert beside.beside
        directory = Directory.unchecked()
        results = [
            [replace(each, record=None) for each in prepare(surveyed, directory, telling())]
            for surveyed in (beside, first)
        ]
    assert results[0] == results[1]
    assert (beside.orders, beside.dates) == (first.orders, first.dates)


@pytest.mark.parametrize(
    ("change", "beside"),
    [
        pytest.param(("", ""), True, id="all-declared"),
        pytest.param((', format: "%d.%m.%Y %H:%M"', ""), False, id="an-order-to-decide"),
        pytest.param(("timezone: Europe/Berlin\n", ""), False, id="a-zone-that-may-be-needed"),
        pytest.param(("key: id\n", "key: id\ngroup_by: email\n"), False, id="rows-that-are-joined"),
    ],
)
def test_rows_are_looked_at_first_where_one_may_change_what_becomes_of_others(tmp_path, change, beside):
    export = source(tmp_path, "1,Question,a@example.com,13.04.2024 10:00+00:00,\n")
    assert survey(export, made(MAPPING.replace(*change)), telling()).beside is beside


def test_a_table_without_rows_is_no_success(tmp_path):
    surveyed = survey(source(tmp_path, ""), made(), telling())
    with pytest.raises(SourceError, match="the export holds no tickets"):
        list(prepare(surveyed, Directory.unchecked(), telling()))
