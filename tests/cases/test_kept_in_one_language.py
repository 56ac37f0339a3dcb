"""What the desk keeps is the same, in whatever language somebody reads the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real

from cases.history.timeline import Change
from cases.history.wording import Entry
from cases.models import Source
from tests import factories as make
from tests.cases.admin_pages import address, opened, with_row
from tests.cases.test_files import HTML, upload
from tests.cases.test_groups import RELEASE, of_release, saved
from tests.partners.proposing import proposed, proposer, row
from tests.roles import acting_as
from tests.transactions import committed

pytestmark = pytest.mark.django_db

MARK = "¤"
# What is no record: it is gone with the session, or the hour.
PASSING = {"django_session", "signin_counted"}


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, settings: Any, admin_user: User) -> Client:
    """Read in a language of which each word begins with a mark."""
    settings.DESK_LANGUAGE = "ru"
    # The place of the words among the arguments of each function.
    for name, place in (("gettext", 0), ("ngettext", 0), ("pgettext", 1)):
        marked = _marked(getattr(trans_real, name), place)
        monkeypatch.setattr(trans_real, name, marked)
        monkeypatch.setattr(f"django.utils.translation._trans.{name}", marked)
    client = Client()
    client.force_login(admin_user)
    return client


def _marked(words_of: Callable[..., str], place: int) -> Callable[..., str]:
    def marked(*arguments: Any) -> str:
        if translation.get_language() == "ru" and arguments[place]:
            return f"{MARK}{arguments[place]}"
        return words_of(*arguments)

    return marked


def kept_with_a_mark() -> list[str]:
    rows = []
    with acting_as("owner"), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in PASSING:
                continue
            cursor.execute(
                f'SELECT row::text FROM "{table}" AS row WHERE row::text LIKE %s',
                [f"%{MARK}%"],
            )
            rows += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return rows


def test_the_mark_would_be_seen(desk: Client) -> None:
    assert MARK in desk.get("/admin/").content.decode()
    make.make_prisoner(f"{MARK}Ales")
    assert kept_with_a_mark()


def test_a_case_is_hidden(desk: Client) -> None:
    case = make.make_prisoner(visibility="public")
    assert desk.post(address(case, "hide")).status_code == 302
    assert kept_with_a_mark() == []


def test_a_source_is_begun_from_its_file(desk: Client) -> None:
    url = reverse("admin:cases_source_add")
    begun = {**opened(desk, url), "file": upload(HTML, "page.html")}
    assert desk.post(url, begun).status_code == 302
    assert Source.objects.exists()
    assert kept_with_a_mark() == []


def test_a_release_of_several_is_entered(desk: Client) -> None:
    typed = of_release(
        make.make_source(),
        "Hanna Unknown\nnot identified: 22",
        **{"deportation-outcome": "expelled", "deportation-to_country": "LT"},
    )
    assert saved(desk, RELEASE, **typed).status_code == 302
    assert kept_with_a_mark() == []


def test_parts_are_added_changed_and_deleted(desk: Client) -> None:
    case = make.make_prisoner()
    page = with_row(opened(desk, address(case)), "deportations", outcome="expelled")
    page["deportations-0-to_country"] = "LT"
    assert desk.post(address(case), page).status_code == 302
    expulsion = case.deportations.get()
    url = address(expulsion)
    changed = {**opened(desk, url), "crossing": "Kamenny Loh"}
    assert desk.post(url, changed).status_code == 302
    url = address(expulsion, "delete")
    gone = {**opened(desk, url), "change_reason": "entered twice", "post": "yes"}
    assert desk.post(url, gone).status_code == 302
    assert not case.deportations.exists()
    assert kept_with_a_mark() == []


def test_a_proposal_becomes_a_case(desk: Client) -> None:
    (fate,) = proposed(proposer(), row(sex="female"))
    committed()
    url = reverse("admin:proposals_proposal_change", args=[fate["id"]])
    page = {**opened(desk, f"{url}?new=1"), "decision": "accept"}
    desk.post(f"{url}?new=1", page)
    assert Source.objects.get().title == "Handed in by Example Rights Centre"
    assert kept_with_a_mark() == []


def test_what_the_desk_wrote_is_told_in_the_readers_language(desk: Client) -> None:
    with translation.override("ru"):
        assert _why("Hidden at once.") == f"{MARK}Hidden at once."
        assert _why("It was wrong.") == "It was wrong."


def _why(reason: str) -> str:
    change = Change.__new__(Change)
    object.__setattr__(change, "why", reason)
    return Entry(change, "", "", "", []).why
