"""The demonstration that the journeys share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.chromium import View
from tests.journeys import stage as stages
from tests.journeys.stage import Stage

PHONE = View(360, "dark")
LAPTOP = View(1280, "light")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The moments as they were loaded, which nobody plays in.

    `EVENTAPP_TEST_MOMENTS` names a folder that keeps them from one run to the next, for
    whoever works on a journey.
    """
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder = Path(os.environ.get("EVENTAPP_TEST_MOMENTS", root / "moments"))
    stages.prepare(folder)
    return folder


@pytest.fixture(scope="session")
def stage(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A running demonstration; each test begins its moment anew."""
    with stages.playing(prepared, tmp_path_factory.mktemp("stage")) as running:
        yield running


@pytest.fixture(params=[PHONE, LAPTOP], ids=str)
def device(request: pytest.FixtureRequest) -> View:
    """A phone and a laptop: whatever asks for it runs twice."""
    return request.param  # type: ignore[no-any-return]
