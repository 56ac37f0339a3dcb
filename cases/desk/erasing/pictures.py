"""Redacted copies that go with what is erased, or by their own number: their rows are
emptied, and what of them is published goes.
"""

from collections.abc import Sequence

from django.db.models import Q

from cases.desk.erasing.erasable import What
from cases.history import forgetting
from cases.history.since import newest_event
from cases.models import CopyDecision, Decision, Erasure, RedactedCopy

TABLE = RedactedCopy._meta.db_table
_EMPTY: dict[str, object] = {
    "content": None,
    "media_type": "",
    "size": None,
    "sha256": "",
    "width": None,
    "height": None,
    "people": [],
    "reason": "",
}


def find(what: What) -> list[RedactedCopy]:
    """Those of the case that goes as a whole, be it the source or somebody in the
    picture; those whose reasons hold the text; or those that are named by their
    numbers. What stands in a picture nobody knows: name it by its number.
    """
    whole = RedactedCopy.objects.exclude(sha256="").defer("content").order_by("pk")
    numbers = [number for table, number in what.events if table == TABLE]
    if numbers:
        return list(whole.filter(pk__in=numbers))
    if what.case is None or what.field:
        return []
    of_source = Q(root_id=what.case)
    if what.containing:
        in_reasons = Q(reason__icontains=what.containing)
        in_reasons |= Q(decisions__reason__icontains=what.containing)
        return list(whole.filter(of_source, in_reasons).distinct())
    return list(whole.filter(of_source | Q(people__contains=[what.case])))


def erase(found: Sequence[RedactedCopy], act: Erasure) -> None:
    """A withdrawal comes first: so it is out of sight at once."""
    if not found:
        return
    ids = [copy.pk for copy in found]
    made = CopyDecision.objects.filter(copy__in=ids)
    withdrawn = set(
        made.filter(decision=Decision.WITHDRAWN).values_list("copy", flat=True)
    )
    for copy_id in ids:
        if copy_id not in withdrawn:
            CopyDecision.objects.create(
                copy_id=copy_id, decision=Decision.WITHDRAWN, event=newest_event()
            )
    said = made.exclude(reason="")
    forgetting.change(
        said, reason=act.reason, erasure=act.number, values={"reason": ""}
    )
    rows = RedactedCopy.objects.filter(pk__in=ids)
    forgetting.change(rows, reason=act.reason, erasure=act.number, values=_EMPTY)
