"""Badges on paper: read back from their PDF, noted once printed, replaced when lost."""

import re
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from eventapp.documents import commands, queries
from eventapp.documents.queries import Whom
from eventapp.documents.rules import BadgeRole, Layout, Printed
from eventapp.events.access import Role
from eventapp.kernel import facts, pdf, tokens
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import ConsentKind, State
from eventapp.registrations.rules import BadgeReason
from eventapp.signups import commands as signups
from tests import factories
from tests.factories import NOW
from tests.harness import markup, world

NAMES = (
    ("Łucja", "Źdźbłowska-Brzęczyszczykiewiczowa"),
    ("Олександра", "Нечипоренко-Ґудзенко"),
    ('#import "x": *', "<script>alert(1)</script>"),
    ("=SUM(A1)", "$x$ *b* _c_ @ref"),
    ("A", "B" * 100),
)


def read(document: bytes, page: int = 0, dots: int = 200) -> list[str]:
    """Return what the codes on a page say, as a scanner reads them off paper."""
    with pypdfium2.PdfDocument(BytesIO(document)) as opened:
        picture = opened[page].render(scale=dots / 72).to_pil()
    return sorted(found.text for found in zxingcpp.read_barcodes(picture))


def words(document: bytes, page: int = 0) -> str:
    """Return the words of a page, parted words joined again."""
    with pypdfium2.PdfDocument(BytesIO(document)) as opened:
        shown = opened[page].get_textpage().get_text_bounded()
    return re.sub(r"\s+", " ", shown.replace("-\r\n-", "-").replace("\u200b", ""))


