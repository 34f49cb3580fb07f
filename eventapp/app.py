"""The application: the only module that imports every slice."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask, Request, current_app, g, request, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect

from eventapp import config, reactions
from eventapp.allocation.commands import copying as allocation
from eventapp.awards.commands import copying as awards
from eventapp.checkin.commands import copying as checkin
from eventapp.demo import routes as demo
from eventapp.desk.routes.sharing import COMPONENT
from eventapp.events import access, queries
from eventapp.events import commands as events
from eventapp.events.commands import copying as frame
from eventapp.kernel import (
    assets,
    boundary,
    bundled,
    cached,
    clock,
    copying,
    facts,
    guard,
    i18n,
    journal,
    limits,
    mail_words,
    post,
    settings,
    tokens,
)
from eventapp.kernel.db import db, engine_options
from eventapp.kernel.routing import LateRule
from eventapp.messages.commands import copying as letters
from eventapp.messages.rules import shipped
from eventapp.press import commands as press
from eventapp.programme import commands as programme
from eventapp.programme.commands import copying as plan
from eventapp.registrations import commands as registrations
from eventapp.registrations.commands import copying as taking_part
from eventapp.signups import commands as signups
from eventapp.signups.commands import copying as seats

SLICES = (
    "accounts",
    "events",
    "directory",
    "programme",
    "registrations",
    "invites",
    "signups",
    "allocation",
    "checkin",
    "attendance",
    "awards",
    "documents",
    "messages",
    "press",
    "desk",
)
KERNEL_PAGES = (
    "eventapp.kernel.health",
    "eventapp.kernel.incoming",
    "eventapp.kernel.lan",
    "eventapp.kernel.mailbox",
    "eventapp.kernel.openapi",
    "eventapp.kernel.reader",
    "eventapp.kernel.unsubscribing",
)
DECODER = "js/scanner/decoder.js"
OFFSET = "clock-offset"
ASKED = "clock-asked"

# What can be undone, and what an event takes over from an earlier one, slice by slice.
KEEPERS = {
    **events.KEEPERS,
    **programme.KEEPERS,
    **registrations.KEEPERS,
    **signups.KEEPERS,
    **press.KEEPERS,
}
PARTS = [
    *frame.PARTS,
    *taking_part.PARTS,
    *plan.PARTS,
    *seats.PARTS,
    *allocation.PARTS,
    *checkin.PARTS,
    *awards.PARTS,
    *letters.PARTS,
]

csrf = CSRFProtect()


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions; a cookie that was given over TLS never travels without it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Read the visit's cookie; without one, spare the keys for it."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def get_cookie_secure(self, app: Flask) -> bool:
        """Tell whether the cookie is for TLS alone."""
        return super().get_cookie_secure(app) or request.is_secure


def create_app(given: Mapping[str, Any] | None = None) -> Flask:
    """Build the application from *given* settings, the environment and the defaults.

    *given* has the names of `config.SETTINGS` without their prefix, and may carry Flask's
    own (``TESTING``). Raises `config.BadSetting` with one sentence.
    """
    app = Flask(
        "eventapp",
        template_folder=str(bundled.folder("templates")),
        static_folder=str(bundled.folder("static")),
    )
    app.url_rule_class = LateRule
    app.session_interface = Sessions()
    _configure(app, given or {})
    _prepare_folders(app)
    cached.install(app)
    boundary.install(app)
    tokens.install(app)
    db.init_app(app)
    i18n.install(app)
    limits.install(app)
    _protect_forms(app)
    _share_templates(app)
    sources = _mount_slices(app)
    guard.install(
        app,
        guard.Gate(
            permits=access.permits,
            event_of_slug=queries.by_slug,
            visible=access.visible,
            sources=sources,
            everywhere=access.EVERYWHERE,
        ),
    )
    facts.install(app, reactions.TABLE)
    journal.install(app, KEEPERS)
    copying.install(app, PARTS)
    post.install(app, queries.mail_policy)
    mail_words.install(app, shipped.TABLE)
    if app.config["DEMO"]:
        _mount_demonstration(app)
    assets.install(app, wider={DECODER: {"script": "'wasm-unsafe-eval'"}}, lent=(COMPONENT,))
    return app


def _configure(app: Flask, given: Mapping[str, Any]) -> None:
    values = config.read(given)
    app.config.update(given)
    app.config.update(values)
    app.config["SECRET_KEYS"] = values["SECRET_KEY"]
    app.config["SECRET_KEY"] = values["SECRET_KEY"][0]
    app.config["SECRET_KEY_FALLBACKS"] = values["SECRET_KEY"][1:]
    app.config["SQLALCHEMY_DATABASE_URI"] = values["DATABASE_URL"]
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(values["DATABASE_URL"])
    secure = str(values["BASE_URL"]).startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-visit" if secure else "visit",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=False,
    )


def _prepare_folders(app: Flask) -> None:
    Path(app.config["DATA_DIR"]).mkdir(parents=True, exist_ok=True)


def _protect_forms(app: Flask) -> None:
    csrf.init_app(app)

    @app.before_request
    def protect() -> None:
        # A bearer token is never sent by a foreign page on its own; a cookie is.
        bearer = request.headers.get("Authorization", "").startswith("Bearer ")
        # The choice of language changes only the reader's own cookie. Its form stands on
        # every page; a token in it would make each public page one visitor's own.
        language = request.endpoint == "reader.language"
        # Mail programs unsubscribe by themselves (RFC 8058); the link's own token is the proof.
        unsubscribes = request.blueprint == "unsubscribing"
        # Without a cookie nobody can be made to act against their will.
        stranger = request.path.startswith("/api/") and not request.cookies
        excused = bearer or language or stranger or unsubscribes
        if request.method not in {"GET", "HEAD", "OPTIONS"} and not excused:
            csrf.protect()


def _mount_slices(app: Flask) -> list[Any]:
    """Register every slice's blueprints; return their sources of identity."""
    for name in SLICES:
        for room in ("models", "mails", "jobs"):
            _room(f"eventapp.{name}.{room}")
    rooms = [f"eventapp.{name}.{room}" for name in SLICES for room in ("routes", "api")]
    modules = [module for name in (*KERNEL_PAGES, *rooms) if (module := _room(name)) is not None]
    for module in modules:
        app.register_blueprint(module.bp)
        if hasattr(module, "install"):
            module.install(app)
    return [module.identify for module in modules if hasattr(module, "identify")]


