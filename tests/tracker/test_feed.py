"""What a copy that follows the feed ends up with. The address itself:
test_read_api_changes.py.
"""

import base64
import json
import uuid
from typing import Any

import pytest

from tests.published import publish, withdraw
from tests.routers import Elsewhere
from tracker.audiences import PARTNERS, PUBLIC, Audience
from tracker.digests import Digest
from tracker.feed import (
    ROOT_KINDS,
    BadCursor,
    Counter,
    Cursor,
    OtherFilter,
    ResyncRequired,
    changes,
    counter,
    standing,
)
from tracker.models import PublicFeed

pytestmark = pytest.mark.django_db

EPOCH = uuid.UUID("6a1f3a52-6b3f-4b0a-9d5d-2f2f4f0f1c11")


def follow(
    audience: Audience, since: str | None = None, *, limit: int = 2
) -> tuple[list[str], str]:
    """All ids in the order in which they come, and the cursor that goes on."""
    seen: list[str] = []
    while True:
        page = changes(audience, since, None, limit)
        assert len(page.results) <= limit
        seen += [str(change.id) for change in page.results]
        since = str(page.next)
        if not page.more:
            return seen, since


def test_a_copy_sees_each_root_once_and_then_only_what_changed() -> None:
    ids = [
        publish(PUBLIC, "prisoner", {"sentences": [{}, {}], "deportations": [{}]})["id"]
        for _each in range(5)
    ]
    seen, cursor = follow(PUBLIC)
    assert seen == ids
    assert follow(PUBLIC, cursor) == ([], cursor)

    publish(PUBLIC, "prisoner", {"id": ids[1], "occupations": ["journalist"]})
    withdraw(PUBLIC, ids[0])
    new = publish(PUBLIC, "source", {"title": "A report"})["id"]
    assert follow(PUBLIC, cursor)[0] == [ids[1], ids[0], new]


def test_a_root_that_changes_while_the_copy_reads_comes_again_at_the_end() -> None:
    ids = [publish(PUBLIC, "facility")["id"] for _each in range(3)]
    first = changes(PUBLIC, None, None, 2)
    publish(PUBLIC, "facility", {"id": ids[0], "region": "Minsk"})
    assert [str(change.id) for change in first.results] == ids[:2]
    assert follow(PUBLIC, str(first.next))[0] == [ids[2], ids[0]]


def test_an_empty_feed_gives_a_cursor_that_waits_for_the_first_case() -> None:
    PublicFeed.objects.get_or_create(id=1)
    seen, cursor = follow(PUBLIC)
    assert seen == []
    one = publish(PUBLIC, "facility")["id"]
    assert follow(PUBLIC, cursor)[0] == [one]


def test_kinds_not_asked_for_are_passed_over_for_good() -> None:
    publish(PUBLIC, "prisoner", {"sentences": [{}]})
    page = changes(PUBLIC, None, ["source"], 10)
    assert page.results == []
    assert page.next.seq == counter(PUBLIC).last_seq


def test_a_cursor_remembers_its_kinds_and_refuses_others() -> None:
    publish(PUBLIC, "facility")
    cursor = str(changes(PUBLIC, None, ["source", "facility"], 10).next)
    publish(PUBLIC, "prisoner")
    facility = publish(PUBLIC, "facility")["id"]
    assert [str(change.id) for change in changes(PUBLIC, cursor, None, 10).results] == [
        facility
    ]
    assert changes(PUBLIC, cursor, ["facility", "source"], 10).results
    with pytest.raises(OtherFilter):
        changes(PUBLIC, cursor, ["facility"], 10)


def test_a_cursor_of_another_epoch_or_from_the_future_asks_to_start_over() -> None:
    publish(PUBLIC, "facility")
    cursor = changes(PUBLIC, None, None, 10).next
    for stale in (
        cursor._replace(epoch=uuid.uuid4()),
        cursor._replace(seq=cursor.seq + 1),
    ):
        with pytest.raises(ResyncRequired):
            changes(PUBLIC, str(stale), None, 10)


def test_a_cursor_of_another_audience_is_refused() -> None:
    publish(PARTNERS, "facility")
    cursor = str(changes(PARTNERS, None, None, 10).next)
    with pytest.raises(BadCursor):
        changes(PUBLIC, cursor, None, 10)


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "żółw",
        "W10",  # []
        "bnVsbA",  # null
        str(Cursor("public", EPOCH, -1, ("source",))),
        str(Cursor("public", EPOCH, 2**63, ("source",))),
        str(Cursor("public", EPOCH, True, ("source",))),
        str(Cursor("public", EPOCH, 1, ("sentence",))),
        str(Cursor("public", EPOCH, 1, ("source",)))[:-4],
    ],
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        Cursor.read(cursor)


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor("public", EPOCH, 0, ("source",)),
        Cursor("partners", EPOCH, 2**63 - 1, ROOT_KINDS, 2**63 - 1),
        Cursor("public", EPOCH, 10, (), 12),
    ],
)
def test_a_cursor_is_read_as_it_was_given(cursor: Cursor) -> None:
    assert Cursor.read(str(cursor)) == cursor
    assert str(cursor).replace("-", "").replace("_", "").isalnum()


