"""All knowledge of the Featurebase API: names to ids, drafts to bytes, answers to outcomes, and the pace.

What a source or a mapping looks like, what is stored and what is sent next are decided elsewhere.
`httpx` is imported when the first `Client` is made: a dry run from a stored directory never pays for it.
"""

from migrator.featurebase.answers import Deletion, Upserted
from migrator.featurebase.attachments import (
    are_there,
    fault_of,
    file_names,
    files_named_in,
    host_of,
    is_fetched,
    is_named,
)
from migrator.featurebase.client import Client
from migrator.featurebase.clock import Clock, SystemClock
from migrator.featurebase.connection import API_VERSION, PRODUCTION, Connection, Rate
from migrator.featurebase.directory import Directory, Several, Unnamed
from migrator.featurebase.entries import Admin, Category, Company, Field, Option, Stage, Status
from migrator.featurebase.expected import as_left, with_change
from migrator.featurebase.fallback import may_be_about_files, without_files
from migrator.featurebase.limited import Limited, Shape
from migrator.featurebase.limits import FILE_URL_MOST_BYTES, UPLOAD_MOST_BYTES
from migrator.featurebase.multipart import FileChanged, OpenUpload, check_upload
from migrator.featurebase.parties import as_staged, of_company, speaker, spoken_by
from migrator.featurebase.remote import FetchRules, Seen, Unfetched, is_page
from migrator.featurebase.rendering import into_content, thread_in
from migrator.featurebase.retry import Allowance
from migrator.featurebase.stats import KeySeen, Stats
from migrator.featurebase.wire import as_sent, part_sent, resolve

__all__ = [
    "API_VERSION",
    "FILE_URL_MOST_BYTES",
    "PRODUCTION",
    "UPLOAD_MOST_BYTES",
    "Admin",
    "Allowance",
    "Category",
    "Client",
    "Clock",
    "Company",
    "Connection",
    "Deletion",
    "Directory",
    "FetchRules",
    "Field",
    "FileChanged",
    "KeySeen",
    "Limited",
    "OpenUpload",
    "Option",
    "Rate",
    "Seen",
    "Several",
    "Shape",
    "Stage",
    "Stats",
    "Status",
    "SystemClock",
    "Unfetched",
    "Unnamed",
    "Upserted",
    "are_there",
    "as_left",
    "as_sent",
    "as_staged",
    "check_upload",
    "fault_of",
    "file_names",
    "files_named_in",
    "host_of",
    "into_content",
    "is_fetched",
    "is_named",
    "is_page",
    "may_be_about_files",
    "of_company",
    "part_sent",
    "resolve",
    "speaker",
    "spoken_by",
    "thread_in",
    "with_change",
    "without_files",
]
