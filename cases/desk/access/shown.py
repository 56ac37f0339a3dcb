"""What an answer of the desk showed, as its address and its content tell.

No page has to say what it shows, so no page can forget to.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Func, IntegerField, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from cases.catalogue import CASES
from cases.desk.access.models import AccessEvent, Act
from cases.models import Merge, Source
from cases.models.base import Part

# These move about in a list, or open a part of a page, and ask for nothing. The last
# one is a reason on its way back into its box.
_NOT_ASKED = {
    "draft",
    "edit",
    "happened",
    "p",
    "o",
    "all",
    "e",
    "page",
    "cursor",
    "limit",
    "ordering",
    "before",
    "change_reason",
    "reason",
}
_GOES_ALONG = ("_", "recording")  # the last: the source in hand, which asks nothing
_OF_AUTOCOMPLETE = {"app_label", "model_name", "field_name"}
LONGEST = 4_000  # characters of a question


@dataclass(frozen=True)
class HandedOut:
    """What only the view knows about what it hands out: a file, or an answer to what
    was typed into a form.
    """

    act: Act
    reason: str
    rows: int | None = None
    keys: Sequence[Any] = ()  # of the rows, where the answer does not tell them
    asked: str = ""  # where the address does not say it


def hand_out(
    response: HttpResponse,
    act: Act,
    *,
    reason: str,
    rows: int | None = None,
    keys: Sequence[Any] = (),
    asked: str = "",
) -> HttpResponse:
    response.handed_out = HandedOut(act, reason, rows, keys, asked)  # type: ignore[attr-defined]
    return response


def events(request: HttpRequest, response: HttpResponse) -> list[AccessEvent]:
    """The events of an answer that showed something.

    An answer that shows several cases has one event for each. They differ in the case
    alone.
    """
    match = request.resolver_match
    assert match is not None  # the middleware asks only about addresses of the desk
    model = _model(request, match)
    record_id = _record_id(model, match, response)
    context = getattr(response, "context_data", None) or {}
    case_ids = context.get("cases_shown") or []
    asked = question(request)
    handed_out: HandedOut | None = getattr(response, "handed_out", None)
    if handed_out is None:
        is_list = model is not None and not record_id and not case_ids
        is_list = is_list and not _is_empty_form(match)
        act = _act(match.route, is_list=is_list, asked=asked)
        if act == Act.READ and model is not None and _changes(request):
            act = Act.CHANGED
        handed_out = HandedOut(act, reason="", rows=_rows(response))
    kind = ""
    if model is not None:
        kind = str(model._meta.model_name)
    access_events = []
    for case_id in case_ids or _case_ids(model, record_id, request):
        event = AccessEvent(
            act=handed_out.act,
            kind=kind,
            record_id=record_id,
            case_id=case_id,
            page=match.route[:200],
            asked=handed_out.asked or asked,
            rows=handed_out.rows,
            reason=handed_out.reason,
        )
        access_events.append(event)
    beside = _people_beside(access_events[0], context.get("people_shown") or [])
    access_events += [*beside, *_apart(access_events[0], model, response)]
    if source_id := context.get("source_read"):
        access_events.append(
            AccessEvent(
                act=Act.READ,
                kind=Source.kind,
                record_id=str(source_id),
                case_id=source_id,
                page=match.route[:200],
            )
        )
    return access_events


def _people_beside(
    shown: AccessEvent, case_ids: Collection[UUID]
) -> Iterator[AccessEvent]:
    """Of a page that lists people beside its own record: a line for that list, and as in
    any list one for each case that is open to named staff only.
    """
    if not case_ids:
        return
    listed = copy(shown)
    listed.act, listed.rows = Act.LIST, len(case_ids)
    yield listed
    for case_id, rows in Counter(_named_cases(CASES["prisoner"], case_ids)).items():
        listed.rows -= rows
        apart = copy(listed)
        apart.case_id, apart.rows = case_id, rows
        yield apart


def _apart(
    listed: AccessEvent, model: type[Model] | None, response: HttpResponse
) -> list[AccessEvent]:
    """A list that showed cases open to named staff only has a line of its own for each,
    and counts their rows there: for everybody else they were not in it.
    """
    keys = _keys(response)
    if model is None or listed.record_id or listed.rows is None or not keys:
        return []
    apart = Counter(_named_cases(model, keys))
    events = []
    for case_id, rows in apart.items():
        listed.rows = max(0, listed.rows - rows)
        event = copy(listed)
        event.case_id, event.rows = case_id, rows
        events.append(event)
    return events


def _named_cases(model: type[Model], keys: Collection[Any]) -> Iterator[UUID]:
    """Of these records, the cases that are open to named staff only."""
    for column in _case_columns(model):
        named = Func(
            F(column),
            function="public.cases_named_on",
            output_field=ArrayField(IntegerField()),
        )
        records = model._base_manager.filter(pk__in=keys)
        apart = records.annotate(named=named).exclude(named=[])
        yield from apart.values_list(column, flat=True)


def _act(route: str, *, is_list: bool, asked: str) -> Act:
    if "/history/" in route:
        return Act.HISTORY
    if not is_list:
        return Act.READ
    if asked:
        return Act.SEARCH
    return Act.LIST


def _is_empty_form(match: ResolverMatch) -> bool:
    """A page on which something new is entered lists nothing, whatever its address
    brings along for the boxes.
    """
    return (match.url_name or "").endswith("_add")


def _changes(request: HttpRequest) -> bool:
    """The editorial API answers a change with the record. (The admin leads on.)"""
    is_safe = request.method in {"GET", "HEAD", "OPTIONS"}
    return not is_safe and request.path_info.startswith("/api/")


def _model(request: HttpRequest, match: ResolverMatch) -> type[Model] | None:
    """The kind of record that the page is about, if it is about one."""
    viewset = getattr(match.func, "cls", None)
    queryset: QuerySet[Model] | None = getattr(viewset, "queryset", None)
    if queryset is not None:
        return queryset.model
    if match.url_name == "autocomplete":
        return _searched_model(request)
    parts = match.route.split("/")  # admin/cases/prisoner/…
    if len(parts) < 3:
        return None
    try:
        return apps.get_model(parts[1], parts[2])
    except LookupError:
        return None


def _searched_model(request: HttpRequest) -> type[Model] | None:
    try:
        model = apps.get_model(request.GET["app_label"], request.GET["model_name"])
        field = model._meta.get_field(request.GET["field_name"])
    except (KeyError, LookupError, FieldDoesNotExist):
        return None
    return getattr(field, "related_model", None)


def _record_id(
    model: type[Model] | None, match: ResolverMatch, response: HttpResponse
) -> str:
    """The record's id in one spelling: an address takes several of the same id."""
    value = next(iter(match.kwargs.values()), None)
    if value is None and response.status_code == 201:
        value = getattr(response, "data", {}).get("id")
    if value is None:
        return ""
    if model is None:
        if isinstance(value, UUID):
            return str(value)
        return ""
    try:
        return str(model._meta.pk.to_python(value))
    except ValidationError:
        return str(value)


