"""Provide what the suite needs beside Python, run a command with it, and take it down.

    .ci/services.py COMMAND [ARGUMENT…]

- libical and Dovecot: `EVENTAPP_TEST_LIBICAL` and `EVENTAPP_TEST_DOVECOT`, else the ones
  installed, else Debian's packages.
- Chromium: `EVENTAPP_TEST_CHROMIUM`, else the one installed, else Debian's package.
- PostgreSQL: `EVENTAPP_TEST_POSTGRES_URL`, else the one on 127.0.0.1:5432 that lets
  `postgres` in, else a server of our own in a temporary folder (Debian's package).
- Redis: `EVENTAPP_TEST_REDIS_URL`, else the one on 127.0.0.1:6379, else a server of our own.

The command finds all of it in its environment. What cannot be provided ends the
run with one sentence and status 1: a test that needs it must fail, not be skipped.
"""

import contextlib
import ctypes.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg
import redis

LOCAL_POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
LOCAL_REDIS = "redis://127.0.0.1:6379/0"
PATIENCE = 60  # seconds a server of our own may take to answer


class Missing(Exception):
    """Something the suite needs cannot be had; the message says what to do."""


def main(command: Sequence[str]) -> int:
    """Run *command* with everything it needs, and return its status."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with contextlib.ExitStack() as stack:
        try:
            services = {
                "EVENTAPP_TEST_CHROMIUM": chromium(),
                "EVENTAPP_TEST_DOVECOT": dovecot(),
                "EVENTAPP_TEST_LIBICAL": libical(),
                "EVENTAPP_TEST_POSTGRES_URL": stack.enter_context(postgres()),
                "EVENTAPP_TEST_REDIS_URL": stack.enter_context(redis_server()),
            }
        except Missing as missing:
            print(f"services: {missing}", file=sys.stderr)
            return 1
        return subprocess.run(command, env=os.environ | services, check=False).returncode


# --- Debian's packages ------------------------------------------------------------------


def install(package: str, otherwise: str) -> None:
    """Install a Debian package; *otherwise* is what to do where that is impossible."""
    say(f"installing {package}")
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", package]):
        try:
            subprocess.run(
                [*sudo, "apt-get", *step],
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise Missing(f"{package} could not be installed ({error}): {otherwise}.") from error


def say(words: str) -> None:
    """Tell what is going on, apart from the command's own output."""
    print(f"services: {words}", file=sys.stderr, flush=True)


# --- libical ----------------------------------------------------------------------------


def libical() -> str:
    """Return the name of the library that judges invites."""
    otherwise = "install libical 3 and set EVENTAPP_TEST_LIBICAL to its path"
    if given := os.environ.get("EVENTAPP_TEST_LIBICAL"):
        return given
    if not ctypes.util.find_library("ical"):
        install("libical3", otherwise)
    if found := ctypes.util.find_library("ical"):
        return found
    raise Missing(f"there is no libical: {otherwise}.")


# --- Dovecot ----------------------------------------------------------------------------


def dovecot() -> str:
    """Return the path of an IMAP server to run."""
    otherwise = "install Dovecot 2.3 and set EVENTAPP_TEST_DOVECOT to its path"
    if given := os.environ.get("EVENTAPP_TEST_DOVECOT"):
        return given
    # Servers lie where only root's path leads.
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"))
    if not shutil.which("dovecot", path=places):
        install("dovecot-imapd", otherwise)
    if found := shutil.which("dovecot", path=places):
        return found
    raise Missing(f"there is no dovecot: {otherwise}.")


# --- Chromium ---------------------------------------------------------------------------


def chromium() -> str:
    """Return the path of a Chromium to drive."""
    otherwise = "install Chromium and set EVENTAPP_TEST_CHROMIUM to its path"
    if given := os.environ.get("EVENTAPP_TEST_CHROMIUM"):
        if not shutil.which(given):
            raise Missing(f"EVENTAPP_TEST_CHROMIUM names no program: {given}.")
        return given
    if not shutil.which("chromium"):
        install("chromium", otherwise)
    if found := shutil.which("chromium"):
        return found
    raise Missing(f"there is no chromium on the path: {otherwise}.")


