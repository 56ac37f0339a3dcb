"""A source is taken back: what rests only on it goes with it, at once, unless somebody
wants it to stay.
"""

import json
from typing import Any

import pytest

from cases import merging, sourcing
from cases.models import Prisoner, Source
from cases.publishing import publish_pending
from tests.factories import (
    approve,
    make_citation,
    make_count,
    make_detention,
    make_detention_order,
    make_name,
    make_placement,
    make_prisoner,
    make_release,
    make_sentence,
    make_source,
)
from tracker.models import PartnersDocument, PublicCorrection, PublicDocument

pytestmark = pytest.mark.django_db


def a_case(**fields: Any) -> Prisoner:
    case = make_prisoner("", visibility="public", **fields)
    make_citation(make_name(case, "Ales Example"), "value", other_source())
    return case


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


def other_source() -> Source:
    return Source.objects.filter(title="Another").first() or make_source(
        "Another", visibility="public"
    )


def take_back(source: Source, **to: str) -> set[tuple[str, str, str]]:
    """Which facts went with it: (model, field, entry)."""
    wanted = {"visibility": source.visibility, "standing": source.standing, **to}
    found = sourcing.resting_only_on(source, wanted["visibility"], wanted["standing"])
    Source.objects.filter(pk=source.pk).update(**to)
    sourcing.withdraw(found)
    return {(one.model._meta.model_name or "", one.field, one.entry) for one in found}


def published(record: Any, model: Any = PublicDocument) -> dict[str, Any]:
    publish_pending()
    return json.loads(model.objects.get(id=record.pk).document)


@pytest.fixture
def source() -> Source:
    return make_source("The report", visibility="public")


