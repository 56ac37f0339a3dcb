"""Filtering, ordering and paging in the editorial API."""

import base64
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.desk.api.urls import router
from cases.models import DeskEntry, Identifier, Prisoner
from tests import factories as make
from tests.cases.editorial import NOUNS, Desk, errors, made
from tests.roles import acting_as
from tracker.names import search_key

pytestmark = pytest.mark.django_db
NOBODY = "0c1f35a5-5f0a-4dd3-a8bb-9d27b31a8a3d"


def found(noun: str, **parameters: Any) -> list[str]:
    """Ids, in the order of the answer."""
    answer = Desk().get(f"{noun}/", **parameters)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def ids(*records: Any) -> list[str]:
    return [str(record.pk) for record in records]


# What nobody should ask by: notes must not stand in addresses and logs; texts to read
# rather than to search; the bounds of a date, asked by the date itself; `version`,
# compared and not searched.
NOT_ASKED = {
    "internal_notes",
    "version",
    "judge",
    "prosecutor",
    "withheld",
    "summary",
    "detail",
    "cause_of_death_by_authorities",
    "cause_of_death_by_family",
    "address_for_letters",
    "coordinates",
    "said",
    "quote",
    "states",
    "snapshot",
    "moved",
    "name_taken_back",
    "name_returned",
    "story_taken_back",
    "story_returned",
    "case_taken_back",
    "case_returned",
    "after_taken_back",
    "is_over",
}


@pytest.mark.parametrize(
    ("noun", "viewset"), [(noun, viewset) for noun, viewset, _name in router.registry]
)
def test_every_field_has_a_filter_or_a_reason_for_none(noun: str, viewset: Any) -> None:
    known = viewset.filterset_class.base_filters
    for field in [
        *viewset.queryset.model._meta.concrete_fields,
        *viewset.queryset.model._meta.many_to_many,
    ]:
        has_filter = any(
            name in known
            for name in (
                field.name,
                f"{field.name}_or_after",
                f"{field.name}_on_or_after",
            )
        )
        is_exempt = field.generated or field.name in NOT_ASKED
        if viewset.queryset.model._meta.model_name == "edition":
            is_exempt = field.name in ("snapshot", "salt")
        assert has_filter != is_exempt, field.name


