"""Bodies that call nobody a political prisoner have categories of their own."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from cases.models import Identifier, Prisoner, Recognition
from tests import factories as make
from tests.cases.editorial import Desk, problem
from tests.cases.test_designations import csv_line, document, words_of

pytestmark = pytest.mark.django_db

BODY = "UN Working Group on Arbitrary Detention"
UNNAMED = {"organisation": BODY, "outcome": "own_category"}


class TestACategoryThatIsNotNamed:
    def test_is_refused_by_its_form_in_a_sentence(self) -> None:
        recognition = Recognition(prisoner=make.make_prisoner(), **UNNAMED)
        with pytest.raises(ValidationError, match="Category: say which one"):
            recognition.full_clean()

    def test_is_refused_by_the_api_and_nothing_is_saved(self) -> None:
        answer = Desk().post("prisoners/", {"recognitions": [UNNAMED]})
        assert "recognitions.0.category" in problem(answer, 400)["errors"]
        assert not Prisoner.objects.exists()

    def test_is_refused_by_the_database(self) -> None:
        recognition = make.make_recognition(make.make_prisoner())
        rows = Recognition.objects.filter(pk=recognition.pk)
        with pytest.raises(IntegrityError, match="names_it"), transaction.atomic():
            rows.update(outcome="own_category")


class TestAPublishedCategory:
    @pytest.fixture(autouse=True)
    def case(self, settings: Any) -> Prisoner:
        settings.REQUIRE_REVIEW = False
        self.prisoner = make.make_prisoner(visibility="public")
        said = {**UNNAMED, "category": "category II", "decided_on": "2021-05-04"}
        make.make_recognition(self.prisoner, **said)
        Identifier.objects.create(
            prisoner=self.prisoner, scheme="WGAD", value="23/2021"
        )
        return self.prisoner

    def test_is_told_beside_its_body_and_is_no_recognition(
        self, client: Client
    ) -> None:
        (told,) = document()["recognitions"]
        assert (told["outcome"], told["category"]) == ("own_category", "category II")
        page = words_of(client, f"/en/cases/{document()['id']}/")
        assert "Put in a category of its own" in page
        assert f"by {BODY}" in page
        assert "category II" in page
        assert "23/2021" in page
        assert "ecognised as a political prisoner" not in page
        line = csv_line(client)
        assert line["recognitions"] == f"{BODY}: own_category (category II)"
        for query, count in (
            ("recognition=recognised", 0),
            ("recognition_category=category II", 1),
        ):
            answer = client.get(f"/api/v1/prisoners/?{query}").json()
            assert len(answer["results"]) == count, query

    def test_has_a_number_that_goes_with_the_name(self, client: Client) -> None:
        document()
        self.prisoner.refresh_from_db()
        self.prisoner.name_withheld = True
        for name, value in make.ALL_TOLD.items():
            setattr(self.prisoner, name, value)
        self.prisoner.save()
        page = words_of(client, f"/en/cases/{document()['id']}/")
        assert "23/2021" not in page
        assert "category II" in page
