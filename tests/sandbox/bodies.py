"""Values made after a JSON Schema by Hypothesis: most of them fit, some are spoilt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.sandbox.support import description

Schema = dict[str, Any]
Strategy = st.SearchStrategy[Any]

FORMATS: dict[str, Strategy] = {
    "date-time": st.sampled_from(["2025-01-15T10:30:00.000Z", "2024-12-31T23:59:60Z", "2020-02-29T12:00:00+05:30"]),
    "email": st.sampled_from(["ann@example.com", "b.c+d@example.org"]),
    "uri": st.sampled_from(["https://example.com/a.png", "https://example.org/?q=1#x"]),
}  # fmt: skip
SPOILERS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 10**30), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=3), st.sampled_from(["x" * 600, "2025-01-15", "ann", "not a uri"]),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=5), st.none(), max_size=2),
)  # fmt: skip


def resolved(node: Any) -> Any:
    """What a `$ref` names; anything else as it is."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = description()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def values(schema: Any, known: Mapping[str, str], *, name: str = "", spoilt: int = 6) -> Strategy:
    """Values after a schema.

    Args:
        known: Ids that exist, by the name of the key that may hold them.
        spoilt: Of a hundred values, how many are replaced by something else; 0 makes all fit.
    """
    fitting = _fitting(resolved(schema), known, name, spoilt)
    if not spoilt:
        return fitting
    return st.integers(0, 99).flatmap(lambda drawn: SPOILERS if drawn < spoilt else fitting)


def _fitting(schema: Any, known: Mapping[str, str], name: str, spoilt: int) -> Strategy:
    if not isinstance(schema, dict):
        return SPOILERS
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for choice in ("oneOf", "anyOf"):
        if choice in schema and "properties" not in schema:
            return st.one_of(*(values(each, known, name=name, spoilt=spoilt) for each in schema[choice]))
    types = schema.get("type", ["null", "boolean", "string"])
    return st.one_of(
        *(_of_type(each, schema, known, name, spoilt) for each in [types] * isinstance(types, str) or types)
    )


def _of_type(kind: str, schema: Schema, known: Mapping[str, str], name: str, spoilt: int) -> Strategy:
    match kind:
        case "object":
            return _object(schema, known, spoilt)
        case "array":
            items = values(schema.get("items", True), known, spoilt=spoilt)
            return st.lists(
                items, min_size=schema.get("minItems", 0), max_size=min(3, schema.get("maxItems", 3))
            )
        case "string":
            if "format" in schema:
                return FORMATS[schema["format"]]
            letters = st.text(
                "abcdef0123456789",
                min_size=schema.get("minLength", 0),
                max_size=min(24, schema.get("maxLength", 24)),
            )
            return st.one_of(st.just(known[name]), letters) if name in known else letters
        case "integer" | "number":
            least = int(schema.get("minimum", 0))
            return st.integers(least, int(schema.get("maximum", least + 100)))
        case "boolean":
            return st.booleans()
    return st.none()


@st.composite
def _object(draw: Any, schema: Schema, known: Mapping[str, str], spoilt: int) -> dict[str, Any]:
    properties, required = schema.get("properties", {}), set(schema.get("required", ()))
    for choice in ("oneOf", "anyOf"):  # "one of these keys is needed"
        if choice in schema:
            required |= set(draw(st.sampled_from(schema[choice])).get("required", ()))
    optional = sorted(properties.keys() - required)
    wanted = [*required, *draw(st.lists(st.sampled_from(optional), unique=True) if optional else st.just([]))]
    made = {key: draw(values(properties.get(key, True), known, name=key, spoilt=spoilt)) for key in wanted}
    accident = draw(st.integers(0, 99))
    if accident < spoilt and made:
        del made[draw(st.sampled_from(sorted(made)))]
    elif accident >= 100 - spoilt:
        made["unknownKey"] = draw(SPOILERS)
    return made
