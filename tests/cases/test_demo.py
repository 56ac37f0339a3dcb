import json
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from cases import day as days
from cases.models import Edition, Prisoner, PublishingDay, ReportedCount
from tests.factories import make_source
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


def dziadok() -> Prisoner:
    return Prisoner.objects.get(names__value="Nikolai Dziadok")


def published(kind: str) -> list[dict[str, Any]]:
    return [json.loads(row.document) for row in PUBLIC.documents(kind)]


@pytest.mark.usefixtures("trying_out")
def test_an_empty_start_loads_and_publishes_nothing_and_one_can_sign_in() -> None:
    out = StringIO()
    call_command("demo", "--empty", stdout=out)
    assert not Prisoner.objects.exists()
    assert not PUBLIC.rows().exists()
    password = out.getvalue().split()[-1]
    assert authenticate(username="demo", password=password)


@pytest.mark.usefixtures("trying_out")
class TestTheFirstStart:
    def test_it_publishes_the_record_of_the_seeds(self) -> None:
        demo()
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
        demo()
        assert Edition.objects.count() == 52
        assert not Edition.objects.filter(reason="").exists()

    def test_of_statkevich_s_wife_only_the_role_is_published_and_the_pseudonym_is_marked(
        self,
    ) -> None:
        demo()
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

    def test_it_makes_an_account_that_may_edit(self) -> None:
        account = authenticate(username="demo", password=demo())
        assert account is not None
        assert account.is_active
        assert isinstance(account, User)
        assert account.is_staff
        assert account.is_superuser


@pytest.mark.usefixtures("trying_out")
class TestALaterStart:
    def test_it_leaves_an_edit_as_it_is(self) -> None:
        demo()
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

    def test_it_adds_nothing_to_a_record_of_one_s_own(self) -> None:
        make_source()
        demo()
        assert not Prisoner.objects.exists()

    def test_it_gives_a_new_password_in_place_of_the_old_one(self) -> None:
        old = demo()
        new = demo()
        assert authenticate(username="demo", password=new)
        assert not authenticate(username="demo", password=old)


@pytest.mark.parametrize(
    ("debug", "wanted"), [(False, True), (True, False), (False, False)]
)
def test_it_refuses_to_run_on_a_live_site(
    settings: Any, debug: bool, wanted: bool
) -> None:
    settings.DEBUG, settings.DEMO = debug, wanted
    with pytest.raises(CommandError, match="for trying things out only"):
        call_command("demo")
    assert not Prisoner.objects.exists()
    assert not User.objects.exists()
