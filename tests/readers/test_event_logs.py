"""A log of events is no list of tickets, and says so; whatever could be tickets or messages is read."""

from __future__ import annotations

import pytest

from migrator.errors import SourceError
from migrator.readers import ReadOptions, open_source

SERVICENOW = "number,incident_state,active,sys_mod_count,opened_at\n" + "".join(
    f"INC{row // 4:07},Active,true,{row % 4},29-02-2016 01:16\n" for row in range(12)
)
MINING = "Case ID,Activity,Resource,Complete Timestamp\n" + "".join(
    f"Case {row // 3},Assign seriousness,Value 1,2012/10/09 14:50:17.000\n" for row in range(12)
)
HISTORY = "ticket_id,field_name,old_value,new_value,updated\n" + "".join(
    f"{row // 3},status,open,solved,2024-01-01\n" for row in range(12)
)


@pytest.mark.parametrize(
    "text", [SERVICENOW, MINING, HISTORY], ids=["servicenow", "process-mining", "history"]
)
def test_a_log_of_events_is_refused_with_advice(tmp_path, text):
    path = tmp_path / "log.csv"
    path.write_text(text)
    with pytest.raises(SourceError) as refused:
        open_source([path])
    assert "log of events" in refused.value.message
    assert "one row each" in refused.value.hint
    assert len(list(open_source([path], ReadOptions("delimited")).records())) == 12


TICKETS = "number,incident_state,sys_mod_count,opened_at\n" + "".join(
    f"INC{row:07},Active,{row % 4},29-02-2016 01:16\n" for row in range(12)
)
MESSAGES = "Ticket ID,Event,Body,Created\n" + "".join(
    f"{row // 3},reply,Hello,2024-01-01\n" for row in range(12)
)
TITLED = "id,Action,Subject\n" + "".join(f"{row // 3},call back,Hello\n" for row in range(12))


@pytest.mark.parametrize("text", [TICKETS, MESSAGES, TITLED], ids=["ids-once", "messages", "with-titles"])
def test_what_may_be_tickets_or_messages_is_read(tmp_path, text):
    path = tmp_path / "tickets.csv"
    path.write_text(text)
    assert len(list(open_source([path]).records())) == 12


def test_a_log_without_rows_is_only_empty(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("Case ID,Activity\n")
    assert list(open_source([path]).records()) == []
