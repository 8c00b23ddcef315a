"""A local Featurebase without its sockets: a request goes in, an answer comes out.

Here requests meet the contract and find their operation. Keys, limits, faults and HTTP are in `server.py`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from migrator.sandbox import contract
from migrator.sandbox.answers import Answer, Json, Refusal, error_answer, listed, missing, refused
from migrator.sandbox.attachments import MAX_FILES, MAX_UPLOAD_BYTES, Attachments
from migrator.sandbox.contract import Call, Operation
from migrator.sandbox.conversations import Conversations
from migrator.sandbox.custom_fields import PART_PREFIX, CustomFields
from migrator.sandbox.multipart import Part
from migrator.sandbox.options import SandboxOptions
from migrator.sandbox.people import People
from migrator.sandbox.seed import Workspace
from migrator.sandbox.store import Store
from migrator.sandbox.tickets import Tickets

MAX_QUERY_FIELDS = 1000
Action = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request of a known key, with its body read."""

    method: str
    path: str
    """Still percent-encoded."""
    query: str
    version: str | None
    """The Featurebase-Version header."""
    content_type: str
    body: bytes = b""
    parts: tuple[Part, ...] = ()
    """The parts of a form; their files are already on disk."""


class App:
    """Answers every operation of the API description."""

    def __init__(
        self,
        store: Store,
        workspace: Workspace,
        attachments: Attachments,
        options: SandboxOptions,
        base_url: str,
    ) -> None:
        self._store = store
        self._attachments = attachments
        self._errors = options.errors
        self._witness = options.witness
        self.fields = CustomFields(workspace.fields, attachments, options.select_as)
        people = People(store, workspace)
        conversations = Conversations(people)
        self.tickets = Tickets(people, conversations, self.fields, options, base_url)
        self._actions = {
            **_set_up(workspace),
            **_people(people),
            **_conversations(conversations),
            "listTickets": self.tickets.list,
            "createTicket": self.tickets.create,
            "getTicket": self.tickets.get,
            "updateTicket": self.tickets.update,
            "deleteTicket": self.tickets.delete,
            "replyToTicket": self.tickets.reply,
        }

    def endpoint(self, method: str, path: str) -> str:
        """The operation that a request is counted under; unknown paths share one name."""
        try:
            return contract.match(method, path)[0].name
        except Refusal:
            return f"{method} elsewhere"

    def handle(self, request: Request) -> Answer:
        """Does what is asked; a refusal leaves nothing behind."""
        if self._witness is not None:
            self._witness(request)
        try:
            contract.check_version(request.version)
            operation, path = contract.match(request.method, request.path)
            call = self._call(
                operation, path, contract.check_query(operation, _parsed(request.query)), request
            )
            unchanging = contextlib.nullcontext()
            with unchanging if request.method == "GET" else self._store.transaction():
                return self._actions[operation.id](call)
        except Refusal as refusal:
            self.discard(request.parts)
            return self.error(refusal)

    def error(self, refusal: Refusal) -> Answer:
        """A refusal in the shape that this sandbox was told to use."""
        return error_answer(refusal, self._errors)

    def discard(self, parts: tuple[Part, ...]) -> None:
        """Removes the files of a form that was refused."""
        for part in parts:
            if part.key:
                self._attachments.remove(part.key)

    def _call(self, operation: Operation, path: Json, query: Json, request: Request) -> Call:
        if not operation.bodies:
            return Call(path, query, {})
        kind = request.content_type.partition(";")[0].strip().lower()
        if kind == "multipart/form-data" and operation.multipart:
            text, uploads = _form(request.parts)
            return Call(path, query, contract.check_body(operation, contract.read_json(text)), uploads)
        if kind != "application/json":
            raise refused("the Content-Type must be application/json", "Content-Type")
        return Call(path, query, contract.check_body(operation, contract.read_json(request.body)))


def _parsed(query: str) -> dict[str, list[str]]:
    try:
        return parse_qs(query, keep_blank_values=True, max_num_fields=MAX_QUERY_FIELDS)
    except ValueError:
        raise refused("the query has too many parameters", code="invalid_parameter") from None


