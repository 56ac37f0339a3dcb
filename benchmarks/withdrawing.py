"""How long what is withdrawn stays in sight, and whom it keeps waiting:

    python -m benchmarks.withdrawing [CASES]

It makes cases that all name one claimant, one facility, one source beside another, and
one source on which alone a fact of each rests. It makes them in the database that
DATABASE_URL names. Use one made for it, migrated with REQUIRE_REVIEW=off. Each of the
four is withdrawn in turn, as the desk does it; a source with what rests only on it. The
safety loop runs beside it, as on a server, and somebody goes on saving another case and
one of those that name it. Figures are in docs/decisions/publishing.md.
"""

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
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
from django.db import connection, connections, transaction
from django.test import Client

from cases import sourcing
from cases.models import (
    Citation,
    Claimant,
    Detention,
    Facility,
    PersonName,
    Placement,
    Prisoner,
    Source,
)
from cases.publishing import holding, publish_pending
from cases.publishing.holding import held_first
from tracker.audiences import AUDIENCES

QUOTE = "Of the party"
PROCESSES = get_context("fork")


@dataclass(frozen=True)
class Withdrawn:
    """`tells` is a text that stands in the document of each case until it is rendered
    anew.
    """

    title: str
    record: Any
    tells: str


@dataclass(frozen=True)
class Named:
    """By each of the cases."""

    claimant: Claimant
    facility: Facility
    beside: Source
    alone: Source
    other: Source

    def in_turn(self) -> Iterator[Withdrawn]:
        yield Withdrawn("a claimant", self.claimant, self.claimant.name)
        yield Withdrawn("a facility", self.facility, str(self.facility.pk))
        yield Withdrawn("a source beside another", self.beside, str(self.beside.pk))
        yield Withdrawn("a source alone", self.alone, str(self.alone.pk))


def make_named() -> Named:
    return Named(
        Claimant.objects.create(name="Who is withdrawn", visibility="public"),
        Facility.objects.create(
            names={"en": "A prison"}, place_kind="prison", visibility="public"
        ),
        Source.objects.create(title="Beside another", visibility="public"),
        Source.objects.create(title="Alone", visibility="public"),
        Source.objects.create(title="Another", visibility="public"),
    )


@transaction.atomic
def make_cases(named: Named, count: int) -> list[Any]:
    """In one transaction, as a large import does it."""
    cases, names, detentions, placements, citations = [], [], [], [], []
    for number in range(count):
        case = Prisoner(
            visibility="public", affiliation="Party", occupations=["journalist"]
        )
        name = PersonName(prisoner=case, value=f"Person {number}", preferred=True)
        detention = Detention(prisoner=case, started_on="2024-01-02")
        cases.append(case)
        names.append(name)
        detentions.append(detention)
        placements.append(Placement(detention=detention, facility=named.facility))
        for cited in (named.beside, named.other):
            citations.append(Citation(source=cited, person_name=name))
        party = Citation(
            source=named.alone, prisoner=case, field="affiliation", quote=QUOTE
        )
        work = Citation(source=named.other, prisoner=case, field="occupations")
        work.claimant = named.claimant
        citations += [party, work]
    Prisoner.objects.bulk_create(cases)
    PersonName.objects.bulk_create(names)
    Detention.objects.bulk_create(detentions)
    Placement.objects.bulk_create(placements)
    Citation.objects.bulk_create(citations)
    return [case.pk for case in cases]


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


def is_out_of_sight(withdrawn: Withdrawn, case_ids: list[Any]) -> bool:
    """By the addresses of the record, of the first case and of the last one; and for
    each audience, of all that tells of it.
    """
    client = Client(SERVER_NAME="localhost")
    addresses = []
    for case_id in (case_ids[0], case_ids[-1]):
        addresses.append(f"/api/v1/prisoners/{case_id}/")
    if isinstance(withdrawn.record, Source):
        addresses.append(f"/api/v1/sources/{withdrawn.record.pk}/")
        addresses.append(f"/en/sources/{withdrawn.record.pk}/")
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code in {200, 404, 503}, answer.content
        if answer.status_code == 200 and withdrawn.tells.encode() in answer.content:
            return False
    return not _told_by([audience.shown() for audience in AUDIENCES], withdrawn)


