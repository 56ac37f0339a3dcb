"""A case that cannot be rendered stays as it was published. Of what is taken back from
it, exactly that goes.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from cases.models import (
    Citation,
    Claimant,
    Consent,
    Facility,
    Identifier,
    Mark,
    PersonalDetail,
    PersonName,
    Placement,
    Prisoner,
    PublishingFailure,
    Release,
    ReleaseEvent,
    ReportedCount,
    Sentence,
    Source,
)
from cases.publishing import gate, publish_pending, subtracting
from tests import factories as make
from tests.as_before import withheld_as_before
from tests.editions.kept import approve_as
from tests.roles import acting_as
from tracker.audiences import AUDIENCES, Audience
from tracker.models import PublicCorrection, PublicDocument, PublicSpan

pytestmark = pytest.mark.django_db

Document = dict[str, Any]


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Ids of cases that cannot be rendered."""
    ids: list[Any] = []
    render = gate.render

    def failing(kind: str, root_id: Any, *args: Any) -> Any:
        if root_id in ids:
            raise KeyError("closed_hearing")
        return render(kind, root_id, *args)

    monkeypatch.setattr(gate, "render", failing)
    return ids


def allow(detail: PersonalDetail) -> None:
    Consent.objects.create(
        prisoner=detail.prisoner,
        subject="origin",
        audience="public",
        personal_detail=detail,
    )


def a_full_case() -> Prisoner:
    """Whatever can be taken back is there twice, so that the other one must stay."""
    case = make.make_prisoner(
        "Ales Example",
        visibility="public",
        born_on="1980-05-17",
        occupations=["blogger", "teacher"],
        affiliation="A party",
        cause_of_death_by_family="Ales Example was ill.",
        summary={"en": "The story."},
    )
    make.make_name(case, "Other Name")
    Identifier.objects.create(prisoner=case, scheme="list", value="ales-example")
    Identifier.objects.create(prisoner=case, scheme="court", value="7")
    for subject in ("name", "story", "birthday", "search_engines"):
        Consent.objects.create(prisoner=case, subject=subject, audience="public")
    make.make_designation(case, from_on="2022-05-20", to_on="2024-02")
    for words in ("Catholic", "Baptised in 2021"):
        allow(
            PersonalDetail.objects.create(
                prisoner=case, detail_kind="religion", detail="-", told_as=words
            )
        )
    colony = make.make_facility("A colony", visibility="public")
    detention = make.make_detention(
        case, started_on="2020", authority="KGB", arrest_region="Vileyka district"
    )
    make.make_placement(detention, facility=colony, place_kind="penal_colony")
    make.make_placement(detention, place_kind="prison", from_on="2021")
    charge = make.make_charge(case)
    sentence = make.make_sentence(case, court="A court", term_months=60)
    sentence.charges.set([charge, make.make_charge(case, article="361")])
    later = make.make_sentence(case, court="Another", replaces=sentence)
    talks = make.make_release_event("Talks", visibility="public")
    release = make.make_release(
        case, release_event=talks, released_on="2025-09-11", conditions="Report."
    )
    make.make_deportation(case, release=release, to_country="LT")
    missing = make.make_whereabouts(case, last_seen_on="2023", after=release.pk)
    sighting = make.make_sighting(
        case, heard_on="2024-05-20", how="seen", visibility=None, after=missing.pk
    )
    report = make.make_source("Report", visibility="public", public_label="a paper")
    other = make.make_source("Other report", visibility="public")
    hidden = make.make_source("Not shown", public_label="a relative")
    claimant = make.make_claimant(
        "A Monitor", role="activist", role_as_stated="a monitor", visibility="public"
    )
    for record, field in (
        *((sentence, "court"), (later, "court"), (charge, ""), (release, "")),
        *((detention, "started_on"), (case, "affiliation"), (case, "born_on")),
        *((missing, "after"), (sighting, "after"), (sighting, "heard_on")),
    ):
        make.make_citation(record, field, report, quote="words", locator="page 1")
        make.make_citation(record, field, other, claimant=claimant)
    for name in case.names.all():
        make.make_citation(name, "value", other, quote=name.value)
    for item in ("blogger", "teacher"):
        make.make_citation(case, "occupations", report, item=item)
    make.make_citation(case, "sex", hidden, states="male", quote="her words")
    make.make_count(claimant=claimant, release_event=talks, visibility="public")
    make.make_source("Ours", visibility="public", file_name="a.html", sha256="a" * 64)
    Source.objects.filter(title="Ours").update(copy_is_public=True)
    return case


