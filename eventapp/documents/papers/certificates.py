"""What a certificate says, in the language it was issued in, from what was kept of it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import pgettext

from eventapp.documents.models import Certificate, CertificateState
from eventapp.documents.rules import certificates as rules
from eventapp.events import papers as paper
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel import boundary, i18n, pdf, qr
from eventapp.kernel.text import full_name
from eventapp.registrations.models import FormOfAddress


def document(rows: Sequence[Certificate]) -> bytes:
    """Return certificates as one PDF, each on pages of its own, in the order of *rows*.

    Raises `Refused` where no PDF can be made.
    """
    data = _data(rows)
    title = data["certificates"][0]["title"] if len(rows) == 1 else _("Certificates")
    lang = rows[0].locale if len(rows) == 1 else i18n.current()
    return pdf.render("certificates", data, title=title, lang=lang)


def each(rows: Sequence[Certificate]) -> list[bytes]:
    """Return each certificate as a PDF of its own."""
    shared = _data(rows)
    documents = [
        ({**shared, "certificates": [one]}, one["title"], one["lang"])
        for one in shared["certificates"]
    ]
    return pdf.render_many("certificates", documents)


def _data(rows: Sequence[Certificate]) -> dict[str, Any]:
    event = frame.event(rows[0].event_id) if rows else None
    if event is None:
        raise LookupError("no certificate")
    # Many share their signs: each picture is told once.
    strips: dict[str, str] = {}
    told = []
    for row in rows:
        kept = row.content["sign_strip"]
        key = str(kept.get("strip_id", ""))
        strips.setdefault(key, paper.signs(event, kept))
        told.append({**shown(row, event), "signs": key})
    return {"certificates": told, "strips": strips}


def shown(row: Certificate, event: Event) -> dict[str, Any]:
    """Return every word of a certificate, in its own language."""
    with i18n.use_locale(row.locale):
        return _shown(row, event)


def _shown(row: Certificate, event: Event) -> dict[str, Any]:
    kept = row.content
    words, zone = kept["words"], kept["event"]["timezone"]
    address = verification_url(event, row)
    heading = i18n.local(words["heading"]) or _("Certificate of attendance")
    name, intro, lead = _wording(kept)
    return {
        "lang": row.locale,
        "title": f"{heading} {row.number}",
        "heading": heading,
        "number": _("No. %(number)s", number=row.number),
        "intro": intro,
        "name": name,
        "lead": i18n.local(words["lead"]) or lead,
        "event": _("“%(title)s”", title=i18n.local(kept["event"]["title"])),
        "when": _when(kept),
        "hours": _hours(kept["minutes"]),
        "basis": _basis(kept["basis"]),
        "note": i18n.local(words["note"]),
        "topics": [_topic(one, zone) for one in kept["sessions"]] if words["topics"] else [],
        "topic_words": [_("Date"), _("Topic"), _("Minutes attended")],
        "topics_title": _("Sessions attended"),
        "issued": _issued(words["place"], i18n.date_long(row.issued_at, zone)),
        "organisers": ", ".join(i18n.local(each) for each in kept["organisers"]) or kept["host"],
        "organiser_word": _("Organiser"),
        "signatories": words["signatories"] or [{"name": "", "function": _("For the organiser")}],
        "project": _project(kept["project"]),
        "funding": i18n.local(kept["project"]["funding_line"])
        or i18n.local(kept["sign_strip"].get("alt")),
        "verify": _("Whether this certificate holds is told at:"),
        "address": address,
        "code": qr.strokes(address),
        "code_alt": _("Code that opens the page confirming certificate %(number)s",
                      number=row.number),
        "page": _("page"),
        "mark": _mark(row),
    }  # fmt: skip


def verification_url(event: Event, row: Certificate) -> str:
    """Return the address at which anybody who holds a certificate may have it confirmed."""
    return boundary.absolute("documents.verify", event=event.slug, code=row.code)


def _wording(kept: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the name, what stands before it and what after it, by the form of address."""
    one = kept["essence"]
    plain = full_name(one["title"], one["first_name"], one["last_name"])
    form = FormOfAddress(one["form_of_address"])
    if kept["words"]["neutral"] or form is FormOfAddress.NONE:
        lead = pgettext("certificate, neutral", "for taking part in the event")
        return plain, pgettext("certificate, neutral", "This certificate is given to"), lead
    intro = pgettext("certificate", "This is to certify that")
    if form is FormOfAddress.PANI:
        name = pgettext("certificate", "Ms %(name)s") % {"name": plain}
        return name, intro, pgettext("certificate, of a woman", "took part in the event")
    name = pgettext("certificate", "Mr %(name)s") % {"name": plain}
    return name, intro, pgettext("certificate, of a man", "took part in the event")


