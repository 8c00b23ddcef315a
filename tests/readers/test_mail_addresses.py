"""Whatever stands where addresses are expected is read, or is a name."""

import pytest

from migrator.readers.mail_addresses import getaddresses, parseaddr

HOSTILE = "a:" * 5_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada@example.com", ("", "ada@example.com")),
        ('"Carver, Max" <max@example.com>', ("Carver, Max", "max@example.com")),
        ("", ("", "")),
        (HOSTILE, (HOSTILE, "")),
    ],
    ids=["bare", "quoted", "blank", "hostile"],
)
def test_one_is_read(text, found):
    assert parseaddr(text) == found


def test_several_are_read_and_what_cannot_be_is_a_name():
    assert getaddresses("ada@example.com, Max <max@example.com>") == [
        ("", "ada@example.com"),
        ("Max", "max@example.com"),
    ]
    assert getaddresses(HOSTILE) == [(HOSTILE, "")]
