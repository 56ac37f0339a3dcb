"""Of a case without a name readers are told the country, the years and the status, and
what somebody ticked beside these.
"""

import json
import re
from copy import deepcopy
from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from cases import aggregate, day
from cases.aggregate import row_of
from cases.disclosure.nameless import (
    ALWAYS,
    NEVER,
    OF_THE_CASE,
    by_years,
    fact_told,
    only_told,
    without_terms,
    years,
)
from cases.disclosure.readers import READERS
from cases.disclosure.surroundings import Surroundings
from cases.merging.deciding import merge
from cases.models import Deportation, Mark, Prisoner, Whereabouts
from cases.publishing import publish_pending
from cases.publishing.corrections import Change, Comparisons, keep
from cases.publishing.subtracting import what_is_left
from cases.review.difference import RecordDifference, kinds
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
from tests.roles import acting_as
from tracker import dates
from tracker.audiences import PUBLIC
from tracker.contract.documents import DOCUMENTS
from tracker.contract.spans import on
from tracker.contract.vocabulary import ToldWithoutName
from tracker.contract.walking import fields_of, lists_of
from tracker.models import PublicDocument

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


REASON = ALL_TOLD["told_without_name_reason"]
BECAUSE = {"told_without_name_reason": REASON}


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
    turned, last = document["status"][-2:]
    assert (turned["since"], turned["until"]) == ("2025-01-01", "2026-01-01")
    assert "released" in turned["statuses"]
    assert (last["statuses"], last["since"]) == (["released"], "2026-01-01")
    assert last["reasons"] == ["year_only"]
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


def test_a_list_of_a_day_within_the_year_has_what_may_have_been(client: Client) -> None:
    a_life()
    publish_pending()

    def count(status: str, **question: str) -> int:
        answer = client.get("/api/v1/prisoners/", {"status": status, **question})
        return len(answer.json()["results"])

    assert count("released") == 1
    assert count("imprisoned") == 0
    assert count("released", status_on="2025-03-01") == 1
    assert count("imprisoned", status_on="2025-11-01") == 1
    assert count("imprisoned", status_on="2026-01-01") == 0


def test_each_field_of_the_document_stands_in_one_line() -> None:
    ticked = [name for names in OF_THE_CASE.values() for name in names]
    in_lines = sorted([*ALWAYS, *NEVER, *ticked])
    from_the_contract = set(DOCUMENTS["prisoner"]().fields)
    apart = {"address", "audience", "licence"}
    assert in_lines == sorted(from_the_contract - apart)


def test_where_it_was_needs_a_tick_of_its_own() -> None:
    """Whatever is called like a place is one, also in what a source says of it."""
    words = "facility|place|region|where|court|authority|crossing"
    called = re.compile(f"(^|_)({words})(_(?!known)|$)")
    without = frozenset(ToldWithoutName) - {ToldWithoutName.PLACE}
    asked = {kind for name, kind in lists_of("prisoner").items()}
    asked |= {"placement", "detention_order", "charge_decision", "further_punishment"}
    asked -= {"designation", "prosecution"}  # not of a place; never told
    for kind in asked:
        for name in fields_of(kind):
            is_place = bool(called.search(name))
            assert is_place != fact_told(kind, name, without), (kind, name)


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


def test_of_a_year_in_which_a_status_turned_all_is_told_that_was_in_it() -> None:
    spans = [
        span(None, "2020-05-03", "not_known"),
        span("2020-05-03", "2020-11-20", "detained"),
        span("2020-11-20", "2024-02-01", "imprisoned"),
        span("2024-02-01", None, "released"),
    ]
    of_2020 = ["detained", "imprisoned", "not_known"]
    assert told(spans) == [
        (None, "2020-01-01", ["not_known"], ["year_only"]),
        ("2020-01-01", "2021-01-01", of_2020, ["year_only"]),
        ("2021-01-01", "2024-01-01", ["imprisoned"], ["year_only"]),
        ("2024-01-01", "2025-01-01", ["imprisoned", "released"], ["year_only"]),
        ("2025-01-01", None, ["released"], ["year_only"]),
    ]


TERM_OVER = {**span("2031-06-01", None, "imprisoned", "not_known")}
TERM_OVER["reasons"] = ["term_passed"]
HELD = [
    span(None, "2029-01-20", "not_known"),
    span("2029-01-20", "2031-06-01", "imprisoned"),
]


@pytest.mark.parametrize("over", ["2033-06-01", "2030-06-01", "2029-06-01"])
def test_a_year_says_no_less_than_each_of_its_days(over: str) -> None:
    held = {**HELD[1], "until": over}
    spans = [HELD[0], held, {**TERM_OVER, "since": over}]
    told(spans)
    for text in ("2029-02-01", "2029-12-31", "2030-12-31", "2034-01-01"):
        that_day = date.fromisoformat(text)
        true, coarse = on(spans, that_day), on(by_years(spans), that_day)
        assert {*true["statuses"]} <= {*coarse["statuses"]}


