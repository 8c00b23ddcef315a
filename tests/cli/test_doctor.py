"""`migrator doctor` as a user runs it, and the option that it advises."""

from __future__ import annotations

import json

import pytest

from migrator.runner.memory import FILE
from tests.conftest import SIMPLE_MAPPING

PROBE = ("doctor", "--probe", "--yes")
WITH_PRIORITY = SIMPLE_MAPPING + "    Priority: {value: High}\n"
RUN = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--json")


def test_a_sound_workspace_ends_with_0_and_says_what_to_pause(tool, sandbox):
    ran = tool.to(sandbox)("doctor")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1].startswith("All well: ")
    assert "Pause before a migration" in ran.stdout
    assert "Leave paused afterwards" in ran.stdout
    assert sandbox.key not in ran.stdout


def test_a_mapping_with_a_name_that_is_not_there_ends_with_1(tool, sandbox, export):
    export(1, mapping=SIMPLE_MAPPING.replace("In progress", "In progres"))
    ran = tool.to(sandbox)("doctor", "--mapping", "m.yaml", "--json")
    assert ran.exit_code == 1
    (bad,) = (each for each in ran.json["checks"] if each["grade"] == "bad")
    assert bad["message"] == "m.yaml, line 10, ticket.status: the workspace has no status 'In progres'"
    assert bad["hint"] == "did you mean 'In progress'?"


def test_a_replaced_value_is_what_is_checked(tool, sandbox, export):
    export(1)
    ran = tool.to(sandbox)("doctor", "--mapping", "m.yaml", "--set", "category=Suport")
    assert ran.exit_code == 1
    assert "did you mean 'Support'?" in ran.stdout


@pytest.mark.parametrize("errors", ["documented", "flat"])
def test_a_wrong_key_ends_with_6(tool, make_sandbox, errors):
    ran = tool.to(make_sandbox(errors=errors), key="sk_wrong_one")("doctor", "--json")
    assert ran.exit_code == 6
    assert ran.json["error"]["code"] == "key-refused"
    assert "sk_wrong_one" not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--set", "category=x"), "needs --mapping", id="set-without-mapping"),
        pytest.param(("--category", "Support"), "belong to --probe", id="no-probe"),
        pytest.param(("--probe", "--yes", "--category", "Suport"), "did you mean 'Support'?", id="category"),
        pytest.param(("--probe", "--yes", "--probe-email", "a b@c"), "not an address", id="email"),
        pytest.param(("--probe",), "--yes was not given", id="nobody-to-ask"),
    ],
)
def test_what_is_asked_wrongly_ends_with_2_and_makes_nothing(tool, sandbox, words, said):
    ran = tool.to(sandbox)("doctor", *words)
    assert ran.exit_code == 2
    assert said in ran.stderr
    assert {method for method, _, _ in sandbox.requests()} <= {"GET"}


def test_the_probe_says_what_it_learnt_and_leaves_no_ticket(tool, make_sandbox):
    sandbox = make_sandbox(select_as="label", sanitise=True)
    ran = tool.to(sandbox)(*PROBE)
    assert ran.exit_code == 0
    taught = ran.stdout.split("What the trial ticket taught\n")[1]
    told = " ".join(taught.split())
    assert "validate and run do so in this folder; elsewhere give them --select label" in told
    assert "migrator-probe@example.com stays" in told
    assert (sandbox.tickets(), sandbox.notifications()) == ([], [])


def test_the_probe_speaks_json_in_one_document(tool, make_sandbox):
    sandbox = make_sandbox(linked_conversations=False)
    ran = tool.to(sandbox)(*PROBE, "--json", "--category", "Support", "--probe-email", "me@example.org")
    assert ran.exit_code == 1
    learnt = ran.json["learnt"]
    assert (learnt["linked_conversation"], learnt["agent_reply"], learnt["created_at"]) == (
        False,
        False,
        "exactly",
    )
    assert (ran.json["contact"], ran.json["use"], ran.json["healthy"]) == ("me@example.org", [], False)
    assert sandbox.tickets() == []


def test_the_advised_option_makes_choices_arrive_and_is_remembered(tool, make_sandbox, export):
    """By id they are refused; by label they come in, and stay so without saying it again."""
    sandbox = make_sandbox(select_as="label")
    export(2, mapping=WITH_PRIORITY)
    tool.to(sandbox)
    assert tool(*RUN).json["failed"] == 2
    ran = tool(*RUN, "--select", "label")
    assert (ran.json["created"], ran.json["failed"]) == (2, 0)
    export(3, mapping=WITH_PRIORITY)
    again = tool(*RUN)
    assert (again.json["created"], again.json["unchanged"], again.json["failed"]) == (1, 2, 0)
    assert len(sandbox.tickets()) == 3


