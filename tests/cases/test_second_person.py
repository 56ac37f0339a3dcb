"""Nobody approves what they changed themselves: by page, by program, or as a merge."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from cases import merging
from cases.editions import StoredEdition
from cases.history import acting
from cases.models import (
    Citation,
    Claimant,
    Edition,
    Merge,
    MergeState,
    Prisoner,
    Sentence,
    Source,
)
from cases.review.approving import OwnChange, approve
from cases.review.second_person import own_changes
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def ada() -> User:
    return make.make_documenter("ada")


@pytest.fixture
def ben() -> User:
    return make.make_documenter("ben")


def edited_by(user: User, case: Prisoner, **fields: Any) -> None:
    with acting(user=user):
        Prisoner.objects.filter(pk=case.pk).update(**fields)


def approved(case: Any, by: User | None) -> StoredEdition:
    case.refresh_from_db()
    return approve(case.kind, case.pk, seen_version=case.version, by=by)


def refused(case: Any, by: User) -> bool:
    editions = Edition.objects.count()
    with pytest.raises(
        OwnChange, match=r"^You have changed .* somebody else must look"
    ):
        approved(case, by)
    return Edition.objects.count() == editions


def test_who_changed_a_case_leaves_its_approval_to_another(
    ada: User, ben: User
) -> None:
    case = make.make_prisoner()
    edited_by(ada, case, affiliation="One")
    assert refused(case, ada)
    assert approved(case, ben).approved_by == ben


def test_a_small_edit_by_another_does_not_free_the_first_to_approve(
    ada: User, ben: User
) -> None:
    case = make.make_prisoner()
    edited_by(ada, case, affiliation="One")
    edited_by(ben, case, sex="male")
    assert refused(case, ada)
    assert refused(case, ben)
    assert approved(case, make.make_documenter("third"))


def test_what_was_approved_since_no_longer_counts(ada: User, ben: User) -> None:
    case = make.make_prisoner()
    edited_by(ada, case, affiliation="One")
    approved(case, ben)
    edited_by(ben, case, affiliation="Two")
    assert approved(case, ada)


def test_a_change_of_a_part_or_citation_and_a_deletion_are_changes_of_the_case(
    ada: User,
) -> None:
    case = make.make_prisoner()
    placement = make.make_placement(make.make_detention(case))
    sentence = make.make_sentence(case)
    charge = make.make_charge(case)
    make.make_citation(case)
    changes: list[Any] = [
        lambda: make.make_sentence(case),
        lambda: type(placement).objects.update(place_kind="prison"),
        lambda: Citation.objects.update(locator="p. 7"),
        lambda: sentence.charges.add(charge),
        lambda: Sentence.objects.filter(pk=sentence.pk).delete(),
    ]
    for change in changes:
        approved(case, None)
        with acting(user=ada):
            change()
        assert refused(case, ada)


def test_a_note_that_is_never_published_is_no_change_to_look_at(ada: User) -> None:
    case = make.make_prisoner()
    edited_by(ada, case, internal_notes="Call back.")
    assert approved(case, ada)


def test_what_nobody_signed_in_has_changed_keeps_nobody_from_approving(
    ada: User,
) -> None:
    case = make.make_prisoner()
    with acting(page="manage.py import"):
        Prisoner.objects.update(affiliation="One")
    assert approved(case, ada)


def test_a_claimant_renamed_in_what_a_case_shows_counts_as_a_change_of_the_case(
    ada: User, ben: User
) -> None:
    case, claimant = make.make_prisoner(), make.make_claimant("One")
    make.make_citation(case, claimant=claimant)
    approved(case, None)
    with acting(user=ada):
        Claimant.objects.update(name="Two")
    assert refused(case, ada)
    assert approved(case, ben)


def test_a_source_relabelled_in_what_a_case_shows_counts_as_a_change_of_the_case(
    ada: User, ben: User
) -> None:
    case, source = make.make_prisoner(), make.make_source(public_label="a neighbour")
    make.make_citation(case, "sex", source)
    approved(case, None)
    with acting(user=ada):
        Source.objects.update(public_label="a friend")
    assert refused(case, ada)
    assert approved(case, ben)
    assert own_changes(ada, "prisoner", [case.pk]) == set()


def test_what_a_case_does_not_show_of_its_source_is_no_change_of_the_case(
    ada: User,
) -> None:
    case, source = make.make_prisoner(), make.make_source("A report")
    other = make.make_source("Of another case")
    make.make_citation(case, "sex", source)
    approved(case, None)
    with acting(user=ada):
        Source.objects.filter(pk=source.pk).update(title="The report")
        Source.objects.filter(pk=other.pk).update(public_label="a friend")
    assert approved(case, ada)


def test_what_was_changed_back_is_no_change_of_the_case(ada: User) -> None:
    case, claimant = make.make_prisoner(), make.make_claimant("One")
    make.make_citation(case, claimant=claimant)
    approved(case, None)
    for name in ("Two", "One"):
        with acting(user=ada):
            Claimant.objects.update(name=name)
    assert approved(case, ada)


def test_of_several_cases_those_are_named_that_one_has_changed(
    ada: User, ben: User
) -> None:
    hers, his, cited, new = (make.make_prisoner() for _each in range(4))
    claimant = make.make_claimant("One")
    make.make_citation(cited, claimant=claimant)
    for case in (hers, his, cited):
        approved(case, None)
    edited_by(ada, hers, affiliation="One")
    edited_by(ben, his, affiliation="One")
    edited_by(ada, new, affiliation="One")
    with acting(user=ada):
        Claimant.objects.update(name="Two")
    all_of_them = [hers.pk, his.pk, cited.pk, new.pk]
    assert own_changes(ada, "prisoner", all_of_them) == {hers.pk, cited.pk, new.pk}
    assert own_changes(ben, "prisoner", all_of_them) == {his.pk}
    assert own_changes(None, "prisoner", all_of_them) == set()


def test_a_setting_allows_it_and_so_does_a_desk_without_review(
    ada: User, settings: Any
) -> None:
    case = make.make_prisoner()
    edited_by(ada, case, affiliation="One")
    settings.APPROVE_OWN_CHANGES = True
    assert approved(case, ada)
    settings.APPROVE_OWN_CHANGES, settings.REQUIRE_REVIEW = False, False
    edited_by(ada, case, affiliation="Two")
    assert approved(case, ada)


class TestAMerge:
    def proposed(self, by: User) -> Merge:
        kept, merged = (
            make.make_prisoner("Ales Example"),
            make.make_prisoner("Aliaksandr Example"),
        )
        return merging.propose(
            kept.pk,
            merged.pk,
            seen_versions=self.versions(kept, merged),
            by=by,
            reason="One file.",
        )

    def versions(self, kept: Prisoner, merged: Prisoner) -> tuple[int, int]:
        kept.refresh_from_db()
        merged.refresh_from_db()
        return kept.version, merged.version

    def decided(self, decide: Any, merge: Merge, **asked: Any) -> Merge:
        return decide(
            merge.pk, seen_versions=self.versions(merge.kept, merge.merged), **asked
        )

    def test_is_approved_by_another_than_who_proposed_it(
        self, ada: User, ben: User
    ) -> None:
        merge = self.proposed(ada)
        with pytest.raises(OwnChange):
            self.decided(merging.approve, merge, by=ada)
        assert Merge.objects.get().state == MergeState.PROPOSED
        assert not Edition.objects.exists()
        assert self.decided(merging.approve, merge, by=ben).state == MergeState.MERGED

    def test_is_not_approved_or_undone_by_who_changed_either_case(
        self, ada: User, ben: User
    ) -> None:
        merge = self.proposed(make.make_documenter("third"))
        edited_by(ada, merge.merged, affiliation="One")
        with pytest.raises(OwnChange):
            self.decided(merging.approve, merge, by=ada)
        self.decided(merging.approve, merge, by=ben)
        edited_by(ada, merge.kept, affiliation="Two")
        with pytest.raises(OwnChange):
            self.decided(merging.unmerge, merge, by=ada, reason="Two files.")
        assert Merge.objects.get().state == MergeState.MERGED
        assert (
            self.decided(merging.unmerge, merge, by=ben, reason="Two files.").state
            == MergeState.UNDONE
        )
