"""The demo where it has nothing to load, or no business."""

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from cases.models import Prisoner
from tests.factories import make_source
from tracker.audiences import PUBLIC

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]


@pytest.fixture
def trying_out(settings: Any) -> None:
    settings.DEBUG = settings.DEMO = True


@pytest.mark.usefixtures("trying_out")
def test_an_empty_start_loads_and_publishes_nothing_and_one_can_sign_in() -> None:
    out = StringIO()
    call_command("demo", "--empty", stdout=out)
    assert not Prisoner.objects.exists()
    assert not PUBLIC.rows().exists()
    password = out.getvalue().split()[-1]
    assert authenticate(username="demo", password=password)


@pytest.mark.usefixtures("trying_out")
def test_it_adds_nothing_to_a_record_of_one_s_own() -> None:
    make_source()
    call_command("demo", stdout=StringIO())
    assert not Prisoner.objects.exists()


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
