"""A plan without personal data, for passing on: names, addresses, phone numbers and what people wrote.

What is masked is masked everywhere in the same way: the same person is the same `person-3f9a2c1b` on
every page and in every table of one report, and another one in the next. What nobody can be sure about
is masked; statuses, categories, dates, counts, places and the source's ids stay.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import replace

from migrator.mapping import Becomes, DateEvidence, ValueMap, ValueUse
from migrator.model import Problem
from migrator.reports.meanings import MEANINGS
from migrator.runner.contents import Contents
from migrator.runner.flows import Flow
from migrator.runner.plan import Plan, ProblemGroup
from migrator.runner.previews import Message, Preview

_PLAIN_RULES = (
    "category",
    "key",
    "timezone",
    "skip",
    "ticket.status",
    "ticket.open",
    "ticket.createdAt",
    "replies.private",
    "replies.createdAt",
)
"""Rules of a mapping whose values say nothing about a person."""
_PLAIN_FACTS = frozenset({"Status", "Open", "Category", "Created"})

_EMAIL = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_PHONE = re.compile(r"\+?\(?\d[\d\s()/.\-]{6,}\d")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAMES_FOLLOW = re.compile(r"(the workspace has: |did you mean ).*")
_RULE = re.compile(r"line \d+, (.+)\Z")


class Redactor:
    """Masks with a secret that is forgotten with it, so that no mask can be guessed back."""

    def __init__(self, secret: bytes | None = None) -> None:
        """
        Args:
            secret: For tests that need the same masks twice.
        """
        self._secret = secret or secrets.token_bytes(16)

    # --- plans --------------------------------------------------------------------------------

    def plan(self, plan: Plan) -> Plan:
        """The same plan, told without personal data."""
        return replace(
            plan,
            problems=tuple(self._group(group) for group in plan.problems),
            unmapped=tuple(
                each if _is_plain(each.at) else replace(each, value=self.value(each.value))
                for each in plan.unmapped
            ),
            by_assignee={self._assignee(name): count for name, count in plan.by_assignee.items()},
            dates=tuple(self._dates(each) for each in plan.dates),
            notices=tuple(replace(each, message=self.text(each.message)) for each in plan.notices),
            unchecked=tuple(self._unchecked(each) for each in plan.unchecked),
            contents=self._contents(plan.contents),
            assignees=tuple(self._flow(each) for each in plan.assignees),
            value_maps=tuple(self._value_map(each) for each in plan.value_maps),
            unread={self._path(name): count for name, count in plan.unread.items()},
            previews=tuple(self._preview(each) for each in plan.previews),
        )

    def problem(self, problem: Problem) -> Problem:
        """The same problem; its own words give way to those for all problems of its kind."""
        if _is_plain(problem.at):
            return replace(problem, message=self.text(problem.message), hint=self.text(problem.hint))
        return replace(
            problem,
            value=self.value(problem.value),
            message=MEANINGS.get(problem.code, problem.code),
            hint=self.text(_QUOTED.sub("…", _NAMES_FOLLOW.sub("", problem.hint))),
        )

    # --- single texts -------------------------------------------------------------------------

    def value(self, text: str) -> str:
        """A mask for one value: an address, or anything else that may name a person."""
        if not text.strip():
            return text
        person = hashlib.blake2b(
            text.strip().casefold().encode("utf-8", "surrogatepass"), key=self._secret, digest_size=4
        ).hexdigest()
        return f"person-{person}@redacted.example" if _EMAIL.fullmatch(text.strip()) else f"person-{person}"

    def text(self, text: str) -> str:
        """A sentence of ours, in which an address or a phone number may be quoted."""
        masked = _EMAIL.sub(lambda found: self.value(found[0]), text)
        return _PHONE.sub(lambda found: found[0] if _is_date(found[0]) else "(phone number)", masked)

    # --- parts of a plan ----------------------------------------------------------------------

    def _group(self, group: ProblemGroup) -> ProblemGroup:
        return replace(group, examples=tuple(self.problem(each) for each in group.examples))

    def _assignee(self, name: str) -> str:
        return name if name.startswith("(") else self.value(name)

    def _flow(self, flow: Flow) -> Flow:
        return replace(flow, source=self._assignee(flow.source), target=self._assignee(flow.target))

    def _dates(self, evidence: DateEvidence) -> DateEvidence:
        if _is_plain(evidence.at):
            return evidence
        return replace(evidence, example="", earliest="", latest="")

    def _unchecked(self, name: str) -> str:
        kind, _, value = name.partition(" ")
        return name if kind in ("category", "status", "field") else f"{kind} {self.value(value)}"

    def _contents(self, contents: Contents) -> Contents:
        masked = tuple(replace(each, known_as=self.value(each.known_as)) for each in contents.nameless)
        return replace(contents, nameless=masked)

    def _value_map(self, table: ValueMap) -> ValueMap:
        if _is_plain(table.at):
            return table
        of_fields = table.rule.startswith("ticket.fields.")
        return replace(table, uses=tuple(self._use(use, of_fields=of_fields) for use in table.uses))

    def _use(self, use: ValueUse, *, of_fields: bool) -> ValueUse:
        """What a table lists for a field stands in the mapping, and is no secret of the export's."""
        if of_fields:
            is_listed = use.becomes in (Becomes.LISTED, Becomes.UNUSED)
            return use if is_listed else replace(use, value=self.value(use.value))
        return replace(use, value=self.value(use.value), target=self.value(use.target))

    def _preview(self, preview: Preview) -> Preview:
        return replace(
            preview,
            source=tuple((self._path(path), _length_of(text)) for path, text in preview.source),
            title=_length_of(preview.title),
            facts=tuple(
                (name, text if name in _PLAIN_FACTS else self._fact(name, text))
                for name, text in preview.facts
            ),
            body=_body_of_length(preview.body),
            messages=tuple(self._message(each) for each in preview.messages),
        )

    def _path(self, path: str) -> str:
        """A column, or a path of a nested record, which may lead through an address."""
        return _EMAIL.sub(lambda found: self.value(found[0]), path)

    def _fact(self, name: str, text: str) -> str:
        return self.value(text) if name in ("Author", "Assignee", "Company") else _length_of(text)

    def _message(self, message: Message) -> Message:
        return replace(message, author=self.value(message.author), body=_body_of_length(message.body))


def _is_plain(at: str) -> bool:
    """Whether the values of a mapping's line say nothing about a person."""
    found = _RULE.search(at)
    rule = found[1].split(":")[0].strip() if found else ""
    return any(rule == plain or rule.startswith(f"{plain}.") for plain in _PLAIN_RULES)


def _is_date(text: str) -> bool:
    return re.match(r"(19|20)\d\d-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./](19|20)?\d\d", text) is not None


def _length_of(text: str) -> str:
    return f"({len(text)} characters)"


def _body_of_length(markup: str) -> str:
    return f"<p>{_length_of(markup)}</p>" if markup else ""
