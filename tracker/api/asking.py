"""The questions of tracker/asking/filters.py as parameters of an address."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from tracker.asking import questions as kinds


class Asked(BaseFilterBackend):
    """For a view with a `filterset_class`. Raises ValidationError."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: Any
    ) -> QuerySet[Any]:
        questions = view.filterset_class(
            request.query_params,
            queryset,
            only_asked=True,
            answers_nearly=view.says_match,
        )
        if not questions.is_valid():
            raise ValidationError(dict(questions.errors))
        rows = questions.qs
        view.match = questions.match
        view.among = questions.among
        return rows

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter(name, question)
            for name, question in view.filterset_class.base_filters.items()
        ]


def _parameter(name: str, question: Any) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": name,
        "in": "query",
        "required": False,
        "description": str(question.label),
    }
    if not question.many:
        return {**described, "schema": _schema(question)}
    how = _("Several: any of them.")
    return {
        **described,
        "description": f"{question.label}. {how}",
        "schema": {"type": "array", "items": _schema(question)},
        "style": "form",
        "explode": isinstance(
            question, kinds.Texts | kinds.Identifiers
        ),  # a comma may be part of a text
    }


def _schema(question: Any) -> dict[str, Any]:
    match question:
        case kinds.Codes():
            return {"$ref": f"#/components/schemas/{question.vocabulary.__name__}"}
        case kinds.Flag():
            return {"type": "boolean"}
        case kinds.Ids():
            return {"type": "string", "format": "uuid"}
        case kinds.Identifiers():
            return {"type": "string", "pattern": "^[^:]+:.+$"}
        case kinds.DayFrom() | kinds.StatusOn() | kinds.AsItWas():
            return {"type": "string", "format": "date"}
        case kinds.AtLeast():
            return {"type": "integer", "minimum": 0}
    return {"type": "string"}
