"""A relay and its replicas: PostgreSQL's own logical replication of one audience's
tables, from a relay that was filled by reading. Nothing of the record is on either
(docs/decisions/replication.md, docs/scaling.md).
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg import conninfo, sql

from tracker.audiences import AUDIENCES, Audience
from tracker.models import Relay
from tracker.relaying import pictures

PUBLICATION = "tracker"
READS_FOR_REPLICAS = "tracker_replica"  # the login of replicas, on the relay
SYNC_SECONDS = 3600
LATE = timedelta(seconds=60)
_MIGRATIONS = "django_migrations"
_SLOTS = """
    SELECT slot_name, active, application_name, wal_status,
        pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)
    FROM pg_replication_slots LEFT JOIN pg_stat_replication ON pid = active_pid
    WHERE slot_type = 'logical' AND database = current_database()
    AND slot_name LIKE 'tracker\\_%' AND NOT temporary ORDER BY slot_name
"""
_NOT_IN_SYNC = """
    SELECT count(*) FILTER (WHERE srsubstate <> 'r'), count(*)
    FROM pg_subscription_rel JOIN pg_subscription ON oid = srsubid
    WHERE subname = %s
"""
_SUBSCRIPTION = """
    SELECT subname, subenabled FROM pg_subscription
    WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class Refused(Exception):
    """A sentence, and the statements that help, for the person who started this."""


# --- What there must be first ----------------------------------------------------------


