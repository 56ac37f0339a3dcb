"""A list and its records for every model of the record, made from the catalogue.

What is special of one stands in a file of its own: prisoner.py, source.py.
"""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view

from cases.catalogue import records
from cases.desk.api import whole
from cases.desk.api.base import RecordViewSet, RootViewSet
from cases.desk.api.filters import filters_of
from cases.desk.api.prisoner import PrisonerViewSet
from cases.desk.api.source import SourceViewSet
from cases.models import Prisoner, Source
from cases.models.base import Record, Root

SPECIAL: dict[type[Record], type[RecordViewSet]] = {
    Prisoner: PrisonerViewSet,
    Source: SourceViewSet,
}


def viewsets() -> dict[str, type[RecordViewSet]]:
    """By the place in the address."""
    return {model.place: _viewset(model) for model in records()}


def _viewset(model: type[Record]) -> type[RecordViewSet]:
    base = SPECIAL.get(model)
    if base is None:
        base = RootViewSet if issubclass(model, Root) else RecordViewSet
    own: dict[str, Any] = {"queryset": model._default_manager.all()}
    if not hasattr(base, "filterset_class"):
        own["filterset_class"] = filters_of(model)
    viewset = type(f"{model.__name__}ViewSet", (base,), own)
    if whole.lists_of(model):
        sent, answered = whole.described(model), whole.answered(model)
        create = extend_schema(request=sent, responses={201: answered})
        viewset = extend_schema_view(create=create)(viewset)
    return viewset
