"""Eight who write into one record at once: through the models, the editorial API and
SQL.

    python -m tests.hammer.writers SECONDS SEED

Transactions are short and long, some are rolled back, some meet in a deadlock. What was
done is printed as JSON. On a slow machine they go on for a minute more, until
everything that MUST be was done once.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import django

django.setup()

from django.core.exceptions import ValidationError  # noqa: E402
from django.db import DatabaseError, connection, connections, transaction  # noqa: E402

from cases import merging  # noqa: E402
from cases.models import Prisoner, Sentence, Source  # noqa: E402
from cases.review.approving import StaleVersion  # noqa: E402
from tests import factories as make  # noqa: E402
from tests.cases.editorial import Desk  # noqa: E402
from tests.sessions import as_a_browser  # noqa: E402

as_a_browser()

WRITERS = 8
CASES = 60  # there are already when they begin
VISIBILITIES = ("public", "public", "public", "partners", "internal")
REASON = {"X-Change-Reason": "hammered"}
LONGEST_PAUSE = 0.6  # seconds that a transaction stays open between two changes
ROLLED_BACK = 0.15
MUST = {"through_models", "through_sql", "API 200", "merged", "Thrown"}
LONGER = 60  # seconds


class Thrown(Exception):
    """This transaction is rolled back on purpose."""


class Writer:
    def __init__(self, seed: int, done: Counter[str]) -> None:
        self.random, self.done = Random(seed), done
        self.desk = Desk(SERVER_NAME="localhost")

    def go_on(self, until: float) -> None:
        ways = (self.through_models, self.through_sql, self.through_api)
        while time.monotonic() < until or not (
            self.done.keys() >= MUST or time.monotonic() > until + LONGER
        ):
            way = self.random.choice(ways)
            try:
                way()
                self.done[way.__name__] += 1
            except (
                Thrown,
                DatabaseError,
                ValidationError,
                StaleVersion,
                merging.MergeRefused,
            ) as error:
                self.done[type(error).__name__] += 1
        connections.close_all()

    # --- Three ways ----------------------------------------------------------------------------------------------

    def through_models(self) -> None:
        steps = (
            self.create,
            self.create,
            self.edit,
            self.sentence,
            self.show_or_hide,
            self.hide_source,
            self.merge,
        )
        self._transaction((*steps, self.delete))

    def through_sql(self) -> None:
        self._transaction((self.update_by_sql, self.hide_by_sql, self.delete_by_sql))

    def through_api(self) -> None:
        """Each request is a transaction of its own, and publishes when it is done."""
        if case := self.any_case():
            path = f"prisoners/{case.pk}/"
            change = self.random.choice(
                ({"affiliation": self.word()}, {"visibility": self.visibility()})
            )
            response = self.desk.patch(
                path,
                change,
                str(self.desk.get(path).headers.get("ETag", '"0"')),
                **REASON,
            )
            self.done[f"API {response.status_code}"] += 1
            self.desk.post(
                "sentences/", {"prisoner": str(case.pk), "term_months": 12}, **REASON
            )

    def _transaction(self, steps: tuple[Callable[[], Any], ...]) -> None:
        with transaction.atomic():
            for _step in range(self.random.randint(1, 4)):
                self.random.choice(steps)()
                time.sleep(LONGEST_PAUSE * self.random.random() ** 4)
            if self.random.random() < ROLLED_BACK:
                raise Thrown

    # --- What is done --------------------------------------------------------------------------------------------

    def create(self) -> None:
        case = make.make_prisoner(self.word(), visibility=self.visibility())
        make.make_citation(case, "sex", Source.objects.order_by("?").first())

    def edit(self) -> None:
        if case := self.any_case():
            case.affiliation = self.word()
            case.save()

    def sentence(self) -> None:
        if case := self.any_case():
            make.make_sentence(case, term_months=self.random.randint(1, 200))

    def show_or_hide(self) -> None:
        if case := self.any_case():
            Prisoner.objects.filter(pk=case.pk).update(visibility=self.visibility())

    def hide_source(self) -> None:
        source = self.random.choice(list(Source.objects.all()))
        Source.objects.filter(pk=source.pk).update(visibility=self.visibility())

    def delete(self) -> None:
        if case := self.any_case():
            case.delete()

    def merge(self) -> None:
        kept, merged = self.any_case(), self.any_case()
        if kept and merged and kept != merged:
            merging.merge(
                kept.pk,
                merged.pk,
                seen_versions=(kept.version, merged.version),
                reason="one person",
            )
            self.done["merged"] += 1

    def update_by_sql(self) -> None:
        self.sql(
            "UPDATE cases_prisoner SET affiliation = %s, updated_at = now() WHERE id = %s",
            self.word(),
        )

    def hide_by_sql(self) -> None:
        self.sql(
            "UPDATE cases_prisoner SET visibility = %s, updated_at = now() WHERE id = %s",
            self.visibility(),
        )

    def delete_by_sql(self) -> None:
        sentence = (
            Sentence.objects.filter(prisoner__merged_into=None).order_by("?").first()
        )
        if sentence:
            self.sql("DELETE FROM cases_sentence WHERE id = %s", of=sentence)

    def sql(self, statement: str, *values: Any, of: Any = None) -> None:
        if record := of or self.any_case():
            with connection.cursor() as cursor:
                cursor.execute(statement, [*values, record.pk])

    def any_case(self) -> Prisoner | None:
        return Prisoner.objects.filter(merged_into=None).order_by("?").first()

    def word(self) -> str:
        return f"Word {self.random.randrange(10**9)}"

    def visibility(self) -> str:
        return self.random.choice(VISIBILITIES)


def main(seconds: float, seed: int) -> None:
    for _source in range(5):
        make.make_source(visibility="public")
    done = Counter[str]()
    writers = [Writer(seed + number, done) for number in range(WRITERS)]
    with transaction.atomic():
        for _case in range(CASES):
            writers[0].create()
    until = time.monotonic() + seconds
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda one: one.go_on(until), writers))
    print(json.dumps(done))


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
