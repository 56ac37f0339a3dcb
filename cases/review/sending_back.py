"""The reviewer's other answer: not yet, and why."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases import aggregate, editions
from cases.history import acting
from cases.history.since import newest_event
from cases.locking import lock
from cases.models import SentBack
from cases.models.base import Root
from cases.review.approving import StaleVersion


class NothingToSendBack(Exception):
    """The message is for people."""


@transaction.atomic
def send_back(
    kind: str, root_id: UUID, *, seen_version: int, by: Any, comment: str
) -> SentBack:
    """Ask the editors for more. It holds for this version: the next edit puts the case
    back in the queue.

    Raises StaleVersion if the root is not at `seen_version`, NothingToSendBack if it is
    approved as it stands.
    """
    root = lock(aggregate.ROOTS[kind], root_id)
    if root is None or root.version != seen_version:
        raise StaleVersion(seen_version, root.version if root else None)
    if not settings.REQUIRE_REVIEW:
        raise NothingToSendBack(
            _("No review is required here: what was saved is approved.")
        )
    edition = editions.last_approval(kind, root_id)
    if edition is not None and edition.version == seen_version:
        raise NothingToSendBack(_("It is approved as it stands: nothing waits."))
    with acting(user=by):
        return SentBack.objects.create(
            root_kind=kind,
            root_id=root_id,
            version=seen_version,
            sent_by=by,
            comment=comment.strip(),
            event=newest_event(),
        )


def in_force(kind: str, root: Root) -> QuerySet[SentBack]:
    """What was sent back and has not been edited since, the latest first."""
    answers = SentBack.objects.filter(
        root_kind=kind, root_id=root.pk, version=root.version
    )
    return answers.select_related("sent_by").order_by("-id")
