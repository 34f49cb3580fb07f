"""The audience's vote: one badge, one vote, and nothing that joins the two."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from eventapp.awards import commands, queries, rules
from eventapp.awards.commands import Candidacy
from eventapp.awards.models import AudienceRight, Call, Nomination
from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import FormalResult, PublicVote
from eventapp.checkin import commands as checkin
from eventapp.checkin import queries as doors
from eventapp.checkin.commands import Hand, ScanItem
from eventapp.kernel import facts
from eventapp.kernel.db import db
from eventapp.registrations import queries as people
from tests import factories
from tests.awards.browse import Reader
from tests.awards.test_commands import refusal
from tests.factories import NOW
from tests.races.crowd import rush

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
RULES = {"method": "weighted-scores", "ties": ["chair"]}


def contest(way=PublicVote.BADGE, names=("Arka", "Bryza")):
    """An event with two nominations to vote for; voting began an hour ago."""
    event = factories.make_event()
    call = commands.open_call(event.id, name={"pl": "Nagrody"}, rulebook=RULES)
    criteria = [{"id": "a", "name": {"pl": "A"}, "weight": 1}]
    award = commands.add_award(call.id, name={"pl": "Nagroda"}, criteria=criteria)
    entries = []
    for name in names:
        given = Candidacy(nominee=name, nominator=name, justification="x", is_self=True)
        row = commands.submit_nomination(award.id, given, NOW)
        commands.check_formally(row.id, FormalResult.POSITIVE, None, NOW)
        entries.append(row.id)
    commands.set_public_vote(call.id, way, NOW - HOUR, NOW + HOUR)
    return event, call.id, entries


def guest(event, *, came=True):
    """Somebody with a badge, who was let in at the door or not."""
    row = factories.make_registration(event)
    if came:
        door = doors.door(checkin.add_checkpoint(event.id, {"pl": "Wejście"}).id)
        code = people.badge_code(row)
        scan = ScanItem(scan_id=f"s-{row.id}", scanned_at=NOW, code=code, age=timedelta(0))
        checkin.record_scan(door, scan, NOW, Hand(actor="device:1", station="1"))
    return row.id


def votes(entries):
    db.session.rollback()
    return [db.session.get_one(Nomination, entry).public_votes for entry in entries]


@pytest.mark.parametrize(
    ("way", "after", "expected"),
    [
        (PublicVote.NONE, HOUR, AwardRefusal.NO_PUBLIC_VOTE),
        (PublicVote.OPEN, -SECOND, AwardRefusal.VOTE_NOT_OPEN),
        (PublicVote.OPEN, timedelta(0), None),
        (PublicVote.OPEN, 2 * HOUR - SECOND, None),
        (PublicVote.OPEN, 2 * HOUR, AwardRefusal.VOTE_CLOSED),
    ],
)
def test_voting_is_open_from_its_first_second_to_its_last(way, after, expected):
    call = Call(public_vote=way, public_vote_opens_at=NOW, public_vote_closes_at=NOW + 2 * HOUR)

    assert rules.audience.refuse_window(call, NOW + after) is expected


def test_one_badge_has_one_vote(db_session):
    event, call_id, entries = contest()
    there, away = guest(event), guest(event, came=False)
    stranger = guest(factories.make_event())

    def vote(registration_id, entry=entries[0]):
        return commands.vote_by_badge(call_id, registration_id, entry, NOW)

    assert refusal(lambda: vote(there, 0)) is AwardRefusal.UNKNOWN_NOMINATION
    vote(there)
    assert refusal(lambda: vote(there, entries[1])) is AwardRefusal.VOTED_ALREADY
    assert refusal(lambda: vote(away)) is AwardRefusal.NOT_CHECKED_IN
    assert refusal(lambda: vote(stranger)) is AwardRefusal.BADGE_NEEDED
    assert refusal(lambda: commands.vote_openly(call_id, "x", entries[0], NOW)) is (
        AwardRefusal.BADGE_NEEDED
    )
    assert (votes(entries), queries.votes_given(call_id)) == ([1, None], 1)
    change = (call_id, PublicVote.OPEN, NOW, NOW + HOUR)
    assert refusal(lambda: commands.set_public_vote(*change)) is AwardRefusal.VOTE_BEGUN


def test_nothing_tells_who_voted_for_whom(db_session):
    event, call_id, entries = contest()
    crowd = [guest(event) for _ in range(3)]
    before = len(facts.history(event_id=event.id, limit=500))
    for registration_id in crowd[::-1]:
        commands.vote_by_badge(call_id, registration_id, entries[0], NOW)

    assert len(facts.history(event_id=event.id, limit=500)) == before
    assert [column.name for column in AudienceRight.__table__.columns] == ["call_id", "key"]
    keys = list(db.session.scalars(text("SELECT key FROM audience_right")))
    assert len(set(keys)) == 3
    if db.engine.dialect.name == "sqlite":
        # The rows lie in the order of their keys: there is no hidden number of their coming.
        assert keys == sorted(keys)
        made = db.session.scalar(
            text("SELECT sql FROM sqlite_master WHERE name = 'audience_right'")
        )
        assert "WITHOUT ROWID" in made


def vote_in_a_crowd(wish):
    call_id, registration_id, entry = wish
    commands.vote_by_badge(call_id, registration_id, entry, NOW)
    return "counted"


@pytest.mark.race
def test_of_a_crowd_with_two_tabs_each_every_badge_counts_once(app):
    with app.app_context():
        event, call_id, entries = contest()
        crowd = [guest(event) for _ in range(12)]
    wishes = [(call_id, one, entries[number % 2]) for one in crowd for number in range(3)]

    with app.app_context():
        heard = rush(app, vote_in_a_crowd, wishes)

        assert (heard.count("counted"), heard.count("voted-already")) == (12, 24)
        assert sum(count or 0 for count in votes(entries)) == 12


# --- in a browser without a script --------------------------------------------------------


@pytest.fixture
def at_noon(hands):
    hands.move_to(NOW)


def test_a_guest_votes_once_and_for_good(app, at_noon):
    with app.app_context():
        event, _call_id, entries = contest()
        row = people.registration(guest(event))
        link, slug = people.link_token(row), event.slug
    reader = Reader(app, slug)
    assert "open your personal link first" in reader.get("/awards/vote")
    reader.answer(f"/my/{link}")
    assert "Vote for the audience award" in reader.get("/awards/")

    asked = reader.send("/awards/vote", choice=str(entries[1])).get_data(as_text=True)

    assert "You are voting for: Bryza" in asked
    reader.send("/awards/vote", choice=str(entries[1]), final="yes")
    assert "Your vote is counted" in reader.get("/awards/vote")
    reader.send("/awards/vote", choice=str(entries[0]), final="yes")
    assert "every vote is counted once" in reader.get("/awards/vote")
    with app.app_context():
        assert votes(entries) == [None, 1]


def test_where_everybody_votes_a_browser_has_one_vote(app, at_noon):
    with app.app_context():
        event, _call_id, entries = contest(PublicVote.OPEN)
        slug = event.slug
    for _person in range(2):
        reader = Reader(app, slug)
        assert "Choose one nomination" in reader.get("/awards/vote")
        for _tab in range(2):
            reader.send("/awards/vote", choice=str(entries[0]), final="yes")
    bare = Reader(app, slug)
    bare.send("/awards/vote", choice=str(entries[0]), final="yes")
    assert "kept no cookie" in bare.get("/awards/vote")
    with app.app_context():
        assert votes(entries) == [2, None]
