"""What every document on paper carries of its event: the funding signs, the project."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from eventapp.events import queries
from eventapp.events.models import Event
from eventapp.kernel import bundled, i18n


def signs(event: Event, kept: Mapping[str, Any] | None = None) -> str:
    """Return the funding signs as a picture for paper, or nothing where there are none.

    *kept* is the strip that a document was made with; without it, the event's present one.
    """
    own = event.sign_strip if kept is None else kept
    if own:
        strip = queries.strip(event.id, own["strip_id"])
        return pictured(strip.content, strip.media_type) if strip is not None else ""
    if not i18n.local(event.project.get("funding_line")):
        return ""
    return (bundled.folder("static") / "brand" / "sign-strip.svg").read_text(encoding="utf-8")


def pictured(content: bytes, media_type: str) -> str:
    """Wrap a picture of any of our kinds into an SVG: data for the typesetter stays text."""
    coded = b64encode(content).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 100">'
        '<image width="1600" height="100" preserveAspectRatio="xMinYMid meet" '
        f'href="data:{media_type};base64,{coded}"/></svg>'
    )


def funding(event: Event, kept: Mapping[str, Any] | None = None) -> str:
    """Return what the signs say, for who cannot see them."""
    own = event.sign_strip if kept is None else kept
    return i18n.local(event.project.get("funding_line")) or i18n.local(own.get("alt")) or ""


def project_line(event: Event) -> str:
    """Return the project's title and number, as they stand on every document."""
    parts = [i18n.local(event.project.get("title")), str(event.project.get("number") or "")]
    return " · ".join(part for part in parts if part)
