"""What sessions are about: typed as one line, named in English once, merged, taken back as one."""

from collections.abc import Sequence
from typing import Any

import pytest

from eventapp.kernel import journal
from eventapp.kernel.db import db
from eventapp.programme import commands, queries
from eventapp.programme.rules import topics
from eventapp.programme.rules.planned import planned
from tests.factories import NOW, at, make_event, make_session

LAW = {"pl": "Prawo pracy", "en": "Labour law"}
MONEY = {"pl": "Pieniądze"}
KNOWN = {"prawo-pracy": LAW}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        (" , ;; \n", []),
        ("Pieniądze", [MONEY]),
        ("  prawo   PRACY ,Pieniądze", [LAW, MONEY]),
        ("Pieniądze; pieniadze, PIENIĄDZE", [MONEY]),
        ("Prawo\nPieniądze", [{"pl": "Prawo"}, MONEY]),
        ("!!!, –, Соціальна економіка", [{"pl": "Соціальна економіка"}]),
    ],
)
def test_a_line_names_topics_as_they_are_spelt_already(line: str, expected: list[Any]) -> None:
    assert list(topics.read(line, KNOWN)) == expected


@pytest.mark.parametrize(
    ("topic", "key"),
    [
        (LAW, "prawo-pracy"),
        ({"pl": "Ż"}, "z"),
        ({"en": "Law"}, "law"),
        ({"pl": "Соціальна економіка"}, "соціальна-економіка"),
        ({"pl": "?"}, ""),
        ({}, ""),
    ],
)
def test_spellings_of_one_topic_have_one_key(topic: topics.Topic, key: str) -> None:
    assert topics.key_of(topic) == key


def test_topics_in_use_are_counted_and_know_their_english_from_any_session() -> None:
    plain = {"pl": "prawo pracy"}
    used = topics.used([[MONEY, plain], [LAW], [], [LAW, plain]])

    assert [(one.key, one.count) for one in used] == [("pieniadze", 1), ("prawo-pracy", 3)]
    assert used[1].topic == {"pl": "prawo pracy", "en": "Labour law"}


@pytest.mark.parametrize(
    ("keys", "to", "expected"),
    [
        ({"prawo-pracy"}, {"pl": "Prawo"}, [{"pl": "Prawo"}, MONEY]),
        ({"prawo-pracy", "pieniadze"}, MONEY, [MONEY]),
        ({"inne"}, {"pl": "Prawo"}, [LAW, MONEY]),
    ],
)
def test_a_topic_is_renamed_in_its_place(
    keys: set[str], to: topics.Topic, expected: list[Any]
) -> None:
    assert list(topics.renamed([LAW, MONEY], keys, to)) == expected


@pytest.mark.parametrize(
    ("count", "length", "exceeds"), [(12, 60, False), (13, 5, True), (1, 61, True), (0, 0, False)]
)
def test_a_session_has_some_topics_not_any_number(count: int, length: int, exceeds: bool) -> None:
    assert topics.exceeds([{"pl": "x" * length} for _ in range(count)]) is exceeds


# --- commands ---------------------------------------------------------------------------------


def about(event_id: int) -> list[list[str]]:
    """Return what each session of the draft is about, read anew."""
    db.session.expire_all()
    return [[one["pl"] for one in planned(row).topics] for row in queries.plan(event_id)]


def two_sessions() -> tuple[int, Sequence[int]]:
    event = make_event()
    first, second = make_session(event), make_session(event, starts_at=at("12:00"))
    commands.edit_draft(first.id, NOW, topics=(LAW, MONEY))
    commands.edit_draft(second.id, NOW, topics=({"pl": "prawo pracy"},))
    commands.release(event.id, NOW)
    return event.id, [first.id, second.id]


@pytest.mark.usefixtures("db_session")
def test_a_new_name_holds_in_every_session_and_is_taken_back_as_one() -> None:
    event_id, _ids = two_sessions()

    fact_id = commands.name_topic(event_id, "prawo-pracy", NOW, name={"pl": "Kadry", "en": "HR"})

    assert about(event_id) == [["Kadry", "Pieniądze"], ["Kadry"]]
    assert [one.columns for one in queries.differences(event_id)] == [["topics"], ["topics"]]
    released = [row.activity.topics for row in queries.programme(event_id)]
    assert released == [[LAW, MONEY], [{"pl": "prawo pracy"}]]
    assert fact_id is not None
    journal.undo(event_id, fact_id, NOW)
    assert about(event_id) == [["Prawo pracy", "Pieniądze"], ["prawo pracy"]]
    assert queries.differences(event_id) == []


@pytest.mark.usefixtures("db_session")
def test_the_name_of_another_topic_makes_the_two_one() -> None:
    event_id, _ids = two_sessions()

    commands.name_topic(event_id, "pieniadze", NOW, name={"pl": "PRAWO pracy"})

    assert about(event_id) == [["PRAWO pracy"], ["PRAWO pracy"]]
    assert queries.known_topics(event_id) == {
        "prawo-pracy": {"pl": "PRAWO pracy", "en": "Labour law"}
    }


@pytest.mark.usefixtures("db_session")
def test_what_waits_out_of_the_plan_is_renamed_too_and_what_was_called_off_is_not() -> None:
    event_id, (first, second) = two_sessions()
    third = commands.draft_session(
        event_id, NOW, title={"pl": "Debata"}, starts_at=at("15:00"), ends_at=at("16:00"),
        topics=(LAW,),
    ).id  # fmt: skip
    commands.drop_session(third, NOW)
    commands.drop_session(second, NOW)
    commands.release(event_id, NOW)

    commands.name_topic(event_id, "prawo-pracy", NOW, name={"pl": "Kadry"})

    commands.bring_back(third, NOW)
    assert dict(zip((first, second, third), about(event_id), strict=True)) == {
        first: ["Kadry", "Pieniądze"], second: ["prawo pracy"], third: ["Kadry"],
    }  # fmt: skip
    assert [one.count for one in queries.topics_of(queries.plan(event_id))] == [2, 1]


@pytest.mark.usefixtures("db_session")
def test_a_topic_is_dropped_everywhere_and_dropping_nothing_is_no_edit() -> None:
    event_id, _ids = two_sessions()

    assert commands.drop_topic(event_id, "prawo-pracy", NOW) is not None
    assert about(event_id) == [["Pieniądze"], []]
    assert commands.drop_topic(event_id, "prawo-pracy", NOW) is None


@pytest.mark.usefixtures("db_session")
def test_several_sessions_get_one_more_topic_at_once() -> None:
    event_id, ids = two_sessions()

    fact_id = commands.edit_many(event_id, ids, NOW, about=(MONEY,))

    assert about(event_id) == [["Prawo pracy", "Pieniądze"], ["prawo pracy", "Pieniądze"]]
    assert fact_id is not None
    journal.undo(event_id, fact_id, NOW)
    assert about(event_id) == [["Prawo pracy", "Pieniądze"], ["prawo pracy"]]
