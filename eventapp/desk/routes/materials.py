"""Slides and hand-outs of a session, for those who may fetch them."""

from collections.abc import Sequence

from flask import Response, abort, g

from eventapp.desk import queries
from eventapp.desk.queries import Card
from eventapp.desk.routes.frame import bp, participant
from eventapp.events.access import Permission
from eventapp.kernel import clock, uploads
from eventapp.kernel.guard import can, public
from eventapp.programme import queries as programme
from eventapp.programme.models import Material
from eventapp.programme.rules.materials import Reader
from eventapp.registrations.models import Registration
from eventapp.signups import queries as places


@bp.get("/<slug:event>/sessions/<id:session_id>/materials/<id:material_id>")
@public
def material(event: str, session_id: int, material_id: int) -> Response:
    """Hand out a material of a session; what the reader may not fetch is not there."""
    found = programme.session(session_id)
    if found is None or found.event_id != g.event.id:
        abort(404)
    person = participant()
    choice = None
    if person is not None:
        choice = places.choices([found], person, clock.now())[found.id]
    given = {row.id: row for row in fetched(queries.card(found, choice), person)}
    row = given.get(material_id)
    if row is None:
        abort(404)
    return uploads.as_attachment(programme.material_file(row.id), row.file_name, row.media_type)


def fetched(card: Card, person: Registration | None) -> Sequence[Material]:
    """List the materials of a session that this reader may fetch; the team may fetch all."""
    inside = can(Permission.SEE_DESK)
    readers = {card.id: Reader.INSIDER} if inside else queries.readers([card], person)
    return queries.handed_out([card], readers, clock.now()).get(card.id, ())
