"""The demo of the seeds, started once for all tests of this file."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from cases import day as days
from cases.models import Edition, Prisoner, PublishingDay, ReportedCount
from tracker.audiences import PUBLIC

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]


@pytest.fixture
def trying_out(settings: Any) -> None:
    settings.DEBUG = settings.DEMO = True


def demo() -> str:
    """Starts the demo; returns the password it prints."""
    out = StringIO()
    call_command("demo", stdout=out)
    found = re.search(r"password (\S+)", out.getvalue())
    assert found, out.getvalue()
    return found[1]


@pytest.fixture(scope="module")
def first_password(
    with_every_right: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """Each test is in a savepoint of its own."""
    with (
        django_db_blocker.unblock(),
        override_settings(DEBUG=True, DEMO=True),
        transaction.atomic(),
    ):
        yield demo()
        transaction.set_rollback(True)


def dziadok() -> Prisoner:
    return Prisoner.objects.get(names__value="Nikolai Dziadok")


def published(kind: str) -> list[dict[str, Any]]:
    return [json.loads(row.document) for row in PUBLIC.documents(kind)]


@pytest.mark.usefixtures("first_password")
class TestTheFirstStart:
    def test_it_publishes_the_record_of_the_seeds(self) -> None:
        kinds = (
            "prisoner",
            "release_event",
            "source",
            "reported_count",
            "sentence",
            "deportation",
        )
        assert [len(published(kind)) for kind in kinds] == [8, 2, 5, 37, 4, 8]
        assert {document["name"] for document in published("prisoner")} >= {
            "Ihar Ilyash",
            "Mikalai Statkevich",
        }

    def test_every_edition_says_why_it_was_approved(self) -> None:
        assert Edition.objects.count() == 52
        assert not Edition.objects.filter(reason="").exists()

    def test_of_statkevich_s_wife_only_the_role_is_published_and_the_pseudonym_is_marked(
        self,
    ) -> None:
        everything = PUBLIC.rows().values_list("document", flat=True)
        assert not [text for text in everything if "Adamovi" in text]
        claimants = [
            citation["claimant"]
            for event in published("release_event")
            for citation in event["citations"]
        ]
        marked = [
            one["name"] for one in claimants if one and one["protected_pseudonym"]
        ]
        assert marked == ["Maryna Morozova"]

    def test_it_makes_an_account_that_may_edit(self, first_password: str) -> None:
        account = authenticate(username="demo", password=first_password)
        assert account is not None
        assert account.is_active
        assert isinstance(account, User)
        assert account.is_staff
        assert account.is_superuser


@pytest.mark.usefixtures("first_password", "trying_out")
class TestALaterStart:
    def test_it_leaves_an_edit_as_it_is(self) -> None:
        Prisoner.objects.filter(id=dziadok().id).update(affiliation="none")
        ReportedCount.objects.get(value=1184).delete()
        editions = Edition.objects.count()
        demo()
        assert dziadok().affiliation == "none"
        assert ReportedCount.objects.count() == 36
        assert Edition.objects.count() == editions

    def test_it_goes_on_after_weeks_in_which_it_was_put_away(self) -> None:
        today = days.today()
        PublishingDay.objects.update(day=today - timedelta(days=30))
        demo()
        assert days.today() == today

    def test_it_gives_a_new_password_in_place_of_the_old_one(
        self, first_password: str
    ) -> None:
        new = demo()
        assert authenticate(username="demo", password=new)
        assert not authenticate(username="demo", password=first_password)
