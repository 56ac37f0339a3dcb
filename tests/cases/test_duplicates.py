"""Cases that may be one person's are suggested by their names, and only suggested."""

from itertools import combinations
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases import merging
from cases.models import Merge, PersonName, PossibleDuplicate, Prisoner
from cases.named import open_to, seeing_as
from cases.publishing import publish_pending
from cases.telling_apart import told_apart
from tests import factories as make
from tests.tracker.test_names import TYPED
from tracker.names import query_key

pytestmark = pytest.mark.django_db


FIRST_NAMES = ["Ales", "Maria", "Ivan"]
FAMILY_NAMES = ["Example", "Other", "Third", "Fourth"]


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
    merge = reverse("admin:cases_prisoner_merge", args=[two.pk])
    assert f"{merge}?into={one.pk}" in page  # the older one is kept
    assert not Merge.objects.exists()


class TestPairsAreKept:
    """What is listed is what reading all names would find, whatever came before."""

    @pytest.mark.parametrize("seed", range(4))
    def test_as_reading_all_names_would_find_them(
        self, seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(merging.duplicates, "SELDOM", 3)
        chance = Random(seed)
        for _time in range(6):
            for _change in range(4):
                change_something(chance)
            kept = suggested_ids()
            assert kept >= {pair for pair in sharing_a_name() if has_a_seldom(pair)}
            assert kept <= sharing_a_name()

    def test_a_word_that_too_many_had_counts_once_it_is_seldom(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(merging.duplicates, "SELDOM", 2)
        first, second, third = [make.make_prisoner("Ivan Ivanou") for _n in range(3)]
        assert suggested_ids() == set()
        third.delete()
        assert suggested_ids() == {frozenset([first.pk, second.pk])}

    def test_so_it_does_once_a_case_has_another_name(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(merging.duplicates, "SELDOM", 2)
        first, second, third = [make.make_prisoner("Ivan Ivanou") for _n in range(3)]
        assert suggested_ids() == set()
        third.names.update(value="Maria Other")
        assert suggested_ids() == {frozenset([first.pk, second.pk])}

    def test_of_a_case_that_is_gone_none_is_left(self) -> None:
        cases = [make.make_prisoner("Ivan Ivanou") for _number in range(2)]
        assert len(suggested_ids()) == 1
        cases[0].delete()
        publish_pending()
        assert not PossibleDuplicate.objects.exists()

    def test_a_pair_with_a_case_of_named_staff_is_seen_by_these_only(self) -> None:
        named = User.objects.create_superuser("named")
        closed = make.make_prisoner("Ivan Ivanou")
        make.make_prisoner("Ivan Ivanou")
        assert len(suggested_ids()) == 1
        open_to(closed.pk, [named], by=named, reason="At risk.")
        with seeing_as(User.objects.create_superuser("boss")):
            assert not PossibleDuplicate.objects.exists()
            assert merging.possible_duplicates() == []
        with seeing_as(named):
            assert len(merging.possible_duplicates()) == 1

    def test_names_that_are_divided_otherwise_are_compared_anew(self) -> None:
        """Of all names together the words are the same as before."""
        case = make.make_prisoner("Ales Maria")
        other = make.make_name(case, value="Example Third")
        make.make_prisoner("Ales Example")
        assert len(suggested_ids()) == 1
        case.names.exclude(pk=other.pk).update(value="Third Maria")
        other.value = "Example Ales"
        other.save()
        assert len(suggested_ids()) == 1

    def test_the_list_is_read_in_its_order_by_an_index(self) -> None:
        with connection.cursor() as cursor:
            for way in ("enable_seqscan", "enable_sort", "enable_bitmapscan"):
                cursor.execute(f"SET LOCAL {way} = off")
            cursor.execute("EXPLAIN " + merging.duplicates._KEPT, {"limit": 200})
            plan = str(cursor.fetchall())
            for way in ("enable_seqscan", "enable_sort", "enable_bitmapscan"):
                cursor.execute(f"SET LOCAL {way} = on")
        assert "possible_duplicate_order" in plan
        assert "Sort" not in plan

    def test_the_list_says_that_there_are_more(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("Ales Example", "Maria Other"):
            make.make_prisoner(name)
            make.make_prisoner(name)
        publish_pending()
        client.force_login(make.make_documenter())
        url = reverse("admin:cases_prisoner_duplicates")
        assert "more than" not in client.get(url).content.decode()
        for module in (merging, merging.duplicates):
            monkeypatch.setattr(module, "LIMIT", 1)
        page = client.get(url)
        assert "There are more than 1 such pairs." in page.content.decode()
        assert len(page.context["pairs"]) == 1
        start = client.get("/admin/").content.decode()
        assert "more than 1 pairs of cases may be one person" in start


def suggested_ids() -> set[frozenset[UUID]]:
    publish_pending()
    return {frozenset(pair) for pair in merging.possible_duplicates()}


def change_something(chance: Random) -> None:
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(FAMILY_NAMES)}"
    cases = list(Prisoner.objects.order_by("created_at", "id"))
    if len(cases) < 6 or chance.random() < 0.4:
        make.make_prisoner(name)
        return
    case = chance.choice(cases)
    if chance.random() < 0.5:
        case.names.update(value=name)
    else:
        case.delete()


def names_by_case() -> dict[UUID, list[set[str]]]:
    names: dict[UUID, list[set[str]]] = {}
    for name in PersonName.objects.all():
        names.setdefault(name.prisoner_id, []).append(set(query_key(name.value)))
    return names


def sharing_a_name() -> set[frozenset[UUID]]:
    pairs = set()
    for (case, names), (other, others) in combinations(names_by_case().items(), 2):
        words, other_words = set().union(*names), set().union(*others)
        within = any(len(name) > 1 and name <= other_words for name in names)
        if within or any(len(name) > 1 and name <= words for name in others):
            pairs.add(frozenset([case, other]))
    return pairs


def has_a_seldom(pair: frozenset[UUID]) -> bool:
    """Of the words that both have, is one in the names of few cases?"""
    words = {case: set().union(*names) for case, names in names_by_case().items()}
    one, other = pair
    numbers = []
    for word in words[one] & words[other]:
        numbers.append(sum(word in of_case for of_case in words.values()))
    return min(numbers) <= 3


class TestAsListsOfNamesSay:
    """names_typed.json: what is suggested of two cases of these names."""

    @pytest.mark.parametrize("pair", TYPED["matching"], ids=lambda pair: pair["a"])
    def test_it_is_suggested_or_not(self, pair: dict[str, str]) -> None:
        name, other_name = pair["a"].split(",")[0], pair["b"].split(",")[0]
        case = make.make_prisoner(name)
        other = make.make_prisoner(other_name)
        publish_pending()
        is_suggested = pair["answer"] != "none"
        assert (merging.duplicates_of(case.pk) == [other.pk]) is is_suggested
        assert (suggested_ids() != set()) is is_suggested
        assert (case.pk in merging.named_like([other_name])) is is_suggested

    def test_the_year_of_birth_tells_them_apart(self) -> None:
        for year in ("1990", "1971"):
            make.make_prisoner("Mohamed Ali Hassan", born_on=year)
        publish_pending()
        people = told_apart(merging.named_like(["Mohamed Ali Hassan"]))
        years = {person.details[0] for person in people}
        assert years == {"born 1971", "born 1990"}

    def test_one_word_is_a_name_only_where_it_is_all_of_both(self) -> None:
        make.make_prisoner("Thuriya")
        make.make_prisoner("Thuriya Aung")
        make.make_prisoner("Aung")
        assert suggested() == set()
        assert len(merging.named_like(["Thuriya"])) == 1

    @pytest.mark.parametrize(
        ("name", "other"),
        [
            ("Ján Kučera", "Jan Kucera"),
            ("Çağla Işıklı", "Cagla Isikli"),
            ("Mohammed al-Rahma", "Muhammad Alrahma"),
            ("陳志和", "陈志和"),
        ],
    )
    def test_a_name_without_its_marks_is_the_same(self, name: str, other: str) -> None:
        for first, second in ((name, other), (other, name)):
            case = make.make_prisoner(first)
            publish_pending()
            assert merging.named_like([second]) == [case.pk]
            case.delete()
