"""Hides cases and adds to them while the gate renders: `python -m benchmarks.races
[SECONDS] [WRITERS]`.

Makes cases in the database that DATABASE_URL names (use one made for it), and says how
many documents were read by the public login and how many of them were torn. The short
form of it is tests/cases/test_races.py.
"""

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
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
    with transaction.atomic():
        source = Source.objects.create(title="News")
        cases = [
            Prisoner.objects.create(visibility="public", affiliation="Number 0")
            for _case in range(CASES)
        ]
        for case in cases:
            PersonName.objects.create(prisoner=case, value="Number 0", preferred=True)
            Citation.objects.create(prisoner=case, source=source)
    publish_pending()
    return [str(case.pk) for case in cases]


def connect(login: str) -> psycopg.Connection[Any]:
    database = settings.DATABASE_LOGINS[login]
    words = {
        "HOST": "host",
        "PORT": "port",
        "USER": "user",
        "PASSWORD": "password",
        "NAME": "dbname",
    }
    address = {word: database[key] for key, word in words.items() if database[key]}
    return psycopg.connect(
        **{**database.get("OPTIONS", {}), **address}, autocommit=True
    )


def main(seconds: float, writers: int) -> None:
    hammer = Hammer(connect, lambda: gate._publish_batch(refresh=False), writers)
    hammer.run(make_cases(), seconds)
    print(
        f"{len(hammer.seen):8} different documents read in {seconds:.0f} s beside {writers} writers"
    )
    print(f"{len(hammer.torn):8} of them torn")


if __name__ == "__main__":
    given = [float(one) for one in sys.argv[1:]]
    main(given[0] if given else 60, int(given[1]) if len(given) > 1 else 4)
