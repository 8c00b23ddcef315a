"""The words that tables of tickets use, in the languages that helpdesks export in, and looking them up.

Names are compared without capitals, accents and marks, so `Created_At`, `createdAt` and `Créé le` are found.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache


class Meaning(StrEnum):
    """What a column of a table of tickets is for."""

    KEY = "key"
    TITLE = "title"
    CONTENT = "content"
    EMAIL = "author email"
    NAME = "author name"
    CREATED = "created"
    STATUS = "status"
    PRIORITY = "priority"
    ASSIGNEE = "assignee"
    CATEGORY = "category"
    COMPANY = "company"
    TAGS = "tags"
    FILES = "files"


_HEADERS: dict[Meaning, tuple[str, ...]] = {
    Meaning.KEY: (
        "ticket id", "ticket no", "ticket number", "ticketid", "case number", "case id", "issue key", "id",
        "key", "number", "no", "nr", "ticket", "ticket nr", "request id", "conversation id", "#",
        "case no", "case nr", "case ref", "case", "issue id", "issue no", "issue number", "incident number",
        "incident id", "incident no", "request number", "request no", "ticket ref", "reference", "thread id",
        "ticketnummer", "vorgangsnummer", "fallnummer", "nummer",
        "numero de ticket", "id del ticket", "numero", "folio",
        "numero du ticket", "id du ticket", "n de ticket",
        "numero ticket", "id ticket", "n ticket",
        "zaaknummer", "meldingnummer",
        "numer zgloszenia", "id zgloszenia", "numer",
        "numero do ticket", "numero do chamado", "protocolo", "id do ticket",
    ),
    Meaning.TITLE: (
        "subject", "title", "summary", "short description", "ticket subject", "ticket name", "topic",
        "headline", "ticket title", "case title", "case subject", "issue title", "request subject",
        "betreff", "titel", "thema", "kurzbeschreibung",
        "asunto", "titulo",
        "sujet", "objet", "titre",
        "oggetto", "titolo",
        "onderwerp",
        "temat", "tytul",
        "assunto",
    ),
    Meaning.CONTENT: (
        "description", "body", "content", "message", "text", "question", "details", "comment",
        "initial message",
        "beschreibung", "nachricht", "inhalt", "anfrage", "nachrichtentext", "meldung", "meldungstext",
        "problembeschreibung", "anliegen",
        "descripcion", "mensaje", "contenido",
        "contenu", "texte",
        "descrizione", "messaggio", "contenuto", "testo",
        "omschrijving", "beschrijving", "bericht", "inhoud",
        "opis", "tresc", "wiadomosc",
        "descricao", "mensagem", "conteudo",
    ),
    Meaning.EMAIL: (
        "requester email", "customer email", "contact email", "user email", "reporter email", "from email",
        "author email", "sender email", "client email", "submitter email", "end user email", "creator email",
        "requester e mail", "customer e mail",
        "email", "e mail", "mail", "email address", "e mail address", "from", "sender",
        "e mail adresse", "emailadresse", "mailadresse", "kunden e mail", "absender",
        "correo", "correo electronico", "correo del solicitante", "correo del cliente",
        "courriel", "adresse e mail", "adresse email", "adresse mail", "e mail du demandeur", "email client",
        "indirizzo email", "posta elettronica", "email richiedente", "indirizzo e mail",
        "e mailadres", "emailadres", "mailadres",
        "adres e mail", "adres email", "e mail klienta",
        "endereco de e mail", "e mail do solicitante", "e mail do cliente",
    ),
    Meaning.NAME: (
        "requester name", "customer name", "contact name", "user name", "reporter name", "author name",
        "sender name", "from name", "client name", "end user name",
        "requester", "customer", "reporter", "contact", "caller", "client", "submitter", "requested by",
        "opened by", "full name", "name", "user", "author", "creator", "created by",
        "kunde", "kundenname", "anforderer", "melder", "kontakt", "ansprechpartner", "antragsteller",
        "ersteller",
        "solicitante", "cliente", "nombre del cliente", "nombre", "usuario", "contacto",
        "demandeur", "nom du client", "nom", "utilisateur", "auteur",
        "richiedente", "nome cliente", "utente", "contatto", "nome",
        "aanvrager", "klant", "klantnaam", "melder naam", "naam", "aanmelder",
        "zglaszajacy", "klient", "imie i nazwisko", "nazwa klienta", "uzytkownik",
        "nome do cliente", "requerente", "contato",
    ),
    Meaning.CREATED: (
        "created at", "created", "created time", "created on", "created date", "date created",
        "creation date",
        "create date", "creation time", "opened", "opened at", "open date", "date opened", "submitted at",
        "submitted",
        "submitted on", "sent on", "sent at", "date sent", "sent",
        "received", "received at", "reported", "requested at", "timestamp", "date",
        "erstellt", "erstellt am", "erstellungsdatum", "angelegt", "angelegt am", "eroffnet", "eroffnet am",
        "eingang", "eingegangen am", "gemeldet am", "datum",
        "creado", "creado el", "fecha de creacion", "fecha creacion", "fecha de apertura", "fecha",
        "cree", "cree le", "date de creation", "date d ouverture", "ouvert le",
        "creato", "creato il", "data creazione", "data di creazione", "data apertura", "data",
        "aangemaakt", "aangemaakt op", "aanmaakdatum", "gemaakt op", "datum aangemaakt", "gemeld op",
        "utworzono", "data utworzenia", "utworzone", "data zgloszenia",
        "criado", "criado em", "data de criacao", "data de abertura", "aberto em",
    ),
    Meaning.STATUS: (
        "status", "state", "ticket status", "status name", "case status", "stage", "current status",
        "zustand", "bearbeitungsstatus",
        "estado", "estado del ticket",
        "statut", "etat",
        "stato",
        "toestand",
        "stan",
        "situacao",
    ),
    Meaning.PRIORITY: (
        "priority", "urgency", "severity", "prio", "ticket priority", "importance",
        "prioritat", "dringlichkeit", "wichtigkeit",
        "prioridad", "urgencia",
        "priorite", "urgence",
        "priorita", "urgenza",
        "prioriteit", "urgentie",
        "priorytet", "pilnosc",
        "prioridade",
    ),
    Meaning.ASSIGNEE: (
        "assignee", "assignee email", "assigned to", "assigned agent", "agent", "agent email", "agent name",
        "assignee name", "owner", "ticket owner", "assigned", "technician", "handler", "admin assignee",
        "bearbeiter", "zugewiesen an", "zugewiesen", "zustandig", "verantwortlich", "zustandiger",
        "sachbearbeiter",
        "asignado a", "asignado", "agente", "responsable", "agente asignado",
        "assigne a", "attribue a", "agent assigne", "technicien",
        "assegnato a", "assegnatario", "operatore", "tecnico", "incaricato",
        "toegewezen aan", "behandelaar", "eigenaar", "medewerker",
        "przypisany do", "przypisane do", "przypisany", "konsultant", "wlasciciel",
        "atribuido a", "atribuido para", "responsavel", "atendente",
    ),
    Meaning.CATEGORY: (
        "category", "type", "ticket type", "issue type", "request type", "department", "group", "team",
        "queue", "product",
        "kategorie", "typ", "art", "abteilung", "gruppe", "bereich",
        "categoria", "tipo", "departamento", "grupo", "equipo",
        "categorie", "type de demande", "departement", "groupe", "equipe",
        "dipartimento", "reparto", "gruppo",
        "soort", "afdeling", "groep",
        "kategoria", "rodzaj", "dzial", "grupa",
    ),
    Meaning.COMPANY: (
        "company", "organization", "organisation", "account", "company name", "organization name",
        "account name",
        "firma", "unternehmen", "firmenname",
        "empresa", "organizacion",
        "societe", "entreprise", "organisation name",
        "azienda", "societa", "organizzazione",
        "bedrijf", "organisatie",
        "przedsiebiorstwo", "organizacja",
        "organizacao",
    ),
    Meaning.TAGS: (
        "tags", "tag", "labels", "label", "keywords",
        "schlagworte", "schlagworter", "stichworte", "etiketten",
        "etiquetas", "etiquettes", "mots cles", "etichette", "trefwoorden", "etykiety", "tagi", "marcadores",
    ),
    Meaning.FILES: (
        "attachments", "attachment", "files", "file", "attachment url", "attachment urls",
        "anhange", "anhang", "dateien",
        "adjuntos", "archivos", "pieces jointes", "fichiers", "allegati", "bijlagen", "zalaczniki", "anexos",
    ),
}  # fmt: skip


class Stage(StrEnum):
    """How far a ticket is, as the statuses of many helpdesks say it."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    DONE = "done"


