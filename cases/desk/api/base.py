"""What the editorial API does with every model of the record."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from cases.desk.api import (
    backing,
    creating,
    doubting,
    foreseeing,
    preconditions,
    reasons,
    whole,
)
from cases.desk.api.bulk import DeskPagination
from cases.desk.api.filters import RecordFilters
from cases.desk.api.history import HistoryActions
from cases.desk.api.permissions import DeskSession, StaffWithRights
from cases.desk.api.review import ReviewActions
from cases.desk.api.serializers import listed_serializer_for, serializer_for
from cases.desk.permissions import may
from cases.history import acting
from cases.locking import lock, root_of
from cases.models.base import MERGED
from cases.models.dates import EDTFField
from tracker.api.parameters import KnownParametersOnly
from tracker.api.parsing import StrictJSONParser
from tracker.api.problems import Conflict

_NEW = [reasons.PARAMETER, doubting.PARAMETER, foreseeing.PARAMETER]
_CHANGE = [preconditions.PARAMETER, *_NEW]


class DeskViewSet(
    KnownParametersOnly,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    GenericViewSet[Any],
):
    """For staff with the right to view."""

    authentication_classes = [DeskSession]
    permission_classes = [StaffWithRights]
    parser_classes = [StrictJSONParser]
    filter_backends = [DjangoFilterBackend]
    filterset_class: ClassVar[type[RecordFilters]]
    pagination_class = DeskPagination
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    lookup_value_converter = "id"

    queryset: Any
    order_by: ClassVar[Sequence[str]]
    default_ordering: str

    @property
    def orderings(self) -> dict[str, str]:
        """Columns by the name in the address."""
        return {name: name for name in self.order_by}

    def repeatable_parameters(self) -> set[str]:
        if self.action != "list":
            return set()
        return self.filterset_class.repeatable()

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.detail:
            return queryset
        return super().filter_queryset(queryset)

    def finalize_response(
        self, request: Request, response: Response, *args: object, **kwargs: object
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        # What staff may see must not stay in a cache on the way.
        response["Cache-Control"] = "private, no-store"
        return response


class RecordViewSet(HistoryActions, DeskViewSet):
    """A change or deletion says in If-Match which version it was made on."""

    default_ordering = "created_at"

    @property
    def orderings(self) -> dict[str, str]:
        """Its dates, by the first day that each may be, and what the model names."""
        model = self.queryset.model
        columns = {}
        for field in model._meta.concrete_fields:
            if isinstance(field, EDTFField):
                columns[field.name] = f"{field.name}_earliest"
        for name in (*model.ordered_by, "created_at", "updated_at"):
            columns[name] = name
        return columns

    def known_parameters(self) -> set[str]:
        if self.action in foreseeing.ACTIONS:
            return {foreseeing.NAME}
        return super().known_parameters()

    def get_queryset(self) -> QuerySet[Any]:
        records = super().get_queryset()
        lists = [field.name for field in records.model._meta.many_to_many]
        return preconditions.with_version(records).prefetch_related(*lists)

    def get_serializer_class(self) -> type[serializers.ModelSerializer[Any]]:
        if self.action == "list":
            return listed_serializer_for(self.queryset.model)
        return serializer_for(self.queryset.model)

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        return self._answer(self.get_object())

    @extend_schema(parameters=_NEW)
    @foreseeing.previewed
    @transaction.atomic
    def create(self, request: Request, *args: object, **kwargs: object) -> Response:
        model = self.queryset.model
        sent = whole.Whole(model, request.data)
        whole.check_may_add(request, sent.parts)
        serializer: Any = self.get_serializer(data=sent.root.body)
        serializer.context["also_known"] = list(whole.lists_of(model))
        serializer.may_state_nothing = bool(sent.parts)
        serializer.is_valid(raise_exception=True)
        case = root_of(serializer.proposed)
        said = acting(
            reason=reasons.required_for(request, case),
            source_says=doubting.given(request),
        )
        with said, doubting.asking(request, case) as places:
            record = creating.store(request, serializer)
            sent.root.record = record
            whole.store_parts(request, sent, places)
            creating.show(record, serializer)
        try:
            stored = self._as_stored(record.pk)
        except model.DoesNotExist:  # somebody else has just deleted its case
            gone = _("The case was deleted meanwhile. Nothing was saved.")
            raise Conflict(gone) from None
        answer = self._answer(stored, status.HTTP_201_CREATED)
        if sent.by_ref:
            answer.data["refs"] = sent.ids_by_ref()
        answer["Location"] = request.build_absolute_uri(f"{record.pk}/")
        return answer

    @extend_schema(parameters=_CHANGE)
    @foreseeing.previewed
    def update(
        self, request: Request, *args: Any, partial: bool = False, **kwargs: Any
    ) -> Response:
        with self._locked() as record:
            serializer: Any = self.get_serializer(
                record, data=request.data, partial=partial
            )
            serializer.is_valid(raise_exception=True)
            changes = backing.changes(
                request, record, serializer.validated_data, serializer.supports
            )
            serializer.save()
            backing.cite(changes, serializer.supports)
            return self._answer(self._as_stored(record.pk))

    @extend_schema(parameters=_CHANGE)
    def partial_update(
        self, request: Request, *args: object, **kwargs: object
    ) -> Response:
        return self.update(request, *args, partial=True, **kwargs)

    @extend_schema(parameters=_CHANGE)
    @foreseeing.previewed
    def destroy(self, request: Request, *args: object, **kwargs: object) -> Response:
        with self._locked() as record:
            root = root_of(record)
            record.delete()
            answer = Response(status=status.HTTP_204_NO_CONTENT)
            if root is not record:
                root.refresh_from_db(fields=["version"])
                answer["ETag"] = preconditions.etag(root.version)
            return answer

    @contextmanager
    def _locked(self) -> Iterator[Any]:
        """The record asked for, its root locked until the change is stored, at the
        version that was read.
        """
        seen = preconditions.required(self.request)
        with transaction.atomic():
            root = root_of(self.get_object())
            if lock(type(root), root.pk) is None:
                raise Http404
            # Again, for what was saved while this waited for the lock.
            record = self.get_object()
            preconditions.hold(seen, record.version, lambda: self._differing(record))
            if getattr(root, "merged_into_id", None):
                raise Conflict(str(MERGED))
            said = acting(
                reason=reasons.required_for(self.request, root),
                source_says=doubting.given(self.request),
            )
            with said, doubting.asking(self.request, root):
                yield record

    def _differing(self, record: Any) -> list[str]:
        """Fields of the request that differ from what is stored, for whoever may read
        it.
        """
        sent = self.request.data
        if not isinstance(sent, dict):
            return []
        if not self.request.user.has_perm(may("view", type(record))):
            return []
        stored = self.get_serializer(record).data
        names = []
        for name, value in sent.items():
            if name in stored and stored[name] != value:
                names.append(name)
        return names

    def _as_stored(self, key: object) -> Any:
        return self.get_queryset().get(pk=key)

    def _answer(self, record: Any, code: int = status.HTTP_200_OK) -> Response:
        return Response(
            self.get_serializer(record).data,
            status=code,
            headers={"ETag": preconditions.etag(record.version)},
        )


class RootViewSet(ReviewActions, RecordViewSet):
    """A root is reviewed and approved, as a whole."""
