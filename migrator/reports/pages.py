"""Turns facts into a page: one file that needs nothing else and asks nobody.

What stands on a page is in `templates/`; which facts it shows is decided by who calls. Everything is
escaped; the one exception is data for a page's script, which `in_script` makes harmless. A browser runs
the page's own script and no other: the page names it by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import migrator
from migrator.reports import words
from migrator.reports.files import private_file
from migrator.reports.meanings import why_left_out
from migrator.reports.rich_text import rich_text

if TYPE_CHECKING:
    from jinja2 import Environment


def write_page(
    path: Path, template: str, *, made_at: datetime | None, script: str = "", **facts: object
) -> Path:
    """Draws `template` with `facts` into the file `path`, a piece at a time.

    Args:
        script: The one script that the page may run, by its name among the templates; "" for none.

    Raises:
        DiskFull, LedgerError: The file cannot be written.
    """
    made = (made_at or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    pieces = (
        _environment()
        .get_template(template)
        .generate(**facts, made=made, version=migrator.__version__, policy=_policy(script))
    )
    with private_file(path) as file:
        file.writelines(pieces)
    return path


def _policy(script: str) -> str:
    """What the page allows itself (Content Security Policy, level 2): its style and its own script."""
    runs = ""
    if script:
        text = _environment().get_template(script).render()
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        runs = f" script-src 'sha256-{digest}';"
    return (
        f"default-src 'none';{runs} style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from migrator.reports.compiled import Compiled

    environment = Environment(
        loader=PackageLoader("migrator.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=Compiled(Path(__file__).parent / "templates", "pages"),
    )
    environment.filters.update(
        number=words.number,
        amount=words.amount,
        bytes=words.bytes_,
        duration=words.duration,
        elapsed=words.elapsed,
        in_script=_in_script,
        rich_text=rich_text,
        stamp=words.stamp,
        why_left_out=why_left_out,
    )
    environment.tests["web"] = _is_web
    return environment


def _in_script(json_text: str) -> str:
    """JSON that cannot end the script element it stands in: `<` and its like occur in strings only."""
    return json_text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _is_web(address: str) -> bool:
    """Whether an address may become a link: `javascript:` and its like stay text."""
    return address.startswith(("https://", "http://"))
