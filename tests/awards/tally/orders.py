"""Ranked ballots written short: ``42:M>N>C>K`` is 42 ballots, ``A=B`` share a tier."""

from typing import Any

from eventapp.awards.tally import Result, count

CAPITAL = "42:M>N>C>K 26:N>C>K>M 15:C>K>N>M 17:K>C>N>M"
FIVE = (
    "5:A>C>B>E>D 5:A>D>E>C>B 8:B>E>D>A>C 3:C>A>B>E>D "
    "7:C>A>E>B>D 2:C>B>A>D>E 7:D>C>E>B>A 8:E>B>A>D>C"
)


def ballots(text: str) -> list[dict[str, Any]]:
    """Bundles of anonymous ballots."""
    found = []
    for bundle in text.split():
        number, _, order = bundle.partition(":")
        tiers = [tier.split("=") for tier in order.split(">")] if order else []
        found.append({"count": int(number), "ranking": tiers})
    return found


def entries_of(text: str) -> list[str]:
    return sorted({letter for letter in text if letter.isalpha()})


def ranked(method: str, text: str, entries: str | None = None, **rules: Any) -> Result:
    """Count bundles of orders over the entries they name, unless more are given."""
    over = list(entries) if entries else entries_of(text)
    return count({"method": method, **rules}, over, [], ballots(text))


def by_jurors(
    method: str, orders: dict[str, str], entries: str, recused: dict[str, str], **rules: Any
) -> Result:
    """Count orders given by jurors, some of them recused from some entries."""
    panel = [{"id": juror, "recused": list(recused.get(juror, ""))} for juror in orders]
    cast = [
        {"juror": juror, "ranking": [tier.split("=") for tier in order.split(">") if tier]}
        for juror, order in orders.items()
    ]
    return count({"method": method, **rules}, list(entries), panel, cast)
