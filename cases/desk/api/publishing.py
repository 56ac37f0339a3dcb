"""What was approved, and what could not be published: to read only."""

from typing import Any

from rest_framework import serializers

from cases.desk.api.base import DeskViewSet
from cases.desk.api.filters import RecordFilters, filters_of
from cases.desk.api.review import EditionSerializer
from cases.models import Edition, PublishingFailure


class EditionFilters(RecordFilters):
    class Meta:
        model = Edition
        exclude = ["snapshot", "salt"]


class WholeEditionSerializer(EditionSerializer):
    class Meta:
        model = Edition
        exclude = ["salt"]


class EditionViewSet(DeskViewSet):
    """A list leaves the snapshots out: each holds a whole case."""

    queryset = Edition.objects.all()
    filterset_class = EditionFilters
    order_by = ["approved_at", "not_before", "number"]
    default_ordering = "-approved_at"
    lookup_value_converter = "int"

    def get_serializer_class(self) -> type[serializers.ModelSerializer[Any]]:
        return EditionSerializer if self.action == "list" else WholeEditionSerializer


class PublishingFailureSerializer(serializers.ModelSerializer[PublishingFailure]):
    class Meta:
        model = PublishingFailure
        fields = "__all__"


class PublishingFailureViewSet(DeskViewSet):
    queryset = PublishingFailure.objects.all()
    serializer_class = PublishingFailureSerializer
    filterset_class = filters_of(PublishingFailure)
    order_by = ["failed_at"]
    default_ordering = "-failed_at"
    lookup_value_converter = "int"
