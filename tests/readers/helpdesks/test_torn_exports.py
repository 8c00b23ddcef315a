"""Exports with anything in the place of anything: nothing breaks, and records stay what records are."""

import json
import random
from contextlib import suppress

import pytest

from migrator.errors import MigratorError
from migrator.readers.helpdesks import TREES
from tests.conftest import ROOT
from tests.readers.support import opened

ODD = (
    None,
    "",
    "x",
    "0",
    5,
    1.5,
    True,
    False,
    [],
    {},
    [None],
    ["x"],
    [[]],
    [{}],
    {"id": {}},
    {"a": ["x", {"b": 1}]},
)
SAMPLES = {
    reader.name: path
    for reader in TREES
    if (path := ROOT / "samples" / reader.name).is_dir() and any(path.glob("*.json"))
}


def places(tree, path=()):
    """Every place of a tree at which something else could stand."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


def torn(tree, chance):
    """The tree with one to five of its values replaced."""
    for _ in range(chance.randint(1, 5)):
        *path, last = chance.choice(list(places(tree)) or [()])
        here = tree
        for key in path:
            here = here[key]
        here[last] = chance.choice(ODD)
    return tree


@pytest.mark.parametrize("name", SAMPLES)
def test_whatever_stands_anywhere_nothing_breaks(name, tmp_path):
    originals = {path.name: _documents(path) for path in sorted(SAMPLES[name].glob("*.json"))}
    for seed in range(12):
        chance = random.Random(seed)
        victim = chance.choice(list(originals))
        for file, tree in originals.items():
            copy = json.loads(json.dumps(tree))
            (tmp_path / file).write_text(json.dumps(torn(copy, chance) if file == victim else copy), "utf-8")
        with suppress(MigratorError):  # an export may be unreadable, but never without a word
            for record in opened(tmp_path, reader=name).records():
                assert _is_plain(record.values)


def _documents(path):
    """What a sample holds: one document, or one a line (which U+2028 does not end), as an array of them."""
    text = path.read_text("utf-8")
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.split("\n") if line]


def _is_plain(value):
    """Whether a value is what records hold: text, lists and dicts."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(each) for key, each in value.items())
    return all(map(_is_plain, value)) if isinstance(value, list) else isinstance(value, str)
