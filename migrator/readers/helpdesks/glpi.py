"""GLPI's list of tickets as CSV, in the languages of its users.

Ids with thousands marks, several people in one cell, statuses and priorities in words: brought back to what
GLPI stores. Facts: formats, section 16; what is not in them is only likely, and stays as written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from migrator.model import Record, Value
from migrator.readers.base import Pass, Source
from migrator.readers.helpdesks.reshaped import Reshaped
from migrator.readers.helpdesks.shapes import person, text_at
from migrator.readers.trees import Tree

_COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id",),
    "title": ("title", "titre", "titel", "título", "titolo", "tytuł"),
    "status": ("status", "statut", "estado", "estados", "stato"),
    "priority": ("priority", "priorité", "priorität", "prioridad", "prioridade", "priorità", "priorytet"),
    "opened_at": (
        *("opening date", "date d'ouverture", "date d’ouverture", "eröffnungsdatum", "fecha de apertura"),
        *("data de abertura", "data di apertura", "data otwarcia"),
    ),
    "category": ("category", "catégorie", "kategorie", "categoría", "categoria", "kategoria"),
    "description": ("description", "beschreibung", "descripción", "descrição", "descrizione", "opis"),
}
_MEANING = {name: meaning for meaning, names in _COLUMNS.items() for name in names}
_REQUESTER = re.compile(
    r"requester|demandeur|solicitante|requerente|richiedente|anforderer|anfragender|antragsteller|zgłaszający"
)
_TECHNICIAN = re.compile(r"technician|technicien|techniker|técnico|tecnico|technik")
_PAIR = re.compile(r"\S.* - \S.*")

_STATUSES: dict[str, tuple[str, ...]] = {
    "1": ("new", "nouveau", "neu", "nuevo", "novo", "nuovo", "nowy"),
    "2": (
        *("processing (assigned)", "en cours (attribué)", "in bearbeitung (zugewiesen)"),
        *("en curso (asignada)", "em atendimento (atribuído)", "in elaborazione (assegnato)"),
    ),
    "3": (
        *("processing (planned)", "en cours (planifié)", "in bearbeitung (geplant)"),
        *("en curso (planificada)", "em atendimento (planejado)", "in elaborazione (pianificato)"),
    ),
    "4": ("pending", "en attente", "wartend", "en espera", "pendente", "in attesa", "oczekujący"),
    "5": ("solved", "résolu", "gelöst", "resuelto", "resueltas", "solucionado", "risolto", "rozwiązany"),
    "6": ("closed", "clos", "geschlossen", "cerrado", "fechado", "chiuso", "zamknięty"),
}
_PRIORITIES: dict[str, tuple[str, ...]] = {
    "1": ("very low", "très basse", "sehr niedrig", "muy baja", "muito baixa", "molto bassa"),
    "2": ("low", "basse", "niedrig", "baja", "baixa", "bassa"),
    "3": ("medium", "moyenne", "mittel", "mediana", "media", "média"),
    "4": ("high", "haute", "hoch", "alta", "urgente"),
    "5": ("very high", "très haute", "sehr hoch", "muy alta", "muito alta", "molto alta"),
    "6": ("major", "majeure", "schwerwiegend", "mayor", "maior", "maggiore"),
}
_STATUS = {name: code for code, names in _STATUSES.items() for name in names}
_PRIORITY = {name: code for code, names in _PRIORITIES.items() for name in names}
_GROUPED = re.compile(r"\d{1,3}(?:[\s\u00a0\u202f]\d{3})+")
_NEXT_PERSON = re.compile(r"\s*<br\s*/?>\s*|\s*\n\s*", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&(?:lt|#60|#x3c);/?[a-z]", re.IGNORECASE)
_TAG = re.compile(r"<(?:p|div|br|span|ul|ol|table|h\d|b|strong|a)\b[^<>]*>", re.IGNORECASE)


class Glpi(Reshaped):
    """The table of a search."""

    name = "glpi"
    adds = (*_COLUMNS, "description_format", "requester", "requesters", "assignee", "assignees")

    @classmethod
    def recognise(cls, columns: Sequence[str]) -> str:
        known = _meanings(columns)
        people = [column for column in columns if _PAIR.fullmatch(column)]
        named = [column for column in people if _person_of(column)]
        if "id" in known and named and len(known) >= 3:
            return f"its columns include {', '.join((known['id'], *named[:2]))}"
        return ""

    def __init__(self, table: Source, why: str) -> None:
        super().__init__(table, why)
        self._columns = _meanings(table.columns)
        self._people = {
            role: [column for column in table.columns if _person_of(column) == role]
            for role in ("requester", "assignee")
        }

    def reshape(self, record: Record, current: Pass) -> Record:  # noqa: ARG002
        values = record.values
        made: Tree = {meaning: text_at(values.get(column)) for meaning, column in self._columns.items()}
        id = text_at(made.get("id"))
        made["id"] = re.sub(r"\D", "", id) if _GROUPED.fullmatch(id.strip()) else id
        made["title"] = text_at(made.get("title")).removesuffix(f" ({made['id']})")
        made["status"] = _code(_STATUS, text_at(made.get("status")))
        made["priority"] = _code(_PRIORITY, text_at(made.get("priority")))
        made["description_format"] = format_of(text_at(made.get("description")))
        for role, kind in (("requester", "customer"), ("assignee", "agent")):
            cells = [text_at(values.get(column)) for column in self._people[role]]
            names = [name for cell in cells for name in _NEXT_PERSON.split(cell) if name.strip()]
            people: list[Value] = [_person(name.strip(), kind) for name in names]
            made |= {role: people[0] if people else {}, f"{role}s": people}
        return replace(record, values={**values, **made})


def _meanings(columns: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in columns:
        if meaning := _MEANING.get(column.casefold()):
            found.setdefault(meaning, column)
    return found


def _person_of(column: str) -> str:
    """Whom a column such as `Assigned to - Technician` names; "" for groups, suppliers and all others."""
    folded = column.casefold()
    if not _PAIR.fullmatch(column):
        return ""
    if _TECHNICIAN.search(folded):
        return "assignee"
    before, _, behind = folded.partition(" - ")
    return "requester" if _REQUESTER.search(before) and _REQUESTER.search(behind) else ""


def _person(name: str, kind: str) -> Tree:
    if "@" in name:
        return person(kind=kind, email=name, name=name)
    return person(kind=kind, name=name, external_id=name)


def _code(codes: dict[str, str], text: str) -> str:
    return codes.get(text.strip().casefold(), text)


def format_of(description: str) -> str:
    """What GLPI's versions write: HTML that was escaped, HTML, or its plain text."""
    if _ESCAPED_TAG.search(description):
        return "escaped-html"
    return "html" if _TAG.search(description) else "text"
