"""A letter is well made, goes out once, and says why when it does not."""

import re
import ssl
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from eventapp.kernel import clock, mail, smtp
from tests.harness.servers import free_port
from tests.kernel import edge as small

NOW = datetime(2027, 6, 16, 6, 50, tzinfo=UTC)
INVITE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
    "SUMMARY:Próg rentowności\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
).encode()


@pytest.fixture(autouse=True)
def _standing_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def write(edge):
    """A function that composes a letter: `write(subject="…")`."""

    def written(**changes):
        with edge.app_context():
            words = {
                "to": "anna@example.org",
                "subject": "Zapis przyjęto",
                "text": "Dzień dobry,\n\nzapis przyjęto.\n",
                "message_id": mail.message_id(7, edge.config),
            }
            return mail.compose(**(words | changes))

    return written


def read(message):
    """Return a message as another program reads its bytes."""
    return message_from_bytes(message.as_bytes(), policy=policy.default)


# --- headers ------------------------------------------------------------------------------


def test_the_headers_of_a_letter(write):
    found = read(write(reply_to="biuro@example.org", headers={"List-Unsubscribe": "<https://e/u>"}))

    assert found["Subject"] == "Zapis przyjęto"
    assert found["From"] == "Seminarium Jurajskie <seminarium@example.org>"
    assert found["To"] == "anna@example.org"
    assert found["Reply-To"] == "biuro@example.org"
    assert found["Date"].datetime == NOW
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["List-Unsubscribe"] == "<https://e/u>"
    assert re.fullmatch(r"<7\.[0-9a-f]{32}@example\.org>", found["Message-ID"])


def test_the_same_job_has_the_same_message_id(make_edge):
    apps = [make_edge(), make_edge(), make_edge(SECRET_KEY="another key " * 4)]
    found = []
    for app in apps:
        with app.app_context():
            found += [mail.message_id(7, app.config), mail.message_id(8, app.config)]

    assert found[0] == found[2]
    assert len(set(found)) == 4


@pytest.mark.parametrize("bad", ["\r\n", "\n", "\r", "\x00", "\x85", "\u2028", "\r\n\r\n"])
@pytest.mark.parametrize("header", ["subject", "to", "reply_to", "list"])
def test_nothing_begins_a_header(write, header, bad):
    evil = f"Anna{bad}Bcc: evil@example.org"
    change = {
        "subject": {"subject": evil},
        "to": {"to": f"{evil} <anna@example.org>"},
        "reply_to": {"reply_to": f"{evil} <anna@example.org>"},
        "list": {"headers": {"X-About": evil}},
    }[header]
    found = read(write(**change))

    assert found["Bcc"] is None
    assert len(found.get_all("To")) == 1
    assert found["To"].addresses[0].addr_spec == "anna@example.org"
    assert found.get_content().split() == ["Dzień", "dobry,", "zapis", "przyjęto."]


@pytest.mark.parametrize(
    "to",
    [
        "",
        "anna",
        "anna@",
        "@example.org",
        "a@example.org, b@example.org",
        "a@example.org b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org;b@example.org",
        "<a@example.org> <b@example.org>",
        "a@exa..mple.org",
        "grupa: a@example.org;",
    ],
)
def test_an_address_is_exactly_one(write, to):
    with pytest.raises(mail.Undeliverable):
        write(to=to)


@pytest.mark.parametrize(
    ("to", "name", "address"),
    [
        ("Żaneta Źdźbłowska <z@example.org>", "Żaneta Źdźbłowska", "z@example.org"),
        ('"Nowak, Anna" <a@example.org>', "Nowak, Anna", "a@example.org"),
        ("anna@żółw.pl", "", "anna@xn--w-uga1v8h.pl"),
    ],
)
def test_names_and_domains_may_be_polish(write, to, name, address):
    (found,) = read(write(to=to))["To"].addresses

    assert (found.display_name, found.addr_spec) == (name, address)


