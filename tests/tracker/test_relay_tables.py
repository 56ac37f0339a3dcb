"""What a relay stores: never more than it was told, and nothing is missing meanwhile."""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from threading import Event
from typing import Any

import pytest

from config import replication
from tests.published import rendered
from tests.roles import acting_as
from tracker.audiences import PUBLIC
from tracker.contract.documents import CONTRACT
from tracker.counting import totals
from tracker.feed import ROOT_KINDS, Cursor, changes
from tracker.held import BeingUpdated
from tracker.mirror import Failed, Passing
from tracker.relaying.pictures import Fetching
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
    with pytest.raises(Failed, match=sentence):
        tables.apply([line(1, name="One")], None, place(1, **told))
    assert not PUBLIC.rows().exists()


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


# --- What is held back -----------------------------------------------------------------


def test_what_is_held_back_is_out_of_sight_though_the_rest_cannot_be_stored(
    tables: Tables,
) -> None:
    one, other = line(1, name="One"), line(2, name="Other")
    tables.apply([one, other], None, place(2))
    held = [{"id": one["id"], "everywhere": True}]
    newer = place(3, held=held, contract=CONTRACT + 1)
    with pytest.raises(Failed, match="Upgrade the replicas"):
        tables.apply([line(3, name="Newer")], place(2)["next"], newer)
    assert shown() == {other["id"]}


def test_what_the_feed_of_the_tracker_passes_by_stops_no_feed_of_the_relay(
    tables: Tables,
) -> None:
    one, other = line(1, name="One"), line(2, name="Other")
    start = place(2)
    tables.apply([one, other], None, start)
    held = {"id": one["id"], "everywhere": False, "passed_by": 1}
    tables.apply([], start["next"], {**start, "held": [held]})
    page = changes(PUBLIC, None, None, 10)
    assert ([str(change.id) for change in page.results], page.more) == (
        [other["id"]],
        False,
    )
    assert shown() == {other["id"]}


# --- Pictures --------------------------------------------------------------------------

PICTURE = ("image/png", b"picture")


def source(number: int, *pictures: str, **content: Any) -> dict[str, Any]:
    stated = {"media_type": "image/png", "sha256": sha256(PICTURE[1]).hexdigest()}
    copies = [{"id": picture, **stated} for picture in pictures]
    document = rendered(PUBLIC, "source", {"copies": copies, **content})
    told = {"id": document["id"], "kind": "source", "deleted": False}
    return {**told, "seq": number, "changed": "2026-10-08", "document": document}


def picture_shown(picture: str) -> bool:
    return PUBLIC.copy(uuid.UUID(picture)) is not None


def test_a_source_is_out_of_sight_until_its_picture_is_here_and_all_else_goes_on(
    tables: Tables,
) -> None:
    picture, one = str(uuid.uuid4()), line(1, name="One")
    named = source(2, picture)
    tables.apply([one, named], None, place(2))
    assert shown() == {one["id"]}
    held = [{"id": one["id"], "everywhere": True}]
    other = line(3, name="Other")
    tables.apply([other], place(2)["next"], place(3, held=held))
    assert shown() == {other["id"]}
    # Whoever goes on after it was killed knows what is not here, too.
    tables = Tables(PUBLIC, "https://tracker.example")
    tables.put_picture(picture, PICTURE)
    tables.apply([], place(3)["next"], place(3, held=held))
    assert shown() == {other["id"], named["id"]}
    assert picture_shown(picture)


