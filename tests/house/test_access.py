"""Who gets in: every route, every kind of caller, what is theirs, somebody else's, nothing.

What should come of a request is worked out here from three things alone: the permission
that the view declares, the policy page, and the roles that a caller has in an event.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy.engine import make_url
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from eventapp.app import create_app
from eventapp.events.access import EVERYWHERE, Permission, Standing, permits
from eventapp.events.models import Role
from eventapp.kernel import clock, guard, problems
from tests.conftest import SECRET_KEY
from tests.factories import NOW
from tests.harness import databases, world
from tests.harness.walk import (
    BODIES,
    CROSSED,
    FOREIGN,
    MISSING,
    NOWHERE,
    OF_OWN_SESSIONS,
    OWN,
    arguments,
    routes,
    targets,
)
from tests.harness.world import Place

# --- callers ------------------------------------------------------------------------------


@dataclass
class Caller:
    """Somebody with cookies or a token, and the roles that gives in the two events."""

    name: str
    here: frozenset[str] | None = None  # None: nobody that the application knows
    there: frozenset[str] | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    hears_401: bool = False

    def roles(self, target: str) -> frozenset[str] | None:
        """Return the caller's roles where a target lies; None if nobody is recognised."""
        if target in {OWN, CROSSED, MISSING}:
            return self.here
        if target == FOREIGN:
            return self.there
        return self.nowhere()

    def nowhere(self) -> frozenset[str] | None:
        """Return the roles that hold without an event; a participant is nobody there."""
        known = self.here is not None and self.here != {Standing.PARTICIPANT}
        return (self.here or frozenset()) & GENERAL if known else None


GENERAL = EVERYWHERE | {Standing.ADMINISTRATOR}


def account(name: str, *roles: str, there: tuple[str, ...] = ()) -> Caller:
    signed = frozenset({Standing.SIGNED_IN})
    return Caller(name, signed | set(roles), signed | set(there))


def program(name: str, *roles: str) -> Caller:
    alone = frozenset({Standing.PROGRAM})
    return Caller(name, alone | set(roles), alone)


CALLERS = [
    Caller("anonymous"),
    Caller("participant", here=frozenset({Standing.PARTICIPANT})),
    Caller("participant elsewhere", there=frozenset({Standing.PARTICIPANT})),
    Caller("device", frozenset({Standing.DEVICE}), frozenset()),
    Caller("device elsewhere", frozenset(), frozenset({Standing.DEVICE})),
    Caller("revoked device", hears_401=True),
    account("juror", Role.JUROR),
    account("chair", Role.CHAIR),
    account("secretary", Role.SECRETARY),
    account("steward", Role.DOOR),
    account("lead", Role.LEAD),
    account("organiser", Role.ORGANISER),
    account("organiser elsewhere", there=(Role.ORGANISER,)),
    account("reader", Role.READER),
    account("co-organiser", Role.CO_ORGANISER),
    account("administrator", Standing.ADMINISTRATOR, there=(Standing.ADMINISTRATOR,)),
    account("account without a role"),
    program("token for all", Role.ORGANISER, Role.CHAIR),
    program("token to read", Role.READER),
    program("token of the door", Role.DOOR),
    Caller("revoked token"),
]
STAFF = {"steward": Role.DOOR, "organiser elsewhere": Role.ORGANISER}
BEARERS = {
    "device": (OWN, "device"),
    "device elsewhere": (FOREIGN, "device"),
    "revoked device": (OWN, "revoked"),
    "token for all": (OWN, "all"),
    "token to read": (OWN, "read"),
    "token of the door": (OWN, "door"),
    "revoked token": (OWN, "revoked-token"),
}


# --- the two events, and going back to them ------------------------------------------------