HEADERS = {
    *("Subject", "From", "To", "Date", "Message-ID"),
    *("Auto-Submitted", "MIME-Version", "Content-Type"),
}


POLISH = "Zmiana sali warsztatów dla kół gospodyń wiejskich w Źdźble jaźń łąka gęś na".split()


@given(words=st.lists(st.sampled_from(POLISH), min_size=1, max_size=25))
def test_a_polish_subject_keeps_its_spaces(standing_edge, words):
    subject = " ".join(words)
    with standing_edge.app_context():
        letter = mail.compose(
            to="a@example.org", subject=subject, text="", message_id="<1.a@e.org>"
        )
        sent = letter.as_bytes(policy=policy.SMTP)

    read = message_from_bytes(sent, policy=policy.default)
    assert read["Subject"] == subject[: mail.LONGEST_SUBJECT]
    assert all(len(line) <= 78 for line in sent.partition(b"\r\n\r\n")[0].split(b"\r\n"))


@given(subject=st.text(max_size=400), text=st.text(max_size=400))
def test_any_words_make_a_letter(standing_edge, subject, text):
    with standing_edge.app_context():
        message = mail.compose(
            to="a@example.org", subject=subject, text=text, html=text, message_id="<1.a@e.org>"
        )
    found = read(message)

    assert set(found.keys()) == HEADERS
    assert len(str(found["Subject"])) <= mail.LONGEST_SUBJECT
    assert max(len(line) for line in message.as_bytes().split(b"\r\n")) < 998


@pytest.fixture(scope="module")
def standing_edge(tmp_path_factory):
    """One small application for all the examples of a test."""
    return small.make(tmp_path_factory.mktemp("edge"))


# --- parts --------------------------------------------------------------------------------


def shape(message):
    """Return a message's tree of media types."""
    if not message.is_multipart():
        return message.get_content_type()
    return [message.get_content_type(), *map(shape, message.iter_parts())]


def test_plain_words_are_one_part(write):
    assert shape(read(write())) == "text/plain"


def test_html_is_an_alternative(write):
    assert shape(read(write(html="<p>ł</p>"))) == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


@pytest.mark.parametrize("html", [None, "<p>ł</p>"])
def test_an_invite_has_the_shape_that_outlook_needs(write, html):
    found = read(write(html=html, calendar=INVITE, method="REQUEST"))
    words = ["text/plain"] if html is None else ["text/plain", "text/html"]

    assert shape(found) == [
        "multipart/mixed",
        ["multipart/alternative", *words, "text/calendar"],
        "application/ics",
    ]
    alternatives, file = found.iter_parts()
    *_, calendar = alternatives.iter_parts()
    assert calendar["Content-Disposition"] is None
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_param("charset") == "utf-8"
    assert file.get_filename() == "invite.ics"
    assert calendar.get_payload(decode=True) == file.get_payload(decode=True) == INVITE


@pytest.mark.parametrize("method", ["CANCEL", None, "request"])
def test_the_two_methods_agree(write, method):
    with pytest.raises(ValueError, match="METHOD"):
        write(calendar=INVITE, method=method)


def test_attachments_come_last(write):
    found = read(
        write(
            calendar=INVITE,
            method="REQUEST",
            attachments=[("identyfikator żółw.pdf", "application/pdf", b"%PDF-1.7")],
        )
    )
    *_, badge = found.iter_parts()

    assert badge.get_filename() == "identyfikator żółw.pdf"
    assert badge.get_content_type() == "application/pdf"
    assert badge.get_content() == b"%PDF-1.7"


def test_lines_end_as_mail_demands(write):
    raw = write(html="<p>a</p>\n<p>b</p>", calendar=INVITE, method="REQUEST").as_bytes()

    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert raw.count(b"\r") == raw.count(b"\r\n")


# --- templates ----------------------------------------------------------------------------


@pytest.fixture
def template(tmp_path):
    """A function that writes a mail template: `template("a/b.txt", "…")`."""

    def written(name, words):
        path = tmp_path / "mail" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words)

    return written


