"""A real mail server of the tests' own, which misbehaves as it is told."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from eventapp.kernel import smtp
from tests.harness.servers import free_port

TAKEN = "250 2.0.0 taken"
DROP = "drop"  # hang up without a word


@dataclass
class Relay:
    """What the server answers at each step, to whom; and what it has taken.

    `answers` are by step (``mail``, ``rcpt``, ``data``) and used up in their order; ``drop``
    hangs up. Without one, everything is taken. `slow` is how long it looks at each letter.
    """

    port: int = 0
    slow: float = 0.0
    answers: dict[str, list[str]] = field(default_factory=dict)
    envelopes: list[Envelope] = field(default_factory=list)
    lines: int = 0

    @property
    def url(self) -> str:
        """Return the address as the settings name it."""
        return f"smtp://127.0.0.1:{self.port}"

    def letters(self) -> list[EmailMessage]:
        """List what was taken."""
        return [_read(one) for one in self.envelopes]

    def times(self) -> Counter[str]:
        """Count how often each Message-ID was taken."""
        return Counter(str(letter["Message-ID"]) for letter in self.letters())

    def recipients(self) -> list[str]:
        """List to whom letters were taken, in their order."""
        return [one.rcpt_tos[0] for one in self.envelopes]

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, said: list[str]
    ) -> list[str]:
        self.lines += 1
        session.host_name = name
        return said

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer("mail", server)
        if answer.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        answer = self._answer("rcpt", server)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.slow:
            await asyncio.sleep(self.slow)
        answer = self._answer("data", server)
        if answer.startswith("250"):
            self.envelopes.append(envelope)
        return answer

    def _answer(self, step: str, server: SMTP) -> str:
        waiting = self.answers.get(step, [])
        answer = waiting.pop(0) if waiting else TAKEN
        if answer == DROP:
            server.transport.close()
            return "421 gone"
        return answer


def _read(envelope: Envelope) -> EmailMessage:
    content = envelope.content
    assert isinstance(content, bytes)
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@contextlib.contextmanager
def relaying(relay: Relay | None = None) -> Iterator[Relay]:
    """Run a mail server, at the port that it had before if there is one."""
    relay = relay or Relay()
    relay.port = relay.port or free_port()
    controller = Controller(relay, hostname="127.0.0.1", port=relay.port)
    controller.start()
    smtp.hang_up()
    try:
        yield relay
    finally:
        smtp.hang_up()
        controller.stop()
