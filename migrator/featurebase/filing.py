"""Where each file of a ticket goes: with the create call, a following change, a message, or into words only.

A reply takes ten files by address; a custom field takes them by address or as uploads (featurebase.md,
sections 5.4 and 7). Whether a change adds to a field or replaces it is not documented (14.12), so a field
gets all its files in one request, all of one way, and what it cannot hold goes elsewhere. Nor is it
documented whether a change wipes the fields that it does not name: where the workspace is known to do so,
all fields get their files in one request, and where nobody knows, the ticket carries a warning. Nothing is
dropped in silence: a file that cannot travel is named in the text, counted, and a problem of its ticket.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migrator.featurebase import limits
from migrator.featurebase.attachments import Way, as_upload, as_uri, fault_of, in_words, way_of
from migrator.featurebase.directory import Directory, Unnamed
from migrator.featurebase.entries import Category, Field
from migrator.featurebase.findings import NOWHERE, Findings
from migrator.model import DraftField, DraftReply, FileRef, FileRules, Origin, Upload

FileValue = dict[str, str] | list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Attached:
    """What becomes of a message's files."""

    urls: tuple[str, ...]
    """To be fetched by Featurebase, each once, in the source's order."""
    text: str
    """HTML that names the others; empty where there are none."""


@dataclass(frozen=True, slots=True)
class Load:
    """The files of one request."""

    values: dict[str, FileValue]
    """By the id of their field, for the JSON body."""
    uploads: tuple[Upload, ...]


@dataclass(slots=True)
class _Room:
    """A custom field for files, and what is in it."""

    field: Field
    files: list[FileRef]
    way: Way | None = None

    @property
    def size_bytes(self) -> int:
        uploaded = self.files if self.way is Way.UPLOAD else ()
        return sum(file.size_bytes or 0 for file in uploaded)

    @property
    def is_full(self) -> bool:
        return len(self.files) >= (limits.FILES_MOST if self.field.allow_multiple else 1)

    def add(self, file: FileRef, way: Way) -> bool:
        """Takes the file if there is room."""
        too_much = self.size_bytes + (file.size_bytes or 0) > limits.UPLOAD_MOST_BYTES
        if self.is_full or self.way not in (None, way) or (too_much and way is Way.UPLOAD):
            return False
        self.way = way
        self.files.append(file)
        return True

    @property
    def value(self) -> FileValue:
        values = [
            {"url": as_uri(file.url)} | ({"name": file.name} if file.name else {}) for file in self.files
        ]
        return values if self.field.allow_multiple else values[0]


