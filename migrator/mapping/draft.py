"""A record's rules, asked in turn: the ticket and its thread.

Nothing stops at the first problem: a row is told everything that is wrong with it at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from migrator.mapping import convert, markup, written
from migrator.mapping.images import Images
from migrator.mapping.plan import Plan, RepliesPlan
from migrator.mapping.rules import Fault, Orders, Row, Rule, is_blank
from migrator.model import CustomersWords, Draft, DraftAuthor, DraftField, DraftReply, Named, Record, Value

_LOST_DIGITS = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+\d{1,3}", re.IGNORECASE)
_SAME_MOMENT = timedelta(minutes=1)
"""How far apart a ticket and its first message may say that they were written."""
_ONLY_A_NUMBER = "requester-unknown"
"""What a reader says of a requester of whom the export has nothing but a number."""
_IF_PUBLIC = (
    "if they were public, say so under `replies`, and those that say they are private stay so: "
    "`private: {from: [private, kind], values: {true: true, false: false, note: false}}`"
)
_STAND_IN = "`people: {without_email: placeholder, placeholder: unknown@customers.invalid}`"


def read_key(plan: Plan, row: Row) -> str:
    """The source's own id, exactly as written; "" after noting why there is none."""
    key = plan.key.text(row.record.values, row)
    if key is None:
        if not row.blames(plan.key):
            hint = "fill in the id, or let a `skip` rule leave such rows out"
            row.note(plan.key, Fault("key-missing", "the row has no id", hint))
        return ""
    if _LOST_DIGITS.fullmatch(key.strip()):
        hint = "export again and do not open the file in a spreadsheet, or format the column as text first"
        row.note(
            plan.key,
            Fault("key-digits-lost", "a spreadsheet has shortened this id; its digits are lost", hint, key),
        )
    return key


def make_draft(plan: Plan, key: str, row: Row, *, notify: bool) -> Draft | None:
    """The drafted ticket; None where the row has problems that block it."""
    values = row.record.values
    ticket = plan.ticket
    category = _required(ticket.category, row, "category-missing", "the ticket has no category", "category")
    title = ticket.title.text(values, row)
    if title is None and not row.blames(ticket.title):
        hint = 'fill it in, or give the mapping a `missing: "(no subject)"` for titles'
        row.note(ticket.title, Fault("title-missing", "the ticket has no title", hint))
    images = Images(plan.files.inline, plan.files.rules.fetched_from)
    content, own_images = images.of(written.as_html(ticket.content, values, row))
    who, stands_in_for = _ticket_author(plan, row)
    contact = plan.people.contact(row)
    created_at = convert.moment(ticket.created_at, values, row)
    status = convert.named(ticket.status, values, row)
    is_open = convert.flag(ticket.open, values, row)
    assignee = convert.named(ticket.assignee, values, row)
    company = convert.named(ticket.company, values, row)
    snoozed_until = convert.moment(ticket.snoozed_until, values, row)
    linked = convert.named(ticket.linked_conversation, values, row)
    old_url = ticket.old_url.text(values, row) if ticket.old_url else None
    fields = _fields(plan, row)
    replies = make_replies(plan.replies, row, images) if plan.replies else ()
    own_files = (*convert.files(ticket.files, values, row), *own_images)
    if replies and repeats_description(replies[0], content, who, created_at):
        taken = {*own_files, *(file for field in fields for file in field.files)}
        own_files += tuple(file for file in replies[0].files if file not in taken)
        replies = replies[1:]
    _warn_of_images(ticket.content or ticket.title, images, row)
    if row.blocked or category is None or title is None:
        return None
    return Draft(
        key=key,
        ref=row.record.ref,
        category=category,
        title=Named(title, ticket.title.origin),
        content=content,
        author=who,
        stands_in_for=stands_in_for,
        contact=contact,
        created_at=created_at,
        status=status,
        open=is_open,
        assignee=assignee,
        company=company,
        snoozed_until=snoozed_until,
        linked_conversation=linked,
        old_url=old_url or "",
        fields=fields,
        replies=replies,
        files=own_files,
        file_rules=plan.files.rules,
        images=tuple(images.hosts),
        fallback_agent=plan.replies.fallback_agent if plan.replies else None,
        in_notes_only=plan.replies.in_notes_only if plan.replies else CustomersWords.NOTE,
        notify=notify,
        warnings=tuple(row.problems),
    )


def _required(rule: Rule, row: Row, code: str, message: str, what: str) -> Named | None:
    named = convert.named(rule, row.record.values, row)
    if named is None and not row.blames(rule):
        row.note(rule, Fault(code, message, f"fill it in, or say what a `missing` {what} becomes"))
    return named


def names_author(plan: Plan, record: Record) -> bool:
    """Whether the rules find anybody whom a ticket could be from, or have somebody who stands in."""
    who = convert.author(plan.ticket.author, record.values, Row(record, Orders()))
    return convert.has_identity(who) or plan.people.placeholder is not None


