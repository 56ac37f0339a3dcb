"""Accounts at the desk: who may give what to whom, on the page and by what a form could
be made to send.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.desk.signin.acting import ACTS
from tests.cases.admin_pages import opened

pytestmark = pytest.mark.django_db

ADD = "/admin/auth/user/add/"
PASSWORD = "a quite long passphrase"


def person(name: str, *groups: str, **fields: Any) -> User:
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True, **fields)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(user: User) -> str:
    return reverse("admin:auth_user_change", args=[user.pk])


def group(name: str) -> str:
    return str(Group.objects.get(name=name).pk)


def rights(user: User) -> tuple[Any, ...]:
    user = User.objects.get(pk=user.pk)
    own = set(user.user_permissions.values_list("codename", flat=True))
    groups = set(user.groups.values_list("name", flat=True))
    return groups, own, user.is_superuser, user.is_staff, user.is_active, user.password


@pytest.fixture
def administrator() -> Client:
    return signed_in(person("marta", "administrator"))


@pytest.fixture
def stronger() -> Group:
    """A group of the organisation's own that holds more than the roles."""
    found = Group.objects.create(name="auditors")
    found.permissions.set(Permission.objects.filter(codename="delete_user"))
    return found


@pytest.fixture
def weaker() -> Group:
    found = Group.objects.create(name="translators")
    found.permissions.set(Permission.objects.filter(codename="view_prisoner"))
    return found


