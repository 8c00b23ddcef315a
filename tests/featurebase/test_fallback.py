"""A step without its files says all that it said, and names them."""

from __future__ import annotations

import json

import pytest

from migrator.featurebase import may_be_about_files, without_files
from migrator.model import Refused, Step, StepKind, Upload

LOCAL = Upload("customFields.f", "scan.pdf", "/export/scan.pdf", 3, "00")
FETCHED = Upload("customFields.f", "log.txt", "https://desk.example/log.txt", 0, "")


def step(body: str, *uploads: Upload, kind: StepKind = StepKind.REPLY) -> Step:
    return Step(kind, "POST", "/v2/tickets", body.encode(), uploads=uploads)


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        pytest.param(
            step('{"type":"admin","body":"<p>x</p>","attachmentUrls":["https://e.example/a%20b.png?x=1"],"createdAt":"2"}'),
            '{"type":"admin","body":"<p>x</p><p>(file: <a href=\\"https://e.example/a%20b.png?x=1\\">a b.png</a>)</p>","createdAt":"2"}',
            ("a b.png",),
            id="a-message",
        ),
        pytest.param(
            step('{"content":"c","customFields":{"n":1.50,"t":"url","f":{"url":"https://e.example/1","name":"a"},"g":[{"url":"https://e.example/2"}]}}'),
            '{"content":"c<p>(file: <a href=\\"https://e.example/1\\">a</a>)</p><p>(file: <a href=\\"https://e.example/2\\">2</a>)</p>","customFields":{"n":1.50,"t":"url"}}',
            ("a", "2"),
            id="fields-keep-their-digits",
        ),
        pytest.param(
            step('{"content":"","customFields":{"f":{"url":"https://e.example/1","name":"a"}}}'),
            '{"content":"<p>(file: <a href=\\"https://e.example/1\\">a</a>)</p>"}',
            ("a",),
            id="no-field-is-left",
        ),
        pytest.param(
            step('{"content":"c"}', LOCAL, FETCHED),
            '{"content":"c<p>(file: scan.pdf)</p><p>(file: <a href=\\"https://desk.example/log.txt\\">log.txt</a>)</p>"}',
            ("scan.pdf", "log.txt"),
            id="uploads",
        ),
        pytest.param(
            step('{"customFields":{"t":"Z-1"},"skipNotifications":true}', LOCAL, kind=StepKind.UPDATE),
            '{"customFields":{"t":"Z-1"},"skipNotifications":true}',
            ("scan.pdf",),
            id="a-change-has-no-text",
        ),
    ],
)  # fmt: skip
def test_files_become_words(before, after, names):
    instead = without_files(before)
    assert instead is not None
    assert instead.step.body.decode() == after
    assert instead.names == names
    assert instead.step.uploads == ()
    assert (instead.step.kind, instead.step.path) == (before.kind, before.path)


@pytest.mark.parametrize(
    "body", ['{"title":"x","content":"y","customFields":{"m":["a","b"],"e":[]}}', '{"body":"x"}']
)
def test_a_step_without_files_has_no_other_form(body):
    assert without_files(step(body)) is None


@pytest.mark.parametrize(
    ("status", "may"),
    [(400, True), (413, True), (415, True), (422, True), (404, False), (410, False), (0, False)],
)
def test_only_some_refusals_may_be_about_files(status, may):
    assert may_be_about_files(Refused(status, "", "")) is may


@pytest.mark.parametrize(
    ("content", "after"),
    [("<p>x</p>", "<p>x</p><p>(file: scan.pdf)</p>"), ("<p>(file: scan.pdf)</p>", "<p>(file: scan.pdf)</p>")],
    ids=["named", "once"],
)
def test_the_files_of_a_change_are_named_in_the_content_of_its_ticket(content, after):
    change = step('{"customFields":{"t":"Z-1"}}', LOCAL, kind=StepKind.UPDATE)
    instead = without_files(change, content)
    assert instead is not None
    assert json.loads(instead.step.body) == {"customFields": {"t": "Z-1"}, "content": after}
