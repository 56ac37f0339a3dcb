"""How many cases a second the gate publishes, on one core:

    python -m benchmarks.publishing [CASES]

It makes cases in the database that DATABASE_URL names. Use one made for it, and migrate
it with REQUIRE_REVIEW=off: that saving approves is stored there. It publishes them,
looks at them all anew, and publishes one change to each, then to some one by one. For
comparison, it then stores the same documents without a gate, by one `update_or_create` each, as a hand-made
publisher would. Figures are in docs/decisions/publishing.md.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_LOGIN", "owner")  # it edits, and it publishes
os.environ["REQUIRE_REVIEW"] = "off"

import django

django.setup()

from django.db import transaction

from cases.models import (
    Citation,
    Deportation,
    Detention,
    PersonName,
    Placement,
    Prisoner,
    Release,
    Sentence,
    Source,
)
from cases.publishing import mark_everything, publish_pending
from tracker.models import PublicDocument


def make_cases(count: int) -> None:
    with transaction.atomic():
        source = Source.objects.create(title="News", visibility="public")
        for number in range(count):
            make_case(number, source)


def make_case(number: int, source: Source) -> None:
    """A case as large as the seeds' cases.

    It has three names, a detention with a placement, a sentence, a release, a
    deportation and eight citations.
    """
    case = Prisoner.objects.create(
        visibility="public", citizenships=["BY"], occupations=["journalist"]
    )
    citations = []
    for spelling in range(3):
        name = PersonName.objects.create(
            prisoner=case,
            value=f"Mikalai Person{number} {spelling}",
            preferred=not spelling,
        )
        citations.append(Citation(source=source, person_name=name))
    detention = Detention.objects.create(
        prisoner=case, ended_on="2025-09-11", ground="serving_sentence"
    )
    Placement.objects.create(detention=detention, conditions=["solitary_confinement"])
    sentence = Sentence.objects.create(
        prisoner=case, term_months=60, punishment="imprisonment"
    )
    release = Release.objects.create(
        prisoner=case, released_on="2025-09-11", ground="pardon"
    )
    Deportation.objects.create(
        prisoner=case, release=release, outcome="expelled", to_country="LT"
    )
    citations.append(Citation(source=source, sentence=sentence))
    citations.append(Citation(source=source, release=release))
    for _ in range(3):
        citations.append(Citation(source=source, prisoner=case))
    Citation.objects.bulk_create(citations)


def timed(what: str, count: int, work: Callable[[], object]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(
        f"{what:45} {count / wall:8.0f} cases/s"
        f"   {count / cpu:8.0f} cases/s of Python's own time"
    )


ONE_BY_ONE = 50


def change_one_by_one() -> None:
    """As when somebody saves one case after the other."""
    for case in Prisoner.objects.order_by("id")[:ONE_BY_ONE]:
        Prisoner.objects.filter(pk=case.pk).update(affiliation="union")
        publish_pending()


def store_without_a_gate() -> None:
    prisoners = PublicDocument.objects.filter(kind="prisoner")
    for document_id, text in prisoners.values_list("id", "document"):
        PublicDocument.objects.update_or_create(
            id=document_id, defaults={"document": text}
        )


def main(count: int) -> None:
    transaction.on_commit = lambda *args, **kwargs: None  # the gate is run below
    make_cases(count)
    timed("publish for the first time", count, publish_pending)
    mark_everything()
    timed("look at all anew, nothing changed", count, publish_pending)
    Prisoner.objects.update(affiliation="party")
    timed("publish one change to each", count, publish_pending)
    timed("the same, each case by itself", ONE_BY_ONE, change_one_by_one)
    timed("update_or_create of the same, for comparison", count, store_without_a_gate)


if __name__ == "__main__":
    case_count = 1000
    if len(sys.argv) > 1:
        case_count = int(sys.argv[1])
    main(case_count)
