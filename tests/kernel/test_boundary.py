"""Broken bytes, foreign hosts and strange ids never reach a view."""

import io

import pytest
from flask import g
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from eventapp.kernel import boundary
from tests.kernel import edge

FORM = "application/x-www-form-urlencoded"


# --- host ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "base_url", "ours"),
    [
        ("localhost", "", True),
        ("LOCALHOST:8000", "", True),
        ("127.0.0.1:5000", "", True),
        ("127.8.8.8", "", True),
        ("[::1]:8000", "", True),
        ("demo.localhost:8000", "", True),
        ("evil.example.org", "", False),
        ("localhost.evil.org", "", False),
        ("0.0.0.0:8000", "", False),
        ("192.168.1.5:8000", "", False),
        ("127.0.0.1.evil.org", "", False),
        ("localhost:80@evil.org", "", False),
        ("[::1", "", False),
        ("", "", False),
        ("events.example.org", "https://events.example.org", True),
        ("Events.Example.Org", "https://events.example.org", True),
        ("events.example.org:443", "https://events.example.org", True),
        ("events.example.org", "https://events.example.org:443", True),
        ("events.example.org:8443", "https://events.example.org:8443", True),
        ("events.example.org", "https://events.example.org:8443", False),
        ("events.example.org:80", "https://events.example.org", False),
        ("events.example.org.", "https://events.example.org", False),
        ("x.events.example.org", "https://events.example.org", False),
        ("localhost", "https://events.example.org", False),
        ("", "https://events.example.org", False),
        ("127.0.0.1:8000", "http://127.0.0.1:8000", True),
        ("127.0.0.1:8001", "http://127.0.0.1:8000", False),
    ],
)
def test_hosts(host, base_url, ours):
    assert boundary.is_ours(host, base_url) is ours


def test_a_foreign_host_gets_421(visitor):
    answer = visitor.get("/echo", headers={"Host": "evil.example.org"})

    assert answer.status_code == 421
    assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["a b", "\xff", "x" * 3000, "a/b", "[", "a:b:c", "%00"])
def test_a_host_that_is_none_gets_421(visitor, host):
    assert visitor.get("/echo", environ_overrides={"HTTP_HOST": host}).status_code == 421


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_may_use_any_name(visitor, path):
    # The small application has no such page: the host was let through to the router.
    assert visitor.get(path, headers={"Host": "10.0.0.7"}).status_code == 404


def test_forwarded_headers_do_not_count_by_default(visitor):
    headers = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example.org",
    }

    assert visitor.get("/address", headers=headers).text == "127.0.0.1 http localhost"


def test_forwarded_headers_count_as_far_as_proxies_are_trusted(make_edge):
    caller = make_edge(TRUSTED_PROXIES=1, BASE_URL="https://e.example.org").test_client()
    headers = {
        "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "e.example.org",
    }

    assert caller.get("/address", headers=headers).text == "203.0.113.9 https e.example.org"


def test_a_trusted_proxy_cannot_bring_another_host(make_edge):
    caller = make_edge(TRUSTED_PROXIES=1, BASE_URL="https://e.example.org").test_client()
    headers = {"Host": "e.example.org", "X-Forwarded-Host": "evil.example.org"}

    assert caller.get("/address", headers=headers).status_code == 421


@pytest.mark.parametrize(
    ("base_url", "address"),
    [
        ("https://e.example.org", "https://e.example.org/things/5?a=%C4%85"),
        ("", "http://127.0.0.1:8000/things/5?a=%C4%85"),
    ],
)
def test_absolute_addresses_come_from_the_settings(make_edge, base_url, address):
    app = make_edge(BASE_URL=base_url)
    with app.app_context():
        assert boundary.absolute("edge.thing", number=5, a="ą") == address
    with app.test_request_context("/", headers={"Host": "evil.example.org"}):
        assert boundary.absolute("edge.thing", number=5, a="ą") == address


def test_without_a_setting_links_lead_to_where_this_process_listens(edge, monkeypatch):
    monkeypatch.setattr(boundary, "_listening", ["http://127.0.0.1:8000"])
    boundary.listen_at("http://0.0.0.0:8123")
    with edge.app_context():
        assert boundary.absolute("edge.thing", number=5) == "http://127.0.0.1:8123/things/5"


