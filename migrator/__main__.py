"""The entry point of `migrator` and of `python -m migrator`."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Runs the command line; a Ctrl-C that comes while it is still loading is no reason for a traceback."""
    try:
        from migrator.cli.main import main as command_line
    except KeyboardInterrupt:
        print("Stopped", file=sys.stderr)
        sys.exit(130)
    command_line()


if __name__ == "__main__":
    main()
