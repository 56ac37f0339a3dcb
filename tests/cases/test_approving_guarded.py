"""The database itself asks who approves: the desk's login stores an edition only by a
function, and only for somebody who acts, may approve, and did not change the case.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.utils import timezone
from psycopg.errors import CheckViolation, InsufficientPrivilege

from cases import aggregate, editions, merging
from cases.desk.signin.models import FactorShown
from cases.editions import Approval
from cases.history import acting, proof
from cases.history.since import newest_event
from cases.models import Consent, Edition, Prisoner, ReviewRule, Source
from cases.review.approving import OwnChange, approve
from cases.review.second_person import FactorNotShown
from tests import factories as make
from tests.roles import acting_as

Logins = Callable[[str], psycopg.Connection[Any]]

STORE = """
    SELECT * FROM edition_store('source', gen_random_uuid(), 1, 0::bigint, '{}'::jsonb,
        %s, '', '', NULL)
"""


def stored_rule(**rule: bool) -> None:
    with acting_as("owner"):
        ReviewRule.objects.update(
            **{"saving_approves": False, "second_factor": False, **rule}
        )


@pytest.fixture
def review(db: None, settings: Any) -> None:
    settings.REQUIRE_REVIEW = True
    settings.APPROVE_OWN_CHANGES = False
    stored_rule()


def person(name: str, role: str = "reviewer") -> User:
    account = User.objects.create(username=name, is_staff=True)
    account.groups.add(Group.objects.get(name=role))
    return account


def store(case: Any, by: User | None) -> Edition:
    """As a program would that asks none of our rules."""
    case.refresh_from_db()
    found = aggregate.read(case.kind, [case.pk])[case.pk]
    approval = Approval(case.pk, case.version, newest_event(), found)
    with transaction.atomic():
        edition = editions.store(case.kind, approval, approved_by=by)
    return Edition.objects.get(pk=edition.id)


def changed_by(account: User, case: Any) -> None:
    with acting(user=account):
        case.internal_notes = ""
        case.save()


def test_the_desks_login_writes_no_edition_itself(logins: Logins) -> None:
    desk = logins("desk")
    for attack in (
        "INSERT INTO cases_edition (root_kind, root_id, number, version, snapshot,"
        " reason, public_reason, event)"
        " VALUES ('source', gen_random_uuid(), 1, 1, '{}', '', '', 0)",
        "UPDATE cases_edition SET snapshot = '{}'",
        "DELETE FROM cases_edition",
        "SELECT nextval('cases_edition_id_seq')",
    ):
        with pytest.raises(InsufficientPrivilege):
            desk.execute(attack)


@pytest.mark.parametrize("role", ["publisher", "public", "partners"])
def test_no_other_login_calls_the_function(role: str, logins: Logins) -> None:
    with pytest.raises(InsufficientPrivilege):
        logins(role).execute(STORE, [None])


def test_the_desks_login_alone_signs_for_nobody(logins: Logins) -> None:
    owner, desk = logins("owner"), logins("desk")
    owner.execute("UPDATE cases_reviewrule SET saving_approves = FALSE")
    try:
        with pytest.raises(CheckViolation, match="the one who acts"):
            desk.execute(STORE, [1])
        with pytest.raises(CheckViolation, match="somebody has to approve"):
            desk.execute(STORE, [None])
        forged = {"user": 1, "username": "ada"}
        desk.execute(
            "SELECT set_config('pghistory.context_metadata', %s, FALSE)",
            [json.dumps(forged)],
        )
        with pytest.raises(InsufficientPrivilege, match="not proved"):
            desk.execute(STORE, [1])
        proved = {**forged, **proof.proof(desk, 1, "ada")}
        desk.execute(
            "SELECT set_config('pghistory.context_metadata', %s, FALSE)",
            [json.dumps(proved)],
        )
        with pytest.raises(CheckViolation, match="may not approve"):
            desk.execute(STORE, [1])  # there is no such account
    finally:
        owner.execute("UPDATE cases_reviewrule SET saving_approves = TRUE")


@pytest.mark.django_db
def test_a_reviewer_who_acts_approves(review: None) -> None:
    source, ben = make.make_source(), person("ben")
    with acting(user=ben):
        first = store(source, ben)
        second = store(source, ben)
    assert (first.number, second.number) == (1, 2)
    assert first.approved_by == ben
    assert first.snapshot["root"]["title"] == source.title


@pytest.mark.django_db
def test_nobody_signs_for_somebody_else(review: None) -> None:
    source, ada, ben = make.make_source(), person("ada"), person("ben")
    with (
        pytest.raises(IntegrityError, match="the one who acts"),
        acting(user=ada),
    ):
        store(source, ben)
    with pytest.raises(IntegrityError, match="the one who acts"):
        store(source, ben)


@pytest.mark.django_db
def test_only_who_may_approve(review: None) -> None:
    source = make.make_source()
    locked = person("locked")
    User.objects.filter(pk=locked.pk).update(is_active=False)
    outside = person("outside")
    User.objects.filter(pk=outside.pk).update(is_staff=False)
    for account in (person("olga", "documenter"), locked, outside):
        with (
            pytest.raises(IntegrityError, match="may not approve"),
            acting(user=account),
        ):
            store(source, account)
    administrator = make.make_documenter("root")
    with acting(user=administrator):
        assert store(source, administrator).number == 1


@pytest.mark.django_db
def test_not_who_changed_the_case_or_a_part_of_it(review: None) -> None:
    ada, ben, eve = person("ada"), person("ben"), person("eve")
    with acting(user=ada):
        case = make.make_prisoner("Known Name")
    with acting(user=ben):
        make.make_name(case, value="Another Name")
    for account in (ada, ben):
        with (
            pytest.raises(IntegrityError, match="leaves its approval"),
            acting(user=account),
        ):
            store(case, account)
    with acting(user=eve):
        store(case, eve)
    with acting(user=ada):
        store(case, ada)  # what she changed is approved


@pytest.mark.django_db
def test_every_kind_and_each_of_its_tables_is_asked(review: None) -> None:
    ada = person("ada")
    with acting(user=ada):
        event = make.make_release_event()
        source = make.make_source()
        Source.objects.filter(pk=source.pk).update(title="Another")
    for case in (event, source):
        with (
            pytest.raises(IntegrityError, match="leaves its approval"),
            acting(user=ada),
        ):
            store(case, ada)


@pytest.mark.django_db
def test_where_the_owner_has_stored_so_one_approves_ones_own(review: None) -> None:
    stored_rule(approve_own_changes=True)
    ada = person("ada")
    with acting(user=ada):
        source = make.make_source()
    with acting(user=ada):
        assert store(source, ada).number == 1


@pytest.mark.django_db
def test_a_process_that_says_that_ones_own_may_be_approved_is_not_believed(
    review: None, settings: Any
) -> None:
    settings.APPROVE_OWN_CHANGES = True
    ada = person("ada")
    with acting(user=ada):
        source = make.make_source()
    source.refresh_from_db()
    with pytest.raises(OwnChange):
        approve("source", source.pk, seen_version=source.version, by=ada)


def factor(account: User, hours: float = 0, kind: str = "totp") -> None:
    Authenticator.objects.create(user=account, type=kind, data={})
    at = timezone.now() - timedelta(hours=hours)
    with acting_as("owner"):
        FactorShown.objects.create(account=account, at=at)


@pytest.mark.django_db
def test_a_second_factor_was_shown_today(review: None) -> None:
    stored_rule(second_factor=True)
    source = make.make_source()
    source.refresh_from_db()
    seen = source.version
    ada, ben, eve, ina = person("ada"), person("ben"), person("eve"), person("ina")
    factor(ben, hours=13)
    factor(eve, kind="recovery_codes")
    factor(ina, hours=11)
    for account in (ada, ben, eve):
        with pytest.raises(FactorNotShown, match="Sign out"):
            approve("source", source.pk, seen_version=seen, by=account)
    assert approve("source", source.pk, seen_version=seen, by=ina).approved_by == ina


@pytest.mark.django_db
def test_what_was_taken_back_is_given_back_in_the_same_request(review: None) -> None:
    ada, ben = person("ada"), person("ben")
    case = make.make_prisoner("Known Name")
    with acting(user=ada):
        case.consents.all().delete()
        Consent.objects.create(
            prisoner=case, subject="name", audience="public", withdrawn_on="2026-01-01"
        )
        Consent.objects.create(
            prisoner=case,
            subject="name",
            audience="public",
            given_on="2026-02-01",
            given_by="herself",
            given_how="by letter",
        )
    case.refresh_from_db()
    edition = approve(
        "prisoner", case.pk, seen_version=case.version, by=ben, returns=["name"]
    )
    assert edition.number == 1
    case.refresh_from_db()
    assert case.name_returned == case.name_taken_back == 1


@pytest.mark.django_db
def test_two_cases_become_one_and_two_again(review: None) -> None:
    ada, ben = person("ada"), person("ben")
    with acting(user=ada):
        kept, merged = make.make_prisoner("Known Name"), make.make_prisoner("A Name")
    for case in (kept, merged):
        case.refresh_from_db()

    def versions() -> tuple[int, int]:
        found = Prisoner.objects.in_bulk([kept.pk, merged.pk])
        return found[kept.pk].version, found[merged.pk].version

    with acting(user=ada):
        proposed = merging.propose(
            kept.pk,
            merged.pk,
            seen_versions=versions(),
            by=ada,
            reason="The same person.",
        )
    with acting(user=ben):
        merging.approve(proposed.pk, seen_versions=versions(), by=ben)
    assert Edition.objects.filter(approved_by=ben).count() == 2
    with acting(user=ben):
        merging.unmerge(proposed.pk, seen_versions=versions(), by=ben, reason="Not so.")
    assert Edition.objects.filter(approved_by=ben).count() == 4
