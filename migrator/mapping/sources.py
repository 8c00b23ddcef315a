"""Where a rule's value comes from: a constant, the first of several columns, a template."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from migrator.mapping.columns import Column
from migrator.mapping.rules import Fault, first_not_blank
from migrator.model import Value

Source = Callable[[dict[str, Value]], Value | None]
"""The values of a record to the one that is meant; None where there is none."""


class BadTemplate(ValueError):
    """A template that cannot be used, with a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Constant:
    """The same text for every row."""

    text: str

    def __call__(self, _values: dict[str, Value]) -> Value:
        return self.text


@dataclass(frozen=True, slots=True)
class Candidates:
    """The first of several columns that is not blank."""

    columns: tuple[Column, ...]

    def __call__(self, values: dict[str, Value]) -> Value | None:
        return first_not_blank(self.columns, values)


def columns_of(source: Source) -> tuple[Column, ...]:
    """The columns whose value a source takes as it is; none for a constant or a template."""
    if isinstance(source, Candidates):
        return source.columns
    column = getattr(source, "__self__", None)  # one column needs no more than its own `find`
    return (column,) if isinstance(column, Column) else ()


def template_source(template: str) -> tuple[Source, tuple[str, ...]]:
    """What renders `template` over a row, and the columns that it reads. The source raises `Fault`.

    Raises:
        BadTemplate: It cannot be used.
    """
    from migrator.mapping.templates import TemplateFault, compile_template  # Jinja2 is slow to import

    try:
        render, names = compile_template(template)
    except TemplateFault as fault:
        raise BadTemplate(str(fault)) from None

    columns = [Column(name) for name in names]

    def source(values: dict[str, Value]) -> Value:
        try:
            return render({**values, **_found_otherwise(columns, values)})
        except TemplateFault as fault:
            hint = "correct the template; values of a row are text, so sums need `| float`"
            raise Fault("template-failed", f"the template failed on this row: {fault}", hint) from None

    return source, names


def _found_otherwise(columns: list[Column], values: dict[str, Value]) -> dict[str, Value]:
    """What a template calls by a name that the record spells differently: it finds what `from` finds."""
    found = {column.name: column.find(values) for column in columns if column.name not in values}
    return {name: value for name, value in found.items() if value is not None}
