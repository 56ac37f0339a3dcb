"""One document is answered before Django as Django answers it, or not before it."""

import uuid
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError

from config import documents_ahead, load
from tests.ahead import BothWays, environ_of
from tests.held import hold_back
from tests.keys import key_for
from tests.published import publish, withdraw
from tests.roles import acting_as
from tracker.audiences import PARTNERS, PUBLIC
from tracker.contract.documents import DOCUMENTS, PLACES
from tracker.contract.walking import CHILD_KINDS

pytestmark = pytest.mark.django_db


CASE = {"name": "Ales Example", "sentences": [{}], "deportations": [{}]}


def address(document: Any) -> str:
    return f"/api/v1/{PLACES[document['kind']]}/{document['id']}/"


class Ways(BothWays):
    def __init__(self) -> None:
        super().__init__()
        self.another = address(publish(PUBLIC, "prisoner", {"name": "Another"}))

    def ask(self, address: str, method: str = "GET", **how: Any) -> Any:
        return super().ask(address, method, **{"another": self.another, **how})


@pytest.fixture
def ways() -> Ways:
    return Ways()


@pytest.fixture
def case() -> Any:
    return publish(PUBLIC, "prisoner", CASE)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_of_each_kind_is_answered_before_django(
    kind: str, case: Any, ways: Ways
) -> None:
    documents = []
    for whole in (case, publish(PUBLIC, "prisoner", CASE)):
        if kind in CHILD_KINDS:
            part = whole[CHILD_KINDS[kind]][0]
            documents.append({"kind": kind, "id": part["id"]})
        elif kind != case["kind"]:
            documents.append(publish(PUBLIC, kind))
        else:
            documents.append(whole)
    document, another = documents
    (status, _headers, body), by_django = ways.ask(
        address(document), another=address(another)
    )
    assert (status, by_django) == (200, False)
    assert document["id"].encode() in body


def test_another_document_has_its_own_bytes_tag_and_page(case: Any, ways: Ways) -> None:
    other = publish(PUBLIC, "prisoner", {"name": "Barys {Example} “é”"})
    (_status, headers, body), _by_django = ways.ask(address(other))
    assert other["id"] in headers["Link"]
    assert case["id"] not in str(headers)
    assert "Barys {Example} “é”".encode() in body


BEFORE = {
    "as it is": {},
    "compressed": {"accept-encoding": "gzip, br"},
    "json": {"accept": "application/json"},
    "another tag": {"if-none-match": '"other"'},
    "by a browser": {"user-agent": "A browser", "accept-language": "be"},
    "by a proxy": {"x-forwarded-for": "9.9.9.9", "x-forwarded-proto": "https"},
}
BY_DJANGO = {
    "a page": {"accept": "text/html"},
    "a cookie": {"cookie": "a=b"},
    "a bad key": {"authorization": "Api-Key nothing"},
    "a range": {"range": "bytes=0-10"},
    "another page": {"origin": "https://other.example"},
    "a host that is not ours": {"host": "other.example"},
    "a body": {"transfer-encoding": "chunked"},
}


@pytest.mark.parametrize("asked", BEFORE)
def test_who_asks_as_usual_is_answered_before_django(
    asked: str, case: Any, ways: Ways
) -> None:
    (status, _headers, _body), by_django = ways.ask(
        address(case), headers=BEFORE[asked]
    )
    assert (status, by_django) == (200, False)


@pytest.mark.parametrize("asked", BY_DJANGO)
def test_who_asks_in_another_way_is_answered_by_django(
    asked: str, case: Any, ways: Ways
) -> None:
    ways.ask(address(case))
    _answer, by_django = ways.ask(address(case), headers=BY_DJANGO[asked])
    assert by_django


def test_a_partner_is_answered_by_django(case: Any, ways: Ways) -> None:
    publish(PARTNERS, "prisoner", {**case, "name": "For Partners"})
    ways.ask(address(case))
    key = {"authorization": f"Api-Key {key_for('Example').secret}"}
    (_status, _headers, body), by_django = ways.ask(address(case), headers=key)
    assert by_django
    assert b"For Partners" in body
    assert b"Ales Example" in ways.ask(address(case))[0][2]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
@pytest.mark.parametrize("packed", ["", "gzip"])
def test_who_has_the_document_is_not_sent_it_again(
    form: str, packed: str, case: Any, ways: Ways
) -> None:
    headers = {"accept-encoding": packed}
    tag = ways.ask(address(case), headers=headers)[0][1]["ETag"].removeprefix("W/")
    ways.ask(ways.another, headers={**headers, "if-none-match": "*"})
    headers["if-none-match"] = form.format(tag)
    (status, _headers, body), by_django = ways.ask(address(case), headers=headers)
    assert (status, body, by_django) == (304, b"", False)


def test_what_is_not_there_is_answered_by_django(case: Any, ways: Ways) -> None:
    ways.ask(address(case))
    gone = publish(PUBLIC, "prisoner", {"name": "Gone"})
    withdraw(PUBLIC, gone["id"])
    merged = publish(PUBLIC, "prisoner", {"name": "Merged"})
    withdraw(PUBLIC, merged["id"], merged_into=case["id"])
    hidden = publish(PARTNERS, "prisoner", {"name": "Hidden"})
    never = {"kind": "prisoner", "id": str(uuid.uuid4())}
    another_kind = {"kind": "source", "id": case["id"]}
    for document, expected in (
        (gone, 404),
        (hidden, 404),
        (never, 404),
        (another_kind, 404),
        (merged, 301),
    ):
        (status, _headers, _body), by_django = ways.ask(address(document))
        assert (status, by_django) == (expected, True)


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS", "DELETE"])
def test_any_other_method_is_answered_by_django(
    method: str, case: Any, ways: Ways
) -> None:
    ways.ask(address(case))
    assert ways.ask(address(case), method)[1]


