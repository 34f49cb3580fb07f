"""A phone on the laptop's network: the secure address, the scanner, and what plain HTTP says."""

import contextlib
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from playwright.sync_api import Browser, Error, Playwright

from eventapp.kernel.authority import AUTHORITY, FOLDER, load_certificate
from tests.harness import chromium, network
from tests.harness.chromium import ARGUMENTS, eventually
from tests.harness.door import usb_scan
from tests.harness.network import Elsewhere
from tests.harness.servers import free_port
from tests.journeys import stage as stages
from tests.journeys.conftest import PHONE
from tests.journeys.stage import Stage, follow, look
from tests.journeys.test_door import MOMENT, WELCOME, badge_on_second_screen, scans


@pytest.fixture(scope="module")
def there() -> Iterator[Elsewhere]:
    with network.elsewhere() as found:
        yield found


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def laptop(
    prepared: Path, there: Elsewhere, port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The demonstration on the network; it finds its addresses by itself."""
    folder = tmp_path_factory.mktemp("laptop")
    with stages.playing(prepared, folder, "--lan", "--lan-port", str(port)) as running:
        running.begin(MOMENT)
        yield running


def launch(playwright: Playwright, executable: str) -> Browser:
    return playwright.chromium.launch(
        executable_path=executable, args=list(ARGUMENTS), timeout=60_000
    )


def authority_of(laptop: Stage) -> bytes:
    found = laptop.data.parent / FOLDER / AUTHORITY
    made = load_certificate(found)
    assert made is not None
    return made.public_bytes(Encoding.DER)


def test_a_phone_that_trusts_the_laptop_scans_over_its_network(
    laptop: Stage, there: Elsewhere, port: int, playwright: Playwright, tmp_path: Path
) -> None:
    secure = Stage(f"https://{there.address}:{port}", laptop.data, laptop.process)
    browser = launch(playwright, there.browser(tmp_path, authority_of(laptop)))
    with contextlib.closing(browser), chromium.opened(browser, PHONE) as phone:
        code, name = badge_on_second_screen(secure, phone)
        secure.enter(phone, MOMENT, "door")
        follow(phone, phone.get_by_role("link", name=WELCOME, exact=True))
        eventually(phone, "document.querySelector('[data-ready]')")

        assert phone.evaluate("[isSecureContext, location.protocol]") == [True, "https:"]
        assert phone.evaluate("[!!crypto.subtle, 'serviceWorker' in navigator]") == [True, True]
        said = usb_scan(phone, code)

        assert (said["tone"], said["name"]) == ("ok", name)
        assert scans(laptop) == [name.split()[-1]]
        visit = phone.context.cookies(secure.url)
        assert [cookie["name"] for cookie in visit if not cookie["secure"]] == ["moment"]


def test_a_phone_without_the_certificate_is_warned_and_may_go_on(
    laptop: Stage, there: Elsewhere, port: int, playwright: Playwright, tmp_path: Path
) -> None:
    address = f"https://{there.address}:{port}/lan"
    browser = launch(playwright, there.browser(tmp_path))
    with contextlib.closing(browser):
        with chromium.opened(browser, PHONE) as phone, pytest.raises(Error, match="AUTHORITY"):
            phone.goto(address)
        with chromium.opened(browser, PHONE, ignore_https_errors=True) as phone:
            phone.goto(address)
            look(phone, "lan-secure")
            assert phone.evaluate("isSecureContext")


def test_plain_http_helps_and_tells_nothing(
    laptop: Stage, there: Elsewhere, port: int, playwright: Playwright, tmp_path: Path
) -> None:
    plain = f"http://{there.address}:{port}"
    secure = f"https://{there.address}:{port}"
    browser = launch(playwright, there.browser(tmp_path))
    with contextlib.closing(browser), chromium.opened(browser, PHONE) as phone:
        answer = phone.goto(f"{plain}/seminarium-es-2027/door")
        assert answer is not None
        assert answer.status == 200
        assert not phone.evaluate("isSecureContext")
        look(phone, "lan-plain")
        on = phone.get_by_role("link", name="Przejdź na bezpieczny adres")
        assert on.get_attribute("href") == f"{secure}/seminarium-es-2027/door"
        assert "Seminarium" not in (phone.text_content("body") or "")
        assert phone.locator("form").count() == 0
        assert phone.context.cookies() == []
        with phone.expect_download() as fetching:
            phone.get_by_role("link", name="Pobierz certyfikat").click()
        assert fetching.value.suggested_filename == "eventapp-door.crt"
        assert fetching.value.path().read_bytes() == authority_of(laptop)
        follow(phone, phone.get_by_role("link", name="English"))
        assert phone.text_content("h1") == "Open the door on this phone"


def test_the_terminal_names_the_addresses_and_the_fingerprint(
    laptop: Stage, there: Elsewhere, port: int
) -> None:
    said = (laptop.data.parent / "demo.log").read_text()

    assert f"https://{there.address}:{port}" in said
    assert re.search(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", said)


def test_the_plain_address_of_the_laptop_itself_still_opens_everything(laptop: Stage) -> None:
    with urllib.request.urlopen(f"{laptop.url}/seminarium-es-2027", timeout=10) as answer:
        assert "Seminarium" in answer.read().decode()
