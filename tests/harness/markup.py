"""Read templates as a translator and a content security policy do.

A template is cut into what is written as it stands and what Jinja computes. The former is
parsed as HTML: whatever a reader would see of it, untranslated, is reported.
"""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

from tests.harness.sources import ROOT

TEMPLATES = ROOT / "templates"
COMPUTED = "\N{OBJECT REPLACEMENT CHARACTER}"
# Any letter, except in names that are the same in every language.
LETTERS = re.compile(r"(?!\b(?:eventapp|Google|Outlook(?:\.com)?|iCalendar)\b)(?<![\w.])[^\W\d_]")
# A sentence or a label, as against a class name, a code or a format: begins like one.
SENTENCE = re.compile(r"[A-ZĄĆĘŁŃÓŚŹŻ][a-ząćęłńóśźż]+([ ,.:!?…]|$)")
SHOWN = {"alt", "aria-description", "aria-label", "aria-roledescription", "aria-valuetext",
         "label", "placeholder", "title"}  # fmt: skip
BUTTONS = {"button", "reset", "submit"}
SILENT = {"script", "style"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
        "track", "wbr"}  # fmt: skip
TRANSLATORS = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
# Filters and functions whose text argument is a code, a format or a file.
SPEAKS_TO_MACHINES = {"strftime", "url_for", "selectattr", "rejectattr", "map", "sort", "groupby"}


@cache
def environment() -> Environment:
    """The grammar of our templates; their filters and globals are not needed to read them."""
    return Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def pages() -> list[Path]:
    """List the templates."""
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})


def skeleton(source: str) -> str:
    """Return a template with each computed piece as one mark and each tag of Jinja gone.

    Lines keep their numbers. What stands between ``trans`` and ``endtrans`` is translated,
    and what fills a block inside a tag is an attribute's value, so both go too.
    """
    out: list[str] = []
    dropped: list[str] = []  # the tags that will close what is being dropped
    for text, tag, name in pieces(source):
        out.append("\n" * text.count("\n") if dropped or tag else text)
        if dropped and tag == dropped[-1]:
            dropped.pop()
        elif tag == "trans" or (tag == "block" and (dropped or name in attribute_blocks())):
            dropped.append(f"end{tag}")
        elif tag == "variable" and not dropped:
            out.append(COMPUTED)
    return "".join(out)


def pieces(source: str) -> Iterator[tuple[str, str, str]]:
    """Yield a template's pieces: text, the tag that it is (nothing if it is data), its name."""
    inside: list[str] = []
    raw = ""
    for _line, token, text in environment().lex(source):
        if token == "data":
            yield text, "", ""
            continue
        raw += text
        if token == "name":
            inside.append(text)
        if token == "variable_end":
            yield raw, "variable", ""
        elif token == "block_end":
            yield raw, inside[0], "".join(inside[1:2])
        elif not token.endswith("comment_end"):
            continue
        else:
            yield raw, "comment", ""
        inside, raw = [], ""


@cache
def attribute_blocks() -> frozenset[str]:
    """Name the blocks that some template opens inside a tag, such as ``<body class="…">``."""
    found: set[str] = set()
    for _round in "ab":  # the second finds blocks within the blocks of the first
        for path in pages():
            found |= blocks_in_tags(path.read_text(encoding="utf-8"), found)
    return frozenset(found)


def blocks_in_tags(source: str, known: set[str]) -> set[str]:
    """Name the blocks that one template opens inside a tag, or inside one of the *known*."""
    found = set()
    written = ""
    open_blocks: list[str] = []
    for text, tag, name in pieces(source):
        written += "" if tag else text
        if tag == "endblock":
            open_blocks.pop()
        elif tag == "block":
            if known & {*open_blocks} or written.rfind("<") > written.rfind(">"):
                found.add(name)
            open_blocks.append(name)
    return found


