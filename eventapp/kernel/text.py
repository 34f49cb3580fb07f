"""Text that people type: cleaned in one way, sorted and found as Polish readers expect."""

import re
import unicodedata

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from eventapp.kernel.refusal import N_

# The library's own way to accept reserved domains, see `normal_email`.
SPECIAL_USE_DOMAIN_NAMES.clear()

NAME = 120  # characters of a person's first or last name
LINE = 250  # characters of a title, an organisation, one line of an address
BODY = 20_000  # characters of an abstract, a reason, a letter
EMAIL = 254  # RFC 5321: the longest address that mail servers carry
PHONE = 16  # "+" and at most 15 digits (E.164)
SORT_KEY = 900  # a column for `sort_key`
SEARCH_KEY = 600  # a column for `search_key`

# Direction overrides and isolates can make a line read backwards.
_OVERRIDE = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Controls, separators that are newlines in disguise, and code points that are no characters.
_NO_CHARACTERS = "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_CONTROL = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef{_NO_CHARACTERS}]")
_SEPARATORS = {0x2028: "\n", 0x2029: "\n"}
# Fillers that fonts draw as nothing, though Unicode calls them letters or symbols.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")

# Letters that decompose into nothing simpler, and what people type instead.
_PLAIN = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ı": "i",
        "ŋ": "n",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "ґ": "г",
    }
)

# Every sign of a sort key is two digits, since digits alone sort alike under any collation
# of any database. 00 parts fields, 01 parts words, 10–19 are digits, then come letters.
_POLISH = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
_CYRILLIC = "абвгґдеєёжзиіїйклмнопрстуўфхцчшщъыьэюя"
_ORDER = {letter: str(20 + place) for place, letter in enumerate(_POLISH + _CYRILLIC)}
_FIELD, _WORD, _OTHER = "00", "01", "99"
_APOSTROPHES = re.compile("['’‘ʼ`´.„”\"“]")
_NUMBER = re.compile(r"[0-9]+")
_CLOCK = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?::00)?")

# Two digits with which Polish mobile numbers (and other numbers without an area) begin.
_MOBILE = re.compile("00|39|45|5[0137]|6[069]|7[02389]|8[08]")
POLISH_PHONE = 9
_PHONE_MARKS = re.compile(r"[\s()./\u2010-\u2015-]")


class BadText(ValueError):
    """A text that cannot be kept: a kebab-case code, and a sentence to translate.

    The sentence may hold ``%(max)d``, filled from `details`.
    """

    def __init__(self, code: str, sentence: str, **details: int) -> None:
        super().__init__(sentence % details if details else sentence)
        self.code = code
        self.sentence = sentence
        self.details = details


def clean(
    value: object, *, max_length: int, multiline: bool = False, max_bytes: int | None = None
) -> str:
    """Return *value* as it is kept: NFC, edges stripped, newlines as LF.

    Lengths are counted after that, in characters and in bytes of UTF-8. An empty text
    is returned as such; whether it may be empty is for the caller. Raises `BadText`.
    """
    if not isinstance(value, str):
        raise BadText("not-text", N_("This must be text."))
    _refuse_broken(value)
    text = unicodedata.normalize("NFC", _unix_newlines(value) if multiline else value)
    _refuse_control(text, allowed="\t\n" if multiline else "")
    text = text.strip("\ufeff \t\n\u00a0").strip()
    if text and all(map(_invisible, text)):
        raise BadText("invisible", N_("This text has no visible character."))
    if len(text) > max_length:
        raise BadText("too-long", N_("This may have at most %(max)d characters."), max=max_length)
    if max_bytes is not None and len(text.encode()) > max_bytes:
        raise BadText("too-long", N_("This may have at most %(max)d bytes."), max=max_bytes)
    return text


