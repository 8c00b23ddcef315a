"""Turns what a schema validator found into the API's words: where, what, and whether something is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema import ValidationError


def complaints(error: ValidationError) -> Iterable[tuple[str, str, bool]]:
    """Path, message and whether something is missing, for one complaint of the validator."""
    path = ".".join(["body", *(str(step)[:60] for step in error.absolute_path)])
    wanted: Any = error.validator_value
    instance: Any = error.instance
    schema: Any = error.schema
    match error.validator:
        case "required":
            name = next(name for name in wanted if name not in instance)
            yield f"{path}.{name}", "Required", True
        case "additionalProperties":
            for name in sorted(instance.keys() - schema["properties"].keys()):
                yield f"{path}.{name[:60]}", "Unrecognized key", False
        case "anyOf" if all("required" in option and len(option) == 1 for option in wanted):
            names = [option["required"][0] for option in wanted]
            yield f"{path}.{names[-1]}", f"One of {' and '.join(names)} is required", True
        case _:
            yield path, message(error), False


def message(error: ValidationError) -> str:
    """What is wrong, in words that never repeat the value: it may be a customer's text."""
    wanted: Any = error.validator_value
    match error.validator:
        case "type":
            kinds = wanted if isinstance(wanted, list) else [wanted]
            return f"Expected {' or '.join(kinds)}"
        case "minLength":
            return f"String must contain at least {wanted} character(s)"
        case "maxLength":
            return f"String must contain at most {wanted} character(s)"
        case "maxItems":
            return f"Array must contain at most {wanted} element(s)"
        case "minimum":
            return f"Number must be at least {wanted}"
        case "maximum":
            return f"Number must be at most {wanted}"
        case "format":
            return f"Invalid {wanted}"
        case "enum":
            return f"Expected one of {', '.join(map(str, wanted))}"
        case "const":
            return f"Expected {wanted}"
        case _:
            return f"Invalid ({error.validator})"
