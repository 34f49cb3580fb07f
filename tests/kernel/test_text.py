"""What people type is cleaned in one way, and sorted and found as Polish readers expect."""

import itertools
import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import NullPool, create_engine
from sqlalchemy import text as sql

from eventapp.kernel import text
from eventapp.kernel.text import BadText, clean, search_key, sort_key
from tests.harness import databases

POLISH = [
    *("Abecki", "Ąbecki", "Cabacka", "Ćmienicki", "Lacka", "Łącznik", "Nowy"),
    *("Obecka", "Ósmakowski", "Sowa", "Śnieżynowski", "Zawada", "Źdźbłowski", "Żółwieński"),
]
FOUND = [
    ("zdzblowski", "Źdźbłowski"),
    ("lukasz", "Łukasz"),
    ("zolwienska", "Żółwieńska"),
    ("cwiercnucki", "Ćwierćnucki"),
]


# --- clean --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("   ", ""),
        ("  Zażółć  gęślą ", "Zażółć  gęślą"),
        ("\u00a0Anna\u00a0", "Anna"),
        ("\ufeffAnna", "Anna"),
        ("z\u0307o\u0301łw", "żółw"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("a\u00adb", "a\u00adb"),
        ("مرحبا", "مرحبا"),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_a_line_is_kept(typed, kept):
    assert clean(typed, max_length=100) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\tb", "a\tb"),
        ("\n\na\n\nb\n", "a\n\nb"),
        ("a\u2028b\u2029c", "a\nb\nc"),
    ],
)
def test_a_longer_text_keeps_its_lines(typed, kept):
    assert clean(typed, max_length=100, multiline=True) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (None, "not-text"),
        (5, "not-text"),
        (b"Anna", "not-text"),
        ("a\x00b", "control-character"),
        ("a\tb", "control-character"),
        ("Anna\n", "control-character"),
        ("a\x7f", "control-character"),
        ("a\x85", "control-character"),
        ("a\u2028", "control-character"),
        ("a\ufffe", "control-character"),
        ("a\ufdd0", "control-character"),
        ("a\U0010ffff", "control-character"),
        ("abc\u202etxt.exe", "direction-override"),
        ("\u2066a\u2069", "direction-override"),
        ("\ud800", "not-unicode"),
        ("a\udfff", "not-unicode"),
        ("\u200b", "invisible"),
        ("\u200b \u200d\ufe0f", "invisible"),
        ("\u3164", "invisible"),
        ("\u2800", "invisible"),
        ("x" * 11, "too-long"),
        ("żół" * 4, "too-long"),
    ],
)
def test_a_broken_line_is_refused(typed, code):
    with pytest.raises(BadText) as refused:
        clean(typed, max_length=10)

    assert refused.value.code == code


@pytest.mark.parametrize("typed", ["a\x00", "a\x0b", "a\x1b[31m", "\u202e"])
def test_a_longer_text_holds_no_other_control(typed):
    with pytest.raises(BadText):
        clean(typed, max_length=10, multiline=True)


def test_length_counts_what_is_kept():
    assert clean(" " + "z\u0307" * 10 + " ", max_length=10) == "ż" * 10


def test_bytes_are_counted_too():
    assert clean("żółw", max_length=10, max_bytes=7) == "żółw"
    with pytest.raises(BadText) as refused:
        clean("żółw!", max_length=10, max_bytes=7)
    assert (refused.value.code, refused.value.details) == ("too-long", {"max": 7})


def test_the_sentence_is_filled():
    assert str(BadText("x", "At most %(max)d.", max=7)) == "At most 7."


ANYTHING = st.text(
    st.characters(categories=None)  # surrogates and unassigned code points too
    | st.sampled_from("\x00\t\r\n\u202e\u2028\u200b\u3164\ufeff\u0301ąŻ ")
)


