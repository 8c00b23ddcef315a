"""Dumps of databases in XML: a row is told under the name of its table, like an element of that name.

`mysqldump --xml` writes `<table_data name="tickets"><row>`, phpMyAdmin `<table name="tickets">` for each row.
What the columns of a row say is the business of `xml_scan.py`.
"""

from __future__ import annotations

from collections.abc import Callable

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]


def by_table(root: str, start: Start, end: End) -> tuple[Start, End]:
    """What is to be told of elements, in place of `start` and `end`; these themselves if it is no such dump.

    Args:
        root: The name of the first element.
    """
    match root:
        case "mysqldump":
            dump = _MySqlDump(start, end)
            return dump.start, dump.end
        case "pma_xml_export":
            tables = _PhpMyAdmin(start, end)
            return tables.start, tables.end
        case _:
            return start, end


class _MySqlDump:
    """A list for every table; what describes the tables is left out."""

    def __init__(self, start: Start, end: End) -> None:
        self._start, self._end = start, end
        self._table = ""
        self._in_structure = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table_structure":
            self._in_structure = True
        if self._in_structure:
            return
        if name == "table_data":
            self._table = attributes.get("name", "")
            self._start(f"{self._table}s", {"type": "array"})
        else:
            self._start(self._table if name == "row" else name, attributes)

    def end(self, name: str) -> None:
        if self._in_structure:
            self._in_structure = name != "table_structure"
        elif name == "table_data":
            self._end(f"{self._table}s")
        else:
            self._end(self._table if name == "row" else name)


class _PhpMyAdmin:
    """The rows of all tables stand side by side."""

    def __init__(self, start: Start, end: End) -> None:
        self._start, self._end = start, end
        self._table = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self._table = attributes.get("name", "")
            self._start(self._table, {})
        else:
            self._start(name, attributes)

    def end(self, name: str) -> None:
        self._end(self._table if name == "table" else name)
