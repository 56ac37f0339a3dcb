"""What somebody said how many there were: rival claims side by side, none of them ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.contract.vocabulary import Measure
from tracker.site import corrections, values
from tracker.site.account import Account, Fact
from tracker.site.listing import ListPage

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Claim:
    """`counted`: is it a number, rather than words?"""

    anchor: str
    counted: bool
    claimed: Fact
    as_of: Fact
    claimant: Mapping[str, Any] | None
    country: str
    event: Document | None


@dataclass(frozen=True)
class Measured:
    """All claims of one measure, the earliest first."""

    code: str
    name: str
    claims: list[Claim]


def by_measure(account: Account, counts: Iterable[Document]) -> list[Measured]:
    """In the order of the vocabulary."""
    claims: dict[str, list[Claim]] = {}
    for count in sorted(counts, key=_day):
        claims.setdefault(count["measure"], []).append(_claim(account, count))
    measures = []
    for measure in Measure.values:
        if measure in claims:
            name = values.code(Measure, measure)
            measures.append(Measured(measure, name, claims[measure]))
    return measures


def _day(count: Document) -> tuple[str, str]:
    day = count["as_of"] or {}
    latest = day.get("latest") or "9999"
    return day.get("earliest") or latest, latest


def _claim(account: Account, count: Document) -> Claim:
    return Claim(
        anchor=f"r-{count['id']}",
        counted=count["value"] is not None,
        claimed=account.fact("reported_count", count, "claim"),
        as_of=account.fact("reported_count", count, "as_of"),
        claimant=count["claimant"],
        country=values.words("reported_count", "country", count["country"]),
        event=account.others.get(count["release_event"] or ""),
    )


class CountsPage(ListPage):
    template_name = "tracker/counts.html"
    kind = "reported_count"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Five queries: the counts with a day and without, their corrections, what
        these name, what sources repeat.
        """
        context = super().get_context_data(**kwargs)
        counts = context["documents"]
        account, changes = corrections.with_account(counts)
        return {
            **context,
            "measures": by_measure(account, counts),
            **changes,
            "sources": account.sources(),
        }
