"""Every setting, its default and its check; `eventapp config` prints them."""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class BadSetting(ValueError):
    """A setting that cannot be used, with one sentence that says why."""


@dataclass(frozen=True)
class Setting:
    """One setting: its name after ``EVENTAPP_``, what it is for, default, check, secrecy."""

    name: str
    about: str
    default: Callable[[Path], Any]
    check: Callable[[str], Any] = str
    secret: bool = False


def _database(value: str) -> str:
    scheme = urlsplit(value).scheme
    if scheme == "sqlite":
        return value
    if scheme in {"postgresql", "postgres", "postgresql+psycopg"}:
        return "postgresql+psycopg" + value[len(scheme) :]
    raise BadSetting("EVENTAPP_DATABASE_URL must begin with sqlite:/// or postgresql://.")


def _mail(value: str) -> str:
    if urlsplit(value).scheme not in {"smtp", "smtps", "smtp+starttls", "file"}:
        raise BadSetting("EVENTAPP_MAIL_URL must begin with smtp://, smtps:// or file:///.")
    return value


def _inbound(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"imaps", "imap+starttls", "imap"} or not parts.hostname:
        raise BadSetting("EVENTAPP_INBOUND_URL must begin with imaps:// or imap+starttls://.")
    if parts.scheme == "imap" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise BadSetting("EVENTAPP_INBOUND_URL without TLS is for this machine alone.")
    return value


def _inbound_address(value: str) -> str:
    local, _at, domain = value.rpartition("@")
    if not local or not domain or len(local) > 30 or set(value) & set("<>+ ,;"):
        raise BadSetting(
            "EVENTAPP_INBOUND_ADDRESS must be an address such as mail@example.org, without a plus."
        )
    return value.lower()


def _inbound_secret(value: str) -> str:
    if value and len(value) < 24:
        raise BadSetting("EVENTAPP_INBOUND_SECRET must be at least 24 characters.")
    return value


def _redis(value: str) -> str:
    if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise BadSetting("EVENTAPP_REDIS_URL must begin with redis:// or rediss://.")
    return value


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (
        parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/")
    ):
        raise BadSetting("EVENTAPP_BASE_URL must be http(s)://host[:port] without a path.")
    return value.rstrip("/")


def _keys(value: str) -> list[str]:
    keys = [key.strip() for key in value.split(",") if key.strip()]
    if not keys or any(len(key) < 32 for key in keys):
        raise BadSetting("EVENTAPP_SECRET_KEY must be at least 32 characters (several: a,b).")
    return keys


def _moment(value: str) -> datetime | None:
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BadSetting(
            "EVENTAPP_NOW must be an ISO time such as 2027-06-16T08:50+02:00."
        ) from None
    if moment.tzinfo is None:
        raise BadSetting("EVENTAPP_NOW needs an offset, such as +02:00.")
    return moment


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) < 10):
        raise BadSetting("EVENTAPP_TRUSTED_PROXIES must be a number from 0 to 9.")
    return int(value)


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 60:
        raise BadSetting("EVENTAPP_KEEP_SECONDS must be a number of seconds from 0 to 60.")
    return seconds


def _flag(value: str) -> bool:
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise BadSetting("A yes/no setting must be 1 or 0.")


SETTINGS = (
    Setting("DATA_DIR", "folder of the SQLite file, mail and uploads", str),
    Setting(
        "DATABASE_URL",
        "where the rows live: sqlite:///… or postgresql://…",
        lambda folder: f"sqlite:///{folder / 'eventapp.sqlite3'}",
        _database,
        secret=True,
    ),
    Setting("REDIS_URL", "broker and rate limits beyond one machine", lambda _: "", _redis, True),
    Setting(
        "MAIL_URL",
        "smtp://user:password@host:port, or file:///folder for one .eml per message",
        lambda folder: f"file://{folder / 'mail'}",
        _mail,
        secret=True,
    ),
    Setting("MAIL_FROM", "sender of all mail", lambda _: "eventapp@localhost"),
    Setting(
        "INBOUND_ADDRESS",
        "mailbox with plus-addressing for answers of calendars and letters that come back",
        lambda _: "",
        _inbound_address,
    ),
    Setting(
        "INBOUND_URL",
        "where that mailbox is read: imaps://user:password@host/INBOX?done=Read",
        lambda _: "",
        _inbound,
        True,
    ),
    Setting(
        "INBOUND_SECRET",
        "secret of the relay that brings mail and bounces by HTTP",
        lambda _: "",
        _inbound_secret,
        True,
    ),
    Setting("SECRET_KEY", "signs cookies and links; newest first", lambda _: None, _keys, True),
    Setting("BADGE_KEY", "seed of badge codes; never rotate it", lambda _: "", str, True),
    Setting("BASE_URL", "public address, for links and the Host check", lambda _: "", _base_url),
    Setting("TRUSTED_PROXIES", "proxies whose X-Forwarded-* count", lambda _: 0, _count),
    Setting("NOW", "moment from which the clock starts (demonstrations)", lambda _: None, _moment),
    Setting(
        "KEEP_SECONDS",
        "seconds for which a public page is handed out again without asking",
        lambda _: 1.0,
        _seconds,
    ),
    Setting("METRICS", "serve /metrics", lambda _: False, _flag),
    Setting("RATE_LIMITS", "limit rates of sign-in, sign-up and the like", lambda _: True, _flag),
    Setting("DEMO", "demonstration: role links and a bar with moments", lambda _: False, _flag),
)


def read(given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the value of every setting: *given* first, then the environment, then defaults.

    Keys are names without the prefix. Raises `BadSetting` with one sentence.
    """
    given = given or {}
    raw = {s.name: given.get(s.name, os.environ.get(f"EVENTAPP_{s.name}")) for s in SETTINGS}
    folder = Path(raw["DATA_DIR"] or "data").expanduser().resolve()
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        value = raw[setting.name]
        if value is None or value == "":
            values[setting.name] = setting.default(folder)
        else:
            values[setting.name] = setting.check(value) if isinstance(value, str) else value
    values["DATA_DIR"] = str(folder)
    if values["SECRET_KEY"] is None:
        values["SECRET_KEY"] = _own_key(folder)
    return values


def _own_key(folder: Path) -> list[str]:
    """Return the key kept in the data folder, made on first use."""
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return [path.read_text().strip()]


def origins(given: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Tell where each setting's value comes from."""
    given = given or {}
    return {
        s.name: "argument"
        if s.name in given
        else "environment"
        if os.environ.get(f"EVENTAPP_{s.name}")
        else "default"
        for s in SETTINGS
    }
