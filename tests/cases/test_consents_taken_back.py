"""A consent that was taken back stays so until a new one is on record and a second
person approves that the name returns.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client

from cases import history, merging
from cases.history import acting
from cases.history.restoring import goal, restore
from cases.models import Consent, Prisoner
from cases.publishing import publish_pending
from cases.publishing.gate import mark_everything
from cases.review import approving
from cases.review.returning import CannotReturn
from tests.cases.admin_pages import address
from tests.factories import approve, make_documenter, make_prisoner
from tracker.audiences import AUDIENCES

pytestmark = pytest.mark.django_db

AsOwner = Callable[[], AbstractContextManager[None]]

NAME = "Ales Example"
NEW: dict[str, Any] = {
    "subject": "name",
    "audience": "public",
    "given_by": "the person",
    "given_on": "2026-03",
    "given_how": "in a letter",
}


@pytest.fixture(autouse=True)
def reviewed(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def ada() -> User:
    return make_documenter("ada")


@pytest.fixture
def ben() -> User:
    return make_documenter("ben")


def published(name: str = NAME) -> Prisoner:
    """With a consent for the name, and one for the story."""
    with transaction.atomic():
        case = make_prisoner(name, visibility="public", summary={"en": "A story."})
    for subject in ("name", "story"):
        Consent.objects.create(prisoner=case, subject=subject, audience="public")
    approve(case)
    publish_pending()
    return case


@pytest.fixture
def case() -> Prisoner:
    """Its consent for the name was taken back, and the case was approved so."""
    case = published()
    withdraw(case)
    approve(case)
    publish_pending()
    return case


def withdraw(case: Prisoner, subject: str = "name") -> None:
    case.consents.filter(subject=subject).update(withdrawn_on="2025-10")


def enter(case: Prisoner, by: User, **fields: Any) -> Consent:
    with acting(user=by):
        return Consent.objects.create(prisoner=case, **{**NEW, **fields})


def give_back(case: Prisoner, by: User | None, *subjects: str, **asked: Any) -> None:
    case.refresh_from_db()
    approving.approve(
        case.kind,
        case.pk,
        seen_version=case.version,
        by=by,
        returns=subjects or ("name",),
        **asked,
    )


def told(case: Prisoner, audience: str = "public") -> str | None:
    publish_pending()
    name: str | None = find_document(case, audience)["name"]
    return name


def find_document(case: Prisoner, audience: str) -> dict[str, Any]:
    (model,) = [known.document_model for known in AUDIENCES if known.name == audience]
    row = model._default_manager.get(pk=case.pk)
    document: dict[str, Any] = json.loads(str(row.document))
    return document


def delete_its_row(case: Prisoner) -> None:
    case.consents.filter(subject="name").delete()


def empty_its_day(case: Prisoner) -> None:
    case.consents.update(withdrawn_on=None)


def add_another(case: Prisoner) -> None:
    Consent.objects.create(prisoner=case, **NEW)


def empty_and_delete(case: Prisoner) -> None:
    empty_its_day(case)
    delete_its_row(case)


def say_it_is_of_something_else(case: Prisoner) -> None:
    case.consents.filter(subject="name").update(subject="photo")
    add_another(case)


WAYS = [
    delete_its_row,
    empty_its_day,
    add_another,
    empty_and_delete,
    say_it_is_of_something_else,
]


class TestNothingElseGivesTheNameBack:
    @pytest.mark.parametrize("way", WAYS)
    def test_not_what_is_done_with_its_row_and_no_approval_of_that(
        self, way: Callable[[Prisoner], None], case: Prisoner
    ) -> None:
        way(case)
        assert told(case) is None
        approve(case)
        assert told(case) is None
        mark_everything()
        assert told(case) is None

    @pytest.mark.parametrize("way", WAYS)
    def test_not_even_where_nobody_approved_in_between(
        self, way: Callable[[Prisoner], None]
    ) -> None:
        case = published()
        withdraw(case)
        way(case)
        assert told(case) is None

    @pytest.mark.parametrize("way", WAYS)
    def test_no_save_where_no_review_is_required(
        self, way: Callable[[Prisoner], None], settings: Any
    ) -> None:
        settings.REQUIRE_REVIEW = False
        case = published()
        assert told(case) == NAME
        withdraw(case)
        assert told(case) is None
        way(case)
        assert told(case) is None

    def test_no_merging_with_a_case_that_has_a_consent(
        self, case: Prisoner, ada: User
    ) -> None:
        empty_and_delete(case)
        with pytest.raises(merging.MergeRefused, match="was withdrawn in one case"):
            _merge(published("Ales Exampel"), case, ada)

    def test_no_merging_with_a_case_that_never_asked(
        self, case: Prisoner, ada: User
    ) -> None:
        empty_and_delete(case)
        other = make_prisoner("Ales Exampel", visibility="public")
        approve(other)
        assert told(other) == "Ales Exampel"
        connection.check_constraints()  # as at the end of a transaction
        _merge(other, case, ada)
        assert told(other) is None
        approve(other)
        assert told(other) is None

    def test_no_undoing_of_a_merge(self, ada: User) -> None:
        kept, merged = published(), published("Ales Exampel")
        merge = _merge(kept, merged, ada)
        assert told(kept) == NAME
        withdraw(kept)
        empty_and_delete(kept)
        kept.refresh_from_db()
        merged.refresh_from_db()
        merging.unmerge(
            merge.pk,
            seen_versions=(kept.version, merged.version),
            by=ada,
            reason="Two persons.",
        )
        assert told(kept) is None
        assert told(merged) is None

    def test_no_restoring_of_what_stood_before(self, case: Prisoner) -> None:
        consent = case.consents.get(subject="name")
        events = history.timeline(case.kind, case.pk)
        withdrawal = next(
            event
            for event in events
            if event.record_id == str(consent.pk) and event.operation == "update"
        )
        restore(goal(case, events, withdrawal.number, "before"))
        approve(case)
        assert told(case) is None

    def test_no_deleting_and_restoring_of_the_case(self, case: Prisoner) -> None:
        key, kind = case.pk, case.kind
        empty_its_day(case)
        case.delete()
        events = history.timeline(kind, key)
        deletion = next(
            event
            for event in events
            if event.record_id == str(key) and event.operation == "delete"
        )
        restore(goal(Prisoner(pk=key), events, deletion.number))
        case = Prisoner.objects.get(pk=key)
        Prisoner.objects.filter(pk=key).update(visibility="public")
        approve(case)
        assert told(case) is None

    def test_no_statement_in_the_database(self, case: Prisoner) -> None:
        for statement in (
            {"name_taken_back": 0},
            {"name_taken_back": None},
            {"name_returned": 1},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Prisoner.objects.filter(pk=case.pk).update(**statement)

    def test_no_story_either(self) -> None:
        case = published()
        withdraw(case, "story")
        case.consents.filter(subject="story").delete()
        approve(case)
        publish_pending()
        document = find_document(case, "public")
        assert document["summary"] == {}
        assert document["name"] == NAME


class TestTheNameReturns:
    def test_by_a_new_consent_and_a_second_person_who_says_so(
        self, case: Prisoner, ada: User, ben: User
    ) -> None:
        enter(case, ada)
        assert told(case) is None
        give_back(case, ben)
        assert told(case) == NAME

    def test_where_no_review_is_required_too(
        self, case: Prisoner, ada: User, ben: User, settings: Any
    ) -> None:
        settings.REQUIRE_REVIEW = False
        enter(case, ada)
        assert told(case) is None
        with pytest.raises(CannotReturn):
            give_back(case, ada)
        give_back(case, ben)
        assert told(case) == NAME

    @pytest.mark.parametrize("lacking", ["given_on", "given_by", "given_how"])
    def test_not_by_a_consent_that_lacks_its_day_its_giver_or_how(
        self, lacking: str, case: Prisoner, ada: User, ben: User
    ) -> None:
        enter(case, ada, **{lacking: None if lacking == "given_on" else ""})
        with pytest.raises(CannotReturn, match="its day, who gave it, and how"):
            give_back(case, ben)

    def test_not_by_the_old_consent(self, case: Prisoner, ada: User, ben: User) -> None:
        with acting(user=ada):
            case.consents.update(withdrawn_on=None, **NEW)
        with pytest.raises(CannotReturn, match="new consent"):
            give_back(case, ben)

    def test_not_by_a_consent_that_was_deleted_and_brought_back(
        self, ada: User, ben: User
    ) -> None:
        case = published()
        old = enter(case, ada)
        kept = Consent.objects.get(pk=old.pk)
        old.delete()
        withdraw(case)
        with acting(user=ada):
            kept.save(force_insert=True)
        with pytest.raises(CannotReturn, match="new consent"):
            give_back(case, ben)

    def test_not_by_whoever_entered_the_consent_though_others_approved_since(
        self, case: Prisoner, ada: User, ben: User
    ) -> None:
        enter(case, ada)
        approve(case)
        with pytest.raises(CannotReturn, match="Somebody other"):
            give_back(case, ada)
        give_back(case, ben)
        assert told(case) == NAME

    @pytest.mark.parametrize("switched_off", [True, False])
    def test_not_by_oneself_where_one_may_approve_ones_own(
        self, switched_off: bool, case: Prisoner, ada: User, settings: Any
    ) -> None:
        settings.APPROVE_OWN_CHANGES = True
        settings.REQUIRE_REVIEW = not switched_off
        enter(case, ada)
        with pytest.raises(CannotReturn, match="Somebody other"):
            give_back(case, ada)

    def test_not_by_nobody_and_not_by_a_consent_of_nobody(
        self, case: Prisoner, ada: User, ben: User
    ) -> None:
        add_another(case)
        with pytest.raises(CannotReturn, match="Somebody other"):
            give_back(case, ben)
        enter(case, ada)
        with pytest.raises(CannotReturn, match="account"):
            give_back(case, None)

    def test_the_database_asks_for_the_second_person_itself(
        self, case: Prisoner, ada: User, ben: User
    ) -> None:
        enter(case, ada)
        returned = {"name_returned": 1}
        for person in (ada, None):
            with (
                pytest.raises(IntegrityError),
                transaction.atomic(),
                acting(user=person),
            ):
                Prisoner.objects.filter(pk=case.pk).update(**returned)
        with acting(user=ben):
            Prisoner.objects.filter(pk=case.pk).update(**returned)
        assert told(case) is None  # nobody has approved it

    def test_the_database_asks_who_it_is_with_a_proof(
        self, case: Prisoner, ada: User, ben: User
    ) -> None:
        enter(case, ada)
        forged = json.dumps({"user": ben.pk, "username": ben.username})
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('pghistory.context_metadata', %s, FALSE)", [forged]
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            Prisoner.objects.filter(pk=case.pk).update(name_returned=1)
        with connection.cursor() as cursor:
            cursor.execute("RESET pghistory.context_metadata")

    def test_to_those_only_to_whom_the_new_consent_is(
        self, case: Prisoner, ada: User, ben: User
    ) -> None:
        delete_its_row(case)
        enter(case, ada, audience="partners")
        give_back(case, ben)
        assert told(case) is None
        assert told(case, "partners") == NAME

    def test_to_no_others_when_that_consent_is_widened_or_replaced(
        self, case: Prisoner, ada: User, ben: User
    ) -> None:
        consent = enter(case, ada, audience="partners")
        give_back(case, ben)
        Consent.objects.filter(pk=consent.pk).update(audience="public")
        approve(case)
        assert told(case) is None
        assert told(case, "partners") is None

    def test_and_goes_again_with_the_new_consent(
        self, case: Prisoner, ada: User, ben: User
    ) -> None:
        enter(case, ada)
        give_back(case, ben)
        assert told(case) == NAME
        delete_its_row(case)
        add_another(case)
        assert told(case) is None
        approve(case)
        assert told(case) is None

    def test_on_the_day_that_the_approval_says_and_not_by_an_older_edition(
        self, ada: User, ben: User
    ) -> None:
        case = published()
        withdraw(case)
        enter(case, ada)
        give_back(case, ben, not_before=date(2099, 1, 1))
        assert told(case) is None

    def test_not_where_nothing_was_taken_back(self, ben: User) -> None:
        case = published()
        with pytest.raises(CannotReturn, match="nothing returns"):
            give_back(case, ben)


class TestAtTheDesk:
    def test_the_review_shows_the_line_and_without_its_tick_nothing_returns(
        self, case: Prisoner, ada: User, ben: User, client: Client
    ) -> None:
        enter(case, ada)
        client.force_login(ben)
        shown = client.get(address(case, "review")).content.decode()
        assert "the name returns" in shown
        case.refresh_from_db()
        page = {"seen_version": case.version, "reason": "Seen."}
        assert client.post(address(case, "approve"), page).status_code == 302
        assert told(case) is None
        case.refresh_from_db()
        page |= {"seen_version": case.version, "returns": ["name"]}
        assert client.post(address(case, "approve"), page).status_code == 302
        assert told(case) == NAME

    def test_the_review_says_what_is_missing_before_it_can_return(
        self, case: Prisoner, ben: User, client: Client
    ) -> None:
        client.force_login(ben)
        page = client.get(address(case, "review")).content.decode()
        assert "Before an approval can say “the name returns”" in page
        assert 'name="returns"' not in page

    def test_the_api_says_it_in_a_field_of_its_own(
        self, case: Prisoner, ada: User, ben: User, client: Client
    ) -> None:
        enter(case, ada)
        place = f"/api/editorial/v1/prisoners/{case.pk}"
        client.force_login(ada)
        body = client.get(f"{place}/review/").json()
        assert body["taken_back"][0]["why_not"].startswith("Somebody other")
        client.force_login(ben)
        body = client.get(f"{place}/review/").json()
        assert body["taken_back"] == [
            {"subject": "name", "line": "the name returns", "why_not": ""}
        ]
        answer = client.post(
            f"{place}/approve/",
            {"version": body["version"], "reason": "Seen.", "returns": ["name"]},
            content_type="application/json",
        )
        assert answer.status_code == 201, answer.content
        assert told(case) == NAME


def _merge(kept: Prisoner, merged: Prisoner, by: User) -> Any:
    kept.refresh_from_db()
    merged.refresh_from_db()
    seen = (kept.version, merged.version)
    proposal = merging.propose(
        kept.pk, merged.pk, seen_versions=seen, reason="One man."
    )
    return merging.approve(proposal.pk, seen_versions=seen, by=by)
