"""Certificates: who is due one, issuing, the register, one's own, and whether one holds."""

import io
import zipfile
from collections.abc import Iterator, Sequence

from flask import Response as FlaskResponse
from flask import abort, flash, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.documents import commands, queries
from eventapp.documents.forms import Because, CertificateWords, Surname
from eventapp.documents.models import Certificate, Purpose
from eventapp.documents.papers import certificates as papers
from eventapp.documents.queries import Earned
from eventapp.documents.routes.frame import bp
from eventapp.documents.rules import Rule
from eventapp.documents.rules import certificates as rules
from eventapp.documents.rules.certificates import Standing
from eventapp.documents.rules.packs import file_name
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, limits, pdf, qr, tables, text
from eventapp.kernel.guard import public, requires
from eventapp.kernel.pages import flash_refusal, see_other, sentence
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import as_attachment
from eventapp.registrations.models import Registration

# The order in which the page shows who stands where: what is to be done comes first.
ORDER = (
    Standing.DUE,
    Standing.OUTDATED,
    Standing.NO_LONGER,
    Standing.ISSUED,
    Standing.NOT_DUE,
)


# --- who is due one ---------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/certificates")
@requires(Permission.SEE_PEOPLE)
def certificates(event: str) -> str:
    """Show who is due a certificate, who is not and by how much, and what was issued."""
    boundary.keep_private()
    rows = queries.earned(g.event.id)
    counts = {one: sum(row.standing is one for row in rows) for one in ORDER}
    asked = request.args.get("standing", "")
    shown = Standing(asked) if asked in set(Standing) else _first(counts)
    return render_template(
        "documents/certificates.html",
        rows=[row for row in rows if row.standing is shown],
        shown=shown,
        counts=counts,
        names={one: standing_name(one) for one in ORDER},
        rule=queries.rule_of(g.event),
        run=queries.last_run(g.event.id),
        issued=queries.last_serial(g.event.id),
        because=Because(formdata=None),
        why=because_of,
        makes_pdf=pdf.is_available(),
    )


def _first(counts: dict[Standing, int]) -> Standing:
    return next((one for one in ORDER if counts[one]), Standing.NOT_DUE)


def standing_name(standing: Standing) -> str:
    """Return where somebody stands, in words."""
    return {
        Standing.DUE: _("to be issued"),
        Standing.OUTDATED: _("outdated"),
        Standing.NO_LONGER: _("not due any more"),
        Standing.ISSUED: _("issued"),
        Standing.NOT_DUE: _("not due"),
    }[standing]


@bp.post("/<slug:event>/desk/certificates")
@requires(Permission.MANAGE_PEOPLE)
def issue(event: str) -> Response:
    """Let certificates be issued to all who are due one."""
    return _ask(Purpose.ISSUE, tells=bool(request.form.get("tells")))


@bp.post("/<slug:event>/desk/certificates/reissue")
@requires(Permission.MANAGE_PEOPLE)
def reissue_certificates(event: str) -> Response:
    """Let outdated certificates be replaced, with one reason."""
    form = Because()
    reason = form.reason.data or ""
    return _ask(Purpose.REISSUE, tells=bool(request.form.get("tells")), reason=reason)


def _ask(purpose: Purpose, *, tells: bool, reason: str = "") -> Response:
    try:
        run = commands.ask_for_certificates(
            g.event.id, clock.now(), purpose=purpose, reason=reason, tells=tells
        )
    except Refused as refused:
        flash_refusal(refused)
    else:
        count = len(run.people)
        flash(
            ngettext(
                "%(num)d certificate is being issued.",
                "%(num)d certificates are being issued.",
                count,
            ),
            "ok",
        )
    return see_other(".certificates", event=g.event.slug)


# --- what they take and say -------------------------------------------------------------------


@bp.get("/<slug:event>/desk/certificates/words")
@requires(Permission.MANAGE_EVENT)
def certificate_words(event: str) -> str:
    """Show what a certificate takes and what stands on it."""
    return _words(CertificateWords.of(g.event, queries.setting_of(g.event)))


def _words(form: CertificateWords, fault: str | None = None) -> str:
    return render_template("documents/certificate_words.html", form=form, fault=fault)


