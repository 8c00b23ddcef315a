"""Bad input of every kind, as the command line meets it: all named at once, each with its way out."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

from tests.exports import MAPPING, Export, ticket

BODY = "<p>Hello</p><script>alert(1)</script><p onclick='x()'>there</p>"
WHOLE = MAPPING.replace(
    "  fields:\n",
    "  status: {from: status, values: {open: In progress}}\n"
    "  company: {from: company, missing: {action: empty}}\n"
    "  fields:\n",
)


def row(number: int, *paths: str, **changes: object) -> dict[str, object]:
    return ticket(number, *paths, **{"status": "open", "company": "", **changes})


def file(**said: str) -> dict[str, object]:
    return {"attachments": [{"name": "a.png", **said}]}


ROWS = {
    "html-cleaned": row(1, body=BODY),
    "file-too-large": row(2, "files/huge.bin"),
    "file-missing": row(3, "files/gone.png"),
    "file-insecure": row(4, **file(url="http://files.example/a.png")),
    "file-blocked": row(5, **file(name="a.exe", url="https://files.example/a.exe")),
    "body-too-large": row(6, body="<p>" + 51_000_000 * "x" + "</p>"),
    "author-email-invalid": row(7, email="ann @example.com"),
    "author-missing": row(8, email=""),
    "date-out-of-range": row(9, created="9999-01-01T00:00:00Z"),
    "value-unmapped": row(10, status="escalated"),
    "company-unknown": row(11, company="Umbrella"),
}
MORE = {
    "date-out-of-range": row(12, created="1969-12-31T23:59:59Z"),
    "file-too-large": row(13, **file(url="https://files.example/a.png", size="100000000")),
}
BLOCKING = {
    "body-too-large", "author-email-invalid", "author-missing", "date-out-of-range", "value-unmapped",
    "company-unknown",
}  # fmt: skip


def messy(folder: Path, *rows: dict[str, object]) -> None:
    export = Export(folder)
    for name, size_bytes in (("huge.bin", 450_000_000), ("large.bin", 100_000_000)):
        with (export.folder / "files" / name).open("wb") as sparse:
            sparse.truncate(size_bytes)
    export.mapping.write_text(WHOLE)
    export.tickets(*rows, *MORE.values(), row(14), row(15, "files/large.bin"))


def test_each_is_a_named_problem_of_the_dry_run_with_a_way_out(tool, sandbox):
    messy(tool.folder, *ROWS.values())
    ran = tool.to(sandbox)("validate", "export", "--mapping", "m.yaml", "--report", "out", "--json")
    assert (ran.exit_code, "Traceback" in ran.stderr) == (1, False)
    assert ran.json["problems"] == {code: 1 + (code in MORE) for code in ROWS}
    assert (ran.json["rows"], ran.json["rejected"], ran.json["ready"]) == (15, 7, 8)
    with (tool.folder / "out" / "problems.csv").open(encoding="utf-8-sig", newline="") as told:
        problems = list(csv.DictReader(told))
    assert {each["code"] for each in problems if each["severity"] == "error"} == BLOCKING
    assert all(each["problem"] and each["way_out"] for each in problems)


def test_what_the_dry_run_named_is_no_surprise_in_the_run(tool, sandbox):
    messy(tool.folder, *(row for code, row in ROWS.items() if code != "body-too-large"))
    ran = tool.to(sandbox)("run", "export", "--mapping", "m.yaml", "--yes", "--json")
    counts = {name: ran.json[name] for name in ("created", "rejected", "failed", "in_doubt", "pending")}
    assert counts == {"created": 8, "rejected": 6, "failed": 0, "in_doubt": 0, "pending": 0}
    assert ran.exit_code == 1
    assert "script" not in json.dumps(sandbox.tickets())
    assert {status for method, _, status in sandbox.requests() if method != "GET"} == {201}


def test_the_rule_that_the_hint_for_a_title_of_one_letter_names_helps(tool, tmp_path):
    export = Export(tmp_path)
    export.tickets(ticket(1, subject=" x "))
    words = ("validate", str(export.path), "--mapping", "m.yaml", "--offline", "--json")
    ran = tool(*words)
    (problem,) = (each for each in ran.json["problem_groups"] if each["code"] == "title-too-short")
    rule = re.search("`(replace: .*)`", problem["examples"][0]["hint"])
    assert rule
    export.mapping.write_text(MAPPING.replace("{from: subject", "{from: subject, " + rule[1]))
    assert (ran.exit_code, tool(*words).exit_code) == (1, 0)
