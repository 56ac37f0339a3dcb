"""Court cases: what happened in court, and who of the people published here is in them."""

from typing import Any

from tracker.site import case_list, corrections, counts, published
from tracker.site.base import DocumentPage
from tracker.site.citing import title
from tracker.site.hedged import Heard, Told
from tracker.site.listing import ListPage


class CourtCaseList(ListPage):
    template_name = "tracker/court_cases.html"
    kind = "court_case"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "lines": [_line(each) for each in context["documents"]]}


def _line(court_case: published.Document) -> dict[str, Any]:
    heard = Heard(court_case["citations"])
    facts: list[Told] = []
    for field in ("stage", "outcome"):
        facts += heard.told("court_case", court_case, field)
    return {"court_case": court_case, "title": title(court_case), "facts": facts}


class CourtCasePage(DocumentPage):
    template_name = "tracker/court_case.html"
    kind = "court_case"

    def tell(self, document: published.Document) -> dict[str, Any]:
        """Six queries: the court case, its counts, the corrections of these, what they
        name, what sources repeat, and people. How many people these are is not told:
        it is no number of the accused.
        """
        id = document["id"]
        claims = published.read(published.referring("court_case", id, "reported_count"))
        account, changes = corrections.with_account([document, *claims])
        people = published.referring("court_case", id, "prisoner")
        record = account.record("court_case", document)
        hearings = [
            account.record("hearing", hearing) for hearing in document["hearings"]
        ]
        return {
            "court_case": document,
            "title": title(document),
            "record": record,
            "hearings": hearings,
            "measures": counts.by_measure(account, claims),
            "people": case_list.first_lines(people, court_case=id),
            **changes,
            "sources": account.sources(),
        }
