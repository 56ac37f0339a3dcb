"""What is kept in memory is answered before Django, as Django answers it and as long."""

from datetime import date
from typing import Any

import pytest

from tests.ahead import BothWays, answer_of, environ_of
from tests.held import hold_back
from tests.keys import key_for
from tests.published import publish
from tracker import answers, clock
from tracker.audiences import PARTNERS, PUBLIC

pytestmark = pytest.mark.django_db

LIST, API, HOME = "/en/cases/", "/api/v1/prisoners/", "/be/"
ADDRESSES = [LIST, API, HOME, "/en/statistics/", f"{API}?sex=female", f"{API}facets/"]


@pytest.fixture
def ways() -> BothWays:
    return BothWays()


@pytest.fixture(autouse=True)
def case() -> Any:
    return publish(PUBLIC, "prisoner", {"name": "Ales Example", "sex": "female"})


@pytest.mark.parametrize("packed", ["", "gzip"])
def test_pages_and_lists_are_answered_before_django(
    packed: str, case: Any, ways: BothWays
) -> None:
    for address in (*ADDRESSES, f"/en/cases/{case['id']}/"):
        headers = {"accept-encoding": packed}
        (status, told, _body), by_django = ways.ask(address, headers=headers)
        assert (status, by_django) == (200, False), address
        headers["if-none-match"] = told["ETag"]
        (status, _told, body), by_django = ways.ask(address, headers=headers)
        assert (status, body, by_django) == (304, b"", False), address
        headers["if-none-match"] = '"another"'
        (status, _told, _body), by_django = ways.ask(address, headers=headers)
        assert (status, by_django) == (200, False), address


def test_a_browser_is_answered_so_too(ways: BothWays) -> None:
    headers = {
        "accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "cache-control": "no-cache",
        "referer": "https://tracker.example.org/en/",
        "sec-fetch-mode": "navigate",
        "upgrade-insecure-requests": "1",
    }
    assert not ways.ask(LIST, headers=headers)[1]
    assert ways.ask(API, headers={"accept": "text/html"})[0][0] == 406


def test_what_is_published_or_held_back_counts_at_once(
    case: Any, ways: BothWays
) -> None:
    for address in (LIST, API):
        ways.ask(address)
    publish(PUBLIC, "prisoner", {"name": "Barys Example"})
    for address in (LIST, API):
        assert b"Barys Example" in ways.ask(address)[0][2]
    hold_back(PUBLIC, case["id"])
    for address in (LIST, API):
        assert b"Ales Example" not in ways.ask(address)[0][2]


@pytest.mark.parametrize("day", ["today", "last_day_on_earth"])
def test_another_day_has_answers_of_its_own(
    day: str, ways: BothWays, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways.ask(LIST)
    asked = len(ways.asked)
    monkeypatch.setattr(clock, day, lambda: date(2031, 1, 1))
    ways.ask(LIST)
    assert len(ways.asked) == asked + 2  # to compare with, and to learn


def test_what_django_says_as_a_day_ends_is_told_for_no_later_one(
    ways: BothWays, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [date(2030, 12, 31)]
    monkeypatch.setattr(clock, "today", lambda: days[0])
    by_django = ways.front.application

    def slowly(environ: Any, start_response: Any) -> Any:
        answer = by_django(environ, start_response)
        days[0] = date(2031, 1, 1)
        return answer

    ways.front.application = slowly
    answer_of(ways.front, environ_of(LIST))
    asked = len(ways.asked)
    answer_of(ways.front, environ_of(LIST))
    assert len(ways.asked) == asked + 1


def test_the_length_of_a_packed_answer_is_another_one_each_time(ways: BothWays) -> None:
    headers = {"accept-encoding": "gzip"}
    lengths = set()
    for _time in range(20):
        (_status, told, body), by_django = ways.ask(LIST, headers=headers)
        assert told["Content-Length"] == str(len(body))
        lengths.add(len(body))
    assert not by_django
    assert len(lengths) > 3


def test_each_host_scheme_and_question_has_answers_of_its_own(ways: BothWays) -> None:
    """Those who ask in these ways are told so by what they are given: it is compared."""
    for address in (API, f"{API}?limit=1", f"{API}?sex=female&limit=1"):
        for how in ({}, {"HTTP_HOST": "127.0.0.1"}, {"wsgi.url_scheme": "https"}):
            assert not ways.ask(address, **how)[1]


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        (f"{API}?q=ales", {}),
        (f"{LIST}?text=ales", {}),
        (LIST, {"cookie": "a=b"}),
        (API, {"authorization": "Api-Key nothing"}),
        (API, {"range": "bytes=0-10"}),
        (API, {"origin": "https://other.example"}),
        (LIST, {"accept": "*/*," * 60}),
        ("/api/v1/export.ndjson", {}),
        ("/en/nothing/", {}),
        ("/", {"accept-language": "be"}),
    ],
)
def test_all_else_is_answered_by_django(
    address: str, headers: dict[str, str], ways: BothWays
) -> None:
    ways.ask(address.partition("?")[0])
    assert ways.ask(address, headers=headers)[1]


def test_partners_are_told_nothing_of_it_and_nobody_what_they_are_told(
    ways: BothWays,
) -> None:
    publish(PARTNERS, "prisoner", {"name": "For Partners"})
    key = {"authorization": f"Api-Key {key_for('Example').secret}"}
    for _time in range(2):
        assert b"Ales Example" in ways.ask(API)[0][2]
        (_status, _headers, body), by_django = ways.ask(API, headers=key)
        assert by_django
        assert b"For Partners" in body


def test_each_answer_counts_and_when_little_is_left_django_says_so(
    ways: BothWays, settings: Any
) -> None:
    settings.ADDRESS_REQUESTS_A_MINUTE = 12
    told = []
    for _three_times in range(5):
        answer, by_django = ways.ask(LIST, REMOTE_ADDR="1.0.0.1")
        told.append((answer[0], by_django))
    assert told == [(200, False)] * 2 + [(200, True)] * 2 + [(429, True)]


def test_all_of_it_counts_in_the_memory_for_answers(ways: BothWays) -> None:
    ways.ask(LIST)
    before = answers.KEPT._all_sizes
    ways.ask(LIST, headers={"accept": "text/html"})
    assert answers.KEPT._all_sizes == before  # no page looks at it
    ways.ask(f"{LIST}?sex=female")
    assert answers.KEPT._all_sizes > before + len(ways.ask(LIST)[0][2])
