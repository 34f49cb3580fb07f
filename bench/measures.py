"""The measurements: each prints its figures and returns them."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from typing import Any

from bench import badges as paper
from bench import calendars, drafts, editor, letters, load, offline, stands, tally
from bench import evidence as papers
from bench import people as crowd
from bench.load import Ask, Heard, as_json
from bench.stands import Stand
from eventapp.kernel import jobs
from eventapp.programme.rules.diagnostics import diagnose

ROUNDS = 3
BOTH = ("sqlite", "postgresql")
Figures = dict[str, Any]


def _median(values: list[float], places: int = 1) -> float:
    return round(statistics.median(values), places)


def _marked(url: str, clients: int, number: int) -> Heard:
    return load.run(url, [Ask("POST", "/")] * number, clients)


def signups(kind: str) -> Figures:
    """Let 1,000 clients at once want one of 30 seats; count seats, queue and order."""
    seconds, rates, worst = [], [], []
    for _ in range(ROUNDS):
        with stands.stand(kind) as stand:
            asks = _sign_ups(stand, sessions=1)
            heard = load.run(stand.url, asks, len(asks), keep=True)
            _exact(heard)
            seconds.append(heard.seconds)
            rates.append(heard.per_second)
            worst.append(heard.quantile(0.99))
    with stands.yardstick(kind) as url:
        bare = _marked(url, 200, 1000).per_second
    rate = _median(rates)
    return {
        "all answered in s": _median(seconds, 2),
        "decisions/s": rate,
        "p99 ms": _median(worst),
        "bare/s": round(bare, 1),
        "of bare": round(rate / bare, 3),
    }


def _sign_ups(stand: Stand, sessions: int) -> list[Ask]:
    """Ask a place for everybody, in turn over the first so many sessions."""
    return [
        as_json(
            "POST",
            f"/api/v1/sessions/{stand.session_id + place % sessions}/sign-ups",
            {"registration": str(who)},
            stand.token,
        )
        for place, who in enumerate(stand.people)
    ]


def _exact(heard: Heard) -> None:
    answers = [json.loads(body) for body in heard.bodies]
    states = [answer.get("state") for answer in answers]
    places = sorted(answer["position"] for answer in answers if answer.get("position"))
    if heard.statuses != {201: len(answers)} or heard.reopened:
        raise AssertionError(f"errors: {dict(heard.statuses)}, {heard.reopened} lost connections")
    if states.count("confirmed") != stands.SEATS:
        raise AssertionError(f"{states.count('confirmed')} seats given, not {stands.SEATS}")
    if places != list(range(1, len(answers) - stands.SEATS + 1)):
        raise AssertionError("the queue has gaps")


def entries(kind: str) -> Figures:
    """Sign 900 people up over 32 connections, for one session and over all 24."""
    figures: Figures = {}
    for sessions in (1, 24):
        rates, worst = [], []
        for _ in range(ROUNDS):
            with stands.stand(kind) as stand:
                asks = _sign_ups(stand, sessions)
                load.run(stand.url, asks[:100], 32)  # warm
                heard = load.run(stand.url, asks[100:], 32)
                if set(heard.statuses) != {201}:
                    raise AssertionError(f"errors: {dict(heard.statuses)}")
                rates.append(heard.per_second)
                worst.append(heard.quantile(0.99))
        figures[f"{sessions} sessions"] = {"decisions/s": _median(rates), "p99 ms": _median(worst)}
    with stands.yardstick(kind) as url:
        figures["bare/s"] = round(_marked(url, 32, 1000).per_second, 1)
    return figures


def queues(kind: str) -> Figures:
    """Let 5,000 people want places in 40 sessions of 30 seats; count each session's and its queue.

    `BENCH_SHARE` takes a part of the people and sessions, for a machine that others use as well.
    """
    share = float(os.environ.get("BENCH_SHARE", "1"))
    people, sessions = int(5000 * share), max(1, int(40 * share))
    seconds, rates, worst = [], [], []
    for _ in range(ROUNDS if share == 1 else 1):
        with stands.stand(kind, number=people, sessions=sessions) as stand:
            asks = _sign_ups(stand, sessions)
            heard = load.run(stand.url, asks, min(1000, people), keep=True)
            _exact_each(heard, sessions)
            seconds.append(heard.seconds)
            rates.append(heard.per_second)
            worst.append(heard.quantile(0.99))
    with stands.yardstick(kind) as url:
        bare = _marked(url, 200, 1000).per_second
    rate = _median(rates)
    return {
        "people": people,
        "sessions": sessions,
        "all answered in s": _median(seconds, 2),
        "decisions/s": rate,
        "p99 ms": _median(worst),
        "bare/s": round(bare, 1),
        "of bare": round(rate / bare, 3),
    }


def _exact_each(heard: Heard, sessions: int) -> None:
    """Check that every session gave its seats, and that its queue goes in the order of answers."""
    answers = [json.loads(body) for body in heard.bodies]
    if heard.statuses != {201: len(answers)} or heard.reopened:
        raise AssertionError(f"errors: {dict(heard.statuses)}, {heard.reopened} lost connections")
    confirmed = sum(answer["state"] == "confirmed" for answer in answers)
    if confirmed != stands.SEATS * sessions:
        raise AssertionError(f"{confirmed} seats given, not {stands.SEATS * sessions}")
    waits = sorted((int(one["id"]), one["position"]) for one in answers if one["position"])
    heads = [place for _, place in waits if place == 1]
    longest = len(waits) // sessions
    if len(heads) != sessions or max(place for _, place in waits) > longest + 1:
        raise AssertionError("the queues have gaps")
    # A place is written behind the lock that drew it: in each queue ids rise with the ranks.
    last = dict.fromkeys(range(1, longest + 2), 0)
    for _id, place in waits:
        last[place] += 1
        if place > 1 and last[place] > last[place - 1]:
            raise AssertionError("a later one stands before an earlier one")


def scans(kind: str) -> Figures:
    """Scan every badge once, over 1, 8 and 32 connections."""
    figures: Figures = {}
    for clients in (1, 8, 32):
        rates, worst = [], []
        for _ in range(ROUNDS):
            with stands.stand(kind) as stand:
                path = f"/api/v1/checkpoints/{stand.checkpoint_id}/scans"
                asks = [as_json("POST", path, _scan(code), stand.device) for code in stand.codes]
                load.run(stand.url, asks[:40], clients)  # warm
                heard = load.run(stand.url, asks[40:], clients)
                if set(heard.statuses) != {201}:
                    raise AssertionError(f"errors: {dict(heard.statuses)}")
                rates.append(heard.per_second)
                worst.append(heard.quantile(0.99))
        with stands.yardstick(kind) as url:
            bare = _marked(url, clients, 1000)
        rate = _median(rates)
        figures[f"{clients} clients"] = {
            "scans/s": rate,
            "p99 ms": _median(worst),
            "bare/s": round(bare.per_second, 1),
            "of bare": round(rate / bare.per_second, 3),
        }
    return figures


def _scan(code: str) -> dict[str, Any]:
    return {
        "scan_id": str(uuid.uuid4()),
        "code": code,
        "scanned_at": datetime.now(UTC).isoformat(),
        "age_ms": 0,
    }


def without_network(kind: str) -> Figures:
    """Load the list of 5,000 badges, ask for one change and for none, hand in batches of 200."""
    with stands.stand(kind, number=5000, sessions=1) as stand:
        made = offline.ask(stand, "snapshot")
        whole = [offline.ask(stand, "snapshot") for _ in range(ROUNDS)]
        took = list(offline.batches(stand, 2 * ROUNDS + 1))
        changed = [offline.delta(stand, code) for code in stand.codes[-ROUNDS:]]
        quiet = [offline.unchanged(stand) for _ in range(ROUNDS)]
        seconds = offline.loaded(stand, ROUNDS)
    return {
        "batch of 200 in ms": _median(took),
        "list made in ms": round(made.took, 1),
        "list in ms": _median([one.took for one in whole]),
        "list kB": round(len(whole[0].body) / 1000),
        "on the device in s": _median(list(seconds), 2),
        "one change in ms": _median([one.took for one in changed]),
        "one change bytes": max(len(one.body) for one in changed),
        "304 in ms": _median(quiet),
    }


def pages(kind: str) -> Figures:
    """Read the programme: rendered, kept, and not modified; and the calendar file."""
    with stands.stand(kind, number=50) as stand:
        programme, calendar = f"/{stand.slug}/programme", f"/{stand.slug}/calendar.ics"
        tag = _etag(stand.url, programme)
        figures: Figures = {}
        figures["rendered/s"] = _median(_out_of_date(stand, programme, 400))
        for name, asks in (
            ("kept", [Ask("GET", programme)] * 2000),
            ("304", [Ask("GET", programme, headers=(("If-None-Match", tag),))] * 2000),
            ("ics", [Ask("GET", calendar)] * 2000),
        ):
            rates = [load.run(stand.url, asks, 8).per_second for _ in range(ROUNDS)]
            figures[f"{name}/s"] = _median(rates)
        heard = load.run(
            stand.url, [Ask("GET", programme, headers=(("Accept-Encoding", "gzip"),))], 1, keep=True
        )
        figures["gzip bytes"] = len(heard.bodies[0])
        figures["worker MB"] = round(stands.memory_of(stand.pid), 1)
    with stands.yardstick(kind) as url:
        figures["bare/s"] = round(_marked(url, 8, 2000).per_second, 1)
    return figures


def _out_of_date(stand: Stand | editor.Large, path: str, number: int) -> list[float]:
    """Read a programme whose seats have changed before each reading; return pages a second.

    What stands beside the address keeps the porch from handing the page out again.
    """
    unread = (Ask("GET", f"{path}?unread={place}") for place in count())
    with stands.queueing(stand.rows) as one_more:
        load.run(stand.url, list(islice(unread, 50)), 8, before=one_more)  # warm
        runs = [
            load.run(stand.url, list(islice(unread, number)), 8, before=one_more)
            for _ in range(ROUNDS)
        ]
    if any(set(heard.statuses) != {200} for heard in runs):
        raise AssertionError(f"errors: {[dict(heard.statuses) for heard in runs]}")
    return [heard.per_second for heard in runs]


def _etag(url: str, path: str) -> str:
    with urllib.request.urlopen(url + path) as answer:  # noqa: S310 - our own server
        return str(answer.headers["ETag"])


def start(kind: str) -> Figures:
    """Time a fresh process to its first programme page."""
    seconds = []
    with stands.waiting(kind) as start_one:
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            with start_one() as page:
                stands.wait_for(page)
                seconds.append(time.perf_counter() - begun)
    return {"first 200 in s": _median(seconds, 2)}


def demo(_kind: str) -> Figures:
    """Time the demonstration from nothing, and again."""
    with tempfile.TemporaryDirectory() as name:
        first, again = (_until_it_answers(Path(name)) for _ in range(2))
    return {"from nothing in s": round(first, 1), "again in s": round(again, 1)}


def _until_it_answers(folder: Path) -> float:
    begun = time.perf_counter()
    with stands.demonstration(folder):
        return time.perf_counter() - begun


def environment(_kind: str) -> Figures:
    """Weigh what a laptop installs: packages and megabytes, pip itself left out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "venv"
        lock = stands.ROOT / "requirements" / "core.txt"
        subprocess.run([stands.ROOT / ".ci" / "venv", folder, lock], check=True)
        site = next((folder / "lib").glob("python3.*")) / "site-packages"
        packages = [path.name for path in site.glob("*.dist-info")]
        own = [path for path in site.iterdir() if not path.name.startswith(("pip", "setuptools"))]
        files = [file for path in own for file in (path, *path.rglob("*")) if file.is_file()]
        return {
            "packages": sum(not name.startswith(("pip-", "setuptools-")) for name in packages),
            "MB": round(sum(file.stat().st_size for file in files) / 1e6),
        }


