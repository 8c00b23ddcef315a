"""Templates in mapping files: Jinja2 that can read one row, and nothing else.

A missing column is an empty text, as it is everywhere else in a mapping. A template comes from a
colleague and its values from strangers, so both its abilities and its output are bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from migrator.model import Value

LONGEST_OUTPUT = 1_000_000
LONGEST_RANGE = 1_000
LONGEST_PRODUCT = 10_000
MOST_ROUNDS = 100_000
"""How often all loops of a template may go round for one row."""
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
_REFUSED: dict[str, tuple[type[nodes.Node], ...]] = {
    "endset": (nodes.AssignBlock,),
    "macro": (nodes.Macro, nodes.CallBlock),
}
"""Statements that make a short template run for ever, or double a text again and again."""
_ROUNDS = "(rounds)"
"""No template can spell this name."""


class TemplateFault(ValueError):
    """A template that cannot be used, or that failed on a row; the message is one sentence."""


class _BoundedTexts(CodeGenerator):
    """Has `~` done by `_joined`, so that a text which is doubled again and again ends somewhere."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802  # the name is Jinja's
        self.write("environment.filters['join']((")
        for each in node.nodes:
            self.visit(each, frame)
            self.write(", ")
        self.write("))")


class _OneRow(ImmutableSandboxedEnvironment):
    """A sandbox in which dicts are data: no methods, and a missing key is an empty text."""

    code_generator_class = _BoundedTexts
    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
        self.globals = {"range": _short_range}
        self.filters = {name: each for name, each in self.filters.items() if name in FILTERS}
        self.filters |= {"replace": _replaced, "join": _joined, _ROUNDS: _counted}

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

    def call(self, context: Any, obj: Any, *args: Any, **named: Any) -> Any:
        match getattr(obj, "__self__", None), getattr(obj, "__name__", ""):
            case str() as text, "replace":
                return _replaced(text, *args, **named)
            case str() as text, "join" if args:
                return _joined(args[0], text)
        return super().call(context, obj, *args, **named)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if operator in ("+", "*", "%") and numbers:
            return super().call_binop(context, operator, left, right)
        if operator == "+" and len(left) + len(right) <= LONGEST_OUTPUT:
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


def _replaced(value: Any, old: Any, new: Any, count: int = -1) -> str:
    text, old, new = str(value), str(old), str(new)
    times = text.count(old) if count < 0 else min(count, text.count(old))
    if len(text) + times * len(new) > LONGEST_OUTPUT:
        raise TemplateFault(f"`replace` would make more than {LONGEST_OUTPUT:,} characters")
    return text.replace(old, new, count)


def _joined(items: Iterable[Any], separator: str = "", attribute: str | None = None) -> str:
    parts: list[str] = []
    length = 0
    for item in items:
        parts.append(str(item if attribute is None else _ENVIRONMENT.getitem(item, attribute)))
        length += len(parts[-1]) + len(separator)
        if length > LONGEST_OUTPUT:
            raise TemplateFault(f"`join` or `~` would make more than {LONGEST_OUTPUT:,} characters")
    return separator.join(parts)


@pass_context
def _counted(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    """What a loop goes through, as long as the row's rounds last."""
    rounds: Iterator[int] = context[_ROUNDS]
    for item in items:
        if next(rounds) >= MOST_ROUNDS:
            raise TemplateFault(f"its loops go round more than {MOST_ROUNDS:,} times")
        yield item


_ENVIRONMENT = _OneRow()


def compile_template(source: str) -> tuple[Callable[[dict[str, Value]], str], tuple[str, ...]]:
    """What renders a row, and the names of the columns that it reads.

    The renderer raises `TemplateFault`.

    Raises:
        TemplateFault: It is not a template, or uses more than `row`.
    """
    try:
        tree = _ENVIRONMENT.parse(source)
        _bound_loops(tree)
        template = _ENVIRONMENT.from_string(tree)
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
            for piece in template.generate({"row": values, _ROUNDS: count()}):
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


def _bound_loops(tree: nodes.Template) -> None:
    """Count the rounds of every loop.

    Raises:
        TemplateFault: The template goes round in other ways.
    """
    for name, kinds in _REFUSED.items():
        if next(tree.find_all(kinds), None) is not None:
            raise TemplateFault(f"`{name}` is not available here")
    for loop in tree.find_all(nodes.For):
        if loop.recursive:
            raise TemplateFault("`recursive` is not available here")
        loop.iter = nodes.Filter(loop.iter, _ROUNDS, [], [], None, None, lineno=loop.lineno)


def _columns_read(tree: nodes.Template) -> tuple[str, ...]:
    names = [each.attr for each in tree.find_all(nodes.Getattr) if _is_row(each.node)]
    keys = [each.arg for each in tree.find_all(nodes.Getitem) if _is_row(each.node)]
    names += [str(key.value) for key in keys if isinstance(key, nodes.Const)]
    return tuple(dict.fromkeys(names))


def _is_row(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Name) and node.name == "row"
