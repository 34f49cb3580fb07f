"""Files from outside: known by their bytes, freed of what they tell about their makers.

Only PDF, PNG, JPEG and, where it is asked for, office files and plain text come in. They get a
name of our own, lie outside the served folders, and go out as attachments that no browser will
run, or as pictures in a page.
"""

import hashlib
import re
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote
from uuid import uuid4

from flask import Response

from eventapp.kernel import office, text
from eventapp.kernel.refusal import N_
from eventapp.kernel.text import BadText

MOST_BYTES = 20_000_000
MOST_PIXELS = 50_000_000  # an image of more unpacks to hundreds of megabytes
PICTURES = frozenset({"png", "jpeg"})
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    **office.MEDIA_TYPES,
    "txt": "text/plain",
}
PICTURE_TYPES = frozenset(MEDIA_TYPES[name] for name in PICTURES)
ATTACHMENT_CSP = "sandbox; default-src 'none'; frame-ancestors 'none'"
CHUNK = 64 * 1024


class BadUpload(BadText):
    """A file that is not taken: a kebab-case code and a sentence."""


@dataclass(frozen=True)
class Upload:
    """A file that was checked: its kind, its bytes as they are kept, and its names.

    `name` is what people see; `stored` is what it is called on disk.
    """

    kind: str
    content: bytes
    name: str
    stored: str

    @property
    def media_type(self) -> str:
        """Return the media type of its bytes, whatever the sender claimed."""
        return MEDIA_TYPES[self.kind]

    @property
    def sha256(self) -> str:
        """Return the hash of its bytes."""
        return hashlib.sha256(self.content).hexdigest()


