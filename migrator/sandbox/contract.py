"""Holds every request against a shipped copy of the OpenAPI description.

What the description can say is checked here: paths, parameters, the form of bodies. What it cannot say (that
an id exists, that a file has a size) is checked where it is done.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from migrator.sandbox.answers import Json, Refusal, refused
from migrator.sandbox.complaints import complaints, message
from migrator.sandbox.formats import OBJECT_ID, instant, is_email, is_uri
from migrator.sandbox.multipart import Part

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

VERSIONS = ("2026-01-01.nova", "2026-08-19.orbit")
"""The API versions that the sandbox speaks; tickets are alike in both (featurebase.md, section 1)."""

Schema = dict[str, Any]


class Shape:
    """One schema, compiled when it is first needed."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def errors(self, value: object) -> Iterator[ValidationError]:
        return self._validator.iter_errors(value)

    @cached_property
    def _validator(self) -> Draft202012Validator:
        from jsonschema import Draft202012Validator, FormatChecker

        formats = FormatChecker(formats=())
        for name, holds in (("date-time", instant), ("email", is_email), ("uri", is_uri)):
            formats.checks(name)(lambda value, holds=holds: not isinstance(value, str) or bool(holds(value)))
        return Draft202012Validator(self.schema, format_checker=formats)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    id: str
    method: str
    template: str
    """`/v2/tickets/{id}`."""
    pattern: re.Pattern[str]
    query: dict[str, Shape]
    path: dict[str, Shape]
    bodies: dict[str, Shape]
    """By the body's constant `type` where there are several, else the only one under an empty name."""
    multipart: bool

    @property
    def name(self) -> str:
        """As people and `endpoint_limits` call it: `POST /v2/tickets`."""
        return f"{self.method} {self.template}"


