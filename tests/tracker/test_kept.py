"""What is kept in memory is never older than what is published, and nobody else's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.test import Client

from tests.keys import as_partner, key_for
from tests.published import correct, publish
from tests.roles import as_publisher
from tracker import answers, feed
from tracker.audiences import PARTNERS, PUBLIC, Audience
from tracker.kept import Kept
from tracker.site.base import Page

pytestmark = pytest.mark.django_db
LIST, API = "/en/cases/", "/api/v1/prisoners/"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses of pages that were made, and not told again."""
    addresses = []
    make = Page._made

    def noted(self: Page, request: Any, *args: Any, **kwargs: Any) -> Any:
        addresses.append(request.get_full_path())
        return make(self, request, *args, **kwargs)

    monkeypatch.setattr(Page, "_made", noted)
    return addresses


def case(name: str) -> Any:
    return publish(PUBLIC, "prisoner", {"name": name, "names": [{"value": name}]})


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_page_is_made_once_until_something_is_published(
    client: Client, made: list[str]
) -> None:
    case("Ales Example")
    first = client.get(LIST)
    again = client.get(LIST)
    assert (first.content, first.headers["ETag"]) == (
        again.content,
        again.headers["ETag"],
    )
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get(LIST, headers=tag).status_code == 304
    assert made == [LIST]
    case("Barys Example")
    assert "Barys Example" in text(client, LIST)
    assert made == [LIST, LIST]


def test_each_language_question_and_host_has_its_own(
    client: Client, made: list[str]
) -> None:
    case("Ales Example")
    for address in (LIST, "/be/cases/", f"{LIST}?sex=female", LIST):
        client.get(address)
    client.get(LIST, headers={"host": "127.0.0.1"})
    assert made == [LIST, "/be/cases/", f"{LIST}?sex=female", LIST]


@pytest.mark.parametrize("asked", ["q=ales", "text=ales", "identifier=a:b"])
def test_no_search_and_nothing_asked_with_a_cookie_is_kept(
    client: Client, asked: str
) -> None:
    case("Ales Example")
    addresses = (LIST, API, "/en/statistics/", f"{API}facets")
    for address in addresses:
        request = client.get(f"{address}?{asked}").wsgi_request
        assert not answers.is_kept(request, PUBLIC)
    asked_for = asked.rpartition("=")[2].encode()
    for store in Kept.everywhere:
        assert asked_for not in repr(store._entries).encode()
    client.cookies["a"] = "b"
    assert not answers.is_kept(client.get(LIST).wsgi_request, PUBLIC)
    assert not answers.KEPT._entries


def test_what_is_kept_counts_with_its_address_and_its_headers(client: Client) -> None:
    case("Ales Example")
    query = "&".join(["sex=female"] * 50)
    answer = client.get(f"{LIST}?{query}")
    assert answers.is_kept(answer.wsgi_request, PUBLIC)
    around = answers._OF_AN_ENTRY + len(query)
    assert answers.KEPT._all_sizes > len(answer.content) + around
    first = client.get(f"{API}?limit=1")
    size = answers.KEPT._all_sizes
    case("Barys Example")
    second = client.get(f"{API}?limit=1")
    told = len(second.content) + len(second.headers["Link"]) - len(first.content)
    assert answers.KEPT._all_sizes > size + told


def test_an_address_that_is_very_long_is_not_kept(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "LONGEST", len(LIST))
    case("Ales Example")
    for address in (f"{LIST}?sex=female", LIST):
        assert client.get(address).status_code == 200
    (key,) = answers.KEPT._entries
    assert "sex" not in str(key)


@pytest.mark.parametrize("chart", ["held", "releases", "time-held"])
def test_the_numbers_of_a_chart_are_computed_once(
    client: Client, chart: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case("Ales Example")
    address = f"/api/v1/charts/{chart}/"
    first = client.get(address)
    assert first.status_code == 200
    for asked in ("over_time.held", "releases.releases", "time_held.groups"):
        monkeypatch.delattr(f"tracker.api.charts.{asked}")
    assert client.get(address).content == first.content


@as_publisher
def _as_far(audience: Audience) -> None:
    """At the very numbers of the public."""
    numbers: Any = PUBLIC.feed_model._default_manager.values().get()
    audience.feed_model._default_manager.update(**numbers)


def test_nobody_is_told_what_was_kept_for_others(client: Client) -> None:
    case("Ales Example")
    publish(PARTNERS, "prisoner", {"name": "Partners Only"})
    _as_far(PARTNERS)
    assert feed.counter(PARTNERS) == feed.counter(PUBLIC)
    partner = as_partner(key_for("Example Rights Centre"))
    assert "Partners Only" in text(partner, API)
    assert "Partners Only" not in text(client, API)
    assert "Ales Example" in text(client, API)
    assert "Partners Only" in text(partner, API)


def test_a_key_that_no_longer_holds_is_told_nothing_that_is_kept(
    client: Client,
) -> None:
    publish(PARTNERS, "prisoner", {"name": "Partners Only"})
    key = key_for("Example Rights Centre")
    assert "Partners Only" in text(as_partner(key), API)
    headers = {"Authorization": f"Api-Key {key.secret}x"}
    assert client.get(API, headers=headers).status_code == 401


def test_the_limit_of_an_address_holds_for_what_is_kept(
    settings: Any, made: list[str]
) -> None:
    settings.ADDRESS_REQUESTS_A_MINUTE = 2
    client = Client(REMOTE_ADDR="1.1.1.1")
    case("Ales Example")
    statuses = [client.get(LIST).status_code for _time in range(3)]
    assert statuses == [200, 200, 429]
    assert made == [LIST]


@as_publisher
def _write(table: str, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change.format(table=f"tracker_public_{table}"))


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("document", "UPDATE {table} SET sort_name = 'b'"),
        ("span", "UPDATE {table} SET last_day = '2025-01-01'"),
        ("span", "DELETE FROM {table}"),
        ("correction", "UPDATE {table} SET before = NULL"),
        (
            "copy",
            "INSERT INTO {table} (id, of, media_type, content) VALUES"
            " (gen_random_uuid(), gen_random_uuid(), 'image/png', '')",
        ),
        ("feed", "UPDATE {table} SET epoch = gen_random_uuid()"),
        ("feed", "UPDATE {table} SET pruned_seq = pruned_seq + 1"),
    ],
)
def test_whatever_is_written_makes_all_that_is_kept_old(
    table: str, change: str
) -> None:
    ours = publish(PUBLIC, "prisoner", {"releases": [{"released_on": "2025-09"}]})
    correct(PUBLIC, ours, field="sex", after="female")
    before, partners = feed.counter(PUBLIC), feed.counter(PARTNERS)
    _write(table, change)
    assert feed.counter(PUBLIC) != before
    assert feed.counter(PARTNERS) == partners


