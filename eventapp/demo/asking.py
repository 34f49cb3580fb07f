"""What the demonstration's registration form asks beside the file: questions, lists, answers."""

from datetime import datetime
from typing import Any

from eventapp.kernel import clock, facts, jobs
from eventapp.kernel.db import atomic
from eventapp.registrations import commands, queries
from eventapp.registrations.models import State
from eventapp.registrations.rules.enquiry import Ask, Kind

WRITTEN_AT = datetime.fromisoformat("2027-04-01T09:00+02:00")
FROZEN_AT = datetime.fromisoformat("2027-06-09T23:59+02:00")

KNOWLEDGE = [
    {"code": "nic", "pl": "dopiero zaczynam", "en": "I am only beginning"},
    {"code": "troche", "pl": "trochę już wiem", "en": "I know a little"},
    {"code": "duzo", "pl": "pracuję z tym na co dzień", "en": "I work with it every day"},
]
LINES = [
    {"code": "S21", "pl": "autokar na wizytę studyjną", "en": "coach to the study visit"},
    {"code": "lubliniec", "pl": "Lubliniec – Kłobuck – Częstochowa, 8:00",
     "en": "Lubliniec – Kłobuck – Częstochowa, 8:00"},
    {"code": "myszkow", "pl": "Myszków – Poraj – Częstochowa, 8:10",
     "en": "Myszków – Poraj – Częstochowa, 8:10"},
]  # fmt: skip
NIGHTS = [
    {"code": "2027-06-16/2027-06-17", "pl": "16/17 czerwca", "en": "16/17 June"},
    {"code": "2027-06-17/2027-06-18", "pl": "17/18 czerwca", "en": "17/18 June"},
]
QUESTIONS: tuple[dict[str, Any], ...] = (
    {
        "kind": Kind.ONE_OF,
        "label": {
            "pl": "Ile wiesz o zamówieniach społecznie odpowiedzialnych?",
            "en": "How much do you know about socially responsible procurement?",
        },
        "help": {
            "pl": "Prowadzący dobiorą przykłady.",
            "en": "The trainers choose their examples by it.",
        },
        "choices": KNOWLEDGE,
    },
    {
        "kind": Kind.YES_NO,
        "label": {
            "pl": "Czy przyjedziesz autokarem, który opłaca projekt?",
            "en": "Do you come by the coach that the project pays for?",
        },
        "help": {"pl": "Bez faktur i rozliczeń.", "en": "No invoices, no claims."},
    },
    {
        "kind": Kind.SHORT_TEXT,
        "label": {"pl": "Na którym przystanku wsiądziesz?", "en": "At which stop do you get on?"},
        "depends_on": "czy-przyjedziesz-autokarem-ktory-oplaca",
        "depends_answer": "yes",
    },
    {
        "kind": Kind.NUMBER,
        "label": {
            "pl": "Ile osób zatrudnia Twoja organizacja?",
            "en": "How many people does your organisation employ?",
        },
        "categories": ["spoldzielnia_socjalna", "spoldzielnia_pracy", "fundacja", "stowarzyszenie"],
    },
    {
        "kind": Kind.LONG_TEXT,
        "label": {
            "pl": "O co chcesz zapytać podczas konsultacji?",
            "en": "What would you like to ask the advisers?",
        },
    },
)


@atomic
def furnish(event_id: int) -> None:
    """Let the event's form ask something worth looking at, once."""
    if queries.questions(event_id):
        return
    with jobs.silent(), facts.acting_as("loader"), clock.standing_at(WRITTEN_AT):
        commands.edit_form(
            event_id,
            WRITTEN_AT,
            fields={"transport": Ask.OPTIONAL.value, "accommodation": Ask.OPTIONAL.value},
            lists={"transport": LINES, "accommodation": NIGHTS},
            edits_until=FROZEN_AT,
            monitoring=["education", "labour_status", "disability"],
        )
        for category in ("wtz", "cis", "kis"):
            needs = {"needs_organisation": True, "run_by": True}
            commands.set_eligibility(event_id, WRITTEN_AT, category, needs)
        commands.set_eligibility(event_id, WRITTEN_AT, "jsfp", {"needs_organisation": True})
        for one in QUESTIONS:
            commands.add_question(event_id, WRITTEN_AT, **one)


@atomic
def answer(event_id: int) -> None:
    """Let two in three of those who have come in have answered the first question."""
    asked = queries.questions(event_id)
    with jobs.silent(), facts.acting_as("loader"):
        for place, row in enumerate(queries.listed(event_id, limit=200)):
            if place % 3 == 2 or row.state is State.CANCELLED or queries.answers(row.id):
                continue
            given = {asked[0].code: KNOWLEDGE[place % len(KNOWLEDGE)]["code"]}
            if row.transport:
                given[asked[1].code] = "yes"
            with clock.standing_at(max(row.registered_at, WRITTEN_AT)):
                commands.change_answers(row.id, row.registered_at, given)
