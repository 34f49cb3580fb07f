"""Codes for paper."""

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from eventapp.kernel import qr

ADDRESS = "HTTPS://EVENTS.EXAMPLE/B/0123456789ABCDEFGHJKMNPQRS"


def drawn(svg: str, scale: int = 4) -> Image.Image:
    """Draw the lines of a code as a printer would, some dots a module."""
    side = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])
    picture = Image.new("L", (side * scale, side * scale), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", svg):
        left, top = int(x) * scale, int(y) * scale
        pen.rectangle((left, top, left + int(length) * scale - 1, top + scale - 1), fill=0)
    return picture


@pytest.mark.parametrize("text", [ADDRESS, "https://events.example/pl/jesień"])
def test_a_code_of_lines_reads_back(text: str) -> None:
    assert [found.text for found in zxingcpp.read_barcodes(drawn(qr.strokes(text)))] == [text]


def test_lines_draw_what_boxes_draw() -> None:
    def modules(svg: str, pattern: str) -> set[tuple[int, int]]:
        return {
            (int(x) + step, int(y))
            for x, y, length in re.findall(pattern, svg)
            for step in range(int(length))
        }

    lines = modules(qr.strokes(ADDRESS), r"M(\d+) (\d+)\.5h(\d+)")
    boxes = modules(str(qr.svg(ADDRESS)), r"M(\d+) (\d+)h(1)v1")

    assert lines == boxes
