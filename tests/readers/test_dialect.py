import pytest

from migrator.errors import SourceError
from migrator.readers.dialect import detect_dialect


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        pytest.param("id,subject\n1,a\n2,b\n", ",", id="comma"),
        pytest.param("id;betrag;x\n1;3,50;a\n2;4,00;b\n", ";", id="semicolon-with-decimal-commas"),
        pytest.param("id\tsubject\n1\ta, b, c\n2\td\n", "\t", id="tab"),
        pytest.param("id|subject|x\n1|a;b|c\n2|d|e\n", "|", id="pipe"),
        pytest.param('id,text\n1,"a;b;c;d"\n2,"e;f"\n', ",", id="semicolons-inside-quotes"),
        pytest.param('id;name, first\n1;"Doe, Jo"\n2;"Roe, Al"\n', ";", id="commas-in-header-and-cells"),
        pytest.param('id,text\n1,"a\nb;c;d\ne"\n2,"x"\n', ",", id="quoted-line-breaks"),
        pytest.param("sep=|\nid|x\n1|a,b\n2|c,d\n", "|", id="instruction"),
        pytest.param("SEP=;\r\nid;x\r\n", ";", id="instruction-in-capitals-with-crlf"),
    ],
)
def test_delimiter_is_found_by_constancy(sample, delimiter):
    assert detect_dialect(sample).delimiter == delimiter


def test_a_named_delimiter_wins():
    assert detect_dialect("a,b;c\n1,2;3\n", ";").header == ["a,b", "c"]
    assert detect_dialect("a\tb\n", "tab").delimiter == "\t"


@pytest.mark.parametrize("wanted", ["ab", '"', "\n"])
def test_an_impossible_delimiter_is_refused(wanted):
    with pytest.raises(SourceError, match="cannot be a delimiter"):
        detect_dialect("a,b\n", wanted)


def test_a_torn_last_row_of_a_sample_does_not_count():
    assert len(detect_dialect("a,b\n1,2\n3", whole=False).sample) == 2
    assert len(detect_dialect("a,b\n1,2\n3", whole=True).sample) == 3


def test_title_lines_are_not_the_header():
    dialect = detect_dialect("Report of May\n\nid,subject,status\n1,a,b\n2,c,d\n")
    assert (dialect.header_index, dialect.header) == (2, ["id", "subject", "status"])


def test_a_delimiter_that_ends_every_row_but_the_header_adds_a_blank_column():
    assert detect_dialect("id;x\n1;a;\n2;b;\n").header == ["id", "x", ""]
    assert detect_dialect("id;x\n1;a;\n2;b\n").header == ["id", "x"]


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param('"id,subject,x";;\n"1,a,b";;\n"2,c,d";;\n', id="filled-up-with-semicolons"),
        pytest.param('"id,subject,x";\n"1,a,""b";\n"c";\n"d""";\n"2,e,f";\n', id="cells-of-many-lines"),
        pytest.param('"id,subject,x"\n"1,""a"\n"b"",c"\n"2,c,d"\n', id="torn-cells"),
    ],
)
def test_rows_quoted_as_a_whole_are_refused_with_advice(sample):
    with pytest.raises(SourceError, match="holds a whole line with commas") as caught:
        detect_dialect(sample)
    assert "without opening it in a spreadsheet" in caught.value.hint


def test_lines_that_are_quoted_as_a_whole_are_unwrapped_where_that_is_exact():
    dialect = detect_dialect('"id;text"\n"1;""a """"b""""; c"""\n\n"2;""x\ny"""\n')
    assert (dialect.delimiter, dialect.wrapped) == (";", True)
    assert dialect.sample == (["id", "text"], ["1", 'a "b"; c'], [], ["2", "x\ny"])


@pytest.mark.parametrize("sample", ["name\nAda\n", '"Doe, Jo"\n"Ada"\n', '"one, line"\n'])
def test_a_column_of_quoted_text_is_not_unwrapped(sample):
    assert not detect_dialect(sample).wrapped


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n"])
def test_an_instruction_ends_at_any_line_break(line_break):
    dialect = detect_dialect(line_break.join(["sep=|", "id|x", "1|a"]))
    assert (dialect.delimiter, dialect.header) == ("|", ["id", "x"])


@pytest.mark.parametrize("sign", ['"', "\r"], ids=["quote", "line-break"])
def test_an_instruction_that_names_no_delimiter_is_none(sign):
    dialect = detect_dialect(f"sep={sign}\nid,x\n1,a\n2,b\n")
    assert (dialect.instructed, dialect.delimiter, dialect.header) == (False, ",", ["id", "x"])


def test_one_column_is_a_table():
    dialect = detect_dialect("name\nAda\nBen\n")
    assert (dialect.label, dialect.header) == ("one column", ["name"])


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        pytest.param('a\tb\n"x" y\tz\n', True, id="opens-and-never-closes"),
        pytest.param('a\tb\n"x" y\tz\n"p"\tq\n', False, id="one-cell-is-quoted"),
        pytest.param('a\tb\n"x\ny"\tz\n', False, id="a-line-break-in-quotes"),
        pytest.param('a\tb\n5" pipe\tz\n', False, id="quotes-inside"),
        pytest.param('id\tSubject\tQueue\tRequestors\n1\t"x"\tq\tr\n', True, id="request-tracker"),
        pytest.param('a,b\n"x" y,z\n', False, id="no-tabs"),
    ],
)
def test_tab_separated_text_may_never_quote(text, literal):
    dialect = detect_dialect(text)
    assert dialect.literal_quotes is literal