@pytest.fixture
def reviewed(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


def approved(*cases: Any) -> None:
    for one in (*Source.objects.all(), *cases):
        approve(one)
    publish_pending()


@pytest.mark.usefixtures("reviewed")
def test_a_fact_goes_with_its_only_source_whatever_waits_and_stays_in_the_record(
    source: Source,
) -> None:
    case = a_case(affiliation="A party", sex="male", summary={"en": "Of a party."})
    make_citation(case, "affiliation", source, quote="A party")
    make_citation(case, "sex", source)
    make_citation(case, "sex", other_source())
    approved(case)
    assert published(case)["affiliation"] == "A party"
    Prisoner.objects.update(affiliation="Another party")
    assert take_back(source, visibility="internal") == {("prisoner", "affiliation", "")}
    document = published(case)
    assert (document["affiliation"], document["sex"], document["summary"]) == (
        None,
        "male",
        {},
    )
    assert [one["field"] for one in document["citations"]] == ["value", "sex", "sex"]
    assert "party" not in str(PublicDocument.objects.values()) + str(
        PublicCorrection.objects.values()
    )
    case.refresh_from_db()
    assert case.affiliation == "Another party"


@pytest.mark.usefixtures("reviewed")
def test_words_approved_while_their_source_was_hidden_wait_for_the_next_approval(
    source: Source,
) -> None:
    case = a_case(sex="male")
    make_citation(case, "sex", other_source())
    make_citation(case, "sex", source, quote="He said so.")
    approved(case)
    assert "He said so." in str(published(case))
    Source.objects.filter(pk=source.pk).update(visibility="internal")
    approved(case)
    Source.objects.filter(pk=source.pk).update(visibility="public")
    approve(Source.objects.get(pk=source.pk))
    told = published(case)
    assert "He said so." not in str(told)
    assert str(source.pk) not in str(told)
    approved(case)
    assert "He said so." in str(published(case))


@pytest.mark.usefixtures("reviewed")
def test_what_is_given_back_is_shown_again_only_as_it_was_approved(
    source: Source,
) -> None:
    case = a_case(affiliation="A party")
    make_citation(case, "affiliation", source)
    approved(case)
    take_back(source, standing="retracted")
    publish_pending()
    approve(case)
    Prisoner.objects.update(withheld={})
    assert published(case)["affiliation"] is None
    approve(case)
    assert published(case)["affiliation"] == "A party"


def test_what_several_independent_sources_state_stays(source: Source) -> None:
    case = a_case(sex="male")
    for one in (source, other_source()):
        make_citation(case, "sex", one)
    assert take_back(source, standing="retracted") == set()


def test_a_copy_of_it_is_nobody_elses_word_and_its_copy_neither(source: Source) -> None:
    copy, copy_of_the_copy = (
        make_source(title, visibility="public")
        for title in ("Copy", "Copy of the copy")
    )
    copy.derived_from.add(source)
    copy_of_the_copy.derived_from.add(copy)
    case = a_case(sex="male", affiliation="A party")
    make_citation(case, "sex", source)
    make_citation(case, "sex", copy)
    make_citation(case, "affiliation", copy_of_the_copy)
    assert take_back(source, visibility="internal") == {
        ("prisoner", "sex", ""),
        ("prisoner", "affiliation", ""),
    }
    assert (published(case)["sex"], published(case)["affiliation"]) == (None, None)


def test_a_copy_that_also_relays_others_has_its_word_still(source: Source) -> None:
    digest = make_source("Digest", visibility="public", relays=["An agency"])
    digest.derived_from.add(source)
    case = a_case(sex="male")
    for one in (source, digest):
        make_citation(case, "sex", one)
    assert take_back(source, visibility="internal") == set()


def test_a_second_source_that_was_taken_back_before_holds_nothing(
    source: Source,
) -> None:
    second = make_source("Second", visibility="public")
    case = a_case(sex="male")
    for one in (source, second):
        make_citation(case, "sex", one)
    assert take_back(second, visibility="internal") == set()
    assert take_back(source, visibility="internal") == {("prisoner", "sex", "")}


def test_of_a_list_only_the_entry_goes(source: Source) -> None:
    case = a_case(occupations=["blogger", "journalist"])
    make_citation(case, "occupations", source, item="blogger", quote="a blogger")
    make_citation(case, "occupations", other_source(), item="journalist")
    assert take_back(source, visibility="internal") == {
        ("prisoner", "occupations", "blogger")
    }
    assert published(case)["occupations"] == ["journalist"]
    assert "blogger" not in str(PublicDocument.objects.values())


def test_a_part_for_which_nobody_else_is_named_goes_whole(source: Source) -> None:
    case = a_case()
    make_citation(
        make_release(case, released_on="2025-09-11", ground="pardon"),
        "released_on",
        source,
    )
    assert take_back(source, visibility="internal") == {("release", "", "")}
    assert published(case)["releases"] == []


@pytest.mark.usefixtures("reviewed")
def test_a_part_that_goes_whole_is_not_taken_back_once_more_fact_by_fact(
    source: Source,
) -> None:
    case = a_case()
    release = make_release(case, released_on="2025-09-11")
    make_citation(release, "released_on", source)
    approved(case)
    # Since the approval somebody else speaks of it, and of the day still nobody does.
    make_citation(release, "", other_source())
    assert take_back(source, visibility="internal") == {("release", "", "")}


def test_of_a_part_that_others_know_of_only_the_fact_goes(source: Source) -> None:
    case = a_case()
    sentence = make_sentence(case, term_months=60, court="A court")
    make_citation(sentence, "term_months", source)
    make_citation(sentence, "", other_source())
    assert take_back(source, visibility="internal") == {("sentence", "term_months", "")}
    (shown,) = published(case)["sentences"]
    assert (shown["term_months"], shown["court"]) == (None, "A court")
    assert published(sentence)["term_months"] is None


def test_a_part_that_cannot_be_without_a_fact_goes_with_it(source: Source) -> None:
    case = a_case()
    name = make_name(case, "Alias")
    make_citation(name, "value", source)
    make_citation(name, "", other_source())
    assert take_back(source, visibility="internal") == {("personname", "value", "")}
    assert [one["value"] for one in published(case)["names"]] == ["Ales Example"]


def test_a_detention_stays_for_a_place_that_others_know_of(source: Source) -> None:
    case = a_case()
    detention = make_detention(case, started_on="2021")
    make_citation(detention, "started_on", source)
    make_citation(
        make_placement(detention, place_kind="prison"), "place_kind", other_source()
    )
    assert take_back(source, visibility="internal") == {("detention", "started_on", "")}
    (shown,) = published(case)["detentions"]
    assert (shown["started_on"], shown["placements"][0]["place_kind"]) == (
        None,
        "prison",
    )


def test_a_detention_stays_for_an_order_that_others_know_of(source: Source) -> None:
    case = a_case()
    detention = make_detention(case, started_on="2021")
    make_citation(detention, "started_on", source)
    order = make_detention_order(detention, ordered_on="2021-02")
    make_citation(order, "ordered_on", other_source())
    assert take_back(source, visibility="internal") == {("detention", "started_on", "")}
    (shown,) = published(case)["detentions"]
    assert shown["started_on"] is None
    assert shown["orders"][0]["ordered_on"]["edtf"] == "2021-02"


def test_a_detention_goes_with_the_orders_that_rest_on_the_same(source: Source) -> None:
    case = a_case()
    detention = make_detention(case, started_on="2021")
    make_citation(detention, "started_on", source)
    order = make_detention_order(detention, ordered_on="2021-02")
    make_citation(order, "ordered_on", source)
    take_back(source, visibility="internal")
    assert published(case)["detentions"] == []


def test_a_case_of_which_nobody_else_speaks_goes_whole(source: Source) -> None:
    case = make_prisoner("", visibility="public")
    make_citation(make_name(case, "Ales Example"), "value", source)
    count = make_count(visibility="public")
    count.citations.update(source=source)
    assert take_back(source, visibility="internal") == {
        ("prisoner", "", ""),
        ("reportedcount", "", ""),
    }
    publish_pending()
    assert (
        not PublicDocument.objects.filter(document__isnull=False)
        .exclude(kind="source")
        .exists()
    )


def test_what_partners_may_still_see_stays_with_them(source: Source) -> None:
    case = a_case(sex="male")
    make_citation(case, "sex", source)
    make_citation(make_release(case, released_on="2025-09-11"), "released_on", source)
    take_back(source, visibility="partners")
    assert (published(case)["sex"], published(case)["releases"]) == (None, [])
    for_partners = published(case, PartnersDocument)
    assert (for_partners["sex"], len(for_partners["releases"])) == ("male", 1)
    source.refresh_from_db()
    assert take_back(source, visibility="internal") == {
        ("prisoner", "sex", ""),
        ("release", "", ""),
    }
    assert published(case, PartnersDocument)["sex"] is None


def test_what_is_withheld_stays_so_in_the_case_that_it_is_merged_into(
    source: Source,
) -> None:
    kept, merged = a_case(), a_case()
    sentence = make_sentence(merged, term_months=60)
    make_citation(sentence, "term_months", source)
    make_citation(sentence, "", other_source())
    take_back(source, visibility="internal")
    for case in (kept, merged):
        case.refresh_from_db()
    done = merging.merge(
        kept.pk,
        merged.pk,
        seen_versions=(kept.version, merged.version),
        reason="One person.",
    )
    assert published(kept)["sentences"][0]["term_months"] is None
    for case in (kept, merged):
        case.refresh_from_db()
    kept.withheld[str(sentence.pk)]["court"] = "internal"
    kept.save()
    kept.refresh_from_db()
    merging.unmerge(
        done.pk, seen_versions=(kept.version, merged.version), reason="Two persons."
    )
    merged.refresh_from_db()
    assert merged.withheld[str(sentence.pk)] == {
        "term_months": "internal",
        "court": "internal",
    }
