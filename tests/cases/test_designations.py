"""That an authority put somebody on a list is that authority's word, and no fact about
the person.
"""

import csv
import io
import json
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from cases.models import Designation, Identifier, Prisoner
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.editorial import Desk, problem
from tracker.models import PublicDocument

pytestmark = pytest.mark.django_db

ENDS_EARLY = {"from_on": "2024-05", "to_on": "2023"}
NOBODY_LISTED = {"authority": " "}
REFUSED = [(ENDS_EARLY, "to_on"), (NOBODY_LISTED, "authority")]
LISTED: dict[str, Any] = {
    "authority": "Rosfinmonitoring",
    "list_kind": "extremist_or_terrorist",
    "list_as_stated": "Перечень террористов и экстремистов",
    "country": "RU",
    "from_on": "2022-05-17",
}


@pytest.mark.parametrize(("said", "field"), REFUSED)
class TestWhatCannotBeAListing:
    def test_is_refused_by_its_form_in_a_sentence(
        self, said: dict[str, str], field: str
    ) -> None:
        listing = Designation(prisoner=make.make_prisoner(), **{**LISTED, **said})
        with pytest.raises(ValidationError) as refused:
            listing.full_clean()
        label = "To:" if field == "to_on" else "Listed by:"
        assert label in str(refused.value)

    def test_is_refused_by_the_api_and_nothing_is_saved(
        self, said: dict[str, str], field: str
    ) -> None:
        listing = make.make_designation(make.make_prisoner(), **LISTED)
        desk = Desk()
        path = f"designations/{listing.pk}/"
        assert field in problem(desk.patch(path, said, desk.etag(path)), 400)["errors"]
        body = {"designations": [{**LISTED, **said}]}
        refused = problem(desk.post("prisoners/", body), 400)
        assert f"designations.0.{field}" in refused["errors"]
        listing.refresh_from_db()
        assert (listing.authority, listing.to_on) == ("Rosfinmonitoring", None)
        assert Prisoner.objects.count() == Designation.objects.count() == 1

    def test_is_refused_by_the_database(self, said: dict[str, str], field: str) -> None:
        listing = make.make_designation(make.make_prisoner(), **LISTED)
        rows = Designation.objects.filter(pk=listing.pk)
        rule = "to_on_not_before" if field == "to_on" else "somebody_s_word"
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            rows.update(**said)


class TestAPublishedListing:
    @pytest.fixture(autouse=True)
    def listed(self, settings: Any) -> None:
        settings.REQUIRE_REVIEW = False
        case = make.make_prisoner("Sasha Example", visibility="public")
        Identifier.objects.create(
            prisoner=case, scheme="rosfinmonitoring", value="4512"
        )
        self.source = make.make_source(visibility="public")
        self.listing = make.make_designation(case, **LISTED)
        make.make_citation(
            self.listing,
            "authority",
            self.source,
            locator="No. 4512",
            quote="the list of 17 May",
            as_of="2022-05-17",
        )

    def test_is_the_word_of_its_authority_on_page_table_and_feed(
        self, client: Client
    ) -> None:
        (told,) = document()["designations"]
        assert told["authority"] == "Rosfinmonitoring"
        assert told["list_kind"] == "extremist_or_terrorist"
        page = words_of(client, f"/en/cases/{document()['id']}/")
        assert "Listed by : Rosfinmonitoring, one list of" in page
        assert "Listed by Rosfinmonitoring [ source 1]" in page
        line = csv_line(client)
        assert line["listed_by"] == "Rosfinmonitoring: extremist_or_terrorist"
        assert line["listed_by_hedge"] == "stated"
        fed = read(client, "/api/v1/changes/")
        assert '"authority":"Rosfinmonitoring","list_kind"' in fed.replace(": ", ":")

    def test_is_found_by_its_kind_and_by_who_listed(self, client: Client) -> None:
        document()
        for query, count in (
            ("list_kind=extremist_or_terrorist", 1),
            ("list_kind=foreign_agent", 0),
            ("listed_by=Rosfinmonitoring", 1),
            ("listed_by=Nobody", 0),
        ):
            answer = client.get(f"/api/v1/prisoners/?{query}").json()
            assert len(answer["results"]) == count, query
        assert "Listed by an authority, kind of list" in words_of(client, "/en/cases/")

    def test_is_not_told_without_its_authority(self, client: Client) -> None:
        case = Prisoner.objects.get()
        case.withheld = {str(self.listing.pk): {"authority": "internal"}}
        case.save()
        assert document()["designations"] == []
        told = json.dumps(document(), ensure_ascii=False) + read(
            client, f"/en/cases/{document()['id']}/"
        )
        assert "Перечень" not in told
        assert "extremist" not in told
        assert csv_line(client)["listed_by"] == ""

    def test_is_told_by_the_year_where_the_name_is_withheld(
        self, client: Client
    ) -> None:
        case = Prisoner.objects.get()
        case.name_withheld = True
        for name, value in make.ALL_TOLD.items():
            setattr(case, name, value)
        case.save()
        (told,) = document()["designations"]
        assert told["authority"] == "Rosfinmonitoring"
        assert told["list_kind"] == "extremist_or_terrorist"
        assert told["from_on"]["edtf"] == "2022"
        everything = json.dumps(document()) + read(
            client, f"/en/cases/{document()['id']}/"
        )
        for trace in ("4512", "2022-05-17", "17 May", "Example"):
            assert trace not in everything
        days = "from_on_min=2022-05-17"
        assert client.get(f"/api/v1/prisoners/?{days}").status_code == 400


def document() -> dict[str, Any]:
    publish_pending()
    row = PublicDocument.objects.get(kind="prisoner")
    found: dict[str, Any] = json.loads(row.document or "")
    return found


def csv_line(client: Client) -> dict[str, str]:
    table = read(client, "/api/v1/prisoners.csv").lstrip("\ufeff")
    (line,) = csv.DictReader(io.StringIO(table))
    return line


def read(client: Client, address: str) -> str:
    answer: Any = client.get(address)
    assert answer.status_code == 200
    content = b"".join(answer) if answer.streaming else answer.content
    return str(content.decode())


def words_of(client: Client, address: str) -> str:
    """The words of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", read(client, address)).split())