def test_a_template_gives_subject_and_words(edge, template):
    template(
        "signups/confirmed.txt", "Subject: {{ _('Sent') }}: {{ title }}\n\n{{ title }} & Co\n\n"
    )
    template("signups/confirmed.html", "<p>{{ title }}</p>")
    with edge.app_context():
        polish = mail.render("signups/confirmed", "pl", title="<Próg>")
        english = mail.render("signups/confirmed", "en", title="<Próg>")

    assert polish == ("Wysłano: <Próg>", "<Próg> & Co\n", "<p>&lt;Próg&gt;</p>")
    assert english[0] == "Sent: <Próg>"


def test_a_participants_text_is_never_a_template(edge, template):
    template("a/b.txt", "Subject: {{ name }}\n\n{{ name }}")
    with edge.app_context():
        found = mail.render("a/b", "pl", name="{{ config }}{% raw %}\nBcc: x")

    assert found == ("{{ config }}{% raw %}", "Bcc: x\n\n{{ config }}{% raw %}\nBcc: x\n", None)


def test_html_may_be_missing(edge, template):
    template("a/b.txt", "Subject: x\n\ny")
    with edge.app_context():
        assert mail.render("a/b", "pl") == ("x", "y\n", None)


def test_a_missing_part_of_the_html_is_a_mistake(edge, template):
    template("a/b.txt", "Subject: x\n\ny")
    template("a/b.html", "{% include 'mail/none.html' %}")
    with edge.app_context(), pytest.raises(Exception, match=r"mail/none\.html"):
        mail.render("a/b", "pl")


def test_a_text_without_subject_is_a_mistake(edge, template):
    template("a/b.txt", "Dzień dobry")
    with edge.app_context(), pytest.raises(ValueError, match="no subject"):
        mail.render("a/b", "pl")


# --- a folder -----------------------------------------------------------------------------


def test_a_folder_receives_one_file_per_letter(write, tmp_path):
    folder = tmp_path / "poczta żółwia"
    mail.deliver(write(), f"file://{str(folder).replace(' ', '%20')}")
    (path,) = folder.iterdir()

    assert re.fullmatch(r"20270616T065000-000000007-[0-9a-f]{12}\.eml", path.name)
    assert message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"] == (
        "Zapis przyjęto"
    )


def test_the_same_letter_again_is_no_second_one(write, tmp_path):
    for _ in range(2):
        mail.deliver(write(), f"file://{tmp_path / 'mail'}")

    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_tried_later(write, tmp_path):
    (tmp_path / "mail").write_text("not a folder")
    with pytest.raises(mail.TryLater, match="cannot be written"):
        mail.deliver(write(), f"file://{tmp_path / 'mail'}")


def test_a_full_disk_leaves_no_half_letter(write, tmp_path, monkeypatch):
    def full(self, data):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(mail.TryLater, match="No space left"):
        mail.deliver(write(), f"file://{tmp_path / 'mail'}")

    assert list((tmp_path / "mail").iterdir()) == []


# --- SMTP ---------------------------------------------------------------------------------


class Post:
    """A mail server's mind: what it answers to the recipient and to the message."""

    def __init__(self, *, rcpt="250 OK", data="250 OK"):
        self.rcpt, self.data, self.taken = rcpt, data, []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.data.startswith("250"):
            self.taken.append(envelope)
        return self.data


@pytest.fixture
def serve_mail():
    """A function that starts a mail server and returns its address: `serve_mail(Post())`."""
    running = []

    def start(mind, **options):
        controller = Controller(mind, hostname="127.0.0.1", port=free_port(), **options)
        controller.start()
        running.append(controller)
        return f"127.0.0.1:{controller.port}"

    yield start
    smtp.hang_up()
    for controller in running:
        controller.stop()