# --- text ---------------------------------------------------------------------------------


def send_raw(app, path=b"/echo", query=b"", method="GET"):
    """Send a path and query as a server would hand them over, byte for byte."""
    environ = EnvironBuilder(method=method).get_environ()
    environ |= {"PATH_INFO": path.decode("latin-1"), "QUERY_STRING": query.decode("latin-1")}
    _body, status, _headers = run_wsgi_app(app, environ, buffered=True)
    return int(status.split()[0])


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (b"/echo", b"a=%C4%85", 200),
        (b"/echo", "a=ą".encode(), 200),
        (b"/echo", b"a=%EF%BF%BD", 200),
        (b"/echo", b"a=%ff", 400),
        (b"/echo", b"%ff=a", 400),
        (b"/echo", b"a=\xff", 400),
        (b"/echo", b"a=%ed%a0%80", 400),
        (b"/echo", b"a=%c0%80", 400),
        (b"/echo", b"a=%00", 400),
        (b"/echo", b"a=b%zz%", 200),
        (b"/echo", b"a=1&" * 199 + b"a=1", 200),
        (b"/echo", b"a=1&" * 200 + b"a=1", 400),
        (b"/\xff", b"", 400),
        (b"/named/\xc5", b"", 400),
        (b"/named/\x00", b"", 400),
        ("/named/ż".encode(), b"", 404),
    ],
)
def test_paths_and_queries(edge, path, query, status):
    assert send_raw(edge, path, query) == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200),
        (b"a=%C5%BC&a=2", 200),
        ("a=ż".encode(), 200),
        (b"a=%ff", 400),
        (b"a=\xff", 400),
        (b"%ff=a", 400),
        (b"a=%00", 400),
        (b"a\x00=b", 400),
        (b"a=1&" * 200 + b"a=1", 413),
        (b"a" * boundary.MOST_BODY, 200),
        (b"a" * (boundary.MOST_BODY + 1), 413),
    ],
)
def test_forms(visitor, body, status):
    assert visitor.post("/echo", data=body, content_type=FORM).status_code == status


def test_a_form_is_still_readable_after_its_check(visitor):
    answer = visitor.post("/echo?q=1", data=b"a=%C5%BC&a=2&b=", content_type=FORM)

    assert answer.json == [{"q": ["1"]}, {"a": ["ż", "2"], "b": [""]}]


def parts(*fields, charset=""):
    """Return a multipart body of raw fields (name, value)."""
    lines = [
        b'--x\r\nContent-Disposition: form-data; name="' + name + b'"' + charset.encode()
        + b"\r\n\r\n" + value + b"\r\n"
        for name, value in fields
    ]  # fmt: skip
    return b"".join(lines) + b"--x--\r\n"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (parts((b"a", "ż".encode())), 200),
        (parts((b"a", b"\xff")), 400),
        (parts((b"\xff", b"a")), 400),
        (parts((b"a", b"a\x00b")), 400),
        (parts(*[(b"a", b"1")] * 200), 200),
        (parts(*[(b"a", b"1")] * 201), 413),
        (parts((b"a", b"1" * boundary.MOST_BODY)), 413),
    ],
)
def test_forms_in_parts(visitor, body, status):
    answer = visitor.post("/echo", data=body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [("/upload", 2_000_000, 200), ("/upload", 3_000_001, 413), ("/echo", 2_000_000, 413)],
)
def test_an_upload_takes_more_where_the_view_says_so(visitor, path, size, status):
    # The client's own encoder would leave a temporary file open.
    body = parts((b'file"; filename="a.pdf', b"x" * size))
    answer = visitor.post(path, data=body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb", b"\xff"],
)
def test_a_broken_form_is_not_taken_for_an_empty_one(visitor, body):
    answer = visitor.post("/echo", data=body, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 400
    assert visitor.post("/echo", data=body, content_type="multipart/form-data").status_code == 400


@pytest.mark.parametrize("name", ["a\x00.pdf", "a\ufffd.pdf"])
def test_a_file_name_is_text(visitor, name):
    assert visitor.post("/upload", data={"file": (io.BytesIO(b"x"), name)}).status_code == 400


# --- names in paths -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        ("2147483647", 2147483647),
        ("2147483648", None),
        ("9999999999", None),
        ("10000000000", None),
        ("0", None),
        ("01", None),
        ("-1", None),
        ("+1", None),
        ("1.0", None),
        ("1e3", None),
        (" 1", None),
        ("٣", None),
        ("１", None),
        ("²", None),
        ("", None),
        (1, None),
        (True, None),
        (None, None),
    ],
)
def test_ids(visitor, text, number):
    assert boundary.read_id(text) == number
    if isinstance(text, str):
        assert visitor.get(f"/things/{text}").status_code == (200 if number else 404)


