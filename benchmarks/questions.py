"""The worst question of every parameter that is accepted: how long does the database
work for it?

    python -m benchmarks.questions [CASES [PART OF AN ADDRESS]]

It makes cases in the database that DATABASE_URL names, and multiplies them there in SQL,
in the record. As many are published beside them, which differ in all that can be asked
(tests/crowd.py). Use a database made for it; where it made them before, it asks only.
Then it asks the read API (whose questions the pages ask, too), the editorial API and the
admin, each parameter with the dearest values that the rules of
tracker/asking/lengths.py let through, in every order. Beside each it says how many times a look-up of one row by its
key that is. Figures are in docs/decisions/names.md.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

os.environ.setdefault("DATABASE_LOGIN", "owner")  # for ANALYZE
os.environ["REQUIRE_SECOND_FACTOR"] = "off"
# All that a question costs is in one process, whose time can be read.
os.environ.setdefault("PGOPTIONS", "-c max_parallel_workers_per_gather=0")

from benchmarks import publishing  # isort: skip  # sets Django up

from tests import crowd  # isort: skip
from tests.sessions import as_a_browser  # isort: skip

from django.contrib.admin import site
from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from benchmarks import multiplying
from cases import merging
from cases.models import (
    DeskEntry,
    Detention,
    Identifier,
    PersonName,
    Prisoner,
    Release,
    Sentence,
    Source,
    WaitingCase,
)
from cases.publishing import publish_pending
from tracker.asking import questions as kinds
from tracker.asking.filters import FILTERS
from tracker.asking.lengths import LONGEST, MOST_VALUES, MOST_WORDS
from tracker.audiences import PUBLIC
from tracker.contract.documents import PLACES

MADE = 200  # cases; the rest are copies
AIM = 250  # milliseconds
SHOWN = 15

# Beginnings that every key has, that none has, and words that are long.
SEARCHES = [
    "m",
    "x",
    " ".join("mpmpmpmpmp"),
    " ".join("qwertyuiop"),
    " ".join(["mikalai"] * MOST_WORDS),
    " ".join([*["mikalai"] * (MOST_WORDS - 1), "nobody"]),
    "ab" * (LONGEST // 2),
    " ".join(["abcdefghijklmnopqrs"] * MOST_WORDS),
]

# Parts of texts at the editorial API: of names and of all that a source is found by.
CONTAINED = [
    ("person-names", "value_contains"),
    ("identifiers", "value_contains"),
    ("sources", "title_contains"),
    ("sources", "url_contains"),
    ("sentences", "court_contains"),
]

# Two by two they have one word more, which the others have not.
TWINS = "left(md5({column}::text || copy / 2), 9)"
TEXTS: dict[type[Model], dict[str, str]] = {
    PersonName: {"value": f"value || ' ' || {TWINS.format(column='prisoner_id')}"},
    DeskEntry: {
        "search_key": f"search_key || ' ' || {TWINS.format(column='prisoner_id')}",
        "names_key": f"regexp_replace(names_key, '(\n|$)', ' ' ||"
        f" {TWINS.format(column='prisoner_id')} || E'\\n', 'g')",
        "compared_key": "NULL::text",
    },
    Identifier: {"value": "value || '/' || copy"},
    Source: {"title": f"title || ' ' || {TWINS.format(column='id')}"},
}
COPIED: list[type[Model]] = [
    Prisoner,
    PersonName,
    Identifier,
    Detention,
    Sentence,
    Release,
    Source,
    DeskEntry,
    WaitingCase,
]


def make(cases: int) -> None:
    publishing.make_cases(MADE)
    _make_more()
    publish_pending()
    copies = cases // MADE - 1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in COPIED:
            with multiplying.without_triggers(cursor, model):
                multiplying.copy(cursor, model, COPIED, copies, TEXTS.get(model))
        published = PUBLIC.documents("prisoner").values_list("document", flat=True)
        crowd.publish(cases, str(published[0]))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    publish_pending()  # it compares the names
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _make_more() -> None:
    """A source and a number for each case; all wait for review."""
    prisoners = Prisoner.objects.all()
    sources = []
    numbers = []
    waiting = []
    for number, case in enumerate(prisoners):
        title = f"Mikalai is in prison, says his wife {number}"
        address = f"https://news.example/2025/{number}"
        sources.append(Source(title=title, publisher="Nashe News", url=address))
        numbers.append(Identifier(prisoner=case, scheme="court", value=f"1-{number}"))
        waiting.append(
            WaitingCase(
                root_kind="prisoner",
                root_id=case.pk,
                version=case.version,
                changes=["new"],
                visibility="public",
                editors=["ada"],
            )
        )
    Source.objects.bulk_create(sources)
    Identifier.objects.bulk_create(numbers)
    WaitingCase.objects.bulk_create(waiting)


def milliseconds(work: Callable[[], object]) -> float:
    """In which the database was at work. The less of two: the first may read from disk."""
    return min(_measured(work), _measured(work))


def _measured(work: Callable[[], object]) -> float:
    """Of the processor, where the database is on this machine and the system tells:
    what else the machine does counts little.
    """
    databases = [connections[alias] for alias in connections]
    for database in databases:
        database.force_debug_cursor = True
        database.queries_log.clear()
    before = _processor_time()
    work()
    after = _processor_time()
    if after:
        total = 0.0
        for process, spent in after.items():
            total += spent - before.get(process, 0.0)
        return total
    seconds = 0.0
    for database in databases:
        for query in database.queries_log:
            seconds += float(query["time"])
    return 1000 * seconds


def _processor_time() -> dict[int, float]:
    """Milliseconds of each process of PostgreSQL that serves this one."""
    spent = {}
    for alias in connections:
        session: Any = connections[alias].connection
        if session is None or session.closed:
            continue
        process = session.info.backend_pid
        told = Path(f"/proc/{process}/schedstat")
        if told.exists():
            spent[process] = int(told.read_text().split()[0]) / 1e6
    return spent


def asked_of_lists() -> Iterator[tuple[str, dict[str, str | list[str]]]]:
    for kind, questions in FILTERS.items():
        for name, question in questions.base_filters.items():
            for value in _dear_values(question):
                asked = {name: value}
                if name == "status_on":
                    asked["status"] = "imprisoned"
                for order in questions.orderings:
                    for sign in ("", "-"):
                        place = f"/api/v1/{PLACES[kind]}/"
                        yield place, {**asked, "ordering": sign + order, "limit": "100"}


def _dear_values(question: object) -> list[str | list[str]]:
    match question:
        case kinds.Search():
            return [*SEARCHES]
        case kinds.Codes():
            codes = [str(code) for code in question.vocabulary.values]
            return [codes[:MOST_VALUES], codes[-1]]
        case kinds.Flag():
            return [["true", "false"], "true"]
        case kinds.Ids():
            return [[str(uuid4()) for _number in range(MOST_VALUES)]]
        case kinds.Identifiers():
            return [[f"nobody:{number}" for number in range(MOST_VALUES)]]
        case kinds.Texts():
            return [[f"Nowhere {number}" for number in range(MOST_VALUES)]]
        case kinds.AtLeast():
            return ["0", "100000"]
    return ["1900-01-01", "2026-01-01", "2100-01-01"]


def asked_of_the_desk() -> Iterator[tuple[str, dict[str, str]]]:
    autocomplete = {
        "app_label": "cases",
        "model_name": "prisoner",
        "field_name": "merged_into",
    }
    yield "/admin/", {}
    yield "/admin/cases/prisoner/duplicates/", {}
    for words in SEARCHES:
        yield "/api/editorial/v1/prisoners/", {"name": words}
        for noun, parameter in CONTAINED:
            yield f"/api/editorial/v1/{noun}/", {parameter: words}
        for model, model_admin in site._registry.items():
            if model_admin.search_fields and model._meta.app_label != "auth":
                name = f"{model._meta.app_label}_{model._meta.model_name}"
                yield reverse(f"admin:{name}_changelist"), {"q": words}
        yield "/admin/autocomplete/", {**autocomplete, "term": words}
        yield "/admin/cases/prisoner/known/", {"term": words}


def main(cases: int, part: str) -> None:
    # Everything is published once.
    transaction.on_commit = lambda *args, **kwargs: None
    if not Prisoner.objects.exists():
        make(cases)
    as_a_browser()
    reader = Client(SERVER_NAME="localhost")
    desk = Client(SERVER_NAME="localhost")
    desk.force_login(User.objects.create_superuser(f"measuring-{uuid4()}"))
    row = PUBLIC.documents("prisoner").values_list("id", flat=True)[0]
    look_up = max(
        milliseconds(
            lambda: [PUBLIC.documents("prisoner").get(pk=row) for _n in range(20)]
        )
        / 20,
        0.05,
    )
    print(f"{Prisoner.objects.count()} cases; one row by its key: {look_up:.2f} ms")
    worst: dict[str, tuple[float, str]] = {}
    for client, all_asked in ((reader, asked_of_lists()), (desk, asked_of_the_desk())):
        for place, asked in all_asked:
            if part not in place:
                continue
            status = set()

            def ask() -> None:
                answer = client.get(place, asked)  # noqa: B023
                # 400: it would find too much.
                assert answer.status_code in {200, 400}, (place, asked, answer.content)  # noqa: B023
                status.add(answer.status_code)  # noqa: B023

            parameter = next(iter(asked), "")
            if "term" in asked:
                parameter = "term"
            duration = milliseconds(ask)
            key = f"{place}?{parameter}"
            if duration > worst.get(key, (-1.0, ""))[0]:
                words = f"{asked.get('ordering', '')} {asked.get(parameter, '')}"
                worst[key] = duration, f"{status} {words}"[:50]
    if not part:
        worst |= asked_by_itself()
    dearest_first = sorted(worst.items(), key=lambda line: -line[1][0])
    over = [line for line in dearest_first if line[1][0] > AIM]
    print(f"{len(worst)} parameters, {len(over)} over {AIM} ms; the dearest:")
    for key, (duration, words) in dearest_first[: max(SHOWN, len(over))]:
        print(f"{key:55} {duration:7.0f} ms {duration / look_up:7.0f} x   {words}")


def asked_by_itself() -> dict[str, tuple[float, str]]:
    some_case = DeskEntry.objects.values_list("pk", flat=True)[0]
    names = [" ".join(SEARCHES[4].split()), "Mikalai Person7"] * 10
    asked: dict[str, Callable[[], object]] = {
        "a proposal: whose name is like it": lambda: merging.named_like(names),
        "possible duplicates of a case": lambda: merging.duplicates_of(some_case),
        "all possible duplicates": merging.possible_duplicates,
    }
    return {what: (milliseconds(work), "") for what, work in asked.items()}


if __name__ == "__main__":
    case_count = 20_000
    if len(sys.argv) > 1:
        case_count = int(sys.argv[1])
    only = ""
    if len(sys.argv) > 2:
        only = sys.argv[2]
    main(case_count, only)