def _mount_demonstration(app: Flask) -> None:
    app.register_blueprint(demo.bp)
    demo.install(app)


def _room(name: str) -> Any:
    """Import one room; a slice need not have every room."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None


def _share_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(can=guard.can, Permission=access.Permission)

    @app.context_processor
    def around() -> dict[str, Any]:
        event = g.get("event")
        return {
            "now": clock.now(),
            "nav": _public_nav(event) if event is not None else [],
            "foot_links": _foot_links(event) if event is not None else [],
            "sign_strip": _sign_strip(event) if event is not None else None,
        }


def _public_nav(event: Any) -> list[dict[str, Any]]:
    pages = [
        ("desk.home", _("About")),
        ("desk.programme", _("Programme")),
        ("awards.overview", _("Awards")),
        ("desk.mine", _("My programme")),
    ]
    return [
        {
            "text": text,
            "url": url_for(endpoint, event=event.slug),
            "current": request.endpoint == endpoint,
        }
        for endpoint, text in pages
        if _known(endpoint)
    ]


def _foot_links(event: Any) -> list[dict[str, Any]]:
    pages = [
        ("desk.practical", _("Practical information")),
        *([("press.public_page", _("For the media"))] if event.press_shown else []),
        ("registrations.lost_link", _("I lost my link")),
        ("desk.privacy", _("Privacy")),
        ("desk.accessibility", _("Accessibility")),
    ]
    return [
        {"text": text, "url": url_for(endpoint, event=event.slug)}
        for endpoint, text in pages
        if _known(endpoint)
    ]


def _sign_strip(event: Any) -> dict[str, str] | None:
    """Return the funding signs that every page of a co-financed event carries."""
    own = event.sign_strip
    if own:
        source = url_for("events.strip_picture", event=event.slug, strip_id=own["strip_id"])
        return {"src": source, "alt": i18n.local(own["alt"])}
    line = i18n.local(event.project.get("funding_line"))
    if not line:
        return None
    return {"src": url_for("static", filename="brand/sign-strip.svg"), "alt": line}


def _known(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def set_clock(app: Flask) -> None:
    """Let the application's clock run from ``EVENTAPP_NOW``; all workers share one offset.

    The first process that is asked for a moment notes the offset in the database; the
    others take it from there.
    """
    asked: datetime | None = app.config["NOW"]
    with app.app_context():
        if asked is not None and settings.get(ASKED) != asked.isoformat():
            offset = clock.offset_to(asked)
            settings.put(ASKED, asked.isoformat())
            settings.put(OFFSET, str(offset.total_seconds()))
        if asked is None and not app.config["DEMO"]:
            return
        seconds = settings.get(OFFSET)
        if seconds is not None:
            clock.shift(timedelta(seconds=float(seconds)))
            app.logger.warning("The clock runs from EVENTAPP_NOW: it is %s.", clock.now())
