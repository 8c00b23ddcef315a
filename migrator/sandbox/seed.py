"""The workspace that every sandbox starts with: the same names everywhere, other ids in every sandbox.

It is published: samples and mappings rely on these names. Nothing here changes while a sandbox runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from migrator.sandbox.answers import Json

EPOCH = "2024-01-01T00:00:00.000Z"
"""When everything of the seed was made."""

CATEGORIES = (("Support", "customer"), ("Internal", "back-office"), ("Bugs", "tracker"))
STATUSES = (
    ("New", "unstarted", "Gray"),
    ("In review", "reviewing", "Blue"),
    ("In progress", "active", "Orange"),
    ("Waiting on customer", "active", "Yellow"),
    ("Resolved", "completed", "Green"),
    ("Canceled", "canceled", "Red"),
)
DEFAULT_STATUS = "New"
FIELDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Legacy ID", "text", ()),
    ("Priority", "select", ("Low", "Normal", "High", "Urgent")),
    ("Tags", "multi-select", ("billing", "login", "bug", "feature", "refund", "urgent")),
    ("Reopens", "number", ()),
    ("VIP", "checkbox", ()),
    ("Due date", "date", ()),
    ("Files", "file", ()),
    ("Contract", "file", ()),
    ("Source", "text", ()),
)
SEVERAL_FILES = "Files"
ADMINS = (
    ("Ada Brook", "ada@sandbox.example"),
    ("Ben Cole", "ben@sandbox.example"),
    ("Cleo Dahl", "cleo@sandbox.example"),
    ("Dan Eker", ""),
)
TEAMS = (("Tier 1", ("Ada Brook", "Ben Cole")), ("Tier 2", ("Cleo Dahl", "Dan Eker")))
COMPANIES = (("acme", "Acme Inc"), ("globex", "Globex"), ("initech", "Initech"))
BRAND = "Sandbox"


@dataclass(frozen=True, slots=True)
class Workspace:
    """What an administrator set up, as the API shows it, by id."""

    categories: dict[str, Json]
    statuses: dict[str, Json]
    fields: dict[str, Json]
    admins: dict[str, Json]
    teams: dict[str, Json]
    brands: dict[str, Json]
    post_statuses: dict[str, Json]

    @property
    def default_status(self) -> Json:
        return next(status for status in self.statuses.values() if status["isDefault"])

    def admin_by_email(self, email: str) -> Json | None:
        """Compared without case, as addresses are."""
        folded = email.casefold()
        return next((each for each in self.admins.values() if str(each.get("email", "")) == folded), None)


def object_id(salt: str, kind: str, name: object) -> str:
    """24 hex digits that differ for every salt, kind and name, and are the same after a restart."""
    return hashlib.sha256(f"{salt}:{kind}:{name}".encode()).hexdigest()[:24]


def api_keys(salt: str, count: int) -> tuple[str, ...]:
    """The keys of a sandbox, which open nothing else."""
    return tuple(f"sk_sandbox_{object_id(salt, 'key', number)}" for number in range(1, count + 1))


def workspace(salt: str) -> Workspace:
    """The seed with the ids that belong to this salt."""
    fields = _by_id(_field(salt, *each) for each in FIELDS)
    admins = _by_id(
        {
            "object": "admin",
            "id": object_id(salt, "admin", name),
            "name": name,
            **({"email": email} if email else {}),
            "roleId": object_id(salt, "role", "agent"),
        }
        for name, email in ADMINS
    )
    return Workspace(
        categories=_by_id(_category(salt, name, kind, list(fields)) for name, kind in CATEGORIES),
        statuses=_by_id(_status(salt, "status", *each) for each in STATUSES),
        fields=fields,
        admins=admins,
        teams=_by_id(
            {
                "object": "team",
                "id": object_id(salt, "team", name),
                "name": name,
                "color": "#3B82F6",
                "icon": None,
                "members": [object_id(salt, "admin", member) for member in members],
            }
            for name, members in TEAMS
        ),
        brands=_by_id(
            [
                {
                    "object": "brand",
                    "id": object_id(salt, "brand", BRAND),
                    "name": BRAND,
                    "isDefault": True,
                    "createdAt": EPOCH,
                    "updatedAt": EPOCH,
                    "helpCenterId": None,
                    "senderEmailAddressId": None,
                }
            ]
        ),
        post_statuses=_by_id(_status(salt, "post status", *each) for each in STATUSES),
    )


def _by_id(objects: Iterable[Json]) -> dict[str, Json]:
    return {str(each["id"]): each for each in objects}


def _status(salt: str, kind: str, name: str, group: str, color: str) -> Json:
    return {
        "object": "post_status",
        "id": object_id(salt, kind, name),
        "name": name,
        "color": color,
        "type": group,
        "isDefault": name == DEFAULT_STATUS,
    }


def _field(salt: str, label: str, kind: str, options: tuple[str, ...]) -> Json:
    field: Json = {
        "object": "custom_field",
        "id": object_id(salt, "field", label),
        "label": label,
        "type": kind,
        "required": False,
        "public": True,
        "internal": False,
        "createdAt": EPOCH,
        "updatedAt": EPOCH,
    }
    if options:
        field["options"] = [
            {"id": object_id(salt, f"option of {label}", each), "label": each} for each in options
        ]
    if kind == "file":
        field["allowMultiple"] = label == SEVERAL_FILES
    return field


def _category(salt: str, name: str, kind: str, field_ids: list[str]) -> Json:
    return {
        "object": "board",
        "id": object_id(salt, "category", name),
        "name": name,
        "icon": None,
        "supportBoard": True,
        "supportBoardType": kind,
        "access": {"adminOnly": kind != "customer", "segments": [], "allowedRoles": [], "deniedRoles": []},
        "features": {"postingEnabled": True, "commentsEnabled": True, "createdDatesVisible": True},
        "postDefaults": {"visibility": "authorOnly"},
        "customFields": field_ids,
        "localization": {
            "name": {"en": name},
            "description": None,
            "formPlaceholder": None,
            "heroTitle": None,
            "heroDescription": None,
            "submitButtonText": None,
        },
        "createdAt": EPOCH,
    }
