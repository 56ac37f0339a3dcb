"""The kinds of question that lists answer. Each becomes a parameter of the API and a
field of the pages' forms.

Equality is asked of `facts`, days of the spans, order and size of the sort columns: all
of them computed from the published document, so that no answer depends on what is not
published.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Self
from uuid import UUID

import django_filters
from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import (
    BooleanField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
    Value,
)
from django.utils.choices import BaseChoiceIterator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracker import texts
from tracker.asking import named
from tracker.asking.keyset import Among
from tracker.asking.lengths import MOST_VALUES, refuse_long_search, refuse_many_values
from tracker.audiences import AUDIENCES
from tracker.clock import last_day_on_earth
from tracker.contract import facts
from tracker.contract.documents import DOCUMENTS
from tracker.contract.fields import BY_VALUE, NOT_COUNTED, Counted
from tracker.contract.spans import BEGUN
from tracker.ids import id_in
from tracker.models import vector_of
from tracker.nearest import How, Match, NamesOf
from tracker.plain import as_searched

Label = str | Promise

NAMED_NEARLY = frozenset({"prisoner"})  # who is known by several names
CITES_SOURCES = frozenset({"prisoner"})
MOST_SOURCES = 200  # whose words find the cases that cite them
FEW, MANY = 3000, 20_000  # spans: docs/decisions/plans.md has the figures


def today() -> date:
    return datetime.now(UTC).date()


# --- Reading values ----------------------------------------------------------------------------------------------


# One more than may be is enough to refuse them.
_READ = MOST_VALUES + 1


def _given(data: Mapping[str, Any], name: str) -> list[str]:
    getlist = getattr(data, "getlist", None)
    values: Sequence[str] = []
    if getlist:
        values = getlist(name)
    elif name in data:
        values = [data[name]]
    return [value.strip() for value in values if value.strip()][:_READ]


def _split(values: Sequence[str]) -> list[str]:
    """Commas alone stay, to be refused: as no filter they would be answered with
    everything.
    """
    parts: list[str] = []
    for value in values:
        for part in value.split(","):
            if part.strip():
                parts.append(part.strip())
    return parts[:_READ] or list(values)


class _SelectSeveral(forms.SelectMultiple):
    """?sex=male,female is the same as ?sex=male&sex=female."""

    def value_from_datadict(
        self, data: Mapping[str, Any], files: object, name: str
    ) -> list[str]:
        return _split(_given(data, name))


class _InputSeveral(forms.TextInput):
    """Several by repeating the parameter: a comma may be part of a text. The form shows
    the first.
    """

    def value_from_datadict(
        self, data: Mapping[str, Any], files: object, name: str
    ) -> list[str]:
        return _given(data, name)

    def format_value(self, value: Sequence[str] | None) -> str | None:
        if not value:
            return None
        return value[0]


class _InputIds(_InputSeveral):
    def value_from_datadict(
        self, data: Mapping[str, Any], files: object, name: str
    ) -> list[str]:
        return _split(_given(data, name))


class CodesField(forms.MultipleChoiceField):
    widget = _SelectSeveral

    def validate(self, value: list[str]) -> None:
        refuse_many_values(value)
        choices: Any = self.choices
        known = [str(code) for code, _label in choices]
        unknown = [code for code in value if code not in known]
        if unknown:
            sentence = _("“%(value)s” is not one of: %(known)s.")
            raise ValidationError(
                sentence,
                params={"value": ", ".join(unknown), "known": ", ".join(known)},
            )


class TextsField(forms.Field):
    widget: Any = _InputSeveral
    default_validators = []

    def clean(self, value: list[str]) -> list[str]:
        refuse_many_values(value)
        for text in value:
            ProhibitNullCharactersValidator()(text)
        return [self.cleaned(as_searched(text)) for text in value]

    def cleaned(self, text: str) -> str:
        return text


class IdsField(TextsField):
    widget = _InputIds

    def cleaned(self, text: str) -> str:
        row_id = id_in(text)
        if row_id is None:
            raise ValidationError(
                _("“%(value)s” is not an id."), params={"value": text}
            )
        return str(row_id)


class IdentifiersField(TextsField):
    def cleaned(self, text: str) -> str:
        if not re.fullmatch(r"[^:]+:.+", text):
            raise ValidationError(
                _("Write it as scheme:value, not “%(value)s”."), params={"value": text}
            )
        return text


class SearchField(forms.CharField):
    default_validators = [refuse_long_search]


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"})
    input_formats = ["%Y-%m-%d"]
    default_error_messages = {"invalid": _("Write a day that exists as 2025-09-11.")}


# --- Asking ------------------------------------------------------------------------------------------------------


class _Shared(BaseChoiceIterator):
    """Choices that are not copied with each filter, field and form: of countries there
    are hundreds.
    """

    def __init__(self, choices: Iterable[tuple[str, Any]]) -> None:
        self._choices = tuple(choices)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self._choices)

    def __deepcopy__(self, memo: object) -> Self:
        return self


class Fact(django_filters.Filter):
    """Any of the values given. `fact` is the name in tracker/contract/facts.py, if the
    parameter's differs.
    """

    many = True

    def __init__(
        self,
        label: Label,
        *,
        fact: str | None = None,
        counted: Counted = NOT_COUNTED,
        **extra: Any,
    ) -> None:
        self.counted = counted
        super().__init__(field_name=fact, label=label, **extra)

    def filter(self, queryset: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        any_of = Q()
        for answer in value:
            any_of |= Q(facts__contains={self.field_name: [self.stored(answer)]})
        return queryset.filter(any_of)

    def stored(self, value: str) -> str | bool:
        return value


class Codes(Fact):
    field_class = CodesField

    def __init__(
        self, label: Label, vocabulary: type[TextChoices], *, fact: str | None = None
    ) -> None:
        self.vocabulary = vocabulary
        super().__init__(
            label,
            fact=fact,
            counted=BY_VALUE,
            choices=_Shared(vocabulary.choices),
        )


class Flag(Fact):
    field_class = CodesField

    def __init__(self, label: Label) -> None:
        super().__init__(
            label,
            counted=BY_VALUE,
            choices=_Shared([("true", _("yes")), ("false", _("no"))]),
        )

    def stored(self, value: str) -> bool:
        return value == "true"


class Named(Flag):
    """Is a name of the person published? Asked of people, and of what belongs to one."""

    def filter(self, queryset: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        if len(set(value)) != 1:
            return queryset
        has_name = self._has_name(queryset)
        return queryset.filter(has_name if value[0] == "true" else ~has_name)

    def _has_name(self, queryset: QuerySet[Any]) -> Q | Exists:
        if self.parent.kind == "prisoner":
            return Q(sort_name__isnull=False)
        cases = queryset.model._default_manager
        named_cases = cases.filter(kind="prisoner", sort_name__isnull=False)
        return _Looked(named_cases.filter(id=OuterRef("parent")))


class Texts(Fact):
    field_class = TextsField


class Ids(Fact):
    field_class = IdsField


class Identifiers(Fact):
    field_class = IdentifiersField


class _Single(django_filters.Filter):
    many = False


class DayFrom(_Single):
    """The event may have happened on that day or later. `fact` is the name of its
    spans.
    """

    field_class = DayField

    def __init__(
        self, fact: str, label: Label, *, counted: Counted = NOT_COUNTED
    ) -> None:
        self.counted = counted
        super().__init__(field_name=fact, label=label)


class DayUntil(DayFrom):
    """The event may have happened on that day or earlier."""


class Status(Codes):
    """Holds, or may hold, on the day given as `status_on`; without one it is what is
    known last.
    """

    def filter(self, queryset: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        if not value:
            return queryset
        asked = self.parent.form.cleaned_data
        day = asked.get("status_on") or asked.get("on")
        fact = self.field_name if day else "last_status"
        return self.parent.with_span(queryset, fact, day, day, value__in=value)


class PastDayField(DayField):
    """Of tomorrow nothing is known, wherever on Earth one asks."""

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and day > last_day_on_earth():
            raise forms.ValidationError(
                _("Give today or a day before it: what will be is not known.")
            )
        return day


class StatusOn(_Single):
    field_class = PastDayField

    def filter(self, queryset: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        return queryset  # Status has asked


class AsItWas(_Single):
    """Those of whom anything had happened by then, or of whom no day is known at all.
    Events of later days are not asked: `Questions` ends them there.
    """

    field_class = PastDayField

    def filter(self, queryset: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        if value is None:
            return queryset
        return self.parent.with_span(queryset, BEGUN, None, value)


class AtLeast(_Single):
    field_class = forms.IntegerField
    lookup = "gte"

    def __init__(self, label: Label) -> None:
        super().__init__(
            field_name="sort_number", lookup_expr=self.lookup, label=label, min_value=0
        )


class AtMost(AtLeast):
    """Of a term that is left open nobody can say so."""

    lookup = "lte"

    def filter(self, queryset: QuerySet[Any], value: int | None) -> QuerySet[Any]:
        if value is not None:
            queryset = queryset.exclude(facts__contains={"term_left_open": [True]})
        return super().filter(queryset, value)


class Search(_Single):
    """Every word is the beginning of a word in one of the names. Of people, where nobody
    has every word, those who are nearest: then `match` says so.
    """

    field_class = SearchField

    def filter(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return queryset
        found = named.with_every_word(queryset, value)
        questions = self.parent
        if questions.kind not in NAMED_NEARLY or not questions.answers_nearly:
            return queryset.none() if found is None else found
        if found is None:
            questions.match = named.nearly(queryset, value, _names_of(queryset))
            return named.nearest_first(queryset, questions.match)
        questions.match = Match(How.EVERY_WORD)
        return named.whole_words_first(found, value)


class SearchTexts(_Single):
    """Every word is the beginning of a word in the texts of the document; of a case also
    in those of one source that it cites.
    """

    field_class = SearchField

    def filter(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return queryset
        asked = texts.asked_words(value)
        holds = _holds(asked)
        if self.parent.kind in CITES_SOURCES:
            holds |= Q(named__overlap=_sources_that_hold(queryset, asked))
        return queryset.filter(holds)


def _holds(asked: texts.Asked) -> Q:
    return Q(
        Func(
            vector_of("text_words"),
            Value(texts.query(asked)),
            template="(%(expressions)s::tsquery)",
            arg_joiner=" @@ ",
            output_field=BooleanField(),
        )
    )


def _sources_that_hold(queryset: QuerySet[Any], asked: texts.Asked) -> list[UUID]:
    """None, where more have these words than anybody looks through."""
    [audience] = [each for each in AUDIENCES if each.document_model is queryset.model]
    sources = audience.documents("source").filter(_holds(asked))
    row_ids = list(sources.values_list("pk", flat=True)[: MOST_SOURCES + 1])
    return row_ids if len(row_ids) <= MOST_SOURCES else []


def _names_of(queryset: QuerySet[Any]) -> NamesOf:
    def names_of(ids: Collection[UUID]) -> dict[UUID, list[str]]:
        rows = queryset.filter(pk__in=ids).values_list("pk", "kind", "document")
        spellings = {}
        for row_id, kind, text in rows:
            spellings[row_id] = facts.texts_searched(kind, json.loads(text))
        return spellings

    return names_of


class _Looked(Exists):
    """Looked up for each row that is read. Without OFFSET, PostgreSQL collects all that
    there are first, or makes a join of it.
    """

    template = "EXISTS(%(subquery)s OFFSET 0)"


def _any_of(spans: QuerySet[Any]) -> Func:
    """PostgreSQL reads these rows by their ids, before all else."""
    return Func(
        F("pk"),
        ArraySubquery(spans.values("of")),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


class Questions(django_filters.FilterSet):
    """What may be asked of one kind of document. `orderings` maps what callers name to
    the column sorted by.
    """

    kind: str
    orderings: Mapping[str, str]
    default_ordering: str
    base_filters: dict[str, Any]
    match: Match | None = None
    """In what way names were found, once rows were asked for."""
    are_few = False
    """Are the rows those of a few ids, once they were asked for?"""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        queryset: QuerySet[Any] | None = None,
        *,
        only_asked: bool = False,
        answers_nearly: bool = False,
        **extra: Any,
    ) -> None:
        """`only_asked` leaves out the fields that `data` does not name: building all of
        them takes several times as long as answering. Pages, which show the form, need
        them. `answers_nearly`, where it can be said that names are only like what was
        asked.
        """
        self.answers_nearly = answers_nearly
        if only_asked:
            asked_filters = {}
            for name, question in self.base_filters.items():
                if data and name in data:
                    asked_filters[name] = question
            self.base_filters = asked_filters
        self.spans: list[QuerySet[Any]] = []
        super().__init__(data, queryset, **extra)

    @classmethod
    def repeatable(cls) -> set[str]:
        names_of_many = set()
        for name, question in cls.base_filters.items():
            if question.many:
                names_of_many.add(name)
        return names_of_many

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Both ends of one date are asked of the same span: two releases do not make
        one in between.
        """
        days: dict[str, list[date | None]] = {}
        for name, value in self.form.cleaned_data.items():
            question = self.filters[name]
            if isinstance(question, DayFrom):
                ends = days.setdefault(question.field_name, [None, None])
                ends[isinstance(question, DayUntil)] = value
            else:
                queryset = question.filter(queryset, value)
        day_back = self.form.cleaned_data.get("on")
        for fact, (start, end) in days.items():
            if start or end:
                end = min(filter(None, (end, day_back)), default=None)
                queryset = self.with_span(queryset, fact, start, end)
        return queryset

    def with_span(
        self,
        queryset: QuerySet[Any],
        fact: str,
        start: date | None,
        end: date | None,
        **value: object,
    ) -> QuerySet[Any]:
        """Those with a span of this fact that has a day in common with start to end. None
        is open.

        PostgreSQL cannot tell few from many: it does not know which days a fact has. Left
        to itself, it reads all documents in their order to find none. So it is asked
        first whether there are few, and then reads these. Else it looks at the spans of
        each document that it reads. Both ways find the same.
        """
        span_model = queryset.model._meta.get_field("spans").related_model
        spans = span_model._default_manager.using(queryset.db).filter(fact=fact)
        # Without a status the value is empty: only then are days a range of the index.
        spans = spans.filter(**value or {"value": ""})
        if start:
            spans = spans.filter(until_day__gte=start)
        if end:
            spans = spans.filter(from_day__lte=end)
        self.spans.append(spans)
        # To compare two lists of ids with each other takes longer than to look up a few.
        if self.are_few or spans[FEW : FEW + 1].exists():
            return queryset.filter(_Looked(spans.filter(of=OuterRef("pk"))))
        self.are_few = True
        return queryset.filter(_any_of(spans))

    @property
    def among(self) -> Among | None:
        """For `keyset.page`; None where it need not look at the first rows by themselves."""
        asked = {name for name, value in self.form.cleaned_data.items() if value}
        if self.are_few or not asked or "q" in asked:
            return None
        rows = self.queryset.model._default_manager.using(self.queryset.db)
        return Among(rows.filter(kind=self.kind), self._narrow, self._bounds())

    def _bounds(self) -> dict[str, Q]:
        """Where rows are ordered by the very day that is asked: its first day, and a
        document has but one. It may last longer, so nothing is known of its start.
        """
        bounds = {}
        for order in DOCUMENTS[self.kind].orderings.values():
            for name, value in self.form.cleaned_data.items():
                question = self.filters[name]
                is_until = isinstance(question, DayUntil) and value is not None
                if is_until and question.field_name == order.path:
                    bounds[order.column] = Q(**{f"{order.column}__lte": value})
        return bounds

    def _narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Where nothing is asked but one span, and the first rows have hardly any: they
        may all come last.
        """
        by_span = (Status, StatusOn, AsItWas, DayFrom)
        for name, value in self.form.cleaned_data.items():
            if value and not isinstance(self.filters[name], by_span):
                return queryset
        if len(self.spans) != 1 or self.spans[0][MANY : MANY + 1].exists():
            return queryset
        return queryset.filter(_any_of(self.spans[0]))
