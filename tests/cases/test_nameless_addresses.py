"""No address leads from a name to a case without one, nor the other way round: whoever
kept the one page would know whom the other is about.
"""

import json
from typing import Any

import pytest
from django.test import Client

from cases import merging
from cases.models import Merge, Prisoner
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.test_merging import approved, merge, public, unmerge
from tests.transactions import committed
from tracker.audiences import AUDIENCES
from tracker.models import PublicDocument

pytestmark = pytest.mark.django_db
NOTHING_LIKE_IT = "00000000-0000-4000-8000-000000000000"
ADDRESSES = (
    "/en/cases/{}/",
    "/en/cases/{}/corrections/",
    "/api/v1/prisoners/{}/",
    "/api/v1/prisoners/{}/corrections/",
)


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True
    settings.APPROVE_OWN_CHANGES = True


def a_case(name: str, **fields: Any) -> Prisoner:
    """With parts that have addresses of their own, all of which would be told."""
    case = make.make_prisoner(
        name, visibility="public", **{"sex": "male", **make.ALL_TOLD, **fields}
    )
    source = make.make_source(visibility="public")
    detention = make.make_detention(case, started_on="2021")
    make.make_citation(detention, "started_on", source)
    make.make_sentence(case, term_months=48)
    make.make_deportation(case, outcome="expelled", to_country="LT")
    approved(source, case)
    return case


def without_name(case: Prisoner) -> None:
    """By what is told of its names, and by nothing that is ticked."""
    case.names.update(visibility="internal")
    approved(case)


def leads_nowhere(client: Client, case: Prisoner) -> None:
    for address in ADDRESSES:
        answer = client.get(address.format(case.pk))
        never = client.get(address.format(NOTHING_LIKE_IT))
        assert answer.status_code == never.status_code == 404
        of_it = answer.text.replace(str(case.pk), NOTHING_LIKE_IT)
        assert of_it == never.text, address
    for row in client.get("/api/v1/changes/?limit=1000").json()["results"]:
        if row["id"] == str(case.pk):
            assert row["deleted"]
            assert "merged_into" not in row


def leads_on(client: Client, case: Prisoner, kept: Prisoner) -> bool:
    answer = client.get(f"/api/v1/prisoners/{case.pk}/")
    return answer.status_code == 301 and str(kept.pk) in answer["Location"]


@pytest.mark.parametrize("nameless", ["the kept one", "the one that goes"])
def test_of_two_of_which_one_is_named_readers_see_only_that_one_is_gone(
    client: Client, nameless: str
) -> None:
    kept, other = a_case("Ales Example"), a_case("Aliaksandr Example")
    without_name(kept if nameless == "the kept one" else other)
    before = public(kept)
    warnings = merging.preview(kept, other).warnings
    assert any("whoever kept the old page knows it" in said for said in warnings)
    merge(kept, other)
    leads_nowhere(client, other)
    assert public(kept) == before
    assert kept.detentions.count() == 2
    assert str(other.pk) not in json.dumps(
        list(PublicDocument.objects.exclude(pk=other.pk).values()), default=str
    )


def test_that_a_case_was_nameless_is_no_longer_said_once_the_two_are_parted() -> None:
    kept, other = a_case("Ales Example"), a_case("Aliaksandr Example")
    without_name(other)
    before = public(other)
    done = merge(kept, other)
    other.refresh_from_db()
    assert other.name_withheld
    unmerge(done, kept, other)
    other.refresh_from_db()
    assert not other.name_withheld
    assert public(other) == before
    done = merge(kept, other)
    Prisoner.objects.filter(pk=kept.pk).update(name_withheld=True)
    unmerge(done, kept, other)
    other.refresh_from_db()
    assert other.name_withheld, "the name was hidden while they were one"


def test_when_the_name_goes_old_addresses_lead_nowhere_at_the_same_moment(
    client: Client,
) -> None:
    kept, other = a_case("Ales Example"), a_case("Aliaksandr Example")
    merge(kept, other)
    assert leads_on(client, other, kept)
    Prisoner.objects.filter(pk=kept.pk).update(name_withheld=True)
    committed()
    seen = []

    def look() -> None:
        for audience in AUDIENCES:
            rows = audience.document_model._default_manager
            told = json.loads(rows.get(pk=kept.pk).document or "")
            seen.append((told["name"], rows.get(pk=other.pk).merged_into))

    publish_pending(after_each=look)
    assert seen
    assert set(seen) == {(None, None)}
    leads_nowhere(client, other)
    assert public(kept)["previous_ids"] == []  # type: ignore[index]


def test_when_the_name_comes_back_they_lead_on_again(client: Client) -> None:
    kept, other = a_case("Ales Example"), a_case("Aliaksandr Example")
    merge(kept, other)
    kept.names.all().delete()
    approved(kept)
    assert not leads_on(client, other, kept)
    make.make_name(kept, "Ales Example", preferred=True)
    approved(kept)
    assert leads_on(client, other, kept)
    assert public(kept)["previous_ids"] == [str(other.pk)]  # type: ignore[index]
    assert Merge.objects.get().state == "merged"


def test_a_name_that_is_told_to_partners_alone_leads_partners_alone() -> None:
    kept, other = a_case("Ales Example"), a_case("Aliaksandr Example")
    merge(kept, other)
    kept.names.update(visibility="partners")
    approved(kept)
    leads = {}
    for audience in AUDIENCES:
        row = audience.document_model._default_manager.get(pk=other.pk)
        leads[audience.name] = row.merged_into
    assert leads == {"public": None, "partners": kept.pk}


def test_a_case_that_is_merged_with_its_namesake_tells_all_as_before() -> None:
    kept, other = a_case("Ales Example"), a_case("Aliaksandr Example")
    assert merging.preview(kept, other).warnings == []
    merge(kept, other)
    assert len(public(kept)["detentions"]) == 2  # type: ignore[index]
