"""The grammar of a mapping file, declared once: which keys may stand where.

Shape only. Whether the keys of a rule make sense together, and what a rule does, is `compile.py`'s
business. Editors get their schema from these models.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag


class Part(BaseModel):
    """A part of a mapping; a key that it does not know is a complaint."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class Action(Part):
    """What happens instead of taking a literal."""

    action: Literal["reject", "empty"]


def tag_of_otherwise(value: object) -> str:
    return "«action»" if isinstance(value, Action | dict) else "«literal»"


Otherwise = Annotated[
    Annotated[str, Tag("«literal»")] | Annotated[Action, Tag("«action»")], Discriminator(tag_of_otherwise)
]
"""For `missing` and `unmapped`: a literal, `{action: reject}` or `{action: empty}`. Tags in «» are
pydantic's way of telling alternatives apart, and no part of a place in the file."""


def one_is_a_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Names = Annotated[
    list[str], BeforeValidator(one_is_a_list, json_schema_input_type=str | list[str]), Field(min_length=1)
]
"""One column or path, or candidates of which the first that is not blank counts."""


class Condition(Part):
    """Whether something holds for a record: `{from: status, match: "^spam$"}`."""

    from_: Names = Field(alias="from")
    match: str | None = None
    equals: str | None = None
    in_: list[str] | None = Field(default=None, alias="in", min_length=1)
    optional: bool = False


def tag_of_values(value: object) -> str:
    return "«table»" if isinstance(value, str) else "«pairs»"


def tag_of_as(value: object) -> str:
    return "«rule»" if isinstance(value, dict | Rule) else "«kind»"


Locale = Literal["cs", "da", "de", "en", "es", "fr", "it", "nb", "nl", "pl", "pt", "ru", "sv", "tr"]
"""The languages of `months.py`; all but English write decimal commas."""
Kind = Literal[
    "text",
    "html",
    "markdown",
    "github",
    "jira",
    "adf",
    "bbcode",
    "escaped-html",
    "datetime",
    "number",
    "boolean",
    "files",
]


class Rule(Part):
    """How one value is made. The keys work in the order in which they stand here."""

    when: Condition | None = None
    from_: Names | None = Field(default=None, alias="from")
    value: str | None = None
    template: str | None = None
    split: str | None = Field(default=None, min_length=1)
    match: str | None = None
    replace: dict[str, str] | None = None
    values: (
        Annotated[
            Annotated[str, Tag("«table»")] | Annotated[dict[str, str], Tag("«pairs»")],
            Discriminator(tag_of_values),
        ]
        | None
    ) = None
    unmapped: Otherwise | None = None
    join: str | None = None
    missing: Otherwise | None = None
    as_: (
        Annotated[Annotated[Kind, Tag("«kind»")] | Annotated[Rule, Tag("«rule»")], Discriminator(tag_of_as)]
        | None
    ) = Field(default=None, alias="as")
    """What the value is read as; for markup also a rule, where each record says in what it is written."""
    strip_quotes: bool = False
    format: str | None = Field(default=None, min_length=1)
    locale: Locale | None = None
    timezone: ConstantOrRule | None = None
    match_people: Literal["admins"] | None = None
    optional: bool = False
    legacy_id: bool = False


def rule_from(key: str) -> Callable[[object], object]:
    """A plain text stands for a rule with just this key."""
    return lambda value: {key: value} if isinstance(value, str) else value


ConstantOrRule = Annotated[Rule, BeforeValidator(rule_from("value"), json_schema_input_type=str | Rule)]
ColumnOrRule = Annotated[Rule, BeforeValidator(rule_from("from"), json_schema_input_type=str | Rule)]


class Person(Part):
    """Who somebody is, one rule for each thing known about them."""

    id: ConstantOrRule | None = None
    user_id: ConstantOrRule | None = Field(default=None, alias="userId")
    email: ConstantOrRule | None = None
    name: ConstantOrRule | None = None
    profile_picture: ConstantOrRule | None = Field(default=None, alias="profilePicture")


