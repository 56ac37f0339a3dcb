from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from cases.desk.api.base import RecordViewSet
from cases.desk.api.evidence import WithEvidencePack
from cases.desk.api.filters import OF_A_RECORD, RecordFilters
from cases.desk.api.merging import Mergeable
from cases.models import Consent, Identifier, PersonName, Prisoner, Recognition
from tracker.names import query_key


class PrisonerFilters(RecordFilters):
    name = filters.CharFilter(
        method="with_name",
        label=_("any of the names, in any spelling, or a part of it"),
    )

    class Meta:
        model = Prisoner
        fields = [
            *OF_A_RECORD,
            "sex",
            "born_on",
            "age_as_stated",
            "died_on",
            "death_in_custody",
            "citizenships",
            "occupations",
            "affiliation",
            "stated_end_of_term",
            "last_verified_on",
            "name_withheld",
            "merged_into",
        ]

    def with_name(
        self, prisoners: QuerySet[Prisoner], name: str, value: str
    ) -> QuerySet[Prisoner]:
        words = query_key(value)
        as_written = Exists(
            PersonName.objects.filter(prisoner=OuterRef("pk"), value__icontains=value)
        )
        folded = (
            Q(*(Q(desk__search_key__contains=f" {word}") for word in words))
            if words
            else Q(pk__in=[])
        )
        return prisoners.filter(folded | Q(as_written))


class PrisonerViewSet(Mergeable, WithEvidencePack):
    queryset = Prisoner.objects.all()
    filterset_class = PrisonerFilters
    order_by = ["born_on", "died_on", "stated_end_of_term", "last_verified_on"]


class PersonNameFilters(RecordFilters):
    class Meta:
        model = PersonName
        fields = [
            *OF_A_RECORD,
            "prisoner",
            "value",
            "name_kind",
            "language",
            "preferred",
        ]


class PersonNameViewSet(RecordViewSet):
    queryset = PersonName.objects.all()
    filterset_class = PersonNameFilters
    order_by = ["value"]


class IdentifierFilters(RecordFilters):
    class Meta:
        model = Identifier
        fields = [*OF_A_RECORD, "prisoner", "scheme", "value", "owner_organisation"]


class IdentifierViewSet(RecordViewSet):
    queryset = Identifier.objects.all()
    filterset_class = IdentifierFilters
    order_by = ["scheme", "value"]


class RecognitionFilters(RecordFilters):
    class Meta:
        model = Recognition
        fields = [
            *OF_A_RECORD,
            "prisoner",
            "organisation",
            "outcome",
            "decided_on",
            "criteria",
            "reason",
        ]


class RecognitionViewSet(RecordViewSet):
    queryset = Recognition.objects.all()
    filterset_class = RecognitionFilters
    order_by = ["organisation", "decided_on"]


class ConsentFilters(RecordFilters):
    class Meta:
        model = Consent
        fields = [
            *OF_A_RECORD,
            "prisoner",
            "given_by",
            "subject",
            "audience",
            "given_on",
            "withdrawn_on",
        ]


class ConsentViewSet(RecordViewSet):
    queryset = Consent.objects.all()
    filterset_class = ConsentFilters
    order_by = ["given_on", "withdrawn_on"]
