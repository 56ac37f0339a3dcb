"""What history costs: `python -m benchmarks.history [CASES]`.

Writes to the record that DATABASE_URL names (use one made for it, that
DATABASE_OWNER_URL owns), by each way without and with the triggers of history, in turn,
in one run. Figures are in docs/decisions/history.md.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
ONE_BY_ONE = 5  # of so many bulk rows, one is also saved singly


def owner() -> psycopg.Connection[tuple[object, ...]]:
    login = settings.DATABASE_LOGINS["owner"]
    address = {
        "host": login["HOST"],
        "port": login["PORT"],
        "user": login["USER"],
        "password": login["PASSWORD"],
    }
    options = {
        **login.get("OPTIONS", {}),
        **{name: value for name, value in address.items() if value},
    }
    return psycopg.connect(dbname=login["NAME"], autocommit=True, **options)


@contextmanager
def no_history() -> Iterator[None]:
    def switch(how: str) -> None:
        with owner() as session:
            for model in TRACKED:
                found = session.execute(
                    "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_write%%'",
                    [model._meta.db_table],
                )
                for (trigger,) in found.fetchall():
                    session.execute(
                        f"ALTER TABLE {model._meta.db_table} {how} TRIGGER {trigger}"
                    )

    switch("DISABLE")
    try:
        yield
    finally:
        switch("ENABLE")


def ways(
    count: int, cases: list[Prisoner], names: list[PersonName]
) -> dict[str, tuple[int, Callable[[], object]]]:
    """The rows that each writes, and the way; in the order of a record's life."""
    few = range(count // ONE_BY_ONE)

    def change(field: str, to: str) -> list[PersonName]:
        for name in names:
            setattr(name, field, to)
        return names

    return {
        "cases by bulk_create": (
            count,
            lambda: Prisoner.objects.bulk_create(cases, batch_size=1000),
        ),
        "names by bulk_create": (
            count,
            lambda: PersonName.objects.bulk_create(names, batch_size=1000),
        ),
        "cases by save(), one by one": (
            len(few),
            lambda: [_again(cases[one]).save() for one in few],
        ),
        "names by save(), one by one": (
            len(few),
            lambda: [_again(names[one]).save() for one in few],
        ),
        "cases by update(), after those": (
            count,
            lambda: Prisoner.objects.update(affiliation="a party"),
        ),
        "names by update()": (count, lambda: PersonName.objects.update(language="be")),
        "names by bulk_update()": (
            count,
            lambda: PersonName.objects.bulk_update(
                change("value", "Another"), ["value"], batch_size=1000
            ),
        ),
        "names by delete()": (count, lambda: PersonName.objects.all().delete()),
        "cases by delete()": (count, lambda: Prisoner.objects.all().delete()),
    }


def _again(record: Prisoner | PersonName) -> Prisoner | PersonName:
    if isinstance(record, Prisoner):
        record.affiliation = "a paper"
    else:
        record.language = "ru"
    return record


def measure(count: int) -> dict[str, float]:
    """Rows a second by each way."""
    cases = [Prisoner() for _ in range(count)]
    names = [PersonName(prisoner=case, value="Ales Example") for case in cases]
    speeds = {}
    with acting(page="a benchmark", reason="to see what history costs"):
        for way, (rows, write) in ways(count, cases, names).items():
            start = time.perf_counter()
            write()
            speeds[way] = rows / (time.perf_counter() - start)
    return speeds


def tell(without: list[dict[str, float]], with_history: list[dict[str, float]]) -> None:
    print(
        f"{'rows a second, the best of three rounds':45} {'without':>9} {'with':>9}  of the speed"
    )
    for way in without[0]:
        plain, kept = (
            max(one[way] for one in rounds) for rounds in (without, with_history)
        )
        print(f"{way:45} {plain:9.0f} {kept:9.0f} {kept / plain:8.0%}")


def main(count: int) -> None:
    transaction.on_commit = lambda *args, **kwargs: (
        None
    )  # the gate has a benchmark of its own
    if Prisoner.objects.exists():
        sys.exit("This deletes every case: use a database made for it.")
    without, with_history = [], []
    for _ in range(ROUNDS):
        with no_history():
            without.append(measure(count))
        with_history.append(measure(count))
    tell(without, with_history)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM cases_prisonerhistory LIMIT 100")
        ids = [one for (one,) in cursor.fetchall()]
    start = time.perf_counter()
    for one in ids:
        timeline("prisoner", one)
    print(
        f"a case's whole history: {(time.perf_counter() - start) / len(ids) * 1000:.1f} ms"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
