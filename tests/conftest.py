"""What every test may ask for.

`app` runs each test twice: on a SQLite file and on PostgreSQL. `EVENTAPP_TEST_DATABASES`
(`sqlite`, `postgres`, or both with a comma) narrows that for a quick look; the targets and
CI leave it unset.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from eventapp.app import create_app
from eventapp.kernel import clock, jobs
from eventapp.kernel.db import db
from tests.harness import chromium, compiled, databases, servers, statements
from tests.harness.chromium import VIEWS, View
from tests.harness.mailbox import Mailbox
from tests.harness.servers import Server

DATABASES = os.environ.get("EVENTAPP_TEST_DATABASES", "sqlite,postgres").split(",")
NOW = datetime(2027, 5, 20, 10, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
SECRET_KEY = "a key for the test suite and nothing else"

# A busy machine is no fault of an example; in CI the same examples come every time, so that
# a change is judged by itself. Elsewhere new ones are tried.
hypothesis.settings.register_profile(
    "house", deadline=None, print_blob=True, derandomize="CI" in os.environ
)
hypothesis.settings.load_profile("house")

compiled.remember_routes()


# --- time -------------------------------------------------------------------------------


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment.astimezone(UTC)

    def move_to(self, moment: datetime) -> datetime:
        """Let it be *moment*, which must be aware; return it."""
        assert moment.tzinfo is not None, "a moment without a time zone"
        self.moment = moment
        return moment


@pytest.fixture
def now() -> datetime:
    """The moment at which a test begins: 20 May 2027, 10:00 in Warsaw."""
    return NOW


@pytest.fixture
def hands(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock's hands: `hands.move_to(moment)`; it stands still otherwise."""
    standing = Clock(now)
    monkeypatch.setattr(clock, "now", standing)
    return standing


# --- databases --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return databases.sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def _postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with databases.blank_postgres() as url:
        databases.migrate(url, tmp_path_factory.mktemp("postgres"))
        yield url


@pytest.fixture(params=DATABASES)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Either `sqlite` or `postgres`: whatever asks for it runs on both."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database at head without a row in it."""
    if database_kind == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        return databases.sqlite_copy(template, tmp_path)
    url = request.getfixturevalue("_postgres")
    databases.empty_postgres(url)
    return str(url)


@pytest.fixture
def blank_url(database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database of this test's own without a table in it."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.sqlite3'}"
        return
    with databases.blank_postgres() as url:
        yield url


# --- the application in this process ----------------------------------------------------


@pytest.fixture
def make_app(tmp_path: Path, hands: Clock) -> Iterator[Callable[..., Flask]]:
    """A function that makes an application: `make_app(DATABASE_URL=url, RATE_LIMITS=True)`."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        folder = tmp_path / f"data-{len(made)}"
        folder.mkdir()
        given = {
            "DATA_DIR": str(folder),
            "MAIL_URL": f"file://{folder / 'mail'}",
            "SECRET_KEY": SECRET_KEY,
            "BASE_URL": "http://localhost",
            "RATE_LIMITS": False,
            "KEEP_SECONDS": 0.0,
        }
        app = create_app(given | settings)
        app.testing = True
        app.jinja_env.bytecode_cache = compiled.TEMPLATES
        compiled.borrow_statements(app)
        with app.app_context():
            compiled.borrow_words(app)
        made.append(app)
        return app

    yield make
    for app in made:
        databases.dispose(app)


@pytest.fixture
def app(make_app: Callable[..., Flask], database_url: str) -> Flask:
    """The application on an empty database, with mail in a folder and a standing clock."""
    return make_app(DATABASE_URL=database_url)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A reader without an account."""
    return app.test_client()


@pytest.fixture
def db_session(app: Flask) -> Iterator[Any]:
    """An open application context, and its database session."""
    with app.app_context():
        yield db.session


@pytest.fixture
def mailbox(app: Flask) -> Mailbox:
    """The letters that `app` has sent."""
    return Mailbox(Path(app.config["MAIL_URL"].removeprefix("file://")))


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], int]:
    """A function that does all the work that is due, as the worker would; returns how much."""

    def run() -> int:
        with app.app_context():
            return jobs.run_all()

    return run


@pytest.fixture
def recorded(app: Flask) -> Callable[[], contextlib.AbstractContextManager[list[str]]]:
    """A function for `with recorded() as asked:` that collects the block's SQL statements."""
    return lambda: statements.recorded(app)


# --- the application in a process of its own --------------------------------------------


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """A function that starts a server: `serve(database_url=…, now=…, settings={…})`."""
    with contextlib.ExitStack() as stack:

        def start(**options: Any) -> Server:
            folder = tmp_path / f"server-{len(list(tmp_path.glob('server-*')))}"
            options.setdefault("database_url", f"sqlite:///{folder / 'eventapp.sqlite3'}")
            options.setdefault("now", NOW)
            return stack.enter_context(servers.serving(folder, **options))

        yield start


@pytest.fixture
def live_server(serve: Callable[..., Server], database_url: str) -> Server:
    """A running server on an empty database, whose clock started at `now`."""
    return serve(database_url=database_url)


# --- the browser ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself, one per test process."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, one per test process; each page gets a fresh profile in it."""
    running = chromium.launch(playwright)
    yield running
    running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A function that opens a page in a fresh profile: `open_page(View(360, "dark"))`."""
    with contextlib.ExitStack() as stack:

        def open_one(view: View = VIEWS[0], **options: Any) -> Page:
            return stack.enter_context(chromium.opened(browser, view, **options))

        yield open_one


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page 1280 px wide, light, in Polish."""
    return open_page(View())


@pytest.fixture(params=VIEWS, ids=str)
def view(request: pytest.FixtureRequest) -> View:
    """Each of 360 and 1280 px, light and dark: whatever asks for it runs four times."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def any_page(open_page: Callable[..., Page], view: View) -> Page:
    """A page in each of the four views."""
    return open_page(view)


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """A function that lists a page's violations of accessibility: `assert axe(page) == []`."""
    return chromium.axe


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """A function that waits for a JavaScript expression: `eventually(page, "…")`."""
    return chromium.eventually


# --- marks ------------------------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser or needs PostgreSQL, so that `-m` can choose."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "browser" in names:
            item.add_marker(pytest.mark.browser)
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if parameters.get("database_kind") == "postgres":
            item.add_marker(pytest.mark.postgres)
