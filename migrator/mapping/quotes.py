"""The history that mail programs quote below an answer, found by the marks that they leave.

Only a tail goes: an answer between quoted lines stays whole, and so does a message that is nothing but a
quote. What stands below the header that Outlook repeats is history in every case. Linear in the text.
"""

from __future__ import annotations

import html
import re

_INTRODUCTION = (
    r"(?:On|Am|Le|El|Il|Op|Em|W dniu|Den)\b{any}{{0,200}}?\d{any}{{0,200}}?"
    r"\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|napisał(?:\(a\)|a)?|pisze|skrev)\b"
    r"{any}{{0,100}}?:"
)
_INTRODUCED = re.compile(_INTRODUCTION.format(any="."))
_INTRODUCED_IN_HTML = re.compile(_INTRODUCTION.format(any="[^<>]"))
_SEPARATOR = re.compile(
    r"[ \t]*-{2,}[ \t]*(?:Original Message|Forwarded message|Ursprüngliche Nachricht|Message d['’]origine"
    r"|Mensaje original|Messaggio originale|Oorspronkelijk bericht|Mensagem original|Wiadomość oryginalna)"
    r"[ \t]*-{2,}[ \t]*",
    re.IGNORECASE,
)
_HEADERS = tuple(
    frozenset(each.split())
    for each in (
        *("from sent to subject", "von gesendet an betreff", "de envoyé à objet", "de enviado para asunto"),
        *("de enviado para assunto", "da inviato a oggetto", "van verzonden aan onderwerp"),
        *("od wysłano do temat", "from date to subject", "von datum an betreff"),
    )
)
_HEADER_LINE = re.compile(r"[ \t]*\*?([^\W\d_]{1,12})\*?[ \t\u00a0]?:\*?(?:[ \t].*)?")
_HEADERS_WANTED = 3
_UNDERLINE = re.compile(r"[ \t]*_{10,}[ \t]*")


def from_text(text: str) -> str:
    """Plain text without the history at its end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    begin = min(_repeated_header(lines), _quoted_tail(lines))
    kept = "\n".join(lines[:begin]).rstrip()
    return kept if begin < len(lines) and kept.strip() else text


def _repeated_header(lines: list[str]) -> int:
    """The line at which a program that does not mark quoted lines begins them; the end where none does."""
    for number, line in enumerate(lines):
        if _SEPARATOR.fullmatch(line):
            return number
        found = _HEADER_LINE.fullmatch(line[:1000])
        if found and _is_header([each[1] for each in map(_named, lines[number : number + 4]) if each]):
            before = number - 1 if number and not lines[number - 1].strip() else number
            return before - 1 if before and _UNDERLINE.fullmatch(lines[before - 1]) else before
    return len(lines)


def _named(line: str) -> re.Match[str] | None:
    return _HEADER_LINE.fullmatch(line[:1000])


def _is_header(names: list[str]) -> bool:
    folded = {name.casefold() for name in names}
    return any(len(folded & each) >= _HEADERS_WANTED for each in _HEADERS)


def _quoted_tail(lines: list[str]) -> int:
    """The line at which marked lines begin that go on to the end, with the sentence that introduces them."""
    begin = end = len(lines)
    for number in range(end - 1, -1, -1):
        if lines[number].lstrip().startswith(">"):
            begin = number
        elif lines[number].strip():
            break
    if begin == end:
        return end
    above = [number for number in range(max(0, begin - 4), begin) if lines[number].strip()]
    for first in reversed(above):
        if _INTRODUCED.fullmatch(" ".join(line.strip() for line in lines[first:begin]).strip()[:1000]):
            return first
    return begin


# --- HTML -------------------------------------------------------------------------------------

_ELEMENT = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:\s[^<>]{0,2000})?)>", re.IGNORECASE)
_QUOTE = re.compile(
    r"""\bclass\s*=\s*["'][^"']*\b(?:gmail_quote|yahoo_quoted|protonmail_quote|freshdesk_quote|zmail_extra)\b"""
    r"""|\btype\s*=\s*["']?cite\b""",
    re.IGNORECASE,
)
_TO_THE_END = re.compile(
    r"""\bid\s*=\s*["']?(?:x_)*(?:divRplyFwdMsg|appendonsend|mail-editor-reference)\b""", re.I
)
_TAG = re.compile(r"<[^<>]*>")
_INTRODUCTION_AT_END = re.compile(
    r"""<div\b[^<>]*\bclass\s*=\s*["'][^"']*\b(?:gmail_attr|moz-cite-prefix)\b[^<>]*>[^<>]*"""
    r"""(?:<[^<>]*>[^<>]*){0,20}\Z""",
    re.IGNORECASE,
)


def from_html(source: str) -> str:
    """HTML without the history at its end; not cleaned."""
    for found in _ELEMENT.finditer(source):
        if found[1] or not found[3]:
            continue
        if _TO_THE_END.search(found[3]):
            begin, behind = found.start(), ""
        elif _QUOTE.search(found[3]):
            begin, behind = found.start(), source[_end_of(source, found) :]
        else:
            continue
        if _words(behind):
            return source
        kept = _without_introduction(source[:begin])
        return kept + behind if _words(kept) else source
    return source


def _end_of(source: str, opening: re.Match[str]) -> int:
    depth = 0
    for found in _ELEMENT.finditer(source, opening.start()):
        if found[2].casefold() == opening[2].casefold() and not found[3].endswith("/"):
            depth += -1 if found[1] else 1
            if not depth:
                return found.end()
    return len(source)


def _without_introduction(before: str) -> str:
    """What stands before a quote, without `On Monday ... wrote:`."""
    tail_begin = max(0, len(before) - 2000)
    tail = before[tail_begin:]
    if found := _INTRODUCTION_AT_END.search(tail):
        return before[: tail_begin + found.start()]
    for found in _INTRODUCED_IN_HTML.finditer(tail):
        if not _words(tail[found.end() :]):
            return before[: tail_begin + found.start()]
    return before


def _words(part: str) -> str:
    return html.unescape(_TAG.sub("", part)).strip()
