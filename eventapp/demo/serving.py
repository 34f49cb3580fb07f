"""Serve the moments side by side: one application each, chosen by a cookie."""

import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from flask import Flask

from eventapp.demo import moments
from eventapp.demo.moments import BY_NAME, DEFAULT, MakeApp, Moment
from eventapp.kernel import clock, settings
from eventapp.kernel.jobs import EmbeddedWorker

COOKIE = "moment"
STARTED = "moment-started"


class Moments:
    """A WSGI application that hands each request to the application of its moment."""

    def __init__(self, data: Path, make_app: MakeApp, shared: dict[str, Any]) -> None:
        self._data = data
        self._make_app = make_app
        self._shared = shared
        self._apps: dict[str, Flask] = {}
        self._workers: dict[str, EmbeddedWorker] = {}
        self._lock = threading.Lock()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer one request in its moment."""
        return self.app(self._chosen(environ))(environ, start_response)

    def _chosen(self, environ: dict[str, Any]) -> str:
        """Return the moment that the path names, else the cookie's, else the usual one."""
        parts = str(environ.get("PATH_INFO", "")).strip("/").split("/")
        if parts[0] == "demo" and len(parts) > 1 and parts[1] in BY_NAME:
            return parts[1]
        try:
            found = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(COOKIE)
        except CookieError:
            return DEFAULT
        return found.value if found is not None and found.value in BY_NAME else DEFAULT

    def app(self, name: str) -> Flask:
        """Return the application of a moment, made when it is first asked for."""
        with self._lock:
            if name not in self._apps:
                self._apps[name] = self._make(BY_NAME[name])
            return self._apps[name]

    def _make(self, moment: Moment) -> Flask:
        folder = moments.folder_of(self._data, moment)
        if not moments.working(self._data, moment).exists():
            moments.restore(self._data, moment)
        app = self._make_app(
            {
                **self._shared,
                "DATABASE_URL": f"sqlite:///{moments.working(self._data, moment)}",
                "MAIL_URL": f"file://{folder / 'mail'}",
                "DATA_DIR": str(self._data),
                "DEMO": True,
            }
        )
        app.config["DEMO_MOMENT"] = moment.name
        app.extensions["eventapp-anew"] = lambda: self.anew(moment)
        with app.app_context():
            _start_clock(moment)
        worker = EmbeddedWorker(app)
        worker.start()
        self._workers[moment.name] = worker
        return app

    def anew(self, moment: Moment) -> None:
        """Forget what was done in a moment; its next request finds it as it was prepared."""
        with self._lock:
            self._workers.pop(moment.name).stop()
            self._apps.pop(moment.name, None)
            moments.restore(self._data, moment)

    def stop(self) -> None:
        """End the job threads."""
        for worker in self._workers.values():
            worker.stop()


def _start_clock(moment: Moment) -> None:
    """Let the clock run from the moment when it is first opened, and go on from there later."""
    offset = settings.get(STARTED)
    if offset is None:
        offset = str(clock.offset_to(moment.at).total_seconds())
        settings.put(STARTED, offset)
    clock.shift(timedelta(seconds=float(offset)))
