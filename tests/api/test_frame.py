"""The frame by API: venues, rooms, categories, breaks, speakers; made, read, changed, removed."""

from typing import Any, NamedTuple

import pytest

from eventapp.programme import commands
from eventapp.programme import queries as plan
from tests.api.conftest import code, faults
from tests.factories import NOW, at, make_event, make_room
from tests.harness import world

EVENT = "/events/seminarium"
SPAN = {"starts_at": "2027-06-16T08:00:00+02:00", "ends_at": "2027-06-16T12:00:00+02:00"}


class Thing(NamedTuple):
    """One kind of thing: its list, what is sent, and an edit."""

    path: str
    new: dict[str, Any]
    edit: dict[str, Any]
    known: str = ""

    def one(self, shown: dict[str, Any]) -> str:
        """Return the address of one of them."""
        within = EVENT if "code" in shown else ""
        return f"{within}/{self.path}/{shown.get('code') or shown['id']}"


VENUE = Thing(
    "venues",
    {
        "name": {"pl": "Dom Kultury", "en": "Culture centre"}, "short": {"pl": "DK"},
        "street": "Rynek 1", "postcode": "42-200", "city": "Częstochowa",
        "accessibility": {"step_free": True, "lift": None, "text": {"pl": "Od podwórza"}},
    },
    {"city": "Kłobuck"},
    "venue_id",
)  # fmt: skip
ROOM = Thing(
    "rooms",
    {
        "name": {"pl": "Sala Żółta"}, "capacity": 30, "floor": {"pl": "parter"},
        "features": [{"pl": "rzutnik", "en": "projector"}], "wheelchair": True, "parallel": False,
    },
    {"capacity": None, "floor": None, "wheelchair": None, "parallel": True},
    "room_id",
)  # fmt: skip
CATEGORY = Thing(
    "categories", {"name": {"pl": "Koło Gospodyń"}, "group": "PES"}, {"group": "JSFP"}, "category"
)
BREAK = Thing(
    "breaks",
    {"title": {"pl": "Herbata"}, "starts_at": "2027-06-16T10:00:00+02:00",
     "ends_at": "2027-06-16T10:20:00+02:00", "room": None},
    {"title": {"pl": "Kawa", "en": "Coffee"}, "ends_at": "2027-06-16T10:30:00+02:00"},
    "break_id",
)  # fmt: skip
SPEAKER = Thing(
    "speakers",
    {"title": "dr", "first_name": "Łucja", "last_name": "Źródło", "email": "l@example.org",
     "bio": {"pl": "Trenerka"}, "availability": [SPAN]},
    {"last_name": "Zdrój", "bio": None, "availability": []},
    "speaker_id",
)  # fmt: skip
THINGS = [VENUE, ROOM, CATEGORY, BREAK, SPEAKER]
each = pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.path)


def new(thing: Thing, place) -> dict[str, Any]:
    more = {"venue": str(place.ids["venue_id"])} if thing is ROOM else {}
    return thing.new | more


def made(program, thing: Thing, place) -> dict[str, Any]:
    answer = program.post(f"{EVENT}/{thing.path}", new(thing, place))
    assert answer.status_code == 201, answer.text
    return answer.json


@each
def test_a_thing_is_made_read_changed_and_removed(program, place, thing):
    answer = program.post(f"{EVENT}/{thing.path}", new(thing, place))
    shown = answer.json
    path = thing.one(shown)
    assert answer.headers["Location"] == f"/api/v1{path}"
    given = new(thing, place)
    assert {name: shown[name] for name in given} == given
    assert program.get(path).json == shown
    assert shown in program.get(f"{EVENT}/{thing.path}").json

    changed = program.patch(path, thing.edit).json

    untouched = shown.keys() - thing.edit.keys() - {"version"}
    assert {name: changed[name] for name in untouched} == {name: shown[name] for name in untouched}
    empty = {"floor": {}, "bio": {}}
    wanted = {name: value or empty.get(name, value) for name, value in thing.edit.items()}
    assert {name: changed[name] for name in wanted} == wanted
    assert changed["version"] > shown["version"]
    assert program.delete(path).status_code == 204
    assert code(program.get(path))[0] == 404
    assert code(program.delete(path))[0] == 404


