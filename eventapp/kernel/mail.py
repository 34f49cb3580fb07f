"""Mail as bytes: built with the standard library, sent by SMTP or laid into a folder."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import (
    Address,
    HeaderRegistry,
    UniqueUnstructuredHeader,
    UnstructuredHeader,
)
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from flask import current_app, render_template
from jinja2 import TemplateNotFound

from eventapp.kernel import clock, i18n, smtp, tokens
from eventapp.kernel.smtp import MailError, Parcel, TryLater, Undeliverable

__all__ = ["MailError", "TryLater", "Undeliverable"]

LONGEST_SUBJECT = 300


class _Whole(UnstructuredHeader):
    """A header that stands in one line: an address in encoded words would be none."""

    def fold(self, *, policy: Any) -> str:
        """Return the header as it stands in the bytes of a message."""
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]


class _Subject(UniqueUnstructuredHeader):
    """A subject in any letters: the library's folding drops a space where two such words meet."""

    def fold(self, *, policy: Any) -> str:
        """Return the header as it stands in the bytes of a message."""
        if self.isascii() or policy.utf8:  # type: ignore[attr-defined]
            return super().fold(policy=policy)  # type: ignore[misc]
        coded = Header(str(self), "utf-8", header_name="Subject").encode(linesep=policy.linesep)
        return f"Subject: {coded}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("subject", _Subject)  # type: ignore[arg-type]
_HEADERS.map_to_type("list-unsubscribe", _Whole)  # type: ignore[arg-type]
_POLICY: "EmailPolicy[EmailMessage]" = SMTP.clone(header_factory=_HEADERS)


# --- words --------------------------------------------------------------------------------


def render(template: str, locale: str, **context: Any) -> tuple[str, str, str | None]:
    """Return subject, plain text and HTML of ``templates/mail/<template>.{txt,html}``.

    The text's first line is ``Subject: …``. The HTML may be missing, then it is None.
    """
    with i18n.use_locale(locale):
        written = render_template(f"mail/{template}.txt", **context)
        try:
            html = render_template(f"mail/{template}.html", **context)
        except TemplateNotFound as error:
            if error.name != f"mail/{template}.html":
                raise
            html = None
    first, _, body = written.lstrip().partition("\n")
    if not first.startswith("Subject:"):
        raise ValueError(f"the first line of mail/{template}.txt is no subject")
    return first.removeprefix("Subject:").strip(), body.strip() + "\n", html


# --- a message ----------------------------------------------------------------------------


def message_id(job_id: int, config: Mapping[str, Any]) -> str:
    """Return the Message-ID of the letter that a job sends: the same at every try."""
    sender = str(config["MAIL_FROM"])
    mark = tokens.derive("message-id", job_id).hex()
    return f"<{job_id}.{mark}@{_domain(sender)}>"


def _domain(address: str) -> str:
    return address.rsplit("@", 1)[-1].strip("<> ") or "localhost"


def compose(
    *,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    message_id: str,
    sender: str | None = None,
    reply_to: str | None = None,
    headers: Mapping[str, str] | None = None,
    calendar: bytes | None = None,
    method: str | None = None,
    attachments: Sequence[tuple[str, str, bytes]] = (),
) -> EmailMessage:
    """Return a finished message.

    An invite is ``mixed[alternative[plain, html, calendar], calendar file]``: the calendar
    part is the last alternative, in base64, without Content-Disposition, and says the same
    *method* as the calendar itself; the file has the same bytes. *attachments* are
    ``(file name, media type, bytes)``. Raises `Undeliverable` for an impossible address.
    """
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = _one_line(subject)[:LONGEST_SUBJECT]
    message["From"] = _address(sender or current_app.config["MAIL_FROM"])
    message["To"] = _address(to)
    if reply_to:
        message["Reply-To"] = _address(reply_to)
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    for name, value in (headers or {}).items():
        message[name] = _one_line(value)
    message.set_content(text, cte="quoted-printable")
    if html is not None:
        message.add_alternative(html, subtype="html", cte="quoted-printable")
    if calendar is not None:
        _add_calendar(message, calendar, method or "")
    for file_name, media_type, content in attachments:
        kind, _, subtype = media_type.partition("/")
        message.add_attachment(
            content, maintype=kind, subtype=subtype, filename=_one_line(file_name)
        )
    return message