def diagnostics(_kind: str) -> Figures:
    """Judge a draft of 400 sessions in 30 rooms over five days, with 5,000 people seated."""
    sessions, frame = drafts.large()
    milliseconds = []
    for _ in range(2 * ROUNDS + 1):
        begun = time.perf_counter()
        diagnose(sessions, frame)
        milliseconds.append(1000 * (time.perf_counter() - begun))
    return {"sessions": len(sessions), "median ms": _median(milliseconds)}


def planner(kind: str) -> Figures:
    """Plan and read 400 sessions: the editor on a slow processor, and the public programme."""
    with editor.large(kind) as stand:
        edits = editor.time_editing(stand, 2 * ROUNDS + 1)
        whole, unchanged = editor.first_bytes(stand, 50)
        path = f"/{stand.slug}/programme"
        cold = _out_of_date(stand, path, 400)
        kept = [load.run(stand.url, [Ask("GET", path)] * 2000, 8).per_second for _ in range(ROUNDS)]
    return {
        "editor opens in ms": _median(edits.opening),
        "a move stands in ms": _median(edits.standing),
        "what it means in ms": _median(edits.showing),
        "first byte ms": _median(whole),
        "304 ms": _median(unchanged),
        "rendered/s": _median(cold),
        "kept/s": _median(kept),
    }


