"""Nouns of which many are made for every row, made faster."""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import update_wrapper
from typing import Any, TypeVar

_Kind = TypeVar("_Kind")


def quickly_made(kind: type[_Kind]) -> type[_Kind]:
    """Makes the instances of a frozen dataclass with slots two to three times as fast, pickled ones too.

    Of some, many are made for every row. What the standard library writes as their `__init__` looks up the
    place of every field by its name, for every instance; this one has it at hand. Defaults are values, no
    factories, and nothing happens after it.
    """
    parts = fields(kind)  # type: ignore[arg-type]
    at_hand: dict[str, Any] = {f"put_{part.name}": vars(kind)[part.name].__set__ for part in parts}
    at_hand |= {f"no_{part.name}": part.default for part in parts}
    said = [part.name if part.default is MISSING else f"{part.name}=no_{part.name}" for part in parts]
    puts = "; ".join(f"put_{part.name}(self, {part.name})" for part in parts)
    values = ", ".join(f"self.{part.name}" for part in parts)
    made = f"def __init__(self, {', '.join(said)}): {puts}"
    pickled = f"def __reduce__(self): return type(self), ({values},)"
    exec(f"{made}\n{pickled}", at_hand)  # noqa: S102 - as dataclasses does it
    kind.__init__ = update_wrapper(at_hand["__init__"], kind.__init__)  # type: ignore[method-assign]
    kind.__reduce__ = at_hand["__reduce__"]  # type: ignore[method-assign]
    return kind