def _case_ids(
    model: type[Model] | None, record_id: str, request: HttpRequest
) -> list[Any]:
    """The ids of the cases that the page shows.

    Some are subqueries, which find an id within the INSERT.
    """
    if not record_id or model is None:
        return [record_id or None]
    # Pages on which cases are merged, or proposals decided, show a second case.
    second = _uuid(request.GET.get("into", ""))
    if model in CASES.values():
        if second:
            return [record_id, second]
        return [record_id]
    records = model._base_manager.filter(pk=record_id)
    if issubclass(model, Merge):
        return list(records.values_list("kept_id", "merged_id").first() or [None])
    column = _case_column(model)
    if column:
        return [records.values_list(column, flat=True).first()]
    return [second]


def _case_column(model: type[Model]) -> str | None:
    for field in model._meta.concrete_fields:
        if field.attname == "root_id":
            return "root_id"
    if issubclass(model, Part):
        return f"{model.root_path}_id"
    return None


def _uuid(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None


def _case_columns(model: type[Model]) -> list[str]:
    """All that lead from a record of a list to cases."""
    if model in CASES.values():
        return ["pk"]
    if issubclass(model, Merge):
        return ["kept_id", "merged_id"]
    if column := _case_column(model):
        return [column]
    names = {field.attname for field in model._meta.concrete_fields}
    return sorted(names & {"case", "case_id", "accepted_as_id"})


def _rows(response: HttpResponse) -> int | None:
    """How many rows a list shows."""
    listed = _listed(response)
    if listed is None:
        return None
    return len(listed)


def _keys(response: HttpResponse) -> list[Any]:
    """The ids of the rows of a list, or of a file."""
    handed_out: HandedOut | None = getattr(response, "handed_out", None)
    if handed_out and handed_out.keys:
        return list(handed_out.keys)
    keys = []
    for row in _listed(response) or []:
        key = row.get("id") if isinstance(row, dict) else getattr(row, "pk", None)
        if key is not None:
            keys.append(key)
    return keys


def _listed(response: HttpResponse) -> list[Any] | None:
    context = getattr(response, "context_data", None) or {}
    if "cl" in context:
        return list(context["cl"].result_list)
    data = getattr(response, "data", None)
    if data is None and response.headers.get("Content-Type") == "application/json":
        data = json.loads(response.content)
    if not isinstance(data, dict):
        return None
    results = data.get("results")
    if not isinstance(results, list):
        return None
    return results


def question(request: HttpRequest) -> str:
    """The words searched and the filters, as in `q: Ivan; status: released`.

    All of it: cases/desk/asked.py refuses what is longer than LONGEST.
    """
    questions = []
    for name, values in request.GET.lists():
        if name in _NOT_ASKED or name in _OF_AUTOCOMPLETE:
            continue
        if name.startswith(_GOES_ALONG):
            continue
        for value in values:
            if value:
                questions.append(f"{name}: {value}")
    return "; ".join(questions)
