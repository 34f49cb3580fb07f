"""A file is what its bytes say; a picture loses what it tells about its maker."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from werkzeug.http import parse_options_header

from eventapp.kernel import office, uploads
from eventapp.kernel.uploads import BadUpload, check_upload
from tests.harness import files

SECRET = b"GPS 50.8118 19.1203 of Anna's phone"


def png(size=(3, 2), extra=()):
    """Return a PNG with further chunks before its end."""
    buffer = io.BytesIO()
    Image.new("RGB", size, "#17605B").save(buffer, "PNG")
    raw = buffer.getvalue()
    return raw[:-12] + b"".join(chunk(*pair) for pair in extra) + raw[-12:]


def chunk(name, data):
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def jpeg(size=(3, 2), *, side=None, comment=None, progressive=False, mode="RGB"):
    """Return a JPEG, with EXIF if a side is given."""
    buffer = io.BytesIO()
    options = {"progressive": progressive}
    if side is not None:
        exif = Image.Exif()
        exif[0x0112] = side
        exif[0x010E] = SECRET.decode()
        options["exif"] = exif
    if comment is not None:
        options["comment"] = comment
    Image.new(mode, size).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def pixels(content):
    """Return what a picture shows."""
    with Image.open(io.BytesIO(content)) as image:
        return image.mode, image.size, image.tobytes()


def take(content, name="plik.bin", **options):
    """Return the checked upload of some bytes."""
    return check_upload(io.BytesIO(content), name, **options)


# --- kinds --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "media_type"),
    [
        (b"%PDF-1.7\n%%EOF", "pdf", "application/pdf"),
        (png(), "png", "image/png"),
        (jpeg(), "jpeg", "image/jpeg"),
    ],
)
def test_a_file_is_what_its_bytes_say(content, kind, media_type):
    upload = take(content, "strona.html")

    assert (upload.kind, upload.media_type) == (kind, media_type)
    assert upload.name == {"pdf": "strona.pdf", "png": "strona.png", "jpeg": "strona.jpg"}[kind]
    assert len(upload.sha256) == 64


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "wrong-kind"),
        (b"<html><script>alert(1)</script>", "wrong-kind"),
        (b"GIF89a", "wrong-kind"),
        (b"PK\x03\x04", "wrong-kind"),
        (b" %PDF-1.7", "wrong-kind"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (png()[:-1], "damaged"),
        (png()[:20], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IDAT", b"x") + chunk(b"IEND", b""), "damaged"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"x") + chunk(b"IEND", b""), "damaged"),
        (b"\xff\xd8\xff", "damaged"),
        (b"\xff\xd8\xff\xd9", "damaged"),
        (b"\xff\xd8\xff\xe0\xff\xff", "damaged"),
        (jpeg()[:-10], "damaged"),
        (b"\xff\xd8\xffx" + b"\x00" * 50, "damaged"),
        (b"%PDF-" + b"x" * 2000, "too-large"),
    ],
)
def test_other_bytes_are_refused(content, code):
    with pytest.raises(BadUpload) as refused:
        take(content, most=1500)

    assert refused.value.code == code


def test_only_the_kinds_asked_for_are_taken():
    with pytest.raises(BadUpload, match="kind of file"):
        take(png(), allowed=["pdf"])


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx", "odt", "ods", "odp"])
def test_office_files_are_known_by_what_lies_in_them(kind):
    content = files.office(kind)

    upload = take(content, "Zażółć gęślą.html", allowed=[kind])

    assert (upload.kind, upload.name) == (kind, f"Zażółć gęślą.{kind}")
    assert upload.media_type == office.MEDIA_TYPES[kind]
    assert upload.content == content
    with pytest.raises(BadUpload, match="kind of file"):
        take(content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(files.packed({"a.txt": b"a"}), id="any container"),
        pytest.param(files.packed({"META-INF/MANIFEST.MF": b"a"}), id="a program in Java"),
        pytest.param(files.packed({"mimetype": b"application/epub+zip"}), id="a book"),
        pytest.param(files.office("docx", more={"word/vbaProject.bin": b"x"}), id="with macros"),
        pytest.param(files.office("pptx")[:-20], id="cut off"),
        pytest.param(files.office("odt").replace(b"oasis", b"oasiz"), id="damaged"),
        pytest.param(b"\xd0\xcf\x11\xe0" + b"\x00" * 600, id="an old Word"),
        pytest.param(b"MZ\x90\x00\x03", id="a program for Windows"),
    ],
)
def test_what_only_looks_like_an_office_file_is_refused(content):
    with pytest.raises(BadUpload) as refused:
        take(content, "slajdy.pptx", allowed=uploads.MEDIA_TYPES)

    assert refused.value.code == "wrong-kind"


def test_a_container_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(office, "MOST_UNPACKED", 1_000)

    assert office.kind_of_office(files.office("docx")) == "docx"
    assert office.kind_of_office(files.office("docx", more={"a": b"a" * 1_000})) is None


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        ("Zażółć gęślą jaźń\r\n".encode(), "notatki.TXT", "txt"),
        ("Zażółć gęślą jaźń".encode("cp1250"), "notatki.txt", "txt"),
        ("Zażółć".encode("utf-16"), "notatki.txt", "txt"),
        (b"notes", "notatki.html", None),
        (b"notes", "notatki", None),
        (b"\x7fELF\x02\x01\x01\x00", "notatki.txt", None),
        (b"%PDF-1.7", "notatki.txt", "pdf"),
    ],
)
def test_a_text_is_known_by_its_name_and_by_what_it_does_not_hold(content, name, kind):
    if kind is None:
        with pytest.raises(BadUpload, match="kind of file"):
            take(content, name, allowed=uploads.MEDIA_TYPES)
    else:
        assert take(content, name, allowed=uploads.MEDIA_TYPES).kind == kind


@pytest.mark.parametrize("make", [png, jpeg])
def test_a_picture_that_would_unpack_to_too_much_is_refused(make):
    content = bytearray(make())
    if make is png:
        content[16:24] = struct.pack(">II", 20_000, 20_000)
    else:
        place = content.index(b"\xff\xc0")
        content[place + 5 : place + 9] = struct.pack(">HH", 20_000, 20_000)
    with pytest.raises(BadUpload) as refused:
        take(bytes(content))

    assert refused.value.code == "too-many-pixels"


# --- what pictures tell -------------------------------------------------------------------


def test_a_png_keeps_its_picture_alone():
    told = [(b"tEXt", SECRET), (b"eXIf", SECRET), (b"iTXt", SECRET), (b"prVt", SECRET)]
    content = png(extra=told) + b"<script>" + SECRET
    kept = take(content).content

    assert SECRET in content
    assert SECRET not in kept
    assert b"<script>" not in kept
    assert pixels(kept) == pixels(png())


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_keeps_its_picture_alone(progressive, mode):
    content = jpeg((40, 30), side=1, comment=SECRET, progressive=progressive, mode=mode)
    kept = take(content + b"<script>" + SECRET).content

    assert SECRET in content
    assert SECRET not in kept
    assert b"Exif" not in kept
    assert b"<script>" not in kept
    assert pixels(kept) == pixels(content)


@pytest.mark.parametrize("side", [2, 3, 4, 5, 6, 7, 8])
def test_a_photograph_keeps_the_side_that_is_up(side):
    kept = take(jpeg(side=side)).content
    with Image.open(io.BytesIO(kept)) as image:
        exif = image.getexif()

    assert dict(exif) == {0x0112: side}
    assert SECRET not in kept


@pytest.mark.parametrize(
    "tiff",
    [b"", b"XX", b"MM\x00*\xff\xff\xff\xff", b"II*\x00\x08\x00\x00\x00\xff\xff", b"MM\x00*\x00"],
)
def test_broken_exif_is_dropped(tiff):
    body = b"Exif\x00\x00" + tiff
    segment = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    content = b"\xff\xd8" + segment + jpeg()[2:]

    assert take(content).content == take(jpeg()).content


def test_odd_but_lawful_markers_are_understood():
    plain = jpeg((20, 20))
    place = plain.index(b"\xff\xdb")
    filled = plain[:place] + b"\xff\xff\xff" + plain[place:]
    lonely = plain[:place] + b"\xff\x01" + plain[place:]

    assert take(filled).content == take(lonely).content == take(plain).content


def test_a_picture_without_size_is_refused():
    content = bytearray(png())
    content[16:20] = bytes(4)
    with pytest.raises(BadUpload) as refused:
        take(bytes(content))

    assert refused.value.code == "damaged"


def test_a_colour_profile_is_part_of_the_picture():
    buffer = io.BytesIO()
    Image.new("RGB", (3, 2)).save(buffer, "JPEG", icc_profile=b"colours")
    with Image.open(io.BytesIO(take(buffer.getvalue()).content)) as image:
        assert image.info["icc_profile"] == b"colours"


@given(st.binary(max_size=300), st.sampled_from([png(), jpeg((20, 20), side=6), b"%PDF-"]))
def test_any_bytes_have_an_answer(noise, start):
    for content in (start + noise, start[: len(start) // 2] + noise, start[:12] + noise):
        try:
            upload = take(content)
        except BadUpload:
            continue
        assert upload.kind == uploads.kind_of(content)


# --- names --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Statut spółki.pdf", "Statut spółki.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Dokumenty\\umowa.docx.PDF", "umowa.docx.pdf"),
        ("", "file.pdf"),
        (".htaccess", "file.pdf"),
        ("a\x00b.pdf", "file.pdf"),
        ("gnp\u202efdp.exe", "file.pdf"),
        ('"; filename="x.html', "filename__x.pdf"),
        ("żółw" * 100, "żółw" * 25 + ".pdf"),
    ],
)
def test_the_name_people_see_is_harmless(typed, shown):
    assert take(b"%PDF-1.7", typed).name == shown


def test_the_name_on_disk_is_ours(tmp_path):
    one, other = take(b"%PDF-1.7", "a.pdf"), take(b"%PDF-1.7", "a.pdf")
    path = uploads.keep(one, tmp_path / "uploads")

    assert one.stored != other.stored
    assert path.read_bytes() == b"%PDF-1.7"
    assert [found.name for found in path.parent.iterdir()] == [one.stored]


def test_it_goes_out_as_an_attachment_that_runs_nowhere(edge, tmp_path):
    path = uploads.keep(take(b"%PDF-1.7"), tmp_path)
    edge.add_url_rule(
        "/file", "file", lambda: uploads.send_stored(path, 'żółw "1".pdf', "application/pdf")
    )
    answer = edge.test_client().get("/file")
    kind, options = parse_options_header(answer.headers["Content-Disposition"])

    assert (kind, options["filename"]) == ("attachment", 'żółw "1".pdf')
    assert answer.data == b"%PDF-1.7"
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Security-Policy"] == uploads.ATTACHMENT_CSP
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
