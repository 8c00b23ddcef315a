"""A step without its files, which are named and linked in its text instead.

For a step whose files Featurebase will not have: one dead link must not cost the message that it hangs on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from migrator.featurebase import limits
from migrator.featurebase.attachments import in_words
from migrator.featurebase.encoding import exactly, exactly_read
from migrator.model import FileRef, Refused, Step

MAY_BE_FILES = frozenset({400, 413, 415, 422})
"""How the service refuses a request whose files it will not have (featurebase.md sections 4.2 and 7)."""


@dataclass(frozen=True, slots=True)
class WithoutFiles:
    """What is sent instead."""

    step: Step
    names: tuple[str, ...]
    """Of the files that do not come along."""


def may_be_about_files(refused: Refused) -> bool:
    """Whether a step might be accepted without its files. The words of a refusal are not documented."""
    return refused.http_status in MAY_BE_FILES


def without_files(step: Step, content: str | None = None) -> WithoutFiles | None:
    """The same step with words in the place of its files; None where it has none.

    Args:
        content: Of the ticket, as it is: a change has no text of its own, so its files are named there.
            None: they are not named.
    """
    body: dict[str, Any] = exactly_read(step.body)
    files = list(_taken_out(body))
    files += [
        FileRef(each.name, url="" if each.sha256 else each.path, path=each.path if each.sha256 else "")
        for each in step.uploads
    ]
    if not files:
        return None
    if content is not None and step.kind.is_change:
        body.setdefault("content", content)
    for text in ("content", "body"):
        if text in body:
            body[text] += "".join(words for words in map(in_words, files) if words not in body[text])
    return WithoutFiles(replace(step, body=exactly(body), uploads=()), tuple(file.name for file in files))


def _taken_out(body: dict[str, Any]) -> Iterator[FileRef]:
    """Removes the files by address from a body."""
    for url in body.pop("attachmentUrls", ()):
        yield FileRef(limits.file_name_in(url) or url, url)
    fields = body.get("customFields", {})
    for field, value in [*fields.items()]:
        files = value if isinstance(value, list) else [value]
        if files and all(isinstance(file, dict) and "url" in file for file in files):
            del fields[field]
            for file in files:
                yield FileRef(file.get("name") or limits.file_name_in(file["url"]), file["url"])
    if "customFields" in body and not fields:
        del body["customFields"]