@each
def test_a_key_makes_one_and_an_old_version_edits_none(program, place, thing):
    body = new(thing, place)
    first, again = (program.post(f"{EVENT}/{thing.path}", body, key="k") for _ in range(2))
    assert (first.status_code, first.json) == (again.status_code, again.json)
    path, old = thing.one(first.json), first.headers["ETag"]

    new_tag = program.patch(path, thing.edit, If_Match=old).headers["ETag"]

    assert code(program.patch(path, thing.edit, If_Match=old))[0] == 412
    assert code(program.delete(path, If_Match=old))[0] == 412
    assert program.get(path, If_None_Match=new_tag).status_code == 304
    assert program.delete(path, If_Match=new_tag).status_code == 204


@each
def test_lists_come_in_parts(program, place, thing):
    for number in range(3):
        body = new(thing, place)
        name = {"pl": f"Nazwa {number}"}
        body |= {key: name for key in ("name", "title") if isinstance(body.get(key), dict)}
        body |= {"last_name": f"Lis{number}", "email": None} if thing is SPEAKER else {}
        assert program.post(f"{EVENT}/{thing.path}", body).status_code == 201
    whole = program.get(f"{EVENT}/{thing.path}").json

    found, path = [], f"{EVENT}/{thing.path}?limit=2"
    while path:
        answer = program.get(path)
        found += answer.json
        link = answer.headers.get("Link", "")
        path = link[1 : link.index(">")] if link else ""

    assert found == whole
    assert len(whole) >= 4


@each
def test_readers_read_and_strangers_do_not(program_with, place, thing):
    organiser = program_with("all")
    path = thing.one(made(organiser, thing, place))
    reader, stranger = program_with("read"), program_with(None)

    assert reader.get(path).status_code == reader.get(f"{EVENT}/{thing.path}").status_code == 200
    assert code(reader.post(f"{EVENT}/{thing.path}", new(thing, place)))[0] == 403
    assert code(reader.patch(path, thing.edit))[0] == 403
    assert code(reader.delete(path))[0] == 403
    assert code(stranger.get(path))[0] == 401


@each
def test_things_of_another_event_are_not_there(app, program, place, thing):
    other = world.build(app, "inne")
    known = other.ids[thing.known]
    path = f"/events/inne/categories/{known}" if thing is CATEGORY else f"/{thing.path}/{known}"

    for answer in (program.get(path), program.patch(path, thing.edit), program.delete(path)):
        assert code(answer)[0] in {403, 404}
    assert code(program.get(f"/events/inne/{thing.path}"))[0] in {403, 404}


def test_the_email_of_a_speaker_is_for_organisers(program_with, place):
    path = SPEAKER.one(made(program_with("all"), SPEAKER, place))

    for scope in ("read", "door"):
        program = program_with(scope)
        assert "email" not in program.get(path).json
        assert "example.org" not in program.get(f"{EVENT}/speakers").text


def test_what_is_used_stays(app, program, place):
    room, venue = place.ids["room_id"], place.ids["venue_id"]
    assert code(program.delete(f"/rooms/{room}")) == (409, "room-in-use")
    assert code(program.delete(f"/venues/{venue}")) == (409, "venue-has-rooms")
    with app.app_context():
        row = commands.draft_session(
            place.event_id, NOW, title={"pl": "X"}, starts_at=at("9:00"), ends_at=at("10:00"),
            speaker_ids=(place.ids["speaker_id"],),
        )  # fmt: skip
    assert code(program.delete(f"/speakers/{place.ids['speaker_id']}")) == (409, "speaker-in-use")
    person = {"first_name": "Ewa", "last_name": "Lis", "email": "e@example.org"}
    program.post(f"{EVENT}/speakers", person)
    assert code(program.post(f"{EVENT}/speakers", person)) == (409, "speaker-known")
    with app.app_context():
        commands.drop_session(row.id, NOW)
    assert program.delete(f"/speakers/{place.ids['speaker_id']}").status_code == 204
    answer = program.post(
        f"{EVENT}/registrations",
        {"first_name": "E", "last_name": "L", "email": "el@example.org", "category": "fundacja"},
    )
    assert answer.status_code == 201
    assert code(program.delete(f"{EVENT}/categories/fundacja")) == (409, "category-in-use")


