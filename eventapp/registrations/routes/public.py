"""Pages of taking part: the form, the lost link, cancelling; and the participant's identity."""

from collections.abc import Mapping, Sequence

from flask import Flask, abort, flash, g, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events.access import Permission, Standing
from eventapp.kernel import clock, i18n, limits, submissions
from eventapp.kernel.guard import Identity, public, requires
from eventapp.kernel.pages import see_other, sentence
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands, queries, rules
from eventapp.registrations.commands import Details, OrganisationDetails
from eventapp.registrations.forms import LostLink, Register, register_form
from eventapp.registrations.forms.asked import (
    SEEN_BY,
    AskedForm,
    asked_consents,
    conditions,
    consent_name,
    later_fields,
    needing,
)
from eventapp.registrations.models import ConsentKind, Registration
from eventapp.registrations.routes.frame import asking_of_event, bp
from eventapp.registrations.rules import RegistrationRefusal

PLACES = "places"  # the visit's own registrations: {event id: [registration id, generation]}
MOST_PLACES = 20
LONGEST_NUMBER = 6


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
    """Tell templates what a reference number looks like when it is read out, and who sees what."""
    app.jinja_env.filters["reference"] = rules.shown_number
    app.jinja_env.globals["seen_by"] = SEEN_BY


@bp.get("/<slug:event>/register")
@public
def register(event: str) -> str:
    """Show the registration form, or why there is none now."""
    return _form_page(_form())


def _form() -> Register:
    return register_form(asking_of_event())


def _form_page(form: Register, extra: Sequence[str] = ()) -> str:
    now = clock.now()
    form.clause_read.data = queries.clause_number(g.event.id, now)
    return render_template(
        "registrations/register.html",
        form=form,
        extra=extra,
        closed=rules.refuse_window(g.event, now),
        consents=[form[consent_name(kind)] for kind in asked_consents(form.asked.form)],
        later=len(later_fields(form.asked)) + len(form.asked.questions) > len(form.standard),
        conditions=conditions,
        needing=needing(form.asked),
    )


@bp.post("/<slug:event>/register")
@public
def submit(event: str) -> Response | str:
    """Register, remember who it was in this browser, and go on to their programme."""
    form = _form()
    if not form.validate():
        return _form_page(form)
    limits.hit("registrations", limits.address())
    event_id, now, details = g.event.id, clock.now(), details_in(form)
    try:
        registration_id = submissions.once(
            f"register:{event_id}",
            form.key_of(details),
            lambda: {"id": commands.register(event_id, details, now).id},
        )["id"]
    except Refused as refused:
        return _form_page(form, place_refusal(form, refused))
    return welcome(registration_id)


def welcome(registration_id: int) -> Response:
    """Let this browser act for whoever has just registered, and go on to their programme."""
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
    return see_other("desk.mine", event=g.event.slug)


# Beside which field a refusal stands.
_FIELDS: Mapping[RegistrationRefusal, str] = {
    RegistrationRefusal.BY_STAFF_ONLY: "category",
    RegistrationRefusal.ORGANISATION_REQUIRED: "organisation",
    RegistrationRefusal.UNKNOWN_ORGANISATION: "organisation",
    RegistrationRefusal.NIP_REQUIRED: "nip",
    RegistrationRefusal.RUN_BY_REQUIRED: "run_by",
    RegistrationRefusal.PLACE_REQUIRED: "gmina",
    RegistrationRefusal.OUTSIDE_AREA: "gmina",
    RegistrationRefusal.SEAT_OUTSIDE_AREA: "organisation",
    RegistrationRefusal.CLAUSE_REQUIRED: "clause",
}


def place_refusal(form: AskedForm, refused: Refused) -> list[str]:
    """Set a refusal beside the field that it is about; return it where there is none."""
    name = next((name for reason, name in _FIELDS.items() if reason is refused.reason), "")
    if name not in form:
        return [sentence(refused)]
    form[name].errors = [*form[name].errors, sentence(refused)]
    return []


def details_in(form: Register) -> Details:
    """Return what a form of the first step holds."""
    return Details(
        first_name=form.first_name.data,
        last_name=form.last_name.data,
        email=form.email.data,
        locale=i18n.current(),
        category=form.category.data,
        organisation=organisation_in(form),
        consents={ConsentKind.INFORMATION_CLAUSE: form.clause.data, **form.consents()},
        clause_version=_clause_read(form),
        answers=form.answers(),
        **form.columns(),
    )


def _clause_read(form: Register) -> str:
    """Return the version of the clause that the page showed; a damaged one is the present one."""
    shown = form.clause_read.data or ""
    if shown.isascii() and shown.isdigit() and len(shown) < LONGEST_NUMBER:
        return shown
    return queries.clause_number(g.event.id, clock.now())


def organisation_in(form: AskedForm) -> OrganisationDetails | None:
    """Return the organisation that a form names, by its name or its NIP."""
    said = {
        name: form[name].data or None
        for name in ("organisation", "nip", "krs", "regon", "run_by", "run_by_nip")
        if name in form
    }
    if not said.get("organisation") and not said.get("nip"):
        return None
    return OrganisationDetails(
        name=said.get("organisation") or "",
        nip=said.get("nip"),
        krs=said.get("krs"),
        regon=said.get("regon"),
        run_by=said.get("run_by") or "",
        run_by_nip=said.get("run_by_nip"),
    )


# Where a letter's link may lead besides one's programme.
PAGES_OF_LETTERS = {
    "badge": "desk.badge",
    "details": "registrations.details",
    "certificate": "documents.my_certificate",
}


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
    return see_other(PAGES_OF_LETTERS.get(request.args.get("page", ""), "desk.mine"), event=event)


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
