"""The one published row that an address names."""

from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.http import Http404, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from tracker.api.views import PublishedView
from tracker.audiences import Audience
from tracker.database import asked_often
from tracker.held import BeingUpdated
from tracker.held import sql as held_sql
from tracker.ids import id_in


class Row(NamedTuple):
    """As it is published, of one moment with the feed's `epoch` and `revision`."""

    document: str | None
    merged_into: UUID | None
    seq: int
    epoch: UUID
    revision: int
    held: bool


@cache
def _statement(audience: Audience) -> str:
    """Most requests ask this. Django took longer to put it together than the database
    to answer it.
    """
    held = held_sql(audience.held_model._meta.db_table, id="published.id")
    return (
        "SELECT document, merged_into, seq, feed.epoch, feed.revision,"  # noqa: S608
        f" {held} FROM {audience.document_model._meta.db_table} AS published"
        f" CROSS JOIN {audience.feed_model._meta.db_table} AS feed"
        " WHERE published.id = $1 AND kind = $2"
    )


def row_of(audience: Audience, kind: str, row_id: UUID) -> Row | None:
    rows = asked_often(audience.name, _statement(audience), [row_id, kind])
    return Row(*rows[0]) if rows else None


class OneRow(PublishedView):
    """For a view of one document; `address` is the name of that view's address."""

    kind = ""
    address = "{kind}-detail"

    def row(self, text: str) -> Row:
        """Http404 for what never was; BeingUpdated for what is held back. One query."""
        row_id = id_in(text)
        if row_id is None:
            raise Http404
        row = row_of(self.audience, self.kind, row_id)
        if row is None:
            raise Http404
        if row.held and row.document is not None:
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
