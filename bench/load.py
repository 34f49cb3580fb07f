"""A small load generator: many keep-alive connections, every answer timed and counted."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Ask:
    """One request to be sent."""

    method: str
    path: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Heard:
    """What came back: statuses, seconds each answer took, seconds in all, bodies if kept."""

    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    seconds: float = 0.0
    reopened: int = 0

    @property
    def per_second(self) -> float:
        """Return answers per second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """Return the latency that *share* of the answers stayed below, in milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def run(
    url: str,
    asks: Sequence[Ask],
    clients: int,
    *,
    keep: bool = False,
    before: Callable[[], object] = lambda: None,
) -> Heard:
    """Send *asks* to *url* over *clients* connections at a time and return what was heard.

    *before* happens right before each is sent.
    """
    return asyncio.run(_run(url, asks, clients, before, keep=keep))


async def _run(
    url: str, asks: Sequence[Ask], clients: int, before: Callable[[], object], *, keep: bool
) -> Heard:
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    heard = Heard()
    waiting = iter(asks)
    ready = asyncio.Event()

    async def one_client() -> None:
        line = _Line(host, port)
        await line.open()
        await ready.wait()
        for ask in waiting:
            before()
            begun = time.perf_counter()
            status, body = await line.ask(ask)
            heard.latencies.append(time.perf_counter() - begun)
            heard.statuses[status] += 1
            if keep:
                heard.bodies.append(body)
        line.close()
        heard.reopened += line.reopened

    tasks = [asyncio.create_task(one_client()) for _ in range(clients)]
    await asyncio.sleep(0.3)  # every connection stands before the first request
    begun = time.perf_counter()
    ready.set()
    await asyncio.gather(*tasks)
    heard.seconds = time.perf_counter() - begun
    return heard


class _Line:
    """One connection that is kept, and opened again when the server has closed it."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.reopened = 0

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self.host, self.port)

    def close(self) -> None:
        self._writer.close()

    async def ask(self, ask: Ask) -> tuple[int, bytes]:
        said = _request(ask, f"{self.host}:{self.port}")
        try:
            status, body, stays = await self._say(said)
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise
            # A server may close a kept connection that nobody spoke on; a browser, too,
            # then asks again on a new one.
            self.reopened += 1
            await self.open()
            status, body, stays = await self._say(said)
        if not stays:
            self.close()
            await self.open()
        return status, body

    async def _say(self, said: bytes) -> tuple[int, bytes, bool]:
        self._writer.write(said)
        return await _answer(self._reader)


def _request(ask: Ask, host: str) -> bytes:
    lines = [f"{ask.method} {ask.path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in ask.headers]
    if ask.body or ask.method == "POST":
        lines.append(f"Content-Length: {len(ask.body)}")
    return "\r\n".join([*lines, "", ""]).encode() + ask.body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    status = int(first.split()[1])
    length = int(headers.get("content-length", "0"))
    body = await reader.readexactly(length) if length and status != 304 else b""
    stays = headers.get("connection", "keep-alive").lower() != "close"
    return status, body, stays


def as_json(method: str, path: str, body: object, token: str) -> Ask:
    """Return a JSON request with a bearer token."""
    headers = (("Authorization", f"Bearer {token}"), ("Content-Type", "application/json"))
    return Ask(method, path, json.dumps(body).encode(), headers)
