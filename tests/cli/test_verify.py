"""`migrator verify`: the proof, and that it can fail."""

from __future__ import annotations

import csv

from tests.runner.test_newer import patch

RUN = ("run", "tickets.csv", "--mapping", "m.yaml", "--yes", "--json")
VERIFY = ("verify", "tickets.ledger", "--json")


def test_a_clean_migration_is_proven_value_by_value(tool, sandbox, export):
    export(15)
    tool.to(sandbox)
    tool(*RUN)
    ran = tool(*VERIFY)
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    assert (ran.json["read"], ran.json["equal"], ran.json["fidelity"]) == (15, 15, 1.0)
    assert ran.json["values"] > 15 * 5


def test_every_difference_is_named_with_both_values(tool, sandbox, export):
    path = export(5)
    tool.to(sandbox)
    tool(*RUN)
    sent = next(each["title"] for each in sandbox.tickets() if each["ticketNumber"] == 2)
    patch(sandbox, 2, title="Edited by a person")
    ran = tool(*VERIFY)
    assert ran.exit_code == 1
    assert (ran.json["equal"], ran.json["different"], ran.json["values_wrong"]) == (4, 1, 1)
    assert ran.json["fidelity"] < 1
    with (path.with_name("tickets-report") / "verification.csv").open(encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert (row["field"], row["sent"], row["there"]) == ("title", sent, "Edited by a person")


def test_a_ticket_that_is_gone_is_missing(tool, sandbox, export):
    import urllib.request

    export(3)
    tool.to(sandbox)
    tool(*RUN)
    request = urllib.request.Request(
        f"{sandbox.url}/v2/tickets/2", headers={"Authorization": f"Bearer {sandbox.key}"}, method="DELETE"
    )
    urllib.request.urlopen(request, timeout=5).close()
    ran = tool(*VERIFY)
    assert (ran.exit_code, ran.json["missing"], ran.json["equal"]) == (1, 1, 2)


def test_what_is_not_in_is_not_proven(tool, sandbox, export):
    export(6)
    tool.to(sandbox)
    tool(*RUN, "--limit", "4")
    ran = tool(*VERIFY)
    assert (ran.exit_code, ran.json["equal"], ran.json["complete"]) == (1, 4, False)


def test_threads_are_compared_message_by_message(tool, sandbox, tmp_path):
    from tests.threads import ticket, write_tickets

    write_tickets(tmp_path, [ticket(number) for number in range(4)])
    tool.to(sandbox)
    tool("run", "tickets.ndjson", "--mapping", "m.yaml", "--yes", "--json")
    ran = tool(*VERIFY)
    assert ran.exit_code == 0, ran.stdout
    assert ran.json["read"] == 4
