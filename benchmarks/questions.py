"""The worst question of every parameter that is accepted: how long does the database
work for it?

    python -m benchmarks.questions [CASES]

It makes cases in the database that DATABASE_URL names, and multiplies them there in SQL,
in the record and among what is published. Use one made for it. Then it asks the read
API (whose questions the pages ask, too), the editorial API and the admin, each
parameter with the dearest values that the rules of tracker/asking/lengths.py let
through, in every order. Beside each it says how many times a look-up of one row by its
key that is. Figures are in docs/decisions/names.md.
"""

import os
import sys
from collections.abc import Callable, Iterator
from uuid import uuid4

os.environ.setdefault("DATABASE_LOGIN", "owner")  # for ANALYZE
os.environ["REQUIRE_SECOND_FACTOR"] = "off"

from benchmarks import publishing  # isort: skip  # sets Django up

from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.db.models import Model
from django.test import Client

from cases import merging
from cases.models import DeskEntry, PersonName, Prisoner
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

COPY_RECORD = """
    INSERT INTO {table} ({columns}) SELECT {columns} FROM (
        SELECT (jsonb_populate_record(
            NULL::{table}, to_jsonb(made) || jsonb_build_object({changes}))).*
        FROM {table} AS made CROSS JOIN generate_series(1, %s) AS copy
    ) AS copies
"""
WRITABLE = """
    SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
    WHERE table_name = %s AND table_schema = current_schema()
    AND is_generated = 'NEVER'
"""
NEW_ID = "md5({column}::text || copy)::uuid"
COPY_PUBLISHED = """
    INSERT INTO tracker_public_document
    SELECT md5(id::text || copy)::uuid, kind, NULL, 10000000 + row_number() OVER (),
        changed_on, document, NULL, facts,
        CASE WHEN search_key > ''
            THEN search_key || ' k' || md5(copy::text || id::text) ELSE '' END,
        CASE WHEN copy %% 10 > 0 THEN md5(id::text || copy) END,
        CASE WHEN copy %% 3 > 0 THEN date '2020-01-01' + (copy * 7) %% 2000 END,
        copy %% 200, named
    FROM tracker_public_document CROSS JOIN generate_series(1, %s) AS copy
    WHERE document IS NOT NULL
"""
COPY_SPANS = """
    INSERT INTO tracker_public_span (of_id, fact, value, first_day, last_day)
    SELECT md5(of_id::text || copy)::uuid, fact, value, first_day, last_day
    FROM tracker_public_span CROSS JOIN generate_series(1, %s) AS copy
"""


def make(cases: int) -> None:
    publishing.make_cases(MADE)
    publish_pending()
    copies = cases // MADE - 1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model, changes in (
            (Prisoner, {"id": "id"}),
            (PersonName, {"id": "id", "prisoner_id": "prisoner_id"}),
            (DeskEntry, {"prisoner_id": "prisoner_id"}),
        ):
            table = model._meta.db_table
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(WRITABLE, [table])
            (columns,) = cursor.fetchone()
            cursor.execute(_copied(model, changes, columns), [copies])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute(COPY_PUBLISHED, [copies])
        cursor.execute(COPY_SPANS, [copies])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copied(model: type[Model], new_ids: dict[str, str], columns: str) -> str:
    """Without triggers: history and marks of copies are not what is measured."""
    pairs = []
    for name, column in new_ids.items():
        pairs.append(f"'{name}', {NEW_ID.format(column=column)}")
    if model is PersonName:
        pairs.append("'value', value || ' ' || left(md5(prisoner_id::text || copy), 9)")
    if model is DeskEntry:
        word = "left(md5(prisoner_id::text || copy), 9)"
        pairs.append(f"'search_key', search_key || ' ' || {word}")
    return COPY_RECORD.format(
        table=model._meta.db_table, columns=columns, changes=", ".join(pairs)
    )


def milliseconds(work: Callable[[], object]) -> float:
    """In which the database was at work. The less of two: the first may read from disk."""
    return min(_measured(work), _measured(work))


def _measured(work: Callable[[], object]) -> float:
    databases = [connections[alias] for alias in connections]
    for database in databases:
        database.force_debug_cursor = True
        database.queries_log.clear()
    work()
    seconds = 0.0
    for database in databases:
        for query in database.queries_log:
            seconds += float(query["time"])
    return 1000 * seconds


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
    for words in SEARCHES:
        yield "/api/editorial/v1/prisoners/", {"name": words}
        yield "/api/editorial/v1/person-names/", {"value_contains": words}
        yield "/admin/cases/prisoner/", {"q": words}
        yield "/admin/cases/personname/", {"q": words}
        yield "/admin/cases/sentence/", {"q": words}
        yield "/admin/autocomplete/", {**autocomplete, "term": words}


def main(cases: int) -> None:
    # Everything is published once.
    transaction.on_commit = lambda *args, **kwargs: None
    make(cases)
    reader = Client(SERVER_NAME="localhost")
    desk = Client(SERVER_NAME="localhost")
    desk.force_login(User.objects.create_superuser(f"measuring-{uuid4()}"))
    some_case = DeskEntry.objects.values_list("pk", flat=True)[0]
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

            def ask() -> None:
                answer = client.get(place, asked)  # noqa: B023
                assert answer.status_code == 200, (place, asked, answer.content)  # noqa: B023

            parameter = next(iter(asked))
            if "term" in asked:
                parameter = "term"
            duration = milliseconds(ask)
            key = f"{place}?{parameter}"
            if duration > worst.get(key, (-1.0, ""))[0]:
                words = f"{asked.get('ordering', '')} {asked[parameter]}"
                worst[key] = duration, words[:50]
    names = [" ".join(SEARCHES[4].split()), "Mikalai Person7"] * 10
    worst["a proposal: whose name is like it"] = (
        milliseconds(lambda: merging.named_like(names)),
        "",
    )
    worst["possible duplicates of a case"] = (
        milliseconds(lambda: merging.duplicates_of(some_case)),
        "",
    )
    worst["all possible duplicates"] = (milliseconds(merging.possible_duplicates), "")
    dearest_first = sorted(worst.items(), key=lambda line: -line[1][0])
    over = [line for line in dearest_first if line[1][0] > AIM]
    print(f"{len(worst)} parameters, {len(over)} over {AIM} ms; the dearest:")
    for key, (duration, words) in dearest_first[: max(SHOWN, len(over))]:
        print(f"{key:55} {duration:7.0f} ms {duration / look_up:7.0f} x   {words}")


if __name__ == "__main__":
    case_count = 20_000
    if len(sys.argv) > 1:
        case_count = int(sys.argv[1])
    main(case_count)
