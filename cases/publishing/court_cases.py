"""Court cases follow the documents of the people in them."""

from collections.abc import Collection
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from cases.models import CourtCase, Mark, Prisoner, Prosecution
from cases.statements import Statement
from tracker.audiences import AUDIENCES, Audience

# Each is called with the rank that alone is not to see it any more: hold_back().
_HOLD_BACK = "SELECT hold_back(id, %s, %s, FALSE) FROM unnest(%s::uuid[]) AS id"


def follow(people: Collection[UUID]) -> None:
    """Of these the documents may tell of other court cases than before: all that they
    are in are looked at. Of one that names somebody who is no longer told in it, nobody
    sees anything until it is written anew.
    """
    followed = {court_case_id for (court_case_id,) in _ties(people)}
    for rank, audience in enumerate(reversed(AUDIENCES), start=1):
        names_by_court_case = dict(_naming(audience)(people))
        if not names_by_court_case:
            continue
        documents = audience.document_model._default_manager.exclude(document=None)
        telling = documents.filter(kind=Prisoner.kind, id__among=people)
        told = dict(telling.values_list("id", "named"))
        stale = []
        for court_case_id, named in names_by_court_case.items():
            followed.add(court_case_id)
            in_it = set(named).intersection(people)
            if any(court_case_id not in told.get(person, ()) for person in in_it):
                stale.append(court_case_id)
        if stale:
            with connection.cursor() as cursor:
                cursor.execute(_HOLD_BACK, [rank, rank - 1, stale])
    Mark.objects.bulk_create(
        Mark(root_kind=CourtCase.kind, root_id=court_case_id)
        for court_case_id in followed
    )


@Statement
def _ties(people: Collection[UUID]) -> Any:
    ties = Prosecution.objects.filter(prisoner__among=people)
    return ties.values_list("court_case")


@cache
def _naming(audience: Audience) -> Statement:
    """The court cases that name some of these people."""
    rows: Any = audience.document_model._default_manager.exclude(document=None)
    rows = rows.filter(kind=CourtCase.kind).values_list("id", "named")
    return Statement(lambda ids: rows.filter(named__any_among=ids))
