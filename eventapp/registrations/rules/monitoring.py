"""The third layer: what the report of a grant asks about a person, why, and how one refuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eventapp.kernel.refusal import N_
from eventapp.kernel.text import BadText

REFUSED = "odmowa podania informacji"


@dataclass(frozen=True)
class Monitored:
    """One field: its words, why it is asked, and the answers (code, pl, en)."""

    label: Mapping[str, str]
    purpose: Mapping[str, str]
    choices: tuple[tuple[str, str, str], ...]


_REPORT = {
    "pl": "Sprawozdanie z wykorzystania środków Unii Europejskiej: tylko liczby, bez nazwisk "
    "(art. 6 ust. 1 lit. c RODO).",
    "en": "The report on the use of European funds: numbers only, no names (GDPR art. 6(1)(c)).",
}
_ACCESS = {
    "pl": "Sprawozdanie i równy dostęp: tylko liczby, bez nazwisk. To dane szczególnej kategorii: "
    "odpowiedź jest dobrowolna (art. 9 ust. 2 lit. a RODO).",
    "en": "The report and equal access: numbers only, no names. These are data of a special "
    "category: answering is voluntary (GDPR art. 9(2)(a)).",
}
_YES_NO = (("tak", "tak", "yes"), ("nie", "nie", "no"))

FIELDS: Mapping[str, Monitored] = {
    "sex": Monitored(
        {"pl": "Płeć", "en": "Sex"}, _REPORT, (("K", "kobieta", "woman"), ("M", "mężczyzna", "man"))
    ),
    "education": Monitored(
        {"pl": "Wykształcenie", "en": "Education"},
        _REPORT,
        (
            (
                "średnie I stopnia lub niższe (ISCED 0–2)",
                "średnie I stopnia lub niższe",
                "lower secondary or less",
            ),
            ("ponadgimnazjalne (ISCED 3)", "ponadgimnazjalne", "upper secondary"),
            ("policealne (ISCED 4)", "policealne", "post-secondary"),
            ("wyższe (ISCED 5–8)", "wyższe", "higher"),
        ),
    ),
    "labour_status": Monitored(
        {"pl": "Sytuacja na rynku pracy", "en": "Labour status"},
        _REPORT,
        (
            ("osoba pracująca", "osoba pracująca", "employed"),
            (
                "osoba bezrobotna zarejestrowana w PUP",
                "osoba bezrobotna, zarejestrowana w urzędzie pracy",
                "unemployed, registered",
            ),
            (
                "osoba bezrobotna niezarejestrowana w PUP",
                "osoba bezrobotna, niezarejestrowana",
                "unemployed, not registered",
            ),
            ("osoba bierna zawodowo", "osoba bierna zawodowo", "neither working nor looking"),
        ),
    ),
    "disability": Monitored({"pl": "Niepełnosprawność", "en": "Disability"}, _ACCESS, _YES_NO),
    "foreign_background": Monitored(
        {"pl": "Obce pochodzenie", "en": "Foreign background"}, _ACCESS, _YES_NO
    ),
    "third_country_national": Monitored(
        {"pl": "Obywatelstwo kraju spoza UE", "en": "Citizenship of a country outside the EU"},
        _REPORT,
        _YES_NO,
    ),
    "housing_exclusion": Monitored(
        {
            "pl": "Bezdomność lub wykluczenie z dostępu do mieszkań",
            "en": "Homelessness or housing exclusion",
        },
        _REPORT,
        _YES_NO,
    ),
    "residence_area": Monitored(
        {"pl": "Obszar zamieszkania", "en": "Where you live"},
        _REPORT,
        (
            ("obszar miejski", "miasto", "a city"),
            ("obszar pośredni", "mniejsze miasto lub przedmieścia", "a town or suburb"),
            ("obszar wiejski", "wieś", "the countryside"),
        ),
    ),
}


def normal(name: str, value: object) -> str | None:
    """Return an answer as it is kept, None for none; raises `BadText`."""
    if value in (None, ""):
        return None
    codes = {code for code, _pl, _en in FIELDS[name].choices} | {REFUSED}
    if value not in codes:
        raise BadText("not-a-choice", N_("This is not one of the choices."))
    return str(value)


def merged(before: Mapping[str, Any], given: Mapping[str, str | None]) -> dict[str, Any]:
    """Return the layer with what was given; what was not asked for stays as it was."""
    kept = {name: value for name, value in before.items() if name not in given}
    return kept | {name: value for name, value in given.items() if value is not None}
