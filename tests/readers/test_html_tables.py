import pytest

from migrator.errors import SourceError, UnreadableSource
from migrator.readers.dialect import LONGEST_CELL_CHARACTERS
from tests.readers.support import codes, opened, read, write


def page(folder, *rows, before="", after="", encoding="utf-8"):
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return write(folder, "t.xls", f"<html><body>{before}<table>{body}</table>{after}</body></html>", encoding)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param("<td>00123</td>", "00123", id="zeros"),
        pytest.param("<td>1234567890123456789</td>", "1234567890123456789", id="19-digits"),
        pytest.param("<td>\n  two\n  words\n</td>", "two words", id="white-space-runs-together"),
        pytest.param("<td>a<br>b<BR/><br />c</td>", "a\nb\n\nc", id="line-breaks"),
        pytest.param("<td><p>a</p>\n<p>b</p><div>c</div>d</td>", "a\nb\nc\nd", id="paragraphs"),
        pytest.param("<td>&lt;p&gt; &amp; &euro; &#128512;</td>", "<p> & € 😀", id="entities"),
        pytest.param("<td>&nbsp;</td>", "", id="blank"),
        pytest.param("<td>52&nbsp;267</td>", "52\u00a0267", id="no-break-space-inside"),
        pytest.param("<td>a<script>alert('<td>')</script>b<style>td {}</style></td>", "ab", id="no-scripts"),
        pytest.param("<td>a<!-- <td>no</td> -->b</td>", "ab", id="no-comments"),
        pytest.param("<td>a<![if !vml]>b<![endif]>c</td>", "abc", id="marked-sections-of-spreadsheets"),
        pytest.param("<td>a <table><tr><td>b</td><td>c</td></tr></table></td>", "a\nbc", id="table-inside"),
        pytest.param("<td>open", "open", id="never-closed"),
    ],
)
def test_a_cell_is_what_a_browser_shows(tmp_path, cell, text):
    (record,) = read(page(tmp_path, "<th>id<th>x", f"<td>1</td>{cell}"))
    assert (record.values["x"], codes(record)) == (text, [])


def test_cells_that_span_keep_the_columns(tmp_path):
    rows = read(
        page(
            tmp_path,
            "<th>a</th><th colspan=2>b</th><th>d</th>",
            "<td rowspan=2>1</td><td>2</td><td>3</td><td>4</td>",
            "<td>6</td><td colspan='2'>7</td>",
            "<td>8</td><td>9</td><td>10</td><td>11</td>",
        )
    )
    assert [row.original for row in rows] == [
        ("1", "2", "3", "4"),
        ("", "6", "7", ""),
        ("8", "9", "10", "11"),
    ]


def test_the_declared_encoding_counts_where_the_bytes_are_no_utf_8(tmp_path):
    head = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'
    (record,) = read(page(tmp_path, "<td>id", "<td>Привет", before=head, encoding="cp1251"))
    assert record.values == {"id": "Привет"}


@pytest.mark.parametrize("charset", ["klingon", "utf-8"])
def test_a_declared_encoding_that_cannot_be_is_passed_over(tmp_path, charset):
    head = f'<meta charset="{charset}">'
    (record,) = read(page(tmp_path, "<td>id", "<td>Zürich", before=head, encoding="cp1252"))
    assert record.values == {"id": "Zürich"}


def test_several_tables_are_sheets_of_which_one_can_be_named(tmp_path):
    path = page(
        tmp_path, "<td>id<td>x", "<td>1<td>a", after="<table><tr><td>k<td>w</td></tr><tr><td>v<td>z</table>"
    )
    with pytest.raises(SourceError, match="several sheets could hold the tickets: 'table 1', 'table 2'"):
        opened(path)
    assert read(path, sheet="table 2")[0].values == {"k": "v", "w": "z"}


def test_a_page_without_a_table_is_no_export(tmp_path):
    with pytest.raises(SourceError, match="a web page without a table"):
        opened(write(tmp_path, "t.xls", "<html><body>Please sign in.</body></html>"))


def test_a_tag_without_end_does_not_fill_the_memory(tmp_path):
    path = page(tmp_path, "<td>id", "<td>1", after='<a href="' + "x" * (5 << 20))
    with pytest.raises(UnreadableSource, match="the page is damaged"):
        read(path)


def test_too_many_columns_are_refused(tmp_path):
    with pytest.raises(UnreadableSource, match="a row has more than 16,384 cells"):
        read(page(tmp_path, "<td colspan=16384>id<td>x"))


def test_a_cell_without_end_is_refused_as_that(tmp_path):
    with pytest.raises(UnreadableSource, match="a cell is longer than 16 million characters"):
        read(page(tmp_path, "<td>id", "<td>" + "x" * (LONGEST_CELL_CHARACTERS + 1)))


def test_a_page_of_other_letters_is_read_as_it_says_or_refused(tmp_path):
    rows = ("<td>id<td>subject", "<td>1<td>Здравствуйте, не работает оплата")
    said = page(tmp_path, *rows, before='<meta charset="windows-1251">', encoding="windows-1251")
    assert read(said)[0].values["subject"] == "Здравствуйте, не работает оплата"
    with pytest.raises(UnreadableSource, match="nothing says how it is written") as refused:
        opened(page(tmp_path, *rows, encoding="windows-1251"))
    assert "as CSV" in refused.value.hint
