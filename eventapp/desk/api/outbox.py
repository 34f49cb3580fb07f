"""The outbox of an event for programs: what became of each letter, and trying again."""

from datetime import datetime
from typing import Any

from flask import Response, abort, g, request

from eventapp.desk.api.frame import bp
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, outbox, rest
from eventapp.kernel.guard import requires
from eventapp.kernel.jobs import Hold
from eventapp.kernel.openapi import operation
from eventapp.kernel.outbox import Entry, Filter, OutboxRefusal, Standing
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import BadFields, Fault, Shown

OUTBOX = N_("Outbox")


class ShownMail(Shown):
    """A letter: which one, to whom, how it stands, and why.

    `next_at` is when it is tried, or looked at again; `why` the mail server's last words.
    """

    id: str
    letter: str
    recipient: str
    subject: str | None
    about: str | None
    state: Standing
    held: Hold | None
    why: str | None
    attempts: int
    asked_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
    message_id: str | None


@bp.get("/events/<slug:event>/outbox")
@requires(Permission.SEE_MAIL)
@operation(
    N_("List letters, newest first; `state` narrows them"),
    about=OUTBOX,
    answers={200: list[ShownMail]},
    lists=True,
)
def outbox_of(event: str) -> Response:
    """List an event's letters; those that follow are asked for by `after`."""
    asked = rest.window()
    before = boundary.read_id(asked.after) if asked.after else None
    wanted = Filter(standings=_standings(), before=before)
    rows = outbox.entries(g.event.id, wanted, clock.now(), limit=asked.limit + 1)
    return rest.listed(rows, asked, _shown, key=lambda entry: entry.job.id)


def _standings() -> frozenset[Standing]:
    given = request.args.get("state")
    if given is None:
        return frozenset()
    try:
        return frozenset({Standing(given)})
    except ValueError:
        raise BadFields([Fault("?state", "unknown", N_("There is no such state."))]) from None


@bp.post("/events/<slug:event>/outbox/<id:mail_id>/retry")
@requires(Permission.SEE_MAIL)
@operation(
    N_("Try a letter at once that was not handed over, whatever holds it"),
    about=OUTBOX,
    answers={200: ShownMail},
    refuses=(OutboxRefusal,),
    repeats=True,
)
def retry_letter(event: str, mail_id: int) -> Response:
    """Queue a letter for now; its Message-ID stays."""
    _own(mail_id)
    now = clock.now()

    def act() -> dict[str, Any]:
        outbox.try_now(mail_id, now)
        return {"id": mail_id}

    rest.once(act)
    return rest.answered(_shown(_own(mail_id)))


def _own(mail_id: int) -> Entry:
    entry = outbox.entry(mail_id, clock.now())
    if entry is None or entry.job.event_id != g.event.id:
        abort(404)
    return entry


def _shown(entry: Entry) -> ShownMail:
    job, mail = entry.job, entry.mail
    return ShownMail(
        id=str(job.id),
        letter=entry.letter,
        recipient=entry.recipient,
        subject=mail.subject if mail is not None else None,
        about=mail.about if mail is not None else None,
        state=entry.standing,
        held=job.held,
        why=(entry.why or None) if entry.standing is not Standing.SENT else None,
        attempts=job.attempts,
        asked_at=job.created_at,
        next_at=job.run_at if entry.standing in outbox.ON_THE_WAY else None,
        sent_at=mail.sent_at if mail is not None else None,
        message_id=mail.message_id if mail is not None else None,
    )
