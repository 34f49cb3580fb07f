"""Tries are counted per name and key, in Redis or without it, and never stop the honest."""

import os
import socket
import time
from uuid import uuid4

import pytest
import redis

from eventapp.kernel import limits
from tests.harness.servers import free_port

REDIS = os.environ.get("EVENTAPP_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")

# What the product promises: name, tries that pass, seconds to wait after them at most.
PROMISED = [
    ("sign-in-account", 5, 60),
    ("sign-in-address", 20, 60),
    ("links", 3, 3600),
    ("sign-ups", 10, 60),
    ("scans", 100, 1),
    ("token-probes", 20, 3600),
]


@pytest.mark.parametrize("url", ["", REDIS])
@pytest.mark.parametrize(("name", "tries", "seconds"), PROMISED)
def test_so_many_tries_and_no_more(make_edge, url, name, tries, seconds):
    key = uuid4()
    with make_edge(REDIS_URL=url).app_context():
        found = [limits.spend(name, key) for _ in range(tries + 1)]

    assert [spent.allowed for spent in found] == [True] * tries + [False]
    assert 1 <= found[-1].retry_after <= seconds


def test_each_key_and_each_name_counts_for_itself(edge):
    with edge.app_context():
        for _ in range(3):
            limits.hit("links", "anna")
        assert not limits.spend("links", "anna").allowed
        assert limits.spend("links", "beata").allowed
        assert limits.spend("sign-ups", "anna").allowed


def test_an_unknown_limit_is_a_mistake(edge):
    with edge.app_context(), pytest.raises(KeyError):
        limits.spend("no-such-limit", 1)


def test_beyond_the_limit_comes_429_with_the_time_to_wait(visitor):
    answers = [visitor.get("/limited") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 3590 <= int(answers[-1].headers["Retry-After"]) <= 3600
    assert "Retry-After" not in answers[0].headers
    assert "Zbyt wiele prób" in answers[-1].text


def test_another_address_counts_for_itself(edge):
    def call(address):
        caller = edge.test_client()
        return caller.get("/limited", environ_base={"REMOTE_ADDR": address}).status_code

    assert [call("203.0.113.1") for _ in range(4)] == [200, 200, 200, 429]
    assert call("203.0.113.2") == 200


def test_a_claimed_address_does_not_count(visitor):
    answers = [
        visitor.get("/limited", headers={"X-Forwarded-For": f"203.0.113.{number}"}).status_code
        for number in range(4)
    ]

    assert answers == [200, 200, 200, 429]


def test_limits_can_be_off_for_measuring(make_edge):
    caller = make_edge(RATE_LIMITS=False).test_client()

    assert {caller.get("/limited").status_code for _ in range(20)} == {200}


def test_two_processes_share_one_count_in_redis():
    one, other = limits.Counter(REDIS), limits.Counter(REDIS)
    key = str(uuid4())
    found = [counter.spend("links", key).allowed for counter in (one, other, one, other)]

    assert found == [True, True, True, False]


def test_a_redis_that_is_down_stops_nobody(make_edge, caplog):
    app = make_edge(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    with app.app_context():
        found = [limits.spend("links", "anna").allowed for _ in range(4)]

    assert found == [True, True, True, False]
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_redis_that_hangs_costs_one_short_wait(make_edge):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = make_edge(REDIS_URL=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        with app.app_context():
            begun = time.monotonic()
            found = [limits.spend("links", "anna").allowed for _ in range(4)]
            took = time.monotonic() - begun

    assert found == [True, True, True, False]
    assert took < 2


def test_a_redis_that_comes_back_counts_again(monkeypatch):
    monkeypatch.setattr(limits, "PASS_OVER", 0.0)
    counter, key = limits.Counter(REDIS), str(uuid4())
    there, counter._shared = counter._shared, limits._in_redis(f"redis://127.0.0.1:{free_port()}/0")
    with redis.Redis.from_url(REDIS) as store:
        assert counter.spend("links", key).allowed  # in this process
        assert store.keys(f"*{key}*") == []
        counter._shared = there
        assert counter.spend("links", key).allowed
        assert len(store.keys(f"*{key}*")) == 1
