"""What happened to a record, newest first, and the way back to it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from cases.catalogue import CASES
from cases.desk.api import preconditions, reasons
from cases.desk.api.permissions import MayView
from cases.desk.api.serializers import KnownFieldsOnly
from cases.history import Change, acting, kind_of, timeline
from cases.history.restoring import CannotRestore, Goal, goal, restore
from cases.history.wording import in_sight
from cases.locking import lock, root_of
from cases.models.base import Root
from tracker.api.paging import limit_given
from tracker.api.problems import Conflict

_MOST = 200


class ChangeSerializer(serializers.Serializer[Change]):
    """One event. `before` and `after` hold what changed, by field, as the API writes
    it: of internal notes never.
    """

    event = serializers.IntegerField(source="number")
    model = serializers.CharField(source="model._meta.model_name")
    record = serializers.CharField(source="record_id")
    operation = serializers.ChoiceField(
        ["insert", "update", "delete", "internal_notes"]
    )
    at = serializers.DateTimeField()
    commit = serializers.IntegerField(
        allow_null=True,
        help_text="The place in the order in which changes of all cases were committed:"
        " the same for all that was done together. Null for changes of before this was"
        " kept.",
    )
    before = serializers.DictField()
    after = serializers.DictField()
    user = serializers.IntegerField(source="user_id", allow_null=True)
    username = serializers.CharField(source="who")
    reason = serializers.CharField(source="why")
    page = serializers.CharField()
    request = serializers.CharField(source="request_id")
    made_in_database = serializers.BooleanField()
    login = serializers.CharField()
    erased = serializers.BooleanField(
        help_text="What it said has been erased from history."
    )


class HistorySerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = ChangeSerializer(many=True)


class RestoreSerializer(KnownFieldsOnly, serializers.Serializer[Any]):
    """Back to the record as that event left it, or found it; all of it, or these
    fields.
    """

    event = serializers.IntegerField(min_value=1)
    state = serializers.ChoiceField(["after", "before"], default="after")
    fields = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(), required=False, allow_empty=False
    )


_PAGE = [
    OpenApiParameter(
        "before", int, description="Only events before this one: taken from “next”."
    ),
    OpenApiParameter(
        "limit", int, description="How many to list at most: 1 to 200, or 50."
    ),
]
_HEADERS = [preconditions.PARAMETER, reasons.PARAMETER]


class HistoryActions:
    """For a RecordViewSet: of a root the history of the whole case, deleted or not; of
    a part its own.
    """

    known_of_history = frozenset({"before", "limit"})

    def known_parameters(self) -> set[str]:
        view: Any = self
        if view.action == "history":
            return set(self.known_of_history)
        return super().known_parameters()  # type: ignore[misc]

    @extend_schema(parameters=_PAGE, responses=HistorySerializer)
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def history(self, request: Request, *args: object, **kwargs: object) -> Response:
        _root, version, history = self._history()
        limit, before = limit_given(request, 50, _MOST), _number(request)
        changes: list[Change] = []
        for change in reversed(in_sight(history, request.user)):
            if before is None or change.number < before:
                changes.append(change)
        page = changes[:limit]
        following = None
        if len(changes) > limit:
            address = request.build_absolute_uri()
            following = replace_query_param(address, "before", page[-1].number)
        results = [ChangeSerializer(change).data for change in page]
        return Response(
            {"next": following, "results": results},
            headers={"ETag": preconditions.etag(version)},
        )

    @extend_schema(parameters=_HEADERS, request=RestoreSerializer)
    @action(detail=True, methods=["post"], permission_classes=[MayView])
    def restore(self, request: Request, *args: object, **kwargs: object) -> Response:
        seen, reason = preconditions.required(request), reasons.required(request)
        asked = RestoreSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with transaction.atomic(), acting(reason=reason):
            root, _version, _history = self._history()
            if root is not None:
                lock(type(root), root.pk)
            # Again, for what was saved while this waited for the lock.
            root, version, history = self._history()
            preconditions.hold(seen, version)
            self._restore(root, history, asked.validated_data)
            return self._restored()

    def _restore(
        self, root: Root, history: Sequence[Change], asked: dict[str, Any]
    ) -> None:
        view: Any = self
        if not any(change.number == asked["event"] for change in history):
            raise ValidationError(
                {"event": _("There is no such event in this history.")}
            )
        try:
            wanted = goal(root, history, asked["event"], asked["state"])
            if not view.request.user.has_perms(wanted.permissions):
                raise PermissionDenied
            restore(wanted, _known(wanted, asked.get("fields")))
        except CannotRestore as refused:
            raise Conflict(str(refused)) from refused

    def _restored(self) -> Response:
        view: Any = self
        return view._answer(view._as_stored(view.kwargs["pk"]))

    def _history(self) -> tuple[Any, int, list[Change]]:
        """The root, None if it was deleted; the version that a restore is made on; the
        events, oldest first.

        The version of a deleted root is its last event's number.
        """
        view: Any = self
        key, model = view.kwargs["pk"], view.queryset.model
        record = model._default_manager.filter(pk=key).first()
        if record is None and model in CASES.values():
            history = timeline(model.kind, _uuid(key))
            if history:
                return None, history[-1].number, history
        if record is None:
            raise Http404
        root = root_of(record)
        history = timeline(kind_of(root), root.pk)
        if root is not record:
            row_id = str(record.pk)
            history = [change for change in history if change.record_id == row_id]
        return root, root.version, history


def _uuid(key: str | UUID) -> UUID:
    if isinstance(key, UUID):
        return key
    return UUID(key)


def _number(request: Request) -> int | None:
    text = request.query_params.get("before")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ValidationError({"before": _("Give the number of an event.")})
    return int(text)


def _known(wanted: Goal, fields: list[str] | None) -> list[str] | None:
    """Raises ValidationError for a field that the record does not have."""
    known = wanted.change.record
    if fields is None:
        return None
    if wanted.record is None:
        raise ValidationError(
            {"fields": _("A deleted record comes back whole. Leave this out.")}
        )
    unknown = [name for name in fields if name not in known]
    if unknown:
        sentence = _("History keeps no such field: %(names)s.")
        raise ValidationError({"fields": sentence % {"names": ", ".join(unknown)}})
    return fields
