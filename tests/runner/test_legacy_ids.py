from contextlib import closing

import pytest

from migrator.errors import MappingError
from migrator.model import SourceRef, Ticket
from migrator.runner.legacy_ids import LegacyIds


def ticket(row: int, legacy_id: str) -> Ticket:
    return Ticket(str(row), SourceRef("t.csv", row), (), legacy_id=legacy_id)


def check(*tickets: Ticket, ask_between: bool = False) -> None:
    with closing(LegacyIds()) as legacy_ids:
        for each in tickets:
            legacy_ids.note(each)
            if ask_between:
                legacy_ids.ask()
        legacy_ids.require_unique("m.yaml")


def test_tickets_with_old_ids_of_their_own_or_with_none_may_go():
    check(ticket(2, "ZD-1"), ticket(3, "ZD-2"), ticket(4, ""), ticket(5, ""))


@pytest.mark.parametrize("ask_between", [False, True])
def test_tickets_that_share_an_old_id_stop_everything_and_are_named(ask_between: bool):
    with pytest.raises(MappingError) as stopped:
        check(ticket(2, "ZD-"), ticket(3, "ZD-"), ticket(4, "ZD-"), ticket(5, "x"), ask_between=ask_between)
    assert stopped.value.at == "m.yaml"
    assert "2 tickets" in stopped.value.message
    assert "'ZD-' in row 2 and in t.csv, row 3" in stopped.value.message