def test_what_the_probe_learnt_is_used_by_the_runs_in_the_same_folder(tool, make_sandbox, export):
    sandbox = make_sandbox(select_as="label", replace_fields=True)
    export(2, mapping=WITH_PRIORITY)
    assert tool.to(sandbox)(*PROBE).exit_code == 0
    kept = json.loads((tool.folder / FILE).read_text())
    assert (kept["select_as"], kept["unnamed_fields"]) == ("label", "wiped")
    assert sandbox.key not in (tool.folder / FILE).read_text()
    ran = tool(*RUN)
    assert (ran.exit_code, ran.json["created"]) == (0, 2)
    assert "choices are sent by label, as a trial ticket taught" in ran.stderr
    assert tool(*RUN).exit_code == 0


def test_a_trial_ticket_without_a_conversation_is_remembered_where_threads_are_to_come(
    tool, make_sandbox, export
):
    export(1)
    ran = tool.to(make_sandbox(linked_conversations=False))(*PROBE, "--category", "Support")
    assert (ran.exit_code, "`without_conversation: content`" in ran.stdout) == (1, True)
    ran = tool("validate", "tickets.csv", "--mapping", "m.yaml", "--json")
    assert "came without a conversation" in " ".join(ran.stderr.split())


def test_what_was_learnt_of_another_workspace_is_not_used(tool, make_sandbox, export):
    assert tool.to(make_sandbox(select_as="label", seed=1))(*PROBE).exit_code == 0
    export(1, mapping=WITH_PRIORITY)
    ran = tool.to(make_sandbox(seed=2))(*RUN)
    assert (ran.exit_code, ran.json["created"]) == (0, 1)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "migrator.learnt/1", "select_as": "both"}'])
def test_a_file_of_lessons_that_cannot_be_read_is_told_of(tool, sandbox, export, text):
    export(1)
    (tool.folder / FILE).write_text(text)
    ran = tool.to(sandbox)(*RUN)
    assert (ran.exit_code, FILE in ran.stdout) == (1, True)
    assert "doctor --probe" in ran.json["error"]["hint"]
    assert sandbox.tickets() == []


def test_what_a_429_looked_like_is_remembered_beside_the_lessons_and_told_by_the_doctor(
    tool, sandbox, export
):
    export(1)
    sandbox.script("429")
    assert tool.to(sandbox)(*RUN).exit_code == 0
    assert tool(*PROBE).exit_code == 0
    kept = json.loads((tool.folder / FILE).read_text())["refused_429"]
    assert (kept["endpoint"], kept["body"], kept["code"]) == (
        "GET /v2/tickets/categories",
        "documented",
        "rate_limit_error",
    )
    ran = tool("doctor", "--json")
    (told,) = (each["message"] for each in ran.json["checks"] if each["topic"] == "429")
    assert told.startswith(f"one was met on {kept['on']}: GET /v2/tickets/categories had ")
    assert tool(*RUN).exit_code == 0


def test_a_doctor_does_not_stumble_over_a_broken_file_that_a_probe_writes_anew(tool, sandbox):
    (tool.folder / FILE).write_text('{"schema": "migrator.learnt/1", "refused_429": {"on": 1}}')
    assert tool.to(sandbox)("doctor").exit_code == 0
    assert tool(*PROBE).exit_code == 0
    assert "select_as" in json.loads((tool.folder / FILE).read_text())


def test_the_mapping_can_say_it_too_and_the_command_line_wins(tool, make_sandbox, export):
    sandbox = make_sandbox(select_as="label")
    export(2, mapping=f"select: label\n{WITH_PRIORITY}")
    tool.to(sandbox)
    assert tool(*RUN, "--select", "id").json["failed"] == 2
    assert tool(*RUN).json["created"] == 2


def test_validate_takes_the_option_too(tool, sandbox, export):
    export(1, mapping=WITH_PRIORITY)
    ran = tool.to(sandbox)("validate", "tickets.csv", "--mapping", "m.yaml", "--select", "label", "--json")
    assert (ran.exit_code, ran.json["ready"]) == (0, 1)
