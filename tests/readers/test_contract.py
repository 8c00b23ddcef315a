"""What every reader promises. A new reader joins by adding its sample to `SAMPLES`."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from migrator.errors import MigratorError, UnreadableSource
from migrator.model import Value
from migrator.readers import READERS, Source, group_records, open_source
from migrator.readers.helpdesks import TABLES, TREES
from tests.readers.support import DAMAGE, damaged, json_lines, workbook, write, zendesk_ticket, zipped

ROWS = [
    ["id", "title", "note", "note"],
    ["007", "Über", "", "x"],
    ["", "", "", ""],
    ["8", "two\nlines", "a", "b"],
]
PLAIN = [
    {"id": 1, "tags": ["a"], "who": {"name": "Zoë"}},
    {"id": 2.50, "closed": None},
    {"id": 3, "ok": True},
]
TICKETS = [
    zendesk_ticket(1, comments=[{"id": 9, "body": "Text 1", "public": True, "author_id": 501}]),
    zendesk_ticket(2),
    zendesk_ticket(1, updated_at="2025-01-01T00:00:00Z"),
]


def delimited(folder: Path) -> Path:
    text = "\r\n".join(";".join(f'"{cell}"' for cell in row) for row in ROWS)
    return write(folder, "tickets.csv", text, encoding="cp1252")


def spreadsheet(folder: Path) -> Path:
    return workbook(folder / "tickets.xlsx", {"Old": [["id"]], "Tickets": ROWS}, hidden=["Old"])


def json_document(folder: Path) -> Path:
    return write(folder, "tickets.json", json.dumps({"count": 3, "tickets": PLAIN}, indent=1))


def lines(folder: Path) -> Path:
    return write(folder, "tickets.ndjson", json_lines(*PLAIN))


def xml(folder: Path) -> Path:
    tickets = "".join(
        f"<ticket><id>{number}</id><tags type='array'><tag>a</tag></tags></ticket>" for number in (1, 2)
    )
    return write(folder, "tickets.xml", f"<tickets type='array'>\n{tickets}\n</tickets>")


def zendesk(folder: Path) -> Path:
    return write(folder, "export.json", json_lines(*TICKETS))


SAMPLES: dict[str, Callable[[Path], Path]] = {
    "delimited": delimited,
    "workbook": spreadsheet,
    "json": json_document,
    "json-lines": lines,
    "xml": xml,
    "zendesk": zendesk,
}


@pytest.fixture(params=SAMPLES, ids=str)
def reader(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sample(reader: str, tmp_path: Path) -> Path:
    return SAMPLES[reader](tmp_path)


@pytest.fixture
def source(sample: Path) -> Source:
    return open_source([sample])


def test_every_reader_keeps_the_contract():
    helpdesks = {reader.name for reader in (*TREES, *TABLES)} - {"zendesk"}  # one stands for all of them
    assert set(SAMPLES) == set(READERS) - helpdesks


def test_it_recognises_its_sample_and_nobody_else_does(source, reader):
    assert source.reader == reader
    assert source.why


def test_content_decides_whatever_the_name(sample, reader, tmp_path):
    assert open_source([sample.rename(tmp_path / "export.txt")]).reader == reader


def test_records_can_be_read_again_and_are_equal(source):
    first = list(source.records())
    assert first
    assert list(source.records()) == first


def test_two_passes_at_once_do_not_disturb_each_other(source):
    pairs = list(zip(source.records(), source.records(), strict=True))
    assert all(one == other for one, other in pairs)


def test_places_increase_and_name_the_file(source, sample):
    refs = [record.ref for record in source.records()]
    assert [ref.row for ref in refs] == sorted({ref.row for ref in refs})
    assert {ref.file for ref in refs} == {sample.name}


def test_notices_are_complete_after_a_pass_and_not_doubled_by_another(source):
    list(source.records())
    first = source.notices
    list(source.records())
    assert source.notices == first
    next(source.records())
    assert source.notices == first


def test_values_are_text_lists_and_dicts(source):
    def check(value: Value) -> None:
        match value:
            case str():
                value.encode()
            case list():
                for each in value:
                    check(each)
            case dict():
                for each in value.values():
                    check(each)
            case _:
                pytest.fail(f"{value!r} is none of them")

    for record in source.records():
        check(record.values)


def test_progress_ends_at_the_size_of_the_source(source, sample):
    assert source.size_bytes == sample.stat().st_size == source.files[0].size_bytes
    assert source.read_bytes == 0
    seen = [source.read_bytes for _ in source.records()]
    assert seen == sorted(seen)
    assert seen[-1] <= source.size_bytes == source.read_bytes


def test_records_can_be_sent_to_another_process(source):
    records = list(source.records())
    assert pickle.loads(pickle.dumps(records)) == records


def test_a_table_has_columns_and_a_nested_source_has_none(source):
    nested = isinstance(next(source.records()).original, str)
    assert (source.columns == ()) is nested


def test_an_abandoned_pass_leaves_the_source_usable(source):
    whole = list(source.records())
    abandoned = source.records()
    next(abandoned)
    abandoned.close()
    assert list(source.records()) == whole


def test_a_source_that_vanishes_is_a_clear_error(source, sample):
    sample.unlink()
    with pytest.raises(UnreadableSource, match="no longer be read"):
        list(source.records())


def open_and_read(path: Path) -> None:
    """Only our own errors may come out, and they name no folder, which may name a customer."""
    try:
        for _ in open_source([path]).records():
            pass
    except MigratorError as error:
        told = str(error)
    else:
        told = "nothing"
    assert told
    assert path.parent.as_posix() not in told


HOSTILE = st.binary(max_size=200) | st.text(
    st.sampled_from('{}[]",:;\t|\n\r\\u0 1aeNtn\ud83d\x00éÃ¼\u2028'), max_size=60
).map(lambda text: text.encode("utf-8", "surrogatepass"))


@given(content=HOSTILE)
@example(content=b'{"id": 1, "' + b"a" * 50)
@example(content=b"[" * 5000)
@example(content=b'{"a":' * 5000)
@example(content=b'"')
@example(content=b"sep=")
@example(content=b"sep=\n")
@example(content=b'sep="\nid"a\n')
@example(content=b"\xff\xfe\x00")
@example(content=b"PK\x03\x04" + bytes(60))
@example(content=b'{"migrator_reader":"zendesk"')
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_arbitrary_bytes_end_in_records_or_a_clear_error(tmp_path_factory, content):
    open_and_read(write(tmp_path_factory.getbasetemp(), "hostile", content))


@pytest.mark.parametrize("name", SAMPLES)
@given(damage=DAMAGE, kept=st.floats(0.01, 1))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_sample_ends_in_records_or_a_clear_error(tmp_path_factory, name, damage, kept):
    folder = tmp_path_factory.getbasetemp() / f"damaged-{name}"
    folder.mkdir(exist_ok=True)
    path = SAMPLES[name](folder)
    content = damaged(path.read_bytes(), damage)
    path.write_bytes(content[: int(kept * len(content))])
    open_and_read(path)


@given(damage=DAMAGE, kept=st.floats(0.5, 1))
@example(damage=[(0.99, 1, b"\0")], kept=1)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_damaged_archive_ends_in_records_or_a_clear_error(tmp_path_factory, damage, kept):
    folder = tmp_path_factory.getbasetemp() / "damaged-archive"
    folder.mkdir(exist_ok=True)
    path = zipped(folder / "t.zip", {"t.xml": xml(folder).read_bytes(), "a/b.png": "x"})
    content = damaged(path.read_bytes(), damage)
    path.write_bytes(content[: int(kept * len(content))])
    open_and_read(path)


@given(member=st.integers(0, 20), damage=DAMAGE)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_workbook_damaged_inside_ends_in_records_or_a_clear_error(tmp_path_factory, member, damage):
    folder = tmp_path_factory.getbasetemp() / "inside"
    folder.mkdir(exist_ok=True)
    packed = io.BytesIO(spreadsheet(folder).read_bytes())
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(folder / "tickets.xlsx", "w") as new:
        names = old.namelist()
        for name in names:
            data = old.read(name)
            new.writestr(name, damaged(data, damage) if name == names[member % len(names)] else data)
    open_and_read(folder / "tickets.xlsx")


class Stopped(Exception):
    """Nobody's error but this test's."""


def test_a_reading_can_be_stopped_before_its_first_record_comes_out(source):
    def stop():
        raise Stopped

    source.pulse = stop
    with pytest.raises(Stopped):
        next(iter(source.records()))
    with pytest.raises(Stopped):
        next(iter(group_records(source.records(), "id")))
