from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import WINDOWS_EPOCH

from migrator.readers.cells import CellReader, Shape, Style, plain_number, style_of

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("42", "42", id="integer"),
        pytest.param("-3.0", "-3", id="whole-float"),
        pytest.param("4.5999999999999996", "4.6", id="float-noise"),
        pytest.param("1E-7", "0.0000001", id="small"),
        pytest.param("1.5E+3", "1500", id="exponent"),
        pytest.param("1.2345678901234568E+16", "12345678901234568", id="large"),
        pytest.param("-0", "0", id="minus-zero"),
        pytest.param("100", "100", id="zeros-at-the-end-of-an-integer"),
    ],
)
def test_numbers_are_plain_digits(raw, text):
    assert plain_number(raw) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_keeps_its_value_and_has_no_exponent(number):
    text = plain_number(repr(number))
    assert float(text) == number
    assert "e" not in text.lower()


@pytest.mark.parametrize("raw", ["nan", "inf", "-Infinity", "x", ""])
def test_what_is_no_number_is_refused(raw):
    with pytest.raises(ValueError):
        plain_number(raw)


@pytest.mark.parametrize(
    ("format_id", "code", "style"),
    [
        pytest.param(0, "General", Style(), id="general"),
        pytest.param(14, "mm-dd-yy", Style(Shape.DATE), id="date"),
        pytest.param(22, "m/d/yy h:mm", Style(Shape.DATE_AND_TIME), id="date-and-time"),
        pytest.param(30, "General", Style(Shape.DATE), id="east-asian-date"),
        pytest.param(46, "[h]:mm:ss", Style(Shape.DURATION), id="duration"),
        pytest.param(164, "00000", Style(zeros=5), id="zeros"),
        pytest.param(164, '"D"0', Style(), id="letters-in-quotes"),
        pytest.param(164, "[$-407]d. mmmm yyyy;@", Style(Shape.DATE), id="month-name"),
        pytest.param(164, 'yyyy "hours"', Style(Shape.DATE), id="h-in-quotes"),
        pytest.param(164, "[Red]0.00", Style(), id="colour"),
        pytest.param(164, "@", Style(), id="text"),
    ],
)
def test_number_formats_tell_dates_from_numbers(format_id, code, style):
    assert style_of(format_id, code) == style


@pytest.mark.parametrize(
    ("serial", "shape", "text"),
    [
        pytest.param(45672, Shape.DATE, "2025-01-15", id="date"),
        pytest.param(45672.4375, Shape.DATE, "2025-01-15T10:30:00", id="date-format-with-a-time"),
        pytest.param(45672, Shape.DATE_AND_TIME, "2025-01-15T00:00:00", id="midnight"),
        pytest.param(45672.4375000001, Shape.DATE_AND_TIME, "2025-01-15T10:30:00", id="float-noise"),
        pytest.param(45672.999999999, Shape.DATE_AND_TIME, "2025-01-16T00:00:00", id="rounds-over-midnight"),
        pytest.param(0.4375, Shape.DATE_AND_TIME, "10:30:00", id="time"),
        pytest.param(1.25, Shape.DURATION, "30:00:00", id="duration"),
        pytest.param(-0.5, Shape.DURATION, "-12:00:00", id="negative-duration"),
        pytest.param(60, Shape.DATE, "", id="29-february-1900"),
        pytest.param(-5, Shape.DATE, "", id="before-time"),
        pytest.param(1e300, Shape.DATE, "", id="beyond-time"),
    ],
)
def test_serial_numbers_become_moments(serial, shape, text):
    cell = fromstring(f'<c xmlns="{NAMESPACE}" s="0"><v>{serial!r}</v></c>')
    faults = []
    found = CellReader([], [Style(shape)], WINDOWS_EPOCH).read(cell, 0, faults)
    assert [fault.code for fault in faults] == ([] if text else ["not-a-date"])
    assert found == (text or plain_number(repr(serial)))
