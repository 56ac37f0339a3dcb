"""On whose word a fact is recorded, or a cited one changes: `supported_by` names the
source. Or the header X-Change-Reason says why it changes.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from cases import sourcing
from cases.catalogue import can_be_cited, citable_fields, facts_of
from cases.desk.api import reasons
from cases.desk.api.serializers import Support
from cases.desk.permissions import may
from cases.models import Citation
from cases.models.base import Record
from cases.sourcing import ChangedFact, Word


def changes(
    request: Request,
    record: Record,
    after: Mapping[str, Any],
    supports: Collection[Support],
) -> list[ChangedFact]:
    """What the values `after`, by field, change. ValidationError names the facts that
    nobody would stand for.
    """
    model: Any = type(record)
    facts = citable_fields(model)
    before = {}
    for name in after:
        if name in facts:
            before[name] = getattr(record, facts[name].attname)
    changed = sourcing.changed_facts(record, before, after)
    check_may_cite(request, supports)
    reason = reasons.given(request)
    is_stated = any(_word(support).supports for support in supports)
    questions: dict[str, str] = {}
    for change in changed:
        if change.asks and not reason and (change.emptied or not is_stated):
            questions[change.field.name] = _question(change)
    if questions:
        raise serializers.ValidationError(questions)
    if supports and not any(_can_be_stated(change) for change in changed):
        raise serializers.ValidationError(
            {"supported_by": _("Nothing is changed here that a source could state.")}
        )
    return changed


def _can_be_stated(change: ChangedFact) -> bool:
    """How we file what a source says is not cited, and neither is nothing."""
    return not change.emptied and change.field in facts_of(type(change.record))


def check_may_cite(request: Request, supports: Collection[Support]) -> None:
    if supports and not request.user.has_perm(may("add", Citation)):
        raise PermissionDenied(
            _("Naming a source adds a citation, and you may not do that.")
        )


def cite(changed: Iterable[ChangedFact], supports: Iterable[Support]) -> None:
    for support in supports:
        sourcing.cite(changed, _word(support))


def cite_new(
    record: Record, given: Collection[str], supports: Collection[Support]
) -> bool:
    """For a record that is stored now, with the fields `given`; False if it says
    nothing that a source could state. A part that holds no fact is itself the fact.
    """
    if not can_be_cited(type(record)):
        return False
    count = 0
    for support in supports:
        count += sourcing.cite_all(record, _word(support), given)
    return count > 0


def _word(support: Support) -> Word:
    said = dict(support)
    return Word(said.pop("source"), said)


def _question(change: ChangedFact) -> str:
    if change.emptied:
        return _("This was cited. Say in “X-Change-Reason” why it is emptied.")
    return _(
        "This was cited. Name the source of the new value in “supported_by”, or say why in “X-Change-Reason”."
    )
