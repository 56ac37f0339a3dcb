"""How long people were held: bands with bounds, and the same on the page and in the file."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.tracker.site_pages import publish, text
from tracker.asking.questions import today
from tracker.audiences import PUBLIC
from tracker.counting import time_held
from tracker.counting.time_held import ENDS, Group

pytestmark = pytest.mark.django_db


def lived(*spans: tuple[int | None, int | None, str]) -> list[dict[str, Any]]:
    """(days ago that it began, days ago that it ended, statuses by blanks)."""
    status = []
    for since, until, statuses in spans:
        ends = []
        for days in (since, until):
            ends.append(
                None if days is None else (today() - timedelta(days=days)).isoformat()
            )
        status.append(
            {
                "since": ends[0],
                "until": ends[1],
                "statuses": statuses.split(),
                "basis": [],
            }
        )
    return status


def bands(group: Group) -> list[tuple[int, int]]:
    return [(band.certainly, band.possibly) for band in group.bands]


def test_each_person_is_in_the_bands_that_the_days_allow_and_the_nameless_in_none(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lives = {
        # Twice 60 days: in the second band, with the day of release counted once.
        "Twice": lived(
            (500, 440, "detained"), (440, 300, "released"), (300, 240, "imprisoned")
        ),
        # 30 days for certain, 400 at most.
        "Perhaps": lived((400, 30, "detained released"), (30, None, "imprisoned")),
        # Two statuses that are both held leave no doubt.
        "Surely": lived((2000, None, "detained imprisoned")),
        "Sometime": lived((None, None, "imprisoned")),
        "Never": lived((700, None, "wanted")),
    }
    for name, status in lives.items():
        publish("prisoner", name=name, status=status)
    nameless = lived((1000, None, "imprisoned"))
    publish("prisoner", name=None, name_withheld=True, status=nameless)
    with django_assert_max_num_queries(8):
        held, before = time_held.groups(PUBLIC, today())
    assert (held.count, held.unknown) == (3, 1)
    assert bands(held) == [(0, 1), (0, 1), (0, 1), (0, 0), (0, 0), (1, 1)]
    assert (before.count, before.unknown) == (1, 0)
    assert bands(before) == [(0, 0), (1, 1), (0, 0), (0, 0), (0, 0), (0, 0)]
    page = client.get("/en/statistics/time-held/").content.decode()
    assert page.count("<rect") == 2 * 2 * (len(ENDS) + 1)
    assert "less than 3 months 0–1" in text(page)
    assert "5 years or longer 1 " in text(page)
    assert "Of 1 of them it is not known since when" in text(page)
    answer = client.get("/en/statistics/time-held.csv")
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))[1:]
    in_file = [(int(row[3]), int(row[4])) for row in rows]
    assert in_file == [*bands(held), (1, 1), *bands(before), (0, 0)]


def test_nothing_is_drawn_of_nobody(client: Client) -> None:
    page = client.get("/en/statistics/time-held/").content.decode()
    assert "<rect" not in page
    assert "Of nobody it is told that they were held." in page
