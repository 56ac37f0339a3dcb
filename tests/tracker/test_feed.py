"""What a copy that follows the feed ends up with. The address itself:
test_read_api_changes.py.
"""

import uuid

import pytest

from tests.published import publish, withdraw
from tracker.audiences import PARTNERS, PUBLIC, Audience
from tracker.feed import (
    BadCursor,
    Counter,
    Cursor,
    OtherFilter,
    ResyncRequired,
    changes,
    counter,
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


def test_nothing_was_ever_published() -> None:
    PublicFeed.objects.all().delete()
    assert counter(PUBLIC) == Counter(uuid.UUID(int=0), 0)
    assert changes(PUBLIC, None, None, 10).results == []
