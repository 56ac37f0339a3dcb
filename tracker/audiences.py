"""Who asks, and the tables and the database login that answer them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from tracker.models import (
    PartnersDocument,
    PartnersFeed,
    PartnersSpan,
    PublicDocument,
    PublicFeed,
    PublicSpan,
    PublishedDocument,
    PublishedFeed,
    PublishedSpan,
)


@dataclass(frozen=True)
class Audience:
    """`name` is the Django alias of its login, too. `sees` are the visibilities that it may see."""

    name: str
    sees: frozenset[str]
    document_model: type[PublishedDocument]
    span_model: type[PublishedSpan]
    feed_model: type[PublishedFeed]

    def documents(self, kind: str) -> QuerySet[Any]:
        """Published documents of a kind, without the tombstones."""
        return self.rows().filter(kind=kind, document__isnull=False)

    def rows(self) -> QuerySet[Any]:
        """All rows, tombstones too, by the audience's own login."""
        return self.document_model._default_manager.using(self.name)


PUBLIC = Audience("public", frozenset({"public"}), PublicDocument, PublicSpan, PublicFeed)
PARTNERS = Audience("partners", frozenset({"public", "partners"}), PartnersDocument, PartnersSpan, PartnersFeed)
AUDIENCES = (PUBLIC, PARTNERS)
