"""Letters about nominations and to the jury."""

from typing import Any

from eventapp.accounts.models import Account
from eventapp.awards import queries
from eventapp.awards.models import Call, Juror, Nomination
from eventapp.awards.rules.states import CardsFate, ConsentState, NominationState
from eventapp.events.models import Event
from eventapp.kernel import boundary, i18n
from eventapp.kernel.db import db
from eventapp.kernel.jobs import Rank
from eventapp.kernel.post import Letter, letter


@letter("awards.drafted")
def drafted(nomination_id: int) -> Letter | None:
    """Send the nominator the link under which the draft waits."""
    row = queries.nomination(nomination_id)
    if row is None or row.state is not NominationState.DRAFT:
        return None
    return _to_nominator(row, "awards/drafted", closes_at=row.award.call.closes_at)


@letter("awards.received")
def received(nomination_id: int) -> Letter | None:
    """Confirm a submitted nomination with its number."""
    row = queries.nomination(nomination_id)
    if row is None or row.number is None:
        return None
    return _to_nominator(row, "awards/received", asked=row.consent is ConsentState.ASKED)


@letter("awards.consent-asked")
def consent_asked(nomination_id: int) -> Letter | None:
    """Ask the nominee whether they agree to be nominated."""
    row = queries.nomination(nomination_id)
    if row is None or row.consent is not ConsentState.ASKED or not row.nominee_email:
        return None
    event = _event(row.event_id)
    token = queries.nominee_token(row)
    return Letter(
        to=row.nominee_email,
        locale=row.locale,
        template="awards/consent_asked",
        about=f"nomination:{row.id}",
        event_id=row.event_id,
        context={
            **_common(event, row.locale),
            "award": row.award.name,
            "nominee": row.nominee,
            "nominator": row.nominator,
            "url": boundary.absolute("awards.consent", event=event.slug, token=token),
        },
    )


@letter("awards.consent-answered")
def consent_answered(nomination_id: int) -> Letter | None:
    """Tell the nominator what the nominee answered."""
    row = queries.nomination(nomination_id)
    if row is None:
        return None
    return _to_nominator(row, "awards/consent_answered", given=row.consent is ConsentState.GIVEN)


@letter("awards.checked")
def checked(nomination_id: int) -> Letter | None:
    """Tell the nominator what the formal check found, and until when to complete."""
    row = queries.nomination(nomination_id)
    if row is None or row.formal_result is None:
        return None
    return _to_nominator(
        row,
        "awards/checked",
        result=str(row.formal_result),
        reason=row.formal_reason,
        complete_until=row.complete_until,
    )


@letter("awards.merged")
def merged(nomination_id: int) -> Letter | None:
    """Thank a nominator whose nomination joined another one of the same nominee."""
    row = queries.nomination(nomination_id)
    if row is None or row.merged_into_id is None:
        return None
    return _to_nominator(row, "awards/merged")


@letter("awards.scoring-opened")
def scoring_opened(juror_id: int) -> Letter | None:
    """Invite a juror to read and score."""
    juror = queries.juror(juror_id)
    return None if juror is None else _to_juror(juror, "awards/scoring_opened")


@letter("awards.reminded", Rank.COURTESY)
def reminded(juror_id: int) -> Letter | None:
    """Remind a juror of the cards that are still missing; nothing if none is by now."""
    juror = queries.juror(juror_id)
    if juror is None:
        return None
    owed = next((n for each, n in queries.debtors(juror.call_id) if each.id == juror_id), 0)
    return _to_juror(juror, "awards/reminded", owed=owed) if owed else None


@letter("awards.rules-changed")
def rules_changed(juror_id: int) -> Letter | None:
    """Tell a juror that the rules changed, why, and whether the own cards still stand."""
    juror = queries.juror(juror_id)
    if juror is None:
        return None
    made = [each for each in queries.rule_changes(juror.call_id) if each.confirmed_at]
    if not made:
        return None
    again = made[-1].cards is CardsFate.VOID
    return _to_juror(juror, "awards/rules_changed", reason=made[-1].reason, again=again)


def _to_nominator(row: Nomination, template: str, **context: Any) -> Letter | None:
    if not row.nominator_email:
        return None
    event = _event(row.event_id)
    token = queries.nominator_token(row)
    return Letter(
        to=row.nominator_email,
        locale=row.locale,
        template=template,
        about=f"nomination:{row.id}",
        event_id=row.event_id,
        context={
            **_common(event, row.locale),
            "award": row.award.name,
            "nominee": row.nominee,
            "number": row.number,
            "url": boundary.absolute("awards.own_nomination", event=event.slug, token=token),
            **context,
        },
        reply_to=event.contact_email or None,
    )


def _to_juror(juror: Juror, template: str, **context: Any) -> Letter | None:
    if not juror.person.email:
        return None
    event = _event(juror.event_id)
    call = db.session.get_one(Call, juror.call_id)
    account = db.session.get(Account, juror.account_id) if juror.account_id else None
    locale = account.locale if account else i18n.DEFAULT
    return Letter(
        to=juror.person.email,
        locale=locale,
        template=template,
        about=f"juror:{juror.id}",
        event_id=juror.event_id,
        context={
            **_common(event, locale),
            "call": call.name,
            "closes_at": call.scoring_closes_at,
            "url": boundary.absolute("awards.queue", event=event.slug),
            **context,
        },
        reply_to=event.contact_email or None,
    )


def _event(event_id: int) -> Event:
    return db.session.get_one(Event, event_id)


def _common(event: Event, locale: str) -> dict[str, Any]:
    return {"event_title": i18n.local(event.title, locale), "zone": event.timezone}
