"""Who may register by themselves as what: needs of a category, the area, places."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from eventapp.registrations.rules import RegistrationRefusal
from eventapp.registrations.rules.enquiry import AreaBasis, AreaPolicy

if TYPE_CHECKING:
    from eventapp.registrations.models import RegistrationForm


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """What one category asks of people who register by themselves.

    `places` is its own number of places (None: none of its own); `run_by` asks who runs a unit
    without legal personality.
    """

    needs_organisation: bool = False
    needs_nip: bool = False
    in_area: bool = False
    by_staff: bool = False
    run_by: bool = False
    places: int | None = None


ANYBODY = Eligibility()
_NAMES = frozenset(each.name for each in fields(Eligibility))


def eligibility_of(form: "RegistrationForm", category: str | None) -> Eligibility:
    """Return what an event asks of a category."""
    kept: Mapping[str, Any] = form.categories.get(category or "") or {}
    return Eligibility(**{name: value for name, value in kept.items() if name in _NAMES})


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """What eligibility is judged by; `in_area` is None where nobody can know."""

    organisation: bool
    nip: bool
    run_by: bool
    in_area: bool | None
    place_named: bool


def refuse_applicant(
    form: "RegistrationForm", category: str | None, who: Applicant
) -> RegistrationRefusal | None:
    """Return why somebody may not register by themselves as *category*."""
    asked = eligibility_of(form, category)
    if asked.by_staff:
        return RegistrationRefusal.BY_STAFF_ONLY
    if asked.needs_organisation and not who.organisation:
        return RegistrationRefusal.ORGANISATION_REQUIRED
    if asked.needs_nip and not who.nip:
        return RegistrationRefusal.NIP_REQUIRED
    if asked.run_by and not who.run_by:
        return RegistrationRefusal.RUN_BY_REQUIRED
    if form.area_policy is AreaPolicy.REFUSED or asked.in_area:
        return _refuse_place(form, who)
    return None


def _refuse_place(form: "RegistrationForm", who: Applicant) -> RegistrationRefusal | None:
    """Return why a place is none of the area's; an unknown seat is left to the organiser."""
    if form.area_basis is AreaBasis.SEAT:
        return RegistrationRefusal.SEAT_OUTSIDE_AREA if who.in_area is False else None
    if not who.place_named:
        return RegistrationRefusal.PLACE_REQUIRED
    return None if who.in_area else RegistrationRefusal.OUTSIDE_AREA


def is_full(asked: Eligibility, taken: int) -> bool:
    """Tell whether a category's own places are taken."""
    return asked.places is not None and taken >= asked.places
