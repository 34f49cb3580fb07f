"""Errors have words: a page for people, a problem for programs, in the reader's language."""

import json

import pytest
from babel.messages.pofile import read_po

from eventapp.kernel import i18n, problems
from tests.kernel.edge import KEY

EN = {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        ("/nothing", 404, "Nothing was found here"),
        ("/broken", 500, "Something went wrong on our side"),
        ("/busy", 503, "Busy at the moment"),
        ("/refused", 409, "This could not be done"),
    ],
)
def test_people_get_a_page(visitor, path, status, heading):
    answer = visitor.get(path, headers=EN)

    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert f"<h1>{heading}</h1>" in answer.text
    assert '<html lang="en">' in answer.text


def test_a_page_speaks_polish_by_default(visitor):
    answer = visitor.get("/nothing")

    assert "<h1>Niczego tu nie znaleziono</h1>" in answer.text
    assert answer.headers["Content-Language"] == "pl"


def test_a_refusals_page_says_why(visitor):
    assert "<p>There is no such field.</p>" in visitor.get("/refused", headers=EN).text


@pytest.mark.parametrize("status", [404, 409, 500])
def test_the_page_is_its_template_where_there_is_one(make_edge, tmp_path, status):
    (tmp_path / "errors").mkdir()
    page = "{{ status }}|{{ heading }}|{{ sentence }}"
    (tmp_path / "errors" / "error.html").write_text(page)
    path = {404: "/nothing", 409: "/refused", 500: "/broken"}[status]
    answer = make_edge().test_client().get(path, headers=EN)

    assert answer.status_code == status
    assert answer.text.startswith(f"{status}|")


def test_a_failing_template_is_replaced_by_plain_words(make_edge, tmp_path):
    (tmp_path / "errors").mkdir()
    (tmp_path / "errors" / "error.html").write_text("{{ 1 / 0 }}")
    answer = make_edge().test_client().get("/nothing", headers=EN)

    assert answer.status_code == 404
    assert "<h1>Nothing was found here</h1>" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/v1/nothing", b"", 404, "not-found"),
        ("DELETE", "/api/v1/lines", b"", 405, "method-not-allowed"),
        ("GET", "/api/v1/broken", b"", 500, "server-error"),
        ("GET", "/api/v1/busy", b"", 503, "busy"),
        ("GET", "/api/v1/refused", b"", 409, "sold-out"),
        ("GET", "/api/v1/lines?a=%ff", b"", 400, "bad-request"),
        ("POST", "/api/v1/lines", b"{", 400, "not-json"),
        ("POST", "/api/v1/lines", b'{"pl": NaN}', 400, "not-a-number"),
        ("POST", "/api/v1/lines", b" " * 300_000, 413, "too-large"),
        ("POST", "/api/v1/lines", b" " * 1_000_001, 413, "too-large"),
        ("POST", "/api/v1/lines", b'{"pl": 5}', 422, "invalid-fields"),
    ],
)
def test_programs_get_a_problem(visitor, method, path, body, status, code):
    answer = visitor.open(path, method=method, data=body)
    problem = json.loads(answer.data)

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, "about:blank")
    assert problem["title"]
    assert problem["detail"]


def test_a_fault_of_ours_tells_nothing(visitor):
    assert "secret" not in visitor.get("/api/v1/broken").text
    assert "secret" not in visitor.get("/broken").text


def test_a_refusal_carries_its_details(visitor):
    problem = json.loads(visitor.get("/api/v1/refused", headers=EN).data)

    assert problem["detail"] == "There is no such field."
    assert problem["details"] == {"session": {"pl": "Próg", "en": "Threshold"}}


def test_faulty_fields_are_listed(visitor):
    answer = visitor.post("/api/v1/lines", data=b'{"en": "\\u202e", "x": 1}', headers=EN)
    problem = json.loads(answer.data)

    assert problem["errors"] == [
        {
            "pointer": "/en",
            "detail": "This text holds a hidden mark that reverses the direction of reading.",
            "code": "direction-override",
        },
        {"pointer": "/pl", "detail": "This field is required.", "code": "required"},
        {"pointer": "/x", "detail": "There is no such field.", "code": "unknown-field"},
    ]


def test_headers_that_matter_are_kept(visitor):
    allowed = visitor.delete("/api/v1/lines").headers["Allow"]

    assert sorted(allowed.split(", ")) == ["OPTIONS", "POST"]
    assert visitor.get("/api/v1/busy").headers["Retry-After"] == "2"
    assert visitor.get("/busy").headers["Retry-After"] == "2"


def test_a_redirect_is_no_error(edge):
    edge.add_url_rule("/folder/", "folder", lambda: "x")

    assert edge.test_client().get("/folder").status_code == 308


def test_every_status_of_http_has_words(edge):
    with edge.test_request_context(headers=EN):
        assert problems.words(418) == problems.words(400)
        assert problems.words(502) == problems.words(500)
        assert all(all(problems.words(status)) for status in range(400, 600))


def test_a_key_appears_nowhere(visitor):
    for path in ("/nothing", "/broken", "/api/v1/broken"):
        assert KEY not in visitor.get(path).text


def test_every_sentence_of_the_kernel_has_its_polish():
    with (i18n.TRANSLATIONS / "pl" / "LC_MESSAGES" / "kernel.po").open("rb") as file:
        known = {message.id for message in read_po(file) if message.string}
    said = {text for pair in problems.WORDS.values() for text in pair}

    assert said <= known
