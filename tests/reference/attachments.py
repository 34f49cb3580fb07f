"""Print the demo's sample attachments anew: `python -m tests.reference.attachments`.

Statutes are shared by legal form, statements and consents are each nomination's own. All that
they say is fictional and derived from the seminar file; the same file gives the same pages.
"""

import json
from pathlib import Path
from random import Random
from typing import Any

import typst

from tests.reference.count import Json

DEMO = Path(__file__).parents[2] / "eventapp" / "demo"

# One weight of one font, so that a file stays small.
PAGE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title, author: data.author)
#set page(paper: "a4", margin: 2.5cm, footer: text(9pt)[Dokument przykładowy – podmiot zmyślony])
#set text(lang: "pl", size: 11pt, font: "Libertinus Serif")
#set par(justify: true)
#show heading: set text(weight: "regular", size: 17pt)
#let money(n) = {
  let digits = str(calc.abs(n))
  let groups = ()
  while digits.len() > 3 {
    groups.insert(0, digits.slice(-3))
    digits = digits.slice(0, -3)
  }
  (if n < 0 { "−" } else { "" }) + (digits, ..groups).join("\\u{a0}") + "\\u{a0}zł"
}

= #data.title
#data.author

#for line in data.paragraphs [
  #line

]
#for row in data.at("table", default: ()) [
  #row.at(0) #h(1fr) #money(row.at(1)) \\
]
#if "signature" in data [
  #v(1.5cm)
  #data.signature
]
"""

STATUTES = {
    "spoldzielnia_socjalna": (
        "Statut spółdzielni socjalnej (wyciąg)",
        """
        § 1. Spółdzielnia prowadzi wspólne przedsiębiorstwo w oparciu o osobistą pracę
        członków, w celu ich reintegracji społecznej i zawodowej.

        § 4. Członkiem może zostać osoba fizyczna, która ukończyła 18 lat i złożyła
        deklarację; co najmniej połowę członków stanowią osoby zagrożone wykluczeniem.

        § 9. Nadwyżkę bilansową dzieli walne zgromadzenie: nie mniej niż 40% na
        fundusz zasobowy, nie mniej niż 40% na cele reintegracji, resztę na fundusz
        inwestycyjny.

        § 14. Każdy członek ma na walnym zgromadzeniu jeden głos, bez względu na
        wniesione udziały.
        """,
    ),
    "spoldzielnia": (
        "Statut spółdzielni (wyciąg)",
        """
        § 1. Przedmiotem działalności spółdzielni jest prowadzenie wspólnego
        przedsiębiorstwa w oparciu o pracę członków.

        § 6. Spółdzielnia zatrudnia członków na podstawie spółdzielczej umowy o pracę;
        stanowiska dostosowuje się do możliwości osoby.

        § 11. Organami są walne zgromadzenie, rada nadzorcza i zarząd. Każdemu
        członkowi przysługuje jeden głos.

        § 17. Z nadwyżki tworzy się fundusz szkoleniowy w wysokości ustalanej
        corocznie.
        """,
    ),
    "fundacja": (
        "Statut fundacji (wyciąg)",
        """
        § 2. Celem fundacji jest wspieranie osób zagrożonych wykluczeniem, edukacja
        oraz upowszechnianie ekonomii społecznej.

        § 5. Fundacja może prowadzić działalność odpłatną i gospodarczą; dochód
        przeznacza w całości na cele statutowe.

        § 8. Zarząd liczy od dwóch do czterech osób i reprezentuje fundację;
        oświadczenia składają dwie osoby łącznie.
        """,
    ),
    "stowarzyszenie": (
        "Statut stowarzyszenia (wyciąg)",
        """
        § 3. Celem stowarzyszenia jest działanie na rzecz mieszkańców, integracji i
        spółdzielczości.

        § 7. Najwyższą władzą jest walne zebranie członków, zwoływane co najmniej raz
        w roku. Każdy członek zwyczajny ma jeden głos.

        § 12. Stowarzyszenie opiera działalność na pracy społecznej członków i może
        zatrudniać pracowników.
        """,
    ),
    "spolka_non_profit": (
        "Umowa spółki non profit (wyciąg)",
        """
        § 2. Spółka nie działa w celu osiągnięcia zysku: całość dochodu przeznacza na
        cele statutowe i nie wypłaca go wspólnikom.

        § 5. Przedmiotem działalności są przewozy osób starszych i osób z
        niepełnosprawnościami.

        § 10. Zarząd jest jednoosobowy; nadzór sprawuje zgromadzenie wspólników.
        """,
    ),
    "jednostka": (
        "Regulamin jednostki reintegracyjnej (wyciąg)",
        """
        § 1. Jednostka nie ma osobowości prawnej; prowadzi ją stowarzyszenie wskazane
        w zgłoszeniu.

        § 4. Zajęcia z reintegracji zawodowej i społecznej odbywają się według
        indywidualnego programu, który uczestnik układa z doradcą.

        § 8. Rada uczestników opiniuje regulamin i wydatki na wspólne cele.
        """,
    ),
}
# Part of the revenue that the market pays, by legal form; co-operatives live on it.
MARKET_PERCENT = {
    "spolka_non_profit": 60,
    "fundacja": 30,
    "stowarzyszenie": 25,
    "wtz": 8,
    "cis": 12,
    "kis": 3,
}
SAME_STATUTES = {
    "spoldzielnia_pracy": "spoldzielnia",
    "spoldzielnia_inwalidow": "spoldzielnia",
    "spoldzielnia_niewidomych": "spoldzielnia",
    "wtz": "jednostka",
    "cis": "jednostka",
    "kis": "jednostka",
}


def main() -> None:
    """Print every file that the demo's nominations name, and remove the others."""
    seminar = json.loads((DEMO / "demo_seminar.json").read_text(encoding="utf-8"))
    pages = dict(pages_of(seminar))
    folder = DEMO / "attachments"
    folder.mkdir(exist_ok=True)
    for stale in set(folder.glob("*.pdf")) - {DEMO / path for path in pages}:
        stale.unlink()
    for path, page in pages.items():
        (DEMO / path).write_bytes(printed(page))


