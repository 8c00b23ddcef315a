import sys
import zipfile

import pytest

from migrator.errors import SourceError
from migrator.readers.contents import MOST_MEMBERS, may_be_export
from tests.readers.support import opened, read, told, write, zipped


def tree(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


LAYOUTS = [
    pytest.param({"a.csv": "id\n1\n", "b/c.csv": "id\n2\n"}, ["a.csv"], id="what-lies-deeper-is-not-read"),
    pytest.param({"x/a.csv": "id\n1\n", "x/y/b.csv": "id\n2\n"}, ["a.csv"], id="one-folder-down"),
    pytest.param(
        {"1/t.csv": "id\n1\n", "10/t.csv": "id\n3\n", "2/t.csv": "id\n2\n"},
        ["1/t.csv", "2/t.csv", "10/t.csv"],
        id="a-folder-for-each",
    ),
    pytest.param(
        {"attachments/a.csv": "id\n9\n", "data/a.csv": "id\n1\n"}, ["a.csv"], id="attachments-are-no-exports"
    ),
    pytest.param({"README.txt": "Read me", "a.csv": "id\n1\n"}, ["a.csv"], id="a-readme"),
    pytest.param(
        {".x/b.csv": "id\n9\n", "__MACOSX/a.csv": "id\n8\n", "d/a.csv": "id\n1\n"}, ["a.csv"], id="hidden"
    ),
]


@pytest.mark.parametrize(("files", "names"), LAYOUTS)
def test_the_shallowest_level_that_has_files_is_read(tmp_path, files, names):
    source = opened(tree(tmp_path / "export", files))
    assert [file.name for file in source.files] == names
    assert [record.values["id"] for record in source.records()] == [str(n) for n in range(1, len(names) + 1)]


@pytest.mark.parametrize(("files", "names"), LAYOUTS)
def test_an_archive_is_searched_like_a_folder(tmp_path, files, names):
    source = opened(zipped(tmp_path / "export.zip", files))
    assert [file.name for file in source.files] == [f"export.zip/{name}" for name in names]


def test_archives_in_a_folder_are_one_export(tmp_path):
    for number in (10, 9):
        zipped(tmp_path / f"part{number}.zip", {"t.csv": f"id\n{number}\n"})
    assert [record.values["id"] for record in read(tmp_path)] == ["9", "10"]


def test_an_archive_beside_files_is_not_read_and_told(tmp_path):
    write(tmp_path, "t.csv", "id,a\n1,x\n")
    zipped(tmp_path / "backup.zip", {"t.csv": "id,a\n1,x\n"})
    source = opened(tmp_path)
    assert len(list(source.records())) == 1
    assert told(source) == {"file-ignored": 1}


def test_folders_without_end_are_given_up(tmp_path):
    with pytest.raises(SourceError, match="holds no export"):
        opened(tree(tmp_path / "export", {"a/b/c/d/e/f/g/h/t.csv": "id\n1\n"}))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tickets.csv", True),
        ("TICKETS.CSV.GZ", True),
        ("export", True),
        ("export.zip", True),
        (".tickets.csv", False),
        ("~$tickets.xlsx", False),
        ("LICENSE", False),
        ("photo.jpg.gz", False),
        ("mapping.yaml", False),
    ],
)
def test_a_name_alone_only_rules_out(name, expected):
    assert may_be_export(name) is expected


def test_files_are_read_in_natural_order_whatever_their_names_count_in(tmp_path):
    names = ["part10.csv", "part2.csv", "part2²3.csv"]
    source = opened(tree(tmp_path / "export", dict.fromkeys(names, "id,subject\n1,a\n")))
    assert [file.name for file in source.files] == ["part2.csv", "part2²3.csv", "part10.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_inside_a_folder_never_lead_out_of_it(tmp_path):
    (tmp_path / "secret").mkdir()
    write(tmp_path / "secret", "passwords.csv", "id\n666\n")
    folder = tree(tmp_path / "export", {"a.csv": "id\n1\n", "kept/b.csv": "id\n2\n"})
    (folder / "b.csv").symlink_to(folder / "kept" / "b.csv")
    (folder / "c.csv").symlink_to(tmp_path / "secret" / "passwords.csv")
    (folder / "d.csv").symlink_to("d.csv")
    source = opened(folder)
    assert [record.values["id"] for record in source.records()] == ["1", "2"]
    assert [(n.count, n.message) for n in source.notices if n.code == "link-ignored"] == [
        (2, "not read, because they are links that lead out of the folder: c.csv, d.csv")
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_folder_of_links_that_lead_away_says_why_it_holds_nothing(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path / "elsewhere", "a.csv", "id\n1\n")
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "linked").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SourceError, match="of its own: links that lead out of it are not followed"):
        opened(tmp_path / "export")


def test_more_files_than_are_read_one_by_one_are_refused_with_the_way_out(tmp_path):
    files = {f"t{number}.json": "{}" for number in range(MOST_MEMBERS + 1)}
    with pytest.raises(SourceError, match="holds 20,001 files of an export") as refused:
        opened(zipped(tmp_path / "many.zip", files, zipfile.ZIP_STORED))
    assert "cat {} + > all.json" in refused.value.hint
    assert r"copy /b FOLDER\*.json all.json" in refused.value.hint


def test_a_folder_may_hold_more_files_than_an_archive(tmp_path):
    for number in range(MOST_MEMBERS + 1):
        (tmp_path / f"t{number}.json").touch()
    with pytest.raises(SourceError, match="is empty") as refused:  # as the first one is
        opened(tmp_path)
    assert refused.value.at == "t0.json"
