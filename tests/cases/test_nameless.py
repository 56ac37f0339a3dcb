"""Of a case without a name readers are told the country, the years and the status, and
what somebody ticked beside these.
"""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from cases.disclosure.nameless import ALWAYS, OF_THE_CASE, by_years, only_told
from cases.models import Deportation, Prisoner, Whereabouts
from cases.publishing import publish_pending
from tests.factories import (
    ALL_TOLD,
    make_citation,
    make_detention,
    make_facility,
    make_placement,
    make_prisoner,
    make_release,
    make_release_event,
    make_sentence,
    make_source,
)
from tracker.contract.documents import DOCUMENTS
from tracker.contract.vocabulary import ToldWithoutName
from tracker.models import PublicDocument

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


REASON = ALL_TOLD["told_without_name_reason"]


def a_life(**fields: Any) -> Prisoner:
    case = make_prisoner(
        "Secret Person",
        **{
            **{"visibility": "public", "name_withheld": True, "sex": "female"},
            **{"born_on": "1990-05-17", "citizenships": ["BY"]},
            **{"occupations": ["teacher"], "affiliation": "A school"},
            **{"summary": {"en": "She taught."}, **fields},
        },
    )
    source = make_source(visibility="public")
    detention = make_detention(
        case,
        started_on="2021-03-05",
        ended_on="2025-09-11",
        ground="serving_sentence",
        arrest_country="BY",
    )
    prison = make_facility(place_kind="penal_colony", visibility="public")
    make_placement(detention, facility=prison, country="BY", from_on="2021-04-01")
    sentence = make_sentence(case, handed_down_on="2021-10-04", term_months=60)
    event = make_release_event(visibility="public")
    release = make_release(case, released_on="2025-09-11", release_event=event)
    Deportation.objects.create(prisoner=case, release=release, deported_on="2025-09-11")
    Whereabouts.objects.create(prisoner=case, last_seen_on="2021-03-04")
    for record, field in (
        (detention, "started_on"),
        (sentence, "handed_down_on"),
        (release, "released_on"),
    ):
        make_citation(record, field, source, quote="as stated")
    return case


def published(case: Prisoner) -> dict[str, Any]:
    publish_pending()
    document: dict[str, Any] = json.loads(
        PublicDocument.objects.get(id=case.pk).document or ""
    )
    return document


def test_without_a_tick_country_years_and_status_are_told() -> None:
    document = published(a_life())
    (detention,) = document["detentions"]
    assert detention["arrest_country"] == "BY"
    assert detention["started_on"]["edtf"] == "2021"
    assert detention["ended_on"]["edtf"] == "2025"
    assert [place["country"] for place in detention["placements"]] == ["BY"]
    status = document["status"][-1]
    assert (status["statuses"], status["since"]) == (["released"], "2025-01-01")
    assert status["reasons"] == ["year_only"]
    told = str({**document, "detentions": [], "status": []})
    for finer in ("2021-", "2025-09", "teacher", "female", "1990", "school", "taught"):
        assert finer not in told
    for name in ("sentences", "releases", "deportations", "whereabouts", "citations"):
        assert document[name] == []
    assert "facility" not in detention["placements"][0] or not any(
        (detention["placements"][0]["facility"], detention["placements"][0]["from_on"])
    )


@pytest.mark.parametrize(
    ("code", "field"),
    [
        ("sex", "sex"),
        ("age", "born_on"),
        ("citizenship", "citizenships"),
        ("occupation", "occupations"),
        ("sentence", "sentences"),
        ("release", "releases"),
        ("expulsion", "deportations"),
        ("whereabouts", "whereabouts"),
    ],
)
def test_what_is_ticked_is_told_and_nothing_else(code: str, field: str) -> None:
    before = published(a_life())
    ticked = published(
        a_life(told_without_name=[code], told_without_name_reason=REASON)
    )
    assert ticked[field]
    assert not before[field]
    for name in ("sex", "occupations", "sentences", "releases", "citations", "summary"):
        if name != field:
            assert not ticked[name]
    assert "-09-11" not in str(ticked)
    assert "-10-04" not in str(ticked)


def test_days_are_told_where_they_are_ticked() -> None:
    codes = ["days", "release", "place", "detention", "sources"]
    document = published(
        a_life(told_without_name=codes, told_without_name_reason=REASON)
    )
    assert document["status"][-1]["since"] == "2025-09-11"
    assert document["releases"][0]["release_event"]
    assert document["detentions"][0]["placements"][0]["facility"]
    cited = {citation["record"]["kind"] for citation in document["citations"]}
    assert cited == {"detention", "release"}
    assert document["citations"][0]["quote"] is None