def test_a_letter_is_sent(write, serve_mail):
    post = Post()
    message = write(to="Żaneta <z@example.org>", html="<p>ł</p>", calendar=INVITE, method="REQUEST")
    mail.deliver(message, f"smtp://{serve_mail(post)}")
    (envelope,) = post.taken

    assert envelope.mail_from == "seminarium@example.org"
    assert envelope.rcpt_tos == ["z@example.org"]
    assert (
        message_from_bytes(envelope.content, policy=policy.default)["Message-ID"]
        == (message["Message-ID"])
    )


@pytest.mark.parametrize(
    ("step", "answer", "error"),
    [
        ("rcpt", "550 5.1.1 nobody of that name", mail.Undeliverable),
        ("rcpt", "450 4.2.0 greylisted", mail.TryLater),
        ("data", "554 5.7.1 spam", mail.Undeliverable),
        ("data", "451 4.3.0 later", mail.TryLater),
    ],
)
def test_what_the_server_refuses_is_for_good_or_for_later(write, serve_mail, step, answer, error):
    post = Post(**{step: answer})
    with pytest.raises(error, match=answer):
        mail.deliver(write(), f"smtp://{serve_mail(post)}")

    assert post.taken == []


def test_a_server_that_is_down_is_tried_later(write):
    with pytest.raises(mail.TryLater, match="Connection refused"):
        mail.deliver(write(), f"smtp://127.0.0.1:{free_port()}")


def test_a_server_that_demands_a_name_is_told_it(write, serve_mail):
    post, seen = Post(), []

    def let_in(server, session, envelope, mechanism, data):
        seen.append(data)
        return AuthResult(success=data == LoginPassword(b"us er", b"p@ss"), handled=False)

    address = serve_mail(post, authenticator=let_in, auth_require_tls=False)
    mail.deliver(write(), f"smtp://us%20er:p%40ss@{address}")

    assert len(post.taken) == 1
    # The set-up is wrong, not the letter: once it is mended, the letter must still go.
    with pytest.raises(mail.TryLater, match="535"):
        mail.deliver(write(), f"smtp://us%20er:wrong@{address}")


def test_tls_is_never_left_out_in_silence(write, serve_mail):
    post = Post()
    with pytest.raises(mail.TryLater, match="STARTTLS"):
        mail.deliver(write(), f"smtp+starttls://{serve_mail(post)}")

    assert post.taken == []


def test_a_server_that_hangs_up_is_tried_later(write, serve_mail, monkeypatch):
    monkeypatch.setattr(SMTP, "smtp_DATA", lambda self, arg: self.transport.close())
    with pytest.raises(mail.TryLater):
        mail.deliver(write(), f"smtp://{serve_mail(Post())}")


def test_a_rude_goodbye_is_no_second_letter(write, serve_mail, monkeypatch):
    async def rude(self, arg):
        await self.push("421 4.3.0 gone")

    monkeypatch.setattr(SMTP, "smtp_QUIT", rude)
    post = Post()
    mail.deliver(write(), f"smtp://{serve_mail(post)}")

    assert len(post.taken) == 1


# --- TLS ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The paths of a certificate for 127.0.0.1 and of its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    today = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    paths = folder / "mail.pem", folder / "mail.key"
    paths[0].write_bytes(built.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def secure(certificate):
    """Return how a server shows its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.mark.parametrize(
    ("scheme", "option"), [("smtps", "ssl_context"), ("smtp+starttls", "tls_context")]
)
def test_a_letter_is_sent_under_tls(write, serve_mail, certificate, monkeypatch, scheme, option):
    post = Post()
    address = serve_mail(post, **{option: secure(certificate)})
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    mail.deliver(write(), f"{scheme}://{address}")

    assert len(post.taken) == 1


@pytest.mark.parametrize(
    ("scheme", "option"), [("smtps", "ssl_context"), ("smtp+starttls", "tls_context")]
)
def test_a_server_that_nobody_vouches_for_gets_no_letter(
    write, serve_mail, certificate, scheme, option
):
    post = Post()
    address = serve_mail(post, **{option: secure(certificate)})
    with pytest.raises(mail.TryLater, match="certificate verify failed"):
        mail.deliver(write(), f"{scheme}://{address}")

    assert post.taken == []
