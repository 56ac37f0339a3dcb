"""How many a list has, and how they divide by each of its questions.

A number is that of the rows which the list itself gives to `query`: whoever doubts it
takes them out as CSV. It is computed of the audience's own published rows, and by what
is counted the contract says (`Counted` in tracker/contract/fields.py).

Of people, those whose name is not published are counted as a whole and by status, and
divided by nothing else: one cell of a table would single out somebody whose name is
kept back (docs/decisions/statistics.md).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from tracker import dates
from tracker.asking.filters import FILTERS
from tracker.asking.questions import DayFrom, Fact, Ids, Status
from tracker.audiences import Audience
from tracker.contract import past
from tracker.contract.walking import CHILD_KINDS
from tracker.counting import tally
from tracker.kept import Kept
from tracker.proxies import SEARCHES

MOST = 100  # values of one facet; what else there is, `more` says
MONTHS = 120  # and whatever was before them, as one
AGES = (18, 30, 40, 50, 60, 70)
PEOPLE = frozenset({"prisoner", *CHILD_KINDS})
# These questions alone do not divide those without a name.
COARSE = frozenset({"status", "named", "name_withheld"})

KEPT: Kept["Division"] = Kept(most=64)


@dataclass(frozen=True)
class Value:
    """`query` is what the list is asked, to give just these rows. Of an id there is no
    `label`.
    """

    value: str
    label: str
    count: int
    query: str


@dataclass(frozen=True)
class Facet:
    """`more`: how many values are left out; `unknown`: of how many rows none is known."""

    name: str
    label: str
    definition: str
    values: Sequence[Value]
    more: int
    unknown: int


@dataclass(frozen=True)
class Division:
    """`without_name`: so many of `count` have no published name, and are divided by
    status only. None: such are not counted at all.
    """

    count: int
    without_name: int | None
    query: str
    facets: Sequence[Facet]


class NotDivided(ValueError):
    """It asks of those without a name more than how many there are, and their status."""

    def __str__(self) -> str:
        return _(
            "Cases without a published name are counted as a whole and by status only."
            " Ask nothing else of them."
        )


def parameters(kind: str) -> set[str]:
    """All that the list is asked by, but for the search: who looks for whom is nobody's
    number.
    """
    return set(FILTERS[kind].base_filters) - {"q"}


def divided(audience: Audience, kind: str, asked: QueryDict, day: date) -> Division:
    """`asked` is a valid question to the list, which may hold other parameters, too;
    `day` is today, which ages are told of if nothing is asked of a day back.

    Raises NotDivided.
    """
    question = QueryDict(mutable=True)
    for name in sorted(parameters(kind) & asked.keys()):
        question.setlist(name, sorted(asked.getlist(name)))
    if question.get("on"):
        day = date.fromisoformat(str(question["on"]))
    dividing = _Dividing(audience, kind, question, day)
    if not SEARCHES.isdisjoint(question):
        return dividing.division()
    return KEPT.answer(audience, (kind, question.urlencode(), day), dividing.division)


# --- Which rows are counted ------------------------------------------------------------


@dataclass(frozen=True)
class _Dividing:
    audience: Audience
    kind: str
    asked: QueryDict
    day: date

    def division(self) -> Division:
        if self._is_fine and self._asks_for_nameless:
            raise NotDivided
        query = self._query(named=self._is_fine)
        count = self._rows(query).count()
        without_name: int | None = 0
        if self._is_fine:
            without_name = None
        elif self.kind in PEOPLE:
            without_name = count - self._rows(self._query(named=True)).count()
        return Division(count, without_name, query, list(self._facets()))

    @property
    def _is_fine(self) -> bool:
        """Does the question divide people by more than their status?"""
        return self.kind in PEOPLE and not self.asked.keys() <= COARSE

    @property
    def _asks_for_nameless(self) -> bool:
        named, withheld = (
            self.asked.getlist("named"),
            self.asked.getlist("name_withheld"),
        )
        return {*named} == {"false"} or {*withheld} == {"true"}

    def _query(
        self,
        without: Iterable[str] = (),
        answers: Mapping[str, str] | None = None,
        *,
        named: bool = False,
    ) -> str:
        """The question `without` these parameters, and with these `answers`."""
        question = self.asked.copy()
        for name in without:
            question.pop(name, None)
        for name, answer in (answers or {}).items():
            question[name] = answer
        if named:
            question["named"] = "true"
        return question.urlencode()

    def _rows(self, query: str) -> QuerySet[Any]:
        """Those that the list gives to this query."""
        documents = self.audience.documents(self.kind)
        questions = FILTERS[self.kind](QueryDict(query), documents, only_asked=True)
        return questions.qs.order_by()

    # --- By what they are divided ------------------------------------------------------

    def _facets(self) -> Iterator[Facet]:
        """In the order of the questions. Those that are counted of the same rows are
        counted together.
        """
        questions = FILTERS[self.kind].base_filters
        together: dict[str, list[str]] = defaultdict(list)
        for name, question in questions.items():
            if self._divides(name, question):
                together[self._base(name, question)].append(name)
        facets: dict[str, Facet] = {}
        for base, names in together.items():
            facets |= self._of_same_rows(base, names)
        for name, question in questions.items():
            if isinstance(question, Status):
                yield self._by_status(name, question)
            elif name in facets:
                yield facets[name]

    def _divides(self, name: str, question: Any) -> bool:
        if name in COARSE or self._asks_for_nameless:
            return False
        if self._day_back and name not in past.may_be_asked(self.kind):
            return False
        return isinstance(question, Fact | DayFrom) and question.counted.by != ""

    def _base(self, name: str, question: Any) -> str:
        """All that is asked but this."""
        own = _ends(question.field_name) if isinstance(question, DayFrom) else [name]
        return self._query(own, named=self.kind in PEOPLE)

    def _of_same_rows(self, base: str, names: Iterable[str]) -> dict[str, Facet]:
        rows = self._rows(base)
        counted = tally.by_value(rows)
        facets: dict[str, Facet] = {}
        of_days: dict[str, DayFrom] = {}
        for name in names:
            question: Any = FILTERS[self.kind].base_filters[name]
            if isinstance(question, DayFrom):
                of_days[name] = question
            else:
                facets[name] = self._by_value(name, question, counted)
        facts = [question.field_name for question in of_days.values()]
        known = tally.first_and_last(rows, facts, self.day) if facts else {}
        ranges: dict[str, list[_Range]] = {}
        for question in of_days.values():
            fact = question.field_name
            if question.counted.by == "age":
                ranges[fact] = _ages(self.day)
            elif fact in known:
                ranges[fact] = _months(*known[fact])
        ends = {fact: [days.last for days in ranges[fact]] for fact in ranges}
        counts = tally.by_range(rows, ends)
        for name, question in of_days.items():
            fact = question.field_name
            of_fact = counts.get(fact, ({}, 0))
            facets[name] = self._by_range(
                question, ranges.get(fact, []), of_fact, counted.total
            )
        return facets

    def _by_status(self, name: str, question: Status) -> Facet:
        named = self._is_fine
        rows = self._rows(self._query([name, "status_on"], named=named))
        day = self._day_of_status
        labels = dict(question.extra["choices"])
        values = []
        counts, known = tally.by_status(rows, day)
        for value in sorted(counts, key=list(labels).index):
            query = self._query(answers={name: value}, named=named)
            values.append(Value(value, str(labels[value]), counts[value], query))
        definition = _("How many have this status, or may have it, as last known.")
        if day:
            definition = _(
                "How many had this status, or may have had it, on %(day)s."
            ) % {"day": dates.written(day)}
        unknown = rows.count() - known
        return Facet(name, str(question.label), definition, values, 0, unknown)

    @property
    def _day_back(self) -> date | None:
        day = self.asked.get("on")
        return date.fromisoformat(day) if day else None

    @property
    def _day_of_status(self) -> date | None:
        day = self.asked.get("status_on")
        return date.fromisoformat(day) if day else self._day_back

    def _by_value(self, name: str, question: Fact, counted: tally.Tally) -> Facet:
        labels = dict(question.extra.get("choices", ()))
        counts = counted.counts.get(question.field_name, {})
        ordered = sorted(counts, key=lambda value: (-counts[value], value))
        values = []
        for value in ordered[:MOST]:
            label = "" if isinstance(question, Ids) else str(labels.get(value, value))
            query = self._query([name], {name: value}, named=self.kind in PEOPLE)
            values.append(Value(value, label, counts[value], query))
        definition = _(
            "Of how many this is published, the other filters as they are. Who has"
            " several of these is counted under each."
        )
        more = len(ordered) - len(values)
        unknown = counted.total - counted.known.get(question.field_name, 0)
        return Facet(name, str(question.label), definition, values, more, unknown)

    def _by_range(
        self,
        question: DayFrom,
        ranges: Sequence["_Range"],
        counted: tally.Counts,
        total: int,
    ) -> Facet:
        counts, known = counted
        since, until = _ends(question.field_name)
        values = []
        for place, days in enumerate(ranges):
            if place not in counts:
                continue
            answers = {until: days.last.isoformat()}
            if days.first:
                answers[since] = days.first.isoformat()
            query = self._query([since, until], answers, named=self.kind in PEOPLE)
            values.append(Value(days.value, days.label, counts[place], query))
        name = question.field_name
        definition = _(
            "To how many this happened in that month, or may have: where the day is not"
            " known, in each month in which it may have been."
        )
        if question.counted.by == "age":
            name = "age"
            definition = _(
                "How many are of this age on %(day)s, or may be, or would be if they"
                " lived: where the birthday is not known, each age that it may be."
            ) % {"day": dates.written(self.day)}
        label = str(question.counted.label)
        return Facet(name, label, definition, values, 0, total - known)


# --- Months and ages -------------------------------------------------------------------


@dataclass(frozen=True)
class _Range:
    """Days next to each other, the earliest range first; it alone is open at its start."""

    value: str
    label: str
    first: date | None
    last: date


def _ends(fact: str) -> tuple[str, str]:
    day = fact.removesuffix("_on")
    return f"{day}_on_or_after", f"{day}_on_or_before"


def _months(first: date, last: date) -> list[_Range]:
    """From one day to the other; the oldest as one."""
    month = last.replace(day=1)
    months: list[_Range] = []
    while month >= first.replace(day=1) and len(months) < MONTHS:
        following = (month + timedelta(days=31)).replace(day=1)
        text = f"{month:%Y-%m}"
        end = following - timedelta(days=1)
        months.insert(0, _Range(text, dates.display(text), month, end))
        month = (month - timedelta(days=1)).replace(day=1)
    before = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    text = f"../{before}"
    return [_Range(text, dates.display(text), None, before), *months]


def _ages(day: date) -> list[_Range]:
    """The oldest people first: they were born first."""
    ranges = []
    first = None
    for age, below in zip(reversed((0, *AGES)), (None, *reversed(AGES)), strict=True):
        last = _born_for(age, day)
        if below is None:
            value, label = f"{age}+", _("%(age)s and older") % {"age": age}
        else:
            value = label = f"{age}–{below - 1}"
        ranges.append(_Range(value, label, first, last))
        first = last + timedelta(days=1)
    return ranges


def _born_for(age: int, day: date) -> date:
    """The last birthday of those who are of this age then."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - age, day=28 if is_leap_day else day.day)
