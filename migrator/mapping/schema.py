"""The JSON Schema of a mapping file, for completion and checks in editors; made from the models in `spec.py`.

It knows the shape only: whether the keys of a rule make sense together is said when the mapping is loaded.
"""

from __future__ import annotations

from typing import Any

from migrator.mapping.spec import MappingFile

_DIALECT = "http://json-schema.org/draft-07/schema#"
"""What the YAML language server understands whole."""
_SCALAR = ["string", "number", "boolean"]
"""A mapping reads every scalar as text; YAML itself calls 7 a number and false a boolean."""

_MEANINGS: dict[str, dict[str, str]] = {
    "MappingFile": {
        "reader": "Name of the reader that this mapping was written for; otherwise it is recognised.",
        "key": "The source's own id of a ticket: unique, exact text.",
        "group_by": "Column by whose value the rows of a message-level export become one ticket.",
        "category": "The ticket category, by name or id; may be a rule.",
        "timezone": "IANA name of the zone of times without an offset (Europe/Berlin), or a rule.",
        "notify": "Whether Featurebase tells people about the tickets; needs --confirm-notify as well.",
        "select": "How a choice of a select field is sent: by its id, or by its label.",
        "skip": "Records to leave out: a name for the reason, and a condition.",
        "ticket": "What a ticket is made of.",
        "replies": "What the thread of a ticket is made of.",
        "files": "What becomes of files that cannot simply travel, and of images inside texts.",
        "people": "Who becomes a contact before the tickets, and what is known of them.",
        "references": "References to other tickets in texts, rewritten once all tickets are in.",
    },
    "Ticket": {
        "title": "The subject; at least two letters.",
        "content": "The first message.",
        "author": "Who the ticket is from.",
        "createdAt": "When it was written (as: datetime).",
        "status": "The status in Featurebase, by name or id.",
        "open": "Whether it is open; otherwise it is closed once its thread is complete.",
        "assignee": "The admin who has it; match_people: admins looks names and addresses up.",
        "company": "A company that Featurebase knows, by name or id.",
        "snoozedUntil": "Until when an open ticket sleeps (as: datetime).",
        "linkedConversation": "Id of a conversation in Featurebase that belongs to it.",
        "old_url": "Its address in the old helpdesk, for the crosswalk and for redirects; never sent.",
        "fields": "Custom fields, by label or id.",
        "files": "Files of the ticket itself for which there is no custom field.",
    },
    "Replies": {
        "each": "The list of messages, or the repeated column that holds them.",
        "when": "Only messages for which this holds.",
        "body": "The text of a message.",
        "author": "Who wrote it.",
        "private": "Whether it is an internal note; what is unknown counts as private.",
        "createdAt": "When it was written (as: datetime).",
        "files": "The files of a message.",
        "fallback_agent": "The admin who stands in for agents that the workspace lacks; `any`: the first.",
        "without_conversation": "Replies of a ticket that takes none: report them, or its content.",
        "in_notes_only": "Customers' words where only notes are possible: a note, the content, or left out.",
        "optional": "Some exports bring no messages.",
    },
    "Person": {
        "id": "Their id in Featurebase.",
        "userId": "The id that your own sign-on gives to Featurebase.",
        "email": "Their address.",
        "name": "Their name.",
        "profilePicture": "Address of their picture.",
    },
    "Rule": {
        "when": "Only where this holds; otherwise there is no value.",
        "from": "A column or a dotted path, or several: the first that is not blank.",
        "value": "The same text for every record.",
        "template": "A Jinja2 template over `row`: ZD-{{ row['id'] }}.",
        "split": "What separates several values in one text.",
        "match": "A regular expression: its first group, or all that it matches, is taken.",
        "replace": "Regular expressions and what they are replaced with.",
        "values": "Source value to target; or the name of a CSV file with two columns.",
        "unmapped": "What a value becomes that `values` does not list, or that the workspace does not know.",
        "join": "What to put between several values to make them one text.",
        "missing": "What a blank or absent value becomes.",
        "as": "What the value is read as.",
        "strip_quotes": "Remove the mail history that is quoted below an answer.",
        "format": "How a time is written: iso, epoch, epoch_ms, excel, or directives such as %d.%m.%Y %H:%M.",
        "locale": "The language of month names, or the way in which numbers are written.",
        "timezone": "The zone of these times alone.",
        "match_people": "Look the value up among these people.",
        "optional": "Left out where the export or the workspace has no such thing.",
        "legacy_id": "This field carries the source's id, so that a lost ledger can find its tickets again.",
    },
    "Condition": {
        "from": "A column or a dotted path, or several: the first that is not blank.",
        "match": "A regular expression that is found in the value.",
        "equals": "The value is this text.",
        "in": "The value is one of these texts.",
        "optional": "Some exports have no such column.",
    },
    "Action": {"action": "reject: hold the row back and say so; empty: leave the value out."},
    "Files": {
        "field": "Custom fields that take files of messages that must be uploaded.",
        "on_refused": "A file that cannot travel: link it in the text, or hold its ticket back.",
        "without_field": "Files for which there is no field: with a private note, or linked in the text.",
        "inline": "Pictures inside texts: keep, attach as files, or drop but for their names.",
        "fetch": "Files that we fetch ourselves and upload.",
    },
    "Fetch": {
        "hosts": "Hosts whose files are fetched.",
        "headers": "Headers to send with the request, each from a variable of the environment.",
    },
    "FromEnvironment": {"env": "Name of the variable that holds the secret."},
    "People": {
        "make": "Make a contact for everybody who wrote before the tickets are sent.",
        "update": "Bring contacts that are there already up to date.",
        "without_email": "Authors without an address: hold their tickets back, or give them one of our own.",
        "placeholder": "An address that stands in, at a domain that nobody can have.",
        "phone": "Their phone number.",
        "createdAt": "Since when they are known (as: datetime).",
        "company": "The company that they belong to.",
    },
    "References": {
        "rewrite": "Whether texts are rewritten at all.",
        "links": "How links to tickets look, with {id} where the number stands.",
        "text": "How texts name tickets, with {id} where the number stands.",
    },
    "CompanyOf": {"id": "The source's own id of the company.", "name": "What it is called."},
}
"""What each key means, in the words that an editor shows beside it."""


def mapping_schema() -> dict[str, Any]:
    """The schema as a tree; a test sees to it that every key has a description."""
    made = _tidied(MappingFile.model_json_schema(ref_template="#/definitions/{model}"))
    definitions = made.pop("$defs")
    for name, model in {"MappingFile": made, **definitions}.items():
        for key, property in model["properties"].items():
            if said := _MEANINGS.get(name, {}).get(key):
                property["description"] = said
    return {
        "$schema": _DIALECT,
        "title": "A mapping of migrator",
        **made,
        "definitions": definitions,
    }


def _tidied(part: Any) -> Any:
    """Without titles and nulls, and with every text as any scalar that YAML could take it for."""
    match part:
        case dict():
            tidy = {key: _tidied(each) for key, each in part.items() if not _is_noise(key, each)}
            if tidy.get("type") == "string" and "enum" not in tidy and "const" not in tidy:
                tidy["type"] = _SCALAR
            if "oneOf" in tidy:  # told apart by our own rules, which no schema can say
                tidy["anyOf"] = tidy.pop("oneOf")
            if len(tidy.get("anyOf", ())) == 1:
                tidy |= tidy.pop("anyOf")[0]
            return tidy
        case list():
            return [_tidied(each) for each in part if each != {"type": "null"}]
        case _:
            return part


def _is_noise(key: str, value: object) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value is None)
