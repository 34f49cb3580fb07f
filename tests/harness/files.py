"""Files as offices write them, small enough for a test."""

import io
import zipfile
from collections.abc import Mapping

PDF = b"%PDF-1.7\n%%EOF\n"
_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}
_OPEN = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Return a container of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as container:
        for name, content in parts.items():
            container.writestr(zipfile.ZipInfo(name), content)  # of no date: always the same
    return buffer.getvalue()


def office(kind: str, *, more: Mapping[str, bytes] | None = None) -> bytes:
    """Return the least that is an office file of a kind, with *more* parts in it."""
    if kind in _OPEN:
        media_type = f"application/vnd.oasis.opendocument.{_OPEN[kind]}".encode()
        return packed({"mimetype": media_type, "content.xml": b"<x/>", **(more or {})})
    part, name = _MAIN[kind]
    types = (
        f'<Types><Override PartName="/{part}" ContentType='
        f'"application/vnd.openxmlformats-officedocument.{name}.main+xml"/></Types>'
    )
    return packed({"[Content_Types].xml": types.encode(), part: b"<x/>", **(more or {})})
