"""What somebody said how many there were: rival claims side by side, none of them ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from tracker.contract import bounds
from tracker.contract.vocabulary import Measure
from tracker.site import corrections, values
from tracker.site.account import Account, Fact
from tracker.site.listing import ListPage

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Claim:
    anchor: str
    claimed: Fact
    as_of: Fact
    claimant: Mapping[str, Any] | None
    country: str
    among: str
    event: Document | None


@dataclass(frozen=True)
class Counted:
    """The claims that answer one question, the earliest first. `of` says of whom it is
    asked, where the measure does not; `range`, from where to where the claims go.
    """

    of: str
    range: str
    disagree: bool
    claims: list[Claim]


@dataclass(frozen=True)
class Measured:
    """All claims of one measure."""

    code: str
    name: str
    counted: list[Counted]


def by_measure(account: Account, counts: Iterable[Document]) -> list[Measured]:
    """In the order of the vocabulary."""
    asked: dict[str, dict[bounds.Question, list[Document]]] = {}
    for count in sorted(counts, key=_day):
        question = bounds.question(count)
        of_measure = asked.setdefault(question.measure, {})
        of_measure.setdefault(question, []).append(count)
    measures = []
    for measure in Measure.values:
        if measure in asked:
            counted = []
            for question, rivals in asked[measure].items():
                counted.append(_counted(account, question, rivals))
            name = values.code(Measure, measure)
            measures.append(Measured(measure, name, counted))
    return measures


def said(count: Document) -> str:
    """“at least 1,300 according to A centre”."""
    number = values.claim(count["qualifier"], count["value"])
    number = number or count["value_as_stated"] or _("not given")
    if not count["claimant"]:
        return number
    who = {"number": number, "who": count["claimant"]["name"]}
    return _("%(number)s according to %(who)s") % who


def _counted(
    account: Account, question: bounds.Question, rivals: list[Document]
) -> Counted:
    return Counted(
        of=_of_whom(question),
        range=_range(bounds.span(rivals)) if len(rivals) > 1 else "",
        disagree=bounds.cannot_all_be_true(rivals),
        claims=[_claim(account, count) for count in rivals],
    )


def _of_whom(question: bounds.Question) -> str:
    group = values.words("reported_count", "of_group", question.group)
    country = values.words("reported_count", "of_nationality", question.nationality)
    return ", ".join(filter(None, [group, country]))


def _range(span: bounds.Bounds) -> str:
    lowest, highest = (
        number_format(number, force_grouping=True) if number is not None else ""
        for number in span
    )
    if lowest and highest and lowest != highest:
        return _("from %(lowest)s to %(highest)s") % {
            "lowest": lowest,
            "highest": highest,
        }
    if lowest and not highest:
        return _("from %(lowest)s upwards") % {"lowest": lowest}
    if highest and not lowest:
        return _("up to %(highest)s") % {"highest": highest}
    return ""


def _day(count: Document) -> tuple[str, str]:
    day = count["as_of"] or {}
    latest = day.get("latest") or "9999"
    return day.get("earliest") or latest, latest


def _claim(account: Account, count: Document) -> Claim:
    return Claim(
        anchor=f"r-{count['id']}",
        claimed=account.fact("reported_count", count, "claim"),
        as_of=account.fact("reported_count", count, "as_of"),
        claimant=count["claimant"],
        country=values.words("reported_count", "country", count["country"]),
        among=values.words("reported_count", "among_them", count.get("among_them")),
        event=account.others.get(count["release_event"] or ""),
    )


class CountsPage(ListPage):
    template_name = "tracker/counts.html"
    kind = "reported_count"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Seven queries: the counts with a day and without, are there too many to be
        counted and of which moment are the numbers, their corrections, what these name,
        what sources repeat.
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
