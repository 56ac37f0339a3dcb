"""Cases that may be one person's are suggested by their names, and only suggested."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import merging
from cases.models import Merge, Prisoner
from cases.publishing import publish_pending
from tests import factories as make

pytestmark = pytest.mark.django_db


def suggested() -> set[frozenset[str]]:
    publish_pending()
    names = {case.pk: str(case) for case in Prisoner.objects.select_related("desk")}
    return {
        frozenset(names[one] for one in pair) for pair in merging.possible_duplicates()
    }


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Mikola Statkevich", "Николай Статкевич"),
        ("Mikalaj Statkievič", "Mikalai Viktaravich Statkevich"),
        ("Ihar Losik", "Losik Igor"),
    ],
)
def test_one_name_in_two_spellings_or_with_a_patronymic_is_suggested_from_either_side(
    name: str, other: str
) -> None:
    one, two = make.make_prisoner(name), make.make_prisoner(other)
    assert suggested() == {frozenset([name, other])}
    assert merging.duplicates_of(one.pk) == [two.pk]
    assert merging.duplicates_of(two.pk) == [one.pk]
    assert Prisoner.objects.filter(merged_into=None).count() == 2


def test_a_family_name_or_a_first_name_alone_suggests_nothing() -> None:
    for name in (
        "Ales Example",
        "Maria Example",
        "Aliaksandr Other",
        "Ales Third",
        "Example",
    ):
        make.make_prisoner(name)
    assert suggested() == set()


def test_a_common_name_does_not_pair_everyone_but_its_own_case_is_told(
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(merging.duplicates, "SELDOM", 2)
    cases = [make.make_prisoner("Ivan Ivanou") for _number in range(3)]
    assert suggested() == set()
    assert set(merging.duplicates_of(cases[0].pk)) == {case.pk for case in cases[1:]}


def test_a_pair_that_people_have_decided_about_is_not_suggested_again() -> None:
    one, two = make.make_prisoner("Ales Example"), make.make_prisoner("Алесь Example")
    proposed = merging.propose(
        one.pk, two.pk, seen_versions=(one.version, two.version), reason="Same name."
    )
    merging.decline(proposed.pk, reason="Born in other years.")
    assert suggested() == set()
    assert merging.duplicates_of(two.pk) == []


def test_the_desk_lists_them(client: Client) -> None:
    one, two = make.make_prisoner("Ales Example"), make.make_prisoner("Алесь Example")
    publish_pending()
    client.force_login(make.make_documenter())
    url = reverse("admin:cases_prisoner_duplicates")
    assert (
        url in client.get(reverse("admin:cases_prisoner_changelist")).content.decode()
    )
    page = client.get(url).content.decode()
    first, second = sorted([one.pk, two.pk])
    assert (
        f"{reverse('admin:cases_prisoner_merge', args=[first])}?into={second}" in page
    )
    assert not Merge.objects.exists()
