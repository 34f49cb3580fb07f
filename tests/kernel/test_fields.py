"""Form fields keep what every other way in keeps, and say no in the reader's words."""

import re
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, SelectChoice, SelectField
from wtforms.validators import Length, NumberRange

from eventapp.kernel import fields, i18n, zones
from eventapp.kernel.fields import DataRequired

WARSAW = ZoneInfo("Europe/Warsaw")


class Everything(fields.Form):
    """A form with a field of every kind."""

    name = fields.Text("Name", [DataRequired()], max_length=10)
    note = fields.Multiline("Note")
    email = fields.Email("E-mail")
    phone = fields.Phone("Phone")
    postcode = fields.Postcode("Postcode")
    nip = fields.Nip("NIP")
    regon = fields.Regon("REGON")
    krs = fields.Krs("KRS")
    starts_at = fields.LocalDateTime("Start", zone="Europe/Warsaw")
    size = IntegerField("Size", [NumberRange(1, 5)], default=1)
    motto = fields.Text("Motto", [Length(max=3)])
    kind = SelectField("Kind", choices=[SelectChoice("a", "A")], default="a")


class Several(fields.Form):
    """A form that wants one box at least."""

    days = fields.MultiCheckboxField(
        "Days", [DataRequired()], choices=[SelectChoice(day, day) for day in ("Mon", "Tue")]
    )


def test_of_required_boxes_none_is_required_by_itself(edge):
    edge.config["WTF_CSRF_ENABLED"] = False
    with edge.test_request_context(method="POST"):
        assert " required" not in str(Several().days)
        assert not Several(MultiDict()).validate()
        assert Several(MultiDict({"days": "Tue"})).validate()


@pytest.fixture
def fill(edge):
    """A function that fills the form and validates it: `fill(name="Anna")`."""
    edge.config["WTF_CSRF_ENABLED"] = False

    def filled(language="pl", **typed):
        data = MultiDict({"name": "Anna", "kind": "a", "size": "1"})
        for name, value in typed.items():
            data.setlist(name, value if isinstance(value, list) else [value])
        headers = {"Accept-Language": language}
        with edge.test_request_context(method="POST", headers=headers):
            form = Everything(data)
            form.validate()
            return form

    return filled


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("name", "  z\u0307uk ", "żuk"),
        ("note", "a\r\n\r\nb\t", "a\n\nb"),
        ("note", "", ""),
        ("email", " Anna@Example.ORG", "anna@example.org"),
        ("email", " ", None),
        ("phone", "600 100 200", "+48600100200"),
        ("phone", "", None),
        ("postcode", "42-200", "42-200"),
        ("postcode", "42200", "42-200"),
        ("postcode", "42 200", "42-200"),
        ("postcode", "42–200", "42-200"),
        ("postcode", "", None),
        ("nip", "9990001083", "9990001083"),
        ("nip", "999-000-11-66", "9990001166"),
        ("nip", "PL 999 000 10 83", "9990001083"),
        ("nip", "pl9990001083", "9990001083"),
        ("nip", "", None),
        ("regon", "990020007", "990020007"),
        ("regon", "99-002 0007", "990020007"),
        ("krs", "9999000010", "9999000010"),
        ("krs", "99990 00010", "9999000010"),
        ("starts_at", "2027-06-16T09:30", datetime(2027, 6, 16, 7, 30, tzinfo=UTC)),
        ("starts_at", "2027-06-16T09:30:00", datetime(2027, 6, 16, 7, 30, tzinfo=UTC)),
        ("starts_at", " 16.06.2027 9:30", datetime(2027, 6, 16, 7, 30, tzinfo=UTC)),
        ("starts_at", "16.6.2027, 9.30", datetime(2027, 6, 16, 7, 30, tzinfo=UTC)),
        ("starts_at", "2027-01-16T09:30", datetime(2027, 1, 16, 8, 30, tzinfo=UTC)),
        ("starts_at", "", None),
    ],
)
def test_what_is_kept(fill, field, typed, kept):
    form = fill(**{field: typed})

    assert form.errors == {}
    assert form[field].data == kept


SLIP = "się nie zgadza: prosimy sprawdzić, czy dwie cyfry nie zamieniły się miejscami."
NIP_SLIP = f"Cyfra kontrolna NIP {SLIP}"
REGON_SLIP = f"Cyfra kontrolna REGON {SLIP}"
KRS_SHORT = "Liczba cyfr w tym numerze KRS: 9; powinno być dziesięć, razem z zerami na początku."


