"""The sums of an event as tables: figures, indicators, entities, sessions, people, hours."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from eventapp.documents import queries
from eventapp.documents.papers.report import Report, Table
from eventapp.documents.queries import Material
from eventapp.documents.rules import Completion, Outcome, share
from eventapp.documents.rules.certificates import teaching_hours
from eventapp.events import queries as frame
from eventapp.events.models import CategoryGroup
from eventapp.kernel import i18n
from eventapp.programme.models import Kind, Session
from eventapp.registrations.models import Registration

HOUR = 60
COMPLETION = {one.value: one for one in Completion}


def sex_name(code: str) -> str:
    """Return what a sex is called in the report."""
    return {"K": _("women"), "M": _("men")}.get(code, code)


def group_name(code: str) -> str:
    """Return what a group that evidence counts in is called."""
    return {
        CategoryGroup.PES.value: _("social economy entities"),
        CategoryGroup.JSFP.value: _("public sector bodies"),
        CategoryGroup.PARTNER.value: _("partners"),
        CategoryGroup.OSOBA.value: _("private individuals"),
    }.get(code, code)


def completion_name(code: str) -> str:
    """Return how somebody ended, in words."""
    return {
        Completion.COMPLETED.value: _("completed"),
        Completion.NOT_COMPLETED.value: _("not completed"),
        Completion.DID_NOT_ATTEND.value: _("did not attend"),
    }.get(code, code)


def summary(found: Material, figures: Mapping[str, Any], *, whole: bool) -> Report:
    """Return the figures and indicators; of a day or a session without what is of the whole."""
    names = {row.code: i18n.local(row.name) for row in frame.categories(found.event.id)}
    people = found.present
    entities = [one for one in people if found.group(one) == CategoryGroup.PES]
    alone = [one for one in people if found.group(one) == CategoryGroup.OSOBA]
    tables = [
        _totals(found, figures, whole=whole),
        _crossed(
            found, people, _("People by group"), _("Group"),
            lambda one: group_name(found.group(one)),
        ),
        _crossed(
            found, people, _("People by category"), _("Category"),
            lambda one: names.get(one.category.code, one.category.code) if one.category else "–",
        ),
        _crossed(found, people, _("People by county"), _("County"), lambda one: one.county or "–"),
        _crossed(
            found, entities, _("People of supported entities by county"), _("County"),
            lambda one: one.county or "–",
        ),
        _crossed(
            found, alone, _("Private individuals by county"), _("County"),
            lambda one: one.county or "–",
        ),
    ]  # fmt: skip
    if whole:
        tables.append(_ended(figures))
    return Report(title=_("Figures and indicators"), tables=tables)


def _totals(found: Material, figures: Mapping[str, Any], *, whole: bool) -> Table:
    minutes = figures["person_minutes_total"]
    rows: list[list[Any]] = [
        [_("People who were present"), figures["attended_any"]],
        *([sex_name(sex), count] for sex, count in figures["attended_by_sex"].items()),
        [_("Entities supported"), figures["distinct_entities_supported"]],
        *(
            [_("Private individuals: %(sex)s", sex=sex_name(sex)), count]
            for sex, count in figures["individuals_at_risk_supported"].items()
        ),
        [_("Person-minutes"), minutes],
        [_("Person-hours (60 minutes)"), round(minutes / HOUR, 2)],
        [_("Person-hours, teaching (45 minutes)"), teaching_hours(minutes)],
    ]
    if whole:
        rows += [
            [_("Registrations"), figures["participants_total"]],
            [_("Qualified"), figures["qualified"]],
            [_("No-shows"), figures["no_shows"]],
            [_("Turnout of those who had registered, percent"),
             figures["turnout_percent_of_preregistered"]],
            [_("Registered on the spot"), figures["walk_ins"]],
            [_("Substitutions"), figures["substitutions"]],
            [_("Certificates due"), figures["certificates"]],
            [_("Certificates issued"), len(queries.valid(found.event.id))],
        ]  # fmt: skip
    return Table(
        title=_("Totals"),
        head=[_("Figure"), _("Value")],
        rows=rows,
        widths=[4, 1],
        ends=frozenset({1}),
    )


def _crossed(
    found: Material,
    people: Sequence[Registration],
    title: str,
    what: str,
    key: Callable[[Registration], str],
) -> Table:
    """Return how many women and men, and how many altogether, fall under each value."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in people:
        counts[key(one)][found.sex.get(one.id, "")] += 1
    rows: list[Any] = [
        [name, by_sex.get("K", 0), by_sex.get("M", 0), by_sex.get("", 0), sum(by_sex.values())]
        for name, by_sex in sorted(
            counts.items(), key=lambda item: (-sum(item[1].values()), item[0])
        )
    ]
    if rows:
        rows.append([_("together"), *(sum(row[place] for row in rows) for place in range(1, 5))])
    return Table(
        title=title,
        head=[what, _("women"), _("men"), _("not given"), _("together")],
        rows=rows,
        widths=[4, 1, 1, 1, 1],
        ends=frozenset({1, 2, 3, 4}),
        none=_("Nobody was present."),
    )


