"""What the API accepts: msgspec structs whose texts are cleaned like every other text.

A slice declares `class NewSession(Body)`; `decode` returns it, or raises `BadFields` with
every faulty field named by its JSON pointer.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache, partial
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec
from flask_babel import gettext
from msgspec import Meta, Struct, structs

from eventapp.kernel import identifiers, text
from eventapp.kernel.refusal import N_
from eventapp.kernel.strictjson import read_json
from eventapp.kernel.text import BadText

Shape = TypeVar("Shape", bound=Struct)
Rule = Callable[[str], str]

_RULE = "eventapp-text"
_ID = re.compile("[1-9][0-9]{0,9}", re.ASCII)
_LARGEST_ID = 2**31 - 1  # PostgreSQL's integer
_line = partial(text.clean, max_length=text.LINE)


def _ruled(rule: Rule, longest: int, **schema: Any) -> Meta:
    # The length is the cleaned text's; the published schema tells the honest limit.
    return Meta(extra={_RULE: rule}, extra_json_schema={"maxLength": longest, **schema})


def _filled(value: str, longest: int) -> str:
    cleaned = text.clean(value, max_length=longest)
    if not cleaned:
        raise BadText("required", N_("This field is required."))
    return cleaned


def _row_id(value: str) -> str:
    cleaned = _line(value)
    if not _ID.fullmatch(cleaned) or int(cleaned) > _LARGEST_ID:
        raise BadText("bad-format", N_("This has another form than expected."))
    return cleaned


def _within_reach(value: str) -> str:
    # The year 1 in Tokyo has no UTC; a year of five digits no datetime.
    begins = value[:4].isdigit()
    if begins and (not "1900" <= value[:4] <= "2199" or value[4:5] not in {"-", ""}):
        raise BadText("out-of-range", N_("This is out of range."))
    return value


_body = partial(text.clean, max_length=text.BODY, multiline=True)

Line = Annotated[str, _ruled(_line, text.LINE)]
Title = Annotated[str, _ruled(partial(_filled, longest=text.LINE), text.LINE, minLength=1)]
Name = Annotated[str, _ruled(partial(_filled, longest=text.NAME), text.NAME, minLength=1)]
LongText = Annotated[str, _ruled(_body, text.BODY)]
EmailText = Annotated[str, _ruled(text.normal_email, text.EMAIL, format="email")]
PhoneText = Annotated[str, _ruled(text.normal_phone, 40)]
NipText = Annotated[str, _ruled(identifiers.normal_nip, identifiers.NIP)]
KrsText = Annotated[str, _ruled(identifiers.normal_krs, identifiers.KRS)]
RegonText = Annotated[str, _ruled(identifiers.normal_regon, identifiers.REGON)]
PostcodeText = Annotated[
    str, _ruled(lambda value: identifiers.normal_postcode(identifiers.with_dash(value)), 6)
]
IdText = Annotated[str, _ruled(_row_id, 10, pattern="^[1-9][0-9]{0,9}$")]
# `$` alone would let a newline at the end pass, so this text is cleaned as well.
Code = Annotated[str, _ruled(_line, 60), Meta(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
# A code of an event's own list, as whoever made the list wrote it: ``spoldzielnia_socjalna``.
ListCode = Annotated[
    str, _ruled(_line, 60), Meta(pattern="^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$", max_length=60)
]
Moment = Annotated[datetime, Meta(tz=True, extra={_RULE: _within_reach})]
Seats = Annotated[int, Meta(ge=0, le=100_000)]


class Body(Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of what a request may send: unknown fields are refused, `UNSET` is not null."""


class Shown(Struct, kw_only=True):
    """Base of what an answer shows; times carry their offset, ids are opaque strings."""


class LocalLine(Body):
    """A line of text in Polish and, if there is one, in English."""

    pl: Title
    en: Line | None = None


class LocalText(Body):
    """A longer text in Polish and, if there is one, in English."""

    pl: LongText
    en: LongText | None = None


def spoken(value: LocalLine | LocalText) -> dict[str, str]:
    """Return a text of several languages as it is kept: those that are filled."""
    return {"pl": value.pl, **({"en": value.en} if value.en else {})}


def named(body: Body) -> dict[str, Any]:
    """Return what a body names, texts of several languages as they are kept."""
    found = {name: getattr(body, name) for name in body.__struct_fields__}
    return {
        name: spoken(value) if isinstance(value, LocalLine | LocalText) else value
        for name, value in found.items()
        if value is not msgspec.UNSET
    }


@dataclass(frozen=True)
class Fault:
    """One field that cannot be accepted: where, why as a code, and why in words."""

    pointer: str
    code: str
    sentence: str
    details: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, str]:
        """Return the fault as the API answers it, in the caller's language."""
        detail = gettext(self.sentence, **self.details)
        return {"pointer": self.pointer, "detail": detail, "code": self.code}


