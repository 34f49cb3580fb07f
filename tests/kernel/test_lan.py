"""The laptop's own authority, what it vouches for, and what comes without TLS."""

import contextlib
import socket
import ssl
import stat
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

from eventapp.kernel import authority, boundary, doctor, lan
from eventapp.kernel.authority import Names
from tests.harness import databases, servers, sources
from tests.harness.servers import free_port, run

NOW = datetime(2027, 6, 15, 18, tzinfo=UTC)
HALL = Names((IPv4Address("192.168.1.20"),), ("laptop", "laptop.local", "localhost"))
HOTEL = Names((IPv4Address("10.4.0.7"), IPv4Address("192.168.1.20")), HALL.hosts)
PUBLIC = Names((IPv4Address("150.254.1.9"),), HALL.hosts)
DAY = timedelta(days=1)


def trusted(issued: authority.Issued, name: object, at: datetime) -> bool:
    """Tell whether a careful client accepts the certificate for a name or an address."""
    subject = x509.DNSName(name) if isinstance(name, str) else x509.IPAddress(name)
    builder = PolicyBuilder().store(Store([issued.authority])).time(at)
    try:
        builder.build_server_verifier(subject).verify(issued.leaf, [])
    except x509.verification.VerificationError:
        return False
    return True


# --- the authority ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "at", "good"),
    [
        (IPv4Address("192.168.1.20"), NOW, True),
        ("laptop.local", NOW, True),
        (IPv4Address("192.168.1.20"), NOW - DAY / 2, True),  # a phone's clock goes wrong
        (IPv4Address("192.168.1.20"), NOW - 2 * DAY, False),
        (IPv4Address("192.168.1.20"), NOW + 91 * DAY, False),
        (IPv4Address("192.168.1.21"), NOW, False),
        ("bank.example.com", NOW, False),
    ],
)
def test_the_certificate_is_good_for_this_machine_and_its_time(tmp_path, name, at, good):
    assert trusted(authority.prepare(tmp_path, HALL, NOW), name, at) is good


def test_the_authority_cannot_vouch_for_another_site(tmp_path):
    made = authority.prepare(tmp_path, HALL, NOW)
    stolen = Names((IPv4Address("93.184.216.34"),), ("bank.example.com",))
    forged = authority._make_leaf(tmp_path, made.authority, stolen, NOW)
    other = authority.Issued(tmp_path, made.authority, forged)

    assert not trusted(other, "bank.example.com", NOW)
    assert not trusted(other, IPv4Address("93.184.216.34"), NOW)


def test_it_stays_until_something_changes(tmp_path):
    first = authority.prepare(tmp_path, HALL, NOW)

    assert authority.prepare(tmp_path, HALL, NOW + 59 * DAY).leaf == first.leaf
    renewed = authority.prepare(tmp_path, HALL, NOW + 61 * DAY)
    assert renewed.leaf != first.leaf
    moved = authority.prepare(tmp_path, HOTEL, NOW + 61 * DAY)
    assert moved.leaf != renewed.leaf
    assert trusted(moved, IPv4Address("10.4.0.7"), NOW + 61 * DAY)
    assert {first.authority, renewed.authority, moved.authority} == {first.authority}


def test_a_new_authority_before_the_old_one_ends(tmp_path):
    first = authority.prepare(tmp_path, HALL, NOW)
    later = authority.prepare(tmp_path, HALL, NOW + (3 * 365 - 29) * DAY)

    assert later.authority != first.authority
    assert trusted(later, "localhost", NOW + (3 * 365 - 29) * DAY)


def test_a_public_address_is_vouched_for_from_the_first_day_only(tmp_path):
    at_home = authority.prepare(tmp_path / "university", PUBLIC, NOW)
    assert trusted(at_home, IPv4Address("150.254.1.9"), NOW)

    authority.prepare(tmp_path / "hall", HALL, NOW)
    visiting = authority.prepare(tmp_path / "hall", PUBLIC, NOW)
    assert authority.names_of(visiting.leaf) == Names((), HALL.hosts)
    assert trusted(visiting, "laptop.local", NOW)


