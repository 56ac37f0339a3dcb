"""On whose word a cited fact changes: `supported_by` names the source, or the header
X-Change-Reason says why.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from cases import sourcing
from cases.catalogue import citable_fields
from cases.desk.api import reasons
from cases.desk.permissions import may
from cases.models import Citation, Source
from cases.models.base import Record
from cases.sourcing import ChangedFact

Support = Mapping[str, Any]


class SupportSerializer(serializers.Serializer[Any]):
    """A source that states the new values of what is changed; a citation of each is
    added.
    """

    source: Any = serializers.PrimaryKeyRelatedField(queryset=Source.objects.all())
    locator = serializers.CharField(allow_blank=True, default="", max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A record may be changed in part; a source is named in full."""
        if "source" not in attrs:
            raise serializers.ValidationError(
                {"source": self.fields["source"].error_messages["required"]}
            )
        return {"locator": "", **attrs}


def changes(
    request: Request,
    record: Record,
    after: Mapping[str, Any],
    supports: Iterable[Support],
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
    if supports and not request.user.has_perm(may("add", Citation)):
        raise PermissionDenied(
            _("Naming a source adds a citation, and you may not do that.")
        )
    reason = reasons.given(request)
    questions: dict[str, str] = {}
    for change in changed:
        if change.asks and not reason and (change.emptied or not supports):
            questions[change.field.name] = _question(change)
    if questions:
        raise serializers.ValidationError(questions)
    if supports and all(change.emptied for change in changed):
        raise serializers.ValidationError(
            {"supported_by": _("Nothing is changed here that a source could state.")}
        )
    return changed


def cite(changed: Iterable[ChangedFact], supports: Iterable[Support]) -> None:
    for support in supports:
        sourcing.cite(changed, [support["source"]], support["locator"])


def _question(change: ChangedFact) -> str:
    if change.emptied:
        return _("This was cited. Say in “X-Change-Reason” why it is emptied.")
    return _(
        "This was cited. Name the source of the new value in “supported_by”, or say why in “X-Change-Reason”."
    )
