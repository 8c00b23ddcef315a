"""The trial ticket of `doctor --probe`: what is in it, and its requests, which are made as a run's are.

Sending it and learning from it is `probe.py`'s business.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from dataclasses import dataclass, replace
from typing import Literal

from migrator.featurebase import Admin, Category, Directory, Field, Option, resolve
from migrator.featurebase.attachments import FIELD_PART
from migrator.featurebase.voices import NOTES_ONLY
from migrator.model import (
    Draft,
    DraftAuthor,
    DraftField,
    DraftReply,
    Named,
    Origin,
    Rejected,
    SourceRef,
    Step,
    StepKind,
    Upload,
)

FILE_NAME = "migrator-probe.txt"
PAGE_NAME = "migrator-probe.html"
FILE = b"Made by migrator to see how this workspace takes files.\n"
TITLE = "migrator probe, will be deleted"
HERE = Origin("migrator doctor --probe")
HOUR = "2021-03-04T05:{minute:02}:07.089Z"
"""Long ago, and with milliseconds, so that it can be seen whether both are kept."""
SelectAs = Literal["id", "label"]

_CONTENT = (
    "<p>Made by <b>migrator</b> to see how this workspace takes tickets (content {token}). It is deleted "
    "at once.</p><ul><li>a list</li></ul><table><tbody><tr><td>a table</td></tr></tbody></table>"
    '<blockquote>a quotation</blockquote><p><a href="https://example.com/">a link</a>, <code>code</code>, '
    '10<sup>2</sup>, <span style="color: #b00">colour</span></p>'
)
_ELEMENT = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)")


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried, in a workspace as it is."""

    directory: Directory
    category: Category
    email: str
    """Of the ticket's author, whom Featurebase will make a contact."""
    admin: Admin | None
    text: Field | None
    select: Field | None
    files: Field | None
    file_url: str
    """From where Featurebase is to download a file."""

    @property
    def ways_to_select(self) -> tuple[SelectAs | None, ...]:
        """How a choice may be sent, the likelier way first; None leaves it out."""
        return ("id", "label", None) if self.select else (None,)


def make_trial(directory: Directory, category: Category, email: str, file_url: str) -> Trial:
    """What can be tried with this category.

    Raises:
        ValueError: The ticket could not be sent, with a sentence that says why.
    """
    fields = [each for each in directory.fields if category.fields is None or each.id in category.fields]
    trial = Trial(
        directory=directory,
        category=category,
        email=email,
        admin=next(iter(directory.admins), None),
        text=next((each for each in fields if each.type == "text"), None),
        select=next((each for each in fields if each.type == "select" and each.options), None),
        files=next((each for each in fields if each.type == "file"), None),
        file_url=file_url,
    )
    result = resolve(_draft(trial, "", with_select=True), directory)
    if isinstance(result, Rejected):
        raise ValueError(result.problems[0].message)
    return trial


def customer_category(directory: Directory) -> Category | None:
    """The first category for customers, or of a kind that the API does not tell; else any."""
    for kinds in ({"customer"}, {""}):
        for category in directory.categories:
            if category.kind in kinds:
                return category
    return next(iter(directory.categories), None)


def steps_of(trial: Trial, token: str, select_as: SelectAs | None) -> tuple[Step, dict[str, Step]]:
    """The request that makes the ticket, and those that follow, by what they teach."""
    draft = _draft(trial, token, with_select=select_as is not None)
    result = resolve(draft, replace(trial.directory, select_as=select_as or "id"))
    assert not isinstance(result, Rejected), "`make_trial` has seen that it can be sent"
    create, *others = result.steps
    names = [*(reply.source_id for reply in draft.replies), "closed"]
    return create, dict(zip(names, others, strict=True))


def step_to_select(select: Field, select_as: SelectAs) -> Step:
    """The request that makes the choice anew, and says nothing of other fields."""
    choice = _choice(select)
    return _change({"customFields": {select.id: choice.id if select_as == "id" else choice.label}})


def step_to_upload(files: Field) -> Step:
    """The request that uploads a file to a field, and says nothing of other fields."""
    digest = hashlib.sha256(FILE).hexdigest()
    upload = Upload(f"{FIELD_PART}{files.id}", FILE_NAME, "", len(FILE), digest, "text/plain")
    return _change({}, upload)


def step_to_download(files: Field, url: str) -> Step:
    """The request that has Featurebase download a file into a field."""
    file = {"url": url, "name": PAGE_NAME}
    return _change({"customFields": {files.id: [file] if files.allow_multiple else file}})


def open_trial_file(_upload: Upload) -> io.BytesIO:
    """The file that `step_to_upload` brings."""
    return io.BytesIO(FILE)


def _change(body: dict[str, object], *uploads: Upload) -> Step:
    said = json.dumps({**body, "skipNotifications": True}).encode()
    return Step(StepKind.UPDATE, "PATCH", "/v2/tickets/{number}", said, uploads=uploads)


def is_chosen(select: Field, seen: object) -> bool:
    """Whether a field shows the choice that was sent, in whichever way it is written."""
    choice = _choice(select)
    return seen in (choice.id, choice.label) or (isinstance(seen, dict) and seen.get("id") == choice.id)


def elements(html: str | None) -> frozenset[str]:
    """The kinds of elements in a text: `p`, `table`."""
    return frozenset(name.lower() for name in _ELEMENT.findall(html or ""))


def _choice(select: Field) -> Option:
    return select.options[0]


def _draft(trial: Trial, token: str, *, with_select: bool) -> Draft:
    fields = [DraftField(trial.text.id, (f"probe {token}",), HERE)] if trial.text else []
    if trial.select and with_select:
        fields.append(DraftField(trial.select.id, (_choice(trial.select).id,), HERE))
    return Draft(
        key="probe",
        ref=SourceRef("probe", 1),
        category=Named(trial.category.id, HERE),
        title=Named(TITLE, HERE),
        content=_CONTENT.format(token=token),
        author=_customer(trial),
        created_at=Named(HOUR.format(minute=0), HERE),
        open=False,
        fields=tuple(fields),
        replies=_replies(trial, token),
    )


def _replies(trial: Trial, token: str) -> tuple[DraftReply, ...]:
    """A message of each kind that the category can carry, the minutes in order."""
    replies: list[DraftReply] = []

    def add(name: str, author: DraftAuthor, *, private: bool) -> None:
        body = f"<p>A trial message of migrator ({name} {token}).</p>"
        moment = Named(HOUR.format(minute=len(replies) + 1), HERE)
        replies.append(DraftReply(body, author, private, moment, source_id=name))

    if trial.admin is not None:
        agent = DraftAuthor(id=Named(trial.admin.id, HERE), is_agent=True)
        if trial.category.kind not in NOTES_ONLY:
            add("agent_reply", agent, private=False)
        add("private_note", agent, private=True)
    if trial.category.kind not in NOTES_ONLY:
        add("contact_reply", _customer(trial), private=False)
    return tuple(replies)


def _customer(trial: Trial) -> DraftAuthor:
    name = Named("migrator probe", HERE)
    return DraftAuthor(email=Named(trial.email, HERE), name=name, is_agent=False)
