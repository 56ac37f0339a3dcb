"""Each number is that of the rows that the list gives, and those without a name are
divided by their status only.
"""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.utils import translation

from tests.held import hold_back, let_go
from tests.published import publish
from tests.roles import as_publisher
from tracker.asking.filters import FILTERS
from tracker.audiences import PARTNERS, PUBLIC, Audience
from tracker.contract.documents import PLACES
from tracker.counting import facets
from tracker.database import one_moment

pytestmark = pytest.mark.django_db

API = "/api/v1/prisoners/facets/"
STATUS: dict[str, Any] = {"since": None, "until": None, "basis": []}


def person(name: str | None, status: str, **content: Any) -> dict[str, Any]:
    return publish(
        PUBLIC,
        "prisoner",
        {
            "name": name,
            "names": [{"value": name}] if name else [],
            "name_withheld": name is None,
            "status": [{**STATUS, "statuses": [status]}],
            **content,
        },
    )


@pytest.fixture
def people() -> None:
    publish(
        PUBLIC,
        "facility",
        {"names": {"en": "Known prison"}, "place_kind": "prison", "country": "BY"},
    )
    publish(PUBLIC, "source", {"title": "A report", "publisher": "A centre"})
    publish(PUBLIC, "release_event", {"title": "Out", "occurred_on": "2025-09-11"})
    publish(PUBLIC, "reported_count", {"measure": "released", "country": "BY"})
    publish(PUBLIC, "court_case", {"number": "1", "court": "A court"})
    exile = {"outcome": "expelled", "deported_on": "2025-09-11", "to_country": "LT"}
    for name in ("Ales One", "Ihar Two", None):
        person(
            name,
            "released",
            sex="male",
            born_on="1980",
            occupations=["journalist", "teacher"],
            citizenships=["BY"],
            detentions=[
                {"started_on": "2021-05/2021-07", "ground": "criminal_suspicion"}
            ],
            charges=[{"article": "342"}, {"article": "130"}],
            sentences=[{"handed_down_on": "2022-01-03", "court": "A court"}],
            releases=[{"released_on": "2025-09-11"}],
            deportations=[exile],
        )
    person(
        "Maryja Three",
        "imprisoned",
        sex="female",
        detentions=[{"started_on": "[..2021-06-01]"}, {"started_on": "2009-03-02"}],
        sentences=[{"in_absentia": True}],
    )
    person(None, "imprisoned", sex="female")
    person("Nobody Knows", "not_known")


def divided(
    query: str = "", kind: str = "prisoner", audience: Audience = PUBLIC
) -> facets.Division:
    day = date(2025, 11, 28)
    return facets.divided(audience, kind, QueryDict(query), day)


def rows(kind: str, query: str) -> int:
    questions = FILTERS[kind](QueryDict(query), PUBLIC.documents(kind))
    assert questions.is_valid(), (query, questions.errors)
    return questions.qs.count()


QUESTIONS = {
    "prisoner": (
        "",
        "status=released",
        "status=imprisoned,released&sex=female&released_on_or_after=2020-01-01",
        "status=released&status_on=2024-01-01&occupations=teacher",
        "detained_on_or_after=2021-05-01&detained_on_or_before=2021-05-31",
        "name_withheld=true",
        "named=false&status=imprisoned",
    ),
    "sentence": ("", "court=A court", "in_absentia=true"),
    "deportation": ("", "to_country=LT"),
}


def test_each_number_is_that_of_the_rows_that_its_question_gives(people: None) -> None:
    """Of each kind, question and value. And nobody without a name is in any of them, but
    for those by status.
    """
    told = set()
    for kind in PLACES:
        for query in QUESTIONS.get(kind, ("",)):
            division = divided(query, kind)
            assert division.count == rows(kind, division.query)
            for facet in division.facets:
                for value in facet.values:
                    case = (kind, query, facet.name, value)
                    assert value.count == rows(kind, value.query) > 0, case
                    is_coarse = QueryDict(query).keys() <= facets.COARSE
                    if kind in facets.PEOPLE and not (
                        is_coarse and facet.name == "status"
                    ):
                        assert "named=true" in value.query, case
                    told.add((kind, facet.name))
                assert facet.label
                assert facet.definition
                assert facet.unknown >= 0
    for name in ("status", "age", "detained_on", "occupations", "charge_article"):
        assert ("prisoner", name) in told
    assert {"sentence", "deportation", "facility", "source"} <= {
        kind for kind, _ in told
    }


def test_those_without_a_name_are_counted_whole_and_by_status_only(
    client: Client, people: None
) -> None:
    def numbers(query: str, name: str) -> dict[str, int]:
        (facet,) = (one for one in divided(query).facets if one.name == name)
        return {value.value: value.count for value in facet.values}

    whole = divided()
    assert (whole.count, whole.without_name) == (6, 2)
    assert numbers("", "status") == {"not_known": 1, "imprisoned": 2, "released": 3}
    assert numbers("", "sex") == {"female": 1, "male": 2}
    assert numbers("status=imprisoned", "sex") == {"female": 1}
    assert (divided("status=imprisoned").count, divided("sex=female").count) == (2, 1)
    assert divided("sex=female").without_name is None
    assert numbers("sex=female", "status") == {"imprisoned": 1}
    # The difference of two days would tell when somebody was taken or freed.
    assert divided("status=imprisoned&status_on=2024-01-01").without_name is None
    only = divided("name_withheld=true")
    assert [facet.name for facet in only.facets] == ["status"]
    assert divided(kind="sentence").count == 4
    assert divided(kind="sentence").without_name == 1
    for query in ("named=false&sex=female", "name_withheld=true&occupations=teacher"):
        refused = client.get(f"{API}?{query}")
        assert refused.status_code == 400
        assert "counted as a whole and by status only" in refused.content.decode()


def test_months_and_ages_are_told_by_their_days(people: None) -> None:
    person("After That Day", "detained", detentions=[{"started_on": "2026-03-01"}])
    by_name = {facet.name: facet for facet in divided().facets}
    months = {value.value: value.count for value in by_name["detained_on"].values}
    assert months["2021-05"] == 3  # somebody's day is only known to be before June
    assert months["2021-07"] == 2
    assert months["../2011-07-31"] == 1  # all that is older than MONTHS
    assert "2025-11" not in months
    assert {value.value: value.count for value in by_name["age"].values} == {
        "40–49": 2,
    }
    assert by_name["age"].unknown == 3


def test_the_api_tells_numbers_and_where_their_rows_are(
    client: Client, people: None
) -> None:
    answer = client.get(f"{API}?status=released").json()
    assert (answer["count"], answer["without_name"]) == (3, 1)
    (sex,) = (facet for facet in answer["facets"] if facet["name"] == "sex")
    (male,) = sex["values"]
    assert male["label"] == "male"
    table: Any = client.get(f"{answer['table']}?{male['query']}")
    lines = b"".join(table.streaming_content).decode().splitlines()
    assert len(lines) == 1 + male["count"]
    for query in ("q=Ales", "cursor=x", "ordering=name", "sex=", "sex=nobody"):
        assert client.get(f"{API}?{query}").status_code == 400


def test_each_number_of_the_page_leads_to_its_cases(
    client: Client, people: None
) -> None:
    def page(query: str) -> str:
        answer = client.get(f"/en/statistics/?{query}")
        assert answer.status_code == 200
        return answer.content.decode()

    html = page("")
    assert "2 of them have no published name" in html
    found = re.findall(r'cases/\?([^"]+)">(\d+)</a></td>', html)
    assert len(found) > 20
    for query, count in found:
        assert rows("prisoner", unescape(query)) == int(count)
    (place,) = PUBLIC.documents("facility").values_list("id", flat=True)
    person(
        "Held There",
        "imprisoned",
        detentions=[{"placements": [{"facility": str(place)}]}],
    )
    assert "Known prison" in page("sex=female&status=imprisoned") + page("")
    assert "would single them out" in page("sex=female")
    assert "refused" not in page("named=true&sex=female")
    for query in ("named=false&sex=female", "sex=nobody"):
        assert client.get(f"/en/statistics/?{query}").status_code == 400


# --- What is kept -------------------------------------------------------------------------


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The audiences that something was computed of."""
    audiences: list[str] = []
    compute = facets._Dividing.division

    def division(self: Any) -> facets.Division:
        audiences.append(self.audience.name)
        return compute(self)

    monkeypatch.setattr(facets._Dividing, "division", division)
    return audiences


def test_a_number_is_kept_until_anything_changes_what_its_readers_may_see(
    people: None, computed: list[str]
) -> None:
    """A new number of the feed, what is held back and let go, facts computed anew under
    the same number, another day, language or audience.
    """
    case = person("Ales Last", "imprisoned", sex="female")

    def women(audience: Audience = PUBLIC) -> int:
        return divided("sex=female", audience=audience).count

    assert [women(), women(), women()] == [2, 2, 2]
    assert computed == ["public"]
    _as_far(PARTNERS)
    assert women(PARTNERS) == 0
    assert computed == ["public", "partners"]
    with translation.override("be"):
        women()
    facets.divided(PUBLIC, "prisoner", QueryDict("sex=female"), date(2025, 11, 29))
    assert computed == ["public", "partners", "public", "public"]
    hold_back(PUBLIC, case["id"])
    assert women() == 1
    let_go(PUBLIC)
    assert women() == 2
    publish(PUBLIC, "prisoner", {"id": case["id"], "sex": "male"})
    assert women() == 1
    _refresh(case["id"])
    assert women() == 2


@as_publisher
def _as_far(audience: Audience) -> None:
    """At the very numbers of the public, with nothing published."""
    numbers: Any = PUBLIC.feed_model._default_manager.values().get()
    numbers.pop("id")
    audience.feed_model._default_manager.filter(id=1).update(**numbers)


@as_publisher
def _refresh(row_id: str) -> None:
    """As the gate does it where a release computes facts otherwise."""
    rows = PUBLIC.document_model._default_manager.filter(id=row_id)
    rows.update(facts={"sex": ["female"]}, sort_name="name")


def test_few_answers_are_kept_and_one_moment_is_read(
    people: None, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets.KEPT, "most", 2)
    for sex in ("male", "female", "male", "other", "male", "female"):
        divided(f"sex={sex}")
    assert len(computed) == 4


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_is_read_at_one_moment() -> None:
    """Else an answer could be kept under numbers that it is not of."""
    with one_moment("default"), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("repeatable read",)
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("on",)
