"""Team roles as identity; the pages of events and their teams."""

from typing import BinaryIO, cast

from flask import (
    Blueprint,
    Flask,
    abort,
    flash,
    g,
    has_request_context,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from eventapp.accounts import commands as accounts
from eventapp.events import commands, queries, rules
from eventapp.events.access import Permission
from eventapp.events.forms import (
    EventSettings,
    InviteMember,
    KeepCategory,
    KeepOrganiser,
    KeepStrip,
    NewToken,
    group_name,
    role_name,
)
from eventapp.events.models import Category, Event, Organiser, Role
from eventapp.events.rules import USUAL_ROLES
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import Identity, public, requires
from eventapp.kernel.pages import (
    flash_refusal,
    flash_undoable,
    flash_with_undo,
    see_other,
    sentence,
)
from eventapp.kernel.problems import fault_sentence
from eventapp.kernel.refusal import Refused
from eventapp.kernel.text import BadText
from eventapp.kernel.uploads import as_picture, check_upload

bp = Blueprint("events", __name__)


def identify(event_id: int | None) -> Identity | None:
    """Return the roles that the signed-in account has in the event at hand."""
    visit = g.get("visit")
    if visit is None or event_id is None:
        return None
    now = clock.now()
    members = queries.roles_of(visit.account_id, event_id)
    live = [member for member in members if member.expires_at is None or member.expires_at > now]
    return Identity(f"account:{visit.account_id}", frozenset(member.role for member in live))


MOST_STRIP = 1_000_000  # bytes: it is loaded with every page
OWN_PAGES = frozenset({"accounts.account", "accounts.change_account"})


def install(app: Flask) -> None:
    """Show an account its events, each with the pages its roles open."""
    app.jinja_env.globals["role_name"] = role_name
    app.jinja_env.filters["project_text"] = lambda project, name: i18n.local(
        rules.project_text(project, name)
    )

    @app.context_processor
    def own_events() -> dict[str, object]:
        # Letters are rendered by jobs, where there is no request.
        if not has_request_context() or request.endpoint not in OWN_PAGES:
            return {}
        return {"my_events": _my_events()}


def _my_events() -> list[tuple[Event, list[dict[str, str]]]]:
    account = g.get("account")
    if account is None:
        return []
    found: dict[int, tuple[Event, dict[str, str]]] = {}
    pairs = list(queries.events_of(account.id, clock.now()))
    if account.is_administrator:
        pairs += [(event, Role.ORGANISER) for event in queries.all_events()]
    for event, role in pairs:
        _event, places = found.setdefault(event.id, (event, {}))
        endpoint, text = _place(role)
        places[endpoint] = text
    return [
        (event, [{"url": url_for(end, event=event.slug), "text": places[end]} for end in places])
        for event, places in found.values()
    ]


def _place(role: Role) -> tuple[str, str]:
    if role in {Role.DOOR, Role.LEAD}:
        return "checkin.door", _("Door")
    if role in {Role.JUROR, Role.CHAIR, Role.SECRETARY}:
        return "awards.jury", _("Jury")
    if role is Role.CO_ORGANISER:
        return "desk.co_organiser", _("Guests and numbers")
    return "desk.overview", _("Desk")


@bp.get("/<slug:event>/desk/settings")
@requires(Permission.MANAGE_EVENT)
def settings(event: str) -> str:
    """Show the event's own settings, to be changed."""
    seen = commands.mark(g.event)
    return _settings_page(EventSettings(formdata=None, seen=seen, **EventSettings.shown(g.event)))


def _settings_page(form: EventSettings) -> str:
    boundary.keep_private()
    return render_template(
        "events/settings.html", form=form, planned=queries.is_planned(g.event.id)
    )


@bp.post("/<slug:event>/desk/settings")
@requires(Permission.MANAGE_EVENT)
def save_settings(event: str) -> Response | str:
    """Replace the event's own settings."""
    form = EventSettings(timezone=g.event.timezone)
    if not form.validate():
        return _settings_page(form)
    seen = form.seen.data or None
    try:
        commands.edit_settings(g.event.id, clock.now(), seen=seen, **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return _settings_page(form)
    flash_with_undo(_("The settings are saved."), f"event:{g.event.id}")
    return see_other(".settings", event=event)


@bp.post("/<slug:event>/desk/settings/badge-key")
@requires(Permission.MANAGE_EVENT)
def renew_badge_key(event: str) -> Response:
    """Sign badges with a new key from now on."""
    try:
        number = commands.renew_badge_key(g.event.id)
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("Badges are signed with key %(number)s from now on.", number=number), "ok")
    return see_other(".settings", event=event, _anchor="badges")


@bp.post("/<slug:event>/desk/settings/badge-key/withdrawal")
@requires(Permission.MANAGE_EVENT)
def withdraw_badge_keys(event: str) -> Response:
    """Let no device trust badges of older keys."""
    try:
        commands.withdraw_badge_keys(g.event.id)
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("Devices trust the signatures of the newest key alone."), "ok")
    return see_other(".settings", event=event, _anchor="badges")


