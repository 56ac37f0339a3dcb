"""List filters in the field's terms: by code, by one code of several, by year, by what
is derived.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Max, Min, Model, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cases.catalogue import KINDS
from cases.day import today
from cases.desk.casework import todo
from cases.desk.choosing import ChoiceFilter, NotAChoice
from cases.sourcing import Question
from cases.terms import add
from tracker.contract.vocabulary import Status

FEW = 30
MONTHS_OF_A_YEAR = 12


class OwnFilter(admin.FieldListFilter):
    """One parameter, named after the path to the field and `suffix`."""

    suffix: str

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: Any,
        model: type[Model],
        model_admin: admin.ModelAdmin,
        field_path: str,
    ) -> None:
        self.parameter = f"{field_path}__{self.suffix}"
        super().__init__(field, request, params, model, model_admin, field_path)
        asked = self.used_parameters.get(self.parameter)
        if isinstance(asked, list):
            asked = asked[-1]
        self.value = str(asked or "")
        self.options = self.offered()
        if field_path != field.name:
            self.title = f"{field.model._meta.verbose_name}: {field.verbose_name}"
        if self.value and not self.is_known(self.value):
            codes = [code for code, _label in self.options]
            raise NotAChoice(self.title, self.value, codes)

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter]

    def has_output(self) -> bool:
        """What has none is not asked at all."""
        return bool(self.options or self.value)

    def get_facet_counts(
        self, pk_attname: str, filtered_qs: QuerySet[Any]
    ) -> dict[str, Any]:
        """Of each choice, how many rows it would leave of the list as it is."""
        asked = self.value
        counts = {}
        for value, _label in self.options:
            self.value = value
            chosen = self.queryset(self.request, filtered_qs)
            counts[_counted(value)] = Count(pk_attname, filter=Q(pk__in=chosen))
        self.value = asked
        return counts

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        counts: dict[str, int] = {}
        if changelist.add_facets:
            counts = self.get_facet_queryset(changelist)
        yield {
            "selected": not self.value,
            "query_string": changelist.get_query_string(remove=[self.parameter]),
            "display": _("All"),
        }
        for value, label in self.options:
            if changelist.add_facets:
                label = f"{label} ({counts[_counted(value)]})"
            yield {
                "selected": self.value == value,
                "query_string": changelist.get_query_string({self.parameter: value}),
                "display": label,
            }

    def offered(self) -> list[tuple[str, Any]]:
        raise NotImplementedError

    def is_known(self, asked: str) -> bool:
        """A code may be asked for of which there is no row now."""
        vocabulary: Any = self.field.vocabulary  # type: ignore[attr-defined]
        return asked in vocabulary.values or asked in dict(self.options)


def _counted(value: str) -> str:
    return f"{value}__c"


class CodeFilter(OwnFilter):
    """A code, or none."""

    suffix = "is"

    def offered(self) -> list[tuple[str, Any]]:
        codes = _codes_that_occur(self.field)
        if not (codes and self.field.null and self.field_path == self.field.name):
            return codes
        label = _("not known")
        if self.field.name == "visibility":
            label = _("as the case")
        return [*codes, ("none", label)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value == "none":
            return queryset.filter(**{f"{self.field_path}__isnull": True})
        if self.value:
            return queryset.filter(**{self.field_path: self.value})
        return queryset


class CodesFilter(OwnFilter):
    """Records whose list holds this code."""

    suffix = "has"

    def offered(self) -> list[tuple[str, Any]]:
        return _codes_that_occur(self.field)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value:
            return queryset.filter(**{f"{self.field_path}__contains": [self.value]})
        return queryset


def _codes_that_occur(field: Any) -> list[tuple[str, Any]]:
    """All codes of a short vocabulary; of a long one only those in use: there are 249
    countries.
    """
    choices = field.vocabulary.choices
    if len(choices) <= FEW:
        return choices
    values = (
        field.model._default_manager.order_by()
        .values_list(field.name, flat=True)
        .distinct()
    )
    used = set()
    for value in values:
        if isinstance(value, list):
            used.update(value)
        else:
            used.add(value)
    return [(code, label) for code, label in choices if code in used]


class YearFilter(OwnFilter):
    """What may have happened in that year: "2025" finds `2025-09` and
    `[2024-12-30..2025-01-02]`.
    """

    suffix = "year"

    def offered(self) -> list[tuple[str, Any]]:
        name = f"{self.field.name}_earliest"
        days = self.field.model._default_manager.aggregate(
            first=Min(name), last=Max(name)
        )
        if not days["first"]:
            return []
        years = range(days["last"].year, days["first"].year - 1, -1)
        return [(str(year), year) for year in years]

    def is_known(self, asked: str) -> bool:
        return re.fullmatch("[0-9]{4}", asked) is not None and asked > "0000"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value:
            return queryset
        year = int(self.value)
        happened = self.field.model._default_manager.filter(
            **{f"{self.field.name}__during": (date(year, 1, 1), date(year, 12, 31))}
        )
        relation = self.field_path.rpartition("__")[0] or "pk"
        return queryset.filter(**{f"{relation}__in": happened.values("pk")})


class RelatedFilter(admin.RelatedFieldListFilter):
    """Django does not ask it where there is one choice or none."""

    def has_output(self) -> bool:
        return bool(super().has_output() or self.used_parameters)


admin.FieldListFilter.register(
    lambda field: field.remote_field, RelatedFilter, take_priority=True
)


class KindFilter(ChoiceFilter):
    title = _("kind of case")
    parameter_name = "root_kind"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        return [
            (kind, model._meta.verbose_name_plural) for kind, model in KINDS.items()
        ]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        return queryset.filter(root_kind=asked)


class StatusFilter(ChoiceFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        return Status.choices

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        return queryset.filter(desk__statuses__contains=[asked])


class TodoFilter(ChoiceFilter):
    """What the start page counts."""

    title = _("to do")
    parameter_name = "todo"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        return todo.CaseTodo.choices

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        return queryset.filter(todo.conditions(request.user)[asked])


class NotHeardOfFilter(ChoiceFilter):
    """Of whom no source has spoken for so long. At the desk only: in public it would
    list whom nobody watches.
    """

    title = _("not heard of for")
    parameter_name = "not_heard_of_for"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        return [
            *((str(months), _in_words(months)) for months in _months_without_news()),
            ("ever", _("no day is known")),
        ]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        if asked == "ever":
            return queryset.filter(desk__last_heard_on=None)
        since = add(today(), -int(asked), 0)
        return queryset.filter(desk__last_heard_on__lt=since)


def _months_without_news() -> list[int]:
    """What one may ask for: some, and as many as the organisation set."""
    return sorted({1, 3, 6, 12, 24, settings.NEWS_EXPECTED_MONTHS})


def _in_words(months: int) -> str:
    if months == MONTHS_OF_A_YEAR:
        return gettext("a year")
    if months == 2 * MONTHS_OF_A_YEAR:
        return gettext("two years")
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}


class OpenQuestionsFilter(ChoiceFilter):
    """One question, any, or none."""

    title = _("open questions")
    parameter_name = "open_questions"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        return [("yes", _("yes")), ("no", _("no")), *Question.choices]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        if asked == "no":
            return queryset.filter(desk__open_questions={})
        if asked == "yes":
            return queryset.exclude(desk__open_questions={})
        return queryset.filter(desk__open_questions__has_key=asked)


class HiddenFilter(ChoiceFilter):
    """Of prisoners: was it hidden at once, and has not returned?"""

    title = _("hidden at once")
    parameter_name = "hidden"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        return [("yes", _("yes"))]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        return queryset.filter(case_taken_back__gt=Coalesce("case_returned", 0))


class WaitsFilter(ChoiceFilter):
    """For lists annotated with `is_waiting`: is it in the queue for review?"""

    title = _("waits for review")
    parameter_name = "waits"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        return [("yes", _("yes")), ("no", _("no"))]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        return queryset.filter(is_waiting=asked == "yes")
