"""Where somebody was taken and is held: as far as it endangers nobody."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cases.models import DetentionOrder, Facility, Placement
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
            "Sasha Example", visibility="public", name_withheld=withheld
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
