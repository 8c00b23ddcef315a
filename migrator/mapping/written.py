"""What people wrote, from the kind of markup in which the source has it to safe HTML.

The kinds themselves are known in `markup.py` and beside it; here a rule is asked which one it is.
"""

from __future__ import annotations

from collections.abc import Callable

from migrator.mapping import adf, markup, quotes
from migrator.mapping.rules import Fault, Kind, Row, Rule
from migrator.model import Value

Values = dict[str, Value]

_WITHOUT_QUOTES = {Kind.TEXT: quotes.from_text, Kind.HTML: quotes.from_html}
"""What a mail can be written in; other markup has no mail programs."""

_MARKUP: dict[Kind, Callable[[str], tuple[str, dict[str, int]]]] = {
    Kind.TEXT: lambda text: (markup.from_text(text), {}),
    Kind.HTML: markup.from_html,
    Kind.ESCAPED_HTML: markup.from_escaped_html,
    Kind.MARKDOWN: markup.from_markdown,
    Kind.GITHUB: markup.from_github,
    Kind.JIRA: markup.from_jira,
    Kind.ADF: markup.from_adf,
    Kind.BBCODE: markup.from_bbcode,
}
"""HTML that is safe, and what had to go, by the kind of markup."""


def as_html(rule: Rule | None, values: Values, row: Row) -> str:
    """Safe HTML; "" where nothing is written."""
    kind = _kind_of_markup(rule, values, row) if rule else None
    if rule is None or kind is None:
        return ""
    found = rule.found(values, row)
    if kind is Kind.ADF and isinstance(found, dict):
        kind, text = Kind.HTML, rule.without_surrogates(adf.to_html(found), row)
    else:
        text = rule.text_of(found, row) or ""
    if not text:
        return ""
    if rule.strip_quotes:
        text = _WITHOUT_QUOTES[kind](text) if kind in _WITHOUT_QUOTES else text
    try:
        clean, removed = _MARKUP[kind](text)
    except markup.TooDeep:
        hint = "correct the cell, or take the text as it is: `as: text`"
        row.note(
            rule,
            Fault("html-too-deep", f"its HTML is nested more than {markup.DEEPEST_NESTING:,} deep", hint),
        )
        return ""
    if removed:
        what = ", ".join(f"{count} x {part}" for part, count in removed.items())
        hint = "nothing to do; look at the source if something is missed"
        row.warn(rule, Fault("html-cleaned", f"unsafe or unreachable parts are left out: {what}", hint))
    return clean


def _kind_of_markup(rule: Rule, values: Values, row: Row) -> Kind | None:
    """What a text is written in; None after noting that what the record says of it is unknown."""
    if rule.kind_rule is None:
        return rule.kind
    said = rule.kind_rule.text(values, row)
    if said is None:
        return None if row.blames(rule.kind_rule) else Kind.TEXT
    for kind in _MARKUP:
        if kind.value == said.strip().casefold():
            return kind
    hint = f"translate it to one of {', '.join(_MARKUP)}: `as: {{from: ..., values: ...}}`"
    row.note(rule.kind_rule, Fault("markup-unknown", "nobody knows this kind of markup", hint, said))
    return None