STATUS_OF_STAGE = {
    Stage.NEW: "New",
    Stage.OPEN: "In progress",
    Stage.WAITING: "Waiting on customer",
    Stage.DONE: "Resolved",
}
"""A status of a workspace for each stage, by the names that the shipped mappings use too."""

_STAGES: dict[Stage, tuple[str, ...]] = {
    Stage.NEW: (
        "new", "neu", "nuevo", "nueva", "nouveau", "nouvelle", "nuovo", "nieuw", "nowy", "nowe", "novo",
        "unassigned",
        "to do", "todo", "submitted",
    ),
    Stage.OPEN: (
        "open", "opened", "reopened", "in progress", "active", "assigned", "processing", "working",
        "escalated",
        "offen", "in bearbeitung", "wieder geoffnet",
        "abierto", "abierta", "en curso", "en progreso", "en proceso",
        "ouvert", "ouverte", "en cours",
        "aperto", "aperta", "in corso", "in lavorazione",
        "in behandeling", "geopend",
        "otwarte", "otwarty", "w toku", "w trakcie",
        "aberto", "em andamento", "em progresso",
    ),
    Stage.WAITING: (
        "pending", "waiting", "waiting on customer", "waiting for customer", "awaiting reply",
        "awaiting customer",
        "wartend", "warten auf kunde", "warten auf kunden", "wartet auf kunde", "wartet auf kunden",
        "ausstehend",
        "pendiente", "esperando al cliente", "en espera del cliente",
        "en attente", "en attente du client",
        "in attesa", "in attesa del cliente",
        "wachten op klant", "in afwachting", "wacht op klant",
        "oczekujace", "oczekujacy", "oczekuje na klienta",
        "pendente", "aguardando cliente", "aguardando o cliente",
    ),
    Stage.DONE: (
        "closed", "solved", "resolved", "done", "completed", "complete", "fixed", "finished",
        "geschlossen", "gelost", "erledigt", "abgeschlossen", "fertig",
        "cerrado", "cerrada", "resuelto", "resuelta", "solucionado",
        "ferme", "fermee", "resolu", "resolue", "clos", "termine",
        "chiuso", "chiusa", "risolto", "risolta", "completato",
        "gesloten", "opgelost", "afgehandeld", "afgerond",
        "zamkniete", "zamkniety", "rozwiazane", "rozwiazany", "zakonczone",
        "fechado", "fechada", "resolvido", "resolvida", "concluido",
    ),
}  # fmt: skip

