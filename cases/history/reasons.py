"""When a change must say why: once anyone outside has been shown the case."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from cases import editions
from cases.catalogue import kind_of
from cases.models import Citation, Claimant, ReportedCount
from cases.models.base import Record

MOST = 500  # characters of a reason


def published(kind: str, root_id: UUID) -> bool:
    """Was an edition approved that anyone outside may see? `kind` is a root's, or
    "claimant".

    A claimant is published with the cases that name it.
    """
    seen = editions.seen_outside()
    if kind != Claimant.kind:
        return seen.filter(root_kind=kind, root_id=root_id).exists()
    of_citation = seen.filter(
        root_kind=OuterRef("root_kind"), root_id=OuterRef("root_id")
    )
    of_count = seen.filter(root_kind=ReportedCount.kind, root_id=OuterRef("pk"))
    citations = Citation.objects.filter(Exists(of_citation), claimant_id=root_id)
    counts = ReportedCount.objects.filter(Exists(of_count), claimant_id=root_id)
    return citations.exists() or counts.exists()


def needs_reason(root: Record | None) -> bool:
    """For a change of this root or of its parts; None, or one that is not stored yet,
    needs none.
    """
    if root is None or root._state.adding:
        return False
    return published(kind_of(root), root.pk)
