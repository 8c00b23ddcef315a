"""Dumps of several tables of a database in one XML file."""

from __future__ import annotations

import pytest

from migrator.errors import SourceError
from migrator.readers.xml_shape import LOOK_CHARACTERS
from tests.readers.support import opened, read, write


def field(kind: str, name: str, value: str) -> str:
    return f'<{kind} name="{name}">{value}</{kind}>'


def mysql_table(name: str, *rows: dict[str, str]) -> str:
    structure = f'<table_structure name="{name}"><field Field="id" Type="int" /><key Table="{name}" /></table_structure>'
    made = "".join(f"<row>{''.join(field('field', *each) for each in row.items())}</row>\n" for row in rows)
    return f'{structure}<table_data name="{name}">\n{made}</table_data>'


def mysqldump(*tables: str) -> str:
    return (
        f'<?xml version="1.0"?><mysqldump><database name="helpdesk">{"".join(tables)}</database></mysqldump>'
    )


def php_my_admin(*tables: tuple[str, dict[str, str]]) -> str:
    rows = "".join(
        f'<table name="{name}">{"".join(field("column", *each) for each in row.items())}</table>'
        for name, row in tables
    )
    return f'<pma_xml_export version="1.0"><database name="helpdesk">{rows}</database></pma_xml_export>'


PEOPLE = [{"id": "5", "name": "Ann"}, {"id": "6", "name": "Ben"}]
TICKETS = [{"id": "1", "subject": "a"}, {"id": "2", "subject": "b"}]
DUMPS = [
    pytest.param(mysqldump(mysql_table("users", *PEOPLE), mysql_table("tickets", *TICKETS)), id="mysqldump"),
    pytest.param(
        php_my_admin(*[("users", each) for each in PEOPLE], *[("tickets", each) for each in TICKETS]),
        id="phpmyadmin",
    ),
]


@pytest.mark.parametrize("dump", DUMPS)
def test_every_table_is_a_list_of_its_own(tmp_path, dump):
    path = write(tmp_path, "dump.xml", dump)
    source = opened(path)
    assert [record.values for record in source.records()] == TICKETS
    assert [n.message for n in source.notices] == ["other lists were not read: users"]
    assert [record.values for record in read(path, sheet="users")] == PEOPLE


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_table_has_as_many_records_as_rows(tmp_path, rows):
    tickets = [{"id": str(number), "subject": "a"} for number in range(rows)]
    dump = mysqldump(mysql_table("ost_log", {"id": "9"}), mysql_table("tickets", *tickets))
    path = write(tmp_path, "dump.xml", dump)
    if rows:
        assert [record.values for record in read(path)] == tickets
    else:
        assert [record.values for record in read(path, sheet="ost_log")] == [{"id": "9"}]


def test_of_tables_that_could_all_hold_tickets_one_must_be_named(tmp_path):
    dump = mysqldump(mysql_table("cases", *TICKETS), mysql_table("drafts", *TICKETS))
    with pytest.raises(SourceError, match="several lists could be the tickets: cases, drafts"):
        opened(write(tmp_path, "dump.xml", dump))


def test_a_table_that_begins_far_behind_is_found(tmp_path):
    log = [{"id": str(number), "text": "x" * 1000} for number in range(LOOK_CHARACTERS // 1000)]
    dump = mysqldump(mysql_table("ost_log", *log), mysql_table("tickets", *TICKETS))
    assert [record.values for record in read(write(tmp_path, "dump.xml", dump))] == TICKETS


def test_a_column_that_is_null_is_absent(tmp_path):
    null = '<field name="subject" xsi:nil="true" />'
    dump = mysqldump(f'<table_data name="tickets"><row>{field("field", "id", "1")}{null}</row></table_data>')
    assert [record.values for record in read(write(tmp_path, "dump.xml", dump))] == [{"id": "1"}]