@given(ANYTHING, st.booleans())
def test_what_is_kept_is_sound(typed, multiline):
    try:
        kept = clean(typed, max_length=30, multiline=multiline)
    except BadText:
        return

    assert len(kept) <= 30
    assert kept.encode().decode() == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert kept == kept.strip()
    controls = {character for character in kept if unicodedata.category(character) == "Cc"}
    assert controls <= ({"\t", "\n"} if multiline else set())
    assert clean(kept, max_length=30, multiline=multiline) == kept


# --- sorting ------------------------------------------------------------------------------


def rising(keys):
    """Tell whether each key is greater than the one before."""
    return all(one < other for one, other in itertools.pairwise(keys))


def test_names_stand_in_polish_order():
    assert rising(map(sort_key, POLISH))


def test_the_whole_alphabet_stands_in_order():
    assert rising(map(sort_key, "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"))


@pytest.mark.parametrize(
    "names",
    [
        [("Nowak", "Zofia"), ("Nowak-Kowalska", "Anna"), ("Nowakowska", "Anna")],
        [("Nowak", "Anna"), ("Nowak", "Anna Maria"), ("Nowak", "Annabella")],
        [("", "Anna"), ("Abecka", "")],
        [("Damska", ""), ("de Silva", ""), ("Debska", "")],
        [("Obecka", ""), ("O’Brien", ""), ("Obryk", "")],
        [("Mueller", ""), ("Müller", "Anna"), ("Muller", "Beata")],
        [("Zych", ""), ("Źrebak", ""), ("Żak", ""), ("Бойко", ""), ("Ґудзь", ""), ("Їжак", "")],
        [("Їжак", ""), ("山田", "")],
        [("Sala 2", ""), ("Sala 10", ""), ("Sala 10a", ""), ("Sala B", "")],
        [("007", ""), ("8", "")],
    ],
)
def test_fields_and_words_count_one_by_one(names):
    assert rising(sort_key(*name) for name in names)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("KOWALSKA", "anna"), ("Kowalska", "Anna")),
        (("García",), ("Garcia",)),
        (("z\u0307ak",), ("żak",)),
        (("Nowak", ""), ("Nowak",)),
        (("d'Artagnan",), ("d’Artagnan",)),
        (("Großmann",), ("Grossmann",)),
    ],
)
def test_some_differences_do_not_count(one, other):
    assert sort_key(*one) == sort_key(*other)


def test_a_key_is_digits_and_fits_its_column():
    key = sort_key("Ż" * 300 + "山" * 100, "ﷺ" * 50)

    assert key.isdigit()
    assert key.isascii()
    assert len(key) == text.SORT_KEY


def test_sqlite_sorts_keys_alike():
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE t (name TEXT, key TEXT)")
        rows = [(name, sort_key(name)) for name in reversed(POLISH)]
        database.executemany("INSERT INTO t VALUES (?, ?)", rows)
        found = [name for (name,) in database.execute("SELECT name FROM t ORDER BY key")]
    database.close()

    assert found == POLISH


@pytest.mark.postgres
@pytest.mark.parametrize("collation", ["C", "pl-x-icu", "und-x-icu"])
def test_postgres_sorts_keys_alike(collation):
    names = [*POLISH, "Nowak", "Nowak-Kowalska", "Nowakowska", "Sala 2", "Sala 10", "Бойко"]
    keys = sorted(map(sort_key, names))
    query = sql(
        f'SELECT k FROM unnest(CAST(:keys AS text[])) AS t (k) ORDER BY k COLLATE "{collation}"'
    )
    with databases.blank_postgres() as url:
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            found = list(connection.scalars(query, {"keys": keys[::-1]}))

    assert found == keys


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_has_a_key(last, first):
    key = sort_key(last, first)

    assert len(key) <= text.SORT_KEY
    assert key == "" or (key.isdigit() and key.isascii())


