import contextlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.mapping.dates import (
    DayMonth,
    UndecidedOrder,
    Unreadable,
    declared_reader,
    numeric_parts,
    read_epoch,
    read_epoch_ms,
    read_undeclared,
)
from migrator.mapping.months import MONTHS, month_numbers

DAY, MONTH = DayMonth.DAY_FIRST, DayMonth.MONTH_FIRST


def hours(count: float) -> timezone:
    return timezone(timedelta(hours=count))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-01-15T10:30:00Z", datetime(2025, 1, 15, 10, 30, tzinfo=UTC)),
        ("2018-05-11T09:46:53.000+0300", datetime(2018, 5, 11, 9, 46, 53, tzinfo=hours(3))),
        ("2016-04-28T11:19:34 -10:00", datetime(2016, 4, 28, 11, 19, 34, tzinfo=hours(-10))),
        ("2025-07-01 08:37:02.123456789", datetime(2025, 7, 1, 8, 37, 2, 123456)),
        ("2025-07-01", datetime(2025, 7, 1)),
        ("2025-07-01 08:37 UTC", datetime(2025, 7, 1, 8, 37, tzinfo=UTC)),
        ("2025-1-5 9:30", datetime(2025, 1, 5, 9, 30)),
        ("2025/01/05 09:30:01", datetime(2025, 1, 5, 9, 30, 1)),
        ("30/Jun/25 9:54 AM", datetime(2025, 6, 30, 9, 54)),
        ("30/Jun/25 12:05 AM", datetime(2025, 6, 30, 0, 5)),
        ("15 Apr, 2021 23:01:19", datetime(2021, 4, 15, 23, 1, 19)),
        ("Apr 15, 2021 11:01 pm", datetime(2021, 4, 15, 23, 1)),
        ("Sun, 8 Sep 2024 17:43:07 +0300", datetime(2024, 9, 8, 17, 43, 7, tzinfo=hours(3))),
        ("Tue Oct 31 22:10:47 +0000 2017", datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)),
        ("Tue Jul 01 08:35:49 UTC 2025", datetime(2025, 7, 1, 8, 35, 49, tzinfo=UTC)),
        ("Thu Jan 04 10:11:12 2024", datetime(2024, 1, 4, 10, 11, 12)),
        ("15/01/2025 3:12 p. m.", datetime(2025, 1, 15, 15, 12)),
        ("15.01.25 03.12", datetime(2025, 1, 15, 3, 12)),
        ("15-01-2025T03:12:01,5", datetime(2025, 1, 15, 3, 12, 1, 500000)),
        ("07/07/2025", datetime(2025, 7, 7)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_forms_that_mean_one_thing_are_read_undeclared(text, expected):
    assert read_undeclared(text, DAY) == expected


@pytest.mark.parametrize(
    "text",
    ["", "-", "NULL", "soon", "0000-00-00 00:00:00", "31/02/2024", "13/13/2024", "1700000000", "20250115", "15/Foo/25", "1/2",
     "2024-13-01", "25:00", "15/01/2025 25:00", "15/01/2025 13:00 PM", "12/7/18/jul", "2025-01-15T10:30:00+99:99",
     "1" * 10_000, "/" * 10_000, "\x00", "\ud800", "2025-01-15T10:30:00Z\nx"],
)  # fmt: skip
def test_what_is_no_time_is_unreadable_never_something_else(text):
    with pytest.raises(Unreadable):
        read_undeclared(text, DAY)


def test_the_order_is_never_decided_by_one_value():
    assert read_undeclared("03/04/2025", DAY) == datetime(2025, 4, 3)
    assert read_undeclared("03/04/2025", MONTH) == datetime(2025, 3, 4)
    with pytest.raises(UndecidedOrder):
        read_undeclared("03/04/2025", None)
    with pytest.raises(Unreadable):
        read_undeclared("13/04/2025", MONTH)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("03/04/2025", (3, 4)),
        ("13.4.25 10:00", (13, 4)),
        ("2025-04-03", None),
        ("3 Apr 2025", None),
        ("x", None),
    ],
)
def test_only_all_numeric_dates_have_an_order(text, parts):
    assert numeric_parts(text) == parts


