"""What the documents name exists: files, sections, commands, targets, settings."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from eventapp import config
from eventapp.cli import main
from tests.harness import sources
from tests.harness.sources import ROOT

GUIDE = ROOT / "docs" / "guide-operator.md"
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"(?:^|(?<=[/\s]))(?<!from )(?<!import )eventapp ([a-z][a-z-]*)", re.MULTILINE)
TARGET = re.compile(r"(?:^|(?<=[`\s]))make ([a-z]+)\b", re.MULTILINE)
SETTING = re.compile(r"\bEVENTAPP_([A-Z][A-Z_]*)")
# Names that belong to the tests, or to compose.yaml alone.
OTHERS = re.compile(r"TEST_|HOST$")


@cache
def pages() -> dict[str, str]:
    """Map each tracked document to its text."""
    found = [path for path in sources.tracked() if path.suffix == ".md"]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in found}


def code_of(text: str) -> str:
    """Return what a document shows as code, a piece a line."""
    fences = [fence.group().split("\n", 1)[1] for fence in FENCE.finditer(text)]
    return "\n".join([*fences, *SPAN.findall(FENCE.sub("", text))])


def anchors(text: str) -> set[str]:
    """List the sections that a link may name."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.replace(" ", "-") for title in plain}


def broken(name: str, text: str) -> list[str]:
    """List the relative links of a document that lead nowhere."""
    wrong = []
    for link in LINK.findall(FENCE.sub("", text)):
        path, _mark, section = unquote(link).partition("#")
        if ":" in path:
            continue
        target = (ROOT / name).parent / path if path else ROOT / name
        missing = not target.exists()
        if missing or (section and section not in anchors(target.read_text(encoding="utf-8"))):
            wrong.append(link)
    return wrong


def test_every_link_leads_somewhere() -> None:
    found = {name: broken(name, text) for name, text in pages().items()}

    assert {name: links for name, links in found.items() if links} == {}


def test_every_command_exists() -> None:
    unknown = {
        (name, command)
        for name, text in pages().items()
        for command in COMMAND.findall(code_of(text))
        if command not in main.commands
    }

    assert unknown == set()


def test_every_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {
        (name, target) for name, text in pages().items() for target in TARGET.findall(code_of(text))
    }

    assert {(name, target) for name, target in named if target not in known} == set()


@pytest.mark.parametrize("extra", ["compose.yaml", "Dockerfile", ".env.example"])
def test_every_setting_of_the_containers_exists(extra: str) -> None:
    assert unknown_settings((ROOT / extra).read_text(encoding="utf-8")) == set()


def test_every_setting_named_exists() -> None:
    found = {name: unknown_settings(text) for name, text in pages().items()}

    assert {name: settings for name, settings in found.items() if settings} == {}


def unknown_settings(text: str) -> set[str]:
    """List the settings that a text names and the program does not know."""
    known = {setting.name for setting in config.SETTINGS}
    return {name for name in SETTING.findall(text) if name not in known and not OTHERS.match(name)}


def test_the_guide_explains_every_setting_and_command() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \|", guide, re.MULTILINE)

    assert {row for row in rows if row.startswith("EVENTAPP_")} == {
        f"EVENTAPP_{setting.name}" for setting in config.SETTINGS
    }
    assert {row.split()[1] for row in rows if row.startswith("eventapp ")} == set(main.commands)


def test_every_picture_is_small_and_shown() -> None:
    pictures = sorted((ROOT / "docs" / "images").glob("*.png"))
    shown = {Path(link).name for text in pages().values() for link in LINK.findall(text)}

    assert [path.name for path in pictures if path.stat().st_size >= 150_000] == []
    assert sum(path.stat().st_size for path in pictures) < 900_000
    assert [path.name for path in pictures if path.name not in shown] == []
