"""The history of a case at the desk: one page for all of it, and the way back to what
it holds.
"""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import merging
from cases.history import acting, timeline
from cases.models import (
    Citation,
    Detention,
    Facility,
    PersonName,
    Placement,
    Prisoner,
    Sentence,
    Source,
)
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


def text(response: Any) -> str:
    """The words of the page, without tags."""
    assert response.status_code == 200, response
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def page(desk: Client, root: Any, **asked: Any) -> str:
    return text(desk.get(address(root, "history"), asked))


def event(root: Any, operation: str, model: type | None = None) -> int:
    """The number of the newest such event."""
    found = [
        one
        for one in timeline(getattr(root, "kind", "claimant"), root.pk)
        if one.operation == operation
    ]
    return [one for one in found if model in {None, one.model}][-1].number


def restore_url(root: Any, number: int, **asked: str) -> str:
    url = reverse(
        f"admin:cases_{root._meta.model_name}_restore", args=[root.pk, number]
    )
    return url + "?" + "&".join(f"{name}={value}" for name, value in asked.items())


def restored(desk: Client, url: str, **changes: Any) -> Any:
    return desk.post(
        url,
        {**opened(desk, url), "change_reason": "A mistake.", **changes},
        follow=True,
    )


class TestThePage:
    def test_tells_who_changed_what_when_why_and_where_in_words(
        self, desk: Client
    ) -> None:
        case, facility = (
            make.make_prisoner("Ales Example"),
            make.make_facility("Colony No. 9"),
        )
        placement = make.make_placement(
            make.make_detention(case, started_on="2020"), place_kind="prison"
        )
        make.make_citation(
            placement, "place_kind", make.make_source("A letter"), states="penal_colony"
        )
        with acting(
            user=User.objects.get(), reason="A letter came.", page="/admin/somewhere/"
        ):
            Placement.objects.update(
                facility=facility, from_on="2025-09", conditions=["denied_visits"]
            )
        told = page(desk, case)
        assert f"History: {case}" in told
        assert "Placement: Colony No. 9: changed" in told
        assert "Facility – Colony No. 9" in told
        assert "From – September 2025" in told
        assert re.search(r"Conditions reported – denied \w+", told)
        assert "documenter /admin/somewhere/" in told
        assert "Reason: A letter came." in told
        assert "Citation: kind of place ← A letter: added" in told
        assert "What this source states – penal colony" in told
        assert told.index("changed") < told.index("Detention: 2020"), "newest first"

    def test_says_what_was_made_in_the_database(self, desk: Client) -> None:
        case = make.make_prisoner("")
        assert "made in the database (login “" in page(desk, case)

    def test_shows_what_was_deleted_and_calls_it_by_its_name(
        self, desk: Client
    ) -> None:
        case = make.make_prisoner()
        sentence = make.make_sentence(case, term_as_stated="five years")
        longer = make.make_sentence(case, replaces=sentence, term_as_stated="six years")
        Sentence.objects.update(replaces=None)
        sentence.delete()
        told = page(desk, case)
        assert "Sentence: imprisonment five years: deleted" in told
        assert "Replaces imprisonment five years (deleted) –" in told
        assert page(desk, case, record=str(longer.pk)).count("Sentence:") == 2

    def test_never_shows_internal_notes(self, desk: Client) -> None:
        case = make.make_prisoner("", internal_notes="her sister's number is 17")
        Prisoner.objects.update(internal_notes="her brother's number is 18")
        told = page(desk, case)
        assert "Prisoner: internal notes changed" in told
        assert "number is" not in told

    def test_pages_fifty_at_a_time_without_losing_one(self, desk: Client) -> None:
        case = make.make_prisoner("")
        for number in range(60):
            Prisoner.objects.update(affiliation=f"Group {number}.")
        first = desk.get(address(case, "history"))
        older = re.search(r'href="(\?before=\d+)"', first.content.decode())
        assert older is not None
        second = desk.get(address(case, "history") + older[1])
        told = [
            set(re.findall(r'id="event-(\d+)"', one.content.decode()))
            for one in (first, second)
        ]
        assert [len(one) for one in told] == [50, 11]
        assert not told[0] & told[1]

    def test_takes_the_same_queries_however_much_happened(self, desk: Client) -> None:
        def queries(times: int) -> int:
            case = make.make_prisoner("")
            source = make.make_source()
            for _ in range(times):
                placement = make.make_placement(
                    make.make_detention(case), facility=make.make_facility()
                )
                make.make_citation(placement, source=source)
            publish_pending()  # it tells pages the name
            with CaptureQueriesContext(connection) as asked:
                page(desk, case)
            return len(asked)

        few = queries(1)
        # Session, account, the history, approvals, what was sent back, files, the case,
        # and one of each kind of record named.
        assert few <= 14
        assert queries(12) == few

    def test_of_a_part_is_the_case_with_that_part_alone(self, desk: Client) -> None:
        case = make.make_prisoner("Ales Example")
        detention = make.make_detention(case, started_on="2020")
        told = text(desk.get(address(detention, "history"), follow=True))
        assert "Detention: 2020 – ?: added" in told
        assert "Name: Ales Example" not in told

    def test_shows_nobody_what_they_may_not_view(self, client: Client) -> None:
        case = make.make_prisoner("Ales Example")
        case.consents.create(subject="name", audience="public")
        reader = User.objects.create_user("reader", is_staff=True)
        client.force_login(reader)
        assert client.get(address(case, "history")).status_code == 403
        reader.user_permissions.set(
            Permission.objects.filter(codename__in=["view_prisoner", "view_personname"])
        )
        told = page(client, case)
        assert "Name: Ales Example" in told
        assert "Consent" not in told
        assert "Restore" not in told

    def test_of_what_never_was_is_404(self, desk: Client) -> None:
        missing = Prisoner()
        assert desk.get(address(missing, "history")).status_code == 404
        assert desk.get(restore_url(missing, 1)).status_code == 404
        assert desk.get("/admin/cases/prisoner/nonsense/history/").status_code == 404


