"""A reviewer's pages: what has changed in a case, approving it or sending it back,
several at once, the queue.
"""

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cases.desk.access.models import AccessEvent
from cases.history import acting
from cases.models import (
    Citation,
    Edition,
    Prisoner,
    ReleaseEvent,
    SentBack,
    Sentence,
    WaitingCase,
)
from cases.publishing import publish_pending
from cases.review.approving import approve
from tests import factories as make
from tests.cases.admin_pages import address
from tests.transactions import committed

pytestmark = pytest.mark.django_db

QUEUE = "/admin/cases/waitingcase/"


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def ada() -> User:
    return make.make_documenter("ada")


@pytest.fixture
def reviewer(client: Client) -> Client:
    client.force_login(make.make_documenter("rita"))
    return client


@pytest.fixture
def case() -> Prisoner:
    """Approved, and seen by everyone."""
    case = make.make_prisoner(
        "Mikola Example", visibility="public", affiliation="One", born_on="1980"
    )
    make.make_sentence(case, term_months=60)
    make.approve(case)
    published()
    return case


def published() -> None:
    committed()
    publish_pending()


def text(response: Any) -> str:
    page = response.content.decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def changed(by: User, case: Prisoner, reason: str = "", **fields: Any) -> None:
    with acting(user=by, reason=reason):
        Prisoner.objects.filter(pk=case.pk).update(**fields)
    published()


class TestTheDifference:
    def shown(self, client: Client, case: Any) -> str:
        return text(client.get(address(case, "review")))

    def test_is_told_record_by_record_and_field_by_field_with_who_and_why(
        self, reviewer: Client, case: Prisoner, ada: User
    ) -> None:
        changed(
            ada, case, "The court's letter came.", born_on="1981-05", affiliation=""
        )
        with acting(user=ada):
            Sentence.objects.update(term_months=48)
            make.make_detention(case, started_on="2020-11-11")
        page = self.shown(reviewer, case)
        assert "Prisoner: changed" in page
        assert "Born 1980 May 1981" in page
        assert "Affiliation One –" in page
        assert "Term, whole months 60 48" in page
        assert "Detention: 11 November 2020 – ?: added" in page
        assert "Started 11 November 2020" in page
        assert re.search(r"ada, .*: “?The court's letter came\.", page)

    def test_what_was_removed_is_told_as_it_was_approved(
        self, reviewer: Client, case: Prisoner
    ) -> None:
        Sentence.objects.all().delete()
        page = self.shown(reviewer, case)
        assert re.search(
            r"Sentence: .*: removed No longer seen by: everyone \(in effect already\)",
            page,
        )
        assert "Term, whole months 60" in page

    def test_who_will_see_it_is_called_out(self, reviewer: Client) -> None:
        case = make.make_prisoner(visibility="partners")
        make.approve(case)
        Prisoner.objects.update(visibility="public")
        page = self.shown(reviewer, case)
        assert "Will be seen by: everyone (until now: partners)" in page
        Prisoner.objects.update(visibility="internal")
        assert "Now seen by: inside the organisation only" in self.shown(reviewer, case)

    def test_of_a_long_text_only_what_is_other_is_marked(
        self, reviewer: Client, case: Prisoner
    ) -> None:
        before = "Detained in Minsk on his way to the court, and held there without a lawyer for a week."
        Prisoner.objects.update(summary={"en": before})
        make.approve(case)
        Prisoner.objects.update(summary={"en": before.replace("week", "month")})
        page = reviewer.get(address(case, "review")).content.decode()
        assert "<del>week.</del>" in page
        assert "<ins>month.</ins>" in page
        assert "Detained in Minsk" in page

    def test_names_charges_and_sources_instead_of_ids(
        self, reviewer: Client, case: Prisoner
    ) -> None:
        sentence = case.sentences.get()
        sentence.charges.add(make.make_charge(case, label_as_stated="extremism"))
        make.make_citation(
            sentence, "term_months", make.make_source("The court's list")
        )
        page = self.shown(reviewer, case)
        assert "Charges – extremism" in page
        assert "Source The court's list" in page

    def test_what_a_case_shows_of_a_claimant_is_part_of_it(
        self, reviewer: Client, case: Prisoner
    ) -> None:
        claimant = make.make_claimant("First name", visibility="public")
        make.make_citation(case, claimant=claimant)
        make.approve(case)
        type(claimant).objects.update(name="Second name")
        page = self.shown(reviewer, case)
        assert "Who says so: Second name: changed" in page
        assert "First name" in page

    def test_a_fact_that_is_kept_inside_is_named_with_who_may_still_see_it(
        self, reviewer: Client, case: Prisoner
    ) -> None:
        Prisoner.objects.update(withheld={str(case.pk): {"born_on": "internal"}})
        published()
        assert "Withheld: born on – inside the organisation only" in self.shown(
            reviewer, case
        )
        assert WaitingCase.objects.get(root_id=case.pk).changes == ["taken_back"]

    def test_internal_notes_stand_in_none(
        self, reviewer: Client, case: Prisoner
    ) -> None:
        Prisoner.objects.update(internal_notes="Canary of the notes")
        page = self.shown(reviewer, case)
        assert "Canary" not in page
        assert "Nothing that could be published has changed since." in page

    @pytest.mark.parametrize(
        "made",
        [
            make.make_source,
            make.make_facility,
            make.make_release_event,
            make.make_count,
            make.make_prisoner,
        ],
    )
    def test_is_there_for_every_kind_before_the_first_approval_too(
        self, reviewer: Client, made: Any
    ) -> None:
        root = made()
        assert "Never approved" in self.shown(reviewer, root)
        make.approve(root)
        type(root).objects.update(visibility="internal", internal_notes="x")
        assert "Last approved as published version 1" in self.shown(reviewer, root)

    def test_of_what_the_reader_may_not_view_is_left_out(
        self, client: Client, case: Prisoner
    ) -> None:
        reader = User.objects.create_user("reader", is_staff=True)
        reader.user_permissions.set(Permission.objects.filter(codename="view_prisoner"))
        client.force_login(reader)
        Prisoner.objects.update(affiliation="Two")
        Sentence.objects.update(term_months=48)
        page = self.shown(client, case)
        assert "Affiliation One Two" in page
        assert "Term, whole months" not in page
        assert "What is to be done" not in page
        assert client.get(address(make.make_source(), "review")).status_code == 403

    def test_of_no_case_is_not_found(self, reviewer: Client, case: Prisoner) -> None:
        Citation.objects.all().delete()
        case_id = case.pk
        case.delete()
        case.pk = case_id
        assert reviewer.get(address(case, "review")).status_code == 404