@bp.post("/<slug:event>/desk/certificates/words")
@requires(Permission.MANAGE_EVENT)
def save_certificate_words(event: str) -> Response | str:
    """Say what a certificate takes and what stands on it."""
    form = CertificateWords()
    if not form.validate():
        return _words(form)
    try:
        commands.set_certificates(g.event.id, clock.now(), **form.values())
    except Refused as refused:
        return _words(form, sentence(refused))
    flash(_("Kept. Certificates issued from now on go by it; those issued before stay."), "ok")
    return see_other(".certificates", event=event)


# --- one certificate, many, the register --------------------------------------------------------


@bp.get("/<slug:event>/desk/certificates/register")
@requires(Permission.SEE_PEOPLE)
def register(event: str) -> str | FlaskResponse:
    """Show every number ever given, or give the register as a spreadsheet."""
    boundary.keep_private()
    rows = queries.register(g.event.id)
    shape = request.args.get("format")
    if shape in ("xlsx", "csv"):
        return _sheet(rows, shape)
    return render_template(
        "documents/register.html",
        rows=rows,
        state_name=papers.state_name,
        replaced_by={row.replaces_id: row for row in rows if row.replaces_id},
    )


def _sheet(rows: Sequence[Certificate], shape: str) -> FlaskResponse:
    head, lines = papers.register_table(rows)
    name = f"rejestr-zaswiadczen-{g.event.slug}.{shape}"
    if shape == "csv":
        return as_attachment(tables.as_csv(head, lines), name, tables.CSV_TYPE)
    made = tables.as_xlsx(_("Register of certificates"), head, lines)
    return as_attachment(made, name, tables.XLSX_TYPE)


@bp.get("/<slug:event>/desk/certificates/pdf")
@requires(Permission.SEE_PEOPLE)
def certificates_file(event: str) -> Response | FlaskResponse:
    """Give all certificates that hold as one PDF, in Polish alphabetical order."""
    rows = queries.valid(g.event.id)
    return _pdf(rows, f"zaswiadczenia-{event}.pdf", see_other(".certificates", event=event))


def _pdf(rows: Sequence[Certificate], name: str, otherwise: Response) -> Response | FlaskResponse:
    if not rows:
        flash(_("No certificate is issued yet."), "warn")
        return otherwise
    try:
        content = papers.document(rows)
    except Refused as refused:
        flash_refusal(refused)
        return otherwise
    return as_attachment(content, name, pdf.MEDIA_TYPE)


@bp.get("/<slug:event>/desk/certificates/zip")
@requires(Permission.SEE_PEOPLE)
def certificates_archive(event: str) -> Response | FlaskResponse:
    """Give each certificate that holds as a file of its own, in Polish alphabetical order."""
    rows = queries.valid(g.event.id)
    otherwise = see_other(".certificates", event=event)
    if not rows:
        flash(_("No certificate is issued yet."), "warn")
        return otherwise
    try:
        documents = papers.each(rows)
    except Refused as refused:
        flash_refusal(refused)
        return otherwise
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in zip(_file_names(rows), documents, strict=True):
            archive.writestr(name, content)
    return as_attachment(packed.getvalue(), f"zaswiadczenia-{event}.zip", "application/zip")


def _file_names(rows: Sequence[Certificate]) -> Iterator[str]:
    """Yield names that stand in the same order in any folder."""
    digits = len(str(len(rows)))
    for place, row in enumerate(rows, start=1):
        yield f"{place:0{digits}d}-{_file_name(row)}"


def _file_name(row: Certificate) -> str:
    person = row.content["essence"]
    return file_name(f"{person['last_name']}-{person['first_name']}-{row.number}") + ".pdf"


@bp.get("/<slug:event>/desk/certificates/<id:certificate_id>")
@requires(Permission.SEE_PEOPLE)
def certificate(event: str, certificate_id: int) -> str:
    """Show one certificate as it was issued, ready to be printed."""
    boundary.keep_private()
    back = {"text": _("Certificates"), "url": url_for(".certificates", event=event)}
    return _page(_own(certificate_id), back)


def _page(row: Certificate, back: dict[str, str]) -> str:
    return render_template(
        "documents/certificate.html",
        row=row,
        one=papers.shown(row, g.event),
        code=qr.svg(papers.verification_url(g.event, row), row.number),
        back=back,
    )