@bp.get("/<slug:event>/desk/settings/strip")
@requires(Permission.MANAGE_EVENT)
def strip(event: str) -> str:
    """Show the strip of signs that every page carries, to be exchanged."""
    alt = g.event.sign_strip.get("alt", {})
    return _strip_page(KeepStrip(formdata=None, alt_pl=alt.get("pl"), alt_en=alt.get("en")))


def _strip_page(form: KeepStrip, fault: str | None = None) -> str:
    boundary.keep_private()
    return render_template("events/strip.html", form=form, fault=fault)


@bp.post("/<slug:event>/desk/settings/strip")
@boundary.accepts_upload(MOST_STRIP + 100_000)
@requires(Permission.MANAGE_EVENT)
def save_strip(event: str) -> Response | str:
    """Take the picture of another strip, or other words for it."""
    form, file = KeepStrip(), request.files.get("file")
    if not form.validate():
        chosen = file is not None and file.filename
        return _strip_page(form, _("Please choose the file again.") if chosen else None)
    try:
        _keep_strip(form, file)
    except BadText as error:
        return _strip_page(form, fault_sentence(error))
    except Refused as refused:
        return _strip_page(form, sentence(refused))
    flash_with_undo(_("The strip of signs is saved."), f"event:{g.event.id}")
    return see_other(".strip", event=event)


def _keep_strip(form: KeepStrip, file: FileStorage | None) -> None:
    if file is None or not file.filename:
        commands.describe_strip(g.event.id, clock.now(), alt=form.alt())
        return
    stream = cast(BinaryIO, file.stream)
    upload = check_upload(stream, file.filename, ("png", "jpeg"), most=MOST_STRIP)
    commands.put_strip(g.event.id, upload, clock.now(), alt=form.alt())


@bp.post("/<slug:event>/desk/settings/strip/removal")
@requires(Permission.MANAGE_EVENT)
def remove_strip(event: str) -> Response:
    """Go back to the neutral strip."""
    commands.remove_strip(g.event.id, clock.now())
    flash_with_undo(_("The pages carry the neutral strip again."), f"event:{g.event.id}")
    return see_other(".strip", event=event)


@bp.get("/<slug:event>/sign-strip/<id:strip_id>")
@public
def strip_picture(event: str, strip_id: int) -> Response:
    """Show a strip of signs in the pages of its event."""
    row = queries.strip(g.event.id, strip_id)
    if row is None:
        abort(404)
    return as_picture(row.content, row.media_type)


@bp.get("/<slug:event>/desk/categories")
@requires(Permission.MANAGE_EVENT)
def categories(event: str) -> str:
    """List who may take part."""
    return _categories_page(KeepCategory(formdata=None))


def _categories_page(form: KeepCategory) -> str:
    boundary.keep_private()
    return render_template(
        "events/categories.html",
        form=form,
        categories=queries.categories(g.event.id),
        group_name=group_name,
    )


@bp.post("/<slug:event>/desk/categories")
@requires(Permission.MANAGE_EVENT)
def add_category(event: str) -> Response | str:
    """Let people of one more kind take part."""
    form = KeepCategory()
    if not form.validate():
        return _categories_page(form)
    row = commands.put_category(g.event.id, clock.now(), **form.values())
    flash_with_undo(_("The category is added."), f"category:{row.id}")
    return see_other(".categories", event=event)


