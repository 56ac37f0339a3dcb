"""What the database must be like around the tables: its logins, their rights, its
extensions and functions. Asked of the database itself.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db import connection

from cases.named import seeing, views
from config import checks, closed, guards, logins

Right = tuple[str, str, str]  # table, column, privilege
# On a whole table the column is ''. A right on all of it counts for no single column.
_HELD = """
    SELECT relname, '', privilege
    FROM pg_class CROSS JOIN unnest(%(privileges)s::text[]) AS privilege
    WHERE relnamespace = current_schema()::regnamespace
    AND relkind IN ('r', 'p', 'v', 'm', 'f')
    AND has_table_privilege(%(login)s::name, pg_class.oid, privilege)
    UNION ALL
    SELECT relname, attname, privilege
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
    CROSS JOIN unnest(%(of_columns)s::text[]) AS privilege
    WHERE relnamespace = current_schema()::regnamespace AND NOT attisdropped
    AND relkind IN ('r', 'p', 'v', 'm', 'f')
    AND has_column_privilege(%(login)s::name, pg_class.oid, attnum, privilege)
    AND NOT has_table_privilege(%(login)s::name, pg_class.oid, privilege)
"""
_OF_COLUMNS = ["SELECT", "INSERT", "UPDATE", "REFERENCES"]
_PRIVILEGES = [*_OF_COLUMNS, "DELETE", "TRUNCATE", "TRIGGER"]
# As GRANT takes them: “SELECT, UPDATE (state, reason)”.
_GIVEN = re.compile(r"([A-Z]+)(?: \(([^)]*)\))?")
_POWERFUL = """
    SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)
    AND (rolsuper OR rolcreaterole OR rolbypassrls OR rolreplication
        OR pg_has_role(rolname, %s::name, 'MEMBER'))
"""
REPLICATES = """
    SELECT rolname FROM pg_roles WHERE rolreplication AND NOT rolsuper
    AND current_setting('wal_level') = 'logical' ORDER BY rolname
"""
_FUNCTIONS = """
    SELECT proname, prosecdef, array_to_string(proconfig, ',') LIKE 'search_path=pg_catalog,%%'
    FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
    AND proname = ANY(%s)
"""
_OWNER = """
    SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()
"""
_LIMITS = """
    SELECT rolname, rolconnlimit, COALESCE(rolconfig, '{}')
    FROM pg_roles WHERE rolname = ANY(%s)
"""
_ROOM = """
    SELECT current_setting('max_connections')::integer
        - current_setting('superuser_reserved_connections')::integer
"""
# A login that works for people may take long, and must not take for ever. Readers have
# their timeouts from their processes, and a watchdog.
_TIMEOUTS = ("statement_timeout", "idle_in_transaction_session_timeout")
_WITH_TIMEOUTS = ("desk", "publisher")
_VIEWS = """
    SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = %s AND relkind = 'v' AND 'security_invoker=true' = ANY(reloptions)
"""
_WITHOUT_A_PATH = """
    SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
    AND proname = ANY(%s) AND NOT COALESCE(array_to_string(proconfig, ',') LIKE 'search_path=%%', FALSE)
