"""A restored database is closed to readers until somebody opens it.

What was withdrawn or erased after the backup was made is in it again. So readers' logins
get no right to connect (config/logins.py), whoever runs `migrate`. The database itself
says so, in its comment, which its owner may write and no dump takes along.
"""

from django.db import connections
from psycopg import sql

_WORDS = "Closed to readers. Restored from the backup of "
_COMMENT = """
    SELECT shobj_description(oid, 'pg_database') FROM pg_database
    WHERE datname = current_database()
"""


def since(using: str = "default") -> str:
    """The moment of the backup; empty if the database is open."""
    with connections[using].cursor() as cursor:
        cursor.execute(_COMMENT)
        comment = cursor.fetchone()[0] or ""
    if not comment.startswith(_WORDS):
        return ""
    return str(comment.removeprefix(_WORDS))


def close(moment: str, using: str = "default") -> None:
    _comment(f"{_WORDS}{moment}", using)


def open_again(using: str = "default") -> None:
    _comment(None, using)


def _comment(words: str | None, using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_database()")
        (database,) = cursor.fetchone()
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        cursor.execute(statement.format(sql.Identifier(database), sql.Literal(words)))
