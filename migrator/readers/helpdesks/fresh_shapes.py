"""What Freshdesk and Freshservice write alike, in the canonical shape: people, messages, files, names.

Both exist in two dialects. The API of today writes flat objects; the first API and the account exports wrap
each object in its name (`{"helpdesk_ticket": {...}}`), and their XML writes names with hyphens. Pure
functions; which lists there are is known in `fresh.py`. Facts: formats, sections 6 and 7.
"""

from __future__ import annotations

from migrator.model import Value
from migrator.readers.helpdesks.shapes import file, list_at, person, text_at, tree_at, underscored
from migrator.readers.mail_addresses import parseaddr
from migrator.readers.trees import Tree

_WRAPPERS = frozenset(
    (
        *("helpdesk_ticket", "helpdesk_archive_ticket", "ticket", "attachment", "tag"),
        *("helpdesk_note", "helpdesk_archive_note", "archive_note", "note", "conversation"),
        *("user", "contact", "requester", "agent", "company", "customer", "department", "group"),
    )
)
_DEACTIVATED = "(Deactivated)"
"""What Freshdesk puts behind the name of an agent who left."""
_SYSTEM_NOTE = "created_by:"
"""How the notes begin that Freshdesk writes itself, with the browser of whoever made the ticket."""


def unwrapped(tree: Tree) -> Tree:
    """The object itself, where a dialect wraps it in its name."""
    if len(tree) == 1:
        name, inside = next(iter(tree.items()))
        if isinstance(inside, dict) and name.replace("-", "_") in _WRAPPERS:
            return inside
    return tree


def plain(tree: Tree) -> Tree:
    """The object itself, with the names of its keys as JSON has them, all the way down."""
    return underscored(unwrapped(tree))


def named(tree: Tree, key: str) -> str:
    """A text of an object in either dialect, for those who need one and not all."""
    inside = unwrapped(tree)
    return text_at(inside, key) or text_at(inside, key.replace("_", "-"))


def entries(tree: Tree, key: str) -> list[Tree]:
    """The objects of a list, which XML may have wrapped once more (`notes/helpdesk-note`)."""
    found = tree.get(key)
    if isinstance(found, dict):
        inside = next(iter(found.values()), None)
        found = inside if len(found) == 1 and isinstance(inside, list) else [found]
    return [unwrapped(each) for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def tags_of(tree: Tree) -> list[Value]:
    """The names of the tags, which the account export writes as objects."""
    texts = [each for each in list_at(tree, "tags") if isinstance(each, str)]
    return [*texts, *(name for tag in entries(tree, "tags") if (name := text_at(tag, "name")))]


def choices_of(field: Tree) -> dict[str, str]:
    """What people see of the numbers of a field: `{"6": ["Waiting", ...]}`, or a list of objects."""
    choices = field.get("choices")
    if isinstance(choices, dict):
        labels = {code: names[0] for code, names in choices.items() if isinstance(names, list) and names}
        return {code: name for code, name in labels.items() if isinstance(name, str)}
    objects = [each for each in choices if isinstance(each, dict)] if isinstance(choices, list) else []
    return {
        text_at(each, "value" if "label" in each else "id"): text_at(each, "label") or text_at(each, "value")
        for each in objects
    }


def person_of(tree: Tree, *, is_agent: bool = False) -> Tree:
    """Somebody from a list of people, or as a ticket holds them; the plain facts stay beside.

    Args:
        is_agent: The list holds nobody else; otherwise the entry says it, or it is a customer.
    """
    if not tree:
        return {}
    inside = plain(tree)
    facts = {**inside, **tree_at(inside, "user"), **tree_at(inside, "contact")}
    full_name = " ".join(part for key in ("first_name", "last_name") if (part := text_at(facts, key)))
    emails = [each for each in list_at(facts, "emails") if isinstance(each, str)]
    agent = is_agent or text_at(facts, "helpdesk_agent") == "true"
    return {
        **{key: value for key, value in facts.items() if isinstance(value, str)},
        **person(
            kind="agent" if agent else "customer",
            id=text_at(inside, "user_id") or text_at(inside, "id"),
            email=text_at(facts, "email") or text_at(facts, "primary_email") or next(iter(emails), ""),
            name=(text_at(facts, "name") or full_name).removesuffix(_DEACTIVATED).strip(),
            external_id=text_at(facts, "unique_external_id") or text_at(facts, "external_id"),
        ),
    }


def as_before(message: Tree) -> Tree:
    """A message of today's API, whose `body` is HTML, as the first API has it: with `body_html`."""
    rich = text_at(message, "body")
    return {**message, "body_html": rich} if rich else message


def sender_of(message: Tree) -> Tree:
    """Who wrote, as far as the message itself says it.

    A message that came in carries the writer's own address; one that went out carries the helpdesk's.
    """
    incoming, private = text_at(message, "incoming"), text_at(message, "private")
    kind = "agent" if private == "true" or incoming == "false" else "customer" if incoming == "true" else ""
    name, email = parseaddr(text_at(message, "from_email")) if kind == "customer" else ("", "")
    return person(kind=kind, id=text_at(message, "user_id"), email=email, name=name)


def message_of(message: Tree, author: Tree) -> Tree:
    """One entry of a conversation; without `private`, which means private, where it does not say."""
    private = text_at(message, "private")
    body, body_format = _body(message)
    canonical: Tree = {
        **message,
        "kind": "reply" if private == "false" else "note",
        "body": body,
        "body_format": body_format,
        "author": author,
        "files": list(files_of(message)),
    }
    if private not in ("true", "false"):
        canonical.pop("private", None)
    return canonical


def _body(message: Tree) -> tuple[str, str]:
    if rich := text_at(message, "body_html"):
        return rich, "html"
    return text_at(message, "body") or text_at(message, "body_text"), "text"


def is_system_note(message: Tree) -> bool:
    """Whether nobody wrote it, or somebody took it back."""
    text = text_at(message, "body_text") or text_at(message, "body")
    return text.lstrip().startswith(_SYSTEM_NOTE)


def files_of(tree: Tree) -> list[Tree]:
    """The attachments of a ticket or a message. Their links are signed and expire."""
    return [
        file(
            name=text_at(each, "name") or text_at(each, "content_file_name"),
            url=text_at(each, "attachment_url"),
            size=text_at(each, "size") or text_at(each, "content_file_size"),
            type=text_at(each, "content_type") or text_at(each, "content_content_type"),
        )
        for each in entries(tree, "attachments")
    ]
