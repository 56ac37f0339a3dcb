"""How long a whole list takes, and how much memory: read, compared, accepted as new cases,
and the same list compared again, as next month.

    python -m benchmarks.lists [ROWS]

Beside it, the same people are made by plain saves, each with name, detention, charge,
sentence and release and without any citation: the ratio says what the way of a list
costs, on whatever machine. It writes into the database that DATABASE_URL names, and
leaves it there: take one that you can throw away.
"""

import csv
import io
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_LOGIN", "owner")

import django

django.setup()

from django.contrib.auth.models import User
from django.db import transaction

from cases.desk.lists import accepting, bringing
from cases.desk.lists.comparing import compare
from cases.desk.lists.models import List
from cases.desk.lists.plan import suggested
from cases.history import acting
from cases.models import Charge, Detention, PersonName, Prisoner, Release, Sentence

TITLES = "Code;Name;Sex;Born;Arrested;Article;Court;Sentenced;Sentence;Prison;Released"
SYLLABLES = [
    "ka",
    "ro",
    "mi",
    "sta",
    "le",
    "vi",
    "no",
    "du",
    "pa",
    "ran",
    "ti",
    "go",
    "ber",
    "sa",
    "lu",
    "ken",
]


def main(rows: int) -> None:
    by, _created = User.objects.get_or_create(username="benchmark", is_staff=True)
    owner = f"Owner {uuid4()}"
    content = invented(rows)
    seconds: dict[str, float] = {}
    with acting(user=by):
        for time_of in ("the first list", "the next list"):
            content = content.replace(b"Prison 7", b"Prison 8")
            in_list = List(
                owner=owner, title="A list", kept_until=bringing.keep_until()
            )
            with timed(f"{time_of}: read", seconds):
                bringing.keep(in_list, content, "list.csv", by=by)
                table = bringing.table_of(in_list)
                bringing.read_rows(in_list, table, suggested(table))
                del table
            with timed(f"{time_of}: compare", seconds):
                for _count in compare(in_list):
                    pass
            with timed(f"{time_of}: accept", seconds):
                for _count in accepting.accept(in_list.rows.all(), by=by):
                    pass
        with timed("plain saves", seconds):
            save_plainly(rows)
    of_first = sum(
        taken for step, taken in seconds.items() if step.startswith("the first list")
    )
    print(f"{rows} rows: {of_first / seconds['plain saves']:.1f} times the plain saves")


@contextmanager
def timed(step: str, seconds: dict[str, float]) -> Iterator[None]:
    began = time.monotonic()
    yield
    seconds[step] = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{step}: {seconds[step]:.0f} s; {peak} MB at most so far", flush=True)


def invented(rows: int) -> bytes:
    chance = Random(1)
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    table.writerow(TITLES.split(";"))
    for number in range(rows):
        names = [
            "".join(chance.choices(SYLLABLES, k=3)).capitalize() for _part in range(2)
        ]
        year = chance.randint(2015, 2024)
        table.writerow(
            [
                f"B-{number}",
                " ".join(names),
                chance.choice(["male", "female"]),
                f"{chance.randint(1950, 2003)}",
                f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
                chance.choice(["130", "342", "293"]),
                f"Court {chance.randint(1, 30)}",
                f"{year + 1}-03-02",
                f"{chance.randint(1, 12)} years",
                f"Prison {chance.randint(1, 40)}",
                chance.choice(["", "", "2025-06-03"]),
            ]
        )
    return out.getvalue().encode()


def save_plainly(rows: int) -> None:
    for first in range(0, rows, accepting.AT_ONCE):
        with transaction.atomic():
            for number in range(first, min(first + accepting.AT_ONCE, rows)):
                save_one(number)


def save_one(number: int) -> None:
    case = Prisoner.objects.create(sex="male", born_on="1980")
    PersonName.objects.create(prisoner=case, value=f"Plain {number}")
    Detention.objects.create(prisoner=case, started_on="2020-03-02")
    Charge.objects.create(prisoner=case, article="342")
    Sentence.objects.create(
        prisoner=case, handed_down_on="2021-03-02", court="Court", term_months=12
    )
    Release.objects.create(prisoner=case, released_on="2025-06-03")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
