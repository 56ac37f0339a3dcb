"""One page on one's own account, a step away from every page of the desk."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from cases.desk.signin import accounts
from tests.signin.people import give_password, make_account, sign_in, with_app

pytestmark = pytest.mark.django_db

OWN = "/admin/account/"


@pytest.fixture
def olga() -> User:
    account = make_account(is_superuser=False)
    account.groups.set(Group.objects.filter(name="reviewer"))
    return account


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/cases/prisoner/", "/admin/account/sessions/", OWN]
)
def test_every_page_of_the_desk_leads_to_it(olga: User, address: str) -> None:
    client = sign_in(olga, with_app(olga))
    assert f'<a href="{OWN}">Your account</a>' in client.get(address).content.decode()


def test_it_says_how_one_signs_in_and_leads_to_changing_it(olga: User) -> None:
    client = sign_in(olga, with_app(olga))
    page = client.get(OWN).content.decode()
    assert "Your role: reviewer." in page
    assert "You are signed in at 1 place." in page
    assert "authenticator app (last used" in page
    for link in ("password/", "second-factor/", "sessions/"):
        assert f'href="{OWN}{link}"' in page


def test_who_has_no_second_factor_or_role_is_told(olga: User) -> None:
    olga.groups.clear()
    client = Client()
    give_password(client)
    page = client.get(OWN).content.decode()
    assert "your password alone opens the desk" in page
    assert "You have no role yet" in page


def test_what_was_done_to_it_is_told_without_the_reason_that_administrators_gave(
    olga: User,
) -> None:
    marta = make_account("marta")
    accounts.end_all_sessions(olga, by=marta, reason="She was seen with the police")
    accounts.end_all_sessions(marta, by=None, reason="Another account")
    client = sign_in(olga, with_app(olga))
    page = client.get(OWN).content.decode()
    assert page.count("sessions ended") == 1
    assert "marta" in page
    assert "police" not in page
