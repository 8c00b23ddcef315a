"""Readers for the exports of one helpdesk each, where a ticket is more than one row or object.

A new helpdesk is one module with a subclass of `Joined` (nested files, or several lists that belong together)
or of `Reshaped` (one table), and one line here. The first one that recognises an export reads it, so the more
particular stand first.
"""

from migrator.readers.helpdesks.canny import Canny
from migrator.readers.helpdesks.crisp import Crisp
from migrator.readers.helpdesks.freshdesk import Freshdesk, FreshdeskTable
from migrator.readers.helpdesks.freshservice import Freshservice
from migrator.readers.helpdesks.front import Front
from migrator.readers.helpdesks.front_table import FrontTable
from migrator.readers.helpdesks.github import GitHub
from migrator.readers.helpdesks.glpi import Glpi
from migrator.readers.helpdesks.glpi_api import GlpiApi
from migrator.readers.helpdesks.gorgias import Gorgias
from migrator.readers.helpdesks.groove import Groove
from migrator.readers.helpdesks.helpscout import HelpScout
from migrator.readers.helpdesks.hubspot import HubSpot
from migrator.readers.helpdesks.hubspot_tables import HubSpotTables
from migrator.readers.helpdesks.intercom import Intercom
from migrator.readers.helpdesks.intercom_tables import IntercomMessages, IntercomReport
from migrator.readers.helpdesks.jira import Jira
from migrator.readers.helpdesks.jira_csv import JiraTable, JiraTables
from migrator.readers.helpdesks.joined import Joined
from migrator.readers.helpdesks.kayako import Kayako
from migrator.readers.helpdesks.kayako_classic import KayakoClassic
from migrator.readers.helpdesks.liveagent import LiveAgent
from migrator.readers.helpdesks.osticket import OsTicket, OsTicketList
from migrator.readers.helpdesks.request_tracker import RequestTracker
from migrator.readers.helpdesks.request_tracker_api import RequestTrackerApi
from migrator.readers.helpdesks.reshaped import Reshaped
from migrator.readers.helpdesks.servicenow import ServiceNow
from migrator.readers.helpdesks.servicenow_table import ServiceNowTable
from migrator.readers.helpdesks.spiceworks import Spiceworks
from migrator.readers.helpdesks.topdesk import Topdesk, TopdeskTable
from migrator.readers.helpdesks.wix_answers import WixAnswers
from migrator.readers.helpdesks.zammad import Zammad
from migrator.readers.helpdesks.zendesk import Zendesk
from migrator.readers.helpdesks.zendesk_warehouse import ZendeskWarehouse
from migrator.readers.helpdesks.zoho_desk import ZohoDesk

TREES: tuple[type[Joined], ...] = (
    Zendesk,
    ZendeskWarehouse,
    Intercom,
    Freshservice,
    Freshdesk,
    Jira,
    JiraTables,
    GitHub,
    OsTicketList,
    HelpScout,
    HubSpot,
    HubSpotTables,
    Gorgias,
    Front,
    Crisp,
    Canny,
    Groove,
    ServiceNow,
    ZohoDesk,
    Zammad,
    Spiceworks,
    Topdesk,
    GlpiApi,
    RequestTrackerApi,
    Kayako,
    KayakoClassic,
    LiveAgent,
    WixAnswers,
)
TABLES: tuple[type[Reshaped], ...] = (
    IntercomReport,
    IntercomMessages,
    FrontTable,
    JiraTable,
    Glpi,
    OsTicket,
    RequestTracker,
    ServiceNowTable,
    TopdeskTable,
    FreshdeskTable,
)

__all__ = ["TABLES", "TREES"]
