"""Evidence packs: the form on a prisoner's page, and the log of those that were made."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from cases.desk.access.models import Act
from cases.desk.access.shown import hand_out
from cases.desk.permissions import MAKE_PACK
from cases.desk.read_only import ReadOnlyAdmin
from cases.evidence import BeingPublished, NotPublished, Pack, make_pack
from cases.models import EvidencePack, Prisoner
from cases.models.evidence import READERS


class EvidencePackForm(forms.ModelForm):
    class Meta:
        model = EvidencePack
        fields = ["audience", "reason"]
        widgets = {
            "audience": forms.RadioSelect,
            "reason": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = READERS  # type: ignore[attr-defined]  # no button for none of them


class WithEvidencePack(admin.ModelAdmin):
    """For the admin of prisoners."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.evidence_view)
        return [
            path("<id:root_id>/evidence-pack/", view, name="cases_prisoner_evidence"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        prisoner = context.get("original")
        if prisoner and not context["is_popup"] and request.user.has_perm(MAKE_PACK):
            url = reverse("admin:cases_prisoner_evidence", args=[prisoner.pk])
            context["record_links"] = [
                *context.get("record_links", []),
                (url, _("Evidence pack")),
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def evidence_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        if not (self.has_view_permission(request) and request.user.has_perm(MAKE_PACK)):
            raise PermissionDenied
        prisoner = get_object_or_404(Prisoner, pk=root_id)
        form = EvidencePackForm()
        if request.method == "POST":
            form = EvidencePackForm(request.POST)
        if form.is_valid():
            try:
                asked = form.cleaned_data
                pack = make_pack(
                    prisoner, asked["audience"], by=request.user, reason=asked["reason"]
                )
                return hand_out(download(pack), Act.PACK, reason=asked["reason"])
            except (NotPublished, BeingPublished) as problem:
                form.add_error("audience", str(problem))
        context = {
            "title": _("Evidence pack"),
            "form": form,
            "prisoner": prisoner,
            "opts": self.opts,
        }
        return TemplateResponse(
            request,
            "admin/cases/evidence_pack.html",
            {**self.admin_site.each_context(request), **context},
        )


def download(pack: Pack) -> HttpResponse:
    response = HttpResponse(pack.content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{pack.file_name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@admin.register(EvidencePack)
class EvidencePackAdmin(ReadOnlyAdmin):
    list_display = ["case", "audience", "made_by", "made_at", "reason", "seq"]
    list_display_links = ["made_at"]
    list_filter = ["audience", "made_at"]
    list_select_related = ["made_by"]
    search_fields = ["root_id", "manifest_sha256"]
    search_help_text = _("The SHA-256 of a manifest, or the id of a case.")
    show_full_result_count = False
