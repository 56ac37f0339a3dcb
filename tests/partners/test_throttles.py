"""Who asks too often is told to wait, and for how long."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from tests.keys import as_partner, key_for

pytestmark = pytest.mark.django_db

ONE, ANOTHER = (
    "9.1.2.3",
    "9.1.2.4",
)  # addresses of the Internet; those for documentation are not counted


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    caches["throttles"].clear()
    yield
    caches["throttles"].clear()


def statuses(
    client: Client, times: int, address: str = "127.0.0.1", **headers: str
) -> list[int]:
    return [
        client.get("/api/v1/", REMOTE_ADDR=address, headers=headers).status_code
        for _each in range(times)
    ]


def assert_told_to_wait(answer: Any) -> None:
    assert answer.status_code == 429
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_key_that_asks_too_often_must_wait_and_no_other(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.KEY_REQUESTS_A_MINUTE = 2
    hasty, other = as_partner(key_for("Hasty")), as_partner(key_for("Other"))
    codes = statuses(
        hasty, 5
    )  # five within two minutes of the clock: at least one is too many
    assert codes[:2] == [200, 200]
    assert 429 in codes
    assert statuses(other, 1) == [200]


def test_who_must_wait_is_told_how_long(settings: Any, client: Client) -> None:
    settings.ADDRESS_REQUESTS_A_MINUTE = 1
    statuses(client, 1, ONE)
    assert_told_to_wait(client.get("/api/v1/prisoners/", REMOTE_ADDR=ONE))
    settings.KEY_REQUESTS_A_MINUTE = 1
    partner = as_partner(key_for("Hasty"))
    answers = [partner.get("/api/v1/prisoners/") for _each in range(3)]
    assert_told_to_wait(next(answer for answer in answers if answer.status_code != 200))


def test_before_anyone_must_wait_the_answers_say_how_much_is_left(
    settings: Any, client: Client
) -> None:
    """To anyone only once it is little: a proxy that keeps an answer would tell it to
    the next reader.
    """
    settings.ADDRESS_REQUESTS_A_MINUTE = 4
    settings.KEY_REQUESTS_A_MINUTE = 600
    answers = [client.get("/api/v1/", REMOTE_ADDR=ONE) for _each in range(5)]
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"address";q=4;w=60'}
    left = [answer.get("RateLimit", "").partition(";t=")[0] for answer in answers]
    assert left == ["", "", '"address";r=1', '"address";r=0', '"address";r=0']
    kept = ["X-Accel-Expires" in answer for answer in answers]
    assert kept == [True, True, False, False, False]
    assert 1 <= int(answers[4]["RateLimit"].partition("t=")[2]) <= 60

    partner = as_partner(key_for("Example"))
    answer = partner.get("/api/v1/", REMOTE_ADDR=ANOTHER)
    assert answer["RateLimit-Policy"] == '"address";q=4;w=60, "key";q=600;w=60'
    assert re.fullmatch(
        r'"address";r=3;t=60, "key";r=59[0-9];t=\d+', answer["RateLimit"]
    )


def test_an_address_that_tries_out_keys_must_wait(
    settings: Any, client: Client
) -> None:
    settings.ADDRESS_REQUESTS_A_MINUTE = 3
    assert statuses(client, 5, ONE, Authorization="Api-Key abc.def") == [
        401,
        401,
        401,
        429,
        429,
    ]
    assert statuses(client, 1, ANOTHER) == [200]


def test_all_addresses_of_an_ipv6_network_are_one(
    settings: Any, client: Client
) -> None:
    settings.ADDRESS_REQUESTS_A_MINUTE = 1
    assert statuses(client, 1, "2a00:1:2:3::1") == [200]
    assert statuses(client, 1, "2a00:1:2:3:ffff::2") == [429]
    assert statuses(client, 1, "2a00:1:2:4::1") == [200]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "::1", ""])
def test_those_behind_a_proxy_or_an_onion_service_are_not_taken_for_one(
    address: str, settings: Any, client: Client
) -> None:
    settings.ADDRESS_REQUESTS_A_MINUTE = 1
    assert statuses(client, 3, address) == [200, 200, 200]


def test_a_forwarded_address_is_believed_only_from_a_trusted_proxy(
    settings: Any, client: Client
) -> None:
    settings.ADDRESS_REQUESTS_A_MINUTE = 1
    forged = {"X-Forwarded-For": f"8.8.8.8, {ANOTHER}"}
    assert statuses(client, 2, ONE, **forged) == [200, 429]
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    assert statuses(
        client, 2, "127.0.0.1", **{"X-Forwarded-For": f"1.1.1.1, {ANOTHER}"}
    ) == [200, 429]
    assert statuses(client, 1, "127.0.0.1", **forged) == [429]


def test_no_limit_is_none(settings: Any, client: Client) -> None:
    settings.ADDRESS_REQUESTS_A_MINUTE = settings.KEY_REQUESTS_A_MINUTE = 0
    assert statuses(client, 3, ONE) == [200, 200, 200]
    assert statuses(as_partner(key_for("Example")), 3, ONE) == [200, 200, 200]
