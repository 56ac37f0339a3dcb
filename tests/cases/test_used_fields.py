"""What the desk's forms show open: as little as before, and less where an organisation
says what it uses; but never less than what is said.
"""

from typing import Any

import pytest
from django.conf import settings as current
from django.test import Client

from config.organisation import Organisation
from tests import factories as make
from tests.config.another_country import Boxes

pytestmark = pytest.mark.django_db

# Boxes that stood open on the page of a case with a name, before fields for other
# countries came. A new field is folded, or takes the place of another one.
AT_MOST = 46


def boxes(client: Client, prisoner: Any, **typed: str) -> Boxes:
    page = f"/admin/cases/prisoner/{prisoner.pk}/change/?edit=all"
    if typed:
        return Boxes(client.post(page, typed).content.decode())
    return Boxes(client.get(page).content.decode())


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def _uses_little(settings: Any) -> None:
    settings.OWN = Organisation(
        sections=("names",),
        fields={"prisoner": ("sex", "died_on"), "sentence": ("court",)},
    )


def test_no_more_boxes_stand_open_than_before(desk: Client) -> None:
    shown = boxes(desk, make.make_prisoner()).opened
    rows = {name: count for name, count in shown.items() if "__prefix__" not in name}
    assert sum(rows.values()) <= AT_MOST, sorted(rows)


@pytest.mark.usefixtures("_uses_little")
def test_what_is_not_used_is_folded_and_still_there(desk: Client) -> None:
    shown = boxes(desk, make.make_prisoner())
    assert {"sex", "died_on", "visibility"} <= set(shown.opened)
    assert {"affiliation", "occupations", "summary__en"} <= set(shown.folded)
    assert "sightings-__prefix__-how" in shown.folded
    current.OWN = Organisation()
    everything = boxes(desk, make.make_prisoner())
    names = {*everything.opened, *everything.folded}
    assert names == {*shown.opened, *shown.folded}


@pytest.mark.usefixtures("_uses_little")
def test_what_holds_something_is_shown(desk: Client) -> None:
    prisoner = make.make_prisoner(affiliation="Example party")
    make.make_sentence(prisoner, regime="strict")
    shown = boxes(desk, prisoner).opened
    assert "affiliation" in shown
    assert {"sentences-0-regime", "sentences-0-court"} <= set(shown)
    assert "sentences-0-amount" not in shown


@pytest.mark.usefixtures("_uses_little")
def test_what_was_typed_is_shown_when_the_page_comes_back(desk: Client) -> None:
    shown = boxes(desk, make.make_prisoner(), affiliation="Example party").opened
    assert "affiliation" in shown
    assert "age_as_stated" not in shown
