"""What the database asks before it takes an edition, whoever stores it: was it approved
by somebody who acts, may approve, and did not change the case? docs/decisions/review.md

What saving approved names nobody: cases/review/rule.py.
"""

from collections.abc import Mapping

import pgtrigger

# A session lasts as long (SESSION_COOKIE_AGE).
FRESH = "12 hours"
BY_SECOND_PERSON = "edition_is_approved_by_a_second_person"
BY_SECOND_FACTOR = "edition_is_approved_with_a_second_factor"


def somebody_approves(changed: Mapping[str, str]) -> pgtrigger.Trigger:
    """`changed` is SQL by kind, which holds if the approver changed the case in another
    request, after the event `since`.
    """
    return pgtrigger.Trigger(
        name="somebody_approves",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[
            ("login", "name"),
            ("rule", "cases_reviewrule"),
            ("since", "bigint"),
            ("request", "uuid"),
        ],
        func=f"{_LOGIN}{_RULE}{_PERSON}{_FACTOR}{_second_person(changed)}"
        "\n    RETURN NEW;\n",
    )


def somebody_approves_the_copy() -> pgtrigger.Trigger:
    """The same of a redacted copy: whoever added it leaves it to somebody else."""
    asked = f"{_LOGIN}{_RULE}{_PERSON}{_FACTOR}"
    asked = asked.replace("approved_by_id", "decided_by_id")
    second_person = _refuse(
        "EXISTS (SELECT FROM cases_redactedcopy"
        " WHERE id = NEW.copy_id AND added_by_id = NEW.decided_by_id)",
        "whoever added it leaves its approval to somebody else",
        BY_SECOND_PERSON,
    )
    return pgtrigger.Trigger(
        name="somebody_approves",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NEW.decision = 'approved'"),
        declare=[("login", "name"), ("rule", "cases_reviewrule")],
        func=f"{asked}\n    IF rule.approve_own_changes THEN"
        f"\n        RETURN NEW;\n    END IF;{second_person}\n    RETURN NEW;\n",
    )


def _refuse(condition: str, message: str, constraint: str) -> str:
    return f"""
    IF {condition} THEN
        RAISE check_violation USING MESSAGE = '{message}', CONSTRAINT = '{constraint}';
    END IF;"""


# Who connected; or, in a session of the owner, as whom it acts. Nobody acts as the owner
# who is not a member of that role.
_LOGIN = """
    login := COALESCE(NULLIF(current_setting('role'), 'none'), session_user);
    IF pg_has_role(login, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'MEMBER') THEN
        RETURN NEW;
    END IF;
    IF NEW.approved_by_id IS NOT NULL AND NOT has_table_privilege(login, 'cases_prisoner', 'UPDATE') THEN
        RAISE insufficient_privilege USING MESSAGE = 'this login approves nothing';
    END IF;"""
_SOMEBODY = _refuse(
    "NEW.approved_by_id IS NULL",
    "somebody has to approve: review is required",
    "edition_is_approved_by_somebody",
)
_RULE = f"""
    SELECT * INTO rule FROM cases_reviewrule;
    IF rule.saving_approves THEN
        RETURN NEW;
    END IF;{_SOMEBODY}"""  # noqa: S608 - only our own words
_MAY_APPROVE = """EXISTS (
        SELECT FROM auth_user AS person
        WHERE person.id = NEW.approved_by_id AND person.is_active AND person.is_staff
        AND (person.is_superuser OR EXISTS (
            SELECT FROM auth_permission AS permission
            JOIN django_content_type AS kind ON kind.id = permission.content_type_id
            WHERE kind.app_label = 'cases' AND permission.codename = 'approve_case' AND (
                EXISTS (SELECT FROM auth_user_user_permissions AS given
                    WHERE given.user_id = person.id AND given.permission_id = permission.id)
                OR EXISTS (SELECT FROM auth_user_groups AS member
                    JOIN auth_group_permissions AS given ON given.group_id = member.group_id
                    WHERE member.user_id = person.id AND given.permission_id = permission.id))))
    )"""
_PERSON = _refuse(
    "acting_user() IS DISTINCT FROM NEW.approved_by_id::text",
    "whoever approves must be the one who acts",
    "edition_is_approved_by_who_acts",
) + _refuse(
    f"NOT {_MAY_APPROVE}",
    "this person may not approve",
    "edition_is_approved_by_a_reviewer",
)
_FACTOR = _refuse(
    f"""rule.second_factor AND NOT (
        EXISTS (SELECT FROM signin_factorshown WHERE account_id = NEW.approved_by_id
            AND at BETWEEN clock_timestamp() - interval '{FRESH}' AND clock_timestamp())
        AND EXISTS (SELECT FROM mfa_authenticator
            WHERE user_id = NEW.approved_by_id AND type IN ('totp', 'webauthn'))
    )""",  # noqa: S608 - only our own words
    "it takes a session that showed its second factor",
    BY_SECOND_FACTOR,
)


def _second_person(changed: Mapping[str, str]) -> str:
    """What this very request changed does not count: it gave back what had been taken
    back, or put two cases together. There, the software asks for the second person.
    """
    asked = ""
    for kind, sql in changed.items():
        asked += _refuse(
            f"NEW.root_kind = '{kind}' AND ({sql})",
            "whoever changed it leaves its approval to somebody else",
            BY_SECOND_PERSON,
        )
    return f"""
    IF rule.approve_own_changes THEN
        RETURN NEW;
    END IF;
    request := NULLIF(current_setting('pghistory.context_id', TRUE), '')::uuid;
    since := COALESCE((
        SELECT event FROM cases_edition WHERE root_kind = NEW.root_kind AND root_id = NEW.root_id
        ORDER BY number DESC LIMIT 1
    ), 0);{asked}"""  # noqa: S608 - only our own words
