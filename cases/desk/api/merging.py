"""Merging by the editorial API: suggest, propose, decide. The rules stand in
cases/merging.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError as ModelValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from cases import merging
from cases.desk.api.base import DeskViewSet
from cases.desk.api.filters import filters_of
from cases.desk.api.permissions import MayChangePrisoners, MayDecideMerges
from cases.desk.api.serializers import KnownFieldsOnly
from cases.models import Merge, MergeState, Prisoner
from cases.review.approving import OwnChange, StaleVersion
from tracker.api.problems import Conflict

_INTO = OpenApiParameter(
    "into", UUID, required=True, description="The case that would be kept."
)


class ProposalSerializer(KnownFieldsOnly, serializers.Serializer[Any]):
    """The case in the address goes; `into` is kept. Both versions are those that were
    read.
    """

    into = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1)
    into_version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField()
    names_may_stay = serializers.BooleanField(
        default=False,
        help_text="Where no review is required: as for `approve`.",
    )


class DecisionSerializer(KnownFieldsOnly, serializers.Serializer[Any]):
    """`version` is that of the case that goes, or went, and `into_version` that of the
    other one.
    """

    version = serializers.IntegerField(min_value=1)
    into_version = serializers.IntegerField(min_value=1)


class MergeApprovalSerializer(DecisionSerializer):
    names_may_stay = serializers.BooleanField(
        default=False,
        help_text="Whether a name that is not told may stay in the words of other"
        " records that the warnings name.",
    )


class ReasonSerializer(KnownFieldsOnly, serializers.Serializer[Any]):
    reason = serializers.CharField()


class UndoingSerializer(DecisionSerializer):
    reason = serializers.CharField()


class DuplicatesSerializer(serializers.Serializer[Any]):
    results = serializers.ListField(child=serializers.UUIDField())


class DifferenceSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(source="field.name")
    kept = serializers.JSONField()
    merged = serializers.JSONField()


class Ids(serializers.ListField):
    """Of records."""

    child = serializers.UUIDField()

    def to_representation(self, records: Any) -> list[str]:
        return [str(record.pk) for record in records]


class MovingSerializer(serializers.Serializer[Any]):
    model = serializers.CharField(source="model._meta.model_name")
    kept = Ids()
    moving = Ids()


class PreviewSerializer(serializers.Serializer[Any]):
    """What it would do. Where the cases differ, the kept one's value stands; the
    other's is still there in the one that goes.

    `refusal` says why it cannot be done; empty if it can.
    """

    version = serializers.IntegerField(source="merged.version")
    into_version = serializers.IntegerField(source="kept.version")
    differences = DifferenceSerializer(many=True)
    lists = MovingSerializer(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    refusal = serializers.CharField()


class MergeSerializer(serializers.ModelSerializer[Merge]):
    class Meta:
        model = Merge
        exclude = ["moved"]


class WholeMergeSerializer(serializers.ModelSerializer[Merge]):
    """`moved` is what it changed, to be undone: {list: {id: {column: [before,
    after]}}}.
    """

    preview = serializers.SerializerMethodField()

    class Meta:
        model = Merge
        fields = "__all__"

    @extend_schema_field(PreviewSerializer(allow_null=True))
    def get_preview(self, merge: Merge) -> Any:
        cases = Prisoner.objects.in_bulk([merge.kept_id, merge.merged_id])
        if merge.state != MergeState.PROPOSED or len(cases) < 2:
            return None
        return PreviewSerializer(
            merging.preview(cases[merge.kept_id], cases[merge.merged_id])
        ).data


class MergeViewSet(DeskViewSet):
    queryset = Merge.objects.all()
    permission_classes = [MayChangePrisoners]
    filterset_class = filters_of(Merge)
    order_by = ["proposed_at", "ended_at"]
    default_ordering = "-proposed_at"

    def get_serializer_class(self) -> type[serializers.ModelSerializer[Any]]:
        if self.action == "list":
            return MergeSerializer
        return WholeMergeSerializer

    @extend_schema(request=MergeApprovalSerializer, responses=MergeSerializer)
    @action(detail=True, methods=["post"], permission_classes=[MayDecideMerges])
    def approve(self, request: Request, *args: object, **kwargs: object) -> Response:
        asked = asked_of(request, MergeApprovalSerializer)
        merge = self.get_object()
        return answer(
            lambda: merging.approve(
                merge.pk,
                seen_versions=versions(asked),
                by=request.user,
                names_may_stay=asked["names_may_stay"],
            )
        )

    @extend_schema(request=ReasonSerializer, responses=MergeSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, *args: object, **kwargs: object) -> Response:
        asked = asked_of(request, ReasonSerializer)
        merge = self.get_object()
        return answer(
            lambda: merging.decline(merge.pk, by=request.user, reason=asked["reason"])
        )


class Mergeable:
    """For the prisoners' viewset."""

    @extend_schema(responses={200: DuplicatesSerializer})
    @action(detail=True, methods=["get"])
    def duplicates(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Cases with a name that may be a spelling of one of this case's. Namesakes are
        many: merged by people only.
        """
        case: Prisoner = self.get_object()  # type: ignore[attr-defined]
        return Response({"results": merging.duplicates_of(case.pk)})

    @extend_schema(request=ProposalSerializer, responses={201: MergeSerializer})
    @action(detail=True, methods=["post"], permission_classes=[MayChangePrisoners])
    def merge(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Proposes that this case goes into another one. Where no review is required,
        does it at once.
        """
        case: Prisoner = self.get_object()  # type: ignore[attr-defined]
        asked = asked_of(request, ProposalSerializer)
        kept = kept_case({"into": str(asked["into"])})
        said: dict[str, Any] = {
            "seen_versions": versions(asked),
            "by": request.user,
            "reason": asked["reason"],
        }
        decide = merging.propose
        if not settings.REQUIRE_REVIEW:
            decide = merging.merge
            said["names_may_stay"] = asked["names_may_stay"]
        return answer(lambda: decide(kept.pk, case.pk, **said), status.HTTP_201_CREATED)

    @extend_schema(parameters=[_INTO], responses=PreviewSerializer)
    @merge.mapping.get
    def merge_preview(
        self, request: Request, *args: object, **kwargs: object
    ) -> Response:
        """What that would do."""
        case: Prisoner = self.get_object()  # type: ignore[attr-defined]
        return Response(
            PreviewSerializer(
                merging.preview(kept_case(request.query_params), case)
            ).data
        )

    def known_parameters(self) -> set[str]:
        view: Any = self
        if view.action == "merge_preview":
            return {"into"}
        return super().known_parameters()  # type: ignore[misc]

    @extend_schema(request=UndoingSerializer, responses=MergeSerializer)
    @action(detail=True, methods=["post"], permission_classes=[MayDecideMerges])
    def unmerge(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Of a case that was merged into another one: what that moved goes back."""
        case: Prisoner = self.get_object()  # type: ignore[attr-defined]
        asked = asked_of(request, UndoingSerializer)
        done = Merge.objects.filter(merged=case, state=MergeState.MERGED).first()
        if done is None:
            raise Conflict(_("This case is not merged into another one."))
        seen, reason = versions(asked), asked["reason"]
        return answer(
            lambda: merging.unmerge(
                done.pk, seen_versions=seen, by=request.user, reason=reason
            )
        )


def kept_case(given: Mapping[str, Any]) -> Prisoner:
    """The one that `into` names. Raises ValidationError."""
    try:
        return Prisoner.objects.get(pk=given.get("into", ""))
    except (Prisoner.DoesNotExist, ModelValidationError) as error:
        raise serializers.ValidationError(
            {"into": [_("Give the id of a case.")]}
        ) from error


def asked_of(
    request: Request, kind: type[serializers.Serializer[Any]]
) -> dict[str, Any]:
    asked = kind(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data


def versions(asked: dict[str, Any]) -> merging.Versions:
    return asked["into_version"], asked["version"]


def answer(decide: Callable[[], Merge], code: int = status.HTTP_200_OK) -> Response:
    try:
        return Response(MergeSerializer(decide()).data, status=code)
    except (StaleVersion, merging.MergeRefused) as problem:
        raise Conflict(str(problem)) from problem
    except OwnChange as own:
        raise PermissionDenied(str(own)) from own
