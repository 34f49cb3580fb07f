"""Reading a rulebook strictly: what it leaves open is refused, and so is what nobody reads."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from eventapp.awards.tally.numbers import exact
from eventapp.awards.tally.rulebook import (
    Absent,
    Aggregate,
    ChairChoice,
    Criterion,
    Display,
    Distinctions,
    Method,
    Normalise,
    NormaliseFloor,
    Nota,
    Quorum,
    Rounding,
    Rulebook,
    Scale,
    Step,
    Strength,
    Variant,
)
from eventapp.awards.tally.shape import Fields, fields, listed, names, refuse_unknown

KEYS = frozenset(
    {
        "method",
        "criteria",
        "scale",
        "optional",
        "normalise",
        "normalise_floor",
        "aggregate",
        "trim",
        "points",
        "strength",
        "seats",
        "variant",
        "k",
        "budget",
        "quorum",
        "min_score",
        "nota",
        "ties",
        "distinctions",
        "display",
        "chair_choice",
        "lot_seed",
        "runoff",
    }
)


def read_rulebook(raw: object, entries: tuple[str, ...]) -> Rulebook:
    """Read the rules, and the acts that followed the vote on *entries*."""
    rules = fields(raw, "Rulebook", KEYS)
    criteria = _criteria(rules)
    method = rules.choice("method", Method)
    _refuse_pointless(rules, method)
    aggregate = rules.choice("aggregate", Aggregate, Aggregate.MEAN)
    return Rulebook(
        method=method,
        criteria=criteria,
        scale=rules.choice("scale", Scale, Scale.PERCENT),
        optional=rules.choice("optional", Absent) if "optional" in rules else None,
        normalise=rules.choice("normalise", Normalise, Normalise.NONE),
        normalise_floor=_normalise_floor(rules),
        aggregate=aggregate,
        trim=_trim(rules, aggregate),
        points=_points(rules),
        variant=rules.choice("variant", Variant) if "variant" in rules else None,
        k=rules.integer("k", least=1) if "k" in rules else None,
        strength=rules.choice("strength", Strength) if "strength" in rules else None,
        budget=rules.exact("budget") if "budget" in rules else None,
        nota=_nota(rules) if "nota" in rules else None,
        seats=rules.integer("seats", least=1, default=1),
        quorum=_quorum(rules) if "quorum" in rules else None,
        min_score=rules.exact("min_score") if "min_score" in rules else None,
        ties=_ties(rules, criteria),
        distinctions=_distinctions(rules) if "distinctions" in rules else None,
        display=_display(rules) if "display" in rules else None,
        chair_choice=_chair_choice(rules, entries) if "chair_choice" in rules else None,
        lot_seed=_lot_seed(rules) if "lot_seed" in rules else None,
        runoff=_runoff(rules, entries) if "runoff" in rules else {},
    )


def _refuse_pointless(rules: Fields, method: Method) -> None:
    """Refuse rules that the method would pass over in silence, though they mean to decide."""
    distinctions = rules.raw.get("distinctions")
    thresholds = "min_score" in rules or (
        isinstance(distinctions, Mapping) and "min_score" in distinctions
    )
    if thresholds and not method.gives_values:
        raise rules.fault("min_score", f"needs values, and {method} gives none")
    if "nota" in rules and method is not Method.SCHULZE:
        raise rules.fault("nota", "is counted by schulze alone")


def _criteria(rules: Fields) -> tuple[Criterion, ...]:
    """Read the criteria; each says all of its own scale."""
    raw = listed(rules.raw.get("criteria", ()), "Rulebook: criteria")
    criteria = tuple(_criterion(item, place) for place, item in enumerate(raw, start=1))
    names([criterion.id for criterion in criteria], "Rulebook: criteria")
    return criteria


def _criterion(raw: object, place: int) -> Criterion:
    known = ("id", "name", "weight", "min", "max", "required")
    found = fields(raw, f"Criterion {place} of the rulebook", known)
    criterion = Criterion(
        id=found.text("id"),
        weight=found.exact("weight"),
        low=found.exact("min"),
        high=found.exact("max"),
        required=found.flag("required", default=True),
    )
    if criterion.weight <= 0:
        raise found.fault("weight", "must be greater than 0")
    if criterion.low >= criterion.high:
        raise found.fault("min", "must be less than max")
    return criterion


def _normalise_floor(rules: Fields) -> NormaliseFloor:
    """Read how far the rulebook lowers the floor of the z-scores."""
    raw = rules.raw.get("normalise_floor", {})
    floor = fields(raw, "Rulebook: normalise_floor", ("jurors", "cards"))
    usual = NormaliseFloor()
    return NormaliseFloor(
        jurors=floor.integer("jurors", least=1, default=usual.jurors),
        cards=floor.integer("cards", least=1, default=usual.cards),
    )


def _trim(rules: Fields, aggregate: Aggregate) -> int:
    """Read how many cards are dropped at each end; a trimmed mean must say it."""
    if aggregate is not Aggregate.TRIMMED and "trim" not in rules:
        return 0
    return rules.integer("trim", least=1)


def _points(rules: Fields) -> tuple[Fraction, ...]:
    """Read what each place on a ballot is worth, the first place first."""
    raw = listed(rules.raw.get("points", ()), "Rulebook: points")
    return tuple(exact(worth, "Rulebook: points") for worth in raw)


def _nota(rules: Fields) -> Nota:
    found = fields(rules.value("nota"), "Rulebook: nota", ("id", "quorum", "majority"))
    nota = Nota(
        id=found.text("id"),
        quorum=found.exact("quorum", Fraction(0)),
        majority=found.exact("majority", Fraction(1)),
    )
    if nota.majority < 1:
        raise found.fault("majority", "must be at least 1")
    return nota


def _quorum(rules: Fields) -> Quorum:
    known = ("absolute", "share", "chair", "cards")
    quorum = fields(rules.value("quorum"), "Rulebook: quorum", known)
    share = quorum.exact("share", Fraction(0))
    if not 0 <= share <= 1:
        raise quorum.fault("share", "must lie between 0 and 1")
    return Quorum(
        absolute=quorum.integer("absolute", least=0, default=0),
        share=share,
        chair=quorum.flag("chair", default=False),
        cards=quorum.integer("cards", least=0, default=0),
    )


def _ties(rules: Fields, criteria: tuple[Criterion, ...]) -> tuple[str, ...]:
    """Read the tie chain; a step that no one knows would leave a tie to somebody's mood."""
    chain = rules.names("ties")
    plain = [step.value for step in Step if step is not Step.CRITERION]
    known = [*plain, *(f"{Step.CRITERION}:{criterion.id}" for criterion in criteria)]
    for step in chain:
        if step not in known:
            raise rules.fault("ties", f"knows no step {step[:40]!r}, only {', '.join(known)}")
    return chain


