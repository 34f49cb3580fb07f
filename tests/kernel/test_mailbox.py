"""Letters in a folder can be read in the browser, by those who may, and do nothing there."""

import os
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import g

from eventapp.kernel import i18n, mail, mailbox

INVITE = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
PDF = b"%PDF-1.7 badge"
HTML = "<html><head><title>x</title></head><body><script>alert(1)</script><p>Żółw</p></body></html>"
LINK = "http://localhost/manage/abc"


@pytest.fixture
def database_kind():
    """Letters lie in a folder: one kind of database will do."""
    return "sqlite"


@pytest.fixture
def demo(make_app, database_url):
    """The whole application as a demonstration, its mail in a folder."""
    return make_app(DATABASE_URL=database_url, DEMO=True)


@pytest.fixture
def send(demo):
    """A function that lays a letter into the folder and returns its file name."""
    made = []

    def sent(to="anna@example.org", subject="Zapis przyjęto", html=HTML, **more):
        with demo.app_context():
            message = mail.compose(
                to=to,
                subject=subject,
                text=f"Dzień dobry,\n{LINK}.\nhttps://evil.example.org/x\n",
                html=html,
                message_id=mail.message_id(len(made) + 1, demo.config),
                **more,
            )
            mail.deliver(message, demo.config["MAIL_URL"])
        folder = Path(demo.config["MAIL_URL"].removeprefix("file://"))
        (new,) = {path.name for path in folder.iterdir()} - set(made)
        made.append(new)
        os.utime(folder / new, (len(made), len(made)))
        return new

    return sent


@pytest.fixture
def folder(demo):
    """The folder of letters."""
    return Path(demo.config["MAIL_URL"].removeprefix("file://"))


@pytest.fixture
def reader(demo):
    """Somebody who may read the letters."""
    return demo.test_client()


# --- reading ------------------------------------------------------------------------------


def test_an_empty_folder_has_no_letters(tmp_path):
    assert mailbox.messages(tmp_path / "none") == []
    assert mailbox.letter(tmp_path, "none.eml") is None


def test_letters_are_listed_newest_first(send, folder):
    sent = [send(subject=f"Nr {number}") for number in range(3)]
    found = mailbox.messages(folder)

    assert [summary.name for summary in found] == sent[::-1]
    assert [summary.subject for summary in found] == ["Nr 2", "Nr 1", "Nr 0"]
    assert (found[0].recipient, found[0].sender) == ("anna@example.org", "eventapp@localhost")


def test_a_list_can_be_cut_and_narrowed(send, folder):
    for number in range(6):
        send(to=f"{'anna' if number % 2 else 'beata'}@example.org", subject=str(number))

    def subjects(**options):
        return [summary.subject for summary in mailbox.messages(folder, **options)]

    assert subjects(first=1, most=2) == ["4", "3"]
    assert subjects(to="ANNA") == ["5", "3", "1"]
    assert subjects(to="anna", first=1, most=1) == ["3"]
    assert subjects(to="cecylia") == []


def test_what_is_no_letter_is_no_letter(send, folder):
    name = send()
    (folder / ".half.eml.tmp").write_bytes(b"x")
    (folder / ".hidden.eml").write_bytes(b"x")
    (folder / "notes.txt").write_bytes(b"x")

    assert mailbox.names(folder) == [name]


def test_a_letter_with_everything(send, folder):
    attachments = [("identyfikator żółw.pdf", "application/pdf", PDF)]
    name = send(calendar=INVITE, method="REQUEST", attachments=attachments)
    found = mailbox.letter(folder, name)

    assert found.text == f"Dzień dobry,\n{LINK}.\nhttps://evil.example.org/x\n"
    assert found.html.strip() == HTML
    assert found.links == (LINK, "https://evil.example.org/x")
    assert [(part.name, part.media_type, part.content) for part in found.parts] == [
        ("invite.ics", "text/calendar", INVITE),
        ("invite.ics", "application/ics", INVITE),
        ("identyfikator żółw.pdf", "application/pdf", PDF),
    ]
    assert ("Subject", "Zapis przyjęto") in found.headers


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?utf-8?b?!!!?=\r\nDate: never\r\n\r\nx",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n\xff",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xc5\xbc",
        b"Subject: \xc5\xbc\xff\r\n\r\nx",
    ],
)
def test_a_broken_file_is_shown_as_far_as_it_goes(raw, reader, folder):
    folder.mkdir(exist_ok=True)
    (folder / "broken.eml").write_bytes(raw)

    assert reader.get("/mailbox/").status_code == 200
    assert reader.get("/mailbox/broken.eml").status_code == 200


def test_a_huge_file_is_not_read(folder):
    folder.mkdir(exist_ok=True)
    with (folder / "huge.eml").open("wb") as file:
        file.truncate(mailbox.LARGEST + 1)

    assert mailbox.letter(folder, "huge.eml") is None


