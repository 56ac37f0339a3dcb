"""Whoever proposes or declines a merge, sends a case back, orders an erasure or says who
may see a case is the person who acts: the database takes no other name.
"""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection

from cases.desk.proposals.models import Proposal
from cases.history import acting
from cases.merging.deciding import decline, propose
from cases.models import Merge, Prisoner
from tests import factories as make
from tests.cases.test_acting import proved, say
from tests.cases.test_erasing import asked, staff  # noqa: F401
from tests.partners.test_proposals import proposed, proposer, row
from tests.signin.people import show_factor

Logins = Callable[[str], psycopg.Connection[Any]]

pytestmark = pytest.mark.django_db(transaction=True)

SENT_BACK = (
    "INSERT INTO cases_sentback (root_kind, root_id, version, comment, event, sent_by_id)"
    " VALUES ('prisoner', %(case)s, 1, 'Ask', 0, %(person)s)"
)
MERGE = (
    "INSERT INTO cases_merge (id, kept_id, merged_id, state, reason, moved, end_reason, proposed_by_id)"
    " VALUES (gen_random_uuid(), %(case)s, gen_random_uuid(), 'proposed', 'One person', '{}', '', %(person)s)"
)
NAMED = (
    "INSERT INTO cases_namedstaff (case_id, staff, reason, event, named_by_id)"
    " VALUES (%(case)s, ARRAY[%(person)s::integer], 'Their own', 0, %(person)s)"
)
ORDER = (
    'INSERT INTO cases_erasureorder ("case", field, containing, events, reason, state, asked_by_id, asked_factor)'
    " VALUES (%(case)s, '', '', '{}', 'Asked for', 'asked', %(person)s, %(factor)s)"
)


PACK = (
    "INSERT INTO cases_evidencepack (root_id, audience, made_by_id, reason, seq, manifest_sha256)"
    " VALUES (%(case)s, 'public', %(person)s, 'For a court', 1, '')"
)
LINE = (
    "INSERT INTO django_admin_log (action_time, user_id, object_id, object_repr, action_flag, change_message)"
    " VALUES (now(), %(person)s, '1', '-', 2, '')"
)


@pytest.fixture
def people() -> tuple[User, User]:
    first, second = User.objects.filter(username__in=["first", "second"]).order_by("pk")
    return first, second


@pytest.mark.parametrize("statement", [SENT_BACK, MERGE, NAMED, ORDER, PACK, LINE])
def test_nobody_else_is_named_and_nobody_without_a_proof(
    statement: str, people: tuple[User, User], logins: Logins
) -> None:
    first, second = people
    case = make.make_prisoner("Ales Example")
    values = {"case": case.pk, "person": first.pk, "factor": show_factor(first)}
    desk = logins("desk")
    with pytest.raises(psycopg.errors.CheckViolation, match="the one who acts"):
        desk.execute(statement, values)
    say(desk, proved(desk, {"user": second.pk, "username": second.username}))
    with pytest.raises(psycopg.errors.CheckViolation, match="the one who acts"):
        desk.execute(statement, values)
    say(desk, {"user": first.pk, "username": first.username})
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="not proved"):
        desk.execute(statement, values)
    say(desk, proved(desk, {"user": first.pk, "username": first.username}))
    desk.execute(statement, values)


def test_nobody_else_confirms_or_takes_back_an_order(
    people: tuple[User, User], logins: Logins
) -> None:
    first, second = people
    order = asked(events=["x:1"])
    desk = logins("desk")
    say(desk, proved(desk, {"user": first.pk, "username": first.username}))
    for attack in (
        "state = 'confirmed', confirmed_by_id = %(other)s, confirmed_factor = %(factor)s",
        "state = 'taken_back', closed_by_id = %(other)s",
    ):
        with pytest.raises(psycopg.errors.CheckViolation, match="the one who acts"):
            desk.execute(
                f"UPDATE cases_erasureorder SET {attack} WHERE id = %(order)s",
                {"other": second.pk, "factor": show_factor(second), "order": order.pk},
            )


