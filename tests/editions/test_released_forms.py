"""Editions of every form that was released go on: they are published, reviewed, taken
back and approved again.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from cases import editions
from cases.models import (
    Charge,
    Edition,
    Prisoner,
    PublishingFailure,
    Sentence,
    WaitingCase,
)
from cases.publishing import mark_everything, publish_pending
from cases.review.difference import differences
from cases.review.wording import in_words
from tests.editions.kept import KINDS, approve_as, bring_back, forms, stored
from tests.factories import approve, make_documenter
from tracker.models import PartnersDocument, PublicDocument

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture(scope="module", params=forms())
def published_roots(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[dict[str, Any]]:
    """Made once: each test takes back what it did."""
    with (
        django_db_blocker.unblock(),
        override_settings(REQUIRE_REVIEW=True),
        transaction.atomic(),
    ):
        roots = bring_back(request.param)
        published()
        yield roots
        transaction.set_rollback(True)


@pytest.fixture
def roots(published_roots: dict[str, Any], db: None) -> dict[str, Any]:
    return published_roots


def published() -> int:
    written = publish_pending()
    assert not PublishingFailure.objects.exists()
    return written


def document(root: Any, model: Any = PublicDocument) -> Any:
    published()
    row = model.objects.filter(id=root.pk).first()
    return json.loads(row.document) if row and row.document else None


def test_they_are_published(roots: dict[str, Any]) -> None:
    for root in roots.values():
        assert document(root) is not None
    case = document(roots["prisoner"])
    assert case["name"] == "Ales Example"
    assert [row["term_months"] for row in case["sentences"]] == [48, 60, 6]
    assert case["citizenships"] == ["BY"]  # the other one is withheld
    assert document(roots["prisoner"], PartnersDocument)["names"][1]["language"] == "be"


def test_nothing_is_lost_by_reading_them(roots: dict[str, Any]) -> None:
    """What is approved anew as it stands publishes nothing new."""
    for root in roots.values():
        approve(root)
    assert published() == 0


def of_these(roots: dict[str, Any]) -> list[Any]:
    """All of their editions."""
    ids = [root.pk for root in roots.values()]
    editions = Edition.objects.filter(root_id__in=ids).order_by("id")
    return list(editions.values_list("root_id", "number", "snapshot"))


@pytest.mark.parametrize("is_reviewed", [True, False])
def test_reading_them_makes_no_edition(
    roots: dict[str, Any], settings: Any, is_reviewed: bool
) -> None:
    settings.REQUIRE_REVIEW = is_reviewed
    before = of_these(roots)
    mark_everything()
    published()
    assert len(before) == len(roots)
    assert of_these(roots) == before


def test_where_saving_approves_an_edition_is_made_of_what_has_really_changed(
    roots: dict[str, Any], settings: Any
) -> None:
    settings.REQUIRE_REVIEW = False
    Prisoner.objects.filter(pk=roots["prisoner"].pk).update(affiliation="None")
    published()
    (edition,) = Edition.objects.filter(number=2)
    assert edition.root_id == roots["prisoner"].pk
    assert edition.snapshot["form"] == editions.FORM


@pytest.mark.parametrize("value", ["", "A party"])
def test_an_edition_is_made_of_a_new_column_only_where_the_record_has_a_value(
    roots: dict[str, Any], settings: Any, value: str
) -> None:
    settings.REQUIRE_REVIEW = False
    case = roots["prisoner"]
    snapshot = stored("prisoner")
    for column in ("affiliation", "age_as_stated"):
        del snapshot["root"][column]
    approve_as(case, snapshot)
    Prisoner.objects.filter(pk=case.pk).update(affiliation=value, age_as_stated=None)
    published()
    numbers = Edition.objects.filter(root_id=case.pk).values_list("number", flat=True)
    assert sorted(numbers) == ([1, 2, 3] if value else [1, 2])
    assert document(case)["affiliation"] == (value or None)


def test_they_are_reviewed_in_words(roots: dict[str, Any]) -> None:
    case = roots["prisoner"]
    Sentence.objects.filter(prisoner=case, term_months=60).update(term_months=72)
    (difference,) = differences("prisoner", [case.pk])
    (told,) = in_words([difference], make_documenter())
    sentence, *citations = told.records
    (field,) = sentence.fields
    assert (field.before, field.after) == ([("60", True)], [("72", True)])
    # The database keeps what the sources stated of the old value.
    assert {record.difference.model.__name__ for record in citations} <= {"Citation"}
    assert (told.seen_before, told.seen_after) == ("everyone", "everyone")


def test_nothing_waits_for_review_that_nobody_changed(roots: dict[str, Any]) -> None:
    for kind, root in roots.items():
        (difference,) = differences(kind, [root.pk])
        assert difference.records == []


def test_a_part_is_taken_back_and_restored(roots: dict[str, Any]) -> None:
    case = roots["prisoner"]
    (charge,) = document(case)["charges"]
    Charge.objects.update(visibility="internal")
    less = document(case)
    assert less["charges"] == []
    assert charge["id"] not in json.dumps(less)
    assert less["summary"] == {}
    Charge.objects.update(visibility=None)
    approve(case)
    assert document(case)["charges"] == [charge]
    assert document(case)["summary"]["en"]


def test_a_fact_is_taken_back_and_restored(roots: dict[str, Any]) -> None:
    case = roots["prisoner"]
    withheld = Prisoner.objects.get(pk=case.pk).withheld
    more = {**withheld, str(case.pk): {"born_on": "internal"}}
    Prisoner.objects.filter(pk=case.pk).update(withheld=more)
    assert document(case)["born_on"] is None
    assert document(case)["citizenships"] == ["BY"]  # until somebody approves it
    Prisoner.objects.filter(pk=case.pk).update(withheld={})
    approve(case)
    assert document(case)["born_on"]["edtf"] == "1980-05-17"
    assert document(case)["citizenships"] == ["BY", "LT"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_is_taken_back_and_restored(roots: dict[str, Any], kind: str) -> None:
    root = roots[kind]
    type(root)._default_manager.filter(pk=root.pk).update(visibility="partners")
    assert document(root) is None
    assert document(root, PartnersDocument) is not None
    type(root)._default_manager.filter(pk=root.pk).update(visibility="public")
    approve(root)
    assert document(root) is not None


@pytest.mark.parametrize("is_reviewed", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_newer_release_stored_stays_as_it_was_published(
    roots: dict[str, Any], settings: Any, kind: str, is_reviewed: bool
) -> None:
    root = roots[kind]
    before = document(root)
    settings.REQUIRE_REVIEW = is_reviewed
    approve_as(root, stored(kind) | {"form": editions.FORM + 1})
    publish_pending()
    assert Edition.objects.filter(root_id=root.pk).count() == 2
    failure = PublishingFailure.objects.get()
    assert (failure.root_id, failure.error) == (root.pk, "NewerForm")
    text = PublicDocument.objects.get(id=root.pk).document
    assert json.loads(text or "") == before


def test_a_case_waits_on_though_nobody_can_read_its_last_edition(
    roots: dict[str, Any],
) -> None:
    case = roots["prisoner"]
    Prisoner.objects.filter(pk=case.pk).update(affiliation="Another party")
    published()
    assert WaitingCase.objects.filter(root_id=case.pk).exists()
    approve_as(case, {"form": editions.FORM + 1})
    publish_pending()
    assert WaitingCase.objects.filter(root_id=case.pk).exists()