@pytest.mark.parametrize(
    ("field", "typed", "polish"),
    [
        ("name", "", "To pole jest wymagane."),
        ("name", "   ", "To pole jest wymagane."),
        ("name", "x" * 11, "Największa dozwolona liczba znaków: 10."),
        ("name", "a\u202eb", "W tekście jest ukryty znak, który odwraca kierunek czytania."),
        ("name", "\u200b", "Ten tekst nie ma żadnego widocznego znaku."),
        ("note", "a\x0bb", "W tekście jest znak sterujący."),
        ("email", "anna@", "To nie jest adres e-mail."),
        ("phone", "12", "To nie jest numer telefonu."),
        ("postcode", "4-2200", "Kod pocztowy ma postać 42-200."),
        ("postcode", "42-20", "Kod pocztowy ma postać 42-200."),
        ("nip", "9990000000", NIP_SLIP),
        ("nip", "1234567890", NIP_SLIP),
        ("nip", "999-000", "Liczba cyfr w tym numerze NIP: 6; powinno być dziesięć."),
        ("nip", "99900000AB", "NIP składa się z cyfr."),
        ("regon", "990000001", REGON_SLIP),
        ("krs", "999900001", KRS_SHORT),
        ("krs", "0000000000", "Numer KRS składa się z cyfr."),
        ("krs", "９９９９００００１０", "Numer KRS składa się z cyfr."),
        ("starts_at", "jutro", "To nie jest data z godziną."),
        ("starts_at", "2027-02-30T10:00", "To nie jest data z godziną."),
        ("starts_at", "2027-06-16T25:00", "To nie jest data z godziną."),
        ("starts_at", "0001-01-01T00:00", "Wartość jest poza dozwolonym zakresem."),
        ("starts_at", "2027-03-28T02:30", "Tej nocy zegary przeskakują tę godzinę."),
        (
            "starts_at",
            "2026-10-25T02:30",
            "Tej nocy ta godzina wypada dwa razy; proszę wskazać, o którą chodzi.",
        ),
        ("size", "9", "Dozwolone są liczby od 1 do 5."),
        ("size", "x", "To nie jest liczba całkowita."),
        ("motto", "abcd", "Pole może mieć najwyżej 3 znaki."),
        ("kind", "b", "Takiej wartości nie ma do wyboru."),
    ],
)
def test_what_is_refused_and_why(fill, field, typed, polish):
    form = fill(**{field: typed})

    assert list(form.errors) == [field]
    assert form.errors[field][0] == polish


def test_english_needs_no_catalogue(fill):
    form = fill("en", motto="abcd", nip="1", name="")

    assert form.errors == {
        "name": ["This field is required."],
        "nip": ["A NIP has ten digits; this one has 1."],
        "motto": ["Field cannot be longer than 3 characters."],
    }


def test_what_was_refused_is_shown_as_typed(fill):
    form = fill(nip="12 <b>", phone="12", starts_at="jutro", name="Anna")

    assert 'value="12 &lt;b&gt;"' in form.nip()
    assert 'value="12"' in form.phone()
    assert 'value="jutro"' in form.starts_at()


def test_a_kept_number_and_time_are_shown_as_read(edge):
    edge.config["WTF_CSRF_ENABLED"] = False
    with edge.test_request_context():
        moment = datetime(2027, 6, 16, 7, 30, tzinfo=UTC)
        form = Everything(phone="+48343601122", starts_at=moment)
        assert 'value="+48 34 360 11 22"' in form.phone()
        assert 'value="2027-06-16T09:30"' in form.starts_at()
        assert 'type="datetime-local"' in form.starts_at()
        assert 'type="email"' in form.email()
        assert "<textarea" in form.note()


# --- times that come twice, or never ------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "moment"),
    [
        ("earlier", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("later", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_time_that_comes_twice_takes_a_choice(fill, choice, moment):
    form = fill(starts_at=["2026-10-25T02:30", choice])

    assert form.errors == {}
    assert form.starts_at.data == moment
    assert f'value="{choice}" checked' in form.starts_at()


def test_the_choice_is_offered_when_it_is_needed(fill, edge):
    form = fill(starts_at="2026-10-25T02:30")
    with edge.test_request_context():
        shown = form.starts_at()
    plain = fill(starts_at="2026-10-25T04:30").starts_at()

    assert re.findall(r'name="starts_at" value="(earlier|later)"> ([^<]+)<', shown) == [
        ("earlier", "pierwszy raz (czas letni)"),
        ("later", "drugi raz (czas zimowy)"),
    ]
    assert "radio" not in plain


def test_a_needless_choice_changes_nothing(fill):
    form = fill(starts_at=["2026-10-26T02:30", "later"])

    assert form.starts_at.data == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)
    assert "radio" not in form.starts_at()


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 - as on the wall
    st.sampled_from(["Europe/Warsaw", "Australia/Lord_Howe", "America/New_York", "UTC"]),
    st.sampled_from([None, "earlier", "later"]),
)
def test_a_time_of_the_wall_is_never_shifted(wall, name, which):
    zone = ZoneInfo(name)
    wall = wall.replace(second=0, microsecond=0)
    found = moment_or_code(wall, zone, which)

    if isinstance(found, datetime):
        assert found.astimezone(zone).replace(tzinfo=None) == wall
    else:
        offsets = {wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
        assert len(offsets) == 2
        assert found in {"ambiguous", "non-existent"}


def moment_or_code(wall, zone, which):
    """Return the moment, or the code of the refusal."""
    try:
        return zones.moment_of(wall, zone, which)
    except zones.BadTime as refused:
        return refused.code


# --- the form -----------------------------------------------------------------------------


def test_each_form_has_a_key_of_its_own(edge):
    with edge.test_request_context():
        one, other = Everything().key(), Everything().key()

    assert UUID(one) != UUID(other)


def test_a_repeated_submission_keeps_its_key(fill):
    key = "0f8fad5b-d9cb-469f-a165-70867728950e"
    form = fill(submission=key, name="")

    assert form.key() == key
    assert f'value="{key}"' in form.submission()


@pytest.mark.parametrize("typed", ["", "x", "0" * 500])
def test_a_damaged_key_counts_as_new(fill, typed):
    assert UUID(fill(submission=typed).key()).version == 4


def test_a_form_asks_where_it_comes_from(edge):
    with edge.test_request_context(method="POST", data={"name": "Anna"}):
        form = Everything()
        assert form.validate_on_submit() is False
        assert "csrf_token" in form.errors


def test_zones_are_those_of_the_machine():
    with pytest.raises(fields.BadText):
        fields.identifiers.normal_zone("Europe/Częstochowa")
    assert fields.identifiers.normal_zone(" Europe/Warsaw ") == i18n.HOME_ZONE
