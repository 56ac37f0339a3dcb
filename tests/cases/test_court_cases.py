"""Court cases: who is in them, and who is told of them."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client

from cases.day import today
from cases.merging import MergeRefused, merge
from cases.models import (
    Citation,
    CourtCase,
    Hearing,
    Prisoner,
    Prosecution,
    Source,
)
from cases.publishing import gate, publish_pending
from cases.publishing.becoming import by_approving
from tests import factories as make
from tests.cases.admin_pages import address
from tests.cases.editorial import Desk, problem
from tracker.models import PartnersDocument, PublicCorrection, PublicDocument

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
    hearing_id = Hearing.objects.get().pk
    told = desk.get(f"hearings/{hearing_id}/").json()
    assert told["judge"] == "A. Example, judge"
    (row,) = desk.get("hearings/").json()["results"]
    assert not {"judge", "prosecutor"} & set(row), "a list is an index of officials"


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


class TestWhoJudged:
    """Judge and prosecutor are told only where the organisation publishes them, on a
    court document or two independent sources, to whoever is told of the court case.
    """

    @pytest.fixture(autouse=True)
    def organisation(self, settings: Any) -> None:
        settings.REQUIRE_REVIEW = False
        settings.PUBLISH_OFFICIALS = True

    def hearing(self, *sources: Any, **fields: Any) -> Hearing:
        """Of a court case of one person who is published, on the word of these
        sources.
        """
        self.person = make.make_prisoner("Ales", visibility="public")
        self.court_case = make.make_court_case(visibility="public")
        make.make_prosecution(self.person, self.court_case)
        said = {"held_on": "2021-03-02", **OFFICIALS, **fields}
        hearing = make.make_hearing(self.court_case, **said)
        for source in sources:
            for name in OFFICIALS:
                make.make_citation(hearing, name, source)
        publish_pending()
        return hearing

    def told(self, audience: Any = PublicDocument) -> dict[str, Any]:
        row = audience.objects.get(pk=self.court_case.pk)
        document = json.loads(row.document)
        (hearing,) = document["hearings"]
        cited = {citation["field"] for citation in document["citations"]}
        officials = {name: hearing[name] for name in OFFICIALS}
        is_told = officials == OFFICIALS
        assert is_told or not any(officials.values())
        assert cited & OFFICIALS.keys() == (OFFICIALS.keys() if is_told else set())
        return officials if is_told else {}

    def source(self, publisher: str = "", **fields: Any) -> Any:
        return make.make_source(
            publisher=publisher, **{"visibility": "public", **fields}
        )

    def court_document(self, **fields: Any) -> Any:
        return self.source(source_kind="court_document", **fields)

    def test_a_court_document_is_enough(self) -> None:
        self.hearing(self.court_document())
        assert self.told() == OFFICIALS

    def test_so_are_two_independent_sources_and_no_others(self) -> None:
        self.hearing(self.source("Daily"), self.source("Weekly"))
        assert self.told() == OFFICIALS

    @pytest.mark.parametrize(
        "sources",
        [
            [{"publisher": "Daily"}],
            [{"publisher": "Daily"}, {"publisher": " daily"}],
            [{"publisher": "Daily"}, {"publisher": "Weekly", "relays": ["Daily"]}],
            [{"publisher": "Daily"}, {"publisher": "Weekly", "visibility": "internal"}],
            [{"publisher": "Daily"}, {"publisher": "Weekly", "standing": "retracted"}],
            [{"source_kind": "court_document", "visibility": "internal"}],
            [{"source_kind": "court_document", "standing": "retracted"}],
        ],
    )
    def test_fewer_are_not(self, sources: list[dict[str, Any]]) -> None:
        self.hearing(*(self.source(**fields) for fields in sources))
        assert self.told() == {}

    def test_two_that_repeat_one_are_one(self) -> None:
        original = self.source("Agency", visibility="internal")
        copies = [self.source("Daily"), self.source("Weekly")]
        for copy in copies:
            copy.derived_from.add(original)
        self.hearing(*copies)
        assert self.told() == {}

    def test_two_are_one_as_soon_as_it_is_known_that_one_repeats_the_other(
        self,
    ) -> None:
        original, copy = self.source("Daily"), self.source("Weekly")
        self.hearing(original, copy)
        assert self.told() == OFFICIALS
        copy.derived_from.add(original)
        publish_pending()
        assert self.told() == {}

    def test_each_audience_by_the_sources_that_it_sees(self) -> None:
        self.hearing(self.source("Daily"), self.source("Weekly", visibility="partners"))
        assert self.told() == {}
        assert self.told(PartnersDocument) == OFFICIALS

    def test_nobody_is_named_of_whom_a_source_says_that_it_was_another(self) -> None:
        hearing = self.hearing(self.court_document())
        other = self.source("Daily")
        for name in OFFICIALS:
            make.make_citation(hearing, name, other, states="Another")
        publish_pending()
        assert self.told() == {}
        assert "Another" not in everything_stored()

    def test_what_was_retracted_names_nobody_and_takes_nobody_away(self) -> None:
        hearing = self.hearing(self.court_document())
        retracted = self.source("Daily", standing="retracted")
        for name in OFFICIALS:
            make.make_citation(hearing, name, retracted, states="Another")
        publish_pending()
        assert self.told() == OFFICIALS
        assert "Another" not in everything_stored()

    def test_nobody_is_named_of_a_day_that_is_not_known(self) -> None:
        self.hearing(self.court_document(), held_on="")
        assert self.told() == {}

    @pytest.mark.parametrize(
        ("what", "change"),
        [
            ("evidence", {"visibility": "internal"}),
            ("evidence", {"standing": "retracted"}),
            ("evidence", {"source_kind": "news_report"}),
            ("court_case", {"visibility": "internal"}),
            ("person", {"visibility": "internal"}),
            ("person", {"name_withheld": True}),
        ],
    )
    def test_they_go_with_what_they_rest_on_and_leave_nothing(
        self, what: str, change: dict[str, Any]
    ) -> None:
        self.evidence = self.court_document()
        self.hearing(self.evidence)
        assert self.told() == OFFICIALS
        record = getattr(self, what)
        type(record).objects.filter(pk=record.pk).update(**change)
        publish_pending()
        for name in OFFICIALS.values():
            assert name not in everything_stored()

    def test_they_go_and_come_with_the_setting(self, settings: Any) -> None:
        self.hearing(self.court_document())
        for is_on in (False, True):
            settings.PUBLISH_OFFICIALS = is_on
            publish_pending()
            assert self.told() == (OFFICIALS if is_on else {})
            for name in OFFICIALS.values():
                assert (name in everything_stored()) is is_on

    def test_they_go_at_once_though_nothing_new_is_published(
        self, settings: Any, monkeypatch: Any
    ) -> None:
        """As after an upgrade, until somebody has confirmed the statuses."""
        self.hearing(self.court_document())
        monkeypatch.setattr(gate, "must_be_confirmed", lambda feeds: True)
        settings.PUBLISH_OFFICIALS = False
        publish_pending()
        assert self.told() == {}

    def test_a_correction_of_one_repeats_neither(self) -> None:
        hearing = self.hearing(self.court_document())
        Hearing.objects.filter(pk=hearing.pk).update(judge="The other judge")
        Citation.objects.filter(hearing=hearing).update(states=None)
        publish_pending()
        assert "The other judge" in everything_stored()
        assert not PublicCorrection.objects.filter(field="judge").exists()
        assert OFFICIALS["judge"] not in everything_stored()

    def test_no_question_and_no_table_has_them_and_the_page_says_who_and_where_from(
        self, client: Client
    ) -> None:
        self.hearing(self.court_document(title="The verdict"))
        word = "Qzjudge"
        for asked in (
            f"/en/court-cases/?q={word}",
            f"/api/v1/court-cases/?q={word}",
            "/en/court-cases/",
            "/api/v1/court-cases.csv",
        ):
            answer = client.get(asked)
            assert answer.status_code == 200, asked
            assert OFFICIALS["judge"] not in b"".join(answer).decode(), asked
        assert client.get(f"/api/v1/court-cases/?judge={word}").status_code == 400
        rows = PublicDocument.objects.filter(pk=self.court_case.pk)
        row = rows.values("facts", "search_key", "sort_name").get()
        assert word.lower() not in str(row).lower()
        page = client.get(f"/en/court-cases/{self.court_case.pk}/").text
        for words in ("Judge on that day", OFFICIALS["judge"], "The verdict"):
            assert words in page

    def test_who_reviews_it_is_told_if_readers_will_be(self, settings: Any) -> None:
        verdict = self.court_document()
        hearing = self.hearing()
        settings.REQUIRE_REVIEW = True
        make.make_citation(hearing, "judge", verdict)
        for is_on in (True, False):
            settings.PUBLISH_OFFICIALS = is_on
            (becoming,) = by_approving(
                CourtCase.kind, [self.court_case.pk], today()
            ).values()
            told = [words for words in becoming.appears if "judge on that day" in words]
            assert len(told) == is_on

    def test_what_nobody_has_approved_makes_no_two_sources_independent(
        self, settings: Any
    ) -> None:
        sources = [self.source("Daily"), self.source("Daily")]
        self.hearing(*sources)
        settings.REQUIRE_REVIEW = True
        Source.objects.filter(pk=sources[0].pk).update(publisher="Weekly")
        publish_pending()
        assert self.told() == {}
        make.approve(sources[0])
        publish_pending()
        assert self.told() == OFFICIALS
        # What takes one away waits for no approval.
        Source.objects.filter(pk=sources[0].pk).update(publisher="Daily")
        publish_pending()
        assert self.told() == {}


def test_by_itself_the_software_tells_of_no_judge(settings: Any) -> None:
    assert settings.PUBLISH_OFFICIALS is False


OFFICIALS = {
    "judge": "A. Qzjudge, judge of the Example District Court",
    "prosecutor": "B. Qzprosecutor, prosecutor of Example District",
}


def everything_stored() -> str:
    """In all tables that readers are answered from."""
    tables: Any = [
        model
        for model in apps.get_app_config("tracker").get_models()
        if not model._meta.proxy
    ]
    return str([list(table.objects.values()) for table in tables])


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
