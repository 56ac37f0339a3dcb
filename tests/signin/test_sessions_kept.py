"""Whoever reads the database, or a copy of it, takes over nobody's session."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from cases.desk.signin.sessions import digest_of

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough secret of hers"


@pytest.fixture
def signed_in() -> Client:
    User.objects.create_user("ada", password=PASSWORD, is_staff=True)
    client = Client()
    client.post(
        reverse("account_login"), {"login": "ada", "password": PASSWORD}, follow=True
    )
    return client


def opens_the_desk(cookie: str) -> bool:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    return bool(client.get(reverse("admin:index")).status_code == 200)


def key_of_browser(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_key_that_is_read_in_the_database_signs_nobody_in(signed_in: Client) -> None:
    assert opens_the_desk(key_of_browser(signed_in))
    kept = [*Session.objects.values_list("session_key", flat=True)]
    kept += UserSession.objects.values_list("session_key", flat=True)
    assert len(kept) == 2
    for key in kept:
        assert not opens_the_desk(key)


def test_nothing_in_the_database_holds_the_key_of_the_browser(
    signed_in: Client,
) -> None:
    key = key_of_browser(signed_in)
    for model in (Session, UserSession):
        for row in model.objects.values():
            assert key not in str(row)


def test_a_session_that_is_copied_under_a_key_of_ones_own_signs_nobody_in(
    signed_in: Client,
) -> None:
    theirs = Session.objects.get()
    mine = "0123456789abcdefghijklmnopqrstuv"
    Session.objects.create(
        session_key=digest_of(mine),
        session_data=theirs.session_data,
        expire_date=theirs.expire_date,
    )
    assert not opens_the_desk(mine)


def test_the_list_of_ones_sessions_knows_which_is_this_one(signed_in: Client) -> None:
    other = Client()
    other.post(reverse("account_login"), {"login": "ada", "password": PASSWORD})
    assert UserSession.objects.count() == 2
    UserSession.objects.earliest("pk").end()
    assert not opens_the_desk(key_of_browser(signed_in))
    assert opens_the_desk(key_of_browser(other))


@pytest.mark.parametrize("cookie", ["", "short", "x" * 40, "ü" * 32, "a" * 5000])
def test_a_cookie_that_is_no_key_signs_nobody_in(cookie: str) -> None:
    assert not opens_the_desk(cookie)


def test_signing_out_ends_the_session(signed_in: Client) -> None:
    key = key_of_browser(signed_in)
    signed_in.post(reverse("account_logout"))
    assert not opens_the_desk(key)
    answer: Any = signed_in.get(reverse("admin:index"))
    assert answer.status_code == 302