def test_a_term_has_passed_in_no_year_before_it_had() -> None:
    of_2031 = (["imprisoned", "not_known"], ["year_only"])
    assert [one[:1] + one[2:] for one in told([*HELD, TERM_OVER])][-2:] == [
        ("2031-01-01", *of_2031),
        ("2032-01-01", ["imprisoned", "not_known"], ["term_passed", "year_only"]),
    ]


def test_when_a_term_ends_is_not_told_where_the_sentence_is_not() -> None:
    (_unknown, held) = without_terms([*HELD, TERM_OVER])
    assert (held["statuses"], held["until"]) == (["imprisoned"], None)
    released = span("2033-05-01", None, "released")
    spans = [*HELD, {**TERM_OVER, "until": "2033-05-01"}, released]
    told = without_terms(spans)
    assert [one["since"] for one in told] == [None, "2029-01-20", "2033-05-01"]
    assert told[1]["statuses"] == ["imprisoned", "not_known"]
    assert "term_passed" not in str(told)
    (alone,) = without_terms([{**TERM_OVER, "since": None}])
    assert alone["reasons"] == []
    document = published(a_life(told_without_name=["days"], **BECAUSE))
    for told_too, is_told in (("age", False), ("sentence", True)):
        document["status"] = deepcopy([*HELD, TERM_OVER])
        only_told(document, frozenset({"days", told_too}))
        assert ("term_passed" in str(document["status"])) == is_told


def test_the_first_of_january_is_a_day_like_others() -> None:
    for turn in ("2022-01-01", "2022-01-02"):
        spans = [span(None, turn, "not_known"), span(turn, None, "detained")]
        assert told(spans) == [
            (None, "2022-01-01", ["not_known"], ["year_only"]),
            ("2022-01-01", "2023-01-01", ["detained", "not_known"], ["year_only"]),
            ("2023-01-01", None, ["detained"], ["year_only"]),
        ]


def test_no_year_is_told_as_of_a_later_one() -> None:
    spans = deepcopy(HELD)
    spans[1]["as_of"] = "2030-02"
    assert [one["as_of"] for one in by_years(spans)] == [None, "2029", "2030"]


@pytest.mark.parametrize(
    ("exact", "coarse"),
    [
        ("2021-03-05", "2021"),
        ("2021-03?", "2021?"),
        ("2021-03-XX~", "2021~"),
        ("201X", "201X"),
        ("[2021-12-30..2022-01-02]", "[2021..2022]"),
        ("[2021-02..2021-04]", "2021"),
        ("2021-09?/2021-10", "2021?"),
        ("2021-09~/2021-10?", "2021%"),
        ("2021-12-30/2022-01-02", "2021/2022"),
        ("2021-12/..", "2021/.."),
        ("[..2021-12-30]", "[..2021]"),
    ],
)
def test_a_date_becomes_years_and_stays_as_sure(exact: str, coarse: str) -> None:
    assert years(exact) == coarse
    dates.validate(coarse)


def test_another_day_of_the_same_year_is_no_other_year() -> None:
    case = a_life(**{**ALL_TOLD, "told_without_name": ["sources", "words"]})
    detention = case.detentions.get()
    for day_stated in ("2021-03-07", "2020-12-30"):
        another = make_source(visibility="public")
        make_citation(detention, "started_on", another, states=day_stated)
    stated = {
        (str(citation["states"]), citation["agreement"])
        for citation in published(case)["citations"]
    }
    assert stated == {("None", "supports"), ("None", None), ("2020", "contradicts")}


def test_what_is_told_already_is_left_as_it_is() -> None:
    for ticked in ([], list(ToldWithoutName)):
        document = published(a_life(**{**ALL_TOLD, "told_without_name": ticked}))
        before = deepcopy(document)
        only_told(document, frozenset(ticked))
        assert document == before


def test_of_a_case_without_any_name_no_more_is_told_than_of_one_withheld() -> None:
    case = a_life(name_withheld=False)
    case.names.all().delete()
    document = published(case)
    assert document["sentences"] == document["citations"] == []
    assert document["detentions"][0]["started_on"]["edtf"] == "2021"


def test_a_summary_goes_with_what_is_unticked(settings: Any) -> None:
    case = a_life(**ALL_TOLD)
    assert published(case)["summary"]
    settings.REQUIRE_REVIEW = True
    left = [code for code in ToldWithoutName if code != "occupation"]
    Prisoner.objects.update(told_without_name=left)
    assert published(case)["summary"] == {}


