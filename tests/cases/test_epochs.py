"""How long the numbers of the feed hold: over restores, over new contracts, and over
tombstones that were deleted.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from cases.models import Mark
from cases.publishing import epochs, gate, publish_pending
from cases.publishing.pruning import TOMBSTONES_LAST
from tests.factories import make_facility, make_prisoner, make_source
from tests.roles import acting_as
from tracker import feed
from tracker.audiences import AUDIENCES, PARTNERS, PUBLIC, Audience
from tracker.contract.documents import CONTRACT
from tracker.feed import ResyncRequired, changes, counter, standing
from tracker.models import PartnersFeed, PublicCorrection, PublicDocument, PublicFeed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]

FEEDS = (PublicFeed, PartnersFeed)


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


def epochs_now() -> list[UUID]:
    return [counter(audience).epoch for audience in AUDIENCES]


def cursors() -> list[str]:
    return [str(changes(audience, None, None, 100).next) for audience in AUDIENCES]


def refused(audience: Audience, cursor: str) -> bool:
    try:
        changes(audience, cursor, None, 100)
    except ResyncRequired:
        return True
    return False


# --- Another life ------------------------------------------------------------------------------------------------


def test_a_new_installation_begins_by_itself() -> None:
    """All other tests begin after it (tests/conftest.py)."""
    with acting_as("owner"):
        for feed_model in FEEDS:
            feed_model._default_manager.all().delete()
    make_prisoner(visibility="public")
    publish_pending()
    for audience in AUDIENCES:
        assert len(changes(audience, None, None, 100).results) == 1
        assert counter(audience).epoch


def test_the_epoch_stays_while_the_database_does() -> None:
    publish_pending()
    before = epochs_now()
    make_prisoner(visibility="public")
    publish_pending()
    publish_pending()
    assert epochs_now() == before


@pytest.mark.parametrize("part", range(4))
def test_a_database_that_lived_elsewhere_gets_a_new_epoch_before_anything_is_written(
    part: int,
) -> None:
    """System identifier, timeline, database and table: any of them alone."""
    make_prisoner(visibility="public")
    publish_pending()
    for model in FEEDS:
        lived = model.objects.get().life.split(":")
        assert len(lived) == 4
        assert all(lived)
        model.objects.update(
            life=":".join([*lived[:part], "1" + lived[part], *lived[part + 1 :]])
        )
    before, held = epochs_now(), cursors()
    make_prisoner(visibility="public")
    publish_pending()
    assert not set(before) & set(epochs_now())
    assert all(
        refused(audience, cursor)
        for audience, cursor in zip(AUDIENCES, held, strict=True)
    )
    after = epochs_now()
    publish_pending()
    assert epochs_now() == after


def test_the_life_is_what_the_database_says_of_itself(
    logins: Callable[[str], Any],
) -> None:
    """Also to the desk's own login, which is no superuser."""
    publish_pending()
    asked = (
        logins("publisher")
        .execute(epochs._LIVES, [["tracker_public_feed"]])
        .fetchone()[0]
    )
    assert asked == PublicFeed.objects.get().life


def test_a_new_epoch_by_hand_makes_every_copy_begin_anew() -> None:
    make_prisoner(visibility="public")
    publish_pending()
    held, documents = cursors(), list(PublicDocument.objects.values())
    said = StringIO()
    call_command("feed", "--new-epoch", stdout=said)
    assert all(
        refused(audience, cursor)
        for audience, cursor in zip(AUDIENCES, held, strict=True)
    )
    assert all(str(epoch) in said.getvalue() for epoch in epochs_now())
    publish_pending()
    assert list(PublicDocument.objects.values()) == documents


def test_the_command_alone_only_tells() -> None:
    make_prisoner(visibility="public")
    publish_pending()
    before, said = epochs_now(), StringIO()
    call_command("feed", stdout=said)
    assert epochs_now() == before
    assert "public" in said.getvalue()
    assert str(counter(PUBLIC).last_seq) in said.getvalue()


# --- Another contract --------------------------------------------------------------------------------------------


def test_a_new_contract_renders_everything_anew_under_a_new_epoch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = make_prisoner(visibility="public")
    publish_pending()
    before = epochs_now()
    older = {
        name: value
        for name, value in json.loads(shown(case)).items()
        if name != "occupations"
    }
    PublicDocument.objects.update(document=json.dumps(older))
    monkeypatch.setattr(epochs, "CONTRACT", CONTRACT + 1)
    assert publish_pending() == 1
    assert not set(before) & set(epochs_now())
    assert "occupations" in json.loads(shown(case))
    assert not PublicCorrection.objects.exists()
    assert not Mark.objects.exists()
    assert publish_pending() == 0


def shown(case: Any) -> str:
    return str(PublicDocument.objects.get(id=case.pk).document)


def test_an_older_release_publishes_nothing_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish_pending()
    make_prisoner(visibility="public")
    PublicFeed.objects.update(contract=CONTRACT + 1)
    with pytest.raises(epochs.NewerContract, match=str(CONTRACT + 1)):
        publish_pending()
    assert not PublicDocument.objects.exists()
    assert Mark.objects.exists()
    call_command("feed", "--new-epoch", stdout=StringIO())
    publish_pending()
    assert PublicDocument.objects.exists()


