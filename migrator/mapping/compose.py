"""Drafting a mapping file for a table, or nested records, that nobody has described.

A text for a person to check; it loads without edits. What only a person can decide is a `TODO`, in a form
that holds rows back rather than bring them wrongly. What the columns are for is suggested in `suggest.py`,
the thread is written in `compose_thread.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrator.mapping.compose_thread import put_messages_of_rows, put_thread
from migrator.mapping.draft_columns import (
    PEOPLE_TABLE,
    DraftColumn,
    DraftedMapping,
    fits_table,
    is_twofold,
    why_undecided,
)
from migrator.mapping.transforms import FILE_ADDRESS
from migrator.mapping.vocabulary import STATUS_OF_STAGE, Meaning, Stage, priority_of, rank, stage_of
from migrator.mapping.yaml_lines import Lines, Plain
from migrator.model import shown

_CATEGORY = "Support"
_LEGACY = "Legacy ID"
_MOST_FIELDS = 100
_LONGEST_LABEL = 100
_REJECT: Plain = {"action": "reject"}
_EMPTY: Plain = {"action": "empty"}

_HOW_TO_READ = (
    "How to read it: the left side is Featurebase, the right side says where its value comes from.",
    "  from: Subject            the column with exactly this header, or a path into the record",
    '  missing: "..."           what a blank becomes',
    "  values: {a: b}           a in the export becomes b in Featurebase; capitals do not matter",
    "  unmapped: ...            what a value becomes that `values` does not list",
    "  {action: empty}          leave it out;  {action: reject} hold the row back and say so",
    "  optional: true           leave it out where your workspace has no such field or name",
)


def compose(export: str, columns: Sequence[DraftColumn], check: str, *, people_table: bool) -> DraftedMapping:
    """A mapping for these columns.

    Args:
        export: What the file is called in the first line.
        check: The command that checks it.
        people_table: Whether a table of people can stand beside the mapping.
    """
    return _Composer(columns, people_table=people_table).compose(export, check)


class _Composer:
    """Writes one mapping."""

    def __init__(self, columns: Sequence[DraftColumn], *, people_table: bool) -> None:
        self.lines = Lines()
        self.columns = columns
        self.people_table = people_table
        self.people: tuple[tuple[str, str], ...] = ()
        names = {column.name for column in columns}
        # `a.0` beside a column `a` could mean a part of `a` as well, which a mapping refuses.
        self.usable = [c for c in columns if c.facts.filled and not is_twofold(c.name, names)]
        self.by_meaning = {c.suggestion.meaning: c for c in self.usable if c.suggestion}
        self.used: set[str] = set()

    def compose(self, export: str, check: str) -> DraftedMapping:
        self._head(export, check)
        key = self._key()
        self._category()
        self._zone()
        self.lines.put("notify", False, "nobody gets a mail about an old ticket")
        self.lines.gap()
        self.lines.put("ticket", None)
        self._title(key)
        self._content()
        self._author()
        self._created()
        self._status()
        self._people()
        self._company()
        self._files()
        self._fields(key)
        self.used |= put_thread(self.lines, self.usable)
        if (body := self._texts_of_rows()) is not None:
            email = self.by_meaning.get(Meaning.EMAIL)
            put_messages_of_rows(self.lines, self.usable, body.name, email.name if email else None)
        self._unused()
        return DraftedMapping(self.lines.text(), self.people)

    def _head(self, export: str, check: str) -> None:
        say = self.lines.remark
        self.lines.say(
            f"Drafted for {shown(export)}. It loads as it is; what says TODO needs a person, and so does a "
            "look at every line. Ask what is still wrong (nothing is sent by that):"
        )
        say("")
        say(f"  {check}")
        say("")
        for line in _HOW_TO_READ:
            say(line)
        self.lines.gap()

    # --- the top of the file ------------------------------------------------------------------

    def _key(self) -> str:
        column = self._take(Meaning.KEY)
        if column is not None and column.facts.is_unique:
            self.lines.put("key", column.name, column.because)
            return column.name
        if column is None:
            found = sorted(self.usable, key=lambda each: (each.facts.in_list, -each.facts.distinct))
            name = (found or self.columns)[0].base if self.columns else "id"
            self.lines.say("TODO name the column that holds the ticket's own id; no column is plainly one.")
            self.lines.put("key", name)
            return name
        self.lines.say(
            "TODO some rows have no id here, or one that an earlier row had: those are held back. Correct "
            "them, or name another column."
        )
        self.lines.put("key", column.name, column.because)
        if self._texts_of_rows() is not None:
            self.lines.say(
                f"TODO {column.facts.repeated:,} rows have the id of an earlier row. If each is a message of "
                "its ticket, remove the # of the next line and of `replies` at the end, and take out "
                "`content`: the first row makes the ticket, and all of them its thread."
            )
            self.lines.put("group_by", column.name, off=True)
        return column.name

    def _texts_of_rows(self) -> DraftColumn | None:
        """The column of texts, where several rows have one id and could be the messages of one ticket."""
        key = self.by_meaning.get(Meaning.KEY)
        repeats = key is not None and bool(key.facts.repeated)
        return self.by_meaning.get(Meaning.CONTENT) if repeats else None

    def _category(self) -> None:
        is_column = any(column.name.casefold() == _CATEGORY.casefold() for column in self.columns)
        value: Plain = {"template": _CATEGORY} if is_column else _CATEGORY
        self.lines.put("category", value, "TODO the ticket category in Featurebase, by name or id")
        column = self.by_meaning.get(Meaning.CATEGORY)
        if column is not None:
            self.lines.say(f"Or by the values of {shown(column.name)!r}, each with a category of yours:")
            rule: Plain = {
                "from": column.name,
                "values": {text: _CATEGORY for text, _ in column.counts},
                "unmapped": _REJECT,
            }
            self.lines.put("category", rule, off=True)

    def _zone(self) -> None:
        created = self.by_meaning.get(Meaning.CREATED)
        if created is not None and created.times is not None and created.times.without_zone:
            told = "TODO the export's clock, such as Europe/Berlin: its times carry no zone"
        else:
            told = "for times that do not say their zone"
        self.lines.put("timezone", "UTC", told)

    # --- the ticket ---------------------------------------------------------------------------

    def _title(self, key: str) -> None:
        column = self._take(Meaning.TITLE)
        if column is None:
            self.lines.say("TODO name the column of the subjects; until then it is the id.", indent=2)
            self.lines.put("title", {"from": key, "missing": "(no subject)"}, indent=2)
        else:
            rule: Plain = {"from": column.name, "missing": "(no subject)"}
            self.lines.put("title", rule, column.because, indent=2)

    def _content(self) -> None:
        column = self._take(Meaning.CONTENT)
        if column is not None:
            kind = "html" if column.facts.is_markup else "text"
            self.lines.put("content", {"from": column.name, "as": kind}, column.because, indent=2)

    def _author(self) -> None:
        email, name = self._take(Meaning.EMAIL), self._take(Meaning.NAME)
        if email is None:
            self.lines.say(
                "TODO say who the tickets are from: `email: {from: COLUMN}`, or one address for all of them. "
                "Until then every row is held back.",
                indent=2,
            )
        self.lines.put("author", None, indent=2)
        if email is None:
            self.lines.put("email", {"value": ""}, indent=4)
        else:
            self.lines.put("email", {"from": email.name}, email.because, indent=4)
        if name is not None:
            self.lines.put("name", {"from": name.name}, name.because, indent=4)

    def _created(self) -> None:
        column = self._take(Meaning.CREATED)
        if column is None or column.times is None:
            self.lines.say("TODO no column of times was found: every ticket would be dated today.", indent=2)
            self.lines.put("createdAt", {"from": "COLUMN", "as": "datetime"}, indent=2, off=True)
            return
        rule = column.time_rule(column.name)
        if rule is not None:
            self.lines.put("createdAt", rule, column.because, indent=2)
            return
        self.lines.say(f"TODO {why_undecided(column.times)}, then remove the #.", indent=2)
        declared: Plain = {"from": column.name, "as": "datetime", "format": "%d/%m/%Y %H:%M"}
        self.lines.put("createdAt", declared, column.because, indent=2, off=True)

    def _status(self) -> None:
        column = self._take(Meaning.STATUS)
        if column is None:
            return
        self.lines.gap()
        self.lines.say(
            f"{column.because}. What it becomes is a guess where a line stands; a value without one holds "
            "its row back.",
            indent=2,
        )
        stages = {text: stage for text, _ in column.counts if (stage := stage_of(text))}
        targets = {text: STATUS_OF_STAGE[stage] for text, stage in stages.items()}
        self._table("status", column, targets, indent=2)
        done: dict[str, Plain] = {text: False for text, stage in stages.items() if stage is Stage.DONE}
        if done:
            rule: Plain = {"from": column.name, "values": done, "unmapped": True}
            self.lines.put("open", rule, indent=2)
        self.lines.gap()

    def _table(
        self, name: str, column: DraftColumn, targets: dict[str, str], *, indent: int, optional: bool = False
    ) -> None:
        """A rule with every value of a column: with its target, or as a TODO."""
        put, below = self.lines.put, indent + 2
        put(name, None, indent=indent)
        put("from", column.name, indent=below)
        put("values", None if targets else {}, indent=below)
        for text, count in column.counts:
            if text in targets:
                put(text, targets[text], f"{count:,}", indent=below + 2)
        for text, count in column.counts:
            if text not in targets:
                put(text, "TODO", f"{count:,}; put its target, then remove the #", indent=below + 2, off=True)
        put("unmapped", _EMPTY if optional else _REJECT, indent=below)
        if optional:
            put("optional", True, indent=below)

    def _people(self) -> None:
        column = self._take(Meaning.ASSIGNEE)
        if column is None:
            return
        rule: dict[str, Plain] = {"from": column.name}
        agents = [text for text, _ in column.counts if fits_table(text)]
        if agents and self.people_table:
            self.people = tuple((agent, agent if "@" in agent else "") for agent in agents)
            rule["values"] = PEOPLE_TABLE
            self.lines.say(
                f"TODO complete {PEOPLE_TABLE}: beside each agent the admin of your workspace, by name or "
                "address. Tickets of agents without one are nobody's.",
                indent=2,
            )
        else:
            self.lines.say(
                "Agents are matched with the admins of your workspace by name or address; of others, nobody.",
                indent=2,
            )
        rule |= {"match_people": "admins", "unmapped": _EMPTY}
        self.lines.put("assignee", rule, column.because, indent=2)

    def _company(self) -> None:
        column = self._take(Meaning.COMPANY)
        if column is not None:
            self.lines.say("A company that Featurebase already knows; others are left out.", indent=2)
            self.lines.put("company", {"from": column.name, "optional": True}, column.because, indent=2)

    def _files(self) -> None:
        column = self._take(Meaning.FILES)
        if column is not None:
            self.lines.put("files", {"from": column.name, "as": "files"}, column.because, indent=2)
            return
        for each in self.usable:
            name, in_items, part = each.name.partition("[].")
            if in_items and each.facts.is_url and part.casefold() in FILE_ADDRESS:
                self.used |= {other.name for other in self.usable if other.name.startswith(f"{name}[].")}
                self.lines.put("files", {"from": name, "as": "files"}, each.because, indent=2)
                return

    # --- fields -------------------------------------------------------------------------------

    def _fields(self, key: str) -> None:
        self.lines.gap()
        self.lines.put("fields", None, "custom fields of your workspace, by label or id", indent=2)
        self.lines.say(
            "The old number, so that people can search for it, and so that a lost ledger finds its tickets.",
            indent=4,
        )
        rule: Plain = {"from": key, "legacy_id": True, "optional": True}
        self.lines.put(_LEGACY, rule, indent=4)
        labels = {_LEGACY.casefold()}
        priority = self._take(Meaning.PRIORITY)
        if priority is not None:
            targets = {text: name for text, _ in priority.counts if (name := priority_of(text))}
            self._table("Priority", priority, targets, indent=4, optional=True)
            labels.add("priority")
        free = [each for each in self.usable if each.name not in self.used and each.name != key]
        for column in free[:_MOST_FIELDS]:
            self._field(column, labels)

    def _field(self, column: DraftColumn, labels: set[str]) -> None:
        path = column.base
        if column.facts.in_list and "[]" in path:
            return  # a part of every item of a list: no single value of a ticket
        if path.casefold() in labels or len(path) > _LONGEST_LABEL:
            return
        labels.add(path.casefold())
        self.used.add(column.name)
        rule: dict[str, Plain] = {"from": path}
        are_tags = rank(path, Meaning.TAGS) is not None
        if column.facts.in_list and not are_tags:
            rule["join"] = ", "
        elif are_tags and not column.facts.in_list:
            rule["split"] = ";" if any(";" in text for text, _ in column.counts) else ","
        if are_tags:
            rule["unmapped"] = _EMPTY  # an option that the workspace lacks holds no ticket back
        self.lines.put(path, rule | {"optional": True}, column.because, indent=4)

    def _unused(self) -> None:
        left = [c.name for c in self.columns if c.name not in self.used and c.facts.filled]
        empty = [c.name for c in self.columns if not c.facts.filled]
        for told, names in (("Not brought over", left), ("Empty in this export", empty)):
            if names:
                self.lines.gap()
                self.lines.say(f"{told}: {', '.join(shown(name) for name in names)}")

    def _take(self, meaning: Meaning) -> DraftColumn | None:
        column = self.by_meaning.get(meaning)
        if column is not None:
            self.used.add(column.name)
        return column
