"""Of whom has no source spoken for long? At the desk only."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from cases.models import DeskEntry
from cases.publishing import publish_pending
from tests import factories as make
from tracker.clock import last_day_on_earth

pytestmark = pytest.mark.django_db

LIST = "/admin/cases/prisoner/"


@pytest.fixture
def case() -> Any:
    case = make.make_prisoner("Long Unheard")
    detention = make.make_detention(case, started_on="2020-01-10")
    make.make_citation(detention, as_of="2020-05-02")
    publish_pending()
    return case


def test_the_last_day_of_which_a_source_speaks_is_kept(case: Any) -> None:
    assert DeskEntry.objects.get(pk=case.pk).last_heard_on == date(2020, 5, 2)


def test_the_desk_lists_of_whom_nobody_has_spoken_for_so_long(case: Any) -> None:
    desk = Client()
    desk.force_login(make.make_documenter())
    assert "Long Unheard" in desk.get(LIST, {"not_heard_of_for": "24"}).text
    assert "Long Unheard" not in desk.get(LIST, {"not_heard_of_for": "ever"}).text


def test_the_public_cannot_ask_for_it(client: Client) -> None:
    answer = client.get("/api/v1/prisoners/", {"not_heard_of_for": "24"})
    assert answer.status_code == 400


def test_nobody_asks_for_the_status_of_a_day_that_has_begun_nowhere(
    client: Client,
) -> None:
    for days, code in ((0, 200), (1, 400)):
        day = last_day_on_earth() + timedelta(days=days)
        asked = {"status": "detained", "status_on": str(day)}
        answer = client.get("/api/v1/prisoners/", asked)
        assert answer.status_code == code
    assert "status_on" in answer.json()["errors"]
