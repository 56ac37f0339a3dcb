"""PostgreSQL is stopped for an hour: who asks is told to come back, by pages and APIs."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from tests import factories as make

pytestmark = pytest.mark.django_db

WORDS = "cannot be reached right now"


def raising(sqlstate: str | None) -> Any:
    cause = psycopg.OperationalError("the connection is closed")
    cause.sqlstate = sqlstate

    def fails(*_args: object) -> None:
        raise OperationalError("the connection is closed") from cause

    return fails


@pytest.fixture(params=[None, "57P01", "08006", "53100"])
def clients(request: pytest.FixtureRequest) -> Iterator[list[Client]]:
    reader = Client(raise_request_exception=False)
    desk = Client(raise_request_exception=False)
    desk.force_login(make.make_documenter())
    with connection.execute_wrapper(raising(request.param)):
        yield [reader, desk]


@pytest.mark.parametrize(
    "address", ["/en/", "/en/cases/", "/en/sources/", "/admin/", "/admin/account/"]
)
def test_pages_say_so_and_when_to_come_back(
    clients: list[Client], address: str
) -> None:
    answer = clients[1].get(address)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "60"
    assert answer["Cache-Control"] == "no-store"
    assert "CDN-Cache-Control" not in answer
    assert WORDS in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    ["/api/v1/prisoners/", "/api/v1/changes", "/api/editorial/v1/prisoners/"],
)
def test_both_apis_say_so_as_a_problem(clients: list[Client], address: str) -> None:
    for client in clients:
        answer = client.get(address)
        if client is clients[0] and "editorial" in address:
            continue  # who is not signed in is refused without the database
        assert answer.status_code == 503
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["Retry-After"] == "60"
        assert "no-store" in answer["Cache-Control"]
        assert "CDN-Cache-Control" not in answer
        assert answer.json()["status"] == 503
        assert WORDS in answer.json()["detail"]


def test_what_needs_no_database_is_still_told(clients: list[Client]) -> None:
    assert clients[0].get("/en/about/").status_code == 200


def test_another_fault_is_still_a_fault() -> None:
    reader = Client(raise_request_exception=False)
    with connection.execute_wrapper(raising("53200")):
        assert reader.get("/en/").status_code == 500
        assert reader.get("/api/v1/prisoners/").status_code == 500
