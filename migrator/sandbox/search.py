"""The search language of contacts and companies, as SQL (featurebase.md, section 9).

One clause, or up to 15 under AND; `~` works on names; a query of exclusions only is too broad.
"""

from __future__ import annotations

import re
import sqlite3

from migrator.sandbox.answers import Json, Refusal, refused
from migrator.sandbox.store import Store, page

_UNIX_CREATED = "cast(strftime('%s', created_at) as integer)"
COMPANY_IDS = "company ids"
"""Stands for a list, where the other fields are SQL for one value."""
CONTACT_FIELDS = {
    "externalId": "user_id",
    "email": "email_key",
    "name": "name",
    "type": "'customer'",
    "companyIds": COMPANY_IDS,
    "postsCreated": "0",
    "commentsCreated": "0",
    "lastActivity": "null",
    "createdAt": _UNIX_CREATED,
}
"""SQL by field; dates are unix seconds."""
COMPANY_FIELDS = {
    "externalId": "external_id",
    "name": "name",
    "monthlySpend": "json_extract(extra, '$.monthlySpend')",
    "plan": "json_extract(extra, '$.plan')",
    "industry": "json_extract(extra, '$.industry')",
    "website": "json_extract(extra, '$.website')",
    "companySize": "json_extract(extra, '$.companySize')",
    "linkedUsers": "(select count(*) from members where company_id = companies.id)",
    "lastActivity": "null",
    "createdAt": _UNIX_CREATED,
}
OPERATORS = {"=": "=", "!=": "is not", ">": ">", "<": "<"}
MAX_VALUES = 500
NEGATIVE = frozenset(("!=", "NIN"))


def searched(
    store: Store, table: str, fields: dict[str, str], body: Json
) -> tuple[list[sqlite3.Row], str | None]:
    """One page of what the body asks for.

    Raises:
        Refusal: 400: an unknown field, a value that does not suit its operator, `query_too_broad`.
    """
    query = body.get("query")
    clauses: list[Json] = []
    if isinstance(query, dict):
        value = query["value"]
        clauses = value if query["operator"] == "AND" and isinstance(value, list) else [query]
    if clauses and all(clause["operator"] in NEGATIVE for clause in clauses):
        raise refused("only exclusions: add a clause that selects", "query", code="query_too_broad")
    order = "number asc"
    if "sort" in body:
        found = re.fullmatch(r"createdAt:(asc|desc)", str(body["sort"]))
        if found is None:
            raise refused("sort by createdAt:asc or createdAt:desc", "sort", code="invalid_parameter")
        order = f"created_at {found[1]}"
    return page(store, table, [_condition(clause, fields) for clause in clauses], body, order)


def _condition(clause: Json, fields: dict[str, str]) -> tuple[str, list[object]]:
    field, operator, value = str(clause["field"]), str(clause["operator"]), clause["value"]
    if field not in fields:
        raise refused(
            f"there is no field {field[:60]!r} to search by", "query.field", code="invalid_parameter"
        )
    column = fields[field]
    if isinstance(value, list) != (operator in ("IN", "NIN")):
        raise refused("IN and NIN take a list, the other operators one value", "query.value")
    if isinstance(value, list) and len(value) > MAX_VALUES:
        raise refused(f"a list may have at most {MAX_VALUES} values", "query.value")
    values = [_scalar(field, each) for each in (value if isinstance(value, list) else [value])]
    marks = ", ".join("?" * len(values))
    if column == COMPANY_IDS:
        if operator not in ("=", "!=", "IN", "NIN"):
            raise refused("companyIds can only be compared for equality", "query.operator")
        negation = "not " if operator in NEGATIVE else ""
        members = f"select contact_id from members where company_id in ({marks})"  # noqa: S608  # only question marks
        return f"id {negation}in ({members})", values
    if operator in ("IN", "NIN"):
        # What is absent is in no list; SQL would call that unknown.
        return f"coalesce({column} in ({marks}), 0) = {int(operator == 'IN')}", values
    if operator == "~":
        if field != "name":
            raise refused("~ works on name only", "query.operator")
        return f"instr(fold({column}), fold(?)) > 0", values
    return f"{column} {OPERATORS[operator]} ?", values


def _scalar(field: str, value: object) -> object:
    if not isinstance(value, str | int | float | None) or (isinstance(value, int) and abs(value) >= 2**63):
        raise Refusal(400, "invalid_request", "expected text, a number or null", param="query.value")
    return value.casefold() if field == "email" and isinstance(value, str) else value
