"""An export without a single ticket is no success: it is the wrong file, or half of one."""

from __future__ import annotations

import pytest

from tests.conftest import SIMPLE_MAPPING

HEADER = "id,subject,body,email,created,status\n"
EMPTY = [
    pytest.param("tickets.csv", HEADER, id="only-a-header"),
    pytest.param("tickets.json", '{"tickets": []}', id="an-empty-list"),
]


@pytest.mark.parametrize(("name", "text"), EMPTY)
@pytest.mark.parametrize("command", ["validate", "run"])
def test_an_export_without_tickets_is_refused_by_name(tool, sandbox, tmp_path, command, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(SIMPLE_MAPPING, encoding="utf-8")
    ran = tool.to(sandbox)(command, name, "--mapping", "m.yaml", "--json")
    assert (ran.exit_code, ran.json["error"]["at"]) == (3, name)
    assert "no tickets" in ran.json["error"]["message"]
    assert not list(tmp_path.glob("*.ledger"))
