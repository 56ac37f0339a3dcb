"""Does the safety loop run? It says so after each batch."""

from datetime import timedelta

from django.utils import timezone

from cases.models import Heartbeat

ALIVE = timedelta(seconds=15)  # a batch takes a second or two


def beat(published: int | None = None) -> None:
    """`published`: the documents written in a run that has ended."""
    told: dict[str, object] = {"beat_at": timezone.now()}
    if published is not None:
        told["published"] = published
    Heartbeat.objects.update_or_create(id=1, defaults=told)


def loop_runs() -> bool:
    return Heartbeat.objects.filter(beat_at__gt=timezone.now() - ALIVE).exists()
