from cases.desk.api.base import RootViewSet
from cases.desk.api.filters import OF_A_RECORD, RecordFilters
from cases.models import ReportedCount


class ReportedCountFilters(RecordFilters):
    class Meta:
        model = ReportedCount
        fields = [
            *OF_A_RECORD,
            "measure",
            "country",
            "value",
            "value_as_stated",
            "qualifier",
            "as_of",
            "claimant",
            "release_event",
        ]


class ReportedCountViewSet(RootViewSet):
    queryset = ReportedCount.objects.all()
    filterset_class = ReportedCountFilters
    order_by = ["measure", "value", "as_of"]
