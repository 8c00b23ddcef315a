"""What an answer means: settled, refused, wait, in doubt, or the end of the run.

The table is DESIGN section 5; the shapes of errors are featurebase.md section 4.1. Nothing is sent or
waited for here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from migrator.errors import FeaturebaseError, KeyRefused, VersionRefused, WrongAddress
from migrator.featurebase.connection import API_VERSION, PRODUCTION
from migrator.model import (
    ContactSeen,
    Done,
    InDoubt,
    NotSent,
    Outcome,
    PartKind,
    PartSeen,
    Refused,
    StepKind,
    TicketSeen,
    shown,
)

WORDS_MOST = 500
"""Characters of the service's words that are kept."""

PARTS = {
    "user_msg": PartKind.CONTACT,
    "email_msg": PartKind.CONTACT,
    "admin_msg": PartKind.ADMIN,
    "admin_note": PartKind.NOTE,
}
"""The types of a part that can be ours (featurebase.md section 5.5)."""

UNSURE = frozenset({408, 409, 425})
"""Beside 5xx: what was asked may have been done."""


class Deletion(StrEnum):
    """What came of deleting a ticket, where the service did not refuse it."""

    DONE = "deleted"
    GONE = "gone before"
    OTHER = "another ticket"
    """The number belongs to another ticket, which was left alone."""