def test_nobody_else_declines_a_merge(
    people: tuple[User, User], logins: Logins
) -> None:
    first, second = people
    kept, merged = make.make_prisoner("Ales"), make.make_prisoner("Aleś")
    for case in (kept, merged):
        case.refresh_from_db()
    versions = (kept.version, merged.version)
    merge = propose(
        kept.pk, merged.pk, seen_versions=versions, by=first, reason="One person"
    )
    desk = logins("desk")
    say(desk, proved(desk, {"user": first.pk, "username": first.username}))
    with pytest.raises(psycopg.errors.CheckViolation, match="the one who acts"):
        desk.execute(
            "UPDATE cases_merge SET state = 'declined', ended_by_id = %s, end_reason = '-'",
            [second.pk],
        )
    decline(merge.pk, by=second, reason="Two people")
    assert Merge.objects.get().ended_by == second


def test_a_row_that_names_somebody_already_is_changed_by_others(
    people: tuple[User, User],
) -> None:
    first, second = people
    kept, merged = make.make_prisoner("Ales"), make.make_prisoner("Aleś")
    cases = Prisoner.objects.in_bulk([kept.pk, merged.pk])
    merge = propose(
        kept.pk,
        merged.pk,
        seen_versions=(cases[kept.pk].version, cases[merged.pk].version),
        by=first,
        reason="One person",
    )
    with acting(user=second):
        Merge.objects.filter(pk=merge.pk).update(reason="One and the same")
    assert Merge.objects.get().proposed_by == first


def proposal() -> Proposal:
    proposed(proposer(), row())
    return Proposal.objects.get()


DECIDE = (
    "UPDATE proposals_proposal SET state = 'rejected', reason = 'No', decided_at = now(),"
    " decided_by_id = %s"
)


def test_nobody_else_decides_a_proposal(
    people: tuple[User, User], logins: Logins
) -> None:
    first, second = people
    waiting = proposal()
    desk = logins("desk")
    say(desk, proved(desk, {"user": first.pk, "username": first.username}))
    with pytest.raises(psycopg.errors.CheckViolation, match="the one who acts"):
        desk.execute(DECIDE, [second.pk])
    desk.execute(DECIDE, [first.pk])
    waiting.refresh_from_db()
    assert waiting.decided_by == first


def test_nobody_takes_the_place_of_who_decided(
    people: tuple[User, User], logins: Logins
) -> None:
    first, second = people
    proposal()
    desk = logins("desk")
    say(desk, proved(desk, {"user": first.pk, "username": first.username}))
    desk.execute(DECIDE, [first.pk])
    say(desk, proved(desk, {"user": second.pk, "username": second.username}))
    with pytest.raises(psycopg.errors.RaiseException, match="Cannot update"):
        desk.execute("UPDATE proposals_proposal SET decided_by_id = %s", [second.pk])
    desk.execute("UPDATE proposals_proposal SET decided_by_id = NULL")
    with pytest.raises(psycopg.errors.RaiseException, match="Cannot update"):
        desk.execute("UPDATE proposals_proposal SET decided_by_id = %s", [second.pk])


def test_of_every_column_that_names_somebody_the_database_asks_for_a_proof() -> None:
    """Of those that the desk's login writes itself."""
    unproved = []
    for model in apps.get_models():
        if (
            not model._meta.managed
            or model._meta.proxy
            or model._meta.app_label in SIGNING_IN
        ):
            continue
        rights = getattr(model, "database_rights", {}).get("desk", "INSERT, UPDATE")
        if "INSERT" not in rights and "UPDATE" not in rights:
            continue
        triggers = triggers_of(model._meta.db_table)
        for field in model._meta.concrete_fields:
            asks = any(f"NEW.{field.column} IS NOT NULL" in text for text in triggers)
            column = f"{model._meta.db_table}.{field.column}"
            if field.related_model is User and not asks and column not in FOR_WHOM:
                unproved.append(column)
    assert unproved == []


# Not who acts, but who is to.
FOR_WHOM = {
    *("casework_assignment.colleague_id", "casework_diaryentry.colleague_id"),
    *("requests_subjectrequest.colleague_id", "requests_step.colleague_id"),
}

# What an account is, has and may: not who did something.
SIGNING_IN = {"auth", "account", "mfa", "usersessions"}


def triggers_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(tgfoid) FROM pg_trigger"
            " WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_named_is%%'",
            [table],
        )
        return [text for (text,) in cursor.fetchall()]
