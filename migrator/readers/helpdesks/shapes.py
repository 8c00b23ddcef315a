"""The canonical shape (design, section 6) in small pieces, of which every helpdesk reader builds its records.

Pure functions over trees. Which keys a helpdesk has, and what they mean, is known in its own module.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from migrator.model import Problem, SourceRef, Value
from migrator.readers.faults import fault
from migrator.readers.trees import Tree

_TAG = re.compile(r"<[^<>]*>")
_MARKUP = re.compile(r"</?(?:p|div|br|span|ul|ol|li|table|h[1-6]|b|strong|i|em|a)\b[^<>]*>", re.IGNORECASE)
_NOT_TEXT = re.compile(r"\W+")
_PREVIEW_CHARACTERS = 80
_NO_LETTER = re.compile(r"[\W_]+")
_EPOCH = re.compile(r"\d{9,17}(\.\d+)?")


def text_at(tree: Value | None, *path: str) -> str:
    """The text at a path of keys; empty where there is none."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, str) else ""


def tree_at(tree: Value | None, *path: str) -> Tree:
    """The object at a path of keys; empty where there is none."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def list_at(tree: Value | None, *path: str) -> list[Value]:
    """The list at a path of keys; empty where there is none."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, list) else []


def trees_at(tree: Value | None, *path: str) -> list[Tree]:
    """The objects of the list at a path of keys; a single object, as XML has it, is a list of one."""
    for key in path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    found = tree if isinstance(tree, list) else [tree]
    return [each for each in found if isinstance(each, dict)]


def letters_of(name: str) -> str:
    """`createdtime` for `createdTime`, `Created Time` and `CREATED_TIME`."""
    return _NO_LETTER.sub("", name).casefold()


def field(tree: Tree, *names: str) -> str:
    """The first of the fields that is filled; of a name only its letters count."""
    for name in names:
        if found := text_at(tree, name):
            return found
    folded: Tree = {letters_of(key): value for key, value in tree.items()}
    return next(filter(None, (text_at(folded, letters_of(name)) for name in names)), "")


def objects_at(tree: Tree, name: str) -> list[Tree]:
    """The objects under a name of which only the letters count; a single one is a list of one."""
    if name in tree:
        return trees_at(tree, name)
    wanted = letters_of(name)
    return next((trees_at(value) for key, value in tree.items() if letters_of(key) == wanted), [])


def object_at(tree: Tree, name: str) -> Tree:
    """The object under a name of which only the letters count; empty where there is none."""
    return next(iter(objects_at(tree, name)), {})


def underscored(tree: Tree) -> Tree:
    """The same with its keys as JSON writes them, all the way down; XML has hyphens in their names."""
    return {key.replace("-", "_"): _underscored(each) for key, each in tree.items()}


def _underscored(value: Value) -> Value:
    if isinstance(value, dict):
        return underscored(value)
    return [_underscored(each) for each in value] if isinstance(value, list) else value


def person(*, kind: str = "", id: str = "", email: str = "", name: str = "", external_id: str = "") -> Tree:
    """A person in the canonical shape; what is not known is absent.

    Args:
        kind: `customer`, `agent` or `bot`.
    """
    return _known(kind=kind, id=id, email=email, name=name, external_id=external_id)


def identified(someone: Tree, helpdesk: str) -> Tree:
    """A customer without an address, known by their id in the helpdesk instead: `zoho-desk-4711`.

    Everybody else stays as they are: who has neither is for the mapping to decide about.
    """
    own_id = text_at(someone, "id")
    known = text_at(someone, "email") or text_at(someone, "external_id")
    if someone.get("kind") != "customer" or known or not own_id:
        return someone
    return {**someone, "external_id": f"{helpdesk}-{own_id}"}


def about_requester(requester: Tree, ref: SourceRef, column: str, way_out: str) -> list[Problem]:
    """What to know of a requester of whom the export has nothing but a number: they would look like nobody.

    Args:
        column: Where the number stands.
        way_out: Which list has to be given beside the tickets.
    """
    told = any(text_at(requester, key) for key in ("name", "email", "external_id"))
    if told or not (number := text_at(requester, "id")):
        return []
    return [fault("requester-unknown", ref, column=column, value=number, detail=way_out)]


def file(
    *, name: str, url: str = "", path: str = "", size: str = "", type: str = "", inline: str = ""
) -> Tree:
    """A file in the canonical shape; what is not known is absent.

    Args:
        path: Of a file that the export itself carries: a member of the archive, or relative to the folder.
        size: In bytes.
        inline: `true` or `false`.
    """
    return _known(name=name, url=url, path=path, size=size, type=type, inline=inline)


