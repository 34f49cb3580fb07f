"""Many processes that all want the same thing at once."""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import text

from eventapp.kernel.db import db
from eventapp.kernel.refusal import Busy, Refused

PATIENCE = 120.0

Act = Callable[[Any], Any]


def rush(
    app: Flask,
    act: Act,
    wishes: Sequence[Any],
    *,
    processes: int = 8,
    tamper: Callable[[], None] | None = None,
) -> list[Any]:
    """Let *processes* share *wishes* and act on each, all starting at one moment.

    The answer to a wish is what *act* returns, or the code of the refusal, in the order of
    *wishes*. *tamper* is called first in each process: a negative control patches there.
    """
    # Forked, a process costs milliseconds instead of all the imports; no connection may
    # be shared, so the parent's are closed first.
    db.session.remove()
    db.engine.dispose()
    context = multiprocessing.get_context("fork")
    processes = min(processes, len(wishes))
    barrier, answers = context.Barrier(processes), context.Queue()
    shares = [list(enumerate(wishes))[start::processes] for start in range(processes)]
    crowd = [
        context.Process(target=_run, args=(app, act, share, barrier, answers, tamper), daemon=True)
        for share in shares
    ]
    for each in crowd:
        each.start()
    found = dict(answers.get(timeout=PATIENCE) for _ in wishes)
    for each in crowd:
        each.join(PATIENCE)
    faults = [fault for fault in found.values() if isinstance(fault, str) and "\n" in fault]
    assert faults == [], faults[0]
    return [found[number] for number in range(len(wishes))]


def _run(
    app: Flask,
    act: Act,
    share: Sequence[tuple[int, Any]],
    barrier: Barrier,
    answers: Any,
    tamper: Callable[[], None] | None,
) -> None:
    if tamper is not None:
        tamper()
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        db.session.rollback()
        barrier.wait(PATIENCE)
        for number, wish in share:
            answers.put((number, _answer(act, wish)))
            db.session.remove()
        db.engine.dispose()


def _answer(act: Act, wish: Any) -> Any:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return act(wish)
        except Refused as refused:
            return refused.reason.value
        except Busy:
            # 503 with Retry-After: a client tries again.
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        except Exception:
            return traceback.format_exc()