class TestTheAnswer:
    def answered(self, client: Client, case: Any, answer: str, **typed: Any) -> str:
        page = client.get(address(case, "review")).context
        form = page["form"] or page["back_form"]
        return text(
            client.post(address(case, answer), {**form.initial, **typed}, follow=True)
        )

    def test_approved(self, reviewer: Client, case: Prisoner, ada: User) -> None:
        changed(ada, case, born_on="1981")
        assert "Approved as published version 2" in self.answered(
            reviewer, case, "approve", reason="Checked."
        )
        published()
        assert not WaitingCase.objects.exists()

    def test_a_change_meanwhile_is_named_and_nothing_is_approved(
        self, reviewer: Client, case: Prisoner, ada: User
    ) -> None:
        changed(ada, case, born_on="1981")
        seen = reviewer.get(address(case, "review")).context["form"].initial
        changed(ada, case, born_on="1982")
        told = text(
            reviewer.post(
                address(case, "approve"), {**seen, "reason": "Checked."}, follow=True
            )
        )
        assert "Not approved. This case was changed after you opened it" in told
        assert "Born was “1981”, and is now “1982” (ada," in told
        assert Edition.objects.count() == 1

    def test_who_changed_it_is_told_that_another_must_approve(
        self, client: Client, case: Prisoner, ada: User
    ) -> None:
        changed(ada, case, born_on="1981")
        client.force_login(ada)
        assert client.get(address(case, "review")).context["form"] is None
        told = self.answered(client, case, "approve", reason="Mine.")
        assert "Not approved. You have changed this yourself" in told
        assert Edition.objects.count() == 1

    def test_sent_back_with_a_comment_until_the_next_edit(
        self, reviewer: Client, case: Prisoner, ada: User
    ) -> None:
        changed(ada, case, born_on="1981")
        assert "Sent back." in self.answered(
            reviewer, case, "send_back", comment="Cite the birth register."
        )
        for page in ("change", "review"):
            assert "Cite the birth register." in text(reviewer.get(address(case, page)))
        assert "changed (sent back)" in text(reviewer.get(QUEUE))
        assert "changed (sent back)" in text(reviewer.get("/admin/"))
        changed(ada, case, born_on="1982")
        assert "(sent back)" not in text(reviewer.get(QUEUE))
        assert "Cite the birth register." not in text(reviewer.get(address(case)))
        assert SentBack.objects.get().sent_by == User.objects.get(username="rita")

    def test_sending_back_is_refused_without_a_comment_of_another_version_and_of_what_is_approved(
        self, reviewer: Client, case: Prisoner, ada: User
    ) -> None:
        case.refresh_from_db()
        approved = {"seen_version": case.version, "comment": "No."}
        assert "nothing waits" in text(
            reviewer.post(address(case, "send_back"), approved, follow=True)
        )
        changed(ada, case, born_on="1981")
        assert "Not sent back. What is to be done:" in self.answered(
            reviewer, case, "send_back", comment=" "
        )
        old = {"seen_version": 1, "comment": "No."}
        assert "Not sent back. This case was changed" in text(
            reviewer.post(address(case, "send_back"), old, follow=True)
        )
        assert not SentBack.objects.exists()

    def test_only_who_may_approve_may_send_back(
        self, client: Client, case: Prisoner, ada: User
    ) -> None:
        documenter = User.objects.create_user("documenter", is_staff=True)
        documenter.user_permissions.set(
            Permission.objects.exclude(codename="approve_case")
        )
        client.force_login(documenter)
        changed(ada, case, born_on="1981")
        case.refresh_from_db()
        typed = {"seen_version": case.version, "comment": "No."}
        assert client.post(address(case, "send_back"), typed).status_code == 403
        assert not SentBack.objects.exists()

    def test_a_comment_is_kept_as_it_was(self, case: Prisoner, logins: Any) -> None:
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            allowed = (
                logins("desk")
                .execute("SELECT has_table_privilege('cases_sentback', %s)", [right])
                .fetchone()
            )
            assert allowed == (False,)
        with (
            pytest.raises(IntegrityError, match="sent_back_says_why"),
            transaction.atomic(),
        ):
            SentBack.objects.create(
                root_kind="prisoner", root_id=case.pk, version=1, event=0, comment="\n"
            )

    def test_both_answers_stand_in_the_history(
        self, reviewer: Client, case: Prisoner, ada: User
    ) -> None:
        changed(ada, case, born_on="1981")
        self.answered(reviewer, case, "send_back", comment="Cite the birth register.")
        changed(ada, case, born_on="1982")
        self.answered(reviewer, case, "approve", reason="Cited now.")
        page = text(reviewer.get(address(case, "history")))
        told = [
            "Approved as published version 2",
            "Cited now.",
            "Born 1981 1982",
            "Sent back",
            "Cite the birth register.",
            "Born 1980 1981",
            "Approved as published version 1",
        ]
        places = [page.index(words) for words in told]
        assert places == sorted(places)


