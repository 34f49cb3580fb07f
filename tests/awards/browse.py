"""A reader of the jury's pages: signs in, follows CSRF, and reads what stands there."""

import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventapp.accounts import commands as accounts
from eventapp.kernel import clock, visits

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Reader:
    """Somebody at a browser without JavaScript; *account_id* None is a stranger."""

    def __init__(self, app: Flask, slug: str, account_id: int | None = None) -> None:
        self.client: FlaskClient = app.test_client()
        self.slug = slug
        if account_id is not None:
            with app.test_request_context():
                entry = accounts.enter_for_demonstration(account_id, "test", clock.now())
                self.client.set_cookie(visits.cookie_name(), entry.token)
        self.client.set_cookie("language", "en")

    def get(self, path: str, status: int = 200) -> str:
        """Open a page below the event and return its text."""
        answer = self.answer(path)
        assert answer.status_code == status, (answer.status_code, answer.headers.get("Location"))
        return unescape(answer.get_data(as_text=True))

    def answer(self, path: str) -> TestResponse:
        """Open a page and return the whole answer."""
        return self.client.get(f"/{self.slug}{path}")

    def token(self) -> str:
        """Return this visit's CSRF token, read off a page that has one."""
        page = self.client.get(f"/{self.slug}/awards/").get_data(as_text=True)
        found = _TOKEN.search(page)
        if found is None:
            page = self.client.get("/sign-in").get_data(as_text=True)
            found = _TOKEN.search(page)
        assert found is not None
        return found[1]

    def send(self, path: str, **fields: Any) -> TestResponse:
        """Post a form; it must lead on with 303 or show itself again."""
        data = {key.replace("__", "-"): value for key, value in fields.items()}
        answer = self.client.post(f"/{self.slug}{path}", data=data | {"csrf_token": self.token()})
        assert answer.status_code in {200, 303}, answer.status_code
        return answer

    def post(self, path: str, **fields: Any) -> int:
        """Post a form and return the status, whatever it is."""
        data = fields | {"csrf_token": self.token()}
        return self.client.post(f"/{self.slug}{path}", data=data).status_code

    def send_json(self, path: str, body: Any) -> TestResponse:
        """Post JSON as the page's script does."""
        return self.client.post(
            f"/{self.slug}{path}", json=body, headers={"X-CSRFToken": self.token()}
        )
