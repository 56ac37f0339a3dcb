"""Whatever is taken back is gone at once, from documents, lists, feed and corrections,
whatever edits wait.
"""

from collections.abc import Callable, Collection
from itertools import product
from typing import Any

import pytest

from cases.models import (
    Citation,
    Claimant,
    Consent,
    CourtCase,
    Edition,
    Facility,
    Identifier,
    PersonalDetail,
    PersonName,
    Prisoner,
    PublishingFailure,
    ReleaseEvent,
    ReportedCount,
    Source,
)
from cases.models.base import Record
from cases.models.citation import citable_fields
from cases.publishing import publish_pending
from tests.leaks.canaries import found
from tests.leaks.crawler import READERS, fixed_addresses
from tests.leaks.test_canaries import own_addresses
from tests.leaks.world import PARTS, ROOTS, Planted, World

# Answers are read as they are made, and as they are kept.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told_again")]

Withdrawal = Callable[[World, str], set[str]]
"""Takes something back, as far as the level given, and returns the canaries that must
be gone.
"""


def told_in_documents(world: World, who: str) -> set[str]:
    """Without following every link."""
    reader = READERS[who]()
    cases = [one for one in world.of(Prisoner, *ROOTS) if one.level != "internal"]
    for address in [
        *fixed_addresses(desk=False, once=False),
        "/api/v1/changes?limit=1000",
        *own_addresses(cases),
    ]:
        reader.ask("GET", address)
    assert reader.leaks == {}
    assert not PublishingFailure.objects.exists()
    return set(reader.told)


def secrets(planted: Collection[Planted]) -> set[str]:
    """The ids stay known: tombstones tell them to those who had them."""
    return {
        canary
        for one in planted
        for canary in one.approved
        if not canary.startswith("ca0de")
    }


def visible(world: World, *models: type[Record]) -> list[Planted]:
    """What anyone may see."""
    return [
        one
        for one in world.of(*models)
        if one.level == "public" and one.record.visibility in {None, "public"}
    ]


def parts(world: World) -> list[Planted]:
    return [one for one in visible(world, *PARTS) if one.record.root == world.case]


def citing(world: World, planted: Collection[Planted]) -> list[Planted]:
    cited = {one.record.pk for one in planted}
    return [one for one in world.of(Citation) if one.record.record.pk in cited]


def change(planted: Collection[Planted], **values: Any) -> None:
    for one in planted:
        type(one.record)._default_manager.filter(pk=one.record.pk).update(**values)


def story(case: Prisoner) -> set[str]:
    """Its summary, which may repeat whatever was taken back."""
    return found(
        str(
            Edition.objects.filter(root_id=case.pk)
            .latest("number")
            .snapshot["root"]["summary"]
        )
    )


def named(world: World, case: Prisoner) -> set[str]:
    return secrets(world.of(PersonName, prisoner=case)) | story(case)


# --- What may be taken back --------------------------------------------------------------------------------------


def narrow(model: type[Record]) -> Withdrawal:
    def withdrawal(world: World, level: str) -> set[str]:
        gone = visible(world, model)
        change(gone, visibility=level)
        within = parts(world) if model is Prisoner else []
        sources = {one.record.pk for one in gone} if model is Source else set()
        relying = [one for one in world.of(Citation) if one.record.source_id in sources]
        return secrets([*gone, *within, *relying])

    withdrawal.__name__ = f"narrow_{model._meta.model_name}"
    return withdrawal


def narrow_parts(world: World, level: str) -> set[str]:
    gone = parts(world)
    change(gone, visibility=level)
    return secrets([*gone, *citing(world, gone)]) | story(world.case)


def delete_parts(world: World, level: str) -> set[str]:
    gone = parts(world)
    lost = secrets([*gone, *citing(world, gone)]) | story(world.case)
    for one in reversed(gone):
        type(one.record)._default_manager.filter(pk=one.record.pk).delete()
    return lost


def withdraw_consent(world: World, level: str) -> set[str]:
    case = world.named["consented"]
    Consent.objects.filter(prisoner=case).update(withdrawn_on="2025-10")
    return named(world, case)


def withdraw_consents_for_details(world: World, level: str) -> set[str]:
    told = [one for one in visible(world, PersonalDetail) if one.record.told_as]
    gone = [one for one in told if one.record.prisoner == world.case]
    Consent.objects.filter(subject="origin").update(withdrawn_on="2025-10")
    return secrets(gone) | story(world.case)


def delete_the_consent_for_a_minor(world: World, level: str) -> set[str]:
    case = world.named["of a minor, for partners"]
    Consent.objects.filter(prisoner=case).delete()
    return named(world, case)


def withhold_name(world: World, level: str) -> set[str]:
    case = world.named["consented"]
    Prisoner.objects.filter(pk=case.pk).update(name_withheld=True)
    return named(world, case)


