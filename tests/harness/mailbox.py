"""Read the letters that the application wrote into its folder."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import icalendar


class Mailbox:
    """All the letters of one folder, in the order in which they were written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __len__(self) -> int:
        return len(self.files())

    def files(self) -> list[Path]:
        """List the .eml files, oldest first."""
        found = self.folder.glob("**/*.eml")
        return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))

    def all(self) -> list[EmailMessage]:
        """List the letters, oldest first."""
        return [read(path) for path in self.files()]

    def to(self, address: str) -> list[EmailMessage]:
        """List the letters to *address*, oldest first."""
        return [letter for letter in self.all() if address in str(letter["To"])]

    def last(self, address: str) -> EmailMessage:
        """Return the newest letter to *address*; fails when there is none."""
        letters = self.to(address)
        assert letters, f"no letter to {address}; there are {[m['To'] for m in self.all()]}"
        return letters[-1]


def read(path: Path) -> EmailMessage:
    """Parse one .eml file."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(letter: EmailMessage) -> str:
    """Return a letter's plain text."""
    body = letter.get_body(("plain",))
    assert body is not None, "a letter without plain text"
    return str(body.get_content())


def invite_of(letter: EmailMessage) -> icalendar.Calendar:
    """Return the calendar that a letter carries; fails when it carries none."""
    for part in letter.walk():
        if part.get_content_type() == "text/calendar":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return icalendar.Calendar.from_ical(payload)
    raise AssertionError(f"no calendar in {letter['Subject']!r}")