@pytest.fixture(scope="module")
def published_case(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Prisoner]:
    """Made once: each test takes back what it did."""
    with (
        django_db_blocker.unblock(),
        override_settings(REQUIRE_REVIEW=True),
        transaction.atomic(),
    ):
        case = a_full_case()
        for model in (Source, Facility, ReleaseEvent, ReportedCount, Prisoner):
            for root in model._default_manager.all():
                make.approve(root)
        publish_pending()
        assert not PublishingFailure.objects.exists()
        yield case
        transaction.set_rollback(True)


@pytest.fixture
def case(published_case: Prisoner, db: None) -> Prisoner:
    return Prisoner.objects.get(pk=published_case.pk)


def documents(audience: Audience) -> dict[Any, Document | None]:
    """Of all roots and of sentences and deportations, by their ids."""
    rows = audience.document_model._default_manager.all()
    return {row.id: json.loads(row.document or "null") for row in rows}


def public(record: Any) -> Any:
    return documents(AUDIENCES[0]).get(record.pk)


def hide(model: Any, level: str = "internal", **which: Any) -> None:
    rows = model._default_manager.filter(**which)
    assert rows.exists()
    rows.update(visibility=level)


def withhold(case: Prisoner, record: Any, **facts: str) -> None:
    keys = {name.replace("__", ":"): who for name, who in facts.items()}
    withheld_as_before(case, {str(record.pk): keys})


# --- What may be taken back --------------------------------------------------------------------------------------


def nothing(case: Prisoner) -> None:
    Mark.objects.create(root_kind="prisoner", root_id=case.pk)


def a_sentence(case: Prisoner) -> None:
    hide(Sentence, court="A court")


def a_sentence_from_everyone_but_partners(case: Prisoner) -> None:
    hide(Sentence, "partners", court="A court")


def a_sentence_by_deleting_it(case: Prisoner) -> None:
    Sentence.objects.get(court="Another").delete()


def a_charge(case: Prisoner) -> None:
    case.charges.filter(article="361").update(visibility="internal")


def a_placement(case: Prisoner) -> None:
    hide(Placement, place_kind="prison")


def a_detention(case: Prisoner) -> None:
    case.detentions.update(visibility="internal")


def a_release(case: Prisoner) -> None:
    hide(Release, prisoner=case)


def a_citation(case: Prisoner) -> None:
    hide(Citation, prisoner=case, field="affiliation", source__title="Report")


def a_source(case: Prisoner) -> None:
    hide(Source, title="Report")


def the_label_of_a_source(case: Prisoner) -> None:
    Source.objects.filter(title="Not shown").update(public_label="a witness")


def a_claimant(case: Prisoner) -> None:
    hide(Claimant, name="A Monitor")


def the_name_of_a_claimant(case: Prisoner) -> None:
    Claimant.objects.update(name="L.", protected_pseudonym=True)


def the_role_of_a_claimant(case: Prisoner) -> None:
    Claimant.objects.update(role="relative")


def a_place(case: Prisoner) -> None:
    hide(Facility)


def a_release_event(case: Prisoner) -> None:
    hide(ReleaseEvent)


def a_name(case: Prisoner) -> None:
    hide(PersonName, value="Other Name")


def the_preferred_name(case: Prisoner) -> None:
    hide(PersonName, preferred=True)


def an_identifier_that_is_anothers(case: Prisoner) -> None:
    Identifier.objects.filter(scheme="court").update(owner_organisation="Another")


def the_name_by_ticking(case: Prisoner) -> None:
    Prisoner.objects.filter(pk=case.pk).update(name_withheld=True)


