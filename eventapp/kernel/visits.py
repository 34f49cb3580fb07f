"""The cookie of a signed-in browser: its name, how it is given, what the browser calls itself."""

from flask import current_app, redirect, request
from werkzeug.wrappers import Response


def cookie_name() -> str:
    """Return the sign-in cookie's name; over TLS one that no subdomain can set."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    return "__Host-signed-in" if secure else "signed-in"


def token() -> str | None:
    """Return the token that the caller's browser holds."""
    return request.cookies.get(cookie_name())


def give(value: str, target: str, seconds: int) -> Response:
    """Let the browser hold the token *value* for some time, and go on to *target*."""
    answer = redirect(target, code=303)
    answer.set_cookie(
        cookie_name(),
        value,
        max_age=seconds,
        secure=current_app.config["SESSION_COOKIE_SECURE"] or request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


def device() -> str:
    """Return how the caller's browser calls itself, short."""
    return (request.user_agent.string or "–")[:200]