# --- PostgreSQL -------------------------------------------------------------------------


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Yield the address of a PostgreSQL in which databases may be made."""
    if given := os.environ.get("EVENTAPP_TEST_POSTGRES_URL"):
        if fault := postgres_fault(given):
            raise Missing(f"the PostgreSQL of EVENTAPP_TEST_POSTGRES_URL does not answer: {fault}")
        yield given
    elif postgres_fault(LOCAL_POSTGRES) is None:
        yield LOCAL_POSTGRES
    else:
        if postgres_program("initdb") is None:
            install("postgresql", "set EVENTAPP_TEST_POSTGRES_URL")
        with own_postgres() as url:
            yield url


def postgres_fault(url: str) -> str | None:
    """Return why PostgreSQL at *url* is of no use, or None."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            query = "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
            row = connection.execute(query).fetchone()
    except psycopg.Error as error:
        return str(error)
    return None if row and row[0] else "its user may not make databases."


def postgres_program(name: str) -> str | None:
    """Return the path of one of PostgreSQL's own programs, of the newest version installed."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=version_of)
    return str(found[-1]) if found else shutil.which(name)


def version_of(program: Path) -> tuple[int, ...]:
    """Return the version in a path such as /usr/lib/postgresql/15/bin/initdb."""
    return tuple(int(part) for part in program.parts[4].split(".") if part.isdigit())


@contextlib.contextmanager
def own_postgres() -> Iterator[str]:
    """Start a PostgreSQL in a temporary folder, and stop it in the end."""
    initdb, server = postgres_program("initdb"), postgres_program("postgres")
    if initdb is None or server is None:
        raise Missing("PostgreSQL's programs are not found: set EVENTAPP_TEST_POSTGRES_URL.")
    say("starting a PostgreSQL of our own")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="eventapp-postgres-") as name:
        folder = Path(name)
        as_user = unprivileged(folder)
        data = str(folder / "data")
        make = [initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        run_quietly([*as_user, *make, "--locale=C.UTF-8"], "initdb")
        options = ["-p", str(port), "-h", "127.0.0.1", "-k", name, "-c", "max_connections=200"]
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        with process([*as_user, server, "-D", data, *options], signal.SIGINT):
            wait_for("PostgreSQL", lambda: postgres_fault(url) is None)
            yield url


def unprivileged(folder: Path) -> list[str]:
    """Return a prefix that runs a program as nobody special: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


# --- Redis ------------------------------------------------------------------------------


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """Yield the address of a Redis that may be written to."""
    if given := os.environ.get("EVENTAPP_TEST_REDIS_URL"):
        if not redis_answers(given):
            raise Missing("the Redis of EVENTAPP_TEST_REDIS_URL does not answer.")
        yield given
    elif redis_answers(LOCAL_REDIS):
        yield LOCAL_REDIS
    else:
        if not shutil.which("redis-server"):
            install("redis-server", "set EVENTAPP_TEST_REDIS_URL")
        with own_redis() as url:
            yield url


def redis_answers(url: str) -> bool:
    """Tell whether a Redis at *url* answers."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextlib.contextmanager
def own_redis() -> Iterator[str]:
    """Start a Redis that keeps nothing, and stop it in the end."""
    say("starting a Redis of our own")
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    with tempfile.TemporaryDirectory(prefix="eventapp-redis-") as folder:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""]
        with process(["redis-server", *options, "--appendonly", "no"], signal.SIGTERM):
            wait_for("Redis", lambda: redis_answers(url))
            yield url


# --- processes --------------------------------------------------------------------------


@contextlib.contextmanager
def process(command: Sequence[str], stop: signal.Signals) -> Iterator[None]:
    """Run *command* beside us, silently; end it with the signal *stop*."""
    # A session of its own: Ctrl+C reaches the suite first and the server last.
    server = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
    )
    try:
        yield
    finally:
        server.send_signal(stop)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def run_quietly(command: Sequence[str], name: str) -> None:
    """Run a step of set-up; show its output only if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise Missing(f"{name} failed: {done.stderr.strip() or done.stdout.strip()}")


def wait_for(name: str, answers: Callable[[], bool]) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answers():
            return
        time.sleep(0.1)
    raise Missing(f"{name} was started and did not answer within {PATIENCE} seconds.")


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