def _one_line(text: str) -> str:
    """Return *text* without what could end a header and begin another."""
    plain = "".join(
        " " if unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} else character
        for character in text
    )
    return " ".join(plain.split())


def _address(text: str) -> Address:
    """Return an address, with or without a name before ``<…>``."""
    found = re.fullmatch(r"(?:(?P<name>[^<>]*)<)?(?P<spec>[^<>\s,;:]+@[^<>\s,;:]+)>?", text.strip())
    if found is None:
        raise Undeliverable("the address is not one address")
    user, _, domain = found["spec"].rpartition("@")
    name = _one_line(found["name"] or "").strip('" ')
    try:
        return Address(name, user, domain.encode("idna").decode())
    except (ValueError, HeaderParseError, UnicodeError) as error:
        raise Undeliverable("the address is not one address") from error


def _add_calendar(message: EmailMessage, calendar: bytes, method: str) -> None:
    said = re.search(rb"^METHOD:([A-Z]+)\r?$", calendar, re.MULTILINE)
    if said is None or said.group(1).decode() != method:
        # Outlook refuses an invite whose two methods differ.
        raise ValueError("the calendar's METHOD and the part's method differ")
    part = EmailMessage(policy=SMTP)
    part.set_content(calendar, maintype="text", subtype="calendar", cte="base64")
    part.set_param("charset", "utf-8")
    part.set_param("method", method)
    if message.get_content_type() != "multipart/alternative":
        message.make_alternative()
    message.attach(part)
    message.add_attachment(calendar, maintype="application", subtype="ics", filename="invite.ics")


# --- sending ------------------------------------------------------------------------------


def deliver(message: EmailMessage, mail_url: str, sender: str | None = None) -> str:
    """Hand *message* over to the mail server or folder of *mail_url*; return what it said.

    *sender* is where it comes back to if it cannot be delivered; None: to its From.
    Raises `TryLater` or `Undeliverable`.
    """
    target = urlsplit(mail_url)
    if target.scheme == "file":
        return _lay(message, Path(unquote(target.path)), sender)
    return smtp.send(mail_url, _parcel(message, sender))


def _parcel(message: EmailMessage, sender: str | None) -> Parcel:
    (recipient,) = message["To"].addresses
    path = sender or message["From"].addresses[0].addr_spec
    unicode = not (recipient.addr_spec + path).isascii()
    content = message.as_bytes(policy=SMTPUTF8 if unicode else SMTP)
    return Parcel(path, recipient.addr_spec, content, unicode=unicode)


def _lay(message: EmailMessage, folder: Path, sender: str | None) -> str:
    """Write one ``.eml``, whole or not at all; names sort by time, then by job."""
    name = _file_name(message)
    draft = folder / f".{name}.{uuid4().hex}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # As the last server on the way writes down who sent it.
        path = f"Return-Path: <{sender}>\r\n" if sender else ""
        draft.write_bytes(path.encode() + message.as_bytes())
        draft.replace(folder / name)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise TryLater(f"the mail folder cannot be written: {error.strerror}") from error
    return name


def _file_name(message: EmailMessage) -> str:
    sent = message["Date"].datetime.strftime("%Y%m%dT%H%M%S")
    mark = re.sub(r"[^0-9A-Za-z.-]", "", str(message["Message-ID"]).split("@")[0])
    number, _, rest = mark.partition(".")
    return f"{sent}-{number.zfill(9)}-{rest[:12]}.eml"
