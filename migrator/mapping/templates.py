"""Templates in mapping files: Jinja2 that can read one row, and nothing else.

A missing column is an empty text, as it is everywhere else in a mapping. A template comes from a
colleague and its values from strangers, so both its abilities and its output are bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from migrator.model import Value

LONGEST_OUTPUT = 1_000_000
LONGEST_RANGE = 1_000
LONGEST_PRODUCT = 10_000
FILTERS = frozenset(
    {"abs", "capitalize", "default", "e", "escape", "first", "float", "forceescape", "int", "join", "last"}
    | {"length", "list", "lower", "map", "max", "min", "reject", "replace", "reverse", "round", "select"}
    | {"slice", "sort", "string", "striptags", "sum", "title", "trim", "truncate", "unique", "upper"}
    | {"urlencode"}
)
_WIDENING = frozenset(
    {"center", "ljust", "rjust", "zfill", "expandtabs", "format", "format_map", "translate"}
)
"""Methods of text whose output a small argument makes huge."""


class TemplateFault(ValueError):
    """A template that cannot be used, or that failed on a row; the message is one sentence."""


class _OneRow(ImmutableSandboxedEnvironment):
    """A sandbox in which dicts are data: no methods, and a missing key is an empty text."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
        self.globals = {"range": _short_range}
        self.filters = {name: each for name, each in self.filters.items() if name in FILTERS}

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, dict):
            return obj.get(argument, "")
        return "" if obj == "" else super().getitem(obj, argument)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict):
            return obj.get(attribute, "")
        return "" if obj == "" and not hasattr(str, attribute) else super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return attr not in _WIDENING and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if operator in ("*", "%") and numbers:
            return super().call_binop(context, operator, left, right)
        if operator == "*" and _product(left, right) <= LONGEST_PRODUCT:
            return super().call_binop(context, operator, left, right)
        raise TemplateFault(f"`{operator}` is not available here, or its result is too large")


def _product(left: Any, right: Any) -> int:
    text, times = (right, left) if isinstance(left, int) else (left, right)
    return len(text) * times if isinstance(times, int) and hasattr(text, "__len__") else LONGEST_PRODUCT + 1


def _short_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > LONGEST_RANGE:
        raise TemplateFault(f"a range has at most {LONGEST_RANGE:,} numbers")
    return numbers


_ENVIRONMENT = _OneRow()


def compile_template(source: str) -> tuple[Callable[[dict[str, Value]], str], tuple[str, ...]]:
    """What renders a row, and the names of the columns that it reads.

    The renderer raises `TemplateFault`.

    Raises:
        TemplateFault: It is not a template, or uses more than `row`.
    """
    try:
        tree = _ENVIRONMENT.parse(source)
        template = _ENVIRONMENT.from_string(source)
    except TemplateSyntaxError as broken:
        raise TemplateFault(f"this is not a template: {broken.message}") from broken
    except TemplateError as broken:
        raise TemplateFault(f"this is not a template: {broken}") from broken
    except RecursionError as broken:
        raise TemplateFault("this template is nested too deeply") from broken

    strangers = find_undeclared_variables(tree) - {"row", *_ENVIRONMENT.globals}
    if strangers:
        raise TemplateFault(f"there is no `{min(strangers)}` here: a template sees `row`, and nothing else")

    def render(values: dict[str, Value]) -> str:
        pieces: list[str] = []
        length = 0
        try:
            for piece in template.generate(row=values):
                pieces.append(piece)
                length += len(piece)
                if length > LONGEST_OUTPUT:
                    raise TemplateFault(f"it made more than {LONGEST_OUTPUT:,} characters")
        except TemplateFault:
            raise
        except Exception as broken:  # noqa: BLE001 - whatever a template does to strangers' values is its own fault
            raise TemplateFault(
                str(broken).splitlines()[0] if str(broken) else type(broken).__name__
            ) from None
        return "".join(pieces)

    return render, _columns_read(tree)


def _columns_read(tree: nodes.Template) -> tuple[str, ...]:
    names = [each.attr for each in tree.find_all(nodes.Getattr) if _is_row(each.node)]
    keys = [each.arg for each in tree.find_all(nodes.Getitem) if _is_row(each.node)]
    names += [str(key.value) for key in keys if isinstance(key, nodes.Const)]
    return tuple(dict.fromkeys(names))


def _is_row(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Name) and node.name == "row"
