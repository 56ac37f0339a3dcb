"""As whom the desk's connection reads.

While a person of the staff is served, the names of tables mean views of the same names
(views.py), which leave out the cases that this person does not see. Whatever asks, the
ORM or a statement typed here, asks them: no query can forget it. Who does not say as
whom it reads, sees everything: commands, and the gate, which says so.

Connections are shared in turn (config/environment.py, `pool`): each is told anew as whom
it reads whenever it is taken, whatever it was told before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.errors import CannotConnectNow
from psycopg.pq import TransactionStatus

ALIAS = "default"
VIEWS = "seen"  # the schema of the views
READER = "tracker.reader"
NOBODY = "0"

# "": everything is seen. Else the number of the account, NOBODY for whom none is known.
_reader: ContextVar[str] = ContextVar("reader", default="")


def connect() -> None:
    connection_created.connect(_taken, dispatch_uid="see as")


def seeing_as(user: Any) -> Any:
    """`user` may be anonymous: then no case is seen that is open to named staff only."""
    number = NOBODY
    if user is not None and user.is_authenticated:
        number = str(user.pk)
    return _seeing(number)


def seeing_everything() -> Any:
    """For what must not depend on who acts: publishing, and what is taken back."""
    return _seeing("")


def sees_everything() -> bool:
    """Is no case hidden from whom is served now? As the views ask. Of a command it may
    be false, too: for the views it is nobody.
    """
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT cardinality(public.cases_not_seen()) = 0")
        return bool(cursor.fetchone()[0])


@contextmanager
def _seeing(reader: str) -> Iterator[None]:
    token = _reader.set(reader)
    try:
        _tell(connections[ALIAS])
        yield
    finally:
        _reader.reset(token)
        _tell(connections[ALIAS])


def _taken(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """One that is new, and of nobody's, sees everything already."""
    shared = "pool" in connection.settings_dict.get("OPTIONS", {})
    if connection.alias == ALIAS and (shared or _reader.get()):
        _tell(connection)


def _tell(connection: BaseDatabaseWrapper) -> None:
    """One that is not open yet is told when it is."""
    reader = _reader.get()
    # Django groups by the key alone where it may; a view has no key.
    connection.features.allows_group_by_selected_pks = not reader
    session: Any = connection.connection
    if session is None or session.closed:
        return
    if session.info.transaction_status == TransactionStatus.INERROR:
        return  # its rollback goes back to what was told before
    path = "public"
    are_there = "TRUE"  # the publisher may not even ask for the views
    if reader:
        path = f"{VIEWS}, public"
        are_there = f"to_regclass('{VIEWS}.cases_prisoner') IS NOT NULL"
    with connection.wrap_database_errors:
        cursor = session.execute(
            f"SELECT {are_there}, set_config('search_path', %s, false),"
            " set_config(%s, %s, false)",
            [path, READER, reader],
        )
        (found, *_told) = cursor.fetchone()
    if not found:
        # The names would mean the tables themselves, as while the owner migrates.
        problem = "The views of what staff may see are not there."
        raise OperationalError(problem) from CannotConnectNow(problem)
