"""What was approved for a later day: it waits for that day and for nobody, and is
published sooner only if somebody says so.
"""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import merging
from cases.models import Edition, Prisoner, WaitingCase
from cases.publishing import publish_pending
from cases.review.approving import EmbargoStands, approve
from tests import factories as make
from tests.cases.admin_pages import address
from tests.cases.editorial import Desk, problem
from tests.transactions import committed
from tracker.models import PublicDocument

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_every_right")]

DAY = timezone.now().date() + timedelta(days=9)


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def case() -> Prisoner:
    """Approved for a later day, and changed again."""
    case = make.make_prisoner("Mikola Example", visibility="public")
    make.make_citation(case)
    approved(case, not_before=DAY)
    make.make_sentence(case, term_months=60)
    case.refresh_from_db()
    return case


@pytest.fixture
def rita() -> User:
    return make.make_documenter("rita")


@pytest.fixture
def reviewer(client: Client, rita: User) -> Client:
    client.force_login(rita)
    return client


def approved(case: Prisoner, **asked: Any) -> Edition:
    case.refresh_from_db()
    approve("prisoner", case.pk, seen_version=case.version, **asked)
    published()
    return last(case)


def published() -> None:
    committed()
    publish_pending()


def last(case: Prisoner) -> Edition:
    return Edition.objects.filter(root_id=case.pk).latest("number")


def is_public(case: Prisoner) -> bool:
    return PublicDocument.objects.filter(id=case.pk, document__isnull=False).exists()


def test_what_is_approved_for_a_later_day_waits_in_no_queue() -> None:
    case = make.make_prisoner("Nina Example", visibility="public")
    published()
    assert WaitingCase.objects.filter(root_id=case.pk).exists()

    approved(case, not_before=DAY)

    assert not WaitingCase.objects.filter(root_id=case.pk).exists()
    assert not is_public(case)


def test_a_second_approval_without_a_day_keeps_the_first_ones(case: Prisoner) -> None:
    assert approved(case).not_before == DAY
    assert not is_public(case)


def test_a_later_day_takes_the_place_of_the_first(case: Prisoner) -> None:
    later = DAY + timedelta(days=30)
    assert approved(case, not_before=later).not_before == later


def test_a_sooner_day_is_refused_unless_it_is_said(case: Prisoner) -> None:
    sooner = DAY - timedelta(days=3)
    with pytest.raises(EmbargoStands, match="To publish it sooner, say so"):
        approved(case, not_before=sooner)
    assert last(case).number == 1
    asked = {"not_before": sooner, "publish_sooner": True}
    assert approved(case, **asked).not_before == sooner


def test_who_says_that_it_may_be_sooner_publishes_at_once(case: Prisoner) -> None:
    assert approved(case, publish_sooner=True).not_before is None
    assert is_public(case)


def test_a_day_that_has_come_holds_nothing_back() -> None:
    case = make.make_prisoner("Nina Example", visibility="public")
    approved(case, not_before=timezone.now().date())
    assert approved(case).not_before is None


