"""What came of an appointment of one-to-one advice."""

from datetime import datetime
from typing import Any

from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.signups import queries, rules
from eventapp.signups.commands.facts import ServiceCardWritten
from eventapp.signups.commands.steps import about, held_anew
from eventapp.signups.models import ServiceCard
from eventapp.signups.rules import AppointmentRefusal


@atomic
def write_service_card(sign_up_id: int, now: datetime, **words: Any) -> ServiceCard:
    """Note what an adviser says of an appointment, or replace it; *words* are the card's columns.

    Refused before the appointment begins.
    """
    row = held_anew(sign_up_id)
    slot = queries.slot_of(row)
    if refusal := rules.refuse_service_card(slot, now):
        raise Refused(refusal)
    if slot is None:
        raise Refused(AppointmentRefusal.NO_APPOINTMENT)
    card = db.session.get(ServiceCard, sign_up_id)
    if card is None:
        card = ServiceCard(sign_up_id=sign_up_id)
        db.session.add(card)
    card.adviser_id, card.written_at = slot.adviser_id, now
    for name, value in words.items():
        setattr(card, name, value)
    db.session.flush()
    record(ServiceCardWritten(**about(row, row.session.event_id)))
    return card
