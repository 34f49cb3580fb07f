"""What calendars answer: as Outlook, Google, Apple, Exchange and Thunderbird write it."""

from base64 import b64encode
from datetime import timedelta
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.events.models import Event
from eventapp.invites import queries
from eventapp.invites.models import PartStat
from eventapp.invites.rules import replies
from eventapp.invites.rules.replies import BadReply, ReplyRefusal
from eventapp.kernel import arrived, bounces, envelope, inbound, jobs, post, unreachable
from eventapp.kernel.arrived import Unreadable
from eventapp.kernel.db import db
from eventapp.kernel.inbound import Fate
from eventapp.kernel.post import Mail, MailState
from eventapp.programme import commands as programme
from eventapp.signups import commands as signups
from eventapp.signups.models import State
from tests.factories import at, fresh, make_event, make_registration, make_session
from tests.harness.mailbox import invite_of

ADDRESS = "poczta@example.org"


def calendar(uid, attendee, answer="ACCEPTED", *, sequence=0, stamp="20270520T080000Z", more=""):
    sequence_line = f"SEQUENCE:{sequence}\r\n" if sequence is not None else ""
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nMETHOD:REPLY\r\n"
        f"BEGIN:VEVENT\r\nUID:{uid}\r\n{sequence_line}DTSTAMP:{stamp}\r\n"
        "DTSTART:20270616T070000Z\r\nDTEND:20270616T083000Z\r\n"
        f"ATTENDEE;PARTSTAT={answer};CN=Anna:mailto:{attendee}\r\n{more}"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def plain(ics, sender, to, number, method="REPLY"):
    """One part and nothing else, base64: as Google sends it to strangers."""
    body = b64encode(ics.encode()).decode()
    return (
        f"From: Anna <{sender}>\r\nTo: {to}\r\nMessage-ID: <{number}@mail.example>\r\n"
        "Date: Thu, 20 May 2027 10:00:00 +0200\r\nSubject: =?utf-8?q?Zaakceptowano?=\r\n"
        "MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Type: text/calendar; charset=utf-8; method={method}\r\n\r\n{body}\r\n"
    ).encode()


def nested(ics, sender, to, number):
    """Alternatives in related in mixed, the calendar last: as Outlook and Exchange send it."""
    inner = EmailMessage()
    inner.set_content("Przyjmuję")
    inner.add_alternative("<p>Przyjmuję</p>", subtype="html")
    part = EmailMessage()
    part.set_content(ics.encode(), maintype="text", subtype="calendar", params={"method": "REPLY"})
    inner.attach(part)
    inner.make_mixed()
    inner["From"], inner["To"], inner["Subject"] = sender, to, "Accepted: Warsztat"
    inner["Message-ID"] = f"<{number}@exchange.example>"
    return inner.as_bytes()


