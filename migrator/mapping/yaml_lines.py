"""Writing a mapping file line by line: values quoted as YAML needs it, comments beside and above them.

Quoting is ruamel's; where a line and a comment stand is decided by whoever writes the file.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from migrator.model import shown

Plain = str | bool | Sequence[str] | Mapping[str, "Plain"]
"""What a rule says, before it is written."""

_BESIDE = 45
"""Column at which comments beside a line begin."""
_WIDTH = 108
_HARMLESS = re.compile(r"[^\W\d_](?:[\w .()/@+-]*[\w.)])?")
"""Text that means nothing but itself wherever it stands; ruamel knows words such as `true`."""


def flow(value: Plain) -> str:
    """A value on one line: `{from: Subject, missing: (no subject)}`; text is quoted where YAML needs it."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.default_flow_style = True
    yaml.width = 1 << 30
    out = io.StringIO()
    yaml.dump({"_": _quoted(value)}, out)  # inside of braces, where nothing needs a line of its own
    return out.getvalue().strip().removeprefix("{_: ").removesuffix("}")


def _quoted(value: Plain) -> Any:
    """The value with quotes around whatever could mean something else outside of the braces."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

    match value:
        case str() if _HARMLESS.fullmatch(value):
            return value
        case str():
            simple = value.isprintable() and "'" not in value
            return SingleQuotedScalarString(value) if simple else DoubleQuotedScalarString(value)
        case bool():
            return value
        case Mapping():
            return {_quoted(key): _quoted(each) for key, each in value.items()}
        case _:
            return [_quoted(each) for each in value]


class Lines:
    """The lines of a file in the making."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"

    def gap(self) -> None:
        self._lines.append("")

    def say(self, comment: str, *, indent: int = 0) -> None:
        """A comment, in as many lines as it needs."""
        line = ""
        for word in shown(comment, 2_000).split():
            if line and indent + 2 + len(line) + 1 + len(word) > _WIDTH:
                self._lines.append(f"{' ' * indent}# {line}")
                line = word
            else:
                line = f"{line} {word}" if line else word
        self._lines.append(f"{' ' * indent}# {line}".rstrip())

    def remark(self, line: str) -> None:
        """A comment that stays one line as it is, such as a command."""
        self._lines.append(f"# {shown(line, 2_000)}".rstrip())

    def put(
        self, key: str, value: Plain | None, beside: str = "", *, indent: int = 0, off: bool = False
    ) -> None:
        """`key: value`, or only `key:` above indented lines; with a comment beside it.

        Args:
            off: The line itself is a comment, to be switched on by a person.
        """
        switch = "# " if off else ""
        line = f"{' ' * indent}{switch}{flow(key)}:"
        if value is not None:
            line = f"{line} {flow(value)}"
        self._lines.append(f"{line.ljust(_BESIDE)} # {shown(beside, 200)}" if beside else line)
