"""A mailbox is read as it stands on a real server: by TLS, once, and put away."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from eventapp.kernel.db import db
from eventapp.kernel.imap import read_mailbox
from eventapp.kernel.inbound import InboundMail
from tests.harness import cutting, imap

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture(scope="module")
def server() -> Iterator[imap.Mailbox]:
    with imap.serving() as running:
        yield running


@pytest.fixture
def box(server, monkeypatch) -> imap.Mailbox:
    """The mailbox, empty, of a server whose certificate is trusted."""
    server.empty()
    monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
    return server


def message(number: int, body: str = "Dzień dobry", more: str = "") -> bytes:
    return (
        f"From: anna@example.org\r\nTo: poczta@example.org\r\nMessage-ID: <{number}@x>\r\n"
        f"Subject: Numer {number}\r\n{more}MIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    ).encode()


def came() -> list[str]:
    db.session.rollback()
    query = select(InboundMail.subject).order_by(InboundMail.id)
    return list(db.session.scalars(query))


@pytest.mark.parametrize("scheme", ["imap", "imap+starttls", "imaps"])
def test_what_is_new_is_taken_once_and_marked(box, scheme):
    box.lay(message(1))
    box.lay(message(2))

    assert read_mailbox(box.url(scheme)) == 2
    assert read_mailbox(box.url(scheme)) == 0
    assert sorted(came()) == ["Numer 1", "Numer 2"]
    assert [name.rpartition(",")[2] for name in box.names()] == ["S", "S"], "seen"


def test_what_was_read_is_moved_into_a_folder_that_is_made(box):
    box.lay(message(1))

    assert read_mailbox(box.url(query="?done=Przeczytane%20-%20gotowe")) == 1
    box.lay(message(2))
    assert read_mailbox(box.url(query="?done=Przeczytane%20-%20gotowe")) == 1

    assert box.names() == []
    assert len(box.names("Przeczytane - gotowe")) == 2


def test_the_same_message_twice_is_one(box):
    box.lay(message(1))
    box.lay(message(1))

    assert read_mailbox(box.url()) == 2
    assert came() == ["Numer 1"]


def test_one_that_is_huge_holds_nobody_up(box):
    box.lay(message(1, body="x" * 3_000_000))
    box.lay(message(2))

    assert read_mailbox(box.url("imaps")) == 2
    assert sorted(came()) == ["Numer 1", "Numer 2"]


@pytest.mark.parametrize("scheme", ["imap+starttls", "imaps"])
def test_a_server_that_nobody_vouches_for_is_not_told_the_password(
    box, scheme, monkeypatch, caplog
):
    monkeypatch.delenv("SSL_CERT_FILE")
    box.lay(message(1))

    assert read_mailbox(box.url(scheme)) == 0
    assert "CERTIFICATE_VERIFY_FAILED" in caplog.text
    assert came() == []


def test_a_wrong_password_and_a_server_that_is_away_are_said(box, caplog):
    right = box.url()

    assert read_mailbox(right.replace("tajne", "inne")) == 0
    assert read_mailbox(right.replace(str(box.plain), "1")) == 0
    assert len([one for one in caplog.records if one.levelname == "WARNING"]) == 2


@pytest.mark.parametrize("query", ["", "?done=Przeczytane"])
def test_a_line_that_breaks_in_the_middle_loses_nothing_and_doubles_nothing(box, query):
    everything = [f"Numer {number}" for number in range(1, 4)]
    for number in range(1, 4):
        box.lay(message(number, body="Dzień dobry " * 20))

    # It breaks at the greeting, while a message comes, and between taking and marking one.
    broken_off = 0
    for octets in (0, 40, *range(700, 3000, 230)):
        with cutting.cut_after(octets, box.plain) as port:
            broken_off += read_mailbox(box.url(query=query).replace(f":{box.plain}/", f":{port}/"))
        assert len(came()) == len(set(came())), octets
    last = read_mailbox(box.url(query=query))

    assert sorted(came()) == everything
    assert broken_off + last >= 1
    assert read_mailbox(box.url(query=query)) == 0