def people(kind: str) -> Figures:
    """Put a table of 10,000 people in, take 5,000 away, decide about 1,000 and announce it."""
    seen, taken, bare, csv, xlsx, decided, announced = ([] for _ in range(7))  # type: list[float]
    for _ in range(ROUNDS):
        bare.append(crowd.bare(kind, 10_000))
        with crowd.office(kind) as stand:
            for times, took in zip((seen, taken), crowd.put_in(stand, 10_000), strict=True):
                times.append(took)
        with crowd.office(kind) as stand:
            crowd.put_in(stand, 5_000)
            csv.append(crowd.taken_away(stand, "csv"))
            xlsx.append(crowd.taken_away(stand, "xlsx"))
            decided.append(crowd.decided(stand, 1_000))
            announced.append(crowd.announced(stand))
    whole = _median([sum(pair) for pair in zip(seen, taken, strict=True)], 2)
    return {
        "10,000 previewed in s": _median(seen, 2),
        "and taken over in s": _median(taken, 2),
        "bare in s": _median(bare, 3),
        "of bare": round(whole / _median(bare, 3), 1),
        "5,000 as CSV in s": _median(csv, 3),
        "5,000 as XLSX in s": _median(xlsx, 3),
        "1,000 decided in s": _median(decided, 2),
        "1,000 announced in s": _median(announced, 2),
    }