class BadFields(ValueError):
    """A request whose JSON is sound but whose fields are not."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.code}" for fault in faults))
        self.faults = tuple(faults)


def decode(shape: type[Shape], body: bytes) -> Shape:
    """Return the request *body* as *shape*; raises `BadJson` or `BadFields`."""
    return fit(shape, read_json(body))


def fit(shape: type[Shape], value: Any) -> Shape:
    """Return a JSON value as *shape*, its texts cleaned; raises `BadFields`."""
    if not isinstance(value, dict):
        raise BadFields([Fault("", "wrong-type", N_("A JSON object is expected."))])
    faults: list[Fault] = []
    cleaned = _cleaned(shape, value, "", faults)
    if not faults and shape.__struct_config__.forbid_unknown_fields:
        with contextlib.suppress(msgspec.ValidationError):
            return msgspec.convert(cleaned, shape)  # sound, as nearly all are
    faulty = {fault.pointer for fault in faults}
    faults += [fault for fault in _misfits(shape, cleaned) if not _under(fault.pointer, faulty)]
    if faults:
        raise BadFields(sorted(faults, key=lambda fault: fault.pointer))
    return msgspec.convert(cleaned, shape)


def _under(pointer: str, faulty: set[str]) -> bool:
    return any(pointer == found or found.startswith(pointer + "/") for found in faulty)


# --- texts --------------------------------------------------------------------------------


def _cleaned(kind: Any, value: Any, pointer: str, faults: list[Fault]) -> Any:
    """Return *value* with every text of *kind* cleaned; broken ones become faults."""
    rule, fields, item = _plan(kind)
    if rule and isinstance(value, str):
        return _obeyed(rule, value, pointer, faults)
    if fields and isinstance(value, dict):
        return {
            name: _cleaned(fields[name], part, f"{pointer}/{_escaped(name)}", faults)
            if name in fields
            else part
            for name, part in value.items()
        }
    if item is not None and isinstance(value, list):
        return [
            _cleaned(item, part, f"{pointer}/{place}", faults) for place, part in enumerate(value)
        ]
    if item is not None and isinstance(value, dict):
        return {
            name: _cleaned(item, part, f"{pointer}/{_escaped(name)}", faults)
            for name, part in value.items()
        }
    return value


def _obeyed(rule: Rule, value: str, pointer: str, faults: list[Fault]) -> str:
    try:
        return rule(value)
    except BadText as error:
        faults.append(Fault(pointer, error.code, error.sentence, dict(error.details)))
        return value


@lru_cache(maxsize=1024)
def _plan(kind: Any) -> tuple[Rule | None, dict[str, Any], Any]:
    """Return the text rule, the fields and the item type that *kind* consists of."""
    rule: Rule | None = None
    fields: dict[str, Any] = {}
    item: Any = None
    for part in _alternatives(kind):
        rule = rule or _rule_of(part)
        plain = part.__origin__ if get_origin(part) is Annotated else part
        bare = get_origin(plain) or plain
        if isinstance(bare, type) and issubclass(bare, Struct):
            fields = {f.encode_name: f.type for f in structs.fields(bare)}
        elif bare in {list, tuple, dict, set, frozenset} and (items := get_args(plain)):
            item = items[-1 if bare is dict else 0]
    return rule, fields, item


def _alternatives(kind: Any) -> Iterator[Any]:
    """Yield *kind*, or the members of a union."""
    if get_origin(kind) in {Union, UnionType}:
        for member in get_args(kind):
            yield from _alternatives(member)
    else:
        yield kind


def _rule_of(kind: Any) -> Rule | None:
    for mark in getattr(kind, "__metadata__", ()):
        extra = mark.extra if isinstance(mark, Meta) else None
        if extra and _RULE in extra:
            rule: Rule = extra[_RULE]
            return rule
    return None


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


# --- everything else ----------------------------------------------------------------------


@cache
def _fields(shape: type[Struct]) -> dict[str, structs.FieldInfo]:
    """Return the fields of *shape* by the names that JSON gives them."""
    return {f.encode_name: f for f in structs.fields(shape)}


def _misfits(shape: type[Struct], value: dict[str, Any]) -> Iterator[Fault]:
    """Yield what msgspec refuses: field by field, so that all are named at once."""
    known = _fields(shape)
    for name in value.keys() - known.keys():
        yield Fault(f"/{_escaped(name)}", "unknown-field", N_("There is no such field."))
    for name, part in known.items():
        if name in value:
            yield from _misfit(part.type, value[name], f"/{_escaped(name)}")
        elif part.required:
            yield Fault(f"/{_escaped(name)}", "required", N_("This field is required."))


def _misfit(kind: Any, value: Any, pointer: str) -> Iterator[Fault]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        yield _fault(str(error), pointer)


# How msgspec words its refusals, and what we call them.
_REFUSALS = (
    (r"unknown field", "unknown-field", N_("There is no such field.")),
    (r"missing required field", "required", N_("This field is required.")),
    (r"Invalid enum value", "not-a-choice", N_("This is not one of the choices.")),
    (r"Expected `str` matching regex", "bad-format", N_("This has another form than expected.")),
    (r"to have a timezone|timezone component", "no-offset", N_("A time needs its offset.")),
    (r"Invalid RFC3339", "not-a-time", N_("This is not a time in ISO 8601.")),
    (r"Invalid UUID", "bad-format", N_("This has another form than expected.")),
    (
        r"^Expected `(str|array|object|int|float)` (of length )?[<>]=?",
        "out-of-range",
        N_("This is out of range."),
    ),
    (r"^Integer value out of range|out of range", "out-of-range", N_("This is out of range.")),
)


def _fault(message: str, pointer: str) -> Fault:
    reason, _, path = message.partition(" - at `")
    where = pointer + _pointer(path.rstrip("`"))
    for pattern, code, sentence in _REFUSALS:
        if re.search(pattern, reason):
            return Fault(where + _field_named(reason), code, sentence)
    return Fault(where, "wrong-type", N_("This is of another type than expected."))


def _pointer(path: str) -> str:
    """Return msgspec's ``$.title.pl`` or ``$[0]`` as ``/title/pl`` or ``/0``.

    Of a value whose key msgspec does not tell (``[...]``) the pointer ends before the key.
    """
    told = path.partition("[...]")[0]
    steps = re.findall(r"\.([^.\[]+)|\[(\d+)\]", told)
    return "".join("/" + _escaped(name or place) for name, place in steps)


def _field_named(reason: str) -> str:
    found = re.search(r"field `([^`]+)`", reason)
    return "/" + _escaped(found.group(1)) if found else ""
