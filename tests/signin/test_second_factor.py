"""Nobody is at the desk by password alone."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from cases.desk.signin.models import AccountEvent
from tests.leaks.test_endpoints_by_role import addresses
from tests.signin.people import (
    CODE,
    PASSWORD,
    SET_UP,
    code,
    give_password,
    make_account,
    sign_in,
    with_app,
)

pytestmark = pytest.mark.django_db

SHOW = "/admin/account/second-factor/reauthenticate/"


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def olga() -> User:
    return make_account()


def desk_addresses() -> list[str]:
    found = [
        address
        for address in addresses()
        if address.startswith(("/admin/", "/api/editorial/"))
    ]
    assert len(found) > 200
    return found


def asked(client: Client, method: str, address: str) -> Any:
    return client.generic(
        method, address, b"" if method == "GET" else b"{}", "application/json"
    )


def refused(address: str) -> int:
    """Lists are handed in by a token alone: there a session is nobody's."""
    return 401 if address.startswith("/api/editorial/v1/lists/") else 403


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_by_password_alone_nothing_opens_but_setting_one_up_and_leaving(
    olga: User, method: str
) -> None:
    client = Client()
    client.force_login(olga)
    opened = []
    for address in desk_addresses():
        if "sign-out" in address or "logout" in address:
            continue
        response = asked(client, method, address)
        if address.startswith("/api/"):
            assert response.status_code == refused(address), address
            assert response["Content-Type"] == "application/problem+json", address
        elif (response.status_code, response.get("Location")) != (302, SET_UP):
            opened.append(address)
    assert sorted(opened) == [
        "/admin/account/confirm/",
        "/admin/account/language/",  # so that these pages can be read
        "/admin/account/second-factor/",
        "/admin/account/second-factor/totp/activate/",
        "/admin/account/second-factor/webauthn/add/",
    ]


def test_a_session_that_began_before_the_second_factor_opens_nothing_but_showing_it(
    olga: User,
) -> None:
    thief = Client()
    thief.force_login(olga)
    secret = with_app(olga)
    opened = []
    for address in desk_addresses():
        if "sign-out" in address or "logout" in address:
            continue
        response = asked(thief, "GET", address)
        if address.startswith("/api/"):
            assert response.status_code == refused(address), address
        elif not response.get("Location", "").startswith(f"{SHOW}?next="):
            opened.append(address)
    assert sorted(opened) == [
        "/admin/account/language/",
        SHOW,
        "/admin/account/second-factor/webauthn/reauthenticate/",
    ]
    response = thief.post(f"{SHOW}?next=/admin/cases/prisoner/", {"code": code(secret)})
    assert response["Location"] == "/admin/cases/prisoner/"
    assert thief.get("/admin/cases/prisoner/").status_code == 200


def test_the_password_and_then_the_code_open_the_desk(olga: User) -> None:
    secret = with_app(olga)
    client = Client()
    assert give_password(client)["Location"] == CODE
    assert client.get("/admin/").status_code == 302
    assert (
        b"Incorrect code" in client.post(CODE, {"code": code(secret, steps=9)}).content
    )
    assert client.post(CODE, {"code": code(secret)})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert client.get("/api/editorial/v1/prisoners/").status_code == 200


def test_a_code_is_good_for_one_sign_in(olga: User) -> None:
    secret = with_app(olga)
    now = code(secret)
    for expected in (302, 200):
        client = Client()
        give_password(client)
        assert client.post(CODE, {"code": now}).status_code == expected
        cache.delete(
            TOTP(Authenticator.objects.get())._get_used_cache_key(now)
        )  # what allauth forgets too soon
    assert client.get("/admin/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_whoever_sets_one_up_sees_the_recovery_codes_once_and_is_in(olga: User) -> None:
    client = Client()
    assert give_password(client)["Location"] == "/admin/"
    assert client.get("/admin/")["Location"] == SET_UP
    page = client.get(f"{SET_UP}totp/activate/").content.decode()
    secret = re.search(r'class="key">(\w+)<', page)[1]  # type: ignore[index]
    response = client.post(f"{SET_UP}totp/activate/", {"code": code(secret)})
    assert response["Location"] == f"{SET_UP}recovery-codes/"
    assert client.get("/admin/").status_code == 200
    codes = re.findall(
        r"<code>(\d{8})</code>", client.get(response["Location"]).content.decode()
    )
    assert len(codes) == 10
    assert codes[0] not in client.get(response["Location"]).content.decode()

    for expected in (302, 200):  # and each opens the desk once
        other = Client()
        give_password(other)
        assert other.post(CODE, {"code": codes[0]}).status_code == expected


def test_what_second_factors_are_made_of_is_not_in_the_database(olga: User) -> None:
    secret = with_app(olga)
    stored = Authenticator.objects.get().data
    assert secret not in str(stored)
    stored["secret"] = stored["secret"][::-1]
    Authenticator.objects.update(data=stored)
    client = Client()
    give_password(client)
    assert b"Incorrect code" in client.post(CODE, {"code": code(secret)}).content


def test_taking_the_last_one_away_asks_for_the_password_and_leads_to_setting_up_another(
    olga: User, settings: Any
) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    client = sign_in(olga, with_app(olga))
    remove = f"{SET_UP}totp/deactivate/"
    assert client.post(remove)["Location"].startswith("/admin/account/confirm/")
    assert Authenticator.objects.exists()
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    client.post("/admin/account/confirm/", {"password": PASSWORD})
    client.post(remove)
    assert not Authenticator.objects.exists()
    assert client.get("/admin/")["Location"] == SET_UP
    assert AccountEvent.objects.get(act="factor_removed").account == olga


def test_the_demo_lets_in_by_password(olga: User, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = False
    client = Client()
    give_password(client)
    assert client.get("/admin/").status_code == 200