def _ticket_author(plan: Plan, row: Row) -> tuple[DraftAuthor, str]:
    """Who the ticket is from; with a name where the placeholder stands in for somebody of that name."""
    person = plan.ticket.author
    who = convert.author(person, row.record.values, row)
    if convert.has_identity(who) or any(row.blames(rule) for rule in person.rules()):
        return who, ""
    if plan.people.placeholder is not None:
        hint = "nothing is lost, the text names who wrote; map an email or a userId to do better"
        said = f"nothing identifies the author; {plan.people.placeholder.value} stands in"
        name = who.name.value.strip() if who.name else ""
        row.warn(person.rules()[0], Fault("author-placeholder", said, hint, name))
        return DraftAuthor(email=plan.people.placeholder), name
    said, hint = _of_no_author(who, row)
    where = person.email or person.rules()[0]  # the address is what a person can fill in
    row.note(where, Fault("author-missing", f"the ticket has no author: {said}", hint))
    return who, ""


def _of_no_author(who: DraftAuthor, row: Row) -> tuple[str, str]:
    """What is known of an author whom nothing identifies, and the ways out."""
    ways = "fill in the address; or map an email or a userId"
    name = who.name.value if who.name else ""
    known = f"only the name {name!r} is known" if name else "no address and no id of one is known"
    for problem in row.record.problems:
        if problem.code == _ONLY_A_NUMBER:  # then the reader knows better what is missing
            known, ways = f"the export names them by a number only, {problem.value!r}", problem.hint
    return known, f"{ways}; or name a stand-in: {_STAND_IN}"


def _warn_of_images(rule: Rule, images: Images, row: Row) -> None:
    for host, count in images.endangered.items():
        message = f"{count} images of this ticket stay on {host}, and are lost when that account ends"
        hint = "bring them along as files: `files: {inline: attach}`"
        row.warn(rule, Fault("image-on-old-helpdesk", message, hint, host))


def _fields(plan: Plan, row: Row) -> tuple[DraftField, ...]:
    made = [convert.custom_field(label, rule, row.record.values, row) for label, rule in plan.ticket.fields]
    return tuple(each for each in made if each is not None)


# --- the thread -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Thread:
    """What is counted over all messages of a ticket and told once."""

    unclear_privacy: int = 0
    unclear_value: str = ""
    of_a_reader: bool = False
    """The message is in the canonical shape, whose `kind` is always said."""


def messages(plan: RepliesPlan, row: Row) -> list[dict[str, Value]]:
    """The items that become replies: objects as they are, cells of repeated columns under the column's name.

    A first message that repeats the description (the canonical `kind: description`) is not one.
    """
    found = plan.each.find(row.record.values)
    items = found if isinstance(found, list) else [] if found is None else [found]
    made: list[dict[str, Value]] = [
        item if isinstance(item, dict) else {plan.each.name: item} for item in items if not is_blank(item)
    ]
    return [
        item
        for item in made
        if item.get("kind") != "description" and (plan.when is None or plan.when.holds(item, row))
    ]


def make_replies(plan: RepliesPlan, row: Row, images: Images) -> tuple[DraftReply, ...]:
    """The thread, oldest first; messages without words and files (events) are no replies."""
    told = _Thread()
    made = [_reply(plan, item, row, told, images) for item in messages(plan, row)]
    if told.unclear_privacy:
        hint = (
            _IF_PUBLIC if told.of_a_reader else "map `private` for these messages if some of them were public"
        )
        message = f"{told.unclear_privacy} messages do not say whether they are private, and count as private"
        row.warn(plan.private or plan.body, Fault("privacy-unknown", message, hint, told.unclear_value))
    return _oldest_first([reply for reply in made if reply is not None])


def repeats_description(
    first: DraftReply, content: str, author: DraftAuthor, created_at: Named | None
) -> bool:
    """Whether the first message of a thread is the ticket's own text once more.

    The same words are not enough: somebody who asks again and again may use them each time.
    """
    if first.body != content or markup.is_blank(content):
        return False
    if first.author.email and author.email and first.author.email.value != author.email.value:
        return False
    if first.created_at is None or created_at is None:
        return True
    moments = (datetime.fromisoformat(each.value) for each in (first.created_at, created_at))
    return abs(next(moments) - next(moments)) <= _SAME_MOMENT


def _reply(
    plan: RepliesPlan, item: dict[str, Value], row: Row, told: _Thread, images: Images
) -> DraftReply | None:
    body, pictures = images.of(written.as_html(plan.body, item, row))
    attached = (*convert.files(plan.files, item, row), *pictures)
    if not attached and markup.is_blank(body):
        return None
    private = _is_private(plan.private, item, row, told)
    source_id = item.get("id")
    return DraftReply(
        body=body,
        author=convert.author(plan.author, item, row),
        private=private,
        created_at=convert.moment(plan.created_at, item, row),
        files=attached,
        source_id=source_id if isinstance(source_id, str) else "",
    )


def _is_private(rule: Rule | None, item: dict[str, Value], row: Row, told: _Thread) -> bool:
    """What nobody knows counts as private (promise 7), is told once, and blocks nothing."""
    aside = Row(row.record, row.orders)
    answer = convert.flag(rule, item, aside)
    if answer is None:
        told.unclear_privacy += 1
        told.of_a_reader = "kind" in item
        found = aside.problems[len(row.record.problems) :]
        told.unclear_value = told.unclear_value or (found[-1].value if found else "")
    return answer is not False


def _oldest_first(replies: list[DraftReply]) -> tuple[DraftReply, ...]:
    """By time; one without a time stays behind the one it followed in the source."""
    keyed: list[tuple[str, DraftReply]] = []
    last = ""
    for reply in replies:
        last = reply.created_at.value if reply.created_at else last
        keyed.append((last, reply))
    keyed.sort(key=lambda pair: pair[0])
    return tuple(reply for _, reply in keyed)
