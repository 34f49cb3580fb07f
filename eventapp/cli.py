"""The command line."""

import json
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import Flask

from eventapp import __version__, config
from eventapp.accounts import commands as accounts
from eventapp.allocation.rules import recomputed
from eventapp.app import create_app, set_clock
from eventapp.awards import tally as counting
from eventapp.demo import moments
from eventapp.demo.load import BadSeminar
from eventapp.demo.load import load as load_file
from eventapp.demo.routes import ROLES
from eventapp.demo.serving import Moments
from eventapp.documents import commands as documents
from eventapp.events import access, queries
from eventapp.events import commands as events
from eventapp.kernel import (
    boundary,
    broker,
    clock,
    doctor,
    inbound,
    mailcheck,
    migrations,
    qr,
    server,
    text,
)
from eventapp.kernel import lan as network
from eventapp.kernel.jobs import EmbeddedWorker
from eventapp.kernel.refusal import Busy, Refused

REFUSED = 1
BAD_INPUT = 2


def fail(sentence: str, status: int = BAD_INPUT) -> NoReturn:
    """Say one sentence and end with *status*."""
    click.echo(sentence, err=True)
    sys.exit(status)


def application(*, migrated: bool = True) -> Flask:
    """Return the application of the environment, its database at the newest migration.

    An SQLite file is brought there; PostgreSQL is never migrated behind somebody's back.
    """
    try:
        app = create_app()
    except config.BadSetting as error:
        fail(str(error))
    if migrated:
        _ready_database(app)
        set_clock(app)
    return app


def _ready_database(app: Flask) -> None:
    with app.app_context():
        if not migrations.is_behind():
            return
        if not app.config["DATABASE_URL"].startswith("sqlite"):
            fail("The database waits for a migration; run: eventapp migrate", REFUSED)
        migrations.upgrade()