def tag_of_author(value: object) -> str:
    is_rule = isinstance(value, str | Rule) or (
        isinstance(value, dict) and bool({"from", "value", "template"} & {*value})
    )
    return "«rule»" if is_rule else "«person»"


Author = Annotated[
    Annotated[ConstantOrRule, Tag("«rule»")] | Annotated[Person, Tag("«person»")],
    Discriminator(tag_of_author),
]
"""A rule for each thing known, or one rule that yields a person as a whole, or their address."""


class Ticket(Part):
    """What a ticket is made of."""

    title: ConstantOrRule
    content: ConstantOrRule | None = None
    author: Author
    created_at: ConstantOrRule | None = Field(default=None, alias="createdAt")
    status: ConstantOrRule | None = None
    open: ConstantOrRule | None = None
    assignee: ConstantOrRule | None = None
    company: ConstantOrRule | None = None
    snoozed_until: ConstantOrRule | None = Field(default=None, alias="snoozedUntil")
    linked_conversation: ConstantOrRule | None = Field(default=None, alias="linkedConversation")
    fields: dict[str, ConstantOrRule] = Field(default_factory=dict)
    files: ConstantOrRule | None = None
    old_url: ConstantOrRule | None = None


class Replies(Part):
    """What the thread of a ticket is made of; `from` looks into one item of `each`."""

    each: str = Field(min_length=1)
    when: Condition | None = None
    body: ConstantOrRule
    author: Author
    private: ConstantOrRule | None = None
    created_at: ConstantOrRule | None = Field(default=None, alias="createdAt")
    files: ConstantOrRule | None = None
    fallback_agent: str | None = Field(default=None, min_length=1)
    without_conversation: Literal["report", "content"] = "report"
    in_notes_only: Literal["note", "content", "skip"] = "note"
    optional: bool = False


class CompanyOf(Part):
    """The company that the author of a ticket belongs to, by the source's own id."""

    id: ConstantOrRule
    name: ConstantOrRule | None = None


class People(Part):
    """Who becomes a contact before the tickets, and what is known of them beside `ticket.author`."""

    make: bool = False
    update: bool = False
    without_email: Literal["reject", "placeholder"] = "reject"
    placeholder: str | None = Field(default=None, min_length=1)
    phone: ConstantOrRule | None = None
    created_at: ConstantOrRule | None = Field(default=None, alias="createdAt")
    company: CompanyOf | None = None


class References(Part):
    """References to other tickets in texts, rewritten once all tickets are in."""

    rewrite: bool = False
    links: list[str] = Field(default_factory=list)
    text: list[str] = Field(default_factory=lambda: ["#{id}", "ticket {id}"])


class FromEnvironment(Part):
    """A secret, by the variable of the environment that holds it."""

    env: str = Field(min_length=1)


class Fetch(Part):
    """Files that we fetch ourselves and upload, because Featurebase may not or cannot."""

    hosts: list[str] = Field(min_length=1)
    headers: dict[str, FromEnvironment] = Field(default_factory=dict)


class Files(Part):
    """What becomes of files that cannot simply travel, and of images inside texts."""

    field: Names | None = None
    on_refused: Literal["link", "hold"] = "link"
    without_field: Literal["note", "link"] = "note"
    inline: Literal["keep", "attach", "drop"] = "keep"
    fetch: Fetch | None = None


class MappingFile(Part):
    """A whole mapping file."""

    reader: str = ""
    key: ColumnOrRule
    group_by: str = ""
    category: ConstantOrRule
    timezone: ConstantOrRule | None = None
    notify: bool = False
    select: Literal["id", "label"] | None = None
    skip: dict[str, Condition] = Field(default_factory=dict)
    ticket: Ticket
    replies: Replies | None = None
    files: Files = Field(default_factory=Files)
    people: People = Field(default_factory=People)
    references: References = Field(default_factory=References)


Rule.model_rebuild()
