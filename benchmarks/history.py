"""What history costs: `python -m benchmarks.history [CASES]`.

It writes to the record that DATABASE_URL names, and that DATABASE_OWNER_URL owns. Use
one made for it. In one run, it writes in each way without the triggers of history, and
then with them. Figures are in docs/decisions/history.md.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import psycopg
from django.conf import settings
from django.db import connection, transaction

from cases.history import acting, timeline
from cases.models import PersonName, Prisoner
from cases.models.history import TRACKED

ROUNDS = 3
ONE_BY_ONE = 5  # of so many rows written in bulk, one is also saved singly


def owner() -> psycopg.Connection[tuple[object, ...]]:
    login = settings.DATABASE_LOGINS["owner"]
    parameters = {"dbname": login["NAME"], **login.get("OPTIONS", {})}
    for name in ("host", "port", "user", "password"):
        if login[name.upper()]:
            parameters[name] = login[name.upper()]
    return psycopg.connect(autocommit=True, **parameters)


def switch_history(how: str) -> None:
    with owner() as session:
        for model in TRACKED:
            table = model._meta.db_table
            triggers = session.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass"
                " AND tgname LIKE 'pgtrigger_write%%'",
                [table],
            )
            for (trigger,) in triggers.fetchall():
                session.execute(f"ALTER TABLE {table} {how} TRIGGER {trigger}")


@contextmanager
def no_history() -> Iterator[None]:
    switch_history("DISABLE")
    try:
        yield
    finally:
        switch_history("ENABLE")


@dataclass(frozen=True)
class Way:
    """A way to write, and how many rows it writes."""

    words: str
    rows: int
    write: Callable[[], object]


def ways(cases: list[Prisoner], names: list[PersonName]) -> list[Way]:
    """The ways in the order of a record's life."""
    count, few = len(cases), len(cases) // ONE_BY_ONE
    prisoners, person_names = Prisoner.objects, PersonName.objects

    def save_cases() -> None:
        for case in cases[:few]:
            case.affiliation = "a paper"
            case.save()

    def save_names() -> None:
        for name in names[:few]:
            name.language = "ru"
            name.save()

    def change_names() -> None:
        for name in names:
            name.value = "Another"
        person_names.bulk_update(names, ["value"], batch_size=1000)

    return [
        Way(
            "cases by bulk_create",
            count,
            lambda: prisoners.bulk_create(cases, batch_size=1000),
        ),
        Way(
            "names by bulk_create",
            count,
            lambda: person_names.bulk_create(names, batch_size=1000),
        ),
        Way("cases by save(), one by one", few, save_cases),
        Way("names by save(), one by one", few, save_names),
        Way(
            "cases by update(), after those",
            count,
            lambda: prisoners.update(affiliation="a party"),
        ),
        Way("names by update()", count, lambda: person_names.update(language="be")),
        Way("names by bulk_update()", count, change_names),
        Way("names by delete()", count, lambda: person_names.all().delete()),
        Way("cases by delete()", count, lambda: prisoners.all().delete()),
    ]


def measure(count: int) -> dict[str, float]:
    """Rows a second by each way."""
    cases, names = [], []
    for _ in range(count):
        case = Prisoner()
        cases.append(case)
        names.append(PersonName(prisoner=case, value="Ales Example"))
    speeds = {}
    with acting(page="a benchmark", reason="to see what history costs"):
        for way in ways(cases, names):
            start = time.perf_counter()
            way.write()
            speeds[way.words] = way.rows / (time.perf_counter() - start)
    return speeds


def show(without: list[dict[str, float]], with_history: list[dict[str, float]]) -> None:
    heading = "rows a second, the best of three rounds"
    print(f"{heading:45} {'without':>9} {'with':>9}  of the speed")
    for way in without[0]:
        plain = max(speeds[way] for speeds in without)
        kept = max(speeds[way] for speeds in with_history)
        print(f"{way:45} {plain:9.0f} {kept:9.0f} {kept / plain:8.0%}")


def main(count: int) -> None:
    # The gate has a benchmark of its own.
    transaction.on_commit = lambda *args, **kwargs: None
    if Prisoner.objects.exists():
        sys.exit("This deletes every case: use a database made for it.")
    without, with_history = [], []
    for _ in range(ROUNDS):
        with no_history():
            without.append(measure(count))
        with_history.append(measure(count))
    show(without, with_history)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM cases_prisonerhistory LIMIT 100")
        rows = cursor.fetchall()
    start = time.perf_counter()
    for (case_id,) in rows:
        timeline("prisoner", case_id)
    milliseconds = (time.perf_counter() - start) / len(rows) * 1000
    print(f"a case's whole history: {milliseconds:.1f} ms")


if __name__ == "__main__":
    cases_written = 10_000
    if len(sys.argv) > 1:
        cases_written = int(sys.argv[1])
    main(cases_written)