def the_name_by_consent(case: Prisoner) -> None:
    Consent.objects.filter(subject="name").update(withdrawn_on="2025")


def the_name_of_one_who_turns_out_to_be_a_minor(case: Prisoner) -> None:
    Consent.objects.filter(subject="name").delete()
    Prisoner.objects.filter(pk=case.pk).update(born_on="2015-03-02")


def the_story(case: Prisoner) -> None:
    Consent.objects.filter(subject="story").update(withdrawn_on="2025")


def a_detail_told_by_consent(case: Prisoner) -> None:
    told = Consent.objects.filter(personal_detail__told_as="Catholic")
    told.update(withdrawn_on="2025")


def the_words_of_a_detail(case: Prisoner) -> None:
    """Another consent stands, for other words that nobody has approved."""
    detail = PersonalDetail.objects.get(told_as="Catholic")
    PersonalDetail.objects.filter(pk=detail.pk).update(told_as="Orthodox")
    allow(detail)


def the_birthday(case: Prisoner) -> None:
    Consent.objects.filter(subject="birthday").update(withdrawn_on="2025")


def the_consent_for_search_engines(case: Prisoner) -> None:
    Consent.objects.filter(subject="search_engines").update(withdrawn_on="2025")


def a_fact_of_the_person(case: Prisoner) -> None:
    withhold(case, case, affiliation="internal")


def a_date(case: Prisoner) -> None:
    withhold(case, case, born_on="partners")


def an_entry_of_a_list(case: Prisoner) -> None:
    withhold(case, case, occupations__blogger="internal")


def a_whole_list(case: Prisoner) -> None:
    withhold(case, case, occupations="internal")


def a_fact_of_a_part(case: Prisoner) -> None:
    withhold(case, Sentence.objects.get(court="A court"), court="internal")


def the_charges_of_a_sentence(case: Prisoner) -> None:
    withhold(case, Sentence.objects.get(court="A court"), charges="internal")


def the_place_of_a_placement(case: Prisoner) -> None:
    placement = Placement.objects.get(place_kind="penal_colony")
    withhold(case, placement, facility="internal")


def a_fact_that_its_record_cannot_be_without(case: Prisoner) -> None:
    withhold(case, case.names.get(value="Other Name"), value="internal")


def a_fact_that_nobody_knows(case: Prisoner) -> None:
    withhold(case, Sentence.objects.get(court="A court"), jury="internal")


def the_copy_of_a_source(case: Prisoner) -> None:
    Source.objects.update(copy_is_public=False)


def the_case(case: Prisoner) -> None:
    Prisoner.objects.filter(pk=case.pk).update(visibility="internal")


def the_case_from_everyone_but_partners(case: Prisoner) -> None:
    Prisoner.objects.filter(pk=case.pk).update(visibility="partners")


def the_case_by_a_fact_that_nobody_knows(case: Prisoner) -> None:
    withhold(case, case, shoe_size="partners")


def the_case_by_deleting_it(case: Prisoner) -> None:
    Placement.objects.all().delete()
    Prisoner.objects.get(pk=case.pk).delete()


WITHDRAWALS: list[Callable[[Prisoner], None]] = [
    *(nothing, a_sentence, a_sentence_from_everyone_but_partners),
    *(a_sentence_by_deleting_it, a_charge, a_placement, a_detention, a_release),
    *(a_citation, a_source, the_label_of_a_source, a_place, a_release_event),
    *(a_claimant, the_name_of_a_claimant, the_role_of_a_claimant, a_name),
    *(the_preferred_name, an_identifier_that_is_anothers, the_name_by_ticking),
    *(the_name_by_consent, the_name_of_one_who_turns_out_to_be_a_minor, the_story),
    *(a_detail_told_by_consent, the_words_of_a_detail, the_birthday),
    the_consent_for_search_engines,
    *(a_fact_of_the_person, a_date, an_entry_of_a_list, a_whole_list),
    *(a_fact_of_a_part, the_charges_of_a_sentence, the_place_of_a_placement),
    *(a_fact_that_its_record_cannot_be_without, a_fact_that_nobody_knows),
    *(the_copy_of_a_source, the_case, the_case_from_everyone_but_partners),
    *(the_case_by_a_fact_that_nobody_knows, the_case_by_deleting_it),
]


