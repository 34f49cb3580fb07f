"""What the API offers, said by its own views: OpenAPI 3.1, and a page for people.

A view says `@operation(…)`; the document is made from that, from the route, and from the
structs that its body is read into and its answers are made of, so it cannot fall behind.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Flask, Response, current_app, render_template
from msgspec import UNSET, Struct, UnsetType
from werkzeug.routing import Rule

from eventapp import __version__
from eventapp.kernel import guard, pages, rest
from eventapp.kernel.guard import public
from eventapp.kernel.refusal import N_, Refusal
from eventapp.kernel.schema import Shown

bp = Blueprint("openapi", __name__)

View = TypeVar("View", bound=Callable[..., Any])

ROOT = "/api/v1"
REF = "#/components/schemas/{name}"
_PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_EXTENSION = "eventapp-openapi"


class FieldFault(Shown):
    """One field that cannot be accepted; `pointer` is its JSON pointer in the body."""

    pointer: str
    detail: str
    code: str


class Problem(Shown):
    """Why a request was not carried out (RFC 9457); `code` stays, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    details: dict[str, Any] | UnsetType = UNSET
    errors: list[FieldFault] | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What one view of the API does.

    `answers` are its good answers by status, each with the struct it shows (None: no body);
    `refuses` are the refusals that 409 may carry; `repeats` tells that it takes an
    ``Idempotency-Key``, `edits` that it heeds ``If-Match``, `lists` that it answers in pages.
    `asks` are parameters of the query by name, each with its pattern and what it is for.
    """

    summary: str
    about: str
    body: type[Struct] | None = None
    answers: Mapping[int, Any] = field(default_factory=dict)
    refuses: Sequence[type[Refusal]] = ()
    repeats: bool = False
    edits: bool = False
    lists: bool = False
    asks: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def operation(
    summary: str,
    *,
    about: str,
    body: type[Struct] | None = None,
    answers: Mapping[int, Any],
    **more: Any,
) -> Callable[[View], View]:
    """Declare what a view of the API does; a *body* is read and handed to it as ``body``."""
    said = Operation(summary=summary, about=about, body=body, answers=answers, **more)

    def mark(view: View) -> View:
        @wraps(view)
        def run(*args: Any, **kwargs: Any) -> Any:
            if said.body is not None:
                kwargs["body"] = rest.read(said.body)
            return view(*args, **kwargs)

        run.__operation__ = said  # type: ignore[attr-defined]
        return run  # type: ignore[return-value]

    return mark


def operation_of(endpoint: str, app: Flask) -> Operation | None:
    """Return what the view behind *endpoint* declares, or None if it declares nothing."""
    said: Operation | None = getattr(app.view_functions[endpoint], "__operation__", None)
    return said


@dataclass(frozen=True)
class Offer:
    """One operation at its address: method, path below the root, endpoint, what it says."""

    method: str
    path: str
    rule: Rule
    said: Operation
    permission: str

    @property
    def endpoint(self) -> str:
        """Return the name of the view."""
        return str(self.rule.endpoint)

    @property
    def is_public(self) -> bool:
        """Tell whether it asks for no token."""
        return self.permission == guard.PUBLIC


def offers(app: Flask) -> list[Offer]:
    """List the operations of *app* by what they are about and their address."""
    found = [offer for rule in app.url_map.iter_rules() for offer in _offers_of(rule, app)]
    return sorted(found, key=lambda one: (one.said.about, one.path, _METHODS.index(one.method)))


def _offers_of(rule: Rule, app: Flask) -> Iterator[Offer]:
    if not rule.rule.startswith(f"{ROOT}/"):
        return
    said, asked = operation_of(rule.endpoint, app), guard.rule_of(rule.endpoint, app)
    if said is None or asked is None:
        return
    path = _PLACE.sub(lambda place: f"{{{_name(place[2])}}}", rule.rule.removeprefix(ROOT))
    for method in _METHODS:
        if method in (rule.methods or ()):
            yield Offer(method, path, rule, said, str(asked.permission))


def _name(argument: str) -> str:
    return argument.removesuffix("_id")


# --- the document -------------------------------------------------------------------------

_INTRODUCTION = """\
Programme, registrations, sign-ups, the door and the jury of one event, for programs.

A token (`Authorization: Bearer …`) belongs to one event and to named scopes; what lies \
outside answers 404, as if it did not exist. Ids are opaque strings, times ISO 8601 with \
offset in the event's zone, choices kebab-case. Errors are `application/problem+json`; \
409 carries the code of the refusal. Lists come in pages of at most 200: follow \
`Link: rel="next"`. `POST` takes an `Idempotency-Key`, edits heed `If-Match`."""

_PROBLEMS = {
    "400": "The request is not JSON in UTF-8, or otherwise damaged.",
    "401": "No token, or not a live one.",
    "403": "The token's scope does not reach that far.",
    "404": "There is no such thing for this caller.",
    "409": "Refused; `code` tells why.",
    "412": "It was changed after it was read (`If-Match`).",
    "413": "The body is too large.",
    "415": "The body is not `application/json`.",
    "422": "Some fields are not acceptable; `errors` names each.",
    "429": "Too many requests; `Retry-After` tells how long to wait.",
    "503": "Busy; nothing was changed, `Retry-After` tells when to try again.",
}


