"""Whoever reads a document cannot tell what is withheld from what nobody knows, and of
a yes or no not which of them is withheld.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import models

from cases.aggregate import PARTS, ROOTS, Aggregate, row_of
from cases.catalogue import TARGETS, can_be_cited, target_of
from cases.disclosure.withholding import column_of, goes_whole
from cases.models import (
    ChargeDecision,
    Designation,
    DetentionOrder,
    FurtherPunishment,
    ListedName,
    NationalityChange,
    Sighting,
)
from cases.models.base import Record
from cases.models.fields import CodeField
from cases.publishing.rendering import render
from cases.withheld import known_fields
from tests.cases import aggregates
from tests.editions.kept import KINDS, read
from tests.editions.test_columns import AROUND
from tracker.audiences import PUBLIC
from tracker.contract.vocabulary import YesNo

Row = dict[str, Any]


def facts() -> Iterator[tuple[str, str, str]]:
    for kind in KINDS:
        for name in ("root", *(part.name for part in PARTS[kind])):
            model = model_of(kind, name)
            if can_be_cited(model):
                for fact in known_fields(model):
                    yield kind, name, fact


def model_of(kind: str, name: str) -> type[Record]:
    if name == "root":
        return ROOTS[kind]
    return next(part.model for part in PARTS[kind] if part.name == name)


def rows_of(case: Aggregate, name: str) -> list[Row]:
    return [case["root"]] if name == "root" else case[name]


def read_with(kind: str, name: str) -> Aggregate:
    """As it was kept; with a record of what came later, of which all is known."""
    case = read(kind)
    if name == "further_punishments":
        further = FurtherPunishment(
            sentence_id=UUID(case["sentences"][0]["id"]),
            punishment="fine",
            term_months=24,
            term_months_to=36,
            term_days=3,
            term_as_stated="two to three years",
            amount=3700,
            currency="BYN",
            particulars_as_stated="in instalments",
        )
        case[name] = [row_of(further)]
    if name == "listed_names":
        count_id = UUID(case["root"]["id"])
        listed = ListedName(
            reported_count_id=count_id, line=1, value="Thuya", said="of Yangon"
        )
        case[name] = [row_of(listed)]
    return case


def told(kind: str, case: Aggregate) -> Any:
    """What is stored for readers: the document, and what lists ask."""
    rendered = render(kind, UUID(case["root"]["id"]), case, deepcopy(case), AROUND)
    rows = rendered.rows[PUBLIC.name] or []
    texts = [row.text for row in rows if row.text]
    return [json.loads(text) for text in texts]


def withheld(kind: str, case: Aggregate, name: str, fact: str) -> Aggregate:
    case = deepcopy(case)
    for row in rows_of(case, name):
        facts = case["root"]["withheld"].setdefault(row["id"], {})
        facts[fact] = "internal"
    return case


def unknown(kind: str, case: Aggregate, name: str, fact: str) -> Aggregate:
    """Nobody entered it, and nobody is cited for it."""
    case = deepcopy(case)
    model = model_of(kind, name)
    target = f"{target_of(model)}_id"
    assert target.removesuffix("_id") in TARGETS
    for row in rows_of(case, name):
        column = column_of(row, fact)
        assert column is not None
        row[column] = empty(model, fact)
    case["citations"] = [
        citation
        for citation in case["citations"]
        if not (citation[target] and citation["field"] == fact)
    ]
    return case


LATER: dict[type[Record], Row] = {
    Designation: {
        "authority": "A ministry",
        "list_kind": "extremist",
        "list_as_stated": "A list",
        "country": "BY",
        "from_on": "2022",
        "to_on": "2023",
    },
    DetentionOrder: {
        "ordered_on": "2023-01",
        "from_on": "2023-01-15",
        "to_on": "2023-07-14",
        "authority": "A commander",
    },
    ChargeDecision: {
        "outcome": "acquitted",
        "decided_on": "2023-08-01",
        "instance": "appeal",
        "authority": "A regional court",
    },
    Sighting: {"how": "seen", "heard_on": "2024-05-20"},
    NationalityChange: {"country": "BY", "event": "deprived"},
}


def with_a_row_of_each_list(case: Aggregate) -> Aggregate:
    """The kept editions are older than some lists."""
    whole = deepcopy(case)
    for part in PARTS["prisoner"]:
        if whole.get(part.name) == [] and part.model is not FurtherPunishment:
            known = {"visibility": None, **LATER.get(part.model, {})}
            if part.model is DetentionOrder:
                known["detention_id"] = whole["detentions"][0]["id"]
            if part.model is ChargeDecision:
                known["charge_id"] = whole["charges"][0]["id"]
            whole[part.name] = [aggregates.row(part.model, str(uuid4()), **known)]
    return whole


def empty(model: type[Record], fact: str) -> Any:
    if fact not in {field.name for field in model._meta.concrete_fields}:
        return []
    field: Any = model._meta.get_field(fact)
    return None if field.null else field.get_default()


@pytest.mark.parametrize(("kind", "name", "fact"), [*facts()])
def test_what_is_withheld_looks_like_what_nobody_knows(
    kind: str, name: str, fact: str
) -> None:
    case = with_a_row_of_each_list(read_with(kind, name))
    first = rows_of(case, name)[0]
    if name != "root" and goes_whole(name, first, {fact}):
        return  # the whole record looks like none
    if fact == "owner_organisation":
        return  # it decides who sees the number: withheld, it stays decided
    kept = told(kind, withheld(kind, case, name, fact))
    assert kept == told(kind, unknown(kind, case, name, fact))


def yes_and_no() -> Iterator[tuple[str, str, str]]:
    for kind, name, fact in facts():
        fields = {field.name: field for field in model_of(kind, name)._meta.fields}
        field = fields.get(fact)
        is_code = isinstance(field, CodeField) and field.vocabulary is YesNo
        if is_code or isinstance(field, models.BooleanField):
            yield kind, name, fact


@pytest.mark.parametrize(("kind", "name", "fact"), [*yes_and_no()])
def test_of_a_yes_or_no_it_is_not_told_which_is_withheld(
    kind: str, name: str, fact: str
) -> None:
    answers = []
    is_code = isinstance(model_of(kind, name)._meta.get_field(fact), CodeField)
    for value in ("yes", "no") if is_code else (True, False):
        case = deepcopy(read(kind))
        for row in rows_of(case, name):
            row[fact] = value
        answers.append(told(kind, withheld(kind, case, name, fact)))
    assert answers[0] == answers[1]
