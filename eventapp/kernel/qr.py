"""QR codes without a picture library: SVG, sharp at any size, and PNG where only pictures go."""

import struct
import zlib
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


def terminal(text: str) -> str:
    """Return the code of *text* in half blocks, two rows a line, for a dark or a light terminal.

    Light modules are drawn, so that the quiet zone is there on a dark ground too.
    """
    rows = matrix(text)
    blank = (False,) * len(rows[0])
    framed = [blank] * QUIET + list(rows) + [blank] * (QUIET + len(rows) % 2)
    wide = [(False,) * QUIET + row + (False,) * QUIET for row in framed]
    halves = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    pairs = zip(wide[::2], wide[1::2], strict=True)
    lines = ["".join(halves[pair] for pair in zip(*both, strict=True)) for both in pairs]
    return "\n".join(f"\x1b[97;40m{line}\x1b[0m" for line in lines)


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


def png(text: str, scale: int = 12) -> bytes:
    """Return the code of *text* as a black and white PNG, each module *scale* dots wide."""
    rows = matrix(text)
    side = (len(rows) + 2 * QUIET) * scale
    blank = _scanline([], side)
    lines = [_scanline([*_dots(row, scale)], side) * scale for row in rows]
    drawn = b"".join([blank * (QUIET * scale), *lines, blank * (QUIET * scale)])
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(drawn, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in parts)


def _dots(row: tuple[bool, ...], scale: int) -> Iterator[int]:
    """Yield the places of the black dots of a row."""
    for start, length in _runs(row):
        yield from range((start + QUIET) * scale, (start + length + QUIET) * scale)


def _scanline(dark: list[int], side: int) -> bytes:
    """Return one line of a picture, a bit a dot, 1 being white; its first byte says: unfiltered."""
    width = -(-side // 8) * 8
    bits = (1 << width) - 1
    for place in dark:
        bits ^= 1 << (width - 1 - place)
    return b"\x00" + bits.to_bytes(width // 8, "big")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
