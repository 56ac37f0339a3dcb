"""What others say of how many were held, as marks over time. Their numbers have a
drawing and a scale of their own: they are not what we count, and never added to it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from tracker.contract import bounds, hedges
from tracker.contract.vocabulary import Country, Qualifier
from tracker.site import counts, values
from tracker.site.published import Document

# In thousandths of the width and of the height.
TOP, BOTTOM = 120, 930
# What a label takes of a drawing on a phone, and how far beside its mark it stands.
LABEL_WIDTH, LABEL_HEIGHT, BESIDE = 75, 65, 30
MARK_WIDTH, MARK_HEIGHT = 45, 45
LAST_TO_THE_RIGHT = 900
# In units of the mark itself, whose height in the drawing is this.
PIXELS = 240


Place = tuple[int, int]


@dataclass(frozen=True)
class Axis:
    """Of time, which all drawings of a page share."""

    first: date
    last: date

    def place(self, day: date) -> int:
        within = min(max(day, self.first), self.last)
        whole = max((self.last - self.first).days, 1)
        return round((within - self.first).days * 1000 / whole)


@dataclass(frozen=True)
class Mark:
    """A claim. `looks` is a word that the style sheet knows; all places are percentages,
    but for that of the label, which is beside the mark. `since` and `until`: on which
    days it may have been; `highest`, where it is a number between two.
    """

    number: int
    looks: str
    x: str
    y: str
    since: str
    until: str
    highest: str
    label_x: int
    label_y: int
    label_anchor: str
    says: str
    as_of: str
    href: str


@dataclass(frozen=True)
class Panel:
    """The claims of one question. `most` is the number of its whole height, and
    `not_drawn` how many claims have no number or no day in that time.
    """

    name: str
    most: str
    marks: list[Mark]
    not_drawn: int


@dataclass(frozen=True)
class _Claim:
    count: Document
    lowest: int
    highest: int
    looks: str
    first: date | None
    last: date | None


def earliest(claims: Iterable[Document]) -> date | None:
    """The first day of a claim that can be drawn."""
    days = []
    for count in claims:
        claim = _read(count)
        if claim and bounds.is_of_all(count):
            days.append(_day(claim))
    return min(days, default=None)


def panels(claims: Iterable[Document], axis: Axis) -> list[Panel]:
    """One a country; claims of a part of the people are left out."""
    by_country: dict[str, list[Document]] = {}
    for count in claims:
        if bounds.is_of_all(count):
            by_country.setdefault(count["country"] or "", []).append(count)
    drawn = []
    number = 0
    for country, of_country in sorted(by_country.items()):
        name = values.code(Country, country) if len(by_country) > 1 and country else ""
        panel = _panel(name, of_country, axis, number)
        number += len(panel.marks)
        if panel.marks:
            drawn.append(panel)
    return drawn


def _panel(name: str, counts: Sequence[Document], axis: Axis, number: int) -> Panel:
    claims = []
    for count in counts:
        claim = _read(count)
        if claim and _is_within(claim, axis):
            claims.append(claim)
    claims.sort(key=lambda claim: (_day(claim), -claim.highest, claim.count["id"]))
    most = max((claim.highest for claim in claims), default=0) or 1
    places = []
    for claim in claims:
        places.append((axis.place(_day(claim)), _height(claim.lowest, most)))
    marks: list[Mark] = []
    labels: list[Place] = []
    for claim, place in zip(claims, places, strict=True):
        others = [other for other in places if other != place]
        label = _free_place(place, labels, others)
        labels.append(label)
        marks.append(_mark(claim, number + len(marks) + 1, place, label, most, axis))
    height = number_format(most, force_grouping=True)
    return Panel(name, height, marks, len(counts) - len(claims))


def _read(count: Document) -> _Claim | None:
    """None if it names no number or no day, or if nobody who is shown says it."""
    citations = [row for row in count["citations"] if row["field"] != "as_of"]
    if citations and hedges.surest(citations) in hedges.NO_SUPPORT:
        return None
    lowest, highest = bounds.of(count)
    if count["value"] is not None:
        lowest = highest = count["value"]
    known = [number for number in (lowest, highest) if number is not None]
    as_of = count["as_of"] or {}
    first, last = as_of.get("earliest"), as_of.get("latest")
    if not known or not (first or last):
        return None
    return _Claim(
        count=count,
        lowest=min(known),
        highest=max(known),
        looks=_looks(count),
        first=date.fromisoformat(first) if first else None,
        last=date.fromisoformat(last) if last else None,
    )


def _looks(count: Document) -> str:
    match count["qualifier"]:
        case Qualifier.ABOUT:
            return "about"
        case Qualifier.AT_LEAST | Qualifier.MORE_THAN:
            return "or-more"
        case Qualifier.AT_MOST | Qualifier.NEARLY:
            return "or-fewer"
    if count["value"] is not None:
        return "exactly"
    lowest, highest = bounds.of(count)
    if highest is None:
        return "or-more"
    return "or-fewer" if lowest is None else "about"


def _day(claim: _Claim) -> date:
    return claim.first or claim.last or date.min  # it has one of them


def _is_within(claim: _Claim, axis: Axis) -> bool:
    return axis.first <= _day(claim) <= axis.last


def _height(number: int, most: int) -> int:
    return BOTTOM - round(number * (BOTTOM - TOP) / most)


def _free_place(mark: Place, labels: Sequence[Place], marks: Sequence[Place]) -> Place:
    """For a label: beside its mark, or beneath what stands there."""
    x, y = mark
    x += BESIDE if x < LAST_TO_THE_RIGHT else -BESIDE
    while True:
        below = [
            other + LABEL_HEIGHT
            for at, other in labels
            if abs(at - x) < LABEL_WIDTH and abs(other - y) < LABEL_HEIGHT
        ]
        below += [
            other + MARK_HEIGHT
            for at, other in marks
            if abs(at - x) < MARK_WIDTH and abs(other - y) < MARK_HEIGHT
        ]
        if not below:
            return x, y
        y = max(below)


def _mark(
    claim: _Claim,
    number: int,
    place: Place,
    label: Place,
    most: int,
    axis: Axis,
) -> Mark:
    count = claim.count
    x, y = place
    since = axis.place(claim.first) if claim.first else 0
    until = axis.place(claim.last) if claim.last else 1000
    is_range = claim.lowest != claim.highest
    right = label[0] > x
    return Mark(
        number=number,
        looks=claim.looks,
        x=_percent(x),
        y=_percent(y),
        since=_percent(since),
        until=_percent(until) if until > since else "",
        highest=_percent(_height(claim.highest, most)) if is_range else "",
        label_x=9 if right else -9,
        label_y=round((label[1] - y) * PIXELS / 1000),
        label_anchor="start" if right else "end",
        says=_says(count),
        as_of=values.date_words(count["as_of"]),
        href=f"#r-{count['id']}",
    )


def _says(count: Document) -> str:
    said = counts.said(count)
    if count["claimant"]:
        return said
    return said + ", " + _("claimant not named")


def _percent(thousandths: int) -> str:
    return f"{thousandths / 10:g}%"


def legend() -> list[tuple[str, str]]:
    """How each mark looks, and what it says."""
    return [
        ("exactly", _("this number")),
        ("about", _("about this number")),
        ("or-more", _("this number or more")),
        ("or-fewer", _("this number or fewer")),
    ]
