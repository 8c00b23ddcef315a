import csv
from pathlib import Path

import openpyxl
import pytest

from migrator.model import Status
from migrator.reports.crosswalk import EXCERPT, Crosswalk, is_old_url
from tests.reports.support import HOSTILE, result

OLD = "https://old.example.com/agent/tickets/{id}"


def crosswalk(folder: Path, *rows: tuple[str, str], old_url: str = OLD) -> Crosswalk:
    """Rows of old id and new address, numbered from 1."""
    with Crosswalk(folder, old_url) as walk:
        for number, (key, url) in enumerate(rows, start=1):
            walk.add(result(key=key, number=number, url=url))
    return walk


def table(folder: Path) -> list[list[str]]:
    with (folder / "crosswalk.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_every_ticket_stands_in_both_tables_alike(tmp_path: Path) -> None:
    walk = crosswalk(
        tmp_path, ("000417", "https://new.example.com/t/1"), ("a b", "https://new.example.com/t/2")
    )
    expected = [
        ["old_id", "old_url", "new_number", "new_url"],
        ["000417", "https://old.example.com/agent/tickets/000417", "1", "https://new.example.com/t/1"],
        ["a b", "https://old.example.com/agent/tickets/a%20b", "2", "https://new.example.com/t/2"],
    ]
    assert table(tmp_path) == expected
    book = openpyxl.load_workbook(tmp_path / "crosswalk.xlsx")
    assert [list(row) for row in book["Tickets"].iter_rows(values_only=True)] == expected
    assert walk.count == 2


def test_rows_without_a_ticket_are_left_out(tmp_path: Path) -> None:
    with Crosswalk(tmp_path) as walk:
        walk.add(result(Status.REJECTED))
    assert (walk.count, len(table(tmp_path))) == (0, 1)


def test_a_formula_is_disarmed_where_it_could_run_and_exact_where_it_cannot(tmp_path: Path) -> None:
    crosswalk(tmp_path, ("=1+1", "@x"), old_url="")
    assert table(tmp_path)[1] == ["'=1+1", "", "1", "'@x"]
    cells = openpyxl.load_workbook(tmp_path / "crosswalk.xlsx")["Tickets"][2]
    assert cells[0].value == "=1+1"
    assert cells[0].data_type != "f"


def test_redirects_lead_from_the_old_path_to_the_new_address(tmp_path: Path) -> None:
    crosswalk(tmp_path, ("17", "https://new.example.com/t/1"))
    nginx = (tmp_path / "redirects.nginx.conf").read_text()
    apache = (tmp_path / "redirects.apache.conf").read_text()
    assert nginx.endswith('{\n  "/agent/tickets/17" "https://new.example.com/t/1";\n}\n')
    assert apache.splitlines()[-1] == 'Redirect permanent "/agent/tickets/17" "https://new.example.com/t/1"'


def test_an_old_address_with_a_question_mark_is_told_apart_by_nginx_only(tmp_path: Path) -> None:
    crosswalk(tmp_path, ("17", "https://new.example.com/t/1"), old_url="https://old.example.com/?t={id}")
    assert '"/?t=17"' in (tmp_path / "redirects.nginx.conf").read_text()
    assert "Redirect" not in (tmp_path / "redirects.apache.conf").read_text()


@pytest.mark.parametrize("evil", [*HOSTILE, '"; return 302 /evil; #', "https://x.example/$request_uri"])
def test_no_rule_is_made_of_what_a_web_server_could_misread(tmp_path: Path, evil: str) -> None:
    walk = crosswalk(tmp_path, (evil, evil), (evil, "https://new.example.com/t/2"))
    rules = (tmp_path / "redirects.nginx.conf").read_text().partition("{\n")[2].splitlines()
    assert walk.unsafe == 1
    assert len(rules) == 2
    assert rules[0].count('"') == 4
    assert "$" not in rules[0]


def test_what_the_mapping_says_of_old_addresses_is_taken_unless_the_command_line_says_more(
    tmp_path: Path,
) -> None:
    row = result(key="17", number=1, url="https://new.example.com/t/1", old_url="https://a.example.com/x/17")
    for said, old_url in (("", "https://a.example.com/x/17"), (OLD, OLD.replace("{id}", "17"))):
        with Crosswalk(tmp_path, said) as walk:
            walk.add(row)
        assert table(tmp_path)[1][1] == old_url
        path = old_url.removeprefix("https://").partition("/")[2]
        assert f'"/{path}" ' in (tmp_path / "redirects.nginx.conf").read_text()
        assert walk.unsafe == 0


@pytest.mark.parametrize(
    "old_url",
    [
        pytest.param("https://b.example.com/t/2", id="another-host-may-have-the-same-path"),
        pytest.param("https://a.example.com/t/1", id="the-same-address-again"),
        pytest.param("https://a.example.com/#/t/2", id="no-browser-sends-what-is-behind-a-hash"),
        pytest.param("t/2", id="no-web-address"),
    ],
)
def test_no_rule_is_made_that_two_tickets_could_share(tmp_path: Path, old_url: str) -> None:
    new_url = "https://new.example.com/t/1"
    with Crosswalk(tmp_path) as walk:
        walk.add(result(key="1", number=1, url=new_url, old_url="https://a.example.com/t/1"))
        walk.add(result(key="3", number=3, url=new_url, old_url="https://a.example.com/t/3"))
        walk.add(result(key="2", number=2, url=new_url, old_url=old_url))
    assert walk.unsafe == 1
    assert table(tmp_path)[3][1] == old_url
    assert (tmp_path / "redirects.nginx.conf").read_text().count(new_url) == 2


def test_of_many_addresses_none_is_taken_for_another(tmp_path: Path) -> None:
    with Crosswalk(tmp_path, OLD) as walk:
        for number in range(1, 20_001):
            walk.add(result(key=str(number), number=number, url=f"https://new.example.com/t/{number}"))
    assert walk.unsafe == 0


def test_without_old_addresses_earlier_rules_go(tmp_path: Path) -> None:
    crosswalk(tmp_path, ("1", "https://new.example.com/t/1"))
    walk = crosswalk(tmp_path, ("1", "https://new.example.com/t/1"), old_url="")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["crosswalk.csv", "crosswalk.xlsx"]
    assert [each.name for each in walk.files] == ["crosswalk.csv", "crosswalk.xlsx"]


def test_the_page_gets_an_excerpt(tmp_path: Path) -> None:
    rows = [(str(number), f"https://new.example.com/t/{number}") for number in range(EXCERPT + 10)]
    walk = crosswalk(tmp_path, *rows)
    assert (len(walk.excerpt), walk.count) == (EXCERPT, EXCERPT + 10)


def test_a_failure_leaves_no_file(tmp_path: Path) -> None:
    def fail() -> None:
        with Crosswalk(tmp_path, OLD) as walk:
            walk.add(result(number=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param(OLD, True, id="path"),
        pytest.param("http://old.example.com/?id={id}", True, id="query"),
        pytest.param("https://old.example.com/tickets", False, id="no-id"),
        pytest.param("old.example.com/{id}", False, id="no-scheme"),
        pytest.param("javascript:{id}", False, id="no-web-address"),
        pytest.param("https://{id}.example.com/", False, id="in-the-host"),
        pytest.param("https://old.example.com/#{id}", False, id="behind-a-hash"),
        pytest.param('https://old.example.com/"{id}', False, id="quote"),
        pytest.param("https://[{id}", False, id="broken"),
    ],
)
def test_an_old_address_is_a_web_address_with_the_id_in_it(template: str, expected: bool) -> None:
    assert is_old_url(template) is expected