class Desk:
    """An organiser's browser, a door's, and an event with people whose names are hard to print."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            event = factories.make_event()
            self.event_id, self.slug = event.id, event.slug
            rows = [
                factories.make_registration(event, first, last, category="fundacja")
                for first, last in NAMES
            ]
            self.ids = [row.id for row in rows]
            session = factories.make_session(event, title="Warsztat o umowach")
            signups.enter(session.id, rows[0].id, NOW)
        self.client: FlaskClient = world.member(app, self.event_id, Role.ORGANISER)
        self.token = world.csrf_token(self.client)

    def get(self, path: str, **query: Any) -> TestResponse:
        answer = self.client.get(f"/{self.slug}{path}", query_string=query)
        assert answer.status_code == 200
        return answer

    def post(self, path: str, client: FlaskClient | None = None, **data: Any) -> TestResponse:
        sender = client or self.client
        token = world.csrf_token(sender)
        return sender.post(f"/{self.slug}{path}", data={"csrf_token": token, **data})

    def codes(self) -> list[str]:
        with self.app.app_context():
            found = [people.registration(number) for number in self.ids]
            return sorted(
                tokens.badge_url("http://localhost", people.badge_code(row))
                for row in found
                if row is not None
            )

    def printed(self) -> list[Printed]:
        with self.app.app_context():
            found = queries.badges(self.event_id, Whom())
            return [next(one.printed for one in found if one.row.id == n) for n in self.ids]


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app)


@pytest.mark.parametrize("layout", ["sheet", "a6", "card"])
def test_a_printed_badge_reads_back_from_its_pdf(desk: Desk, layout: str) -> None:
    answer = desk.post("/desk/badges/pdf", layout=layout, backs=1)

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    fronts = range(0, 1 if layout == "sheet" else 10, 2)
    assert sorted(code for page in fronts for code in read(answer.data, page)) == desk.codes()


def test_what_stands_on_a_badge(desk: Desk) -> None:
    made = desk.post("/desk/badges/pdf", layout="a6", backs=1, id=desk.ids[0]).data

    front, back = words(made), words(made, 1)
    assert "Źdźbłowska-Brzęczyszczykiewiczowa" in front
    assert "Uczestnik" in front
    assert "fundacja" not in front + back  # no category, on either side
    assert "Warsztat o umowach" in back
    with pypdfium2.PdfDocument(BytesIO(made)) as opened:
        assert opened.get_metadata_dict()["Title"] == "Identyfikatory"
    assert b"/Lang" in made
    assert b"/MarkInfo" in made


@pytest.mark.parametrize("number", [1, 2, 3])
def test_mark_up_in_a_name_stays_text(desk: Desk, number: int) -> None:
    shown = words(desk.post("/desk/badges/pdf", layout="a6", id=desk.ids[number]).data)

    assert NAMES[number][0] in shown
    assert NAMES[number][1] in shown


def test_the_code_is_large_enough_in_each_layout(desk: Desk) -> None:
    for layout in ("sheet", "a6", "card"):
        made = desk.post("/desk/badges/pdf", layout=layout, id=desk.ids[0]).data
        with pypdfium2.PdfDocument(BytesIO(made)) as opened:
            picture = opened[0].render(scale=300 / 72).to_pil()
        [found] = zxingcpp.read_barcodes(picture)
        corners = found.position
        width = corners.top_right.x - corners.top_left.x
        assert width / 300 * 25.4 > 24.8
        assert found.ec_level == "M"
        assert quiet(picture, corners.top_left.x, corners.top_left.y, width / 29)


def quiet(picture: Image.Image, left: int, top: int, module: float) -> bool:
    """Tell whether the four modules left of and above a code are as white as they must be."""
    margin, size = int(3.7 * module), int(29 * module)
    beside = picture.convert("L").crop((left - margin, top, left - 2, top + size))
    above = picture.convert("L").crop((left, top - margin, left + size, top - 2))
    return min(beside.getextrema()[0], above.getextrema()[0]) > 200


def test_a_print_run_is_noted_and_the_next_holds_what_is_new(desk: Desk) -> None:
    assert desk.printed() == [Printed.NEVER] * 5
    desk.post("/desk/badges/pdf", id=desk.ids[:2])
    desk.post("/desk/badges/printed", id=desk.ids[2:4])
    with desk.app.app_context():
        registrations.change(desk.ids[1], NOW, last_name="Inna")
        registrations.reissue_badge(desk.ids[2], NOW, reason=BadgeReason.LOST)

    ready, changed = Printed.READY, Printed.CHANGED
    assert desk.printed() == [ready, changed, changed, ready, Printed.NEVER]
    due = desk.post("/desk/badges/pdf", due=1, layout="a6").data
    with pypdfium2.PdfDocument(BytesIO(due)) as opened:
        assert len(opened) == 3
    assert desk.printed() == [ready] * 5
    answer = desk.post("/desk/badges/pdf", due=1)
    assert answer.status_code == 303
    assert "nie ma identyfikatorów" in markup.words_of(desk.get("/desk/badges", due=1).text)
    with desk.app.app_context():
        kinds = [row.kind for row in facts.history(event_id=desk.event_id)]
    assert kinds.count("badges-printed") == 3


def test_roles_and_photographs(desk: Desk) -> None:
    with desk.app.app_context():
        registrations.answer_consent(desk.ids[0], ConsentKind.PHOTO, NOW, given=False)
        [made] = queries.badges(desk.event_id, Whom(only=[desk.ids[0]]))
    assert (made.role, made.no_photo) == (BadgeRole.PARTICIPANT, True)

    plain = words(desk.post("/desk/badges/pdf", layout="a6", id=desk.ids[0]).data)
    marked = words(desk.post("/desk/badges/pdf", layout="a6", photos=1, id=desk.ids[0]).data)
    assert ("bez zdjęć" in plain, "bez zdjęć" in marked) == (False, True)
    assert "nie ma identyfikatorów" in markup.words_of(desk.get("/desk/badges", role="jury").text)


def test_ticked_people_go_to_the_printer(desk: Desk) -> None:
    answer = desk.post("/desk/people/badges", id=desk.ids[1:3])
    page = desk.client.get(answer.headers["Location"]).text
    assert (NAMES[1][1] in page, NAMES[4][1] in page) == (True, False)

    everybody = desk.client.get(desk.post("/desk/people/badges", all=1).headers["Location"]).text
    assert NAMES[4][1] in everybody
    assert desk.post("/desk/people/badges").headers["Location"].endswith("/desk/people")


@pytest.mark.parametrize("layout", ["sheet", "a6", "card"])
def test_the_page_prints_what_the_pdf_prints(desk: Desk, layout: str) -> None:
    answer = desk.post("/desk/badges/sheet", layout=layout, backs=1, id=desk.ids[:3])
    page = desk.client.get(answer.headers["Location"]).text

    assert page.count('<li class="badge-card badge-card--participant"') == 3
    assert page.count("badge-card--back") == 3
    assert f"badges--{layout}" in page
    assert "<script>alert" not in page


def test_a_lost_badge_gets_a_new_code_by_a_lead(desk: Desk) -> None:
    lost = desk.ids[0]
    path = f"/door/badges/{lost}"
    before = desk.codes()
    steward = world.member(desk.app, desk.event_id, Role.DOOR)
    lead = world.member(desk.app, desk.event_id, Role.LEAD)

    assert desk.post(f"{path}/reissue", steward, reason="lost").status_code in (403, 404)
    assert desk.post(f"{path}/reissue", lead, reason="nonsense").status_code == 303
    assert desk.codes() == before
    reprinted = desk.post(f"{path}/pdf", steward)
    assert read(reprinted.data)[0] in before
    assert desk.post(f"{path}/reissue", lead, reason="lost").status_code == 303
    after = desk.codes()
    assert len(set(after) - set(before)) == 1
    assert read(desk.post(f"{path}/pdf", steward).data) == sorted(set(after) - set(before))
    with desk.app.app_context():
        [fact] = [
            row for row in facts.history(event_id=desk.event_id) if row.kind == "badge-reissued"
        ]
        assert (fact.data["reason"], fact.data["generation"]) == ("lost", 2)


def test_a_place_passed_on_has_no_badge(desk: Desk) -> None:
    with desk.app.app_context():
        details = registrations.Details(first_name="Nowa", last_name="Osoba", email="n@example.org")
        registrations.substitute(desk.ids[0], details, NOW)
    path = f"/door/badges/{desk.ids[0]}"

    assert desk.post(f"{path}/pdf").status_code == 404
    assert desk.post(f"{path}/reissue", reason="lost").status_code == 404


def test_participants_take_their_badge_along(desk: Desk) -> None:
    with desk.app.app_context():
        row = people.registration(desk.ids[0])
        assert row is not None
        link = people.link_token(row)
    phone = desk.app.test_client()
    opened = phone.get(f"/{desk.slug}/my/{link}?page=badge")
    assert opened.headers["Location"] == f"/{desk.slug}/my/badge"

    own = phone.get(f"/{desk.slug}/my/badge.pdf")
    picture = phone.get(f"/{desk.slug}/my/badge.png")

    [code] = read(own.data)
    assert code in desk.codes()
    [seen] = zxingcpp.read_barcodes(Image.open(BytesIO(picture.data)))
    assert seen.text == code
    assert desk.printed()[0] is Printed.NEVER  # what people print at home is no print run
    assert desk.app.test_client().get(f"/{desk.slug}/my/badge.pdf").status_code != 200


def test_the_letter_carries_the_code(app: Flask, run_jobs: Any, mailbox: Any) -> None:
    with app.app_context():
        event = factories.make_event()
        details = registrations.Details(
            first_name="Ewa",
            last_name="Żak",
            email="e@example.org",
            consents={ConsentKind.INFORMATION_CLAUSE: True},
        )
        row = registrations.register(event.id, details, NOW)
        assert row.state is State.QUALIFIED
        code = tokens.badge_url("http://localhost", people.badge_code(row))
    run_jobs()

    letter = mailbox.last("e@example.org")
    [picture] = [part for part in letter.walk() if part.get_filename() == "badge.png"]
    [seen] = zxingcpp.read_barcodes(Image.open(BytesIO(picture.get_payload(decode=True))))
    assert seen.text == code


def test_one_run_is_noted_once_per_person(desk: Desk) -> None:
    with desk.app.app_context():
        made = queries.badges(desk.event_id, Whom())
        for _run in range(2):
            commands.note_printed(desk.event_id, made, Layout.SHEET, NOW)
        commands.note_printed(desk.event_id, [], Layout.SHEET, NOW)

    assert desk.printed() == [Printed.READY] * 5


@pytest.mark.parametrize("shape", ["/B/{}", "/b/{}", "/B/{}?utm_source=phone", "/B/" + "0" * 26])
def test_the_page_behind_a_badge_tells_nothing(desk: Desk, shape: str) -> None:
    code = desk.codes()[0].rpartition("/")[2]
    pages = [desk.app.test_client().get(shape.format(one)) for one in (code, code.lower())]

    assert [answer.status_code for answer in pages] == [200, 200]
    said = " ".join(answer.text for answer in pages)
    secrets = [word for name in NAMES for word in name] + ["Seminarium", "fundacja"]
    assert [word for word in secrets if len(word) > 1 and word in said] == []


def test_a_document_that_takes_too_long_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "LIMIT", 0.0)

    answer = desk.post("/desk/badges/pdf")

    assert answer.status_code == 303
    page = markup.words_of(desk.client.get(answer.headers["Location"]).text)
    assert "trwało zbyt długo" in page
    assert desk.printed() == [Printed.NEVER] * 5


def test_a_fault_in_a_template_is_told_with_its_reason(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match=r"key .layout"):
        pdf.render("badges", {}, title="Próba", lang="pl")
