"""Files in, `Record`s out; no meaning.

A reader recognises an export by its content and yields its rows as exact text, with what is wrong with them
beside it. What the text means is the business of `mapping`.
"""

from migrator.readers.base import ReadOptions, Source, SourceFile
from migrator.readers.decisions import read_decisions
from migrator.readers.delimited import read_table
from migrator.readers.local_files import LocalFile, LocalFiles, open_local
from migrator.readers.opening import READERS, open_source
from migrator.readers.profile import ColumnProfile, Profile, Profiler, Shape
from migrator.readers.spool import SeenKeys, group_records

__all__ = [
    "READERS",
    "ColumnProfile",
    "LocalFile",
    "LocalFiles",
    "Profile",
    "Profiler",
    "ReadOptions",
    "SeenKeys",
    "Shape",
    "Source",
    "SourceFile",
    "group_records",
    "open_local",
    "open_source",
    "read_decisions",
    "read_table",
]
