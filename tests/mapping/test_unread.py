"""What no rule reads is told by name."""

from __future__ import annotations

from collections import Counter

import pytest

from migrator.mapping import load_mapping_text
from migrator.mapping.unread import MOST_NAMES, OTHERS, Unread
from migrator.model import Value

MAPPING = """\
key: ID
category: Support
timezone: UTC
skip: {spam: {from: spam, equals: "yes"}}
ticket:
  title: {template: "{{ row['subject'] }}"}
  author: {email: {from: [requester.email, mail]}}
  fields:
    Size: {from: custom_fields.17}
    Kind: {from: kind, when: {from: has_kind, equals: "yes"}}
replies:
  each: comments
  body: {from: body}
  author: {from: by}
  private: {value: "true"}
"""


def unread(*records: dict[str, Value]) -> Counter[str]:
    looking = Unread(load_mapping_text(MAPPING, "m.yaml", tables={}).plan)
    for record in records:
        looking.look(record)
    return looking.counts


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"id": "1", " Subject ": "x", "spam": "no", "mail": "a"}, {}, id="read"),
        pytest.param({"kind": "x", "has_kind": "y"}, {}, id="read-in-a-condition"),
        pytest.param({"cc": "bob@example.com", "tags": ["a"]}, {"cc": 1, "tags": 1}, id="left"),
        pytest.param({"cc": " ", "tags": [], "note": "", "by": {}}, {}, id="blank"),
        pytest.param(
            {"requester": {"email": "a", "phone": "1", "address": {"city": "x"}}},
            {"requester.phone": 1, "requester.address": 1},
            id="beside-a-path",
        ),
        pytest.param(
            {
                "custom_fields": [
                    {"id": "17", "value": "L"},
                    {"id": "18", "value": "red"},
                    {"id": "19", "value": ""},
                ]
            },
            {"custom_fields.18": 1},
            id="beside-a-custom-field",
        ),
        pytest.param({"comments": [{"body": "x", "mood": "bad"}]}, {}, id="inside-a-message"),
        pytest.param(
            {"comments": [], "preview": "x", "requester": {"email": "a", "kind": "customer", "id": "7"}},
            {},
            id="what-readers-add",
        ),
        pytest.param({"preview": "x"}, {"preview": 1}, id="a-column-of-that-name"),
    ],
)
def test_what_a_record_says_and_no_rule_reads_is_named(
    values: dict[str, Value], expected: dict[str, int]
) -> None:
    assert unread(values) == expected


def test_rows_are_counted_and_what_several_processes_counted_adds_up() -> None:
    looking = Unread(load_mapping_text(MAPPING, "m.yaml", tables={}).plan)
    looking.look({"cc": "x"})
    looking.add(unread({"cc": "y"}, {"cc": "", "tags": "z"}))
    assert looking.counts == {"cc": 2, "tags": 1}


def test_endlessly_many_names_are_counted_together() -> None:
    counts = unread(*({f"column {number}": "x"} for number in range(MOST_NAMES + 7)))
    assert (len(counts), counts[OTHERS]) == (MOST_NAMES + 1, 7)