def _ended(figures: Mapping[str, Any]) -> Table:
    return Table(
        title=_("How they ended"),
        head=[_("Result"), _("People")],
        rows=[[completion_name(code), count] for code, count in figures["bur_status"].items()],
        widths=[4, 1],
        ends=frozenset({1}),
    )


def by_session(found: Material) -> Report:
    """Return each session with its places, who came and the minutes that credits."""
    present = {one.id for one in found.present}
    rows = [
        [
            found_session.starts_at, i18n.local(found_session.activity.title),
            found_session.capacity, found_session.confirmed, found_session.waiting,
            *_came(found, found_session, present),
        ]
        for found_session in found.sessions
        if found_session.activity.kind is not Kind.REGISTRATION
    ]  # fmt: skip
    table = Table(
        title="",
        sheet=_("Sessions"),
        head=[_("When"), _("Session"), _("Places"), _("Confirmed"), _("Waiting"), _("Came"),
              _("Came, percent of places taken"), _("Person-minutes"), _("Person-hours")],
        rows=rows,
        widths=[2.4, 6, 1.4, 2, 2, 1.6, 2.2, 2, 2],
        ends=frozenset(range(2, 9)),
        none=_("There is no session to speak of yet."),
    )  # fmt: skip
    return Report(title=_("Sessions"), wide=True, tables=[table])


def _came(found: Material, session: Session, present: set[int]) -> list[Any]:
    minutes = [
        own[session.id]
        for person_id, own in found.minutes.items()
        if session.id in own and person_id in present
    ]
    turnout = share(len(minutes), session.confirmed) if session.confirmed else None
    return [len(minutes), turnout, sum(minutes), round(sum(minutes) / HOUR, 2)]


def hours(found: Material, results: Mapping[int, Outcome], *, whole: bool) -> Report:
    """Return everybody with their hours, what was required of them, and their certificate."""
    numbers = {row.registration_id: row.number for row in queries.valid(found.event.id)}
    listed = found.qualified if whole else found.present
    rows = [
        [
            place, one.last_name, one.first_name,
            one.organisation.name if one.organisation is not None else None,
            group_name(found.group(one)), one.county or None,
            sum(found.minutes.get(one.id, {}).values()),
            teaching_hours(sum(found.minutes.get(one.id, {}).values())),
            *(_due(results[one.id], numbers.get(one.id)) if whole else ()),
        ]
        for place, one in enumerate(listed, start=1)
    ]  # fmt: skip
    head = [_("No."), _("Last name"), _("First name"), _("Organisation"), _("Group"), _("County"),
            _("Minutes attended"), _("Teaching hours")]  # fmt: skip
    widths: list[float] = [0.8, 2.6, 2.2, 4, 2.4, 2, 1.6, 1.9]
    if whole:
        head += [_("Required minutes"), _("Attended of these"), _("Percent"), _("Result"),
                 _("Certificate no.")]  # fmt: skip
        widths += [1.7, 1.6, 1.4, 2.8, 2.6]
    together = sum(row[6] for row in rows)
    return Report(
        title=_("People and hours"),
        wide=True,
        tables=[
            Table(
                title="",
                sheet=_("People and hours"),
                lead=_(
                    "People: %(people)s · person-minutes: %(minutes)s",
                    people=i18n.number(len(rows)),
                    minutes=i18n.number(together),
                ),
                head=head,
                rows=rows,
                widths=widths,
                ends=frozenset({0, 6, 7, 8, 9, 10}),
                none=_("Nobody was present."),
            )
        ],
    )


def _due(outcome: Outcome, number: str | None) -> list[Any]:
    return [
        outcome.required_minutes,
        outcome.attended_required_minutes,
        outcome.percent,
        completion_name(outcome.completion.value),
        number,
    ]


def entities(found: Material) -> Report:
    """Return each organisation that had somebody present, once."""
    names = {row.code: i18n.local(row.name) for row in frame.categories(found.event.id)}
    people: dict[int, list[Registration]] = defaultdict(list)
    for one in found.present:
        if one.organisation_id is not None:
            people[one.organisation_id].append(one)
    rows = []
    for own in people.values():
        organisation, first = own[0].organisation, own[0]
        if organisation is None:
            continue
        minutes = sum(sum(found.minutes[one.id].values()) for one in own)
        category = names.get(first.category.code) if first.category is not None else None
        rows.append(
            [organisation.name, organisation.nip, group_name(found.group(first)), category,
             first.county or None, len(own), minutes]
        )  # fmt: skip
    rows.sort(key=lambda row: (row[2], row[0]))
    supported = sum(
        any(found.group(one) == CategoryGroup.PES for one in own) for own in people.values()
    )
    return Report(
        title=_("Organisations"),
        wide=True,
        tables=[
            Table(
                title="",
                sheet=_("Organisations"),
                lead=_("Entities supported: %(count)s", count=i18n.number(supported)),
                head=[_("Organisation"), _("NIP"), _("Group"), _("Category"), _("County"),
                      _("People"), _("Person-minutes")],
                rows=rows,
                widths=[5, 1.8, 3, 3, 2, 1.2, 1.8],
                ends=frozenset({5, 6}),
                none=_("Nobody was present."),
            )
        ],
    )  # fmt: skip