# --- pages --------------------------------------------------------------------------------


def test_the_list_leads_to_the_letter(reader, send):
    name = send(subject="<b>Zapis</b>")
    page = reader.get("/mailbox/")

    assert f'href="/mailbox/{name}"' in page.text
    assert "&lt;b&gt;Zapis&lt;/b&gt;" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_the_list_has_pages(reader, send, monkeypatch):
    monkeypatch.setattr(mailbox, "PER_PAGE", 2)
    for number in range(3):
        send(subject=f"Nr {number}")
    first, second = reader.get("/mailbox/").text, reader.get("/mailbox/?page=2").text

    assert ("Nr 2" in first, "Nr 0" in first) == (True, False)
    assert ("Nr 2" in second, "Nr 0" in second) == (False, True)
    assert "Starsze wiadomości" in first
    assert "Nowsze wiadomości" in second


def test_a_letter_is_framed_and_its_own_links_lie_beside_it(reader, send):
    name = send()
    page = reader.get(f"/mailbox/{name}")

    assert f'src="/mailbox/{name}/html"' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert f'href="{LINK}"' in page.text
    assert 'href="https://evil.example.org/x"' not in page.text
    assert "alert(1)" not in page.text


def test_plain_words_need_no_frame(reader, send):
    page = reader.get(f"/mailbox/{send(html=None)}")

    assert "<iframe" not in page.text
    assert "Dzień dobry," in page.text


def test_in_its_frame_a_letter_can_only_be_looked_at(reader, send):
    answer = reader.get(f"/mailbox/{send()}/html")
    rules = answer.headers["Content-Security-Policy"].split("; ")

    assert '<head><base target="_blank">' in answer.text
    assert rules[0].startswith("sandbox ")
    assert "allow-scripts" not in rules[0]
    assert "allow-same-origin" not in rules[0]
    assert "default-src 'none'" in rules
    assert not any("script-src" in rule or "form-action" in rule for rule in rules)
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_parts_come_as_attachments(reader, send):
    name = send(attachments=[("żółw.html", "text/html", b"<script>")])
    number = 2  # after plain words and HTML
    answer = reader.get(f"/mailbox/{name}/{number}")

    assert answer.data == b"<script>"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert reader.get(f"/mailbox/{name}/99").status_code == 404


def test_the_whole_letter_can_be_downloaded(reader, send, folder):
    name = send()
    answer = reader.get(f"/mailbox/{name}/source")

    assert answer.data == (folder / name).read_bytes()
    assert answer.mimetype == "message/rfc822"


@pytest.mark.parametrize(
    "name",
    [
        *("none.eml", "..%2Fx.eml", "%2e%2e%2fx.eml", ".hidden.eml"),
        *("a/b.eml", "x.txt", "x.eml.tmp", "x.eml%00", "żółw.eml"),
    ],
)
def test_no_path_leads_out_of_the_folder(reader, send, folder, name):
    send()
    (folder.parent / "x.eml").write_bytes(b"Subject: secret\r\n\r\nsecret")
    (folder / ".hidden.eml").write_bytes(b"Subject: secret\r\n\r\nsecret")
    for path in (name, f"{name}/html", f"{name}/source", f"{name}/0"):
        answer = reader.get(f"/mailbox/{path}")
        assert answer.status_code in {400, 404}
        assert "secret" not in answer.text


# --- who may ------------------------------------------------------------------------------


def test_others_find_nothing(make_app, database_url):
    caller = make_app(DATABASE_URL=database_url).test_client()

    for path in ("/mailbox/", "/mailbox/a.eml", "/mailbox/a.eml/html", "/mailbox/a.eml/source"):
        assert caller.get(path).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("administrator", 200), ("organiser", 404)])
def test_an_administrator_may(make_app, database_url, role, status):
    app = make_app(DATABASE_URL=database_url)
    app.before_request(lambda: setattr(g, "roles", frozenset({role})))

    assert app.test_client().get("/mailbox/").status_code == status


def test_mail_that_is_really_sent_cannot_be_read_here(make_app, database_url):
    app = make_app(DATABASE_URL=database_url, DEMO=True, MAIL_URL="smtp://127.0.0.1:25")

    assert app.test_client().get("/mailbox/").status_code == 404


def test_the_pages_speak_english_too(reader, send):
    name = send(html=None)
    reader.set_cookie(i18n.COOKIE, "en")
    for path in ("/mailbox/", f"/mailbox/{name}"):
        page = reader.get(path)
        assert "Letter" in page.text
        assert "Wiadomo" not in page.text


def test_a_letter_that_others_wrote_is_read(folder, reader):
    folder.mkdir(exist_ok=True)
    message = EmailMessage()
    message.set_content(HTML, subtype="html")
    (folder / "a.eml").write_bytes(message.as_bytes())

    assert "(bez tematu)" in reader.get("/mailbox/a.eml").text