class Filing:
    """The files of one ticket, each in its place; fields first, then messages, then `finish`."""

    def __init__(
        self, rules: FileRules, category: Category | None, directory: Directory, findings: Findings
    ) -> None:
        self.loose: list[FileRef] = []
        """Files of the ticket itself that travel by address and have no field."""
        self.text = ""
        """HTML for the ticket's content: the files of the ticket itself that do not travel."""
        self._rules = rules
        self._category = category
        self._directory = directory
        self._findings = findings
        self._in_one_request = directory.unnamed_fields is Unnamed.WIPED
        self._rooms: dict[str, _Room] = {}
        self._refused: dict[str, list[tuple[FileRef, Origin]]] = {}

    def into_field(self, drafted: DraftField, field: Field) -> None:
        """Files that the mapping sends to a field, uploads first: the others could still go with a note."""
        room = self._rooms.setdefault(field.id, _Room(field, []))
        moved = 0
        fit = self._fit(drafted.files, drafted.origin)
        for file, way in sorted(fit, key=lambda each: each[1] is Way.URL):
            if not self._put(file, way, room):
                moved += 1
                self._elsewhere(file, way, drafted.origin)
        if moved:
            held = len(room.files)
            code = "files-too-many" if field.allow_multiple else "files-single"
            message = f"the field {field.label!r} takes {held} of {held + moved} files; others go elsewhere"
            hint = "nothing is lost: they are uploaded to another field, travel with a note, or are linked"
            self._findings.warn(code, message, hint, drafted.origin)

    def without_field(self, files: Sequence[FileRef], origin: Origin) -> None:
        """Files of the ticket itself for which the workspace, or the mapping, has no field."""
        for file, way in self._fit(files, origin):
            self._elsewhere(file, way, origin)

    def with_message(self, message: DraftReply) -> Attached:
        """The files of a message: with it where they have an address, else in a field of the ticket."""
        urls: dict[str, None] = {}
        words: list[str] = []
        for file in message.files:
            code, way = fault_of(file, self._rules), way_of(file, self._rules)
            if not code and way is Way.URL:
                urls[as_uri(file.url)] = None
                continue
            room = None if code else self._room_for(file, way, private=message.private)
            if room is None:
                self._refuse(file, code or self._why_no_room(private=message.private), NOWHERE)
            words.append(in_words(file, room.field.label if room else ""))
        return Attached(tuple(urls), "".join(words))

    def only_linked(self, files: Sequence[FileRef]) -> None:
        """Files of the ticket itself that could travel, had they a field or a note to travel with."""
        for file in files:
            self._in_content(file, "file-only-linked", self._rules.origin)

    def finish(self) -> Iterator[Load]:
        """The files of the create call, then those of each following change. Tells what does not travel."""
        for code, files in self._refused.items():
            self._tell(code, files)
        batch: list[_Room] = []
        for room in (each for each in self._rooms.values() if each.files):
            if batch and not _fit_together([*batch, room]):
                yield _load(batch)
                self._tell_of_change(room)
                batch = []
            batch.append(room)
        yield _load(batch)

    # --- inside ---------------------------------------------------------------------------------

    def _fit(self, files: Sequence[FileRef], origin: Origin) -> Iterator[tuple[FileRef, Way]]:
        """Those files of the ticket itself that can travel."""
        for file in files:
            if code := fault_of(file, self._rules):
                self._in_content(file, code, origin)
            else:
                yield file, way_of(file, self._rules)

    def _elsewhere(self, file: FileRef, way: Way, origin: Origin) -> None:
        if self._room_for(file, way, private=False) is not None:
            return
        if way is Way.URL:
            self.loose.append(file)
        else:
            self._in_content(file, self._why_no_room(private=False), origin)

    def _in_content(self, file: FileRef, code: str, origin: Origin) -> None:
        self._refuse(file, code, origin)
        self.text += in_words(file)

    def _room_for(self, file: FileRef, way: Way, *, private: bool) -> _Room | None:
        """The first declared field that takes the file; a private message's file is never put where customers
        may see it."""
        for named in self._rules.fields:
            field = self._declared(named.value)
            if field is None or (private and field.public):
                continue
            room = self._rooms.setdefault(field.id, _Room(field, []))
            if self._put(file, way, room):
                return room
        return None

    def _put(self, file: FileRef, way: Way, room: _Room) -> bool:
        """Puts a file into a field, if there is room in it and in the requests that may be sent."""
        others = [each for each in self._rooms.values() if each is not room]
        if self._in_one_request and not _fit_together([*others, room], file, way):
            return False
        return room.add(file, way)

    def _declared(self, label: str) -> Field | None:
        if "fields" not in self._directory.loaded:
            return unchecked_field(label)
        found = self._directory.index("fields").find(label)
        if not isinstance(found, Field) or found.type != "file":
            return None
        attached = self._category.fields if self._category else None
        return found if attached is None or found.id in attached else None

    def _why_no_room(self, *, private: bool) -> str:
        fields = [field for named in self._rules.fields if (field := self._declared(named.value))]
        if not fields:
            return "file-without-field"
        if private and all(each.public for each in fields):
            return "file-of-private-message"
        another_helps = self._in_one_request and any(not room.is_full for room in self._rooms.values())
        return "file-without-request" if another_helps else "file-without-room"

    def _tell_of_change(self, room: _Room) -> None:
        if self._directory.unnamed_fields is Unnamed.UNKNOWN:
            message, hint = WORDS["files-in-a-change"]
            self._findings.warn("files-in-a-change", message, hint, self._rules.origin, room.field.label)

    def _refuse(self, file: FileRef, code: str, origin: Origin) -> None:
        self._refused.setdefault(code, []).append((file, origin))
        self._findings.leave_out("files")

    def _tell(self, code: str, files: list[tuple[FileRef, Origin]]) -> None:
        """One problem for all files of a ticket with the same fault."""
        (file, origin), *more = files
        message, hint = WORDS[code]
        if more:
            message = f"{message} ({len(files)} files of this ticket)"
        at = origin if origin.at else self._rules.origin
        tell = self._findings.error if self._rules.hold else self._findings.warn
        tell(code, message, hint, at, file.name or file.url or file.path)


