"""Lists in pages: {"next", "previous", "results"}.

No row is skipped or repeated (tracker/asking/keyset.py), and none is counted.
"""

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError as ModelValidationError
from django.db.models import Model
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from tracker.api.parsing import is_storable
from tracker.api.views import add_link
from tracker.asking import keyset
from tracker.asking.cursor import pack, unpack

_NUMBER = re.compile("[1-9][0-9]{0,8}")
NO_CURSOR = gettext_lazy(
    "This is no cursor of ours. Take “next” or “previous” as it is."
)


class KeysetPagination(BasePagination):
    """For a view with `orderings`, {name in the address: column}, and
    `default_ordering`, such as "-title".
    """

    default_limit = 50
    max_limit = 200
    parameters: tuple[str, ...] = ("cursor", "limit", "ordering")

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any]:
        self.request = request
        self.ordering = ordering_asked(request, view)
        column = view.orderings[self.ordering.removeprefix("-")]
        start = self._start(queryset.model, column)
        descending = self.ordering.startswith("-")
        limit = limit_given(request, self.default_limit, self.max_limit)
        self.page = keyset.page(
            queryset,
            column,
            limit,
            descending=descending,
            start=start,
            among=getattr(view, "among", None),
        )
        return self.page.rows

    def get_paginated_response(self, data: object) -> Response:
        response = Response(
            {
                "next": self.link(self.page.next),
                "previous": self.link(self.page.previous),
                "results": data,
            }
        )
        self.add_links(response)
        return response

    def add_links(self, response: Any) -> None:
        """What `next` and `previous` say, as headers; and where the list begins."""
        if following := self.link(self.page.next):
            add_link(response, following, "next")
        if before := self.link(self.page.previous):
            add_link(response, before, "prev")
        address = self.request.build_absolute_uri()
        if "cursor" in self.request.query_params:
            add_link(response, remove_query_param(address, "cursor"), "first")

    def link(self, position: keyset.Position | None) -> str | None:
        if position is None:
            return None
        address = self.request.build_absolute_uri()
        return replace_query_param(address, "cursor", encode(self.ordering, position))

    def _start(self, model: type[Model], column: str) -> keyset.Position | None:
        text = self.request.query_params.get("cursor")
        if text is None:
            return None
        return decode(text, self.ordering, model, column)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri", "example": None}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {
            "type": "integer",
            "minimum": 1,
            "maximum": self.max_limit,
            "default": self.default_limit,
        }
        return [
            _parameter(
                "cursor",
                _("Where the page starts: taken from “next” or “previous”."),
                {"type": "string"},
            ),
            _parameter("limit", _("How many to list at most."), limit),
            ordering_parameter(view),
        ]


def ordering_parameter(view: Any) -> dict[str, Any]:
    orders = [sign + name for name in view.orderings for sign in ("", "-")]
    words = _(
        "The order; with “-” before it, the reverse. What has no value comes last."
    )
    return _parameter(
        "ordering",
        words,
        {"type": "string", "enum": orders, "default": view.default_ordering},
    )


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }


def limit_given(request: Request, default: int, most: int) -> int:
    """Raises a ValidationError that names `limit`."""
    text = request.query_params.get("limit", str(default))
    # Written in one way: each way to write an address is kept in memory for itself.
    if not (_NUMBER.fullmatch(text) and int(text) <= most):
        raise ValidationError(
            {"limit": _("Give a number from 1 to %(most)s.") % {"most": most}}
        )
    return int(text)


def ordering_asked(request: Request, view: Any) -> str:
    asked = request.query_params.get("ordering", view.default_ordering)
    if asked.removeprefix("-") not in view.orderings:
        known = ", ".join(view.orderings)
        raise ValidationError(
            {
                "ordering": _(
                    "Order by one of these, or with “-” before it: %(known)s."
                )
                % {"known": known}
            }
        )
    return asked


def encode(ordering: str, position: keyset.Position) -> str:
    """An opaque cursor. It tells nothing that the page it was earned on did not."""
    value, row_id = _plain(position.value), _plain(position.id)
    return pack(ordering, position.backwards, value, row_id)


def decode(
    cursor: str, ordering: str, model: type[Model], column: str
) -> keyset.Position:
    """Raises a ValidationError that names `cursor`, also where it was earned with
    another ordering.
    """
    try:
        earned_with, backwards, value, key = unpack(cursor)
        if not isinstance(backwards, bool) or key is None:
            raise ValueError
        position = keyset.Position(
            _typed(model, column, value), _typed(model, "pk", key), backwards
        )
    except (ValueError, TypeError, OverflowError, ModelValidationError):
        raise ValidationError({"cursor": NO_CURSOR}) from None
    if earned_with != ordering:
        raise ValidationError(
            {
                "cursor": _(
                    "This cursor was earned with another ordering. Start again without it."
                )
            }
        )
    return position


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # and date with time
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value


def _typed(model: type[Model], column: str, value: Any) -> Any:
    field: Any = model._meta.pk
    if column != "pk":
        field = keyset.field_of(model, column)
    if value is None:
        if not keyset.may_be_empty(field):
            raise ValueError
        return None
    if not isinstance(value, str | int):
        raise ValueError
    if isinstance(value, str) and not is_storable(value):
        raise ValueError
    typed = getattr(field, "output_field", field).to_python(value)
    if isinstance(typed, datetime) and is_naive(typed):
        raise ValueError
    return typed