"""
# Names are searched by it: cases/migrations/0001_dates.py.
NEEDED = frozenset({"pg_trgm"})
_EXTENSIONS = "SELECT extname FROM pg_extension WHERE extname = ANY(%s)"


def examine() -> Iterator[str]:
    yield from _rights()
    yield from _powers()
    yield from _replication()
    yield from _limits()
    yield from _functions()
    yield from _views()
    yield from _extensions()
    for error in checks.logins_differ():
        yield str(error.msg)


def _rights() -> Iterator[str]:
    restored, desk_closed = closed.why(closed.READERS), closed.why(closed.DESK)
    if restored:
        yield (
            f"This database was restored from the backup of {restored}, and readers are"
            " kept out. Take back what was taken back since; then run manage.py restore"
            " --open."
        )
    if desk_closed:
        yield f"The desk is closed: {desk_closed} Open it with manage.py panic --over."
    yield from rights_that_differ()


def rights_that_differ() -> Iterator[str]:
    declared = logins.declared_rights()
    without_rights = closed.roles()
    roles_by_login: dict[str, list[str]] = defaultdict(list)
    for role, login in logins.logins_of_roles(_owner()).items():
        roles_by_login[login].append(role)
    for login, roles in roles_by_login.items():
        has, tables = _held(login)
        needs: set[Right] = set()
        for table in tables:
            for role in roles:
                if role in without_rights:
                    continue
                needs |= _given(table, logins.rights(role, table, declared))
        for right in sorted(has - needs):
            yield (
                f"The login “{login}” may {_words(right)}, and must not."
                " Find out who gave it that; then run manage.py migrate."
            )
        for right in sorted(needs - has):
            yield (
                f"The login “{login}” may not {_words(right)}, and must."
                " Run manage.py migrate."
            )


def _held(login: str) -> tuple[set[Right], list[str]]:
    asked: dict[str, Any] = {
        "login": login,
        "privileges": _PRIVILEGES,
        "of_columns": _OF_COLUMNS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HELD, asked)
        held = set(cursor.fetchall())
        tables = connection.introspection.table_names(cursor, include_views=True)
    return held, tables


def _given(table: str, rights: str) -> set[Right]:
    given: set[Right] = set()
    for privilege, columns in _GIVEN.findall(rights):
        for column in columns.split(", "):
            given.add((table, column, privilege))
    return given


def _words(right: Right) -> str:
    table, column, privilege = right
    if column:
        return f"{privilege} {column} of {table}"
    return f"{privilege} {table}"


def _powers() -> Iterator[str]:
    owner = _owner()
    names = list(logins.logins_of_roles(owner).values())
    with connection.cursor() as cursor:
        cursor.execute(_POWERFUL, [names, owner])
        for (login,) in cursor.fetchall():
            yield (
                f"The login “{login}” may do more than its work: it is a superuser, makes"
                f" logins, or may act as “{owner}”. Take that from it."
            )


def _replication() -> Iterator[str]:
    """Whatever the rights on tables say, whoever may replicate reads every row that is
    written, where the log has them: docs/decisions/replication.md.
    """
    with connection.cursor() as cursor:
        cursor.execute(REPLICATES)
        for (login,) in cursor.fetchall():
            yield (
                f"The login “{login}” may replicate, and the server’s wal_level is"
                " “logical”: it can read the whole record. Set wal_level to replica, and"
                " fill a relay by reading (docs/scaling.md)."
            )


def _owner() -> str:
    """As the database says: whoever looks need not have the owner's address."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNER)
        return str(cursor.fetchone()[0])


def _limits() -> Iterator[str]:
    """No login may take all connections, nor all of them together: the owner needs one.
    And what the desk and the publisher do ends at some time.
    """
    roles = logins.logins_of_roles(_owner())
    with connection.cursor() as cursor:
        cursor.execute(_ROOM)
        (room,) = cursor.fetchone()
        cursor.execute(_LIMITS, [list(roles.values())])
        found = {login: (limit, config) for login, limit, config in cursor.fetchall()}
    together = 0
    for role, login in roles.items():
        limit, config = found.get(login, (-1, []))
        together += limit
        if not 0 <= limit < room:
            yield (
                f"The login “{login}” may take all {room} connections. A superuser sets"
                " a limit: docs/operations.md, “Database logins”."
            )
        for name in _TIMEOUTS:
            is_set = any(line.startswith(f"{name}=") for line in config)
            if role in _WITH_TIMEOUTS and not is_set:
                yield (
                    f"The login “{login}” has no {name}. A superuser sets it:"
                    " docs/operations.md, “Database logins”."
                )
    if together >= room:
        yield (
            f"The logins may take {together} connections together, and there are {room}:"
            " lower their limits, or raise max_connections."
        )


def _functions() -> Iterator[str]:
    """What writes history and its like runs as its owner, and looks names up where only
    the owner creates things.
    """
    if not logins.logins_of_roles(_owner()):
        return  # everybody is the owner
    names, _others = guards.by_whom_they_run()
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTIONS, [names])
        guarded = {}
        for name, is_definer, has_path in cursor.fetchall():
            guarded[name] = bool(is_definer and has_path)
    for name in names:
        if not guarded.get(name):
            yield f"The function {name} is not guarded. Run manage.py migrate."


def _views() -> Iterator[str]:
    """What stands in for the tables where cases are open to named staff only, and the
    triggers that must see all of them.
    """
    if not logins.logins_of_roles():
        return
    _owners, names = guards.by_whom_they_run()
    with connection.cursor() as cursor:
        cursor.execute(_VIEWS, [seeing.VIEWS])
        there = {name for (name,) in cursor.fetchall()}
        cursor.execute(_WITHOUT_A_PATH, [names])
        lacking = [name for (name,) in cursor.fetchall()]
    for table, _hidden in views.conditions():
        if table not in there:
            yield (
                f"The view of {table} is missing, or not that of whoever asks: cases"
                " open to named staff only may be seen. Run manage.py migrate."
            )
    for name in lacking:
        yield f"The function {name} does not see every case. Run manage.py migrate."


def _extensions() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(_EXTENSIONS, [list(NEEDED)])
        there = {name for (name,) in cursor.fetchall()}
    for name in sorted(NEEDED - there):
        yield f"The extension {name} is missing. Run manage.py migrate."
