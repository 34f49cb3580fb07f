"""Every visible word is translated, and no page needs inline code or another host."""

from pathlib import Path

import pytest

from tests.harness import markup
from tests.harness.sources import ROOT

# A mail reader knows no style sheets; mails are not under the pages' policy.
MAIL = ("templates/mail/", "templates/_macros/mail.html")

PAGES = [path.relative_to(ROOT).as_posix() for path in markup.pages()]
WEB_PAGES = [name for name in PAGES if name.endswith(".html") and not name.startswith(MAIL)]


@pytest.mark.parametrize("name", PAGES)
def test_every_visible_word_is_translated(name: str) -> None:
    assert list(markup.bare_words(ROOT / name)) == []


@pytest.mark.parametrize("name", WEB_PAGES)
def test_nothing_is_inline(name: str) -> None:
    assert markup.read((ROOT / name).read_text(encoding="utf-8")).inline == []


@pytest.mark.parametrize("name", WEB_PAGES)
def test_nothing_comes_from_another_host(name: str) -> None:
    assert markup.read((ROOT / name).read_text(encoding="utf-8")).foreign == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Save</p>",
        "<p>Zapisz {{ name }}</p>",
        "{% if a %}<b>yes</b>{% endif %}",
        '<img src="x" alt="A tree">',
        '<input type="submit" value="Save">',
        '<button aria-label="Close">{{ icon("x") }}</button>',
        '<a title="Więcej">{{ _("More") }}</a>',
        '{{ button("Save") }}',
        '{{ title|default("Programme of the day") }}',
        "<p>{% trans %}Save{% endtrans %} now</p>",
        "<p>ż</p>",
    ],
)
def test_a_bare_word_is_noticed(source: str, tmp_path: Path, monkeypatch) -> None:
    assert len(words(source, tmp_path, monkeypatch)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '<p>{{ _("Save") }}</p>',
        '<p title="{{ _("Save") }}">1 / {{ n }} · – (25)</p>',
        "<p>{% trans %}Save{% endtrans %}</p>",
        '{{ ngettext("%(num)s seat", "%(num)s seats", n) }}',
        '<span translate="no">eventapp</span>',
        '<p class="Card">{# Save #}</p>',
        '<script src="/a.js"></script>',
        '<input type="text" value="Anna">',
        '{{ url_for("Home page") }}{% if method == "Save" %}{% endif %}',
        '{{ icon("chevron down", size="small") }}',
        "{{ moment|strftime('EEEE, d MMMM') }}",
    ],
)
def test_translated_and_mute_text_passes(source: str, tmp_path: Path, monkeypatch) -> None:
    assert words(source, tmp_path, monkeypatch) == []


def words(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is bare in *source*."""
    monkeypatch.setattr(markup, "ROOT", tmp_path)
    page = tmp_path / "page.html"
    page.write_text(source, encoding="utf-8")
    return list(markup.bare_words(page))


def test_a_bare_line_of_a_mail_is_noticed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(markup, "ROOT", tmp_path)
    page = tmp_path / "mail.txt"
    page.write_text('Subject: {{ _("A seat") }}\n\nHello {{ name }},\n', encoding="utf-8")

    assert list(markup.bare_words(page)) == [f"mail.txt:3: 'Hello {markup.COMPUTED},'"]


@pytest.mark.parametrize(
    "source",
    [
        "<p style='color: red'>",
        "<style>p {}</style>",
        "<script>alert(1)</script>",
        "<a onclick='go()'>",
        "<script type='module'>go()</script>",
    ],
)
def test_inline_code_is_noticed(source: str) -> None:
    assert len(markup.read(source).inline) == 1


def test_another_host_is_noticed() -> None:
    page = "<img src='https://a.example/b.png'><link href='//a.example/c.css'><a href='https://d.example'>"

    assert len(markup.read(page).foreign) == 2