@dataclass(frozen=True, slots=True)
class Call:
    """A request that has passed the contract."""

    path: Json
    query: Json
    body: Json
    uploads: tuple[Part, ...] = ()

    def number(self) -> int:
        """The ticket number in the path."""
        return int(str(self.path["id"]))

    def object_id(self) -> str:
        """The object id in the path.

        Raises:
            Refusal: 400 `invalid_id`.
        """
        given = str(self.path["id"])
        if not OBJECT_ID.fullmatch(given):
            raise refused("not an object id", "id", code="invalid_id")
        return given.lower()


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the description; fixed paths come before paths with parameters."""
    text = files("migrator.sandbox").joinpath("openapi.json").read_text(encoding="utf-8")
    document = json.loads(text)
    found = [
        _operation(method.upper(), template, _resolved(described, document))
        for template, methods in document["paths"].items()
        for method, described in methods.items()
    ]
    return tuple(sorted(found, key=lambda each: each.template.count("{")))


def match(method: str, raw_path: str) -> tuple[Operation, Json]:
    """The operation that a request asks for, and its checked path parameters.

    Raises:
        Refusal: 404 where the path leads nowhere, 405 where it does not know the method, 400 where a
            parameter has the wrong form.
    """
    others: list[str] = []
    for operation in operations():
        found = operation.pattern.fullmatch(raw_path)
        if found is None:
            continue
        if operation.method != method:
            others.append(operation.method)
            continue
        given = {name: [unquote(text)] for name, text in found.groupdict().items()}
        return operation, _parameters(operation.path, given)
    if others:
        message = f"this path takes {', '.join(others)}, not {method}"
        raise Refusal(405, "invalid_request", message, allowed=tuple(others))
    raise Refusal(404, "resource_not_found", "there is no such path")


def check_query(operation: Operation, given: dict[str, list[str]]) -> Json:
    """Query parameters by their declared types, with the declared defaults.

    Raises:
        Refusal: 400; also for a parameter that the description does not know, which Featurebase may
            ignore and a rehearsal must not.
    """
    for name, texts in given.items():
        if name not in operation.query:
            raise Refusal(
                400, "parameter_not_supported", "not a parameter of this operation", param=name[:60]
            )
        if "" in texts:  # OpenAPI 3.1, `allowEmptyValue`: not unless it is said
            raise Refusal(400, "invalid_request", "a value must not be empty", param=name)
    return _parameters(operation.query, given)


def check_version(header: str | None) -> None:
    """The version header is optional; where it is given it must be one that is spoken here."""
    if header is not None and header not in VERSIONS:
        raise Refusal(404, "version_not_supported", "unknown API version", param="Featurebase-Version")


def check_body(operation: Operation, body: object) -> Json:
    """A request's JSON, held against its schema.

    Raises:
        Refusal: 400 with every fault found; `missing_parameter` where something required is absent.
    """
    kind = body.get("type") if isinstance(body, dict) and "" not in operation.bodies else ""
    shape = operation.bodies.get(kind) if isinstance(kind, str) else None
    if shape is None:
        shape = Shape(
            {"type": "object", "required": ["type"], "properties": {"type": {"enum": [*operation.bodies]}}}
        )
    faults = [fault for error in shape.errors(body) for fault in complaints(error)]
    faults.sort(key=lambda fault: not fault[2])  # what is missing gives the refusal its code
    if faults:
        path, fault, is_missing = faults[0]
        raise Refusal(
            400,
            "missing_parameter" if is_missing else "invalid_request",
            f"{path.removeprefix('body.')}: {fault}",
            param=path.removeprefix("body."),
            details=tuple((path, fault) for path, fault, _ in faults),
        )
    assert isinstance(body, dict)
    return body


def read_json(raw: bytes) -> object:
    """Strict JSON text in UTF-8: no NaN, no lone surrogates, no bottomless nesting.

    Raises:
        Refusal: 400 `invalid_request`.
    """
    try:
        body = json.loads(raw.decode("utf-8"), parse_constant=_no_constant, parse_float=_finite)
        if b"\\ud" in raw.lower():
            json.dumps(body, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Refusal(400, "invalid_request", "the body is not JSON in UTF-8") from None
    return body


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("too large for a number")
    return number


# --- reading the description ------------------------------------------------------------------


def _operation(method: str, template: str, described: Schema) -> Operation:
    parameters = described.get("parameters", [])
    content = described.get("requestBody", {}).get("content", {})
    return Operation(
        id=described["operationId"],
        method=method,
        template=template,
        pattern=re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)),
        query={each["name"]: Shape(each["schema"]) for each in parameters if each["in"] == "query"},
        path={each["name"]: Shape(each["schema"]) for each in parameters if each["in"] == "path"},
        bodies=_bodies(content.get("application/json", {}).get("schema")),
        multipart="multipart/form-data" in content,
    )


def _bodies(schema: Schema | None) -> dict[str, Shape]:
    """Alternatives told apart by a constant `type` get a shape each: its faults say more than 'none fits'."""
    if schema is None:
        return {}
    if "oneOf" not in schema:
        return {"": Shape(schema)}
    return {branch["properties"]["type"]["const"]: Shape(branch) for branch in schema["oneOf"]}


def _resolved(node: Any, document: Schema) -> Any:
    """The node with every `$ref` replaced by what it names; none of ours refers to itself."""
    if isinstance(node, dict):
        if "$ref" in node:
            target: Any = document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            return _resolved(target, document)
        return {key: _resolved(value, document) for key, value in node.items()}
    return [_resolved(value, document) for value in node] if isinstance(node, list) else node


def _parameters(declared: dict[str, Shape], given: dict[str, list[str]]) -> Json:
    values: Json = {}
    for name, shape in declared.items():
        schema, texts = shape.schema, given.get(name)
        if texts is None:
            if "default" in schema:
                values[name] = schema["default"]
            continue
        if schema["type"] == "array":
            values[name] = texts
            continue
        value: object = texts[0]
        if schema["type"] == "integer" and re.fullmatch(r"-?\d{1,18}", texts[0], re.ASCII):
            value = int(texts[0])
        error = next(shape.errors(value), None)
        if len(texts) > 1 or error is not None:
            # A cursor that cannot be ours is answered like one that has expired.
            code = "invalid_cursor" if name == "cursor" else "invalid_parameter"
            fault = message(error) if error is not None else "given more than once"
            raise Refusal(400, code, fault, param=name)
        values[name] = value
    return values