def _own(certificate_id: int) -> Certificate:
    row = queries.certificate(certificate_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


@bp.get("/<slug:event>/desk/certificates/<id:certificate_id>/pdf")
@requires(Permission.SEE_PEOPLE)
def certificate_file(event: str, certificate_id: int) -> Response | FlaskResponse:
    """Give one certificate as PDF, as it was issued."""
    row = _own(certificate_id)
    return _pdf([row], _file_name(row), see_other(".certificates", event=event))


@bp.post("/<slug:event>/desk/certificates/<id:certificate_id>/revoke")
@requires(Permission.MANAGE_PEOPLE)
def revoke(event: str, certificate_id: int) -> Response:
    """Let a certificate hold no more, with a reason."""
    row, form = _own(certificate_id), Because()
    number = row.number
    try:
        commands.revoke_certificate(row.id, clock.now(), reason=form.reason.data or "")
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("Certificate %(number)s holds no more.", number=number), "ok")
    return see_other(".register", event=event)


# --- one's own ----------------------------------------------------------------------------------


@bp.get("/<slug:event>/my/certificate")
@requires(Permission.SIGN_UP)
def my_certificate(event: str) -> str:
    """Show participants their certificate, or what it still takes."""
    row: Registration = g.registration
    boundary.keep_private()
    held = queries.own_certificate(row.id)
    back = {"text": _("My programme"), "url": url_for("desk.mine", event=event)}
    if held is not None:
        return _page(held, back)
    return render_template(
        "documents/my_certificate.html", one=_earned(row), rule=queries.rule_of(g.event)
    )


def _earned(row: Registration) -> Earned | None:
    return next(iter(queries.earned(row.event_id, only=[row.id])), None)


@bp.get("/<slug:event>/my/certificate.pdf")
@requires(Permission.SIGN_UP)
def my_certificate_file(event: str) -> Response | FlaskResponse:
    """Give participants their certificate as PDF."""
    row: Registration = g.registration
    limits.hit("own-documents", str(row.id))
    held = queries.own_certificate(row.id)
    rows = [held] if held is not None else []
    name = _file_name(held) if held is not None else ""
    return _pdf(rows, name, see_other(".my_certificate", event=event))


# --- whether it holds -----------------------------------------------------------------------------


@bp.get("/<slug:event>/certificates")
@public
def ask_about(event: str) -> Response | str:
    """Ask for the code of a certificate, and lead to what is known of it."""
    code = request.args.get("code", "").strip()[:60]
    if code:
        return see_other(".verify", event=event, code=code)
    return render_template("documents/verify.html", row=None, asked=False)


@bp.get("/<slug:event>/certificates/<code>")
@public
def verify(event: str, code: str) -> str | tuple[str, int]:
    """Tell whoever has the code of a certificate whether it holds, and no more than they hold."""
    row = _coded(code)
    if row is None:
        return render_template("documents/verify.html", row=None, asked=True), 404
    return _verified(row)


@bp.post("/<slug:event>/certificates/<code>")
@public
def compare(event: str, code: str) -> str | tuple[str, int]:
    """Tell whether the surname on a paper is the one in the register; nothing is changed."""
    row = _coded(code)
    if row is None:
        return render_template("documents/verify.html", row=None, asked=True), 404
    limits.hit("surnames", f"{row.id} {limits.address()}")
    form = Surname()
    said = text.search_key(form.surname.data or "")
    return _verified(row, agrees=said == text.search_key(row.content["essence"]["last_name"]))


def _coded(code: str) -> Certificate | None:
    boundary.keep_private()
    row = queries.by_code(g.event.id, code)
    if row is None:
        limits.hit("token-probes", limits.address())
    return row


def _verified(row: Certificate, *, agrees: bool | None = None) -> str:
    person = row.content["essence"]
    return render_template(
        "documents/verify.html",
        row=row,
        asked=True,
        initials=rules.initials(person["first_name"], person["last_name"]),
        hours=i18n.number(rules.teaching_hours(row.content["minutes"])),
        replacement=queries.replacement_of(row.id),
        state_name=papers.state_name,
        form=Surname(formdata=None),
        agrees=agrees,
    )


def because_of(one: Earned, rule: Rule) -> str:
    """Return why somebody is not due a certificate, with the numbers."""
    outcome = one.outcome
    if not outcome.attended_total_minutes:
        return _("was in no session")
    if rule.min_sessions is not None:
        return _(
            "%(done)s of %(needed)s sessions (of %(all)s that count)",
            done=outcome.sessions,
            needed=rule.min_sessions,
            all=outcome.counting_sessions,
        )
    return _(
        "%(percent)s%% (%(attended)s of %(required)s minutes); %(missing)s minutes short",
        percent=outcome.percent,
        attended=outcome.attended_required_minutes,
        required=outcome.required_minutes,
        missing=outcome.missing_minutes,
    )
