"""Where the facts come from."""

from typing import Any

from tracker.contract.vocabulary import SourceStanding
from tracker.site import case_list, corrections, published
from tracker.site.base import DocumentPage
from tracker.site.listing import ListPage
from tracker.site.values import language_name, words

CITING = ("prisoner", "release_event", "facility", "reported_count")
SHOWN = 200


class SourceList(ListPage):
    template_name = "tracker/sources.html"
    kind = "source"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "lines": [_line(source) for source in context["documents"]]}


def _line(source: published.Document) -> dict[str, Any]:
    named = [
        source["publisher"] or "",
        words("source", "source_kind", source["source_kind"]),
    ]
    return {
        "source": source,
        "facts": [fact for fact in named if fact],
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
        for citing_document in published.read(_citing(document["id"])):
            citing[citing_document["kind"]].append(citing_document)
        return {
            "source": document,
            "retracted": _retracted(document),
            "language": language_name(document["language"]),
            "record": account.record("source", document),
            "cases": case_list.lines(citing["prisoner"]),
            "events": citing["release_event"],
            "facilities": citing["facility"],
            "counts": citing["reported_count"],
            **changes,
            "sources": account.sources(),
        }


def _citing(source: str) -> Any:
    return published.referring("source", source, *CITING).order_by(
        "kind", "sort_name", "id"
    )[:SHOWN]
