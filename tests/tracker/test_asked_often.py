"""What is asked all the time is asked by the shortest way, and answered as by any other."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from django.db import (
    DataError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connections,
    transaction,
)
from django.db.transaction import TransactionManagementError

from config import environment
from tests.published import publish
from tracker import feed
from tracker.api.rows import row_of
from tracker.audiences import PUBLIC
from tracker.database import asked_often

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def public() -> Iterator[Any]:
    """One connection, which is shared in turn as in a process that serves."""
    database: Any = connections[PUBLIC.name]
    before = {**database.settings_dict}
    database.close()
    environment.pool(database.settings_dict, 1)
    yield database
    database.close()
    database.close_pool()
    database.settings_dict.clear()
    database.settings_dict.update(before)


def test_by_the_pool_the_same_is_told_as_within_a_transaction(public: Any) -> None:
    case = publish(PUBLIC, "prisoner", {"name": "Ales “Example”, Алесь"})
    public.close()
    told = row_of(PUBLIC, "prisoner", UUID(case["id"])), feed.counter(PUBLIC)
    assert public.connection is None  # Django has opened none
    with transaction.atomic(using=PUBLIC.name):
        again = row_of(PUBLIC, "prisoner", UUID(case["id"])), feed.counter(PUBLIC)
        assert public.connection is not None
    assert told == again


def test_what_fails_is_told_as_django_tells_it_and_the_connection_goes_back(
    public: Any,
) -> None:
    public.close()
    with pytest.raises(ProgrammingError):
        asked_often(PUBLIC.name, "SELECT nothing")
    with pytest.raises(DataError):
        asked_often(PUBLIC.name, "SELECT 1 / $1::integer", [0])
    assert asked_often(PUBLIC.name, "SELECT 1") == [(1,)]


def test_a_connection_that_the_server_ended_is_not_used(
    public: Any, logins: Any
) -> None:
    public.close()
    ((ended,),) = asked_often(PUBLIC.name, "SELECT pg_backend_pid()")
    with logins("owner") as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
    ((another,),) = asked_often(PUBLIC.name, "SELECT pg_backend_pid()")
    assert another != ended


def test_what_the_server_forgot_after_a_rollback_is_prepared_again(public: Any) -> None:
    """As when a page is not found: it is looked for within a transaction."""

    @transaction.atomic(using=PUBLIC.name)
    def look_in_vain() -> None:
        asked_often(PUBLIC.name, "SELECT 1")
        raise LookupError

    public.close()
    for _time in range(2):
        assert asked_often(PUBLIC.name, "SELECT 1") == [(1,)]
        with pytest.raises(LookupError):
            look_in_vain()
        public.close()
    assert asked_often(PUBLIC.name, "SELECT 1") == [(1,)]


def test_of_a_lost_connection_it_is_said_that_the_database_is_away(public: Any) -> None:
    public.close()
    with pytest.raises(OperationalError):
        asked_often(PUBLIC.name, "SELECT pg_terminate_backend(pg_backend_pid())")


def test_within_a_transaction_whose_connection_went_nothing_is_asked(
    public: Any,
) -> None:
    """Another connection would answer of another moment."""
    public.close()
    with (
        suppress(InterfaceError, TransactionManagementError, OperationalError),
        transaction.atomic(using=PUBLIC.name),
    ):
        public.close()
        with pytest.raises(
            (ProgrammingError, InterfaceError, TransactionManagementError)
        ):
            asked_often(PUBLIC.name, "SELECT 1")
