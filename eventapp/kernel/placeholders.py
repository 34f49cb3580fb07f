"""Texts with places to fill, as organisers write them: ``Hello {first_name},``.

A text is taken apart once and its places are filled once; what fills them is never looked at
again. So neither a brace nor a mark of any other language in a value does anything.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

_PLACE = re.compile(r"\{([^{}\n]{0,80})\}")
# Characters that end a line, hide, or turn the direction of reading.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff]+"
)
# What mail readers turn into something to click: "http://", "www.x", "example.com", "a@b".
_SCHEME = re.compile(r"(?<=[A-Za-z]):(?=//)")
_DOMAIN = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
_AT = re.compile(r"(?<=\S)@(?=\S)")


@dataclass(frozen=True)
class Place:
    """A place to fill, by its name."""

    name: str


@dataclass(frozen=True)
class Filled:
    """A piece of a filled text; what has a `url` of our own may be clicked."""

    text: str
    url: str = ""

    def __str__(self) -> str:
        """Return the piece as plain text."""
        return self.url or self.text


def parse(text: str) -> list[str | Place]:
    """Take a text apart; a brace that opens no place stands for itself."""
    pieces: list[str | Place] = []
    end = 0
    for found in _PLACE.finditer(text):
        pieces += [text[end : found.start()], Place(found.group(1).strip())]
        end = found.end()
    return [piece for piece in [*pieces, text[end:]] if piece != ""]


def names(*texts: str) -> list[str]:
    """List the places of some texts, each once, in their order."""
    found = [piece.name for text in texts for piece in parse(text) if isinstance(piece, Place)]
    return list(dict.fromkeys(found))


def nearest(name: str, known: Collection[str]) -> str | None:
    """Return which known name somebody probably meant."""
    wanted = re.sub(r"[\s_-]+", "_", name.casefold())
    close = get_close_matches(wanted, list(known), n=1, cutoff=0.6)
    if close:
        return close[0]
    return next((one for one in known if len(wanted) > 2 and wanted in one), None)


def fill(text: str, values: Mapping[str, Filled]) -> list[Filled]:
    """Fill each place of a text; one without a value stays empty."""
    return [
        values.get(piece.name, Filled("")) if isinstance(piece, Place) else Filled(piece)
        for piece in parse(text)
    ]


def line(text: str, values: Mapping[str, Filled]) -> str:
    """Return a text with its places filled, on one line."""
    return " ".join("".join(map(str, fill(text, values))).split())


def paragraphs(text: str) -> list[str]:
    """Part a text at its empty lines."""
    return [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text) if part.strip()]


def lines(paragraph: str, values: Mapping[str, Filled]) -> list[list[Filled]]:
    """Fill a paragraph, line by line."""
    return [fill(one, values) for one in paragraph.split("\n")]


def plain(paragraphs_: Sequence[Sequence[Sequence[Filled]]]) -> str:
    """Return filled paragraphs as plain text."""
    written = (
        "\n".join("".join(map(str, pieces)) for pieces in paragraph) for paragraph in paragraphs_
    )
    return "\n\n".join(written)


def harmless(value: str) -> str:
    """Return a value on one line, without hidden characters, that no mail reader makes a link of.

    Anybody may call themselves or their organisation "visit example.com".
    """
    shown = " ".join(_HIDDEN.sub(" ", value).split())
    return _AT.sub(" @ ", _DOMAIN.sub(". ", _SCHEME.sub(": ", shown)))
