"""Exports that went wrong on the way: every sample and every kind of workbook, damaged as a seed says.

What must hold of them stands in `test_mutations.py`; `guided.py` looks for further ones by coverage.
"""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from migrator.cli.shipped import shipped
from migrator.errors import MigratorError
from migrator.model import Record
from migrator.readers import open_source
from tests.readers import test_books as books
from tests.readers.support import zipped

HOSTILE = (
    *(b"\0", b'"', b"'", b"\n", b"\r", b"\r\n", b",", b";", b"\t", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf"),
    *(
        b"[",
        b"]",
        b"{",
        b"}",
        b"[[[[[[[[",
        b"}}}}",
        b"[" * 2_000,
        b'{"a":' * 2_000,
        b"null",
        b"NaN",
        b"\\ud83d",
    ),
    *(b"<", b">", b"</", b"/>", b"<a>", b"&", b"&amp;", b"&#0;", b"&#xD800;", b"<![CDATA[", b"]]>", b"<!--"),
    *(b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<?xml version='1.0' encoding='utf-16'?>", b"<a" + b" b='1'" * 200),
    *(
        b"9" * 25,
        b"-1",
        b"1e400",
        b"1E+15",
        b"0x10",
        b"99999999999999-99-99",
        b"\xe2\x80\xa8",
        b"\xf0\x9f\x98",
    ),
    *(
        b"PK\3\4",
        b"PK\5\6",
        b"PK\1\2",
        b"\x1f\x8b\x08",
        b"sep=;\n",
        b"SCRUBBED",
        b"migrator_row",
        b"x" * 70_000,
    ),
)
"""What breaks programs, put where it was not."""
FEWEST_ROOM = 1 << 22


@dataclass(frozen=True, slots=True)
class Export:
    """The files of one export, by their paths in its folder."""

    name: str
    files: dict[str, bytes]


def exports(folder: Path) -> list[Export]:
    """Every sample, and a workbook of each kind."""
    samples = [
        Export(place.name, {each.relative_to(place).as_posix(): each.read_bytes() for each in _files(place)})
        for place in sorted(shipped("samples").iterdir())
    ]
    return samples + [
        Export(kind, {f"t.{kind}": make(folder).read_bytes()}) for kind, make in books.KINDS.items()
    ]


def _files(place: Path) -> list[Path]:
    return sorted(each for each in place.rglob("*") if each.is_file())


def written(folder: Path, export: Export, chance: random.Random) -> Path:
    """One file of an export damaged, the export in a folder; at times in an archive, or packed once more."""
    folder.mkdir(parents=True, exist_ok=True)
    victim = chance.choice(sorted(export.files))
    files = dict(export.files)
    others = [each for name, each in files.items() if name != victim] or [files[victim]]
    files[victim] = _damaged_inside(files[victim], chance, others)
    wrapping = chance.random()
    if wrapping < 0.1:
        path = zipped(folder / "export.zip", files)
        if chance.random() < 0.5:
            path.write_bytes(damaged(path.read_bytes(), chance, others))
        return path
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(gzip.compress(content) if wrapping > 0.95 and name == victim else content)
    return folder


def _damaged_inside(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """Damage; of a package more often to a part of it than to the package, where little else than itself is hit."""
    if not content.startswith(b"PK\3\4") or chance.random() < 0.2:
        return damaged(content, chance, others)
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        victim = chance.choice(names)
        for name in names:
            data = old.read(name)
            new.writestr(name, damaged(data, chance, others) if name == victim else data)
    return packed.getvalue()


def damaged(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        content = chance.choice(_DAMAGES)(content, chance, others)
        if len(content) > FEWEST_ROOM:
            break
    return content


def _span(content: bytes, chance: random.Random) -> tuple[int, int]:
    begin = chance.randrange(len(content) + 1)
    return begin, min(len(content), begin + chance.choice((1, 2, 8, 64, 512, 4_096)))


def _flipped(content: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 2, 16))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _without(content: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    begin, end = _span(content, chance)
    return content[:begin] + content[end:]


def _repeated(content: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    begin, end = _span(content, chance)
    return content[:end] + content[begin:end] * chance.choice((1, 2, 50)) + content[end:]


def _with_hostile(content: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    begin, end = _span(content, chance)
    return content[:begin] + chance.choice(HOSTILE) + content[begin if chance.random() < 0.7 else end :]


def _spliced(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    begin, end = _span(other := chance.choice(others), chance)
    place = chance.randrange(len(content) + 1)
    return content[:place] + other[begin:end] + content[place if chance.random() < 0.5 else end :]


def _renumbered(content: bytes, chance: random.Random, _others: Sequence[bytes]) -> bytes:
    """A number is another one: a length, a count, a place, an id."""
    digits = [i for i in range(len(content)) if content[i : i + 1].isdigit()]
    if not digits:
        return content
    place = chance.choice(digits)
    return (
        content[:place]
        + chance.choice((b"0", b"-1", b"4294967296", b"9" * 19, b"1e9"))
        + content[place + 1 :]
    )


_DAMAGES: tuple[Callable[[bytes, random.Random, Sequence[bytes]], bytes], ...] = (
    *(_flipped, _cut, _without, _repeated, _with_hostile, _spliced, _renumbered),
)


def read_twice(path: Path) -> list[Record] | MigratorError:
    """The records of an export, which must be the same again; or our own error."""
    try:
        source = open_source([path])
        records = list(source.records())
    except MigratorError as refused:
        return refused
    assert list(source.records()) == records
    return records
