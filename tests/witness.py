"""Judges whatever the tool sends to a sandbox, by validators that are not ours, against the API's description.

Every body is held against its schema by openapi-schema-validator; whole requests (path, parameters, headers)
by openapi-core, which is slow: once for each form that they have.
"""

from __future__ import annotations

import json
import re
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

from openapi_core.exceptions import OpenAPIError
from openapi_schema_validator import OAS31Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.sandbox.support import VERSION, description, judge, mock_request

if TYPE_CHECKING:
    from migrator.sandbox.app import Request

_HERE = "urn:description"
FORMS: set[object] = set()
"""Those that whole requests of this process have had."""


class Witness:
    """Sees every request of one test; `complaints` says what is wrong with them."""

    def __init__(self, forms: set[object] | None = None) -> None:
        """
        Args:
            forms: Those that need not be judged again; more are added.
        """
        self.complaints: list[str] = []
        self.seen = 0
        self._forms: set[object] = set() if forms is None else forms
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> None:
        if request.version is None:  # a test that plays a person: the tool always says the version
            return
        found = list(_complaints(request, self._is_new))
        with self._lock:
            self.seen += 1
            self.complaints += [f"{request.method} {request.path}: {each}" for each in found]

    def _is_new(self, form: object) -> bool:
        with self._lock:
            known = form in self._forms
            self._forms.add(form)
            return not known


def _complaints(request: Request, is_new: Any) -> Any:
    if request.version != VERSION:
        yield f"the version {request.version!r}"
    content = request.body
    if request.parts:
        data, *files = request.parts
        content = data.value
        if (data.name, data.filename) != ("data", None):
            yield "a form that does not begin with `data`"
        for file in files:
            if not re.fullmatch(r"customFields\.[0-9a-f]{24}", file.name) or not file.filename:
                yield f"a form's part {file.name!r}"
    template, schema = _operation(request.method, request.path)
    body = json.loads(content) if content else None
    if (body is None) != (schema is None):
        yield "a body where none belongs, or none where one does"
    elif schema is not None:
        yield from (each.message for each in _validator(schema).iter_errors(body))
    queried = frozenset(pair for pair in request.query.split("&") if not pair.startswith("cursor="))
    if is_new((request.method, _without_ids(request.path, template), queried, _form(body))):
        try:
            whole = f"{request.path}?{request.query}" if request.query else request.path
            judge().validate_request(mock_request(request.method, whole, content or None))
        except OpenAPIError as error:
            yield f"{error}: {error.__cause__}"


@cache
def _operations() -> list[tuple[str, re.Pattern[str], str, str | None]]:
    """Method, pattern of the path, template, and where the schema of the body stands; fixed paths first."""
    found = []
    for template, methods in sorted(description()["paths"].items(), key=lambda each: each[0].count("{")):
        pattern = re.compile(re.sub(r"\\?\{\w+\\?\}", "[^/]+", re.escape(template)))
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {})
            place = (
                f"#/paths/{template.replace('/', '~1')}/{method}/requestBody/content/application~1json/schema"
            )
            found.append((method.upper(), pattern, template, place if content else None))
    return found


def _without_ids(path: str, template: str) -> str:
    """A path whose ids are told by their form; those that others have given may have any."""
    if "/by-" in template:
        return template
    return re.sub(r"(?<=/)\d+(?=/|$)", "1", re.sub(r"(?<=/)[0-9a-f]{24}(?=/|$)", "f", path))


def body_validator(method: str, path: str) -> OAS31Validator:
    """For the JSON of one operation, which must be one that takes some."""
    _, schema = _operation(method, path)
    assert schema is not None
    return _validator(schema)


def _operation(method: str, path: str) -> tuple[str, str | None]:
    for name, pattern, template, schema in _operations():
        if name == method and pattern.fullmatch(path):
            return template, schema
    return path, None


@cache
def _validator(place: str) -> OAS31Validator:
    document = Resource(contents=description(), specification=DRAFT202012)
    return OAS31Validator(
        {"$ref": _HERE + place},
        registry=Registry().with_resource(_HERE, document),
        format_checker=OAS31Validator.FORMAT_CHECKER,
    )


def _form(value: Any) -> object:
    """The keys and types of a body."""
    if isinstance(value, dict):
        return frozenset((key, _form(each)) for key, each in value.items())
    return frozenset(map(_form, value)) if isinstance(value, list) else type(value)