def printed(page: dict[str, Any]) -> bytes:
    """Return *page* as a PDF without the time of its making."""
    return typst.compile(
        PAGE.encode(), sys_inputs={"data": json.dumps(page)}, ignore_system_fonts=True, timestamp=0
    )


def pages_of(seminar: Json) -> list[tuple[str, dict[str, Any]]]:
    """Return path and content of each attachment; a shared one comes more than once."""
    organisations = {row["id"]: row for row in seminar["organisations"]}
    categories = {row["id"]: row["name"]["pl"] for row in seminar["awards"]["categories"]}
    makers = {"statut.pdf": statute, "zgoda_kandydata.pdf": consent}
    return [
        (
            row["path"],
            makers.get(row["name"], statement)(
                nomination,
                organisations[nomination["organisation"]],
                categories[nomination["category"]],
            ),
        )
        for nomination in seminar["awards"]["nominations"]
        for row in nomination["attachment_files"]
    ]


def statute(_nomination: Json, organisation: Json, _category: str) -> dict[str, Any]:
    """Return the statutes common to the organisation's legal form."""
    kind = organisation["type"]
    title, text = STATUTES[SAME_STATUTES.get(kind, kind)]
    return {
        "title": title,
        "author": "Wzór przyjęty przez zgłaszającego",
        "paragraphs": paragraphs(text),
    }


def paragraphs(text: str) -> list[str]:
    """Split *text* at its empty lines and join the others."""
    return [" ".join(part.split()) for part in text.strip().split("\n\n")]


def statement(_nomination: Json, organisation: Json, _category: str) -> dict[str, Any]:
    """Return a financial summary whose sums are right."""
    rng = Random(organisation["nip"])
    revenue = rng.randrange(180_000, 900_000, 100)
    market = revenue * (MARKET_PERCENT.get(organisation["type"], 80) + rng.randint(0, 4)) // 100
    gifts = revenue * rng.randint(1, 4) // 100
    pay, goods = revenue * rng.randint(58, 64) // 100, revenue * rng.randint(14, 19) // 100
    rest = revenue * rng.randint(10, 16) // 100
    return {
        "title": "Sprawozdanie finansowe za 2026 rok (skrót)",
        "author": organisation["name"],
        "paragraphs": paragraphs(
            f"""NIP {organisation["nip"]}, REGON {organisation["regon"]}, {organisation["street"]},
            {organisation["postcode"]} {organisation["city"]}."""
        ),
        "table": [
            ["Przychody ze sprzedaży i działalności odpłatnej", market],
            ["Dotacje", revenue - market - gifts],
            ["Darowizny i składki", gifts],
            ["Przychody razem", revenue],
            ["Wynagrodzenia ze składkami", pay],
            ["Materiały i usługi", goods],
            ["Pozostałe koszty", rest],
            ["Koszty razem", pay + goods + rest],
            ["Wynik", revenue - pay - goods - rest],
        ],
        "signature": "Sporządzono 31 marca 2027 r. Zarząd: podpis nieczytelny",
    }


def consent(nomination: Json, organisation: Json, category: str) -> dict[str, Any]:
    """Return the nominee's consent to a nomination made by somebody else."""
    return {
        "title": "Zgoda kandydata",
        "author": organisation["name"],
        "paragraphs": paragraphs(
            f"""
            Wyrażamy zgodę na zgłoszenie nas do konkursu „Nagrody Ekonomii Społecznej 2027”
            w kategorii „{category}”.

            Zgłaszający: {nomination["nominator_name"]}.
            Numer zgłoszenia: {nomination["number"]}.

            Potwierdzamy, że dane w zgłoszeniu są zgodne z prawdą oraz że znamy regulamin
            konkursu i klauzulę informacyjną.
            """
        ),
        "signature": "Za zarząd: podpis nieczytelny",
    }


if __name__ == "__main__":
    main()