class TestWhatWasDeleted:
    def test_is_listed_with_who_and_why_until_it_is_brought_back(
        self, desk: Client
    ) -> None:
        case, source = make.make_prisoner("Ales Example"), make.make_source("A report")
        case_id, source_id = case.pk, source.pk
        with acting(user=User.objects.get(), reason="Entered twice."):
            case.delete()
            source.delete()
        case.pk, source.pk = case_id, source_id
        lists = {
            model: reverse(f"admin:cases_{model}_changelist")
            for model in ("prisoner", "source")
        }
        for model, called in (("prisoner", "Ales Example"), ("source", "A report")):
            deleted = reverse(f"admin:cases_{model}_deleted")
            assert deleted in desk.get(lists[model]).content.decode()
            told = text(desk.get(deleted))
            assert called in told
            assert "documenter Entered twice." in told
        restored(desk, restore_url(case, event(case, "delete", Prisoner)))
        restored(desk, restore_url(source, event(source, "delete")))
        for model in ("prisoner", "source"):
            assert "None." in text(desk.get(reverse(f"admin:cases_{model}_deleted")))

    def test_is_shown_to_those_who_may_view_such(self, client: Client) -> None:
        client.force_login(User.objects.create_user("reader", is_staff=True))
        assert client.get(reverse("admin:cases_source_deleted")).status_code == 403