def _distinctions(rules: Fields) -> Distinctions:
    raw = rules.value("distinctions")
    found = fields(raw, "Rulebook: distinctions", ("per_category", "min_score"))
    return Distinctions(
        per_category=found.integer("per_category", least=0),
        min_score=found.exact("min_score") if "min_score" in found else None,
    )


def _display(rules: Fields) -> Display:
    found = fields(rules.value("display"), "Rulebook: display", ("decimals", "rounding"))
    decimals = found.integer("decimals", least=0, default=2)
    if decimals > 9:
        raise found.fault("decimals", "must be at most 9")
    return Display(decimals, found.choice("rounding", Rounding, Rounding.HALF_UP))


def _chair_choice(rules: Fields, entries: tuple[str, ...]) -> ChairChoice:
    raw = rules.value("chair_choice")
    found = fields(raw, "Rulebook: chair_choice", ("order", "reason", "by"))
    order = found.names("order")
    if not order:
        raise found.fault("order", "must name at least one entry")
    for entry in order:
        refuse_unknown(entry, entries, found.name)
    return ChairChoice(order, found.text("reason"), found.text("by") if "by" in found else None)


def _lot_seed(rules: Fields) -> str:
    """Read the key string of RFC 3797: its sources were announced before they were drawn."""
    seed = rules.value("lot_seed")
    if isinstance(seed, int) and not isinstance(seed, bool):
        return str(seed)
    return rules.text("lot_seed")


def _runoff(rules: Fields, entries: tuple[str, ...]) -> Mapping[str, Fraction]:
    """Read the votes of a run-off held between tied entries."""
    found = fields(rules.value("runoff"), "Rulebook: runoff", ("votes",))
    votes = fields(found.value("votes"), "Rulebook: runoff votes", entries)
    return {entry: Fraction(votes.integer(entry, least=0)) for entry in votes.raw}