def test_what_is_no_longer_ticked_goes_at_once_and_returns_by_an_approval_alone(
    settings: Any,
) -> None:
    case = a_life(**ALL_TOLD)
    assert published(case)["sentences"]
    settings.REQUIRE_REVIEW = True
    Prisoner.objects.update(told_without_name=["sex"])
    document = published(case)
    assert (document["sentences"], document["sex"]) == ([], "female")
    assert "2021-10-04" not in str(document)
    Prisoner.objects.update(told_without_name=ALL_TOLD["told_without_name"])
    assert published(case)["sentences"]
    Prisoner.objects.update(name_withheld=False)
    assert published(case)["name"] is None


def test_no_tick_that_was_made_since_the_approval_counts(settings: Any) -> None:
    case = a_life(name_withheld=False)
    assert published(case)["sentences"]
    settings.REQUIRE_REVIEW = True
    Prisoner.objects.update(name_withheld=True, **ALL_TOLD)
    assert published(case)["sentences"] == []


def test_more_is_told_only_for_a_reason() -> None:
    case = a_life()
    case.told_without_name = ["sex"]
    with pytest.raises(ValidationError, match="Why it may be told"):
        case.full_clean()
    for reason in (None, "", "  "):
        with pytest.raises(IntegrityError), transaction.atomic():
            Prisoner.objects.update(
                told_without_name=["sex"], told_without_name_reason=reason
            )


def test_no_list_of_a_day_within_the_year_is_answered_by_it(client: Client) -> None:
    a_life()
    publish_pending()

    def count(**question: str) -> int:
        answer = client.get("/api/v1/prisoners/", {"status": "released", **question})
        return len(answer.json()["results"])

    assert count() == 1
    assert count(status_on="2025-03-01") == 0
    assert count(status_on="2026-01-01") == 1


def test_each_field_of_the_document_stands_in_one_line() -> None:
    ticked = [name for names in OF_THE_CASE.values() for name in names]
    in_lines = sorted([*ALWAYS, *ticked])
    from_the_contract = set(DOCUMENTS["prisoner"]().fields)
    apart = {"address", "audience", "licence"}
    assert in_lines == sorted(from_the_contract - apart)


def span(since: str | None, until: str | None, *statuses: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "hedge": None,
        "disputed": False,
        "as_of": None,
        "reasons": [],
    }
    return {
        **{"since": since, "until": until, "statuses": list(statuses), "basis": []},
        **nothing,
    }


def told(spans: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    coarse = by_years(spans)
    assert by_years(coarse) == coarse
    return [
        (one["since"], one["until"], one["statuses"], one["reasons"]) for one in coarse
    ]


def test_of_a_year_in_which_a_status_turned_both_are_told_and_the_last_one_alone() -> (
    None
):
    spans = [
        span(None, "2020-05-03", "not_known"),
        span("2020-05-03", "2020-11-20", "detained"),
        span("2020-11-20", "2024-02-01", "imprisoned"),
        span("2024-02-01", None, "released"),
    ]
    assert told(spans) == [
        (None, "2020-01-01", ["not_known"], ["year_only"]),
        (
            "2020-01-01",
            "2021-01-01",
            ["detained", "imprisoned", "not_known"],
            ["year_only"],
        ),
        ("2021-01-01", "2024-01-01", ["imprisoned"], ["year_only"]),
        ("2024-01-01", None, ["released"], ["year_only"]),
    ]


def test_that_a_term_has_passed_is_told_from_its_year_on() -> None:
    passed = {**span("2031-06-01", None, "imprisoned", "not_known")}
    passed["reasons"] = ["term_passed"]
    unknown = span(None, "2029-01-20", "not_known")
    spans = [unknown, span("2029-01-20", "2031-06-01", "imprisoned"), passed]
    assert told(spans) == [
        (None, "2029-01-01", ["not_known"], ["year_only"]),
        ("2029-01-01", "2031-01-01", ["imprisoned"], ["year_only"]),
        ("2031-01-01", None, ["imprisoned", "not_known"], ["term_passed", "year_only"]),
    ]


def test_what_is_told_already_is_left_as_it_is() -> None:
    document = published(a_life())
    assert not only_told(document, frozenset())
    document = published(a_life(**ALL_TOLD))
    assert not only_told(document, frozenset(ToldWithoutName))
