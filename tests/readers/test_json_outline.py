import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.readers.json_outline import outline, sketch
from migrator.readers.json_scan import Scanner
from migrator.readers.trees import SAMPLES

SCALARS = st.text(max_size=4)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=SAMPLES) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def sketched(text):
    scanner = Scanner(io.StringIO(text), "t.json")
    return sketch(outline(scanner)), scanner.peek()


@given(st.dictionaries(st.text(max_size=3).filter(lambda key: key != "_embedded"), TREES, max_size=4))
def test_what_is_short_is_kept_whole(tree):
    assert sketched(json.dumps(tree)) == (tree, "")


def test_a_long_list_is_cut_and_read_to_its_end():
    found, following = sketched(json.dumps({"a": [{"n": str(n)} for n in range(100)], "b": "x"}) + "]")
    assert found == {"a": [{"n": str(n)} for n in range(SAMPLES)], "b": "x"}
    assert following == "]"


@pytest.mark.parametrize("around", [lambda tree: tree, lambda tree: {"in": tree}], ids=["itself", "inside"])
def test_an_object_with_very_many_keys_does_not_fill_the_memory(around):
    many = {str(number): {"text": "x"} for number in range(2_000)}
    found, _ = sketched(json.dumps(around(many)))
    assert len(found.get("in", found)) == 500
