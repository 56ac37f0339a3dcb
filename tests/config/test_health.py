"""Whether it lives, whether it can answer, and how publishing does."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from prometheus_client import generate_latest

from cases.models import Heartbeat, Mark, PublishingFailure
from cases.publishing import health
from config import figures
from tests import factories as make
from tests.published import publish
from tests.roles import acting_as
from tracker.audiences import PUBLIC

SECRET = "Sakretnaja"


def test_a_process_lives_though_the_database_is_away(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise DatabaseError

    monkeypatch.setattr(connections["default"], "ensure_connection", away)
    assert client.get("/healthz").content == b"ok\n"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "missing": ["database"]}


@pytest.mark.django_db
def test_it_is_ready_once_all_migrations_are_there(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (200, [])
    assert answer["Cache-Control"] == "no-store"
    applied = MigrationRecorder(connections["default"]).applied_migrations()
    applied.popitem()
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda _self: applied)
    assert client.get("/readyz").json()["missing"] == ["migrations"]


@pytest.mark.django_db
def test_how_publishing_does_is_said_in_words_and_in_figures_and_names_nobody(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the checks for programs tell nothing of it: who asked again and again would
    learn the hour of each withdrawal.
    """
    case = make.make_prisoner(SECRET)
    publish(PUBLIC, "prisoner", {"name": SECRET})
    with acting_as("publisher"):
        Mark.objects.all().delete()
        Heartbeat.objects.update_or_create(defaults={"beat_at": timezone.now()})
    assert health.ask().problems() == []
    ready = client.get("/readyz").json()
    long_ago = timezone.now() - timedelta(minutes=20)
    with acting_as("publisher"):
        Heartbeat.objects.update(beat_at=long_ago)
        Mark.objects.create(root_kind="prisoner", root_id=case.pk, withdrawal=True)
        PublishingFailure.objects.create(
            root_kind="prisoner", root_id=case.pk, error=SECRET
        )
    with acting_as("owner"):
        Mark.objects.update(marked_at=long_ago)
    client.force_login(make.make_documenter())
    page = client.get("/admin/cases/publishingfailure/health/").content.decode()
    for sentence in (
        "The publisher does not run. It last did 20 minutes ago.",
        "A change has waited for 20 minutes to be published.",
        "What was taken back of 1 case is out of sight",
        "1 case could not be published.",
        "1 change waits to be published.",
    ):
        assert sentence in page
    monkeypatch.setattr(connections, "close_all", lambda: None)
    told = generate_latest(figures.registry()).decode()
    for line in (
        "tracker_database_up 1.0",
        'tracker_withdrawals_late{in_sight="no"} 1.0',
        "tracker_changes_waiting 1.0",
        "tracker_cases_failed 1.0",
        'tracker_documents{audience="public",kind="prisoner"} 1.0',
        "tracker_desk_closed 0.0",
    ):
        assert f"{line}\n" in told
    assert SECRET not in page + told
    assert str(case.pk) not in page + told
    assert client.get("/readyz").json() == ready


def test_figures_say_that_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away() -> None:
        raise DatabaseError

    monkeypatch.setattr(connections["default"], "ensure_connection", away)
    monkeypatch.setattr(connections, "close_all", lambda: None)
    told = generate_latest(figures.registry()).decode()
    assert "tracker_database_up 0.0" in told
    assert "tracker_changes_waiting" not in told
