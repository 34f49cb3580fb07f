"""Pages of taking part: the form, the lost link, cancelling; and the participant's identity."""

from flask import Blueprint, Flask, abort, flash, g, render_template, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events import queries as frame
from eventapp.events.access import Permission, Standing
from eventapp.kernel import clock, i18n, limits, submissions
from eventapp.kernel.guard import Identity, public, requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands, queries, rules
from eventapp.registrations.commands import Details, OrganisationDetails
from eventapp.registrations.forms import LostLink, Register
from eventapp.registrations.models import ConsentKind, FormOfAddress, Registration

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
