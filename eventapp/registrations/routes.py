"""Pages of taking part: the form, the lost link, cancelling; and the participant's identity."""

from flask import Blueprint, Flask, abort, flash, g, render_template, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events import queries as frame
from eventapp.events.access import Permission, Standing
from eventapp.kernel import boundary, clock, i18n, limits, submissions
from eventapp.kernel.guard import Identity, public, requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.registrations import commands, queries, rules
from eventapp.registrations.commands import Details, OrganisationDetails
from eventapp.registrations.forms import LostLink, Register
from eventapp.registrations.models import ConsentKind, FormOfAddress, HeldPlace, Registration

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


# --- a place kept for whoever opens its link -------------------------------------------------


@bp.get("/<slug:event>/place/<token>")
@public
def place(event: str, token: str) -> str:
    """Show who keeps which place, and ask for the person's own data."""
    held = _held(event, token)
    return _place_page(held, token, _form_of_place(held))


def _held(event: str, token: str) -> HeldPlace:
    """Return the place that this link is for; whoever has no valid one learns where to ask."""
    held = queries.place_by_link(token)
    if held is None or held.event_id != g.event.id or held.state not in rules.OPEN:
        limits.hit("token-probes", limits.address())
        flash(_("This place has been taken already, or the link was taken back."), "stop")
        abort(see_other(".lost_link", event=event))
    boundary.keep_private()
    return held


def _form_of_place(held: HeldPlace) -> Register:
    """Return the form of a person who takes a place: the organisation is that of the place."""
    form = _form()
    if held.group is not None and held.group.category is not None and not held.replaces_id:
        form.category.data = held.group.category.code
    return form


def _place_page(held: HeldPlace, token: str, form: Register) -> str:
    replaced = queries.registration(held.replaces_id) if held.replaces_id else None
    organisation = held.group.organisation if held.group else replaced and replaced.organisation
    return render_template(
        "registrations/place.html",
        form=form,
        held=held,
        token=token,
        replaced=replaced,
        organisation=organisation,
        sessions=[one for one in map(programme.session, held.session_ids) if one is not None],
    )


@bp.post("/<slug:event>/place/<token>")
@public
def take_place(event: str, token: str) -> Response | str:
    """Take the place, and go on to one's own programme."""
    held = _held(event, token)
    form = _form_of_place(held)
    if not form.validate():
        return _place_page(held, token, form)
    limits.hit("registrations", limits.address())
    held_id, now, details = held.id, clock.now(), _details(form)
    try:
        registration_id = submissions.once(
            f"take-place:{held_id}",
            form.key_of(details),
            lambda: {"id": commands.take_place(held_id, details, now).id},
        )["id"]
    except Refused as refused:
        flash_refusal(refused)
        return _place_page(_held(event, token), token, form)
    return _welcome(event, registration_id)


def _welcome(event: str, registration_id: int) -> Response:
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


# --- own data of somebody whom a colleague registered -----------------------------------------


@bp.get("/<slug:event>/my/complete")
@requires(Permission.SIGN_UP)
def own_data(event: str) -> str:
    """Ask somebody whom a colleague registered for their own data and acknowledgements."""
    row = g.registration
    return _own_data_page(
        Register(
            list(frame.categories(g.event.id)),
            formdata=None,
            first_name=row.first_name,
            last_name=row.last_name,
            email=row.email,
            phone=row.phone,
            category=row.category.code if row.category else "",
            gmina=row.gmina,
            diet=row.diet,
            needs="\n".join(row.needs),
            form_of_address=row.form_of_address.value,
        )
    )


def _own_data_page(form: Register) -> str:
    boundary.keep_private()
    group = queries.group(g.registration.group_id) if g.registration.group_id else None
    return render_template("registrations/own_data.html", form=form, group=group)


@bp.post("/<slug:event>/my/complete")
@requires(Permission.SIGN_UP)
def complete(event: str) -> Response | str:
    """Keep what somebody says of themselves, and what they agree to."""
    form = _form()
    if not form.validate():
        return _own_data_page(form)
    try:
        commands.complete(g.registration.id, _details(form), clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return _own_data_page(form)
    row = queries.registration(g.registration.id)
    if row is not None:
        remember(row)  # another address has another link
    flash(_("Thank you, your data are saved."), "ok")
    return see_other("desk.mine", event=event)
