"""Court cases: who is in them, and who is told of them."""

import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from cases.merging import MergeRefused, merge
from cases.models import CourtCase, Hearing, Prisoner, Prosecution
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address
from tests.cases.editorial import Desk, problem
from tracker.models import PartnersDocument, PublicDocument

pytestmark = pytest.mark.django_db


def test_a_trial_of_two_people_goes_in_through_the_editorial_api() -> None:
    desk = Desk()
    court_case = desk.post(
        "court-cases/",
        {"number": "65/2021", "court": "State Security Court", "stage": "appeal"},
    ).json()["id"]
    seen = {"If-Match": desk.etag(f"court-cases/{court_case}/")}
    hearing = {
        "court_case": court_case,
        "held_on": "2021-03-02",
        "what_happened": "detention_renewed",
        "judge": "A. Example, judge",
    }
    assert desk.post("hearings/", hearing, **seen).status_code == 201
    for name in ("Ahmed", "Youssef"):
        prisoner = make.make_prisoner(name)
        charge = make.make_charge(prisoner, article="19")
        sentence = make.make_sentence(prisoner, term_months=24)
        body = {
            "prisoner": str(prisoner.pk),
            "court_case": court_case,
            "charges": [str(charge.pk)],
            "sentences": [str(sentence.pk)],
        }
        seen = {"If-Match": desk.etag(f"prisoners/{prisoner.pk}/")}
        assert desk.post("prosecutions/", body, **seen).status_code == 201
    tied = Prosecution.objects.filter(court_case=court_case)
    assert [tie.charges.count() for tie in tied] == [1, 1]
    assert [tie.sentences.count() for tie in tied] == [1, 1]
    assert Hearing.objects.get().judge == "A. Example, judge"


def test_a_person_is_in_a_court_case_once_and_the_field_is_named() -> None:
    prisoner, court_case = make.make_prisoner(), make.make_court_case()
    make.make_prosecution(prisoner, court_case)
    desk = Desk()
    body = {"prisoner": str(prisoner.pk), "court_case": str(court_case.pk)}
    seen = {"If-Match": desk.etag(f"prisoners/{prisoner.pk}/")}
    refused = problem(desk.post("prosecutions/", body, **seen), 400)
    assert "court_case" in str(refused)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_prosecution(prisoner, court_case)
    assert Prosecution.objects.count() == 1


def test_charges_of_somebody_else_are_refused_and_nothing_is_saved() -> None:
    prisoner, other = make.make_prisoner(), make.make_prisoner("Other")
    charge = make.make_charge(other, article="19")
    desk = Desk()
    body = {
        "prisoner": str(prisoner.pk),
        "court_case": str(make.make_court_case().pk),
        "charges": [str(charge.pk)],
    }
    seen = {"If-Match": desk.etag(f"prisoners/{prisoner.pk}/")}
    assert "charges" in str(problem(desk.post("prosecutions/", body, **seen), 400))
    assert not Prosecution.objects.exists()


def test_a_court_case_has_a_number_or_a_court() -> None:
    assert "number" in str(
        problem(Desk().post("court-cases/", {"stage": "appeal"}), 400)
    )
    assert not CourtCase.objects.exists()


def test_two_cases_in_one_court_case_are_not_merged_before_one_is_taken_out() -> None:
    kept, merged = make.make_prisoner("Ales"), make.make_prisoner("Aleś")
    court_case = make.make_court_case()
    make.make_prosecution(kept, court_case)
    tie = make.make_prosecution(merged, court_case)
    both = (kept.pk, merged.pk)

    def merge_them() -> None:
        for case in (kept, merged):
            case.refresh_from_db()
        versions = (kept.version, merged.version)
        merge(*both, seen_versions=versions, reason="One person.")

    with pytest.raises(MergeRefused, match="court case"):
        merge_them()
    tie.delete()
    merge_them()


