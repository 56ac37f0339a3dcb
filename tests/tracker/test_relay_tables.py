"""What a relay stores: never more than it was told, and nothing is missing meanwhile."""

import uuid
from typing import Any

import pytest

from tests.published import rendered
from tests.roles import acting_as
from tracker.audiences import PUBLIC
from tracker.contract.documents import CONTRACT
from tracker.feed import ROOT_KINDS, Cursor
from tracker.mirror import Failed
from tracker.relaying.tables import Tables

pytestmark = pytest.mark.django_db
EPOCH = uuid.uuid4()


@pytest.fixture
def tables() -> Any:
    with acting_as("owner"):
        yield Tables(PUBLIC, "https://tracker.example")


def line(number: int, **content: Any) -> dict[str, Any]:
    document = rendered(PUBLIC, "prisoner", content)
    told = {"id": document["id"], "kind": "prisoner", "deleted": False}
    return {**told, "seq": number, "changed": "2026-10-08", "document": document}


def place(reached: int, epoch: uuid.UUID = EPOCH, **more: Any) -> dict[str, Any]:
    cursor = Cursor("public", epoch, reached, ROOT_KINDS)
    told = {"next": str(cursor), "more": False, "waits": False, "audience": "public"}
    return {**told, "contract": CONTRACT, "held": [], "pruned": 0, **more}


def shown() -> set[str]:
    return {str(row) for row in PUBLIC.shown().values_list("id", flat=True)}


def numbers_told() -> list[int]:
    rows = PUBLIC.rows().filter(seq__gt=0).order_by("seq")
    return list(rows.values_list("seq", flat=True))


def test_after_a_restore_of_the_tracker_nothing_is_missing_until_all_was_read(
    tables: Tables,
) -> None:
    one, other, gone = line(1, name="One"), line(2, name="Other"), line(3, name="Gone")
    tables.apply([one, other, gone], None, place(3))
    everything = shown()
    tables.start_anew()
    again, epoch = {**other, "seq": 1}, uuid.uuid4()
    first = place(1, epoch, more=True)
    tables.apply([again], None, first)
    assert shown() == everything
    assert numbers_told() == [1]
    # Once more: numbers below zero are taken by then.
    tables.start_anew()
    tables.apply([again], None, first)
    tables.apply([{**one, "seq": 2}], first["next"], place(2, epoch))
    assert shown() == {one["id"], other["id"]}
    feed = PUBLIC.feed_model._default_manager.get()
    assert (feed.epoch, feed.last_seq, feed.digests["prisoner"][0]) == (epoch, 2, 2)
    assert feed.digests["prisoner"][1] == tables.digest()["sha256_sum"]


def test_what_was_held_back_comes_into_sight_when_all_that_changed_was_read(
    tables: Tables,
) -> None:
    one, other = line(1, name="One"), line(2, name="Other")
    start = place(2)
    tables.apply([one, other], None, start)
    held = [{"id": one["id"], "everywhere": True}]
    tables.apply([], start["next"], {**start, "held": held})
    assert shown() == {other["id"]}
    # The tracker holds it back no longer, and its new document is on the next page.
    tables.apply([{**other, "seq": 3}], start["next"], place(3, more=True))
    assert shown() == {other["id"]}
    tables.apply([{**one, "seq": 4}], place(3)["next"], place(4))
    assert shown() == {one["id"], other["id"]}


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"contract": CONTRACT + 1}, "Upgrade the replicas, then this relay"),
        ({"audience": "partners"}, "this database is for “public”"),
    ],
)
def test_what_does_not_belong_there_is_refused_and_nothing_is_stored(
    told: dict[str, Any], sentence: str, tables: Tables
) -> None:
    held = [{"id": str(uuid.uuid4()), "everywhere": True}]
    with pytest.raises(Failed, match=sentence):
        tables.apply([line(1, name="One")], None, place(1, held=held, **told))
    assert not PUBLIC.rows().exists()
    assert not PUBLIC.held_model._default_manager.exists()


def test_a_tombstone_that_the_tracker_tells_no_longer_is_told_no_longer(
    tables: Tables,
) -> None:
    one = line(1, name="One")
    gone = {"id": one["id"], "kind": "prisoner", "deleted": True}
    tables.apply([one], None, place(1))
    tables.apply([gone], place(1)["next"], place(2))
    assert numbers_told() == [2]
    tables.apply([line(3, name="Other")], place(2)["next"], place(3, pruned=2))
    assert numbers_told() == [3]
