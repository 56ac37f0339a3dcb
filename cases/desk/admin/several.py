"""Pages that change all cases of a list at once: of what it shows with the same filters."""

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext

from cases.models import Prisoner


def with_filters(request: HttpRequest, page: str) -> str:
    """The address of this page of prisoners, for the list that is shown now."""
    filters = request.GET.urlencode()
    url = reverse(f"admin:cases_prisoner_{page}")
    return f"{url}?{filters}" if filters else url


def listed(admin: ModelAdmin, request: HttpRequest) -> QuerySet[Prisoner] | None:
    """Without those that were merged into others; None if the filters mean nothing."""
    try:
        shown = admin.get_changelist_instance(request).queryset
    except IncorrectLookupParameters:
        return None
    return shown.filter(merged_into=None)


def more_left(left: int) -> list[str]:
    """A sentence, if any are left."""
    if not left:
        return []
    words = ngettext("%(n)s more is left.", "%(n)s more are left.", left)
    return [words % {"n": left}]
