"""The same fact twice: two records of a case are made one, and the citations of both
stand on the one that is kept.
"""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from cases.merging import same_fact
from cases.models import Citation, Prisoner, Sentence, Source
from cases.publishing import publish_pending
from cases.review.approving import StaleVersion
from tests import factories as make
from tests.cases.admin_pages import address
from tests.transactions import committed
from tracker.models import PublicDocument

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True
    settings.APPROVE_OWN_CHANGES = True


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def case() -> Prisoner:
    """One sentence, entered twice: from the court and from a newspaper."""
    case = make.make_prisoner("Mikola Example", visibility="public")
    for court, title in (("Minsk City Court", "The court"), ("", "A newspaper")):
        sentence = make.make_sentence(
            case, handed_down_on="2021-07-06", term_months=60, court=court
        )
        make.make_further_punishment(sentence, amount=100, currency="BYN")
        make.make_citation(sentence, "term_months", make.make_source(title))
    case.refresh_from_db()
    return case


def both(case: Prisoner) -> tuple[Sentence, Sentence]:
    """The court's, and the newspaper's."""
    return case.sentences.get(court="Minsk City Court"), case.sentences.get(court="")


def page_of(case: Prisoner) -> str:
    return reverse("admin:cases_prisoner_same_fact", args=[case.pk])


def made_one(
    client: Client, case: Prisoner, kept: Any, gone: Any, reason: str = "One verdict."
) -> Any:
    seen = client.get(page_of(case)).context["case"].version
    typed = {
        "choice": f"{kept.pk} {gone.pk}",
        "seen_version": seen,
        "change_reason": reason,
    }
    return client.post(page_of(case), typed, follow=True)


def test_two_records_are_made_one_and_nothing_is_lost(
    desk: Client, case: Prisoner
) -> None:
    courts, papers = both(case)
    page = desk.get(page_of(case)).text
    assert "Minsk City Court" in page
    assert "1 citation" in page
    papers.internal_notes = "From the paper."
    papers.save()
    response = made_one(desk, case, papers, courts)

    assert "Made one" in response.text
    kept = case.sentences.get()
    assert kept.pk == papers.pk
    assert (kept.court, kept.term_months) == ("Minsk City Court", 60)
    assert kept.internal_notes == "From the paper."
    sources = set(kept.citations.values_list("source__title", flat=True))
    assert sources == {"The court", "A newspaper"}
    assert kept.further_punishments.count() == 2
    assert Citation.objects.filter(sentence=kept).count() == 2


def test_the_history_says_who_made_them_one_and_why(
    desk: Client, case: Prisoner
) -> None:
    courts, papers = both(case)
    made_one(desk, case, courts, papers)
    told = desk.get(address(case, "history")).text
    assert "One verdict." in told
    assert "documenter" in told


def test_readers_see_it_once_it_is_approved_and_lose_nothing_for_good(
    desk: Client, case: Prisoner
) -> None:
    for title in ("The court", "A newspaper"):
        source = case.sentences.filter(citations__source__title=title).get()
        approved = source.citations.get().source
        approved.visibility = "public"
        approved.save()
        make.approve(approved)
    make.approve(case)
    committed()
    publish_pending()
    courts, papers = both(case)
    seen = {str(courts.pk), str(papers.pk)}
    assert said_outside(case) == (seen, {"The court", "A newspaper"})
    made_one(desk, case, courts, papers)
    committed()
    publish_pending()
    assert said_outside(case) == ({str(courts.pk)}, {"The court"})
    make.approve(case)
    committed()
    publish_pending()
    assert said_outside(case) == ({str(courts.pk)}, {"The court", "A newspaper"})


def said_outside(case: Prisoner) -> tuple[set[str], set[str]]:
    """The ids of the sentences that readers see, and the sources cited for them."""
    document = json.loads(PublicDocument.objects.get(id=case.pk).document or "")
    ids = [citation["source"] for citation in document["citations"]]
    titles = Source.objects.filter(pk__in=ids).values_list("title", flat=True)
    return {sentence["id"] for sentence in document["sentences"]}, set(titles)