def compared(shown: dict[Any, Document | None]) -> dict[Any, Document | None]:
    """Without what only a rendering can say: the status, what is in force, the label of a source that is
    hidden, and how a source stands to a fact that was taken back.
    """
    for document in shown.values():
        if document is None:
            continue
        document.pop("status", None)
        document.pop("sentence_in_force", None)
        for citation in document["citations"]:
            citation["source_label"] = citation["agreement"] = None
    return shown


@pytest.mark.parametrize("take_back", WITHDRAWALS, ids=lambda one: one.__name__)
def test_exactly_what_was_taken_back_goes(
    take_back: Callable[[Prisoner], None], case: Prisoner, broken: list[Any]
) -> None:
    before = {audience: compared(documents(audience)) for audience in AUDIENCES}
    key = case.pk
    broken.extend(before[AUDIENCES[0]])
    take_back(case)
    publish_pending()
    left = {audience: compared(documents(audience)) for audience in AUDIENCES}
    assert PublishingFailure.objects.filter(root_id=key).exists() or (
        take_back is the_copy_of_a_source
    )
    # A rendering would have said the same.
    broken.clear()
    gate.mark_everything()
    publish_pending()
    for audience in AUDIENCES:
        assert left[audience] == compared(documents(audience))
    changes_nothing_compared = take_back in (nothing, the_label_of_a_source)
    assert (left == before) == changes_nothing_compared


def test_what_was_edited_stays_as_it_was_published(
    case: Prisoner, broken: list[Any], settings: Any
) -> None:
    row = PublicDocument.objects.get(id=case.pk)
    broken.append(case.pk)
    settings.REQUIRE_REVIEW = False
    Prisoner.objects.filter(pk=case.pk).update(affiliation="Another party")
    make.make_sentence(case, court="A new one")
    assert publish_pending() == 0
    after = PublicDocument.objects.get(id=case.pk)
    assert (after.document, after.seq) == (row.document, row.seq)
    assert PublishingFailure.objects.get().error == "KeyError"


def test_an_edit_beside_a_withdrawal_is_not_shown(
    case: Prisoner, broken: list[Any]
) -> None:
    broken.append(case.pk)
    Prisoner.objects.filter(pk=case.pk).update(affiliation="Another party")
    a_sentence(case)
    publish_pending()
    document = public(case)
    assert document["affiliation"] == "A party"
    assert [row["court"] for row in document["sentences"]] == ["Another"]


def test_a_withdrawal_from_another_case_leaves_this_one_alone(
    case: Prisoner, broken: list[Any]
) -> None:
    other = make.make_prisoner("Other Person", visibility="public")
    make.approve(other)
    publish_pending()
    row = PublicDocument.objects.get(id=case.pk)
    broken.extend([case.pk, other.pk])
    nothing(case)
    the_case(other)
    publish_pending()
    assert public(other) is None
    assert PublicDocument.objects.get(id=case.pk).seq == row.seq


def test_the_status_says_no_more_than_what_is_left(
    case: Prisoner, broken: list[Any]
) -> None:
    broken.append(case.pk)
    a_name(case)
    publish_pending()
    assert public(case)["status"][-1]["statuses"] != ["not_known"]
    a_placement(case)
    publish_pending()
    assert [span["statuses"] for span in public(case)["status"]] == [["not_known"]]
    spans = PublicSpan.objects.filter(of=case.pk, fact="status")
    assert [span.value for span in spans] == ["not_known"]