@bp.post("/<slug:event>/desk/categories/usual")
@requires(Permission.MANAGE_EVENT)
def add_usual_categories(event: str) -> Response:
    """Take over whom projects of the social economy usually invite."""
    count = commands.put_usual_categories(g.event.id, clock.now())
    flash(ngettext("%(num)d category is added.", "%(num)d categories are added.", count), "ok")
    return see_other(".categories", event=event)


@bp.get("/<slug:event>/desk/categories/<id:category_id>")
@requires(Permission.MANAGE_EVENT)
def category(event: str, category_id: int) -> str:
    """Show a category, to be changed."""
    row = _own_category(category_id)
    return _category_page(KeepCategory(formdata=None, **KeepCategory.shown(row)), row)


def _category_page(form: KeepCategory, row: Category) -> str:
    boundary.keep_private()
    return render_template("events/category.html", form=form, row=row)


@bp.post("/<slug:event>/desk/categories/<id:category_id>")
@requires(Permission.MANAGE_EVENT)
def save_category(event: str, category_id: int) -> Response | str:
    """Call a category something else, or count it in another group."""
    row, form = _own_category(category_id), KeepCategory()
    if not form.validate():
        return _category_page(form, row)
    commands.edit_category(row.id, clock.now(), **form.values())
    flash_with_undo(_("The category is saved."), f"category:{row.id}")
    return see_other(".categories", event=event)


