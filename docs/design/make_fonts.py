"""Make the fonts of static/vendor/fonts, and their rules at the top of static/app.css.

Screens get woff2 subsets with a weight axis; paper gets one TrueType file per weight.

Run with fonttools[woff]:  python docs/design/make_fonts.py SOURCE_SANS SOURCE_SERIF
where the two folders are unpacked releases of Source Sans 3.052 and Source Serif 4.005.
The name 'Source' is reserved by the licence, so the subsets carry a name of their own.
"""

import hashlib
import sys
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

STATIC = Path(__file__).parents[2] / "static"
TARGET = STATIC / "vendor" / "fonts"
BEGIN, END = "/* fonts: begin (make_fonts.py) */\n", "/* fonts: end */\n"


def span(*ranges: tuple[int, int]) -> set[int]:
    """Return every code point of the inclusive *ranges*."""
    return {code for first, last in ranges for code in range(first, last + 1)}


# What Polish and English pages use: one small file each, fetched first. Every other
# letter waits in a second file that unicode-range fetches when a name needs it.
POLISH = {ord(letter) for letter in "ĄĆĘŁŃÓŚŹŻąćęłńóśźż"}
MARKS = {ord(mark) for mark in "\u00a0§©«°·»×‐‑–—‘’‚“”„•…‰′″€→←↑↓≤≥−½¼¾²³№"}
CORE = span((0x20, 0x7E)) | POLISH | MARKS
LATIN = span((0xA1, 0x17F), (0x218, 0x21B)) - CORE
CYRILLIC = span((0x400, 0x45F)) | {0x490, 0x491, 0x2BC}
SETS = {"core": CORE, "latin": LATIN, "cyrillic": CYRILLIC}

# A page on paper cannot fetch a letter later: every letter of a name that the family has.
PAPER = span((0x20, 0x24F), (0x2B0, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F))
PAPER |= span((0x1E00, 0x1EFF), (0x2000, 0x206F), (0x20A0, 0x20BF), (0x2100, 0x22FF)) | MARKS
WEIGHTS = {"regular": 400, "bold": 700}

Family = tuple[str, dict[str, Any], str]  # file of the release, axes kept, own name
SANS: Family = ("VF/SourceSans3VF-Upright.ttf", {"wght": (400, 700)}, "Eventapp Sans")
SERIF: Family = ("VAR/SourceSerif4Variable-Roman.ttf", {"wght": 600, "opsz": 28}, "Eventapp Serif")


def rename(font: TTFont, family: str) -> None:
    """Give *font* a family name that is free of the reserved one."""
    names = font["name"]
    for record in list(names.names):
        if record.nameID in {3, 4, 6, 16, 17, 25}:
            names.removeNames(nameID=record.nameID)
    for name_id, text in ((1, family), (3, f"{family} subset"), (4, family)):
        names.setName(text, name_id, 3, 1, 0x409)
    names.setName(family.replace(" ", ""), 6, 3, 1, 0x409)


def make(source: Path, axes: dict[str, Any], family: str, name: str, codes: set[int]) -> Path:
    """Write the subset of *source* that covers *codes*; return its path."""
    font = TTFont(source, recalcTimestamp=False)  # the same bytes at every run
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "tnum"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes & set(font.getBestCmap()))
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, axes)
    rename(font, family)
    font.flavor = "woff2"
    path = TARGET / f"{name}.woff2"
    font.save(path)
    return path


def make_for_paper(source: Path, family: str, name: str, weight: int) -> Path:
    """Write one weight of *source* with all letters of names; return its path."""
    font = instancer.instantiateVariableFont(
        TTFont(source, recalcTimestamp=False), {"wght": weight}, updateFontNames=False
    )
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "tnum"]
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=PAPER & set(font.getBestCmap()))
    subsetter.subset(font)
    rename(font, family)
    font["name"].setName(name.capitalize(), 2, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    is_bold = weight >= 700
    font["OS/2"].fsSelection = 0x20 if is_bold else 0x40
    font["head"].macStyle = int(is_bold)
    path = TARGET / f"print-{name}.ttf"
    font.save(path)
    return path


def unicode_range(codes: set[int]) -> str:
    """Return *codes* as the value of ``unicode-range``, neighbours as one range."""
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ", ".join(
        f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in ranges
    )


def face(family: str, path: Path, codes: set[int]) -> str:
    """Return the rule that fetches a file when one of its *codes* is on the page.

    The address carries the same fingerprint as the server's own links, so that the
    preload of the first file and this rule are one request.
    """
    version = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    address = f"{path.relative_to(STATIC).as_posix()}?v={version}"
    return (
        f'@font-face {{ font-family: "{family}"; font-weight: 400 700; font-display: swap; '
        f'src: url("{address}") format("woff2"); unicode-range: {unicode_range(codes)}; }}\n'
    )


def main(folders: list[str]) -> None:
    """Make every subset of both families and say how large each has become."""
    rules = []
    for folder, (file, axes, family) in zip(folders, (SANS, SERIF), strict=True):
        for label, codes in SETS.items():
            name = f"{family.split()[1].lower()}-{label}"
            path = make(Path(folder) / file, axes, family, name, codes)
            rules.append(face(family, path, codes))
            sys.stdout.write(f"{path.stat().st_size:7d}  {path.name}\n")
    for label, weight in WEIGHTS.items():
        path = make_for_paper(Path(folders[0]) / SANS[0], "Eventapp Print", label, weight)
        sys.stdout.write(f"{path.stat().st_size:7d}  {path.name}\n")
    sheet = STATIC / "app.css"
    head, rest = sheet.read_text().split(BEGIN)
    sheet.write_text(head + BEGIN + "".join(rules) + END + rest.split(END)[1])


if __name__ == "__main__":
    main(sys.argv[1:])
