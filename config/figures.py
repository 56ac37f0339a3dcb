"""Figures for Prometheus, asked of the database when they are read. They hold no name,
no id and no address.
"""

from collections.abc import Iterator

from django.db import DatabaseError, connections
from django.db.models import Count
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from cases.publishing import health
from config import closed
from tracker.audiences import AUDIENCES


class Figures(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            figures = [*_of_publishing(), *_of_documents(), *_of_what_is_closed()]
            up = 1
        except DatabaseError:
            figures, up = [], 0
        finally:
            connections.close_all()  # each reading has a thread of its own
        yield _figure("database_up", "Does the database answer?", up)
        yield from figures


def registry() -> CollectorRegistry:
    made = CollectorRegistry()
    made.register(Figures())
    return made


def _of_publishing() -> Iterator[GaugeMetricFamily]:
    told = health.ask()
    if told.beat_ago is not None:
        ago = told.beat_ago.total_seconds()
        yield _figure(
            "publisher_ran_seconds", "Seconds since the publisher last ran.", ago
        )
    yield _figure("changes_waiting", "Changes that wait to be published.", told.waiting)
    oldest = told.oldest.total_seconds() if told.oldest else 0
    yield _figure(
        "oldest_change_seconds", "For how long the oldest of them waits.", oldest
    )
    yield _figure("cases_failed", "Cases that could not be published.", told.failures)
    late = GaugeMetricFamily(
        "tracker_withdrawals_late",
        "Cases of which something was taken back more than 10 seconds ago, and is published.",
        labels=["in_sight"],
    )
    late.add_metric(["yes"], told.late.in_sight)
    late.add_metric(["no"], told.late.out_of_sight)
    yield late
    yield _figure(
        "clock_doubted", "Does publishing wait for the clock?", len(told.withheld)
    )


def _of_documents() -> Iterator[GaugeMetricFamily]:
    family = GaugeMetricFamily(
        "tracker_documents", "Published documents.", labels=["audience", "kind"]
    )
    for audience in AUDIENCES:
        rows = audience.document_model._default_manager.filter(
            document__isnull=False, parent=None
        )
        counted = rows.values_list("kind").annotate(number=Count("id")).order_by("kind")
        for kind, number in counted:
            family.add_metric([audience.name, kind], number)
    yield family


def _of_what_is_closed() -> Iterator[GaugeMetricFamily]:
    desk, readers = closed.why(closed.DESK), closed.why(closed.READERS)
    yield _figure("desk_closed", "Is the desk closed (manage.py panic)?", bool(desk))
    yield _figure(
        "readers_kept_out", "Are readers kept out after a restore?", bool(readers)
    )


def _figure(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"tracker_{name}", words, value=value)