def _ask(statement: str, values: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _run(statement: str, **names: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(**names))


def _tables() -> list[str]:
    return connection.introspection.table_names()


def audience() -> Audience:
    (served,) = (one for one in AUDIENCES if one.name == settings.SERVE)
    return served


def published() -> list[str]:
    """The tables that are replicated: those of the audience, and how far they are."""
    own = audience()
    models: list[Any] = [
        own.document_model,
        own.span_model,
        own.feed_model,
        own.correction_model,
        own.held_model,
        own.copy_model,
        Relay,
    ]
    return [model._meta.db_table for model in models]


def _refuse_the_record() -> None:
    """Whoever replicates its database can read all of it, whatever is published."""
    for table in _tables():
        if table.startswith(("cases_", "auth_")):
            raise Refused(
                "This database holds the record. A relay needs a database of its own,"
                " on a server of its own: whoever may replicate reads everything there."
            )


def _known_migrations() -> set[str]:
    loader = MigrationLoader(None)
    return {name for app, name in loader.disk_migrations if app == "tracker"}


def _newest() -> str:
    loader = MigrationLoader(None)
    ((_app, name),) = loader.graph.leaf_nodes("tracker")
    return name


def _migrate() -> None:
    _run("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    call_command("migrate", "tracker", interactive=False, verbosity=0)


# --- The relay -------------------------------------------------------------------------


def set_relay_up() -> bool:
    """Tables, publication and rights. Is the copy whole, so that readers may come?

    Called again after each upgrade. Replicas are upgraded before: what a table gets here
    is not made there.
    """
    _refuse_the_record()
    _refuse_what_the_server_lacks()
    _refuse_older_replicas()
    _migrate()
    tables = sql.SQL(", ").join(map(sql.Identifier, published()))
    name = sql.Identifier(PUBLICATION)
    there = _ask("SELECT FROM pg_publication WHERE pubname = %s", [PUBLICATION])
    verb = "ALTER PUBLICATION {name} SET" if there else "CREATE PUBLICATION {name} FOR"
    _run(verb + " TABLE {tables}", name=name, tables=tables)
    _let_replicas_read()
    return let_readers_in()


def _refuse_what_the_server_lacks() -> None:
    statements = []
    ((level, kept, role, may_watch),) = _ask(
        "SELECT current_setting('wal_level'), current_setting('max_slot_wal_keep_size'),"
        " (SELECT rolreplication FROM pg_roles WHERE rolname = %s),"
        " pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')",
        [READS_FOR_REPLICAS],
    )
    if level != "logical":
        statements.append("ALTER SYSTEM SET wal_level = 'logical'; -- and restart it")
    if kept == "-1":
        statements.append("ALTER SYSTEM SET max_slot_wal_keep_size = '4GB';")
        statements.append("SELECT pg_reload_conf();")
    if not role:
        statements.append(
            f"CREATE ROLE {READS_FOR_REPLICAS} LOGIN REPLICATION PASSWORD '…';"
        )
    if not may_watch:
        login = connection.settings_dict["USER"]
        statements.append(f'GRANT pg_read_all_stats TO "{login}";')
    if statements:
        raise Refused(
            "Nothing was set up. As the superuser of the relay's server, run:\n"
            + "\n".join(statements)
        )


def _refuse_older_replicas() -> None:
    """The name under which a replica reads says how new its tables are."""
    newest, known = _newest(), _known_migrations()
    for slot, active, told, _status, _behind in _ask(_SLOTS):
        name = slot.removeprefix("tracker_")
        if not active:
            raise Refused(
                f"The replica “{name}” does not read now, so nobody knows how new its"
                " tables are. Start it; or, if it is gone, give it up: manage.py replica"
                f" --drop {name}"
            )
        has = told.partition("@")[2]
        if has != newest and (has in known or not has):
            raise Refused(
                f"The replica “{name}” has the tables of an older release ({has})."
                " Upgrade the replicas first, then the relay: changes of tables are not"
                " replicated."
            )


def _let_replicas_read() -> None:
    """What they copy at first, and by which they see how new the relay is."""
    login = sql.Identifier(READS_FOR_REPLICAS)
    ((database,),) = _ask("SELECT current_database()")
    _run(
        "GRANT CONNECT ON DATABASE {database} TO {login}",
        database=sql.Identifier(database),
        login=login,
    )
    _run("GRANT USAGE ON SCHEMA public TO {login}", login=login)
    for table in (*published(), _MIGRATIONS):
        _run(
            "GRANT SELECT ON {table} TO {login}",
            table=sql.Identifier(table),
            login=login,
        )


def drop(name: str) -> None:
    """On the relay: what it keeps for a replica that is gone."""
    slot = f"tracker_{name}"
    there = _ask("SELECT FROM pg_replication_slots WHERE slot_name = %s", [slot])
    if not there:
        raise Refused(f"The relay keeps nothing for a replica “{name}”.")
    _ask("SELECT pg_drop_replication_slot(%s)", [slot])


# --- A replica -------------------------------------------------------------------------


def set_replica_up(name: str, relay: str, *, anew: bool = False) -> None:
    """Its tables, filled from the relay. Comes back when every one is in sync, and
    readers are let in.
    """
    _refuse_the_record()
    _refuse_a_newer_relay(relay)
    _migrate()
    there = [found for found, _enabled in _ask(_SUBSCRIPTION)]
    if there and (anew or there != [name]):
        keep_readers_out()
        for other in there:
            _unsubscribe(other)
        there = []
    told = conninfo.make_conninfo(relay, application_name=f"{name}@{_newest()}")
    names = {"name": sql.Identifier(name), "relay": sql.Literal(told)}
    if there:
        _run("ALTER SUBSCRIPTION {name} CONNECTION {relay}", **names)
        _run("ALTER SUBSCRIPTION {name} REFRESH PUBLICATION", **names)
    else:
        keep_readers_out()
        _empty()
        _run(
            "CREATE SUBSCRIPTION {name} CONNECTION {relay} PUBLICATION {publication}"
            " WITH (slot_name = {slot})",
            publication=sql.Identifier(PUBLICATION),
            slot=sql.Identifier(f"tracker_{name}"),
            **names,
        )
    _wait_for_sync(name)
    if not let_readers_in():
        raise Refused("The relay itself was never read to the end. Fill it first.")


def _refuse_a_newer_relay(relay: str) -> None:
    statement = f"SELECT name FROM {_MIGRATIONS} WHERE app = 'tracker'"  # noqa: S608
    try:
        with psycopg.connect(relay) as database:
            applied = {name for (name,) in database.execute(statement).fetchall()}
    except psycopg.Error as error:
        raise Refused(f"The relay does not answer: {error}") from None
    newer = sorted(applied - _known_migrations() - _replaced())
    if newer:
        raise Refused(
            f"The relay has tables of a newer release ({newer[-1]}). Upgrade this replica"
            " first: changes of tables are not replicated."
        )


def _replaced() -> set[str]:
    names = set()
    for migration in MigrationLoader(None).disk_migrations.values():
        for app, name in migration.replaces:
            if app == "tracker":
                names.add(name)
    return names


def _unsubscribe(name: str) -> None:
    """Without asking the relay, which may be lost: what it keeps is dropped there."""
    for change in ("DISABLE", "SET (slot_name = NONE)"):
        _run(f"ALTER SUBSCRIPTION {{name}} {change}", name=sql.Identifier(name))
    _run("DROP SUBSCRIPTION {name}", name=sql.Identifier(name))


def _empty() -> None:
    tables = sql.SQL(", ").join(map(sql.Identifier, published()))
    _run("TRUNCATE {tables}", tables=tables)


def _wait_for_sync(name: str) -> None:
    end = time.monotonic() + SYNC_SECONDS
    while time.monotonic() < end:
        ((waiting, count),) = _ask(_NOT_IN_SYNC, [name])
        if count == len(published()) and not waiting:
            return
        time.sleep(0.2)
    raise Refused("Not every table is in sync yet. See the log of PostgreSQL.")


# --- Readers ---------------------------------------------------------------------------


def let_readers_in() -> bool:
    """As soon as all was read once: a part of a list would be told as the whole."""
    if not Relay.objects.filter(is_whole=True).exists():
        return False
    login = sql.Identifier(settings.DATABASE_LOGINS[settings.SERVE]["USER"])
    ((database,),) = _ask("SELECT current_database()")
    with transaction.atomic():
        _run(
            "GRANT CONNECT ON DATABASE {database} TO {login}",
            database=sql.Identifier(database),
            login=login,
        )
        _run("GRANT USAGE ON SCHEMA public TO {login}", login=login)
        for table in published():
            _run(
                "GRANT SELECT ON {table} TO {login}",
                table=sql.Identifier(table),
                login=login,
            )
    return True


def keep_readers_out() -> None:
    login = sql.Identifier(settings.DATABASE_LOGINS[settings.SERVE]["USER"])
    _run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {login}", login=login)


# --- How it does -----------------------------------------------------------------------


def examine() -> Iterator[str]:
    """For `manage.py doctor`, on a relay and on a replica."""
    tables = _tables()
    if Relay._meta.db_table not in tables:
        yield "There are no tables yet. Run manage.py replica."
        return
    if any(table.startswith("cases_") for table in tables):
        yield "This database holds the record: it must be no relay's."
    yield from _late()
    yield from _without_pictures()
    yield from _slots()
    yield from _subscriptions()


def _late() -> Iterator[str]:
    rows = _ask(
        "SELECT address, is_whole, heard_at IS NULL OR heard_at < now() - %s,"
        " round(extract(epoch FROM now() - heard_at) / 60) FROM tracker_relay",
        [LATE],
    )
    if not rows:
        yield "Nothing was read yet."
    for address, is_whole, is_late, minutes in rows:
        if not is_whole:
            yield f"{address} was never read to the end, so readers are kept out."
        elif is_late:
            yield (
                f"Since {minutes} minutes nothing was heard from {address}: what was"
                " taken back there is still told here. If this lasts, stop serving."
            )


def _without_pictures() -> Iterator[str]:
    """None of those that are held back for another reason, or still waited for."""
    held = audience().held_model._default_manager.values_list("root", flat=True)
    waiting = {str(root) for root in held}
    sources = {*pictures.lacking_of(audience()).values()} - waiting
    if sources:
        yield (
            f"{len(sources)} sources name pictures that did not come, and are shown"
            " without them. See what the program that fills the relay says."
        )


def _slots() -> Iterator[str]:
    for slot, active, _told, status, behind in _ask(_SLOTS):
        name = slot.removeprefix("tracker_")
        if status == "lost":
            yield (
                f"The replica “{name}” was away for too long, and the relay keeps nothing"
                f" for it any more. Here: manage.py replica --drop {name}; there: manage.py"
                f" replica --name {name} --anew."
            )
        elif not active:
            yield f"The replica “{name}” does not read. It is {behind} bytes behind."
        elif status in ("extended", "unreserved"):
            yield f"The replica “{name}” is {behind} bytes behind, and may lose its place."


def _subscriptions() -> Iterator[str]:
    for name, enabled in _ask(_SUBSCRIPTION):
        ((waiting, _count),) = _ask(_NOT_IN_SYNC, [name])
        if not enabled:
            yield f"This replica “{name}” does not read: its subscription is disabled."
        if waiting:
            yield f"Of this replica “{name}” {waiting} tables are not in sync."
