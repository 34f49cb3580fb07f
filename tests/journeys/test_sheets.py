"""A coordinator plans in a spreadsheet, and changes many sessions at once."""

import io
from collections.abc import Callable

from openpyxl import load_workbook
from playwright.sync_api import Page

from tests.harness.chromium import View
from tests.journeys.stage import Stage, follow, look, words

DAY = "/desk/plan?day=2027-06-17"
FUNDING = "Fundraising: darczyńcy, 1,5% podatku i zbiórki"


def test_a_spreadsheet_goes_away_and_comes_back_edited(
    stage: Stage, open_page: Callable[..., Page], device: View
) -> None:
    stage.begin("sign-ups")
    page = open_page(device)
    stage.enter(page, "sign-ups", "organiser")
    page.goto(stage.link("/desk/plan/import"))
    look(page, "import")
    with page.expect_download() as download:
        page.get_by_role("link", name="Pobierz obecny plan").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book.active
    head = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if row[head.index("Tytuł po polsku")].value == FUNDING:
            row[head.index("Miejsca")].value = 31
    sheet.append([None, "18.06.2027", "14:50", "15:30", "Zażółć gęślą jaźń"])
    file = io.BytesIO()
    book.save(file)

    page.set_input_files("#file", {"name": "program.xlsx", "buffer": file.getvalue(),
                                   "mimeType": "application/octet-stream"})  # fmt: skip
    follow(page, "form button:has-text('Wczytaj plik')")
    look(page, "import-preview")
    assert "1 nowa sesja" in words(page, "main")
    assert "1 zmieniona" in words(page, "main")
    follow(page, "form button:has-text('Przenieś do wersji roboczej')")
    assert "1 nowa sesja, 1 zmieniona" in words(page, ".toast")
    page.goto(stage.link("/desk/plan?day=2027-06-18"))
    assert "Zażółć gęślą jaźń" in page.content()

    page.goto(stage.link("/desk/history"))
    done = page.locator(".timeline__item", has_text="Wczytano arkusz do wersji roboczej")
    follow(page, done.get_by_role("button"))
    page.goto(stage.link("/desk/plan?day=2027-06-18"))
    assert "Zażółć gęślą jaźń" not in page.content()


def test_a_file_with_faults_says_where(
    stage: Stage, open_page: Callable[..., Page], device: View
) -> None:
    stage.begin("sign-ups")
    page = open_page(device)
    stage.enter(page, "sign-ups", "organiser")
    page.goto(stage.link("/desk/plan/import"))
    content = "Data;Od;Do;Tytuł;Sala\n16.06.2027;9:70;10:00;Źle;Piwnica\n".encode("cp1250")
    page.set_input_files("#file", {"name": "zły.csv", "mimeType": "text/csv", "buffer": content})
    follow(page, "form button:has-text('Wczytaj plik')")

    look(page, "import-faults")
    assert "2 błędy" in words(page, "main")
    assert page.get_by_role("button", name="Przenieś do wersji roboczej").count() == 0


def test_many_sessions_move_at_once(
    stage: Stage, open_page: Callable[..., Page], device: View
) -> None:
    stage.begin("sign-ups")
    page = open_page(device)
    stage.enter(page, "sign-ups", "organiser")
    page.goto(stage.link(DAY))
    if page.locator("[data-plan-view=list]").is_visible():
        page.click("[data-plan-view=list]")
    row = page.locator("tr", has_text=FUNDING)
    before = words(row, ".num")
    row.get_by_role("checkbox").check()
    look(page, "plan-many")
    page.get_by_label("Minut później").fill("15")

    follow(page, page.get_by_role("button", name="Przesuń", exact=True))

    assert "Zmieniono 1 sesję" in words(page, ".toast")
    assert words(page.locator("tr", has_text=FUNDING), ".num") == "9:15–12:15"
    follow(page, ".toast button")
    assert words(page.locator("tr", has_text=FUNDING), ".num") == before
