"""The media: the organiser tells them, and a journalist reads it on a phone."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.harness.sources import ROOT
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import EVENT, Stage, follow, look, words


def test_the_media_are_told(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin("after")
    page = open_page(LAPTOP)
    stage.enter(page, "after", "organiser")
    page.goto(stage.link("/desk"))
    follow(page, page.get_by_role("link", name="Media", exact=True))
    page.get_by_label("Wydarzenie w trzech zdaniach, po polsku").fill("Za nami trzy dni rozmów.")
    follow(page, page.get_by_role("button", name="Zapisz stronę"))
    look(page, "press-page")
    follow(page, page.get_by_role("link", name="Materiały do pobrania"))
    page.get_by_text("Dodaj plik", exact=True).click()
    page.get_by_label("Który plik?").set_input_files(ROOT / "static/brand/touch-icon.png")
    page.get_by_label("Tytuł po polsku").fill("Znak")
    page.get_by_label("Co widać na zdjęciu, po polsku").fill("Litera e na zielonym tle")
    follow(page, page.get_by_role("button", name="Dodaj plik do materiałów"))
    assert "Zdjęcie potrzebuje opisu" in words(page, "[data-errors]")
    look(page, "press-kit")
    page.get_by_label("Który plik?").set_input_files(ROOT / "static/brand/touch-icon.png")
    page.get_by_label("Autorstwo i licencja").fill("CC0 1.0")
    follow(page, page.get_by_role("button", name="Dodaj plik do materiałów"))
    follow(page, page.get_by_role("button", name="Wyżej"))
    assert words(page, ".kit-rows__item a") == "Znak"
    follow(page, page.get_by_role("link", name="Informacja prasowa"))
    look(page, "press-news")
    assert "Zaczarowana Spiżarnia" in words(page, "#text-pl")

    reader = open_page(PHONE)
    stage.visit(reader, "after", f"/{EVENT}/")
    follow(reader, reader.get_by_role("link", name="Dla mediów"))
    look(reader, "press-public")
    assert "Za nami trzy dni rozmów." in words(reader, ".press__about")
    assert words(reader, ".prizes dt") == "Spółdzielnia Socjalna Roku"
    with reader.expect_download() as handed:
        reader.locator(".kit__item:has-text('Znak') a").click()
    assert handed.value.suggested_filename == "touch-icon.png"
