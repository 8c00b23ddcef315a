"""Which messages a thread holds already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.model import PartKind, PartSeen
from migrator.runner.matching import Verdict
from migrator.runner.parts import already_there

YES, MAYBE, NO = Verdict.YES, Verdict.MAYBE, Verdict.NO
SENT = PartSeen(PartKind.CONTACT, "2024-01-02T10:00:00.500Z", "<p>mail ann@example.com</p>")
NEXT = replace(SENT, body="<p>and another</p>")
LINKED = replace(SENT, body="<p>mail <a>ann at example</a></p>")
TOLD = PartSeen(PartKind.CONTACT, "2024-01-01T10:00:00.000Z", "<p>It is broken</p>")
SAME_SECOND = replace(TOLD, created_at=SENT.created_at)


@pytest.mark.parametrize(
    ("wanted", "seen", "ours", "verdicts"),
    [
        pytest.param([SENT], [], [], [NO], id="an-empty-thread"),
        pytest.param([SENT], [SENT], [], [YES], id="as-it-was-sent"),
        pytest.param([SENT], [SENT], [SENT], [NO], id="the-settled-one-explains-it"),
        pytest.param([SENT], [SENT, SENT], [SENT], [YES], id="a-second-one-like-it"),
        pytest.param([SENT], [replace(SENT, created_at="2024-01-02T10:00:00+00:00")], [], [YES], id="milliseconds-left-out"),
        pytest.param([SENT], [LINKED], [], [YES], id="rewritten-by-the-service"),
        pytest.param([SENT], [replace(SENT, body=None)], [], [YES], id="body-not-shown"),
        pytest.param([SENT], [LINKED], [SENT], [NO], id="rewritten-and-settled"),
        pytest.param([NEXT], [LINKED, NEXT], [SENT], [YES], id="words-break-ties"),
        pytest.param([SENT, NEXT], [NEXT, SENT], [], [YES, YES], id="newest-first"),
        pytest.param([SENT, NEXT], [LINKED], [], [YES, NO], id="the-first-was-sent-first"),
        pytest.param([SENT], [replace(SENT, kind=PartKind.NOTE)], [], [NO], id="a-note-is-no-reply"),
        pytest.param([SENT], [replace(SENT, kind=PartKind.OTHER)], [], [NO], id="an-event"),
        pytest.param([SENT], [replace(NEXT, created_at="2024-01-02T10:00:01.000Z")], [], [NO], id="another-second-and-words"),
        pytest.param([SENT], [replace(SENT, created_at="2025-06-01T00:00:00Z")], [], [MAYBE], id="its-words-on-another-day"),
        pytest.param([SENT], [replace(SENT, created_at=None)], [], [YES], id="no-date-shown"),
        pytest.param([SENT], [replace(LINKED, created_at=None)], [], [NO], id="neither-date-nor-words"),
    ],
)  # fmt: skip
def test_each_entry_answers_for_one_message(wanted, seen, ours, verdicts):
    assert already_there(wanted, seen, ours) == verdicts


@pytest.mark.parametrize(
    ("description", "seen", "verdict"),
    [
        pytest.param(TOLD, [TOLD], NO, id="shown-as-a-message"),
        pytest.param(TOLD, [TOLD, LINKED], YES, id="shown-beside-it"),
        pytest.param(SAME_SECOND, [SENT], YES, id="of-the-same-second-not-shown"),
        pytest.param(SAME_SECOND, [SAME_SECOND], NO, id="of-the-same-second-shown"),
        pytest.param(SAME_SECOND, [LINKED], MAYBE, id="of-the-same-second-and-rewritten"),
        pytest.param(SAME_SECOND, [LINKED, LINKED], YES, id="both-rewritten"),
        pytest.param(SENT, [SENT], MAYBE, id="the-same-words"),
        pytest.param(SENT, [SENT, SENT], YES, id="the-same-words-twice"),
        pytest.param(SAME_SECOND, [replace(SAME_SECOND, kind=PartKind.ADMIN)], NO, id="told-by-the-team"),
    ],
)
def test_the_description_is_never_taken_for_a_message(description, seen, verdict):
    assert already_there([SENT], seen, [], description) == [verdict]