class TestFilters:
    def test_a_date_finds_what_may_be_in_the_time_asked_for(self) -> None:
        for born_on in ("1970-05-04", "1980-05", "1990", None):
            make.make_prisoner(born_on=born_on)
        by_date = {
            prisoner.born_on: str(prisoner.pk) for prisoner in Prisoner.objects.all()
        }
        asked = {
            "born_on_or_after": "1980-05-20",
            "born_on_or_before": "1990-03-01",
        }
        assert found("prisoners", ordering="born_on", **asked) == [
            by_date["1980-05"],
            by_date["1990"],
        ]

    def test_codes_find_any_of_those_given_and_lists_those_that_have_any(self) -> None:
        one = make.make_prisoner(sex="male", occupations=["journalist", "activist"])
        two = make.make_prisoner(sex="female", occupations=["journalist"])
        make.make_prisoner(sex="other", occupations=["teacher"])
        assert found("prisoners", sex="male,female") == ids(one, two)
        assert found("prisoners", sex=["male", "female"]) == ids(one, two)
        assert found("prisoners", occupations="activist,journalist") == ids(one, two)
        assert found("prisoners", occupations="activist") == ids(one)

    def test_a_text_is_asked_for_as_it_is_written_and_a_part_of_it_by_another_name(
        self,
    ) -> None:
        case = make.make_prisoner()
        minsk, city, brest = (
            make.make_sentence(case, court=court)
            for court in ("Minsk court", "Minsk, City court", "Brest court")
        )
        assert found("sentences", court="Minsk court") == ids(minsk)
        assert found("sentences", court="minsk court") == []
        several = ["Minsk, City court", "Brest court"]
        assert found("sentences", court=several) == ids(city, brest)
        assert found("sentences", court_contains="minsk") == ids(minsk, city)

    def test_a_list_of_words_is_asked_for_by_any_of_them(self) -> None:
        source = make.make_source(relays=["Agency, The", "Radio"])
        make.make_source(relays=["Paper"])
        assert found("sources", relays="Agency, The") == ids(source)
        assert found("sources", relays=["Agency, The", "Nobody"]) == ids(source)

    def test_a_name_finds_the_case_by_any_spelling(self) -> None:
        prisoner = make.make_prisoner("Ales Example")
        make.make_name(prisoner, "Алесь Прыклад")
        make.make_prisoner("Somebody Else")
        assert found("prisoners", name="прыкл") == ids(prisoner)
        colony = make.make_facility("Penal colony No. 1")
        assert found("facilities", names_contains="no. 1") == ids(colony)
        assert found("facilities", names_contains='"en":') == []
        assert found("facilities", names="Penal colony No. 1") == ids(colony)
        assert found("facilities", names="no. 1") == []

    def test_a_name_is_found_through_the_desk_in_another_script(self) -> None:
        prisoner = make.make_prisoner("Mikalai Example")
        with acting_as("publisher"):
            DeskEntry.objects.create(
                prisoner=prisoner, search_key=search_key(["Mikalai Example"])
            )
        assert found("prisoners", name="Николай") == ids(prisoner)
        assert found("prisoners", name="!!") == []

    def test_what_is_not_known_can_be_asked_for(self) -> None:
        known, unknown = (
            make.make_prisoner(sex="male", born_on="1980"),
            make.make_prisoner(),
        )
        assert found("prisoners", sex_is_known="true", born_on_is_known="true") == ids(
            known
        )
        assert found(
            "prisoners", sex_is_known="false", merged_into_is_known="false"
        ) == ids(unknown)

    def test_links_find_the_parts_of_a_case(self) -> None:
        placement: Any = made("placements")
        other = make.make_prisoner("Other")
        charge = make.make_charge(other)
        sentence = make.make_sentence(other)
        sentence.charges.add(charge)

        assert found(
            "placements", prisoner=str(placement.detention.prisoner_id)
        ) == ids(placement)
        assert found("sentences", charges=str(charge.pk)) == ids(sentence)
        assert found("sentences", prisoner=f"{other.pk},{charge.pk}") == ids(sentence)

    def test_numbers_have_a_least_and_a_most(self) -> None:
        counts = [make.make_count(value=value) for value in (50, 52, 1300)]
        assert found("reported-counts", value_min="52", ordering="value") == ids(
            *counts[1:]
        )
        assert found("reported-counts", value_max="52", value="52") == ids(counts[1])

    def test_yes_and_no_are_both_answers(self) -> None:
        withheld, named = make.make_prisoner(name_withheld=True), make.make_prisoner()
        assert found("prisoners", name_withheld="true") == ids(withheld)
        assert found("prisoners", name_withheld="false") == ids(named)
        assert found("prisoners", name_withheld="true,false") == ids(withheld, named)

    def test_citations_are_found_by_their_case(self) -> None:
        citation = make.make_citation(make.make_sentence(make.make_prisoner()))
        citation.refresh_from_db()
        made("citations")
        assert found(
            "citations", root_kind="prisoner", root_id=str(citation.root_id)
        ) == ids(citation)

    @pytest.mark.parametrize(
        ("parameter", "value"),
        [
            ("born_on_or_after", "2025-02-30"),
            ("born_on_or_after", "03/04/2025"),
            ("sex", "unknown"),
            ("citizenships", "BY,XX"),
            ("name_withheld", "perhaps"),
            ("age_as_stated", "old"),
            ("age_as_stated", "1.5"),
            ("age_as_stated_min", "-1"),
            ("merged_into", "17"),
            ("affiliation", "a\0b"),
            ("affiliation_contains", "a\0b"),
            ("name", "a\0b"),
            ("limit", "0"),
            ("limit", "201"),
            ("limit", "many"),
            ("ordering", "internal_notes"),
            ("cursor", "nonsense"),
            ("sex", ""),
        ],
    )
    def test_a_value_that_makes_no_sense_is_refused_not_ignored(
        self, parameter: str, value: str
    ) -> None:
        assert errors(Desk().get("prisoners/", **{parameter: value})).keys() == {
            parameter
        }

    def test_an_unknown_parameter_is_refused_and_the_known_ones_listed(self) -> None:
        refused = errors(Desk().get("prisoners/", gender="male", born="1980"))
        assert refused.keys() == {"gender", "born"}
        assert "sex" in refused["gender"][0]
        assert "ordering" in refused["gender"][0]

    @pytest.mark.parametrize(
        "old",
        ["born_on_on_or_after", "age_as_stated_at_least", "age_as_stated_at_most"],
    )
    def test_a_name_that_filters_had_before_is_refused_and_the_known_ones_listed(
        self, old: str
    ) -> None:
        (sentence,) = errors(Desk().get("prisoners/", **{old: "1"}))[old]
        assert "born_on_or_after" in sentence
        assert "age_as_stated_min" in sentence

    @pytest.mark.parametrize(
        ("parameter", "values"),
        [
            ("born_on_or_after", ["1980-01-01", "1990-01-01"]),
            ("age_as_stated_min", ["18", "21"]),
            ("affiliation_contains", ["one", "two"]),
            ("sex_is_known", ["true", "false"]),
            ("ordering", ["born_on", "died_on"]),
        ],
    )
    def test_a_parameter_of_one_value_given_twice_is_refused(
        self, parameter: str, values: list[str]
    ) -> None:
        refused = errors(Desk().get("prisoners/", **{parameter: values}))
        assert refused.keys() == {parameter}

    def test_one_record_takes_no_parameters(self) -> None:
        assert errors(
            Desk().get(f"prisoners/{make.make_prisoner().pk}/", sex="male")
        ).keys() == {"sex"}


