"""Whoever changed a case does not approve it. docs/decisions/review.md

What has no name to it, such as what was made in the database or by a command, keeps
nobody from approving.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from cases import aggregate, editions
from cases.editions import StoredEdition
from cases.history.since import Edit, edits_since


class OwnChange(Exception):
    """The message is for people."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "You have changed this yourself since it was last approved: somebody else must look at it, and approve."
            )
        )


def hold(user: Any, kind: str, root_ids: Collection[UUID]) -> None:
    """Raise OwnChange if the user may not be the one who approves these. The caller has
    locked them.
    """
    if own_changes(user, kind, root_ids):
        raise OwnChange


def own_changes(user: Any, kind: str, root_ids: Collection[UUID]) -> set[UUID]:
    """Of these roots those that the user has changed since they were last approved, and
    may not approve for that.
    """
    if user is None or settings.APPROVE_OWN_CHANGES or not settings.REQUIRE_REVIEW:
        return set()
    approved = editions.last(kind, root_ids)
    events = {
        root_id: approved[root_id].event if root_id in approved else 0
        for root_id in root_ids
    }
    own: set[UUID] = set()
    for root_id, edits in edits_since(kind, events).items():
        if _by(user, edits):
            own.add(root_id)
    return own | _changed_around(user, approved)


def _changed_around(user: Any, approved: Mapping[UUID, StoredEdition]) -> set[UUID]:
    """What a case shows of sources and claimants is approved with it, though they are
    no parts of it.
    """
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
            others = {
                record_id
                for record_id, row in edition.case[name].items()
                if now.get(record_id) not in (None, row)
            }
            if _has_edited(user, kind, others, edition.event):
                changed.add(root_id)
    return changed


def _has_edited(user: Any, kind: str, record_ids: set[str], since: int) -> bool:
    """These records themselves, not their parts."""
    edits = edits_since(kind, {UUID(record_id): since for record_id in record_ids})
    return any(
        _by(user, [edit for edit in of_record if edit.record_id in record_ids])
        for of_record in edits.values()
    )


def _by(user: Any, edits: Collection[Edit]) -> bool:
    return any(edit.user_id == user.pk for edit in edits)
