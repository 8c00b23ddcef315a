"""`migrator draft` as a user runs it, up to the dry run that follows."""

from __future__ import annotations

import pytest

from tests.conftest import Tool, write_csv

ROWS = [
    {"id": "1", "subject": "Broken lamp", "email": "ada@example.com", "agent": "Ben Cole", "status": "open"},
    {"id": "2", "subject": "Late parcel", "email": "bob@example.com", "agent": "Cleo Dorn", "status": "odd"},
]


@pytest.fixture
def table(tool: Tool) -> Tool:
    write_csv(tool.folder / "t.csv", ROWS)
    return tool


def test_a_draft_is_written_with_its_people_and_validates_without_edits(table):
    ran = table("draft", "t.csv", "--output", "m.yaml", "--quiet")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert "migrator validate t.csv --mapping m.yaml" in ran.stdout
    assert (table.folder / "people.csv").read_text(encoding="utf-8").splitlines() == [
        "agent in the export,admin in Featurebase",
        "Ben Cole,",
        "Cleo Dorn,",
    ]
    checked = table("validate", "t.csv", "--mapping", "m.yaml", "--offline", "--json", "--quiet")
    assert (checked.exit_code, checked.json["ready"], checked.json["rejected"]) == (1, 1, 1)
    assert checked.json["problems"] == {"value-unmapped": 1}


def test_without_output_it_is_printed_and_nothing_is_written(table):
    ran = table("draft", "t.csv", "--quiet")
    assert ran.exit_code == 0
    assert ran.stdout.startswith("# Drafted for t.csv (tickets: 2). It loads as it is;")
    assert "people.csv" not in ran.stdout
    assert [path.name for path in table.folder.iterdir()] == ["t.csv"]


@pytest.mark.parametrize("name", ["m.yaml", "people.csv"])
def test_a_file_that_is_there_is_never_written_over_unless_forced(table, name):
    (table.folder / name).write_text("mine", encoding="utf-8")
    ran = table("draft", "t.csv", "--output", "m.yaml", "--quiet")
    assert ran.exit_code == 2
    assert f"'{name}' is there already" in ran.stderr
    assert ("in another folder" in ran.stderr) is (name == "people.csv")
    assert (table.folder / name).read_text(encoding="utf-8") == "mine"
    assert table("draft", "t.csv", "--output", "m.yaml", "--quiet", "--force").exit_code == 0
    assert (table.folder / name).read_text(encoding="utf-8") != "mine"


def test_the_document_holds_the_text_and_the_people(table):
    document = table("draft", "t.csv", "--output", "m.yaml", "--json", "--quiet").json
    assert document["text"] == (table.folder / "m.yaml").read_text(encoding="utf-8")
    assert document["people"] == [["Ben Cole", ""], ["Cleo Dorn", ""]]
    assert document["output"] == "m.yaml"


def test_a_table_of_messages_is_drafted_with_what_groups_them(tool):
    rows = [
        {"CaseNo": str(case), "MsgNo": str(number), "From": "ada@example.com", "SentOn": "2024-01-02 10:00",
         "Text": f"{case}, {number}", "CaseTitle": f"Case {case}"}
        for case in (7, 8)
        for number in (1, 2)
    ]  # fmt: skip
    write_csv(tool.folder / "t.csv", rows)
    text = tool("draft", "t.csv", "--quiet").stdout
    assert "2 rows have the id of an earlier row. If each is a message of its ticket" in " ".join(
        text.replace("#", " ").split()
    )
    assert "# group_by: CaseNo" in text
    grouped = text.replace("# group_by:", "group_by:").replace("timezone: UTC", "timezone: Europe/Berlin")
    (tool.folder / "m.yaml").write_text(grouped, encoding="utf-8")
    checked = tool("validate", "t.csv", "--mapping", "m.yaml", "--offline", "--json", "--quiet")
    assert (checked.json["rows"], checked.json["ready"]) == (2, 2)
