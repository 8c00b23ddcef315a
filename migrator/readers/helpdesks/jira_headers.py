"""The columns of Jira's CSV by what they mean, in the languages in which Jira writes its header.

English, Spanish, Polish and Brazilian Portuguese were read off real exports, the others are only likely; a
column that is not listed is still there under its own name. Facts: formats, section 11.
"""

from __future__ import annotations

from collections.abc import Sequence

_NAMES = {
    "key": (
        "issue key | key | work item key | clave de incidencia | klucz zgłoszenia | "
        "vorgangsschlüssel | clé de ticket | clé de demande | chave da item | chave do item | "
        "chiave ticket | issuesleutel | 課題キー"
    ),
    "issue_id": (
        "issue id | work item id | id de la incidencia | id. zgłoszenia | vorgangs-id | "
        "vorgangs id | id de ticket | id de demande | id da item | id do item | id ticket | "
        "issue-id | 課題 id | 課題id"
    ),
    "summary": "summary | resumen | podsumowanie | zusammenfassung | résumé | resumo | riepilogo | 要約",
    "type": (
        "issue type | work type | tipo de incidencia | typ zgłoszenia | vorgangstyp | "
        "type de ticket | type de demande | tipo de item | tipo di ticket | 課題タイプ"
    ),
    "status": "status | estado | état | statut | stato | ステータス",
    "status_category": (
        "status category | categoría de estado | kategoria statusu | statuskategorie | "
        "catégorie d'état | catégorie d’état | catégorie de statut | categoria de status | "
        "categoria do status | categoria stato | statuscategorie | ステータス カテゴリ"
    ),
    "priority": "priority | prioridad | priorytet | priorität | priorité | prioridade | priorità | 優先度",
    "resolution": "resolution | resolución | rozwiązanie | lösung | résolution | resolução | 解決状況",
    "assignee": (
        "assignee | persona asignada | osoba przypisana | zugewiesene person | bearbeiter | "
        "personne assignée | responsable | responsável | assegnatario | 担当者"
    ),
    "reporter": (
        "reporter | informador | osoba zgłaszająca | autor | rapporteur | relator | segnalatore | 報告者"
    ),
    "creator": "creator | creador | twórca | ersteller | créateur | criador | 作成者",
    "created_at": "created | creada | creado | utworzono | erstellt | création | criado | creato | 作成日",
    "updated_at": (
        "updated | actualizada | actualizado | zaktualizowano | aktualisiert | mise à jour | "
        "atualizado(a) | atualizado | aggiornato | 更新日"
    ),
    "resolved_at": "resolved | resuelta | resuelto | rozwiązano | erledigt | résolu | resolvido | 解決日",
    "due_at": (
        "due date | fecha de vencimiento | data ukończenia | termin | fälligkeitsdatum | "
        "date d'échéance | date d’échéance | data limite | scadenza | 期限"
    ),
    "description": "description | descripción | opis | beschreibung | descrição | descrizione | 説明",
    "labels": "labels | etiquetas | etykiety | stichwörter | étiquettes | categorias | etichette | ラベル",
    "components": (
        "components | component/s | componentes | komponenty | komponenten | composants | コンポーネント"
    ),
    "project_key": ("project key | clave de proyecto | klucz projektu | projektschlüssel | clé de projet"),
    "comments": (
        "comment | comentario | komentarz | kommentar | commentaire | comentário | commento | "
        "comments | opmerking | コメント"
    ),
    "files": (
        "attachment | adjunto | archivo adjunto | datos adjuntos | załącznik | anhang | "
        "pièce jointe | anexo | allegato | bijlage | 添付ファイル"
    ),
    "watchers": "watchers | observadores | obserwujący | beobachter | observateurs",
}
MEANINGS = tuple(_NAMES)
_MEANING = {name: meaning for meaning, names in _NAMES.items() for name in names.split(" | ")}
_CUSTOM = frozenset(
    (
        *("custom field", "campo personalizado", "pole niestandardowe", "benutzerdefiniertes feld"),
        *("champ personnalisé", "champs personnalisés", "campo personalizzato", "aangepast veld"),
        "カスタムフィールド",
    )
)


def meanings(columns: Sequence[str]) -> dict[str, str]:
    """The column, as written, of each meaning that the header has; of two the first."""
    found: dict[str, str] = {}
    for column in columns:
        if meaning := _MEANING.get(column.casefold()):
            found.setdefault(meaning, column)
    return found


def custom_fields(columns: Sequence[str]) -> dict[str, str]:
    """The name of each custom field by its column: `Team` by `Custom field (Team)`."""
    found: dict[str, str] = {}
    for column in columns:
        before, bracket, name = column.partition(" (")
        if bracket and name.endswith(")") and before.casefold() in _CUSTOM:
            found[column] = name[:-1].strip()
    return found


def column_behind(columns: Sequence[str], column: str) -> str:
    """The column that follows the last one of this name: ids stand behind the names of people."""
    places = [place for place, each in enumerate(columns) if each == column]
    return columns[places[-1] + 1] if places and places[-1] + 1 < len(columns) else ""
