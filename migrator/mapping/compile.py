"""From what a mapping file says to rules that run, with a complaint for all that makes no sense.

The shape has been checked already (`spec.py`); here the keys of each rule are held against each
other and against the place where the rule stands. Complaints are collected, never raised.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from migrator.errors import Complaint
from migrator.mapping import spec
from migrator.mapping.clock import zone_named
from migrator.mapping.columns import Column
from migrator.mapping.convert import Person
from migrator.mapping.dates import DateReader, Unreadable, declared_reader, read_undeclared
from migrator.mapping.file_rules import files_plan
from migrator.mapping.locate import Document, Path
from migrator.mapping.patterns import Pattern, UnsafePattern, compile_pattern
from migrator.mapping.people_rules import PeoplePlan, placeholder_of, refuse_idle
from migrator.mapping.plan import Plan, Reference, RepliesPlan, TicketPlan
from migrator.mapping.positions import (
    ADMIN,
    CATEGORY,
    FIELD,
    FILES,
    FLAG,
    MARKUP,
    NAMED,
    REQUIRED,
    TEXT,
    TIME,
    Position,
    fallback,
    otherwise,
    senseless,
)
from migrator.mapping.references import references_of
from migrator.mapping.rules import Condition, Kind, Literal, Rule, Zone
from migrator.mapping.sources import BadTemplate, Candidates, Constant, Source, template_source
from migrator.mapping.tables import Rows, table_pairs
from migrator.mapping.transforms import Lookup, as_boolean
from migrator.model import CustomersWords, Named, Origin, Value, shown


class Compiler:
    """Compiles one document; what is wrong with it gathers in `complaints`."""

    def __init__(self, document: Document, tables: dict[str, Rows]) -> None:
        self.document = document
        self.tables = tables
        self.complaints: list[Complaint] = []
        self.references: list[Reference] = []
        self.dates: list[Rule] = []
        self.zone = Zone()
        self.each = ""
        """The name of the replies' list while their rules are compiled."""

    def plan(self, mapping: spec.MappingFile) -> Plan:
        """The compiled mapping; of no use where `complaints` is not empty."""
        if mapping.timezone is not None:
            self.zone = self._zone(mapping.timezone, ("timezone",))
        key = self.rule(mapping.key, ("key",), REQUIRED)
        skip = tuple(
            (name, self.condition(condition, ("skip", name))) for name, condition in mapping.skip.items()
        )
        ticket = self._ticket(mapping)
        replies = self._replies(mapping.replies) if mapping.replies is not None else None
        legacy = [label for label, rule in ticket.fields if rule.legacy_id]
        if len(legacy) > 1:
            self._complain(
                ("ticket", "fields", legacy[1], "legacy_id"), "there is one legacy id already", "keep one"
            )
        mapped = [label for label, rule in ticket.fields if rule.kind is Kind.FILES]
        files = files_plan(mapping.files, mapped, lambda path: self._origin(path, ""), self._complain)
        people = self._people(mapping.people)
        rewriting = references_of(mapping.references, self._complain)
        columns, dates = tuple(self.references), tuple(self.dates)
        return Plan(key, skip, ticket, replies, files, people, rewriting, columns, dates)

    def _ticket(self, mapping: spec.MappingFile) -> TicketPlan:
        ticket = mapping.ticket
        at = ("ticket",)
        return TicketPlan(
            category=self.rule(mapping.category, ("category",), CATEGORY),
            title=self.rule(ticket.title, (*at, "title"), REQUIRED),
            author=self._author(ticket.author, (*at, "author")),
            content=self._maybe(ticket.content, (*at, "content"), MARKUP),
            created_at=self._maybe(ticket.created_at, (*at, "createdAt"), TIME),
            status=self._maybe(ticket.status, (*at, "status"), NAMED),
            open=self._maybe(ticket.open, (*at, "open"), FLAG),
            assignee=self._maybe(ticket.assignee, (*at, "assignee"), ADMIN),
            company=self._maybe(ticket.company, (*at, "company"), NAMED),
            snoozed_until=self._maybe(ticket.snoozed_until, (*at, "snoozedUntil"), TIME),
            linked_conversation=self._maybe(ticket.linked_conversation, (*at, "linkedConversation"), TEXT),
            fields=tuple(
                (label, self.rule(rule, (*at, "fields", label), FIELD))
                for label, rule in ticket.fields.items()
            ),
            files=self._maybe(ticket.files, (*at, "files"), FILES),
            old_url=self._maybe(ticket.old_url, (*at, "old_url"), TEXT),
        )

    def _people(self, people: spec.People) -> PeoplePlan:
        at: Path = ("people",)
        placeholder = placeholder_of(people, self._complain)
        refuse_idle(people, self._complain)
        company = people.company
        return PeoplePlan(
            make=people.make,
            update=people.update,
            placeholder=Named(placeholder, self._origin((*at, "placeholder"), "")) if placeholder else None,
            phone=self._maybe(people.phone, (*at, "phone"), TEXT),
            created_at=self._maybe(people.created_at, (*at, "createdAt"), TIME),
            company_id=self._maybe(company.id, (*at, "company", "id"), TEXT) if company else None,
            company_name=self._maybe(company.name, (*at, "company", "name"), TEXT) if company else None,
        )

    def _replies(self, replies: spec.Replies) -> RepliesPlan:
        at = ("replies",)
        each = Column(replies.each)
        self._refer((*at, "each"), (each,), optional=replies.optional)
        self.each = replies.each
        body = self.rule(replies.body, (*at, "body"), MARKUP)
        if replies.body.from_ == ["body"] and body.kind is Kind.HTML:
            body = replace(body, kind_rule=_canonical_kind(body))
        plan = RepliesPlan(
            each=each,
            when=self.condition(replies.when, (*at, "when")) if replies.when else None,
            body=body,
            author=self._author(replies.author, (*at, "author")),
            private=self._maybe(replies.private, (*at, "private"), FLAG),
            created_at=self._maybe(replies.created_at, (*at, "createdAt"), TIME),
            files=self._maybe(replies.files, (*at, "files"), FILES),
            fallback_agent=self._fallback_agent(replies, (*at, "fallback_agent")),
            in_content_if_threadless=replies.without_conversation == "content",
            in_notes_only=CustomersWords(replies.in_notes_only),
        )
        self.each = ""
        if plan.private is not None:
            self._check_privacy(plan.private, (*at, "private"))
        return plan

    def _fallback_agent(self, replies: spec.Replies, path: Path) -> Named | None:
        if replies.fallback_agent is None:
            return None
        if not replies.fallback_agent.strip():
            self._complain(path, "this is empty", "name an admin by id, address or name, or write `any`")
        return Named(replies.fallback_agent.strip(), self._origin(path, ""))

    def _check_privacy(self, rule: Rule, path: Path) -> None:
        for key, instead in (("missing", rule.missing), ("unmapped", rule.unmapped)):
            if isinstance(instead, Literal) and as_boolean(instead.text) is not True:
                hint = "what is unknown counts as private; list the values that are public in `values`"
                self._complain((*path, key), "a message of unknown privacy is never public", hint)

    def _author(self, author: spec.Author, path: Path) -> Person:
        origin = self._origin(path, "")
        if isinstance(author, spec.Rule):
            return Person(origin, whole=self.rule(author, path, TEXT))
        person = Person(
            origin,
            id=self._maybe(author.id, (*path, "id"), TEXT),
            user_id=self._maybe(author.user_id, (*path, "userId"), TEXT),
            email=self._maybe(author.email, (*path, "email"), TEXT),
            name=self._maybe(author.name, (*path, "name"), TEXT),
            picture=self._maybe(author.profile_picture, (*path, "profilePicture"), TEXT),
        )
        if person.id is None and person.user_id is None and person.email is None:
            self._complain(
                path, "an author needs an `email`, a `userId` or an `id`", "add `email: {from: ...}`"
            )
        return person

    def _maybe(self, rule: spec.Rule | None, path: Path, position: Position) -> Rule | None:
        return self.rule(rule, path, position) if rule is not None else None

    # --- one rule -----------------------------------------------------------------------------

    def rule(self, rule: spec.Rule, path: Path, position: Position) -> Rule:
        """`rule` ready to run, in its place."""
        self._check_keys(rule, path, position)
        told = rule.as_ if isinstance(rule.as_, spec.Rule) else None
        kind = Kind(rule.as_) if isinstance(rule.as_, str) else position.kinds[0]
        source, column = self._source(rule, path)
        compiled = Rule(
            name=".".join(str(step) for step in path),
            origin=self._origin(
                path, f"{self.each}.{column}" if self.each and column != self.each else column
            ),
            source=source,
            kind=kind,
            kind_rule=self.rule(told, (*path, "as"), TEXT) if told is not None else None,
            strip_quotes=rule.strip_quotes,
            when=self.condition(rule.when, (*path, "when")) if rule.when else None,
            split=rule.split or "",
            match=self._pattern(rule.match, (*path, "match")) if rule.match is not None else None,
            replace=self._replacements(rule.replace or {}, (*path, "replace")),
            lookup=self._lookup(rule.values) if rule.values is not None else None,
            unmapped=otherwise(rule.unmapped),
            join=rule.join,
            missing=otherwise(rule.missing),
            locale=rule.locale or "",
            matched_by=rule.match_people or "",
            fallback=fallback(rule, position),
            optional=rule.optional,
            legacy_id=rule.legacy_id,
        )
        if kind is Kind.DATETIME:
            compiled = self._dated(compiled, rule, path)
        elif kind is Kind.BOOLEAN:
            self._check_literals(
                compiled, path, lambda text: as_boolean(text) is not None, "yes or no", "true"
            )
        return compiled

    def _dated(self, compiled: Rule, rule: spec.Rule, path: Path) -> Rule:
        reader: DateReader = read_undeclared
        if rule.format is not None:
            try:
                reader = declared_reader(rule.format, rule.locale or "")
            except ValueError as fault:
                self._complain((*path, "format"), f"{rule.format!r} is no format: {fault}", _FORMAT_HINT)
        elif rule.locale is not None:
            self._complain(
                (*path, "locale"), "the language of the months needs a `format`", 'add `format: "%d %b %Y"`'
            )

        def is_time(text: str) -> bool:
            try:
                return bool(reader(text.strip(), None))
            except Unreadable:
                return False

        self._check_literals(compiled, path, is_time, "a time", "2025-01-15T10:30:00Z")
        zone = self._zone(rule.timezone, (*path, "timezone")) if rule.timezone is not None else self.zone
        dated = replace(compiled, read_date=reader, declared=rule.format is not None, zone=zone)
        self.dates.append(dated)
        return dated

    def _check_literals(
        self, rule: Rule, path: Path, reads: Callable[[str], bool], what: str, example: str
    ) -> None:
        for key, instead in (("missing", rule.missing), ("unmapped", rule.unmapped)):
            if isinstance(instead, Literal) and instead.text and not reads(instead.text):
                self._complain(
                    (*path, key), f"{shown(instead.text)!r} is not {what}", f"write it as `{example}`"
                )

    def _check_keys(self, rule: spec.Rule, path: Path, position: Position) -> None:
        for key, message, hint in senseless(rule, position, str(path[-1])):
            self._complain((*path, key) if key else path, message, hint)

    # --- parts of a rule ----------------------------------------------------------------------

    def _source(self, rule: spec.Rule, path: Path) -> tuple[Callable[[dict[str, Value]], Value | None], str]:
        if rule.value is not None:
            return Constant(rule.value), ""
        if rule.template is not None:
            return self._template(rule.template, (*path, "template"), optional=rule.optional)
        columns = tuple(Column(name) for name in rule.from_ or ("",))
        if rule.from_:
            self._refer((*path, "from"), columns, optional=rule.optional)
        return (columns[0].find if len(columns) == 1 else Candidates(columns)), columns[0].name

    def _template(self, template: str, path: Path, *, optional: bool) -> tuple[Source, str]:
        try:
            source, names = template_source(template)
        except BadTemplate as fault:
            self._complain(path, str(fault), "it is written as in Jinja2, over `row`: `ZD-{{ row['id'] }}`")
            return Constant(""), ""
        for name in names:
            self._refer(path, (Column(name),), optional=optional)
        return source, ", ".join(names)

    def condition(self, condition: spec.Condition, path: Path) -> Condition:
        given = condition.model_fields_set & {"match", "equals", "in_"}
        if len(given) != 1:
            self._complain(
                path,
                "a condition needs exactly one of `match`, `equals` and `in`",
                'such as `equals: "spam"`',
            )
        columns = tuple(Column(name) for name in condition.from_)
        self._refer((*path, "from"), columns, optional=condition.optional)
        origin = self._origin(path, ", ".join(condition.from_))
        if condition.match is not None:
            return Condition(origin, columns, self._pattern(condition.match, (*path, "match")))
        return Condition(origin, columns, among=frozenset(condition.in_ or [condition.equals or ""]))

    def _pattern(self, pattern: str, path: Path) -> Pattern:
        try:
            return compile_pattern(pattern)
        except UnsafePattern as fault:
            hint = "escape signs that stand for themselves with `\\`; `++` and `*+` repeat without going back"
            self._complain(path, str(fault), hint)
            return compile_pattern("")

    def _replacements(self, pairs: dict[str, str], path: Path) -> tuple[tuple[Pattern, str], ...]:
        made = []
        for pattern, replacement in pairs.items():
            compiled = self._pattern(pattern, (*path, pattern))
            try:
                re.compile(f"{compiled.text}|").sub(replacement, "", count=1)
            except (re.error, IndexError) as fault:
                self._complain(
                    (*path, pattern),
                    f"{shown(replacement)!r} cannot replace it: {fault}",
                    "`\\\\` is a backslash",
                )
            made.append((compiled, replacement))
        return tuple(made)

    def _lookup(self, values: str | dict[str, str]) -> Lookup:
        if isinstance(values, dict):
            return Lookup(values.items())
        pairs, complaints = table_pairs(values, self.tables.get(values, []))
        self.complaints += complaints
        return Lookup(pairs.items())

    def _zone(self, rule: spec.Rule, path: Path) -> Zone:
        if rule.value is None:
            self.each, each = "", self.each  # a zone is told by the record, also for its messages
            zone = Zone(rule=self.rule(rule, path, TEXT))
            self.each = each
            return zone
        zone_info = zone_named(rule.value.strip())
        if zone_info is None:
            self._complain(
                path, f"there is no time zone {shown(rule.value)!r}", "write an IANA name: Europe/Berlin"
            )
        return Zone(fixed=zone_info)

    # --- places -------------------------------------------------------------------------------

    def _origin(self, path: Path, column: str) -> Origin:
        return Origin(self.document.place(path).at(path, with_column=False), column)

    def _refer(self, path: Path, columns: tuple[Column, ...], *, optional: bool) -> None:
        self.references.append(Reference(path, columns, bool(self.each), optional))

    def _complain(self, path: Path, message: str, hint: str) -> None:
        self.complaints.append(self.document.complaint(path, message, hint))


def _canonical_kind(body: Rule) -> Rule:
    """A message in the canonical shape may say what its `body` is written in; it is HTML otherwise."""
    name = f"{body.name}.as"
    return Rule(name, body.origin, Column("body_format").find, missing=Literal(Kind.HTML.value))


_FORMAT_HINT = 'such as `format: "%d.%m.%Y %H:%M"`, or `iso`, `epoch`, `epoch_ms`, `excel`'
