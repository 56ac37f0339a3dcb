"""The database takes no key of `withheld` that means no fact of the case: what somebody
meant to withhold would be published.
"""

import json
from typing import Any

import pytest
from django.core import serializers
from django.db import IntegrityError, connection, transaction

from cases import history, merging
from cases.history.restoring import goal, restore
from cases.models import Facility, Prisoner, ReleaseEvent, ReportedCount, Source
from tests import factories as make
from tests.as_before import withheld_as_before

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Prisoner:
    case = make.make_prisoner()
    sentence = make.make_sentence(case, court="A court")
    sentence.charges.add(make.make_charge(case))
    detention = make.make_detention(case, started_on="2020")
    make.make_placement(detention, facility=make.make_facility())
    return case


def withhold(case: Any, record: object, fact: str, who: str = "internal") -> None:
    """As in a transaction of its own."""
    with transaction.atomic():
        kept = type(case).objects.get(pk=case.pk).withheld
        kept.setdefault(str(record), {})[fact] = who
        type(case).objects.filter(pk=case.pk).update(withheld=kept)
        connection.check_constraints()


def withheld_of(case: Prisoner) -> Any:
    return Prisoner.objects.get(pk=case.pk).withheld


def refused(case: Any, record: object, fact: str, who: str = "internal") -> None:
    with pytest.raises(IntegrityError, match="means no fact of this case"):
        withhold(case, record, fact, who)


@pytest.mark.parametrize(
    "fact",
    ["tribunal", "courts", "", "id", "court:", "court:entry", "charges:", "Court"],
)
def test_an_unknown_field_is_refused(case: Prisoner, fact: str) -> None:
    refused(case, case.sentences.get().pk, fact)


def test_an_unknown_record_is_refused(case: Prisoner) -> None:
    other = make.make_sentence(make.make_prisoner())
    refused(case, other.pk, "court")
    refused(case, "3f1e", "court")
    refused(case, str(case.sentences.get().pk).upper(), "court")
    refused(case, other.prisoner.pk, "born_on")


def test_nobody_who_may_see_it_is_refused(case: Prisoner) -> None:
    for who in ("public", "partner", ""):
        refused(case, case.pk, "born_on", who)


@pytest.mark.parametrize("model", [Facility, ReleaseEvent, ReportedCount, Source])
def test_an_unknown_field_of_any_kind_of_case_is_refused(model: Any) -> None:
    record = {
        Facility: make.make_facility,
        ReleaseEvent: make.make_release_event,
        ReportedCount: make.make_count,
        Source: make.make_source,
    }[model]()
    refused(record, record.pk, "tribunal")


def test_what_a_case_has_can_be_withheld(case: Prisoner) -> None:
    sentence, charge = case.sentences.get(), case.charges.get()
    placement = case.detentions.get().placements.get()
    for record, fact in (
        (case, "born_on"),
        (case, "summary:be"),
        (sentence, "court"),
        (sentence, "charges"),
        (sentence, f"charges:{charge.pk}"),
        (placement, "facility"),
    ):
        withhold(case, record.pk, fact)
    assert len(withheld_of(case)) == 3


def test_a_new_case_is_asked_too() -> None:
    other = make.make_prisoner()
    Prisoner.objects.create(withheld={str(other.pk): {"born_on": "internal"}})
    with pytest.raises(IntegrityError):
        connection.check_constraints()
    transaction.set_rollback(True)


def test_what_was_withheld_before_keeps_no_edit_out(case: Prisoner) -> None:
    """Its field may have been renamed since."""
    withheld_as_before(case, {str(case.pk): {"tribunal": "internal"}})
    withhold(case, case.pk, "born_on")
    assert "tribunal" in withheld_of(case)[str(case.pk)]


def test_what_is_deleted_in_the_same_transaction_may_be_withheld(
    case: Prisoner,
) -> None:
    sentence = case.sentences.get()
    placement = case.detentions.get().placements.get()
    with transaction.atomic():
        kept = {
            str(sentence.pk): {"court": "internal"},
            str(placement.pk): {"facility": "internal"},
        }
        Prisoner.objects.filter(pk=case.pk).update(withheld=kept)
        sentence.delete()
        placement.delete()
        case.detentions.get().delete()
        connection.check_constraints()
    assert withheld_of(case) == kept


def test_a_case_that_comes_back_withholds_what_it_did(case: Prisoner) -> None:
    withhold(case, case.sentences.get().pk, "court")
    kept = withheld_of(case)
    Prisoner.objects.get(pk=case.pk).delete()
    connection.check_constraints()
    events = history.timeline("prisoner", case.pk)
    deleted = next(
        event
        for event in events
        if event.operation == "delete" and event.record_id == str(case.pk)
    )
    restore(goal(case, events, deleted.number, "after"))
    connection.check_constraints()
    assert withheld_of(case) == kept


def test_a_file_brings_what_it_withholds(case: Prisoner) -> None:
    sentence = case.sentences.get()
    withhold(case, sentence.pk, "court")
    case.refresh_from_db()
    file = serializers.serialize("json", [case, sentence])
    sentence.delete()
    Prisoner.objects.filter(pk=case.pk).update(withheld={})
    with transaction.atomic():
        for saved in serializers.deserialize("json", file):
            saved.save()
        connection.check_constraints()
    assert withheld_of(case) == json.loads(file)[0]["fields"]["withheld"]


def test_cases_that_withhold_facts_are_merged_and_parted(case: Prisoner) -> None:
    kept = make.make_prisoner()
    withhold(kept, kept.pk, "born_on")
    withhold(case, case.pk, "sex")
    withhold(case, case.sentences.get().pk, "court")
    withheld_as_before(case, {**withheld_of(case), "3f1e": {"tribunal": "internal"}})
    merge = merging.merge(
        kept.pk, case.pk, seen_versions=_versions(kept, case), reason="One person."
    )
    connection.check_constraints()
    withhold(kept, case.pk, "born_on")
    assert len(withheld_of(kept)) == 4
    merging.unmerge(
        merge.pk, seen_versions=_versions(kept, case), reason="Two persons."
    )
    connection.check_constraints()


def test_what_was_withheld_of_the_person_while_they_were_one_stays_so_of_both(
    case: Prisoner,
) -> None:
    kept = make.make_prisoner()
    withhold(kept, kept.pk, "sex")
    merge = merging.merge(
        kept.pk, case.pk, seen_versions=_versions(kept, case), reason="One person."
    )
    withhold(kept, kept.pk, "born_on")
    merging.unmerge(
        merge.pk, seen_versions=_versions(kept, case), reason="Two persons."
    )
    connection.check_constraints()
    assert withheld_of(case)[str(case.pk)] == {"born_on": "internal"}


def _versions(*cases: Prisoner) -> tuple[int, int]:
    kept, merged = (Prisoner.objects.get(pk=case.pk).version for case in cases)
    return kept, merged
