"""The one published row that an address names."""

from typing import Any
from uuid import UUID

from django.db.models import Subquery
from django.http import Http404, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from tracker.api.views import PublishedView
from tracker.held import BeingUpdated
from tracker.ids import id_in


class OneRow(PublishedView):
    """For a view of one document; `address` is the name of that view's address."""

    kind = ""
    address = "{kind}-detail"

    def row(self, text: str) -> dict[str, Any]:
        """Its `document`, `seq`, `merged_into`, and the feed's `epoch`; Http404 for
        what never was; BeingUpdated for what is held back. One query.
        """
        row_id = id_in(text)
        if row_id is None:
            raise Http404
        epoch = Subquery(self.audience.feed_model._default_manager.values("epoch")[:1])
        rows = (
            self.audience.rows()
            .filter(kind=self.kind, id=row_id)
            .annotate(epoch=epoch, held=self.audience.is_held)
        )
        row = rows.values("document", "merged_into", "seq", "epoch", "held").first()
        if row is None:
            raise Http404
        if row["held"] and row["document"] is not None:
            raise BeingUpdated
        return row

    def elsewhere(self, merged_into: UUID | None) -> HttpResponseBase:
        """What is no longer published answers as what never was; a merged case leads to
        the one that it became.
        """
        rows = self.audience.rows().filter(kind=self.kind, document__isnull=False)
        if merged_into and rows.filter(id=merged_into).exists():
            address = self.address.format(kind=self.kind)
            path = reverse(address, kwargs={"id": merged_into})
            query = self.request.GET.urlencode(safe=",")
            return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
        raise Http404
