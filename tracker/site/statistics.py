"""How many cases there are, and by what they differ. Each number leads to its cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from tracker.asking.filters import FILTERS
from tracker.asking.questions import Questions, today
from tracker.audiences import PUBLIC
from tracker.counting import facets
from tracker.site import errors, filtering
from tracker.site.base import Page
from tracker.site.citing import title
from tracker.site.csv_files import csv_file
from tracker.site.published import Document, by_id

BAR = 100  # the length of the longest, in units of the drawing


@dataclass(frozen=True)
class Row:
    value: str
    label: str
    count: int
    query: str
    bar: int


@dataclass(frozen=True)
class Table:
    name: str
    label: str
    definition: str
    rows: Sequence[Row]
    more: int
    unknown: int


def tables(division: facets.Division) -> list[Table]:
    """Those that have a row; ids are told by their titles, in one query."""
    ids = []
    for facet in division.facets:
        ids += [value.value for value in facet.values if not value.label]
    titles = by_id(ids)
    return [_table(facet, titles) for facet in division.facets if facet.values]


def _table(facet: facets.Facet, titles: Mapping[str, Document]) -> Table:
    most = max(value.count for value in facet.values)
    rows = []
    for value in facet.values:
        label = value.label
        if not label and value.value in titles:
            label = title(titles[value.value])
        bar = max(1, round(BAR * value.count / most))
        rows.append(
            Row(value.value, label or value.value, value.count, value.query, bar)
        )
    name = str(filtering.LABELS.get(facet.name) or facet.label)
    return Table(facet.name, name, facet.definition, rows, facet.more, facet.unknown)


class StatisticsPage(Page):
    template_name = "tracker/statistics.html"
    parameters = frozenset(facets.parameters("prisoner"))

    def get(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponse:
        asked = request.GET
        filterset = FILTERS["prisoner"](asked, PUBLIC.documents("prisoner"))
        problems = filtering.problems(filterset, asked)
        try:
            if not problems:
                return self._told(asked, filterset)
        except facets.NotDivided as refused:
            problems = [str(refused)]
        return errors.refusal(
            request, 400, _("This cannot be answered"), " ".join(problems)
        )

    def _told(self, asked: QueryDict, filterset: Questions) -> HttpResponse:
        return self.render_to_response(self._numbers(asked, filterset))

    def _numbers(self, asked: QueryDict, filterset: Questions) -> dict[str, Any]:
        """Three queries where the numbers are kept: of which moment they are, the
        titles of what was asked by id, and of what was counted by id.
        """
        day = today()
        division = facets.divided(PUBLIC, "prisoner", asked, day)
        named = by_id(filtering.ids(filterset))
        return self.get_context_data(
            division=division,
            tables=tables(division),
            applied=filtering.applied(filterset, asked, named),
            kept=_kept(asked),
            day=day,
            day_back=filterset.form.cleaned_data.get("on"),
            bar=BAR,
        )


class StatisticsRows(StatisticsPage):
    """All numbers of the page as one file."""

    def _told(self, asked: QueryDict, filterset: Questions) -> HttpResponse:
        division = facets.divided(PUBLIC, "prisoner", asked, today())
        rows: list[list[Any]] = [["table", "value", "label", "cases", "query"]]
        rows.append(["", "", _("all"), division.count, division.query])
        for table in tables(division):
            for row in table.rows:
                told = [table.name, row.value, row.label, row.count, row.query]
                rows.append(told)
        return csv_file("numbers", rows)


def _kept(asked: QueryDict) -> list[tuple[str, str]]:
    """What the form for another day keeps of the question."""
    kept = []
    for name, values in asked.lists():
        if name != "on":
            kept += [(name, value) for value in values]
    return kept
