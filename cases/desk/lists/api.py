"""Lists by the editorial API, for programs: handed in by a plan that was kept at the desk,
compared and accepted in steps of some seconds. What was broken off goes on when it is
asked for again.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.desk.lists import accepting, bringing, showing
from cases.desk.lists.comparing import compare
from cases.desk.lists.describing import (
    ROWS_ASKED,
    AcceptedSerializer,
    AcceptSerializer,
    HandInSerializer,
    RowsSerializer,
    StateSerializer,
)
from cases.desk.lists.door import SCHEME, has_token
from cases.desk.lists.forms import FileForm
from cases.desk.lists.going_on import for_some_seconds
from cases.desk.lists.models import List, Row, RowState, SavedPlan, Verdict
from cases.desk.lists.plan import from_json, questions
from cases.desk.proposals.writing import Refused
from cases.review.rule import saving_approves
from tracker.api.parsing import StrictJSONParser
from tracker.api.problems import Conflict

MOST_ROWS = 500  # of an answer


class ByToken(BaseAuthentication):
    """Whom door.py let in, and nobody else."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        if not has_token(request._request):
            return None
        return request._request.user, None

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class ListView(APIView):
    authentication_classes = [ByToken]
    permission_classes = [IsAuthenticated]
    parser_classes = [StrictJSONParser]

    def finalize_response(
        self, request: Request, response: Response, *args: object, **kwargs: object
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    def own(self, list_id: UUID) -> List:
        """Of those that this account handed in."""
        account: Any = self.request.user
        lists = List.objects.defer("content").filter(brought_by=account)
        in_list = lists.filter(pk=list_id).first()
        if in_list is None:
            raise Http404
        return in_list


class HandInView(ListView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": HandInSerializer},
        responses={201: StateSerializer, 200: StateSerializer},
    )
    def post(self, request: Request) -> Response:
        """Hand in a list. 201, or 200 where the very same file of this owner is there
        already.
        """
        said = dict(request.data.items())  # type: ignore[union-attr]
        form = FileForm(_with_defaults(said), request.FILES)
        saved = SavedPlan.objects.filter(name=said.get("plan", "")).first()
        if saved is None:
            raise ValidationError({"plan": [_("No plan has this name.")]})
        if not form.is_valid():
            raise ValidationError(form.errors.get_json_data())
        upload = form.cleaned_data["file"]
        plan = from_json(saved.plan)
        asked = questions(upload.table, plan)
        if asked.dates or asked.calendars:
            sentence = _("The plan does not say how dates are written in this file.")
            raise ValidationError({"plan": [sentence]})
        in_list = form.save(commit=False)
        before = bringing.brought_before(in_list.owner, upload.content)
        if before is not None:
            if before.brought_by != request.user:
                raise Conflict(_("This file was brought in before, by somebody else."))
            return Response(_state(before))
        bringing.keep(in_list, upload.content, upload.name, by=request.user)
        bringing.read_rows(in_list, upload.table, plan)
        return Response(_state(in_list), status=201)


def _with_defaults(said: dict[str, Any]) -> dict[str, Any]:
    """What is not said is as the page of the desk offers it."""
    boxes = {
        "title": bringing.neutral_title(),
        "kept_until": bringing.keep_until().isoformat(),
        "most_quarantined": "25",
    }
    given = {name: value for name, value in said.items() if value}
    return {**boxes, **given}


class StateView(ListView):
    @extend_schema(responses=StateSerializer)
    def get(self, request: Request, list_id: UUID) -> Response:
        """How far a list has come."""
        return Response(_state(self.own(list_id)))


class CompareView(ListView):
    @extend_schema(request=None, responses=StateSerializer)
    def post(self, request: Request, list_id: UUID) -> Response:
        """Compare its rows with the record, for some seconds. Ask again until
        `to_compare` is 0.
        """
        in_list = self.own(list_id)
        for_some_seconds(compare(in_list))
        return Response(_state(in_list))


class AcceptView(ListView):
    @extend_schema(request=AcceptSerializer, responses=AcceptedSerializer)
    def post(self, request: Request, list_id: UUID) -> Response:
        """Accept its rows of these verdicts, for some seconds. Ask again until `to_accept`
        is 0.
        """
        in_list = self.own(list_id)
        said = AcceptSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        if saving_approves():
            raise Conflict(_("Saving approves here: a person accepts rows."))
        if _not_compared(in_list):
            raise Conflict(_("Compare all rows with the record first."))
        verdicts = said.validated_data["verdicts"]
        rows = in_list.rows.filter(verdict__in=verdicts)
        reason = said.validated_data["reason"]
        batches: Iterable[int] = accepting.accept(rows, by=request.user, reason=reason)
        try:
            for_some_seconds(batches)
        except Refused as refused:
            words = [_("Nothing of these rows was accepted."), *refused.sentences]
            raise Conflict(" ".join(words)) from refused
        left = rows.filter(state=RowState.WAITING).count()
        return Response({**_state(in_list), "to_accept": left})


class RowsView(ListView):
    @extend_schema(parameters=ROWS_ASKED, responses=RowsSerializer)
    def get(self, request: Request, list_id: UUID) -> Response:
        """What its rows say and come to, in the order of the file."""
        rows = self.own(list_id).rows.order_by("number")
        known = {"verdict": Verdict.values, "state": RowState.values}
        for name, value in request.GET.items():
            if (
                name == "after"
                and isinstance(value, str)
                and value.isdecimal()
                and len(value) < 10
            ):
                rows = rows.filter(number__gt=int(value))
            elif value in known.get(name, ()):
                rows = rows.filter(**{name: value})
            else:
                raise ValidationError({name: [_("Nothing can be asked so.")]})
        several = list(rows[:MOST_ROWS])
        following = several[-1].number if len(several) == MOST_ROWS else None
        return Response({"rows": list(map(_row, several)), "after": following})


def _state(in_list: List) -> dict[str, Any]:
    counted = accepting.counted(in_list)
    by_kind = {kind.code: kind.count for kind in showing.kinds(in_list)}
    return {
        "id": str(in_list.pk),
        "owner": in_list.owner,
        "title": in_list.title,
        "sha256": in_list.sha256,
        "rows": counted.rows,
        "to_compare": _not_compared(in_list),
        "by_kind": by_kind,
        "cells": counted.cells,
        "cells_not_read": counted.quarantined,
        "totals": in_list.expected_totals,
        "hindrances": accepting.hindrances(in_list),
    }


def _not_compared(in_list: List) -> int:
    return in_list.rows.filter(verdict=None, state=RowState.WAITING).count()


def _row(row: Row) -> dict[str, Any]:
    """What the program handed in, and what became of it; nothing of the record."""
    return {
        "number": row.number,
        "identifier": row.identifier,
        "verdict": row.verdict,
        "state": row.state,
        "says": row.content,
        "confidential": row.confidential,
        "cells_not_read": row.cells,
        "accepted_as": row.accepted_as_id and str(row.accepted_as_id),
    }
