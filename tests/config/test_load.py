"""A crowd of readers: some wait, the rest are told to come back, and the desk goes on."""

import http.client
import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from config import load
from config.logs import RefusalsOnceAMinute
from tests.config.test_logs import Server
from tests.config.test_serve import address

PAGE, API, DESK = "/en/cases/", "/api/v1/prisoners/", "/admin/"


class Site:
    """Each answer takes until `finish` is called."""

    def __init__(self) -> None:
        self.asked = 0
        self.done = threading.Event()
        self.at_work = threading.Semaphore(0)
        self.ask = load.shed(self._answer)
        self.crowd = ThreadPoolExecutor(20)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        self.asked += 1
        self.at_work.release()
        self.done.wait(10)
        return HttpResponse("told")

    def get(self, address: str) -> Any:
        return self.ask(RequestFactory().get(address))

    def occupy(self, address: str, count: int) -> None:
        """`count` requests that are worked on, and do not end."""
        for _request in range(count):
            self.crowd.submit(self.get, address)
        for _request in range(count):
            assert self.at_work.acquire(timeout=5)


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    settings.REQUESTS_AT_ONCE = 2
    monkeypatch.setattr(load, "PATIENCE", 0.05)
    site = Site()
    yield site
    site.done.set()
    site.crowd.shutdown()


class TestWhoFindsNoPlace:
    def test_is_told_to_come_back_before_anything_is_asked(self, site: Site) -> None:
        site.occupy(PAGE, 2)
        answer = site.get(PAGE)
        assert answer.status_code == 503
        assert answer["Retry-After"] == "5"
        assert answer["Cache-Control"] == "no-store"
        assert "Many people are reading now" in answer.content.decode()
        assert site.asked == 2

    def test_is_told_so_by_the_api_as_a_problem(self, site: Site) -> None:
        site.occupy(PAGE, 2)
        answer = site.get(API)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert answer["Content-Type"] == "application/problem+json"

    def test_leaves_one_line_a_minute_in_the_log(self) -> None:
        once = RefusalsOnceAMinute()
        shed = RequestFactory().get(PAGE)
        shed.shed = True  # type: ignore[attr-defined]
        lines = [_line(shed), _line(shed), _line(RequestFactory().get(PAGE))]
        assert [once.filter(line) for line in lines] == [True, False, True]
        later = _line(shed)
        later.created += 61
        assert once.filter(later)


def _line(request: HttpRequest) -> logging.LogRecord:
    line = logging.makeLogRecord({"status_code": 503})
    line.request = request
    return line


class TestAPlace:
    def test_of_the_desk_is_not_taken_by_readers(self, site: Site) -> None:
        site.occupy(PAGE, 2)
        assert site.get(PAGE).status_code == 503
        site.occupy(DESK, 2)

    def test_is_waited_for_if_few_wait(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(load, "PATIENCE", 10)
        site.occupy(PAGE, 2)
        waiting = [site.crowd.submit(site.get, PAGE) for _request in range(4)]
        while site.get(PAGE).status_code != 503:  # until all four stand in the queue
            pass
        site.done.set()
        assert [answer.result().status_code for answer in waiting] == [200] * 4

    def test_comes_back_after_an_answer_and_after_a_fault(self, site: Site) -> None:
        site.done.set()

        def fails(request: HttpRequest) -> HttpResponse:
            raise RuntimeError

        broken = load.shed(fails)
        for _request in range(10):
            assert site.get(PAGE).status_code == 200
            with pytest.raises(RuntimeError):
                broken(RequestFactory().get(PAGE))

    def test_is_kept_while_an_answer_is_sent_piece_by_piece(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.REQUESTS_AT_ONCE = 1
        monkeypatch.setattr(load, "PATIENCE", 0.05)
        ask = load.shed(lambda request: StreamingHttpResponse(iter([b"1", b"2"])))
        request = RequestFactory().get(PAGE)
        answer = ask(request)
        assert ask(request).status_code == 503
        assert b"".join(answer) == b"12"
        assert ask(request).status_code == 503
        answer.close()
        answer.close()
        unread = ask(request)
        assert unread.status_code == 200
        unread.close()
        assert ask(request).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_storm_takes_no_more_connections_than_are_meant_for_it(
    logins: Any, tmp_path: Path
) -> None:
    """By the web server as operators start it."""
    server = Server(tmp_path / "log", address("public"))
    try:
        server.wait()
        answers: Counter[int] = Counter()
        most = 0

        def ask(_number: int) -> None:
            caller = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            caller.request("GET", "/en/cases/")
            answers[caller.getresponse().status] += 1
            caller.close()

        with ThreadPoolExecutor(60) as crowd, logins("owner") as owner:
            asked = crowd.map(ask, range(120))
            while sum(answers.values()) < 120:
                most = max(most, _connections(owner, "public"))
                time.sleep(0.01)  # else looking takes what the server needs
            list(asked)
        assert set(answers) == {200, 503}
        assert 0 < most <= 8
        ask(0)
        assert answers[200] + answers[503] == 121
    finally:
        server.stop()


def _connections(owner: psycopg.Connection[Any], role: str) -> int:
    row = owner.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND usename LIKE %s",
        [f"%{role}"],
    ).fetchone()
    return row[0] if row else 0
