"""How a letter of the product is described: its places, its variants, what sets it off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What fills a place; an address is the organiser's own and may be clicked."""

    TEXT = "text"
    ADDRESS = "address"
    MOMENT = "moment"
    SPAN = "span"
    NUMBER = "number"
    LINK = "link"
    BLOCK = "block"


@dataclass(frozen=True)
class Field:
    """What a place stands for: how it is written, where its value lies, what it means."""

    kind: Kind
    key: str
    meaning: str


@dataclass(frozen=True)
class Variant:
    """One of the things that a letter may have to say."""

    code: str
    title: str
    when: Mapping[str, Any] = field(default_factory=dict)
    required: frozenset[str] = frozenset()

    def fits(self, context: Mapping[str, Any]) -> bool:
        """Tell whether a letter with this context says it."""
        return all(context.get(key) == value for key, value in self.when.items())


ALONE = Variant("", "")


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """A letter of the product.

    `template` lies below ``templates/mail``; `trigger` groups it. One that is not `editable`
    belongs to no event.
    """

    template: str
    trigger: str
    title: str
    places: Mapping[str, Field] = field(default_factory=dict)
    variants: tuple[Variant, ...] = (ALONE,)
    editable: bool = True

    def variant_of(self, context: Mapping[str, Any]) -> Variant | None:
        """Return what a letter with this context says."""
        return next((one for one in self.variants if one.fits(context)), None)

    def variant(self, code: str) -> Variant | None:
        """Return a variant by its code."""
        return next((one for one in self.variants if one.code == code), None)
