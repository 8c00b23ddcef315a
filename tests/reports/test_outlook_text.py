"""The last thing to read before saying yes."""

from __future__ import annotations

from typing import Any

import pytest

from migrator.reports import render_outlook
from migrator.runner.outlook import Outlook


def outlook(**changes: Any) -> Outlook:
    facts: dict[str, Any] = {
        "tickets": 227,
        "waiting": 227,
        "requests": 567,
        "per_minute": 1800.0,
        "target": "https://do.featurebase.app",
        "other_address": "",
        "in_doubt": 0,
        "legacy_field": "f1",
        "notified": 0,
        "read_because": "a new migration",
    }
    return Outlook(**(facts | changes))


def test_a_quiet_outlook_says_how_much_and_where_to() -> None:
    assert render_outlook(outlook()) == (
        "\nAbout to do\n"
        "  tickets to send  227\n"
        "  requests         567\n"
        "  notifications      0   nobody is notified\n"
        "  To https://do.featurebase.app.\n"
        "  Sending takes less than a minute, at 1,800 requests a minute.\n"
        "  The oldest go first. Their numbers are in that order exactly.\n"
        "  The export was read: a new migration."
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"notified": 227}, "WARNING: people will be notified", id="notifications"),
        pytest.param({"in_doubt": 3}, "First, 3 tickets will be looked for", id="doubts"),
        pytest.param({"legacy_field": ""}, "WARNING: no field of this workspace carries", id="no-legacy-id"),
        pytest.param({"other_address": "http://x"}, "went to http://x before", id="another-address"),
        pytest.param({"tickets": 5}, "5   of 227 that are waiting", id="limit"),
        pytest.param(
            {"tickets": 0, "only": "only the ticket with the id T-9"},
            "Only the ticket with the id T-9",
            id="only-nothing",
        ),
    ],
)
def test_what_is_unusual_is_said(changes: dict[str, Any], said: str) -> None:
    assert said in render_outlook(outlook(**changes), width=200)


def test_notifications_are_told_beside_doubts() -> None:
    text = render_outlook(outlook(notified=227, in_doubt=3))
    assert "WARNING: people will be notified" in text
    assert "3 tickets will be looked for" in text