def test_it_is_suggested_only_where_nothing_differs(case: Prisoner) -> None:
    courts, papers = both(case)
    assert [set(pair) for pair in same_fact.pairs_within(case)] == [{courts, papers}]
    papers.term_months = 48
    papers.save()
    assert same_fact.pairs_within(case) == []
    unknown = {"term_months": None, "handed_down_on": None}
    Sentence.objects.filter(pk=papers.pk).update(**unknown)
    # That both are imprisonment is not one fact.
    assert same_fact.pairs_within(case) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"visibility": "internal"}, "different readers"),
        ({"term_months": 48}, "do not state the same"),
    ],
)
def test_what_others_may_not_see_is_shown_to_nobody_by_it(
    case: Prisoner, change: dict[str, Any], why: str
) -> None:
    courts, papers = both(case)
    Sentence.objects.filter(pk=papers.pk).update(**change)
    _is_refused(case, courts, papers, why)


def test_nor_what_is_withheld(case: Prisoner) -> None:
    courts, papers = both(case)
    withheld = {str(papers.pk): {"court": "internal"}}
    Prisoner.objects.filter(pk=case.pk).update(withheld=withheld)
    _is_refused(case, courts, papers, "withheld")


def test_what_another_record_refers_to_does_not_go(case: Prisoner) -> None:
    courts, papers = both(case)
    make.make_release(case, after=papers.pk)
    _is_refused(case, courts, papers, "refers to")
    make.make_sentence(case, replaces=papers, term_months=12)
    _is_refused(case, courts, papers, "refers to")


def _is_refused(case: Prisoner, kept: Any, gone: Any, why: str) -> None:
    case.refresh_from_db()
    with pytest.raises(same_fact.NotOne, match=why):
        same_fact.make_one(
            case.pk, kept.pk, gone.pk, seen_version=case.version, reason="-"
        )
    assert Sentence.objects.filter(pk=gone.pk).exists()


def test_nobody_makes_one_what_they_did_not_see(case: Prisoner) -> None:
    courts, papers = both(case)
    seen = case.version
    Prisoner.objects.filter(pk=case.pk).update(affiliation="Two")
    with pytest.raises(StaleVersion):
        same_fact.make_one(case.pk, courts.pk, papers.pk, seen_version=seen, reason="-")


def test_a_case_that_was_seen_outside_asks_why(desk: Client, case: Prisoner) -> None:
    make.approve(case)
    committed()
    publish_pending()
    courts, papers = both(case)
    assert "Reason for the change" in made_one(desk, case, courts, papers, "").text
    assert case.sentences.count() == 2


def test_it_takes_the_right_to_change_and_to_delete(case: Prisoner) -> None:
    user = User.objects.create_user("half", is_staff=True)
    names = ["view_prisoner", "change_prisoner", "view_sentence", "change_sentence"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    courts, papers = both(case)
    assert made_one(client, case, courts, papers).status_code == 403
    assert case.sentences.count() == 2


def test_a_merge_tells_before_what_may_be_one_and_leads_there_after(
    desk: Client,
) -> None:
    cases = []
    for name in ("Mikola Example", "Mikola Example Again"):
        case = make.make_prisoner(name)
        make.make_sentence(case, handed_down_on="2021-07-06", term_months=60)
        case.refresh_from_db()
        cases.append(case)
    kept, merged = cases
    page = f"{address(merged, 'merge')}?into={kept.pk}"
    response = desk.get(page)
    assert "The same fact twice" in response.text
    committed()
    form = desk.get(page).context["form"].initial
    proposal = desk.post(page, {**form, "reason": "One file."}, follow=True)
    assert "The same fact twice" in proposal.text
    url = proposal.redirect_chain[-1][0]
    form = proposal.context["form"].initial
    decided = desk.post(url, {**form, "decision": "approve"}, follow=True).text
    assert page_of(kept) in decided
    assert len(same_fact.pairs_within(Prisoner.objects.get(pk=kept.pk))) == 1
