"""What is closed: a restored database to readers, and the desk in an emergency.

A login of which this is said gets no rights from `config/logins.py`, whoever runs `migrate`.
So no code of ours is asked, and no password opens anything. The database says it in its
comment, a line each, which its owner may write, all logins read, and no dump takes along.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.db import connections
from psycopg import sql


class Closing(NamedTuple):
    """`words` begin its line in the comment; `roles` are whose logins have no rights."""

    words: str
    roles: frozenset[str]


READERS = Closing(
    "Closed to readers. Restored from the backup of ",
    frozenset({"public", "partners"}),
)
DESK = Closing("The desk is closed. ", frozenset({"desk"}))
# Closes nothing: which release migrated the database last (config/upgrading.py).
MIGRATED = Closing("Migrated by release ", frozenset())

_COMMENT = """
    SELECT shobj_description(oid, 'pg_database') FROM pg_database
    WHERE datname = current_database()
"""


def why(closing: Closing, using: str = "default") -> str:
    """What was said when it was closed; empty if it is open."""
    for line in _lines(using):
        if line.startswith(closing.words):
            return line.removeprefix(closing.words)
    return ""


def roles(using: str = "default") -> frozenset[str]:
    """Whose logins have no rights now."""
    found: set[str] = set()
    for closing in (READERS, DESK):
        if why(closing, using):
            found |= closing.roles
    return frozenset(found)


def close(closing: Closing, said: str, using: str = "default") -> None:
    line = f"{closing.words}{' '.join(said.split())}"
    _write([*_others(closing, using), line], using)


def open_again(closing: Closing, using: str = "default") -> None:
    _write(list(_others(closing, using)), using)


def _others(closing: Closing, using: str) -> Iterator[str]:
    return (line for line in _lines(using) if not line.startswith(closing.words))


def _lines(using: str) -> list[str]:
    with connections[using].cursor() as cursor:
        cursor.execute(_COMMENT)
        return (cursor.fetchone()[0] or "").splitlines()


def _write(lines: list[str], using: str) -> None:
    words = "\n".join(lines) or None
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (database,) = cursor.fetchone()
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        cursor.execute(statement.format(sql.Identifier(database), sql.Literal(words)))
