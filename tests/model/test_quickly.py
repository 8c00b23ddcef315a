"""What is quickly made is a value like any other: equal by what it says, and never changed."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from migrator.model import DraftAuthor, Named, Origin, SourceRef

ORIGIN = Origin("m.yaml, line 4")


@pytest.mark.parametrize(
    "value",
    [SourceRef("t.csv", 2, line=3), Named("x", ORIGIN, fallback=""), DraftAuthor(name=Named("Ann", ORIGIN))],
    ids=lambda value: type(value).__name__,
)
def test_what_is_quickly_made_is_a_frozen_dataclass_all_the_same(value):
    kind = type(value)
    parts = {name: getattr(value, name) for name in inspect.signature(kind).parameters}
    assert list(parts) == list(kind.__match_args__)
    assert value == kind(**parts) == kind(*parts.values()) == copy.copy(value) == replace(value)
    assert value == pickle.loads(pickle.dumps(value))
    assert hash(value) == hash(kind(**parts))
    with pytest.raises(FrozenInstanceError):
        setattr(value, next(iter(parts)), "changed")


def test_what_is_quickly_made_complains_like_any_function():
    with pytest.raises(TypeError, match=r"missing 1 required positional argument: 'origin'"):
        Named("x")
    with pytest.raises(TypeError, match="unexpected keyword argument 'unknown'"):
        Named("x", ORIGIN, unknown=1)