@pytest.mark.parametrize("table", ["document", "span", "correction", "copy"])
def test_a_write_that_finds_nothing_of_theirs_tells_readers_nothing(
    table: str,
) -> None:
    case("Ales Example")
    before = feed.counter(PUBLIC)
    _write(table, "DELETE FROM {table} WHERE false")
    assert feed.counter(PUBLIC) == before


def test_what_is_emptied_of_a_correction_is_gone_though_its_document_stays(
    client: Client,
) -> None:
    ours = case("Ales Example")
    correct(PUBLIC, ours, field="occupations", after=["journalist"])
    address = f"{API}{ours['id']}/corrections/"
    tag = client.get(address).headers["ETag"]
    _write("correction", "UPDATE {table} SET after = NULL")
    answer = client.get(address, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert b"journalist" not in answer.content


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_elsewhere_is_gone_with_the_commit(
    client: Client, logins: Callable[[str], psycopg.Connection[Any]]
) -> None:
    """By another connection, as another process has one, of which this one hears
    nothing.
    """
    gone = case("Ales Example")
    case("Barys Example")
    addresses = [LIST, API, "/en/", "/en/feed/", "/api/v1/changes"]
    page = f"/en/cases/{gone['id']}/"
    for address in (*addresses, page):
        assert gone["id"] in text(client, address)
        request = client.get(address).wsgi_request
        assert answers.is_kept(request, PUBLIC) or "changes" in address
    with logins("owner") as elsewhere:
        elsewhere.autocommit = False
        elsewhere.execute("SELECT hold_back(%s, 2, 1, true)", [UUID(gone["id"])])
        for address in (*addresses, page):
            assert gone["id"] in text(client, address)
        elsewhere.commit()
        for address in addresses:
            answer = client.get(address)
            assert gone["id"] not in answer.content.decode()
        assert client.get(page).status_code == 503


# --- The store itself ------------------------------------------------------------------


def _computed(kept: Kept[str], question: str, answer: str) -> bool:
    """Was it computed?"""
    computed = []

    def compute() -> str:
        computed.append(answer)
        return answer

    assert kept.answer(PUBLIC, question, compute) == answer
    return bool(computed)


def test_as_much_is_kept_as_fits_and_what_was_asked_last() -> None:
    case("Ales Example")
    kept: Kept[str] = Kept(10, lambda _question, answer: len(answer))
    assert _computed(kept, "first", "1234")
    assert _computed(kept, "second", "1234")
    assert not _computed(kept, "first", "1234")
    assert _computed(kept, "third", "1234")
    assert not _computed(kept, "first", "1234")
    assert _computed(kept, "second", "1234")
    assert _computed(kept, "too large", "12345678901")
    assert _computed(kept, "too large", "12345678901")
    assert kept._all_sizes == 8
    case("Barys Example")
    assert _computed(kept, "second", "123")
    assert kept._all_sizes == 7


def test_nothing_is_kept_of_what_failed() -> None:
    case("Ales Example")
    kept: Kept[str] = Kept(10)

    def fail() -> str:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        kept.answer(PUBLIC, "question", fail)
    assert _computed(kept, "question", "answer")


@contextmanager
def _without_a_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Threads have connections of their own, which see nothing of a test's rows."""
    now = feed.Counter(UUID(int=1), 1)
    monkeypatch.setattr(feed, "counter", lambda _audience: now)
    monkeypatch.setattr("tracker.kept.one_moment", lambda _using: _nothing())
    yield


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def test_what_many_ask_at_once_is_computed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: Kept[str] = Kept(10)
    computed: list[str] = []
    told: list[str] = []
    all_ask = Barrier(5)

    def compute() -> str:
        all_ask.wait(10)  # the others are there, and have not been answered
        computed.append("answer")
        return "answer"

    def ask(*, first: bool) -> None:
        if not first:
            while not kept._at_work:
                pass
            all_ask.wait(10)
        told.append(kept.answer(PUBLIC, "question", compute))

    with _without_a_database(monkeypatch):
        threads = [
            Thread(target=ask, kwargs={"first": number == 0}) for number in range(5)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert (computed, told) == (["answer"], ["answer"] * 5)


def test_who_waits_too_long_for_another_one_asks_for_oneself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tracker.kept.PATIENCE", 0.01)
    kept: Kept[str] = Kept(10)
    with _without_a_database(monkeypatch):

        def slow() -> str:
            asked = Thread(target=lambda: told.append(_computed(kept, "question", "")))
            asked.start()
            asked.join(10)
            return ""

        told: list[bool] = []
        kept.answer(PUBLIC, "question", slow)
    assert told == [True]