@bp.post("/<slug:event>/desk/categories/<id:category_id>/removal")
@requires(Permission.MANAGE_EVENT)
def remove_category(event: str, category_id: int) -> Response:
    """Remove a category that nobody has chosen."""
    _own_category(category_id)
    try:
        commands.remove_category(category_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash_with_undo(_("The category is removed."), f"category:{category_id}")
    return see_other(".categories", event=event)


def _own_category(category_id: int) -> Category:
    rows = queries.categories(g.event.id)
    row = next((row for row in rows if row.id == category_id), None)
    if row is None:
        abort(404)
    return row


@bp.get("/<slug:event>/desk/organisers")
@requires(Permission.MANAGE_EVENT)
def organisers(event: str) -> str:
    """List the institutions that the event names."""
    return _organisers_page(KeepOrganiser(formdata=None))


def _organisers_page(form: KeepOrganiser) -> str:
    boundary.keep_private()
    return render_template(
        "events/organisers.html",
        form=form,
        organisers=queries.organisers(g.event.id),
        roles=USUAL_ROLES,
    )


@bp.post("/<slug:event>/desk/organisers")
@requires(Permission.MANAGE_EVENT)
def add_organiser(event: str) -> Response | str:
    """Name one more institution on the event."""
    form = KeepOrganiser()
    if not form.validate():
        return _organisers_page(form)
    row = commands.put_organiser(g.event.id, clock.now(), **form.values())
    flash_with_undo(_("The institution is added."), f"organiser:{row.id}")
    return see_other(".organisers", event=event)


@bp.get("/<slug:event>/desk/organisers/<id:organiser_id>")
@requires(Permission.MANAGE_EVENT)
def organiser(event: str, organiser_id: int) -> str:
    """Show an institution, to be changed."""
    row = _own_organiser(organiser_id)
    return _organiser_page(KeepOrganiser(formdata=None, **KeepOrganiser.shown(row)), row)


def _organiser_page(form: KeepOrganiser, row: Organiser) -> str:
    boundary.keep_private()
    return render_template("events/organiser.html", form=form, row=row, roles=USUAL_ROLES)


@bp.post("/<slug:event>/desk/organisers/<id:organiser_id>")
@requires(Permission.MANAGE_EVENT)
def save_organiser(event: str, organiser_id: int) -> Response | str:
    """Replace what the event says of an institution."""
    row, form = _own_organiser(organiser_id), KeepOrganiser()
    if not form.validate():
        return _organiser_page(form, row)
    try:
        commands.edit_organiser(organiser_id, clock.now(), **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return _organiser_page(form, _own_organiser(organiser_id))
    flash_with_undo(_("The institution is saved."), f"organiser:{organiser_id}")
    return see_other(".organisers", event=event)


@bp.post("/<slug:event>/desk/organisers/<id:organiser_id>/move")
@requires(Permission.MANAGE_EVENT)
def move_organiser(event: str, organiser_id: int) -> Response:
    """Name an institution one place earlier or later."""
    _own_organiser(organiser_id)
    places = {"earlier": -1, "later": 1}.get(request.form.get("to", ""))
    if places is None:
        abort(400)
    moved = commands.move_organiser(organiser_id, clock.now(), places)
    if moved is not None:
        flash_undoable(_("The order is changed."), moved)
    return see_other(".organisers", event=event)


@bp.post("/<slug:event>/desk/organisers/<id:organiser_id>/removal")
@requires(Permission.MANAGE_EVENT)
def remove_organiser(event: str, organiser_id: int) -> Response:
    """Name an institution no longer."""
    _own_organiser(organiser_id)
    try:
        commands.remove_organiser(organiser_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".organiser", event=event, organiser_id=organiser_id)
    flash_with_undo(_("The institution is removed."), f"organiser:{organiser_id}")
    return see_other(".organisers", event=event)


def _own_organiser(organiser_id: int) -> Organiser:
    rows = queries.organisers(g.event.id)
    row = next((row for row in rows if row.id == organiser_id), None)
    if row is None:
        abort(404)
    return row


@bp.get("/<slug:event>/desk/team")
@requires(Permission.MANAGE_TEAM)
def team(event: str) -> str:
    """Show who works on the event, and the programs that may read it."""
    return _team_page(_invite(formdata=None), NewToken(formdata=None))


def _invite(**given: None) -> InviteMember:
    return InviteMember(queries.organisers(g.event.id), **given)


def _team_page(form: InviteMember, token_form: NewToken, token: str | None = None) -> str:
    return render_template(
        "events/team.html",
        form=form,
        token_form=token_form,
        token=token,
        members=queries.team(g.event.id),
        tokens=queries.tokens(g.event.id),
        institutions={row.id: row for row in queries.organisers(g.event.id)},
    )


@bp.post("/<slug:event>/desk/team")
@requires(Permission.MANAGE_TEAM)
def add_member(event: str) -> Response | str:
    """Add somebody to the team by e-mail and send the sign-in link."""
    form = _invite()
    if not form.validate():
        return _team_page(form, NewToken(formdata=None))
    now = clock.now()
    try:
        account = accounts.keep_account(form.email.data, form.name.data, now)
        role, organiser_id = Role(form.role.data), form.organiser_id()
        commands.join_team(
            g.event.id, account.id, role, now,
            organiser_id=organiser_id, expires_at=form.expires_at(),
        )  # fmt: skip
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".team", event=event)
    accounts.send_link(account.email, now)
    flash(_("%(name)s is in the team; a sign-in link is on its way.", name=account.name), "ok")
    return see_other(".team", event=event)


@bp.post("/<slug:event>/desk/team/<id:member_id>/remove")
@requires(Permission.MANAGE_TEAM)
def remove_member(event: str, member_id: int) -> Response:
    """Take a role away."""
    if all(member.id != member_id for member, _account in queries.team(g.event.id)):
        abort(404)
    try:
        commands.leave_team(member_id)
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The role is taken away."), "ok")
    return see_other(".team", event=event)


@bp.post("/<slug:event>/desk/tokens")
@requires(Permission.MANAGE_TEAM)
def add_token(event: str) -> Response | str:
    """Make an API token; the page that answers is the only one that ever shows it."""
    form = NewToken()
    if not form.validate():
        return _team_page(_invite(formdata=None), form)
    _row, token = commands.issue_token(g.event.id, form.label.data, [form.scope.data], clock.now())
    return _team_page(_invite(formdata=None), NewToken(formdata=None), token)


@bp.post("/<slug:event>/desk/tokens/<id:token_id>/revoke")
@requires(Permission.MANAGE_TEAM)
def revoke_token(event: str, token_id: int) -> Response:
    """End an API token."""
    if all(token.id != token_id for token in queries.tokens(g.event.id)):
        abort(404)
    commands.revoke_token(token_id, clock.now())
    flash(_("The token is revoked."), "ok")
    return see_other(".team", event=event)
