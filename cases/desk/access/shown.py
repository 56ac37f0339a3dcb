"""What an answer of the desk showed, read off its address and itself: no page has to
say so, and none can forget to.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, Subquery
from django.http import HttpRequest, HttpResponse

from cases.catalogue import CASES
from cases.desk.access.models import AccessEvent, Act
from cases.models import Merge
from cases.models.base import Part

# What moves about in a list, and asks for nothing; and a reason on its way back into
# its box.
_NOT_ASKED = {
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
}
_OF_AUTOCOMPLETE = {"app_label", "model_name", "field_name"}
_LONGEST = 1000


@dataclass(frozen=True)
class HandedOut:
    """What only the view knows of a file that it hands out."""

    act: Act
    reason: str
    rows: int | None = None


def hand_out(
    response: HttpResponse, act: Act, *, reason: str, rows: int | None = None
) -> HttpResponse:
    response.handed_out = HandedOut(act, reason, rows)  # type: ignore[attr-defined]
    return response


def events(request: HttpRequest, response: HttpResponse) -> list[AccessEvent]:
    """Of an answer that showed something. Several where it shows several cases: they
    differ in the case alone.
    """
    match: Any = request.resolver_match
    model = _model(request, match)
    record = _record(model, match, response)
    rows = _rows(response)
    asked = _asked(request)
    handed: HandedOut | None = getattr(response, "handed_out", None)
    several: list[Any] = (getattr(response, "context_data", None) or {}).get(
        "cases_shown", []
    )
    listed = not (record or several) and model is not None
    act = handed.act if handed else _act(match.route, listed=listed, asked=asked)
    return [
        AccessEvent(
            act=act,
            kind=str(model._meta.model_name) if model else "",
            record_id=record,
            case_id=case,
            page=match.route[:200],
            asked=asked,
            rows=handed.rows if handed else rows,
            reason=handed.reason if handed else "",
        )
        for case in several or _cases(model, record, request)
    ]


def _act(route: str, *, listed: bool, asked: str) -> Act:
    if "/history/" in route:
        return Act.HISTORY
    if not listed:
        return Act.READ
    return Act.SEARCH if asked else Act.LIST


def _model(request: HttpRequest, match: Any) -> type[Model] | None:
    """Of which kind the page is; None for one that is of none."""
    viewset: Any = getattr(match.func, "cls", None)
    if viewset is not None and getattr(viewset, "queryset", None) is not None:
        return viewset.queryset.model
    if match.url_name == "autocomplete":
        return _searched_model(request)
    app_label, model_name = [*match.route.split("/"), "", ""][
        1:3
    ]  # admin/cases/prisoner/…
    try:
        return apps.get_model(app_label, model_name)
    except LookupError:
        return None


def _searched_model(request: HttpRequest) -> type[Model] | None:
    try:
        field = apps.get_model(
            request.GET["app_label"], request.GET["model_name"]
        )._meta.get_field(request.GET["field_name"])
    except (KeyError, LookupError, FieldDoesNotExist):
        return None
    return getattr(field, "related_model", None)


def _record(model: type[Model] | None, match: Any, response: HttpResponse) -> str:
    """Its id, written in one way only: an address takes several spellings of the same
    id.
    """
    given: Any = next(iter(match.kwargs.values()), None)
    if given is None and response.status_code == 201:
        given = getattr(response, "data", {}).get("id")
    if given is None or (model is None and not isinstance(given, UUID)):
        return ""
    try:
        return str(model._meta.pk.to_python(given) if model else given)
    except ValidationError:
        return str(given)


def _cases(model: type[Model] | None, record: str, request: HttpRequest) -> list[Any]:
    """The ids of the cases that it shows, or what finds them within the INSERT."""
    if not record or model is None:
        return [record or None]
    beside = _uuid(
        request.GET.get("into", "")
    )  # merging, or deciding on a proposal, shows a case beside
    if model in CASES.values():
        return [record, beside] if beside else [record]
    found = model._base_manager.filter(pk=record)
    if issubclass(model, Merge):
        return [Subquery(found.values(column)) for column in ("kept_id", "merged_id")]
    names = {field.attname for field in model._meta.concrete_fields}
    column = (
        "root_id"
        if "root_id" in names
        else f"{model.root_path}_id"
        if issubclass(model, Part)
        else None
    )
    if column:
        return [Subquery(found.values(column))]
    return [beside]


def _uuid(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None


def _rows(response: Any) -> int | None:
    """Of a list, how many it shows."""
    context = getattr(response, "context_data", None) or {}
    if "cl" in context:
        return len(context["cl"].result_list)
    data = getattr(response, "data", None)
    if data is None and response.headers.get("Content-Type") == "application/json":
        data = json.loads(response.content)
    results = data.get("results") if isinstance(data, dict) else None
    return len(results) if isinstance(results, list) else None


def _asked(request: HttpRequest) -> str:
    """As in `q: Ivan; status: released`."""
    skipped = _NOT_ASKED | _OF_AUTOCOMPLETE
    given = [
        f"{name}: {value}"
        for name, values in request.GET.lists()
        if name not in skipped and not name.startswith("_")
        for value in values
        if value
    ]
    return "; ".join(given)[:_LONGEST]
