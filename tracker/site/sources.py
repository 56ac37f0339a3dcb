"""Where the facts come from."""

from typing import Any

from django.db.models import Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tracker.audiences import PUBLIC
from tracker.contract.vocabulary import SourceStanding
from tracker.language_names import language_name
from tracker.pictures import picture
from tracker.site import case_list, corrections, published
from tracker.site.base import DocumentPage, Page
from tracker.site.hedged import Heard, Told
from tracker.site.listing import ListPage

CITING = ("prisoner", "release_event", "facility", "court_case", "reported_count")
SHOWN = 200


class SourceList(ListPage):
    template_name = "tracker/sources.html"
    kind = "source"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "lines": [_line(source) for source in context["documents"]]}


def _line(source: published.Document) -> dict[str, Any]:
    heard = Heard(source["citations"])
    facts = []
    for field in ("publisher", "source_kind", "published_on"):
        facts += heard.told("source", source, field)
    if not source["published_on"]:
        facts.append(Told(_("date not given")))
    return {
        "source": source,
        "facts": facts,
        "withdrawn": _retracted(source),
    }


def _retracted(source: published.Document) -> bool:
    return bool(source["standing"] == SourceStanding.RETRACTED)


class SourcePage(DocumentPage):
    template_name = "tracker/source.html"
    kind = "source"

    def tell(self, document: published.Document) -> dict[str, Any]:
        """Five queries: the source, its corrections, what it names, what those repeat,
        and what cites it.
        """
        account, changes = corrections.with_account([document])
        citing: dict[str, list[published.Document]] = {kind: [] for kind in CITING}
        more: dict[str, bool] = {}
        for citing_document in published.read(_citing(document["id"])):
            kind = citing_document["kind"]
            if len(citing[kind]) < SHOWN:
                citing[kind].append(citing_document)
            else:
                more[kind] = True
        return {
            "source": document,
            "retracted": _retracted(document),
            "language": language_name(document["language"]),
            "record": account.record("source", document),
            "cases": case_list.lines(citing["prisoner"]),
            "events": citing["release_event"],
            "facilities": citing["facility"],
            "court_cases": citing["court_case"],
            "counts": citing["reported_count"],
            "more": more,
            **changes,
            "copies": document.get("copies") or (),
            "sources": account.sources(),
        }


class CopyPage(Page):
    """A redacted copy itself, which the page of its source shows. As no page here, it
    is kept by no browser.
    """

    is_kept = False  # large, and asked for by few

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        copy = PUBLIC.copy(kwargs["id"])
        if copy is None:
            raise Http404
        return picture(copy)


def _citing(source: str) -> Any:
    """Of each kind the first, and one more where there are more."""
    in_order = ("sort_name", "id")
    place = Window(RowNumber(), partition_by="kind", order_by=in_order)
    rows = published.referring("source", source, *CITING).annotate(place=place)
    return rows.filter(place__lte=SHOWN + 1).order_by("kind", *in_order)