def counting(kind: str) -> Figures:  # noqa: ARG001 - it asks no database
    """Count the cards of a large jury, the orders of a congress and the papers of a town."""
    return dict(tally.measure())


def allocation(kind: str) -> Figures:  # noqa: ARG001 - it asks no database
    """Give places by preference to 5,000 people in six blocks of twelve sessions."""
    said = subprocess.run(
        [sys.executable, "-m", "bench.allocation"], check=True, capture_output=True, text=True
    )
    return dict(json.loads(said.stdout))


def calendar(kind: str) -> Figures:
    """Give a feed of 400 sessions, one's own and everybody's: whole, and found unchanged."""
    with crowd.office(kind) as stand:
        with stand.app.test_request_context(), jobs.silent():
            token = calendars.fill(stand.event_id)
        own = calendars.measured(stand, f"/calendar/{token}.ics")
        whole = calendars.measured(stand, f"/{stand.slug}/feed.ics")
    names = ("own_ms", "own_unchanged_ms", "event_ms", "event_unchanged_ms")
    return dict(zip(names, [round(one, 1) for one in own + whole], strict=True))


def mail(kind: str) -> Figures:
    """Queue and write 10,000 letters with invites; hand 600 over with one, two, four workers."""
    number = int(10_000 * float(os.environ.get("BENCH_SHARE", "1")))
    with crowd.office(kind) as stand, stand.app.test_request_context():
        with jobs.silent():
            was = letters.invite(stand.event_id, number)
        queued = crowd.seconds(lambda: letters.queue(was))
        written = crowd.seconds(letters.write_all)
    figures: Figures = {
        "letters": number,
        "queued in s": round(queued, 2),
        "written in s": round(written, 1),
    }
    for workers in (1, 2, 4):
        with crowd.office(kind) as stand, stand.app.test_request_context():
            with jobs.silent():
                was = letters.invite(stand.event_id, 600)
            letters.queue(was)
            figures[f"{workers} workers/s"] = round(letters.delivered(stand, workers), 1)
    return figures


def badges(kind: str) -> Figures:
    """Print 200, 500 and 1,000 badges ten to a sheet, and read the codes of 500 back."""
    figures: Figures = {}
    with crowd.office(kind) as stand:
        crowd.put_in(stand, 1_000)
        for number in (200, 500, 1_000):
            runs = [paper.printed(stand, number, layout="sheet") for _ in range(ROUNDS)]
            figures[f"{number:,} in s"] = _median([took for took, _document in runs], 2)
            figures[f"{number:,} in MB"] = round(len(runs[0][1]) / 1e6, 2)
            if number == 500:
                paper.check(stand, runs[0][1], number)
    return figures


def evidence(kind: str) -> Figures:
    """Issue the demonstration's certificates, set 500, and put its pack of evidence together."""
    with papers.seminar(kind) as (_app, event_id):
        issued = papers.issued(event_id)
        certificates = [papers.printed(event_id, 500) for _ in range(ROUNDS)]
        packs = [papers.packed(event_id) for _ in range(ROUNDS)]
    return {
        "63 certificates issued in s": round(issued, 2),
        "500 certificates in s": _median([took for took, _made in certificates], 2),
        "500 certificates in MB": round(len(certificates[0][1]) / 1e6, 2),
        "pack in s": _median([took for took, _size in packs], 2),
        "pack in MB": round(packs[0][1] / 1e6, 2),
    }


Measure = Callable[[str], Figures]

# What each measure is taken on: both databases, or only the laptop's.
MEASURES: dict[str, tuple[Measure, tuple[str, ...]]] = {
    "signups": (signups, BOTH),
    "entries": (entries, BOTH),
    "queues": (queues, BOTH),
    "scans": (scans, BOTH),
    "offline": (without_network, BOTH),
    "pages": (pages, BOTH),
    "start": (start, BOTH),
    "demo": (demo, ("sqlite",)),
    "diagnostics": (diagnostics, ("sqlite",)),
    "planner": (planner, BOTH),
    "allocation": (allocation, ("sqlite",)),
    "people": (people, BOTH),
    "calendar": (calendar, BOTH),
    "mail": (mail, BOTH),
    "badges": (badges, ("sqlite",)),
    "evidence": (evidence, ("sqlite",)),
    "environment": (environment, ("sqlite",)),
}
