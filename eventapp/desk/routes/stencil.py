"""A programme page with its seats left open: rendered once for each release, filled each time.

Seats change with every sign-up, all the rest of a page only with a release.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, g

from eventapp.desk import queries
from eventapp.desk.queries import Card

# No text that people give can hold it: control characters are refused at every door.
MARK = "\x00"


class Opening:
    """The place of one card, and how the card looks with the seats it has had so far."""

    def __init__(self, card: Card, heading: int, classes: str) -> None:
        self._card = card
        self._heading = heading
        self._classes = classes
        self._made: dict[tuple[int, int], str] = {}

    def filled(self, taken: Mapping[int, tuple[int, int]]) -> str:
        """Return the card with its seats as *taken* has them: confirmed and waiting, by session."""
        seats = taken.get(self._card.id, (0, 0))
        found = self._made.get(seats)
        return found if found is not None else self._made.setdefault(seats, self._render(seats))

    def _render(self, seats: tuple[int, int]) -> str:
        macros: Any = current_app.jinja_env.get_template("_macros/programme.html").module
        card = queries.with_seats_taken(self._card, *seats)
        return str(macros.session_card(card, heading=self._heading, extra=self._classes))


class Stencil:
    """What stands between the cards of a page, and the places of the cards."""

    def __init__(self) -> None:
        self._openings: list[Opening] = []
        self._between: list[str] = []

    @classmethod
    def cut(cls, render: Callable[[], str]) -> "Stencil":
        """Return the stencil of the page that *render* gives, its cards left open."""
        made = g.stencil = cls()
        try:
            made._between = render().split(MARK)
        finally:
            g.pop("stencil")
        return made

    def leave_open(self, card: Any, heading: int, classes: str) -> str:
        """Leave the place of a card open; return what marks it."""
        self._openings.append(Opening(card, heading, classes))
        return MARK

    def filled(self, taken: Mapping[int, tuple[int, int]]) -> str:
        """Return the page with the seats of *taken*."""
        parts = self._between[:1]
        for opening, after in zip(self._openings, self._between[1:], strict=True):
            parts += (opening.filled(taken), after)
        return "".join(parts)
