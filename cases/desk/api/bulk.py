"""Lists by the hundred are an export: they take its right, a reason, and its cap.

Ordinary reading needs nothing: small pages, and so many rows a day.
docs/decisions/insiders.md
"""

from datetime import UTC
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import Now, TruncDay
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cases.desk.access.models import AccessEvent, Act
from cases.desk.access.shown import hand_out
from cases.desk.permissions import EXPORT
from tracker.api.paging import KeysetPagination, limit_given
from tracker.api.parsing import is_storable

PARAMETER = "reason"
ORDINARY_PAGE = 50  # rows
LONGEST = 500  # characters of a reason
_OURS = "api/editorial/"


class IsAnExport(APIException):
    status_code = 403
    problem_name = "is_an_export"


class DeskPagination(KeysetPagination):
    default_limit = ORDINARY_PAGE
    parameters = (*KeysetPagination.parameters, PARAMETER)

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any]:
        check(request, limit_given(request, self.default_limit, self.max_limit))
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        reason = given(self.request)
        if reason:
            hand_out(response, Act.EXPORT, reason=reason, rows=len(data))
        return response

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        words = _(
            "What the rows are for, and who gets them. Needed for more than %(page)s"
            " rows a page, or %(day)s a day; it takes the right to export, and is logged."
        ) % {"page": ORDINARY_PAGE, "day": settings.EDITORIAL_ROWS_A_DAY}
        return [
            *super().get_schema_operation_parameters(view),
            {
                "name": PARAMETER,
                "in": "query",
                "required": False,
                "description": words,
                "schema": {"type": "string", "maxLength": LONGEST},
            },
        ]


def given(request: Request) -> str:
    reason = " ".join(request.query_params.get(PARAMETER, "").split())
    if len(reason) > LONGEST or not is_storable(reason):
        raise ValidationError(
            {
                PARAMETER: _("Write at most %(most)s characters, all of them text.")
                % {"most": LONGEST}
            }
        )
    return reason


def check(request: Request, limit: int) -> None:
    """Raises IsAnExport with the rule."""
    user: Any = request.user
    if not given(request):
        _check_ordinary(user, limit)
        return
    if not user.has_perm(EXPORT):
        raise IsAnExport(_("A reason is for exports, and you may not export lists."))
    if _today(user, [Act.EXPORT]) + limit > settings.EXPORT_MAX_ROWS:
        raise IsAnExport(
            _("At most %(most)s rows a day are exported by this interface.")
            % {"most": settings.EXPORT_MAX_ROWS}
        )


def _check_ordinary(user: Any, limit: int) -> None:
    if limit > ORDINARY_PAGE:
        raise IsAnExport(
            _(
                "More than %(page)s rows a page are an export: give “reason”,"
                " and have the right to export lists."
            )
            % {"page": ORDINARY_PAGE}
        )
    if _today(user, [Act.LIST, Act.SEARCH]) >= settings.EDITORIAL_ROWS_A_DAY:
        raise IsAnExport(
            _(
                "You have listed %(day)s rows today. More are an export: give"
                " “reason”, and have the right to export lists."
            )
            % {"day": settings.EDITORIAL_ROWS_A_DAY}
        )


def _today(user: Any, acts: list[Act]) -> int:
    """How many rows this interface showed to the person since midnight (UTC)."""
    midnight = TruncDay(Now(), tzinfo=UTC)  # of the database: no clock of its own
    shown = AccessEvent.objects.filter(
        username=user.get_username(), at__gte=midnight, act__in=acts
    )
    counted = shown.filter(page__startswith=_OURS).aggregate(rows=Sum("rows"))
    return counted["rows"] or 0
