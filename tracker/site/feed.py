"""What was published or changed last, as an Atom feed: links without names, to the day.

It is read from what is published, as lists are: what was withdrawn is not in it, and
nothing shows that it was. There is one entry a document, at its last change.
"""

from datetime import UTC, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tracker.audiences import PUBLIC
from tracker.contract.documents import DOCUMENTS
from tracker.site.base import Page
from tracker.site.headers import tagged

LATEST = 100
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class ByTheDay(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """The library would take the present hour where there is nothing yet."""
        days = [entry["updateddate"] for entry in self.items]
        return max(days, default=_NEVER)


class FeedPage(Page):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """One query. Within a day the order is that of the ids, which are random."""
        kinds = [kind for kind, document in DOCUMENTS.items() if document.page]
        rows = PUBLIC.shown().filter(kind__in=kinds, parent__isnull=True)
        changes = rows.order_by("-seq").values_list("changed_on", "id", "kind")[:LATEST]
        feed = ByTheDay(
            title=_("Prisoner Tracker"),
            link=request.build_absolute_uri(reverse("site:home")),
            description=_("What was published or changed last"),
            language=get_language(),
            feed_url=request.build_absolute_uri(request.path),
        )
        for day, row_id, kind in sorted(changes, reverse=True):
            address = reverse(f"site:{DOCUMENTS[kind].page}", args=[row_id])
            feed.add_item(
                title=_("%(kind)s: published or changed")
                % {"kind": DOCUMENTS[kind].called},
                link=request.build_absolute_uri(address),
                description="",
                updateddate=datetime.combine(day, time(), UTC),
                unique_id=f"urn:uuid:{row_id}",
            )
        text = feed.writeString("utf-8")
        return tagged(request, HttpResponse(text, content_type=feed.content_type))