@dataclass
class Stage:
    """The application with two events, and a copy of its rows to go back to."""

    app: Flask
    places: dict[str, Place]
    file: Path
    copy: Path

    def reset(self) -> None:
        """Let everything be as it was before the last request changed it."""
        databases.dispose(self.app)
        shutil.copyfile(self.copy, self.file)
        self.app.extensions.pop("eventapp-memory", None)


@pytest.fixture(scope="module")
def furnished(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Place]]:
    """A database with one of everything in two events, made once for all callers."""
    folder = tmp_path_factory.mktemp("furnished")
    url = databases.sqlite_copy(sqlite_template, folder)
    given = {
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "MAIL_URL": f"file://{folder / 'mail'}",
        "SECRET_KEY": SECRET_KEY,
        "BASE_URL": "http://localhost",
        "RATE_LIMITS": False,
    }
    app = create_app(given)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOW.astimezone(UTC))
        places = {OWN: world.build(app, "nasze"), FOREIGN: world.build(app, "cudze")}
        for place in places.values():
            world.invite_guest(app, place)
            world.register_group(app, place)
            world.send_letters(app, place)
    databases.dispose(app)
    return Path(make_url(url).database or ""), places


@pytest.fixture
def stage(
    make_app: Callable[..., Flask],
    furnished: tuple[Path, dict[str, Place]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Stage:
    """An application of this test's own on a copy of the furnished database."""
    source, places = furnished
    file = tmp_path / "eventapp.sqlite3"
    shutil.copyfile(source, file)
    app = make_app(DATABASE_URL=f"sqlite:///{file}", PROPAGATE_EXCEPTIONS=False)
    # What an error looks like is tested elsewhere; thousands of such pages take minutes.
    monkeypatch.setattr(
        problems, "error_page", lambda status, *_, **__: Response("", status, mimetype="text/html")
    )
    return Stage(app, places, file, tmp_path / "copy.sqlite3")


def arm(stage: Stage, caller: Caller) -> None:
    """Give the caller the cookies or the token that make the roles true."""
    if caller.name in BEARERS:
        where, token = BEARERS[caller.name]
        caller.headers = world.bearing(stage.places[where].tokens[token])
    elif Standing.SIGNED_IN in (caller.here or ()):
        caller.cookies = world.account_cookie(stage.app, _account_id(stage, caller))
    elif caller.name.startswith("participant"):
        where = OWN if caller.here else FOREIGN
        caller.cookies = world.opened(stage.app, stage.places[where])
    if not caller.headers:
        browser = world.visit(stage.app, caller.cookies)
        token = world.csrf_token(browser)
        caller.cookies = {**caller.cookies, **world.cookies_of(browser)}
        caller.headers = {"X-CSRFToken": token}
    databases.dispose(stage.app)
    shutil.copyfile(stage.file, stage.copy)


def _account_id(stage: Stage, caller: Caller) -> int:
    where = FOREIGN if caller.name.endswith("elsewhere") else OWN
    team = stage.places[where].accounts
    if caller.name in {"administrator", "account without a role"}:
        return world.extra_account(stage.app, caller.name, NOW)
    return team[STAFF.get(caller.name) or Role(caller.name)]


# --- requests -----------------------------------------------------------------------------


def ask(stage: Stage, caller: Caller, rule: Rule, method: str, target: str) -> TestResponse:
    """Send the caller's request about a target."""
    path = stage.app.url_map.bind("localhost").build(
        rule.endpoint, arguments(rule, target, stage.places), method=method
    )
    more: dict[str, Any] = {}
    if method != "GET" and path.startswith("/api/"):
        body = BODIES.get(rule.endpoint, lambda ids: {})
        place = stage.places[FOREIGN if target == FOREIGN else OWN]
        more["json"] = body(place.ids)
    browser = world.visit(stage.app, caller.cookies)
    answer = browser.open(path, method=method, headers=caller.headers, **more)
    if method != "GET" and answer.status_code < 400:
        stage.reset()
    return answer


# --- what should come of it ---------------------------------------------------------------

IN = "in"


def expected(asked: guard.Rule, caller: Caller, rule: Rule, method: str, target: str) -> Any:
    """Return the status that declaration, policy and roles give, or IN."""
    if caller.hears_401:
        return 401
    about_event = "event" in rule.arguments or asked.find_event is not None
    if asked.permission == guard.PUBLIC:
        return 404 if about_event and target in {NOWHERE, CROSSED, MISSING} else IN
    roles = caller.roles(target if about_event else NOWHERE)
    if roles is None:
        return 401 if method != "GET" or rule.rule.startswith("/api/") else 303
    if about_event and target == NOWHERE:
        return 404
    if not permits(Permission(asked.permission), roles):
        return 404 if about_event and roles <= EVERYWHERE else 403
    return 404 if target in {CROSSED, MISSING} else IN


# A role alone does not do: the caller is no juror, holds no lead's device, casts for others.
ALSO_403 = {
    "attendance_api.seat",
    "awards.declaration",
    "awards.sign_declaration",
    "awards.queue",
    "awards.scoring",
    "awards.cast_ballot",
    "awards.recusal",
    "awards.recuse",
    "awards.summary",
    "awards_api.cast",
    "checkin_api.admit",
}
# Of one's own there need not be one; what is not counted has no result.
ALSO_404 = {
    # Only the door of a session has places to give.
    "attendance_api.prospect",
    "attendance_api.seat",
    # There is no file before a run.
    "allocation.file",
    "allocation.own_file",
    "accounts.end_visit",
    "awards_api.result",
    # Nothing is counted there.
    "awards.bundle",
    "awards.detach",
    "awards.decide_tie",
    "awards.own_attachment",
    "awards.tie",
    *OF_OWN_SESSIONS,
    # Only advice has appointments, and cards of them.
    "desk.advisers_cards",
    "desk.save_service_card_of",
    "desk.service_card_of",
    "desk.service_cards",
    "health.metrics",
    # One's own calendar of tasks: there need not be one either.
    "invites.renew_tasks",
    # Hooks are there once the settings name a secret.
    "incoming.take_mail",
    "incoming.take_bounces",
    # Nothing has come in, so there is nothing to settle.
    "incoming.release",
    "incoming.discard",
    "desk.release_message",
    "desk.discard_message",
    # No certificate has such a code.
    "documents.compare",
    "documents.verify",
    # Only a laptop on a local network has them.
    "lan.help_page",
    "lan.authority_file",
    # Letters are shown in a demonstration, and to administrators.
    "mailbox.mailbox_letter",
    "mailbox.mailbox",
    "mailbox.mailbox_part",
    "mailbox.mailbox_html",
    "mailbox.mailbox_source",
}


def is_right(want: Any, rule: Rule, answer: TestResponse) -> bool:
    """Tell whether an answer is what should come of its request."""
    status = answer.status_code
    if status == 303:
        asks_to_sign_in = answer.headers["Location"].startswith("/sign-in?next=")
        return asks_to_sign_in is (want == 303)
    if want != IN:
        return status == want or (status == 403 and want == 404 and rule.endpoint in ALSO_403)
    if status in {403, 404}:
        return rule.endpoint in {403: ALSO_403, 404: ALSO_404}[status]
    return status < 500 and status != 401


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name.replace(" ", "-"))
def test_everybody_gets_in_where_the_policy_says_and_nowhere_else(
    stage: Stage, caller: Caller
) -> None:
    arm(stage, caller)
    wrong = []
    for rule, method in routes(stage.app):
        asked = guard.rule_of(rule.endpoint, stage.app)
        assert asked is not None, rule.endpoint
        for target in targets(rule):
            answer = ask(stage, caller, rule, method, target)
            want = expected(asked, caller, rule, method, target)
            if not is_right(want, rule, answer):
                wrong.append(f"{method} {rule.rule} ({target}): {answer.status_code}, not {want}")

    assert "\n".join(wrong) == ""
