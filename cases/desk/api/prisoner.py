"""What is special of prisoners: a name in any spelling, merging, evidence packs, hiding."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from cases.desk.api.evidence import WithEvidencePack
from cases.desk.api.filters import RecordFilters
from cases.desk.api.hiding import Hideable
from cases.desk.api.merging import Mergeable
from cases.models import DeskEntry, PersonName, Prisoner
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
        as_written = PersonName.objects.filter(value__icontains=value)
        found = as_written.order_by().values("prisoner")
        if words:
            entries = DeskEntry.objects.filter(
                *(Q(search_key__contains=f" {word}") for word in words)
            )
            # One set of cases: of two conditions beside each other no index is asked.
            found = found.union(entries.values("prisoner"), all=True)
        return prisoners.filter(pk__in=found)


class PrisonerViewSet(Hideable, Mergeable, WithEvidencePack):
    filterset_class = PrisonerFilters
