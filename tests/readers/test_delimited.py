import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.errors import SourceError, UnreadableSource
from migrator.readers import read_table
from tests.readers.support import codes, opened, read, told, write

CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12) | st.sampled_from(
    [
        "",
        "NA",
        "007",
        "1e5",
        "TRUE",
        " x ",
        'say "hi"',
        "a,b;c\td|e",
        "two\nlines",
        "\r",
        "\r\n",
        "\x1f",
        "é😀",
        "\u2028",
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    return draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=6))


@given(
    table=tables(),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_cells_come_back_exactly_as_written(tmp_path_factory, table, delimiter, encoding):
    width = len(table[0]) if table else 2
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(
        [[f"c{i}" for i in range(width)], *table]
    )
    path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_bytes(text.getvalue().encode(encoding))

    records = read(path, delimiter=delimiter)

    assert [list(record.values.values()) for record in records] == [row for row in table if any(row)]
    assert [record.original for record in records] == [tuple(row) for row in table if any(row)]


def test_rows_and_lines_are_counted_as_people_count(tmp_path):
    path = write(tmp_path, "t.csv", 'id,text\r\n1,"a\r\nb\rc\nd"\r\n\r\n2,x\r\n')
    first, second = read(path)
    assert first.values["text"] == "a\r\nb\rc\nd"
    assert (first.ref.row, first.ref.line) == (2, 2)
    assert (second.ref.row, second.ref.line) == (4, 7)


def test_an_instruction_line_is_no_row(tmp_path):
    (record,) = read(write(tmp_path, "t.csv", "sep=;\nid;x\n1;a\n"))
    assert (record.ref.row, record.ref.line, record.values) == (2, 3, {"id": "1", "x": "a"})


@pytest.mark.parametrize(
    ("row", "code", "values"),
    [
        pytest.param("2,b", "row-too-short", {"id": "2", "a": "b"}, id="too-short"),
        pytest.param("2,b,c,d", "row-too-long", {"id": "2", "a": "b", "z": "c"}, id="too-long"),
        pytest.param("2,b\0,c", "nul-character", {"id": "2", "a": "b\0", "z": "c"}, id="nul"),
        pytest.param('2,"b"x,c', "broken-quote", {"id": "2", "a": "bx", "z": "c"}, id="text-behind-a-quote"),
        pytest.param("2,MÃ¼ller,c", "damaged-text", {"id": "2", "a": "MÃ¼ller", "z": "c"}, id="mojibake"),
        pytest.param("2,\ufffd,c", "damaged-text", {"id": "2", "a": "\ufffd", "z": "c"}, id="replacement"),
    ],
)
def test_a_faulty_row_is_named_and_never_shifted(tmp_path, row, code, values):
    before, faulty, after = read(write(tmp_path, "t.csv", f"id,a,z\n1,x,y\n{row}\n3,x,y\n"))
    assert codes(faulty) == [code]
    assert faulty.values == values
    assert (faulty.problems[0].ref, faulty.ref.line) == (faulty.ref, 3)
    assert faulty.problems[0].blocks == (code != "damaged-text")
    assert codes(before) == codes(after) == []
    assert (after.ref.row, after.ref.line) == (4, 4)


def test_nothing_of_a_ragged_row_is_lost(tmp_path):
    short, long = read(write(tmp_path, "t.csv", "id,a,z\n1,b\n2,b,c,d,e\n3,x,y\n4,x,y\n5,x,y\n"))[:2]
    assert short.original == ("1", "b")
    assert long.original == ("2", "b", "c", "d", "e")


def test_a_broken_quote_over_several_lines_keeps_the_count(tmp_path):
    text = 'id,a\n1,"one"x"\ny",z\n2,two\n3,three\n4,"four ""4"""\n'
    records = read(write(tmp_path, "t.csv", text))
    assert [(r.values["id"], r.ref.line) for r in records if not r.problems] == [("2", 4), ("3", 5), ("4", 6)]


def test_a_quote_that_is_never_closed_is_refused_where_it_opens(tmp_path):
    path = write(tmp_path, "t.csv", 'id,a\n1,"fine\nfine"\n2,"open\n' + "3,x\n" * 50)
    with pytest.raises(UnreadableSource) as caught:
        read(path)
    assert caught.value.at == "t.csv, line 4"
    assert "never closed" in caught.value.message


def test_a_cell_without_end_does_not_fill_the_memory(tmp_path):
    path = write(tmp_path, "t.csv", 'id,a\n1,"' + ("x" * 99_999 + "\n") * 170)
    with pytest.raises(UnreadableSource, match="never closed"):
        read(path)


def test_blank_rows_are_left_out_and_counted(tmp_path):
    source = opened(write(tmp_path, "t.csv", "id,a\n1,x\n,\n\n2,y\n,\n"))
    assert [record.ref.row for record in source.records()] == [2, 5]
    assert told(source)["blank-rows"] == 3


def test_a_table_without_rows_is_told(tmp_path):
    source = opened(write(tmp_path, "t.csv", "id,subject\n"))
    assert list(source.records()) == []
    assert told(source) == {"no-rows": 1}


def test_headers_are_trimmed_named_and_repeated(tmp_path):
    source = opened(write(tmp_path, "t.csv", "\ufeff id\u00a0,Note,,Note\n1,a,b,c\n"))
    (record,) = source.records()
    assert source.columns == ("id", "Note", "(column 3)", "Note")
    assert record.values == {"id": "1", "Note": ["a", "c"], "(column 3)": "b"}
    assert told(source) == {"repeated-header": 1, "blank-header": 1}


def test_our_own_columns_are_removed_and_name_the_ledger(tmp_path):
    source = opened(
        write(tmp_path, "rejects.csv", "id,a,migrator_problem,migrator_ledger\n1,x,bad,L7\n2,y,bad,L7,more\n")
    )
    first, second = source.records()
    assert (source.ledger_id, source.columns) == ("L7", ("id", "a"))
    assert (first.values, first.original, codes(first)) == ({"id": "1", "a": "x"}, ("1", "x"), [])
    assert (second.original, codes(second)) == (("2", "y", "more"), ["row-too-long"])


def test_rejects_know_where_they_stood(tmp_path):
    rows = 'id,migrator_row,migrator_ledger\n1,"t.csv[May], row 7",L7\n2,"\'-t.csv, row 8",L7\n3,,L7\n4\n'
    records = read(write(tmp_path, "rejects.csv", rows))
    assert [record.earlier_place for record in records] == ["t.csv[May], row 7", "-t.csv, row 8", "", ""]
    assert read(write(tmp_path, "t.csv", "id,a\n1,x\n"))[0].earlier_place == ""


def test_cells_behind_our_columns_are_too_many_whatever_a_spreadsheet_makes_of_them(tmp_path):
    text = (
        "id;a;migrator_row;migrator_ledger;;\n1;x;t, row 2;L7;;\n2;y;t, row 3;L7;mark;\n3;z;t, row 4;L7;;b\n"
    )
    source = opened(write(tmp_path, "rejects.csv", text))
    first, second, third = source.records()
    assert source.columns == ("id", "a")
    assert (first.original, codes(first)) == (("1", "x"), [])
    assert (second.original, codes(second)) == (("2", "y", "mark"), ["row-too-long"])
    assert (third.original, codes(third)) == (("3", "z", "", "b"), ["row-too-long"])


def test_several_files_are_one_table_in_the_order_of_the_first_header(tmp_path):
    one = write(tmp_path, "one.csv", "id,a\n1,x\n")
    two = write(tmp_path, "two.csv", "a;id\ny;2\nshort\n")
    first, second, short = read(one, two)
    assert (first.ref.file, second.ref.file) == ("one.csv", "two.csv")
    assert (second.values, second.original) == ({"id": "2", "a": "y"}, ("2", "y"))
    assert (short.values, codes(short)) == ({"id": "", "a": "short"}, ["row-too-short"])


def test_files_with_other_columns_are_refused_with_the_difference(tmp_path):
    one = write(tmp_path, "one.csv", "id,a\n1,x\n")
    two = write(tmp_path, "two.csv", "id,b\n1,x\n")
    with pytest.raises(SourceError, match="it lacks a; it also has b") as caught:
        opened(one, two)
    assert caught.value.at == "two.csv"


def test_progress_grows_to_the_size_of_the_files(tmp_path):
    path = write(tmp_path, "t.csv", "id,a\n" + "1,xxxxxxxxxxxxxxxxxxxxxxxxxx\n" * 20_000)
    source = opened(path)
    seen = [source.read_bytes for _ in source.records()]
    assert seen == sorted(seen)
    assert 0 < seen[len(seen) // 2] < source.size_bytes == source.read_bytes


def test_a_value_table_gives_lines_and_cells(tmp_path):
    path = write(tmp_path, "values.csv", 'from;to\n"two\nlines";x\n\nü;y\n', encoding="cp1252")
    assert read_table(path) == [(1, ("from", "to")), (2, ("two\nlines", "x")), (5, ("ü", "y"))]


@pytest.mark.parametrize("content", [b"", b'{"a": 1}', b'a,b\n1,"x"y\n', b"\x89PNG"])
def test_what_is_no_value_table_is_refused(tmp_path, content):
    with pytest.raises(SourceError):
        read_table(write(tmp_path, "values.csv", content))


def test_a_missing_value_table_is_refused(tmp_path):
    with pytest.raises(SourceError, match="no such file"):
        read_table(tmp_path / "none.csv")


def rows_of(paths: Sequence[Path]) -> list[str]:
    return [str(record.ref) for record in read(*paths)]


def test_a_place_reads_as_people_look_it_up(tmp_path):
    assert rows_of([write(tmp_path, "t.csv", "id,a\n1,x\n")]) == ["t.csv, row 2"]


# --- what spreadsheets and helpdesks do to tables (formats, sections 3, 24 and 25) --------------


@pytest.mark.parametrize("line_break", ["\r", "\n", "\r\n"])
def test_any_line_break_ends_a_row_and_stays_inside_quotes(tmp_path, line_break):
    text = line_break.join(["id,text", f'1,"a{line_break}b"', "2,x", ""])
    first, second = read(write(tmp_path, "t.csv", text))
    assert (first.values["text"], second.ref.row, second.ref.line) == (f"a{line_break}b", 3, 4)


def test_separators_that_are_no_line_breaks_stay_in_their_cell(tmp_path):
    text = "a\u2028b\u2029c\x85d\x0be\x1cf"
    (record,) = read(write(tmp_path, "t.csv", f"id,text\n1,{text}\n"))
    assert record.values["text"] == text


@pytest.mark.parametrize(
    "key",
    ["007", "1234567890123456789", "52\u00a0267", "INC0010001", "3.0", "1.23E+15", "'=1+1", " 7 ", "1e5"],
)
def test_ids_arrive_as_they_were_written(tmp_path, key):
    (record,) = read(write(tmp_path, "t.csv", f"id,x\n{key},a\n"))
    assert record.values["id"] == key


def test_numbers_that_a_spreadsheet_rounded_are_told_by_column(tmp_path):
    source = opened(write(tmp_path, "t.csv", "id;phone;text\n1;4,91512E+11;1E+3 of them\n2;;x\n"))
    assert [notice.message for notice in source.notices] == [
        "numbers were rounded by a spreadsheet, so their last digits are lost: phone (4,91512E+11)"
    ]


def test_lines_that_are_quoted_as_a_whole_are_read_and_told(tmp_path):
    text = 'id,subject\n1,"a ""b"", c"\n2,"two\nlines"\n3,x\n'
    rows = list(csv.reader(io.StringIO(text)))
    packed = io.StringIO()
    inner = [_line(row) for row in rows]
    csv.writer(packed, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([line] for line in inner)
    source = opened(write(tmp_path, "t.csv", packed.getvalue()))
    assert [list(record.original) for record in source.records()] == rows[1:]
    assert told(source) == {"lines-quoted": 1}


def _line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().removesuffix("\n")


def test_a_torn_line_among_quoted_ones_is_an_error_of_its_row(tmp_path):
    rows = "".join(f'"{n},""x, {n}"",y"\n' for n in range(300))
    records = read(write(tmp_path, "t.csv", f'"id,text,z"\n{rows}"300,""torn"\n"cell"",y"\n"301,a,b"\n'))
    assert [codes(record) for record in records[-4:]] == [
        [],
        ["broken-quote", "row-too-short"],
        ["row-too-short"],
        [],
    ]
    assert len(records) == 303


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("Total,,,523,", id="total"),
        pytest.param(",Grand Total:,,\u00a01 523,", id="label-in-the-second-column"),
        pytest.param("Total,,,,45%", id="share"),
        pytest.param("Summe;;;;", id="german"),
        pytest.param("Total: 523", id="one-cell"),
        pytest.param("Totals (523),,,,", id="count-behind-the-label"),
        pytest.param("Total records,,,,12:30", id="duration"),
    ],
)
def test_a_row_of_totals_at_the_end_is_left_out_and_told(tmp_path, row):
    text = f"id,subject,status,count,x\n1,a,b,2,c\n2,Total,b,3,c\n{row}\n,,,,\n"
    if ";" in row:
        text = text.replace(",", ";")
    source = opened(write(tmp_path, "t.csv", text))
    assert [record.values["id"] for record in source.records()] == ["1", "2"]
    assert told(source) == {"totals-row": 1, "blank-rows": 1}
    assert "the last row holds totals and was left out: row 4" in [n.message for n in source.notices]


@pytest.mark.parametrize(
    ("row", "count"),
    [
        pytest.param("3,Total,,,", 2, id="a-ticket-with-that-subject"),
        pytest.param("Total,loss of data,,,", 2, id="words-beside"),
        pytest.param("Total,1,2,3,", 2, id="hardly-a-blank"),
        pytest.param("Total,,,5,\n3,a,b,2,c", 3, id="not-the-last"),
        pytest.param("Totality,,,5,", 2, id="another-word"),
    ],
)
def test_what_is_not_certainly_totals_is_a_row(tmp_path, row, count):
    source = opened(write(tmp_path, "t.csv", f"id,subject,status,count,x\n1,a,b,2,c\n{row}\n"))
    assert len(list(source.records())) == count
    assert "totals-row" not in told(source)


def test_a_table_of_nothing_but_totals_keeps_its_row(tmp_path):
    assert len(read(write(tmp_path, "t.csv", "id,a,b\nTotal,,\n"))) == 1


LONG = "x" * 700 + "\n" + "é" * 300
"""A cell of two lines; a hundred of them are more than is taken from a file at once."""


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        pytest.param(f'"{LONG}"', [], id="nothing"),
        pytest.param(f'"{LONG}Ã¼"', ["damaged-text"], id="damaged-text"),
        pytest.param(f'"{LONG}â"', [], id="a-letter-of-french"),
        pytest.param(f'"{LONG}\0"', ["nul-character"], id="nul"),
        pytest.param(f'"{LONG}" y', ["broken-quote"], id="broken-quote"),
        pytest.param(f'"{LONG}",z,z', ["row-too-long"], id="row-too-long"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_fault_is_told_of_its_row_wherever_in_a_long_file_it_stands(tmp_path, cell, found, line_end):
    rows = [f'{number},"{LONG}"' for number in range(250)]
    faulty = range(3, 250, 41)
    for number in faulty:
        rows[number] = f"{number},{cell}"
    text = "\n".join(["id,body", *rows, ""]).replace("\n", line_end)
    records = read(write(tmp_path, "t.csv", text))
    assert [record.values["id"] for record in records] == [str(number) for number in range(250)]
    assert [record.ref.line for record in records] == [2 + 2 * number for number in range(250)]
    assert {record.ref.row - 2: codes(record) for record in records if record.problems} == (
        dict.fromkeys(faulty, found) if found else {}
    )


def test_a_quote_that_is_never_closed_is_found_far_into_a_file(tmp_path):
    text = "id,body\n" + "".join(f'{number},"{LONG}"\n' for number in range(250)) + f'7,"{LONG}\n' * 101
    with pytest.raises(UnreadableSource) as told:
        read(write(tmp_path, "t.csv", text))
    assert told.value.at.startswith("t.csv, line ")
    assert int(told.value.at.rpartition(" ")[2]) >= 502


def test_a_table_of_one_column_is_told(tmp_path):
    """Its delimiter may be one that nobody expects."""
    path = write(tmp_path, "t.csv", "id^subject\n1^a\n")
    assert told(opened(path)) == {"single-column": 1}
    assert [record.values for record in read(path, delimiter="^")] == [{"id": "1", "subject": "a"}]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        pytest.param("1,Lamp,open\n2,Chair,open\n", True, id="the-first-column"),
        pytest.param(
            "Lamp,2024-01-01,a@example.com\nChair,2024-01-02,b@example.com\n", True, id="two-others"
        ),
        pytest.param("id,2023,status\n1,5,open\n2,6,open\n", False, id="one-other"),
        pytest.param("0,1,2\n7,a,x\n8,b,y\n", False, id="counted-columns"),
        pytest.param("1,Lamp,open\nid,subject,status\n", False, id="nothing-alike-below"),
        pytest.param("2024,Lamp\n", False, id="nothing-below"),
    ],
)
def test_a_table_without_a_header_loses_no_ticket(tmp_path, text, refused):
    path = write(tmp_path, "t.csv", text)
    if refused:
        with pytest.raises(SourceError, match="the first row is no header"):
            opened(path)
    else:
        assert len(read(path)) == text.count("\n") - 1


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("id|subject\n--|-------\n1|a\n2|b\n", id="console"),
        pytest.param("id,subject\n-,-------\n1,a\n2,b\n", id="console-with-commas"),
        pytest.param("| id | subject |\n|:--:|---------|\n|1|a|\n|2|b|\n", id="markdown"),
    ],
)
def test_a_line_drawn_below_the_header_is_left_out_and_told(tmp_path, text):
    source = opened(write(tmp_path, "t.txt", text))
    assert [record.values["subject"] for record in source.records()] == ["a", "b"]
    assert told(source)["drawn-line"] == 1


def test_a_first_ticket_of_dashes_is_a_ticket(tmp_path):
    assert len(read(write(tmp_path, "t.csv", "id,subject\n1,---\n-,-\n2,b\n"))) == 3


def test_the_sign_by_which_dos_ended_files_is_no_row(tmp_path):
    source = opened(write(tmp_path, "t.csv", "id,subject\r\n1,a\r\n2,b\r\n\x1a"))
    assert [record.values for record in source.records()] == [
        {"id": "1", "subject": "a"},
        {"id": "2", "subject": "b"},
    ]
