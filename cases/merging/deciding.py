"""Proposing, approving, declining and undoing a merge. Until it is approved, nothing
moves and nothing is seen of it.

Each of these locks both cases, in the order of their ids, and works on what its reader
saw or not at all: it raises StaleVersion where either case was changed since, and
MergeRefused where it cannot be done. Who approves or undoes one must be a second person
to what is approved with it, or OwnChange is raised: nobody approves what they proposed.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.utils.translation import gettext as _

from cases import editions
from cases.day import now, today
from cases.editions import StoredEdition
from cases.history import acting
from cases.merging import moving
from cases.merging.elsewhere import told_elsewhere
from cases.merging.preview import Versions, names_elsewhere, why_not
from cases.models import Merge, MergeState, Prisoner
from cases.models.merging import OPEN
from cases.models.withheld import Withheld, both
from cases.permissions import APPROVE, may
from cases.review import approving as approval
from cases.review import second_person
from cases.review.approving import OwnChange, StaleVersion
from cases.review.staying import let_stay
from cases.visibility import is_narrower, narrowest


class MergeRefused(Exception):
    """Why two cases cannot be merged, or parted, as they are. The message is for
    people.
    """


def may_decide(user: User | AnonymousUser) -> bool:
    """Approve or undo a merge: it publishes. Where no review is required, whoever may
    change a case may do that.
    """
    if settings.REQUIRE_REVIEW:
        return user.has_perm(APPROVE)
    return user.has_perm(may("change", Prisoner))


@transaction.atomic
def propose(
    kept_id: UUID,
    merged_id: UUID,
    *,
    seen_versions: Versions,
    by: Any = None,
    reason: str,
) -> Merge:
    """`reason` says why these are one person."""
    kept, merged = _locked(kept_id, merged_id, seen_versions)
    _refuse(why_not(kept, merged))
    if not reason.strip():
        raise MergeRefused(_("Say why these are one person."))
    if Merge.objects.filter(merged=merged, state__in=OPEN).exists():
        raise MergeRefused(
            _(
                "A merge of this case has been proposed already."
                " Approve or decline that one first."
            )
        )
    with acting(user=by):
        return Merge.objects.create(
            kept=kept, merged=merged, reason=reason.strip(), proposed_by=by
        )


@transaction.atomic
def approve(
    merge_id: UUID,
    *,
    seen_versions: Versions,
    by: Any = None,
    names_may_stay: bool = False,
) -> Merge:
    """Everything moves, and both cases are approved as they are then.

    If a name that is not told stands in words of others, such as the title of a source,
    somebody must have said that those `names_may_stay`.
    """
    merge, kept, merged = _reopened(merge_id, MergeState.PROPOSED, seen_versions)
    _refuse(why_not(kept, merged))
    if not names_may_stay:
        _refuse(" ".join(names_elsewhere(kept, merged)))
    if is_own(merge, by):
        raise OwnChange
    second_person.hold(by, Prisoner.kind, [kept.pk, merged.pk])
    with acting(user=by, reason=merge.reason):
        if names_may_stay:
            _let_names_stay(kept, merged, by, merge.reason)
        merge.moved = moving.move(merged, kept)
        Prisoner.objects.filter(pk=merged.pk).update(merged_into=kept)
        edition = _approve_both(kept, merged, by, merge.reason)
        merge.edition_id = edition.id
    merge.state = MergeState.MERGED
    merge.save()
    return merge


def _let_names_stay(kept: Prisoner, merged: Prisoner, by: Any, reason: str) -> None:
    for case in (kept, merged):
        if moving.keeps_its_name(case):
            records = {record.pk: record for record, _name in told_elsewhere(case)}
            for record in records.values():
                let_stay(record, case.pk, by=by, reason=reason)


@transaction.atomic
def merge(
    kept_id: UUID,
    merged_id: UUID,
    *,
    seen_versions: Versions,
    by: Any = None,
    reason: str,
    names_may_stay: bool = False,
) -> Merge:
    """Propose and approve in one step."""
    proposed = propose(
        kept_id, merged_id, seen_versions=seen_versions, by=by, reason=reason
    )
    return approve(
        proposed.pk,
        seen_versions=seen_versions,
        by=by,
        names_may_stay=names_may_stay,
    )


@transaction.atomic
def decline(merge_id: UUID, *, by: Any = None, reason: str) -> Merge:
    """A proposal. These two are not suggested as duplicates again."""
    merge = Merge.objects.select_for_update().get(pk=merge_id)
    return _end(merge, MergeState.PROPOSED, MergeState.DECLINED, by, reason)


@transaction.atomic
def unmerge(
    merge_id: UUID, *, seen_versions: Versions, by: Any = None, reason: str
) -> Merge:
    """What that merge moved goes back, and nothing else; both cases are approved as
    they are then.
    """
    merge, kept, merged = _reopened(merge_id, MergeState.MERGED, seen_versions)
    _refuse(moving.entangled(merge.moved, kept))
    second_person.hold(by, Prisoner.kind, [kept.pk, merged.pk])
    with acting(user=by, reason=reason):
        apart = Prisoner.objects.filter(pk=merged.pk)
        apart.update(merged_into=None)
        hidden = _hidden_since(merge, kept, merged)
        moving.give_back(merge.moved, kept, merged)
        if hidden:
            apart.update(**hidden)
        _approve_both(kept, merged, by, reason)
    return _end(merge, MergeState.MERGED, MergeState.UNDONE, by, reason)


def is_own(merge: Merge, by: User | AnonymousUser | None) -> bool:
    """Did they propose it, and so must leave it to another?"""
    if by is None or not settings.REQUIRE_REVIEW or settings.APPROVE_OWN_CHANGES:
        return False
    return merge.proposed_by_id == by.pk


def _locked(
    kept_id: UUID, merged_id: UUID, seen_versions: Versions
) -> tuple[Prisoner, Prisoner]:
    cases = (
        Prisoner.objects.select_for_update()
        .filter(pk__in=[kept_id, merged_id])
        .order_by("pk")
    )
    locked = {case.pk: case for case in cases}
    for case_id, seen_version in zip((kept_id, merged_id), seen_versions, strict=True):
        case = locked.get(case_id)
        if case is None:
            raise StaleVersion(seen_version, None)
        if case.version != seen_version:
            raise StaleVersion(seen_version, case.version)
    return locked[kept_id], locked[merged_id]


def _reopened(
    merge_id: UUID, state: MergeState, seen_versions: Versions
) -> tuple[Merge, Prisoner, Prisoner]:
    """The merge, read again under the locks of its cases."""
    merge = Merge.objects.get(pk=merge_id)
    kept, merged = _locked(merge.kept_id, merge.merged_id, seen_versions)
    merge = Merge.objects.select_for_update().get(pk=merge_id)
    _expect(merge, state)
    return merge, kept, merged


def _approve_both(
    kept: Prisoner, merged: Prisoner, by: User | None, reason: str
) -> StoredEdition:
    """The edition of the kept case. What waits for its day in one of them does not
    appear sooner in the other.
    """
    embargoes = []
    for case in (kept, merged):
        embargo = editions.embargo(case.kind, case.pk, today())
        if embargo is not None:
            embargoes.append(embargo)
    until = max(embargoes, default=None)
    edition = _approve(kept, by, reason, until)
    _approve(merged, by, reason, until)
    return edition


def _approve(
    case: Prisoner, by: User | None, reason: str, not_before: date | None
) -> StoredEdition:
    """As it is now: the caller holds its lock."""
    case.refresh_from_db(fields=["version"])
    return approval.approve(
        case.kind,
        case.pk,
        seen_version=case.version,
        by=by,
        reason=reason,
        not_before=not_before,
        by_second_person=True,
    )


def _hidden_since(merge: Merge, kept: Prisoner, merged: Prisoner) -> dict[str, Any]:
    """What was hidden of the whole while it was one case is not shown again because it
    is two.
    """
    assert merge.edition is not None
    then = editions.opened(merge.edition).case["root"]
    hidden: dict[str, Any] = {}
    if is_narrower(kept.visibility, narrowest(then["visibility"], merged.visibility)):
        hidden["visibility"] = kept.visibility
    if kept.name_withheld and not then["name_withheld"]:
        hidden["name_withheld"] = True
    unticked = {*(then.get("told_without_name") or ())} - {*kept.told_without_name}
    if unticked.intersection(merged.told_without_name):
        left = [code for code in merged.told_without_name if code not in unticked]
        hidden["told_without_name"] = left
    since = _withheld_since(kept, then["withheld"] or {})
    if since:
        of_the_person = {str(merged.pk): since.get(str(kept.pk), {})}
        hidden["withheld"] = both(merged.withheld, both(since, of_the_person))
    return hidden


def _withheld_since(kept: Prisoner, then: Withheld) -> Withheld:
    found: Withheld = {}
    for record, facts in kept.withheld.items():
        for fact, who in facts.items():
            if then.get(record, {}).get(fact) != who:
                found.setdefault(record, {})[fact] = who
    return found


def _end(
    merge: Merge, before: MergeState, after: MergeState, by: User | None, reason: str
) -> Merge:
    _expect(merge, before)
    if not reason.strip():
        raise MergeRefused(_("Give a reason."))
    merge.state = after
    merge.ended_by = by
    merge.ended_at = now()
    merge.end_reason = reason.strip()
    with acting(user=by):
        merge.save()
    return merge


def _expect(merge: Merge, state: MergeState) -> None:
    if merge.state != state:
        now = MergeState(merge.state).label
        raise MergeRefused(
            _("This merge is no longer as you saw it; it is: %(state)s.")
            % {"state": now}
        )


def _refuse(sentence: str) -> None:
    if sentence:
        raise MergeRefused(sentence)
