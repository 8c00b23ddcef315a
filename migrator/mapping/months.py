"""The names of months and weekdays in the languages that helpdesks export in.

Every list has the full name first, then the abbreviations that spreadsheets, Jira and mail write,
without their full stop. Data only.
"""

from __future__ import annotations

from functools import cache

MONTHS: dict[str, tuple[str, ...]] = {
    "en": (
        "january jan", "february feb", "march mar", "april apr", "may", "june jun",
        "july jul", "august aug", "september sep sept", "october oct", "november nov", "december dec",
    ),
    "cs": (
        "leden led ledna", "únor úno února", "březen bře března", "duben dub dubna", "květen kvě května",
        "červen čvn června", "červenec čvc července", "srpen srp srpna", "září zář",
        "říjen říj října", "listopad lis listopadu", "prosinec pro prosince",
    ),
    "da": (
        "januar jan", "februar feb", "marts mar", "april apr", "maj", "juni jun",
        "juli jul", "august aug", "september sep", "oktober okt", "november nov", "december dec",
    ),
    "de": (
        "januar jan jän jänner", "februar feb", "märz mär mrz maerz", "april apr", "mai", "juni jun",
        "juli jul", "august aug", "september sep sept", "oktober okt", "november nov", "dezember dez",
    ),
    "es": (
        "enero ene", "febrero feb", "marzo mar", "abril abr", "mayo may", "junio jun",
        "julio jul", "agosto ago", "septiembre sep sept setiembre set",
        "octubre oct", "noviembre nov", "diciembre dic",
    ),
    "fr": (
        "janvier janv jan", "février févr fév fevrier", "mars mar", "avril avr", "mai", "juin",
        "juillet juil", "août aoû aout", "septembre sept sep",
        "octobre oct", "novembre nov", "décembre déc decembre dec",
    ),
    "it": (
        "gennaio gen", "febbraio feb", "marzo mar", "aprile apr", "maggio mag", "giugno giu",
        "luglio lug", "agosto ago", "settembre set sett", "ottobre ott", "novembre nov", "dicembre dic",
    ),
    "nb": (
        "januar jan", "februar feb", "mars mar", "april apr", "mai", "juni jun",
        "juli jul", "august aug", "september sep", "oktober okt", "november nov", "desember des",
    ),
    "nl": (
        "januari jan", "februari feb", "maart mrt maa", "april apr", "mei", "juni jun",
        "juli jul", "augustus aug", "september sep sept", "oktober okt", "november nov", "december dec",
    ),
    "pl": (
        "styczeń sty stycznia", "luty lut lutego", "marzec mar marca", "kwiecień kwi kwietnia",
        "maj maja", "czerwiec cze czerwca", "lipiec lip lipca", "sierpień sie sierpnia",
        "wrzesień wrz września", "październik paź października",
        "listopad lis listopada", "grudzień gru grudnia",
    ),
    "pt": (
        "janeiro jan", "fevereiro fev", "março mar marco", "abril abr", "maio mai", "junho jun",
        "julho jul", "agosto ago", "setembro set", "outubro out", "novembro nov", "dezembro dez",
    ),
    "ru": (
        "январь янв января", "февраль фев февр февраля", "март мар марта", "апрель апр апреля", "май мая",
        "июнь июн июня", "июль июл июля", "август авг августа", "сентябрь сен сент сентября",
        "октябрь окт октября", "ноябрь ноя нояб ноября", "декабрь дек декабря",
    ),
    "sv": (
        "januari jan", "februari feb", "mars mar", "april apr", "maj", "juni jun",
        "juli jul", "augusti aug", "september sep sept", "oktober okt", "november nov", "december dec",
    ),
    "tr": (
        "ocak oca", "şubat şub", "mart mar", "nisan nis", "mayıs may", "haziran haz",
        "temmuz tem", "ağustos ağu", "eylül eyl", "ekim eki", "kasım kas", "aralık ara",
    ),
}  # fmt: skip


@cache
def month_numbers(locale: str = "") -> dict[str, int]:
    """The number of each month by its lower-case names in a language, or in all of them: none of the names
    means one month here and another one there."""
    return {
        name: number
        for each in ([locale] if locale else MONTHS)
        for number, names in enumerate(MONTHS[each], start=1)
        for name in names.split()
    }
