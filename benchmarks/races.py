"""Hides cases and adds to them while the gate renders:

    python -m benchmarks.races [SECONDS] [WRITERS]

It makes cases in the database that DATABASE_URL names. Use one made for it. It tells
how many documents the public login read, and how many of them were torn. Its short form
is tests/cases/test_races.py.
"""

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_LOGIN", "owner")  # it edits, and it publishes
os.environ["REQUIRE_REVIEW"] = "off"

import django

django.setup()

import psycopg
from django.conf import settings
from django.db import transaction

from cases.models import Citation, PersonName, Prisoner, Source
from cases.publishing import gate, publish_pending
from tests.races import Hammer

CASES = 40


def make_cases() -> list[str]:
    case_ids = []
    with transaction.atomic():
        source = Source.objects.create(title="News")
        for _ in range(CASES):
            case = Prisoner.objects.create(visibility="public", affiliation="Number 0")
            PersonName.objects.create(prisoner=case, value="Number 0", preferred=True)
            Citation.objects.create(prisoner=case, source=source)
            case_ids.append(str(case.pk))
    publish_pending()
    return case_ids


def connect(login: str) -> psycopg.Connection[Any]:
    database = settings.DATABASE_LOGINS[login]
    parameters = {"dbname": database["NAME"], **database.get("OPTIONS", {})}
    for name in ("host", "port", "user", "password"):
        if database[name.upper()]:
            parameters[name] = database[name.upper()]
    return psycopg.connect(autocommit=True, **parameters)


def main(seconds: float, writers: int) -> None:
    hammer = Hammer(connect, lambda: gate._publish_batch(refresh=False), writers)
    hammer.run(make_cases(), seconds)
    print(
        f"{len(hammer.seen):8} different documents read in {seconds:.0f} s"
        f" beside {writers} writers"
    )
    print(f"{len(hammer.torn):8} of them torn")


if __name__ == "__main__":
    seconds_to_run, writer_count = 60.0, 4
    if len(sys.argv) > 1:
        seconds_to_run = float(sys.argv[1])
    if len(sys.argv) > 2:
        writer_count = int(sys.argv[2])
    main(seconds_to_run, writer_count)