def on_the_lan(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of the local network, and hand it on as `lan`."""

    @click.option("--lan", "wanted", is_flag=True, help="answer phones on the network, over TLS")
    @click.option("--lan-port", default=network.PORT, show_default=True, help="0 picks a free one")
    @click.option("--lan-address", "at", multiple=True, help="instead of those that are found")
    @wraps(command)
    def run(wanted: bool, lan_port: int, at: tuple[str, ...], **others: Any) -> None:
        try:
            addresses = [IPv4Address(one) for one in at]
        except ValueError:
            fail("--lan-address must be an IPv4 address such as 192.168.1.20.")
        data = Path(config.read()["DATA_DIR"])
        lan = server.Lan(data, lan_port, addresses) if wanted else None
        command(lan=lan, **others)

    return run


def _announce_lan() -> None:
    """Say where phones go, with the same as a QR code, and how they come to trust it."""
    found = network.served()
    if found is None:
        return
    click.echo("\nPhones on this network open one of:\n")
    for url in found.urls or (found.url,):
        click.echo(f"  {url}")
    if not found.urls:
        click.echo("\nThis machine has no address on a network; join one, it is noticed by itself.")
    click.echo(f"\n{qr.terminal(found.url)}")
    click.echo(f"How a phone comes to trust it: {found.url.replace('https:', 'http:')}")
    click.echo(f"The authority's fingerprint (SHA-256), until {found.expires}:")
    click.echo(f"  {found.fingerprint}")


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Plan seminars, run sign-ups and the door, vote on awards, prove who was there."""


@main.command()
def migrate() -> None:
    """Bring the database to the newest version."""
    app = application(migrated=False)
    with app.app_context():
        migrations.upgrade()
        click.echo(f"The database is at {migrations.current()}.")


@main.command("config")
@click.option("--json", "as_json", is_flag=True, help="for a program")
def show_config(as_json: bool) -> None:
    """Print every setting, where it comes from, and what is wrong with it."""
    origins = config.origins()
    fault = ""
    values: dict[str, Any] = {}
    try:
        values = config.read()
    except config.BadSetting as error:
        fault = str(error)
    rows = [
        {
            "name": f"EVENTAPP_{s.name}",
            "value": "…" if s.secret and values.get(s.name) else str(values.get(s.name, "")),
            "origin": origins[s.name],
            "about": s.about,
        }
        for s in config.SETTINGS
    ]
    if as_json:
        click.echo(json.dumps({"settings": rows, "fault": fault or None}))
    else:
        for row in rows:
            click.echo(
                f"{row['name']:26} {row['value'] or '–':44} {row['origin']:12} {row['about']}"
            )
    if fault:
        fail(fault)


@main.command("doctor")
@click.option("--lan-port", default=network.PORT, show_default=True)
def examine(lan_port: int) -> None:
    """Look for what would go wrong on the day, and say what to do about it."""
    app = application(migrated=False)
    found = doctor.findings(app, lan_port)
    for one in found:
        _tell(one.state, one.name, one.text, one.advice)
    if any(one.state == doctor.BAD for one in found):
        sys.exit(REFUSED)


@main.command()
@click.argument("email")
def admin(email: str) -> None:
    """Make EMAIL an administrator and print a one-time set-up link."""
    app = application()
    try:
        address = text.normal_email(email)
    except text.BadText:
        fail(f"“{email}” is not an e-mail address.")
    with app.app_context():
        account, token = accounts.make_administrator(address, clock.now())
        click.echo(f"{account.email} is an administrator. Set-up link, valid once, for 24 hours:")
        click.echo(f"{boundary.base_url()}/set-up/{token}")


@main.command()
@click.option("--port", default=8000, show_default=True, help="0 picks a free one")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--threads", default=8, show_default=True)
@on_the_lan
def serve(port: int, host: str, threads: int, lan: server.Lan | None) -> None:
    """Serve pages and do the jobs, in one process.

    With --lan phones on the same network open the door's pages over TLS.
    """
    if lan is not None and host not in {"127.0.0.1", "localhost"}:
        fail("With --lan the plain address stays on this machine; leave --host out.")
    app = application()
    if lan is not None and app.config["TRUSTED_PROXIES"]:
        fail("With --lan there is no proxy; EVENTAPP_TRUSTED_PROXIES must be 0.")

    def say(address: str) -> None:
        server.announce(address)
        _announce_lan()

    server.serve_app(app, host=host, port=port, threads=threads, say=say, lan=lan)


@main.command()
@click.option("--port", default=8000, show_default=True, help="0 picks a free one")
@click.option("--fresh", is_flag=True, help="forget what was done in earlier demonstrations")
@on_the_lan
def demo(port: int, fresh: bool, lan: server.Lan | None) -> None:
    """Show a whole seminar at seven moments, with one-click roles."""
    data = Path(config.read()["DATA_DIR"]) / "demo"
    if fresh:
        shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, exist_ok=True)
    moments.prepare(data, create_app, click.echo)
    site = Moments(data, create_app, {"RATE_LIMITS": False})

    def welcome(address: str) -> None:
        click.echo(f"\nThe demonstration: {address}\n")
        for role, (title, moment, *_rest) in ROLES.items():
            click.echo(f"  {title:20} {address}/demo/{moment}/as/{role}")
        click.echo("\nThe bar above every page changes the moment and the role. Ctrl+C ends.")
        _announce_lan()

    try:
        server.serve_app(
            site, host="127.0.0.1", port=port, threads=8, workers=[], say=welcome, lan=lan
        )
    finally:
        site.stop()


@main.command()
@click.option("--concurrency", default=4, show_default=True, help="jobs at a time, with Redis")
def worker(concurrency: int) -> None:
    """Do the jobs; several may run side by side.

    With EVENTAPP_REDIS_URL it is a Celery worker, else it looks for due rows by itself.
    """
    app = application()
    if app.config["REDIS_URL"]:
        click.echo("The worker listens to the broker until it is told to stop.")
        broker.work(app, concurrency)
        return
    done = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: done.set())
    thread = EmbeddedWorker(app)
    thread.start()
    click.echo("The worker does jobs until it is told to stop.")
    while not done.wait(1):
        pass
    thread.stop()


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def tally(file: Path) -> None:
    """Count a vote described in FILE and print the result as JSON."""
    try:
        result = counting.tally_document(file.read_bytes())
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    except counting.TallyError as error:
        fail(str(error))
    click.echo(json.dumps(result, ensure_ascii=False, indent=2))


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--seed", help="another seed than the one in the file")
def allocate(file: Path, seed: str | None) -> None:
    """Give the places of the allocation described in FILE again, and print them as JSON."""
    try:
        result = recomputed.outcome(file.read_bytes(), seed)
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    except recomputed.BadProblem as error:
        fail(str(error))
    click.echo(json.dumps(result, ensure_ascii=False, indent=2))


