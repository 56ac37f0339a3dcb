"""What an evidence pack holds: published rows of one audience, of one moment.

The desk may read them and lock nothing: who could lock them could stop withdrawals. So
it looks at the feed's number before and after, and reads again if that has moved.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.day import today
from cases.models import Mark
from tracker.audiences import AUDIENCES, Audience
from tracker.contract.walking import named_ids
from tracker.pictures import file_name


class NotPublished(Exception):
    """This audience sees nothing of the case. The message is for people."""


class BeingPublished(Exception):
    """Something of it has changed and is not published yet: it may be about to be taken
    back. For people, too.
    """


_BEING_PUBLISHED = gettext_lazy(
    "This case has just been changed and is being published. Try again in a moment."
)


@dataclass(frozen=True)
class Evidence:
    """`texts` are the documents as served, by id: the case's own, and those of what it
    names. Corrections are rows, the latest first. `epoch` and `seq` are the feed's.
    `pictures` are the redacted copies of its sources, by the names of their files.
    """

    case: str
    epoch: UUID
    seq: int
    changed_on: date
    texts: Mapping[str, str]
    corrections: list[Any]
    pictures: Mapping[str, bytes]


TRIES = 5


def gather(prisoner_id: UUID, audience_name: str) -> Evidence:
    """Raises NotPublished and BeingPublished."""
    audience = next(known for known in AUDIENCES if known.name == audience_name)
    for _try in range(TRIES):
        before = _standing(audience)
        try:
            evidence = _gather(prisoner_id, audience)
        except NotPublished:
            if _standing(audience) == before:
                raise
            continue
        if _standing(audience) == before:
            return evidence
    raise BeingPublished(_BEING_PUBLISHED)


def _standing(audience: Audience) -> tuple[Any, ...] | None:
    """It moves with every change of what this audience sees."""
    feeds = audience.feed_model._default_manager
    return feeds.values_list("epoch", "last_seq").first()


def _gather(prisoner_id: UUID, audience: Audience) -> Evidence:
    rows = _documents(audience)
    case = rows.filter(kind="prisoner", id=prisoner_id).first()
    if case is None:
        raise NotPublished(
            _("This case is not published to them: there is nothing to make a pack of.")
        )
    found = _with_what_it_names(rows, case)
    held = audience.document_model._default_manager.filter(audience.is_held)
    changed = Mark.objects.filter(root_id__in=found).exclude(due_on__gt=today())
    if changed.exists() or held.filter(id__in=found).exists():
        raise BeingPublished(_BEING_PUBLISHED)
    corrections = audience.correction_model._default_manager.filter(**{"of__in": found})
    return Evidence(
        case=str(case.id),
        epoch=audience.feed_model._default_manager.get().epoch,
        seq=case.seq,
        changed_on=case.changed_on,
        texts={one: row.document for one, row in sorted(found.items())},
        corrections=list(corrections),
        pictures=_pictures(audience, found),
    )


def _pictures(audience: Audience, found: Mapping[str, Any]) -> dict[str, bytes]:
    copies = audience.copy_model._default_manager.filter(of__in=list(found))
    return {file_name(copy): bytes(copy.content) for copy in copies.order_by("id")}


def _documents(audience: Audience) -> Any:
    return audience.document_model._default_manager.filter(
        document__isnull=False, parent__isnull=True
    )


def _with_what_it_names(rows: Any, case: Any) -> dict[str, Any]:
    """With the sources, places and releases named, the counts reported of these
    releases, and what all these name. Other people have packs of their own.
    """
    found: dict[str, Any] = {}
    new = [case]
    while new:
        found |= {str(row.id): row for row in new}
        wanted = Q(id__in=list(named_ids(json.loads(row.document) for row in new)))
        for row in new:
            if row.kind == "release_event":
                wanted |= Q(
                    kind="reported_count",
                    facts__contains={"release_event": [str(row.id)]},
                )
        others = rows.filter(wanted).exclude(kind="prisoner")
        new = list(others.exclude(id__in=found))
    return found