class TestWhoIsTold:
    """Readers are told of a court case only through people in it, whom they are told
    by name.
    """

    @pytest.fixture(autouse=True)
    def saving_approves(self, settings: Any) -> None:
        settings.REQUIRE_REVIEW = False

    def told(self, audience: Any, record: Any) -> dict[str, Any] | None:
        row = audience.objects.filter(pk=record.pk).first()
        if row is None or row.document is None:
            return None
        told: dict[str, Any] = json.loads(row.document)
        return told

    def test_of_whom_and_what(self) -> None:
        ales = make.make_prisoner("Ales", visibility="public")
        maria = make.make_prisoner("Maria", visibility="partners")
        hidden = make.make_prisoner("Hidden")
        court_case = make.make_court_case(visibility="public")
        make.make_hearing(court_case, held_on="2021-03-02", judge="Judge N.")
        count = make.make_count(
            "accused", 17, visibility="public", court_case=court_case
        )
        for person in (ales, maria, hidden):
            make.make_prosecution(person, court_case)
        publish_pending()
        for audience, people in (
            (PublicDocument, {ales}),
            (PartnersDocument, {ales, maria}),
        ):
            told = self.told(audience, court_case)
            assert told is not None
            assert set(told["people"]) == {str(person.pk) for person in people}
            assert told["hearings"][0]["held_on"]["edtf"] == "2021-03-02"
            assert "Judge" not in json.dumps(told)
            assert self.told(audience, count)["value"] == 17  # type: ignore[index]
            (tie,) = self.told(audience, ales)["prosecutions"]  # type: ignore[index]
            assert tie["court_case"] == str(court_case.pk)

    @pytest.mark.parametrize(
        ("of_person", "of_tie"),
        [
            ({"visibility": "internal"}, {}),
            ({"name_withheld": True}, {}),
            ({"case_taken_back": 1}, {}),
            ({}, {"visibility": "internal"}),
        ],
    )
    def test_it_goes_with_the_last_person_and_comes_back(
        self, of_person: dict[str, Any], of_tie: dict[str, Any]
    ) -> None:
        person = make.make_prisoner("Ales", visibility="public")
        court_case = make.make_court_case(visibility="public")
        count = make.make_count(
            "accused", 17, visibility="public", court_case=court_case
        )
        tie = make.make_prosecution(person, court_case)
        publish_pending()
        assert self.told(PublicDocument, court_case)
        Prisoner.objects.filter(pk=person.pk).update(**{"sex": None, **of_person})
        if of_tie:
            Prosecution.objects.filter(pk=tie.pk).update(**of_tie)
        # At once, before the gate has looked at it.
        answer = Client().get(f"/api/v1/court-cases/{court_case.pk}/")
        assert answer.status_code in (404, 503), answer.content
        publish_pending()
        for record in (court_case, count):
            assert self.told(PublicDocument, record) is None
        rows = json.dumps(list(PublicDocument.objects.values()), default=str)
        assert court_case.number not in rows
        if "case_taken_back" in of_person:
            return  # that returns by an approval of its own
        back = {"visibility": "public", "name_withheld": False}
        Prisoner.objects.filter(pk=person.pk).update(**back)
        Prosecution.objects.filter(pk=tie.pk).update(visibility=None)
        publish_pending()
        assert self.told(PublicDocument, court_case)
        assert self.told(PublicDocument, count)

    def test_a_hidden_person_changes_nothing_that_readers_are_told(self) -> None:
        person = make.make_prisoner("Ales", visibility="public")
        court_case = make.make_court_case(visibility="public")
        make.make_prosecution(person, court_case)
        publish_pending()
        before = stored()
        hidden = make.make_prisoner("Hidden")
        withheld = make.make_prisoner("Other")
        tie = make.make_prosecution(hidden, court_case)
        make.make_prosecution(withheld, court_case, visibility="internal")
        publish_pending()
        tie.delete()
        publish_pending()
        assert stored() == before


def stored() -> str:
    """All that is kept for readers, with the order in which it changed."""
    tables: Any = (PublicDocument, PartnersDocument)
    rows = [list(table.objects.order_by("id").values()) for table in tables]
    return json.dumps(rows, default=str)


def test_it_is_read_at_the_desk_with_the_people_in_it(
    admin_client: Client,
) -> None:
    prisoner, court_case = make.make_prisoner("Ales Example"), make.make_court_case()
    make.make_prosecution(prisoner, court_case)
    publish_pending()
    page = admin_client.get(f"/admin/cases/courtcase/{court_case.pk}/change/")
    assert "Ales Example" in page.content.decode()
    page = admin_client.get(address(prisoner, "file"))
    assert court_case.number in page.content.decode()


def test_what_is_changed_of_it_is_in_its_history() -> None:
    court_case = make.make_court_case()
    hearing = Hearing.objects.create(court_case=court_case, held_on="2021-03-02")
    version = court_case.version
    hearing.delete()
    court_case.refresh_from_db()
    assert court_case.version > version
