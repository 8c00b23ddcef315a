"""The API's lists, from JSON to the entries of a `Directory`. Lenient: a missing property only stays unknown.

Source: featurebase.md sections 2 (three shapes of a list), 6, 10 and 11.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from migrator.featurebase.entries import Admin, Category, Company, Field, Option, Status


def page_of(data: object) -> tuple[list[dict[str, Any]], str] | None:
    """The entries of one page and the cursor of the next (empty at the end); None for what is no list.

    Reads the three shapes: a bare array, an envelope, and an envelope with a cursor.
    """
    entries, cursor = (data.get("data"), data.get("nextCursor")) if isinstance(data, dict) else (data, "")
    if not isinstance(entries, list):
        return None
    return [each for each in entries if isinstance(each, dict)], cursor if isinstance(cursor, str) else ""


def category(data: dict[str, Any]) -> Category:
    attached = data.get("customFields")
    return Category(
        id=_text(data, "id"),
        name=_text(data, "name"),
        kind=_text(data, "supportBoardType"),
        fields=tuple(str(each) for each in attached) if isinstance(attached, list) else None,
    )


def status(data: dict[str, Any]) -> Status:
    return Status(_text(data, "id"), _text(data, "name"), _text(data, "type"), data.get("isDefault") is True)


def custom_field(data: dict[str, Any]) -> Field:
    options = data.get("options")
    return Field(
        id=_text(data, "id"),
        label=_text(data, "label"),
        type=_text(data, "type"),
        required=data.get("required") is True,
        options=tuple(
            Option(_text(each, "id"), _text(each, "label")) for each in options if isinstance(each, dict)
        )
        if isinstance(options, list)
        else (),
        allow_multiple=data.get("allowMultiple") is True,
        public=data.get("public") is not False,
    )


def admin(data: dict[str, Any]) -> Admin:
    return Admin(_text(data, "id"), _text(data, "name"), _text(data, "email"))


def company(data: dict[str, Any]) -> Company:
    return Company(_text(data, "id"), _text(data, "companyId"), _text(data, "name"))


READERS: dict[str, tuple[str, Callable[[dict[str, Any]], Any]]] = {
    "categories": ("/v2/tickets/categories", category),
    "statuses": ("/v2/tickets/statuses", status),
    "fields": ("/v2/tickets/custom_fields", custom_field),
    "admins": ("/v2/admins", admin),
    "companies": ("/v2/companies", company),
}
"""Where each list of a `Directory` is, and what reads its entries."""

PAGED = frozenset({"companies"})
"""The lists that take a `limit`; the others come whole."""


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
