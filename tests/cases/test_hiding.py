"""A case that was hidden at once is out of everyone's sight, and returns only by an
approval of somebody else that says so.
"""

import json
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import serializers
from django.db import IntegrityError, connection, transaction
from django.test import Client

from cases import history, merging
from cases.history import acting
from cases.history.restoring import goal, restore
from cases.models import Mark, Prisoner, WaitingCase
from cases.publishing import publish_pending
from cases.publishing.gate import mark_everything
from cases.review import approving
from cases.review.hiding import hide
from cases.review.returning import CannotReturn
from cases.review.second_person import OwnChange
from tests.cases.admin_pages import address, opened
from tests.factories import approve, make_citation, make_documenter, make_prisoner
from tracker.audiences import AUDIENCES

pytestmark = pytest.mark.django_db

NAME = "Ales Example"


@pytest.fixture(autouse=True)
def reviewed(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def ada() -> User:
    return make_documenter("ada")


@pytest.fixture
def ben() -> User:
    return make_documenter("ben")


@pytest.fixture
def viewer() -> User:
    """Of a group of the organisation's own: they view prisoners, and no more."""
    group = Group.objects.create(name="volunteers")
    group.permissions.set(
        Permission.objects.filter(codename__in=["view_prisoner", "hide_case"])
    )
    user = User.objects.create_user("viewer", is_staff=True)
    user.groups.add(group)
    return user


def published(name: str = NAME) -> Prisoner:
    with transaction.atomic():
        case = make_prisoner(name, visibility="public", summary={"en": "A story."})
    approve(case)
    assert seen_by(case) == ["public", "partners"]
    connection.check_constraints()  # as at the end of a transaction
    return case


@pytest.fixture
def case(ada: User) -> Prisoner:
    """Ada hid it."""
    case = published()
    hide(case.pk, by=ada)
    assert seen_by(case) == []
    return case


def seen_by(case: Prisoner) -> list[str]:
    publish_pending()
    audiences = []
    for audience in AUDIENCES:
        row = audience.document_model._default_manager.filter(pk=case.pk).first()
        if row is not None and (row.document is not None or row.merged_into):
            audiences.append(audience.name)
    return audiences


def give_back(case: Prisoner, by: User | None) -> None:
    case.refresh_from_db()
    approving.approve(
        case.kind, case.pk, seen_version=case.version, by=by, returns=["case"]
    )


def merge(kept: Prisoner, merged: Prisoner, by: User) -> Any:
    kept.refresh_from_db()
    merged.refresh_from_db()
    seen = (kept.version, merged.version)
    proposal = merging.propose(
        kept.pk, merged.pk, seen_versions=seen, reason="One man."
    )
    return merging.approve(proposal.pk, seen_versions=seen, by=by)


def unmerge(done: Any, kept: Prisoner, merged: Prisoner, by: User) -> None:
    kept.refresh_from_db()
    merged.refresh_from_db()
    seen = (kept.version, merged.version)
    merging.unmerge(done.pk, seen_versions=seen, by=by, reason="Two persons.")


class TestItIsOutOfSight:
    def test_for_everyone_with_a_tombstone_as_of_any_withdrawal(
        self, case: Prisoner
    ) -> None:
        for audience in AUDIENCES:
            row = audience.document_model._default_manager.get(pk=case.pk)
            assert row.document is None

    def test_before_what_else_waits(self, ada: User) -> None:
        case = published()
        hide(case.pk, by=ada)
        assert Mark.objects.get(root_id=case.pk).withdrawal

    def test_though_edits_of_it_wait(self, ada: User) -> None:
        case = published()
        Prisoner.objects.filter(pk=case.pk).update(affiliation="A club")
        hide(case.pk, by=ada)
        assert seen_by(case) == []

    def test_with_the_one_that_it_was_merged_into(self, ada: User) -> None:
        kept, merged = published(), published("Ales Exampel")
        merge(kept, merged, ada)
        assert seen_by(merged) == ["public", "partners"]  # its address leads there
        assert [each.pk for each in hide(merged.pk, by=ada)] == [merged.pk, kept.pk]
        assert seen_by(merged) == seen_by(kept) == []

    def test_and_no_other_case_names_its_id(self, ada: User) -> None:
        kept, merged = published(), published("Ales Exampel")
        merge(kept, merged, ada)
        assert previous_ids(kept) == [str(merged.pk)]
        Prisoner.objects.filter(pk=merged.pk).update(case_taken_back=1)
        assert previous_ids(kept) == []
        assert seen_by(kept) == ["public", "partners"]

    def test_and_history_tells_who_when_and_why(
        self, case: Prisoner, ada: User
    ) -> None:
        last = history.timeline(case.kind, case.pk)[-1]
        assert (last.who, last.why) == ("ada", "Hidden at once.")
        assert last.at

    def test_pressed_twice_it_is_hidden_once(self, case: Prisoner, ben: User) -> None:
        hide(case.pk, by=ben)
        case.refresh_from_db()
        assert case.case_taken_back == 1

    def test_and_it_waits_for_review_as_taken_back(self, case: Prisoner) -> None:
        assert WaitingCase.objects.get(root_id=case.pk).changes == ["taken_back"]


def previous_ids(case: Prisoner) -> list[str]:
    publish_pending()
    row = AUDIENCES[0].document_model._default_manager.get(pk=case.pk)
    ids: list[str] = json.loads(str(row.document))["previous_ids"]
    return ids


class TestNothingElseGivesItBack:
    def test_no_edit_and_no_approval_of_one(self, case: Prisoner, ben: User) -> None:
        case.refresh_from_db()
        case.affiliation = "A club"
        case.save()
        assert seen_by(case) == []
        approve(case)
        assert seen_by(case) == []
        mark_everything()
        assert seen_by(case) == []

    def test_no_save_where_no_review_is_required(
        self, ada: User, settings: Any
    ) -> None:
        settings.REQUIRE_REVIEW = False
        case = published()
        hide(case.pk, by=ada)
        assert seen_by(case) == []
        case.refresh_from_db()
        case.affiliation = "A club"
        case.save()
        assert seen_by(case) == []

    def test_no_save_of_who_had_it_open_before(self, ada: User) -> None:
        case = published()
        stale = Prisoner.objects.get(pk=case.pk)
        hide(case.pk, by=ada)
        with pytest.raises(IntegrityError), transaction.atomic():
            stale.save()
        assert seen_by(case) == []

    def test_no_narrowing_and_widening(self, case: Prisoner) -> None:
        for visibility in ("internal", "public"):
            Prisoner.objects.filter(pk=case.pk).update(visibility=visibility)
        assert seen_by(case) == []
        approve(case)
        assert seen_by(case) == []

    def test_no_statement_in_the_database(self, case: Prisoner, ada: User) -> None:
        for person in (None, ada):
            for statement in (
                {"case_taken_back": 0},
                {"case_taken_back": None},
                {"case_returned": 1},
                {"case_returned": 2},
                {"case_taken_back": 2, "case_returned": 2},
            ):
                with (
                    pytest.raises(IntegrityError),
                    transaction.atomic(),
                    acting(user=person),
                ):
                    Prisoner.objects.filter(pk=case.pk).update(**statement)

    def test_no_restoring_of_what_stood_before(self, case: Prisoner) -> None:
        events = history.timeline(case.kind, case.pk)
        wanted = goal(case, events, events[-1].number, "before")
        assert "case_taken_back" not in wanted.values
        approve(case)
        assert seen_by(case) == []

    def test_no_deleting_and_restoring_of_it(self, case: Prisoner) -> None:
        key, kind = case.pk, case.kind
        case.delete()
        events = history.timeline(kind, key)
        restore(goal(Prisoner(pk=key), events, events[-1].number))
        self._is_still_hidden(key)

    def test_no_deleting_and_entering_it_anew_under_its_id(
        self, case: Prisoner
    ) -> None:
        key = case.pk
        case.delete()
        make_prisoner(NAME, id=key)
        self._is_still_hidden(key)

    def test_no_fixture_of_before(self, ada: User) -> None:
        case = published()
        case.refresh_from_db()
        fixture = serializers.serialize("json", [case])
        hide(case.pk, by=ada)
        for record in serializers.deserialize("json", fixture):
            with pytest.raises(IntegrityError), transaction.atomic():
                record.save()
        Prisoner.objects.get(pk=case.pk).delete()
        for record in serializers.deserialize("json", fixture):
            entered: Any = record.object
            entered.visibility = "internal"
            Prisoner.objects.bulk_create([entered])
        self._is_still_hidden(case.pk)

    def _is_still_hidden(self, key: UUID) -> None:
        case = Prisoner.objects.get(pk=key)
        make_citation(case)
        Prisoner.objects.filter(pk=key).update(visibility="public")
        approve(case)
        assert seen_by(case) == []

    def test_no_merge_into_a_case_that_is_seen(self, case: Prisoner, ben: User) -> None:
        other = published("Ales Exampel")
        merge(other, case, ben)
        assert seen_by(other) == seen_by(case) == []
        approve(other)
        assert seen_by(other) == []

    def test_no_merge_of_a_case_that_is_seen(self, case: Prisoner, ben: User) -> None:
        other = published("Ales Exampel")
        merge(case, other, ben)
        approve(case)
        assert seen_by(case) == seen_by(other) == []

    def test_no_undoing_of_a_merge(self, ada: User, ben: User) -> None:
        kept, merged = published(), published("Ales Exampel")
        done = merge(kept, merged, ben)
        hide(kept.pk, by=ada)
        unmerge(done, kept, merged, ben)
        for case in (kept, merged):
            approve(case)
            assert seen_by(case) == []

    def test_and_a_merge_with_one_that_has_returned_hides_nothing(
        self, case: Prisoner, ben: User
    ) -> None:
        give_back(case, ben)
        other = published("Ales Exampel")
        merge(other, case, ben)
        assert seen_by(other) == ["public", "partners"]


class TestItReturns:
    def test_by_an_approval_of_somebody_else_that_says_so(
        self, case: Prisoner, ben: User
    ) -> None:
        give_back(case, ben)
        assert seen_by(case) == ["public", "partners"]

    @pytest.mark.parametrize("required", [True, False])
    @pytest.mark.parametrize("own", [True, False])
    def test_not_by_whoever_hid_it_whatever_the_settings(
        self, required: bool, own: bool, case: Prisoner, ada: User, settings: Any
    ) -> None:
        approve(case)
        settings.REQUIRE_REVIEW, settings.APPROVE_OWN_CHANGES = required, own
        with pytest.raises(CannotReturn, match="You hid it yourself"):
            give_back(case, ada)
        assert seen_by(case) == []

    def test_not_by_nobody(self, case: Prisoner) -> None:
        with pytest.raises(CannotReturn, match="account"):
            give_back(case, None)

    def test_by_an_explicit_act_where_no_review_is_required(
        self, case: Prisoner, ben: User, settings: Any
    ) -> None:
        settings.REQUIRE_REVIEW = False
        give_back(case, ben)
        assert seen_by(case) == ["public", "partners"]

    def test_by_anyone_with_a_name_where_a_hand_in_psql_hid_it(self, ben: User) -> None:
        case = published()
        Prisoner.objects.filter(pk=case.pk).update(case_taken_back=1)
        assert seen_by(case) == []
        give_back(case, ben)
        assert seen_by(case) == ["public", "partners"]

    def test_and_can_be_hidden_again_by_somebody_else_and_returned_by_the_first(
        self, case: Prisoner, ada: User, ben: User
    ) -> None:
        give_back(case, ben)
        hide(case.pk, by=ben)
        assert seen_by(case) == []
        with pytest.raises(OwnChange):
            give_back(case, ben)
        give_back(case, ada)
        assert seen_by(case) == ["public", "partners"]

    def test_not_what_was_never_hidden(self, ben: User) -> None:
        with pytest.raises(CannotReturn, match="nothing returns"):
            give_back(published(), ben)


class TestAtTheDesk:
    def test_one_button_on_the_case_hides_it_without_a_form(
        self, ada: User, client: Client
    ) -> None:
        case = published()
        client.force_login(ada)
        page = client.get(address(case)).content.decode()
        assert f'action="{address(case, "hide")}"' in page
        answer = client.post(address(case, "hide"), follow=True)
        assert answer.redirect_chain == [(address(case, "hidden"), 302)]
        text = answer.content.decode()
        assert "is hidden" in text
        assert "the case returns" in text
        assert seen_by(case) == []

    def test_one_button_in_each_row_of_the_list(
        self, ada: User, client: Client
    ) -> None:
        case, other = published(), published("Maryja Example")
        client.force_login(ada)
        page = client.get("/admin/cases/prisoner/").content.decode()
        for each in (case, other):
            assert f'formaction="{address(each, "hide")}"' in page

    def test_also_for_those_who_only_view(self, viewer: User, client: Client) -> None:
        case = published()
        client.force_login(viewer)
        assert address(case, "hide") in client.get(address(case)).content.decode()
        page = client.get("/admin/cases/prisoner/").content.decode()
        assert address(case, "hide") in page
        assert client.post(address(case, "hide"), follow=True).status_code == 200
        assert seen_by(case) == []

    def test_while_somebody_else_edits_it_who_is_then_told_so(
        self, ada: User, ben: User, client: Client
    ) -> None:
        case = published()
        client.force_login(ben)
        page = opened(client, address(case))
        hide(case.pk, by=ada)
        page |= {"affiliation": "A club", "change_reason": "Found."}
        answer = client.post(address(case), page, follow=True)
        told = [str(message) for message in answer.context["messages"]]
        assert any("ada" in words for words in told), told
        case.refresh_from_db()
        assert case.affiliation == "A club"
        assert seen_by(case) == []

    def test_not_without_the_right(self, client: Client) -> None:
        case = published()
        user = User.objects.create_user("guest", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_prisoner"))
        client.force_login(user)
        assert client.post(address(case, "hide")).status_code == 403
        assert address(case, "hide") not in client.get(address(case)).content.decode()
        page = client.get("/admin/cases/prisoner/").content.decode()
        assert address(case, "hide") not in page

    def test_not_by_a_link_and_not_from_another_site(self, ada: User) -> None:
        case = published()
        client = Client(enforce_csrf_checks=True)
        client.force_login(ada)
        assert client.get(address(case, "hide")).status_code == 405
        assert client.post(address(case, "hide")).status_code == 403
        assert seen_by(case) == ["public", "partners"]

    def test_the_case_says_that_it_is_hidden_and_by_whom(
        self, case: Prisoner, ben: User, client: Client
    ) -> None:
        client.force_login(ben)
        page = client.get(address(case)).content.decode()
        assert "Hidden from everyone outside" in page
        assert "ada" in page
        assert f'action="{address(case, "hide")}"' not in page

    def test_the_list_finds_those_that_are_hidden_and_have_not_returned(
        self, case: Prisoner, ada: User, ben: User, client: Client
    ) -> None:
        published("Maryja Example")
        returned = published("Volha Example")
        hide(returned.pk, by=ada)
        give_back(returned, ben)
        client.force_login(ben)
        page = client.get("/admin/cases/prisoner/?hidden=yes")
        assert list(page.context["cl"].result_list) == [case]

    def test_the_review_shows_the_line_and_without_its_tick_nothing_returns(
        self, case: Prisoner, ben: User, client: Client
    ) -> None:
        client.force_login(ben)
        assert (
            "the case returns" in client.get(address(case, "review")).content.decode()
        )
        case.refresh_from_db()
        page = {"seen_version": case.version, "reason": "Seen."}
        assert client.post(address(case, "approve"), page).status_code == 302
        assert seen_by(case) == []
        case.refresh_from_db()
        page |= {"seen_version": case.version, "returns": ["case"]}
        assert client.post(address(case, "approve"), page).status_code == 302
        assert seen_by(case) == ["public", "partners"]

    def test_whoever_hid_it_is_told_that_somebody_else_must_look(
        self, case: Prisoner, ada: User, client: Client
    ) -> None:
        approve(case)
        client.force_login(ada)
        page = client.get(address(case, "review")).content.decode()
        assert "You hid it yourself" in page
        assert 'name="returns"' not in page


class TestByTheEditorialApi:
    def test_it_is_hidden_without_a_version_and_a_reason(
        self, viewer: User, client: Client
    ) -> None:
        case = published()
        client.force_login(viewer)
        answer = client.post(f"/api/editorial/v1/prisoners/{case.pk}/hide/")
        assert answer.status_code == 200, answer.content
        case.refresh_from_db()
        assert answer.json() == {
            "hidden": [str(case.pk)],
            "version": case.version,
            "out_of_sight": False,  # the gate has not been here, in this transaction
        }
        assert seen_by(case) == []
        answer = client.post(f"/api/editorial/v1/prisoners/{case.pk}/hide/")
        assert answer.json()["out_of_sight"] is True

    def test_not_without_the_right(self, client: Client) -> None:
        case = published()
        user = User.objects.create_user("guest", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_prisoner"))
        client.force_login(user)
        answer = client.post(f"/api/editorial/v1/prisoners/{case.pk}/hide/")
        assert answer.status_code == 403

    def test_it_returns_by_an_approval_that_says_so(
        self, case: Prisoner, ada: User, ben: User, client: Client
    ) -> None:
        place = f"/api/editorial/v1/prisoners/{case.pk}"
        client.force_login(ada)
        body = client.get(f"{place}/review/").json()
        assert body["taken_back"][0]["why_not"].startswith("You hid it yourself")
        assert (body["seen_before"], body["seen_after"]) == ("public", "internal")
        client.force_login(ben)
        body = client.get(f"{place}/review/").json()
        assert body["taken_back"] == [
            {"subject": "case", "line": "the case returns", "why_not": ""}
        ]
        answer = client.post(
            f"{place}/approve/",
            {"version": body["version"], "reason": "Seen.", "returns": ["case"]},
            content_type="application/json",
        )
        assert answer.status_code == 201, answer.content
        assert seen_by(case) == ["public", "partners"]


@pytest.mark.django_db(transaction=True)
def test_it_is_gone_before_the_answer_is_there(client: Client) -> None:
    case = published()
    client.force_login(make_documenter("ada"))
    answer = client.post(f"/api/editorial/v1/prisoners/{case.pk}/hide/")
    assert answer.json()["out_of_sight"] is True
