"""The small questions about documented limits."""

from __future__ import annotations

import pytest

from migrator.featurebase.limits import blocked_extension, file_name_in, is_email, is_web_address


@pytest.mark.parametrize(
    "text",
    [
        "a@b.co",
        "first.last+tag@sub.example.com",
        "o'brien@example.org",
        "x_y@xn--bcher-kva.example",
        "A1@EXAMPLE.COM",
    ],
)
def test_addresses_that_mail_can_reach(text):
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "a@", "@b.co", "a@b", "a b@c.de", "a@b c.de", "a@@b.co", "a@b.co ", " a@b.co", "a@b.co\n", "a..b@c.de",
        ".a@c.de", "a@-b.co", "a@b..co", "a@b.co, c@d.ef", "Ann <a@b.co>", "mailto:a@b.co", "ä@b.co", "a@bücher.example",
        "x" * 65 + "@b.co", "a@" + "b." * 130 + "co",
    ],
)  # fmt: skip
def test_addresses_that_mail_cannot_reach(text):
    assert not is_email(text)


@pytest.mark.parametrize(
    ("names", "extension"),
    [
        (("report.pdf",), ""),
        (("setup.EXE",), "exe"),
        (("a.tar.gz", "run.sh"), "sh"),
        (("evil.exe. ",), "exe"),
        (("exe",), ""),
        (("",), ""),
    ],
)
def test_executables_are_known_by_their_extension(names, extension):
    assert blocked_extension(*names) == extension


@pytest.mark.parametrize(
    ("text", "https_only"),
    [("https://a.example/x", True), ("http://a.example/x", False)],
)
def test_web_addresses(text, https_only):
    assert is_web_address(text)
    assert is_web_address(text, ("https",)) is https_only


@pytest.mark.parametrize(
    "text", ["", "a.example/x", "javascript:alert(1)", "data:,x", "https://", "https://a b/", "https://[x"]
)
def test_what_is_no_web_address(text):
    assert not is_web_address(text)


def test_a_files_name_is_the_last_piece_of_its_path():
    assert file_name_in("https://a.example/x/my%20file.exe?sig=1.pdf") == "my file.exe"
