"""Who may ask, and the tables and the database login that answer them."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery

from tracker.held import Held
from tracker.models import (
    PartnersCopy,
    PartnersCorrection,
    PartnersDocument,
    PartnersFeed,
    PartnersHeld,
    PartnersSpan,
    PublicCopy,
    PublicCorrection,
    PublicDocument,
    PublicFeed,
    PublicHeld,
    PublicSpan,
    PublishedCopy,
    PublishedCorrection,
    PublishedDocument,
    PublishedFeed,
    PublishedHeld,
    PublishedSpan,
)


@dataclass(frozen=True)
class Audience:
    """`name` is also Django's alias of its login. `sees` are visibilities."""

    name: str
    sees: frozenset[str]
    document_model: type[PublishedDocument]
    span_model: type[PublishedSpan]
    feed_model: type[PublishedFeed]
    correction_model: type[PublishedCorrection]
    held_model: type[PublishedHeld]
    copy_model: type[PublishedCopy]

    @property
    def is_served(self) -> bool:
        """Does this process know its login?"""
        return self.name in settings.DATABASES

    def documents(self, kind: str) -> QuerySet[Any]:
        """Published documents of a kind, without the tombstones."""
        return self.shown().filter(kind=kind)

    def shown(self) -> QuerySet[Any]:
        """Published documents, but for those that are held back."""
        rows = self.rows().filter(~self.is_held, document__isnull=False)
        return rows.defer("text_words")  # asked, and told nowhere

    def rows(self) -> QuerySet[Any]:
        """All rows, with tombstones, by the audience's own login."""
        return self.document_model._default_manager.using(self.name)

    def copy(self, copy_id: UUID) -> Any:
        """With its bytes, while the document of its source is shown and names it."""
        copies = self.copy_model._default_manager.using(self.name)
        shown = self.documents("source").filter(id=OuterRef("of"))
        with_source = copies.annotate(source=Subquery(shown.values("document")))
        copy: Any = with_source.filter(id=copy_id).first()
        if copy is None or copy.source is None:
            return None
        named = [line["id"] for line in json.loads(copy.source).get("copies", ())]
        return copy if str(copy_id) in named else None

    @property
    def is_held(self) -> Held:
        """Of a row of a document: is it held back?"""
        return Held(self.held_model._meta.db_table)

    def corrections(self, *ids: UUID | str) -> QuerySet[Any]:
        """The corrections of these published documents, newest first."""
        return self.correction_model._default_manager.using(self.name).filter(
            **{"of__in": ids, "of__document__isnull": False}
        )


PUBLIC = Audience(
    "public",
    frozenset({"public"}),
    PublicDocument,
    PublicSpan,
    PublicFeed,
    PublicCorrection,
    PublicHeld,
    PublicCopy,
)
PARTNERS = Audience(
    "partners",
    frozenset({"public", "partners"}),
    PartnersDocument,
    PartnersSpan,
    PartnersFeed,
    PartnersCorrection,
    PartnersHeld,
    PartnersCopy,
)
AUDIENCES = (PUBLIC, PARTNERS)
