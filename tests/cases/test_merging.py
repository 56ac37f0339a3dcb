"""Two cases that turn out to be one person's: what moves, what the public sees of it
and when, and the way back.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from cases import merging
from cases.history import timeline
from cases.merging import MergeRefused
from cases.models import (
    Citation,
    Consent,
    Edition,
    Identifier,
    Merge,
    Prisoner,
    Sentence,
)
from cases.publishing import publish_pending
from cases.review.approving import StaleVersion, approve
from tests import factories as make
from tests.transactions import committed
from tracker.models import PartnersDocument, PublicDocument

pytestmark = pytest.mark.django_db

CANARY = "canary5e1d"
REASON = "The same court file, with the same date of birth."


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True
    settings.APPROVE_OWN_CHANGES = True  # who may decide: test_second_person.py


@pytest.fixture
def kept() -> Prisoner:
    return make.make_prisoner(
        "Ales Example", visibility="public", sex="male", born_on="1980"
    )


@pytest.fixture
def other() -> Prisoner:
    """With something of every list."""
    case = make.make_prisoner(
        "Aliaksandr Example", visibility="public", sex="male", born_on="1981-05"
    )
    source = make.make_source(visibility="public")
    Identifier.objects.create(prisoner=case, scheme="court", value="1-23")
    Consent.objects.create(prisoner=case, subject="photo", audience="public")
    make.make_recognition(case)
    placement = make.make_placement(
        make.make_detention(case, started_on="2021"), place_kind="prison"
    )
    sentence = make.make_sentence(case, term_months=48)
    sentence.charges.add(make.make_charge(case))
    make.make_deportation(
        case,
        release=make.make_release(case, released_on="2025-09-11"),
        outcome="expelled",
        to_country="LT",
    )
    missing = make.make_whereabouts(case, last_seen_on="2025")
    make.make_sighting(case, heard_on="2025-10", how="letter", after=missing.pk)
    make.make_citation(sentence, "term_months", source)
    make.make_citation(placement, "place_kind", source)
    make.make_citation(case, "born_on", source)
    make.make_citation(case, "sex", source)
    case.refresh_from_db()
    return case


def versions(kept: Prisoner, other: Prisoner) -> tuple[int, int]:
    committed()
    kept.refresh_from_db()
    other.refresh_from_db()
    return kept.version, other.version


def propose(kept: Prisoner, other: Prisoner) -> Merge:
    return merging.propose(
        kept.pk, other.pk, seen_versions=versions(kept, other), reason=REASON
    )


def merge(kept: Prisoner, other: Prisoner) -> Merge:
    done = merging.merge(
        kept.pk, other.pk, seen_versions=versions(kept, other), reason=REASON
    )
    publish_pending()
    return done


def unmerge(done: Merge, kept: Prisoner, other: Prisoner) -> Merge:
    undone = merging.unmerge(
        done.pk, seen_versions=versions(kept, other), reason="Two cousins after all."
    )
    publish_pending()
    return undone


def approved(*records: Any) -> None:
    for record in records:
        record.refresh_from_db()
        approve(record.kind, record.pk, seen_version=record.version)
        publish_pending()


def public(case: Prisoner, model: Any = PublicDocument) -> dict[str, Any] | None:
    row = model.objects.filter(id=case.pk).first()
    return json.loads(row.document) if row and row.document else None


def held(case: Prisoner) -> dict[str, Any]:
    """All that an edition would keep of it, in any order."""
    from cases.aggregate import read

    found = read("prisoner", [case.pk])[case.pk]
    return {
        name: sorted(rows, key=lambda row: row["id"])
        if isinstance(rows, list)
        else rows
        for name, rows in found.items()
    }


# --- What moves --------------------------------------------------------------------------------------------------


def test_names_events_identifiers_and_citations_move_to_the_case_that_is_kept(
    kept: Prisoner, other: Prisoner
) -> None:
    before, own = held(other), held(kept)
    merge(kept, other)
    after, rest = held(kept), held(other)
    for name, rows in before.items():
        if isinstance(rows, list):
            assert {row["id"] for row in after[name]} == {
                row["id"] for row in [*rows, *own[name]]
            }
            assert rest[name] == []
    assert set(Citation.objects.values_list("root_id", flat=True)) == {kept.pk}
    assert kept.names.get(preferred=True).value == "Ales Example"
    assert Prisoner.objects.get(pk=other.pk).merged_into == kept


def test_what_the_case_that_goes_says_of_the_person_stays_in_it_and_the_kept_ones_stands(
    kept: Prisoner, other: Prisoner
) -> None:
    preview = merging.preview(kept, other)
    assert [(one.field.name, one.kept, one.merged) for one in preview.differences] == [
        ("born_on", "1980", "1981-05")
    ]
    assert {one.model._meta.model_name: len(one.moving) for one in preview.lists}[
        "citation"
    ] == 5
    merge(kept, other)
    assert Prisoner.objects.get(pk=kept.pk).born_on == "1980"
    assert Prisoner.objects.get(pk=other.pk).born_on == "1981-05"


def test_a_citation_goes_on_stating_what_its_own_record_held(
    kept: Prisoner, other: Prisoner
) -> None:
    merge(kept, other)
    stated = dict(
        Citation.objects.filter(prisoner=kept)
        .exclude(field="")
        .values_list("field", "states")
    )
    assert stated == {"born_on": "1981-05", "sex": None}


def test_a_part_moved_by_hand_takes_its_citations_and_those_of_its_placements_along(
    kept: Prisoner, other: Prisoner
) -> None:
    Sentence.objects.filter(prisoner=other).update(prisoner=kept)
    other.detentions.update(prisoner=kept)
    cited = {
        citation.target_name: citation.root_id
        for citation in Citation.objects.filter(prisoner=None)
    }
    assert cited == {"sentence": kept.pk, "placement": kept.pk}


def test_the_history_of_both_is_kept_with_who_and_why(
    kept: Prisoner, other: Prisoner
) -> None:
    before = max(
        change.number
        for case in (kept, other)
        for change in timeline("prisoner", case.pk)
    )
    editor = make.make_documenter()
    merging.merge(
        kept.pk, other.pk, seen_versions=versions(kept, other), by=editor, reason=REASON
    )
    for case in (kept, other):
        changes = [
            change for change in timeline("prisoner", case.pk) if change.number > before
        ]
        assert {(change.who, change.why) for change in changes} == {
            ("documenter", REASON)
        }
    assert any(
        change.after.get("merged_into") == str(kept.pk)
        for change in timeline("prisoner", other.pk)
    )


# --- What the public sees, and when ------------------------------------------------------------------------------


def test_until_it_is_approved_the_public_sees_both_as_they_were(
    kept: Prisoner, other: Prisoner
) -> None:
    approved(kept, other)
    rows = list(PublicDocument.objects.order_by("id").values())
    propose(kept, other)
    publish_pending()
    assert list(PublicDocument.objects.order_by("id").values()) == rows


def test_it_takes_effect_for_both_at_once(kept: Prisoner, other: Prisoner) -> None:
    approved(kept, other)
    number = PublicDocument.objects.get(id=other.pk).seq
    merging.approve(propose(kept, other).pk, seen_versions=versions(kept, other))
    assert publish_pending() == 4  # both cases, for both audiences
    row = PublicDocument.objects.get(id=other.pk)
    assert (row.document, row.merged_into, row.seq > number) == (None, kept.pk, True)
    document = public(kept)
    assert document is not None
    assert {one["value"] for one in document["names"]} == {
        "Ales Example",
        "Aliaksandr Example",
    }
    assert (len(document["sentences"]), len(document["citations"])) == (1, 4)
    assert (document["name"], document["previous_ids"]) == (
        "Ales Example",
        [str(other.pk)],
    )
    assert not PublicDocument.objects.filter(parent=other.pk).exists()


def test_old_addresses_lead_to_the_case_that_is_kept_and_the_feed_says_so(
    kept: Prisoner, other: Prisoner, client: Client
) -> None:
    approved(kept, other)
    merge(kept, other)
    for path in ("/en/cases/{}/", "/api/v1/prisoners/{}/"):
        answer = client.get(path.format(other.pk))
        assert (
            answer.status_code,
            answer["Location"].endswith(path.format(kept.pk)),
        ) == (301, True)
    changes = client.get("/api/v1/changes/").json()["results"]
    gone = next(change for change in changes if change["id"] == str(other.pk))
    assert (gone["deleted"], gone["merged_into"]) == (True, str(kept.pk))
    assert str(other.pk) in client.get(f"/en/cases/{kept.pk}/").content.decode()


def test_a_case_that_is_not_visible_is_nowhere_even_as_what_another_one_was(
    kept: Prisoner,
) -> None:
    secret = make.make_prisoner(
        f"{CANARY} Hidden", visibility="internal", affiliation=CANARY
    )
    make.make_sentence(secret, court=CANARY)
    make.make_citation(
        secret, "affiliation", make.make_source(visibility="public"), quote=CANARY
    )
    approved(kept)
    merge(kept, secret)
    published = json.dumps(
        [list(model.objects.values()) for model in (PublicDocument, PartnersDocument)],
        default=str,
    )
    assert CANARY not in published
    assert str(secret.pk) not in published
    assert Sentence.objects.get().visibility == "internal"


def test_what_partners_alone_saw_stays_with_partners(kept: Prisoner) -> None:
    theirs = make.make_prisoner("Shared Example", visibility="partners")
    make.make_sentence(theirs)
    approved(kept, theirs)
    merge(kept, theirs)
    seen, by_partners = public(kept), public(kept, PartnersDocument)
    assert seen is not None and by_partners is not None  # noqa: PT018
    assert (len(seen["names"]), seen["sentences"], seen["previous_ids"]) == (1, [], [])
    assert (len(by_partners["names"]), len(by_partners["sentences"])) == (2, 1)
    assert by_partners["previous_ids"] == [str(theirs.pk)]
    assert not PublicDocument.objects.filter(id=theirs.pk).exists()


def test_a_case_that_was_never_approved_leaves_no_trace_of_its_own(
    kept: Prisoner, other: Prisoner
) -> None:
    approved(kept)
    merge(kept, other)
    assert not PublicDocument.objects.filter(id=other.pk).exists()
    assert public(kept)["previous_ids"] == []  # type: ignore[index]


@pytest.mark.parametrize(
    "fields", [{"name_withheld": True}, {"born_on": "2015"}, {"age_as_stated": 15}]
)
def test_a_name_that_was_not_published_is_not_published_by_merging(
    kept: Prisoner, fields: dict[str, Any]
) -> None:
    secret = make.make_prisoner(CANARY, visibility="public", **fields)
    approved(kept, secret)
    assert merging.preview(kept, secret).warnings[:1] == [
        "The case that goes does not publish its name. Its names and numbers, and all"
        " that people typed there, will be visible inside the organisation only, until"
        " somebody unticks it."
    ]
    merge(kept, secret)
    assert public(kept)["name"] == "Ales Example"  # type: ignore[index]
    assert CANARY not in json.dumps(list(PublicDocument.objects.values()), default=str)


def test_the_survivor_forgets_a_previous_id_whose_case_is_hidden(
    kept: Prisoner, other: Prisoner
) -> None:
    approved(kept, other)
    merge(kept, other)
    Prisoner.objects.filter(pk=other.pk).update(visibility="internal")
    publish_pending()
    assert public(kept)["previous_ids"] == []  # type: ignore[index]
    assert PublicDocument.objects.get(id=other.pk).merged_into is None


def test_where_no_review_is_required_it_takes_effect_at_once(
    kept: Prisoner, other: Prisoner, settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    publish_pending()
    merge(kept, other)
    assert PublicDocument.objects.get(id=other.pk).merged_into == kept.pk
    assert Edition.objects.filter(root_id=kept.pk).latest("number").reason == REASON


# --- What is refused ---------------------------------------------------------------------------------------------


def test_what_was_changed_since_it_was_looked_at_is_not_merged(
    kept: Prisoner, other: Prisoner
) -> None:
    seen = versions(kept, other)
    proposed = propose(kept, other)
    make.make_name(other, "Added Meanwhile")
    with pytest.raises(StaleVersion, match="was changed after you opened it"):
        merging.approve(proposed.pk, seen_versions=seen)
    with pytest.raises(StaleVersion):
        merging.merge(kept.pk, other.pk, seen_versions=seen, reason=REASON)
    assert other.names.count() == 2
    assert Merge.objects.get().state == "proposed"


def test_a_case_is_merged_once_with_another_one_and_never_in_a_chain(
    kept: Prisoner, other: Prisoner
) -> None:
    third = make.make_prisoner("Third Example")
    with pytest.raises(MergeRefused, match="into itself"):
        merge(kept, kept)
    with pytest.raises(MergeRefused, match="Say why"):
        merging.propose(
            kept.pk, other.pk, seen_versions=versions(kept, other), reason=" "
        )
    merge(kept, other)
    with pytest.raises(MergeRefused, match="has been merged already"):
        merge(third, other)
    with pytest.raises(MergeRefused, match="itself been merged"):
        merge(other, third)
    with pytest.raises(MergeRefused, match="Other cases were merged"):
        merge(third, kept)
    assert Merge.objects.count() == 1


def test_one_merge_of_a_case_is_proposed_at_a_time_and_another_one_once_that_is_declined(
    kept: Prisoner, other: Prisoner
) -> None:
    proposed, third = propose(kept, other), make.make_prisoner("Third Example")
    with pytest.raises(MergeRefused, match="proposed already"):
        propose(third, other)
    merging.decline(proposed.pk, reason="Two people.")
    with pytest.raises(MergeRefused, match="it is: declined"):
        merging.approve(proposed.pk, seen_versions=versions(kept, other))
    assert propose(third, other).state == "proposed"
    assert other.names.count() == 1


def test_a_consent_taken_back_is_not_given_again_by_merging(
    kept: Prisoner, other: Prisoner
) -> None:
    Consent.objects.create(
        prisoner=kept, subject="photo", audience="public", withdrawn_on="2025-10"
    )
    with pytest.raises(
        MergeRefused,
        match=r"Consent \(photo\) was withdrawn in one case and stands in the other",
    ):
        merge(kept, other)
    assert other.consents.exists()


def test_a_merged_case_is_only_there_to_be_read(
    kept: Prisoner, other: Prisoner
) -> None:
    merge(kept, other)
    for write in (
        lambda: make.make_name(other, "Late Comer"),
        lambda: make.make_citation(other, "sex"),
        lambda: Prisoner.objects.filter(pk=other.pk).update(sex="female"),
        lambda: kept.names.update(prisoner=other),
    ):
        with (
            pytest.raises(IntegrityError, match="merged into another"),
            transaction.atomic(),
        ):
            write()
    assert held(other)["names"] == []


# --- The way back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", ["public", "partners", "internal"])
def test_undoing_returns_exactly_what_that_merge_moved(
    kept: Prisoner, other: Prisoner, visibility: str
) -> None:
    Prisoner.objects.filter(pk=other.pk).update(
        visibility=visibility, name_withheld=True
    )
    approved(kept, other)
    before = held(kept), held(other), public(kept), public(other)
    done = merge(kept, other)
    assert (held(kept), held(other)) != before[:2]
    undone = unmerge(done, kept, other)
    assert (held(kept), held(other), public(kept), public(other)) == before
    assert (undone.state, undone.end_reason) == ("undone", "Two cousins after all.")


def test_what_was_added_since_stays_and_what_was_changed_goes_back_as_it_is_now(
    kept: Prisoner, other: Prisoner
) -> None:
    done = merge(kept, other)
    make.make_name(kept, "Added Since")
    Sentence.objects.update(court="Minsk City Court")
    other_releases = list(other.releases.all()), kept.releases.get()
    kept.sightings.get().delete()
    kept.whereabouts.get().delete()
    unmerge(done, kept, other)
    assert set(kept.names.values_list("value", flat=True)) == {
        "Ales Example",
        "Added Since",
    }
    assert other.sentences.get().court == "Minsk City Court"
    assert (other_releases[0], other.releases.get()) == ([], other_releases[1])
    assert not other.whereabouts.exists()


def test_what_was_hidden_while_it_was_one_case_is_not_shown_again_as_two(
    kept: Prisoner, other: Prisoner
) -> None:
    approved(kept, other)
    done = merge(kept, other)
    Sentence.objects.update(visibility="internal")
    Prisoner.objects.filter(pk=kept.pk).update(
        visibility="partners", name_withheld=True
    )
    unmerge(done, kept, other)
    other.refresh_from_db()
    assert (
        other.visibility,
        other.name_withheld,
        other.sentences.get().visibility,
    ) == ("partners", True, "internal")
    assert public(other) is None


def test_a_narrowing_by_hand_outlives_the_merge(
    kept: Prisoner, other: Prisoner
) -> None:
    Prisoner.objects.filter(pk=other.pk).update(visibility="partners")
    done = merge(kept, other)
    assert kept.sentences.get().visibility == "partners"
    Sentence.objects.update(visibility="internal")
    unmerge(done, kept, other)
    assert other.sentences.get().visibility == "internal"
    assert other.releases.get().visibility is None


def test_what_stays_and_what_goes_must_not_name_each_other(
    kept: Prisoner, other: Prisoner
) -> None:
    done = merge(kept, other)
    later = make.make_sentence(kept, replaces=kept.sentences.get())
    with pytest.raises(MergeRefused, match="refers to what stays in the other case"):
        unmerge(done, kept, other)
    Sentence.objects.filter(pk=later.pk).update(replaces=None)
    later.charges.add(kept.charges.get())
    with pytest.raises(MergeRefused, match="refers to what stays in the other case"):
        unmerge(done, kept, other)
    later.charges.clear()
    assert unmerge(done, kept, other).state == "undone"


def test_after_undoing_the_old_address_is_a_case_again(
    kept: Prisoner, other: Prisoner, client: Client
) -> None:
    approved(kept, other)
    unmerge(merge(kept, other), kept, other)
    assert client.get(f"/en/cases/{other.pk}/").status_code == 200
    assert public(kept)["previous_ids"] == []  # type: ignore[index]
    with pytest.raises(MergeRefused, match="it is: undone"):
        unmerge(Merge.objects.get(), kept, other)


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_of_two_merges_of_one_case_exactly_one_wins(self) -> None:
        case, *others = (
            make.make_prisoner(name)
            for name in ("Ales Example", "Alex Example", "Oleksandr Example")
        )
        assert _together([(other, case) for other in others]) == [
            "StaleVersion",
            "merged",
        ]
        assert Merge.objects.get().kept == Prisoner.objects.get(pk=case.pk).merged_into

    def test_two_cases_merged_into_each_other_end_as_one(self) -> None:
        one, other = (
            make.make_prisoner("Ales Example"),
            make.make_prisoner("Alex Example"),
        )
        assert _together([(one, other), (other, one)]) == ["StaleVersion", "merged"]
        assert sorted(case.names.count() for case in (one, other)) == [0, 2]


def _together(pairs: list[tuple[Prisoner, Prisoner]]) -> list[str]:
    """How each ended, sorted."""
    barrier = Barrier(len(pairs))

    def run(pair: tuple[Prisoner, Prisoner]) -> str:
        kept, other = pair
        try:
            barrier.wait()
            seen = kept.version, other.version
            return merging.merge(
                kept.pk, other.pk, seen_versions=seen, reason=REASON
            ).state
        except (StaleVersion, MergeRefused) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(pairs)) as threads:
        return sorted(threads.map(run, pairs))


def test_words_that_may_name_a_protected_person_do_not_come_over(
    kept: Prisoner, other: Prisoner
) -> None:
    source = make.make_source(visibility="public")
    make.approve(source)
    words = {"term_as_stated": f"5 years for {CANARY}"}
    sentence = make.make_sentence(other, court="A court", term_months=60, **words)
    make.make_citation(
        sentence, "court", source, quote=f"{CANARY} was sentenced", locator=CANARY
    )
    make.make_citation(sentence, "term_as_stated", source, states=f"{CANARY}: 5 years")
    other.affiliation = f"Friends of {CANARY}"
    other.save()
    make.make_citation(other, "affiliation", source)
    Identifier.objects.create(prisoner=other, scheme="court", value=CANARY)
    Prisoner.objects.filter(pk=other.pk).update(name_withheld=True)
    merge(kept, other)
    connection.check_constraints()
    Sentence.objects.update(visibility=None)  # by somebody who knows what that tells
    Citation.objects.update(visibility=None)
    approved(kept)
    shown = json.dumps(list(PublicDocument.objects.values()), default=str)
    assert CANARY not in shown
    assert "A court" in shown
    sentence.refresh_from_db()
    assert CANARY in sentence.term_as_stated


def test_a_citation_of_a_withheld_fact_does_not_tell_it_in_the_other_case(
    kept: Prisoner, other: Prisoner
) -> None:
    withheld = {str(other.pk): {"affiliation": "internal"}}
    Prisoner.objects.filter(pk=other.pk).update(
        affiliation=f"Friends of {CANARY}", withheld=withheld
    )
    other.refresh_from_db()
    source = make.make_source(visibility="public")
    make.approve(source)
    make.make_citation(other, "affiliation", source)
    merge(kept, other)
    shown = json.dumps(list(PublicDocument.objects.values()), default=str)
    assert CANARY not in shown


class TestWhatOnlyOneKnows:
    def test_is_filled_in_with_its_source_and_goes_back_when_they_are_parted(
        self, kept: Prisoner, other: Prisoner
    ) -> None:
        source = make.make_source("It", visibility="public")
        Prisoner.objects.filter(pk=other.pk).update(
            affiliation="A paper", occupations=["blogger"]
        )
        make.make_citation(other, "affiliation", source)
        approved(source, kept, other)
        done = merge(kept, other)
        kept.refresh_from_db()
        assert (kept.affiliation, kept.occupations) == ("A paper", ["blogger"])
        citation = Citation.objects.get(field="affiliation")
        assert (citation.prisoner, citation.states) == (kept, None)
        document = public(kept)
        assert document is not None
        assert document["affiliation"] == "A paper"
        unmerge(done, kept, other)
        kept.refresh_from_db()
        other.refresh_from_db()
        assert (kept.affiliation, kept.occupations) == ("", [])
        assert other.affiliation == "A paper"

    def test_is_told_to_nobody_who_was_not_told_it_before(
        self, kept: Prisoner, other: Prisoner
    ) -> None:
        Prisoner.objects.filter(pk=other.pk).update(
            visibility="internal", affiliation=CANARY
        )
        approved(kept)
        merge(kept, other)
        kept.refresh_from_db()
        assert kept.affiliation == CANARY
        assert kept.withheld[str(kept.pk)] == {"affiliation": "internal"}
        assert CANARY not in json.dumps(public(kept))

    def test_is_hidden_where_the_other_one_withheld_the_name(
        self, kept: Prisoner, other: Prisoner
    ) -> None:
        Prisoner.objects.filter(pk=kept.pk).update(born_on=None)
        Prisoner.objects.filter(pk=other.pk).update(name_withheld=True)
        approved(kept, other)
        merge(kept, other)
        kept.refresh_from_db()
        assert kept.born_on == "1981-05"
        assert kept.withheld[str(kept.pk)]["born_on"] == "internal"

    def test_of_the_age_is_left_where_the_other_one_knows_it_otherwise(
        self, kept: Prisoner, other: Prisoner
    ) -> None:
        Prisoner.objects.filter(pk=other.pk).update(age_as_stated=15)
        merge(kept, other)
        kept.refresh_from_db()
        assert kept.age_as_stated is None


class TestWhichIsKept:
    def test_the_older_one_that_everyone_sees_whatever_their_ids(self) -> None:
        for _time in range(4):
            older, newer = make.make_prisoner(), make.make_prisoner()
            assert merging.kept_first(newer, older) == (older, newer)
            public_one = make.make_prisoner(visibility="public")
            assert merging.kept_first(older, public_one) == (public_one, older)

    def test_the_list_of_duplicates_offers_it_so(self, client: Client) -> None:
        client.force_login(make.make_documenter())
        older = make.make_prisoner("Mikola Ivanovich Example", visibility="public")
        newer = make.make_prisoner("Mikola Ivanovich Example")
        committed()
        publish_pending()
        page = client.get("/admin/cases/prisoner/duplicates/").content.decode()
        assert f"/admin/cases/prisoner/{newer.pk}/merge/?into={older.pk}" in page
