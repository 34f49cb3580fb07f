"""The look keeps its promises: contrast, icons that exist, generated parts that are fresh."""

import hashlib
import importlib.util
import re
from functools import cache
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest

from tests.harness.sources import ROOT

STATIC = ROOT / "static"
SHEET = (STATIC / "app.css").read_text(encoding="utf-8")
LEAST = 5.5  # WCAG asks for 4.5; readers here are tired, cold or in the sun

TOKEN = re.compile(r"--([\w-]+): (#[0-9A-F]{6});")
GROUNDS = ["paper", "surface", "soft", "sunken"]
TEXTS = ["ink", "ink-2", "accent"]
PAIRS = [
    *product(TEXTS, GROUNDS),
    *product(["gold", "ok", "warn", "stop"], ["paper", "surface", "soft"]),
    *((tone, f"{tone}-soft") for tone in ("gold", "ok", "warn", "stop")),
    *product(["ink"], ["gold-soft", "ok-soft", "warn-soft", "stop-soft"]),
    *(("on-accent", "accent"), ("on-accent", "accent-deep"), ("on-stop", "stop")),
    *product(["paper"], ["ink"]),
]

ICON = re.compile(r"""\bicon(?:_name)?(?:\(|=|": )\s*"([a-z][a-z0-9-]*)\"""")
CLASS = re.compile(r'class="([^"]*)"')


def tokens(head: str) -> dict[str, str]:
    """Return the tokens of the rule that begins with *head*."""
    rule = SHEET.split(head, 1)[1].split("}", 1)[0]
    return dict(TOKEN.findall(rule))


LIGHT = tokens("\n:root {")
DARK = tokens(':root[data-theme="dark"] {')


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#RRGGBB`` (WCAG 2.1)."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, {**LIGHT, **DARK}], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out(text: str, ground: str, theme: dict[str, str]) -> None:
    assert contrast(theme[text], theme[ground]) >= LEAST


@pytest.mark.parametrize("theme", [LIGHT, {**LIGHT, **DARK}], ids=["light", "dark"])
def test_the_edge_of_a_control_is_seen(theme: dict[str, str]) -> None:
    assert min(contrast(theme["line-strong"], theme[ground]) for ground in GROUNDS) >= 3


def test_contrast_is_measured_as_the_standard_does() -> None:
    assert round(contrast("#FFFFFF", "#000000"), 2) == 21
    assert round(contrast("#777777", "#FFFFFF"), 2) == 4.48


def test_both_ways_to_the_dark_theme_agree() -> None:
    assert tokens(':root:not([data-theme="light"]) {') == DARK
    assert DARK.keys() == LIGHT.keys()


@cache
def sprite() -> frozenset[str]:
    """Name the drawings of the sprite."""
    text = (STATIC / "icons.svg").read_text(encoding="utf-8")
    return frozenset(re.findall(r'<symbol id="([^"]+)"', text))


def test_every_icon_named_in_a_template_is_drawn() -> None:
    named = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in (ROOT / "templates").rglob("*.html")
        for name in ICON.findall(path.read_text(encoding="utf-8"))
    }

    assert len(named) > 40
    assert sorted(pair for pair in named if pair[1] not in sprite()) == []


def test_the_sprite_holds_what_its_list_names() -> None:
    listed = set((ROOT / "docs/design/icons.txt").read_text(encoding="utf-8").split())

    assert sprite() - listed == {"mark", "wordmark", "strata"}
    assert listed <= sprite()


def test_every_class_of_a_macro_is_in_a_style_sheet() -> None:
    sheets = "".join(path.read_text(encoding="utf-8") for path in STATIC.rglob("*.css"))
    known = set(re.findall(r"\.([a-z][\w-]*)", sheets))
    used = set()
    for path in (ROOT / "templates/_macros").glob("*.html"):
        text = re.sub(r"{[{%#].*?[#%}]}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        used |= {name for names in CLASS.findall(text) for name in names.split()}

    # What ends in a dash is completed by Jinja.
    assert {name for name in used if not name.endswith("-")} - known <= HOOKS


# Classes that carry a meaning and no look of their own.
HOOKS = {"theme-switch"}


def script(name: str) -> ModuleType:
    """Load one of the scripts that make the generated parts."""
    path = ROOT / "docs" / "design" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_places_of_the_timetable_are_those_of_their_script() -> None:
    grid = script("make_grid")
    written = SHEET.split(grid.BEGIN)[1].split(grid.END)[0].splitlines()

    assert written == ["@media (min-width: 60rem) {", *grid.rules(), "}"]


def test_fonts_are_fetched_under_their_fingerprint() -> None:
    addresses = re.findall(r'url\("(vendor/fonts/[^?"]+)\?v=([0-9a-f]+)"\)', SHEET)

    assert len(addresses) == len(list((STATIC / "vendor/fonts").glob("*.woff2")))
    for name, version in addresses:
        digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
        assert version == digest[: len(version)], name


def test_each_letter_has_one_font() -> None:
    for family in ("Eventapp Sans", "Eventapp Serif"):
        rules = re.findall(rf'font-family: "{family}".*?unicode-range: ([^;]+);', SHEET)
        codes = [code for rule in rules for code in code_points(rule)]
        assert len(rules) == 3
        assert len(codes) == len(set(codes))
        assert {ord(letter) for letter in "AZaz09 ĄĆĘŁŃÓŚŹŻąćęłńóśźż„”–ÄßčґЇ"} <= set(codes)


def code_points(value: str) -> list[int]:
    """Return the code points of a ``unicode-range``."""
    found: list[int] = []
    for part in value.replace("U+", "").split(", "):
        first, _, last = part.partition("-")
        found += range(int(first, 16), int(last or first, 16) + 1)
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "docs/design").glob("*.py")), ids=lambda p: p.name)
def test_a_script_says_how_to_run_it(path: Path) -> None:
    assert "Run" in path.read_text(encoding="utf-8").split('"""')[1]