def test_a_cursor_stays_as_short_as_it_was_for_copies_keep_it_and_compare() -> None:
    cursor = Cursor("public", EPOCH, 7, ("prisoner", "source"))
    assert str(cursor) == (
        "WzEsInB1YmxpYyIsIjZhMWYzYTUyNmIzZjRiMGE5ZDVkMmYyZjRmMGYxYzExIiw3LFsicHJpc29uZXIi"
        "LCJzb3VyY2UiXSwwXQ"
    )


@pytest.mark.parametrize(
    "parts",
    [
        [2, "public", EPOCH.hex, 1, ["source"], 0],
        [1, "public", EPOCH.hex, 1, ["source"]],
        [1, "public", EPOCH.hex, 1, ["source"], 0, 0],
        [1, "public", "no epoch", 1, ["source"], 0],
        [1, "public", 7, 1, ["source"], 0],
        [1, "public", EPOCH.hex, "1", ["source"], 0],
        [1, "public", EPOCH.hex, 1.0, ["source"], 0],
        [1, "public", EPOCH.hex, 1, None, 0],
        [1, "public", EPOCH.hex, 1, ["source"], -1],
        [1, "public", EPOCH.hex, 1, ["source"], 2**63],
    ],
    ids=str,
)
def test_what_only_looks_like_a_cursor_is_refused(parts: list[Any]) -> None:
    text = base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()
    with pytest.raises(BadCursor):
        Cursor.read(text)


@pytest.mark.parametrize(
    ("seq", "begun", "epoch", "starts_over"),
    [
        (10, 0, EPOCH, False),
        (11, 0, EPOCH, True),
        (5, 0, EPOCH, False),
        (4, 0, EPOCH, True),
        (4, 5, EPOCH, False),
        (4, 10, EPOCH, False),
        (4, 11, EPOCH, True),
        (10, 0, uuid.UUID(int=1), True),
    ],
)
def test_who_may_have_missed_a_tombstone_or_comes_from_the_future_starts_over(
    seq: int, begun: int, epoch: uuid.UUID, starts_over: bool
) -> None:
    now = Counter(EPOCH, last_seq=10, pruned_seq=5)
    cursor = Cursor("public", epoch, seq, ("source",), begun)
    assert cursor.must_resync(now) is starts_over


def test_a_cursor_says_when_it_began_until_it_has_come_as_far() -> None:
    for _each in range(5):
        publish(PUBLIC, "facility")
    first = changes(PUBLIC, None, None, 2)
    assert (first.next.seq, first.next.begun, first.more) == (2, 5, True)
    publish(PUBLIC, "facility")
    second = changes(PUBLIC, str(first.next), None, 2)
    assert (second.next.seq, second.next.begun, second.more) == (4, 5, True)
    third = changes(PUBLIC, str(second.next), None, 1)
    assert (third.next.seq, third.next.begun, third.more) == (5, 0, True)
    last = changes(PUBLIC, str(third.next), None, 1)
    assert (last.next.seq, last.next.begun, last.more) == (6, 0, False)


def test_a_page_that_is_just_full_is_the_last() -> None:
    for _each in range(2):
        publish(PUBLIC, "facility")
    page = changes(PUBLIC, None, None, 2)
    assert (len(page.results), page.more) == (2, False)
    assert page.counter == counter(PUBLIC)


def test_who_has_read_all_has_the_cursor_that_the_feed_itself_names() -> None:
    publish(PUBLIC, "facility")
    read, named = changes(PUBLIC, None, None, 10), standing(PUBLIC, None)
    assert read.next == named.cursor
    assert named.counter == read.counter
    of_some = standing(PUBLIC, ["source", "facility"])
    assert of_some.cursor.kinds == ("source", "facility")
    assert list(of_some.digests) == ["source", "facility"]


def test_nothing_was_ever_published() -> None:
    PublicFeed.objects.all().delete()
    assert counter(PUBLIC) == Counter(uuid.UUID(int=0), 0)
    assert changes(PUBLIC, None, None, 10).results == []


def test_as_long_as_nothing_was_published_there_is_nothing_to_hold() -> None:
    PublicFeed.objects.all().delete()
    named = standing(PUBLIC, ["facility"])
    assert named.digests == {"facility": Digest()}
    assert named.counter == counter(PUBLIC) == Counter.nothing()
    assert (named.cursor.seq, named.cursor.epoch) == (0, uuid.UUID(int=0))


def test_the_counter_says_which_tombstones_are_gone() -> None:
    publish(PUBLIC, "facility")
    PublicFeed.objects.update(epoch=EPOCH, last_seq=7, pruned_seq=3)
    now = counter(PUBLIC)
    assert now == standing(PUBLIC, None).counter
    assert now == Counter(EPOCH, 7, 3, revision=now.revision)


def test_it_is_asked_as_the_login_of_its_audience(settings: Any) -> None:
    publish(PUBLIC, "facility")
    settings.DATABASE_ROUTERS = [Elsewhere()]
    assert counter(PUBLIC) == standing(PUBLIC, None).counter
    assert changes(PUBLIC, None, None, 10).counter.last_seq == 1


def test_a_tombstone_is_as_short_as_it_can_be() -> None:
    key = publish(PUBLIC, "facility")["id"]
    withdraw(PUBLIC, key)
    (change,) = changes(PUBLIC, None, None, 10).results
    assert change.as_text() == f'{{"id":"{key}","kind":"facility","deleted":true}}'
