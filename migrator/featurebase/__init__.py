"""All knowledge of the Featurebase API: names to ids, drafts to bytes, answers to outcomes, and the pace.

What a source or a mapping looks like, what is stored and what is sent next are decided elsewhere.
`httpx` is imported when the first `Client` is made: a dry run from a stored directory never pays for it.
"""

from migrator.featurebase.client import Client
from migrator.featurebase.clock import Clock, SystemClock
from migrator.featurebase.connection import API_VERSION, PRODUCTION, Connection, Rate
from migrator.featurebase.directory import Directory
from migrator.featurebase.entries import Admin, Category, Company, Field, Option, Stage, Status
from migrator.featurebase.stats import Stats
from migrator.featurebase.wire import as_sent, part_sent, resolve

__all__ = [
    "API_VERSION",
    "PRODUCTION",
    "Admin",
    "Category",
    "Client",
    "Clock",
    "Company",
    "Connection",
    "Directory",
    "Field",
    "Option",
    "Rate",
    "Stage",
    "Stats",
    "Status",
    "SystemClock",
    "as_sent",
    "part_sent",
    "resolve",
]