_PRIORITIES: dict[str, tuple[str, ...]] = {
    "Low": (
        "low", "niedrig", "gering", "baja", "bajo", "bas", "basse", "faible", "bassa", "basso", "laag",
        "niski", "niska",
        "niskie", "baixa", "baixo", "minor", "lowest",
    ),
    "Normal": (
        "normal", "medium", "mittel", "media", "medio", "moyen", "moyenne", "normale", "normaal",
        "gemiddeld", "sredni",
        "srednia", "normalny", "normalna", "moderate",
    ),
    "High": (
        "high", "hoch", "alta", "alto", "haut", "haute", "elevee", "hoog", "wysoki", "wysoka", "wysokie",
        "major",
    ),
    "Urgent": (
        "urgent", "critical", "highest", "blocker", "dringend", "kritisch", "urgente", "critica", "critico",
        "critique",
        "kritiek", "pilny", "pilne", "krytyczny", "krytyczne", "critica urgente",
    ),
}  # fmt: skip

MESSAGE_BODY = ("body", "text", "content", "message", "html body", "body html", "plain body", "comment")
"""What an item of a list calls its text, if it is a message."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def folded(name: str) -> str:
    """`Créé le`, `created_at` and `createdAt` as words: `cree le`, `created at`."""
    split = _CAMEL.sub(" ", name[:200]).casefold().replace("ł", "l").replace("ø", "o")
    plain = "".join(c for c in unicodedata.normalize("NFKD", split) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+|#", plain))


def rank(name: str, meaning: Meaning) -> int | None:
    """How well a column's name says that it means this: 0 is best; None where it does not."""
    return _ranks()[meaning].get(folded(name))


def stage_of(status: str) -> Stage | None:
    """The stage that a status plainly names."""
    return _stages().get(folded(status))


def priority_of(text: str) -> str | None:
    """The priority that a value plainly names."""
    return _priorities().get(folded(text))


@cache
def _ranks() -> dict[Meaning, dict[str, int]]:
    return {
        meaning: {name: place for place, name in reversed(list(enumerate(names)))}
        for meaning, names in _HEADERS.items()
    }


@cache
def _stages() -> dict[str, Stage]:
    return {word: stage for stage, words in _STAGES.items() for word in words}


@cache
def _priorities() -> dict[str, str]:
    return {word: name for name, words in _PRIORITIES.items() for word in words}