def turn_out_to_be_a_minor(world: World, level: str) -> set[str]:
    case = world.named["grown up"]
    Prisoner.objects.filter(pk=case.pk).update(born_on="2015")
    return named(world, case)


def identifiers_turn_out_to_be_anothers(world: World, level: str) -> set[str]:
    gone = visible(world, Identifier)
    change(gone, owner_organisation="Another organisation")
    return secrets(gone)


def the_copy_held_is_not_public(world: World, level: str) -> set[str]:
    gone = world.of(Source, copy_is_public=True, visibility="public")
    change(gone, copy_is_public=False)
    return {canary for canary in secrets(gone) if canary.startswith("f0f0")}


def withhold_every_fact(world: World, level: str) -> set[str]:
    of_case = [*parts(world), *world.of(Prisoner, pk=world.case.pk)]
    models: list[tuple[str, Any]] = [
        (str(one.record.pk), type(one.record)) for one in of_case
    ]
    facts = {one: dict.fromkeys(citable_fields(model), level) for one, model in models}
    Prisoner.objects.filter(pk=world.case.pk).update(withheld=facts)
    return secrets([*of_case, *citing(world, of_case)])


INTERNAL, PARTNERS = "internal", "partners"
FACILITY, EVENT, COURT_CASE = narrow(Facility), narrow(ReleaseEvent), narrow(CourtCase)
COUNT, CASES, SOURCES = narrow(ReportedCount), narrow(Prisoner), narrow(Source)
# Each is withdrawn as far as this level. Those of a group are taken back at once, and
# looked at together. None of them hides an answer that would tell what another one
# leaves behind: this was tried of each two, address by address and canary by canary.
TOGETHER: list[list[tuple[Withdrawal, str]]] = [
    [(CASES, INTERNAL)],
    [(CASES, PARTNERS)],
    [(SOURCES, INTERNAL)],
    [(SOURCES, PARTNERS)],
    [(FACILITY, INTERNAL), (EVENT, PARTNERS), (COURT_CASE, PARTNERS)],
    [(FACILITY, PARTNERS), (EVENT, INTERNAL), (COURT_CASE, INTERNAL)],
    [(COUNT, INTERNAL), (identifiers_turn_out_to_be_anothers, INTERNAL)],
    [(COUNT, PARTNERS), (withdraw_consents_for_details, INTERNAL)],
    [(narrow(Claimant), INTERNAL), (withhold_name, INTERNAL)],
    [
        (narrow_parts, INTERNAL),
        (withdraw_consent, INTERNAL),
        (delete_the_consent_for_a_minor, INTERNAL),
    ],
    [(delete_parts, INTERNAL), (turn_out_to_be_a_minor, INTERNAL)],
    [(withhold_every_fact, INTERNAL), (the_copy_held_is_not_public, INTERNAL)],
]


@pytest.fixture(scope="module")
def told_before(published_world: World) -> dict[str, set[str]]:
    """By who was told."""
    return {who: told_in_documents(published_world, who) for who in READERS}


@pytest.fixture(scope="module")
def edited_world(published_world: World, told_before: dict[str, set[str]]) -> World:
    """With an edit in every field, which nobody has approved and no gate has seen."""
    published_world.rewrite(INTERNAL)
    return published_world


def names(group: list[tuple[Withdrawal, str]]) -> str:
    return ",".join(f"{withdraw.__name__}_to_{level}" for withdraw, level in group)


@pytest.mark.parametrize("group", TOGETHER, ids=names)
def test_a_withdrawal_takes_away_at_once_whatever_waits(
    group: list[tuple[Withdrawal, str]],
    edited_world: World,
    told_before: dict[str, set[str]],
    db: None,
) -> None:
    """For everyone, or for everyone but partners."""
    gone = {}
    for withdraw, level in group:
        gone[withdraw.__name__, level] = withdraw(edited_world, level)
    assert len(set[str]().union(*gone.values())) == sum(map(len, gone.values()))
    publish_pending()
    told = {who: told_in_documents(edited_world, who) for who in READERS}
    for (name, level), canaries in gone.items():
        assert canaries & told["anyone"] == set(), name
        if level == PARTNERS:
            assert canaries & told_before["anyone"], name
            assert canaries & told["a partner"], name
        else:
            assert canaries & told_before["a partner"], name
            assert canaries & told["a partner"] == set(), name


def test_each_root_is_narrowed_and_narrowed_to_partners() -> None:
    tried = [(one.__name__, level) for group in TOGETHER for one, level in group]
    assert len(set(tried)) == len(tried)
    for model, level in product([Prisoner, *ROOTS], [INTERNAL, PARTNERS]):
        assert (narrow(model).__name__, level) in tried
