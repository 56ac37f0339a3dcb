"""Where the editorial API and the read API have a filter of one name, it means the same:
it finds the same records, once all of them are published as they are.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.db.models import BooleanField, CharField, IntegerField
from django.http import QueryDict
from django.utils.http import urlencode

from cases.catalogue import TARGETS, citable_fields
from cases.desk.api import filters
from cases.desk.api.urls import router
from cases.models import (
    CourtCase,
    Deportation,
    Facility,
    Prisoner,
    ReleaseEvent,
    ReportedCount,
    Sentence,
    Source,
)
from cases.models.base import Record
from cases.models.dates import EDTFField
from cases.models.fields import CodeField, CodesField
from cases.models.texts import TextByLanguage
from cases.publishing import publish_pending
from tests import factories as make
from tracker.asking.filters import FILTERS
from tracker.audiences import PUBLIC

pytestmark = pytest.mark.django_db

DAYS = ("1980-05-20", "2020-08-09", "2025-09-10", "2025-12-31")
NUMBERS = ("0", "48", "60")
UNKNOWN = 2  # of the third record of each kind nothing is known
# Not any words will do, and bounds are of words alone.
LEFT_OUT = {"url", "archived_url", "sha256", "file_name", "lowest", "highest"}


def shared() -> Iterator[tuple[str, str]]:
    """(kind of document, name of the filter)"""
    for kind, questions in FILTERS.items():
        for name in questions.base_filters.keys() & of_desk(kind).base_filters.keys():
            yield kind, name


def of_desk(kind: str) -> type[filters.RecordFilters]:
    target = "about_source" if kind == "source" else kind
    return viewset_of(TARGETS[target]).filterset_class


def viewset_of(model: Any) -> Any:
    viewsets: list[Any] = [viewset for _noun, viewset, _name in router.registry]
    return next(viewset for viewset in viewsets if viewset.queryset.model is model)


def filled(model: type[Record], number: int) -> dict[str, Any]:
    """Something for each fact of a record, something else for that of the second; of
    the third nothing is known.
    """
    values = {}
    for name, field in citable_fields(model).items():
        if not (field.is_relation or name in LEFT_OUT):
            values[name] = _value(field, number)
    return {name: value for name, value in values.items() if value is not None}


def _value(field: Any, number: int) -> Any:
    if number == UNKNOWN:
        return None
    match field:
        case CodeField(vocabulary=type() as codes):
            return codes.values[number]
        case CodesField(vocabulary=type() as codes):
            return codes.values[: number + 1]
        case EDTFField():
            return ["2020-08", "2025"][number]
        case BooleanField():
            return bool(number)
        case IntegerField():
            return [48, 60][number]
        case TextByLanguage():
            return {"en": f"Text {number}"}
        case CharField(name="currency"):
            return ["BYN", "EUR"][number]
        case CharField(name="coordinates"):
            return None  # nobody is asked for them, and only official places have them
        case CharField():
            return f"Words {number}, and more"
    return None


def make_world() -> None:
    """Three of each kind that differ in all that can be asked."""
    public: dict[str, Any] = {"visibility": "public"}
    originals: list[Source] = []
    accused: Prisoner | None = None
    for number in range(3):
        own = {**filled(Source, number), "title": f"Report {number}", **public}
        source = make.make_source(**own)
        source.derived_from.add(*originals)
        originals.append(source)
        make.make_facility(**filled(Facility, number), **public)
        own = {**filled(ReleaseEvent, number), "title": f"Release {number}", **public}
        event = make.make_release_event(**own)
        case = _make_case(number, **public)
        # Readers are told of a court case through somebody with a name.
        accused = accused or case
        own = {"number": "Another", **filled(CourtCase, number), **public}
        court_case = make.make_court_case(**own)
        make.make_prosecution(accused, court_case)
        own = {"measure": "released", "value": 52, **filled(ReportedCount, number)}
        if number != UNKNOWN:
            own["court_case"] = court_case
        make.make_count(**own, **public, release_event=event)


def _make_case(number: int, **public: Any) -> Prisoner:
    own = filled(Prisoner, number)
    if number != UNKNOWN:
        own["born_on"] = ["1980-05", "1990"][number]  # of a child, less would be seen
    case = make.make_prisoner(**own, **public, name_withheld=number == UNKNOWN)
    own = filled(Sentence, number)
    own.setdefault("punishment", None)
    make.make_sentence(case, **own)
    make.make_deportation(case, **filled(Deportation, number))
    return case


def queries(kind: str, name: str) -> Iterator[str]:
    """Each value that occurs, two at once, and both ways to give two."""
    of_name = of_desk(kind).base_filters[name]
    if isinstance(of_name, filters.DayFilter):
        yield from (urlencode({name: day}) for day in DAYS)
        return
    if isinstance(of_name, filters.NumberFilter):
        yield from (urlencode({name: number}) for number in NUMBERS)
        return
    values = list(_occurring(kind, of_name))
    yield from (urlencode({name: value}) for value in values)
    for one, other in product(values, values):
        yield urlencode({name: [one, other]}, doseq=True)
        yield urlencode({name: f"{one},{other}"})


def _occurring(kind: str, of_name: Any) -> Iterator[str]:
    found = of_desk(kind)._meta.model._default_manager.values_list(
        of_name.field_name, flat=True
    )
    values = set()
    for value in found:
        values |= set(value) if isinstance(value, list) else {value}
    for value in sorted(values - {None, ""}, key=str)[:3]:
        yield str(value).lower() if isinstance(value, bool) else str(value)


def answer_of_desk(kind: str, query: str) -> set[str]:
    asked = of_desk(kind)
    found = asked(QueryDict(query), asked._meta.model._default_manager.all())
    assert found.is_valid(), found.errors
    return {str(record.pk) for record in found.qs}


def answer_of_read_api(kind: str, query: str) -> set[str]:
    found = FILTERS[kind](QueryDict(query), PUBLIC.documents(kind))
    assert found.is_valid(), found.errors
    return {str(row.id) for row in found.qs}


def test_a_filter_that_both_have_finds_the_same(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False
    make_world()
    publish_pending()
    compared = 0
    for kind, name in shared():
        everything = answer_of_read_api(kind, "")
        answers = []
        for query in queries(kind, name):
            answer = answer_of_desk(kind, query) & everything
            assert answer == answer_of_read_api(kind, query), (kind, query)
            answers.append(answer)
        assert any(found and found != everything for found in answers), (kind, name)
        compared += 1
    assert compared > 40
