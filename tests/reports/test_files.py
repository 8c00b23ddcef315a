import errno
import json
import os
import stat
from pathlib import Path

import pytest

from migrator.errors import DiskFull, LedgerError
from migrator.reports.files import private_file, remove, write_json


@pytest.mark.skipif(os.name != "posix", reason="file modes are known to POSIX systems only")
def test_a_file_is_its_owners_alone_even_while_it_is_written(tmp_path: Path) -> None:
    with private_file(tmp_path / "a.csv") as file:
        file.write("x")
        assert [stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()] == [0o600]
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o600


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")

    def fail_half_way() -> None:
        with private_file(path) as file:
            file.write("new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    with private_file(tmp_path / "deep" / "er" / "a.csv") as file:
        file.write("x\r\ny\n")
    assert (tmp_path / "deep" / "er" / "a.csv").read_bytes() == b"x\r\ny\n"


def test_half_a_surrogate_pair_is_spelled_out(tmp_path: Path) -> None:
    with private_file(tmp_path / "a") as file:
        file.write("\ud800 é")
    assert (tmp_path / "a").read_text(encoding="utf-8") == "\\ud800 é"


def test_a_folder_that_is_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("")
    with pytest.raises(LedgerError) as caught, private_file(tmp_path / "reports" / "a.csv"):
        pass
    assert caught.value.at == str(tmp_path / "reports" / "a.csv")
    assert caught.value.hint == "choose another folder for the report"


def test_a_name_that_is_taken_by_a_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(LedgerError) as caught, private_file(tmp_path / "a.csv") as file:
        file.write("x")
    assert "cannot be written" in str(caught.value)
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("number", "kind", "says"),
    [
        pytest.param(errno.ENOSPC, DiskFull, "the disk is full", id="disk-full"),
        pytest.param(errno.EDQUOT, DiskFull, "the disk is full", id="quota"),
        pytest.param(errno.EACCES, LedgerError, "may not be written", id="not-allowed"),
        pytest.param(errno.EROFS, LedgerError, "cannot be written", id="read-only"),
    ],
)
def test_what_the_system_says_becomes_what_where_and_the_way_out(
    tmp_path: Path, number: int, kind: type[LedgerError], says: str
) -> None:
    with pytest.raises(LedgerError) as caught, private_file(tmp_path / "a.csv"):
        raise OSError(number, os.strerror(number))
    assert type(caught.value) is kind
    assert says in str(caught.value)
    assert caught.value.at == str(tmp_path / "a.csv")
    assert caught.value.hint
    assert caught.value.exit_code == 5
    assert list(tmp_path.iterdir()) == []


def test_removing_what_is_not_there_is_fine(tmp_path: Path) -> None:
    remove(tmp_path / "never")
    (tmp_path / "there").touch()
    remove(tmp_path / "there")
    assert list(tmp_path.iterdir()) == []


def test_json_is_readable_and_keeps_its_letters(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"name": "Zoë", "half": "\udc80"})
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert '"Zoë"' in text
    assert json.loads(text) == {"name": "Zoë", "half": "\udc80"}