@pytest.mark.parametrize("damage", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_broken_certificate_is_made_again(tmp_path, damage):
    authority.prepare(tmp_path, HALL, NOW)
    (tmp_path / authority.LEAF).write_bytes(damage)

    assert trusted(authority.prepare(tmp_path, HALL, NOW), "localhost", NOW)


def test_keys_are_their_owners_alone(tmp_path):
    folder = tmp_path / "lan"
    authority.prepare(folder, HALL, NOW)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes == {
        "authority.key": 0o600,
        "authority.pem": 0o644,
        "server.key": 0o600,
        "server.pem": 0o644,
    }


def test_no_key_is_ever_tracked():
    ignored = subprocess.run(
        ["git", "check-ignore", "data/lan/authority.key", "data/lan/server.key"],
        cwd=sources.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    mark = b"PRIVATE " + b"KEY-----"

    assert ignored.stdout.split() == ["data/lan/authority.key", "data/lan/server.key"]
    assert [path for path in sources.tracked() if mark in path.read_bytes()] == []


def test_addresses_are_no_loopback_and_names_no_strangers():
    assert not [one for one in lan.addresses() if one.is_loopback]
    assert "localhost" in lan.hosts()


# --- the port -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def laptop(tmp_path_factory, sqlite_template, port):
    folder = tmp_path_factory.mktemp("laptop")
    url = databases.sqlite_copy(sqlite_template, folder)
    arguments = ("--lan", "--lan-port", str(port), "--lan-address", "127.0.0.1")
    with servers.serving(folder, database_url=url, arguments=arguments) as running:
        yield running


def trusting(laptop: servers.Server) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(laptop.folder / "lan" / authority.AUTHORITY))


def ask(laptop, port, request: bytes, *, secure: bool = True) -> bytes:
    """Send bytes over one connection, and return all that comes back until it closes."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=20)
    tls = trusting(laptop)
    with tls.wrap_socket(plain, server_hostname="127.0.0.1") if secure else plain as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(65536), b""))


def get(port: int, path: str, *more: str, method: str = "GET", body: bytes = b"") -> bytes:
    head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close", *more]
    if body:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode() + body


def test_pages_come_over_tls(laptop, port):
    answer = ask(laptop, port, get(port, "/sign-in"))

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.rstrip().endswith(b"</html>")
    assert b"; Secure; HttpOnly" in answer
    assert b"Strict-Transport-Security" not in answer


def test_what_is_long_comes_whole_and_goes_whole(laptop, port):
    found = ask(laptop, port, get(port, "/static/vendor/zxing/zxing_reader.wasm"))
    wasm = sources.ROOT / "static" / "vendor" / "zxing" / "zxing_reader.wasm"
    body = b"email=" + b"x" * 900_000
    kind = "Content-Type: application/x-www-form-urlencoded"
    refused = ask(laptop, port, get(port, "/sign-in", kind, method="POST", body=body))

    assert found.partition(b"\r\n\r\n")[2] == wasm.read_bytes()
    assert refused.startswith(b"HTTP/1.1 400 ")  # read to its end: it had no token


def test_requests_one_after_another_and_many_at_once(laptop, port):
    one = get(port, "/healthz").replace(b"Connection: close\r\n", b"")
    answers = ask(laptop, port, one * 20 + get(port, "/healthz"))
    assert answers.count(b"HTTP/1.1 200 OK") == 21

    said: list[bytes] = []
    crowd = [
        threading.Thread(target=lambda: said.append(ask(laptop, port, get(port, "/healthz"))))
        for _ in range(40)
    ]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert [answer.split(b"\r\n")[0] for answer in said] == [b"HTTP/1.1 200 OK"] * 40


def test_another_name_is_not_answered(laptop, port):
    request = get(port, "/sign-in").replace(b"Host: 127.0.0.1", b"Host: evil.example")

    assert ask(laptop, port, request).startswith(b"HTTP/1.1 421 ")


@pytest.mark.parametrize(
    "noise", [b"", b"\x16", b"\x16\x03\x01\x00\x05hello", b"\x16" * 600, b"\x00\xff", b"GET /"]
)
def test_noise_holds_nobody_up(laptop, port, noise):
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as line,
        contextlib.suppress(ConnectionError),  # it may have hung up already
    ):
        line.sendall(noise)
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_WR)
        while line.recv(4096):
            pass

    assert ask(laptop, port, get(port, "/healthz")).startswith(b"HTTP/1.1 200 ")


def test_a_client_that_does_not_trust_goes_and_the_next_one_is_served(laptop, port):
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as line,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(line, server_hostname="127.0.0.1")

    assert ask(laptop, port, get(port, "/healthz")).startswith(b"HTTP/1.1 200 ")
    assert "Traceback" not in laptop.log


# --- plain http ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/sign-in", "/healthz", "/api/v1/events", "/components"])
def test_plain_http_says_the_same_whatever_is_asked(laptop, port, path):
    answer = ask(laptop, port, get(port, path, "Cookie: signed-in=secret"), secure=False)
    head, _, body = answer.partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"Set-Cookie" not in head
    assert b"no-store" in head
    assert f"https://127.0.0.1:{port}{path}".encode() in body
    assert b"<form" not in body
    assert b"secret" not in answer


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_plain_http_takes_nothing(laptop, port, method):
    answer = ask(laptop, port, get(port, "/sign-in", method=method, body=b"a=b"), secure=False)

    assert answer.startswith(b"HTTP/1.1 403 ")


def test_plain_http_writes_back_nothing_that_acts(laptop, port):
    answer = ask(laptop, port, get(port, "/%22%3E%3Cscript%3Ealert(1)"), secure=False)

    assert b"<script>alert" not in answer
    assert b"%22%3E%3Cscript%3Ealert" in answer


def test_the_certificate_to_install_comes_without_tls(laptop, port):
    answer = ask(laptop, port, get(port, lan.AUTHORITY), secure=False)
    head, _, body = answer.partition(b"\r\n\r\n")
    made = authority.load_certificate(laptop.folder / "lan" / authority.AUTHORITY)

    assert b"Content-Type: application/x-x509-ca-cert" in head
    assert x509.load_der_x509_certificate(body) == made


def test_without_a_network_there_is_no_such_page(client):
    assert client.get(lan.PAGE).status_code == 404
    assert client.get(lan.AUTHORITY).status_code == 404


def test_links_lead_to_the_network_unless_the_settings_say_otherwise(app, make_app, monkeypatch):
    monkeypatch.setattr(boundary, "_lan_address", "")
    monkeypatch.setattr(boundary, "_lan_hosts", frozenset())
    boundary.answer_on_lan("https://192.168.1.20:8443", ["192.168.1.20:8443"])
    bare = make_app(BASE_URL="")

    with bare.app_context():
        assert boundary.base_url() == "https://192.168.1.20:8443"
    with make_app(BASE_URL="https://seminars.example.org").app_context():
        assert boundary.base_url() == "https://seminars.example.org"
    asked = bare.test_client().get("/sign-in", base_url="https://192.168.1.20:8443")
    assert asked.status_code == 200


# --- the doctor ---------------------------------------------------------------------------


def test_the_doctor_of_a_laptop_that_serves(laptop, port):
    said = run("doctor", "--lan-port", str(port), environment=laptop.environment).stdout

    assert f"{port} answers with our certificate" in said
    assert "authority.key is readable by its owner alone" in said


def test_the_doctor_finds_what_is_wrong(laptop, tmp_path):
    folder = tmp_path / "lan"
    authority.prepare(folder, HALL, NOW)
    (folder / authority.AUTHORITY_KEY).chmod(0o644)
    (folder / authority.LEAF_KEY).unlink()

    states = [(one.state, one.name) for one in doctor._of_keys(folder)]
    assert states == [("bad", "keys"), ("bad", "keys")]
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]

        def hang_up() -> None:
            other.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        assert doctor._of_port(folder, number).state == "bad"
    assert doctor._of_port(folder, free_port()).state == "ok"


@pytest.mark.parametrize(
    ("ends", "state"), [(NOW, "bad"), (NOW + 40 * DAY, "warn"), (NOW + 400 * DAY, "ok")]
)
def test_the_doctor_tells_of_the_authoritys_end(ends, state):
    assert doctor.authority_finding(ends, NOW).state == state


@pytest.mark.parametrize(("now", "state"), [(NOW, "ok"), (NOW - 3 * DAY, "bad")])
def test_the_doctor_tells_of_a_clock_that_cannot_be_right(now, state):
    assert doctor.clock_finding(now, NOW).state == state


def test_the_doctor_fails_where_something_is_bad(tmp_path: Path):
    nowhere = f"sqlite:///{tmp_path}/x.db"
    environment = servers.environment(tmp_path, database_url=nowhere, port=1, now=None, settings={})
    with pytest.raises(AssertionError, match="→ 1"):
        run("doctor", environment=environment)
