"""A column that editions lack, because it was added to the models later, stops nothing:
the case is published, and what is narrowed goes, and nothing else does.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from cases import editions
from cases.aggregate import Aggregate
from cases.disclosure.surroundings import Surroundings
from cases.publishing.rendering import render
from tests.editions.kept import KINDS, forms, places, read, without
from tracker.audiences import AUDIENCES, PUBLIC

Document = dict[str, Any]
# Without these a record has no identity, or an audience none of the case.
NEVER_LATER = {"id", "visibility"}


def everything_is_published() -> Surroundings:
    cases = {kind: read(kind) for kind in KINDS}
    sources: dict[str, Any] = {}
    claimants: dict[str, Any] = {}
    for case in cases.values():
        claimants |= case["claimants"]
        for source_id, row in case["sources"].items():
            sources[source_id] = row
    shown = {case["root"]["id"] for case in cases.values()}
    return Surroundings(
        frozenset(shown), frozenset(shown), sources, claimants, today=date.today()
    )


AROUND = dict.fromkeys(AUDIENCES, everything_is_published())


def document(kind: str, then: Aggregate, now: Aggregate) -> Document | None:
    rendered = render(kind, UUID(now["root"]["id"]), then, now, AROUND)
    rows = rendered.rows[PUBLIC.name]
    return json.loads(rows[0].text) if rows and rows[0].text else None


def records(document: Any) -> Iterator[str]:
    """The ids of the case, its parts and its citations."""
    if isinstance(document, dict):
        if "id" in document and "hedge" not in document.get("record", {}):
            yield document["id"]
        for name, value in document.items():
            if name != "record":
                yield from records(value)
    if isinstance(document, list):
        for value in document:
            yield from records(value)


def narrowed(case: Aggregate, name: str) -> tuple[Aggregate, set[str]]:
    """The case with the first of a list hidden, and the ids of what goes with it."""
    less = deepcopy(case)
    part = less[name][0]
    part["visibility"] = "internal"
    gone = {part["id"]}
    for citation in less["citations"]:
        if part["id"] in citation.values():
            gone.add(citation["id"])
    return less, gone


LATER = [
    pytest.param(kind, form, name, column, id=f"{kind}-{form}-{name}-{column}")
    for kind in KINDS
    for form in forms()
    for name, column in places(kind, form)
    if not (column == "id" or (name == "root" and column in NEVER_LATER))
]


@pytest.mark.parametrize(("kind", "form", "name", "column"), LATER)
def test_a_column_added_later_stops_no_publishing_and_no_withdrawal(
    kind: str, form: int, name: str, column: str
) -> None:
    then = editions.read(kind, without(kind, name, column, form))
    now = read(kind, form)
    before = document(kind, then, now)
    assert before is not None
    of_a_prisoner = kind == "prisoner" and name != "citations"
    less, gone = narrowed(now, "charges" if of_a_prisoner else "citations")
    after = document(kind, then, less)
    assert after is not None
    assert set(records(after)) == set(records(before)) - gone


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_added_later_stops_nothing(kind: str) -> None:
    for name in set(read(kind)) - {"root"}:
        snapshot = dict(read(kind))
        del snapshot[name]
        then = editions.read(kind, snapshot)
        assert document(kind, then, read(kind)) is not None


def test_without_knowing_who_may_see_the_case_nobody_is_shown_it() -> None:
    then = editions.read("prisoner", without("prisoner", "root", "visibility"))
    assert document("prisoner", then, read("prisoner")) is None


def test_what_the_record_has_meanwhile_is_published_once_it_is_approved() -> None:
    then = editions.read("prisoner", without("prisoner", "root", "affiliation"))
    now = read("prisoner")
    assert now["root"]["affiliation"]
    shown = document("prisoner", then, now)
    approved = document("prisoner", now, now)
    assert shown is not None
    assert approved is not None
    assert shown["affiliation"] is None
    assert approved["affiliation"] == now["root"]["affiliation"]