# --- searching ----------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "name"), FOUND)
def test_people_are_found_without_diacritics(typed, name):
    assert search_key(name) == typed


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (("Łukasz", "Źdźbłowski"), "lukasz zdzblowski"),
        (("Nowak-Kowalska", "", "O’Brien"), "nowak kowalska obrien"),
        (("anna.nowak@example.org",), "anna nowak example org"),
        (("Œuvre", "Straße", "Þór"), "oeuvre strasse thor"),
        (("Ґудзь",), "гудзь"),
        (("50%_x",), "50 x"),
        (("ﬁrma ＡＢ１",), "firma ab1"),
    ],
)
def test_search_keys(parts, key):
    assert search_key(*parts) == key


def test_terms_are_the_words_the_longest_first():
    assert text.match_terms("  Źdźbłowski, łukasz Źdźbłowski ") == ["zdzblowski", "lukasz"]
    assert text.match_terms("%") == []
    assert len(text.match_terms(" ".join(str(number) for number in range(100)))) == 8


def test_a_term_is_no_pattern():
    assert text.like("50%_\\") == "%50\\%\\_\\\\%"


@given(st.text(max_size=60))
def test_every_word_of_a_name_finds_it(name):
    key = search_key(name)

    assert search_key(key) == key
    assert all(term in key for term in text.match_terms(name))


# --- names, telephones, addresses ---------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "first", "last", "whole"),
    [
        ("dr hab.", "Anna", "Nowak", "dr hab. Anna Nowak"),
        (None, "Anna", "Nowak", "Anna Nowak"),
        ("", "", "Nowak", "Nowak"),
    ],
)
def test_full_names(title, first, last, whole):
    assert text.full_name(title, first, last) == whole


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("600 100 200", "+48600100200", "+48 600 100 200"),
        ("+48 600-100-200", "+48600100200", "+48 600 100 200"),
        ("0048600100200", "+48600100200", "+48 600 100 200"),
        ("(34) 360 11 22", "+48343601122", "+48 34 360 11 22"),
        ("+48 000 000 092", "+48000000092", "+48 000 000 092"),
        ("000000092", "+48000000092", "+48 000 000 092"),
        ("+380 44 123 45 67", "+380441234567", "+380 441 234 567"),
        ("+1 (212) 555.0100", "+12125550100", "+12 125 550 100"),
    ],
)
def test_telephones(typed, kept, shown):
    assert text.normal_phone(typed) == kept
    assert text.shown_phone(kept) == shown
    assert text.normal_phone(shown) == kept


@pytest.mark.parametrize(
    "typed", ["", "123", "+48 600 100", "600 100 2000", "+4860010020a", "１２３456789"]
)
def test_no_telephones(typed):
    with pytest.raises(BadText) as refused:
        text.normal_phone(typed)

    assert refused.value.code == "bad-phone"


def test_an_unknown_number_is_shown_as_it_is():
    assert text.shown_phone("wew. 12") == "wew. 12"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Anna.Nowak@Example.ORG ", "anna.nowak@example.org"),
        ("anna@seminarium.test", "anna@seminarium.test"),
        ("admin@localhost", "admin@localhost"),
        ("anna@biuro.local", "anna@biuro.local"),
        ("anna+znacznik@example.org", "anna+znacznik@example.org"),
        ("anna@xn--w-uga1v8h.pl", "anna@żółw.pl"),
    ],
)
def test_addresses(typed, kept):
    assert text.normal_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "anna@",
        "anna@gmail",
        "@example.org",
        "a..b@example.org",
        "a b@example.org",
        "a@b@example.org",
        "a@[127.0.0.1]",
        '"a b"@example.org',
        "żółw@example.org",
        "Anna <a@example.org>",
        "a@example.org, b@example.org",
        "a@" + "x" * 64 + ".org",
    ],
)
def test_no_addresses(typed):
    with pytest.raises(BadText) as refused:
        text.normal_email(typed)

    assert refused.value.code == "bad-email"


@pytest.mark.parametrize("typed", ["a@example.org\nBcc: b@example.org", "a\x00@example.org"])
def test_an_address_carries_no_header(typed):
    with pytest.raises(BadText) as refused:
        text.normal_email(typed)

    assert refused.value.code == "control-character"
