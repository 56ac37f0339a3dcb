"""The day in force: the database says it, it never goes back, and it makes no leap."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases import day as days
from cases.models import Heartbeat, Prisoner, PublishingDay
from cases.publishing import publish_pending
from cases.review.approving import approve
from tests.factories import make_prisoner
from tracker.models import PublicDocument

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]

MONDAY = date(2026, 3, 2)
ONE = timedelta(days=1)


class Clock:
    """Of the database."""

    def __init__(self) -> None:
        self.day = MONDAY

    def __call__(self) -> date:
        return self.day


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Clock:
    settings.REQUIRE_REVIEW = True
    clock = Clock()
    monkeypatch.setattr(days, "told_by_database", clock)
    return clock


def approved(case: Prisoner, affiliation: str, not_before: date | None = None) -> None:
    Prisoner.objects.filter(pk=case.pk).update(affiliation=affiliation)
    case.refresh_from_db()
    approve(
        "prisoner",
        case.pk,
        seen_version=case.version,
        reason="checked",
        not_before=not_before,
    )
    publish_pending()


def shown(case: Prisoner) -> str:
    row = PublicDocument.objects.filter(id=case.pk).first()
    text: str = (row and row.document) or ""
    return text


def test_the_database_says_it_whatever_the_machine_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    PublishingDay.objects.all().delete()
    assert days.advance() == timezone.now().date()


def test_it_goes_on_with_the_database(clock: Clock) -> None:
    assert days.advance() == MONDAY
    clock.day += ONE
    assert days.today() == MONDAY + ONE
    assert days.advance() == MONDAY + ONE
    assert days.other_day_in_words() == ""


def test_an_approval_that_was_shown_stays_shown_when_the_clock_goes_back(
    clock: Clock,
) -> None:
    case = make_prisoner(visibility="public")
    approved(case, "First")
    approved(case, "Corrected", not_before=MONDAY + ONE)
    assert "First" in shown(case)
    clock.day += ONE
    publish_pending()
    assert "Corrected" in shown(case)
    clock.day = MONDAY - 30 * ONE
    Prisoner.objects.filter(pk=case.pk).update(sex="male")  # it is looked at once more
    publish_pending()
    assert "Corrected" in shown(case)
    assert "went back" in days.other_day_in_words()


def test_a_clock_set_ahead_shows_nothing_that_waits_for_its_day(clock: Clock) -> None:
    case = make_prisoner(visibility="public")
    publish_pending()
    approved(case, "Waits", not_before=MONDAY + 10 * ONE)
    clock.day += 10 * ONE
    publish_pending()
    assert shown(case) == ""
    Heartbeat.objects.create(beat_at=timezone.now())
    with pytest.raises(CommandError, match="--day-is-right"):
        call_command("publish", heartbeat=60)
    call_command("publish", day_is_right=True)
    assert "Waits" in shown(case)
    call_command("publish", heartbeat=60)


def test_meanwhile_everything_else_goes_on(clock: Clock) -> None:
    case = make_prisoner(visibility="public")
    approved(case, "First")
    clock.day += 10 * ONE
    approved(case, "Second")
    assert "Second" in shown(case)
    Prisoner.objects.filter(pk=case.pk).update(visibility="internal")
    publish_pending()
    assert shown(case) == ""


def test_once_the_clock_is_right_again_nobody_has_to_say_so(clock: Clock) -> None:
    days.advance()
    for wrong in (MONDAY + 10 * ONE, MONDAY - ONE):
        clock.day = wrong
        days.advance()
        assert days.other_day_in_words()
        clock.day = MONDAY
        days.advance()
        assert not days.other_day_in_words()


def test_a_person_cannot_make_it_go_back(clock: Clock) -> None:
    days.advance()
    clock.day = MONDAY - ONE
    days.advance()
    assert days.other_day_in_words()
    assert days.confirm() == MONDAY
    assert days.other_day_in_words() == ""


def test_the_start_page_says_that_the_days_differ(
    clock: Clock, admin_client: Any
) -> None:
    days.advance()
    assert "The clock" not in admin_client.get("/admin/").content.decode()
    clock.day += 10 * ONE
    days.advance()
    assert "The clock" in admin_client.get("/admin/").content.decode()