class TestAnAdministrator:
    def test_makes_an_account_with_a_role_that_works_once_its_person_has_set_a_password(
        self, administrator: Client
    ) -> None:
        made = administrator.post(
            ADD, {"username": "olga", "groups": [group("documenter")]}
        )
        olga = User.objects.get(username="olga")
        assert made["Location"] == reverse("admin:auth_user_sign_in", args=[olga.pk])
        assert (olga.is_staff, olga.has_usable_password()) == (True, False)
        assert signed_in(olga).get("/admin/cases/prisoner/add/").status_code == 200

    def test_gives_another_role(self, administrator: Client) -> None:
        olga = person("olga", "documenter")
        page = {
            **opened(administrator, page_of(olga)),
            "groups": [group("reviewer")],
            "is_active": "",
        }
        assert administrator.post(page_of(olga), page).status_code == 302
        assert rights(olga)[0] == {"reviewer"}
        assert User.objects.get(
            pk=olga.pk
        ).is_active  # taking the way in has a page of its own, and a reason

    def test_types_nobodys_password(self, administrator: Client) -> None:
        olga = person("olga", "documenter")
        before = rights(olga)
        url = reverse("admin:auth_user_password_change", args=[olga.pk])
        typed = {
            "usable_password": "true",
            "password1": "another passphrase",
            "password2": "another passphrase",
        }
        administrator.post(url, {**typed, "set-password": "1"})
        administrator.post(
            page_of(olga),
            {**opened(administrator, page_of(olga)), "password": "another"},
        )
        assert rights(olga) == before

    def test_gives_an_own_group_that_holds_no_more_than_the_roles(
        self, administrator: Client, weaker: Group
    ) -> None:
        olga = person("olga", "documenter")
        page = {
            **opened(administrator, page_of(olga)),
            "groups": [group("documenter"), str(weaker.pk)],
        }
        administrator.post(page_of(olga), page)
        assert rights(olga)[0] == {"documenter", "translators"}

    def test_is_offered_nothing_beyond_the_roles(
        self, administrator: Client, stronger: Group
    ) -> None:
        page = administrator.get(page_of(person("olga"))).content.decode()
        assert "documenter" in page
        assert not [
            word
            for word in ("auditors", "superuser", "user_permissions", "pbkdf2")
            if word in page
        ]

    def test_is_shown_no_hash_of_a_password(self, administrator: Client) -> None:
        for user in (person("olga"), person("root", is_superuser=True)):
            assert (
                user.password.split("$")[2][:6]
                not in administrator.get(page_of(user)).content.decode()
            )

    def test_does_not_find_passwords_by_guessing(self, administrator: Client) -> None:
        assert administrator.get(
            "/admin/auth/user/?password__startswith=pbkdf2"
        ).status_code in {302, 400}

    def test_cannot_send_more_than_the_form_asks(
        self, administrator: Client, stronger: Group
    ) -> None:
        olga, everything = (
            person("olga", "documenter"),
            [str(one.pk) for one in Permission.objects.all()],
        )
        before = rights(olga)
        page = opened(administrator, page_of(olga))
        more = {
            "is_superuser": "on",
            "user_permissions": everything,
            "password": "known",
            "username": "marta2",
        }
        assert administrator.post(page_of(olga), {**page, **more}).status_code == 302
        assert rights(olga) == before
        assert User.objects.get(pk=olga.pk).username == "olga"
        refused = administrator.post(
            page_of(olga), {**page, "groups": [str(stronger.pk)]}
        )
        assert "is not one of the available choices" in refused.content.decode()
        assert rights(olga) == before

    def test_cannot_make_an_account_that_may_do_more(
        self, administrator: Client, stronger: Group
    ) -> None:
        typed = {"username": "olga"}
        administrator.post(ADD, {**typed, "groups": [str(stronger.pk)]})
        assert not User.objects.filter(username="olga").exists()
        administrator.post(
            ADD, {**typed, "is_superuser": "on", "user_permissions": ["1", "2"]}
        )
        assert rights(User.objects.get(username="olga"))[:3] == (set(), set(), False)

    def test_cannot_raise_themself(
        self, administrator: Client, stronger: Group
    ) -> None:
        marta = User.objects.get(username="marta")
        page = opened(administrator, page_of(marta))
        administrator.post(
            page_of(marta),
            {**page, "is_superuser": "on", "user_permissions": ["1", "2"]},
        )
        administrator.post(
            page_of(marta),
            {**page, "groups": [group("administrator"), str(stronger.pk)]},
        )
        assert rights(marta)[:3] == ({"administrator"}, set(), False)

    def test_passes_on_no_more_than_the_roles_hold_even_of_what_they_may_do(
        self, administrator: Client, stronger: Group
    ) -> None:
        marta, olga = User.objects.get(username="marta"), person("olga", "documenter")
        marta.groups.add(stronger)
        assert marta.has_perm("auth.delete_user")
        page = opened(administrator, page_of(olga))
        administrator.post(page_of(olga), {**page, "groups": [str(stronger.pk)]})
        assert rights(olga)[0] == {"documenter"}
        olga.groups.add(stronger)
        assert administrator.post(page_of(olga), page).status_code == 403
        assert rights(olga)[0] == {"documenter", "auditors"}

    def test_makes_no_groups_and_changes_none(self, administrator: Client) -> None:
        before = Group.objects.get(name="documenter").permissions.count()
        for url in (
            "/admin/auth/group/",
            "/admin/auth/group/add/",
            f"/admin/auth/group/{group('documenter')}/change/",
        ):
            assert administrator.get(url).status_code == 403
            assert (
                administrator.post(
                    url, {"name": "mine", "permissions": ["1"]}
                ).status_code
                == 403
            )
        assert Group.objects.get(name="documenter").permissions.count() == before
        assert Group.objects.count() == 3

    @pytest.mark.parametrize(
        "who",
        [
            "superuser",
            "in a stronger group",
            "rights of their own",
            "superuser who is not active",
        ],
    )
    def test_cannot_change_an_account_that_may_do_more_nor_take_it_over(
        self, who: str, administrator: Client, stronger: Group
    ) -> None:
        strong = person(
            "root",
            is_superuser=who.startswith("superuser"),
            is_active="not active" not in who,
        )
        if who == "in a stronger group":
            strong.groups.add(stronger)
        if who == "rights of their own":
            strong.user_permissions.set(
                Permission.objects.filter(codename="delete_user")
            )
            User.objects.filter(pk=strong.pk).update(
                is_active=False
            )  # it holds them still
        before = rights(strong)
        sign_in = reverse("admin:auth_user_sign_in", args=[strong.pk])
        assert administrator.get(page_of(strong)).status_code == 200  # to look at
        assert sign_in not in administrator.get(page_of(strong)).content.decode()
        assert (
            administrator.post(
                page_of(strong), {"groups": [group("documenter")], "is_active": "on"}
            ).status_code
            == 403
        )
        assert administrator.get(sign_in).status_code == 403
        for act in ACTS:
            assert (
                administrator.post(sign_in, {"act": act, "reason": "mine"}).status_code
                == 403
            )
        locked = {
            "action": "lock_accounts",
            "_selected_action": [strong.pk],
            "reason": "mine",
        }
        assert administrator.post("/admin/auth/user/", locked).status_code == 403
        assert rights(strong) == before

    def test_deletes_no_account_for_the_history_names_it(
        self, administrator: Client
    ) -> None:
        olga = person("olga")
        assert (
            administrator.post(
                reverse("admin:auth_user_delete", args=[olga.pk]), {"post": "yes"}
            ).status_code
            == 403
        )
        administrator.post(
            "/admin/auth/user/",
            {"action": "delete_selected", "_selected_action": [olga.pk], "post": "yes"},
        )
        assert User.objects.filter(pk=olga.pk).exists()


