import json

from migrator.model import Counts, Status
from migrator.reports.documents import plan_document, standing_document
from tests.reports.support import plan, standing, troubled_plan, troubled_standing


def test_a_plan_says_what_the_schema_promises_and_adds_up() -> None:
    document = plan_document(troubled_plan())
    promised = ("schema", "rows", "ready", "skipped", "rejected", "warnings", "problems")
    assert {name: document[name] for name in promised} == {
        "schema": "migrator.validate/1",
        "rows": 1237,
        "ready": 1222,
        "skipped": 10,
        "rejected": 5,
        "warnings": 1,
        "problems": {"title-too-short": 4, "value-unmapped": 1, "time-ambiguous": 1},
    }


def test_every_fact_of_a_plan_is_in_its_document() -> None:
    document = plan_document(troubled_plan(limit=5))
    assert json.loads(json.dumps(document)) == document
    renamed = {"problems": "problem_groups"}
    missing = {
        name for name in troubled_plan().__dataclass_fields__ if renamed.get(name, name) not in document
    }
    assert missing == {"previews", "typed"}, "ticket text belongs on the page only, words typed in the advice"
    assert (document["tickets_to_send"], document["minutes"]) == (5, 0.05)


def test_an_example_names_its_place_in_parts_and_as_words() -> None:
    groups = plan_document(troubled_plan())["problem_groups"]
    assert isinstance(groups, list)
    assert groups[1] == {
        "code": "value-unmapped",
        "severity": "error",
        "count": 1,
        "rows": 1,
        "meaning": "The export uses a value that the mapping file says nothing about.",
        "examples": [
            {
                "place": "tickets.csv, row 99",
                "file": "tickets.csv",
                "sheet": "",
                "row": 99,
                "column": "Status",
                "value": "Escalted",
                "message": "nothing is said about this value",
                "hint": "",
                "at": "helpdesk.yaml, line 12, ticket.title",
            }
        ],
    }


def test_a_standing_says_what_the_schema_promises_and_adds_up() -> None:
    document = standing_document(troubled_standing())
    counts = {status.value: document[status.value] for status in Status}
    assert document["schema"] == "migrator.status/1"
    assert counts == {
        "created": 1210,
        "updated": 0,
        "unchanged": 0,
        "skipped": 10,
        "rejected": 8,
        "failed": 5,
        "in_doubt": 3,
        "pending": 4,
    }
    assert sum(counts.values()) == document["rows"]  # type: ignore[arg-type]
    assert (document["replies_created"], document["ledger"]) == (0, "tickets.ledger")
    assert document["this_run"] == {
        "created": 1210,
        "replies": 0,
        "notes": 0,
        "failed": 5,
        "in_doubt": 3,
        "adopted": 2,
        "requests": 1230,
        "refused_429": 1,
        "retried": 3,
        "seconds": 431.2,
        "updated": 0,
    }
    assert json.loads(json.dumps(document)) == document


def test_every_fact_of_a_standing_is_in_its_document() -> None:
    document = standing_document(standing())
    assert set(standing().__dataclass_fields__) - {"counts"} <= set(document)
    assert document["doubts"] == []


def test_without_a_run_this_run_did_nothing() -> None:
    this_run = standing_document(standing())["this_run"]
    assert isinstance(this_run, dict)
    assert set(this_run.values()) == {0}


def test_a_doubt_tells_when_it_began() -> None:
    assert standing_document(troubled_standing())["doubts"] == [
        {
            "key": "000999",
            "reason": "no answer within 60 s",
            "since": "2023-11-14T22:13:20Z",
            "candidates": ["https://x.example/t/5"],
        }
    ]


def test_complete_needs_staging_to_have_ended() -> None:
    assert standing_document(standing())["complete"] is True
    assert standing_document(standing(staged=False, counts=Counts()))["complete"] is False
    assert standing_document(troubled_standing())["complete"] is False


def test_an_empty_plan_is_a_document_too() -> None:
    document = plan_document(plan(ready=0, requests=0, by_month={}, earliest="", latest=""))
    assert (document["rows"], document["problems"], document["minutes"]) == (0, {}, None)
