"""Every question that lists answer, asked of published rows."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from rest_framework import serializers

from tests.published import publish
from tracker.asking.filters import FILTERS
from tracker.asking.questions import (
    Codes,
    DayFrom,
    DayUntil,
    Fact,
    Ids,
    Named,
    Questions,
    Status,
)
from tracker.audiences import PARTNERS, PUBLIC
from tracker.contract import facts
from tracker.contract.documents import DOCUMENTS
from tracker.contract.fields import Date, Flag, Number, TextByLanguage
from tracker.contract.rendering import render
from tracker.contract.spans import BEGUN
from tracker.contract.vocabulary import FOR_LIFE

pytestmark = pytest.mark.django_db

SOURCE = "6a1f3a52-6b3f-4b0a-9d5d-2f2f4f0f1c11"
FACILITY = "6a1f3a52-6b3f-4b0a-9d5d-2f2f4f0f1c22"


def asked(kind: str, query: str) -> Questions:
    return FILTERS[kind](QueryDict(query), PUBLIC.documents(kind))


def found(kind: str, query: str) -> set[str]:
    questions = asked(kind, query)
    assert questions.is_valid(), questions.errors
    return {str(row.id) for row in questions.qs}


def refused(kind: str, query: str) -> dict[str, list[str]]:
    questions = asked(kind, query)
    assert not questions.is_valid()
    return {name: list(sentences) for name, sentences in questions.errors.items()}


# --- Equality ----------------------------------------------------------------------------------------------------


def test_several_values_are_any_of_them_by_comma_or_repeated() -> None:
    ihar = publish(PUBLIC, "prisoner", {"occupations": ["journalist"]})["id"]
    ales = publish(PUBLIC, "prisoner", {"occupations": ["teacher", "blogger"]})["id"]
    publish(PUBLIC, "prisoner", {"occupations": ["lawyer"]})
    publish(PUBLIC, "prisoner", {"occupations": []})
    assert found("prisoner", "occupations=journalist,blogger") == {ihar, ales}
    assert found("prisoner", "occupations=journalist&occupations=blogger") == {
        ihar,
        ales,
    }
    assert found("prisoner", "occupations=journalist") == {ihar}


@pytest.mark.parametrize("kind", FILTERS)
def test_commas_alone_are_no_filter_and_are_refused(kind: str) -> None:
    """Answered with everything, they would look like an answer."""
    names = [
        name
        for name, question in FILTERS[kind].base_filters.items()
        if isinstance(question, Codes | Ids)
    ]
    for name in names:
        assert refused(kind, f"{name}=,,").keys() == {name}


def test_different_questions_must_all_be_answered_yes() -> None:
    both = publish(PUBLIC, "prisoner", {"sex": "female", "citizenships": ["BY", "PL"]})[
        "id"
    ]
    publish(PUBLIC, "prisoner", {"sex": "male", "citizenships": ["PL"]})
    publish(PUBLIC, "prisoner", {"sex": "female", "citizenships": ["BY"]})
    assert found("prisoner", "sex=female&citizenships=PL") == {both}


def test_text_is_compared_as_it_is_written_commas_and_all() -> None:
    one = publish(PUBLIC, "sentence", {"court": "Court of Žodzina, hall 2"})["id"]
    publish(PUBLIC, "sentence", {"court": "hall 2"})
    assert found("sentence", "court=Court of Žodzina, hall 2") == {one}


def test_yes_or_no_is_asked_as_true_or_false() -> None:
    absent = publish(PUBLIC, "sentence", {"in_absentia": True})["id"]
    present = publish(PUBLIC, "sentence", {"in_absentia": False})["id"]
    publish(PUBLIC, "sentence", {"in_absentia": None})
    assert found("sentence", "in_absentia=true") == {absent}
    assert found("sentence", "in_absentia=false") == {present}


def test_a_case_is_found_by_another_registers_identifier() -> None:
    one = publish(
        PUBLIC, "prisoner", {"identifiers": [{"scheme": "viasna", "value": "a:1,b"}]}
    )["id"]
    publish(
        PUBLIC, "prisoner", {"identifiers": [{"scheme": "other", "value": "a:1,b"}]}
    )
    assert found("prisoner", "identifier=viasna:a:1,b") == {one}


def test_a_case_is_found_by_the_source_that_it_cites() -> None:
    one = publish(
        PUBLIC, "prisoner", {"citations": [{"record": {}, "source": SOURCE}]}
    )["id"]
    publish(PUBLIC, "prisoner", {"citations": [{"record": {}, "source": FACILITY}]})
    assert found("prisoner", f"source={SOURCE}") == {one}


def test_nothing_asked_finds_all_of_the_kind_and_no_tombstone() -> None:
    one = publish(PUBLIC, "facility")["id"]
    publish(PUBLIC, "source", {"title": "A report"})
    publish(PARTNERS, "facility")
    assert found("facility", "") == {one}


# --- Days --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("released_on", "query", "possible"),
    [
        ("2025-09", "released_on_or_after=2025-09-11", True),
        ("2025-09", "released_on_or_after=2025-10-01", False),
        ("2025-09", "released_on_or_before=2025-09-01", True),
        ("2025-09", "released_on_or_before=2025-08-31", False),
        (
            "2025-09-11",
            "released_on_or_after=2025-09-11&released_on_or_before=2025-09-11",
            True,
        ),
        ("[2025-09-11..2025-10-07]", "released_on_or_after=2025-10-07", True),
        ("[..2025-10-07]", "released_on_or_before=1999-01-01", True),
        (
            "2025",
            "released_on_or_after=2025-05-01&released_on_or_before=2025-05-02",
            True,
        ),
    ],
)
def test_a_date_answers_if_its_day_may_have_been_among_those_asked_for(
    released_on: str, query: str, possible: bool
) -> None:
    one = publish(PUBLIC, "prisoner", {"releases": [{"released_on": released_on}]})[
        "id"
    ]
    publish(
        PUBLIC,
        "prisoner",
        {"releases": [{}], "deportations": [{"deported_on": released_on}]},
    )
    assert found("prisoner", query) == ({one} if possible else set())


def test_two_releases_do_not_make_one_in_between() -> None:
    publish(
        PUBLIC,
        "prisoner",
        {"releases": [{"released_on": "2015-08-22"}, {"released_on": "2025-09-11"}]},
    )
    assert not found(
        "prisoner", "released_on_or_after=2020-01-01&released_on_or_before=2021-01-01"
    )


# --- Status ------------------------------------------------------------------------------------------------------

STATKEVICH = [
    {"since": None, "until": "2025-09-11", "statuses": ["imprisoned"]},
    {"since": "2025-09-11", "until": "2025-09-12", "statuses": ["released"]},
    {
        "since": "2025-09-12",
        "until": None,
        "statuses": ["whereabouts_unknown", "detained"],
    },
]


@pytest.mark.parametrize(
    ("query", "possible"),
    [
        ("status=imprisoned&status_on=2025-09-10", True),
        ("status=imprisoned&status_on=2025-09-11", False),
        ("status=released&status_on=2025-09-11", True),
        ("status=detained&status_on=2025-09-30", True),
        ("status=whereabouts_unknown&status_on=2025-09-30", True),
        ("status=released,detained&status_on=2025-09-30", True),
        ("status=released", False),
        ("status=detained", True),
    ],
)
def test_a_status_is_asked_of_a_day_and_of_today_without_one(
    query: str, possible: bool
) -> None:
    one = publish(PUBLIC, "prisoner", {"status": STATKEVICH})["id"]
    assert found("prisoner", query) == ({one} if possible else set())


# --- Numbers and names -------------------------------------------------------------------------------------------


def in_force(term: str, months: int | None = None, **rest: Any) -> dict[str, Any]:
    return {"sentence_in_force": {"term": term, "months": months, **rest}}


def test_terms_in_force_are_asked_in_months_and_the_unknown_is_neither_long_nor_short() -> (
    None
):
    replaced = {"sentences": [{"term_months": 24}]}
    one = publish(PUBLIC, "prisoner", {**in_force("months", 60), **replaced})["id"]
    publish(PUBLIC, "prisoner", in_force("not_known"))
    publish(PUBLIC, "prisoner", replaced)
    assert found("prisoner", "term_months_min=60&term_months_max=60") == {one}
    assert not found("prisoner", "term_months_max=24")


def test_a_term_that_is_left_open_is_at_most_nothing_and_is_found_by_itself() -> None:
    """Twelve months of treatment at least, until a court ends it."""
    row = {"id": SOURCE, "indeterminate": "yes", "term_months": 12}
    stands = in_force("months", 12, sentences=[SOURCE])
    treated = publish(PUBLIC, "prisoner", {**stands, "sentences": [row]})["id"]
    replaced = in_force("months", 12, sentences=[FACILITY])
    year = publish(PUBLIC, "prisoner", {**replaced, "sentences": [row]})["id"]
    unknown = publish(PUBLIC, "prisoner", in_force("not_known"))["id"]
    assert found("prisoner", "term_months_min=12") == {treated, year}
    assert found("prisoner", "term_months_max=24") == {year}
    assert found("prisoner", "term_left_open=true") == {treated}
    assert found("prisoner", "term_left_open=false") == {year, unknown}
    assert found("prisoner", "term_in_force=not_known") == {unknown}
    sentence = {"punishment": "compulsory_treatment", **row, "id": FACILITY}
    of_its_own = publish(PUBLIC, "sentence", sentence)["id"]
    assert not found("sentence", "term_months_max=24")
    assert found("sentence", "term_left_open=true") == {of_its_own, SOURCE}


def test_of_a_range_the_start_counts_or_else_the_end() -> None:
    first = publish(PUBLIC, "prisoner", in_force("months", 24, months_to=36))["id"]
    last = publish(PUBLIC, "prisoner", in_force("months", None, months_to=36))["id"]
    assert found("prisoner", "term_months_max=24") == {first}
    assert found("prisoner", "term_months_min=36") == {last}


def in_order_of_terms(client: Client, place: str) -> list[str]:
    answer = client.get(f"/api/v1/{place}/?ordering=-term_months").json()
    return [row["id"] for row in answer["results"]]


def test_life_is_above_every_number_and_what_has_none_is_last(client: Client) -> None:
    ids = {}
    for name, content in (
        ("none", in_force("none")),
        ("life", in_force("life", 300)),
        ("long", in_force("months", 103_896)),
        ("death", in_force("death")),
        ("unknown", {}),
    ):
        ids[publish(PUBLIC, "prisoner", {"name": name, **content})["id"]] = name
    ordered = [ids[row_id] for row_id in in_order_of_terms(client, "prisoners")]
    assert ordered[:3] == ["death", "life", "long"]
    assert set(ordered[3:]) == {"none", "unknown"}
    long_ones = {ids[row] for row in found("prisoner", "term_months_min=103897")}
    assert long_ones == {"life", "death"}


def test_a_list_of_sentences_has_life_above_every_number(client: Client) -> None:
    for_life = set()
    for punishment in FOR_LIFE:
        row = publish(PUBLIC, "sentence", {"punishment": punishment, "term_months": 1})
        for_life.add(row["id"])
    publish(PUBLIC, "sentence", {"punishment": "imprisonment", "term_months": 240})
    assert set(in_order_of_terms(client, "sentences")[:2]) == for_life
    assert found("sentence", "term_months_min=241") == for_life


def test_a_replaced_sentence_is_not_found_by_its_punishment() -> None:
    stands = in_force("none", punishments=["fine"], executions=["served"])
    replaced = {"punishment": "imprisonment", "execution": "suspended"}
    one = publish(PUBLIC, "prisoner", {**stands, "sentences": [replaced]})["id"]
    assert found("prisoner", "punishment=fine") == {one}
    assert found("prisoner", "sentence_execution=served") == {one}
    assert not found("prisoner", "punishment=imprisonment")
    assert not found("prisoner", "sentence_execution=suspended")


def test_counts_are_asked_by_size() -> None:
    one = publish(PUBLIC, "reported_count", {"value": 52})["id"]
    publish(PUBLIC, "reported_count", {"value": 1150})
    assert found("reported_count", "value_min=52&value_max=100") == {one}


def test_a_name_is_found_in_another_spelling_and_script() -> None:
    one = publish(PUBLIC, "prisoner", {"names": [{"value": "Ихар Лосик"}]})["id"]
    publish(PUBLIC, "prisoner", {"names": [{"value": "Ales Example"}]})
    assert found("prisoner", "q=losik") == {one}
    assert found("prisoner", "q=Ihar Losi") == {one}
    assert not found("prisoner", "q=Losik Ales")
    assert not found("prisoner", "q=—")


# --- Refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "query", "parameter", "words"),
    [
        ("prisoner", "sex=unicorn", "sex", ["unicorn", "female, male, other"]),
        ("prisoner", "citizenships=BY,XX", "citizenships", ["“XX”", "BY"]),
        ("prisoner", "status=free", "status", ["free", "imprisoned"]),
        ("prisoner", "born_on_or_after=2025-02-30", "born_on_or_after", ["2025-09-11"]),
        ("prisoner", "born_on_or_after=2025-09", "born_on_or_after", ["2025-09-11"]),
        ("prisoner", "facility=minsk", "facility", ["minsk"]),
        ("prisoner", "identifier=viasna", "identifier", ["viasna", "scheme:value"]),
        ("prisoner", "affiliation=a%00b", "affiliation", ["Null"]),
        ("prisoner", "q=a%00b", "q", ["Null"]),
        ("prisoner", "term_months_min=-1", "term_months_min", ["0"]),
        ("prisoner", "term_months_min=long", "term_months_min", ["whole number"]),
        ("prisoner", "name_withheld=maybe", "name_withheld", ["true, false"]),
        ("prisoner", "status_on=2025-09-30", "status_on", ["status"]),
    ],
)
def test_a_bad_value_is_refused_by_name_with_what_would_do(
    kind: str, query: str, parameter: str, words: list[str]
) -> None:
    errors = refused(kind, query)
    assert list(errors) == [parameter]
    assert all(word in errors[parameter][0] for word in words), errors


def test_a_number_too_large_for_the_database_finds_nothing() -> None:
    publish(PUBLIC, "reported_count", {"value": 52})
    assert not found("reported_count", f"value_min={10**30}")


# --- Nothing is forgotten ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_fact_has_its_question(kind: str) -> None:
    """A fact that nobody can ask for costs space, and a question without its fact finds
    nothing.
    """
    content = {**full(DOCUMENTS[kind]()), "kind": kind}
    known = facts.of(kind, render(kind, content))
    days = {span.fact for span in known.spans if not span.value}
    days -= {BEGUN}  # asked by “on”
    filters = FILTERS[kind].base_filters.values()
    assert {
        one.field_name
        for one in filters
        if isinstance(one, Fact) and not isinstance(one, Status | Named)
    } == set(known.equal)
    assert {one.field_name for one in filters if type(one) is DayFrom} == days
    assert {one.field_name for one in filters if type(one) is DayUntil} == days
    assert any(isinstance(one, Status) for one in filters) == any(
        span.fact == "status" for span in known.spans
    )


def full(serializer: Any) -> dict[str, Any]:
    """Something in every field."""
    return {name: filled(field) for name, field in serializer.fields.items()}


def filled(field: Any) -> Any:
    if isinstance(field, Date):
        return "2025-09-11"
    if isinstance(field, TextByLanguage):
        return {"en": "text"}
    if isinstance(field, serializers.UUIDField):
        return "00000000-0000-4000-8000-000000000007"
    if child := getattr(field, "child", None):
        return [filled(child)]
    if hasattr(field, "fields"):
        return full(field)
    if choices := getattr(field, "choices", None):
        return next(iter(choices))
    return {Number: 1, Flag: True}.get(type(field), "2025-09-11")
