"""How long a withdrawn source stays in sight, and whom it keeps waiting:

    python -m benchmarks.withdrawing [CASES]

It makes cases that all cite one source in the database that DATABASE_URL names. Use one
made for it. The safety loop runs beside it, as on a server, and somebody goes on saving
another case and one of those that cite the source. Then the source is withdrawn, as the
desk does it, with what rests only on it. Figures are in docs/decisions/publishing.md.
"""

import logging
import os
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_LOGIN", "owner")  # it edits, and it publishes
os.environ["REQUIRE_REVIEW"] = "off"

import django

django.setup()

from django.core.management import call_command
from django.db import connections, transaction
from django.db.models import Q
from django.test import Client

from cases import sourcing
from cases.models import Citation, PersonName, Prisoner, Source
from cases.publishing import publish_pending
from cases.publishing.holding import held_first
from tracker.audiences import AUDIENCES

QUOTE = "Of the party"
PROCESSES = get_context("fork")


def make_cases(count: int, rests: bool) -> tuple[Source, list[Any]]:
    """A name by the source and by another; an affiliation, too, or by it alone."""
    case_ids = []
    with transaction.atomic():
        source = Source.objects.create(title="To be withdrawn", visibility="public")
        other = Source.objects.create(title="Another", visibility="public")
        for number in range(count):
            case = Prisoner.objects.create(visibility="public", affiliation="Party")
            name = PersonName.objects.create(
                prisoner=case, value=f"Person {number}", preferred=True
            )
            for cited in (source, other):
                Citation.objects.create(source=cited, person_name=name)
            for cited in (source,) if rests else (source, other):
                Citation.objects.create(
                    source=cited, prisoner=case, field="affiliation", quote=QUOTE
                )
            case_ids.append(case.pk)
    return source, case_ids


def save_on(case_ids: list[Any], ready: Event, ended: Event, longest: Any) -> None:
    """Saves each in turn; `longest` is how long one save took, in seconds."""
    connections.close_all()
    number = 0
    while not ended.is_set():
        started = time.perf_counter()
        number += 1
        with transaction.atomic():
            case = Prisoner.objects.get(pk=case_ids[number % len(case_ids)])
            case.internal_notes = f"Note {number}"
            case.save(update_fields=["internal_notes"])
        if ready.is_set():
            longest.value = max(longest.value, time.perf_counter() - started)
        time.sleep(0.05)


def watch() -> None:
    connections.close_all()
    call_command("publish", watch=True)


def seconds_until(is_so: Callable[[], bool], started: float) -> float:
    while not is_so():
        time.sleep(0.05)
    return time.perf_counter() - started


def is_out_of_sight(source: Source, case_ids: list[Any]) -> bool:
    """By the addresses of the source, of the first case and of the last one; and for
    each audience, of all that names it.
    """
    client = Client(SERVER_NAME="localhost")
    name = str(source.pk)
    addresses = [f"/api/v1/sources/{name}/", f"/en/sources/{name}/"]
    for case_id in (case_ids[0], case_ids[-1]):
        addresses.append(f"/api/v1/prisoners/{case_id}/")
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in {200, 404, 503}, answer.content
        if answer.status_code == 200 and name.encode() in answer.content:
            return False
    for audience in AUDIENCES:
        naming = Q(pk=source.pk) | Q(named__contains=[source.pk])
        if audience.shown().filter(naming).exists():
            return False
    return True


def is_rendered(source: Source) -> bool:
    for audience in AUDIENCES:
        naming = audience.rows().filter(document__contains=str(source.pk))
        if naming.exists():
            return False
    return True


def main(count: int) -> None:
    logging.disable(logging.ERROR)  # what is not answered is what is waited for
    print(f"A source that {count} cases cite beside another:")
    measure(count, rests=False)
    print("One on which alone a fact of each rests:")
    measure(count, rests=True)


def measure(count: int, *, rests: bool) -> None:
    on_commit = transaction.on_commit
    transaction.on_commit = lambda *args, **kwargs: None
    source, case_ids = make_cases(count, rests)
    elsewhere = Prisoner.objects.create()
    publish_pending()
    transaction.on_commit = on_commit
    connections.close_all()
    ready, ended = PROCESSES.Event(), PROCESSES.Event()
    longest = [PROCESSES.Value("d", 0.0), PROCESSES.Value("d", 0.0)]
    savers = []
    for saved, value in zip(([elsewhere.pk], case_ids), longest, strict=True):
        saver = PROCESSES.Process(target=save_on, args=(saved, ready, ended, value))
        savers.append(saver)
    loop = PROCESSES.Process(target=watch)
    withdrawer = PROCESSES.Process(target=_withdraw_apart, args=(source.pk,))
    for process in (loop, *savers):
        process.start()
    time.sleep(5)
    assert not is_out_of_sight(source, case_ids)  # the first question is slow
    connections.close_all()
    ready.set()
    started = time.perf_counter()
    withdrawer.start()
    hidden = seconds_until(lambda: is_out_of_sight(source, case_ids), started)
    print(f"{hidden:8.1f} s until out of sight", flush=True)
    rendered = seconds_until(lambda: is_rendered(source), started)
    print(f"{rendered:8.1f} s until rendered anew")
    withdrawer.join()
    ended.set()
    for saver in savers:
        saver.join()
    loop.terminate()
    loop.join()
    print(f"{longest[0].value:8.1f} s the longest save of another case")
    print(f"{longest[1].value:8.1f} s the longest save of a case that cites it")


def _withdraw_apart(source_id: Any) -> None:
    connections.close_all()
    started = time.perf_counter()
    source = Source.objects.get(pk=source_id)
    with held_first(source, "internal"), transaction.atomic():
        resting = sourcing.resting_only_on(source, "internal", source.standing)
        source.visibility = "internal"
        source.save()
        sourcing.withdraw(resting)
        print(f"{time.perf_counter() - started:8.1f} s until it is done", flush=True)
    print(f"{time.perf_counter() - started:8.1f} s until its save ends", flush=True)


if __name__ == "__main__":
    case_count = 2000
    if len(sys.argv) > 1:
        case_count = int(sys.argv[1])
    main(case_count)