@pytest.mark.parametrize("role", ["documenter", "reviewer"])
def test_others_see_no_accounts_and_change_none(role: str) -> None:
    me, other = person("me", role), person("other")
    client = signed_in(me)
    for user in (me, other):
        before = rights(user)
        assert client.get(page_of(user)).status_code == 403
        assert (
            client.post(page_of(user), {"groups": [group("administrator")]}).status_code
            == 403
        )
        assert rights(user) == before
    assert client.get("/admin/auth/user/").status_code == 403


def test_who_may_change_accounts_without_being_an_administrator_gives_no_more_than_they_have(
    weaker: Group,
) -> None:
    weaker.permissions.set(
        Permission.objects.filter(codename__in=["view_user", "change_user"])
    )
    clerk = person("clerk", "translators")
    client = signed_in(clerk)
    page = opened(client, page_of(clerk))
    client.post(page_of(clerk), {**page, "groups": [group("administrator")]})
    assert rights(clerk)[0] == {"translators"}
    assert (
        client.post(
            page_of(person("marta", "administrator")), {"is_active": "on"}
        ).status_code
        == 403
    )


class TestASuperuser:
    def test_gives_any_group_and_makes_no_other_superuser(
        self, stronger: Group
    ) -> None:
        client, olga = signed_in(person("root", is_superuser=True)), person("olga")
        page = {
            **opened(client, page_of(olga)),
            "is_superuser": "on",
            "groups": [str(stronger.pk)],
        }
        assert client.post(page_of(olga), page).status_code == 302
        assert rights(olga)[:3] == ({"auditors"}, set(), False)

    def test_makes_groups_beside_the_roles_and_leaves_these_as_they_are(self) -> None:
        client = signed_in(person("root", is_superuser=True))
        one = str(Permission.objects.get(codename="view_prisoner").pk)
        assert (
            client.post(
                "/admin/auth/group/add/", {"name": "translators", "permissions": [one]}
            ).status_code
            == 302
        )
        role = f"/admin/auth/group/{group('documenter')}/"
        assert client.get(f"{role}change/").status_code == 200  # to look at
        assert (
            client.post(
                f"{role}change/", {"name": "documenter", "permissions": [one]}
            ).status_code
            == 403
        )
        assert client.post(f"{role}delete/", {"post": "yes"}).status_code == 403
        assert Group.objects.get(name="documenter").permissions.count() > 1


def test_cases_that_could_not_be_published_are_counted_for_who_may_see_them() -> None:
    for role, shown in {
        "documenter": False,
        "reviewer": False,
        "administrator": True,
    }.items():
        client = signed_in(person(role, role))
        page = client.get("/admin/").content.decode()
        assert ("0 cases could not be published" in page) is shown
        assert ("/admin/cases/publishingfailure/" in page) is shown