@pytest.mark.parametrize(
    ("slug", "status"),
    [
        ("seminarium-2027", 200),
        ("a", 200),
        ("a" * 60, 200),
        ("a" * 61, 404),
        ("A", 404),
        ("-a", 404),
        ("a-", 404),
        ("a--b", 404),
        ("ż", 404),
        ("a%0A", 404),
        ("a.b", 404),
    ],
)
def test_slugs(visitor, slug, status):
    assert visitor.get(f"/named/{slug}").status_code == status


# --- where to go next ---------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/a/b?c=ą&d=%2F#e", "/a//b"])
def test_a_sealed_path_is_gone_back_to(edge, path):
    with edge.app_context():
        assert boundary.safe_next(boundary.make_next(path), "/default") == path


@pytest.mark.parametrize(
    "path",
    ["", "a", "//evil.org", "https://evil.org", "/\\evil.org", "\\\\evil.org", "/a\nb", "/\t/evil"],
)
def test_only_a_path_of_ours_is_sealed(edge, path):
    with edge.app_context(), pytest.raises(ValueError, match="path"):
        boundary.make_next(path)


@pytest.mark.parametrize("token", [None, "", "/a", "https://evil.org", "//evil.org", "a.b", "\x00"])
def test_an_unsealed_path_is_none(edge, token):
    with edge.app_context():
        assert boundary.safe_next(token, "/default") == "/default"


# --- what goes out ------------------------------------------------------------------------

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@pytest.mark.parametrize("path", ["/echo", "/nothing", "/broken", "/api/v1/broken", "/things/0"])
def test_every_answer_carries_the_headers(visitor, path):
    headers = visitor.get(path).headers

    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_a_view_can_widen_its_policy_and_no_other(visitor):
    wide = visitor.get("/scanner").headers["Content-Security-Policy"]

    assert wide == (
        POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
        + "; manifest-src 'self'"
    )
    assert visitor.get("/echo").headers["Content-Security-Policy"] == POLICY


def test_widening_none_replaces_it():
    assert boundary.policy({"default": "'self'"}).startswith("default-src 'self';")


def test_tls_is_asked_for_where_it_is_on(make_edge):
    caller = make_edge(BASE_URL="https://e.example.org").test_client()
    answer = caller.get("/echo", base_url="https://e.example.org")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("known", "stored"),
    [
        ({}, True),
        ({"actor": "visitor"}, True),
        ({"actor": "account:7"}, False),
        ({"actor": "device:3"}, False),
        ({"account": object()}, False),
        ({"registration": object()}, False),
        ({"registration": None, "account": None}, True),
    ],
)
def test_what_is_made_for_one_is_not_stored(edge, known, stored):
    edge.before_request(lambda: g.__dict__.update(known))
    headers = edge.test_client().get("/echo").headers

    assert headers.get("Cache-Control") == (None if stored else "no-store")


def test_a_view_may_keep_its_answer_private(visitor):
    assert visitor.get("/private").headers["Cache-Control"] == "no-store"


@pytest.fixture(scope="module")
def standing_edge(tmp_path_factory):
    """One small application for all the examples of a test."""
    return edge.make(tmp_path_factory.mktemp("edge"))


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_have_an_answer(standing_edge, path, query):
    assert send_raw(standing_edge, b"/" + path, query) in {200, 400, 404}


@given(st.binary(max_size=80))
def test_any_form_has_an_answer(standing_edge, body):
    answer = standing_edge.test_client().post("/echo", data=body, content_type=FORM)

    assert answer.status_code in {200, 400}
