"""The drafted news item: to read, copy, take away and print."""

from flask import Response, abort, g, render_template, url_for
from flask_babel import gettext as _

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.press import queries
from eventapp.press.queries import Story
from eventapp.press.routes.frame import bp
from eventapp.registrations import rules as taking_part


@bp.get("/<slug:event>/desk/press/news")
@requires(Permission.MANAGE_EVENT)
def news(event: str) -> str:
    """Draft a news item from what is known at this minute, in each language."""
    boundary.keep_private()
    story = queries.story(g.event, clock.now())
    return render_template(
        "press/news.html",
        stage=story.stage.value,
        missing=story.missing,
        drafts={locale: _draft(story, locale) for locale in i18n.LOCALES},
    )


@bp.get("/<slug:event>/desk/press/news/<locale>.txt")
@requires(Permission.MANAGE_EVENT)
def news_text(event: str, locale: str) -> Response:
    """Give the news item as a file of plain text."""
    boundary.keep_private()
    answer = Response(_asked_draft(locale), mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="{event}-{locale}.txt"'
    return answer


@bp.get("/<slug:event>/desk/press/news/<locale>")
@requires(Permission.MANAGE_EVENT)
def news_paper(event: str, locale: str) -> str:
    """Show the news item on a sheet to print."""
    boundary.keep_private()
    headline, _gap, body = _asked_draft(locale).partition("\n\n")
    return render_template(
        "press/news_paper.html",
        locale=locale,
        headline=headline,
        paragraphs=body.strip().split("\n\n"),
        back={"text": _("News item"), "url": url_for(".news", event=event)},
    )


def _asked_draft(locale: str) -> str:
    if locale not in i18n.LOCALES:
        abort(404)
    return _draft(queries.story(g.event, clock.now()), locale)


def _draft(story: Story, locale: str) -> str:
    """Write the item in a language: a headline, then paragraphs parted by empty lines."""
    with i18n.use_locale(locale):
        written = render_template(
            "press/news.txt",
            story=story,
            facts=story.facts,
            page=story.facts.page,
            stage=story.stage.value,
            event=g.event,
            window=taking_part.refuse_window(g.event, clock.now()),
            home=boundary.absolute("desk.home", event=g.event.slug),
            plan=boundary.absolute("desk.programme", event=g.event.slug),
        )
    paragraphs = (part.strip() for part in written.split("\n\n"))
    return "\n\n".join(part for part in paragraphs if part) + "\n"
