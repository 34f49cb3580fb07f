"""Make static/icons.svg: the icons named in icons.txt and the marks of eventapp itself.

Run:  python docs/design/make_icons.py LUCIDE_ICONS_FOLDER
where the folder holds the .svg files of lucide-static 1.62.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"
FRAME = re.compile(r'(?:viewBox|preserveAspectRatio)="[^"]*"')
SHAPE = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)\b[^>]*/>")


def symbol(name: str, drawing: str) -> str:
    """Return *drawing* as a symbol that <use> can point at by *name*."""
    shapes = "".join(re.sub(r"\s*/>$", "/>", shape) for shape in SHAPE.findall(drawing))
    frame = " ".join(FRAME.findall(drawing))
    return f'<symbol id="{name}" {frame}>{shapes}</symbol>'


def main(folder: str) -> None:
    """Write the sprite, icons in alphabetical order, own marks last."""
    names = (HERE / "icons.txt").read_text().split()
    symbols = [symbol(name, (Path(folder) / f"{name}.svg").read_text()) for name in sorted(names)]
    for name in ("mark", "wordmark", "strata"):
        drawing = (STATIC / "brand" / f"{name}.svg").read_text()
        symbols.append(symbol(name, drawing))
    head = '<svg xmlns="http://www.w3.org/2000/svg">'
    (STATIC / "icons.svg").write_text("\n".join([head, *symbols, "</svg>", ""]))


if __name__ == "__main__":
    main(sys.argv[1])
