from cases.desk.api.base import RecordViewSet, RootViewSet
from cases.desk.api.filters import OF_A_RECORD, RecordFilters
from cases.desk.api.withdrawing import SourceSerializer, WithDependentFacts
from cases.models import Claimant, Source


class SourceFilters(RecordFilters):
    class Meta:
        model = Source
        fields = [
            *OF_A_RECORD,
            "title",
            "source_kind",
            "publisher",
            "author",
            "url",
            "archived_url",
            "published_on",
            "accessed_on",
            "language",
            "file_name",
            "sha256",
            "copy_is_public",
            "derived_from",
            "relays",
            "standing",
            "reliability",
            "public_label",
        ]


class SourceViewSet(WithDependentFacts, RootViewSet):
    queryset = Source.objects.all()
    filterset_class = SourceFilters
    order_by = ["title", "publisher", "published_on", "accessed_on"]

    def get_serializer_class(self) -> type[SourceSerializer]:
        return SourceSerializer


class ClaimantFilters(RecordFilters):
    class Meta:
        model = Claimant
        fields = [*OF_A_RECORD, "name", "role", "role_as_stated", "protected_pseudonym"]


class ClaimantViewSet(RecordViewSet):
    queryset = Claimant.objects.all()
    filterset_class = ClaimantFilters
    order_by = ["name"]