def test_breaks_hold_at_once_and_those_of_the_draft_are_not_there(app, program, place):
    with app.app_context():
        hidden = commands.draft_break(
            place.event_id, NOW, starts_at=at("9:00"), ends_at=at("9:10"), title={"pl": "Sekret"}
        ).id
    assert code(program.get(f"/breaks/{hidden}"))[0] == 404
    assert "Sekret" not in program.get(f"{EVENT}/breaks").text
    assert code(program.patch(f"/breaks/{hidden}", {"title": {"pl": "X"}}))[0] == 404

    shown = made(program, BREAK, place)
    program.patch(f"/breaks/{shown['id']}", {"title": {"pl": "Kompot"}})

    public = program.client.get("/seminarium/programme.json").json["breaks"]
    assert "Kompot" in [one["title"]["pl"] for one in public]
    with app.app_context():
        assert [row.title for row in plan.breaks(place.event_id)].count({"pl": "Kompot"}) == 1
    program.delete(f"/breaks/{shown['id']}")
    public = program.client.get("/seminarium/programme.json").json["breaks"]
    assert "Kompot" not in [one["title"]["pl"] for one in public]


BAD = [
    ("venues", {"name": {"pl": ""}}, [("/name/pl", "required")]),
    ("venues", {"name": {"pl": "a\x01"}}, [("/name/pl", "control-character")]),
    ("rooms", {"name": {"pl": "A"}}, [("/venue", "required")]),
    ("rooms", {"name": {"pl": "A"}, "venue": "4711"}, [("/venue", "not-found")]),
    ("categories", {"name": {"pl": "A"}, "group": "X"}, [("/group", "not-a-choice")]),
    ("breaks", BREAK.new | {"room": "4711"}, [("/room", "not-found")]),
    ("breaks", BREAK.new | {"starts_at": "2027-06-16T10:00:00"}, [("/starts_at", "no-offset")]),
    ("speakers", {"first_name": "A"}, [("/last_name", "required")]),
    ("speakers", SPEAKER.new | {"email": "nie"}, [("/email", "bad-email")]),
    (
        "speakers",
        SPEAKER.new | {"availability": [SPAN, SPAN | {"ends_at": SPAN["starts_at"]}]},
        [("/availability/1/ends_at", "out-of-range")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body", "expected"), BAD)
def test_bad_fields_are_named(program, path, body, expected):
    assert faults(program.post(f"{EVENT}/{path}", body)) == expected


def test_rooms_of_other_events_are_unknown(app, program):
    with app.app_context():
        room = make_room(make_event())
        ids = {"room": str(room.id), "venue": str(room.venue_id)}

    assert faults(program.post(f"{EVENT}/breaks", BREAK.new | {"room": ids["room"]})) == [
        ("/room", "not-found")
    ]
    assert faults(program.post(f"{EVENT}/rooms", ROOM.new | {"venue": ids["venue"]})) == [
        ("/venue", "not-found")
    ]


@each
def test_a_list_asks_as_much_for_many(app, program, place, recorded, thing):
    program.get(f"{EVENT}/{thing.path}")  # from now on the token is remembered
    counts = []
    for number in range(2):
        with recorded() as asked:
            assert program.get(f"{EVENT}/{thing.path}").status_code == 200
        counts.append(len(asked))
        for more in range(3):
            body = new(thing, place)
            body |= {"last_name": f"L{number}{more}", "email": None} if thing is SPEAKER else {}
            assert program.post(f"{EVENT}/{thing.path}", body).status_code == 201
    assert counts[0] == counts[1]
