"""Documents as PDF: a Typst template of ``templates/pdf`` and data that stays data.

What a document says comes as JSON, so that mark-up in a name is only letters. Every document is
tagged for screen readers (PDF/UA-1): one without a title, or a picture without words, is refused by
the typesetter itself.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from eventapp.kernel import bundled, clock, typesetter
from eventapp.kernel.refusal import N_, Refusal, Refused
from eventapp.kernel.typesetter import LENGTH

MEDIA_TYPE = "application/pdf"
LIMIT = 60.0  # seconds; a thousand badges take a few
AT_ONCE = 2  # documents set side by side; whoever comes then waits for their turn

_turns = threading.BoundedSemaphore(AT_ONCE)


class PdfRefusal(Refusal):
    """Why a document could not be made."""

    NOT_INSTALLED = (
        "pdf-not-installed",
        N_("This installation cannot make PDF files. Print the page from the browser instead."),
    )
    TOO_SLOW = (
        "pdf-too-slow",
        N_("The document took too long. Ask for fewer pages at once, or try again."),
    )


def is_available() -> bool:
    """Tell whether the typesetter is installed; it is an extra, and weighs more than the rest."""
    return find_spec("typst") is not None


def render(template: str, data: Mapping[str, Any], *, title: str, lang: str) -> bytes:
    """Return a document as PDF: *template* is the name of a file in ``templates/pdf``.

    The template finds *data*, *title* and *lang* in `frame.typ`. Raises `Refused` where no PDF
    can be made here, or it takes too long; a fault in the template is a RuntimeError.
    """
    [made] = render_many(template, [(data, title, lang)])
    return made


def render_many(
    template: str, documents: Sequence[tuple[Mapping[str, Any], str, str]]
) -> list[bytes]:
    """Return several documents of one template, each with its data, title and language."""
    if not is_available():
        raise Refused(PdfRefusal.NOT_INSTALLED)
    root = bundled.folder("templates") / "pdf"
    asked = {
        "template": str(root / f"{template}.typ"),
        "root": str(root),
        "fonts": str(bundled.folder("static") / "vendor" / "fonts"),
        "timestamp": int(clock.now().timestamp()),
        "documents": [
            json.dumps({**data, "title": title, "lang": lang}, ensure_ascii=False)
            for data, title, lang in documents
        ],
    }
    return _parted(_set(json.dumps(asked).encode()))


def _parted(made: bytes) -> list[bytes]:
    """Return the documents that the typesetter wrote one behind another, each after its length."""
    found, place = [], 0
    while place < len(made):
        end = place + LENGTH + int.from_bytes(made[place : place + LENGTH], "big")
        found.append(made[place + LENGTH : end])
        place = end
    return found


def _set(asked: bytes) -> bytes:
    if not _turns.acquire(timeout=LIMIT):
        raise Refused(PdfRefusal.TOO_SLOW)
    command = [sys.executable, "-I", typesetter.__file__]
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired as error:
        raise Refused(PdfRefusal.TOO_SLOW) from error
    finally:
        _turns.release()
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout
