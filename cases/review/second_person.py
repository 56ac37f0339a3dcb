"""Whoever changed a case does not approve it. docs/decisions/review.md

What has no name to it, such as what was made in the database or by a command, keeps
nobody from approving.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from cases import aggregate
from cases.history.since import Edit, edits_since
from cases.models import Edition

Rows = Mapping[str, Mapping[str, Any]]


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
    approved = _last_approved(kind, root_ids)
    events = {
        root_id: approved[root_id].event if root_id in approved else 0
        for root_id in root_ids
    }
    own = {
        root_id
        for root_id, edits in edits_since(kind, events).items()
        if _by(user, edits)
    }
    return own | _changed_around(user, approved)


@dataclass(frozen=True)
class _Approved:
    """Of the last edition, up to which event it is, and what it shows of sources and
    claimants.
    """

    event: int
    around: dict[str, Rows]


def _last_approved(kind: str, root_ids: Collection[UUID]) -> dict[UUID, _Approved]:
    last = Edition.objects.filter(root_kind=kind, root_id__in=root_ids).order_by(
        "root_id", "-number"
    )
    rows = last.distinct("root_id").values_list(
        "root_id", "event", "snapshot__sources", "snapshot__claimants"
    )
    return {
        root_id: _Approved(
            event, {"source": sources or {}, "claimant": claimants or {}}
        )
        for root_id, event, sources, claimants in rows
    }


def _changed_around(user: Any, approved: Mapping[UUID, _Approved]) -> set[UUID]:
    """What a case shows of sources and claimants is approved with it, though they are
    no parts of it.
    """
    shown = {
        kind: {one for its in approved.values() for one in its.around[kind]}
        for kind in ("source", "claimant")
    }
    now = dict(
        zip(
            shown,
            aggregate.sources_and_claimants(shown["source"], shown["claimant"]),
            strict=True,
        )
    )
    found: set[UUID] = set()
    for root_id, its in approved.items():
        for kind, rows in its.around.items():
            changed = {
                one
                for one, row in rows.items()
                if now[kind].get(one) not in (None, row)
            }
            edits = edits_since(kind, {UUID(one): its.event for one in changed})
            if any(
                _by(user, [edit for edit in each if edit.record_id in changed])
                for each in edits.values()
            ):
                found.add(root_id)
    return found


def _by(user: Any, edits: Collection[Edit]) -> bool:
    return any(edit.user_id == user.pk for edit in edits)
