"""Turns facts into a page: one file that needs nothing else, runs nothing and asks nobody.

What stands on a page is in `templates/`; which facts it shows is decided by who calls. Everything is
escaped unless a template says otherwise, and none does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import migrator
from migrator.reports import words
from migrator.reports.files import private_file

if TYPE_CHECKING:
    from jinja2 import Environment


def write_page(path: Path, template: str, *, made_at: datetime | None, **facts: object) -> Path:
    """Draws `template` with `facts` into the file `path`, a piece at a time.

    Raises:
        DiskFull, LedgerError: The file cannot be written.
    """
    made = (made_at or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    pieces = _environment().get_template(template).generate(**facts, made=made, version=migrator.__version__)
    with private_file(path) as file:
        file.writelines(pieces)
    return path


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("migrator.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=words.number, amount=words.amount, duration=words.duration, elapsed=words.elapsed
    )
    environment.tests["web"] = _is_web
    return environment


def _is_web(address: str) -> bool:
    """Whether an address may become a link: `javascript:` and its like stay text."""
    return address.startswith(("https://", "http://"))
