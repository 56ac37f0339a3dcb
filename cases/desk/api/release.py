from cases.desk.api.base import RecordViewSet
from cases.desk.api.filters import OF_A_RECORD, RecordFilters
from cases.models import Deportation, Release, Whereabouts


class ReleaseFilters(RecordFilters):
    class Meta:
        model = Release
        fields = [
            *OF_A_RECORD,
            "prisoner",
            "release_event",
            "released_on",
            "ground",
            "to_liberty",
            "conditions",
            "remaining_months",
            "remaining_days",
            "remaining_as_stated",
        ]


class ReleaseViewSet(RecordViewSet):
    queryset = Release.objects.all()
    filterset_class = ReleaseFilters
    order_by = ["released_on", "remaining_months"]


class DeportationFilters(RecordFilters):
    class Meta:
        model = Deportation
        fields = [
            *OF_A_RECORD,
            "prisoner",
            "release",
            "deported_on",
            "outcome",
            "from_country",
            "to_country",
            "crossing",
            "coercion",
            "own_national",
            "passport_fate",
            "replacement_document",
            "document_issuer",
            "document_handed_over_by",
            "valid_identity_document",
            "may_return",
        ]


class DeportationViewSet(RecordViewSet):
    queryset = Deportation.objects.all()
    filterset_class = DeportationFilters
    order_by = ["deported_on"]


class WhereaboutsFilters(RecordFilters):
    class Meta:
        model = Whereabouts
        fields = [
            *OF_A_RECORD,
            "prisoner",
            "last_seen_on",
            "last_seen_where",
            "no_contact_since",
        ]


class WhereaboutsViewSet(RecordViewSet):
    queryset = Whereabouts.objects.all()
    filterset_class = WhereaboutsFilters
    order_by = ["last_seen_on", "no_contact_since"]