@pytest.mark.parametrize(
    ("format", "locale", "text", "expected"),
    [
        ("%d.%m.%Y %H:%M", "", "05.06.2024 07:08", datetime(2024, 6, 5, 7, 8)),
        ("%m/%d/%y %I:%M %p", "", "6/5/24 12:30 AM", datetime(2024, 6, 5, 0, 30)),
        ("%d/%b/%y %H:%M", "pl", "19/lip/23 10:00", datetime(2023, 7, 19, 10)),
        ("%d/%b/%y", "es", "18/jul/26", datetime(2026, 7, 18)),
        ("%d. %B %Y", "de", "3. März 2024", datetime(2024, 3, 3)),
        ("%d %b %Y", "fr", "3 févr. 2024", datetime(2024, 2, 3)),
        ("%a %b %d %H:%M:%S %Z %Y", "", "Tue Jul 01 08:35:49 UTC 2025", datetime(2025, 7, 1, 8, 35, 49, tzinfo=UTC)),
        ("%Y-%m-%d %H:%M:%S.%f%z", "", "2024-06-05 07:08:09.5+0100", datetime(2024, 6, 5, 7, 8, 9, 500000, hours(1))),
        ("100%% %d%m%Y", "", "100% 05062024", datetime(2024, 6, 5)),
        ("%d/%m/%Y %I:%M %p", "", "05/06/2024 3:12 p.\u00a0m.", datetime(2024, 6, 5, 15, 12)),
        ("%d/%m/%Y %H:%M", "", "05/06/2024\u00a0 07:08", datetime(2024, 6, 5, 7, 8)),
        ("%d.%b.%y", "de", "01.Mai.23", datetime(2023, 5, 1)),
        ("%d %b %Y", "sv", "3 maj 2024", datetime(2024, 5, 3)),
        ("excel", "", "45123.5", datetime(2023, 7, 16, 12)),
        ("excel", "", "45123,5104166667", datetime(2023, 7, 16, 12, 15)),
        ("excel", "", "45130", datetime(2023, 7, 23)),
        ("excel", "", "61", datetime(1900, 3, 1)),
    ],
)  # fmt: skip
def test_a_declared_format_is_followed_in_its_language(format, locale, text, expected):
    assert declared_reader(format, locale)(text, None) == expected


@pytest.mark.parametrize(
    ("format", "text"),
    [("%d.%m.%Y", "5/6/2024"), ("%d.%m.%Y", "5.6.2024 10:00"), ("%d %b %Y", "3 März 2024"), ("iso", "5.6.2024"),
     ("epoch", "12:00"), ("epoch", "9" * 16), ("%d.%m.%Y", "31.02.2024"), ("%d.%m.%Y %H:%M", "01.02.2024 24:00"),
     ("%d.%m.%Y %M", "01.02.2024 60"), ("excel", "60"), ("excel", "16.07.2023"), ("excel", "9999999"), ("excel", "-1"), ("%d.%m.%Y %I:%M %p", "01.00.2024 10:00 AM")],
)  # fmt: skip
def test_what_does_not_fit_the_declared_format_is_unreadable(format, text):
    with pytest.raises(Unreadable):
        declared_reader(format)(text, None)


def test_epochs_keep_their_fractions():
    assert read_epoch("1453770984.123") == datetime(2016, 1, 26, 1, 16, 24, 123000, tzinfo=UTC)
    assert read_epoch_ms("1453770984123") == datetime(2016, 1, 26, 1, 16, 24, 123000, tzinfo=UTC)
    assert read_epoch("-1") == datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_no_name_means_two_months():
    numbers = month_numbers()
    assert all(numbers[name] == number for each in MONTHS for name, number in month_numbers(each).items())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18/jul/26 9:30 p. m.", datetime(2026, 7, 18, 21, 30)),
        ("18/jul/26 9:30 p.\xa0m.", datetime(2026, 7, 18, 21, 30)),
        ("19/lip/23 14:05", datetime(2023, 7, 19, 14, 5)),
        ("3. März 2024", datetime(2024, 3, 3)),
        ("01.Mai.23 10:11", datetime(2023, 5, 1, 10, 11)),
        ("15.Mär.24", datetime(2024, 3, 15)),
        ("1. Dez. 2023", datetime(2023, 12, 1)),
        ("2 октября 2024", datetime(2024, 10, 2)),
        ("2 Eyl 2024", datetime(2024, 9, 2)),
        ("2. září 2024", datetime(2024, 9, 2)),
        ("16/févr./24 09:05", datetime(2024, 2, 16, 9, 5)),
    ],
)
def test_names_of_months_are_read_in_any_language(text, expected):
    assert read_undeclared(text, None) == expected


@pytest.mark.parametrize("locale", sorted(MONTHS))
def test_every_language_has_twelve_months_and_no_name_twice(locale):
    names = [name for each in MONTHS[locale] for name in each.split()]
    assert len(MONTHS[locale]) == 12
    assert len(names) == len(set(names))
    assert all(name == name.casefold() for name in names)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)), st.sampled_from(list(DayMonth)))
def test_what_is_written_in_a_decided_order_is_read_back(moment, order):
    moment = moment.replace(microsecond=0)
    written = moment.strftime("%d/%m/%Y %H:%M:%S" if order is DAY else "%m/%d/%Y %I:%M:%S %p")
    assert read_undeclared(written, order) == moment


@given(st.text(max_size=60), st.sampled_from([*DayMonth, None]))
def test_no_text_does_more_than_be_unreadable(text, order):
    with contextlib.suppress(Unreadable):
        assert isinstance(read_undeclared(text, order), datetime)


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31)).map(lambda each: each.replace(microsecond=0)),
    st.sampled_from(["%d.%m.%Y %H:%M:%S", "%Y%m%d%H%M%S", "%H-%M-%S on %m/%d/%y", "%S %d %m %Y %H %M"]),
)
def test_what_is_written_in_a_format_of_numbers_is_read_back(moment, format):
    short = moment.year >= 2000 or "%y" not in format
    assert not short or declared_reader(format)(moment.strftime(format), None) == moment
