"""A small application with the kernel's edges alone: no slice, no database."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, jsonify, request

from eventapp.kernel import boundary, i18n, limits, schema, tokens
from eventapp.kernel.refusal import N_, Busy, Refusal, Refused

KEY = "a key for the kernel's tests, long enough"


class Gone(Refusal):
    """A refusal to test with."""

    SOLD_OUT = "sold-out", N_("There is no such field.")


views = Blueprint("edge", __name__)


@views.get("/things/<id:number>")
def thing(number: int) -> str:
    return str(number)


@views.get("/named/<slug:name>")
def named(name: str) -> str:
    return name


@views.route("/echo", methods=["GET", "POST"])
def echo() -> Any:
    return jsonify([request.args.to_dict(flat=False), request.form.to_dict(flat=False)])


@views.post("/upload")
@boundary.accepts_upload(3_000_000)
def upload() -> str:
    return str(len(request.files["file"].read()))


@views.get("/api/v1/refused")
@views.get("/refused")
def refused() -> str:
    raise Refused(Gone.SOLD_OUT, session={"pl": "Próg", "en": "Threshold"})


@views.get("/api/v1/busy")
@views.get("/busy")
def busy() -> str:
    raise Busy("busy")


@views.get("/api/v1/broken")
@views.get("/broken")
def broken() -> str:
    raise ZeroDivisionError("a secret in a message")


@views.post("/api/v1/lines")
def lines() -> Any:
    found = schema.decode(schema.LocalLine, request.get_data())
    return jsonify(pl=found.pl, en=found.en)


@views.get("/private")
def private() -> str:
    boundary.keep_private()
    return "mine"


@views.get("/scanner")
@boundary.csp(script="'wasm-unsafe-eval'", manifest="'self'")
def scanner() -> str:
    return "scan"


@views.get("/limited")
@limits.limited("links")
def limited() -> str:
    return "ok"


@views.get("/address")
def address() -> str:
    return f"{request.remote_addr} {request.scheme} {request.host}"


def make(folder: Path, **settings: Any) -> Flask:
    """Return the small application, its mail and templates in *folder*."""
    app = Flask("edge", template_folder=str(folder))
    app.config.update(
        SECRET_KEY=KEY,
        BASE_URL="",
        REDIS_URL="",
        MAIL_FROM="Seminarium Jurajskie <seminarium@example.org>",
        MAIL_URL=f"file://{folder / 'mail'}",
        RATE_LIMITS=True,
        DEMO=False,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.config.update(settings)
    boundary.install(app)
    tokens.install(app)
    i18n.install(app)
    limits.install(app)
    app.register_blueprint(views)
    return app