@main.command()
@click.argument("event")
@click.option("--scope", "scopes", multiple=True, required=True, help="all, read, door, jury")
@click.option("--label", default="command line")
def token(event: str, scopes: tuple[str, ...], label: str) -> None:
    """Print a new API token of EVENT; it is the last word of the output."""
    for scope in scopes:
        if scope not in access.SCOPES:
            fail(f"There is no scope “{scope}”; there are: {', '.join(sorted(access.SCOPES))}.")
    app = application()
    with app.app_context():
        found = queries.by_slug(event)
        if found is None:
            fail(f"There is no event “{event}”.", REFUSED)
        _row, secret = events.issue_token(found.id, label, list(scopes), clock.now())
        click.echo(f"A token with scope {', '.join(scopes)}: {secret}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--until", help="replay up to and with this moment, such as 2027-06-16T08:50+02:00")
@click.option("--json", "as_json", is_flag=True, help="for a program")
def load(file: Path, until: str | None, as_json: bool) -> None:
    """Load a seminar from FILE: its programme, and all that people did."""
    app = application()
    with app.app_context():
        try:
            found = load_file(file, until=_moment(until), progress=_progress())
        except BadSeminar as error:
            fail(str(error))
    if as_json:
        click.echo(json.dumps(found.__dict__, ensure_ascii=False))
        return
    click.echo(f"{found.slug}: {found.done} acts replayed, {found.total} in the file.")
    for note in found.notes:
        click.echo(f"  {note}")


@main.group("mail")
def outgoing_mail() -> None:
    """Mail that goes out."""


@outgoing_mail.command("check")
@click.option("--to", help="really send a letter there")
def check_mail(to: str | None) -> None:
    """Ask the mail server step by step whether it would take letters, and say what is wrong."""
    app = application(migrated=False)
    with app.app_context():
        found = []
        for one in mailcheck.steps(app.config, to):
            found.append(one)
            _tell(one.state, one.name, one.text, one.advice)
    if any(one.state == mailcheck.BAD for one in found):
        sys.exit(REFUSED)


def _tell(state: str, name: str, said: str, advice: str) -> None:
    click.echo(f"{state:5} {name:14} {said}")
    if advice:
        click.echo(f"{'':20} → {advice}")


@main.group("inbound")
def inbound_mail() -> None:
    """Mail that comes in: answers of calendars, letters that came back."""


@inbound_mail.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def take(files: tuple[Path, ...]) -> None:
    """Take messages from FILES, each of them one whole message."""
    app = application()
    with app.app_context():
        for file in files:
            row = inbound.take(file.read_bytes(), "file")
            click.echo(f"{file}: {row.fate.value} {row.reason}".rstrip())


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"“{text}” is not an ISO time such as 2027-06-16T08:50+02:00.")
    if moment.tzinfo is None:
        fail(f"“{text}” needs an offset, such as +02:00.")
    return moment


def _progress() -> Callable[[int, int], None] | None:
    """Return what draws a bar on a terminal; elsewhere nothing is drawn."""
    if not sys.stderr.isatty():
        return None
    from rich.progress import Progress

    bar = Progress(transient=True)
    task = bar.add_task("Replaying", total=None)
    bar.start()

    def show(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if done >= total:
            bar.stop()

    return show


@main.command()
@click.argument("event")
@click.option("--format", "shape", type=click.Choice(["json"]), default="json")
def evidence(event: str, shape: str) -> None:  # noqa: ARG001 - JSON is the only shape
    """Print the figures of EVENT's report, computed from the database."""
    app = application()
    with app.app_context():
        found = queries.by_slug(event)
        if found is None:
            fail(f"There is no event “{event}”.", REFUSED)
        click.echo(json.dumps(documents.evidence(found.id), ensure_ascii=False, indent=2))


def run() -> None:
    """Run the command line, with a sentence for what goes wrong."""
    try:
        main()
    except Refused as refused:
        fail(refused.reason.sentence % dict(refused.details), REFUSED)
    except Busy:
        fail("The database is busy; nothing was changed. Please try again.", REFUSED)


if __name__ == "__main__":
    run()