def document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI description of *app*, made once."""
    made: dict[str, Any] | None = app.extensions.get(_EXTENSION)
    if made is None:
        made = app.extensions[_EXTENSION] = _document(offers(app))
    return made


def _document(found: Sequence[Offer]) -> dict[str, Any]:
    shapes = _shapes(found)
    schemas, components = msgspec.json.schema_components(shapes, ref_template=REF)
    schema_of = dict(zip(map(str, shapes), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for offer in found:
        paths.setdefault(offer.path, {})[offer.method.lower()] = _described(offer, schema_of)
    return {
        "openapi": "3.1.0",
        "info": {"title": "eventapp", "version": __version__, "description": _INTRODUCTION},
        "servers": [{"url": ROOT}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(one.said.about for one in found)],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {code: _problem(text) for code, text in _PROBLEMS.items()},
        },
    }


def _shapes(found: Iterable[Offer]) -> list[Any]:
    """List every struct that the operations read or show, each once."""
    wanted: dict[str, Any] = {str(Problem): Problem}
    for offer in found:
        for shape in (offer.said.body, *offer.said.answers.values()):
            if shape is not None:
                wanted[str(shape)] = shape
    return list(wanted.values())


def _problem(text: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}
    return {"description": text, "content": content}


def _described(offer: Offer, schema_of: Mapping[str, Any]) -> dict[str, Any]:
    said = offer.said
    told: dict[str, Any] = {
        "operationId": offer.endpoint.replace("_api.", "."),
        "tags": [said.about],
        "summary": said.summary,
        "description": _description(offer),
        "parameters": [*_in_path(offer.rule), *_in_query(said), *_in_headers(said)],
        "responses": _responses(offer, schema_of),
    }
    if said.body is not None:
        content = {"application/json": {"schema": schema_of[str(said.body)]}}
        told["requestBody"] = {"required": True, "content": content}
    if offer.is_public:
        told["security"] = []
    return told


def _description(offer: Offer) -> str:
    asked = "For everybody." if offer.is_public else f"Needs the permission `{offer.permission}`."
    codes = [member.value for kind in offer.said.refuses for member in kind]
    refusals = f" Refusals: {', '.join(f'`{code}`' for code in dict.fromkeys(codes))}."
    return asked + (refusals if codes else "")


def _in_path(rule: Rule) -> Iterator[dict[str, Any]]:
    for kind, argument in _PLACE.findall(rule.rule):
        yield {
            "name": _name(argument),
            "in": "path",
            "required": True,
            "schema": _PLACES.get(kind, {"type": "string", "minLength": 1, "maxLength": 64}),
        }


_PLACES = {
    "id": {"type": "string", "pattern": "^[1-9][0-9]{0,9}$"},
    "slug": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 60},
}


def _in_query(said: Operation) -> Iterator[dict[str, Any]]:
    for name, (pattern, text) in said.asks.items():
        schema = {"type": "string", "pattern": pattern}
        yield {"name": name, "in": "query", "description": text, "schema": schema}
    if not said.lists:
        return
    yield {
        "name": "limit",
        "in": "query",
        "description": f"How many rows; at most {pages.LARGEST_PAGE} come at once.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
    }
    yield {
        "name": "after",
        "in": "query",
        "description": "Where to go on: as given in `Link`.",
        "schema": {"type": "string", "pattern": "^[1-9][0-9]{0,8}(-[1-9][0-9]{0,8})?$"},
    }


def _in_headers(said: Operation) -> Iterator[dict[str, Any]]:
    if said.repeats:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same key and body again give the first answer, and do nothing.",
            "schema": {"type": "string", "pattern": "^[!-~]{1,120}$"},
        }
    if said.edits:
        yield {
            "name": "If-Match",
            "in": "header",
            "description": "The ETag that was read; the edit is 412 if there is a newer version.",
            "schema": {"type": "string"},
        }


def _responses(offer: Offer, schema_of: Mapping[str, Any]) -> dict[str, Any]:
    said = offer.said
    good = {str(status): _good(shape, said, schema_of) for status, shape in said.answers.items()}
    codes = ["400", "429", "503"]
    codes += [] if offer.is_public else ["401", "403"]
    codes += ["404"] if "<" in offer.rule.rule else []
    codes += ["409"] if said.refuses or said.repeats else []
    codes += ["412"] if said.edits else []
    codes += ["413", "415"] if said.body is not None else []
    codes += ["422"] if said.body or said.lists or said.repeats or said.asks else []
    bad = {code: {"$ref": f"#/components/responses/{code}"} for code in sorted(codes)}
    if offer.method == "GET":
        good["304"] = {"description": "Unchanged since `If-None-Match`."}
    # A status that is good here (a verdict under 404) may also be a problem.
    return {**bad, **{status: _either(status, told, bad) for status, told in good.items()}}


def _either(status: str, told: dict[str, Any], bad: Mapping[str, Any]) -> dict[str, Any]:
    if status in bad and "content" in told:
        told["content"] |= _problem("")["content"]
    return told


def _good(shape: Any, said: Operation, schema_of: Mapping[str, Any]) -> dict[str, Any]:
    if shape is None:
        return {"description": "Done."}
    headers = {"ETag": _header("The version of what is shown.")}
    if said.lists:
        headers["Link"] = _header('`rel="next"`: where the list goes on.')
    content = {"application/json": {"schema": schema_of[str(shape)]}}
    return {"description": "Done.", "headers": headers, "content": content}


def _header(text: str) -> dict[str, Any]:
    return {"description": text, "schema": {"type": "string"}}


# --- views --------------------------------------------------------------------------------

ABOUT = N_("This description")


class Description(Shown):
    """An OpenAPI document."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]


@bp.get(f"{ROOT}/openapi.json")
@public
@operation(N_("Describe the API"), about=ABOUT, answers={200: Description})
def description() -> Response:
    """Give the OpenAPI document."""
    answer = rest.answered(document(current_app))
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@bp.get("/api/")
@public
def reference() -> str:
    """Show people what the API offers."""
    groups: dict[str, list[Offer]] = {}
    for offer in offers(current_app):
        groups.setdefault(offer.said.about, []).append(offer)
    return render_template("kernel/api.html", groups=groups, root=ROOT)
