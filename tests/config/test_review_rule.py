"""That saving approves is the owner's word, and not that of whoever starts a process."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from psycopg.errors import CheckViolation, InsufficientPrivilege

from cases.doctor.publishing import _rule_of_review
from cases.models import Edition, PublishingDay, ReviewRule
from cases.publishing import publish_pending
from tests.factories import make_source
from tests.roles import acting_as

Logins = Callable[[str], psycopg.Connection[Any]]
AsOwner = Callable[[], AbstractContextManager[None]]

NOBODY = """
    INSERT INTO cases_edition
        (root_kind, root_id, number, version, snapshot, reason, public_reason, event)
    VALUES ('source', gen_random_uuid(), 1, 1, '{}', '', '', 0)
"""
# The only way of the desk.
STORED = """
    SELECT * FROM edition_store('source', gen_random_uuid(), 1, 0::bigint, '{}'::jsonb,
        NULL, '', '', NULL)
"""
SOMEBODY = """
    INSERT INTO cases_edition
        (root_kind, root_id, number, version, snapshot, reason, public_reason, event, approved_by_id)
    VALUES ('source', gen_random_uuid(), 1, 1, '{}', '', '', 0, 1)
"""


@pytest.fixture
def review_stored(logins: Logins) -> Iterator[None]:
    owner = logins("owner")
    owner.execute("UPDATE cases_reviewrule SET saving_approves = FALSE")
    yield
    owner.execute("UPDATE cases_reviewrule SET saving_approves = TRUE")


@pytest.mark.django_db
def test_saving_approves_only_where_the_owner_has_stored_so(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False
    with acting_as("owner"):
        ReviewRule.objects.update(saving_approves=False)
    source = make_source(visibility="public")
    publish_pending()
    assert not Edition.objects.exists()
    assert [finding.mend for finding in _rule_of_review()] == [None]

    with acting_as("owner"):
        ReviewRule.objects.update(saving_approves=True)
    type(source).objects.filter(pk=source.pk).update(title="Another")
    publish_pending()
    assert Edition.objects.get().root_id == source.pk
    assert list(_rule_of_review()) == []


@pytest.mark.parametrize("role", ["desk", "publisher", "public", "partners"])
def test_no_login_but_the_owners_stores_it(role: str, logins: Logins) -> None:
    for attack in (
        "UPDATE cases_reviewrule SET saving_approves = TRUE",
        "DELETE FROM cases_reviewrule",
        "INSERT INTO cases_reviewrule VALUES (1, TRUE)",
    ):
        with pytest.raises(InsufficientPrivilege):
            logins(role).execute(attack)


@pytest.mark.parametrize(("role", "attack"), [("desk", STORED), ("publisher", NOBODY)])
def test_the_database_takes_no_edition_that_nobody_approved(
    role: str, attack: str, logins: Logins, review_stored: None
) -> None:
    with pytest.raises(CheckViolation, match="somebody has to approve"):
        logins(role).execute(attack)


def test_the_publisher_cannot_say_that_somebody_approved(logins: Logins) -> None:
    publisher = logins("publisher")
    with pytest.raises(InsufficientPrivilege, match="this login approves nothing"):
        publisher.execute(SOMEBODY)
    with publisher.transaction(force_rollback=True):
        publisher.execute(NOBODY)  # where saving approves


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_required", [True, False])
def test_migrating_stores_what_the_setting_says(
    is_required: bool, settings: Any, as_owner: AsOwner
) -> None:
    settings.REQUIRE_REVIEW = settings.REQUIRE_SECOND_FACTOR = is_required
    settings.APPROVE_OWN_CHANGES = not is_required
    with as_owner():
        ReviewRule.objects.update(
            saving_approves=is_required,
            second_factor=not is_required,
            approve_own_changes=is_required,
        )
        call_command("migrate", verbosity=0)
        rule = ReviewRule.objects.get()
        assert rule.second_factor is is_required
        assert (rule.saving_approves, rule.approve_own_changes) == (
            not is_required,
            not is_required,
        )
        assert not PublishingDay.objects.exists()  # to migrate publishes nothing
