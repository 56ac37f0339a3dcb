"""Tests run with the desk's rights: what they see work, works where it counts. The
database is made, emptied after transactional tests and removed by the owner. The
aliases "public" and "partners" share the test's own connection, and so see its
uncommitted data; what their real logins may do is asked through `logins`.

The gate publishes with the publisher's rights, on that same connection (tests/roles.py)
and when a transaction is committed: no other process is waited for.
"""

import fcntl
import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from cases.management.commands import publish
from cases.models import ReviewRule
from cases.publishing import epochs, gate
from tests import roles
from tests.sessions import as_a_browser
from tests.told_again import told_again
from tracker import answers
from tracker.kept import forget_all

__all__ = ["told_again"]

MIRRORS = ("public", "partners")

# How fast a machine is fails no test.
hypothesis_settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("untimed")


as_a_browser()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Two runs would remove each other's test database: the second waits for the first
    to end.
    """
    if not hasattr(session.config, "workerinput"):
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        lock = (settings.VAR_DIR / "tests.lock").open("w")
        session.config.add_cleanup(lock.close)
        fcntl.flock(lock, fcntl.LOCK_EX)


def pytest_collection_finish() -> None:
    """What is there now is there until the end. Looking through it again and again for
    what nobody needs any more took a fifth of all the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


# The pages of the admin and of the site, the editorial API, signing in, and what else
# draws many pages: what they say depends on no server. The record, its rules, history,
# the gate, the logins, search and feed are tried on each.
PAGES = (
    "test_admin_",
    "test_any_order",
    "test_assigned_several",
    "test_beginning",
    "test_canaries",
    "test_case_file",
    "test_catalogues",
    "test_doubts_asked",
    "test_drafts",
    "test_editorial_",
    "test_every_page",
    "test_filters_of_lists",
    "test_half_made",
    "test_headers",
    "test_history_pages",
    "test_keys_at_the_desk",
    "test_languages",
    "test_lives_through_every_door",
    "test_long_questions",
    "test_named_staff",
    "test_names_kept_back",
    "test_oracles",
    "test_organisation",
    "test_own_account",
    "test_own_language",
    "test_proposals_at_the_desk",
    "test_reading_pdfs",
    "test_roles_at_work",
    "test_schemas",
    "test_second_factor",
    "test_seen_by_several",
    "test_site_",
    "test_start_page",
    "test_trust",
    "test_two_doors",
    "test_typed_dates",
    "test_used_fields",
)
# What the gate tells of rows that it has read, and the status, it decides in Python. What
# the database itself promises (triggers, guards, rights, history, withdrawals, search) is
# tried on each server.
TOLD = (
    "test_becoming",
    "test_called_by_name",
    "test_charge_decisions",
    "test_court_cases",
    "test_designations",
    "test_disclosure",
    "test_evidence",
    "test_fixtures",
    "test_foreseeing",
    "test_further_punishments",
    "test_groups",
    "test_hedges",
    "test_json_schemas",
    "test_known_people",
    "test_last_heard",
    "test_order_of_events",
    "test_pages",
    "test_people",
    "test_places",
    "test_plausibility",
    "test_read_api",
    "test_related_cases",
    "test_released_forms",
    "test_research",
    "test_rival_counts",
    "test_rules",
    "test_shapes_of_lists",
    "test_sightings",
    "test_status",
    "test_tables",
    "test_told_by_consent",
    "test_unrenderable",
    "test_ways_out",
    "test_who_sees",
    "test_withdrawals",
    "test_withheld_facts",
    "test_work",
)
# Tests that make an embedded server of their own, whatever server is tried.
OWN_SERVER = ("test_chaos", "test_embedded_postgres")


# Tests in these folders start programs, which may ask the server themselves.
STARTS_PROGRAMS = ("config", "hammer")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name.startswith((*PAGES, *TOLD, *OWN_SERVER)):
            item.add_marker(pytest.mark.crawl)
        if not _asks_a_database(item):
            item.add_marker(pytest.mark.pure)


def _asks_a_database(item: pytest.Item) -> bool:
    assert isinstance(item, pytest.Function)
    return bool(
        item.get_closest_marker("django_db")
        or {"db", "transactional_db", "django_db_setup"}.intersection(item.fixturenames)
        or (item.cls and issubclass(item.cls, TransactionTestCase))
        or item.path.parent.name in STARTS_PROGRAMS
    )


def _become(role: str) -> str:
    """Returns the role before."""
    before, _now["role"] = _now["role"], role
    default = connections["default"]
    default.close()
    default.settings_dict.update(
        {**roles.login(role), "NAME": default.settings_dict["NAME"]}
    )
    return before


_now = {"role": "owner"}


