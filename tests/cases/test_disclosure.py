"""What a published document may hold of a case: the rules of the gate, seen from
outside.
"""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from cases.merging import moving
from cases.models import Claimant, Consent, Identifier, Prisoner, Source
from cases.publishing import gate, publish_pending
from tests.factories import (
    ALL_TOLD,
    approve,
    make_citation,
    make_claimant,
    make_count,
    make_detention,
    make_facility,
    make_name,
    make_placement,
    make_prisoner,
    make_recognition,
    make_release,
    make_sentence,
    make_source,
)
from tracker.models import PartnersDocument, PublicDocument

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


def published(record: Any, model: Any = PublicDocument) -> dict[str, Any]:
    publish_pending()
    return json.loads(model.objects.get(id=record.pk).document)


def everything_published() -> str:
    publish_pending()
    return json.dumps(
        [list(model.objects.values()) for model in (PublicDocument, PartnersDocument)],
        default=str,
    )


CANARY = "canary7f3a"


def test_what_is_for_the_inside_is_in_no_document_and_no_filter() -> None:
    source = make_source(
        visibility="public",
        reliability="E",
        internal_notes=CANARY,
        file_name=CANARY,
        sha256="a" * 64,
    )
    hidden_source = make_source(
        f"{CANARY} report", author=CANARY, url=f"https://example.org/{CANARY}"
    )
    claimant = make_claimant(
        f"{CANARY} mother", role="relative", role_as_stated=CANARY, visibility="public"
    )
    hidden_claimant = make_claimant(CANARY)
    facility = make_facility(CANARY)
    case = make_prisoner("Open", visibility="public", internal_notes=CANARY)
    make_name(case, CANARY, visibility="internal", internal_notes=CANARY)
    Consent.objects.create(
        prisoner=case, subject="story", audience="public", given_by=CANARY
    )
    Identifier.objects.create(
        prisoner=case,
        scheme="list",
        value=CANARY,
        owner_organisation="Another organisation",
    )
    make_placement(make_detention(case), facility=facility)
    make_placement(
        make_detention(case, visibility="internal"), duration_as_stated=CANARY
    )
    make_recognition(case, reason=CANARY, visibility="internal")
    sentence = make_sentence(case, term_months=48)
    make_citation(
        sentence,
        "term_months",
        hidden_source,
        quote=CANARY,
        locator=CANARY,
        credibility="1",
    )
    make_citation(sentence, "term_months", source, claimant=claimant)
    make_citation(sentence, "term_months", source, claimant=hidden_claimant)
    make_citation(sentence, "term_months", source, quote=CANARY, visibility="internal")
    make_count(claimant=hidden_claimant, visibility="public")
    make_prisoner(CANARY, visibility="internal")
    assert CANARY not in everything_published()
    assert str(facility.pk) not in everything_published()
    assert len(published(case)["citations"]) == 3


def test_a_part_narrowed_to_partners_is_in_their_document_alone() -> None:
    case = make_prisoner(visibility="public")
    sentence = make_sentence(case, visibility="partners")
    assert published(case)["sentences"] == []
    assert published(case, PartnersDocument)["sentences"][0]["id"] == str(sentence.pk)


def test_a_part_is_never_more_visible_than_its_case() -> None:
    case = make_prisoner(visibility="internal")
    make_sentence(case)
    publish_pending()
    assert not PartnersDocument.objects.exists()


def test_what_belongs_to_a_hidden_part_is_hidden_with_it() -> None:
    case = make_prisoner(visibility="public")
    detention = make_detention(case, visibility="internal")
    make_citation(make_placement(detention, place_kind="prison"), "place_kind")
    sentence = make_sentence(case, visibility="internal")
    make_sentence(case, replaces=sentence)
    document = published(case)
    assert (document["detentions"], document["citations"]) == ([], [])
    assert document["sentences"][0]["replaces"] is None


def test_a_withheld_name_stays_out_and_the_case_is_counted() -> None:
    case = make_prisoner(
        "Secret Person",
        visibility="public",
        name_withheld=True,
        occupations=["teacher"],
        **ALL_TOLD,
    )
    make_citation(case.names.get(), "value")
    document = published(case)
    assert (document["name"], document["names"], document["name_withheld"]) == (
        None,
        [],
        True,
    )
    assert document["occupations"] == ["teacher"]
    assert "Secret" not in everything_published()