@dataclass(frozen=True, slots=True)
class Upserted:
    """A contact or a company who is there now."""

    id: str
    """Empty where the answer does not say."""
    made: bool | None
    """There was none before. None where nobody can tell: an answer that may have said so was lost."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def troubled(self) -> bool:
        """Whether the service is in trouble and should be given room."""
        return self.status >= 500 or self.status in UNSURE

    @property
    def cut_short(self) -> bool:
        """Whether the body is none that the API writes: it was cut off, or something before it answered."""
        if self.ok:
            return self.json() is None
        return self.status in (404, 405) and not isinstance(self.json(), dict)

    def json(self) -> object:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Words:
    """What the service says about a refusal."""

    code: str
    message: str


def words(answer: Answer) -> Words:
    """Find code and message in any of the four shapes: `error.message`, then `message`, then the raw text."""
    data = answer.json()
    if not isinstance(data, dict):
        raw = answer.body[: 4 * WORDS_MOST].decode(errors="replace").strip()
        return Words("", shown(raw, WORDS_MOST) or f"HTTP {answer.status}, without a word")
    inner = data.get("error")
    error = inner if isinstance(inner, dict) else {"message": inner} if isinstance(inner, str) else data
    parts = [str(error.get("message") or data.get("message") or f"HTTP {answer.status}")]
    if param := error.get("param"):
        parts.append(f"({param})")
    details = error.get("details")
    parts += [
        f"{detail.get('path', '')}: {detail.get('message', '')};"
        for detail in (details if isinstance(details, list) else [])
        if isinstance(detail, dict)
    ]
    code = error.get("code")
    return Words(code if isinstance(code, str) else "", shown(" ".join(parts).rstrip(";"), WORDS_MOST))


def stop_reason(answer: Answer, address: str) -> FeaturebaseError | None:
    """The error that ends the run, where an answer says that no request can succeed; None otherwise."""
    said = words(answer) if answer.status >= 300 else None
    if said is None:
        return None
    if said.code == "version_not_supported":
        return VersionRefused(
            f"Featurebase no longer speaks the API version {API_VERSION}",
            hint="install a newer migrator",
            at=address,
        )
    match answer.status:
        case 401 | 402 | 403:
            return KeyRefused(
                f"Featurebase refuses the API key ({answer.status}: {said.message})",
                hint="check FEATUREBASE_API_KEY against Featurebase, Settings, API; then run it again",
                at=address,
            )
        case status if 300 <= status < 400:
            return WrongAddress(
                f"the address redirects to {_host(answer.headers.get('location', ''))}, "
                "and a key is never sent along",
                hint=f"give the address of the API itself, like {PRODUCTION}",
                at=address,
            )
        case _ if answer.cut_short and not answer.ok:
            return not_the_api(address)
    return None


def not_the_api(address: str) -> WrongAddress:
    """The error for answers that Featurebase would never give."""
    return WrongAddress(
        "what answers there is not the Featurebase API",
        hint=f"check the address and its path; the production API is {PRODUCTION}",
        at=address,
    )


def _host(location: str) -> str:
    try:
        return shown(urlsplit(location).netloc) or "elsewhere"
    except ValueError:
        return "elsewhere"


def judge(kind: StepKind, answer: Answer, address: str, number: int | None = None) -> Outcome:
    """What became of a step.

    Args:
        number: Of the ticket that was asked for; None where the step makes one.

    Raises:
        KeyRefused, WrongAddress, VersionRefused: no request can succeed; nothing was done.
    """
    if error := stop_reason(answer, address):
        raise error
    if answer.ok:
        seen = _settled(kind, answer.json(), number)
        return Done(seen) if seen else InDoubt(f"unreadable answer (HTTP {answer.status})")
    if answer.status == 429:
        return NotSent("too many requests")
    if answer.troubled:
        return InDoubt(f"HTTP {answer.status}: {words(answer).message}")
    said = words(answer)
    return Refused(answer.status, said.code, said.message)


def _settled(kind: StepKind, data: object, number: int | None) -> TicketSeen | None:
    """What an answer of success shows of the ticket; None where it does not speak of it.

    Whether a reply is answered with the ticket or with a confirmation is not certain (featurebase.md
    section 13), so that either will do.
    """
    seen = read_ticket(data)
    if number is None:
        return seen
    if seen is None and kind in (StepKind.REPLY, StepKind.NOTE) and isinstance(data, dict):
        return TicketSeen(number=number, object_id="")
    return seen if seen and seen.number == number else None


def read_ticket(data: object) -> TicketSeen | None:
    """A ticket as the API shows it; None where not even its number and id are there.

    Lenient on purpose: versions add fields, and a missing one only means that the answer did not say.
    """
    if not isinstance(data, dict):
        return None
    number, object_id = data.get("ticketNumber"), data.get("id")
    if (isinstance(number, float) and number.is_integer()) or (
        isinstance(number, str) and number.isascii() and number.isdecimal() and len(number) < 16
    ):
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        return None
    if not isinstance(object_id, str) or not object_id:
        return None
    author, status = _object(data.get("author")), _object(data.get("status"))
    fields, is_open = data.get("customFields"), data.get("open")
    return TicketSeen(
        number=number,
        object_id=object_id,
        url=_text(data.get("ticketUrl")) or "",
        title=_text(data.get("title")),
        content=_text(data.get("content")),
        category_id=_text(data.get("ticketCategoryId")),
        author_id=_text(author.get("id")),
        author_email=_text(author.get("email")),
        author_name=_text(author.get("name")),
        created_at=_text(data.get("createdAt")),
        updated_at=_text(data.get("updatedAt")),
        status_id=_text(status.get("id")),
        open=is_open if isinstance(is_open, bool) else None,
        assignee_id=_text(data.get("assigneeId")),
        company_id=_text(data.get("companyId")),
        custom_fields=fields if isinstance(fields, dict) else None,
        linked_conversations=_linked(data["linkedConversations"]) if "linkedConversations" in data else None,
        snoozed_until=_text(data.get("snoozedUntil")),
        parts=_parts(data.get("conversationParts")),
    )


def read_contact(data: object) -> ContactSeen | None:
    """A contact as the API shows them; None where not even their id is there."""
    if not isinstance(data, dict) or not isinstance(data.get("id"), str):
        return None
    posts, comments = data.get("postsCreated"), data.get("commentsCreated")
    return ContactSeen(
        id=data["id"],
        email=_text(data.get("email")),
        posts=posts if isinstance(posts, int) else None,
        comments=comments if isinstance(comments, int) else None,
        external_id=_text(data.get("userId")),
    )


def _linked(value: object) -> tuple[str, ...] | None:
    if value is None:
        return ()  # said in so many words that there is none
    if not isinstance(value, list):
        return None
    return tuple(str(each["id"]) for each in value if isinstance(each, dict) and each.get("id"))


def _parts(value: object) -> tuple[PartSeen, ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(_part(each) for each in value if isinstance(each, dict))


def _part(data: dict[str, object]) -> PartSeen:
    author = _object(data.get("author"))
    html = _text(data.get("bodyHtml"))
    return PartSeen(
        kind=PARTS.get(_text(data.get("partType")) or "", PartKind.OTHER),
        created_at=_text(data.get("createdAt")),
        body=_text(data.get("bodyMarkdown")) if html is None else html,
        author_id=_text(author.get("id")),
        author_email=_text(author.get("email")),
    )


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
