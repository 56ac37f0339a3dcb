"""Single facts that are kept inside: whatever a key may mean, nothing that somebody
meant to withhold is published.
"""

import json
from typing import Any

import pytest

from cases.models import Edition, Prisoner, PublishingFailure
from cases.publishing import mark_everything, publish_pending
from tests import factories as make
from tests.as_before import withheld_as_before
from tests.editions.kept import approve_as
from tracker.models import PartnersDocument, PublicDocument

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


@pytest.fixture
def case() -> Prisoner:
    case = make.make_prisoner(
        visibility="public", summary={"en": "A story.", "be": "Гісторыя."}
    )
    colony = make.make_facility(visibility="public")
    detention = make.make_detention(case, started_on="2020")
    placement = make.make_placement(detention, facility=colony)
    sentence = make.make_sentence(case, court="A court")
    sentence.charges.add(make.make_charge(case))
    for record in (detention, placement, sentence):
        make.make_citation(record, "", make.make_source(visibility="public"))
    publish_pending()
    return case


def withhold(case: Prisoner, record: Any, *facts: str, who: str = "internal") -> None:
    withheld = {str(record.pk): dict.fromkeys(facts, who)}
    withheld_as_before(case, withheld)
    publish_pending()


def document(case: Prisoner, model: Any = PublicDocument) -> Any:
    publish_pending()
    text = model.objects.get(id=case.pk).document
    return text and json.loads(text)


def test_a_key_that_means_no_fact_withholds_the_whole_part(case: Prisoner) -> None:
    sentence = case.sentences.get()
    withhold(case, sentence, "tribunal")
    assert document(case)["sentences"] == []
    assert str(sentence.pk) not in json.dumps(document(case))
    assert len(document(case)["charges"]) == 1


def test_what_belongs_to_such_a_part_goes_with_it(case: Prisoner) -> None:
    detention = case.detentions.get()
    withhold(case, detention, "tribunal", who="partners")
    shown = json.dumps(document(case))
    assert str(detention.pk) not in shown
    assert str(detention.placements.get().pk) not in shown
    assert len(document(case)["citations"]) == 1
    assert len(document(case, PartnersDocument)["detentions"]) == 1


@pytest.mark.parametrize("key", ["tribunal", "tribunal:entry", "", "id"])
def test_a_key_that_means_no_fact_of_the_case_withholds_the_case(
    case: Prisoner, key: str
) -> None:
    withhold(case, case, key, who="partners")
    assert not PublishingFailure.objects.exists()
    assert document(case) is None
    assert document(case, PartnersDocument)["sentences"]


def test_a_field_that_was_renamed_without_an_upgrade_is_not_published(
    case: Prisoner, settings: Any
) -> None:
    withhold(case, case.sentences.get(), "court")
    settings.REQUIRE_REVIEW = True
    snapshot = Edition.objects.filter(root_id=case.pk).latest("number").snapshot
    (facts,) = snapshot["root"]["withheld"].values()
    facts["tribunal"] = facts.pop("court")
    approve_as(case, snapshot)
    Prisoner.objects.filter(pk=case.pk).update(withheld={})
    assert document(case)["sentences"] == []


def test_references_are_withheld_by_their_field(case: Prisoner) -> None:
    placement = case.detentions.get().placements.get()
    withhold(case, placement, "facility")
    (shown,) = document(case)["detentions"][0]["placements"]
    assert (shown["id"], shown["facility"]) == (str(placement.pk), None)


@pytest.mark.parametrize("entry", ["", "one"])
def test_links_to_several_are_withheld_by_their_field(
    case: Prisoner, entry: str
) -> None:
    charge = case.charges.get()
    key = f"charges:{charge.pk}" if entry else "charges"
    withhold(case, case.sentences.get(), key)
    (shown,) = document(case)["sentences"]
    assert shown["charges"] == []
    assert [one["id"] for one in document(case)["charges"]] == [str(charge.pk)]


def test_a_source_that_is_repeated_is_withheld_too() -> None:
    original, copy = (
        make.make_source(title, visibility="public") for title in ("Original", "Copy")
    )
    copy.derived_from.add(original)
    publish_pending()
    type(copy).objects.filter(pk=copy.pk).update(
        withheld={str(copy.pk): {"derived_from": "partners"}}
    )
    publish_pending()
    shown = json.loads(PublicDocument.objects.get(id=copy.pk).document or "")
    assert shown["derived_from"] == []


def test_one_language_of_a_text_is_withheld_alone(
    case: Prisoner, settings: Any
) -> None:
    withhold(case, case, "summary:be")
    mark_everything()
    assert document(case)["summary"] == {"en": "A story."}