class Reader(HTMLParser):
    """Collects untranslated words, and what a strict policy would block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, bool]] = []
        self.words: list[str] = []
        self.inline: list[str] = []
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        hidden = tag in SILENT or given.get("translate") == "no"
        self.check_inline(tag, given)
        if not hidden and not self.hidden:
            self.check_attributes(tag, given)
        if tag not in VOID:
            self.stack.append((tag, hidden))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        # Blocks of Jinja may open a tag twice (if and else); the nearest one is meant.
        for place in range(len(self.stack) - 1, -1, -1):
            if self.stack[place][0] == tag:
                del self.stack[place:]
                return

    def handle_data(self, data: str) -> None:
        if not self.hidden and LETTERS.search(data):
            self.words.append(f"{self.getpos()[0]}: {' '.join(data.split())!r}")

    @property
    def hidden(self) -> bool:
        """Whether the reader sees nothing here, or it is a name that is never translated."""
        return any(hidden for _tag, hidden in self.stack)

    def check_attributes(self, tag: str, given: dict[str, str]) -> None:
        """Note attributes that are read out or shown."""
        shown = SHOWN | ({"value"} if given.get("type") in BUTTONS else set())
        for name in shown & given.keys():
            if LETTERS.search(given[name]):
                self.words.append(f"{self.getpos()[0]}: {tag} {name}={given[name]!r}")

    def check_inline(self, tag: str, given: dict[str, str]) -> None:
        """Note code and style that the policy blocks, and what comes from elsewhere."""
        here = f"{self.getpos()[0]}: {tag}"
        self.inline += [f"{here} {name}" for name in given if name.startswith("on")]
        self.inline += [f"{here} style"] if "style" in given or tag == "style" else []
        is_data = given.get("type") in {"application/json", "application/ld+json"}
        self.inline += [here] if tag == "script" and "src" not in given and not is_data else []
        loads = {"src", "srcset", "poster"} | (
            {"href"} if tag in {"link", "use", "image"} else set()
        )
        for name in loads & given.keys():
            if given[name].startswith(("http:", "https:", "//")):
                self.foreign.append(f"{here} {name}={given[name]}")


def read(source: str) -> Reader:
    """Read an HTML template."""
    reader = Reader()
    reader.feed(skeleton(source))
    reader.close()
    return reader


def bare_words(path: Path) -> Iterator[str]:
    """Yield each piece of a template that its reader would see in one language only."""
    source = path.read_text(encoding="utf-8")
    name = path.relative_to(ROOT).as_posix()
    if path.suffix == ".html":
        yield from (f"{name}:{words}" for words in read(source).words)
    else:
        lines = enumerate(skeleton(source).split("\n"), 1)
        yield from (
            f"{name}:{number}: {line!r}"
            for number, line in lines
            if LETTERS.search(line.removeprefix("Subject:"))
        )
    yield from (f"{name}:{words}" for words in bare_arguments(source))


def bare_arguments(source: str) -> Iterator[str]:
    """Yield each string inside Jinja's tags that looks like a sentence and is not translated."""
    tree = environment().parse(source)
    excused: set[int] = set()
    for call in tree.find_all((nodes.Call, nodes.Filter, nodes.Test)):
        if called(call) in TRANSLATORS | SPEAKS_TO_MACHINES or isinstance(call, nodes.Test):
            excused |= {id(text) for text in call.find_all(nodes.Const)}
    for compared in tree.find_all(nodes.Compare):
        excused |= {id(text) for text in compared.find_all(nodes.Const)}
    for text in tree.find_all(nodes.Const):
        if isinstance(text.value, str) and id(text) not in excused and SENTENCE.match(text.value):
            yield f"{text.lineno}: {text.value!r}"


def called(call: nodes.Node) -> str:
    """Return the name of a called function or filter, or nothing."""
    if isinstance(call, nodes.Filter):
        return call.name
    target = getattr(call, "node", None)
    if isinstance(target, nodes.Name):
        return target.name
    return target.attr if isinstance(target, nodes.Getattr) else ""


# --- what a page says -------------------------------------------------------------------------

UNSAID = {"head", "script", "style", "svg", "template"}


class _Said(HTMLParser):
    """Gathers the text of a page, in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.inside: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSAID:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.words += data.split()


def words_of(page: str) -> str:
    """Return the text of a page that was answered, its white space made single spaces."""
    said = _Said()
    said.feed(page)
    return " ".join(said.words)
