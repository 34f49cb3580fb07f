"""The people of an event: find, narrow, sort, keep a view; and what is done to many at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from eventapp.desk import commands
from eventapp.desk.commands import Seated
from eventapp.desk.routes.frame import bp
from eventapp.desk.routes.words import source_name, state_name
from eventapp.directory import queries as directory
from eventapp.documents import rules as paper
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, mail_words, pages
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, flash_undoable, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import Session, SessionState, SignUpRule
from eventapp.registrations import commands as registrations
from eventapp.registrations import mails
from eventapp.registrations import queries as people_of
from eventapp.registrations.models import Decision, Registration, Source, State
from eventapp.registrations.queries import Consented, Filter, Order
from eventapp.registrations.rules import DECISIONS, Missing, many
from eventapp.registrations.rules.many import Act, Ask, Telling, Verdict
from eventapp.signups import commands as signups

SIZES = (25, 50, 100, 150)
SIZE = 50
SHOWN = 200  # names on a preview
LONGEST_TEXT = 200
LONGEST_CHOICE = 3000  # characters of an address that every server takes
COLUMNS = ("organisation", "category", "state", "registered", "source", "contact", "needs", "gmina")
USUAL = ("organisation", "category", "state", "registered")
KEPT = (
    "q", "state", "category", "organisation", "source", "guest_of", "unannounced", "no_email",
    "needs", "unchecked", "missing", "area", "consent", "import", "sort", "dir", "size", "col",
)  # fmt: skip


@dataclass(frozen=True)
class Listing:
    """What the reader asks of the list: whom, in what order, how much of them."""

    narrowed: Filter
    order: Order
    descending: bool
    size: int
    columns: Sequence[str]
    query: Mapping[str, list[str]]

    def url(self, endpoint: str = "desk.people", **changed: Any) -> str:
        """Return the address of this list with something changed; None leaves it out."""
        kept = {**self.query, **changed}
        return url_for(endpoint, event=g.event.slug, **kept)

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anybody is left out."""
        return self.narrowed != people_of.EVERYBODY


def listing(asked: "MultiDict[str, str]") -> Listing:
    """Read an address, or the hidden fields of a form; what is nonsense is left out."""
    narrowed = _narrowed(asked)
    size = boundary.read_id(asked.get("size"))
    columns = [name for name in COLUMNS if name in asked.getlist("col")]
    return Listing(
        narrowed=narrowed,
        order=Order(asked["sort"]) if asked.get("sort") in set(Order) else Order.NAME,
        descending=asked.get("dir") == "down",
        size=size if size in SIZES else SIZE,
        columns=columns or USUAL,
        query={key: values for key in KEPT if (values := list(filter(None, asked.getlist(key))))},
    )


def _narrowed(asked: "MultiDict[str, str]") -> Filter:
    given = asked.get
    area = {"in": True, "out": False}
    return Filter(
        states=[State(one) for one in asked.getlist("state") if one in set(State)],
        sources=[Source(one) for one in asked.getlist("source") if one in set(Source)],
        category=given("category", "")[:60],
        organisation_id=boundary.read_id(given("organisation")),
        organiser_id=_institution(given("guest_of", "")),
        text=given("q", "").strip()[:LONGEST_TEXT],
        unannounced=bool(given("unannounced")),
        without_email=bool(given("no_email")),
        with_needs=bool(given("needs")),
        unchecked=bool(given("unchecked")),
        missing=Missing(asked["missing"]) if given("missing") in set(Missing) else None,
        in_area=area.get(given("area", "")),
        consented=Consented(asked["consent"]) if given("consent") in set(Consented) else None,
        import_id=boundary.read_id(given("import")),
    )


def _institution(asked: str) -> int | None:
    """Return the institution whose guests the reader asks for; nonsense means everybody."""
    known = [row.id for row in frame.organisers(g.event.id)]
    return next((number for number in known if str(number) == asked), None)