def test_other_ways_to_write_an_address_are_answered_by_django(
    case: Any, ways: Ways
) -> None:
    ours = address(case)
    ways.ask(ours)
    for other in (
        ours.upper().replace("/API/V1/PRISONERS", "/api/v1/prisoners"),
        ours[:-1],
        f"{ours}?nothing=1",
        f"{ours}corrections/",
    ):
        assert ways.ask(other)[1], other


def test_what_is_written_or_held_back_counts_at_once(case: Any, ways: Ways) -> None:
    ways.ask(address(case))
    publish(PUBLIC, "prisoner", {"id": case["id"], "name": "Aliaksandr Example"})
    (_status, _headers, body), by_django = ways.ask(address(case))
    assert b"Aliaksandr Example" in body
    assert not by_django
    hold_back(PUBLIC, case["id"])
    (status, _headers, _body), by_django = ways.ask(address(case))
    assert (status, by_django) == (503, True)


def test_a_new_epoch_is_a_new_tag(case: Any, ways: Ways) -> None:
    before = ways.ask(address(case))[0][1]["ETag"]
    with acting_as("publisher"):
        PUBLIC.feed_model._default_manager.update(epoch=uuid.uuid4())
    (status, headers, _body), by_django = ways.ask(
        address(case), headers={"if-none-match": before}
    )
    assert (status, by_django) == (200, False)
    assert headers["ETag"] != before


# --- Limits ----------------------------------------------------------------------------


def test_each_answer_counts_and_when_little_is_left_django_says_so(
    case: Any, ways: Ways, settings: Any
) -> None:
    settings.ADDRESS_REQUESTS_A_MINUTE = 16
    answers = []
    for _four_times in range(5):
        answer, by_django = ways.ask(address(case), REMOTE_ADDR="8.8.4.4")
        answers.append((answer[0], "RateLimit" in answer[1], by_django))
    plenty, little = (200, False, False), (200, True, True)
    assert answers == [plenty, plenty, little, little, (429, True, True)]


def test_where_all_places_are_taken_django_says_so(
    case: Any, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways.ask(address(case))
    monkeypatch.setattr(load, "PATIENCE", 0.01)
    places = load.PLACES["readers"]
    taken = 0
    while places.take(patience=0):
        taken += 1
    try:
        (status, _headers, _body), by_django = ways.ask(address(case))
    finally:
        for _place in range(taken):
            places.leave()
    assert (status, by_django) == (503, True)
    assert taken > 0
    assert not ways.ask(address(case))[1]


@pytest.mark.parametrize("error", [DatabaseError, InterfaceError, ValueError])
def test_whatever_fails_before_django_django_answers(
    error: type[Exception], case: Any, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first as after a restore, when readers have no rights."""
    failed = []

    def refuse(*_asked: object) -> None:
        failed.append(error)
        raise error

    ways.ask(address(case))
    monkeypatch.setattr(documents_ahead, "row_of", refuse)
    assert ways.ask(address(case))[1]
    # A database that failed is not asked twice for one answer.
    assert len(failed) == 1 or error is ValueError


@pytest.mark.parametrize("step", ["asked_as_usual", "Documents.are_asked"])
def test_so_it_does_where_the_question_itself_is_not_understood(
    step: str, case: Any, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_asked: object) -> None:
        raise ValueError

    ways.ask(address(case))
    monkeypatch.setattr(f"config.ahead.{step}", refuse)
    assert ways.ask(address(case))[1]


def test_what_proxies_add_by_themselves_changes_nothing(case: Any, ways: Ways) -> None:
    added = {
        "HTTP_X_FORWARDED_HOST": "tracker.example.org",
        "HTTP_VIA": "1.1 Caddy",
        "HTTP_X_REAL_IP": "192.0.2.7",
    }
    assert not ways.ask(address(case), **added)[1]


# --- What is learned -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Set-Cookie", "a=b"),
        ("X-Random", "{random}"),
        ("X-Document", "{name}"),
    ],
)
def test_what_is_said_of_one_document_or_one_reader_is_said_of_no_other(
    name: str, value: str, case: Any, ways: Ways
) -> None:
    by_django = ways.front.application

    def says_more(environ: Any, start_response: Any) -> Any:
        told = value.format(random=uuid.uuid4(), name=environ["PATH_INFO"][-9:])

        def started(status: str, headers: Any) -> None:
            start_response(status, [*headers, (name, told)])

        return by_django(environ, started)

    assert always_asks_django(ways, says_more, case)


def test_where_django_tells_something_else_than_the_row_nothing_is_learned(
    case: Any, ways: Ways
) -> None:
    by_django = ways.front.application

    def says_less(environ: Any, start_response: Any) -> Any:
        return [b"".join(by_django(environ, start_response))[:10]]

    assert always_asks_django(ways, says_less, case)


def always_asks_django(ways: Ways, application: Any, case: Any) -> bool:
    ways.front.application = application
    other = publish(PUBLIC, "prisoner", {"name": "Barys Example"})
    asked = len(ways.asked)
    for document in (case, case, case, other, other):
        list(ways.front(environ_of(address(document)), lambda *_started: None))
    return len(ways.asked) == asked + 5
