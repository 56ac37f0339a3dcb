"""How long people were held, in bands: those who are held, and those who no longer are.

Those without a published name are left out, as of every number finer than the status
(docs/decisions/statistics.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.http import QueryDict

from tracker.asking.filters import FILTERS
from tracker.audiences import Audience
from tracker.contract.vocabulary import HELD
from tracker.counting import tally
from tracker.kept import Kept

# The days with which each band but the first begins.
ENDS = (91, 365, 730, 1095, 1825)

KEPT: Kept[Sequence["Group"]] = Kept(most=8)


@dataclass
class Band:
    """So many were held for so long, and so many were or may have been."""

    certainly: int = 0
    possibly: int = 0


@dataclass
class Group:
    """`unknown`: of how many it is not known since when they were held. They are part of
    `count`, and of no band.
    """

    still: bool
    count: int = 0
    unknown: int = 0
    bands: list[Band] = field(
        default_factory=lambda: [Band() for _band in range(len(ENDS) + 1)]
    )


def groups(audience: Audience, today: date) -> Sequence[Group]:
    """Those who are held on that day, or may be; then those who were held before."""
    return KEPT.answer(audience, today, lambda: _groups(audience, today))


def _groups(audience: Audience, today: date) -> Sequence[Group]:
    documents = audience.documents("prisoner")
    named = FILTERS["prisoner"](QueryDict("named=true"), documents, only_asked=True)
    held, before = Group(still=True), Group(still=False)
    rows = tally.by_time(named.qs.order_by(), HELD, today, ENDS)
    for still, is_open, least, most, count in rows:
        group = held if still else before
        group.count += count
        if is_open:
            group.unknown += count
            continue
        if least == most:
            group.bands[least].certainly += count
        for band in group.bands[least : most + 1]:
            band.possibly += count
    return held, before
