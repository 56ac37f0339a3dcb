"""What is special of prisoners: a name in any spelling, merging, evidence packs, hiding."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from cases.desk.api.evidence import WithEvidencePack
from cases.desk.api.filters import RecordFilters
from cases.desk.api.hiding import Hideable
from cases.desk.api.merging import Mergeable
from cases.models import PersonName, Prisoner
from tracker.asking.questions import SearchField
from tracker.names import query_key


class NameFilter(filters.CharFilter):
    field_class = SearchField


class PrisonerFilters(RecordFilters):
    name = NameFilter(
        method="with_name",
        label=_("any of the names, in any spelling, or a part of it"),
    )

    class Meta:
        model = Prisoner

    def with_name(
        self, prisoners: QuerySet[Prisoner], name: str, value: str
    ) -> QuerySet[Prisoner]:
        words = query_key(value)
        names = PersonName.objects.filter(
            prisoner=OuterRef("pk"), value__icontains=value
        )
        folded = Q(pk__in=[])
        if words:
            folded = Q(*(Q(desk__search_key__contains=f" {word}") for word in words))
        return prisoners.filter(folded | Q(Exists(names)))


class PrisonerViewSet(Hideable, Mergeable, WithEvidencePack):
    filterset_class = PrisonerFilters
