"""Programmes to begin with: what such events usually hold, to be changed at will; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from eventapp.kernel.refusal import N_


@dataclass(frozen=True)
class Slot:
    """One session or, of the kind ``break``, one break: on which day from 0, when, what."""

    day: int
    begins: str
    ends: str
    kind: str
    title: tuple[str, str]
    sign_up: str = "none"
    capacity: int | None = None
    counts: bool = False


@dataclass(frozen=True)
class Template:
    """A programme to begin with: its code, its marked name, its days and what they hold."""

    code: str
    name: str
    days: int
    slots: Sequence[Slot]


_COFFEE = ("Przerwa kawowa", "Coffee break")
_LUNCH = ("Obiad", "Lunch")
_DOOR = ("Rejestracja uczestników", "Registration of participants")

WORKSHOP = Template(
    "one-day-workshop",
    N_("one-day workshop"),
    1,
    (
        Slot(0, "8:30", "9:00", "registration", _DOOR),
        Slot(0, "9:00", "9:15", "plenary", ("Otwarcie", "Opening")),
        Slot(0, "9:15", "10:45", "workshop", ("Warsztat, część 1", "Workshop, part 1"),
             counts=True),
        Slot(0, "10:45", "11:00", "break", _COFFEE),
        Slot(0, "11:00", "12:30", "workshop", ("Warsztat, część 2", "Workshop, part 2"),
             counts=True),
        Slot(0, "12:30", "13:15", "break", _LUNCH),
        Slot(0, "13:15", "14:45", "workshop", ("Warsztat, część 3", "Workshop, part 3"),
             counts=True),
        Slot(0, "14:45", "15:00", "plenary", ("Podsumowanie i zaświadczenia",
                                              "Closing and certificates")),
    ),
)  # fmt: skip

SEMINAR = Template(
    "three-day-seminar",
    N_("three-day seminar"),
    3,
    (
        Slot(0, "8:30", "9:30", "registration", _DOOR),
        Slot(0, "9:30", "10:15", "plenary", ("Inauguracja", "Inauguration"), counts=True),
        Slot(0, "10:15", "11:15", "lecture", ("Wykład wprowadzający", "Opening lecture"),
             counts=True),
        Slot(0, "11:15", "11:35", "break", _COFFEE),
        Slot(0, "11:35", "13:00", "panel", ("Debata", "Panel"), counts=True),
        Slot(0, "13:00", "14:00", "break", _LUNCH),
        Slot(0, "14:00", "15:30", "workshop", ("Warsztat A", "Workshop A"), "required", 16, True),
        Slot(0, "14:00", "15:30", "workshop", ("Warsztat B", "Workshop B"), "required", 16, True),
        Slot(0, "16:00", "17:00", "ceremony", ("Wręczenie nagród", "Award ceremony")),
        Slot(0, "17:00", "18:30", "networking", ("Spotkanie sieciujące", "Networking")),
        Slot(1, "8:30", "9:00", "registration", ("Potwierdzenie obecności", "Check-in")),
        Slot(1, "9:00", "12:00", "workshop", ("Warsztat C", "Workshop C"), "required", 16, True),
        Slot(1, "9:00", "10:30", "lecture", ("Wykład 1", "Lecture 1"), "optional", None, True),
        Slot(1, "10:45", "12:00", "lecture", ("Wykład 2", "Lecture 2"), "optional", None, True),
        Slot(1, "12:00", "13:00", "break", _LUNCH),
        Slot(1, "13:00", "15:00", "workshop", ("Warsztat D", "Workshop D"), "required", 16, True),
        Slot(1, "15:15", "17:00", "advice", ("Konsultacje indywidualne", "One-to-one advice"),
             "required", 12),
        Slot(2, "9:00", "11:00", "study-visit", ("Wizyta studyjna", "Study visit"), "required", 24,
             True),
        Slot(2, "11:00", "11:30", "break", _COFFEE),
        Slot(2, "11:30", "12:30", "plenary", ("Podsumowanie i zaświadczenia",
                                              "Closing and certificates"), counts=True),
        Slot(2, "12:30", "13:30", "break", _LUNCH),
    ),
)  # fmt: skip

GALA = Template(
    "awards-gala",
    N_("awards gala"),
    1,
    (
        Slot(0, "16:00", "17:00", "registration", ("Powitanie gości", "Arrival of guests")),
        Slot(0, "17:00", "17:20", "plenary", ("Otwarcie gali", "Opening of the gala")),
        Slot(0, "17:20", "18:30", "ceremony", ("Wręczenie nagród i wyróżnień",
                                               "Prizes and distinctions")),
        Slot(0, "18:30", "20:30", "networking", ("Poczęstunek i rozmowy", "Reception")),
    ),
)  # fmt: skip

TEMPLATES = {template.code: template for template in (WORKSHOP, SEMINAR, GALA)}
