"""Small common steps of HTML routes: say a refusal, go on with 303, cut a list into pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from flask import Response, flash, g, redirect, request, url_for
from flask_babel import gettext

from eventapp.kernel import i18n, journal
from eventapp.kernel.refusal import Refused, Term

Row = TypeVar("Row")
PAGE_SIZE = 50
LARGEST_PAGE = 200
UNDO = "desk.undo"


def sentence(refused: Refused) -> str:
    """Return the refusal's sentence in the reader's language, its places filled."""
    return said(refused.reason.sentence, refused.details)


def said(sentence: str, details: Mapping[str, Any]) -> str:
    """Return a marked sentence in the reader's language, its places filled from *details*."""
    return gettext(sentence, **{name: _shown(value) for name, value in details.items()})


def _shown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return i18n.local(value)
    if isinstance(value, datetime):
        return i18n.when(value)
    return gettext(str(value)) if isinstance(value, Term) else value


def flash_refusal(refused: Refused) -> None:
    """Show the refusal's sentence on the next page."""
    flash(sentence(refused), "stop")


def flash_with_undo(said: str, subject: str) -> None:
    """Say on the next page what was done to *subject*, with a button that takes it back.

    Where nothing differed there is nothing to take back.
    """
    fact_id = journal.made_here(subject)
    if fact_id is None:
        flash(said, "ok")
    else:
        flash_undoable(said, fact_id)


def flash_undoable(said: str, fact_id: int) -> None:
    """Say on the next page what was done, with a button that takes the edit *fact_id* back."""
    flash(said, f"undo:{url_for(UNDO, event=g.event.slug, fact_id=fact_id)}")


def see_other(endpoint: str, **values: Any) -> Response:
    """Go on with a GET of *endpoint* (303), as after every POST."""
    return redirect(url_for(endpoint, **values), code=303)  # type: ignore[return-value]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a longer list: its rows, its number from 1 and how many there are."""

    rows: Sequence[Row]
    number: int
    total: int
    size: int = PAGE_SIZE

    @property
    def last(self) -> int:
        """Return the number of the last page, at least 1."""
        return max(1, -(-self.total // self.size))


def page_number() -> int:
    """Return the page that the reader asks for, from 1; nonsense means the first."""
    asked = request.args.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and 0 < int(asked) < 10**6 else 1
