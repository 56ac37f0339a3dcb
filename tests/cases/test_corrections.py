"""What the public is told of changes, and what those lines forget."""

from typing import Any

import pytest

from cases.models import Prisoner, ReleaseEvent
from cases.publishing import publish_pending
from cases.review.approving import approve
from tests.factories import (
    make_citation,
    make_facility,
    make_name,
    make_prisoner,
    make_release,
    make_release_event,
    make_sentence,
)
from tracker.models import PartnersCorrection, PublicCorrection

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


def told(model: Any = PublicCorrection) -> list[tuple[Any, ...]]:
    publish_pending()
    return list(
        model.objects.values_list(
            "record_kind", "change", "field", "before", "after"
        ).order_by("id")
    )


def test_a_first_publication_corrects_nothing() -> None:
    make_prisoner(visibility="public")
    assert told() == []


def test_a_changed_value_is_told_with_what_it_was_and_the_public_reason(
    settings: Any,
) -> None:
    settings.REQUIRE_REVIEW = True
    case = make_prisoner(visibility="public")
    sentence = make_sentence(case, term_months=48)
    for months, reason in ((48, ""), (60, "The court's own text was found.")):
        sentence.term_months = months
        sentence.save()
        case.refresh_from_db()
        approve(
            "prisoner",
            case.pk,
            seen_version=case.version,
            reason="inside",
            public_reason=reason,
        )
        publish_pending()
    assert told() == [("sentence", "changed", "term_months", 48, 60)]
    assert PublicCorrection.objects.get().reason == "The court's own text was found."


def test_what_only_partners_see_is_corrected_only_for_them() -> None:
    case = make_prisoner(visibility="public")
    sentence = make_sentence(case, term_months=48, visibility="partners")
    publish_pending()
    sentence.term_months = 60
    sentence.save()
    assert told() == []
    assert told(PartnersCorrection) == [("sentence", "changed", "term_months", 48, 60)]


def test_what_was_removed_is_not_told() -> None:
    case = make_prisoner(visibility="public")
    name = make_name(case, "Old Name")
    publish_pending()
    name.value = "Older Name"
    name.save()
    assert told() == [("person_name", "changed", "value", "Old Name", "Older Name")]
    name.delete()
    assert told() == [
        ("person_name", "changed", "value", None, None),
        ("person_name", "removed", "", None, None),
    ]


def test_a_withdrawal_empties_all_that_was_told_of_the_case_before() -> None:
    case = make_prisoner(
        visibility="public", affiliation="one", summary={"en": "Known as X."}
    )
    make_sentence(case)
    publish_pending()
    Prisoner.objects.update(affiliation="other")
    assert told() == [("prisoner", "changed", "affiliation", "one", "other")]
    Prisoner.objects.update(name_withheld=True)
    assert all(before is None and after is None for *_what, before, after in told())
    assert "Ales Example" not in str(list(PublicCorrection.objects.values()))


def test_a_case_that_disappears_takes_its_corrections_with_it() -> None:
    make_prisoner(visibility="public")
    publish_pending()
    Prisoner.objects.update(affiliation="other")
    assert told()
    Prisoner.objects.update(visibility="internal")
    assert told() == []


def test_a_change_of_any_kind_of_case_is_told() -> None:
    place = make_facility("Penal colony No. 1", visibility="public", region="Brest")
    publish_pending()
    place.region, place.names = "Homel", {"en": "Colony No. 1"}
    place.save()
    assert told() == [
        (
            "facility",
            "changed",
            "names",
            {"en": "Penal colony No. 1"},
            {"en": "Colony No. 1"},
        ),
        ("facility", "changed", "region", "Brest", "Homel"),
    ]


def test_a_link_to_what_is_published_only_now_is_no_correction_but_another_link_is() -> (
    None
):
    first, second = (make_release_event(title) for title in ("First", "Second"))
    for event in (first, second):
        make_citation(event)
    case = make_prisoner(visibility="public")
    release = make_release(case, release_event=first)
    publish_pending()
    ReleaseEvent.objects.update(visibility="public")
    assert told() == []
    release.release_event = second
    release.save()
    assert told() == [
        ("release", "changed", "release_event", str(first.pk), str(second.pk))
    ]
    ReleaseEvent.objects.filter(pk=second.pk).update(visibility="internal")
    assert str(second.pk) not in str(told())


def test_what_is_gone_from_one_case_stays_told_of_another_changed_with_it() -> None:
    first, second = (
        make_prisoner(visibility="public"),
        make_prisoner(visibility="public"),
    )
    names = make_name(first, "First"), make_name(second, "Second")
    publish_pending()
    for name in names:
        name.value += " One"
        name.save()
    publish_pending()
    names[0].delete()
    Prisoner.objects.filter(pk=second.pk).update(affiliation="other")
    assert set(told()) == {
        ("person_name", "changed", "value", None, None),
        ("person_name", "changed", "value", "Second", "Second One"),
        ("person_name", "removed", "", None, None),
        ("prisoner", "changed", "affiliation", None, "other"),
    }


def test_each_is_told_what_changed_for_them_alone() -> None:
    case = make_prisoner(visibility="public")
    make_name(case, "Seen By All")
    seen_by_partners = make_name(case, "Seen By Partners", visibility="partners")
    publish_pending()
    Prisoner.objects.update(affiliation="party")
    seen_by_partners.value = "Seen by Partners"
    seen_by_partners.save()
    of_all = ("prisoner", "changed", "affiliation", None, "party")
    assert told() == [of_all]
    assert set(told(PartnersCorrection)) == {
        of_all,
        ("person_name", "changed", "value", "Seen By Partners", "Seen by Partners"),
    }
