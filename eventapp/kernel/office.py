"""Office files: containers that are known by what lies in them, without unpacking it.

Word, Excel and PowerPoint write their main part's type into ``[Content_Types].xml``;
LibreOffice begins with a part ``mimetype``. A file with macros is neither.
"""

import io
import zipfile

ZIP = b"PK\x03\x04"
MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
MOST_UNPACKED = 500_000_000  # bytes of all parts together
MOST_PARTS = 10_000
MOST_TYPES = 1_000_000  # bytes of the part that names the types of the others
_MAIN = {
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
    "pptx": "presentationml.presentation.main+xml",
}
_MACROS = "vbaproject"


def kind_of_office(content: bytes) -> str | None:
    """Tell which office file these bytes are, or None: no such file, damaged, with macros."""
    if not content.startswith(ZIP):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            return _kind(container) if _is_harmless(container) else None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        return None  # damaged, encrypted, or packed in a way that no office packs


def _is_harmless(container: zipfile.ZipFile) -> bool:
    parts = container.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        return False
    return not any(_MACROS in part.filename.casefold() for part in parts)


def _kind(container: zipfile.ZipFile) -> str | None:
    names = frozenset(container.namelist())
    if "[Content_Types].xml" in names:
        types = _text_of(container, "[Content_Types].xml")
        return next((kind for kind, main in _MAIN.items() if main in types), None)
    if "mimetype" in names:
        said = _text_of(container, "mimetype").strip()
        return next((kind for kind, media_type in MEDIA_TYPES.items() if media_type == said), None)
    return None


def _text_of(container: zipfile.ZipFile, name: str) -> str:
    with container.open(name) as part:
        return part.read(MOST_TYPES).decode("utf-8", "replace")
