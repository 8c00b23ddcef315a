"""Text files: in which encoding, and signs that their text was damaged before it came to us.

Order of detection (formats, section 3): what the user says, a byte order mark, UTF-16 without one (NULs at
every other place), strict UTF-8 over the whole file, and Windows-1252 for what is left, which is told.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from migrator.errors import SourceError, UnreadableSource
from migrator.readers.blobs import Openable

CHUNK_BYTES = 1 << 20
HEAD_BYTES = 1 << 16

_LENIENT = "migrator-windows-1252"
_MARKS = (  # UTF-32 before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with BOM"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)

DAMAGED = re.compile(
    "\ufffd|Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“•–—˜™š›œžŸ]|â€[\u0080-\u00bf˜™œž“”¦¢]|Â[\u0080-\u00bf]"
)
"""A character that was lost, or UTF-8 that somebody read as Windows-1252: `Ã¼`, `â€™`, `Â£`."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_RUN = re.compile("[\udc80-\udcff\u0080-\u07ff]{3,}")
"""Bytes beyond ASCII side by side, as words of Cyrillic or Chinese are; some pairs are UTF-8 by chance."""
_OF_ONE_LANGUAGE = tuple(
    frozenset((letters + letters.upper().replace("SS", "")).encode("cp1252"))
    for letters in (
        "äöüßåæøéèàœ",  # German and its neighbours in the north
        "àâäçéèêëîïôöùûüÿœæ",
        "áéíóúàèìòùâêôãõçñüï",  # the south
        "áéíóúýþðæö",
    )
)
"""Letters that stand side by side in western text: `ÄÖÜ`, `créée`."""
_TIMES_AND_DIVIDED = frozenset("×÷".encode("cp1252"))
_NEVER_AMONG_LETTERS = frozenset("±²³µ¶¸¹¼½¾".encode("cp1252"))
_FOREIGN = re.compile(  # the rare bytes come first, which is what makes it quick
    "[\udc81\udc84\udc8a\udc8d\udc8e\udc8f\udc90\udc94\udc9d\udc9f\udca4\udca5\udca7\udcb3\udcb9\udcbe]"
    "(?:(?<=[\udc81\udc8d\udc8f\udc90\udc9d])(?<![\udc80-\udcff].)"
    "|(?<=[a-zA-Z][^\udc8d\udc8f\udc90\udc9d])(?=[a-z]))"
)
"""What is nothing in Windows-1252, unless UTF-8 was cut off there, and letters of Windows-1250, of DOS or of
old Macs inside of a word, where Windows-1252 has `³`, `„` or `Š`. Not `¿`: databases write it for others."""
_DOUBTFUL = frozenset("\udc81\udc8d\udc8f\udc90\udc9d\udca4\udca5\udca7")
"""A single one of these may be the delimiter of somebody's own, or what is left of a quotation mark."""
_FEWEST_BYTES = 16
"""Of different words."""
_FEWEST_SIGNS = 8


def looks_damaged(text: str) -> bool:
    """Whether `DAMAGED` matches."""
    return may_be_damaged(text) and DAMAGED.search(text) is not None


def may_be_damaged(text: str) -> bool:
    """Whether it may match: a few plain searches for single characters, which most texts end at."""
    return "Ã" in text or "\ufffd" in text or "â" in text or "Â" in text


