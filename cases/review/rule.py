"""Does saving approve, and what does an approval take? As the owner of the database has
stored it: the database asks for it, too (cases/triggers/approving.py).

The setting alone does not do: whoever can start a process, or change its environment,
would publish by saving.
"""

from typing import Any

from django.conf import settings
from django.db import connections

from cases.models import ReviewRule
from cases.statements import Statement


def saving_approves() -> bool:
    if settings.REQUIRE_REVIEW:
        return False
    return bool(_approving())


@Statement
def _approving() -> Any:
    return ReviewRule.objects.filter(saving_approves=True).values_list("id")


def store(using: str, plan: list[object] | None = None, **_: object) -> None:
    """After migrating, by the owner. `plan` is None after `flush`."""
    owner = settings.DATABASE_LOGINS["owner"]["USER"]
    connection = connections[using]
    if plan is None or connection.settings_dict["USER"] != owner:
        return
    table = ReviewRule._meta.db_table
    if table not in connection.introspection.table_names():
        return  # a step back to an older release
    row = ReviewRule(
        id=1,
        saving_approves=not settings.REQUIRE_REVIEW,
        approve_own_changes=settings.APPROVE_OWN_CHANGES,
        second_factor=settings.REQUIRE_SECOND_FACTOR,
    )
    # Not by save(): what is saved is published, and that is the publisher's work.
    ReviewRule.objects.using(using).bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["saving_approves", "approve_own_changes", "second_factor"],
    )