def is_rendered(withdrawn: Withdrawn) -> bool:
    return not _told_by([audience.rows() for audience in AUDIENCES], withdrawn)


def _told_by(documents: list[Any], withdrawn: Withdrawn) -> bool:
    return any(
        rows.filter(document__contains=withdrawn.tells).exists() for rows in documents
    )


def main(count: int) -> None:
    logging.disable(logging.ERROR)  # what is not answered is what is waited for
    on_commit = transaction.on_commit
    transaction.on_commit = lambda *args, **kwargs: None
    named = make_named()
    case_ids: list[Any] = []
    while len(case_ids) < count:
        case_ids += make_cases(named, min(500, count - len(case_ids)))
    elsewhere = Prisoner.objects.create()
    started, own = time.perf_counter(), time.process_time()
    publish_pending()
    print(
        f"{count} cases, published in {time.perf_counter() - started:.1f} s"
        f" ({time.process_time() - own:.1f} s of Python's own)",
        flush=True,
    )
    transaction.on_commit = on_commit
    for withdrawn in named.in_turn():
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as in a database that has stood for a day
        print(f"They name {withdrawn.title}:", flush=True)
        measure(withdrawn, case_ids, elsewhere.pk)


def measure(withdrawn: Withdrawn, case_ids: list[Any], elsewhere: Any) -> None:
    connections.close_all()
    ready, ended = PROCESSES.Event(), PROCESSES.Event()
    longest = [PROCESSES.Value("d", 0.0), PROCESSES.Value("d", 0.0)]
    savers = []
    for saved, value in zip(([elsewhere], case_ids), longest, strict=True):
        saver = PROCESSES.Process(target=save_on, args=(saved, ready, ended, value))
        savers.append(saver)
    loop = PROCESSES.Process(target=watch)
    withdrawer = PROCESSES.Process(target=_withdraw_apart, args=(withdrawn.record,))
    for process in (loop, *savers):
        process.start()
    time.sleep(5)
    assert not is_out_of_sight(withdrawn, case_ids)  # the first question is slow
    connections.close_all()
    ready.set()
    own = _processor_time(loop.pid)
    started = time.perf_counter()
    withdrawer.start()
    hidden = seconds_until(lambda: is_out_of_sight(withdrawn, case_ids), started)
    print(f"{hidden:8.1f} s until out of sight", flush=True)
    rendered = seconds_until(lambda: is_rendered(withdrawn), started)
    own = _processor_time(loop.pid) - own
    print(f"{rendered:8.1f} s until rendered anew ({own:.1f} s of the loop's own)")
    back = seconds_until(lambda: not holding.is_anything_held(), started)
    print(f"{back:8.1f} s until nothing is held back")
    withdrawer.join()
    ended.set()
    for saver in savers:
        saver.join()
    loop.terminate()
    loop.join()
    print(f"{longest[0].value:8.1f} s the longest save of another case")
    print(f"{longest[1].value:8.1f} s the longest save of a case that names it")


def _processor_time(pid: Any) -> float:
    """Seconds, as Linux counts them; without those of PostgreSQL."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _withdraw_apart(record: Any) -> None:
    connections.close_all()
    started = time.perf_counter()
    record = type(record).objects.get(pk=record.pk)
    with _held_first(record), transaction.atomic():
        resting: list[sourcing.Resting] = []
        if isinstance(record, Source):
            resting = sourcing.resting_only_on(record, "internal", record.standing)
        record.visibility = "internal"
        record.save()
        sourcing.withdraw(resting)
        print(f"{time.perf_counter() - started:8.1f} s until it is done", flush=True)
    print(f"{time.perf_counter() - started:8.1f} s until its save ends", flush=True)


def _held_first(record: Any) -> AbstractContextManager[None]:
    if isinstance(record, Source):
        return held_first(record, "internal")
    return nullcontext()


if __name__ == "__main__":
    case_count = 2000
    if len(sys.argv) > 1:
        case_count = int(sys.argv[1])
    main(case_count)
