"""Whoever changed a case does not approve it. docs/decisions/review.md

A change without a name keeps nobody from approving: it was made in the database or by
a command.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError
from django.utils.translation import gettext as _

from cases import aggregate, editions
from cases.editions import StoredEdition
from cases.history.since import Edit, edits_since
from cases.review.difference import last_events
from cases.triggers.approving import BY_SECOND_FACTOR, BY_SECOND_PERSON


class OwnChange(Exception):
    """The message is for people."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "You have changed this yourself since it was last approved: somebody"
                " else must look at it, and approve."
            )
        )


class FactorNotShown(OwnChange):
    def __init__(self) -> None:
        Exception.__init__(
            self,
            _(
                "It takes a session that showed its second factor within twelve hours."
                " Sign out, and sign in with it."
            ),
        )


def refusal(error: IntegrityError) -> Exception:
    """Of the database, which asks for the second person itself, for people."""
    refused: Any = error.__cause__
    rule = getattr(getattr(refused, "diag", None), "constraint_name", None)
    if rule == BY_SECOND_PERSON:
        return OwnChange()
    if rule == BY_SECOND_FACTOR:
        return FactorNotShown()
    return error


def hold(
    user: User | AnonymousUser | None, kind: str, root_ids: Collection[UUID]
) -> None:
    """Raise OwnChange if the user may not be the one who approves these. The caller has
    locked them.
    """
    if own_changes(user, kind, root_ids):
        raise OwnChange


def own_changes(
    user: User | AnonymousUser | None, kind: str, root_ids: Collection[UUID]
) -> set[UUID]:
    """The roots that the user has changed since the last approval, and so may not
    approve.
    """
    if user is None or settings.APPROVE_OWN_CHANGES or not settings.REQUIRE_REVIEW:
        return set()
    approved = editions.last(kind, root_ids)
    edits_by_root = edits_since(kind, last_events(approved, root_ids))
    own: set[UUID] = set()
    for root_id, edits in edits_by_root.items():
        if _by(user, edits):
            own.add(root_id)
    return own | _changed_around(user, approved)


def _changed_around(
    user: User | AnonymousUser, approved: Mapping[UUID, StoredEdition]
) -> set[UUID]:
    """A case is approved with what it shows of its sources and claimants."""
    shown: dict[str, set[str]] = {"sources": set(), "claimants": set()}
    for edition in approved.values():
        for name, ids in shown.items():
            ids.update(edition.case[name])
    sources, claimants = aggregate.sources_and_claimants(
        shown["sources"], shown["claimants"]
    )
    changed: set[UUID] = set()
    for root_id, edition in approved.items():
        for kind, name, now in (
            ("source", "sources", sources),
            ("claimant", "claimants", claimants),
        ):
            differing: set[str] = set()
            for record_id, row in edition.case[name].items():
                if now.get(record_id) not in (None, row):
                    differing.add(record_id)
            if _has_edited(user, kind, differing, edition.event):
                changed.add(root_id)
    return changed


def _has_edited(
    user: User | AnonymousUser, kind: str, record_ids: set[str], since: int
) -> bool:
    """These records themselves, not their parts."""
    events = {UUID(record_id): since for record_id in record_ids}
    for edits in edits_since(kind, events).values():
        of_records = [edit for edit in edits if edit.record_id in record_ids]
        if _by(user, of_records):
            return True
    return False


def _by(user: User | AnonymousUser, edits: Collection[Edit]) -> bool:
    return any(edit.user_id == user.pk for edit in edits)