def test_where_the_person_is_now_follows_from_the_whole(
    broken: list[Any], settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    held = make.make_prisoner("Held Example", visibility="public")
    prison = make.make_facility("A prison", visibility="public", place_kind="prison")
    detention = make.make_detention(held, started_on="2020")
    placement = make.make_placement(detention, facility=prison, from_on="2021")
    report = make.make_source("Report", visibility="public")
    make.make_citation(placement, "facility", report)
    make.make_name(held, "Other Name")
    publish_pending()
    assert public(held)["last_place"]["facility"] == str(prison.pk)
    broken.append(held.pk)
    nothing(held)
    publish_pending()
    assert public(held)["last_place"]["facility"] == str(prison.pk)
    a_name(held)
    publish_pending()
    assert public(held)["last_place"] is None


def test_a_label_that_said_too_much_goes(case: Prisoner, broken: list[Any]) -> None:
    (citation,) = (one for one in public(case)["citations"] if one["field"] == "sex")
    assert citation["source_label"] == "a relative"
    broken.append(case.pk)
    the_label_of_a_source(case)
    publish_pending()
    (citation,) = (one for one in public(case)["citations"] if one["field"] == "sex")
    assert citation["source_label"] is None


def test_what_lists_filter_by_follows(case: Prisoner, broken: list[Any]) -> None:
    broken.append(case.pk)
    a_name(case)
    an_entry_of_a_list(case)
    publish_pending()
    row = PublicDocument.objects.get(id=case.pk)
    assert "other" not in row.search_key
    assert row.facts["occupations"] == ["teacher"]


def test_corrections_do_not_tell_what_was_taken_back(
    case: Prisoner, broken: list[Any]
) -> None:
    broken.append(case.pk)
    a_fact_of_the_person(case)
    publish_pending()
    told = PublicCorrection.objects.filter(of=case.pk, field="affiliation")
    assert [(row.before, row.after) for row in told] == [(None, None)]


def test_an_old_address_leads_on_while_the_other_case_is_seen(
    case: Prisoner, broken: list[Any]
) -> None:
    old = make.make_prisoner("Merged", visibility="public")
    make.approve(old)
    publish_pending()
    Prisoner.objects.filter(pk=old.pk).update(merged_into=case)
    make.approve(old)
    make.approve(case)
    publish_pending()
    assert PublicDocument.objects.get(id=old.pk).merged_into == case.pk
    broken.extend([old.pk, case.pk])
    nothing(old)
    publish_pending()
    assert PublicDocument.objects.get(id=old.pk).merged_into == case.pk
    the_case(case)
    publish_pending()
    assert PublicDocument.objects.get(id=old.pk).merged_into is None


def test_where_nobody_can_tell_what_is_left_the_document_goes(
    case: Prisoner, broken: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*args: Any) -> None:
        raise ValueError

    broken.append(case.pk)
    monkeypatch.setattr(subtracting, "seen_case", failing)
    nothing(case)
    publish_pending()
    assert public(case) is None
    assert PublishingFailure.objects.get().root_id == case.pk


def test_an_edition_that_cannot_be_read_is_no_reason_to_keep_what_was_taken_back(
    case: Prisoner,
) -> None:
    approve_as(case, {"form": 10**6})
    a_sentence(case)
    publish_pending()
    assert [row["court"] for row in public(case)["sentences"]] == ["Another"]
    assert public(case)["name"] == "Ales Example"


def test_a_document_of_an_older_contract_is_subtracted_from_too(
    case: Prisoner, broken: list[Any]
) -> None:
    """It lacks what the contract has since: nobody knows that yet."""
    row = PublicDocument.objects.get(id=case.pk)
    older = json.loads(row.document or "")
    del older["affiliation"], older["charges"]
    older["citations"] = [
        citation
        for citation in older["citations"]
        if citation["record"]["kind"] != "charge"
    ]
    for sentence in older["sentences"]:
        del sentence["court"]
    row.document = json.dumps(older)
    with acting_as("publisher"):
        row.save()
    broken.append(case.pk)
    nothing(case)
    assert publish_pending() == 0
    a_sentence(case)
    publish_pending()
    document = public(case)
    assert (document["affiliation"], document["charges"]) == (None, [])
    assert [row["court"] for row in document["sentences"]] == [None]


def test_a_case_that_was_never_published_leaves_no_trace(broken: list[Any]) -> None:
    case = make.make_prisoner(visibility="public")
    make.approve(case)
    broken.append(case.pk)
    assert publish_pending() == 0
    assert not PublicDocument.objects.filter(id=case.pk).exists()
