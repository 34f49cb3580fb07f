"""An event's own words in the product's letters: one pass, typed, never the frame."""

import re
from urllib.parse import urlsplit

import pytest
from flask import Flask

from eventapp.kernel import mail, mail_words, placeholders
from eventapp.kernel.db import atomic
from eventapp.kernel.mail_words import Words
from eventapp.kernel.placeholders import Filled
from eventapp.kernel.refusal import Refused
from eventapp.messages import commands, queries, rules
from eventapp.messages.rules import LetterRefusal
from eventapp.messages.rules.shipped import TABLE, TRIGGERS
from eventapp.signups import commands as signups
from tests.factories import NOW, make_event, make_registration, make_session
from tests.harness.mailbox import text_of
from tests.harness.markup import TEMPLATES

OFFERED = "signups/offered"
CONFIRMED = "signups/confirmed"


def shipped(template: str):
    return mail_words.letters()[template]


# --- the table ----------------------------------------------------------------------------


def test_every_letter_of_the_product_is_in_the_table() -> None:
    own = {"messages"}  # letters to many have no words of the product
    there = {
        path.relative_to(TEMPLATES / "mail").with_suffix("").as_posix()
        for path in (TEMPLATES / "mail").glob("*/*.txt")
        if not path.name.startswith("_") and path.parent.name not in own
    }

    assert there == {one.template for one in TABLE}
    assert {one.trigger for one in TABLE} == set(TRIGGERS)


@pytest.mark.parametrize("locale", ["pl", "en"])
def test_the_shipped_words_of_every_letter_are_read_off_its_template(db_session, locale) -> None:
    event = make_event()

    for letter in TABLE:
        for variant in letter.variants if letter.editable else ():
            words = queries.shipped_words(event, letter, variant, locale)
            names = set(placeholders.names(words.subject, words.body))

            assert words.subject, letter.template
            assert names <= set(letter.places), letter.template
            assert variant.required <= names, (letter.template, variant.code)
            assert rules.refuse_words(
                words.subject, words.body, letter.places, required=variant.required
            ) is None  # fmt: skip
            assert not {"\ue000", "\ue001", "\ue002", "\ue003"} & set(words.subject + words.body)


@pytest.mark.parametrize("locale", ["pl", "en"])
def test_every_letter_can_be_shown_with_made_up_values(db_session, locale) -> None:
    event = make_event()
    make_session(event)

    for letter in TABLE:
        for variant in letter.variants:
            context = {**queries.sample(event, locale), **variant.when}
            subject, plain, html = mail.render(letter.template, locale, **context)

            assert letter.variant_of(context) == variant, (letter.template, variant.code)
            assert all((subject, plain, html)), letter.template


def test_the_shipped_words_of_an_offer(db_session) -> None:
    event, letter = make_event(), shipped(OFFERED)

    words = queries.shipped_words(event, letter, letter.variants[0], "en")

    assert words.subject == "A seat is on offer: {session.title}"
    assert words.body.startswith(
        "Hello,\n\na seat in “{session.title}” is held for an answer until {offer.until}."
    )


# --- what may be written ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "body", "reason", "details"),
    [
        ("Oferta", "Do {offer.until}", None, {}),
        ("Oferta", "Bez terminu", LetterRefusal.MISSING_PLACE, {"name": "offer.until"}),
        (
            "{imie}", "{offer.until}", LetterRefusal.UNKNOWN_PLACE, {"name": "imie"},
        ),
        (
            "{session.titel}", "{offer.until}", LetterRefusal.MISTAKEN_PLACE,
            {"name": "session.titel", "nearest": "session.title"},
        ),
        (
            "{first name}", "{offer.until}", LetterRefusal.MISTAKEN_PLACE,
            {"name": "first name", "nearest": "first_name"},
        ),
        ("{{ name }}", "{offer.until}", None, {}),
        ("{% if x %}", "{offer.until}", LetterRefusal.UNKNOWN_PLACE, {"name": "% if x %"}),
        ("", "{offer.until}", LetterRefusal.NO_WORDS, {}),
        ("Zostało { i }", "{offer.until}", LetterRefusal.UNKNOWN_PLACE, {"name": "i"}),
        ("Klamra { sama", "{offer.until}", None, {}),
    ],
)  # fmt: skip
def test_what_words_may_say(subject, body, reason, details) -> None:
    letter = next(one for one in TABLE if one.template == OFFERED)

    fault = rules.refuse_words(subject, body, letter.places, required=letter.variants[0].required)

    assert (fault.reason if fault else None) == reason
    assert (dict(fault.details) if fault else {}) == details


def test_a_place_that_is_a_list_needs_a_paragraph_of_its_own() -> None:
    known, alone = {"programme", "name"}, {"programme"}

    assert rules.refuse_words("a", "b\n\n{programme}\n\nc", known, alone=alone) is None
    amid = rules.refuse_words("a", "Oto {programme}", known, alone=alone)
    above = rules.refuse_words("{programme}", "b", known, alone=alone)
    assert {amid.reason, above.reason} == {LetterRefusal.PLACE_ALONE}


OURS = {"localhost", "www.google.com", "calendar.google.com", "outlook.live.com"}

# --- one pass -----------------------------------------------------------------------------

NASTY = [
    "{offer.until}",
    "{{ 7 * 7 }}",
    "{% include 'mail/base.html' %}",
    '<a href="https://zly.example">klik</a>',
    "https://zly.example/x",
    "www.zly.example",
    "a@zly.example",
    "x\r\nBcc: zly@zly.example",
    "nul\x00znak",
    "\u202egnihtemos",
]


