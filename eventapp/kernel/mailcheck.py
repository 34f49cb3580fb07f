"""Whether letters would leave: the mail server asked step by step, each answer in one sentence."""

import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from eventapp.kernel import envelope, health, mail, smtp

OK, WARN, BAD = "ok", "warn", "bad"
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
# Job numbers begin with 1, so that a letter of this check is nobody else's.
NO_JOB = 0


@dataclass(frozen=True)
class Step:
    """One thing that was tried: how it went, and what to do where it is not well."""

    state: str
    name: str
    text: str
    advice: str = ""


def steps(config: Mapping[str, Any], to: str | None = None) -> Iterator[Step]:
    """Try what sending takes; with *to* a letter is really sent. Ends at the first that fails."""
    target = urlsplit(config["MAIL_URL"])
    yield from _settings(config, target)
    if target.scheme == "file":
        yield _folder()
    else:
        found = list(_server(config, target))
        yield from found
        if any(step.state == BAD for step in found):
            return
    if to is not None:
        yield _letter(config, to)


def _settings(config: Mapping[str, Any], target: SplitResult) -> Iterator[Step]:
    address = _sender(config)
    domain = address.rpartition("@")[2]
    if domain in HERE or "." not in domain:
        advice = "Set EVENTAPP_MAIL_FROM to an address of your domain."
        yield Step(WARN, "sender", f"{address} is nobody's address on the net", advice)
    else:
        yield Step(OK, "sender", address)
    if target.scheme == "smtp" and target.hostname not in HERE:
        advice = "Use smtp+starttls:// (587) or smtps:// (465)."
        yield Step(WARN, "secrecy", "letters and password travel in the clear", advice)
    if not config.get("INBOUND_ADDRESS"):
        advice = "Set EVENTAPP_INBOUND_ADDRESS, so that letters that come back are seen."
        yield Step(WARN, "bounces", f"letters come back to {address} unseen", advice)
    elif envelope.return_path(1, config) is None:
        advice = "Shorten EVENTAPP_INBOUND_ADDRESS."
        yield Step(WARN, "bounces", "the address is too long to be tagged", advice)


def _folder() -> Step:
    told = health.ask(health.check_mail_folder)
    if told != "ok":
        return Step(
            BAD, "folder", f"letters cannot be laid there: {told}", "See EVENTAPP_MAIL_URL."
        )
    advice = "Set EVENTAPP_MAIL_URL to a mail server before people register."
    return Step(WARN, "folder", "letters are laid into a folder, nobody gets them", advice)


def _server(config: Mapping[str, Any], target: SplitResult) -> Iterator[Step]:
    where = f"{target.hostname}:{target.port or smtp.PORTS[target.scheme]}"
    try:
        server = smtp.connected(target)
    except (smtplib.SMTPException, OSError) as error:
        yield explained(error, where, target)
        return
    try:
        yield _greeting(server, where, target)
        yield _accepted(server, config)
    except (smtplib.SMTPException, OSError) as error:
        yield explained(error, where, target)
    finally:
        smtp.part_from(server)


def _greeting(server: smtplib.SMTP, where: str, target: SplitResult) -> Step:
    secure = server.sock if isinstance(server.sock, ssl.SSLSocket) else None
    over = f"over {secure.version()}, certificate verified" if secure else "without TLS"
    who = f", signed in as {unquote(target.username)}" if target.username else ""
    return Step(OK, "server", f"{where} answers {over}{who}")


def _accepted(server: smtplib.SMTP, config: Mapping[str, Any]) -> Step:
    """Ask whether the server takes our sender, as each letter names it."""
    path = envelope.return_path(1, config) or _sender(config)
    code, said = server.mail(path)
    server.rset()
    words = smtp.spoken(code, said)
    if code == 250:
        return Step(OK, "mail from", f"{path}: {words}")
    advice = "Sign in as this sender, or let the relay allow the address."
    return Step(BAD, "mail from", f"the server does not take {path}: {words}", advice)


def _sender(config: Mapping[str, Any]) -> str:
    return str(config["MAIL_FROM"]).rpartition("<")[2].strip("<> ")


def _letter(config: Mapping[str, Any], to: str) -> Step:
    try:
        words = mail.deliver(_written(config, to), config["MAIL_URL"])
    except smtp.NoSuchRecipient as error:
        return Step(BAD, "letter", f"the server does not know {to}: {error}", "Check the address.")
    except mail.MailError as error:
        return Step(BAD, "letter", f"{error}", "The server says why; ask who runs it.")
    finally:
        smtp.hang_up()
    advice = (
        "Look whether it arrives, and not as spam. SPF, DKIM and DMARC are the relay's business: "
        "its domain must be allowed to send for yours."
    )
    return Step(OK, "letter", f"handed over to {to}: {words}", advice)


def _written(config: Mapping[str, Any], to: str) -> EmailMessage:
    return mail.compose(
        to=to,
        subject="eventapp: a letter to try the mail server",
        text="If you read this, letters leave eventapp and arrive.\n",
        message_id=mail.message_id(NO_JOB, config),
    )


def explained(error: Exception, where: str, target: SplitResult) -> Step:
    """Return in one sentence what keeps letters from leaving, and what to do about it."""
    for kind, name, text, advice in _FAULTS:
        if isinstance(error, kind):
            words = smtp.words_of(error) if isinstance(error, smtplib.SMTPResponseException) else ""
            said = text.format(where=where, host=target.hostname, words=words or error)
            return Step(BAD, name, said, advice)
    return Step(BAD, "server", f"{where}: {error}", "See EVENTAPP_MAIL_URL.")


_FAULTS: tuple[tuple[type[Exception], str, str, str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "certificate",
        "the certificate of {host} is not to be trusted: {words}",
        "Use the name that it was made for, or let the server get a valid one.",
    ),
    (
        ssl.SSLError,
        "tls",
        "{where} does not speak TLS here: {words}",
        "smtps:// is for port 465, smtp+starttls:// for 587.",
    ),
    (
        smtplib.SMTPNotSupportedError,
        "tls",
        "{where} lacks what the settings ask for: {words}",
        "smtps:// is for port 465, smtp+starttls:// for 587; a password needs AUTH.",
    ),
    (
        smtplib.SMTPAuthenticationError,
        "sign-in",
        "{host} does not accept user and password: {words}",
        "Percent-encode special characters; some services want an application's password.",
    ),
    (
        smtplib.SMTPResponseException,
        "server",
        "{where} refuses us: {words}",
        "Ask who runs the server whether this machine may send.",
    ),
    (
        socket.gaierror,
        "name",
        "there is no server of the name {host}",
        "Check EVENTAPP_MAIL_URL, and the name server of this machine.",
    ),
    (
        ConnectionRefusedError,
        "port",
        "nobody answers at {where}",
        "Check the port: 587 with STARTTLS, 465 with TLS, 25 between servers.",
    ),
    (
        TimeoutError,
        "network",
        "{where} keeps silent",
        "A firewall may close the port; many hosts block 25, so try 587.",
    ),
    (
        smtplib.SMTPServerDisconnected,
        "server",
        "{where} hung up: {words}",
        "smtps:// is for port 465, smtp+starttls:// for 587.",
    ),
)