# --- the list -----------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/people")
@requires(Permission.SEE_PEOPLE)
def people(event: str) -> Response | str:
    """List the registrations: find, narrow, sort; a reference number leads to its person."""
    boundary.keep_private()
    asked = listing(request.args)
    if _NUMBER.fullmatch(asked.narrowed.text.upper()):
        named = people_of.by_number(g.event.id, asked.narrowed.text)
        if named is not None:
            return redirect(_person(named.id))
    number = pages.page_number()
    rows = people_of.people(
        g.event.id,
        asked.narrowed,
        order=asked.order,
        descending=asked.descending,
        offset=(number - 1) * asked.size,
        limit=asked.size,
    )
    total = people_of.people_count(g.event.id, asked.narrowed)
    return render_template(
        "desk/people.html",
        page=pages.Page(rows, number, total, asked.size),
        asked=asked,
        counts=people_of.counts(g.event.id),
        decided=people_of.open_decisions_of([row.id for row in rows]),
        unannounced=people_of.unannounced(g.event.id),
        people_page=lambda page: asked.url(page=page),
        **_choices(asked),
    )


_NUMBER = re.compile(r"[0-9A-Z]{3}[- ]?[0-9A-Z]{3}", re.ASCII)


def _person(registration_id: int) -> str:
    return url_for("desk.person", event=g.event.slug, registration_id=registration_id)


def _choices(asked: Listing) -> dict[str, Any]:
    """Return all that the reader may choose from."""
    categories = frame.categories(g.event.id)
    organisations = directory.organisations(g.event.host_id)
    return {
        "State": State,
        "institutions": {row.id: row for row in frame.organisers(g.event.id)},
        "organisations": organisations,
        "organisation_options": [(row.id, row.name) for row in organisations],
        "categories": categories,
        "category_options": [(row.code, i18n.local(row.name)) for row in categories],
        "sources": {one.value: source_name(one) for one in Source},
        "missings": missing_names(),
        "consents": {
            Consented.PHOTO.value: _("agreed to photographs"),
            Consented.NO_PHOTO.value: _("did not agree to photographs"),
            Consented.NEWSLETTER.value: _("wants news"),
            Consented.NO_NEWSLETTER.value: _("wants no news"),
        },
        "columns": column_names(),
        "sizes": [(size, size) for size in SIZES],
        "views": people_of.views(g.event.id),
        "sessions": _sessions(),
        "sorts": {one.value: _heading(asked, one) for one in Order},
        "tells": g.event.tells_decisions,
    }


def missing_names() -> dict[str, str]:
    """Return what may be missing, in words."""
    return {
        Missing.ANYTHING.value: _("anything at all"),
        Missing.CONTACT.value: _("e-mail and phone"),
        Missing.CATEGORY.value: _("category"),
        Missing.COMMUNE.value: _("commune"),
        Missing.CLAUSE.value: _("the information clause"),
    }


def column_names() -> dict[str, str]:
    """Return the columns that the list may show, in words."""
    return {
        "organisation": _("Organisation"),
        "category": _("Category"),
        "state": _("State"),
        "registered": _("Registered"),
        "source": _("Source"),
        "contact": _("Contact"),
        "needs": _("Needs"),
        "gmina": _("Commune"),
    }


def _heading(asked: Listing, order: Order) -> dict[str, str | None]:
    """Return the address that sorts by a column, and how it is sorted by now."""
    now = order is asked.order
    down = now and not asked.descending
    shown = ("descending" if asked.descending else "ascending") if now else None
    return {"sort": asked.url(sort=order.value, dir="down" if down else None), "order": shown}


def _sessions() -> Sequence[Session]:
    return [
        one
        for one in programme.programme(g.event.id)
        if one.sign_up is not SignUpRule.NONE and one.state is SessionState.SCHEDULED
    ]


