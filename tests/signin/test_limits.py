"""Trying passwords and codes one after the other, or all at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client

from cases.desk.signin.models import Counted
from tests.signin.people import (
    CODE,
    SIGN_IN,
    code,
    give_password,
    make_account,
    with_app,
)

pytestmark = pytest.mark.django_db

TOO_MANY = b"Too many attempts"
WRONG = b"That name and password do not fit together."
TRIES = 5  # in five minutes


@pytest.fixture
def olga() -> User:
    return make_account()


def from_many_places(number: int) -> dict[str, Any]:
    return {"REMOTE_ADDR": f"203.0.113.{number}"}


def wrong_tries(name: str = "olga", count: int = TRIES) -> list[bytes]:
    return [
        give_password(Client(), "wrong", name, **from_many_places(n)).content
        for n in range(count)
    ]


@pytest.mark.parametrize("name", ["olga", "nobody of that name"])
def test_after_five_wrong_passwords_an_account_stays_shut_whether_or_not_there_is_one(
    olga: User, name: str
) -> None:
    assert all(WRONG in answer for answer in wrong_tries(name))
    assert TOO_MANY in give_password(Client(), "wrong", name).content
    assert TOO_MANY in give_password(Client(), name=name).content
    assert TOO_MANY not in give_password(Client(), name="another").content


def test_the_answers_for_a_wrong_password_no_account_and_a_locked_one_are_the_same(
    olga: User,
) -> None:
    make_account("locked", is_active=False)
    answers = {
        give_password(Client(), password, name, **from_many_places(9)).content.replace(
            name.encode(), b""
        )
        for name, password in (
            ("olga", "wrong"),
            ("nobody", "wrong"),
            ("locked", "wrong"),
            ("locked", "three grey herons"),
        )
    }
    without_tokens = {
        answer.partition(b"csrfmiddlewaretoken")[0] + answer.rpartition(b"</form>")[2]
        for answer in answers
    }
    assert len(without_tokens) == 1
    assert all(WRONG in answer for answer in answers)


@pytest.mark.parametrize("host", ["testserver:1", "testserver:2", "localhost"])
def test_another_host_or_port_does_not_count_from_the_start_again(
    olga: User, settings: Any, host: str
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    wrong_tries()
    assert TOO_MANY in give_password(Client(), headers={"Host": host}).content


def test_one_address_may_not_try_many_names(olga: User) -> None:
    for number in range(10):
        give_password(Client(), "wrong", f"name {number}")
    assert TOO_MANY in give_password(Client()).content
    assert give_password(Client(), **from_many_places(9)).status_code == 302


def test_an_address_that_the_caller_made_up_counts_for_nothing(
    olga: User, settings: Any
) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    for number in range(10):
        forged = f"198.51.100.{number}, 203.0.113.7"
        give_password(
            Client(), "wrong", f"name {number}", headers={"X-Forwarded-For": forged}
        )
    refused = give_password(
        Client(), headers={"X-Forwarded-For": "198.51.100.99, 203.0.113.7"}
    )
    assert TOO_MANY in refused.content
    assert (
        give_password(Client(), headers={"X-Forwarded-For": "203.0.113.8"}).status_code
        == 302
    )


def test_after_five_wrong_codes_the_right_one_does_not_open_either(olga: User) -> None:
    secret = with_app(olga)
    client = Client()
    give_password(client)
    for number in range(TRIES):
        client.post(CODE, {"code": code(secret, steps=9)}, **from_many_places(number))
    assert (
        TOO_MANY
        in client.post(CODE, {"code": code(secret)}, **from_many_places(9)).content
    )


@pytest.mark.django_db(transaction=True)
def test_many_processes_at_once_get_no_more_tries_than_one(
    olga: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads stand for them: each has its own connection, and nothing is shared but
    the database.
    """
    looked_at: list[str] = []
    check = User.check_password

    def counted(self: User, password: str) -> bool:
        looked_at.append(password)
        return check(self, password)

    monkeypatch.setattr(User, "check_password", counted)

    def one_try(number: int) -> bytes:
        try:
            return give_password(
                Client(), f"wrong {number}", **from_many_places(number)
            ).content
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(one_try, range(36)))
    assert 1 <= len(looked_at) <= TRIES
    assert sum(WRONG in answer for answer in answers) == len(looked_at)


def test_what_has_expired_counts_no_longer_and_is_thrown_away() -> None:
    assert cache.add("one", [1.5], timeout=-1)
    assert cache.get("one") is None
    assert cache.add("one", [2], timeout=60)
    assert not cache.add("one", [3], timeout=60)
    assert cache.get("one") == [2]
    cache.set("two", 1, timeout=-1)
    cache.set("three", 1, timeout=60)
    assert not Counted.objects.filter(key__endswith="two").exists()
    assert cache.delete("one")
    assert cache.get("one", "none") == "none"


def test_the_page_to_sign_in_asks_for_no_more_than_it_needs() -> None:
    page = Client().get(SIGN_IN).content.decode()
    assert "sign up" not in page.lower()
    assert "remember" not in page.lower()
