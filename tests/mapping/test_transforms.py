import pytest

from migrator.mapping.transforms import (
    Address,
    Lookup,
    as_address,
    as_boolean,
    as_file,
    as_number,
    split_text,
)
from migrator.model import FileRef


@pytest.mark.parametrize(
    ("text", "target"),
    [("Open", "A"), ("open", "B"), ("SOLVED ", "C")],
    ids=["exact", "exact-other-case", "folded"],
)
def test_a_lookup_prefers_the_exact_spelling(text, target):
    assert Lookup({"Open": "A", "open": "B", "Solved": "C"}.items())[text] == target


def test_a_lookup_does_not_choose_between_targets_that_fold_alike():
    with pytest.raises(KeyError):
        Lookup({"Open": "A", "open": "B"}.items())["OPEN"]


def test_splitting_leaves_out_blanks():
    assert split_text(",", " a, ,b c ,") == ["a", "b c"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True),
        ("Yes", True),
        (" 1 ", True),
        ("FALSE", False),
        ("off", False),
        ("", None),
        ("maybe", None),
        ("2", None),
    ],
)
def test_only_what_means_yes_or_no_is_one(text, expected):
    assert as_boolean(text) is expected


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("12", "", "12"), ("-1.5", "", "-1.5"), ("+3", "", "3"), ("1e3", "", "1e3"), ("1,234", "", None), ("1.234,5", "", None),
        ("1,234.5", "en", "1234.5"), ("1.234,5", "de", "1234.5"), ("1.234", "de", "1234"), ("3,5", "fr", "3.5"),
        ("1\u202f234,5", "fr", "1234.5"), ("12 34", "fr", None), ("", "", None), ("NaN", "", None), ("0x1F", "", None),
    ],
)  # fmt: skip
def test_a_number_is_read_in_its_language_only(text, locale, expected):
    assert as_number(text, locale) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://x.example/a%20b.png?sig=1", FileRef("a b.png", "https://x.example/a%20b.png?sig=1")),
        (
            {"name": "n", "url": "https://x/y", "size": "12", "type": "image/png", "inline": "true"},
            FileRef("n", "https://x/y", "", 12, "image/png", True),
        ),
        ({"path": "/tmp/a.txt"}, FileRef("a.txt", "", "/tmp/a.txt")),
        ({"url": "https://x/y", "size": "-1"}, FileRef("y", "https://x/y")),
        ("https://x.example/", FileRef("file", "https://x.example/")),
        ("http://[", FileRef("[", "http://[")),
        ("attachments/1/a.png", FileRef("a.png", path="attachments/1/a.png")),
        ({"name": "a.png"}, FileRef("a.png", fault="file-without-address")),
        ({"name": "a.png", "url": "a.png"}, FileRef("a.png", fault="file-without-address")),
        ({"file_name": "n", "download_url": "https://x/y"}, FileRef("n", "https://x/y")),
        ({"size": "3"}, None),
        (["x"], None),
    ],
    ids=[
        "address",
        "object",
        "path",
        "absurd-size",
        "no-name",
        "broken-address",
        "path-as-text",
        "only-a-name",
        "no-web-address",
        "other-keys",
        "nothing",
        "list",
    ],
)
def test_a_file_needs_an_address(value, expected):
    assert as_file(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@example.com", Address("a@example.com", "")),
        (" a@example.com ", Address("a@example.com", "")),
        ('"Last, First" <a@example.com>', Address("a@example.com", "Last, First")),
        ("<a@example.com>", Address("a@example.com", "")),
        ("Ann Example", Address("", "Ann Example")),
        ("Ann <nobody>", Address("", "Ann <nobody>")),
    ],
)
def test_a_person_in_one_text(text, expected):
    assert as_address(text) == expected
