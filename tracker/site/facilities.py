"""Places where people are held."""

from typing import Any

from tracker.language_names import language_name
from tracker.site import case_list, corrections, published
from tracker.site.base import DocumentPage
from tracker.site.hedged import Heard, Told
from tracker.site.listing import ListPage
from tracker.site.values import language_and_text


class FacilityList(ListPage):
    template_name = "tracker/facilities.html"
    kind = "facility"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        lines = [_line(facility) for facility in context["documents"]]
        return {**context, "lines": lines}


def _line(facility: published.Document) -> dict[str, Any]:
    language, name = language_and_text(facility["names"])
    heard = Heard(facility["citations"])
    facts: list[Told] = []
    for field in ("place_kind", "region", "country"):
        facts += heard.told("facility", facility, field)
    return {"id": facility["id"], "name": name, "lang": language, "facts": facts}


class FacilityPage(DocumentPage):
    template_name = "tracker/facility.html"
    kind = "facility"

    def tell(self, document: published.Document) -> dict[str, Any]:
        """Six queries: the place, its corrections, its sources, what those repeat, the
        people held there as last known, and those who ever were.
        """
        account, changes = corrections.with_account([document])
        held = published.referring("held_in", document["id"], "prisoner")
        ever = published.referring("facility", document["id"], "prisoner")
        before = ever.exclude(facts__contains={"held_in": [document["id"]]})
        language, name = language_and_text(document["names"])
        names = []
        for tag, text in (document["names"] or {}).items():
            names.append((tag, language_name(tag), text))
        return {
            "name": name,
            "lang": language,
            "names": names,
            "record": account.record("facility", document),
            "held": case_list.first_lines(held, held_in=document["id"]),
            "before": case_list.first_lines(before, facility=document["id"]),
            **changes,
            "sources": account.sources(),
        }
