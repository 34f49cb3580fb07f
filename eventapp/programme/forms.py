"""Forms of planning: sessions, topics, moves, speakers, breaks, venues, rooms."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from eventapp.events.models import Room, Venue
from eventapp.kernel import boundary, i18n
from eventapp.kernel.fields import (
    DataRequired,
    Email,
    Form,
    LocalDateTime,
    MultiCheckboxField,
    Multiline,
    Postcode,
    Text,
    spoken,
)
from eventapp.kernel.refusal import N_
from eventapp.kernel.text import full_name
from eventapp.programme.models import (
    Audience,
    Kind,
    Material,
    Opening,
    SignUpRule,
    Speaker,
)
from eventapp.programme.rules import topics
from eventapp.programme.rules.appointments import per_adviser
from eventapp.programme.rules.planned import SPEAKERS, Planned, PlannedBreak
from eventapp.programme.rules.topics import Topic

MOST_SEATS = 100_000
MOST_MINUTES = 24 * 60
LEAST_APPOINTMENT = 5
MOST_WORDS = 1000

STEPS = {False: N_("with steps"), True: N_("step-free")}


class PlanAgain(Form):
    """One more session of an activity: when, where, who and for how many.

    `seen` is the version that the planner has read.
    """

    seen = HiddenField()
    starts_at = LocalDateTime(_l("Starts"), [InputRequired(_l("Enter day and time."))])
    ends_at = LocalDateTime(_l("Ends"), [InputRequired(_l("Enter day and time."))])
    room = SelectField(_l("Room"))
    speakers = MultiCheckboxField(_l("Led by"), [Optional()], coerce=int)
    sign_up = RadioField(_l("Sign-up"), [InputRequired()])
    capacity = IntegerField(
        _l("Places"),
        [Optional(), NumberRange(0, MOST_SEATS)],
        description=_l("Empty: as many as the room holds."),
    )
    appointment_minutes = IntegerField(
        _l("Minutes of one appointment"),
        [Optional(), NumberRange(LEAST_APPOINTMENT, MOST_MINUTES)],
        description=_l(
            "For one-to-one advice: whoever signs up picks a time with one of those who lead it. "
            "There are as many places as appointments. Empty: no appointments."
        ),
    )
    waiting_list = BooleanField(_l("Keep a waiting list when it is full"))
    sign_up_opens_at = LocalDateTime(_l("Sign-up opens"), [Optional()])
    sign_up_closes_at = LocalDateTime(_l("Sign-up closes"), [Optional()])
    break_minutes = IntegerField(
        _l("Minutes of break in it"),
        [Optional(), NumberRange(0, MOST_MINUTES)],
        description=_l("Breaks do not count as support."),
    )
    counts_for_certificate = BooleanField(_l("Counts for the certificate"))
    compulsory = BooleanField(_l("Everybody is expected"))

    def __init__(
        self, rooms: Sequence[Room], speakers: Mapping[int, str], /, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.room.choices = _rooms(rooms)
        self.speakers.choices = [SelectChoice(key, name) for key, name in speakers.items()]
        self.sign_up.choices = [
            SelectChoice(SignUpRule.NONE.value, gettext("none: simply come")),
            SelectChoice(SignUpRule.OPTIONAL.value, gettext("by choice")),
            SelectChoice(SignUpRule.REQUIRED.value, gettext("required to enter")),
        ]

    def validate_ends_at(self, field: Any) -> None:
        """Refuse an end before the start; both may lie on different days."""
        if self.starts_at.data and field.data and field.data <= self.starts_at.data:
            raise ValidationError(gettext("A session must end after it starts."))

    def validate_appointment_minutes(self, field: Any) -> None:
        """Refuse an appointment for which the session is too short."""
        begin, end = self.starts_at.data, self.ends_at.data
        if field.data and begin and end and not per_adviser(begin, end, field.data):
            raise ValidationError(gettext("The session is shorter than that."))

    def values(self, before: Planned | None) -> dict[str, Any]:
        """Return what the draft shall say; whoever led *before* keeps the place in the order."""
        chosen = list(self.speakers.data or ())
        kept = [one for one in (before.speaker_ids if before else ()) if one in chosen]
        return {name: getattr(self, name).data for name in _PLAIN} | {
            "room_id": boundary.read_id(self.room.data),
            "break_minutes": self.break_minutes.data or 0,
            SPEAKERS: (*kept, *(one for one in chosen if one not in kept)),
        }

    @staticmethod
    def shown(session: Planned) -> dict[str, Any]:
        """Return what the form shows of a session: its keyword arguments."""
        return {name: getattr(session, name) for name in _PLAIN} | {
            "break_minutes": session.break_minutes,
            "room": str(session.room_id or ""),
            "speakers": list(session.speaker_ids),
        }


# What form and draft call by one name.
_PLAIN = (
    "starts_at",
    "ends_at",
    "sign_up",
    "capacity",
    "appointment_minutes",
    "waiting_list",
    "sign_up_opens_at",
    "sign_up_closes_at",
    "counts_for_certificate",
    "compulsory",
)


class PlanSession(PlanAgain):
    """A session of the draft together with what its activity says."""

    title_pl = Text(_l("Title in Polish"), [DataRequired(_l("Enter a title."))])
    title_en = Text(_l("Title in English"))
    # The page names the kinds: what they are called is known there.
    kind = SelectField(_l("Kind"), choices=[SelectChoice(kind.value, kind.value) for kind in Kind])
    abstract_pl = Multiline(_l("Description in Polish"))
    abstract_en = Multiline(_l("Description in English"))
    language = SelectField(_l("Language of the session"))
    topics = Text(
        _l("Topics"),
        description=_l("In Polish, parted by commas. The programme can be read by them."),
        max_length=MOST_WORDS,
    )

    def __init__(
        self,
        rooms: Sequence[Room],
        speakers: Mapping[int, str],
        known: Mapping[str, Topic],
        /,
        **kwargs: Any,
    ) -> None:
        super().__init__(rooms, speakers, **kwargs)
        self.known = known
        self.language.choices = [
            SelectChoice("pl", gettext("Polish")),
            SelectChoice("en", gettext("English")),
            SelectChoice("uk", gettext("Ukrainian")),
        ]

    def validate_topics(self, field: Any) -> None:
        """Refuse more topics, or longer ones, than anybody reads."""
        if topics.exceeds(topics.read(field.data or "", self.known)):
            told = {"most": topics.MOST, "max": topics.LONGEST}
            raise ValidationError(gettext(topics.TOO_MANY, **told))

    def values(self, before: Planned | None) -> dict[str, Any]:
        """Return what the draft shall say, words and all."""
        line, as_before = self.topics.data or "", before.topics if before else ()
        untouched = line == topics.line_of(as_before)
        return super().values(before) | {
            "title": spoken(self.title_pl.data, self.title_en.data),
            "abstract": spoken(self.abstract_pl.data, self.abstract_en.data),
            "kind": self.kind.data,
            "language": self.language.data,
            "topics": as_before if untouched else topics.read(line, self.known),
        }

    @staticmethod
    def shown(session: Planned) -> dict[str, Any]:
        """Return what the form shows of a session: its keyword arguments."""
        return PlanAgain.shown(session) | {
            "kind": session.kind,
            "language": session.language,
            "topics": topics.line_of(session.topics),
            "title_pl": session.title.get("pl", ""),
            "title_en": session.title.get("en", ""),
            "abstract_pl": session.abstract.get("pl", ""),
            "abstract_en": session.abstract.get("en", ""),
        }


class NameTopic(Form):
    """What a topic is called."""

    name_pl = Text(
        _l("Name in Polish"), [DataRequired(_l("Enter a name."))], max_length=topics.LONGEST
    )
    name_en = Text(_l("Name in English"), max_length=topics.LONGEST)

    def validate_name_pl(self, field: Any) -> None:
        """Refuse what a session's form would read as several topics, or as none."""
        if len(topics.read(field.data or "", {})) != 1:
            raise ValidationError(gettext("Enter one topic, without a comma."))

    def values(self) -> dict[str, str]:
        """Return the topic as sessions name it."""
        return spoken(self.name_pl.data, self.name_en.data)

    @staticmethod
    def shown(topic: Topic) -> dict[str, Any]:
        """Return what the form shows of a topic: its keyword arguments."""
        return {"name_pl": topic.get("pl", ""), "name_en": topic.get("en", "")}


