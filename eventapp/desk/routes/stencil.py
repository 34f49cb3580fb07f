"""A programme page with its seats left open: rendered once for each release, filled each time.

Seats change with every sign-up, all the rest of a page only with a release.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, g
from markupsafe import Markup

from eventapp.desk.queries import Card
from eventapp.programme import rules as seats

# No text that people give can hold it: control characters are refused at every door.
MARK = Markup("\x00")


class Stencil:
    """What stands between the seats on a page, and the cards whose seats they are."""

    def __init__(self) -> None:
        self._cards: list[Card] = []
        self._between: list[bytes] = []
        self._lines: dict[tuple[int | None, int], bytes] = {}

    @classmethod
    def cut(cls, render: Callable[[], str]) -> "Stencil":
        """Return the stencil of the page that *render* gives, its cards without their seats."""
        made = g.stencil = cls()
        try:
            made._between = render().encode().split(MARK.encode())
        finally:
            g.pop("stencil")
        return made

    def leave_open(self, card: Card, heading: int, classes: str) -> Markup:
        """Return a card with a mark where its line of seats goes, if it has one."""
        shown: Markup = _macros().session_card(card, heading=heading, extra=classes, seats=MARK)
        self._cards += [card] * shown.count(MARK)
        return shown

    def filled(self, taken: Mapping[int, tuple[int, int]]) -> bytes:
        """Return the page with the seats of *taken*: confirmed and waiting, by session."""
        parts = self._between[:1]
        for card, after in zip(self._cards, self._between[1:], strict=True):
            confirmed, waiting = taken.get(card.id, (0, 0))
            free = seats.places_left(card.capacity, confirmed, waiting)
            parts += (self._line(free, waiting), after)
        return b"".join(parts)

    def _line(self, free: int | None, waiting: int) -> bytes:
        found = self._lines.get((free, waiting))
        if found is None:
            found = str(_macros().seat_line(free, waiting)).encode()
            self._lines[free, waiting] = found
        return found


def _macros() -> Any:
    return current_app.jinja_env.get_template("_macros/programme.html").module