class TestTheQueue:
    def test_holds_what_someone_outside_sees_or_would_see_and_what_kind_of_change_it_is(
        self, reviewer: Client, case: Prisoner, ada: User
    ) -> None:
        make.make_prisoner("A draft")
        new = make.make_prisoner("New Example", visibility="public")
        changed(ada, case, affiliation="Two")
        rows = {row.root_id: row for row in WaitingCase.objects.all()}
        assert rows[case.pk].changes == ["changed"]
        assert rows[case.pk].editors == ["ada"]
        assert rows[new.pk].changes == ["new"]
        assert len(rows) == 2
        changed(ada, case, visibility="partners")
        assert WaitingCase.objects.get(root_id=case.pk).changes == [
            "changed",
            "taken_back",
        ]
        changed(ada, case, affiliation="One")
        assert WaitingCase.objects.get(root_id=case.pk).changes == ["taken_back"]
        changed(ada, case, visibility="public")
        assert not WaitingCase.objects.filter(root_id=case.pk).exists()
        assert "A draft" not in text(reviewer.get(QUEUE))

    def test_is_filtered_by_editor_kind_of_change_and_what_was_sent_back(
        self, reviewer: Client, case: Prisoner, ada: User
    ) -> None:
        make.make_prisoner("New Example", visibility="public")
        changed(ada, case, affiliation="Two")
        for query, found in {
            "editor=ada": {"Mikola Example"},
            "changes__has=new": {"New Example"},
            "sent_back=no": {"Mikola Example", "New Example"},
            "sent_back=yes": set(),
            "root_kind=source": set(),
        }.items():
            rows = reviewer.get(f"{QUEUE}?{query}").context["cl"].result_list
            assert {row.called for row in rows} == found, query

    def test_is_what_lists_filter_by(
        self, reviewer: Client, case: Prisoner, ada: User
    ) -> None:
        """A case that is approved for a later day waits for that day, and for nobody."""
        later = make.make_prisoner("Nina Example", visibility="public")
        approve(
            "prisoner",
            later.pk,
            seen_version=later.version,
            not_before=date.today() + timedelta(days=3),
        )
        make.make_prisoner("Olga Internal")
        changed(ada, case, affiliation="Two")
        waiting = text(reviewer.get("/admin/cases/prisoner/?waits=yes"))
        assert ("Mikola Example" in waiting, "waits for review" in waiting) == (
            True,
            True,
        )
        assert "Nina Example" not in waiting
        rest = text(reviewer.get("/admin/cases/prisoner/?waits=no"))
        assert [
            "Mikola Example" in rest,
            "Nina Example" in rest,
            "Olga Internal" in rest,
        ] == [False, True, True]
        assert [row.root_id for row in WaitingCase.objects.all()] == [case.pk]

    def test_is_not_linked_for_who_may_view_nothing(
        self, client: Client, case: Prisoner, ada: User
    ) -> None:
        changed(ada, case, affiliation="Two")
        client.force_login(User.objects.create_user("nora", is_staff=True))
        page = client.get("/admin/").content.decode()
        assert QUEUE not in page
        assert client.get(QUEUE).status_code == 403

    def test_shows_nobody_kinds_that_they_may_not_view(
        self, client: Client, case: Prisoner, ada: User
    ) -> None:
        changed(ada, case, affiliation="Two")
        reader = User.objects.create_user("reader", is_staff=True)
        client.force_login(reader)
        assert client.get(QUEUE).status_code == 403
        reader.user_permissions.set(Permission.objects.filter(codename="view_source"))
        assert "Mikola Example" not in text(client.get(QUEUE)) + text(
            client.get("/admin/")
        )

    def test_stands_on_the_start_page_the_longest_wait_first(
        self, reviewer: Client, case: Prisoner, ada: User
    ) -> None:
        changed(ada, case, affiliation="Two")
        for number in range(11):
            make.make_facility(f"Colony {number}", visibility="internal")
            make.make_prisoner(f"Example {number}", visibility="public")
        published()
        waiting = reviewer.get("/admin/").context["waiting"]
        assert waiting["count"] == 12
        assert waiting["oldest"][0].called == "Mikola Example"
        assert len(waiting["oldest"]) == 10

    def test_asks_no_more_of_the_database_the_longer_it_is(
        self,
        reviewer: Client,
        case: Prisoner,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        make.make_prisoner(visibility="public")
        published()
        # session, user; who edited; how many, the rows; names of the prisoners among
        # them; which of them are open to named staff only; the log of what was shown
        with django_assert_num_queries(8):
            reviewer.get(QUEUE)
        for number in range(5):
            make.make_prisoner(f"Example {number}", visibility="public")
        published()
        with django_assert_num_queries(8):
            reviewer.get(QUEUE)


class TestSeveralAtOnce:
    @pytest.fixture
    def event(self) -> ReleaseEvent:
        event = make.make_release_event(visibility="public")
        for name in ("Ales Example", "Mikola Example", "Nina Example"):
            freed = make.make_prisoner(name, visibility="public")
            make.make_release(freed, release_event=event)
            make.make_citation(freed, source=make.make_source("The list of names"))
        make.approve(event)
        published()
        return event

    def page(self, client: Client, **asked: Any) -> Any:
        return client.get(reverse("admin:cases_waitingcase_several"), asked)

    def named(self, page: Any) -> dict[str, Any]:
        return {str(one.case.difference.root): one for one in page.context["offered"]}

    def test_the_page_of_a_release_and_of_a_source_lead_to_their_cases(
        self, reviewer: Client, event: ReleaseEvent
    ) -> None:
        link = f"/admin/cases/waitingcase/several/?release_event={event.pk}"
        assert link in reviewer.get(address(event)).content.decode()
        assert "Review the 3 cases that wait" in text(reviewer.get(address(event)))
        assert set(self.named(reviewer.get(link))) == {
            "Ales Example",
            "Mikola Example",
            "Nina Example",
        }
        source = (
            Citation.objects.filter(prisoner__names__value="Nina Example")
            .latest("created_at")
            .source
        )
        assert (
            f"several/?source={source.pk}"
            in reviewer.get(address(source)).content.decode()
        )
        assert "Nina Example" in self.named(self.page(reviewer, source=source.pk))

    def test_the_ticked_ones_are_approved_as_shown_and_each_that_was_changed_meanwhile_is_named(
        self, reviewer: Client, event: ReleaseEvent, ada: User
    ) -> None:
        offered = self.named(self.page(reviewer, release_event=event.pk))
        changed(ada, offered["Mikola Example"].case.difference.root, affiliation="Two")
        url = f"{reverse('admin:cases_waitingcase_several')}?release_event={event.pk}"
        ticked = [offered["Ales Example"].value, offered["Mikola Example"].value]
        told = text(
            reviewer.post(url, {"ticked": ticked, "reason": "The list."}, follow=True)
        )
        assert "Approved: Ales Example." in told
        assert (
            "Not approved: Mikola Example: This case was changed after you opened it"
            in told
        )
        assert set(
            Edition.objects.filter(root_kind="prisoner").values_list(
                "root_id", flat=True
            )
        ) == {offered["Ales Example"].case.difference.root.pk}

    def test_ones_own_cannot_be_ticked_and_are_refused(
        self, client: Client, event: ReleaseEvent, ada: User
    ) -> None:
        changed(
            ada, Prisoner.objects.get(names__value="Nina Example"), affiliation="Two"
        )
        client.force_login(ada)
        page = self.page(client, release_event=event.pk)
        own = self.named(page)["Nina Example"]
        assert own.is_own
        assert f'name="ticked" value="{own.value}"' not in page.content.decode()
        url = f"{reverse('admin:cases_waitingcase_several')}?release_event={event.pk}"
        told = text(client.post(url, {"ticked": [own.value]}, follow=True))
        assert "Not approved: Nina Example: You have changed this yourself" in told
        assert not Edition.objects.filter(root_kind="prisoner").exists()

    def test_what_was_published_needs_a_reason_and_nothing_ticked_is_nothing_done(
        self, reviewer: Client, case: Prisoner, ada: User
    ) -> None:
        changed(ada, case, affiliation="Two")
        queued = WaitingCase.objects.get()
        answer = reviewer.post(
            QUEUE, {"action": "review_together", "_selected_action": [queued.pk]}
        )
        url = answer["Location"]
        value = self.named(reviewer.get(url))["Mikola Example"].value
        assert "Published already, so say why: Mikola Example." in text(
            reviewer.post(url, {"ticked": [value]})
        )
        assert "Tick at least one case." in text(reviewer.post(url, {"reason": "x"}))
        assert "Tick" in text(reviewer.post(url, {"ticked": [], "not_before": "soon"}))
        reviewer.post(
            url,
            {
                "ticked": ["nonsense", "prisoner:x:1", f"prisoner:{case.pk}:99999"],
                "reason": "x",
            },
        )
        assert Edition.objects.count() == 1

    def test_counts_as_reading_each_of_them(
        self, reviewer: Client, event: ReleaseEvent
    ) -> None:
        self.page(reviewer, release_event=event.pk)
        read = AccessEvent.objects.filter(page__contains="several").values_list(
            "case_id", flat=True
        )
        assert set(read) == set(
            WaitingCase.objects.filter(root_kind="prisoner").values_list(
                "root_id", flat=True
            )
        )

    def test_takes_the_right_to_approve(
        self, client: Client, case: Prisoner, ada: User
    ) -> None:
        changed(ada, case, affiliation="Two")
        reader = User.objects.create_user("reader", is_staff=True)
        reader.user_permissions.set(
            Permission.objects.filter(codename__startswith="view_")
        )
        client.force_login(reader)
        assert self.page(client, ids=WaitingCase.objects.get().pk).status_code == 403
