"""What a person gives to take part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from eventapp.registrations.models import (
    ConsentKind,
    FormOfAddress,
)


@dataclass(frozen=True, kw_only=True)
class OrganisationDetails:
    """What a person says of the organisation they come from; identifiers as digits.

    A known NIP is enough; else it has a name. `run_by` and `run_by_nip` name the body that runs a
    unit without legal personality.
    """

    name: str
    nip: str | None = None
    regon: str | None = None
    krs: str | None = None
    street: str = ""
    postcode: str = ""
    city: str = ""
    gmina: str = ""
    county: str = ""
    teryt: str = ""
    run_by: str = ""
    run_by_nip: str | None = None


@dataclass(frozen=True, kw_only=True)
class Details:
    """Everything a person gives to take part: contact, organisation, needs, consents.

    `category` is a code of the event's list; `organisation_id` names a known organisation
    and goes before `organisation`; `monitoring` is the third layer, kept encrypted. `answers` are
    those to the event's own questions, by their code.
    """

    first_name: str
    last_name: str
    email: str | None = None
    phone: str = ""
    title: str = ""
    form_of_address: FormOfAddress = FormOfAddress.NONE
    locale: str = "pl"
    category: str | None = None
    organisation: OrganisationDetails | None = None
    organisation_id: int | None = None
    job: str = ""
    postcode: str = ""
    gmina: str = ""
    county: str = ""
    teryt: str = ""
    diet: str = ""
    needs: Sequence[str] = ()
    accommodation: Sequence[str] = ()
    transport: Sequence[str] = ()
    consents: Mapping[ConsentKind, bool] = field(default_factory=dict)
    clause_version: str = ""
    monitoring: Mapping[str, Any] | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What staff know of a form that did not come by the site: when it came, and the clause.

    `clause_on` is the day on which the person acknowledged the information clause by hand.
    """

    received_on: date | None = None
    clause_on: date | None = None
