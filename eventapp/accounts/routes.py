"""Pages of signing in, and the signed-in caller's identity."""

from datetime import datetime

from flask import Blueprint, Flask, abort, current_app, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.accounts import commands, queries, rules
from eventapp.accounts.commands import Entry
from eventapp.accounts.forms import AskForLink, OwnAccount, TypeCode
from eventapp.accounts.models import SignedIn
from eventapp.kernel import boundary, clock, i18n, limits, tokens, visits
from eventapp.kernel.guard import Identity, public, requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused

bp = Blueprint("accounts", __name__)

ADMINISTRATOR = "administrator"
SIGNED_IN = "signed-in"
OWN_ACCOUNT = "own-account"


def identify(event_id: int | None) -> Identity | None:
    """Return the signed-in account, if the request carries a live visit."""
    visit = current_visit()
    if visit is None:
        return None
    roles = {SIGNED_IN} | ({ADMINISTRATOR} if visit.account.is_administrator else set())
    return Identity(f"account:{visit.account_id}", frozenset(roles))


def current_visit() -> SignedIn | None:
    """Return the caller's live visit; looked up once per request."""
    if "visit" not in g:
        g.visit = _live_visit(visits.token(), clock.now())
        g.account = g.visit.account if g.visit is not None else None
        if g.visit is not None:
            i18n.prefer(g.account.locale)
    return g.visit


def _live_visit(token: str | None, now: datetime) -> SignedIn | None:
    if not token or not tokens.has_purpose(token, commands.VISIT):
        return None
    visit = queries.visit_by_hash(tokens.hashed(token))
    if visit is None or not rules.is_live(visit, visit.account, now):
        return None
    return visit


def install(app: Flask) -> None:
    """Note visits once their answer is made, and show pages who is signed in."""

    @app.after_request
    def note_visit(response: Response) -> Response:
        visit = g.get("visit")
        now = clock.now()
        if visit is not None and now - visit.seen_at > rules.SEEN_STEP:
            commands.see(visit.id, now)
        return response

    @app.context_processor
    def who() -> dict[str, object]:
        account = g.get("account")
        if account is None:
            return {}
        urls = current_app.url_map.bind("localhost")
        return {
            "account": {"text": account.name, "url": urls.build("accounts.account")},
            "sign_out_url": urls.build("accounts.sign_out"),
        }


def admit(entry: Entry, target: str) -> Response:
    """Give the browser its cookie and go on to *target*; the old visit ends."""
    old = current_visit()
    if old is not None:
        commands.leave(old.id, old.account_id, clock.now())
    return visits.give(entry.token, target, int(rules.LONGEST.total_seconds()))


@bp.get("/sign-in")
@public
def sign_in() -> str:
    """Ask for the address to which a link shall go."""
    return render_template(
        "accounts/sign_in.html", form=AskForLink(), next=request.args.get("next", "")
    )


@bp.post("/sign-in")
@public
def ask_for_link() -> Response | str:
    """Send the link, and answer alike whether or not there is such an account."""
    form = AskForLink()
    goal = request.form.get("next", "")
    if not form.validate():
        return render_template("accounts/sign_in.html", form=form, next=goal)
    limits.hit("sign-in-address", limits.address())
    limits.hit("sign-in-account", form.email.data)
    commands.send_link(form.email.data, clock.now(), locale=i18n.current())
    return render_template(
        "accounts/code.html", form=TypeCode(formdata=None, email=form.email.data), next=goal
    )


@bp.post("/sign-in/code")
@public
def enter_code() -> Response | str:
    """Sign in with the six digits."""
    form = TypeCode()
    goal = request.form.get("next", "")
    if not form.validate():
        return render_template("accounts/code.html", form=form, next=goal)
    limits.hit("sign-in-address", limits.address())
    limits.hit("sign-in-account", form.email.data)
    digits = tokens.typed_digits(form.digits.data)
    try:
        entry = commands.enter_with_code(form.email.data, digits, visits.device(), clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".sign_in")
    if entry is None:
        form.digits.errors = [_(rules.SignInRefusal.CODE_WRONG.sentence)]
        return render_template("accounts/code.html", form=form, next=goal)
    return admit(entry, boundary.safe_next(goal, "/account"))


@bp.get("/sign-in/<token>")
@public
def link(token: str) -> str:
    """Show the button that signs in; mail scanners follow links, they press no buttons."""
    limits.hit("sign-in-address", limits.address())
    return render_template("accounts/link.html", token=token)


@bp.get("/set-up/<token>")
@public
def set_up(token: str) -> str:
    """Show the first administrator the button that signs in."""
    return link(token)


@bp.post("/sign-in/<token>")
@public
def enter_link(token: str) -> Response:
    """Use the one-time link up and sign in."""
    limits.hit("sign-in-address", limits.address())
    try:
        entry = commands.enter_with_link(token, visits.device(), clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".sign_in")
    return admit(entry, "/account")


@bp.get("/account")
@requires(OWN_ACCOUNT)
def account() -> str:
    """Show the own account: events, name and language, browsers signed in."""
    return _account_page(OwnAccount(obj=g.account))


def _account_page(form: OwnAccount) -> str:
    open_visits = queries.visits(g.account.id, clock.now())
    return render_template("accounts/account.html", form=form, visits=open_visits, visit=g.visit)


@bp.post("/account")
@requires(OWN_ACCOUNT)
def change_account() -> Response | str:
    """Keep the new name and language."""
    form = OwnAccount()
    if not form.validate():
        return _account_page(form)
    commands.change_account(g.account.id, form.name.data, form.locale.data)
    flash(_("Your account is saved."), "ok")
    return see_other(".account")


@bp.post("/account/visits/<id:visit_id>/end")
@requires(OWN_ACCOUNT)
def end_visit(visit_id: int) -> Response:
    """Sign another browser out."""
    if all(visit.id != visit_id for visit in queries.visits(g.account.id, clock.now())):
        abort(404)
    commands.leave(visit_id, g.account.id, clock.now())
    flash(_("That browser is signed out."), "ok")
    return see_other(".account")


@bp.post("/sign-out")
@requires(OWN_ACCOUNT)
def sign_out() -> Response:
    """Sign this browser out."""
    commands.leave(g.visit.id, g.account.id, clock.now())
    answer = redirect("/", code=303)
    answer.delete_cookie(visits.cookie_name())
    return answer


@bp.post("/sign-out/everywhere")
@requires(OWN_ACCOUNT)
def sign_out_everywhere() -> Response:
    """Sign every browser out, and spoil every open link."""
    commands.leave_everywhere(g.account.id, clock.now())
    answer = redirect("/", code=303)
    answer.delete_cookie(visits.cookie_name())
    return answer
