"""The story of `doctor --probe`: one trial ticket, made as a run would make it, read back, deleted.

It answers what no documentation does (featurebase.md section 14). What the answers mean for a migration
is said in `lessons.py`. Whatever happens, the ticket is deleted, by a line of its own: the first one may
have been stopped.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import replace

from migrator.errors import Interrupted, MigratorError
from migrator.featurebase import Client, Field, Unnamed, as_sent, file_names, part_sent
from migrator.model import Done, NotSent, Outcome, PartSeen, Refused, Step, TicketSeen
from migrator.runner.control import Telling
from migrator.runner.learnt import Held, Learnt, LeftBehind, Markup, Probed
from migrator.runner.matching import instant, same_content
from migrator.runner.trial import (
    FILE_NAME,
    PAGE_NAME,
    TITLE,
    SelectAs,
    Trial,
    elements,
    is_chosen,
    open_trial_file,
    step_to_download,
    step_to_select,
    step_to_upload,
    steps_of,
)

PATIENCE_TO_CLEAN_S = 60.0
"""How long the deletion is tried; then a person is told to do it."""


def probe(client: Client, trial: Trial, telling: Telling, *, settle_s: float = 60.0) -> Probed:
    """Makes the trial ticket, learns from it, and deletes it.

    Args:
        settle_s: How long a request whose answer was lost may still take effect.
    """
    story = _Story(client, trial, telling)
    error: MigratorError | None = None
    left: tuple[LeftBehind, ...] = ()
    try:
        story.through()
    except MigratorError as stopped:
        error = stopped
    finally:  # also when we are at fault ourselves: no ticket stays behind unsaid
        telling.progress.done()
        left = story.clean_up(settle_s)
        story.learnt.refused_429 = client.stats.refused_429
        story.learnt.limited = client.limited
    return Probed(story.learnt, trial.email, left, story.unseen, error)


class _Story:
    def __init__(self, client: Client, trial: Trial, telling: Telling) -> None:
        self.learnt = Learnt()
        self.unseen = False
        self._client = client
        self._trial = trial
        self._telling = telling
        self._token = secrets.token_hex(8)
        """In the text of the ticket, so that no other is ever taken for ours."""
        self._floor = 0
        self._asked = False
        """A ticket may have been made that `_made` does not know."""
        self._made: TicketSeen | None = None

    def through(self) -> None:
        self._telling.progress.start("probing", None, "step")
        self._floor = self._client.highest_number()
        create, steps = self._create()
        if self._made is None:
            return
        closing = steps.pop("closed")
        sent = {name: self._send_on(name, step) for name, step in steps.items()}
        seen = self._seen()
        if seen is None:
            return
        self._learn(seen, as_sent(create))
        for name, step in steps.items():
            self._learn_of_message(name, step, sent[name], seen)
        self._learn_select(seen)
        self._learn_changes()
        self._send_on("closed", closing)
        closed = self._seen()
        self.learnt.closed = None if closed is None or closed.open is None else not closed.open

    # --- making it ----------------------------------------------------------------------------

    def _create(self) -> tuple[Step, dict[str, Step]]:
        """Makes the ticket, if need be with the choice by label or without it; gives what was sent, and
        the steps that follow."""
        for select_as in self._trial.ways_to_select:
            create, steps = steps_of(self._trial, self._token, select_as)
            self._asked = True
            outcome = self._send("create", create)
            if isinstance(outcome, Refused):
                self._asked = False
                continue
            found = [outcome.seen] if isinstance(outcome, Done) else self._look_for(self._client)
            if found:
                self._made, self._asked = found[0], False
                self.learnt.created = True
                self._note_selected(select_as)
            break
        return create, steps

    def _note_selected(self, select_as: SelectAs | None) -> None:
        if self._trial.select is not None:
            self.learnt.select_as = select_as or "neither"
        if self.learnt.select_as != "neither":
            self.learnt.refusals.pop("create", None)  # it was about the choice, and is answered by now

    def _send(self, name: str, step: Step, number: int | None = None) -> Outcome:
        try:
            outcome = self._client.send(step, number, open_upload=open_trial_file)
            if isinstance(outcome, NotSent):
                raise Interrupted("stopped", hint="the probe can be repeated at any time")
        except MigratorError:  # in every case nothing was made
            self._asked = False
            raise
        if isinstance(outcome, Refused):
            self.learnt.refusals[name] = outcome.message
        self._telling.progress.advance()
        return outcome

    def _send_on(self, name: str, step: Step) -> Outcome:
        """A step after the first; one from somebody who is no contact yet is sent again, as in a run."""
        assert self._made is not None
        outcome = self._send(name, step, self._made.number)
        if isinstance(outcome, Refused) and outcome.http_status == 404 and step.contact:
            made = self._client.make_contact(step.contact)
            outcome = made if isinstance(made, Refused) else self._send(name, step, self._made.number)
        if isinstance(outcome, Done):
            self.learnt.refusals.pop(name, None)
        return outcome

    def _seen(self) -> TicketSeen | None:
        assert self._made is not None
        return self._client.ticket(self._made.number)

    # --- learning -----------------------------------------------------------------------------

    def _learn(self, seen: TicketSeen, sent: TicketSeen) -> None:
        learnt = self.learnt
        if seen.linked_conversations is not None:
            learnt.linked_conversation = bool(seen.linked_conversations)
        learnt.created_at = _held(sent.created_at, seen.created_at)
        if seen.content is not None:
            learnt.html = _markup(sent, seen)
            learnt.elements_lost = tuple(sorted(elements(sent.content) - elements(seen.content)))
        if seen.parts is not None:
            words = f"content {self._token}"
            learnt.content_is_first_message = any(_says(part, words) for part in seen.parts)
        text = self._trial.text
        if text is not None and seen.custom_fields is not None:
            learnt.text_field = seen.custom_fields.get(text.id) == (sent.custom_fields or {}).get(text.id)

    def _learn_of_message(self, name: str, step: Step, outcome: Outcome, seen: TicketSeen) -> None:
        parts = seen.parts or ()
        part = next((each for each in parts if _says(each, f"{name} {self._token}")), None)
        if part is not None:
            self.learnt.messages[name] = True
            held = _held(part_sent(step).created_at, part.created_at)
            self.learnt.reply_created_at = _worse(self.learnt.reply_created_at, held)
        elif isinstance(outcome, Refused):
            self.learnt.messages[name] = False
        elif isinstance(outcome, Done) and seen.parts is not None:
            self.learnt.messages[name] = False
            self.learnt.refusals[name] = "it was accepted, and is not in the thread"
        else:
            self.learnt.messages[name] = None

    def _learn_select(self, seen: TicketSeen) -> None:
        """Whether the choice was not only accepted but kept; if not, the other way is tried on the ticket."""
        select, way = self._trial.select, self.learnt.select_as
        if select is None or way not in ("id", "label") or seen.custom_fields is None:
            return
        if is_chosen(select, seen.custom_fields.get(select.id)):
            return
        self.learnt.select_as = "neither"
        if way == "id":
            outcome = self._send_on("select", step_to_select(select, "label"))
            again = self._seen() if isinstance(outcome, Done) else None
            if again and is_chosen(select, (again.custom_fields or {}).get(select.id)):
                self.learnt.select_as = "label"

    def _learn_changes(self) -> None:
        """What changes of single fields do: to files, and to the fields that they do not name."""
        trial, learnt = self._trial, self.learnt
        if trial.select and (learnt.select_as == "id" or learnt.select_as == "label"):
            self._change("select again", step_to_select(trial.select, learnt.select_as), trial.select)
        if trial.files:
            seen = self._change("upload", step_to_upload(trial.files), trial.files)
            learnt.upload = _holds(seen, trial.files, FILE_NAME)
            seen = self._change("address", step_to_download(trial.files, trial.file_url), trial.files)
            learnt.address = _holds(seen, trial.files, PAGE_NAME)

    def _change(self, name: str, step: Step, named: Field) -> TicketSeen | None:
        """Changes one field, and looks whether others that had a value have it still."""
        before = self._seen()
        outcome = self._send_on(name, step)
        after = self._seen()
        if isinstance(outcome, Done) and before and after and after.custom_fields is not None:
            others = [field for field, value in (before.custom_fields or {}).items() if value is not None]
            left = {after.custom_fields.get(field) is not None for field in others if field != named.id}
            if left:
                self.learnt.unnamed_fields = Unnamed.WIPED if False in left else Unnamed.KEPT
        return after

    # --- cleaning up --------------------------------------------------------------------------

    def clean_up(self, settle_s: float) -> tuple[LeftBehind, ...]:
        """Deletes whatever was made; what could not be deleted comes back."""
        if self._made is None and not self._asked:
            return ()
        self._telling.progress.start("deleting the trial ticket", None, "step")
        patience_s = min(PATIENCE_TO_CLEAN_S, self._client.connection.patience_s)
        with Client(replace(self._client.connection, patience_s=patience_s)) as cleaner:
            self._telling.control.when_cancelled(cleaner.cancel)
            made = [self._made] if self._made else self._find_lost(cleaner, settle_s)
            left = tuple(found for each in made if (found := _delete(cleaner, each)))
        self._telling.progress.done()
        return left

    def _find_lost(self, cleaner: Client, settle_s: float) -> list[TicketSeen]:
        given_up = threading.Event()
        self._telling.control.when_cancelled(given_up.set)
        self.unseen = True
        try:
            found = self._look_for(cleaner)
            if not found and not given_up.wait(settle_s):
                found = self._look_for(cleaner)
        except MigratorError:
            return []
        self.unseen = not found
        return found

    def _look_for(self, client: Client) -> list[TicketSeen]:
        above = client.tickets_above(self._floor)
        return [each for each in above if each.title == TITLE and self._token in (each.content or "")]


def _delete(cleaner: Client, made: TicketSeen) -> LeftBehind | None:
    try:
        result = cleaner.delete_ticket(made.number, made.object_id)
    except MigratorError as error:
        return LeftBehind(made.number, made.url, error.message)
    if isinstance(result, Refused):
        return LeftBehind(made.number, made.url, result.message)
    return None


def _held(sent: str | None, seen: str | None) -> Held | None:
    wanted, found = instant(sent), instant(seen)
    if wanted is None or found is None:
        return None
    if wanted == found:
        return Held.EXACTLY
    return Held.TO_THE_SECOND if int(wanted) == int(found) else Held.CHANGED


def _worse(one: Held | None, other: Held | None) -> Held | None:
    return max(filter(None, (one, other)), key=list(Held).index, default=None)


def _markup(sent: TicketSeen, seen: TicketSeen) -> Markup:
    if sent.content == seen.content:
        return Markup.KEPT
    if not same_content(sent, seen):
        return Markup.CHANGED
    return Markup.CLEANED if elements(sent.content) - elements(seen.content) else Markup.REWRITTEN


def _holds(seen: TicketSeen | None, field: Field, name: str) -> bool | None:
    if seen is None or seen.custom_fields is None:
        return None
    return name in file_names(seen.custom_fields.get(field.id))


def _says(part: PartSeen, words: str) -> bool:
    return words in (part.body or "")
