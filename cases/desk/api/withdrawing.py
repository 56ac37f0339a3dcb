"""Taking a source back by a program: what rests only on it goes with it, unless it is
told otherwise. If the source counts again, what went returns only if it is told to.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from cases import sourcing
from cases.desk.api import preconditions, reasons
from cases.desk.api.serializers import Code, RecordSerializer
from cases.desk.permissions import may
from cases.history import needs_reason
from cases.models import Source
from cases.publishing.holding import held_first
from tracker.contract.vocabulary import NarrowedVisibility, SourceStanding, Visibility

_INTENDED = [
    OpenApiParameter(
        "visibility",
        str,
        enum=Visibility.values,
        description="What it would be made. Left out: as it is.",
    ),
    OpenApiParameter(
        "standing",
        str,
        enum=SourceStanding.values,
        description="What it would be made. Left out: as it is.",
    ),
]


class GoneSerializer(serializers.Serializer[Any]):
    """A whole case (`record` is the case), a part of one, or, with `field`, one fact;
    `entry` is that of a list.
    """

    case_kind = serializers.CharField(source="kind")
    case = serializers.UUIDField(source="root_id")
    record_kind = serializers.CharField(source="model._meta.model_name")
    record = serializers.UUIDField(source="record_id")
    field = serializers.CharField()
    entry = serializers.CharField()


class RestingSerializer(GoneSerializer):
    """`visibility` is how far it would be narrowed."""

    visibility = Code(NarrowedVisibility)


class RestingListSerializer(serializers.Serializer[Any]):
    """`results` would be withdrawn. `given_back` went with the source and is withdrawn
    still: it returns with `give_back_dependent_facts`.
    """

    results = RestingSerializer(many=True)
    given_back = GoneSerializer(many=True)


class IntentionSerializer(serializers.Serializer[Any]):
    visibility = Code(Visibility, required=False)
    standing = Code(SourceStanding, required=False)


class SourceSerializer(RecordSerializer):
    """As any record. Where a source is narrowed or retracted, what rests only on it is
    withdrawn with it; see `dependent-facts`. `withdraw_dependent_facts`: false leaves
    it as it is. Where the source is made visible again, or counts again,
    `give_back_dependent_facts`: true returns what went with it.
    """

    withdraw_dependent_facts = serializers.BooleanField(
        write_only=True, required=False, default=True
    )
    give_back_dependent_facts = serializers.BooleanField(
        write_only=True, required=False, default=False
    )

    class Meta:
        model = Source
        fields = "__all__"
        validators: list[Any] = []

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["withdraw_dependent_facts"].required = False
        fields["give_back_dependent_facts"].required = False
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        self.withdraws = attrs.pop("withdraw_dependent_facts", True)
        self.gives_back = attrs.pop("give_back_dependent_facts", False)
        return super().validate(attrs)

    def update(self, instance: Source, validated_data: dict[str, Any]) -> Source:
        stored = Source.objects.get(pk=instance.pk)
        wanted = {
            "visibility": validated_data.get("visibility", stored.visibility),
            "standing": validated_data.get("standing", stored.standing),
        }
        unseen = sourcing.resting_unseen(stored, **wanted)
        resting = []
        if self.withdraws:
            resting = sourcing.resting_only_on(stored, **wanted)
            self._hold(resting)
        gone = []
        if self.gives_back:
            gone = sourcing.gone_with(stored, **wanted)
            self._hold(gone)
        source: Source = super().update(instance, validated_data)
        sourcing.withdraw(resting)
        sourcing.withdraw_unseen(unseen)
        sourcing.give_back(gone)
        return source

    def _hold(self, resting: list[sourcing.Resting]) -> None:
        """Whoever may not change a case, or gives no reason for it, takes nothing back
        and returns nothing.
        """
        request = self.context["request"]
        roots = set()
        for fact in resting:
            roots.add((fact.root_model, fact.root_id))
            if not request.user.has_perm(may("change", fact.root_model)):
                raise PermissionDenied(
                    _(
                        "Facts of cases rest only on this source, and you may not change those cases."
                    )
                )
        if not reasons.given(request):
            for model, root_id in roots:
                if needs_reason(model._default_manager.get(pk=root_id)):
                    reasons.required(request)


class WithDependentFacts:
    """For the sources' viewset."""

    @extend_schema(parameters=_INTENDED, responses=RestingListSerializer)
    @action(detail=True, methods=["get"], url_path="dependent-facts")
    def dependent_facts(
        self, request: Request, *args: object, **kwargs: object
    ) -> Response:
        """What rests only on this source, and is withdrawn with it if it is made so;
        and what went with it before, and may return.
        """
        source: Source = self.get_object()  # type: ignore[attr-defined]
        asked = IntentionSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        wanted = {
            "visibility": source.visibility,
            "standing": source.standing,
            **asked.validated_data,
        }
        return Response(
            RestingListSerializer(
                {
                    "results": sourcing.resting_only_on(source, **wanted),
                    "given_back": sourcing.gone_with(source, **wanted),
                }
            ).data
        )

    @contextmanager
    def _locked(self) -> Iterator[Any]:
        view: Any = self
        preconditions.required(view.request)
        source: Source = view.get_object()
        typed = view.request.data if isinstance(view.request.data, Mapping) else {}
        with (
            held_first(source, sourcing.narrowed_to(source, typed)),
            super()._locked() as record,  # type: ignore[misc]
        ):
            yield record

    def known_parameters(self) -> set[str]:
        view: Any = self
        if view.action == "dependent_facts":
            return {"visibility", "standing"}
        return super().known_parameters()  # type: ignore[misc]
