"""The feed's own writer beside the library's: the same bytes, whatever is written in them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.invites.rules import lines
from eventapp.invites.rules.calendar import UTC, _item, _standing
from tests.invites.test_calendar import WARSAW, entry

POLISH = "Zażółć gęślą jaźń – „środki, wnioski; rozliczenia” " * 6  # 300 letters
EDGES = "aą€😀\\\\^,;:\n\rN \t\x00\x85"

# What is written comes near every fold: letters of one to four octets, escapes, line breaks.
text = st.one_of(
    st.text(max_size=400),
    st.text(EDGES, max_size=300),
    st.integers(0, 80).map(lambda begun: "x" * begun + POLISH),
)


def by_the_library(shown, local):
    item = _item(shown, local)
    item.add("status", "CANCELLED" if shown.called_off else "CONFIRMED")
    item.add("transp", "TRANSPARENT" if shown.called_off else "OPAQUE")
    return item.to_ical()


@given(
    summary=text,
    description=text,
    location=text,
    uid=st.text("abc-@.", min_size=1, max_size=90),
    called_off=st.booleans(),
    minutes=st.integers(0, 500_000),
    local=st.sampled_from([WARSAW, UTC, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Etc/GMT-3")]),
)
def test_whatever_is_written_the_bytes_are_the_librarys(
    summary, description, location, uid, called_off, minutes, local
):
    moment = entry().starts_at.astimezone(UTC) + timedelta(minutes=minutes)
    shown = entry(
        uid=uid,
        summary=summary,
        description=description,
        location=location,
        called_off=called_off,
        starts_at=moment,
        ends_at=moment + timedelta(hours=1),
    )

    assert _standing(shown, local) == by_the_library(shown, local)


@pytest.mark.parametrize("begun", range(80))
def test_a_long_polish_title_is_whole_wherever_it_is_folded(begun):
    shown = entry(summary="x" * begun + POLISH)
    content = _standing(shown, WARSAW)

    assert content == by_the_library(shown, WARSAW)
    (read,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert read["SUMMARY"] == shown.summary.strip()
    assert max(map(len, content.split(b"\r\n"))) <= 75


@pytest.mark.parametrize("length", [73, 74, 75, 76, 148, 149])
@pytest.mark.parametrize("last", ["x", "ą", "€", "😀", "\\", "^"])
def test_a_fold_tears_neither_letters_nor_escapes(length, last):
    line = "x" * (length - len(last.encode())) + last + "koniec"

    assert lines.folded(line) == icalendar.parser.Contentline(line).to_ical()
