"""The first page: how many cases there are, what changed last, and what this is."""

from typing import Any

from tracker.audiences import PUBLIC
from tracker.contract.vocabulary import Status
from tracker.counting import totals
from tracker.site import case_list, published, sitemap
from tracker.site.base import Page
from tracker.site.values import code

LATEST = 8


class HomePage(Page):
    template_name = "tracker/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Four queries: how many cases, how many of each status, the latest changes,
        the latest release events.
        """
        cases = PUBLIC.documents("prisoner")
        # Search engines list this page. So it names nobody who objects to them.
        changed_rows = list(sitemap.unopposed(cases).order_by("-seq")[:LATEST])
        lines = case_list.lines(published.read(changed_rows))
        days = [row.changed_on for row in changed_rows]
        events = (
            PUBLIC.documents("release_event")
            .order_by("-sort_date", "id")
            .exclude(sort_date=None)[:3]
        )
        return super().get_context_data(
            total=totals.of_kind(PUBLIC, "prisoner"),
            statuses=_statuses(),
            changed=list(zip(lines, days, strict=True)),
            events=published.read(events),
            **kwargs,
        )


def _statuses() -> list[dict[str, Any]]:
    """Of how many cases each status is the last that is known, or may be, in the order
    of the vocabulary; those without any are left out.
    """
    numbers = totals.by_status(PUBLIC)
    statuses = []
    for value in Status.values:
        if value in numbers:
            name = code(Status, value)
            statuses.append({"code": value, "name": name, "number": numbers[value]})
    return statuses
