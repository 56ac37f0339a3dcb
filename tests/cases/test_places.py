"""Where somebody was taken and is held: as far as it endangers nobody."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cases.models import DetentionOrder, Facility, Placement, Source
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.editorial import Desk, problem
from tracker.contract.vocabulary import PlaceKind
from tracker.models import PublicDocument

pytestmark = pytest.mark.django_db

DEGREES = "53.9006, 27.5590"
OFFICIAL = {"official": "yes", "place_kind": "prison"}
KNOWN_TO_ALL = {
    *("police_custody", "pre_trial_centre", "prison", "penal_colony", "camp"),
    *("juvenile_institution", "military_facility"),
}


def facility(**fields: Any) -> Facility:
    return make.make_facility("Prison No. 8", **fields)


class TestCoordinates:
    @pytest.mark.parametrize("kind", PlaceKind.values)
    def test_are_those_of_a_place_that_everybody_knows(self, kind: str) -> None:
        said = {"official": "yes", "place_kind": kind, "coordinates": DEGREES}
        if kind in KNOWN_TO_ALL:
            assert facility(**said).coordinates == DEGREES
            return
        with pytest.raises(IntegrityError, match="is_official"), transaction.atomic():
            facility(**said)

    def test_are_not_those_of_a_place_of_no_kind(self) -> None:
        """Nobody knows that it is no shelter."""
        with pytest.raises(IntegrityError, match="is_official"), transaction.atomic():
            facility(official="yes", place_kind=None, coordinates=DEGREES)

    @pytest.mark.parametrize("official", ["no", None])
    def test_are_those_of_an_official_place(self, official: str | None) -> None:
        said = {"official": official, "place_kind": "prison", "coordinates": DEGREES}
        with pytest.raises(IntegrityError, match="is_official"), transaction.atomic():
            facility(**said)

    def test_do_not_stay_when_the_place_becomes_a_hospital(self) -> None:
        place = facility(**OFFICIAL, coordinates=DEGREES)
        rows = Facility.objects.filter(pk=place.pk)
        with pytest.raises(IntegrityError, match="is_official"), transaction.atomic():
            rows.update(place_kind="hospital")

    @pytest.mark.parametrize(
        "words", ["at the river", "91, 20", "53.9", "27.5, 181", "53,9, 27,5"]
    )
    def test_are_degrees(self, words: str) -> None:
        place = facility(**OFFICIAL)
        place.coordinates = words
        with pytest.raises(ValidationError) as refused:
            place.full_clean()
        assert "latitude" in str(refused.value)
        desk = Desk()
        path = f"facilities/{place.pk}/"
        answer = desk.patch(path, {"coordinates": words}, desk.etag(path))
        assert "coordinates" in problem(answer, 400)["errors"]


def test_a_home_has_no_place_in_words() -> None:
    detention = make.make_detention(make.make_prisoner())
    for kind in ("house_arrest", "home_confinement"):
        with pytest.raises(IntegrityError, match="at_home"), transaction.atomic():
            make.make_placement(detention, place_kind=kind, place_as_stated="Lenina 1")
        assert make.make_placement(detention, place_kind=kind, region="Minsk").pk
    assert Placement.objects.count() == 2


def test_an_order_that_ends_before_it_begins_is_refused_with_its_field() -> None:
    early = {"from_on": "2024-05", "to_on": "2023"}
    order = make.make_detention_order(make.make_detention(make.make_prisoner()))
    desk = Desk()
    path = f"detention-orders/{order.pk}/"
    assert "to_on" in problem(desk.patch(path, early, desk.etag(path)), 400)["errors"]
    rows = DetentionOrder.objects.filter(pk=order.pk)
    with pytest.raises(IntegrityError, match="to_on"), transaction.atomic():
        rows.update(**early)


class TestWhereTheNameIsWithheld:
    PLACES = ("Vileyka district", "at the mill", "Smarhon district", "the old barracks")

    @pytest.mark.parametrize("withheld", [True, False])
    def test_no_place_is_told_in_words(self, settings: Any, withheld: bool) -> None:
        settings.REQUIRE_REVIEW = False
        case = make.make_prisoner(
            "Sasha Example",
            visibility="public",
            name_withheld=withheld,
            **make.ALL_TOLD,
        )
        taken_in, taken_at, held_in, held_at = self.PLACES
        detention = make.make_detention(
            case,
            started_on="2020-11-12",
            arrest_country="BY",
            arrest_region=taken_in,
            arrest_place_as_stated=taken_at,
        )
        placement = make.make_placement(
            detention, place_kind="camp", region=held_in, place_as_stated=held_at
        )
        source = make.make_source(visibility="public")
        make.make_citation(
            detention, "arrest_region", source, quote=taken_in, locator=taken_at
        )
        make.make_citation(
            placement, "place_as_stated", source, quote=held_at, locator=held_in
        )
        publish_pending()
        row = PublicDocument.objects.get(kind="prisoner")
        document = json.loads(row.document or "")
        (told,) = document["detentions"]
        assert told["arrest_country"] == "BY"
        assert told["placements"][0]["place_kind"] == "camp"
        rows = json.dumps(list(PublicDocument.objects.values()), default=str)
        for place in self.PLACES:
            assert (place in rows) is not withheld, place


class TestWhereFewAreHeld:
    """A facility leads to the person where the name is withheld."""

    @pytest.mark.parametrize("kind", [*PlaceKind.values, None])
    @pytest.mark.parametrize("withheld", [True, False])
    def test_the_facility_is_not_told_where_the_name_is_withheld(
        self, settings: Any, withheld: bool, kind: str | None
    ) -> None:
        settings.REQUIRE_REVIEW = False
        place = facility(place_kind=kind, visibility="public")
        case = make.make_prisoner(
            "Sasha Example",
            visibility="public",
            name_withheld=withheld,
            **make.ALL_TOLD,
        )
        placement = make.make_placement(make.make_detention(case), facility=place)
        make.make_sighting(case, facility=place, heard_on="2024", visibility=None)
        source = make.make_source(visibility="public")
        make.make_citation(
            placement, "facility", source, quote="qz-quote", locator="qz-locator"
        )
        publish_pending()
        row = PublicDocument.objects.get(kind="prisoner")
        told = not withheld or kind in KNOWN_TO_ALL
        everything = f"{row.document}{row.facts}{row.named}"
        assert (str(place.pk) in everything) is told
        for words in ("qz-quote", "qz-locator"):
            assert (words in everything) is told

    @pytest.mark.parametrize("withheld", [True, False])
    def test_nor_does_a_source_name_it_of_another_place(
        self, settings: Any, withheld: bool
    ) -> None:
        settings.REQUIRE_REVIEW = False
        case = make.make_prisoner(
            visibility="public", name_withheld=withheld, **make.ALL_TOLD
        )
        detention = make.make_detention(case)
        prison = facility(place_kind="prison", visibility="public")
        hospital = facility(place_kind="hospital", visibility="public")
        held = make.make_placement(detention, facility=prison)
        make.make_placement(detention, facility=hospital)
        source = make.make_source(visibility="public")
        make.make_citation(held, "facility", source, states=str(hospital.pk))
        publish_pending()
        row = PublicDocument.objects.get(kind="prisoner")
        assert str(prison.pk) in (row.document or "")
        assert (str(hospital.pk) in (row.document or "")) is not withheld


class TestWhereThePersonIsNow:
    """What the public document says of it."""

    @pytest.fixture(autouse=True)
    def without_review(self, settings: Any) -> None:
        settings.REQUIRE_REVIEW = False

    def a_case(self, **fields: Any) -> Any:
        return make.make_prisoner("Ales Example", visibility="public", **fields)

    def held(self, case: Any, **fields: Any) -> Placement:
        """In a prison, in a detention that began in 2020."""
        detention = case.detentions.first()
        if detention is None:
            detention = make.make_detention(case, started_on="2020-11-12")
        if "facility" not in fields:
            fields["facility"] = self.a_place()
        placement = make.make_placement(detention, **fields)
        self.said_by_a_source(placement)
        return placement

    def a_place(self, **fields: Any) -> Facility:
        return facility(**{"place_kind": "prison", "visibility": "public", **fields})

    def told(self) -> Any:
        publish_pending()
        row = PublicDocument.objects.get(kind="prisoner")
        return json.loads(row.document or "")["last_place"]

    def said_by_a_source(self, placement: Placement, **said: Any) -> Any:
        source = make.make_source(visibility="public")
        return make.make_citation(placement, "facility", source, **said)

    def test_is_the_last_facility_with_the_last_day_of_which_a_source_speaks(
        self,
    ) -> None:
        case = self.a_case()
        self.held(case, from_on="2020-11-12", to_on="2021-05")
        placement = self.held(case, from_on="2021-06-01")
        self.said_by_a_source(placement, as_of="2023-04")
        self.said_by_a_source(placement, as_of="2022")
        told = self.told()
        assert told["facility"] == str(placement.facility_id)
        assert told["placement"] == str(placement.pk)
        assert told["as_of"]["edtf"] == "2023-04"

    def test_is_also_where_somebody_saw_the_person_since(self) -> None:
        case = self.a_case()
        placement = self.held(case, from_on="2021")
        make.make_sighting(
            case,
            facility=placement.facility,
            how="seen",
            heard_on="2024-02-03",
            visibility=None,
        )
        assert self.told()["as_of"]["edtf"] == "2024-02-03"

    def test_is_not_as_of_a_day_on_which_the_person_is_only_said_to_have_been_seen(
        self,
    ) -> None:
        case = self.a_case()
        placement = self.held(case, from_on="2021")
        sighting = make.make_sighting(
            case,
            facility=placement.facility,
            how="seen",
            heard_on="2024-02-03",
            visibility=None,
        )
        source = make.make_source(visibility="public")
        make.make_citation(sighting, "heard_on", source, hedge="alleged")
        assert self.told()["as_of"]["edtf"] == "2021"

    @pytest.mark.parametrize(
        ("to_on", "as_of"), [(None, "2024-05"), ("2022", "2021-06-01")]
    )
    def test_the_status_is_known_as_of_the_same_day(
        self, to_on: str | None, as_of: str
    ) -> None:
        """Of a placement that ended, no later day says that the person was held."""
        placement = self.held(self.a_case(), from_on="2021-06-01", to_on=to_on)
        self.said_by_a_source(placement, as_of="2024-05")
        self.told()
        row = PublicDocument.objects.get(kind="prisoner")
        (*_before, now) = json.loads(row.document or "")["status"]
        assert now["as_of"]["edtf"] == as_of

    def test_is_not_told_without_a_source(self) -> None:
        placement = self.held(self.a_case(), from_on="2021")
        assert self.told() is not None
        Source.objects.update(visibility="internal")
        assert self.told() is None
        placement.citations.all().delete()
        assert self.told() is None

    @pytest.mark.parametrize("from_on", [None, "2021/..", "../2021"])
    def test_is_not_told_as_of_no_day(self, from_on: str | None) -> None:
        self.held(self.a_case(), from_on=from_on)
        assert self.told() is None

    @pytest.mark.parametrize(
        "ended",
        [
            {"to_on": "2022"},
            {"to_on": "2022", "transfer_reason": "to_serve_sentence"},
            {"transfer_reason": "unknown"},
        ],
    )
    def test_is_not_told_once_the_last_placement_ended(self, ended: Any) -> None:
        self.held(self.a_case(), from_on="2021", **ended)
        assert self.told() is None

    def test_is_not_where_the_person_was_before_the_last_placement(self) -> None:
        case = self.a_case()
        self.held(case, from_on="2021")
        self.held(case, from_on="2022", to_on="2023")
        assert self.told() is None

    def test_is_not_told_where_either_of_two_may_be_the_last(self) -> None:
        case = self.a_case()
        self.held(case, from_on="2021")
        self.held(case, from_on="2021-05")
        assert self.told() is None

    def test_is_not_told_where_one_has_no_day(self) -> None:
        case = self.a_case()
        self.held(case, from_on="2021")
        self.held(case)
        assert self.told() is None

    @pytest.mark.parametrize("kind", [*PlaceKind.values, None])
    def test_is_a_facility_of_a_kind_that_everybody_knows(
        self, kind: str | None
    ) -> None:
        self.held(self.a_case(), from_on="2021", facility=self.a_place(place_kind=kind))
        assert (self.told() is not None) is (kind in KNOWN_TO_ALL)

    @pytest.mark.parametrize("kind", [*PlaceKind.values, None])
    def test_is_none_where_the_placement_itself_is_of_another_kind(
        self, kind: str | None
    ) -> None:
        """A prison whose hospital, or leave, is meant."""
        place = self.a_place() if kind != "on_leave" else None
        self.held(self.a_case(), from_on="2021", place_kind=kind, facility=place)
        within = {*KNOWN_TO_ALL, "punishment_cell", "unknown", None}
        assert (self.told() is not None) is (kind in within)

    def test_is_none_after_a_leave_began(self) -> None:
        case = self.a_case()
        self.held(case, from_on="2021")
        self.held(case, from_on="2022-03", place_kind="on_leave", facility=None)
        assert self.told() is None

    @pytest.mark.parametrize(
        "said",
        [
            {"field": "facility", "hedge": "denied"},
            {"field": "to_on", "states": "2022-05"},
            {"field": "from_on", "states": "2022-05"},
        ],
    )
    def test_is_none_where_a_source_says_otherwise(self, said: Any) -> None:
        placement = self.held(self.a_case(), from_on="2021")
        assert self.told() is not None
        make.make_citation(placement, source=make.make_source(), **said)
        assert self.told() is not None  # of a source that nobody sees, only we know
        visible = make.make_source(visibility="public")
        make.make_citation(placement, source=visible, **said)
        assert self.told() is None

    def test_does_not_hang_on_what_sources_say_of_something_else(self) -> None:
        case = self.a_case()
        self.held(case, from_on="2021")
        make.make_citation(
            case, "sex", make.make_source(visibility="public"), states="female"
        )
        assert self.told() is not None

    def test_is_none_where_it_is_only_alleged(self) -> None:
        placement = self.held(self.a_case(), from_on="2021")
        placement.citations.update(hedge="alleged")
        assert self.told() is None

    @pytest.mark.parametrize("elsewhere", [True, False])
    def test_is_none_where_somebody_saw_the_person_elsewhere(
        self, elsewhere: bool
    ) -> None:
        case = self.a_case()
        place = self.held(case, from_on="2021").facility
        seen_in = self.a_place() if elsewhere else place
        make.make_sighting(
            case, facility=seen_in, how="seen", heard_on="2023", visibility=None
        )
        assert (self.told() is None) is elsewhere

    @pytest.mark.parametrize(
        ("seen", "told"),
        [
            ({"heard_where": "in a hospital", "heard_on": "2023"}, False),
            ({"heard_where": "in a hospital", "heard_on": "2020-12"}, True),
            ({"heard_on": "2023"}, True),
        ],
    )
    def test_is_none_where_it_is_told_where_else_the_person_was_seen_since(
        self, seen: Any, told: bool
    ) -> None:
        case = self.a_case()
        self.held(case, from_on="2021")
        make.make_sighting(case, how="seen", visibility=None, **seen)
        assert (self.told() is not None) is told

    def test_is_told_where_nobody_but_denies_that_the_person_was_elsewhere(
        self,
    ) -> None:
        case = self.a_case()
        self.held(case, from_on="2021")
        sighting = make.make_sighting(
            case, how="seen", heard_where="at home", heard_on="2023", visibility=None
        )
        assert self.told() is None
        make.make_citation(
            sighting,
            "heard_on",
            make.make_source(visibility="public"),
            hedge="denied",
        )
        assert self.told() is not None

    def test_is_the_place_to_which_the_person_was_moved_on_that_day(self) -> None:
        case = self.a_case()
        self.held(case, to_on="2021-05-03")
        moved_to = self.held(case, from_on="2021-05-03")
        assert self.told()["placement"] == str(moved_to.pk)

    def test_is_not_told_where_two_began_on_one_day(self) -> None:
        case = self.a_case()
        self.held(case, from_on="2021-05-03")
        self.held(case, from_on="2021-05-03")
        assert self.told() is None

    def test_is_none_for_who_is_not_held(self) -> None:
        case = self.a_case()
        self.held(case, from_on="2021")
        make.make_release(case, released_on="2022")
        assert self.told() is None

    def test_is_none_for_whom_a_court_may_have_let_go(self) -> None:
        case = self.a_case()
        self.held(case, from_on="2021")
        assert self.told() is not None
        make.make_sentence(
            case,
            handed_down_on="2022",
            punishment="imprisonment",
            execution="suspended",
        )
        assert self.told() is None

    def test_is_none_where_a_source_denies_that_the_person_is_held(self) -> None:
        case = self.a_case()
        detention = self.held(case, from_on="2021").detention
        make.make_sighting(case, how="seen", heard_on="2019", visibility=None)
        source = make.make_source(visibility="public")
        make.make_citation(detention, "started_on", source)
        assert self.told() is not None
        make.make_citation(
            detention,
            "started_on",
            make.make_source(visibility="public"),
            hedge="denied",
        )
        assert self.told() is None

    def test_is_none_where_two_detentions_last(self) -> None:
        case = self.a_case()
        self.held(case, from_on="2021")
        make.make_detention(case, started_on="2020-12")
        assert self.told() is None

    def test_is_none_for_who_is_missing(self) -> None:
        case = self.a_case()
        self.held(case, from_on="2021")
        make.make_whereabouts(case, place_known="no", no_contact_since="2022")
        assert self.told() is None

    def test_follows_the_facility_when_that_becomes_a_hospital(self) -> None:
        place = self.a_place()
        self.held(self.a_case(), from_on="2021", facility=place)
        assert self.told() is not None
        Facility.objects.filter(pk=place.pk).update(place_kind="hospital")
        assert self.told() is None
        Facility.objects.filter(pk=place.pk).update(place_kind="prison")
        assert self.told() is not None

    @pytest.mark.parametrize("level", ["internal", "partners"])
    def test_is_none_when_the_facility_is_hidden(self, level: str) -> None:
        place = self.a_place()
        self.held(self.a_case(), from_on="2021", facility=place)
        assert self.told() is not None
        Facility.objects.filter(pk=place.pk).update(visibility=level)
        assert self.told() is None

    @pytest.mark.parametrize(
        "said",
        [
            {"field": "facility", "hedge": "denied"},
            {"field": "to_on", "states": "2022-05"},
        ],
    )
    def test_hiding_who_says_otherwise_makes_no_place_known(
        self, settings: Any, said: Any
    ) -> None:
        """Until somebody approves the case without that source."""
        placement = self.held(self.a_case(), from_on="2021")
        denies = make.make_source(visibility="public")
        make.make_citation(placement, source=denies, **said)
        assert self.told() is None
        settings.REQUIRE_REVIEW = True
        Source.objects.filter(pk=denies.pk).update(visibility="internal")
        assert self.told() is None


class TestTemporaryLeave:
    def test_ends_no_custody(self, settings: Any) -> None:
        settings.REQUIRE_REVIEW = False
        case = make.make_prisoner("Ales Example", visibility="public")
        detention = make.make_detention(
            case, started_on="2020", ground="serving_sentence"
        )
        make.make_placement(detention, place_kind="prison", from_on="2020")
        make.make_placement(
            detention, place_kind="on_leave", from_on="2022-03-01", to_on="2022-03-05"
        )
        publish_pending()
        row = PublicDocument.objects.get(kind="prisoner")
        spans = json.loads(row.document or "")["status"]
        held = [span["statuses"] for span in spans if span["since"]]
        assert held
        assert {code for statuses in held for code in statuses} <= {
            "imprisoned",
            "not_known",
        }

    @pytest.mark.parametrize("field", ["facility", "place_as_stated"])
    def test_names_no_place(self, field: str) -> None:
        detention = make.make_detention(make.make_prisoner())
        leave = make.make_placement(detention, place_kind="on_leave", region="Minsk")
        value = {"facility": facility().pk, "place_as_stated": "Lenina 1"}[field]
        rows = Placement.objects.filter(pk=leave.pk)
        with pytest.raises(IntegrityError, match="on_leave"), transaction.atomic():
            rows.update(**{field: value})
        desk = Desk()
        path = f"placements/{leave.pk}/"
        answer = desk.patch(path, {field: str(value)}, desk.etag(path))
        assert "place_kind" in problem(answer, 400)["errors"]
