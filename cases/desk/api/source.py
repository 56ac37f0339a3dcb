"""What is special of sources: what rests only on one goes when it is taken back."""

from typing import Any

from rest_framework.serializers import ModelSerializer

from cases.desk.api.base import RootViewSet
from cases.desk.api.withdrawing import SourceSerializer, WithDependentFacts


class SourceViewSet(WithDependentFacts, RootViewSet):
    def get_serializer_class(self) -> type[ModelSerializer[Any]]:
        if self.action == "list":
            return super().get_serializer_class()
        return SourceSerializer
