"""What a superuser has left out is said before anything is migrated."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from config import prerequisites
from tests.roles import known_as

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("logins"),
]
AsOwner = Callable[[], AbstractContextManager[None]]


def test_a_login_that_is_missing_is_named_with_the_statement_that_makes_it(
    as_owner: AsOwner, settings: Any
) -> None:
    public = {**settings.DATABASE_LOGINS["public"], "USER": 'no "such" login'}
    settings.DATABASE_LOGINS = {**settings.DATABASE_LOGINS, "public": public}
    with as_owner(), pytest.raises(ImproperlyConfigured) as refusal:
        call_command("migrate", verbosity=0)
    assert str(refusal.value) == (
        'Nothing was migrated: the login “no "such" login” does not exist. As PostgreSQL\'s superuser, run:\n'
        'CREATE ROLE "no ""such"" login" LOGIN PASSWORD \'…\';'
    )


def test_an_owner_who_does_not_own_the_database_is_told_so(
    settings: Any,
) -> None:
    logins = settings.DATABASE_LOGINS
    settings.DATABASE_LOGINS = {
        **logins,
        "owner": logins["desk"],
        "desk": logins["owner"],
    }
    refused = pytest.raises(ImproperlyConfigured, match="the database belongs to")
    settings.DATABASE_LOGINS["publisher"] = logins["owner"]
    with known_as("owner"), refused as refusal:
        call_command("migrate", verbosity=0)
    assert f'OWNER TO "{logins["desk"]["USER"]}";' in str(refusal.value)


def test_a_function_that_the_gate_asks_and_may_not_call_is_named(
    as_owner: AsOwner, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for_superusers = "pg_switch_wal()"
    monkeypatch.setattr(
        prerequisites,
        "ASKED_BY_THE_GATE",
        [*prerequisites.ASKED_BY_THE_GATE, for_superusers],
    )
    with as_owner(), pytest.raises(ImproperlyConfigured) as refusal:
        call_command("migrate", verbosity=0)
    publisher = settings.DATABASE_LOGINS["publisher"]["USER"]
    assert str(refusal.value) == (
        f"Nothing was migrated: “{publisher}” may not call {for_superusers}. As PostgreSQL's superuser, run:\n"
        f'GRANT EXECUTE ON FUNCTION {for_superusers} TO "{publisher}";'
    )


def test_migrating_again_changes_nothing(as_owner: AsOwner, logins: Any) -> None:
    rights = "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY oid"
    before = logins("desk").execute(rights).fetchall()
    with as_owner():
        call_command("migrate", verbosity=0)
    assert logins("desk").execute(rights).fetchall() == before
