"""Dates, times, numbers and languages as Polish and English readers write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from flask import g, render_template_string
from flask_babel import gettext, ngettext
from hypothesis import given
from hypothesis import strategies as st

from eventapp.kernel import i18n

WEDNESDAY = datetime(2027, 6, 16, 7, 30, tzinfo=UTC)  # 9:30 in Warsaw
FRIDAY = WEDNESDAY + timedelta(days=2)
NIGHT = datetime(2027, 6, 16, 22, 30, tzinfo=UTC)  # already the 17th in Warsaw


@pytest.fixture(params=["pl", "en"])
def locale(request, edge):
    """Each language in turn, with an application at hand."""
    with edge.app_context(), i18n.use_locale(request.param):
        yield request.param


# --- dates --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "polish", "english"),
    [
        (("date_words", WEDNESDAY), "środa, 16 czerwca 2027 r.", "Wednesday, 16 June 2027"),
        (("date_words", date(2027, 3, 1)), "poniedziałek, 1 marca 2027 r.", "Monday, 1 March 2027"),
        (("date_words", NIGHT), "czwartek, 17 czerwca 2027 r.", "Thursday, 17 June 2027"),
        (("date_words", NIGHT, "UTC"), "środa, 16 czerwca 2027 r.", "Wednesday, 16 June 2027"),
        (("date_long", WEDNESDAY), "16 czerwca 2027 r.", "16 June 2027"),
        (("day_words", WEDNESDAY), "środa, 16 czerwca", "Wednesday, 16 June"),
        (("date_short", WEDNESDAY), "16.06.2027", "16/06/2027"),
        (("date_range", WEDNESDAY, FRIDAY), "16–18 czerwca 2027 r.", "16–18 June 2027"),
        (("date_range", WEDNESDAY, WEDNESDAY), "16 czerwca 2027 r.", "16 June 2027"),
        (
            ("date_range", date(2027, 6, 30), date(2027, 7, 2)),
            "30 czerwca – 2 lipca 2027 r.",
            "30 June – 2 July 2027",
        ),
        (
            ("date_range", date(2027, 12, 30), date(2028, 1, 2)),
            "30 grudnia 2027 r. – 2 stycznia 2028 r.",
            "30 December 2027 – 2 January 2028",
        ),
        (("clock_time", WEDNESDAY), "9:30", "9:30"),
        (("clock_time", NIGHT), "0:30", "0:30"),
        (("time_range", WEDNESDAY, WEDNESDAY + timedelta(minutes=45)), "9:30–10:15", "9:30–10:15"),
        (
            ("time_range", WEDNESDAY, FRIDAY),
            "16 czerwca 2027 r., 9:30 – 18 czerwca 2027 r., 9:30",
            "16 June 2027, 9:30 – 18 June 2027, 9:30",
        ),
        (("when", WEDNESDAY), "16 czerwca 2027 r., 9:30", "16 June 2027, 9:30"),
        (("when_short", WEDNESDAY), "16.06.2027, 9:30", "16/06/2027, 9:30"),
        (("iso", WEDNESDAY), "2027-06-16T09:30+02:00", "2027-06-16T09:30+02:00"),
        (("number", 1500), "1\u00a0500", "1,500"),
        (("number", 28.14), "28,14", "28.14"),
        (("number", Decimal("1500.5"), 2), "1\u00a0500,50", "1,500.50"),
        (("number", 87.345, 2), "87,35", "87.35"),
        (("number", 0.005, 2), "0,01", "0.01"),
        (("number", -2.5, 0), "-3", "-3"),
        (("number", 0), "0", "0"),
        (("percent", 87), "87%", "87%"),
        (("percent", 87.25, 1), "87,3%", "87.3%"),
        (("minutes_words", 0), "0\u00a0minut", "0\u00a0minutes"),
        (("minutes_words", 1), "1\u00a0minuta", "1\u00a0minute"),
        (("minutes_words", 45), "45\u00a0minut", "45\u00a0minutes"),
        (("minutes_words", 120), "2\u00a0godziny", "2\u00a0hours"),
        (("minutes_words", 90), "1\u00a0godzina 30\u00a0minut", "1\u00a0hour 30\u00a0minutes"),
        (("minutes_words", 322), "5\u00a0godzin 22\u00a0minuty", "5\u00a0hours 22\u00a0minutes"),
    ],
)
def test_as_it_is_written(locale, call, polish, english):
    name, *arguments = call

    assert getattr(i18n, name)(*arguments) == {"pl": polish, "en": english}[locale]


@pytest.mark.parametrize("call", [i18n.clock_time, i18n.date_words, i18n.when, i18n.iso])
def test_a_naive_moment_is_a_mistake(edge, call):
    with edge.app_context(), pytest.raises(ValueError, match="without a time zone"):
        call(datetime(2027, 6, 16, 9, 30))  # noqa: DTZ001 - what is tested


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        (None, "9:30"),
        ("Europe/Lisbon", "8:30"),
        (ZoneInfo("Asia/Tokyo"), "16:30"),
    ],
)
def test_times_are_shown_in_the_zone_asked_for(edge, zone, shown):
    with edge.app_context():
        assert i18n.clock_time(WEDNESDAY, zone) == shown


def test_times_are_shown_in_the_events_zone(edge):
    with edge.app_context():
        g.event = SimpleNamespace(timezone="Atlantic/Azores")
        assert i18n.clock_time(WEDNESDAY) == "7:30"
        g.event = None
        assert i18n.clock_time(WEDNESDAY) == "9:30"


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25T02:30+02:00"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-10-25T02:30+01:00"),
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "2027-03-28T01:59+01:00"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "2027-03-28T03:00+02:00"),
    ],
)
def test_nights_when_clocks_change(edge, moment, shown):
    with edge.app_context():
        assert i18n.iso(moment) == shown


@given(st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_day_is_that_of_the_wall(moment):
    assert (
        i18n.day_of(moment, "Europe/Warsaw") == moment.astimezone(ZoneInfo("Europe/Warsaw")).date()
    )


# --- numbers of things --------------------------------------------------------------------

HOURS = [
    *((0, "godzin"), (1, "godzina"), (2, "godziny"), (4, "godziny"), (5, "godzin")),
    *((12, "godzin"), (14, "godzin"), (21, "godzin"), (22, "godziny"), (25, "godzin")),
    *((101, "godzin"), (102, "godziny"), (112, "godzin"), (122, "godziny")),
]


@pytest.mark.parametrize(("count", "word"), HOURS)
def test_polish_plurals(edge, count, word):
    with edge.app_context(), i18n.use_locale("pl"):
        assert ngettext("%(num)d hour", "%(num)d hours", count) == f"{count} {word}"


# --- which language -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "preferred", "header", "language"),
    [
        (None, None, None, "pl"),
        (None, None, "en-GB,en;q=0.9", "en"),
        (None, None, "de,en;q=0.5,pl;q=0.4", "en"),
        (None, None, "uk, de", "pl"),
        (None, None, "*", "pl"),
        (None, "en", None, "en"),
        (None, "pl", "en", "pl"),
        (None, "de", "en", "en"),
        ("en", "pl", "pl", "en"),
        ("pl", "en", "en", "pl"),
        ("xx", None, None, "pl"),
        ("", "en", None, "en"),
    ],
)
def test_the_language_of_a_request(edge, chosen, preferred, header, language):
    headers = {"Accept-Language": header} if header else {}
    if chosen is not None:
        headers["Cookie"] = f"{i18n.COOKIE}={chosen}"
    with edge.test_request_context(headers=headers):
        i18n.prefer(preferred)
        assert i18n.current() == language


def test_a_page_may_name_its_language(edge):
    with edge.test_request_context(headers={"Cookie": "language=pl"}):
        g.locale = "en"
        assert i18n.current() == "en"


def test_a_query_changes_nothing(edge):
    with edge.test_request_context("/?lang=en&language=en"):
        assert i18n.current() == "pl"


def test_preferring_takes_effect_at_once(edge):
    with edge.test_request_context():
        assert gettext("Sent") == "Wysłano"
        i18n.prefer("en")
        assert gettext("Sent") == "Sent"


def test_a_choice_is_remembered(edge):
    with edge.test_request_context(base_url="https://localhost"):
        answer = i18n.remember(edge.make_response(""), "en")
        with pytest.raises(ValueError, match="no such language"):
            i18n.remember(answer, "xx")
    (cookie,) = answer.headers.getlist("Set-Cookie")

    assert cookie.split("; ")[0] == "language=en"
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_jobs_write_in_the_recipients_language(edge):
    with edge.app_context():
        with i18n.use_locale("en"):
            assert (i18n.current(), gettext("Sent")) == ("en", "Sent")
            with i18n.use_locale("pl"):
                assert gettext("Sent") == "Wysłano"
            assert gettext("Sent") == "Sent"
        with i18n.use_locale("de"):
            assert i18n.current() == "pl"
        assert i18n.current() == "pl"


def test_outside_an_application_there_is_a_language_too():
    assert i18n.current() == "pl"
    assert i18n.date_long(date(2027, 6, 16)) == "16 czerwca 2027 r."


# --- texts in several languages -----------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "locale", "text", "spoken"),
    [
        ({"pl": "Próg", "en": "Threshold"}, "en", "Threshold", "en"),
        ({"pl": "Próg", "en": "Threshold"}, None, "Próg", "pl"),
        ({"pl": "Próg", "en": ""}, "en", "Próg", "pl"),
        ({"pl": "Próg"}, "en", "Próg", "pl"),
        ({"uk": "Поріг"}, "en", "Поріг", "uk"),
        ({"pl": "", "uk": "Поріг"}, None, "Поріг", "uk"),
        ({}, None, "", "pl"),
        (None, None, "", "pl"),
    ],
)
def test_texts_in_several_languages(value, locale, text, spoken):
    assert i18n.local(value, locale) == text
    assert i18n.spoken(value, locale) == spoken


def test_a_plain_text_is_itself():
    assert i18n.local("Próg") == "Próg"


# --- set-up -------------------------------------------------------------------------------


def test_templates_have_the_filters(edge):
    template = "{{ lang }} {{ t|local }} {{ a|time_range(b) }} {{ 1500|number }} {{ _('Sent') }}"
    later = WEDNESDAY + timedelta(hours=1)
    with edge.test_request_context():
        shown = render_template_string(template, t={"pl": "Próg"}, a=WEDNESDAY, b=later)

    assert shown == "pl Próg 9:30–10:30 1\u00a0500 Wysłano"


def test_each_slice_is_a_catalogue(tmp_path):
    for name in ("kernel", "accounts"):
        path = tmp_path / "pl" / "LC_MESSAGES" / f"{name}.mo"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    assert i18n.domains_in(tmp_path) == ["accounts", "kernel"]
    assert i18n.domains_in(tmp_path / "none") == ["kernel"]


@pytest.fixture
def checkout(tmp_path):
    """A folder of catalogues in a checkout, with one that was never compiled."""
    (tmp_path / "pyproject.toml").touch()
    source = tmp_path / "eventapp" / "translations" / "pl" / "LC_MESSAGES" / "kernel.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "Sent"\nmsgstr "Wysłano"\n')
    return source


def test_a_checkout_compiles_what_was_edited(checkout):
    i18n.compile_stale(checkout.parents[2])

    assert checkout.with_suffix(".mo").exists()


def test_an_installed_wheel_is_left_alone(checkout, tmp_path):
    (tmp_path / "pyproject.toml").unlink()
    i18n.compile_stale(checkout.parents[2])

    assert not checkout.with_suffix(".mo").exists()


def test_a_faulty_catalogue_stops_no_start(checkout, caplog):
    checkout.write_text('msgid "%(n)d"\nmsgstr "%(x)d"\n\nmsgid broken\n')
    i18n.compile_stale(checkout.parents[2])

    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_page_tells_its_language_and_on_what_it_depends(visitor):
    answer = visitor.get("/echo")
    page = visitor.get("/named/a", headers={"Accept-Language": "en"})

    assert "Content-Language" not in answer.headers
    assert page.headers["Content-Language"] == "en"
    assert set(page.vary) == {"Accept-Language", "Cookie"}
