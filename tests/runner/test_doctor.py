"""What the doctor says of workspaces, sound and otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.errors import KeyRefused
from migrator.featurebase import (
    Admin,
    Allowance,
    Category,
    Client,
    Connection,
    Directory,
    Field,
    Option,
    Rate,
    Status,
    SystemClock,
)
from migrator.runner.doctor import Diagnosis, examine, examine_allowance, examine_lists
from migrator.runner.findings import Finding, Grade
from tests.recorder import Recorder


def diagnosed(url: str, *keys: str) -> Diagnosis:
    with Client(Connection(url, keys, Rate(per_minute=600_000), timeout_s=3, patience_s=5)) as client:
        return examine(client)


def of(diagnosis: Diagnosis, topic: str) -> Finding:
    return next(each for each in diagnosis.findings if each.topic == topic)


def test_a_sound_workspace_is_well_and_nothing_is_written(sandbox):
    diagnosis = diagnosed(sandbox.url, sandbox.key)
    assert {each.grade for each in diagnosis.findings} == {Grade.OK}
    assert diagnosis.healthy
    assert {method for method, _, _ in sandbox.requests()} == {"GET"}


@pytest.mark.parametrize("reset_as", ["seconds", "epoch"])
def test_the_allowance_is_told_as_the_server_tells_it(make_sandbox, reset_as):
    sandbox = make_sandbox(rate_limit=2000, reset_as=reset_as)
    diagnosis = diagnosed(sandbox.url, sandbox.key)
    allowance = diagnosis.keys[0].allowance
    assert allowance.limit == 2000
    assert 1995 <= allowance.remaining < 2000
    assert 0 <= allowance.reset_s <= 60
    assert f"{allowance.remaining:,} of 2,000 requests left" in of(diagnosis, "key rate").message


@pytest.mark.parametrize(
    ("allowance", "grade", "message"),
    [
        pytest.param(
            Allowance(2000, 1995, 42.4), Grade.OK,
            "1,995 of 2,000 requests left in this minute; the next begins in 42 s", id="all",
        ),
        pytest.param(
            Allowance(2000, 900, None), Grade.CARE,
            "900 of 2,000 requests left in this minute: something else uses this key", id="used",
        ),
        pytest.param(Allowance(2000), Grade.OK, "? of 2,000 requests left in this minute", id="limit-only"),
        pytest.param(
            Allowance(), Grade.OK,
            "the server says nothing about its rate limit; the documented 2,000 a minute are assumed", id="nothing",
        ),
    ],
)  # fmt: skip
def test_an_allowance_is_told_as_far_as_it_is_known(allowance, grade, message):
    finding = examine_allowance("key rate", allowance)
    assert (finding.grade, finding.message) == (grade, message)


def test_of_several_keys_the_refused_one_is_named_and_never_shown(make_sandbox):
    sandbox = make_sandbox(keys=2)
    diagnosis = diagnosed(sandbox.url, sandbox.keys[0], "sk_wrong_one", sandbox.keys[1])
    assert [each.accepted for each in diagnosis.keys] == [True, False, True]
    assert of(diagnosis, "key 2").grade is Grade.BAD
    assert not diagnosis.healthy
    assert "sk_wrong_one" not in repr(diagnosis)


def test_a_wrong_key_alone_is_no_diagnosis(sandbox):
    with pytest.raises(KeyRefused):
        diagnosed(sandbox.url, "sk_wrong_one")


def test_more_companies_than_a_page_are_not_all_counted(sandbox):
    def twist(method, path, answer):
        if path.startswith("/v2/companies") and "cursor" not in path:
            return 200, {**answer, "nextCursor": "more"}
        return (200, {"object": "list", "data": [], "nextCursor": None}) if "cursor" in path else None

    with Recorder(sandbox.url, twist) as large:
        diagnosis = diagnosed(large.url, sandbox.key)
    assert (diagnosis.companies, diagnosis.more_companies) == (3, True)
    assert of(diagnosis, "companies").message == "3 or more"


class Ahead(SystemClock):
    """The clock of a computer that is two hours ahead."""

    def now(self) -> float:
        return super().now() + 7200


def test_clocks_that_differ_are_told(sandbox):
    with Client(Connection(sandbox.url, (sandbox.key,), timeout_s=3), clock=Ahead()) as client:
        finding = of(examine(client), "clock")
    assert finding.grade is Grade.CARE
    assert finding.message == "the server's clock is 120 minutes behind this computer's"


SOUND = Directory(
    categories=(Category("c1", "Support", "customer"),),
    statuses=(Status("s1", "New", "unstarted", is_default=True),),
    fields=(Field("f1", "Legacy ID", "text"),),
    admins=(Admin("a1", "Ada", "ada@work.example"),),
)
TWO_STATUSES = (Status("s1", "New", "unstarted"), Status("s2", "New", "active"))
TWO_OPTIONS = (
    Field("f1", "Old", "text"),
    Field("f2", "P", "select", options=(Option("o1", "x"), Option("o2", "x"))),
)


@pytest.mark.parametrize(
    ("change", "topic", "grade", "words"),
    [
        pytest.param({"categories": ()}, "categories", Grade.BAD, "no ticket category", id="no-category"),
        pytest.param({"statuses": ()}, "statuses", Grade.BAD, "no ticket status", id="no-status"),
        pytest.param({"admins": ()}, "admins", Grade.BAD, "shows no admin", id="no-admin"),
        pytest.param({"fields": ()}, "fields", Grade.CARE, "no text field", id="no-field"),
        pytest.param(
            {"categories": (Category("c", "Ops", "tracker"),)}, "categories", Grade.CARE, "private notes only", id="no-customer"
        ),
        pytest.param(
            {"fields": (Field("f", "Product", "text", required=True),)}, "fields", Grade.CARE, "'Product'", id="required"
        ),
        pytest.param({"admins": (Admin("a", "Ada"),)}, "admins", Grade.OK, "1 of them without", id="silent-admin"),
        pytest.param({"statuses": TWO_STATUSES}, "statuses", Grade.BAD, "'New': s1, s2", id="twin-statuses"),
        pytest.param({"fields": TWO_OPTIONS}, "options of 'P'", Grade.BAD, "'x': o1, o2", id="twin-options"),
    ],
)  # fmt: skip
def test_what_a_workspace_lacks_or_has_twice_is_told(change, topic, grade, words):
    findings = examine_lists(replace(SOUND, **change))
    assert [(each.topic, each.grade) for each in findings if words in each.message] == [(topic, grade)]


def test_a_sound_set_of_lists_needs_no_care():
    assert {each.grade for each in examine_lists(SOUND)} == {Grade.OK}
