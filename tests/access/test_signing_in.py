"""Who signed in, and at whose account somebody failed to, stands in the access log."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from cases.desk.access import volume
from cases.desk.access.models import AccessEvent, Act
from tests.signin.people import (
    CODE,
    code,
    give_password,
    make_account,
    sign_in,
    with_app,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> User:
    return make_account()


def logged() -> list[tuple[str, str]]:
    events = AccessEvent.objects.filter(act__in=[Act.SIGNED_IN, Act.NOT_LET_IN])
    return list(events.order_by("id").values_list("username", "act"))


def test_a_sign_in_is_logged_once_the_second_factor_was_shown(olga: User) -> None:
    secret = with_app(olga)
    client = Client()
    give_password(client, headers={"X-Request-ID": "r-1"})
    assert logged() == []
    client.post(CODE, {"code": code(secret)}, headers={"X-Request-ID": "r-2"})
    assert logged() == [("olga", "signed_in")]
    event = AccessEvent.objects.get(act=Act.SIGNED_IN)
    assert (event.user_id, event.request_id) == (olga.pk, "r-2")
    assert event.at is not None


def test_a_wrong_password_and_a_wrong_code_are_logged_without_them(olga: User) -> None:
    with_app(olga)
    client = Client()
    give_password(client, "a secret that was tried")
    assert logged() == [("olga", "not_let_in")]
    give_password(client)
    client.post(CODE, {"code": "123123"})
    assert logged() == [("olga", "not_let_in")] * 2
    for event in AccessEvent.objects.values():
        assert "secret" not in str(event)
        assert "123123" not in str(event)


def test_what_is_typed_as_a_name_and_is_none_is_not_kept(olga: User) -> None:
    for name in ("my password", "Olga", "nobody"):
        give_password(Client(), "wrong", name)
    assert not AccessEvent.objects.exists()


def test_a_locked_account_that_somebody_tries_is_logged(olga: User) -> None:
    User.objects.update(is_active=False)
    give_password(Client())
    assert logged() == [("olga", "not_let_in")]


def test_who_cannot_be_logged_is_not_let_in(
    olga: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError

    secret = with_app(olga)
    client = Client(raise_request_exception=False)
    give_password(client)
    monkeypatch.setattr("cases.desk.access.signing_in.call", fails)
    assert client.post(CODE, {"code": code(secret)}).status_code == 500
    assert client.get("/admin/").status_code == 302


def test_signing_in_makes_no_day_of_work(olga: User) -> None:
    sign_in(olga, with_app(olga))
    assert logged() == [("olga", "signed_in")]
    assert volume._days(timezone.now().date()) == []