@pytest.fixture(scope="session", autouse=True)
def _gate_publishes_by_its_own_rights() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        publish_batch = roles.as_publisher(gate._publish_batch)
        patched.setattr(gate, "_publish_batch", publish_batch)
        compare_names = roles.as_publisher(gate._compare_names)
        patched.setattr(gate, "_compare_names", compare_names)
        patched.setattr(gate, "may_publish", lambda: True)
        patched.setattr(publish, "may_publish", lambda: True)
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """After pytest-django has made the database, as the owner (tests/settings.py), and
    until it removes it.
    """
    default = connections["default"]
    for alias in MIRRORS:
        connections[alias].settings_dict["NAME"] = default.settings_dict["NAME"]
        connections[alias] = default
    with django_db_blocker.unblock():
        _commit_without_waiting()
        # Then each test says by its settings whether saving approves.
        ReviewRule.objects.update(saving_approves=True)
        _begin_feeds()
        _keep_rows()
        _become("desk")
    yield
    _become("owner")


@pytest.fixture(scope="session")
def as_owner(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Callable[[], AbstractContextManager[None]]:
    """`with as_owner():` for what only the owner may do. Not within a transaction: the
    connection is another.
    """

    @contextmanager
    def owner() -> Iterator[None]:
        with django_db_blocker.unblock():
            before = _become("owner")
            try:
                yield
            finally:
                _become(before)

    return owner


@pytest.fixture(scope="module")
def with_every_right(
    as_owner: Callable[[], AbstractContextManager[None]],
) -> Iterator[None]:
    """For tests of a module that reach into what only the gate writes."""
    with as_owner():
        yield


@pytest.fixture(autouse=True)
def _language_ends_with_the_test() -> Iterator[None]:
    """A page asked for in Belarusian leaves its language behind, for whoever comes next
    in this process.
    """
    yield
    translation.deactivate()


def _commit_without_waiting() -> None:
    """No test needs its rows after a crash of the server. New connections keep to it."""
    default = connections["default"]
    with default.cursor() as cursor:
        cursor.execute(
            f'ALTER DATABASE "{default.settings_dict["NAME"]}"'
            " SET synchronous_commit = off"
        )


def _begin_feeds() -> None:
    """Else each test that publishes would begin them anew, which took a tenth of all
    the time.
    """
    with transaction.atomic():
        epochs.hold(epochs.feeds())


# The rows that migrations put into the database, by table: emptying it after a
# transactional test brings them back.
_AFTER_MIGRATING: dict[str, bytes] = {}


def _keep_rows() -> None:
    with connections["default"].cursor() as cursor:
        for table in _tables():
            if rows := _copied(cursor, table):
                _AFTER_MIGRATING[table] = rows


def _tables() -> list[str]:
    return connections["default"].introspection.django_table_names(
        only_existing=True, include_views=False
    )


def _copied(cursor: Any, table: str) -> bytes:
    with cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
        return b"".join(rows)


def _empty_database(self: TransactionTestCase) -> None:
    """Empties what has rows, as the owner: TRUNCATE of all tables took most of the time
    of these tests. By COPY the rows of migrations come back in no time.
    """
    before = _become("owner")
    with transaction.atomic(), connections["default"].cursor() as cursor:
        changed = [
            table
            for table in sorted({*_with_rows(cursor), *_AFTER_MIGRATING})
            if _copied(cursor, table) != _AFTER_MIGRATING.get(table)
        ]
        for table in changed:
            # What guards a table from being emptied guards it from tests, too.
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            cursor.execute(f'DELETE FROM "{table}"')
            with cursor.copy(f'COPY "{table}" FROM STDIN') as rows:
                rows.write(_AFTER_MIGRATING.get(table, b""))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in changed:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    _become(before)


def _with_rows(cursor: Any) -> list[str]:
    asked = (
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")"
        for table in _tables()
    )
    cursor.execute(" UNION ALL ".join(asked))
    return [table for (table,) in cursor.fetchall()]


def _only_default(
    cls: type[TransactionTestCase], include_mirrors: bool = True
) -> list[str]:
    """One connection serves all aliases: there is one transaction to open, and one
    database to empty.
    """
    return ["default"]


TransactionTestCase.databases = {"default", *MIRRORS}
TransactionTestCase._databases_names = classmethod(_only_default)  # type: ignore[attr-defined]
TransactionTestCase._fixture_teardown = _empty_database  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """What a test published is rolled back, and its numbers are drawn once more."""
    yield
    forget_all()


@pytest.fixture
def kept_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer is made anew, as the first one is."""
    monkeypatch.setattr(answers.KEPT, "most", 0)


@pytest.fixture
def logins(django_db_setup: None) -> Iterator[Callable[[str], psycopg.Connection[Any]]]:
    """`logins("public")` connects to the test database as that login, in autocommit: it
    sees what is committed.
    """
    roles = settings.DATABASE_LOGINS
    if len({database["USER"] for database in roles.values()}) < len(roles):
        pytest.skip(
            "needs a server with five logins: docs/operations.md, “Database logins”"
        )
    with ExitStack() as open_connections:

        def connect(role: str) -> psycopg.Connection[Any]:
            words = {
                "HOST": "host",
                "PORT": "port",
                "USER": "user",
                "PASSWORD": "password",
            }
            address = {
                word: roles[role][key]
                for key, word in words.items()
                if roles[role][key]
            }
            address |= {
                **roles[role].get("OPTIONS", {}),
                "dbname": connections["default"].settings_dict["NAME"],
            }
            connection = psycopg.connect(**address, autocommit=True)
            return open_connections.enter_context(connection)

        yield connect