@pytest.mark.parametrize("value", NASTY)
def test_a_value_is_never_looked_at_again(value: str) -> None:
    values = {"name": Filled(placeholders.harmless(value)), "offer.until": Filled("jutro")}

    line = placeholders.line("Dla: {name}", values)

    assert line.startswith("Dla: ")
    assert not {"\r", "\n", "\x00", "\u202e"} & set(line)
    assert [one for one in ("jutro", "49", "://", ".example", "@zly") if one in line] == []


def test_an_ordinary_value_stays_as_it_is() -> None:
    for value in ("Próg rentowności: jak liczyć", "dr hab. Anna Ćwik-Żak", "Sala 2.10", "AC/DC"):
        assert placeholders.harmless(value) == value


def test_names_and_titles_stay_text_in_the_whole_letter(db_session, run_jobs, mailbox) -> None:
    """What a form would refuse is put into the rows past it: nothing may rest on forms alone."""
    letter = shipped(CONFIRMED)
    words = Words(
        "{first_name}: {session.title}", "Witamy {name}!\n\n{event.title}, {session.title}"
    )
    for number, value in enumerate(one for one in NASTY if "\x00" not in one):
        event = make_event(title={"pl": f"Seminarium {value}", "en": "Seminar"})
        session = make_session(event, title=f"Warsztat {value}")
        address = f"osoba-{number}@example.net"
        person = make_registration(event, value, "Nowak", email=address)
        commands.write_words(event.id, letter, letter.variants[0], "pl", words, NOW)

        signups.sign_up(session.id, person.id, NOW)
        run_jobs()

        sent = mailbox.to(address)[-1]
        html = sent.get_body(("html",)).get_content()
        said = text_of(sent).partition("Kiedy:")[0]
        assert ": Warsztat" in sent["Subject"], value
        assert not {"49", "jutro"} & set(re.findall(r"\w+", sent["Subject"] + said)), value
        assert "://" not in sent["Subject"] + said, value
        assert "@zly" not in sent["Subject"] + said, value
        assert {urlsplit(url).netloc for url in re.findall(r'href="([^"]*)"', html)} <= OURS, value
        assert not {"bcc", "cc"} & {name.lower() for name in sent.keys()}, value  # noqa: SIM118
        assert sent["To"] == address, value


# --- in an event --------------------------------------------------------------------------


def test_an_event_says_it_in_its_own_words(app: Flask, db_session, run_jobs, mailbox) -> None:
    event = make_event()
    session, person = make_session(event, title="Księgowość"), make_registration(event, "Ola")
    letter = shipped(CONFIRMED)
    commands.write_words(
        event.id, letter, letter.variants[0], "pl",
        Words(
            "{first_name}, masz miejsce",
            "Dzień dobry,\n\nto miejsce: {session.title}.\nDo zobaczenia!",
        ),
        NOW,
    )  # fmt: skip

    signups.sign_up(session.id, person.id, NOW)
    run_jobs()

    sent = mailbox.last(person.email)
    html = sent.get_body(("html",)).get_content()
    plain = text_of(sent).replace("\r\n", "\n")
    assert sent["Subject"] == "Ola, masz miejsce"
    assert "Dzień dobry,\n\nto miejsce: Księgowość.\nDo zobaczenia!\n" in plain
    assert "to miejsce: Księgowość.<br>Do zobaczenia!" in html
    assert "/my/" in text_of(sent)  # the personal link is of the frame
    assert any(part.get_content_type() == "text/calendar" for part in sent.walk())


def test_the_original_comes_back_and_so_do_earlier_words(db_session) -> None:
    event, letter = make_event(), shipped(CONFIRMED)
    here = (event.id, letter, letter.variants[0], "pl")
    first = commands.write_words(*here, Words("Raz", "Raz {name}"), NOW)
    second = commands.write_words(*here, Words("Dwa", "Dwa"), NOW, seen=first.id)

    with pytest.raises(Refused) as refused:
        commands.write_words(*here, Words("Trzy", "Trzy"), NOW, seen=first.id)
    assert refused.value.reason is LetterRefusal.LETTER_CHANGED

    commands.restore_words(*here, NOW)
    assert mail_words.standing(event.id, CONFIRMED, "", "pl") is None
    commands.return_words(first.id, NOW)
    assert mail_words.standing(event.id, CONFIRMED, "", "pl").subject == "Raz"
    assert len(queries.history(event.id, CONFIRMED, "", "pl")) == 3
    assert second.subject == "Dwa"


def test_the_same_words_as_shipped_are_no_words_of_ones_own(db_session) -> None:
    event, letter = make_event(), shipped(CONFIRMED)
    words = queries.shipped_words(event, letter, letter.variants[0], "pl")

    assert commands.write_words(event.id, letter, letter.variants[0], "pl", words, NOW) is None
    assert mail_words.standing(event.id, CONFIRMED, "", "pl") is None


def test_it_is_said_that_the_original_has_changed(db_session) -> None:
    event, letter = make_event(), shipped(CONFIRMED)
    row = commands.write_words(event.id, letter, letter.variants[0], "pl", Words("Raz", "Raz"), NOW)
    assert not any(one.stale for one in queries.listed(event))

    atomic(lambda: setattr(row, "basis", "0" * 64))()

    assert [one.letter.template for one in queries.listed(event) if one.stale] == [CONFIRMED]
