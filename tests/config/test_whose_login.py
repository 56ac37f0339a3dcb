"""What is done after migrating is done by the owner of the database, and the database is
asked whose login it is.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from cases.history import proof
from cases.models import ActingSecret
from config import logins as database_logins
from tests.roles import known_as
from tracker.database import is_owner

AsOwner = Callable[[], AbstractContextManager[None]]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """To which databases the rights were given."""
    databases: list[str] = []
    monkeypatch.setattr(database_logins, "give_rights", databases.append)
    return databases


def test_another_login_gives_no_rights_and_stores_no_secret(
    given: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the settings call it the owner's."""
    monkeypatch.setattr(
        ActingSecret.objects, "using", lambda _: pytest.fail("it was stored")
    )
    with known_as("owner"):
        assert not is_owner()
        database_logins.after_migrating("default", plan=[])
        proof.store("default", plan=[])
    assert given == []


def test_the_owner_does_whatever_the_settings_call_it(
    given: list[str], as_owner: AsOwner
) -> None:
    with as_owner():
        assert is_owner()
        with known_as("desk"):
            database_logins.after_migrating("default", plan=[])
            before = _secret()
            proof.store("default", plan=[])
            assert _secret() == before
    assert given == ["default"]


def _secret() -> Any:
    return ActingSecret.objects.values_list("inner_pad", flat=True).get()
