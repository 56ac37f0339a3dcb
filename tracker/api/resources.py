"""Lists and single documents: the stored texts, passed on as they are."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Subquery
from django.http import Http404, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from tracker import feed
from tracker.api.asking import Asked
from tracker.api.describing import DocumentsSchema
from tracker.api.paging import KeysetPagination
from tracker.api.views import PublishedView, as_json
from tracker.documents import DOCUMENTS
from tracker.filter_kinds import Questions, today
from tracker.filters import FILTERS

_COLUMNS = ("id", "document", "seq", "sort_name", "sort_date", "sort_number")


class Pages(KeysetPagination):
    max_limit = 100


class Documents(PublishedView, GenericViewSet[Any]):
    kind: str
    pagination_class = Pages
    filter_backends = [Asked]
    lookup_field = "id"
    lookup_value_regex = "[^/]+"
    schema = DocumentsSchema()

    @property
    def filterset_class(self) -> type[Questions]:
        return FILTERS[self.kind]

    def get_serializer_class(self) -> Any:
        return DOCUMENTS[self.kind]

    @property
    def orderings(self) -> Mapping[str, str]:
        return self.filterset_class.orderings

    @property
    def default_ordering(self) -> str:
        return self.filterset_class.default_ordering

    def known_parameters(self) -> set[str]:
        return {*self.filterset_class.base_filters, *Pages.parameters} if self.action == "list" else set()

    def repeatable_parameters(self) -> set[str]:
        return self.filterset_class.repeatable()

    def list(self, request: Request) -> HttpResponseBase:
        rows = self.filter_queryset(self.audience.documents(self.kind))
        now = feed.counter(self.audience)  # before the rows: a tag that is too old costs a repeated answer, no change
        etag = self.etag(now.epoch.hex, now.last_seq, today().isoformat())
        return self.not_modified(etag) or self.answer(etag, self._page(rows))

    def _page(self, rows: Any) -> str:
        pages = Pages()
        found = pages.paginate_queryset(rows.values(*_COLUMNS), self.request, view=self)
        links = as_json({"next": pages.link(pages.page.next), "previous": pages.link(pages.page.previous)})
        documents = ",".join(row["document"] for row in found)
        return f'{links[:-1]},"results":[{documents}]}}'

    def retrieve(self, request: Request, id: str) -> HttpResponseBase:
        row = self._row(id)
        if row["document"] is None:
            return self._elsewhere(row["merged_into"])
        etag = self.etag(row["epoch"].hex, row["seq"])
        return self.not_modified(etag) or self.answer(etag, row["document"])

    def _row(self, text: str) -> dict[str, Any]:
        try:
            row_id = UUID(text)
        except ValueError:
            raise Http404 from None
        epoch = Subquery(self.audience.feed_model._default_manager.values("epoch")[:1])
        rows = self.audience.rows().filter(kind=self.kind, id=row_id).annotate(epoch=epoch)
        row = rows.values("document", "merged_into", "seq", "epoch").first()
        if row is None or text != str(row_id):
            raise Http404
        return row

    def _elsewhere(self, merged_into: UUID | None) -> HttpResponseBase:
        """What is no longer published answers as what never was; a merged case leads to the one that it became."""
        if merged_into and self.audience.documents(self.kind).filter(id=merged_into).exists():
            address = reverse(f"{self.basename}-detail", kwargs={"id": merged_into})
            return HttpResponsePermanentRedirect(address)
        raise Http404


class Prisoners(Documents):
    """Prisoners, with their names, detentions, charges, sentences, releases, deportations and citations."""

    kind = "prisoner"


class Sentences(Documents):
    """Sentences. They stand in their prisoner's document, too."""

    kind = "sentence"


class Deportations(Documents):
    """Deportations, also those refused. They stand in their prisoner's document, too."""

    kind = "deportation"


class ReleaseEvents(Documents):
    """Releases of several people at once."""

    kind = "release_event"


class Sources(Documents):
    """Sources, and which of them merely relay others."""

    kind = "source"


class Facilities(Documents):
    """Prisons, colonies and other places."""

    kind = "facility"


class ReportedCounts(Documents):
    """Numbers that someone reported: who, when, and how exactly."""

    kind = "reported_count"
