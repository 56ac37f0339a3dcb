"""Releases of many at once: what was claimed of them, beside the people known by name
here.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tracker.counting.releases import Identified, identified
from tracker.site import case_list, corrections, counts, published
from tracker.site.base import DocumentPage
from tracker.site.hedged import Heard, Told
from tracker.site.listing import ListPage

SHOWN_PEOPLE = 200


def facts_of(event: published.Document) -> list[Told]:
    """What lists of events say of one: its day, and who brokered it."""
    heard = Heard(event["citations"])
    day = heard.told("release_event", event, "occurred_on")
    facts = day or [Told(_("date not given"))]
    for told in heard.told("release_event", event, "brokered_by"):
        facts.append(Told(_("brokered by %(who)s") % {"who": told.text}, told.how))
    return facts


class ReleaseEventList(ListPage):
    template_name = "tracker/release_events.html"
    kind = "release_event"


class ReleaseEventPage(DocumentPage):
    template_name = "tracker/release_event.html"
    kind = "release_event"

    def tell(self, document: published.Document) -> dict[str, Any]:
        """Seven queries: the event, all facts of its people, its counts, the
        corrections of these, what they name, what sources repeat, people.
        """
        id = document["id"]
        people = published.referring("release_event", id, "prisoner").order_by(
            "sort_name", "id"
        )
        facts = list(people.values_list("facts", flat=True))
        claims = published.read(
            published.referring("release_event", id, "reported_count")
        )
        account, changes = corrections.with_account([document, *claims])
        # Sources are numbered in this order, which is that of the page.
        record = account.record("release_event", document)
        summary = account.summary("release_event", document)
        totals = []
        for measure in counts.by_measure(account, claims):
            totals.append(Total(measure, identified(measure.code, facts)))
        return {
            "event": document,
            "record": record,
            "summary": summary,
            "identified": len(facts),
            "totals": totals,
            "people": case_list.lines_of_event(
                published.read(people[:SHOWN_PEOPLE]), id
            ),
            **changes,
            "sources": account.sources(),
        }


@dataclass(frozen=True)
class Total:
    """One measure: what is claimed of it, beside the people identified here to whom it
    applies, and of how many that is not known.
    """

    measure: counts.Measured
    identified: Identified | None
