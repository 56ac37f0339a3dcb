"""What is special of sources: what rests only on one goes when it is taken back."""

from cases.desk.api.base import RootViewSet
from cases.desk.api.withdrawing import SourceSerializer, WithDependentFacts


class SourceViewSet(WithDependentFacts, RootViewSet):
    def get_serializer_class(self) -> type[SourceSerializer]:
        return SourceSerializer
