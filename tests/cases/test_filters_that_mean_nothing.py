"""A filter of the desk that has no value, or one that it cannot have, never answers with
everything as if that had been asked.
"""

import pytest
from django.contrib import admin
from django.test import Client

from cases.desk.admin.filters import OwnFilter, RelatedFilter
from cases.desk.api import filters
from cases.desk.api.urls import router
from cases.desk.choosing import ChoiceFilter
from tests import factories as make
from tests.cases.editorial import Desk, errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]
LIST = "/admin/cases/prisoner/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture(autouse=True)
def somebody() -> None:
    make.make_prisoner("Ales Example", sex="male")


def listed(desk: Client, question: str) -> int:
    answer = desk.get(f"{LIST}?{question}")
    assert answer.status_code == 200
    return int(answer.context["cl"].result_count)


def refusal(desk: Client, question: str) -> str:
    answer = desk.get(f"{LIST}?{question}", follow=True)
    assert answer.status_code == 400, question
    return str(answer.text)


@pytest.mark.parametrize(
    "question",
    [
        "status=",
        "sex__is=",
        "occupations__has=",
        "detentions__started_on__year=",
        "detentions__placements__facility__id__exact=",
        "todo=&waits=&hidden=",
    ],
)
def test_without_a_value_nothing_is_asked(desk: Client, question: str) -> None:
    assert listed(desk, question) == 1


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("status=x", "Status: “x” is not one of: "),
        ("todo=x", "To do: “x” is not one of: "),
        ("not_heard_of_for=7", "Not heard of for: “7” is not one of: 1, "),
        ("hidden=x", "Hidden at once: “x” is not one of: yes."),
        ("waits=maybe", "Waits for review: “maybe” is not one of: yes, no."),
        ("open_questions=x", "Open questions: “x” is not one of: yes, no"),
        ("sex__is=x", "Sex: “x” is not one of: female, male, other"),
        ("occupations__has=x", "Occupations: “x” is not one of: "),
        ("detentions__started_on__year=x", "“x” is not one of: "),
    ],
)
def test_what_is_no_choice_lists_nobody_and_is_named(
    desk: Client, question: str, said: str
) -> None:
    assert said in refusal(desk, question)


def test_nothing_is_changed_by_a_filter_that_means_nothing(desk: Client) -> None:
    answer = desk.get(f"{LIST}visibility/?todo=x")
    assert answer.status_code == 400


def test_what_the_list_cannot_read_is_refused_and_not_left_out(desk: Client) -> None:
    assert "Choose the filters anew" in refusal(
        desk, "detentions__placements__facility__id__exact=x"
    )


def test_a_code_or_year_that_nobody_has_lists_nobody(desk: Client) -> None:
    assert listed(desk, "occupations__has=lawyer") == 0
    assert listed(desk, "detentions__started_on__year=1800") == 0


def test_a_place_where_nobody_is_held_any_more_can_be_asked_for(desk: Client) -> None:
    case = make.make_prisoner("Once Held")
    detention = make.make_detention(case, started_on="2001", ended_on="2002")
    placement = make.make_placement(detention, facility=make.make_facility())
    place = f"detentions__placements__facility__id__exact={placement.facility_id}"
    assert listed(desk, place) == 1


def test_all_choices_of_lists_are_asked_in_one_of_these_ways() -> None:
    """Or the next filter answers with everything again."""
    for model_admin in admin.site._registry.values():
        for filtered in model_admin.list_filter:
            way = filtered[1] if isinstance(filtered, tuple) else filtered
            if isinstance(way, type) and not way.__module__.startswith("django."):
                assert issubclass(way, ChoiceFilter | OwnFilter | RelatedFilter), way
                assert not (issubclass(way, ChoiceFilter) and "queryset" in vars(way))


def test_the_editorial_api_refuses_every_empty_filter_by_name() -> None:
    desk = Desk()
    for noun, viewset, _name in router.registry:
        filterset: type[filters.RecordFilters] = viewset.filterset_class  # type: ignore[attr-defined]
        questions = filterset.base_filters
        refused = errors(desk.get(f"{noun}/", **dict.fromkeys(questions, " ")))
        assert refused.keys() == questions.keys(), noun
        for name, question in questions.items():
            if isinstance(question, filters.Codes | filters.Ids):
                refused = errors(desk.get(f"{noun}/", **{name: ",,"}))
                assert refused.keys() == {name}, noun
                break  # they are read in one way
