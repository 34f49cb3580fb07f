"""QR codes as SVG: one path, sharp at any size, no picture library."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_ALPHA_NUM, QRData

from eventapp.kernel import boundary

QUIET = 4  # modules of silence that the standard asks for
MASK = 2  # fixed: trying all eight takes six times as long, and phones read any


@lru_cache(maxsize=2048)
def matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the modules of a code at error correction M, the quiet zone left out.

    Upper case, digits and the punctuation of addresses fit the compact alphanumeric mode.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    compact = all(letter in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:" for letter in text)
    code.add_data(QRData(text, mode=MODE_ALPHA_NUM) if compact else text)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def svg(text: str, title: str = "") -> Markup:
    """Return the code of *text* as an SVG element; *title* is what a screen reader hears."""
    rows = matrix(text)
    side = len(rows) + 2 * QUIET
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" '
        'aria-label="{title}" shape-rendering="crispEdges">'
        '<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
    ).format(side=side, title=title or text, path=path)


def of_page(endpoint: str, **values: Any) -> Markup:
    """Return the code of a page's full address."""
    address = boundary.absolute(endpoint, **values)
    return svg(address, address)


def strokes(text: str) -> str:
    """Return the code of *text* as an SVG for a document on paper, its quiet zone included.

    A line through each run of dark modules: a third of the bytes of a box per module.
    """
    rows = matrix(text)
    side = len(rows) + 2 * QUIET
    path = "".join(
        f"M{start + QUIET} {y + QUIET}.5h{length}"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<rect width="{side}" height="{side}" fill="#fff"/>'
        f'<path stroke="#000" stroke-width="1" d="{path}"/></svg>'
    )


def _runs(row: tuple[bool, ...]) -> Iterator[tuple[int, int]]:
    """Yield where each run of dark modules begins, and how long it is."""
    place = 0
    for dark, modules in groupby(row):
        length = sum(1 for _module in modules)
        if dark:
            yield place, length
        place += length