def attached(ics, sender, to, number):
    """Words with a file: as Thunderbird and Apple Mail send it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "Event Invitation Reply"
    message["Message-ID"] = f"<{number}@thunderbird.example>"
    message.set_content("Anna has accepted.")
    message.add_attachment(
        ics.encode(), maintype="text", subtype="calendar", params={"method": "REPLY"}
    )
    return message.as_bytes()


CLIENTS = {
    "google": (plain, {}),
    "outlook": (nested, {"more": "X-MICROSOFT-CDO-APPT-SEQUENCE:0\r\nPRIORITY:5\r\n"}),
    "exchange without organizer": (nested, {"sequence": None}),
    "apple": (attached, {"more": "ORGANIZER:mailto:poczta@example.org\r\n"}),
    "thunderbird": (attached, {"more": "ORGANIZER;CN=X:mailto:poczta@example.org\r\n"}),
    "a time stamp with a zone": (plain, {"stamp": "20270520T080000"}),
}


@pytest.fixture
def app(make_app, database_url):
    return make_app(DATABASE_URL=database_url, INBOUND_ADDRESS=ADDRESS)


@pytest.fixture
def seated(db_session, now):
    """Somebody with a seat and an invite: the sign-up, the person, the invite."""
    event = make_event()
    person = make_registration(event, email="anna@example.org")
    session = make_session(event, starts_at=at("9:00"), capacity=1)
    taken = signups.sign_up(session.id, person.id, now)
    return taken, person, queries.of(session.id, person.id)


def tag_of(invite, app):
    return envelope.answers_to(invite.id, app.config)


@pytest.mark.parametrize("client", CLIENTS)
def test_each_calendar_is_understood(seated, app, client):
    _taken, person, invite = seated
    write, changes = CLIENTS[client]
    raw = write(calendar(invite.uid, person.email, "DECLINED", **changes), person.email,
                tag_of(invite, app), 1)  # fmt: skip

    row = inbound.take(raw, "file")

    assert (row.fate, row.reason, row.about) == (Fate.DONE, "", f"registration:{person.id}")
    assert fresh(invite).answer is PartStat.DECLINED


A, B = "anna@example.org", "obcy@example.org"


@pytest.mark.parametrize(
    ("changes", "sender", "tagged", "reason"),
    [
        ({}, A, True, ""),
        ({}, A, False, ""),
        ({}, B, True, ""),  # an assistant, with the tag
        ({}, B, False, "wrong-sender"),
        ({"attendee": B}, B, True, "wrong-sender"),  # a forwarded invite
        ({"uid": "obcy@x"}, A, True, "unknown-invite"),
        ({"sequence": 1}, A, True, "ahead"),
        ({"stamp": "20270520T093000Z"}, A, True, "from-the-future"),
        ({"answer": "NEEDS-ACTION"}, A, True, "no-answer"),
    ],
)
def test_who_may_answer_what(seated, app, changes, sender, tagged, reason):
    _taken, person, invite = seated
    given = {"uid": invite.uid, "attendee": person.email} | changes
    to = tag_of(invite, app) if tagged else ADDRESS

    row = inbound.take(plain(calendar(**given), sender, to, 1), "file")

    assert row.reason == reason
    assert (row.fate, row.content is None) == (
        (Fate.QUARANTINED, False) if reason else (Fate.DONE, True)
    )


def test_a_forged_tag_and_a_foreign_one_are_refused(seated, app, now):
    _taken, person, invite = seated
    other = tag_of(invite, app).replace(f"+r{invite.id}-", f"+r{invite.id + 1}-")
    ics = calendar(invite.uid, person.email)

    row = inbound.take(plain(ics, person.email, other, 1), "file")

    assert row.reason == ReplyRefusal.FORGED
    assert fresh(invite).answer is None


def test_the_newest_answer_stands_in_whatever_order_they_come(seated, app):
    _taken, _person, invite = seated
    said = [("ACCEPTED", "20270520T080100Z"), ("DECLINED", "20270520T080000Z")]
    rows = [
        inbound.take(
            plain(calendar(invite.uid, A, answer, stamp=stamp), A, tag_of(invite, app), number),
            "file",
        )
        for number, (answer, stamp) in enumerate([*said, said[0]])
    ]

    assert [row.reason for row in rows] == ["", "outdated", "known-reply"]
    assert [row.fate for row in rows] == [Fate.DONE, Fate.QUARANTINED, Fate.IGNORED]
    assert fresh(invite).answer is PartStat.ACCEPTED
    again = plain(calendar(invite.uid, A), A, tag_of(invite, app), 0)
    assert inbound.take(again, "hook").id == rows[0].id


def test_an_answer_to_another_time_is_stale_and_one_to_other_words_is_not(seated, app, now):
    _taken, _person, invite = seated
    programme.change_session(invite.session_id, now, activity={"title": {"pl": "Nowy tytuł"}})
    words = inbound.take(plain(calendar(invite.uid, A), A, tag_of(invite, app), 1), "file")
    programme.move_session(
        invite.session_id, now, starts_at=at("11:00"), ends_at=at("12:00"), room_id=None
    )
    moved = inbound.take(
        plain(calendar(invite.uid, A, stamp="20270520T080500Z"), A, tag_of(invite, app), 2), "file"
    )

    assert (words.reason, moved.reason) == ("", "stale-reply")


@pytest.mark.parametrize(("frees", "state"), [(True, State.CANCELLED), (False, State.CONFIRMED)])
def test_a_no_frees_the_seat_where_the_event_says_so(seated, app, now, frees, state, run_jobs):
    taken, person, invite = seated
    other = make_registration(_event(person))
    queued = signups.sign_up(invite.session_id, other.id, now)
    signups.set_policy(person.event_id, now, frees_on_decline=frees)
    inbound.take(plain(calendar(invite.uid, A, "DECLINED"), A, tag_of(invite, app), 1), "file")

    run_jobs()

    assert fresh(taken).state is state
    assert fresh(queued).state is (State.CONFIRMED if frees else State.WAITING)


def _event(person):
    return db.session.get_one(Event, person.event_id)


def test_somebody_vouches_for_a_stranger(seated, app, now):
    _taken, _person, invite = seated
    row = inbound.take(plain(calendar(invite.uid, A, "TENTATIVE"), B, ADDRESS, 1), "file")

    inbound.release(row.id, now)

    assert fresh(invite).answer is PartStat.TENTATIVE
    assert (fresh(row).fate, fresh(row).content) == (Fate.RELEASED, None)


def test_the_invite_names_the_address_that_answers_go_to(seated, app, mailbox, run_jobs):
    _taken, person, invite = seated
    run_jobs()

    letter = mailbox.last(person.email)
    (event,) = invite_of(letter).walk("VEVENT")
    assert str(event["ORGANIZER"]) == f"mailto:{tag_of(invite, app)}"
    assert envelope.number_of(envelope.Purpose.BOUNCE, [letter["Return-Path"].strip("<>")])


# --- letters that come back ---------------------------------------------------------------


def report(to, status="5.1.1", action="failed", number=1):
    return (
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: {to}\r\n"
        f"Message-ID: <b{number}@mx.example>\r\nAuto-Submitted: auto-replied\r\n"
        "Subject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        "--x\r\nContent-Type: text/plain\r\n\r\nsorry\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; anna@example.org\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n--x--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("status", "action", "state", "hard"),
    [
        ("5.1.1", "failed", MailState.BOUNCED, True),
        ("5.2.2", "failed", MailState.BOUNCED, False),
        ("4.4.1", "failed", MailState.BOUNCED, False),
        ("4.4.1", "delayed", MailState.SENT, None),
    ],
)
def test_a_letter_that_comes_back_is_noted(seated, app, run_jobs, status, action, state, hard):
    _taken, person, _invite = seated
    run_jobs()
    db.session.rollback()
    letter = post.sent_about(f"registration:{person.id}")[0]
    to = envelope.return_path(letter.job_id, app.config)

    row = inbound.take(report(to, status, action), "imap")

    known = unreachable.of(person.email)
    assert fresh(letter).state is state
    assert (known.hard if known else None) == hard
    assert row.fate is (Fate.IGNORED if action == "delayed" else Fate.DONE)


def test_a_forged_return_path_changes_nothing(seated, app, run_jobs):
    run_jobs()
    db.session.rollback()
    letter = db.session.query(Mail).first()
    to = envelope.return_path(letter.job_id, app.config)[:-20] + "aaaa@example.org"

    row = inbound.take(report(to), "imap")

    assert row.reason in {bounces.BounceRefusal.FORGED, bounces.BounceRefusal.UNKNOWN}
    assert fresh(letter).state is MailState.SENT


def test_the_relay_tells_of_a_bounce_by_its_hook(make_app, database_url):
    secret = "a secret of the relay, long enough"
    app = make_app(DATABASE_URL=database_url, INBOUND_ADDRESS=ADDRESS, INBOUND_SECRET=secret)
    with app.app_context():
        person = make_registration(make_event(), email="anna@example.org")
        session = make_session(_event(person))
        signups.sign_up(session.id, person.id, at("8:00") - timedelta(days=20))
        jobs.run_all()
        message_id = post.sent_about(f"registration:{person.id}")[0].message_id
        db.session.rollback()
    client = app.test_client()
    told = {"bounces": [{"kind": "hard", "message_id": message_id, "status": "5.1.1"}] * 2}
    bearing = {"Authorization": f"Bearer {secret}"}

    assert client.post("/api/hooks/bounces", json=told).status_code == 401
    answer = client.post("/api/hooks/bounces", json=told, headers=bearing)
    assert answer.json == {"noted": 1, "known": 1, "unknown": 0}
    assert client.post("/api/hooks/bounces", data="[", headers=bearing).status_code == 422
    many = {"bounces": told["bounces"] * 300}
    assert client.post("/api/hooks/bounces", json=many, headers=bearing).status_code == 422
    taken = client.post("/api/hooks/mail", data=b"From: x@example.org\r\n\r\nx", headers=bearing)
    assert (taken.json["fate"], taken.json["reason"]) == ("quarantined", "no-reader")


def test_the_secret_of_the_hooks_cannot_be_tried_out(make_app, database_url):
    secret = "a secret of the relay, long enough"
    app = make_app(DATABASE_URL=database_url, INBOUND_SECRET=secret, RATE_LIMITS=True)
    client = app.test_client()

    statuses = [
        client.post("/api/hooks/mail", data=b"x", headers={"Authorization": f"Bearer {n}"})
        for n in range(21)
    ]

    assert [one.status_code for one in statuses] == [401] * 20 + [429]
    assert "Retry-After" in statuses[-1].headers


# --- whatever comes -----------------------------------------------------------------------

PIECES = st.sampled_from(
    [b"From: a@b\r\n", b"Content-Type: multipart/mixed; boundary=x\r\n", b"\r\n", b"--x\r\n",
     b"--x--\r\n", b"Content-Type: text/calendar; method=REPLY\r\n", b"BEGIN:VCALENDAR\r\n",
     b"METHOD:REPLY\r\n", b"Content-Type: message/rfc822\r\n", b"Subject: =?utf-8?b?/w==?=\r\n",
     b"Content-Type: message/delivery-status\r\n", b"Action: failed\r\n", b"\xff\xfe\x00"]
) | st.binary(max_size=30)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map(b"".join))
def test_no_bytes_make_the_reader_stumble(raw):
    assert len(arrived.outline(raw).key) == 64
    try:
        message = arrived.read(raw)
    except Unreadable:
        return
    for piece in message.calendars:
        with pytest.raises(BadReply):
            replies.read(piece.content, piece.method)


def test_caps_hold():
    big = b"From: a@b\r\n\r\n" + b"x" * arrived.LARGEST
    many = b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + b"--x\r\n\r\n" * 100
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(30)
    )
    found = []
    for raw in (big, many, deep):
        with pytest.raises(Unreadable) as caught:
            arrived.read(raw)
        found.append(caught.value.reason)

    assert found == ["too-big", "too-many-parts", "too-many-parts"]
    with pytest.raises(BadReply, match="several"):
        replies.read(b"BEGIN:VEVENT\r\n" * 50, "")