class TestOnThePage:
    def answer(self, client: Client, case: Prisoner, **said: Any) -> str:
        seen = client.get(address(case, "review")).context["form"]
        values = {"seen_version": seen["seen_version"].value(), "reason": "x", **said}
        answer = client.post(address(case, "approve"), values, follow=True)
        published()
        return answer.content.decode()

    def test_the_day_is_told_and_an_empty_box_keeps_it(
        self, reviewer: Client, case: Prisoner
    ) -> None:
        page = reviewer.get(address(case, "review")).content.decode()
        assert "Empty: that day stays." in page
        assert "Publish sooner" in page
        told = self.answer(reviewer, case)
        assert "Approved as published version 2. It is published on" in told
        assert last(case).not_before == DAY

    def test_a_sooner_day_needs_the_tick(
        self, reviewer: Client, case: Prisoner
    ) -> None:
        told = self.answer(reviewer, case, not_before=str(date.today()))
        assert "Not approved. This was approved to be published on" in told
        told = self.answer(reviewer, case, publish_sooner="on")
        assert "Approved as published version 2." in told
        assert last(case).not_before is None

    def test_nobody_is_asked_where_nothing_waits_for_its_day(
        self, reviewer: Client
    ) -> None:
        case = make.make_prisoner("Nina Example", visibility="public")
        page = reviewer.get(address(case, "review")).content.decode()
        assert "Publish sooner" not in page

    def test_several_at_once_keep_each_its_day(
        self, reviewer: Client, case: Prisoner
    ) -> None:
        published()
        row = WaitingCase.objects.get(root_id=case.pk)
        url = f"{reverse('admin:cases_waitingcase_several')}?ids={row.pk}"
        assert "Publish sooner" in reviewer.get(url).content.decode()
        ticked = [f"prisoner:{case.pk}:{case.version}"]

        sooner = {"ticked": ticked, "not_before": str(date.today()), "reason": "x"}
        told = reviewer.post(url, sooner, follow=True).content.decode()
        assert "Not approved: Mikola Example: This was approved to be" in told

        asked = {"ticked": ticked, "reason": "x"}
        told = reviewer.post(url, asked, follow=True).content.decode()
        assert "Approved: Mikola Example (on" in told
        assert last(case).not_before == DAY


class TestByTheEditorialApi:
    def answer(self, case: Prisoner, by: User, **said: Any) -> Any:
        path = f"prisoners/{case.pk}/approve/"
        return Desk(by).post(path, {"version": case.version, "reason": "x", **said})

    def test_no_day_keeps_the_day(self, case: Prisoner, rita: User) -> None:
        answer = self.answer(case, rita)
        assert answer.json()["not_before"] == str(DAY)

    def test_a_sooner_day_is_a_conflict_until_it_is_said(
        self, case: Prisoner, rita: User
    ) -> None:
        sooner = str(date.today())
        answer = self.answer(case, rita, not_before=sooner)
        assert "say so" in problem(answer, 409)["detail"]
        answer = self.answer(case, rita, publish_sooner=True)
        assert answer.json()["not_before"] is None


def test_where_saving_approves_a_save_keeps_the_day(
    settings: Any, case: Prisoner
) -> None:
    settings.REQUIRE_REVIEW = False
    case.affiliation = "Two"
    case.save()
    published()
    assert not is_public(case)
    assert last(case).not_before == DAY
    assert last(case).snapshot["root"]["affiliation"] == "Two"
    count = Edition.objects.count()
    published()
    assert Edition.objects.count() == count


def test_where_saving_approves_hiding_a_source_approves_no_case(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False
    case = make.make_prisoner("Nina Example", visibility="public")
    sentence = make.make_sentence(case, term_months=60)
    denying = make.make_source("It", visibility="public")
    make.make_citation(sentence, "term_months", make.make_source(visibility="public"))
    make.make_citation(sentence, "term_months", denying, hedge="denied")
    published()
    number = last(case).number

    def hedge() -> Any:
        document = PublicDocument.objects.get(id=case.pk).document or "{}"
        in_force = json.loads(document)["sentence_in_force"]
        return in_force and (in_force["hedge"], in_force["disputed"])

    told = hedge()
    denying.visibility = "internal"
    denying.save()
    published()
    assert last(case).number == number
    assert hedge() in (None, told)
    case.refresh_from_db()
    case.affiliation = "A paper"
    case.save()
    published()
    assert last(case).number == number + 1


def test_a_merge_shows_nothing_before_its_day(case: Prisoner, settings: Any) -> None:
    settings.APPROVE_OWN_CHANGES = True
    kept = make.make_prisoner("Mikalaj Example", visibility="public")
    make.make_citation(kept)
    approved(kept)
    case.refresh_from_db()
    versions = (kept.version, case.version)
    proposed = merging.propose(
        kept.pk, case.pk, seen_versions=versions, reason="One person."
    )
    merging.approve(proposed.pk, seen_versions=versions)
    assert last(kept).not_before == DAY