class MoveSession(Form):
    """Another time, room or length for a session."""

    seen = HiddenField()
    starts_at = LocalDateTime(_l("Starts"), [InputRequired(_l("Enter day and time."))])
    minutes = IntegerField(_l("Minutes it takes"), [Optional(), NumberRange(1, MOST_MINUTES)])
    room = SelectField(_l("Room"))

    def __init__(self, rooms: Sequence[Room], /, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room.choices = _rooms(rooms)


class PutIn(MoveSession):
    """When and where something that is not in the plan yet is going to be held."""

    minutes = IntegerField(
        _l("Minutes it takes"), [InputRequired(_l("Enter a number.")), NumberRange(1, MOST_MINUTES)]
    )


class NoteDown(Form):
    """Something to be held, when and where is open."""

    title_pl = Text(_l("Title in Polish"), [DataRequired(_l("Enter a title."))])
    title_en = Text(_l("Title in English"))
    # The page names the kinds: what they are called is known there.
    kind = SelectField(_l("Kind"), choices=[SelectChoice(kind.value, kind.value) for kind in Kind])

    def values(self) -> dict[str, Any]:
        """Return what the activity says of itself."""
        return {
            "title": spoken(self.title_pl.data, self.title_en.data),
            "kind": Kind(self.kind.data),
        }


# The languages in which letters are written.
LANGUAGES = [SelectChoice("pl", _l("in Polish")), SelectChoice("en", _l("in English"))]


class AboutMe(Form):
    """What speakers say themselves: a few words for the programme, and when they can come."""

    bio_pl = Multiline(_l("A few words for the programme, in Polish"))
    bio_en = Multiline(_l("A few words for the programme, in English"))
    comes_at = LocalDateTime(
        _l("Can come from"),
        [Optional()],
        description=_l("Both empty: at any time."),
    )
    goes_at = LocalDateTime(_l("Has to go at"), [Optional()])
    locale = RadioField(
        _l("In which language shall we write to you?"), choices=LANGUAGES, default=i18n.DEFAULT
    )

    def validate_comes_at(self, field: Any) -> None:
        """Refuse half a span; an empty end is not looked at by itself."""
        if field.data and self.goes_at.data is None:
            raise ValidationError(gettext("Enter both times, or neither."))

    def validate_goes_at(self, field: Any) -> None:
        """Refuse half a span, and one that ends before it begins."""
        if self.comes_at.data is None:
            raise ValidationError(gettext("Enter both times, or neither."))
        if field.data and field.data <= self.comes_at.data:
            raise ValidationError(gettext("This lies before the time of coming."))

    def values(self) -> dict[str, Any]:
        """Return what the speaker says; no span means that any time will do."""
        comes_at, goes_at = self.comes_at.data, self.goes_at.data
        spans = [[comes_at.isoformat(), goes_at.isoformat()]] if comes_at and goes_at else []
        return {
            "bio": spoken(self.bio_pl.data, self.bio_en.data),
            "availability": spans,
            "locale": self.locale.data,
        }

    @staticmethod
    def shown(row: Speaker) -> dict[str, Any]:
        """Return what the form shows of a speaker: its keyword arguments."""
        spans = row.availability
        return {
            "bio_pl": row.bio.get("pl", ""),
            "bio_en": row.bio.get("en", ""),
            "comes_at": datetime.fromisoformat(spans[0][0]) if spans else None,
            "goes_at": datetime.fromisoformat(spans[-1][1]) if spans else None,
            "locale": row.locale,
        }


class KeepSpeaker(AboutMe):
    """Somebody who speaks, trains or moderates; a name is enough."""

    title = Text(_l("Title before the name"), max_length=60)
    first_name = Text(_l("First name"), [DataRequired(_l("Enter a name."))], max_length=120)
    last_name = Text(_l("Last name"), [DataRequired(_l("Enter a name."))], max_length=120)
    email = Email(_l("E-mail"), description=_l("Only you see it."))
    locale = RadioField(
        _l("In which language do we write to this person?"),
        choices=LANGUAGES,
        default=i18n.DEFAULT,
    )

    def values(self) -> dict[str, Any]:
        """Return what is known of the speaker."""
        return super().values() | {
            "title": self.title.data or "",
            "first_name": self.first_name.data,
            "last_name": self.last_name.data,
            "email": self.email.data,
        }

    def full_name(self) -> str:
        """Return the name as it was typed."""
        return full_name(self.title.data or "", self.first_name.data, self.last_name.data)

    @staticmethod
    def shown(row: Speaker) -> dict[str, Any]:
        """Return what the form shows of a speaker: its keyword arguments."""
        person = row.person
        return AboutMe.shown(row) | {
            "title": person.title,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
        }


class KeepMaterial(Form):
    """Slides or a hand-out: what they are called, who may fetch them, and from when.

    The file itself is checked beside the form: it is looked into, not only read.
    """

    title_pl = Text(_l("What are they called in Polish?"), max_length=120)
    title_en = Text(_l("What are they called in English?"), max_length=120)
    audience = RadioField(
        _l("Who may fetch them?"),
        [InputRequired()],
        default=Audience.PARTICIPANTS.value,
        description=_l(
            "People with a place find them in My programme and on the page of the session; "
            "where nobody signs up, everybody who takes part in the event does."
        ),
    )
    opening = RadioField(
        _l("From when?"),
        [InputRequired()],
        default=Opening.AT_ONCE.value,
        description=_l("If the session is held more than once, each group waits for its own."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.audience.choices = [
            SelectChoice(code.value, gettext(AUDIENCES[code])) for code in reversed(Audience)
        ]
        self.opening.choices = [
            SelectChoice(code.value, gettext(OPENINGS[code])) for code in Opening
        ]

    def values(self) -> dict[str, Any]:
        """Return what is said of the material."""
        return {
            "title": spoken(self.title_pl.data, self.title_en.data),
            "audience": Audience(self.audience.data),
            "opening": Opening(self.opening.data),
        }

    @staticmethod
    def shown(row: Material) -> dict[str, Any]:
        """Return what the form shows of a material: its keyword arguments."""
        return {
            "title_pl": row.title.get("pl", ""),
            "title_en": row.title.get("en", ""),
            "audience": row.audience.value,
            "opening": row.opening.value,
        }


AUDIENCES = {
    Audience.EVERYBODY: N_("everybody who reads the programme"),
    Audience.PARTICIPANTS: N_("people who take part in this session"),
}
OPENINGS = {
    Opening.AT_ONCE: N_("at once"),
    Opening.AFTERWARDS: N_("after the session has ended"),
}


class KeepDay(Form):
    """One more day of an event."""

    date = DateField(_l("Date"), [InputRequired(_l("Choose a day."))])
    label_pl = Text(_l("Name in Polish"), max_length=120)
    label_en = Text(_l("Name in English"), max_length=120)

    def label(self) -> dict[str, str]:
        """Return what the day is called, in the languages in which that was said."""
        return spoken(self.label_pl.data, self.label_en.data)


class NameDay(Form):
    """What a day is called."""

    label_pl = Text(_l("Name in Polish"), max_length=120)
    label_en = Text(_l("Name in English"), max_length=120)

    def label(self) -> dict[str, str]:
        """Return what the day is called, in the languages in which that was said."""
        return spoken(self.label_pl.data, self.label_en.data)


class KeepBreak(Form):
    """A coffee or meal break; `seen` is the version that the planner has read."""

    seen = HiddenField()
    title_pl = Text(_l("Name in Polish"), [DataRequired(_l("Enter a name."))], max_length=120)
    title_en = Text(_l("Name in English"), max_length=120)
    starts_at = LocalDateTime(_l("Starts"), [InputRequired(_l("Enter day and time."))])
    ends_at = LocalDateTime(_l("Ends"), [InputRequired(_l("Enter day and time."))])
    room = SelectField(_l("Room"))

    def __init__(self, rooms: Sequence[Room], /, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room.choices = _rooms(rooms)

    def validate_ends_at(self, field: Any) -> None:
        """Refuse an end before the start."""
        if self.starts_at.data and field.data and field.data <= self.starts_at.data:
            raise ValidationError(gettext("A break must end after it starts."))

    def values(self) -> dict[str, Any]:
        """Return the break as commands take it."""
        return {
            "title": spoken(self.title_pl.data, self.title_en.data),
            "starts_at": self.starts_at.data,
            "ends_at": self.ends_at.data,
            "room_id": boundary.read_id(self.room.data),
        }

    @staticmethod
    def shown(pause: PlannedBreak) -> dict[str, Any]:
        """Return what the form shows of a break: its keyword arguments."""
        return {
            "title_pl": pause.title.get("pl", ""),
            "title_en": pause.title.get("en", ""),
            "starts_at": pause.starts_at,
            "ends_at": pause.ends_at,
            "room": str(pause.room_id or ""),
        }


FEATURES = {
    "step_free": N_("entrance without steps"),
    "lift": N_("lift"),
    "accessible_toilet": N_("accessible toilet"),
    "induction_loop": N_("induction loop"),
    "quiet_room": N_("quiet room"),
    "guide_dog": N_("assistance dogs welcome"),
}


class KeepVenue(Form):
    """A building where sessions are held."""

    name_pl = Text(_l("Name in Polish"), [DataRequired(_l("Enter a name."))])
    name_en = Text(_l("Name in English"))
    short_pl = Text(
        _l("Short name in Polish"),
        description=_l("For narrow places: badges, tables, phones."),
        max_length=60,
    )
    short_en = Text(_l("Short name in English"), max_length=60)
    street = Text(_l("Street and number"), max_length=200)
    postcode = Postcode(_l("Postcode"))
    city = Text(_l("Town"), max_length=120)
    features = MultiCheckboxField(_l("What there is"), [Optional()])
    parking = IntegerField(
        _l("Parking places for disabled people"), [Optional(), NumberRange(0, 999)]
    )
    access_pl = Multiline(_l("How to get in, in Polish"), max_length=1000)
    access_en = Multiline(_l("How to get in, in English"), max_length=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.features.choices = [
            SelectChoice(code, gettext(name)) for code, name in FEATURES.items()
        ]

    def values(self, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the venue as commands take it; what *before* said besides is kept."""
        name = spoken(self.name_pl.data, self.name_en.data)
        chosen = set(self.features.data or ())
        return {
            "name": name,
            "short": spoken(self.short_pl.data, self.short_en.data) or name,
            "street": self.street.data or "",
            "postcode": self.postcode.data or "",
            "city": self.city.data or "",
            "accessibility": {
                **(before or {}),
                **{code: code in chosen for code in FEATURES},
                "parking_disabled": self.parking.data or 0,
                "text": spoken(self.access_pl.data, self.access_en.data),
            },
        }

    @staticmethod
    def shown(row: Venue) -> dict[str, Any]:
        """Return what the form shows of a venue: its keyword arguments."""
        access = row.accessibility
        told = access.get("text") or {}
        told = told if isinstance(told, Mapping) else {"pl": told}
        return {
            "name_pl": row.name.get("pl", ""),
            "name_en": row.name.get("en", ""),
            "short_pl": row.short.get("pl", ""),
            "short_en": row.short.get("en", ""),
            "street": row.street,
            "postcode": row.postcode,
            "city": row.city,
            "features": [code for code in FEATURES if access.get(code)],
            "parking": access.get("parking_disabled"),
            "access_pl": told.get("pl", ""),
            "access_en": told.get("en", ""),
        }


NOT_SAID = ""


class KeepRoom(Form):
    """A room of a venue."""

    name_pl = Text(_l("Name in Polish"), [DataRequired(_l("Enter a name."))], max_length=120)
    name_en = Text(_l("Name in English"), max_length=120)
    capacity = IntegerField(
        _l("Holds so many people"),
        [Optional(), NumberRange(0, MOST_SEATS)],
        description=_l("As the fire brigade counts. Empty: no limit."),
    )
    floor_pl = Text(_l("Floor, in Polish"), max_length=60)
    floor_en = Text(_l("Floor, in English"), max_length=60)
    features = Multiline(
        _l("Equipment"), description=_l("One thing a line, in Polish."), max_length=1000
    )
    wheelchair = RadioField(_l("Can a wheelchair get there?"), [Optional()], default=NOT_SAID)
    parallel = BooleanField(_l("Several sessions may be held in it at once, as in a foyer"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wheelchair.choices = [
            SelectChoice("yes", gettext("yes, without a step")),
            SelectChoice("no", gettext("no, there are steps")),
            SelectChoice(NOT_SAID, gettext("not said yet")),
        ]

    def values(self, before: Sequence[Any] = ()) -> dict[str, Any]:
        """Return the room as commands take it; equipment named *before* keeps its English."""
        lines = (self.features.data or "").splitlines()
        known = {i18n.local(one, "pl"): one for one in before}
        return {
            "name": spoken(self.name_pl.data, self.name_en.data),
            "capacity": self.capacity.data,
            "floor": spoken(self.floor_pl.data, self.floor_en.data),
            "features": [
                known.get(line.strip(), {"pl": line.strip()}) for line in lines if line.strip()
            ],
            "wheelchair": {"yes": True, "no": False}.get(self.wheelchair.data or ""),
            "parallel": self.parallel.data,
        }

    @staticmethod
    def shown(row: Room) -> dict[str, Any]:
        """Return what the form shows of a room: its keyword arguments."""
        said = {True: "yes", False: "no", None: NOT_SAID}
        return {
            "name_pl": row.name.get("pl", ""),
            "name_en": row.name.get("en", ""),
            "capacity": row.capacity,
            "floor_pl": row.floor.get("pl", ""),
            "floor_en": row.floor.get("en", ""),
            "features": "\n".join(i18n.local(one, "pl") for one in row.features),
            "wheelchair": said[row.wheelchair],
            "parallel": row.parallel,
        }


def _rooms(rooms: Sequence[Room]) -> list[SelectChoice]:
    return [SelectChoice("", gettext("not decided yet")), *map(_room, rooms)]


def _room(room: Room) -> SelectChoice:
    parts = [i18n.local(room.name), i18n.local(room.venue.short)]
    if room.capacity is not None:
        parts.append(gettext("holds %(num)s", num=room.capacity))
    if room.wheelchair is not None:
        parts.append(gettext(STEPS[room.wheelchair]))
    return SelectChoice(str(room.id), " · ".join(part for part in parts if part))
