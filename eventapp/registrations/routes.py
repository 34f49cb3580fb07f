"""Pages of taking part: the form, the lost link, cancelling; and the participant's identity."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Flask, abort, flash, g, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events import queries as frame
from eventapp.events.access import Permission, Standing
from eventapp.kernel import boundary, clock, i18n, limits, submissions, text
from eventapp.kernel.guard import Identity, public, requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands, queries, rules
from eventapp.registrations.commands import Details, OrganisationDetails, Paper
from eventapp.registrations.forms import Entered, LostLink, Register
from eventapp.registrations.models import ConsentKind, FormOfAddress, Registration, Source, State
from eventapp.registrations.queries import Known

bp = Blueprint("registrations", __name__)

PLACES = "places"  # the visit's own registrations: {event id: [registration id, generation]}
MOST_PLACES = 20
CLAUSE = "1"


def identify(event_id: int | None) -> Identity | None:
    """Return the participant whose personal link this browser opened for this event."""
    row = current(event_id)
    if row is None:
        return None
    return Identity(f"registration:{row.id}", frozenset({Standing.PARTICIPANT}))


def current(event_id: int | None) -> Registration | None:
    """Return the registration this browser acts for; looked up once per request."""
    if "registration" not in g:
        g.registration = _remembered(event_id)
        if g.registration is not None:
            i18n.prefer(g.registration.locale)
    return g.registration


def _remembered(event_id: int | None) -> Registration | None:
    place = session.get(PLACES, {}).get(str(event_id))
    if place is None:
        return None
    row = queries.registration(place[0])
    if row is None or row.link_generation != place[1] or row.event_id != event_id:
        return None
    return row if row.state in rules.OPEN else None


def remember(row: Registration) -> None:
    """Let this browser act for a registration; it ends when the personal link is renewed."""
    places = dict(session.get(PLACES, {}))
    places.pop(str(row.event_id), None)
    kept = list(places.items())[-MOST_PLACES:]
    session[PLACES] = {**dict(kept), str(row.event_id): [row.id, row.link_generation]}
    session.permanent = True


def install(app: Flask) -> None:
    """Tell templates what a reference number looks like when it is read out."""
    app.jinja_env.filters["reference"] = rules.shown_number


@bp.get("/<slug:event>/register")
@public
def register(event: str) -> str:
    """Show the registration form, or why there is none now."""
    return _form_page(_form())


def _form() -> Register:
    return Register(list(frame.categories(g.event.id)))


def _form_page(form: Register, refusal: str | None = None) -> str:
    return render_template(
        "registrations/register.html",
        form=form,
        refusal=refusal,
        closed=rules.refuse_window(g.event, clock.now()),
        organisers=frame.organisers(g.event.id),
    )


@bp.post("/<slug:event>/register")
@public
def submit(event: str) -> Response | str:
    """Register, remember who it was in this browser, and go on to their programme."""
    form = _form()
    if not form.validate():
        return _form_page(form)
    limits.hit("registrations", limits.address())
    event_id, now, details = g.event.id, clock.now(), _details(form)
    try:
        registration_id = submissions.once(
            f"register:{event_id}",
            form.key_of(details),
            lambda: {"id": commands.register(event_id, details, now).id},
        )["id"]
    except Refused as refused:
        flash_refusal(refused)
        return _form_page(form)
    row = queries.registration(registration_id)
    if row is None:
        abort(404)
    remember(row)
    flash(
        _(
            "You are registered. Your number is %(number)s; the link is in your mail.",
            number=rules.shown_number(row.number),
        ),
        "ok",
    )
    return see_other("desk.mine", event=event)


def _details(form: Register) -> Details:
    name = form.organisation.data
    return Details(
        first_name=form.first_name.data,
        last_name=form.last_name.data,
        email=form.email.data,
        phone=form.phone.data or "",
        form_of_address=FormOfAddress(form.form_of_address.data or "none"),
        locale=i18n.current(),
        category=form.category.data,
        organisation=OrganisationDetails(name=name) if name else None,
        gmina=form.gmina.data or "",
        diet=form.diet.data or "",
        needs=[line.strip() for line in (form.needs.data or "").splitlines() if line.strip()],
        consents={
            ConsentKind.INFORMATION_CLAUSE: form.clause.data,
            ConsentKind.PHOTO: form.photo.data,
            ConsentKind.NEWSLETTER: form.newsletter.data,
        },
        clause_version=CLAUSE,
    )


@bp.get("/<slug:event>/my/<token>")
@public
def enter(event: str, token: str) -> Response:
    """Open a personal link: this browser acts for its registration from now on."""
    found = queries.by_link(token)
    row = found.registration
    if row is None or row.event_id != g.event.id or row.state not in rules.OPEN:
        limits.hit("token-probes", limits.address())
        flash(_("This personal link is not valid any more. Ask for the present one here."), "stop")
        return see_other(".lost_link", event=event)
    remember(row)
    return see_other("desk.mine", event=event)


@bp.get("/<slug:event>/lost-link")
@public
def lost_link(event: str) -> str:
    """Ask where the personal links shall go again."""
    return render_template("registrations/lost_link.html", form=LostLink(), sent=False)


@bp.post("/<slug:event>/lost-link")
@public
def send_links(event: str) -> str:
    """Send the links of this mailbox, and answer alike whether or not there are any."""
    form = LostLink()
    if not form.validate():
        return render_template("registrations/lost_link.html", form=form, sent=False)
    limits.hit("links", f"{g.event.id}:{form.email.data}")
    limits.hit("sign-in-address", limits.address())
    commands.send_links(g.event.id, form.email.data, clock.now())
    return render_template("registrations/lost_link.html", form=form, sent=True)


@bp.post("/<slug:event>/my/forget")
@requires(Permission.SIGN_UP)
def forget(event: str) -> Response:
    """Let this browser act for the registration no longer."""
    session.get(PLACES, {}).pop(str(g.event.id), None)
    session.modified = True
    flash(_("This device has forgotten you; your personal link still works."), "ok")
    return see_other("desk.home", event=event)


# --- entered by staff -----------------------------------------------------------------------


@bp.get("/<slug:event>/desk/people/new")
@requires(Permission.MANAGE_PEOPLE)
def add_person(event: str) -> str:
    """Ask for all that a form on paper says, or that somebody says on the telephone."""
    return _entry_page(_entry(**_carried_on()), [])


def _carried_on() -> dict[str, Any]:
    """Return what stays the same from one form of a pile to the next."""
    asked, today = request.args, i18n.day_of(clock.now())
    return {
        "source": asked.get("source", Source.PAPER_FORM.value),
        "received_on": _day(asked.get("received_on")) or today,
        "clause_on": _day(asked.get("clause_on")),
        "clause": bool(asked.get("clause_on")),
        "category": asked.get("category"),
        "state": rules.entered_state(g.event).value,
    }


def _day(asked: str | None) -> date | None:
    try:
        return date.fromisoformat(asked or "")
    except ValueError:
        return None


def _entry(**given: Any) -> Entered:
    return Entered(list(frame.categories(g.event.id)), i18n.day_of(clock.now()), data=given)


def _entry_page(form: Entered, known: Sequence[Known]) -> str:
    boundary.keep_private()
    return render_template("registrations/add_person.html", form=form, known=known)


@bp.post("/<slug:event>/desk/people/new")
@requires(Permission.MANAGE_PEOPLE)
def enter_person(event: str) -> Response | str:
    """Register somebody for them; whoever looks known is offered first, and never merged."""
    form = _entry()
    known = _recognise(form)
    form.offer([(one.person.id, _said_of(one)) for one in known])
    if not form.validate() or (known and not form.who.data):
        return _entry_page(form, known)
    event_id, now, details = g.event.id, clock.now(), _details(form)
    paper = Paper(
        received_on=form.received_on.data,
        clause_on=form.clause_on.data if form.clause.data else None,
    )
    who = boundary.read_id(form.who.data) if known else None
    how: dict[str, Any] = {
        "source": Source(form.source.data),
        "state": State(form.state.data),
        "paper": paper,
        "person_id": who,
    }
    try:
        registration_id = submissions.once(
            f"enter:{event_id}",
            form.key_of((details, how)),
            lambda: {"id": commands.enter(event_id, details, now, **how).id},
        )["id"]
    except Refused as refused:
        flash_refusal(refused)
        return _entry_page(form, known)
    return _entered(event, registration_id, form)


def _entered(event: str, registration_id: int, form: Entered) -> Response:
    row = queries.registration(registration_id)
    if row is None:
        abort(404)
    number = rules.shown_number(row.number)
    name = f"{row.first_name} {row.last_name}"
    flash(_("Registered: %(name)s, number %(number)s.", name=name, number=number), "ok")
    if not request.form.get("next"):
        return see_other("desk.person", event=event, registration_id=row.id)
    kept = {name: form[name].data for name in ("source", "received_on", "clause_on", "category")}
    return see_other(".add_person", event=event, **{key: kept[key] for key in kept if kept[key]})


def _recognise(form: Entered) -> list[Known]:
    name = text.search_key(form.first_name.data or "", form.last_name.data or "")
    if not name:
        return []
    return queries.known_people(
        g.event.host_id, name=name, email=form.email.data, phone=form.phone.data or ""
    )[:MOST_OFFERED]


MOST_OFFERED = 8


def _said_of(one: Known) -> str:
    """Return by what staff may recognise somebody: name, organisation, mailbox, telephone."""
    person, last = one.person, one.last
    here = last is not None and last.event_id == g.event.id and last.state in rules.OPEN
    parts = [
        text.full_name(person.title, person.first_name, person.last_name),
        last.organisation.name if last is not None and last.organisation is not None else "",
        person.email or "",
        text.shown_phone(last.phone) if last is not None and last.phone else "",
        _("registered for this event already") if here else "",
    ]
    return " · ".join(part for part in parts if part)
