"""Whatever stands where a helpdesk would put something else: no reader fails, and nothing becomes public by it."""

import copy
import json
import random

import pytest

from migrator.errors import MigratorError
from tests.conftest import ROOT
from tests.readers.support import opened, write

ODD = (
    None,
    "",
    [],
    {},
    "x",
    1,
    True,
    [1, "a", {}],
    {"a": {"b": 1}},
    [[{}]],
    "true",
    {"data": [1]},
    [None],
    -1.5,
)
NAMES = ("id", "private", "public", "body", "x")
SAMPLES = sorted({path.parent for path in (ROOT / "samples").glob("*/*.json")})
SEEDS = 4


def places(tree, path=()):
    """The path to everything in a tree."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, (*path, key))


def spoil(tree, rng):
    """Puts something else in one place, or gives it another name."""
    path = rng.choice(list(places(tree)) or [()])
    for step in path[:-1]:
        tree = tree[step]
    if path and rng.random() < 0.3 and isinstance(tree, dict):
        tree[rng.choice(NAMES)] = tree.pop(path[-1])
    elif path:
        tree[path[-1]] = copy.deepcopy(rng.choice(ODD))


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_spoilt_export_is_read_or_refused(sample, seed, tmp_path):
    rng = random.Random(f"{sample.name} {seed}")
    reader = opened(sample).reader
    for path in sorted(sample.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        try:
            tree = json.loads(text)
        except json.JSONDecodeError:  # one record a line
            tree = [json.loads(line) for line in text.splitlines()[:5]]
        for _ in range(rng.randint(1, 6)):
            spoil(tree, rng)
        write(tmp_path, path.name, json.dumps(tree))
    try:
        records = list(opened(tmp_path, reader=reader).records())
    except MigratorError:
        return
    messages = [
        each for record in records for each in record.values.get("comments", ()) if isinstance(each, dict)
    ]
    assert all(
        each.get("private") != "true" for each in messages if each.get("kind") in ("reply", "description")
    )
