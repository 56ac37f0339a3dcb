"""Administrators lock and unlock, end sessions, and help who forgot or lost something."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from cases.desk.signin import accounts
from cases.desk.signin.models import AccountEvent
from tests.signin.people import (
    CODE,
    PASSWORD,
    SIGN_IN,
    code,
    give_password,
    make_account,
    sign_in,
    with_app,
)

pytestmark = pytest.mark.django_db

REASON = "Her laptop was taken."


@pytest.fixture
def olga() -> User:
    return make_account(is_superuser=False)


@pytest.fixture
def marta() -> User:
    account = make_account("marta", is_superuser=False)
    account.groups.set(Group.objects.filter(name="administrator"))
    return account


@pytest.fixture
def desk(marta: User) -> Client:
    client = Client()
    client.force_login(marta)
    return client


def act(client: Client, account: User, what: str, reason: str = REASON) -> Any:
    return client.post(
        reverse("admin:auth_user_sign_in", args=[account.pk]),
        {"act": what, "reason": reason},
    )


def done() -> list[tuple[str, str, str, str]]:
    return list(
        AccountEvent.objects.order_by("pk").values_list(
            "account_name", "act", "by_name", "reason"
        )
    )


def link_in(response: Any) -> str:
    return re.search(
        r'id="link">http://testserver(/[^<]+)<', response.content.decode()
    )[1]  # type: ignore[index]


def set_password(link: str, password: str = "four white storks") -> Any:
    client = Client()
    form = client.get(link, follow=True)
    return client.post(
        form.request["PATH_INFO"],
        {"new_password1": password, "new_password2": password},
    ), form


def test_one_act_locks_an_account_and_ends_its_sessions_at_once(
    desk: Client, olga: User
) -> None:
    secret = with_app(olga)
    working, unlisted = sign_in(olga, secret), Client()
    unlisted.force_login(olga)
    half_way = Client()
    give_password(half_way)
    assert act(desk, olga, "lock").status_code == 302
    for client in (working, unlisted):
        assert client.get("/admin/").status_code == 302
        assert client.get("/api/editorial/v1/prisoners/").status_code == 401
    half_way.post(CODE, {"code": code(secret, 1)})
    assert half_way.get("/admin/").status_code == 302
    assert give_password(Client()).status_code == 200
    assert done() == [("olga", "locked", "marta", REASON)]

    act(desk, olga, "unlock", "It is back.")
    for client in (working, unlisted, half_way):
        assert client.get("/admin/").status_code == 302
    assert give_password(Client())["Location"] == CODE


def test_several_are_locked_from_the_list_all_or_none(
    desk: Client, marta: User, olga: User
) -> None:
    ivan = make_account("ivan", is_superuser=False)
    chosen = {"action": "lock_accounts", "_selected_action": [olga.pk, ivan.pk]}
    assert (
        b"nobody signs in with these accounts"
        in desk.post("/admin/auth/user/", chosen).content
    )
    assert (
        User.objects.filter(is_active=True).count() == 3
    )  # a reason was not given yet
    with_me = {**chosen, "_selected_action": [olga.pk, marta.pk], "reason": REASON}
    assert (
        b"Ask another administrator" in desk.post("/admin/auth/user/", with_me).content
    )
    assert User.objects.filter(is_active=True).count() == 3
    desk.post("/admin/auth/user/", {**chosen, "reason": REASON})
    assert [*User.objects.filter(is_active=True)] == [marta]


@pytest.mark.parametrize(
    "what", ["lock", "unlock", "end_sessions", "link", "forget_second_factors"]
)
def test_nobody_does_it_to_themself_nor_without_a_reason(
    desk: Client, marta: User, olga: User, what: str
) -> None:
    assert b"Ask another administrator" in act(desk, marta, what).content
    assert b"This field is required" in act(desk, olga, what, reason=" ").content
    assert (done(), User.objects.filter(is_active=True).count()) == ([], 2)


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_lock_each_other_one_is_left(marta: User) -> None:
    ivan = make_account("ivan")

    def locks(who: User, whom: User) -> bool:
        try:
            accounts.lock(whom, by=who, reason=REASON)
        except accounts.NotAllowed:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        for _time in range(5):
            User.objects.update(is_active=True)
            assert sorted(pool.map(locks, [marta, ivan], [ivan, marta])) == [
                False,
                True,
            ]
            assert User.objects.filter(is_active=True).count() == 1


def test_the_person_sets_the_password_by_a_link_that_works_once(
    desk: Client, olga: User
) -> None:
    olga.set_unusable_password()
    olga.save()
    earlier, link = link_in(act(desk, olga, "link")), link_in(act(desk, olga, "link"))
    assert b"This link does not work" in set_password(earlier)[1].content
    weak, _form = set_password(link, "password1234")
    assert b"too common" in weak.content
    weak, _form = set_password(link, "short")
    assert b"at least 12 characters" in weak.content
    weak, _form = set_password(link, "Olga-2024-2025")
    assert b"the name with digits or signs" in weak.content
    changed, form = set_password(link)
    assert changed["Location"] == SIGN_IN
    assert form["Referrer-Policy"] == "same-origin"
    assert (
        b"This link does not work" in set_password(link, "five black swans")[1].content
    )
    assert give_password(Client(), "four white storks").status_code == 302
    assert [event[1] for event in done()] == [
        "link_made",
        "link_made",
        "password_changed",
    ]


def test_a_link_from_before_a_lock_stays_dead(desk: Client, olga: User) -> None:
    link = link_in(act(desk, olga, "link"))
    act(desk, olga, "lock")
    assert b"This link does not work" in set_password(link)[1].content
    act(desk, olga, "unlock")
    assert b"This link does not work" in set_password(link)[1].content
    assert give_password(Client()).status_code == 302


def test_who_lost_the_second_factor_sets_up_another(
    desk: Client, olga: User, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    marta = sign_in(
        User.objects.get(username="marta"), with_app(User.objects.get(username="marta"))
    )
    working = sign_in(olga, with_app(olga))
    act(marta, olga, "forget_second_factors")
    assert not Authenticator.objects.filter(user=olga).exists()
    assert working.get("/admin/").headers["Location"].startswith("/admin/login/")
    give_password(working)
    assert working.get("/admin/")["Location"] == "/admin/account/second-factor/"


def test_administrators_see_sessions_factors_and_what_was_done(
    desk: Client, olga: User
) -> None:
    sign_in(olga, with_app(olga), Client(REMOTE_ADDR="203.0.113.7"))
    page = desk.get(reverse("admin:auth_user_sign_in", args=[olga.pk])).content.decode()
    assert "203.0.113.7" in page
    act(desk, olga, "end_sessions", "Only to be sure")
    page = desk.get(reverse("admin:auth_user_sign_in", args=[olga.pk])).content.decode()
    assert "203.0.113.7" not in page
    assert "Only to be sure" in page
    assert b"Only to be sure" in desk.get("/admin/signin/accountevent/").content


def test_ones_own_sessions_are_listed_and_ended_one_or_all_others(olga: User) -> None:
    secret = with_app(olga)
    here = sign_in(olga, secret)
    others = []
    for step in (-1, 1):
        client = Client(REMOTE_ADDR=f"203.0.113.{2 + step}")
        give_password(client)
        client.post(CODE, {"code": code(secret, step)})
        others.append(client)
    stranger = Client()
    stranger.force_login(make_account("ivan"))
    page = here.get("/admin/account/sessions/").content.decode()
    (first, second) = re.findall(r'name="session" value="(\d+)"', page)
    stranger.post("/admin/account/sessions/", {"session": first})
    assert others[0].get("/admin/").status_code == 200
    here.post("/admin/account/sessions/", {"session": first})
    assert [client.get("/admin/").status_code for client in (*others, here)] == [
        302,
        200,
        200,
    ]
    here.post("/admin/account/sessions/")
    assert [client.get("/admin/").status_code for client in (*others, here)] == [
        302,
        302,
        200,
    ]
    assert second


def test_a_new_password_of_ones_own_ends_the_other_sessions(olga: User) -> None:
    here, other = Client(), Client()
    for client in (here, other):
        give_password(client)
    new = {
        "oldpassword": PASSWORD,
        "password1": "four white storks",
        "password2": "four white storks",
    }
    here.post("/admin/account/password/", new)
    assert (here.get("/admin/").status_code, other.get("/admin/").status_code) == (
        200,
        302,
    )
    assert done() == [("olga", "password_changed", "olga", "")]


def test_from_the_server_when_no_administrator_gets_in(olga: User) -> None:
    said = StringIO()
    call_command("account", "olga", "lock", reason=REASON, stdout=said)
    assert not User.objects.get(pk=olga.pk).is_active
    call_command("account", "olga", "unlock", reason=REASON, stdout=said)
    call_command("account", "olga", "link", reason=REASON, stdout=said)
    link = re.search(r"/admin/account/password/\S+", said.getvalue())
    assert link
    assert set_password(link[0])[0]["Location"] == SIGN_IN
    assert {event[2] for event in done()[:3]} == {"manage.py account"}


def test_what_was_done_cannot_be_changed_by_the_desks_login(
    desk: Client, olga: User
) -> None:
    act(desk, olga, "lock")
    for change in (
        lambda: AccountEvent.objects.create(
            account=olga, by_name="marta", act="locked"
        ),
        lambda: AccountEvent.objects.update(reason="another"),
        lambda: AccountEvent.objects.all().delete(),
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
        ):
            change()
    assert Session.objects.count() == 1