def _form(parts: tuple[Part, ...]) -> tuple[bytes, tuple[Part, ...]]:
    """The JSON and the files of a multipart form (featurebase.md, section 7).

    Raises:
        Refusal: 400: a part that does not belong, no `data`, or too many files; 413: too large.
    """
    texts = [part for part in parts if part.name == "data"]
    uploads = tuple(part for part in parts if part.name != "data")
    if len(texts) != 1 or texts[0].filename is not None:
        raise refused(
            "the form needs one part called data, without a file name", "data", code="missing_parameter"
        )
    for part in uploads:
        if not part.name.startswith(PART_PREFIX) or part.name == PART_PREFIX:
            raise refused("the form has an unknown part", part.name[:60])
        if part.filename is None:
            raise refused("a file needs a file name", part.name[:60])
    if len(uploads) > MAX_FILES:
        raise refused(f"at most {MAX_FILES} files in one request")
    if sum(part.size_bytes for part in uploads) > MAX_UPLOAD_BYTES:
        raise Refusal(413, "invalid_request", f"at most {MAX_UPLOAD_BYTES} bytes of files in one request")
    return texts[0].value, uploads


def _set_up(workspace: Workspace) -> dict[str, Action]:
    """What an administrator made and the API only shows (featurebase.md, sections 6 and 11)."""
    return {
        "listTicketCategories": _bare(workspace.categories),
        "getTicketCategory": _one(workspace.categories, "board_not_found"),
        "listTicketStatuses": _bare(workspace.statuses),
        "getTicketStatus": _one(workspace.statuses, "resource_not_found"),
        "listTicketCustomFields": _whole(workspace.fields),
        "getTicketCustomField": _one(workspace.fields, "custom_field_not_found"),
        "listPostStatuses": _bare(workspace.post_statuses),
        "listCustomFields": _whole({}),
        "listAdmins": _whole(workspace.admins),
        "getAdmin": _one(workspace.admins, "admin_not_found"),
        "listTeams": lambda _: Answer(200, {"object": "list", "data": list(workspace.teams.values())}),
        "listBrands": _brands(workspace.brands),
    }


def _bare(objects: dict[str, Json]) -> Action:
    return lambda _: Answer(200, list(objects.values()))


def _whole(objects: dict[str, Json]) -> Action:
    return lambda _: listed(list(objects.values()), None)


def _one(objects: dict[str, Json], code: str) -> Action:
    def get(call: Call) -> Answer:
        found = objects.get(call.object_id())
        if found is None:
            raise missing("not found", "id", code=code)
        return Answer(200, found)

    return get


def _brands(brands: dict[str, Json]) -> Action:
    def every(call: Call) -> Answer:
        if "cursor" in call.query:  # there is one page, so no cursor was ever handed out
            raise refused("the cursor is not one of this list", "cursor", code="invalid_cursor")
        return listed(list(brands.values()), None)

    return every


def _people(people: People) -> dict[str, Action]:
    return {
        "listContacts": people.list_contacts,
        "upsertContact": people.upsert_contact,
        "searchContacts": people.search_contacts,
        "getContact": people.get_contact,
        "getContactByUserId": people.get_contact_by_user_id,
        "deleteContact": people.delete_contact,
        "listCompanies": people.companies.list,
        "upsertCompany": people.companies.upsert,
        "searchCompanies": people.companies.search,
        "getCompany": people.companies.get,
        "deleteCompany": people.companies.delete,
        "listCompanyContacts": people.list_members,
        "attachContactToCompany": people.add_member,
    }


def _conversations(conversations: Conversations) -> dict[str, Action]:
    return {
        "listConversations": conversations.list,
        "createConversation": conversations.create,
        "getConversation": conversations.get,
        "updateConversation": conversations.update,
        "deleteConversation": conversations.delete,
        "replyToConversation": conversations.reply,
        "attachConversationTag": conversations.attach_tag,
        "listTags": conversations.list_tags,
        "upsertTag": conversations.upsert_tag,
    }
