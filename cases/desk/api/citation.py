from cases.desk.api.base import RecordViewSet
from cases.desk.api.filters import OF_A_RECORD, RecordFilters
from cases.models import TARGETS, Citation


class CitationFilters(RecordFilters):
    class Meta:
        model = Citation
        fields = [
            *OF_A_RECORD,
            *TARGETS,
            "root_kind",
            "root_id",
            "field",
            "item",
            "source",
            "locator",
            "as_of",
            "claimant",
            "hedge",
            "credibility",
        ]


class CitationViewSet(RecordViewSet):
    queryset = Citation.objects.all()
    filterset_class = CitationFilters
    order_by = ["field", "as_of"]
