"""What is special of prisoners: a name in any spelling, merging, evidence packs, hiding."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError

from cases.desk.api.evidence import WithEvidencePack
from cases.desk.api.filters import RecordFilters
from cases.desk.api.hiding import Hideable
from cases.desk.api.merging import Mergeable
from cases.desk.searching import FindsTooMuch, cases_found
from cases.models import Prisoner
from tracker.asking.questions import SearchField


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
        try:
            return prisoners.filter(pk__among=cases_found(value))
        except FindsTooMuch as too_much:
            raise ValidationError({name: [too_much.sentence]}) from too_much


class PrisonerViewSet(Hideable, Mergeable, WithEvidencePack):
    filterset_class = PrisonerFilters
