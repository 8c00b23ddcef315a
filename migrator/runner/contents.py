"""What the tickets of an export carry: people, files, pictures, and tickets that look like another.

Counted ticket by ticket, in memory that does not grow with their number: what must be told apart for
ever lies on disk.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from migrator.model import Draft, DraftAuthor, FileRef, SourceRef, shown
from migrator.readers import SeenKeys

EXAMPLES = 20
MOST_NAMES = 1_000
"""Hosts and kinds that are counted one by one; more are counted as OTHERS."""
OTHERS = "(others)"
INSIDE = "(inside the export)"
EMBEDDED = "(embedded in the text)"
UNKNOWN = "(not told)"

_SIZES = ((1_000_000, "up to 1 MB"), (10_000_000, "1 to 10 MB"), (50_000_000, "10 to 50 MB"))
_LARGER = "more than 50 MB"
_RECENT = 50_000
"""People remembered in memory, so that the disk is asked only about those who write seldom."""

_EXTENSION = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")


@dataclass(frozen=True, slots=True)
class FilesSeen:
    """Attachments of the tickets that are ready."""

    count: int = 0
    size_bytes: int = 0
    """Of those whose size the source tells."""
    by_host: dict[str, int] = field(default_factory=dict)
    by_kind: dict[str, int] = field(default_factory=dict)
    """By the ending of the name, else by the type that the source tells."""
    by_size: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImagesSeen:
    """Pictures inside the texts of the tickets that are ready."""

    count: int = 0
    by_host: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nameless:
    """A ticket from somebody without an address."""

    key: str
    ref: SourceRef
    known_as: str
    """Name, else the id that identifies them."""


@dataclass(frozen=True, slots=True)
class Twin:
    """A ticket that has author, title and moment of an earlier one, under an id of its own."""

    key: str
    ref: SourceRef
    earlier_row: int


@dataclass(frozen=True, slots=True)
class Contents:
    """All of it."""

    contacts: int = 0
    """Different customers who wrote a ticket or a message."""
    without_email: int = 0
    """Tickets whose author has no address."""
    nameless: tuple[Nameless, ...] = ()
    """The first `EXAMPLES` of those."""
    twins: int = 0
    twin_examples: tuple[Twin, ...] = ()
    files: FilesSeen = FilesSeen()
    images: ImagesSeen = ImagesSeen()


@dataclass(slots=True)
class Noted:
    """What must be told apart over the whole export, of some of its tickets."""

    people: dict[str, None] = field(default_factory=dict)
    """Who wrote, each once, in their order."""
    looks: list[tuple[str, str, SourceRef]] = field(default_factory=list)
    """What a ticket looks like, as a digest, with its key and its place."""


@dataclass(frozen=True, slots=True)
class ContentsCounted:
    """What one process has noted and counted of some tickets, for `add_counted`."""

    noted: Noted
    without_email: int
    nameless: list[Nameless]
    sums: tuple[int, int, int]
    """Files, their bytes, images."""
    names: tuple[Counter[str], ...]
    """Hosts, kinds and sizes of files, hosts of images."""


class ContentsTally:
    """Counts drafts into `Contents`; use it with `with`."""

    def __init__(self) -> None:
        with ExitStack() as opened:
            self._people = opened.enter_context(SeenKeys())
            self._looks = opened.enter_context(SeenKeys())
            self._opened = opened.pop_all()
        self._recent: set[str] = set()
        self._noted = Noted()
        self._contacts = self._without_email = self._twins = 0
        self._nameless: list[Nameless] = []
        self._twin_examples: list[Twin] = []
        self._files = self._bytes = self._images = 0
        self._file_hosts: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._sizes: Counter[str] = Counter()
        self._image_hosts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.close()

    def add(self, draft: Draft) -> None:
        """Takes in one ticket that is ready.

        Raises:
            DiskFull: There is no room for temporary files.
        """
        self.note(draft)
        self.ask()

    def note(self, draft: Draft) -> None:
        """Takes in one ticket, but for what only somebody can tell who has seen them all."""
        self._add_people(draft)
        self._add_look(draft)
        for file in _files(draft):
            self._add_file(file)
        self._images += len(draft.images)
        for host in draft.images:
            _count(self._image_hosts, EMBEDDED if host == "data:" else shown(host) or UNKNOWN)

    def counted(self) -> ContentsCounted:
        """What was noted so far, to be added to by another process."""
        return ContentsCounted(
            self._noted,
            self._without_email,
            self._nameless,
            (self._files, self._bytes, self._images),
            (self._file_hosts, self._kinds, self._sizes, self._image_hosts),
        )

    def add_counted(self, counted: ContentsCounted) -> None:
        """Takes in what was noted of the tickets that follow.

        Raises:
            DiskFull: There is no room for temporary files.
        """
        self._noted = counted.noted
        self.ask()
        self._without_email += counted.without_email
        self._nameless += counted.nameless[: EXAMPLES - len(self._nameless)]
        files, size_bytes, images = counted.sums
        self._files += files
        self._bytes += size_bytes
        self._images += images
        own = (self._file_hosts, self._kinds, self._sizes, self._image_hosts)
        for counter, theirs in zip(own, counted.names, strict=True):
            for name, count in theirs.items():
                _count(counter, name, count)

    def finish(self) -> Contents:
        return Contents(
            contacts=self._contacts,
            without_email=self._without_email,
            nameless=tuple(self._nameless),
            twins=self._twins,
            twin_examples=tuple(self._twin_examples),
            files=FilesSeen(
                self._files,
                self._bytes,
                dict(self._file_hosts.most_common()),
                dict(self._kinds.most_common()),
                {name: self._sizes[name] for name in _SIZE_NAMES if self._sizes[name]},
            ),
            images=ImagesSeen(self._images, dict(self._image_hosts.most_common())),
        )

    def _add_people(self, draft: Draft) -> None:
        if draft.author.email is None:
            self._without_email += 1
            if len(self._nameless) < EXAMPLES:
                self._nameless.append(Nameless(draft.key, draft.ref, _known_as(draft.author)))
        for author in (draft.author, *(reply.author for reply in draft.replies)):
            if not author.is_agent and (who := _identity(author)):
                self._noted.people[who] = None

    def _add_look(self, draft: Draft) -> None:
        if draft.created_at is None:
            return
        look = f"{_identity(draft.author)}\0{draft.title.value}\0{draft.created_at.value}"
        digest = hashlib.blake2b(look.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        self._noted.looks.append((digest, draft.key, draft.ref))

    def ask(self) -> None:
        """Finds out what of all that was noted has been seen before; the answers depend on the order.

        Raises:
            DiskFull: There is no room for temporary files.
        """
        strangers = [(who, 0) for who in self._noted.people if who not in self._recent]
        self._contacts += self._people.first_rows(strangers).count(None)
        if len(self._recent) + len(strangers) > _RECENT:
            self._recent.clear()
        self._recent.update(who for who, _ in strangers)
        looks = [(digest, ref.row) for digest, _, ref in self._noted.looks]
        for (_, key, ref), earlier in zip(self._noted.looks, self._looks.first_rows(looks), strict=True):
            if earlier is not None:
                self._twins += 1
                if len(self._twin_examples) < EXAMPLES:
                    self._twin_examples.append(Twin(key, ref, earlier))
        self._noted = Noted()

    def _add_file(self, file: FileRef) -> None:
        self._files += 1
        self._bytes += file.size_bytes or 0
        _count(self._file_hosts, INSIDE if file.path else _host(file.url))
        ending = _EXTENSION.search(file.name)
        _count(self._kinds, ending[1].lower() if ending else shown(file.content_type) or UNKNOWN)
        self._sizes[_size_name(file.size_bytes)] += 1


_SIZE_NAMES = (*(name for _, name in _SIZES), _LARGER, UNKNOWN)


def _size_name(size_bytes: int | None) -> str:
    if size_bytes is None:
        return UNKNOWN
    return next((name for most, name in _SIZES if size_bytes <= most), _LARGER)


def _files(draft: Draft) -> Iterator[FileRef]:
    yield from draft.files
    for each in draft.fields:
        yield from each.files
    for reply in draft.replies:
        yield from reply.files


def _host(address: str) -> str:
    try:
        return shown(urlsplit(address).hostname or UNKNOWN)
    except ValueError:  # an address that only looks like one
        return UNKNOWN


def _identity(author: DraftAuthor) -> str:
    for kind, named in (("mail", author.email), ("user", author.user_id), ("id", author.id)):
        if named is not None:
            return f"{kind}:{named.value.casefold()}"
    return ""


def _known_as(author: DraftAuthor) -> str:
    named = author.name or author.user_id or author.id
    return shown(named.value) if named else ""


def _count(counter: Counter[str], name: str, count: int = 1) -> None:
    counter[name if name in counter or len(counter) < MOST_NAMES else OTHERS] += count
