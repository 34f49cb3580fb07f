"""Who may call a view: every view declares a permission or says `public`.

The kernel knows neither roles nor events: the application installs the policy, the
look-up of an event and the sources of identity.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from eventapp.kernel import boundary, facts

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGN_IN = "accounts.sign_in"


@dataclass(frozen=True)
class Rule:
    """What a view asks of its caller.

    `find_event` names the event of a thing that the path names by id: it takes the
    view's arguments and returns the event's id, or None when there is no such thing.
    """

    permission: str
    find_event: Callable[..., int | None] | None = None


@dataclass(frozen=True)
class Identity:
    """Who calls (``account:7``) and which roles that gives in the event at hand."""

    actor: str
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Gate:
    """What the application tells the guard.

    `permits` is the policy; `event_of_slug` returns an event row with an `id`, or None;
    `visible` tells whether holders of *roles* may see the event at all; each of `sources`
    returns the identity it finds in the request, or None. Who holds none but roles of
    `everywhere` does not belong to the event at hand.
    """

    permits: Callable[[str, frozenset[str]], bool]
    event_of_slug: Callable[[str], Any]
    visible: Callable[[Any, frozenset[str]], bool]
    sources: Iterable[Callable[[int | None], Identity | None]] = field(default_factory=tuple)
    everywhere: frozenset[str] = frozenset()


def public(view: View) -> View:
    """Let everybody call *view*."""
    view.__permission__ = Rule(PUBLIC)  # type: ignore[attr-defined]
    return view


def requires(
    permission: str, find_event: Callable[..., int | None] | None = None
) -> Callable[[View], View]:
    """Let only those who hold *permission* (in the event at hand) call the view."""

    def mark(view: View) -> View:
        view.__permission__ = Rule(permission, find_event)  # type: ignore[attr-defined]
        return view

    return mark


def rule_of(endpoint: str | None, app: Flask | None = None) -> Rule | None:
    """Return what the view behind *endpoint* declares, or None if it declares nothing."""
    views = (app or current_app).view_functions
    rule: Rule | None = getattr(views.get(endpoint or ""), "__permission__", None)
    return rule


def install(app: Flask, gate: Gate) -> None:
    """Ask *gate* before each view; a view without a declaration is never called."""
    app.extensions["eventapp-gate"] = gate

    @app.before_request
    def enforce() -> Response | None:
        if request.endpoint is None or request.endpoint == "static":
            return None  # the router answers
        rule = rule_of(request.endpoint)
        if rule is None:
            raise RuntimeError(f"the view {request.endpoint} declares no permission")
        return _decide(rule, gate)


def _decide(rule: Rule, gate: Gate) -> Response | None:
    arguments = request.view_args or {}
    event = gate.event_of_slug(arguments["event"]) if "event" in arguments else None
    event_id = event.id if event is not None else None
    if rule.find_event is not None:
        event_id = rule.find_event(**arguments)
    who = _identities(gate, event_id)
    roles = frozenset[str]().union(*(identity.roles for identity in who))
    g.roles = roles
    g.actor = who[0].actor if who else "visitor"
    facts.act_as(g.actor)
    if rule.permission == PUBLIC:
        if "event" in arguments and (event is None or not gate.visible(event, roles)):
            abort(404)
        g.event = event
        return None
    if not who:
        return _ask_to_sign_in()
    about_event = "event" in arguments or rule.find_event is not None
    if about_event and event_id is None:
        abort(404)
    if not gate.permits(rule.permission, roles):
        # To somebody from elsewhere a foreign event looks like one that does not exist.
        abort(404 if about_event and roles <= gate.everywhere else 403)
    g.event = event
    return None


def _identities(gate: Gate, event_id: int | None) -> list[Identity]:
    found = (source(event_id) for source in gate.sources)
    return [identity for identity in found if identity is not None]


def _ask_to_sign_in() -> Response:
    if request.path.startswith("/api/") or request.method != "GET":
        abort(401)
    return redirect(
        url_for(SIGN_IN, next=boundary.make_next(request.full_path.rstrip("?"))), code=303
    )


def bearer() -> str:
    """Return the request's bearer token, or an empty text."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind == "Bearer" else ""


def can(permission: str) -> bool:
    """Tell whether the present caller holds *permission* here; for showing or hiding a button."""
    gate: Gate = current_app.extensions["eventapp-gate"]
    return gate.permits(permission, getattr(g, "roles", frozenset()))