def _refuse_broken(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadText("not-unicode", N_("This text is damaged; please type it again.")) from None


def _unix_newlines(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n").translate(_SEPARATORS)


def _refuse_control(text: str, allowed: str) -> None:
    if _OVERRIDE.search(text):
        raise BadText(
            "direction-override",
            N_("This text holds a hidden mark that reverses the direction of reading."),
        )
    if any(found.group() not in allowed for found in _CONTROL.finditer(text)):
        raise BadText("control-character", N_("This text holds a control character."))


def _invisible(character: str) -> bool:
    if character in _BLANKS or character.isspace() or "\ufe00" <= character <= "\ufe0f":
        return True
    return unicodedata.category(character) == "Cf"


def search_key(*parts: str) -> str:
    """Return the words of *parts* as people type them: lower case, without diacritics.

    What is looked for must be passed through here too. ASCII for Latin scripts; words
    are parted by one space, apostrophes vanish, other marks part words.
    """
    whole = " ".join(part for part in parts if part).replace(".", " ")
    words = re.sub(r"[^\w]|_", " ", _plain(_APOSTROPHES.sub("", whole)))
    return " ".join(words.split())[:SEARCH_KEY]


def match_terms(query: str, *, most: int = 8) -> list[str]:
    """Return the words of *query* that must each occur in a `search_key`, longest first."""
    words = sorted(set(search_key(query[:LINE]).split()), key=lambda word: (-len(word), word))
    return words[:most]


def like(term: str) -> str:
    """Return the LIKE pattern (escaped with ``\\``) that finds *term* anywhere."""
    escaped = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def sort_key(last: str, first: str = "", *more: str) -> str:
    """Return a string of digits whose plain order is the Polish alphabetical order.

    SQLite and PostgreSQL sort it alike, whatever the database's collation. Fields count
    one after the other; inside a field words count one by one, so Nowak, Nowak-Kowalska,
    Nowakowska. Particles belong to the surname as written (de Silva under d), apostrophes
    are ignored (O’Brien as obrien), numbers count by value (Sala 2, Sala 10), Cyrillic
    follows the Latin alphabet in its own order. Names that differ by case or foreign
    accents only have equal keys: break ties by id.
    """
    fields = [last, first, *more]
    while fields and not fields[-1]:
        fields.pop()
    return _FIELD.join(map(_field_key, fields))[:SORT_KEY]


def _field_key(field: str) -> str:
    folded = unicodedata.normalize("NFC", _APOSTROPHES.sub("", field.casefold()))
    letters = "".join(
        character if character in _ORDER else _plain(character) for character in folded
    )
    words = re.sub(r"[^\w]|_", " ", letters).split()
    return _WORD.join(map(_word_key, words))


def _plain(text: str) -> str:
    # Folded after decomposing too: a decorated capital decomposes into a plain capital.
    folded = unicodedata.normalize("NFKD", text.casefold()).casefold()
    return _without_marks(unicodedata.normalize("NFKD", folded)).translate(_PLAIN)


def _word_key(word: str) -> str:
    # A number is led by its length, so that 10 comes after 2.
    counted = _NUMBER.sub(lambda found: f"{min(len(_digits(found)), 9)}{_digits(found)}", word)
    return "".join(map(_letter_key, counted))


def _digits(found: re.Match[str]) -> str:
    return found.group().lstrip("0") or "0"


def _letter_key(letter: str) -> str:
    if letter in "0123456789":
        return f"1{letter}"
    return _ORDER.get(letter) or f"{_OTHER}{ord(letter):08d}"


def _without_marks(text: str) -> str:
    return "".join(character for character in text if not unicodedata.combining(character))


def full_name(title: str | None, first: str, last: str) -> str:
    """Return a person's name as addressed: "dr hab. Anna Nowak-Kowalska"."""
    return " ".join(part for part in (title, first, last) if part)


def clock_time(value: str) -> str:
    """Return a time of day as ``07:05``; raises `BadText`."""
    found = _CLOCK.fullmatch(value.strip())
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise BadText("not-a-time-of-day", N_("This is not a time of day such as 22:00."))
    return f"{int(found[1]):02}:{found[2]}"


def normal_phone(value: str) -> str:
    """Return a telephone number as it is kept, ``+48600100200``; nine digits mean Poland.

    Raises `BadText`.
    """
    text = _PHONE_MARKS.sub("", clean(value, max_length=40))
    if text.startswith("00"):
        text = "+" + text[2:] if len(text) > 9 else "+48" + text
    elif re.fullmatch(r"[0-9]{9}", text):
        text = "+48" + text
    polish = text.startswith("+48")
    digits = text.removeprefix("+48")
    if (polish or not text.startswith("+")) and re.fullmatch(r"[0-9]{3,20}", digits):
        _refuse_polish(digits)
    if not re.fullmatch(r"\+48[0-9]{9}" if polish else r"\+[1-9][0-9]{6,14}", text):
        raise BadText("bad-phone", N_("This is not a telephone number."))
    return text


def _refuse_polish(digits: str) -> None:
    if len(digits) != POLISH_PHONE:
        raise BadText(
            "bad-phone",
            N_("A telephone number in Poland has nine digits; this one has %(count)d."),
            count=len(digits),
        )


def shown_phone(value: str) -> str:
    """Return a kept number as it is read: "+48 600 100 200", "+48 34 300 00 00"."""
    digits = value.removeprefix("+")
    if value.startswith("+48") and len(digits) == 11:
        steps = (3, 3, 3) if _MOBILE.match(digits, 2) else (2, 3, 2, 2)
        return "+48 " + _grouped(digits[2:], steps)
    if not value.startswith("+") or not digits.isdigit():
        return value
    head = len(digits) % 3
    return "+" + _grouped(digits, ((head,) if head else ()) + (3,) * (len(digits) // 3))


def _grouped(digits: str, steps: tuple[int, ...]) -> str:
    groups, start = [], 0
    for step in steps:
        groups.append(digits[start : start + step])
        start += step
    return " ".join(groups)


def normal_email(value: str) -> str:
    """Return an e-mail address as it is kept and compared: lower case throughout.

    Syntax only: no name server is asked, for the network must not decide who may
    register. Reserved domains (.test, .local, .invalid) and ``@localhost`` pass, since
    demonstrations and closed networks use them; any other domain needs a dot, which
    catches the commonest slip. Raises `BadText`.
    """
    text = clean(value, max_length=EMAIL)
    try:
        found = validate_email(
            text,
            check_deliverability=False,
            globally_deliverable=not text.casefold().endswith("@localhost"),
            allow_quoted_local=False,
            allow_smtputf8=False,
        )
    except EmailNotValidError:
        raise BadText("bad-email", N_("This is not an e-mail address.")) from None
    # Two spellings of one mailbox must not become two accounts; no provider in use
    # tells upper from lower case before the @.
    return found.normalized.casefold()
