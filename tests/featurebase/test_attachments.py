"""Which files of a message travel, and how the others are named."""

from __future__ import annotations

import pytest

from migrator.featurebase.attachments import Attached, as_uri, attached
from migrator.featurebase.findings import Findings
from migrator.model import FileRef, SourceRef

URL = "https://files.example/a.png"


def sorted_out(*files: FileRef) -> tuple[Attached, int]:
    findings = Findings(SourceRef("t.csv", 2))
    made = attached(files, findings)
    assert not findings.errors
    return made, findings.left_out["files"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param(FileRef("a.png", "http://files.example/a.png"), '<p>(file: <a href="http://files.example/a.png">a.png</a>)</p>', id="http"),
        pytest.param(FileRef("a.png", path="/disk/a.png"), "<p>(file: a.png)</p>", id="local"),
        pytest.param(FileRef("", path="/disk/a.png"), "<p>(file: file)</p>", id="without-name"),
        pytest.param(FileRef("a.exe", "https://files.example/1"), '<p>(file: <a href="https://files.example/1">a.exe</a>)</p>', id="blocked-by-name"),
        pytest.param(FileRef("a", "https://files.example/a.BAT"), '<p>(file: <a href="https://files.example/a.BAT">a</a>)</p>', id="blocked-by-url"),
        pytest.param(FileRef("a.png", URL, size_bytes=10_000_001), f'<p>(file: <a href="{URL}">a.png</a>)</p>', id="too-large"),
        pytest.param(FileRef("a", "javascript:alert(1)"), "<p>(file: a)</p>", id="script"),
        pytest.param(FileRef("<b>&", "http://e.example/?a=1&b='\""), '<p>(file: <a href="http://e.example/?a=1&amp;b=&#x27;%22">&lt;b&gt;&amp;</a>)</p>', id="markup"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_travel_is_named_in_the_text_and_counted(file, text):
    assert sorted_out(file) == (Attached((), text), 1)


def test_a_file_by_https_travels_once():
    made, left_out = sorted_out(FileRef("a.png", URL, size_bytes=10_000_000), FileRef("b.png", URL))
    assert (made, left_out) == (Attached((URL,), ""), 0)


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ("https://e.example/a%20b?x=1&y=[2]#z", "https://e.example/a%20b?x=1&y=[2]#z"),
        ("https://e.example/Übersicht.pdf", "https://e.example/%C3%9Cbersicht.pdf"),
        ("https://e.example/{a}|b", "https://e.example/%7Ba%7D%7Cb"),
        ("https://e.example/\ud800", "https://e.example/?"),
    ],
)
def test_an_address_is_sent_as_a_uri(address, uri):
    assert as_uri(address) == uri