def _known(**values: str) -> Tree:
    return {key: value for key, value in values.items() if value}


def private_of(public: Value | None) -> Tree:
    """`private` of a message that says whether it is public; absent, which means private, if it does not."""
    match public:
        case "true":
            return {"private": "false"}
        case "false":
            return {"private": "true"}
        case _:
            return {}


def by_title(fields: Iterable[tuple[str, str, Value]]) -> Tree:
    """Custom fields under the titles by which people know them, without dots, which would divide a path.

    Of two with one title, the later one has its id behind.

    Args:
        fields: Title, id and value of each.
    """
    named: Tree = {}
    for said, id, value in fields:
        title = " ".join(said.replace(".", " ").split())
        named[f"{title} ({id})" if title in named else title] = value
    return named


def oldest_first(messages: Iterable[Tree], key: str = "created_at") -> list[Tree]:
    """Messages in the order of their times; as they are where one has none that can be read.

    Times are ISO 8601, or seconds or milliseconds since 1970; without a zone all count as of one zone.
    """
    ordered = list(messages)
    instants = [_instant(text_at(message, key)) for message in ordered]
    known = [instant for instant in instants if instant is not None]
    if len(known) < len(ordered):
        return ordered
    places = sorted(range(len(ordered)), key=known.__getitem__)
    return [ordered[place] for place in places]


def _instant(text: str) -> float | None:
    if _EPOCH.fullmatch(text):
        return float(text)
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def mark_description(values: Tree, messages: list[Tree], ref: SourceRef) -> list[Problem]:
    """Mark the first message, if it repeats the description, so that it is not written twice.

    A private one is not marked: it stays a note, and the description, which everybody would see, is dropped.
    So is one that does not say, unless a customer wrote it, who can write nothing private.

    Args:
        values: Of the ticket, with its text as `description`; changed in place.
        messages: Canonical, oldest first; changed in place.
    """
    description = text_at(values, "description")
    if not messages or not same_text(description, messages[0]):
        return []
    first = messages[0]
    from_customer = text_at(first, "author", "kind") == "customer"
    if first.get("private", "false" if from_customer else "true") == "true":
        if not description:
            return []
        del values["description"]
        return [fault("private-description", ref, column="description")]
    first["kind"] = "description"
    values.setdefault("attachments", first.get("files", []))
    return []


def take_description(values: Tree, messages: Iterable[Tree]) -> None:
    """Make the customer's first words the ticket's own text, for helpdesks that have none beside the thread.

    Where somebody else spoke first, nothing is taken: nobody must take their words for the customer's.

    Args:
        values: Of the ticket; gets `description`, `description_format` and `attachments`.
        messages: Canonical, oldest first; the one that is taken is marked.
    """
    first = next((message for message in messages if message.get("private") == "false"), None)
    if first is None or text_at(first, "author", "kind") != "customer":
        return
    first["kind"] = "description"
    values["description"] = text_at(first, "body")
    values["description_format"] = text_at(first, "body_format")
    values["attachments"] = list_at(first, "files")


def opening_words(thread: Iterable[Tree], description: str = "") -> str:
    """The first words that everybody may see, for conversations without a title.

    Args:
        thread: Canonical messages, oldest first.
        description: The ticket's own text, for where no message is public; plain, or HTML.
    """
    for message in thread:
        body = text_at(message, "body")
        plain = body if message.get("body_format") == "text" else without_markup(body)
        if (words := _shortened(plain)) and message.get("private") == "false":
            return words
    return _shortened(without_markup(description) if _MARKUP.search(description) else description)


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _PREVIEW_CHARACTERS else words[: _PREVIEW_CHARACTERS - 1] + "…"


def same_text(description: str, message: Tree) -> bool:
    """Whether a message says what the description says, whatever its markup and white space."""
    wanted = _letters(description)
    texts = [text for key in ("plain_body", "body", "html_body") if (text := text_at(message, key))]
    if not texts:
        return not wanted
    return any(wanted in (_letters(text), _letters(without_markup(text))) for text in texts)


def _letters(text: str) -> str:
    return _NOT_TEXT.sub("", text) or "".join(text.split())


def without_markup(text: str) -> str:
    """The words of HTML, for comparing; not for showing."""
    return html.unescape(_TAG.sub(" ", text))