# --- Digests -----------------------------------------------------------------------------------------------------


def test_the_gate_keeps_the_digest_that_a_count_from_scratch_finds() -> None:
    case, source = make_prisoner(visibility="public"), make_source(visibility="public")
    make_facility(visibility="partners")
    publish_pending()
    case.sex = "female"
    case.save()
    type(source).objects.filter(pk=source.pk).update(visibility="internal")
    publish_pending()
    for audience in AUDIENCES:
        kept = standing(audience, None).digests
        counted = feed.of_kinds(epochs.digests_of_rows(audience), feed.ROOT_KINDS)
        assert kept == counted
    assert standing(PUBLIC, None).digests["prisoner"].count == 1
    assert standing(PUBLIC, None).digests["source"].count == 0
    assert standing(PARTNERS, None).digests["facility"].count == 1


# --- Tombstones --------------------------------------------------------------------------------------------------


def withdrawn() -> Any:
    case = make_prisoner(visibility="public")
    publish_pending()
    type(case).objects.filter(pk=case.pk).update(visibility="internal")
    publish_pending()
    return case


def later(monkeypatch: pytest.MonkeyPatch, days: timedelta) -> None:
    day = gate.advance() + days
    monkeypatch.setattr(gate, "advance", lambda: day)


def tombstones(audience: Audience) -> list[Any]:
    return [row.id for row in audience.rows().filter(document=None)]


def test_a_public_tombstone_goes_after_180_days_and_a_partners_never(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = withdrawn()
    later(monkeypatch, TOMBSTONES_LAST)
    publish_pending()
    assert tombstones(PUBLIC) == [case.pk]
    later(monkeypatch, timedelta(days=1))
    publish_pending()
    assert tombstones(PUBLIC) == []
    assert tombstones(PARTNERS) == [case.pk]
    later(monkeypatch, timedelta(days=9999))
    publish_pending()
    assert tombstones(PARTNERS) == [case.pk]


def test_a_public_cursor_that_may_have_missed_it_is_told_to_begin_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_facility(visibility="public")
    publish_pending()
    before = cursors()
    withdrawn()
    after = cursors()
    later(monkeypatch, TOMBSTONES_LAST + timedelta(days=1))
    publish_pending()
    assert refused(PUBLIC, before[0])
    assert not refused(PUBLIC, after[0])
    assert not refused(PARTNERS, before[1])


def test_who_begins_afterwards_is_never_sent_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its first cursors are lower than the number of what was deleted, which it never
    held.
    """
    for _each in range(3):
        make_facility(visibility="public")
    publish_pending()
    withdrawn()
    later(monkeypatch, TOMBSTONES_LAST + timedelta(days=1))
    publish_pending()
    first = changes(PUBLIC, None, None, 1)
    second = changes(PUBLIC, str(first.next), None, 1)
    third = changes(PUBLIC, str(second.next), None, 1)
    assert (first.more, second.more, third.more) == (True, True, False)
    assert third.next == standing(PUBLIC, None).cursor


def test_who_began_before_the_withdrawal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for _each in range(3):
        make_facility(visibility="public")
    publish_pending()
    first = changes(PUBLIC, None, None, 1)
    withdrawn()
    assert not refused(PUBLIC, str(first.next))
    later(monkeypatch, TOMBSTONES_LAST + timedelta(days=1))
    publish_pending()
    assert refused(PUBLIC, str(first.next))


def test_the_tombstone_of_a_merged_case_stays_and_leads_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept, merged = (
        make_prisoner(visibility="public"),
        make_prisoner(visibility="public"),
    )
    publish_pending()
    PublicDocument.objects.filter(id=merged.pk).update(
        document=None, merged_into=kept.pk
    )
    later(monkeypatch, TOMBSTONES_LAST + timedelta(days=1))
    publish_pending()
    assert tombstones(PUBLIC) == [merged.pk]


def test_what_comes_back_after_its_tombstone_went_is_published_as_new(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = withdrawn()
    later(monkeypatch, TOMBSTONES_LAST + timedelta(days=1))
    publish_pending()
    cursor = str(changes(PUBLIC, None, None, 10).next)
    case.refresh_from_db()
    case.visibility = "public"
    case.save()
    publish_pending()
    assert [change.id for change in changes(PUBLIC, cursor, None, 10).results] == [
        case.pk
    ]


def test_a_new_epoch_is_not_begun_while_somebody_publishes(
    transactional_db: None,
    logins: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish_pending()
    monkeypatch.setattr(gate, "LOCK_TIMEOUT", "50ms")
    before = epochs_now()
    another = logins("publisher")
    with another.transaction():
        another.execute(gate.ONE_PUBLISHES)
        with pytest.raises(CommandError, match="Nothing was changed"):
            call_command("feed", "--new-epoch", stdout=StringIO())
    assert epochs_now() == before