def unchecked_field(label: str, field_id: str = "") -> Field:
    """What stands in for a field of a workspace that nobody has looked at."""
    return Field(field_id or f"unchecked:{label}", label, "file", allow_multiple=True, public=False)


def _fit_together(rooms: Sequence[_Room], more: FileRef | None = None, way: Way = Way.URL) -> bool:
    """Whether one request can carry the files of several fields, and one more."""
    count = sum(len(room.files) for room in rooms) + (more is not None)
    size_bytes = sum(room.size_bytes for room in rooms)
    if more is not None and way is Way.UPLOAD:
        size_bytes += more.size_bytes or 0
    return count <= limits.FILES_MOST and size_bytes <= limits.UPLOAD_MOST_BYTES


def _load(rooms: Sequence[_Room]) -> Load:
    return Load(
        {room.field.id: room.value for room in rooms if room.way is Way.URL},
        tuple(
            as_upload(file, room.field.id) for room in rooms if room.way is Way.UPLOAD for file in room.files
        ),
    )


_MB = 1_000_000
_ELSE = "it is named in the text; bring it over by hand if it matters"
WORDS = {
    "file-blocked": ("Featurebase refuses programs and scripts", "pack the file, or leave it out"),
    "file-insecure": (
        "Featurebase downloads files over https only",
        "it is linked in the text; correct the address, or let the mapping fetch it: `files: fetch`",
    ),
    "file-missing": ("the export names a file that is not in it", "put the file into the export's folder"),
    "file-only-linked": (
        "a file of the ticket itself has no field, and no note to travel with: it is only linked",
        "map it to a field for files, or name an admin for the note: `replies: fallback_agent`",
    ),
    "file-outside-export": (
        "the export names a file outside of itself, which is never read",
        "copy the file into the export's folder and correct its path",
    ),
    "file-of-private-message": (
        "a file of a private message can only be uploaded to a field that customers may see, so it is not",
        "make a field for files in Featurebase that is not public, and name it: `files: field`",
    ),
    "file-too-large": (
        f"a file is too large: Featurebase downloads up to {limits.FILE_URL_MOST_BYTES // _MB} MB "
        f"and takes uploads of up to {limits.UPLOAD_MOST_BYTES // _MB} MB",
        "large files by address can be uploaded instead: `files: fetch`; the others: make them smaller",
    ),
    "file-unreadable": ("a file of the export cannot be read", _ELSE),
    "file-without-address": ("a file has no web address and is not in the export", _ELSE),
    "file-without-field": (
        "a file must be uploaded, and the workspace has no field that takes it",
        "make a custom field of the type file that takes several, attach it to the category, and name it: "
        "`files: field`",
    ),
    "file-without-request": (
        f"a ticket has more files for its fields than one request takes ({limits.FILES_MOST} files, "
        f"{limits.UPLOAD_MOST_BYTES // _MB} MB), and in this workspace a second one wipes the first ones",
        _ELSE,
    ),
    "files-in-a-change": (
        "the files of a ticket's fields need more than one request; whether a later one keeps the files of "
        "other fields is not documented",
        "let `migrator doctor --probe` find out, in the folder in which you migrate; `verify` shows it too",
    ),
    "file-without-room": (
        f"a ticket has more files than its fields take, which is {limits.FILES_MOST} each",
        "name more fields for files: `files: {field: [Files, More files]}`",
    ),
}
"""What each fault of a file means, and the way out."""