@pytest.mark.parametrize("groups", [[], ["reviewer"]])
def test_nobody_takes_a_role_from_their_own_account(
    administrator: Client, groups: list[str]
) -> None:
    marta = User.objects.get(username="marta")
    before = rights(marta)
    refused = administrator.post(
        page_of(marta), {"groups": [group(name) for name in groups]}
    ).content.decode()
    assert (
        "Nobody takes a role from their own account: administrator. Ask another administrator."
        in refused
    )
    assert rights(marta) == before
    more = {
        "groups": [group("administrator"), group("reviewer")],
        "first_name": "Marta",
    }
    assert administrator.post(page_of(marta), more).status_code == 302
    assert rights(marta)[0] == {"administrator", "reviewer"}


@pytest.mark.parametrize("kept", ["is_staff", "is_superuser"])
def test_nor_what_goes_beyond_the_roles(kept: str) -> None:
    root = person("root", is_superuser=True)
    refused = signed_in(root).post(page_of(root), {kept: "on"}).content.decode()
    assert "Nobody takes this from their own account." in refused
    root.refresh_from_db()
    assert (root.is_staff, root.is_superuser) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_take_the_role_from_each_other_one_is_left() -> None:
    marta, ivan = person("marta", "administrator"), person("ivan", "administrator")

    def takes(who: User, whom: User) -> int:
        try:
            return signed_in(who).post(page_of(whom), {"groups": []}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for _time in range(5):
            for one in (marta, ivan):
                one.groups.set(Group.objects.filter(name="administrator"))
            answers = list(pool.map(takes, [marta, ivan], [ivan, marta]))
            assert answers.count(302) == 1
            assert User.objects.filter(groups__name="administrator").count() == 1


WORDS = {
    "be": {
        "documenter": "дакументатар",
        "reviewer": "правяральнік",
        "administrator": "адміністратар",
        "archivists": "archivists",
    },
    "ru": {
        "documenter": "документирующий",
        "reviewer": "проверяющий",
        "administrator": "администратор",
        "archivists": "archivists",
    },
}


@pytest.fixture(params=["be", "ru"])
def words(request: pytest.FixtureRequest) -> dict[str, str]:
    """What each role is called; a group of an organisation's own is called as it is."""
    return WORDS[request.param]


@pytest.fixture
def reader(words: dict[str, str]) -> Client:
    Group.objects.create(name="archivists")
    client = signed_in(person("anna", "administrator", "archivists"))
    language = next(code for code in WORDS if WORDS[code] is words)
    client.post("/admin/account/language/", {"language": language})
    return client


class TestRolesInWordsOfTheReader:
    def test_in_the_list(self, reader: Client, words: dict[str, str]) -> None:
        page = reader.get("/admin/auth/user/").content.decode()
        cell = page.split('class="field-roles">')[1].split("<")[0]
        assert set(cell.split(", ")) == {words["administrator"], "archivists"}

    def test_in_its_filter(self, reader: Client, words: dict[str, str]) -> None:
        listed = reader.get("/admin/auth/user/").context["cl"]
        groups = listed.filter_specs[1]
        told = {name for _pk, name in groups.lookup_choices}
        assert told == set(words.values())

    def test_in_the_boxes_to_tick(self, reader: Client, words: dict[str, str]) -> None:
        anna = User.objects.get(username="anna")
        for url in (page_of(anna), ADD):
            page = reader.get(url).content.decode()
            labels = re.findall(r'<label for="id_groups_\d+">(.*?)</label>', page, re.S)
            assert {label.split(">")[-1].strip() for label in labels} == set(
                words.values()
            )

    def test_in_a_refusal(self, reader: Client, words: dict[str, str]) -> None:
        anna = User.objects.get(username="anna")
        refused = reader.post(page_of(anna), {"groups": [group("archivists")]})
        (error,) = refused.context["adminform"].form.errors["groups"]
        assert f"{words['administrator']}." in error
