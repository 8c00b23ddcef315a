"""Hostile and damaged tables, and tables in odd dialects. Whatever comes, a reader gives rows or a clear error.

The contract of `test_contract.py` holds for every reader; here are the formats that one reader may have.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from migrator.errors import MigratorError
from tests.readers import test_books as books
from tests.readers.support import DAMAGE, damaged, opened, read, write

MEMBERS = {"xlsx": "xl/worksheets/sheet1.xml", "ods": "content.xml"}
BOUNDED = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def open_and_read(path: Path, **options: bool) -> None:
    """Only our own errors may come out."""
    with suppress(MigratorError):
        for record in opened(path, **options).records():
            assert all(isinstance(cell, str) for cell in record.original)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("samples")
    return {kind: make(folder).read_bytes() for kind, make in books.KINDS.items()}


@pytest.mark.parametrize("kind", books.KINDS)
@given(damage=DAMAGE, kept=st.floats(0.2, 1))
@BOUNDED
def test_a_damaged_workbook_ends_in_rows_or_a_clear_error(tmp_path_factory, samples, kind, damage, kept):
    content = damaged(samples[kind], damage)
    path = write(tmp_path_factory.getbasetemp(), f"damaged-{kind}", content[: int(kept * len(content))])
    open_and_read(path)


@pytest.mark.parametrize(("kind", "fast"), [("xlsx", False), ("xlsx", True), ("ods", False)])
@given(damage=DAMAGE)
@BOUNDED
def test_a_sheet_damaged_inside_its_package_ends_the_same(tmp_path_factory, samples, kind, fast, damage):
    path = tmp_path_factory.getbasetemp() / f"inside-{kind}"
    with zipfile.ZipFile(io.BytesIO(samples[kind])) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, damaged(data, damage) if name == MEMBERS[kind] else data)
    open_and_read(path, fast=fast)


MARKUP = st.lists(
    st.sampled_from(
        [
            "<table>",
            "</table>",
            "<tr>",
            "<td>",
            "</td>",
            "<td/colspan=3>",
            "<th/rowspan=2>",
            "<br>",
            "<p>",
            "a",
            "&amp;",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<!",
            "<?",
            "&#0;",
            "&#xD800;",
            "<script>",
            "</script>",
            "<a/b='",
            "\x00",
            "é",
        ]
    ),
    max_size=30,
)


@given(parts=MARKUP)
@example(parts=["<![", "x"])
@BOUNDED
def test_any_markup_ends_in_rows_or_a_clear_error(tmp_path_factory, parts):
    page = "<html><table>" + "".join(parts)
    open_and_read(write(tmp_path_factory.getbasetemp(), "page", page))


TEXT = st.text(
    st.sampled_from(
        ["a", "0", " ", ",", ";", "\t", "|", "'", '"', "\n", "\r", "é", "😀", "\u2028", "\u00a0", "="]
    ),
    max_size=8,
)
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=1, max_size=6)
)


@given(
    table=TABLES,
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    line_break=st.sampled_from(["\n", "\r\n", "\r"]),
    above=st.sampled_from(["", "sep", "mark", "wrapped"]),
)
@settings(BOUNDED, max_examples=60)
def test_no_row_is_invented_or_lost_in_any_dialect(
    tmp_path_factory, table, delimiter, quoting, line_break, above
):
    """The header is written by us; cells hold whatever they like, delimiters and quotes above all."""
    rows = [[f"c{number}" for number in range(len(table[0]))], *table]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_break).writerows(rows)
    content = text.getvalue()
    if above == "sep":
        content = f"sep={delimiter}{line_break}{content}"
    elif above == "mark":
        content = f"\ufeff{content}"
    elif above == "wrapped":
        content = wrapped(rows, delimiter, line_break)
    path = write(tmp_path_factory.getbasetemp(), "dialect.csv", content)
    expected = [tuple(row) for row in table if any(row)]
    options = {} if above == "sep" else {"delimiter": delimiter}
    assert [record.original for record in read(path, **options)] == expected


def wrapped(rows: list[list[str]], delimiter: str, line_break: str) -> str:
    """Every line quoted as a whole, as some spreadsheets save a table that they did not split."""
    lines = []
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="").writerow(row)
        lines.append('"' + line.getvalue().replace('"', '""') + '"')
    return line_break.join(lines)


@given(table=TABLES, fast=st.booleans())
@BOUNDED
def test_no_row_is_invented_or_lost_in_a_workbook(tmp_path_factory, table, fast):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([f"c{number}" for number in range(len(table[0]))])
    for number, row in enumerate(table, start=2):
        for column, text in enumerate(row, start=1):
            if text:
                cell = sheet.cell(number, column)
                cell.value = text
                cell.data_type = "s"
    path = tmp_path_factory.getbasetemp() / "round.xlsx"
    book.save(path)
    found = [record.original for record in read(path, fast=fast)]
    assert told_apart(found, blank_too=not fast) == told_apart(table, blank_too=not fast)


def told_apart(table: Sequence[Sequence[str]], *, blank_too: bool) -> list[tuple[str, ...]]:
    """Rows as XML keeps them: it reads a carriage return as a line feed. calamine takes blanks for nothing."""
    rows = [tuple(cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row) for row in table]
    kept = [tuple(cell if blank_too or cell.strip() else "" for cell in row) for row in rows]
    return [row for row in kept if any(row)]


JIRA_FEED = (
    "<!-- RSS generated by JIRA --><rss version='0.92'><channel><title>t</title>"
    + "".join(
        f"<item><title>[S-{n}] a</title><key id='{n}'>S-{n}</key><summary>a</summary><type id='1'>Bug</type>"
        f"<status id='3'>Done</status><reporter accountid='5b:{n}'>Ann</reporter><description>&lt;p&gt;x&lt;/p&gt;"
        f"</description><created>Sun, 8 Sep 2024 17:43:0{n} +0300</created><comments><comment id='{n}' "
        f"author='5b:{n}' created='Sun, 8 Sep 2024 18:43:07 +0300'>one</comment></comments></item>"
        for n in range(4)
    )
    + "</channel></rss>"
)


@given(damage=DAMAGE, kept=st.floats(0.2, 1))
@BOUNDED
def test_a_damaged_feed_of_jira_ends_in_issues_or_a_clear_error(tmp_path_factory, damage, kept):
    content = damaged(JIRA_FEED.encode(), damage)
    path = write(tmp_path_factory.getbasetemp(), "feed.xml", content[: int(kept * len(content))])
    with suppress(MigratorError):
        assert len(read(path)) <= 4


WRAPPINGS: dict[str, Callable[[list[dict[str, str]]], str]] = {
    "array": json.dumps,
    "indented": lambda records: json.dumps(records, indent=2),
    "lines": lambda records: "".join(json.dumps(each) + "\n" for each in records),
    "lines-behind-a-header": lambda records: (
        '{"type": "header", "v": 1}\n' + "".join(json.dumps(each) + "\n" for each in records)
    ),
    "arrays-in-a-row": lambda records: "".join(json.dumps([each]) for each in records),
    "arrays-line-by-line": lambda records: "".join(json.dumps([each]) + "\n" for each in records),
    "envelope": lambda records: json.dumps({"count": 1, "tickets": records, "next": None}),
    "oddly-named-list": lambda records: json.dumps({"meta": {"v": "1"}, "faelle": records}),
    "pages": lambda records: json.dumps([{"tickets": [each], "page": "1"} for each in records]),
    "inside": lambda records: json.dumps({"export": {"support": {"list": records, "v": "1"}}}),
    "by-id": lambda records: json.dumps({each["id"]: each for each in records}),
    "by-id-inside": lambda records: json.dumps({"db": {"tickets": {each["id"]: each for each in records}}}),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@given(
    texts=st.lists(
        st.dictionaries(st.sampled_from(["subject", "body", "x"]), st.text(max_size=5)),
        min_size=1,
        max_size=5,
    )
)
@settings(BOUNDED, max_examples=15)
def test_no_record_is_invented_or_lost_in_any_wrapping(tmp_path_factory, wrapping, texts):
    records = [{"id": str(100 + number), **each} for number, each in enumerate(texts)]
    path = write(tmp_path_factory.getbasetemp(), "wrapped.json", WRAPPINGS[wrapping](records))
    assert [record.values for record in read(path)] == records


def xml_records(records: list[dict[str, str]]) -> str:
    return "".join(
        "<case>" + "".join(f"<{key}>{escape(value)}</{key}>" for key, value in each.items()) + "</case>"
        for each in records
    )


XML_WRAPPINGS: dict[str, Callable[[list[dict[str, str]]], str]] = {
    "list": lambda records: f"<cases>{xml_records(records)}</cases>",
    "rails": lambda records: f"<out type='array'>{xml_records(records)}</out>",
    "beside-what-is-about-it": lambda records: (
        f"<out><head><v>1</v><n>2</n></head><cases>{xml_records(records)}</cases></out>"
    ),
    "deep": lambda records: f"<a><b><c><cases>{xml_records(records)}</cases></c></b></a>",
    "prefixed": lambda records: (
        "<x:cases xmlns:x='urn:x'>"
        + xml_records(records).replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
        + "</x:cases>"
    ),
    "of-a-database": lambda records: (
        "<dump><table_data>"
        + "".join(
            "<row>"
            + "".join(f"<field name='{key}'>{escape(value)}</field>" for key, value in each.items())
            + "</row>"
            for each in records
        )
        + "</table_data></dump>"
    ),
}


@pytest.mark.parametrize("wrapping", XML_WRAPPINGS)
@given(
    texts=st.lists(
        st.dictionaries(st.sampled_from(["subject", "body"]), st.text("ab &<>'\"é\n", max_size=5)),
        min_size=1,
        max_size=4,
    )
)
@settings(BOUNDED, max_examples=15)
def test_no_element_is_invented_or_lost_in_any_wrapping(tmp_path_factory, wrapping, texts):
    records = [{"id": str(100 + number), **each} for number, each in enumerate(texts)]
    path = write(tmp_path_factory.getbasetemp(), "wrapped.xml", XML_WRAPPINGS[wrapping](records))
    assert [record.values for record in read(path)] == records
