import re
from pathlib import Path

import pytest

from migrator.model import Counts, Status
from migrator.reports import render_standing
from migrator.reports.layout import columns
from migrator.runner.standing import FailureGroup
from tests.reports.support import HOSTILE, standing, troubled_standing


def test_a_finished_migration_says_little() -> None:
    assert (
        render_standing(standing())
        == """\
  ledger   tickets.ledger
  from     tickets.csv
  mapping  helpdesk.yaml
  to       http://127.0.0.1:8642

Rows of the export
  created   2   in, with everything that belongs to it
  together  2

Everything is in: All 2 tickets are in, read back and found as they were sent."""
    )


def test_a_troubled_migration_says_everything_once() -> None:
    assert (
        render_standing(troubled_standing(), to_correct=Path("tickets-report/rejects.csv"))
        == """\
  ledger   tickets.ledger
  from     tickets.csv
  mapping  helpdesk.yaml
  to       http://127.0.0.1:8642

What did not come over
  replies  412

What no rule of the mapping reads, in rows
  cc (20) and custom_fields.18 (1)

What is not in, and why
  8 x title-too-short (rejected): A ticket's subject is shorter than the two
      characters that Featurebase demands.
      way out: write a longer subject
      source ids: 000417, 000418, 3, 4, 5 and 3 more
  5 x invalid_parameter (failed): unknown option
      source ids: 17 and 4 more

In doubt
  000999, since 2023-11-14 22:13 UTC: no answer within 60 s
      it may be one of: https://x.example/t/5
  and 2 more

Tickets that look like these, and that nobody here made
  - https://x.example/t/9

Contacts
  made              40
  already there      9
  refused            1   their tickets go without; the reasons are below
  still to be made   2

Companies
  made  3

References to other tickets
  tickets rewritten  6
  left as they are   1   people have changed their text, or Featurebase refused
  in messages        4   references there cannot be changed

Contacts and companies that Featurebase refused
  - ada@example.org: the address is blocked

This run
  created             1,210
  failed                  5
  in doubt                3
  adopted                 2   found in Featurebase rather than sent
  retried                 3
  refused (429)           1   answers that said: too many requests
  requests            1,230   171 a minute
  time           7 min 11 s

Rows of the export
  created   1,210   in, with everything that belongs to it
  skipped      10   left out by your rules
    spam       10
  rejected      8   not sent: something must be corrected first
  failed        5   sent, and refused by Featurebase
  in doubt      3   sent, and no answer came: looked for before anything is sent
                    again
  pending       4   not sent yet
  together  1,240
  2 of them had been made by an earlier run: found in Featurebase and claimed,
  not sent again.

Not all in: 20 of 1,230 tickets are not in: 8 rejected, 5 failed, 3 in doubt and
4 pending.

What to do next
  - Bring what is left; this goes on where it stopped:
      migrator run tickets.csv --mapping helpdesk.yaml
  - Correct the rows in rejects.csv and give them back:
      migrator retry tickets.ledger --from tickets-report/rejects.csv
  - Where the reason is gone, send them as they were:
      migrator retry tickets.ledger
  - Decide what only a person can tell, with the tickets at hand:
      migrator resolve tickets.ledger
  - Look at the tickets that nobody here made; they may be duplicates."""
    )


def test_nothing_has_been_sent_when_staging_was_cut_off() -> None:
    text = render_standing(standing(counts=Counts(), staged=False))
    assert "\nNothing sent: Reading the export was cut off, so that nothing has been sent.\n" in text
    assert text.endswith("migrator run tickets.csv --mapping helpdesk.yaml")


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_no_line_but_a_command_is_wider_than_asked_for(width: int) -> None:
    lines = render_standing(troubled_standing(target="https://x.example/" + "y" * 300), width=width).split(
        "\n"
    )
    assert max(columns(line) for line in lines if "migrator " not in line) <= max(width, 40)


def test_colours_change_no_word() -> None:
    painted = render_standing(troubled_standing(), colour=True)
    assert "\x1b[1;33mNot all in: " in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == render_standing(troubled_standing())


@pytest.mark.parametrize("evil", HOSTILE)
def test_what_strangers_wrote_cannot_steer_the_terminal(evil: str) -> None:
    text = render_standing(
        troubled_standing(source=evil, mapping=evil, ledger=evil, left_out={evil: 1}, strangers=(evil,))
    )
    assert all(line.isprintable() for line in text.split("\n"))


def test_a_ledger_below_the_current_folder_is_named_as_it_is_typed(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = render_standing(troubled_standing(ledger=str(tmp_path / "old" / "tickets.ledger")))
    assert str(tmp_path) not in text
    assert f"--ledger {Path('old') / 'tickets.ledger'}" in text


def test_a_reason_that_was_forgotten_is_said_to_be_so() -> None:
    group = FailureGroup(Status.REJECTED, "", "", 1, ("000442",))
    text = render_standing(standing(counts=Counts(rejected=1), failures=(group,), forgotten=True), width=100)
    assert "  1 x (rejected): why is not known any more: `forget` dropped it with the personal data\n" in text


def test_overrides_are_part_of_the_commands_to_type() -> None:
    typed = ("tickets.csv", "--mapping", "m.yaml", "--set", "category=Support")
    text = render_standing(troubled_standing(typed=typed), to_correct=Path("rejects.csv"))
    assert text.count('--mapping m.yaml --set "category=Support"\n') == 1
