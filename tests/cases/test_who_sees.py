"""What a reviewer is told of who will see a record is what comes true once the case is
approved: review and gate ask the same rules.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from cases.disclosure.readers import READERS
from cases.models import Consent, Facility, Identifier, Prisoner
from cases.publishing import publish_pending
from cases.review.difference import differences
from tests import factories as make
from tests.as_before import withheld_as_before
from tests.cases.admin_pages import address
from tests.cases.editorial import Desk
from tests.cases.test_admin_review import text
from tracker.audiences import AUDIENCES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


def full_case(**fields: Any) -> Prisoner:
    """With a part of nearly every kind, each with a citation."""
    case = make.make_prisoner(**{"visibility": "public", **fields})
    source = make.make_source(visibility="public")
    alias = make.make_name(case, "Other Name", visibility="partners")
    detention = make.make_detention(case, started_on="2020")
    placement = make.make_placement(detention, place_kind="prison")
    ours = Identifier.objects.create(prisoner=case, scheme="list", value="1")
    theirs = Identifier.objects.create(
        prisoner=case, scheme="list", value="2", owner_organisation="Another"
    )
    sentence = make.make_sentence(case, court="A court")
    for record in (alias, detention, placement, ours, theirs, sentence):
        make.make_citation(record, "", source)
    make.make_citation(case.names.get(preferred=True), "value", source)
    make.make_citation(sentence, "court", source, visibility="partners")
    make.make_citation(case, "occupations", source, item="blogger")
    Consent.objects.create(prisoner=case, subject="story", audience="public")
    return case


def with_a_hidden_detention() -> Prisoner:
    case = full_case()
    case.detentions.update(visibility="internal")
    return case


def with_facts_withheld() -> Prisoner:
    case = full_case(occupations=["blogger", "teacher"])
    sentence, detention = case.sentences.get(), case.detentions.get()
    facts = {
        str(case.pk): {"occupations:blogger": "partners"},
        str(case.names.get(preferred=True).pk): {"value": "partners"},
        str(sentence.pk): {"court": "internal"},
        str(detention.pk): {"no_such_field": "partners"},
    }
    withheld_as_before(case, facts)
    return case


def with_something_unknown_withheld() -> Prisoner:
    case = full_case()
    facts = {str(case.pk): {"no_such_field": "partners"}}
    withheld_as_before(case, facts)
    return case


def of_a_minor() -> Prisoner:
    return full_case(age_as_stated=15)


def of_a_minor_with_a_consent_for_partners() -> Prisoner:
    case = of_a_minor()
    Consent.objects.create(prisoner=case, subject="name", audience="partners")
    return case


def with_a_consent_taken_back() -> Prisoner:
    case = full_case()
    Consent.objects.create(
        prisoner=case, subject="name", audience="public", withdrawn_on="2025"
    )
    return case


def without_its_name() -> Prisoner:
    return full_case(name_withheld=True)


def without_its_name_and_with_what_was_ticked() -> Prisoner:
    ticked = ["place", "sources", "occupation"]
    return full_case(
        name_withheld=True, **{**make.ALL_TOLD, "told_without_name": ticked}
    )


def without_its_name_and_with_all_else() -> Prisoner:
    return full_case(name_withheld=True, **make.ALL_TOLD)


def for_partners() -> Prisoner:
    return full_case(visibility="partners")


def for_nobody_outside() -> Prisoner:
    return full_case(visibility="internal")


def merged_into_another() -> Prisoner:
    case, kept = full_case(), make.make_prisoner("Kept", visibility="public")
    Prisoner.objects.filter(pk=case.pk).update(merged_into=kept)
    return case


def a_place() -> Facility:
    facility = make.make_facility(visibility="public")
    make.make_citation(facility, "names", make.make_source())
    make.make_citation(facility, "names", visibility="internal")
    return facility


def a_count_with_a_citation_for_partners() -> Any:
    count = make.make_count(visibility="public")
    make.make_citation(count, "value", visibility="partners")
    return count


CASES = [
    *(full_case, with_a_hidden_detention, with_facts_withheld),
    *(with_something_unknown_withheld, of_a_minor, without_its_name),
    *(without_its_name_and_with_what_was_ticked, without_its_name_and_with_all_else),
    *(of_a_minor_with_a_consent_for_partners, with_a_consent_taken_back),
    *(for_partners, for_nobody_outside, merged_into_another),
    *(a_place, a_count_with_a_citation_for_partners),
]


def ids_in(document: Any) -> Iterator[str]:
    """Of the records that a document holds, not of those that it names."""
    if isinstance(document, list):
        for value in document:
            yield from ids_in(value)
    if isinstance(document, dict):
        yield document["id"]
        for name, value in document.items():
            if name not in {"record", "status"} and isinstance(value, list):
                yield from ids_in([one for one in value if isinstance(one, dict)])


def who_sees() -> dict[str, str]:
    """By the id of a record: whoever has it in a document of theirs."""
    seen: dict[str, str] = {}
    for audience in reversed(AUDIENCES):
        for row in audience.document_model._default_manager.filter(parent=None):
            if row.document:
                ids = ids_in(json.loads(row.document))
                seen |= dict.fromkeys(ids, audience.name)
    return seen


@pytest.mark.parametrize("make_case", CASES, ids=lambda make_case: make_case.__name__)
def test_what_review_says_comes_true_once_the_case_is_approved(
    make_case: Callable[[], Any],
) -> None:
    case = make_case()
    (difference,) = differences(case.kind, [case.pk])
    told = {record.record_id: record.seen_after for record in difference.records}
    make.approve(case)
    publish_pending()
    seen = who_sees()
    assert len(told) >= 3
    assert told == {record_id: seen.get(record_id, "internal") for record_id in told}


def test_readers_are_the_audiences_of_the_tracker() -> None:
    audiences = {(audience.name, audience.sees) for audience in AUDIENCES}
    assert {(reader.name, reader.sees) for reader in READERS} == audiences


class TestTheNameOfAMinor:
    def seen_after(self, case: Prisoner) -> str:
        desk = Desk(make.make_documenter("rita"))
        body = desk.get(f"prisoners/{case.pk}/review/").json()
        (name,) = [one for one in body["records"] if one["model"] == "personname"]
        return str(name["seen_after"])

    def test_is_not_published_and_the_reviewers_page_says_so(
        self, client: Client
    ) -> None:
        client.force_login(make.make_documenter("rita"))
        case = make.make_prisoner("Young Person", visibility="public", born_on="2015")
        page = text(client.get(address(case, "review")))
        assert re.search(r"Name: Young Person: added Not published\.", page)
        Prisoner.objects.update(born_on="1980")
        page = text(client.get(address(case, "review")))
        assert re.search(r"Name: Young Person: added Will be seen by: everyone", page)

    @pytest.mark.parametrize(
        ("audience", "seen"),
        [(None, "internal"), ("partners", "partners"), ("public", "public")],
    )
    def test_is_seen_as_far_as_there_is_consent_and_the_api_says_so(
        self, audience: str | None, seen: str
    ) -> None:
        case = make.make_prisoner("Young Person", visibility="public", age_as_stated=15)
        if audience:
            Consent.objects.create(prisoner=case, subject="name", audience=audience)
        assert self.seen_after(case) == seen

    def test_was_not_seen_before_either_where_it_was_approved_so(
        self, client: Client
    ) -> None:
        case = make.make_prisoner("Young Person", visibility="public", age_as_stated=15)
        make.approve(case)
        case.names.all().update(value="Another Spelling")
        (difference,) = differences("prisoner", [case.pk])
        (name,) = difference.records
        assert (name.seen_before, name.seen_after) == ("internal", "internal")
