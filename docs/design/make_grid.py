"""Rewrite the generated part of static/app.css: every place a session can take in the timetable.

Run:  python docs/design/make_grid.py
Under the content security policy a page cannot carry style attributes, so each row, room
and least height is a class.
"""

from pathlib import Path

SHEET = Path(__file__).parents[2] / "static" / "app.css"
BEGIN, END = "/* grid: begin (make_grid.py) */\n", "/* grid: end */\n"
LAST_ROW = 73  # 72 different starts and ends in one day; a longer day falls back to the list
ROOMS = 12
STEPS = 24  # of five minutes; a stretch over two hours gets no more room than two hours


def rules() -> list[str]:
    """Return one rule a line, inside the media query of wide screens."""
    starts = [f"  .from-{row} {{ grid-row-start: {row}; }}" for row in range(2, LAST_ROW)]
    ends = [f"  .to-{row} {{ grid-row-end: {row}; }}" for row in range(3, LAST_ROW + 1)]
    rooms = [f"  .room-{room} {{ grid-column: {room + 1}; }}" for room in range(1, ROOMS + 1)]
    widths = [f"  .rooms-{count} {{ --rooms: {count}; }}" for count in range(1, ROOMS + 1)]
    steps = range(1, STEPS + 1)
    heights = [f"  .min-{step} {{ min-height: {step * 0.36:.2f}rem; }}" for step in steps]
    return starts + ends + rooms + widths + heights


def main() -> None:
    """Replace what lies between the two marks."""
    head, rest = SHEET.read_text().split(BEGIN)
    tail = rest.split(END)[1]
    body = "\n".join(["@media (min-width: 60rem) {", *rules(), "}", ""])
    SHEET.write_text(head + BEGIN + body + END + tail)


if __name__ == "__main__":
    main()