class TestRestoring:
    def test_a_field_goes_back_and_the_others_stay(self, desk: Client) -> None:
        case = make.make_prisoner("", affiliation="A paper", sex="female")
        Prisoner.objects.update(affiliation="A magazine", sex="male")
        url = restore_url(
            case, event(case, "update"), state="before", field="affiliation"
        )
        assert url in desk.get(address(case, "history")).content.decode().replace(
            "&amp;", "&"
        )
        assert "Restored." in text(restored(desk, url))
        case.refresh_from_db()
        assert (case.affiliation, case.sex) == ("A paper", "male")
        newest = timeline("prisoner", case.pk)[-1]
        assert (newest.after, newest.why, newest.who) == (
            {"affiliation": "A paper"},
            "A mistake.",
            "documenter",
        )

    def test_a_record_goes_back_to_what_it_was_before_or_after_an_event(
        self, desk: Client
    ) -> None:
        case = make.make_prisoner("", affiliation="One", born_on="1980")
        Prisoner.objects.update(affiliation="Two", born_on="1981")
        second = event(case, "update")
        Prisoner.objects.update(affiliation="Three")
        restored(desk, restore_url(case, second, state="before"))
        case.refresh_from_db()
        assert (case.affiliation, case.born_on) == ("One", "1980")
        restored(desk, restore_url(case, second))
        case.refresh_from_db()
        assert (case.affiliation, case.born_on) == ("Two", "1981")

    def test_a_deleted_part_comes_back_with_what_went_with_it(
        self, desk: Client
    ) -> None:
        case, facility = make.make_prisoner(), make.make_facility()
        detention, other = (
            make.make_detention(case, started_on="2020"),
            make.make_detention(case, started_on="2024"),
        )
        placement = make.make_placement(detention, facility=facility)
        citation = make.make_citation(placement, "facility")
        case.detentions.all().delete()
        deleted = [
            one
            for one in timeline("prisoner", case.pk)
            if one.record_id == str(detention.pk)
        ][-1]
        assert "Bring it back" in page(desk, case)
        assert "With it comes back: Placement" in text(
            desk.get(restore_url(case, deleted.number))
        )
        restored(desk, restore_url(case, deleted.number))
        assert Detention.objects.get() == detention
        assert Placement.objects.get().facility == facility
        assert Citation.objects.get().root_id == case.pk
        assert Citation.objects.get() == citation
        assert not Detention.objects.filter(pk=other.pk).exists()

    def test_a_deleted_case_comes_back_whole_and_visible_inside_only(
        self, desk: Client
    ) -> None:
        case = make.make_prisoner(
            "Ales Example",
            visibility="public",
            citizenships=["BY"],
            internal_notes="A number",
        )
        charge, sentence = (
            make.make_charge(case, article="342"),
            make.make_sentence(case, term_months=60),
        )
        sentence.charges.add(charge)
        make.make_sentence(case, adds_to=sentence)
        make.make_deportation(case, release=make.make_release(case))
        case.refresh_from_db()
        seen = case.version
        page_before = opened(desk, address(case, "delete"))
        answer = desk.post(address(case, "delete"), page_before, follow=True)
        assert address(case, "history") in answer.content.decode()
        restored(desk, restore_url(case, event(case, "delete", Prisoner)))
        again = Prisoner.objects.get()
        assert (
            again.pk,
            again.visibility,
            again.citizenships,
            again.internal_notes,
        ) == (
            case.pk,
            "internal",
            ["BY"],
            "",
        )
        assert again.version > seen, "nobody can have seen it"
        assert again.names.get().value == "Ales Example"
        assert again.sentences.get(term_months=60).charges.get() == charge
        assert again.deportations.get().release == again.releases.get()
        assert {
            one.why
            for one in timeline("prisoner", case.pk)
            if one.operation == "insert" and one.why
        } == {"A mistake."}

    def test_it_takes_a_reason(self, desk: Client) -> None:
        case = make.make_prisoner("", affiliation="One")
        Prisoner.objects.update(affiliation="Two")
        url = restore_url(case, event(case, "update"), state="before")
        assert "Say why you restore it." in text(restored(desk, url, change_reason=" "))
        assert "choose at least one" in text(restored(desk, url, fields_chosen=[]))
        assert Prisoner.objects.get().affiliation == "Two"

    def test_it_is_refused_once_the_case_has_changed_and_says_how(
        self, desk: Client
    ) -> None:
        case = make.make_prisoner("", affiliation="One")
        Prisoner.objects.update(affiliation="Two")
        url = restore_url(case, event(case, "update"), state="before")
        seen = opened(desk, url)
        Prisoner.objects.update(sex="male")
        refused = text(desk.post(url, {**seen, "change_reason": "A mistake."}))
        assert "Nothing was restored: the case was changed" in refused
        assert "Prisoner: Sex was “–”, and is now “male”" in refused
        assert (
            'value="A mistake."'
            in desk.post(url, {**seen, "change_reason": "A mistake."}).content.decode()
        )
        assert Prisoner.objects.get().affiliation == "Two"

    def test_it_is_refused_where_it_no_longer_fits(self, desk: Client) -> None:
        case, source, facility = (
            make.make_prisoner(),
            make.make_source(),
            make.make_facility(),
        )
        citation = make.make_citation(case, source=source)
        placement = make.make_placement(make.make_detention(case), facility=facility)
        citation.delete()
        source.delete()
        url = restore_url(case, event(case, "delete"))
        assert "Source: what it referred to is no longer there." in text(
            restored(desk, url)
        )
        Placement.objects.update(facility=None)
        Facility.objects.all().delete()
        url = restore_url(case, event(case, "update", Placement), state="before")
        assert "Facility: what it referred to is no longer there." in text(
            restored(desk, url)
        )
        assert not Citation.objects.exists()
        placement.refresh_from_db()
        assert placement.facility is None

    def test_it_obeys_every_rule_of_the_record(self, desk: Client) -> None:
        case = make.make_prisoner("First")
        PersonName.objects.update(preferred=False)
        make.make_name(case, "Second", preferred=True)
        url = restore_url(case, event(case, "update"), state="before")
        assert "only one name of a case can be the preferred one" in text(
            restored(desk, url)
        )
        assert PersonName.objects.get(preferred=True).value == "Second"

    def test_a_record_that_was_merged_into_another_case_stays_there(
        self, desk: Client
    ) -> None:
        kept, merged = make.make_prisoner("Ales Example"), make.make_prisoner("")
        detention = make.make_detention(merged, started_on="2020")
        Detention.objects.update(started_on="2021")
        self.merge(merged, kept)
        told = text(
            desk.get(
                restore_url(merged, event(merged, "insert", Detention)), follow=True
            )
        )
        assert "It is part of another case now" in told
        Detention.objects.update(started_on="2022")
        restored(
            desk, restore_url(kept, event(kept, "update", Detention), state="before")
        )
        detention.refresh_from_db()
        assert (detention.started_on, detention.prisoner) == ("2021", kept)

    def test_a_merged_case_is_left_as_it_is(self, desk: Client) -> None:
        kept, merged = (
            make.make_prisoner("Ales Example"),
            make.make_prisoner("", affiliation="One"),
        )
        Prisoner.objects.filter(pk=merged.pk).update(affiliation="Two")
        changed = event(merged, "update")
        self.merge(merged, kept)
        told = text(restored(desk, restore_url(merged, changed, state="before")))
        assert "This case was merged into another one." in told
        merged.refresh_from_db()
        assert (merged.affiliation, merged.merged_into) == ("Two", kept)

    def merge(self, merged: Prisoner, kept: Prisoner) -> None:
        for case in (merged, kept):
            case.refresh_from_db()
        merging.merge(
            kept.pk,
            merged.pk,
            seen_versions=(kept.version, merged.version),
            reason="One person.",
        )

    def test_of_a_part_whose_case_is_gone_is_refused_until_the_case_is_back(
        self, desk: Client
    ) -> None:
        case = make.make_prisoner("")
        make.make_detention(case)
        case_id = case.pk
        case.delete()
        case.pk = case_id
        url = restore_url(case, event(case, "delete", Detention))
        assert "Prisoner: what it referred to is no longer there." in text(
            restored(desk, url)
        )

    def test_an_event_before_a_deletion_leads_to_the_deletion(
        self, desk: Client
    ) -> None:
        case = make.make_prisoner("")
        detention = make.make_detention(case)
        detention.delete()
        answer = desk.get(
            restore_url(case, event(case, "insert", Detention)), follow=True
        )
        assert "This was deleted later: bring it back first" in text(answer)

    def test_what_stands_so_already_says_so(self, desk: Client) -> None:
        case = make.make_prisoner("", affiliation="One")
        Prisoner.objects.update(affiliation="Two")
        assert "There is nothing to restore" in text(
            desk.get(restore_url(case, event(case, "update")))
        )

    def test_it_takes_the_right_to_change_or_to_add(self, client: Client) -> None:
        case, editor = (
            make.make_prisoner("", affiliation="One"),
            User.objects.create_user("editor", is_staff=True),
        )
        Prisoner.objects.update(affiliation="Two")
        make.make_detention(case).delete()
        client.force_login(editor)
        url = restore_url(case, event(case, "update"), state="before")
        editor.user_permissions.set(
            Permission.objects.filter(
                codename__in=["view_prisoner", "change_detention"]
            )
        )
        assert client.post(url).status_code == 403
        editor.user_permissions.add(Permission.objects.get(codename="change_prisoner"))
        assert client.get(url).status_code == 200
        assert client.get(restore_url(case, event(case, "delete"))).status_code == 403

    def test_a_claimant_and_a_source_with_what_it_repeats(self, desk: Client) -> None:
        claimant, source = make.make_claimant("One"), make.make_source("A copy")
        source.derived_from.add(make.make_source("The original"))
        claimant_id, source_id = claimant.pk, source.pk
        claimant.delete()
        source.delete()
        claimant.pk, source.pk = claimant_id, source_id
        restored(desk, restore_url(claimant, event(claimant, "delete")))
        restored(desk, restore_url(source, event(source, "delete", Source)))
        assert (
            Source.objects.get(pk=source_id).derived_from.get().title == "The original"
        )
        claimant.refresh_from_db()
        assert claimant.name == "One"
