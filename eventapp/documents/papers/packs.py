"""What lies in an evidence pack: its documents, its workbook, the scans, the manifest."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from eventapp.attendance import papers as lists
from eventapp.attendance import queries as attendance
from eventapp.attendance.rules import Attended
from eventapp.documents import queries
from eventapp.documents.models import EvidencePack, Scope
from eventapp.documents.papers import course as course_words
from eventapp.documents.papers import report, sums
from eventapp.documents.papers.report import Mark, Report
from eventapp.documents.queries import Course, Material
from eventapp.documents.rules import packs as rules
from eventapp.documents.rules.packs import Part
from eventapp.kernel import boundary, i18n, tables
from eventapp.programme import queries as programme
from eventapp.programme.models import Kind, Session, SessionState
from eventapp.registrations.models import Registration

STEPS = 12  # documents, the workbook and the scans: what a pack counts its progress by


@dataclass(frozen=True, kw_only=True)
class Contents:
    """All that a pack is made from, read once, so that its documents cannot disagree."""

    pack: EvidencePack
    whole: Material
    found: Material
    course: Course
    programme: Sequence[Session]
    present: dict[int, dict[int, Attended]]

    @property
    def sessions(self) -> list[Session]:
        """List the sessions that were not called off."""
        return [one for one in self.programme if one.state is SessionState.SCHEDULED]

    @property
    def is_whole(self) -> bool:
        """Tell whether the pack is about the whole event."""
        return self.pack.scope is Scope.EVENT


def contents(pack: EvidencePack, whole: Material) -> Contents:
    """Return what a pack is made from; *whole* is the evidence of the event."""
    ids = queries.sessions_of(pack)
    present: dict[int, dict[int, Attended]] = {}
    qualified = {one.id for one in whole.qualified}
    for one in attendance.presence(pack.event_id):
        if one.registration_id in qualified:
            present.setdefault(one.session_id, {})[one.registration_id] = one
    sessions = [one for one in programme.programme(pack.event_id) if ids is None or one.id in ids]
    return Contents(
        pack=pack,
        whole=whole,
        found=queries.narrowed(whole, ids),
        course=queries.course(pack.event_id, ids, list(course_words.HAPPENED)),
        programme=sessions,
        present=present,
    )


def number(pack: EvidencePack) -> str:
    """Return what a pack is called on its documents."""
    return _("Evidence pack no. %(number)s", number=pack.number)


def address(pack: EvidencePack, slug: str) -> str:
    """Return the page of a pack."""
    return boundary.absolute("documents.pack", event=slug, pack_id=pack.id)


def parts(given: Contents) -> Iterator[Part]:
    """Yield the files of a pack one after another, the manifest and the sums last."""
    made: list[Part] = []
    for make in (_documents, _paper, _workbook, _scans):
        for one in make(given):
            made.append(one)
            yield one
    manifest = rules.part(rules.MANIFEST, _manifest(given, made))
    yield manifest
    listed = [(one.path, one.sha256) for one in [*made, manifest]]
    yield rules.part(rules.SUMS, rules.sums(listed).encode())


def reports(given: Contents) -> list[tuple[str, Report]]:
    """Return the documents of tables, each with the name of its file."""
    found = given.found
    results = queries.outcomes(given.whole)
    figures = queries.evidence(found)
    about = _about(given)
    named = [
        (_("figures"), sums.summary(found, figures, whole=given.is_whole)),
        (_("sessions"), sums.by_session(found)),
        (_("people-and-hours"), sums.hours(found, results, whole=given.is_whole)),
        (_("organisations"), sums.entities(found)),
        (_("schedule"), _schedule(given)),
        (_("signed-lists"), course_words.reconciliation(found, given.course)),
        (_("change-log"), course_words.changes(given.course)),
    ]
    if given.is_whole:
        rows = queries.register(given.pack.event_id)
        named.append((_("register-of-certificates"), course_words.register(rows)))
    return [
        (f"{place:02d}-{name}", Report(title=one.title, tables=one.tables, wide=one.wide,
                                       about=about))
        for place, (name, one) in enumerate(named, start=1)
    ]  # fmt: skip


def _about(given: Contents) -> str:
    """Return what the documents of a pack are about: the days of the event, one day, a session."""
    event = given.whole.event
    if given.is_whole:
        return i18n.date_range(event.starts_on, event.ends_on)
    days = sorted({i18n.day_of(one.starts_at, event.timezone) for one in given.programme})
    when = ", ".join(i18n.date_long(day) for day in days)
    return f"{i18n.local(given.pack.title)} · {when}"


def _schedule(given: Contents) -> Report:
    event, ids = given.whole.event, queries.sessions_of(given.pack)
    plan = queries.plan_of(event, given.pack.release)
    if ids is not None:
        plan = {key: one for key, one in plan.items() if key in ids}
    about = (
        _("Approved is release no. %(number)s of the programme.", number=given.pack.release)
        if given.pack.release is not None
        else _("Approved is the programme as it was first published.")
    )
    return course_words.schedule(given.found, given.programme, plan, about)


def _documents(given: Contents) -> Iterator[Part]:
    event, pack = given.whole.event, given.pack
    mark = Mark(number=number(pack), made_at=pack.asked_at, address=address(pack, event.slug))
    named = reports(given)
    made = report.documents([one for _name, one in named], event, mark)
    for (name, _one), content in zip(named, made, strict=True):
        yield rules.part(f"{name}.pdf", content)


def _paper(given: Contents) -> Iterator[Part]:
    """Yield the lists: empty as they were printed, or to print; and filled in from presence."""
    event = given.whole.event
    held = [one for one in given.sessions if one.activity.kind is not Kind.REGISTRATION]
    sheets = [lists.printed(one.sheet) for one in given.course.lists]
    listed = {one.sheet.session_id for one in given.course.lists}
    sheets += [lists.blank(one, event) for one in held if one.id not in listed]
    filled = [
        lists.filled(one, event, _on_it(given, one), given.present.get(one.id, {})) for one in held
    ]
    if sheets:
        yield rules.part(f"09-{_('lists-to-sign')}.pdf", lists.signed_lists(sheets, event))
        yield rules.part(f"10-{_('lists-filled-in')}.pdf", lists.signed_lists(filled, event))


def _on_it(given: Contents, session: Session) -> list[Registration]:
    """List who stands on a filled list: who has a place, and whoever was there."""
    there = given.present.get(session.id, {})
    confirmed = given.whole.confirmed
    return [
        one
        for one in given.whole.qualified
        if one.id in there or session.id in confirmed.get(one.id, set())
    ]


def _workbook(given: Contents) -> Iterator[Part]:
    zone = given.whole.event.timezone
    sheets = [sheet for _name, one in reports(given) for sheet in report.sheets(one, zone)]
    yield rules.part(f"11-{_('data')}.xlsx", tables.as_book(sheets))


def _scans(given: Contents) -> Iterator[Part]:
    numbers = {one.sheet.id: one.sheet.number for one in given.course.lists}
    for place, one in enumerate(queries.scans(list(numbers)), start=1):
        stem, _dot, ending = one.file_name.rpartition(".")
        name = f"{numbers[one.list_id]:03d}-{place:03d}-{rules.file_name(stem)}.{ending}"
        yield Part(path=f"{_('scans')}/{name}", scan_id=one.id, size=one.size, sha256=one.sha256)


def _manifest(given: Contents, made: Sequence[Part]) -> bytes:
    pack, event = given.pack, given.whole.event
    figures = queries.evidence(given.found)
    told: dict[str, Any] = {
        "event": {"slug": event.slug, "title": dict(event.title)},
        "pack": {
            "number": pack.number,
            "scope": pack.scope.value,
            "about": dict(pack.title),
            "asked_at": pack.asked_at.isoformat(),
            "asked_by": pack.asked_by,
            "address": address(pack, event.slug),
        },
        "figures": {key: figures[key] for key in sorted(figures) if key in _PROVEN},
        "files": [{"path": one.path, "size": one.size, "sha256": one.sha256} for one in made],
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


# The figures that a manifest repeats: numbers without names.
_PROVEN = {
    "attended_any", "attended_by_sex", "attended_by_group", "attended_by_category",
    "attended_by_county", "distinct_entities_supported", "individuals_at_risk_supported",
    "person_minutes_total", "certificates", "bur_status",
}  # fmt: skip
