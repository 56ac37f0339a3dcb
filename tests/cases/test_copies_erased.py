"""Redacted copies go with what is erased, and what of them is published goes first."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from cases.files.kinds import PNG, Picture
from cases.history import acting
from cases.models import Consent, CopyDecision, KeptFile, Prisoner, RedactedCopy, Source
from cases.publishing import publish_pending
from cases.review import copies
from tests import factories as make
from tests.cases.test_checkpoints import Folder, folder  # noqa: F401
from tests.cases.test_copies import photo, published
from tests.cases.test_erasing import erase, published_case, staff  # noqa: F401
from tracker.models import PublicCopy

pytestmark = pytest.mark.django_db(transaction=True)
Erase = Callable[..., str]


@pytest.fixture
def article() -> Source:
    source = make.make_source("The verdict", visibility="public")
    make.approve(source)
    return source


@pytest.fixture
def person(article: Source) -> Prisoner:
    case = published_case("Ales Example")
    Consent.objects.create(prisoner=case, subject="photo", audience="public")
    return case


def copy_of(article: Source, *people: Prisoner) -> RedactedCopy:
    first, second = User.objects.filter(username__in=["first", "second"]).order_by("pk")
    kept = KeptFile.objects.create(
        root_kind="source", root_id=article.pk, size=9, sha256="ab" * 32, event=0
    )
    with acting(user=first):
        copy = copies.add_copy(
            article,
            kept,
            Picture(photo(), PNG.media_type, 40, 30),
            audience="public",
            recognisable="listed" if people else "nobody",
            people=[person.pk for person in people],
            by=first,
            reason="Sent by Aunt",
        )
    copies.approve(copy, by=second, reason="Looked at")
    publish_pending()
    return RedactedCopy.objects.get(pk=copy.pk)


def is_gone(copy: RedactedCopy) -> bool:
    row = RedactedCopy.objects.get(pk=copy.pk)
    assert row.is_erased == (row.content is None) == (row.reason == "")
    if not row.is_erased:
        return False
    assert (row.people, row.size) == ([], None)
    assert set(copy.decisions.values_list("reason", flat=True)) == {""}
    publish_pending()
    assert not PublicCopy.objects.filter(pk=copy.published_as).exists()
    return True


def test_a_copy_is_erased_by_its_number_and_is_published_no_more(
    erase: Erase, folder: Folder, article: Source
) -> None:
    first, second = copy_of(article), copy_of(article)
    assert len(published(article)) == 2
    folder.make()

    erase(event=f"cases_redactedcopy:{first.pk}")

    assert is_gone(first)
    assert not is_gone(second)
    assert [one["id"] for one in published(article)] == [str(second.published_as)]
    assert "Forgotten: 1 entries of cases_redactedcopy" in folder.verify()
    assert CopyDecision.objects.filter(copy=first, decision="withdrawn").exists()


def test_a_case_goes_with_the_copies_that_show_the_person(
    erase: Erase, article: Source, person: Prisoner
) -> None:
    portrait, other = copy_of(article, person), copy_of(article)
    case = person.pk
    person.delete()

    erase(case=case)

    assert is_gone(portrait)
    assert not is_gone(other)


def test_a_reason_that_holds_what_is_erased_takes_its_copy_along(
    erase: Erase, article: Source
) -> None:
    copy = copy_of(article)
    Source.objects.filter(pk=article.pk).update(title="Aunt’s verdict")
    Source.objects.filter(pk=article.pk).update(title="The verdict")

    erase(case=article.pk, containing="Aunt")

    assert is_gone(copy)
