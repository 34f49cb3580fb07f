"""Badges as PDF: how long a print run takes, how large it is, and whether every code reads back."""

import time
from io import BytesIO

import pypdfium2
import zxingcpp

from bench.people import Office
from eventapp.documents import queries, rules
from eventapp.documents.queries import Whom
from eventapp.kernel import boundary, tokens
from eventapp.registrations.models import State

EVERYBODY = Whom(states=tuple(State))
DOTS = 200  # an inch, as a plain office printer has at least


def printed(stand: Office, number: int, **options: str) -> tuple[float, bytes]:
    """Order the badges of the first *number* people; return the seconds and the PDF."""
    with stand.app.app_context():
        ids = [one.row.id for one in queries.badges(stand.event_id, EVERYBODY)[:number]]
    form = {"csrf_token": stand.token, "of": rules.packed(ids), **options}
    begun = time.perf_counter()
    answer = stand.client.post(f"/{stand.slug}/desk/badges/pdf", data=form)
    took = time.perf_counter() - begun
    if answer.mimetype != "application/pdf":
        raise AssertionError(f"no PDF: {answer.status}")
    return took, answer.data


def check(stand: Office, document: bytes, number: int) -> None:
    """Raise AssertionError unless the pages show the codes of the first people, each once."""
    read = []
    with pypdfium2.PdfDocument(BytesIO(document)) as opened:
        for page in opened:
            picture = page.render(scale=DOTS / 72).to_pil()
            read += [found.text for found in zxingcpp.read_barcodes(picture)]
    with stand.app.test_request_context():
        made = queries.badges(stand.event_id, EVERYBODY)[:number]
        right = [tokens.badge_url(boundary.base_url(), one.code) for one in made]
    if sorted(read) != sorted(right):
        raise AssertionError(f"{len(set(right) - set(read))} of {number} codes do not read back")
