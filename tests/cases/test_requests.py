"""Whoever asks to be taken out, corrected or told is answered in time, by somebody who may
know; what was done stays to be read; and who asked is forgotten.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from cases.day import today
from cases.desk.requests import keeping
from cases.desk.requests.forgetting import forget_requests_with
from cases.desk.requests.linking import Linked
from cases.desk.requests.models import Contact, Step, SubjectRequest
from cases.desk.requests.sealing import Reached
from cases.history import acting
from cases.models import Prisoner
from cases.named import seeing_as
from tests import factories as make
from tests.named import only_for
from tests.roles import acting_as

pytestmark = pytest.mark.django_db

REGISTER = "/admin/requests/subjectrequest/"
REACHED = Reached("Qzname Sister", "qzname@example.org")


def member(name: str, role: str = "reviewer") -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def rita() -> User:
    return member("rita")


@pytest.fixture
def desk(rita: User) -> Client:
    return signed_in(rita)


@pytest.fixture
def case() -> Prisoner:
    return make.make_prisoner("Mikola Example", visibility="public")


def came_in(
    by: User, case: Prisoner | None = None, received_on: date | None = None
) -> SubjectRequest:
    asked = SubjectRequest(
        kind="removal",
        asked_by="family",
        way="mail",
        text="The photo.",
        received_on=received_on or today(),
    )
    about = Linked("prisoner", case.pk) if case else None
    with acting(user=by):
        keeping.enter(asked, by=by, reached=REACHED, about=about)
    asked.refresh_from_db()
    return asked


def page(asked: SubjectRequest) -> str:
    return f"{REGISTER}{asked.pk}/change/"


def answer(desk: Client, asked: SubjectRequest, **more: Any) -> Any:
    boxes = {"outcome": "done", "answered_on": str(today()), "text": "Taken out."}
    boxes |= more
    typed = {f"answered-{name}": value for name, value in boxes.items()}
    return desk.post(page(asked), {"act": "answered", **typed})


class TestOneRequest:
    def test_is_due_a_month_after_it_came_and_found_by_the_address_of_the_case(
        self, desk: Client, case: Prisoner, rita: User
    ) -> None:
        entered = desk.post(
            f"{REGISTER}add/",
            {
                "kind": "removal",
                "received_on": "2026-01-31",
                "way": "mail",
                "text": "The photo.",
                "link": f"https://tracker.example.org/en/cases/{case.pk}/",
                "asked_by": "family",
                "name": REACHED.name,
                "where": REACHED.where,
                "colleague": rita.pk,
            },
        )
        assert entered.status_code == 302
        asked = SubjectRequest.objects.get()
        assert (asked.due_on, asked.root_id) == (date(2026, 2, 28), case.pk)
        assert asked.written_by == rita
        told = desk.get(page(asked)).text
        assert REACHED.where in told
        assert "overdue" in told
        assert f"/admin/cases/prisoner/{case.pk}/change/" in told
        assert REACHED.name not in desk.get(REGISTER).text

    def test_the_term_is_the_organisations(self, rita: User, settings: Any) -> None:
        settings.REQUEST_MONTHS = 2
        asked = came_in(rita, received_on=date(2026, 1, 31))
        assert asked.due_on == date(2026, 3, 31)

    def test_gets_more_time_once_and_with_a_reason(
        self, desk: Client, rita: User
    ) -> None:
        asked = came_in(rita)
        later = asked.due_on + timedelta(days=60)
        more = {"act": "extended", "extended-until": str(later)}
        desk.post(page(asked), more)  # without a reason
        asked.refresh_from_db()
        assert not asked.extended
        desk.post(page(asked), {**more, "extended-text": "We wait for a lawyer."})
        asked.refresh_from_db()
        assert (asked.due_on, asked.extended) == (later, True)
        assert "Give it more time" not in desk.get(page(asked)).text
        further = later + timedelta(days=1)
        with acting(user=rita), pytest.raises(IntegrityError, match="more time once"):
            keeping.take(asked, by=rita, what="extended", until=further, text="-")

    def test_is_answered_once_and_stays_to_be_read(
        self, desk: Client, rita: User
    ) -> None:
        asked = came_in(rita)
        tomorrow = str(today() + timedelta(days=1))
        assert "still to come" in answer(desk, asked, answered_on=tomorrow).text
        answer(desk, asked)
        asked.refresh_from_db()
        assert (asked.outcome, asked.answered_on) == ("done", today())
        told = desk.get(page(asked)).text
        assert "Taken out." in told
        assert "Close the request" not in told
        answer(desk, asked, outcome="refused")  # from a page that was open before
        assert Step.objects.filter(what="answered").count() == 1
        with acting(user=rita), pytest.raises(IntegrityError, match="been answered"):
            keeping.take(asked, by=rita, what="handed", colleague=rita)

    def test_nobody_changes_what_was_written_or_writes_for_another(
        self, rita: User
    ) -> None:
        asked = came_in(rita)
        other = member("boris")
        with acting_as("desk"), acting(user=rita):
            keeping.take(asked, by=rita, what="handed", colleague=other)
            for rows in (SubjectRequest.objects, Contact.objects, Step.objects):
                with pytest.raises(DatabaseError, match="denied"), transaction.atomic():
                    rows.all().delete()
            with pytest.raises(DatabaseError, match="denied"), transaction.atomic():
                SubjectRequest.objects.update(due_on=date(2030, 1, 1))
            with (
                pytest.raises(DatabaseError, match="the one who acts"),
                transaction.atomic(),
            ):
                keeping.take(asked, by=other, what="note", text="-")
        asked.refresh_from_db()
        assert asked.colleague == other
        shown = signed_in(other).get(page(asked)).context["forms"]["handed"]
        assert shown["colleague"].value() == other.pk

    def test_what_cannot_be_seen_is_not_there_to_be_linked(
        self, case: Prisoner, rita: User
    ) -> None:
        boris = member("boris")
        asked = came_in(rita)
        only_for(case, rita)
        about = {"act": "about", "about-link": str(case.pk)}
        nothing = {"act": "about", "about-link": "00000000-0000-4000-8000-000000000000"}
        refusals = []
        for typed in (about, nothing):
            told = signed_in(boris).post(page(asked), typed)
            refusals.append(told.context["forms"]["about"].errors)
        assert refusals[0] == refusals[1] != {}
        assert signed_in(rita).post(page(asked), about).status_code == 302
        assert signed_in(boris).get(page(asked)).status_code == 302  # not there
        offered = signed_in(rita).get(page(asked)).context["forms"]["handed"]
        assert list(offered.fields["colleague"].queryset) == [rita]
        with seeing_as(boris):
            assert not Step.objects.exists()
            assert not Contact.objects.exists()
        other = make.make_prisoner("Somebody Else")
        with acting(user=rita):
            about_other = Linked("prisoner", other.pk)
            keeping.take(asked, by=rita, what="about", about=about_other)
        with seeing_as(boris):  # but not that it was thought to be that case
            assert [step.record_id for step in Step.objects.all()] == [other.pk]


class TestTheRegister:
    def test_documenters_see_nothing_of_it(self, rita: User, case: Prisoner) -> None:
        asked = came_in(rita, case)
        ada = signed_in(member("ada", "documenter"))
        for address in (REGISTER, f"{REGISTER}add/", page(asked)):
            assert ada.get(address).status_code == 403
        notes = f"/admin/cases/prisoner/{case.pk}/notes/"
        assert page(asked) not in ada.get(notes).text
        assert page(asked) in signed_in(rita).get(notes).text

    def test_the_start_page_tells_what_is_due(self, desk: Client, rita: User) -> None:
        came_in(rita)
        late = came_in(rita, received_on=today() - timedelta(days=40))
        answer(desk, came_in(rita))
        counted = {}
        for group in desk.get("/admin/").context["groups"]:
            for task in group.tasks:
                counted[task.url] = task.count
        due = f"{REGISTER}?due=soon"
        assert (counted[due], counted[f"{REGISTER}?due=open"]) == (1, 2)
        assert list(desk.get(due).context["cl"].result_list) == [late]


class TestForgetting:
    @pytest.mark.django_db(transaction=True)
    def test_who_asked_is_kept_sealed_and_forgotten_some_days_after_the_answer(
        self, rita: User, settings: Any, as_owner: Any
    ) -> None:
        settings.REQUEST_CONTACT_DAYS = 30
        requests = [came_in(rita, received_on=date(2026, 1, 1)) for _each in range(3)]
        for asked, days in zip(requests[:2], (31, 30), strict=True):
            answered_on = today() - timedelta(days=days)
            with acting(user=rita):
                keeping.take(
                    asked,
                    by=rita,
                    what="answered",
                    outcome="done",
                    answered_on=answered_on,
                    text="-",
                )
        with connection.cursor() as cursor:
            cursor.execute("SELECT string_agg(sealed, ' ') FROM requests_contact")
            (stored,) = cursor.fetchone()
        assert "Qzname" not in stored
        with as_owner():
            call_command("forget_access")
        left = set(Contact.objects.values_list("request_id", flat=True))
        assert left == {asked.pk for asked in requests[1:]}
        assert SubjectRequest.objects.count() == 3

    def test_an_erasure_takes_the_words_and_leaves_that_it_was_asked(
        self, desk: Client, rita: User
    ) -> None:
        asked, still_open, other = came_in(rita), came_in(rita), came_in(rita)
        with acting(user=rita):
            for each in (asked, still_open):
                keeping.take(each, by=rita, what="note", text="It is Real Witness.")
        answer(desk, asked)
        with acting_as("owner"):
            forget_requests_with(["real witness"])
        for each in (asked, still_open):
            each.refresh_from_db()
            said = {each.text, *each.steps.values_list("text", flat=True)}
            assert said == {"erased"}
        assert asked.outcome == "done"
        assert not asked.contacts.exists()
        assert still_open.contacts.exists()  # else nobody could answer
        other.refresh_from_db()
        assert other.text == "The photo."
