"""Keeps compiled templates beside the templates, as Python does with modules: compiling outlasts drawing.

Where nothing can be written nothing is kept, and what cannot be read is compiled again.
"""

from __future__ import annotations

import contextlib
import pickle
import sys
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache


class Compiled(FileSystemBytecodeCache):
    """The `__pycache__` of a folder of templates.

    A text is known by its checksum, and the environment by our name for it: who changes an option of the
    environment gives it another `name`.
    """

    def __init__(self, templates: Path, name: str) -> None:
        pattern = f"%s.{name}.jinja2-{jinja2.__version__}.{sys.implementation.cache_tag}"
        super().__init__(str(templates / "__pycache__"), pattern)

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, pickle.UnpicklingError):  # half of a file, after a power cut
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not sys.dont_write_bytecode:
            with contextlib.suppress(OSError):
                Path(self.directory).mkdir(exist_ok=True)
                super().dump_bytecode(bucket)
