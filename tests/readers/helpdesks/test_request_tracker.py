import pytest

from tests.readers.support import opened, write

HEADER = "id\tSubject\tStatus\tQueue\tOwner\tPriority\tRequestors\tCreated\tTold"
ROW = "7\t{subject}\topen\tGeneral\t{owner}\t0\t{requestors}\t{created}\tNot set"


def row(tmp_path, subject="Hi", owner="Nobody", requestors="w@example.com", created="Not set"):
    line = ROW.format(subject=subject, owner=owner, requestors=requestors, created=created)
    source = opened(write(tmp_path, "Results.tsv", f"{HEADER}\n{line}\n"))
    assert (source.reader, source.helpdesk) == ("request-tracker", "request-tracker")
    (record,) = source.records()
    return record.values


@pytest.mark.parametrize("subject", ['"quoted"', '"open', '5" pipe', "'=x", ""])
def test_a_quote_is_a_character_like_any_other(tmp_path, subject):
    assert row(tmp_path, subject)["Subject"] == subject


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("w@example.com", [("w@example.com", "w@example.com")]),
        (
            "w@example.com, m@example.com",
            [("w@example.com", "w@example.com"), ("m@example.com", "m@example.com")],
        ),
        ('"Carver, Max" <m@example.com>', [("Carver, Max", "m@example.com")]),
        ("root", [("root", None)]),
        ("", []),
    ],
)
def test_requestors_are_people(tmp_path, cell, people):
    values = row(tmp_path, requestors=cell)
    assert [(each["name"], each.get("email")) for each in values["requesters"]] == people
    assert values["requester"] == (values["requesters"][0] if people else {})


@pytest.mark.parametrize(
    ("owner", "name"), [("Nobody", None), ("Nobody in particular", None), ("Ada Brook", "Ada Brook")]
)
def test_nobody_is_not_somebody(tmp_path, owner, name):
    assert row(tmp_path, owner=owner)["assignee"].get("name") == name


def test_times_that_are_not_set_are_blank(tmp_path):
    assert row(tmp_path)["created_at"] == ""
    assert row(tmp_path, created="Wed Jan 31 09:05:12 2024")["created_at"] == "Wed Jan 31 09:05:12 2024"
