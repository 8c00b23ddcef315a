"""All knowledge of the Featurebase API: names to ids, drafts to bytes, answers to outcomes, and the pace.

What a source or a mapping looks like, what is stored and what is sent next are decided elsewhere.
`httpx` is imported when the first `Client` is made: a dry run from a stored directory never pays for it.
"""

from migrator.featurebase.answers import Deletion
from migrator.featurebase.client import Client
from migrator.featurebase.clock import Clock, SystemClock
from migrator.featurebase.connection import API_VERSION, PRODUCTION, Connection, Rate
from migrator.featurebase.directory import Directory, Several
from migrator.featurebase.entries import Admin, Category, Company, Field, Option, Stage, Status
from migrator.featurebase.retry import Allowance
from migrator.featurebase.stats import KeySeen, Stats
from migrator.featurebase.wire import as_sent, part_sent, resolve

__all__ = [
    "API_VERSION",
    "PRODUCTION",
    "Admin",
    "Allowance",
    "Category",
    "Client",
    "Clock",
    "Company",
    "Connection",
    "Deletion",
    "Directory",
    "Field",
    "KeySeen",
    "Option",
    "Rate",
    "Several",
    "Stage",
    "Stats",
    "Status",
    "SystemClock",
    "as_sent",
    "part_sent",
    "resolve",
]
