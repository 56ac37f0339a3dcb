"""A list of the desk as a file: by a right of its own, for a reason, up to a cap.
docs/decisions/insiders.md.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.day import told_by_database
from cases.desk.access.models import Act
from cases.desk.access.shown import hand_out
from cases.desk.admin.columns import Column, beside, columns_of
from cases.desk.permissions import EXPORT
from tracker.spreadsheets import Cell, csv_chunks


class ExportForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy(
            "What the file is for, and who gets it. Kept in the access log."
        ),
    )
    for_excel = forms.BooleanField(
        label=gettext_lazy("For Excel"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Marks the file, so that Excel shows all letters. Other programs do not need it."
        ),
    )


class Exportable(ModelAdmin):
    """For the kinds that say so, and no other."""

    exported = False

    def get_urls(self) -> list[URLPattern]:
        if not self.exported:
            return super().get_urls()
        view = self.admin_site.admin_view(self.export_view)
        name = f"cases_{self.opts.model_name}_export"
        return [path("export/", view, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        if self.exported and request.user.has_perm(EXPORT):
            url = reverse(f"admin:cases_{self.opts.model_name}_export")
            if filters := request.GET.urlencode():
                url = f"{url}?{filters}"
            context["export_url"] = url
        return super().changelist_view(request, context)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Of what the list shows with the same filters, on all its pages."""
        if not (self.has_view_permission(request) and request.user.has_perm(EXPORT)):
            raise PermissionDenied
        try:
            changelist: ChangeList = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(
                reverse(f"admin:cases_{self.opts.model_name}_changelist")
            )
        form = ExportForm()
        if request.method == "POST":
            form = ExportForm(request.POST)
        columns = columns_of(self.model)
        # One more than may be: what was added since it was counted counts.
        most = settings.EXPORT_MAX_ROWS + 1
        listed = changelist.queryset
        if read_along := beside(self.model):
            listed = listed.select_related(*read_along)
        records: list[models.Model] = []
        if form.is_valid():
            records = list(listed[:most])
        count = len(records) or changelist.paginator.count
        if records and count <= settings.EXPORT_MAX_ROWS:
            return self._file(columns, records, **form.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Export: %(what)s") % {"what": self.opts.verbose_name_plural},
            "opts": self.opts,
            "form": form,
            "count": count,
            "most": settings.EXPORT_MAX_ROWS,
            "columns": [heading for heading, _value in columns],
        }
        return TemplateResponse(request, "admin/cases/export.html", context)

    def _file(
        self,
        columns: Sequence[Column],
        records: Sequence[models.Model],
        *,
        reason: str,
        for_excel: bool,
    ) -> HttpResponse:
        content = b"".join(csv_chunks(_rows(columns, records), for_excel=for_excel))
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        name = f"{self.opts.model_name}-{told_by_database()}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "private, no-store"
        return hand_out(
            response,
            Act.EXPORT,
            reason=reason,
            rows=len(records),
            keys=[record.pk for record in records],
        )


def _rows(
    columns: Sequence[Column], records: Sequence[models.Model]
) -> Iterator[list[Cell]]:
    yield [heading for heading, _value in columns]
    values: list[Callable[[Any], Cell]] = [value for _heading, value in columns]
    for record in records:
        yield [value(record) for value in values]
