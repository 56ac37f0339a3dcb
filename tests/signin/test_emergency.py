"""The desk is closed at once, by the rights of its login; readers and the publisher go
on.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client

from cases.desk.signin.models import AccountEvent
from cases.models import Prisoner
from cases.publishing import publish_pending
from config import closed
from config.logins import give_rights
from tests import factories as make
from tests.keys import as_partner, key_for
from tests.signin.people import PASSWORD, make_account
from tests.test_restore import public_case

pytestmark = pytest.mark.django_db(transaction=True)

AsOwner = Callable[[], AbstractContextManager[None]]
SAID = {"by": "Olga", "reason": "They are at the door."}


@pytest.fixture
def open_at_the_end(as_owner: AsOwner) -> Iterator[None]:
    yield
    with as_owner():
        closed.open_again(closed.DESK)
        give_rights("default")


def test_the_desk_is_closed_to_all_and_readers_read_on(
    as_owner: AsOwner,
    open_at_the_end: None,
    logins: Callable[[str], "psycopg.Connection[Any]"],
    client: Client,
    settings: Any,
    capsys: Any,
) -> None:
    settings.REQUIRE_REVIEW = False
    case = public_case("Ales Example")
    make_account()
    key = key_for("Example Rights Centre")
    client.raise_request_exception = False
    client.force_login(make.make_documenter())
    page = f"/admin/cases/prisoner/{case.pk}/change/"
    assert client.get(page).status_code == 200
    desk = logins("desk")
    assert desk.execute("SELECT count(*) FROM cases_prisoner").fetchone()
    with as_owner():
        publish_pending()
        call_command("panic", **SAID)
        assert not Session.objects.exists()
    # Also what was connected before: to it, there are no tables any more.
    with pytest.raises(psycopg.errors.UndefinedTable):
        desk.execute("SELECT count(*) FROM cases_prisoner")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        logins("desk")
    signing_in = {"login": "olga", "password": PASSWORD}
    for answer in (
        client.get(page),
        client.get("/api/editorial/v1/prisoners/"),
        Client(raise_request_exception=False).post(
            "/admin/account/sign-in/", signing_in
        ),
    ):
        assert answer.status_code == 503
        assert "The desk is closed." in answer.content.decode()
    read = logins("public").execute("SELECT document FROM tracker_public_document")
    assert "Ales Example" in str(read.fetchall())
    # A test has one connection, which is now the owner's: theirs have their rights.
    with as_owner():
        assert client.get(f"/en/cases/{case.pk}/").status_code == 200
        assert as_partner(key).get("/api/v1/prisoners/").status_code == 200
        Prisoner.objects.update(visibility="internal")
        publish_pending()
        assert client.get(f"/en/cases/{case.pk}/").status_code == 404
        give_rights("default")  # as `migrate`, whoever runs it
    assert client.get(page).status_code == 503
    with as_owner():
        capsys.readouterr()
        with pytest.raises(CommandError):
            call_command("doctor")
        assert "The desk is closed: " in capsys.readouterr().out
        call_command("panic", revoke_keys=True, **SAID)
        assert as_partner(key).get("/api/v1/prisoners/").status_code == 401
        call_command("panic", over=True, **SAID)
        with pytest.raises(CommandError, match="is open"):
            call_command("panic", over=True, **SAID)
        told = AccountEvent.objects.filter(account_name="olga")
        acts = list(told.order_by("pk").values_list("act", "reason"))
    assert acts == [
        ("desk_closed", "Olga: They are at the door."),
        ("desk_closed", "Olga: They are at the door."),
        ("desk_opened", "Olga: They are at the door."),
    ]
    assert client.get(page).status_code == 302  # to sign in: the session has ended
    client.force_login(make.make_documenter("another"))
    assert client.get(page).status_code == 200
