"""Every published document says where it is from, for whom it was, and on what terms."""

import json
from typing import Any

import pytest
from django.urls import reverse

from cases.publishing import mark_everything, publish_pending
from tests.factories import (
    make_count,
    make_deportation,
    make_facility,
    make_prisoner,
    make_release_event,
    make_sentence,
    make_source,
)
from tracker.audiences import AUDIENCES, PARTNERS, PUBLIC

pytestmark = pytest.mark.django_db

# A kind that came later carries them as these do: nothing is written for one kind alone.
MADE = {"prisoner", "sentence", "deportation", "release_event", "source", "facility"}
MADE |= {"reported_count"}


@pytest.fixture(autouse=True)
def everything(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False
    settings.LICENCE, settings.PARTNERS_LICENCE = "CC-BY-4.0", "Partners only"
    case = make_prisoner(visibility="public")
    make_sentence(case)
    make_deportation(case)
    for make in (make_release_event, make_source, make_facility, make_count):
        make(visibility="public")
    publish_pending()


def documents(audience: Any) -> list[dict[str, Any]]:
    return [json.loads(row.document) for row in audience.rows()]


def test_each_kind_carries_address_audience_and_licence() -> None:
    for audience, licence in ((PUBLIC, "CC-BY-4.0"), (PARTNERS, "Partners only")):
        found = documents(audience)
        assert {one["kind"] for one in found} == MADE
        for one in found:
            assert one["address"] == reverse(
                f"{one['kind']}-detail", kwargs={"id": one["id"]}
            )
            assert (one["audience"], one["licence"]) == (audience.name, licence)


def test_what_both_audiences_see_differs_in_nothing_else() -> None:
    for one, other in zip(
        *(
            sorted(documents(audience), key=lambda doc: doc["id"])
            for audience in AUDIENCES
        ),
        strict=True,
    ):
        assert {name for name in one if one[name] != other[name]} == {
            "audience",
            "licence",
        }


def test_another_licence_reaches_every_copy_and_is_no_correction(settings: Any) -> None:
    before = {row.id: row.seq for row in PUBLIC.rows()}
    settings.LICENCE = ""
    mark_everything()
    publish_pending(refresh=True)
    assert {one["licence"] for one in documents(PUBLIC)} == {None}
    assert all(row.seq > before[row.id] for row in PUBLIC.rows())
    assert not PUBLIC.correction_model._default_manager.exists()