@bp.post("/<slug:event>/desk/people/views")
@requires(Permission.MANAGE_PEOPLE)
def keep_view(event: str) -> Response:
    """Keep the present way to look at the list under a name."""
    asked = listing(request.form)
    name = request.form.get("name", "").strip()[:80]
    if not name:
        flash(_("Give the view a name."), "warn")
    else:
        registrations.keep_view(g.event.id, name, asked.query)
        flash(_("The view “%(name)s” is kept for the team.", name=name), "ok")
    return redirect(asked.url(), code=303)


@bp.post("/<slug:event>/desk/people/views/<id:view_id>/forget")
@requires(Permission.MANAGE_PEOPLE)
def forget_view(event: str, view_id: int) -> Response:
    """Forget a way to look at the list."""
    registrations.forget_view(g.event.id, view_id)
    flash(_("The view is forgotten; nobody on the list was touched."), "ok")
    return see_other(".people", event=event)


# --- many at once -------------------------------------------------------------------------

SEAT = "session"
ACTS = ("accept", "reserve", "reject", *(one.value for one in Act if one is not Act.DECIDE), SEAT)
DECIDING = {"accept": State.QUALIFIED, "reserve": State.WAITING, "reject": State.REJECTED}


def act_name(act: str) -> str:
    """Return what an act on many is called, as a heading."""
    return {
        "accept": pgettext("many", "Accept"),
        "reserve": pgettext("many", "Put on the reserve list"),
        "reject": pgettext("many", "Reject"),
        "cancel": pgettext("many", "Cancel the registrations"),
        "category": pgettext("many", "Set the category"),
        "organisation": pgettext("many", "Set the organisation"),
        "check": pgettext("many", "Mark the data as checked"),
        "links": pgettext("many", "Send the personal link again"),
        SEAT: pgettext("many", "Add to a session"),
    }[act]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What a preview shows of an act: whom it reaches, whom it cannot and why."""

    reached: Sequence[Registration]
    left_out: Sequence[tuple[Registration, str]]
    seen: str
    seated: Seated | None = None


@bp.post("/<slug:event>/desk/people/many")
@requires(Permission.MANAGE_PEOPLE)
def preview_many(event: str) -> Response | str:
    """Show whom an act would reach and whom it cannot; nothing changes yet."""
    asked = listing(request.form)
    ids = people_of.people_ids(g.event.id, asked.narrowed) if _all() else _ids()
    act = request.form.get("act", "")
    if act not in ACTS or not ids:
        flash(_("Tick people, and say what shall be done."), "warn")
        return redirect(asked.url(), code=303)
    value = _value(act)
    if value is None:
        flash(_("Choose to what it shall be set."), "warn")
        return redirect(asked.url(), code=303)
    return _preview(asked, act, value, ids)


@bp.post("/<slug:event>/desk/people/badges")
@requires(Permission.SEE_PEOPLE)
def badges_of(event: str) -> Response:
    """Go on to print the badges of the ticked people, or of all on the list."""
    asked = listing(request.form)
    ids = people_of.people_ids(g.event.id, asked.narrowed) if _all() else _ids()
    chosen = paper.packed(ids)
    if not ids:
        flash(_("Tick people whose badges shall be printed."), "warn")
    elif len(chosen) > LONGEST_CHOICE:
        flash(_("These are too many for one choice. Choose by state or role here."), "warn")
        return see_other("documents.badges", event=event)
    else:
        return see_other("documents.badges", event=event, of=chosen)
    return redirect(asked.url(), code=303)


def _preview(asked: Listing, act: str, value: str, ids: Sequence[int]) -> str:
    boundary.keep_private()
    prepared = _prepared(act, value, ids)
    return render_template(
        "desk/people_many.html",
        asked=asked,
        act=act,
        name=act_name(act),
        value=value,
        value_name=_value_name(act, value),
        ids=",".join(map(str, ids)),
        prepared=prepared,
        most=SHOWN,
        decides=act in DECIDING,
        letters=sum(bool(row.email) for row in prepared.reached),
        tells=g.event.tells_decisions,
        note=request.form.get("note", ""),
        message=request.form.get("message", ""),
    )


@bp.post("/<slug:event>/desk/people/many/run")
@requires(Permission.MANAGE_PEOPLE)
def run_many(event: str) -> Response | str:
    """Do as the preview said: to all whom it named, or to nobody."""
    asked, act, ids = listing(request.form), request.form.get("act", ""), _ids()
    value = _value(act) if act in ACTS else None
    if value is None or not ids:
        abort(400)
    try:
        if act == SEAT:
            _seat(int(value), ids)
        else:
            _act(act, value, ids)
    except Refused as refused:
        flash_refusal(refused)
        return _preview(asked, act, value, ids)
    signups.fill_seats(g.event.id, clock.now())
    return redirect(asked.url(), code=303)


def _act(act: str, value: str, ids: Sequence[int]) -> None:
    seen = request.form.get("seen", "")
    done = registrations.act_on(g.event.id, ids, _ask(act, value), clock.now(), seen=seen)
    said = ngettext(
        "%(act)s: done for %(num)s person.", "%(act)s: done for %(num)s people.",
        len(done.reached), act=act_name(act),
    )  # fmt: skip
    if done.fact_id is not None:
        flash_undoable(said, done.fact_id)
    else:
        flash(said, "ok" if done.reached else "info")


def _seat(session_id: int, ids: Sequence[int]) -> None:
    done = commands.seat_many(session_id, ids, clock.now(), seen=request.form.get("seen", ""))
    flash(
        _(
            "Seats given: %(seats)s, places on the waiting list: %(queue)s.",
            seats=len(done.seated),
            queue=len(done.queued),
        ),
        "ok" if done.seated or done.queued else "info",
    )


def _prepared(act: str, value: str, ids: Sequence[int]) -> Prepared:
    if act != SEAT:
        verdicts = people_of.judged(g.event.id, ids, _ask(act, value))
        return Prepared(
            reached=[one.row for one in verdicts if one.refusal is None],
            left_out=[(one.row, _why(one)) for one in verdicts if one.refusal is not None],
            seen=many.mark(verdicts),
        )
    tried = commands.try_seats(int(value), ids, clock.now())
    rows = {row.id: row for row in people_of.people(g.event.id, Filter(only=ids))}
    return Prepared(
        reached=[rows[number] for number in (*tried.seated, *tried.queued)],
        left_out=[(rows[number], pages.sentence(why)) for number, why in tried.refused.items()],
        seen=tried.mark(),
        seated=tried,
    )


def _why(one: Verdict) -> str:
    return pages.said(one.refusal.sentence, one.details or {}) if one.refusal is not None else ""


def _ask(act: str, value: str) -> Ask:
    if act in DECIDING:
        later = request.form.get("telling", "") == Telling.LATER
        return Ask(
            act=Act.DECIDE,
            state=DECIDING[act],
            telling=Telling.LATER if later else Telling.NOW,
            note=request.form.get("note", "").strip()[:2000],
            message=" ".join(request.form.get("message", "").split())[:500],
        )
    if act == Act.CATEGORY:
        return Ask(act=Act.CATEGORY, category_id=int(value))
    if act == Act.ORGANISATION:
        return Ask(act=Act.ORGANISATION, organisation_id=int(value))
    return Ask(act=Act(act))


def _all() -> bool:
    return bool(request.form.get("all"))


def _ids() -> list[int]:
    """Return whom the form names, tick by tick or in one field; people of this event alone."""
    said = ",".join([*request.form.getlist("id"), request.form.get("ids", "")]).split(",")
    named = {number for one in said if (number := boundary.read_id(one)) is not None}
    return list(people_of.people_ids(g.event.id, Filter(only=sorted(named)))) if named else []


def _value(act: str) -> str | None:
    """Return to what the act sets, as an id; an empty text where it sets nothing."""
    if act in {Act.CATEGORY, SEAT, Act.ORGANISATION}:
        number = boundary.read_id(request.form.get(f"value-{act}") or request.form.get("value"))
        return str(number) if number in _known(act) else None
    return ""


def _known(act: str) -> Mapping[int, str]:
    """Return what an act may set to: names by ids."""
    if act == Act.CATEGORY:
        return {row.id: i18n.local(row.name) for row in frame.categories(g.event.id)}
    if act == Act.ORGANISATION:
        return {row.id: row.name for row in directory.organisations(g.event.host_id)}
    return {row.id: i18n.local(row.activity.title) for row in _sessions()}


def _value_name(act: str, value: str) -> str:
    if act in DECIDING:
        return state_name(DECIDING[act])
    return _known(act).get(int(value), "") if value else ""


# --- decisions that wait to be announced ----------------------------------------------------


@bp.get("/<slug:event>/desk/people/decisions")
@requires(Permission.SEE_PEOPLE)
def decisions(event: str) -> str:
    """Show what is decided and not announced, and the letters as they would go out."""
    boundary.keep_private()
    found = people_of.open_decisions(g.event.id)
    rows = people_of.people(g.event.id, Filter(only=[one.registration_id for one in found] or [0]))
    by_person = {one.registration_id: one for one in found}
    return render_template(
        "desk/decisions.html",
        decided=[(row, by_person[row.id]) for row in rows],
        letters=_letters(rows, by_person),
        counts={
            state: sum(one.state is state for one in found)
            for state in sorted(DECISIONS)
            if any(one.state is state for one in found)
        },
    )


@dataclass(kw_only=True)
class Draft:
    """A letter that would go out: an example of those that say the same, and how many do."""

    row: Registration
    state: State
    subject: str
    text: str
    count: int = 1


def _letters(rows: Sequence[Registration], decided: Mapping[int, Decision]) -> list[Draft]:
    """Return the letters of an announcement, one for each wording and language."""
    found: dict[tuple[str, str, str], Draft] = {}
    for row in rows:
        one = decided[row.id]
        wording = (one.state.value, one.message, row.locale)
        if not row.email or one.state is State.PENDING:
            continue
        if wording in found:
            found[wording].count += 1
        else:
            found[wording] = _draft(row, one)
    return list(found.values())


def _draft(row: Registration, one: Decision) -> Draft:
    letter = mails.decision_letter(row, one.state, one.message)
    if letter is None:
        raise LookupError(f"no letter to registration {row.id}")
    with i18n.use_locale(letter.locale):
        subject, text, _html = mail_words.render(
            letter.template, letter.locale, letter.event_id, letter.context
        )
    return Draft(row=row, state=one.state, subject=subject, text=text)


@bp.post("/<slug:event>/desk/people/decisions/announce")
@requires(Permission.MANAGE_PEOPLE)
def announce(event: str) -> Response:
    """Announce all decisions, or the ticked ones: all of these people are told, or nobody."""
    everything = people_of.open_decisions(g.event.id)
    ticked = set(request.form.getlist("id"))
    wanted = [one.id for one in everything if _all() or str(one.id) in ticked]
    if not wanted:
        flash(_("Tick the decisions that shall be announced."), "warn")
        return see_other(".decisions", event=event)
    if _all() and request.form.get("count") != str(len(everything)):
        flash(_("Other decisions were made meanwhile. Please look once more."), "warn")
        return see_other(".decisions", event=event)
    try:
        done = commands.announce(g.event.id, wanted, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".decisions", event=event)
    signups.fill_seats(g.event.id, clock.now())
    said = ngettext(
        "%(num)s decision is announced.", "%(num)s decisions are announced.", len(done.told)
    )
    if done.without_email:
        said += " " + ngettext(
            "%(num)s person has no e-mail: print the letter.",
            "%(num)s people have no e-mail: print the letters.",
            len(done.without_email),
        )
    flash(said, "ok")
    return see_other(".people" if _all() else ".decisions", event=event)