@pytest.mark.parametrize(
    "fields",
    [
        {"born_on": "2015-05"},
        {"born_on": f"{date.today().year - 17}"},
        {"age_as_stated": 16},
    ],
)
def test_the_name_of_a_minor_is_published_only_with_consent(
    fields: dict[str, Any],
) -> None:
    case = make_prisoner("Young Person", visibility="public", **fields)
    assert published(case)["name"] is None
    consent = Consent.objects.create(prisoner=case, subject="name", audience="partners")
    assert published(case)["name"] is None
    assert published(case, PartnersDocument)["name"] == "Young Person"
    consent.audience = "public"
    consent.save()
    assert published(case)["name"] == "Young Person"


TODAY = date(2025, 3, 15)
TURNS_18_TODAY, TURNS_18_TOMORROW = "2007-03-15", "2007-03-16"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"born_on": TURNS_18_TOMORROW}, None),
        ({"born_on": TURNS_18_TODAY}, "Young Person"),
        ({"born_on": f"[{TURNS_18_TODAY}..{TURNS_18_TOMORROW}]"}, None),
        ({"born_on": "2007"}, None),
        ({"born_on": "2007-04"}, None),
        ({"born_on": "[2012..]"}, None),
        ({"born_on": "[1960..]"}, None),
        ({"born_on": "2012/.."}, None),
        ({"born_on": "2012/"}, None),
        ({"born_on": "[..1960]"}, "Young Person"),
        ({"born_on": "[2012..]", "age_as_stated": 40}, None),
        ({"age_as_stated": 17}, None),
        ({"age_as_stated": 18}, "Young Person"),
        ({"age_as_stated": 17, "born_on": "1990"}, None),
        ({"age_as_stated": 17, "age_stated_on": "2024-03-15"}, "Young Person"),
        ({"age_as_stated": 17, "age_stated_on": "2024-03-16"}, None),
        ({"age_as_stated": 17, "age_stated_on": "2024-03"}, None),
        ({"age_as_stated": 15, "age_stated_on": "2022-02"}, "Young Person"),
        ({"age_as_stated": 17, "age_stated_on": "[2020..]"}, None),
        ({"age_as_stated": 18, "age_stated_on": "2026"}, "Young Person"),
    ],
    ids=str,
)
def test_who_may_not_have_turned_18_yet_is_a_minor_and_who_has_is_none(
    fields: dict[str, Any], name: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "advance", lambda: TODAY)
    case = make_prisoner("Young Person", visibility="public", **fields)
    assert published(case)["name"] == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"field": "born_on", "states": TURNS_18_TOMORROW}, None),
        ({"field": "born_on", "states": TURNS_18_TODAY}, "Young Person"),
        ({"field": "born_on", "states": "[2012..]"}, None),
        ({"field": "age_as_stated", "states": 17}, None),
        ({"field": "age_as_stated", "states": 17, "as_of": "2024-03-16"}, None),
        ({"field": "age_as_stated", "states": 17, "as_of": "2024"}, None),
        (
            {"field": "age_as_stated", "states": 17, "as_of": "2024-03-15"},
            "Young Person",
        ),
        ({"field": "age_as_stated", "states": 40}, "Young Person"),
    ],
    ids=str,
)
def test_of_whom_a_source_says_that_they_are_so_young_is_a_minor(
    said: dict[str, Any], name: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the record says, and though only the desk may see the source."""
    monkeypatch.setattr(gate, "advance", lambda: TODAY)
    monkeypatch.setattr(moving, "today", lambda: TODAY)
    case = make_prisoner(
        "Young Person", visibility="public", born_on="1980", age_as_stated=40
    )
    make_citation(case, visibility="internal", **said)
    assert published(case)["name"] == name
    assert moving.keeps_its_name(case) == (name is None)


def test_a_consent_to_show_the_name_to_everyone_is_one_to_show_it_to_partners() -> None:
    case = make_prisoner("Young Person", visibility="public", age_as_stated=16)
    Consent.objects.create(prisoner=case, subject="name", audience="public")
    assert published(case, PartnersDocument)["name"] == "Young Person"


def test_words_that_may_repeat_a_name_go_with_it_unless_they_were_approved_without_it() -> (
    None
):
    case = make_prisoner(
        "Secret Person",
        visibility="public",
        cause_of_death_by_family="Secret Person was ill.",
        **ALL_TOLD,
    )
    make_release(case, conditions="Secret Person must report.")
    make_citation(case, "sex", make_source(visibility="public"), quote="Secret Person")
    assert "Secret Person" in str(published(case))
    Prisoner.objects.update(born_on="2015")
    assert "Secret Person" not in str(published(case))
    Prisoner.objects.update(name_withheld=True, cause_of_death_by_family="Illness.")
    assert published(case)["cause_of_death_by_family"] == "Illness."


def test_what_leads_to_a_withheld_name_by_itself_is_not_published_either() -> None:
    case = make_prisoner(
        "Secret Person",
        visibility="public",
        name_withheld=True,
        born_on="1990-05-17",
        **ALL_TOLD,
    )
    Identifier.objects.create(prisoner=case, scheme="viasna", value="secret-person")
    make_citation(
        case,
        "born_on",
        make_source(visibility="public"),
        states="1990-05-18",
        quote="born on 18 May 1990",
    )
    document = published(case)
    assert (document["identifiers"], document["born_on"]["edtf"]) == ([], "1990")
    assert "secret-person" not in everything_published()
    assert "1990-05-1" not in everything_published()
    case.name_withheld = False
    case.save()
    assert published(case)["born_on"]["edtf"] == "1990-05-17"
    assert published(case)["identifiers"][0]["value"] == "secret-person"


def test_a_case_without_its_name_is_counted_and_found_by_no_name_and_in_no_place_among_names(
    client: Client,
) -> None:
    make_prisoner("Aaron Secret", visibility="public", name_withheld=True)
    make_prisoner("Mary Open", visibility="public")
    publish_pending()
    row = PublicDocument.objects.get(facts__name_withheld=[True])
    assert (row.search_key, row.sort_name) == ("", None)
    listed = client.get("/api/v1/prisoners/", {"ordering": "name"}).json()["results"]
    assert [one["name"] for one in listed] == ["Mary Open", None]
    assert (
        client.get("/api/v1/prisoners/", {"q": "Aaron Secret"}).json()["results"] == []
    )


def test_words_that_may_repeat_one_hidden_name_go_with_it(settings: Any) -> None:
    case = make_prisoner("Known Person", visibility="public")
    alias = make_name(case, "Secret Alias")
    make_placement(
        make_detention(case), duration_as_stated="Since Secret Alias was moved"
    )
    make_citation(
        case,
        "sex",
        make_source(visibility="public"),
        quote="Secret Alias",
        locator="under Secret Alias",
    )
    assert "Since Secret Alias" in str(published(case))
    settings.REQUIRE_REVIEW = True
    alias.visibility = "internal"
    alias.save()
    assert "Secret Alias" not in everything_published()
    assert published(case)["name"] == "Known Person"


def test_the_clock_publishes_no_name_of_somebody_who_grows_up(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REQUIRE_REVIEW = True
    almost_eighteen = date.today() - timedelta(days=18 * 365)
    case = make_prisoner(
        "Young Person", visibility="public", born_on=almost_eighteen.isoformat()
    )
    approve(case)
    assert published(case)["name"] is None
    monkeypatch.setattr(gate, "advance", lambda: date.today() + timedelta(days=9))
    Prisoner.objects.update(sex="male")
    assert published(case)["name"] is None
    gate.mark_everything()
    assert published(case)["name"] is None


def test_an_adult_needs_no_consent_but_may_take_one_back() -> None:
    case = make_prisoner(
        "Grown Up", visibility="public", born_on="1980", summary={"en": "A story."}
    )
    assert published(case)["name"] == "Grown Up"
    consents = [
        Consent.objects.create(prisoner=case, subject=subject, audience="public")
        for subject in ("name", "story")
    ]
    assert published(case)["summary"] == {"en": "A story."}
    for consent in consents:
        consent.withdrawn_on = "2025-10"
        consent.save()
    document = published(case)
    assert (document["name"], document["summary"]) == (None, {})


@pytest.mark.parametrize("role", ["relative", "lawyer"])
def test_of_a_relative_only_the_role_is_said(role: str) -> None:
    case = make_prisoner(visibility="public")
    wife = make_claimant(
        "Anna Example", role=role, role_as_stated="wife", visibility="public"
    )
    make_citation(case, "sex", make_source(visibility="public"), claimant=wife)
    (citation,) = published(case)["citations"]
    assert citation["claimant"] == {
        "name": None,
        "role": role,
        "role_as_stated": None,
        "protected_pseudonym": False,
    }


def test_a_protected_pseudonym_is_marked_wherever_it_appears() -> None:
    witness = make_claimant("M.", protected_pseudonym=True, visibility="public")
    count = make_count(claimant=witness, visibility="public")
    assert published(count)["claimant"]["protected_pseudonym"] is True
    assert PublicDocument.objects.get(id=count.pk).search_key == ""


def test_a_claimant_who_becomes_protected_loses_the_name_before_anyone_approves(
    settings: Any,
) -> None:
    person = make_claimant("Real Name", visibility="public")
    count = make_count(claimant=person, visibility="public")
    assert published(count)["claimant"]["name"] == "Real Name"
    settings.REQUIRE_REVIEW = True
    person.name, person.protected_pseudonym = "M.", True
    person.save()
    assert published(count)["claimant"]["name"] is None


@pytest.mark.parametrize(
    ("change", "name", "role_as_stated"),
    [
        ({"role": "relative"}, None, None),
        ({"protected_pseudonym": True}, None, "a neighbour"),
        ({"name": "Another Name"}, None, "a neighbour"),
        ({"role_as_stated": "a cellmate"}, "Real Name", None),
        ({"internal_notes": "Asked again."}, "Real Name", "a neighbour"),
    ],
    ids=str,
)
def test_what_is_said_of_a_claimant_is_what_was_approved_and_is_so_still(
    change: dict[str, Any], name: str | None, role_as_stated: str | None, settings: Any
) -> None:
    person = make_claimant(
        "Real Name", role="witness", role_as_stated="a neighbour", visibility="public"
    )
    count = make_count(claimant=person, visibility="public")
    publish_pending()
    settings.REQUIRE_REVIEW = True
    Claimant.objects.filter(pk=person.pk).update(**change)
    claimant = published(count)["claimant"]
    assert (claimant["name"], claimant["role_as_stated"]) == (name, role_as_stated)


def test_a_summary_which_may_repeat_a_source_goes_when_that_is_hidden(
    settings: Any,
) -> None:
    source = make_source(visibility="public")
    case = make_prisoner(visibility="public", summary={"en": "As the report says."})
    make_citation(case, "sex", source)
    assert published(case)["summary"] == {"en": "As the report says."}
    settings.REQUIRE_REVIEW = True
    Source.objects.filter(pk=source.pk).update(visibility="internal")
    document = published(case)
    assert (document["citations"][0]["source"], document["summary"]) == (None, {})


def test_a_summary_stays_beside_a_source_that_was_never_shown() -> None:
    case = make_prisoner(visibility="public", summary={"en": "A story."})
    make_citation(case, "sex", make_source())
    assert published(case)["summary"] == {"en": "A story."}


def test_an_entry_that_is_withheld_takes_its_own_citation_with_it_and_no_other() -> (
    None
):
    source = make_source(visibility="public")
    case = make_prisoner(visibility="public", occupations=["blogger", "journalist"])
    for occupation in ("blogger", "journalist"):
        make_citation(case, "occupations", source, item=occupation)
    make_citation(case, "occupations", source, states="blogger")
    Prisoner.objects.update(
        withheld={str(case.pk): {"occupations:blogger": "internal"}}
    )
    document = published(case)
    assert document["occupations"] == ["journalist"]
    assert [one["item"] for one in document["citations"]] == ["journalist"]
    assert "blogger" not in everything_published()


def test_a_label_that_said_too_much_goes_at_once(settings: Any) -> None:
    source = make_source(public_label="the mother")
    case = make_prisoner(visibility="public")
    make_citation(case, "sex", source)
    assert published(case)["citations"][0]["source_label"] == "the mother"
    settings.REQUIRE_REVIEW = True
    source.public_label = "confidential source"
    source.save()
    assert published(case)["citations"][0]["source_label"] is None


def test_the_copy_held_of_a_source_is_described_only_if_it_is_public() -> None:
    source = make_source(visibility="public", file_name="page.html", sha256="b" * 64)
    assert (published(source)["file_name"], published(source)["sha256"]) == (None, None)
    source.copy_is_public = True
    source.save()
    assert (published(source)["file_name"], published(source)["sha256"]) == (
        "page.html",
        "b" * 64,
    )


# --- What sources say --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "hedge", "agreement"),
    [
        (None, "stated", "supports"),
        ("2025-09-11", "stated", "supports"),
        ("2025-09", "stated", "supports"),
        ("2025-09-01", "stated", "contradicts"),
        (None, "denied", "contradicts"),
        ("2025-09-01", "denied", "supports"),
        ("2025-09-01", "predicted", None),
    ],
)
def test_a_date_agrees_with_one_that_may_be_the_same_day(
    states: Any, hedge: str, agreement: str | None
) -> None:
    case = make_prisoner(visibility="public")
    make_citation(
        make_release(case, released_on="2025-09-11"),
        "released_on",
        make_source(visibility="public"),
        states=states,
        hedge=hedge,
    )
    assert published(case)["citations"][0]["agreement"] == agreement


def test_numbers_and_items_of_lists_are_compared_as_what_they_are() -> None:
    case = make_prisoner(visibility="public", occupations=["blogger", "journalist"])
    source = make_source(visibility="public")
    make_citation(case, "occupations", source, item="journalist", states="journalist")
    make_citation(case, "occupations", source, item="lawyer", states="lawyer")
    make_citation(make_sentence(case, term_months=60), "term_months", source, states=48)
    found = {
        citation["states"]: citation["agreement"]
        for citation in published(case)["citations"]
    }
    assert found == {
        "journalist": "supports",
        "lawyer": "contradicts",
        48: "contradicts",
    }


def test_a_retracted_source_supports_nothing_and_neither_do_its_copies() -> None:
    titles = ("Original", "Copy", "Copy of the copy", "Other")
    original, copy, copy_of_the_copy, other = (
        make_source(title, visibility="public") for title in titles
    )
    copy.derived_from.add(original)
    copy_of_the_copy.derived_from.add(copy)
    case = make_prisoner(visibility="public", sex="male")
    for source in (copy_of_the_copy, other):
        make_citation(case, "sex", source)
    assert {one["agreement"] for one in published(case)["citations"]} == {"supports"}
    Source.objects.filter(pk=original.pk).update(standing="retracted")
    found = {one["source"]: one["agreement"] for one in published(case)["citations"]}
    assert found == {str(copy_of_the_copy.pk): None, str(other.pk): "supports"}
    assert published(original)["standing"] == "retracted"


def test_whether_a_hidden_source_was_retracted_shows_in_nothing() -> None:
    original, other = (
        make_source("Original", visibility="partners"),
        make_source("Other", visibility="public"),
    )
    mere_copy, of_both = (
        make_source(title, visibility="public") for title in ("Copy", "Of both")
    )
    mere_copy.derived_from.add(original)
    of_both.derived_from.add(original, other)
    case = make_prisoner(visibility="public", sex="male")
    for source in (original, mere_copy, of_both):
        make_citation(case, "sex", source, hedge="alleged")
    before = published(case)["citations"]
    told = {one["source"]: (one["hedge"], one["agreement"]) for one in before}
    assert told == {
        None: (None, None),
        str(mere_copy.pk): ("alleged", None),
        str(of_both.pk): ("alleged", "supports"),
    }
    for_partners = published(case, PartnersDocument)["citations"]
    assert {one["agreement"] for one in for_partners} == {"supports"}
    Source.objects.filter(pk=original.pk).update(standing="retracted")
    assert published(case)["citations"] == before


def test_status_is_derived_from_what_the_audience_may_see() -> None:
    case = make_prisoner(visibility="public")
    make_detention(case, started_on="2020", ground="serving_sentence")
    make_release(case, released_on="2025-09-11", visibility="partners")
    assert published(case)["status"][-1]["statuses"] == ["imprisoned"]
    assert published(case, PartnersDocument)["status"][-1]["statuses"] == ["released"]


def test_the_desk_sees_the_record_as_it_is_with_its_open_questions(
    settings: Any,
) -> None:
    settings.REQUIRE_REVIEW = True
    case = make_prisoner("Ніна Прыклад")
    make_detention(case, started_on="2021-02-03", visibility="internal")
    make_citation(case, "sex", states="female")
    publish_pending()
    entry = Prisoner.objects.select_related("desk").get(pk=case.pk).desk
    assert (entry.display_name, entry.statuses, entry.since) == (
        "Ніна Прыклад",
        ["detained"],
        "2021-02-03",
    )
    assert entry.open_questions == {"uncited": 2, "sources_disagree": 1}
