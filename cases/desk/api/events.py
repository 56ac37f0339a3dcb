from cases.desk.api.base import RootViewSet
from cases.desk.api.filters import OF_A_RECORD, RecordFilters
from cases.models import Facility, ReleaseEvent


class ReleaseEventFilters(RecordFilters):
    class Meta:
        model = ReleaseEvent
        fields = [
            *OF_A_RECORD,
            "title",
            "occurred_on",
            "brokered_by",
            "concessions",
            "exchange",
        ]


class ReleaseEventViewSet(RootViewSet):
    queryset = ReleaseEvent.objects.all()
    filterset_class = ReleaseEventFilters
    order_by = ["title", "occurred_on"]


class FacilityFilters(RecordFilters):
    class Meta:
        model = Facility
        fields = [*OF_A_RECORD, "names", "place_kind", "country", "region"]


class FacilityViewSet(RootViewSet):
    queryset = Facility.objects.all()
    filterset_class = FacilityFilters
    order_by = ["country", "region"]
