"""The form beside a list, made of the same questions that the API answers
(tracker/asking/filters.py), and what of them is set.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.asking.lengths import MOST_VALUES
from tracker.asking.questions import Ids, Questions
from tracker.contract import past
from tracker.contract.asked import asked_of
from tracker.contract.documents import DOCUMENTS
from tracker.contract.vocabulary import Country
from tracker.counting.facets import Division, Facet
from tracker.ids import id_in
from tracker.site import searches
from tracker.site.citing import title
from tracker.site.values import date_words

Option = tuple[str, str, bool]


def _offered() -> tuple[str, ...]:
    asked = {question.fact: question for question in asked_of("prisoner")}
    names: list[str] = []
    for name in DOCUMENTS["prisoner"].offered:
        names += asked[name].parameters if name in asked else [name]
    return tuple(names)


# What people are offered first, and what else; all other questions are kept if an
# address asks them.
SEARCHED = ("q", "text")  # the words stand in no address unless that is asked for
OFFERED = _offered()
LABELS = {
    "q": gettext_lazy("Name"),
    "release_event": gettext_lazy("Release event"),
    "held_in": gettext_lazy("Held in, as last known"),
    "facility": gettext_lazy("Ever held in"),
    "court_case": gettext_lazy("Court case"),
    "source": gettext_lazy("Source"),
    "status_on": gettext_lazy("Status on this day"),
}


@dataclass(frozen=True)
class Field:
    """`kind` is select, date, number or hidden. `values` is what was asked; `options`
    those of a select.
    """

    name: str
    label: str
    kind: str
    values: Sequence[str]
    options: Sequence[Option]
    errors: Sequence[str]

    @property
    def several(self) -> bool:
        return sum(chosen for _value, _label, chosen in self.options) > 1


@dataclass(frozen=True)
class Applied:
    """One answer that narrows the list, in words, and the query of the address without
    it.
    """

    label: str
    value: str
    without: str


def fields(
    filterset: Questions,
    events: Iterable[Mapping[str, Any]],
    counted: Division | None = None,
) -> list[Field]:
    """What is offered, and as hidden fields what else was asked; of a day back only what
    is known of it. Beside each answer of which there is a number stands how many cases it
    would give.
    """
    asked = filterset.data
    names = [*OFFERED]
    for name in filterset.filters:
        if name not in (*OFFERED, *SEARCHED) and asked.get(name):
            names.append(name)
    if asked.get("on"):
        of_that_day = past.may_be_asked("prisoner")
        names = [name for name in names if name in of_that_day]
    shown = [_field(filterset, name, events) for name in names]
    return _with_counts(shown, counted) if counted else shown


def fields_counted(filterset: Questions, counted: Division | None) -> list[Field]:
    """By what such a list divides, and as hidden fields what else was asked."""
    asked = filterset.data
    offered = {}
    for facet in counted.facets if counted else ():
        if facet.name in filterset.filters and facet.values:
            offered[facet.name] = facet
    shown = []
    for name in filterset.filters:
        given = asked.getlist(name)
        if name in offered:
            options = _of_facet(offered[name], given)
            label = offered[name].label
            shown.append(Field(name, label, "select", given, options, ()))
        elif asked.get(name):
            shown.append(Field(name, "", "hidden", given, (), ()))
    return shown


def _of_facet(facet: Facet, given: Sequence[str]) -> list[Option]:
    options: list[Option] = []
    for counted in facet.values:
        words = f"{counted.label} ({counted.count})"
        options.append((counted.value, words, counted.value in given))
    listed = {counted.value for counted in facet.values}
    for value in given:
        if value not in listed:
            options.append((value, f"{value} (0)", True))
    return options


def _with_counts(shown: Iterable[Field], counted: Division) -> list[Field]:
    counts = {}
    for facet in counted.facets:
        counts[facet.name] = {value.value: value.count for value in facet.values}
    with_counts = []
    for field in shown:
        of_field = counts.get(field.name, {})
        options: list[Option] = []
        for code, words, chosen in field.options:
            if code in of_field:
                words = f"{words} ({of_field[code]})"
            options.append((code, words, chosen))
        with_counts.append(replace(field, options=options))
    return with_counts


def _field(
    filterset: Questions, name: str, events: Iterable[Mapping[str, Any]]
) -> Field:
    bound = filterset.form[name]
    given = [str(value) for value in _list(bound.value())]
    options: list[Option] = []
    kind = "number"
    if name == "release_event":
        kind = "select"
        for event in events:
            chosen = event["id"] in given
            options.append((event["id"], event["title"] or "", chosen))
    elif name not in OFFERED:
        kind = "hidden"
    elif isinstance(bound.field, forms.MultipleChoiceField):
        kind = "select"
        choices: Any = bound.field.choices
        for code, words in choices:
            options.append((str(code), str(words), str(code) in given))
        if getattr(filterset.filters[name], "vocabulary", None) is Country:
            options.sort(key=_by_alphabet)
    elif isinstance(bound.field, forms.DateField):
        kind = "date"
    errors = [str(error) for error in bound.errors]
    return Field(name, label(filterset, name), kind, given, options, errors)


def _by_alphabet(option: Option) -> str:
    """Without marks above letters; the Belarusian letter І stands where И does."""
    letters = unicodedata.normalize("NFKD", option[1].replace("І", "И"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _list(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    if value in (None, ""):
        return []
    return [value]


def label(filterset: Questions, name: str) -> str:
    return str(LABELS.get(name) or filterset.filters[name].label)


def applied(
    filterset: Questions, address: QueryDict, others: Mapping[str, Mapping[str, Any]]
) -> list[Applied]:
    """`others`: the published documents whose ids were asked for."""
    narrowing = []
    for name in filterset.filters:
        values = _list(filterset.form[name].value())
        if not values:
            continue
        without = address.copy()
        without.pop(name, None)
        without.pop("cursor", None)
        if name in SEARCHED:
            without.pop(searches.PARAMETER, None)
        words = [_words(filterset, name, str(value), others) for value in values]
        answer = _(" or ").join(words)
        narrowing.append(Applied(label(filterset, name), answer, without.urlencode()))
    return narrowing


def _words(
    filterset: Questions, name: str, value: str, others: Mapping[str, Mapping[str, Any]]
) -> str:
    if value in others:
        return title(others[value])
    if isinstance(filterset.form.fields[name], forms.DateField):
        return date_words(value)
    choices: Any = getattr(filterset.form.fields[name], "choices", [])
    for code, words in choices:
        if str(code) == value:
            return str(words)
    return value


def problems(filterset: Questions, asked: QueryDict) -> list[str]:
    """What is wrong with the question, in sentences."""
    problems: list[str] = []
    for name, sentences in filterset.form.errors.items():
        if name in filterset.filters:
            for sentence in sentences:
                problems.append(f"{label(filterset, name)}: {sentence}")
    ordering = asked.get("ordering", "")
    if ordering.removeprefix("-") not in {"", *filterset.orderings}:
        sentence = _("There is no order called “%(name)s”. There are: %(known)s.")
        problems.append(
            sentence % {"name": ordering, "known": ", ".join(filterset.orderings)}
        )
    return problems


def ids(filterset: Questions) -> list[str]:
    """The ids among what was asked."""
    row_ids = []
    for name, question in filterset.filters.items():
        if not isinstance(question, Ids):
            continue
        for value in filterset.data.getlist(name)[:MOST_VALUES]:
            row_id = id_in(value)
            if row_id:
                row_ids.append(str(row_id))
    return row_ids
