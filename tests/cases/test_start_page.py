"""The start page is a to-do list: each count leads to a list with exactly that many rows
that this person may see.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.utils.timezone import now
from pytest_django import DjangoAssertNumQueries

from cases import merging
from cases.desk.casework.models import Assignment, ConsentTask, DiaryEntry, Look
from cases.desk.casework.todo import CaseTodo
from cases.desk.requests.models import SubjectRequest
from cases.history import acting
from cases.models import Prisoner, PublishingFailure, RedactedCopy, WaitingCase
from cases.publishing import publish_pending
from cases.review.sending_back import send_back
from tests import factories as make
from tests.cases.lists.brought import make_list
from tests.named import only_for
from tests.partners.proposing import proposed, proposer, row
from tests.roles import acting_as
from tests.transactions import committed

pytestmark = pytest.mark.django_db

START = "/admin/"


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


def member(name: str, role: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def published() -> None:
    committed()
    publish_pending()


def tasks(client: Client) -> dict[str, int]:
    """By address, the count of each line of the start page."""
    counted = {}
    for group in client.get(START).context["groups"]:
        for task in group.tasks:
            counted[task.url] = task.count
    return counted


def rows_of(client: Client, url: str) -> int:
    response = client.get(url)
    assert response.status_code == 200, url
    if "pairs" in response.context:
        return len(list(response.context["pairs"]))
    return int(response.context["cl"].result_count)


def todo(code: str) -> str:
    return f"/admin/cases/prisoner/?todo={code}"


def held(name: str, spoken_of: str = "2020-05-02") -> Prisoner:
    """Somebody in detention, of whom a source spoke on that day."""
    case = make.make_prisoner(name)
    detention = make.make_detention(case, started_on="2020-01-10")
    make.make_citation(detention, as_of=spoken_of)
    make.make_citation(detention, field="started_on")
    return case


@pytest.fixture
def everything() -> dict[str, Any]:
    """Something to do of every kind, for a reviewer and for others."""
    ada, rita = member("ada", "documenter"), member("rita", "reviewer")
    waiting = make.make_prisoner("Mikola Example", visibility="public")
    waiting.refresh_from_db()
    sent = make.make_prisoner("Nina Sentback", visibility="public")
    sentenced = held("Olga Termover")
    make.make_sentence(
        sentenced, term_months=1, counted_from="2020-01-10", handed_down_on="2020-01-12"
    )
    held("Petr Unheard")
    make.make_prisoner("Ivan Petrovich Double")
    make.make_prisoner("Ivan Petrovich Double")
    one = make.make_prisoner("Roman Mergeone")
    other = make.make_prisoner("Roman Mergetwo")
    for case in (one, other):
        case.refresh_from_db()
    make_list(ada, {"name": "Vera Sample"})
    make_list(ada)
    merging.propose(
        one.pk, other.pk, seen_versions=(one.version, other.version), reason="-", by=ada
    )
    with acting(user=rita):
        Prisoner.objects.filter(pk=sent.pk).update(affiliation="Two")
    source = make.make_source(standing="retracted")
    make.make_citation(waiting, source=source)
    RedactedCopy.objects.create(
        root_id=source.pk,
        original=7,
        content=b"pixels",
        size=6,
        sha256="ab" * 32,
        audience="public",
        recognisable="nobody",
        event=0,
    )
    long_ago = date(2020, 1, 1)
    with acting(user=rita):
        SubjectRequest.objects.create(
            kind="removal",
            asked_by="family",
            way="mail",
            text="-",
            received_on=date(2026, 1, 1),
            due_on=date(2026, 2, 1),
            written_by=rita,
        )
    with acting(user=ada):
        DiaryEntry.objects.create(
            root_id=sent.pk, day=long_ago, what="hearing", written_by=ada
        )
        ConsentTask.objects.create(
            root_id=sent.pk, whom="-", review_on=long_ago, written_by=ada
        )
        Assignment.objects.create(root_id=sent.pk, colleague=rita, assigned_by=ada)
    proposed(proposer(), row())
    published()
    with acting_as("publisher"):
        PublishingFailure.objects.create(
            root_kind="prisoner", root_id=waiting.pk, error="-"
        )
    sent.refresh_from_db()
    send_back("prisoner", sent.pk, seen_version=sent.version, by=ada, comment="Again.")
    return {"waiting": waiting, "sent": sent, "ada": ada, "rita": rita}


def test_the_organisation_says_after_how_many_months_news_is_expected(
    settings: Any,
) -> None:
    held("Petr Unheard", spoken_of=str(now().date() - timedelta(days=100)))
    published()
    client = signed_in(member("ada", "documenter"))
    assert tasks(client)[todo("not_heard_of")] == 0
    settings.NEWS_EXPECTED_MONTHS = 2
    assert tasks(client)[todo("not_heard_of")] == 1
    assert rows_of(client, todo("not_heard_of")) == 1
    assert "1 person not heard of since" in client.get(START).text


@pytest.mark.parametrize(("months", "rows"), [(1, 1), (3, 1), (5, 0), (6, 0)])
def test_one_asks_for_as_many_months_as_one_likes(
    settings: Any, months: int, rows: int
) -> None:
    settings.NEWS_EXPECTED_MONTHS = 5
    held("Petr Unheard", spoken_of=str(now().date() - timedelta(days=100)))
    published()
    client = signed_in(member("ada", "documenter"))
    listed = f"/admin/cases/prisoner/?not_heard_of_for={months}"
    assert rows_of(client, listed) == rows


@pytest.mark.parametrize("role", ["documenter", "reviewer", "administrator"])
def test_each_count_leads_to_as_many_rows(everything: Any, role: str) -> None:
    user = everything["rita"] if role == "reviewer" else member("who looks", role)
    client = signed_in(user)
    counted = tasks(client)
    assert len(counted) > 12
    assert counted == {url: rows_of(client, url) for url in counted}


def test_whatever_is_to_be_done_is_counted(everything: Any) -> None:
    everything["rita"].groups.add(Group.objects.get(name="administrator"))
    counted = tasks(signed_in(everything["rita"]))
    without = {todo(CaseTodo.SOURCES_DISAGREE), todo(CaseTodo.NOT_LOOKED_AT)}
    assert {url for url, count in counted.items() if not count} == without
    assert counted["/admin/cases/waitingcase/?for_me=sent_back"] == 1
    assert counted[todo(CaseTodo.MINE)] == 1
    assert counted[todo(CaseTodo.TERM_OVER)] == 1
    assert counted[todo(CaseTodo.NOT_HEARD_OF)] == 2


def test_what_others_sent_or_wait_for_is_not_mine(everything: Any) -> None:
    counted = tasks(signed_in(member("zoe", "reviewer")))
    assert counted["/admin/cases/waitingcase/?for_me=sent_back"] == 0
    assert counted[todo(CaseTodo.MINE)] == 0
    assert counted["/admin/cases/waitingcase/?for_me=review"] == (
        counted["/admin/cases/waitingcase/"] - 1
    )


def test_a_closed_case_is_counted_for_nobody_who_is_not_named(everything: Any) -> None:
    only_for(everything["sent"], everything["rita"])
    only_for(everything["waiting"], everything["rita"])
    named = signed_in(everything["rita"])
    administrator = signed_in(member("boss", "administrator"))
    for client in (named, administrator):
        counted = tasks(client)
        assert counted == {url: rows_of(client, url) for url in counted}
    assert counted["/admin/casework/diaryentry/?due=yes"] == 0
    assert counted[todo(CaseTodo.CONSENT)] == 0
    assert counted["/admin/cases/publishingfailure/"] == 0
    assert counted["/admin/cases/source/?todo=retracted"] == 0
    assert tasks(named)["/admin/casework/diaryentry/?due=yes"] == 1


def test_nobody_is_told_how_much_there_is_of_what_they_may_not_see(
    everything: Any,
) -> None:
    trainee = User.objects.create_user("trainee", is_staff=True)
    page = signed_in(trainee).get(START)
    assert page.context["groups"] == []
    for words in ("could not be published", "is proposed", "Find a case"):
        assert words not in page.text
    trainee.user_permissions.add(Permission.objects.get(codename="view_source"))
    urls = tasks(signed_in(User.objects.get(pk=trainee.pk)))
    assert not any("prisoner" in url or "merge" in url for url in urls)
    documenter = signed_in(member("dora", "documenter")).get(START)
    assert "could not be published" not in documenter.text


def test_whoever_looked_and_found_nothing_is_asked_again_a_month_later(
    everything: Any,
) -> None:
    ada, client = everything["ada"], signed_in(everything["ada"])
    before = tasks(client)[todo(CaseTodo.NOT_HEARD_OF)]
    case = Prisoner.objects.get(names__value="Petr Unheard")
    client.post(f"/admin/cases/prisoner/{case.pk}/notes/", {"act": "look"})
    look = Look.objects.get(root_id=case.pk)
    assert look.looked_by == ada
    assert tasks(client)[todo(CaseTodo.NOT_HEARD_OF)] == before - 1
    with acting_as("owner"):
        Look.objects.update(looked_at=look.looked_at - timedelta(days=40))
    assert tasks(client)[todo(CaseTodo.NOT_HEARD_OF)] == before


def test_a_case_is_found_from_the_start_page(everything: Any) -> None:
    client = signed_in(everything["ada"])
    page = client.get(START).text
    assert 'action="/admin/cases/prisoner/"' in page
    assert "Mikola Example" in client.get("/admin/cases/prisoner/?q=Микола").text


def test_the_start_page_asks_no_more_the_more_there_is(
    everything: Any, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(member("boss", "administrator"))
    client.get(START)
    with django_assert_max_num_queries(60) as few:
        client.get(START)
    for number in range(12):
        make.make_prisoner(f"Further Person{number}", visibility="public")
    published()
    with django_assert_max_num_queries(len(few)):
        client.get(START)


class TestCharts:
    def test_say_in_words_too_what_was_entered_and_what_waits(
        self, everything: Any
    ) -> None:
        entered, backlog = signed_in(everything["ada"]).get(START).context["charts"]
        assert entered.bars[-1].count == Prisoner.objects.count() == 8
        assert entered.words == "8 cases in twelve weeks, 8 of them this week"
        assert sum(bar.count for bar in backlog.bars) == WaitingCase.objects.count()
        assert max(bar.height for bar in entered.bars) == entered.height

    def test_count_what_waits_longer_than_they_show(self, everything: Any) -> None:
        with acting_as("publisher"):
            WaitingCase.objects.update(since=now() - timedelta(weeks=40))
        chart = signed_in(everything["ada"]).get(START).context["charts"][1]
        assert chart.bars[0].count == WaitingCase.objects.count() > 0
        assert "of them for eleven weeks or longer" in chart.words

    def test_need_no_style_and_no_script_of_their_own(self, everything: Any) -> None:
        page = signed_in(everything["ada"]).get(START).text
        drawn = page[page.index('<section class="charts"') :]
        drawn = drawn[: drawn.index("</section>")]
        assert drawn.count("<svg") == 2
        assert "style=" not in drawn
        assert "<script" not in drawn

    def test_leave_out_what_this_person_does_not_see(self, everything: Any) -> None:
        only_for(everything["waiting"], everything["rita"])
        entered, backlog = signed_in(everything["ada"]).get(START).context["charts"]
        assert entered.bars[-1].count == 7
        assert sum(bar.count for bar in backlog.bars) == 1


def test_whoever_may_approve_is_asked_whether_it_could_harm_somebody(
    everything: Any,
) -> None:
    case, asked = everything["waiting"], "could it harm somebody?"
    review = f"/admin/cases/prisoner/{case.pk}/review/"
    several = "/admin/cases/waitingcase/several/?ids="
    waiting = WaitingCase.objects.get(root_id=case.pk)
    reviewer = signed_in(everything["rita"])
    assert asked in reviewer.get(review).text
    assert asked in reviewer.get(f"{several}{waiting.pk}").text
    assert asked not in signed_in(everything["ada"]).get(review).text
