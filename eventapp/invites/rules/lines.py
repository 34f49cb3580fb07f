"""Content lines of iCalendar: escaped, folded and joined, in the bytes that `icalendar` writes.

The library walks a tree of components and folds letter by letter, which is as good as free for an
invite and 0.4 s for a feed of 400 sessions (docs/adr/0048). A test holds both to the same bytes.
"""

from collections.abc import Iterable

LONGEST = 74  # octets of a piece; the space before a further one makes 75
_SPLITS_BADLY = b"\\^"  # the first half of an escape, which old readers want whole


def escaped(text: str) -> str:
    """Return a TEXT value; a backslash before a capital N is a line break, as the library reads."""
    plain = text.replace(r"\N", "\n").replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    return plain.replace("\r\n", r"\n").replace("\n", r"\n").replace("\r", r"\n")


def folded(line: str) -> bytes:
    """Return a content line in pieces of at most 75 octets, none of which tears a letter."""
    content = line.encode()
    if len(content) <= LONGEST:
        return content
    pieces, begun = [], 0
    while len(content) - begun > LONGEST:
        end = begun + LONGEST
        while content[end] & 0xC0 == 0x80:  # in the midst of a letter
            end -= 1
        if content[end - 1] in _SPLITS_BADLY:
            end -= 1
        pieces.append(content[begun:end])
        begun = end
    return b"\r\n ".join([*pieces, content[begun:]])


def component(name: str, lines: Iterable[str]) -> bytes:
    """Return a component with its content lines in the order given."""
    inside = [folded(line) for line in lines]
    return b"\r\n".join([f"BEGIN:{name}".encode(), *inside, f"END:{name}".encode(), b""])