class TestPages:
    @pytest.mark.parametrize(
        "ordering", ["born_on", "-born_on", "created_at", "-updated_at"]
    )
    def test_walking_there_and_back_meets_every_case_once_in_order(
        self, ordering: str
    ) -> None:
        for born_on in ("1980", None, "1970-01-01", "1980", None, "1990-12", "1980"):
            make.make_prisoner(born_on=born_on)
        desk = Desk()
        whole = desk.get("prisoners/", ordering=ordering).json()["results"]
        there, page = [], desk.get("prisoners/", ordering=ordering, limit=2).json()
        assert page["previous"] is None
        while True:
            there.append(page["results"])
            if page["next"] is None:
                break
            page = desk.client.get(page["next"]).json()
        assert [row for rows in there for row in rows] == whole
        back = [page["results"]]
        while page["previous"]:
            page = desk.client.get(page["previous"]).json()
            back.insert(0, page["results"])
        assert back == there

    def test_what_has_no_value_comes_last_either_way(self) -> None:
        blank = make.make_prisoner()
        make.make_prisoner(born_on="1980")
        assert (
            found("prisoners", ordering="born_on")[-1]
            == found("prisoners", ordering="-born_on")[-1]
            == str(blank.pk)
        )

    def test_a_filter_stays_in_force_on_every_page(self) -> None:
        for sex in ("male", "female", "male", "male"):
            make.make_prisoner(sex=sex)
        desk = Desk()
        first = desk.get("prisoners/", sex="male", limit=2).json()
        second = desk.client.get(first["next"]).json()
        assert [row["sex"] for row in first["results"] + second["results"]] == [
            "male"
        ] * 3

    @pytest.mark.parametrize(
        "parts",
        [
            None,
            [1],
            [2, "created_at", False, "2025-09-11T10:00:00Z", NOBODY],
            [1, "created_at", False, "2025-09-11", NOBODY],
            [1, "created_at", False, "2025-09-11T10:00:00Z", "17"],
            [1, "created_at", False, "2025-09-11T10:00:00Z", None],
            [1, "created_at", False, None, NOBODY],
            [1, "created_at", False, ["2025-09-11T10:00:00Z"], NOBODY],
            [1, "created_at", "no", "2025-09-11T10:00:00Z", NOBODY],
        ],
    )
    def test_a_cursor_that_is_not_ours_is_refused(self, parts: Any) -> None:
        cursor = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()
        assert errors(Desk().get("prisoners/", cursor=cursor)).keys() == {"cursor"}

    def test_a_cursor_of_another_ordering_is_refused(self) -> None:
        for _ in range(2):
            make.make_prisoner()
        desk = Desk()
        cursor = (
            desk.get("prisoners/", limit=1)
            .json()["next"]
            .partition("cursor=")[2]
            .partition("&")[0]
        )
        assert errors(
            desk.get("prisoners/", cursor=cursor, ordering="born_on")
        ).keys() == {"cursor"}


def _rows(noun: str, count: int) -> None:
    """So many rows of a noun, with what it links to, each in a case of its own."""
    for number in range(count):
        named = f"{count}-{number}"
        if noun == "identifiers":
            Identifier.objects.create(
                prisoner=make.make_prisoner(), scheme="court", value=named
            )
        elif noun == "sentences":
            sentence = make.make_sentence(make.make_prisoner())
            sentence.charges.add(make.make_charge(sentence.prisoner))
        elif noun == "sources":
            make.make_source().derived_from.add(make.make_source())
        elif noun == "citations":
            make.make_citation(
                (make.make_prisoner, make.make_facility, make.make_count)[number % 3]()
            )
        else:
            made(noun)


# The session and the user; how much was listed today; the rows with a value to order by, and what links them to
# others, if anything does; the line in the log of who read what (cases/access). Rows
# without a value to order by would be another query, but everything has a day of
# creation.
BUDGET = {"prosecutions": 8, "sentences": 7, "sources": 7}


@pytest.mark.parametrize("noun", NOUNS)
def test_a_long_list_takes_no_more_queries_than_a_short_one(noun: str) -> None:
    desk = Desk()
    for count in (3, 27):
        _rows(noun, count)
        with CaptureQueriesContext(connection) as queries:
            assert len(desk.get(f"{noun}/", limit=50).json()["results"]) >= count
        assert len(queries) == BUDGET.get(noun, 6), [query["sql"] for query in queries]
