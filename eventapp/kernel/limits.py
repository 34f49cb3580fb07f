"""Rate limits: how often one account, address, person or device may try.

They are counted in Redis when there is one, else in this process. A Redis that is down
must never stop a sign-up, so it is passed over for a while and this process counts.

The library `limits` is loaded inside the functions: it is a tenth of what a start takes,
and the first page needs none of it.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import TooManyRequests

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import RateLimiter

log = logging.getLogger(__name__)

LIMITS = {
    "sign-in-account": "5/minute",
    "sign-in-address": "20/minute",
    "links": "3/hour",
    "sign-ups": "10/minute",
    "scans": "100/second",
    "token-probes": "20/hour",
    "registrations": "20/minute",
    "uploads": "30/minute",
    "own-documents": "10/minute",
    "surnames": "10/hour",
    "audience-votes": "60/minute",
}
REDIS_TIMEOUT = 0.25  # seconds a request may wait for Redis
PASS_OVER = 15.0  # seconds for which a Redis that failed is not asked again

_EXTENSION = "eventapp-limits"
_making = threading.Lock()
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Spent:
    """Whether one more try was within the limit, and else after how many seconds."""

    allowed: bool
    retry_after: int = 0


class Counter:
    """Counts tries in Redis if it answers, else in this process."""

    def __init__(self, redis_url: str = "") -> None:
        self._own = _in_this_process()
        self._shared = _in_redis(redis_url) if redis_url else None
        self._silent_until = 0.0

    def spend(self, name: str, key: str) -> Spent:
        """Count one try of the limit *name* by *key* and tell whether it was within it."""
        item = _item(name)
        if self._shared is not None and time.monotonic() >= self._silent_until:
            try:
                return _spend(self._shared, item, name, key)
            except Exception as error:
                # Whatever Redis or the network throws, the request goes on.
                self._silent_until = time.monotonic() + PASS_OVER
                log.warning("rate limits are counted per process, Redis failed: %s", error)
        return _spend(self._own, item, name, key)


@cache
def _item(name: str) -> "RateLimitItem":
    from limits import parse  # noqa: PLC0415 - heavy, see above

    return parse(LIMITS[name])


def _in_this_process() -> "RateLimiter":
    from limits.storage import MemoryStorage  # noqa: PLC0415 - heavy, see above
    from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415 - heavy, see above

    return MovingWindowRateLimiter(MemoryStorage())


def _in_redis(url: str) -> "RateLimiter":
    from limits.storage import RedisStorage  # noqa: PLC0415 - heavy, see above
    from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415 - heavy, see above

    storage = RedisStorage(
        url,
        key_prefix="eventapp-limits",
        socket_timeout=REDIS_TIMEOUT,
        socket_connect_timeout=REDIS_TIMEOUT,
    )
    return MovingWindowRateLimiter(storage)


def _spend(limiter: "RateLimiter", item: "RateLimitItem", *keys: str) -> Spent:
    if limiter.hit(item, *keys):
        return Spent(True)
    reset = limiter.get_window_stats(item, *keys).reset_time
    return Spent(False, max(1, math.ceil(reset - time.time())))


def install(app: Flask) -> None:
    """Count tries for *app*, unless its setting RATE_LIMITS is off."""
    app.extensions[_EXTENSION] = None


def _counter() -> Counter:
    """Return the application's counter, made at its first try."""
    with _making:
        counter: Counter | None = current_app.extensions[_EXTENSION]
        if counter is None:
            counter = Counter(str(current_app.config.get("REDIS_URL") or ""))
            current_app.extensions[_EXTENSION] = counter
    return counter


def spend(name: str, key: object) -> Spent:
    """Count one try of the limit *name* by *key* and tell whether it was within it."""
    if not current_app.config.get("RATE_LIMITS", True):
        return Spent(True)
    return _counter().spend(name, str(key))


def hit(name: str, key: object) -> None:
    """Count one try; beyond the limit answer 429 with ``Retry-After``."""
    spent = spend(name, key)
    if not spent.allowed:
        raise TooManyRequests(retry_after=spent.retry_after)


def limited(name: str, key: Callable[[], object] | None = None) -> Callable[[View], View]:
    """Limit a view; *key* tells whose tries they are, by default the caller's address."""

    def mark(view: View) -> View:
        @wraps(view)
        def run(*args: Any, **kwargs: Any) -> Any:
            hit(name, key() if key else address())
            return view(*args, **kwargs)

        return run  # type: ignore[return-value]

    return mark


def address() -> str:
    """Return the address that this request came from (through trusted proxies only)."""
    return request.remote_addr or "unknown"