def test_what_does_not_come_within_a_minute_holds_up_nothing_any_more(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the feed either: whoever follows the relay would hear of nothing later."""
    named, other = source(1, str(uuid.uuid4())), line(2, name="Other")
    tables.apply([named, other], None, place(2))
    with pytest.raises(BeingUpdated):
        changes(PUBLIC, None, None, 10)
    monkeypatch.setattr("tracker.relaying.tables.PICTURES_TAKE", timedelta(0))
    tables.apply([], place(2)["next"], place(2))
    assert shown() == {named["id"], other["id"]}
    assert len(changes(PUBLIC, None, None, 10).results) == 2
    assert tables.lacking, "it is asked for still"
    monkeypatch.undo()
    again = Tables(PUBLIC, "https://tracker.example")
    again.apply([], place(2)["next"], place(2))
    assert shown() == {named["id"], other["id"]}, "nor after it was started again"


def test_what_is_not_the_picture_that_the_document_names_is_not_kept(
    tables: Tables,
) -> None:
    picture = str(uuid.uuid4())
    tables.apply([source(1, picture)], None, place(1))
    with pytest.raises(Passing, match="something else"):
        tables.put_picture(picture, ("text/html", b"Sign in"))
    assert picture in tables.lacking


def test_the_first_page_of_a_relay_that_reads_anew_counts_what_is_there(
    tables: Tables,
) -> None:
    tables.apply([line(1, name="One"), line(2, name="Two")], None, place(2))
    tables.start_anew()
    assert totals.of_kind(PUBLIC, "prisoner") == len(shown()) == 2


def test_a_picture_that_moved_to_another_source_is_fetched_for_that_one(
    tables: Tables,
) -> None:
    picture = str(uuid.uuid4())
    first, second = source(1, picture), source(2, picture)
    tables.apply([first], None, place(1))
    tables.put_picture(picture, PICTURE)
    emptied = source(3, id=first["id"])
    tables.apply([second, emptied], place(1)["next"], place(3))
    assert tables.lacking == {picture: second["id"]}
    tables.put_picture(picture, PICTURE)
    tables.apply([], place(3)["next"], place(3))
    assert shown() == {first["id"], second["id"]}
    assert picture_shown(picture)


def test_a_source_that_did_not_come_again_waits_for_no_picture(tables: Tables) -> None:
    tables.apply([source(1, str(uuid.uuid4()))], None, place(1))
    tables.start_anew()
    tables.apply([line(1, name="One")], None, place(1))
    assert tables.lacking == {}
    assert not PUBLIC.held_model._default_manager.exists()


def test_the_doctor_tells_of_pictures_that_do_not_come(
    tables: Tables, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SERVE = "public"
    tables.apply([source(1, str(uuid.uuid4()))], None, place(1))
    assert list(replication._without_pictures()) == []
    monkeypatch.setattr("tracker.relaying.tables.PICTURES_TAKE", timedelta(0))
    tables.apply([], place(1)["next"], place(1))
    (finding,) = replication._without_pictures()
    assert finding.startswith("1 sources name pictures that did not come")


@pytest.fixture
def fetching(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setattr("tracker.relaying.pictures.PACE", 0.0)
    monkeypatch.setattr("tracker.relaying.pictures.PAUSE", 0.05)

    def fetching(lacking: dict[str, str], fetch: Callable[[str], Any]) -> Any:
        stored: list[str] = []
        told: list[str] = []

        def store(picture_id: str, _picture: object) -> None:
            stored.append(picture_id)
            del lacking[picture_id]

        apart = Fetching(fetch, store, told.append)
        return stored, told, lambda seconds: apart.go_on(lambda: lacking, seconds)

    return fetching


def test_reading_goes_on_while_a_picture_does_not_come(
    fetching: Callable[..., Any],
) -> None:
    comes = Event()

    def fetch(_picture_id: str) -> Any:
        comes.wait(10)
        return PICTURE

    stored, _told, go_on = fetching({"one": "source"}, fetch)
    began = time.monotonic()
    go_on(0.05)
    assert time.monotonic() - began < 5
    assert stored == []
    comes.set()
    go_on(0.2)
    assert stored == ["one"]


def test_an_error_that_nobody_thought_of_stops_nothing_but_its_picture() -> None:
    warnings: list[str] = []

    def fetch(_picture_id: str) -> Any:
        raise ValueError("a very long word")

    fetching = Fetching(fetch, lambda *_stored: None, warnings.append)
    fetching.go_on(lambda: {"one": "source"}, 0.2)
    (warning,) = warnings
    assert "did not come (ValueError)" in warning


def test_a_picture_that_failed_or_was_held_back_is_asked_for_again_after_the_others(
    fetching: Callable[..., Any],
) -> None:
    answers: dict[str, list[Any]] = {
        "failed": [Passing("it answered 500"), PICTURE],
        "held back": [None, PICTURE],
        "other": [PICTURE],
    }

    def fetch(picture_id: str) -> Any:
        answer = answers[picture_id].pop(0)
        if isinstance(answer, Passing):
            raise answer
        return answer

    stored, told, go_on = fetching(dict.fromkeys(answers, "source"), fetch)
    go_on(0.5)
    assert stored == ["other", "failed", "held back"]
    assert len(told) == 2