def paired(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates, which UTF-8 cannot hold, as U+FFFD."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of one file become text."""

    codec: str
    label: str
    """For a person: `UTF-8 with BOM`."""
    errors: str = "strict"
    notice: str = ""
    """A sentence for the user, where something was assumed."""

    def open(self, file: Openable, newline: str = "") -> io.TextIOWrapper:
        """The file as text, its line breaks as they are; lines end at `newline`, or at any kind of break."""
        return io.TextIOWrapper(file.open("rb"), self.codec, self.errors, newline=newline)

    def head(self, file: Openable, limit_characters: int) -> str:
        """The beginning of the file, without a byte order mark."""
        with self.open(file) as text:
            return text.read(limit_characters).removeprefix("\ufeff")


def how_far(file: io.TextIOWrapper) -> Callable[[], int]:
    """Tells how many bytes of an open file were read so far; its own `tell` is for seeking, and slow."""
    return cast(io.BufferedReader, file.buffer).tell


def check_name(wanted: str) -> None:
    """Refuse what is no text encoding.

    Raises:
        SourceError: Python knows none of that name.
    """
    try:
        io.TextIOWrapper(io.BytesIO(), wanted).close()
    except (LookupError, ValueError):
        raise SourceError(
            f"there is no text encoding {wanted!r}", hint="use for instance utf-8, utf-16 or windows-1252"
        ) from None


def glance(head: bytes, wanted: str = "") -> str:
    """The first bytes of a file as text, good enough to see what it is; nothing else is decided by it."""
    for mark, codec, _ in _MARKS:
        if head.startswith(mark):
            return head.decode(codec, "replace")
    return head.decode(wanted or _utf_16_without_mark(head) or "utf-8", "replace")


def detect_encoding(file: Openable, wanted: str = "") -> Encoding:
    """The encoding of a whole text file, checked to its last byte.

    Raises:
        SourceError: `wanted` is no text encoding that Python knows.
        UnreadableSource: the file is not what `wanted`, or its own byte order mark, says.
    """
    if wanted:
        check_name(wanted)
        codec = "utf-8-sig" if codecs.lookup(wanted).name == "utf-8" else wanted
        _must_decode(file, codec, wanted)
        return Encoding(codec, wanted)
    with file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for mark, codec, label in _MARKS:
        if head.startswith(mark) and codec != "utf-8-sig":
            _must_decode(file, codec, label)
            return Encoding(codec, label)
    if codec := _utf_16_without_mark(head):
        _must_decode(file, codec, "UTF-16")
        return Encoding(
            codec, "UTF-16 without BOM", notice="read as UTF-16, although no byte order mark says so"
        )
    if _is_text(file, "utf-8"):
        marked = head.startswith(codecs.BOM_UTF8)  # the codec that expects a mark is several times slower
        return Encoding("utf-8-sig", "UTF-8 with BOM") if marked else Encoding("utf-8", "UTF-8")
    return _western(file)


def _western(file: Openable) -> Encoding:
    """Windows-1252, alone or in the midst of UTF-8 (rows that a spreadsheet appended).

    Raises:
        UnreadableSource: it is an encoding of other letters; which one, only the user can say.
    """
    foreign = utf_8 = 0
    signs = _Signs()
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            text = decoder.decode(chunk)
            if not text.isascii():
                escaped = len(_SURROGATE.findall(text))
                foreign += escaped
                utf_8 += sum(c > "\x7f" for c in text) - escaped
                signs.add(text)
    if signs.count >= _FEWEST_SIGNS and 4 * signs.count > foreign + utf_8:
        raise UnreadableSource(
            "the text is neither UTF-8 nor that of a western language, and nothing says how it is written",
            hint="name its encoding: --encoding windows-1250 (Polish, Czech), windows-1251 (Cyrillic), "
            "windows-1253 (Greek), shift_jis, gbk, cp850 (DOS); or windows-1252, if it is western after all",
            at=file.name,
        )
    if utf_8:
        told = f"read as UTF-8, except {foreign} bytes that are not: those are read as Windows-1252"
        return Encoding("utf-8-sig", "UTF-8 mixed with Windows-1252", _LENIENT, told)
    told = "not UTF-8, so it is read as Windows-1252; name another encoding if names look wrong"
    return Encoding("cp1252", "Windows-1252", _LENIENT, told)


@dataclass(slots=True)
class _Signs:
    """What speaks against Windows-1252. To refuse a western export is worse than to ask too seldom."""

    in_words: int = 0
    """Bytes of words of other letters."""
    words: set[bytes] = field(default_factory=set)
    """The first few different ones."""
    alone: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        of_words = self.in_words // 2 if sum(map(len, self.words)) >= _FEWEST_BYTES else 0
        sure = len(self.alone) > 1 or self.alone.keys() - _DOUBTFUL
        return max(of_words, 2 * self.alone.total() if sure else 0)

    def add(self, text: str) -> None:
        self.alone.update(_FOREIGN.findall(text))
        for run in _RUN.findall(text):
            word = run.encode("utf-8", "surrogateescape")
            if 2 * len(_SURROGATE.findall(run)) >= len(word) and not _is_western(word):
                self.in_words += len(word)
                if len(self.words) < _FEWEST_BYTES:
                    self.words.add(word)


def _is_western(word: bytes) -> bool:
    letters = {byte for byte in word if byte >= 0xC0} - _TIMES_AND_DIVIDED
    return _NEVER_AMONG_LETTERS.isdisjoint(word) and any(letters <= alphabet for alphabet in _OF_ONE_LANGUAGE)


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Error handler: the bytes as Windows-1252; its five holes as the web does, as control characters."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    text = "".join(bytes((b,)).decode("cp1252", "ignore") or chr(b) for b in wrong)
    return text, error.end


codecs.register_error(_LENIENT, _windows_1252)


def _utf_16_without_mark(head: bytes) -> str:
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 < len(head):  # fewer than half of the high bytes: not western UTF-16
        return ""
    if min(even, odd) * 20 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_text(file: Openable, codec: str) -> bool:
    return _first_fault(file, codec) is None


def _must_decode(file: Openable, codec: str, label: str) -> None:
    line = _first_fault(file, codec)
    if line is not None:
        raise UnreadableSource(
            f"the file is not {label} throughout",
            hint="name the right encoding, or export the file again: it may have been cut off",
            at=f"{file.name}, line {line}",
        )


def _first_fault(file: Openable, codec: str) -> int | None:
    """The line, from 1, at which the file stops being `codec`; None if it never does."""
    decoder = codecs.getincrementaldecoder(codec)()
    line = 1
    with file.open("rb") as stream:
        while True:
            chunk = stream.read(CHUNK_BYTES)
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as fault:
                return line + fault.object[: fault.start].count(b"\n")
            except UnicodeError:  # such as UTF-16 without the mark that tells the order of its bytes
                return line
            if not chunk:
                return None
