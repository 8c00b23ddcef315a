"""A loaded mapping: what the rest of the program may know about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches

from migrator.errors import Complaint, MappingComplaints
from migrator.mapping import spec
from migrator.mapping.columns import some_of
from migrator.mapping.locate import Document, Path, dotted
from migrator.mapping.names import SaidName, said_names
from migrator.mapping.plan import Plan, Reference
from migrator.mapping.survey import Survey
from migrator.mapping.tables import Rows


class Mapping:
    """A mapping that makes sense, ready to run. Made by `load_mapping`; never changed.

    Pickling sends the text and its tables; the rules are compiled again where they arrive.
    """

    def __init__(
        self,
        name: str,
        text: str,
        overrides: tuple[str, ...],
        tables: dict[str, Rows],
        said: spec.MappingFile,
        plan: Plan,
        document: Document,
    ) -> None:
        self.name = name
        """File name without folders."""
        self.text = text
        self.overrides = overrides
        self.tables = tables
        """The value tables by the names that the mapping gives them."""
        self.plan = plan
        self.reader = said.reader
        """Name of the reader that the mapping was written for; "" where any will do."""
        self.group_by = said.group_by
        """Column by whose value the rows of a message-level export belong together; "" for none."""
        self.notify = said.notify
        self.select_as = said.select
        """How a choice of a select field is sent; None leaves that to what is known of the workspace."""
        self.timezone = said.timezone.value if said.timezone and said.timezone.value else ""
        """IANA name of the zone of times without an offset; "" where each row says, or nobody."""
        self.files = plan.files
        """What becomes of files, and what is needed to fetch them; never a secret."""
        self.people = plan.people
        """Who becomes a contact before the tickets."""
        self.needs = _needs(plan)
        """The lists of the workspace without which names cannot be looked up."""
        self.legacy_field = next((label for label, rule in plan.ticket.fields if rule.legacy_id), "")
        """Label or id of the custom field that carries the source's id; "" where there is none."""
        self._document = document
        self._constants = tuple(_constants(said.ticket))

    def __reduce__(self) -> tuple[Callable[..., Mapping], tuple[object, ...]]:
        return _load_again, (self.text, self.name, self.tables, self.overrides)

    def __repr__(self) -> str:
        return f"Mapping({self.name!r})"

    def survey(self) -> Survey:
        """A fresh look at a source, before anything of it is mapped."""
        return Survey(self.plan, self._document)

    def names(self) -> tuple[SaidName, ...]:
        """Every name of the workspace that the mapping itself says, in its order."""
        return said_names(self.plan)

    def value_tables(self) -> dict[str, tuple[Path, str]]:
        """Where the `values` of each rule stand, by the rule's name: their place in the mapping, and the CSV
        table that is named there; "" where they are written out."""
        found: dict[str, tuple[Path, str]] = {}
        for path in self._document.places:
            if path[-1:] == ("values",):
                said = self._document.part(path)
                found[dotted(path[:-1])] = (path, said if isinstance(said, str) else "")
        return found

    def check_columns(self, columns: Sequence[str], added: Sequence[str] = ()) -> None:
        """Holds the mapping against the header of a table.

        Args:
            columns: Every header cell in order; repeated ones as often as they stand there.
            added: Keys that a record has beside them; what is below such a key only a record can tell.

        Raises:
            MappingComplaints: Columns that the mapping needs and the table lacks.
        """
        complaints: list[Complaint] = []
        for reference in self.plan.references:
            if reference.optional or not self._is_about_columns(reference):
                continue
            if not any(column.among(columns) or column.steps[0] in added for column in reference.columns):
                complaints.append(self._lacking(reference, (*columns, *added)))
            complaints += self._twofold(reference, columns)
        complaints += self._mistaken(columns)
        if complaints:
            raise MappingComplaints(complaints)

    def _is_about_columns(self, reference: Reference) -> bool:
        if not self.group_by:
            return not reference.of_replies
        return reference.path != ("replies", "each")  # each message is a row, so `each` is no column

    def _mistaken(self, columns: Sequence[str]) -> list[Complaint]:
        """`title: Subject` gives every ticket the title «Subject»; who has such a column means the column."""
        named = {column.casefold(): column for column in columns}
        return [
            self._document.complaint(
                path,
                f"this is the text {text!r} in every ticket, and {named[text.casefold()]!r} is a column",
                f"for the column write `{path[-1]}: {{from: {named[text.casefold()]}}}`, "
                f"for the text `{path[-1]}: {{template: {text}}}`",
            )
            for path, text in self._constants
            if text.casefold() in named
        ]

    def _lacking(self, reference: Reference, columns: Sequence[str]) -> Complaint:
        names = [column.name for column in reference.columns]
        close = [match for name in names for match in get_close_matches(name, columns, n=1)]
        wanted = repr(names[0]) if len(names) == 1 else "any of " + ", ".join(map(repr, names))
        hint = f"did you mean {close[0]!r}?" if close else f"it has: {some_of(columns)}"
        return self._document.complaint(reference.path, f"the source has no column {wanted}", hint)

    def _twofold(self, reference: Reference, columns: Sequence[str]) -> list[Complaint]:
        return [
            self._document.complaint(
                reference.path,
                f"{column.name!r} is a column, and also a cell of the repeated column {column.steps[0]!r}",
                "rename one of the columns in the source",
            )
            for column in reference.columns
            if len(column.steps) == 2
            and column.name in columns
            and column.steps[1].isdecimal()
            and list(columns).count(column.steps[0]) > 1
        ]


def _constants(part: spec.Part, before: tuple[str, ...] = ("ticket",)) -> Iterator[tuple[Path, str]]:
    """The rules of a ticket that are a plain text, each with its place."""
    for name, field in type(part).model_fields.items():
        path, said = (*before, field.alias or name), getattr(part, name)
        match said:
            case spec.Rule(value=str() as text):
                yield path, text
            case spec.Person():
                yield from _constants(said, path)


def _load_again(text: str, name: str, tables: dict[str, Rows], overrides: tuple[str, ...]) -> Mapping:
    from migrator.mapping.load import load_mapping_text  # it imports this module

    return load_mapping_text(text, name, tables=tables, overrides=overrides)


def _needs(plan: Plan) -> frozenset[str]:
    ticket = plan.ticket
    optional = {
        "statuses": ticket.status,
        "fields": ticket.fields or plan.files.rules.fields,
        "admins": ticket.assignee or plan.replies or plan.people.make,
        "companies": ticket.company or plan.people.company_id,
    }
    return frozenset({"categories"} | {name for name, rule in optional.items() if rule})
