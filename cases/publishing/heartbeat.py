"""Does the safety loop run? It says so after each batch."""

from datetime import timedelta

from django.db.models.functions import Now

from cases.day import older_than
from cases.models import Heartbeat

ALIVE = timedelta(seconds=15)  # a batch takes a second or two


def beat(published: int | None = None) -> None:
    """`published`: the documents written in a run that has ended."""
    told: dict[str, object] = {"beat_at": Now()}
    if published is not None:
        told["published"] = published
    Heartbeat.objects.update_or_create(id=1, defaults=told)


def loop_runs() -> bool:
    return has_beaten(ALIVE)


def has_beaten(within: timedelta) -> bool:
    return Heartbeat.objects.exclude(older_than(within, "beat_at")).exists()
