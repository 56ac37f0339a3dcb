"""When a change must say why: once anyone outside has been shown the case."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from cases.catalogue import kind_of
from cases.models import Citation, Claimant, Edition, ReportedCount
from cases.models.base import Record
from tracker.contract.vocabulary import Visibility

MOST = 500  # characters of a reason


def published(kind: str, root_id: UUID) -> bool:
    """Was an edition approved that anyone outside may see? `kind` is a root's, or
    "claimant".

    A claimant is published with the cases that name it.
    """
    editions = Edition.objects.exclude(snapshot__root__visibility=Visibility.INTERNAL)
    if kind != Claimant.kind:
        return editions.filter(root_kind=kind, root_id=root_id).exists()
    of_citation = editions.filter(
        root_kind=OuterRef("root_kind"), root_id=OuterRef("root_id")
    )
    of_count = editions.filter(root_kind=ReportedCount.kind, root_id=OuterRef("pk"))
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
