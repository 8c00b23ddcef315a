"""Files in, `Record`s out; no meaning.

A reader recognises an export by its content and yields its rows as exact text, with what is wrong with them
beside it. What the text means is the business of `mapping`.
"""

from migrator.readers.base import ReadOptions, Source, SourceFile
from migrator.readers.delimited import read_table
from migrator.readers.opening import READERS, open_source
from migrator.readers.spool import SeenKeys, group_records

__all__ = [
    "READERS",
    "ReadOptions",
    "SeenKeys",
    "Source",
    "SourceFile",
    "group_records",
    "open_source",
    "read_table",
]
