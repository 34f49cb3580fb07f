"""Answers that are not what was asked for: error pages, and RFC 9457 problems for programs."""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, render_template, request
from flask_babel import gettext
from jinja2 import TemplateNotFound
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException

from eventapp.kernel import i18n, pages
from eventapp.kernel.refusal import N_, Busy, Refused, Stale
from eventapp.kernel.schema import BadFields
from eventapp.kernel.strictjson import BadJson
from eventapp.kernel.text import BadText

log = logging.getLogger(__name__)

BUSY_SECONDS = 2  # after which trying again is likely to succeed

# What a page says: a heading and what the reader can do.
WORDS = {
    400: (
        N_("This request could not be understood"),
        N_("Something in the address or form was damaged. Go back and try again."),
    ),
    401: (N_("Please sign in"), N_("This page is for people who have signed in.")),
    403: (N_("This page is not for you"), N_("Your role does not allow this.")),
    404: (
        N_("Nothing was found here"),
        N_("The address may be mistyped, or the page is not there any more."),
    ),
    405: (N_("This cannot be done here"), N_("The page exists, but not for this kind of request.")),
    409: (
        N_("This could not be done"),
        N_("Meanwhile things have changed. Look again, then retry."),
    ),
    410: (N_("This link is no longer valid"), N_("It was used, replaced or withdrawn.")),
    412: (
        N_("This has changed meanwhile"),
        N_("Somebody changed it after it was read. Read it again, then retry."),
    ),
    413: (N_("This is too large"), N_("Send a smaller file or a shorter text.")),
    415: (N_("This kind of content is not accepted"), N_("Send it in another format.")),
    421: (
        N_("Wrong address"),
        N_("This server does not answer under the name in the address."),
    ),
    422: (N_("Some fields need correcting"), N_("Each fault is listed beside its field.")),
    429: (N_("Too many tries"), N_("Wait a moment, then try again.")),
    500: (
        N_("Something went wrong on our side"),
        N_("The fault has been recorded. Nothing you sent was kept by halves."),
    ),
    503: (N_("Busy at the moment"), N_("Nothing was changed. Try again in a few seconds.")),
}

# Python renames its phrases now and then; these stay.
CODES = {
    400: "bad-request",
    401: "unauthorised",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "conflict",
    410: "gone",
    411: "length-required",
    412: "precondition-failed",
    413: "too-large",
    414: "address-too-long",
    415: "unsupported-media-type",
    421: "misdirected",
    422: "invalid-fields",
    428: "precondition-required",
    429: "rate-limited",
    431: "headers-too-large",
    503: "busy",
}


def install(app: Flask) -> None:
    """Answer every error of *app* in words: JSON below ``/api``, a page elsewhere."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Stale, _stale)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(BadJson, _bad_json)
    app.register_error_handler(BadFields, _bad_fields)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """Return an ``application/problem+json`` answer.

    *errors* name fields: ``{"pointer": "/title/pl", "detail": …, "code": …}``.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    if errors:
        body["errors"] = list(errors)
    text = json.dumps(body, ensure_ascii=False, default=_plain_value)
    answer = Response(text, status, mimetype="application/problem+json")
    answer.headers.update(headers or {})
    return answer


def _plain_value(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def for_program() -> bool:
    """Tell whether the request came to the API, and so its answer is read by a program."""
    return request.path.startswith("/api/")


def words(status: int) -> tuple[str, str]:
    """Return the heading and the sentence of an error, in the reader's language."""
    general = 500 if status >= 500 else 400
    heading, sentence = WORDS.get(status) or WORDS[general]
    return gettext(heading), gettext(sentence)


def error_page(
    status: int, sentence: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the page of an error: its template, or a plain one if that fails too."""
    heading, general = words(status)
    sentence = sentence or general
    try:
        html = _rendered(status, heading, sentence)
    except Exception:
        # The fault may lie in what every page needs, such as the database.
        log.exception("the error page %s failed", status)
        html = _plain(heading, sentence)
    answer = Response(html, status, mimetype="text/html")
    answer.headers.update(headers or {})
    return answer


def _rendered(status: int, heading: str, sentence: str) -> str:
    try:
        return render_template(
            "errors/error.html", status=status, heading=heading, sentence=sentence
        )
    except TemplateNotFound:
        return _plain(heading, sentence)


def _plain(heading: str, sentence: str) -> str:
    return Markup(
        '<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{heading}</title>\n</head>\n<body>\n<main>\n<h1>{heading}</h1>\n"
        '<p>{sentence}</p>\n<p><a href="/">{home}</a></p>\n</main>\n</body>\n</html>\n'
    ).format(
        lang=i18n.current(),
        heading=escape(heading),
        sentence=escape(sentence),
        home=gettext("To the list of events"),
    )


def _http(error: HTTPException) -> Any:
    if error.response is not None or (error.code or 500) < 400:
        return error
    status = error.code or 500
    headers = {
        name: value
        for name, value in error.get_headers(request.environ)
        if name.lower() not in {"content-type", "content-length"}
    }
    if for_program():
        return problem(status, _code(status), words(status)[1], headers=headers)
    return error_page(status, headers=headers)


def _code(status: int) -> str:
    return CODES.get(status, "server-error" if status >= 500 else "bad-request")


def _refused(refused: Refused) -> Response:
    sentence = pages.sentence(refused)
    if for_program():
        more: dict[str, Any] = {"details": dict(refused.details)} if refused.details else {}
        return problem(409, refused.reason.value, sentence, **more)
    return error_page(409, sentence)


def _stale(_stale: Stale) -> Response:
    if for_program():
        return problem(412, _code(412), words(412)[1])
    return error_page(412)


def _busy(_busy: Busy) -> Response:
    headers = {"Retry-After": str(BUSY_SECONDS)}
    if for_program():
        return problem(503, "busy", words(503)[1], headers=headers)
    return error_page(503, headers=headers)


def _bad_json(error: BadJson) -> Response:
    status = 413 if error.code == "too-large" else 400
    return problem(status, error.code, gettext(error.sentence))


def _bad_fields(error: BadFields) -> Response:
    faults = [fault.shown() for fault in error.faults]
    return problem(422, "invalid-fields", words(422)[0], errors=faults)


def fault_sentence(error: BadText) -> str:
    """Return the sentence of a refused text in the reader's language."""
    return gettext(error.sentence, **error.details)
