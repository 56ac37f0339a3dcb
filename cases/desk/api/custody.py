from django import forms

from cases.desk.api.base import RecordViewSet
from cases.desk.api.filters import OF_A_RECORD, ListFilter, RecordFilters
from cases.models import Charge, Detention, Placement, Sentence


class DetentionFilters(RecordFilters):
    class Meta:
        model = Detention
        fields = [
            *OF_A_RECORD,
            "prisoner",
            "started_on",
            "ended_on",
            "ground",
            "authority",
        ]


class DetentionViewSet(RecordViewSet):
    queryset = Detention.objects.all()
    filterset_class = DetentionFilters
    order_by = ["started_on", "ended_on"]


class PlacementFilters(RecordFilters):
    prisoner = ListFilter("detention__prisoner", "in", item=forms.UUIDField())

    class Meta:
        model = Placement
        fields = [
            *OF_A_RECORD,
            "detention",
            "facility",
            "place_kind",
            "from_on",
            "to_on",
            "conditions",
            "duration_as_stated",
        ]


class PlacementViewSet(RecordViewSet):
    queryset = Placement.objects.all()
    filterset_class = PlacementFilters
    order_by = ["from_on", "to_on"]


class ChargeFilters(RecordFilters):
    class Meta:
        model = Charge
        fields = [
            *OF_A_RECORD,
            "prisoner",
            "code",
            "article",
            "label_as_stated",
            "brought_on",
            "outcome",
        ]


class ChargeViewSet(RecordViewSet):
    queryset = Charge.objects.all()
    filterset_class = ChargeFilters
    order_by = ["article", "brought_on"]


class SentenceFilters(RecordFilters):
    class Meta:
        model = Sentence
        fields = [
            *OF_A_RECORD,
            "prisoner",
            "court",
            "handed_down_on",
            "in_force_on",
            "in_absentia",
            "charges",
            "decision",
            "punishment",
            "term_months",
            "term_days",
            "term_as_stated",
            "regime",
            "replaces",
            "adds_to",
        ]


class SentenceViewSet(RecordViewSet):
    queryset = Sentence.objects.all()
    filterset_class = SentenceFilters
    order_by = ["handed_down_on", "in_force_on", "term_months"]