def test_of_corrections_the_day_alone_stays(client: Client) -> None:
    case = a_life(name_withheld=False)
    published(case)
    Prisoner.objects.update(sex="male", position="Head teacher")
    published(case)
    address = f"/api/v1/prisoners/{case.pk}/corrections/"
    assert len(client.get(address).json()["results"]) == 2
    Prisoner.objects.update(name_withheld=True)
    published(case)
    (told,) = client.get(address).json()["results"]
    assert told["record"] == {"kind": "prisoner", "id": str(case.pk)}
    assert (told["change"], told["field"], told["before"]) == ("changed", None, None)


def test_what_an_earlier_release_said_in_corrections_goes_with_the_next_document(
    client: Client,
) -> None:
    """Also where nothing that is compared changed: only the status is told by years."""
    case = a_life()
    published(case)
    row = PublicDocument.objects.get(pk=case.pk)
    before = json.loads(row.document or "")
    for one in before["status"]:
        one["reasons"] = []
    change = Change(case.pk, json.dumps(before), row.document, "")
    corrections: Any = PUBLIC.correction_model._default_manager
    with acting_as("publisher"):
        corrections.create(
            of_id=case.pk,
            corrected_on="2025-01-01",
            record_kind="detention",
            record_id=before["detentions"][0]["id"],
            change="changed",
            field="started_on",
            before='"2021-03-05"',
            after='"2021"',
            reason="",
        )
        keep(PUBLIC, "prisoner", [change], Comparisons(), {case.pk}, day.today())
    address = f"/api/v1/prisoners/{case.pk}/corrections/"
    (told,) = client.get(address).json()["results"]
    assert (told["field"], told["before"], told["corrected_on"]) == (
        *(None, None),
        "2025-01-01",
    )


def test_two_cases_that_are_one_tell_what_is_ticked_in_both() -> None:
    ticked = {**ALL_TOLD, "visibility": "internal"}
    kept = a_life(**{**ticked, "told_without_name": ["sex", "age"]})
    other = a_life(**{**ticked, "told_without_name": ["sex", "death"]})
    for case in (kept, other):
        case.refresh_from_db()
    seen = (kept.version, other.version)
    merge(kept.pk, other.pk, seen_versions=seen, reason="One person.")
    kept.refresh_from_db()
    assert kept.told_without_name == ["sex"]


def test_unticking_takes_back_and_ticking_does_not() -> None:
    case = a_life(**{**ALL_TOLD, "told_without_name": ["sex", "age"]})
    before = {**row_of(case), "told_without_name": ["sex", "age"]}

    def kinds_of(codes: list[str]) -> list[str]:
        record = RecordDifference(
            Prisoner,
            str(case.pk),
            before,
            {**before, "told_without_name": codes},
            "public",
            "public",
        )
        return kinds("public", "public", [record])

    assert kinds_of(["sex"]) == ["taken_back"]
    assert kinds_of(["sex", "age", "death"]) == ["changed"]
    assert kinds_of(["sex", "death"]) == ["changed", "taken_back"]


def test_the_page_says_nothing_of_what_is_missing(client: Client) -> None:
    case = a_life()
    make_detention(case, ground="serving_sentence", started_on=None)
    published(case)
    page = client.get(f"/en/cases/{case.pk}/").content.decode()
    assert "What is missing here may be known to us" in page
    assert "Since 2025 at the latest" in page
    assert "in 2025" in page
    for untold in ("recognition", "no end", "Not given", "no source yet", "since 2026"):
        assert untold not in page.split("<article>")[1].split("</article>")[0]


def test_what_was_told_before_the_upgrade_is_taken_back_at_once() -> None:
    case = a_life()
    make_prisoner("Ales Example", visibility="public")
    publish_pending()
    upgrade = import_module("cases.migrations.0007_told_without_name")
    with connection.cursor() as cursor:
        cursor.execute(upgrade.TAKE_BACK)
    marks = Mark.objects.values_list("root_id", "withdrawal")
    assert list(marks) == [(case.pk, True)]


@pytest.mark.parametrize("was_named", [True, False])
def test_a_case_that_cannot_be_rendered_tells_no_more(was_named: bool) -> None:
    """A tick that was made since nobody has approved."""
    case = a_life(name_withheld=not was_named)
    document = published(case)
    Prisoner.objects.update(name_withheld=True, **ALL_TOLD)
    now = aggregate.read("prisoner", [case.pk])[case.pk]
    around = Surroundings(today=day.today())
    left = what_is_left("prisoner", document, now, READERS[0], around, day.today())
    assert left
    assert left["sentences"] == left["citations"] == []
    assert "2021-" not in str({**left, "status": [], "detentions": []})
    assert left["detentions"][0]["started_on"]["edtf"] == "2021"
    assert left["sex"] is None
