"""Releases of many at once: what was claimed of them, beside the people known by name
here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.contract.vocabulary import Measure
from tracker.site import case_list, corrections, counts, published
from tracker.site.base import DocumentPage
from tracker.site.listing import ListPage

Facts = Mapping[str, list[Any]]
SHOWN_PEOPLE = 200


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
            totals.append(Total(measure, _identified(measure.code, facts)))
        return {
            "event": document,
            "record": record,
            "summary": summary,
            "identified": len(facts),
            "totals": totals,
            "people": case_list.lines(published.read(people[:SHOWN_PEOPLE])),
            **changes,
            "sources": account.sources(),
        }


@dataclass(frozen=True)
class Total:
    """One measure: what is claimed of it, beside how many of the people identified here
    it applies to.
    """

    measure: counts.Measured
    identified: int | None


def _identified(measure: str, facts: list[Facts]) -> int | None:
    """None where published cases cannot tell."""
    applies = _APPLIES.get(measure)
    if applies is None:
        return None
    return sum(map(applies, facts))


def _has(fact: str, *values: str) -> Callable[[Facts], bool]:
    return lambda facts: any(value in facts.get(fact, []) for value in values)


_APPLIES: dict[str, Callable[[Facts], bool]] = {
    Measure.RELEASED: lambda facts: True,
    Measure.DEPORTED: _has("deportation_outcome", "expelled"),
    Measure.REFUSED_DEPORTATION: _has("deportation_outcome", "refused"),
    Measure.JOURNALISTS_RELEASED: _has("occupations", "journalist"),
    Measure.PASSPORTS_TAKEN: _has(
        "deportation_passport_fate", "confiscated", "destroyed"
    ),
    Measure.FOREIGNERS_RELEASED: _has("deportation_own_national", "no"),
}