def _when(kept: Mapping[str, Any]) -> str:
    start, end = (date.fromisoformat(kept["event"][key]) for key in ("starts_on", "ends_on"))
    return i18n.date_range(start, end)


def _hours(minutes: int) -> str:
    return _(
        "Teaching hours attended: %(hours)s (%(minutes)s minutes; one hour is 45 minutes)",
        hours=i18n.number(rules.teaching_hours(minutes)),
        minutes=i18n.number(minutes),
    )


def _basis(basis: Mapping[str, Any]) -> str:
    if basis["min_sessions"] is not None:
        return _(
            "Basis: sessions attended that count: %(done)s of %(all)s (needed: %(needed)s)",
            done=basis["sessions"], all=basis["counting_sessions"], needed=basis["min_sessions"],
        )  # fmt: skip
    return _(
        "Basis: presence at %(percent)s%% of the required sessions (needed: %(needed)s%%)",
        percent=basis["percent"],
        needed=basis["min_percent"],
    )


def _topic(one: Mapping[str, Any], zone: str) -> list[str]:
    starts_at = i18n.parsed(one["starts_at"])
    return [
        i18n.date_short(starts_at, zone), i18n.local(one["title"]), i18n.number(one["minutes"])
    ]  # fmt: skip


def _issued(place: str, on: str) -> str:
    return f"{place}, {on}" if place else on


def _project(project: Mapping[str, Any]) -> str:
    parts = [i18n.local(project.get("title")), str(project.get("number") or "")]
    return " · ".join(part for part in parts if part)


def _mark(row: Certificate) -> str:
    return {
        CertificateState.VALID: "",
        CertificateState.SUPERSEDED: _("Not valid any more: another certificate took its place"),
        CertificateState.REVOKED: _("Not valid any more: revoked"),
    }[row.state]


# --- the register -----------------------------------------------------------------------------


def register_table(rows: Sequence[Certificate]) -> tuple[list[str], list[list[Any]]]:
    """Return the register as a table: its head, and a line for each number."""
    head = [
        _("No."), _("Number"), _("Last name"), _("First name"), _("Organisation"),
        _("Minutes attended"), _("Teaching hours"), _("Issued on"), _("State"), _("Ended on"),
        _("Reason"), _("In place of no."),
    ]  # fmt: skip
    numbers = {row.id: row.number for row in rows}
    return head, [_line(row, numbers) for row in rows]


def _line(row: Certificate, numbers: Mapping[int, str]) -> list[Any]:
    kept, zone = row.content, row.content["event"]["timezone"]
    organisation = row.registration.organisation
    return [
        row.serial, row.number, kept["essence"]["last_name"], kept["essence"]["first_name"],
        organisation.name if organisation is not None else "",
        kept["minutes"], rules.teaching_hours(kept["minutes"]),
        i18n.day_of(row.issued_at, zone), state_name(row.state),
        i18n.day_of(row.ended_at, zone) if row.ended_at is not None else None,
        row.reason, numbers.get(row.replaces_id or 0, ""),
    ]  # fmt: skip


def state_name(state: CertificateState) -> str:
    """Return whether a certificate holds, in words."""
    return {
        CertificateState.VALID: _("holds"),
        CertificateState.SUPERSEDED: _("replaced"),
        CertificateState.REVOKED: _("revoked"),
    }[state]