def check_upload(
    stream: BinaryIO,
    filename: str,
    allowed: Collection[str] = ("pdf", "png", "jpeg"),
    *,
    most: int = MOST_BYTES,
) -> Upload:
    """Return the file in *stream* if its bytes are of an allowed kind; raises `BadUpload`.

    Images lose all that is not picture (EXIF, places, comments, anything behind the end);
    a photograph keeps the side that is up.
    """
    content = stream.read(most + 1)
    if len(content) > most:
        raise BadUpload("too-large", N_("The file may have at most %(max)d MB."), max=most // 10**6)
    if not content:
        raise BadUpload("empty", N_("The file is empty."))
    kind = kind_of(content) or _kind_of_text(content, filename)
    if kind is None or kind not in allowed:
        raise BadUpload("wrong-kind", N_("This kind of file is not accepted."))
    if kind in PICTURES:
        content = bare_png(content) if kind == "png" else bare_jpeg(content)
    return Upload(kind, content, shown_name(filename, kind), f"{uuid4().hex}.{kind}")


def kind_of(content: bytes) -> str | None:
    """Tell ``pdf``, ``png``, ``jpeg`` or an office file by its bytes, or None."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(_PNG):
        return "png"
    return "jpeg" if content.startswith(b"\xff\xd8\xff") else office.kind_of_office(content)


def _kind_of_text(content: bytes, filename: str) -> str | None:
    """Tell ``txt`` of a file that is called so and that text editors would open.

    Bytes do not tell a note from a page or a program, so that the name counts as well.
    """
    if not filename.lower().endswith(".txt"):
        return None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "txt"
    return None if _NO_TEXT.search(content) else "txt"


def shown_name(filename: str, kind: str) -> str:
    """Return the sender's name for a file, made harmless, with the ending of its kind."""
    plain = filename.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    try:
        plain = text.clean(plain, max_length=10_000)
    except BadText:
        plain = ""
    kept = "".join(letter if letter.isalnum() or letter in " -–_()." else "_" for letter in plain)
    return f"{kept.strip(' ._')[:100] or 'file'}.{'jpg' if kind == 'jpeg' else kind}"


_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")


# --- images -------------------------------------------------------------------------------

_PNG = b"\x89PNG\r\n\x1a\n"
# What a picture needs to look the same; text, time, EXIF and private chunks do not count.
_PICTURE = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs".split())


def _damaged() -> BadUpload:
    return BadUpload("damaged", N_("The picture is damaged."))


def _refuse_size(width: int, height: int) -> None:
    if not width or not height:
        raise _damaged()
    if width * height > MOST_PIXELS:
        raise BadUpload("too-many-pixels", N_("The picture has too many pixels."))


def bare_png(content: bytes) -> bytes:
    """Return a PNG with its picture chunks alone; raises `BadUpload`."""
    kept = [_PNG]
    for name, chunk in _png_chunks(content):
        if name == b"IHDR":
            _refuse_size(*struct.unpack(">II", chunk[8:16]))
        if name in _PICTURE:
            kept.append(chunk)
    return b"".join(kept)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the bytes of each chunk up to the end of the picture."""
    place = len(_PNG)
    first = True
    while place + 12 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        chunk = content[place : place + 12 + length]
        name = chunk[4:8]
        if len(chunk) != 12 + length or first != (name == b"IHDR"):
            raise _damaged()
        if name == b"IHDR" and length != 13:
            raise _damaged()
        yield name, chunk
        if name == b"IEND":
            return
        first = False
        place += 12 + length
    raise _damaged()


# JPEG markers: those without a length, those that begin a frame (and tell its size).
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_EXIF = b"Exif\x00\x00"
_START_OF_SCAN, _END = 0xDA, 0xD9


def bare_jpeg(content: bytes) -> bytes:
    """Return a JPEG without metadata, but for the side that is up; raises `BadUpload`."""
    kept = [b"\xff\xd8"]
    framed = False
    for marker, segment in _jpeg_segments(content):
        if marker in _FRAMES:
            framed = True
            height, width = struct.unpack(">HH", segment[5:9])
            _refuse_size(width, height)
        if marker == 0xE1 and segment[4:10] == _EXIF:
            kept.append(_only_orientation(segment[10:]))
        elif _is_picture(marker, segment):
            kept.append(segment)
    if not framed:
        raise _damaged()
    return b"".join(kept) + b"\xff\xd9"


def _is_picture(marker: int, segment: bytes) -> bool:
    if marker == 0xE2:
        return segment[4:16] == b"ICC_PROFILE\x00"
    if marker == 0xEE:
        return segment[4:9] == b"Adobe"  # says how colours are coded
    return marker == 0xE0 or not (0xE1 <= marker <= 0xEF or marker == 0xFE)


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each marker with its segment; a scan comes with its data."""
    place = 2
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            raise _damaged()
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1  # filling
            continue
        if marker == _END:
            return
        if marker in _ALONE:
            place += 2
            continue
        end = _segment_end(content, place, marker)
        yield marker, content[place:end]
        place = end
    if content[place : place + 2] != b"\xff\xd9":
        raise _damaged()


def _segment_end(content: bytes, place: int, marker: int) -> int:
    (length,) = struct.unpack(">H", content[place + 2 : place + 4])
    end = place + 2 + length
    if length < 2 or end > len(content) or (marker in _FRAMES and length < 8):
        raise _damaged()
    return _scan_end(content, end) if marker == _START_OF_SCAN else end


def _scan_end(content: bytes, place: int) -> int:
    """Return where the data of a scan ends: at the next marker that is not part of it."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            raise _damaged()
        if content[place + 1] not in {0x00, 0xFF, *_ALONE}:
            return place
        place += 1 if content[place + 1] == 0xFF else 2


def _only_orientation(tiff: bytes) -> bytes:
    """Return an EXIF segment that tells the side that is up, or nothing if it is the usual."""
    side = _orientation(tiff)
    if side is None or side == 1:
        return b""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, side, 0)
    body = _EXIF + b"MM\x00*\x00\x00\x00\x08" + struct.pack(">H", 1) + entry + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _orientation(tiff: bytes) -> int | None:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return None
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for number in range(min(count, 200)):
            tag, kind = struct.unpack_from(order + "HH", tiff, start + 2 + 12 * number)
            if tag == 0x0112 and kind == 3:
                (side,) = struct.unpack_from(order + "H", tiff, start + 10 + 12 * number)
                return side if 1 <= side <= 8 else None
    except struct.error:
        return None
    return None


# --- keeping and giving out ---------------------------------------------------------------


def keep(upload: Upload, folder: Path) -> Path:
    """Write an upload into *folder*, whole or not at all, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{upload.stored}.tmp"
    draft.write_bytes(upload.content)
    draft.replace(folder / upload.stored)
    return folder / upload.stored


def send_stored(path: Path, name: str, media_type: str) -> Response:
    """Return a kept file as a download that no browser shows on our address."""
    return as_attachment(path.read_bytes(), name, media_type)


def as_attachment(content: bytes, name: str, media_type: str) -> Response:
    """Return bytes as a download called *name*."""
    answer = Response(content, mimetype=media_type)
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    plain = plain.replace('"', "_").replace("\\", "_")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = ATTACHMENT_CSP
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def as_picture(content: bytes, media_type: str) -> Response:
    """Return the bytes of a checked picture to be shown in a page; an address never has others."""
    if media_type not in PICTURE_TYPES:
        raise ValueError(f"no picture: {media_type!r}")
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = ATTACHMENT_CSP
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer
