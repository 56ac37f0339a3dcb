"""“Do we know this person?”: asked while a name is typed and when a new case is saved;
and wherever a case is chosen, people of one name are told apart.
"""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.desk.access.models import AccessEvent, Act
from cases.merging import duplicates
from cases.models import PersonName, Prisoner
from cases.named import open_to, seeing_as
from cases.publishing import publish_pending
from cases.telling_apart import told_apart
from tests import factories as make
from tests.cases.admin_pages import address, complaints, doubted, opened, with_row
from tests.cases.editorial import Desk, problem

pytestmark = pytest.mark.django_db

ADD = "/admin/cases/prisoner/add/"


@pytest.fixture
def documenter() -> Client:
    client = Client()
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def known() -> Prisoner:
    prisoner = make.make_prisoner("Mikola Statkevich", born_on="1956-08-12")
    detention = make.make_detention(prisoner, started_on="2020")
    prison = make.make_facility("Prison No. 4")
    make.make_placement(detention, facility=prison, from_on="2021")
    publish_pending()
    return prisoner


def typed(client: Client, name: str) -> list[str]:
    answer = client.get(reverse("admin:cases_prisoner_known"), {"term": name})
    assert answer.status_code == 200
    return [result["text"] for result in answer.json()["results"]]


def added(client: Client, name: str, **fields: Any) -> Any:
    page = {**opened(client, ADD), "names-0-value": name, **fields}
    return client.post(ADD, page)


class TestWhileANameIsTyped:
    @pytest.mark.parametrize(
        "name",
        ["Mikola Statkevich", "Николай Статкевич", "Statkev", "Статкевіч", "mikola st"],
    )
    def test_the_nearest_are_told_with_birth_place_and_status(
        self, documenter: Client, known: Prisoner, name: str
    ) -> None:
        told = "Mikola Statkevich (born 1956; Prison No. 4; in detention)"
        assert typed(documenter, name) == [told]

    def test_a_case_of_one_word_is_near_a_name_that_has_it(
        self, documenter: Client
    ) -> None:
        make.make_prisoner("Statkevich")
        make.make_prisoner("Mikola Other")
        publish_pending()
        (told,) = typed(documenter, "Mikola Statkevich")
        assert told.startswith("Statkevich (status not known; entered on")

    def test_a_case_without_a_name_has_no_number_in_place_of_it(self) -> None:
        nameless = make.make_prisoner("")
        publish_pending()
        (person,) = told_apart([nameless.pk])
        assert person.name == "No name recorded"
        assert str(nameless.pk)[:8] not in str(person)

    def test_what_was_typed_is_logged_as_a_search(
        self, documenter: Client, known: Prisoner
    ) -> None:
        typed(documenter, "Statkevich")
        line = AccessEvent.objects.latest("id")
        assert (line.act, line.kind, line.rows) == (Act.SEARCH, "prisoner", 1)
        assert line.asked == "term: Statkevich"

    def test_a_case_of_named_staff_is_told_to_nobody_else(
        self, documenter: Client, known: Prisoner
    ) -> None:
        insider = User.objects.create_superuser("insider")
        twin = make.make_prisoner("Mikola Statkevich")
        publish_pending()
        assert len(typed(documenter, "Statkevich")) == 2
        open_to(twin.pk, [insider], by=insider, reason="At risk.")
        assert len(typed(documenter, "Statkevich")) == 1
        with seeing_as(insider):
            assert len(duplicates.nearest("Statkevich")) == 2


def test_the_nearest_are_found_by_indexes_in_one_query() -> None:
    ways = ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan")
    plans = []
    with connection.cursor() as cursor:
        for way in ways:
            cursor.execute(f"SET LOCAL {way} = off")
        for name in ("Statkevich", "Mikola Statkevich", "Mikola Viktaravich Statk"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                duplicates.nearest(name, typing=True)
            (query,) = queries.captured_queries
            cursor.execute("EXPLAIN " + query["sql"])
            plans.append("\n".join(row for (row,) in cursor.fetchall()))
        for way in ways:
            cursor.execute(f"SET LOCAL {way} = on")
    for plan in plans:
        assert "deskentry_words" in plan
        assert "Seq Scan on cases_deskentry" not in plan


class TestANewCase:
    def test_asks_and_saves_nothing(self, documenter: Client, known: Prisoner) -> None:
        answer = added(documenter, "Николай Статкевич")
        assert "hardly so" in complaints(answer)
        page = answer.content.decode()
        assert "Do we know this person?" in page
        assert "Mikola Statkevich (born 1956; Prison No. 4; in detention)" in page
        assert reverse("admin:cases_prisoner_change", args=[known.pk]) in page
        assert "No, this is somebody else" in page
        assert Prisoner.objects.get() == known

    def test_is_saved_when_somebody_says_it_is_somebody_else(
        self, documenter: Client, known: Prisoner
    ) -> None:
        (key,) = doubted(added(documenter, "Николай Статкевич"))
        answer = added(documenter, "Николай Статкевич", source_says=[key])
        assert answer.status_code == 302
        assert Prisoner.objects.count() == 2

    def test_asks_of_several_once(self, documenter: Client, known: Prisoner) -> None:
        make.make_prisoner("Mikalai Statkievich")
        publish_pending()
        (keys,) = doubted(added(documenter, "Mikola Statkevich"))
        assert len(keys.split()) == 2
        answer = added(documenter, "Mikola Statkevich", source_says=[keys])
        assert answer.status_code == 302

    def test_of_one_word_asks_too(self, documenter: Client, known: Prisoner) -> None:
        assert doubted(added(documenter, "Statkevich"))

    @pytest.mark.parametrize(
        ("name", "born_on"), [("Mikola Statkevich", "1990"), ("Mikola Other", "")]
    )
    def test_of_another_year_or_name_asks_nothing(
        self, documenter: Client, known: Prisoner, name: str, born_on: str
    ) -> None:
        assert added(documenter, name, born_on=born_on).status_code == 302

    def test_keeps_the_tick_while_another_is_missing(
        self, documenter: Client, known: Prisoner
    ) -> None:
        said = {"died_on": "2999-01-01"}
        person, _day = doubted(added(documenter, "Mikola Statkevich", **said))
        answer = added(documenter, "Mikola Statkevich", source_says=[person], **said)
        assert len(doubted(answer)) == 2
        (ticked,) = [
            box
            for box, _asked in answer.context["adminform"].form["source_says"].rows()
            if "checked" in str(box)
        ]
        assert ticked.data["value"] == person

    def test_whose_first_name_comes_later_asks_then(
        self, documenter: Client, known: Prisoner
    ) -> None:
        nameless = make.make_prisoner("")
        url = address(nameless)
        page = with_row(opened(documenter, url), "names", value="Mikola Statkevich")
        assert doubted(documenter.post(url, page))

    def test_another_spelling_of_a_case_that_has_names_asks_nothing(
        self, documenter: Client, known: Prisoner
    ) -> None:
        other = make.make_prisoner("Somebody Else")
        url = address(other)
        page = with_row(opened(documenter, url), "names", value="Mikola Statkevich")
        assert documenter.post(url, page).status_code == 302

    def test_by_the_editorial_api_asks_and_takes_the_answer(
        self, known: Prisoner
    ) -> None:
        desk = Desk(make.make_documenter())
        body = {"names": [{"value": "Николай Статкевич"}]}
        said = str(problem(desk.post("prisoners/", body), 400))
        assert "Do we know this person?" in said
        assert str(known.pk) in said
        assert not PersonName.objects.filter(value="Николай Статкевич").exists()

        (key,) = re.findall(r"known_person-\w+", said)
        answer = desk.post("prisoners/", body, **{"X-Source-Says-So": key})
        assert answer.status_code == 201


class TestPickers:
    @pytest.fixture(autouse=True)
    def namesakes(self, known: Prisoner) -> Prisoner:
        twin = make.make_prisoner("Mikola Statkevich", born_on="1990")
        publish_pending()
        return twin

    TOLD = {
        "Mikola Statkevich (born 1956; Prison No. 4; in detention)",
        "Mikola Statkevich (born 1990; status not known)",
    }

    def test_of_a_merge_tell_namesakes_apart(
        self, documenter: Client, known: Prisoner
    ) -> None:
        asked = {
            "app_label": "cases",
            "model_name": "prisoner",
            "field_name": "merged_into",
            "term": "Statkevich",
        }
        answer = documenter.get(reverse("admin:autocomplete"), asked).json()
        assert {result["text"] for result in answer["results"]} == self.TOLD
        url = reverse("admin:cases_prisoner_merge", args=[known.pk])
        assert "Mikola Statkevich (born 1990" in documenter.get(url).content.decode()
        pairs = documenter.get(reverse("admin:cases_prisoner_duplicates"))
        assert "Mikola Statkevich (born 1990" in pairs.content.decode()

    def test_of_a_citation_tell_namesakes_apart(self, documenter: Client) -> None:
        url = reverse("admin:cases_citation_cases")
        answer = documenter.get(url, {"term": "Statkevich"}).json()
        (group,) = answer["results"]
        assert {option["text"] for option in group["children"]} == self.TOLD
