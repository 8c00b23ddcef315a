"""What Jira's three exports (API, XML, CSV) have in common, in the canonical shape.

People, status categories, mentions and comments. Under which keys they stand is known in `jira.py`,
`jira_rss.py` and `jira_csv.py`. Facts: formats, section 11.
"""

from __future__ import annotations

import re

from migrator.readers.helpdesks.shapes import person, text_at
from migrator.readers.trees import Tree

PORTAL_ONLY = "qm:"
"""How the account ids of people begin who know nothing of Jira but the portal."""
NOBODY = ("-1", "")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_IN_ONE_WORD = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_MENTION = re.compile(r"\[~accountid:([^\]\s]{1,200})\]")
_KINDS = {"customer": "customer", "app": "bot"}
"""By account type; everybody else may work in Jira itself."""

_CATEGORIES: dict[str, tuple[str, ...]] = {
    "new": (
        *("new", "to do", "undefined", "no category"),
        *("por hacer", "pendiente", "do zrobienia", "zu erledigen", "aufgaben", "offen"),
        *("à faire", "da fare", "da completare", "a fazer", "itens pendentes", "pendências", "te doen"),
    ),
    "indeterminate": (
        *("indeterminate", "in progress"),
        *("en curso", "w toku", "in arbeit", "in bearbeitung", "en cours", "in corso"),
        *("em andamento", "em progresso", "in behandeling", "bezig"),
    ),
    "done": (
        *("done", "complete", "completed"),
        *("listo", "finalizada", "finalizado", "hecho", "gotowe", "fertig", "erledigt"),
        *("terminé", "terminé(e)", "completato", "completata", "concluído", "itens concluídos", "feito"),
        *("gereed", "klaar"),
    ),
}
_CATEGORY = {name: key for key, names in _CATEGORIES.items() for name in names}


def category_of(status_category: str) -> str:
    """`new`, `indeterminate` or `done`, as the API calls them in every language; else the text itself."""
    return _CATEGORY.get(status_category.strip().casefold(), status_category)


def person_of(*, name: str = "", id: str = "", email: str = "", account_type: str = "") -> Tree:
    """Somebody as a ticket names them, of no kind yet unless Jira says it.

    Cloud hides addresses, so the account id stands in as `external_id` where no address is known; who knows
    nothing but the portal has their address for a name. Servers can mask addresses: `bob at example dot com`
    is none.
    """
    if id.strip() in NOBODY and not name.strip() and not email.strip():
        return {}
    kind = _KINDS.get(account_type.casefold(), "") or ("customer" if id.startswith(PORTAL_ONLY) else "")
    masked = not _IN_ONE_WORD.fullmatch(email.strip())
    address = (email if not masked else name if _ADDRESS.fullmatch(name.strip()) else "").strip()
    return person(kind=kind, id=id, email=address, name=name, external_id="" if address else id or name)


def author_of(found: Tree, reporter: Tree) -> Tree:
    """The author of a comment: whoever asked is the customer, everybody else who works in Jira an agent."""
    if not found:
        return {}
    ids = {text_at(reporter, key) for key in ("id", "email")} - {""}
    is_reporter = bool(ids & {text_at(found, "id"), text_at(found, "email")})
    if is_reporter:
        return {"kind": "customer", **reporter, **found}
    return {"kind": "agent", **found}


def as_reporter(found: Tree) -> Tree:
    return {"kind": "customer", **found} if found else {}


def as_agent(found: Tree) -> Tree:
    return {**found, "kind": "agent"} if found else {}


def with_names(text: str, names: dict[str, str]) -> str:
    """Wiki markup whose mentions say the name, where the export tells whose account it is."""
    if not names:
        return text
    return _MENTION.sub(lambda said: f"[~{names[said[1]]}]" if said[1] in names else said[0], text)


def comment(
    *, id: str, body: str | Tree, body_format: str, author: Tree, created_at: str, private: str
) -> Tree:
    """A comment in the canonical shape.

    Args:
        private: `true`, `false`, or "" where nothing tells, which the mapping takes for private.
    """
    made: Tree = {
        "kind": "reply" if private == "false" else "note",
        "body": body,
        "body_format": body_format,
        "author": author,
        "files": [],
    }
    for key, value in (("id", id), ("created_at", created_at), ("private", private)):
        if value:
            made[key] = value
    return made
