"""The mappings and samples that come with the tool.

They lie beside the package in a checkout, and inside it once it is installed.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from migrator.errors import MappingError

_INSTALLED = Path(__file__).resolve().parents[1] / "_shipped"
_CHECKOUT = Path(__file__).resolve().parents[2]


def shipped(folder: str) -> Path:
    """The folder `mappings` or `samples`."""
    return (_INSTALLED if _INSTALLED.is_dir() else _CHECKOUT) / folder


def mapping_names() -> list[str]:
    return sorted(path.stem for path in shipped("mappings").glob("*.yaml"))


def find_mapping(name: str) -> Path:
    """The mapping file that `--mapping NAME` means: a path if there is such a file, else a shipped one.

    Raises:
        MappingError: Neither is there.
    """
    path = Path(name)
    if path.is_file():
        return path
    names = mapping_names()
    if name in names:
        return shipped("mappings") / f"{name}.yaml"
    close = get_close_matches(name, names, n=1)
    raise MappingError(
        "there is no such file, and no shipped mapping of that name",
        hint=f"did you mean {close[0]!r}?" if close else f"shipped mappings: {', '.join(names)}",
        at=name,
    )
