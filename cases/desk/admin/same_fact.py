"""The same fact twice: the page on which two records of a case are made one."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.catalogue import citable_fields, target_of
from cases.desk.admin.forms import MOST
from cases.desk.permissions import may
from cases.history import needs_reason
from cases.merging import same_fact
from cases.models import Citation, Prisoner
from cases.models.base import Part
from cases.review.approving import StaleVersion
from cases.words import shown
from tracker.emptiness import is_empty

PAGE = "cases_prisoner_same_fact"


@dataclass(frozen=True)
class ShownPart:
    """`facts`: (what, value). `citations`: how many say so."""

    id: UUID
    title: str
    facts: list[tuple[str, str]]
    citations: int


@dataclass(frozen=True)
class ShownPair:
    kind: str
    parts: tuple[ShownPart, ShownPart]


class MakeOneForm(forms.Form):
    """`choice`: the ids of the record that is kept and of the one that goes."""

    choice = forms.CharField()
    seen_version = forms.IntegerField()
    change_reason = forms.CharField(
        max_length=MOST, required=False, label=gettext_lazy("Reason for the change")
    )

    def clean_choice(self) -> tuple[UUID, UUID]:
        try:
            kept, gone = map(UUID, self.cleaned_data["choice"].split())
        except ValueError as unreadable:
            raise forms.ValidationError(_("Choose which is kept.")) from unreadable
        return kept, gone


class SameFact(admin.ModelAdmin):
    """For the admin of prisoners."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.same_fact_view)
        return [
            path("<id:root_id>/same-fact/", view, name=PAGE),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        case = context.get("original")
        if case is not None and self.has_change_permission(request, case):
            link = same_fact_url(case), _("The same fact twice")
            context["record_links"] = [*context.get("record_links", []), link]
        return super().render_change_form(request, context, *args, **kwargs)

    def same_fact_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        case = get_object_or_404(Prisoner.objects.select_related("desk"), pk=root_id)
        if not self.has_change_permission(request, case):
            raise PermissionDenied
        if request.method == "POST" and self._made_one(request, case):
            return HttpResponseRedirect(request.path)
        case_url = reverse("admin:cases_prisoner_change", args=[case.pk])
        context = {
            **self.admin_site.each_context(request),
            "title": _("The same fact twice"),
            "opts": self.opts,
            "media": self.media,
            "back_to": (str(case), case_url),
            "case": Prisoner.objects.get(pk=root_id),
            "pairs": shown_pairs(same_fact.pairs_within(case)),
            "needs_reason": needs_reason(case),
            "reason": request.POST.get("change_reason", ""),
            "most": MOST,
        }
        return TemplateResponse(request, "admin/cases/same_fact.html", context)

    def _made_one(self, request: HttpRequest, case: Prisoner) -> bool:
        form = MakeOneForm(request.POST)
        if not form.is_valid():
            return False
        typed = form.cleaned_data
        reason = typed["change_reason"].strip()
        if not reason and needs_reason(case):
            refusal = _("Reason for the change: say how you know that it is one fact.")
            self.message_user(request, refusal, messages.ERROR)
            return False
        kept_id, gone_id = typed["choice"]
        for parts in same_fact.pairs_within(case):
            if {part.pk for part in parts} == {kept_id, gone_id}:
                _may_make_one(request, parts[0])
        try:
            kept = same_fact.make_one(
                case.pk,
                kept_id,
                gone_id,
                seen_version=typed["seen_version"],
                by=request.user,
                reason=reason,
            )
        except (same_fact.NotOne, StaleVersion) as refused:
            words = _("Nothing was changed. %(why)s") % {"why": refused}
            self.message_user(request, words, messages.ERROR)
            return False
        told = _("Made one: %(record)s. The citations of both stand there.")
        self.message_user(request, told % {"record": kept}, messages.SUCCESS)
        return True


def same_fact_url(case: Prisoner) -> str:
    return reverse(f"admin:{PAGE}", args=[case.pk])


def shown_pairs(pairs: list[same_fact.Pair]) -> list[ShownPair]:
    shown_pairs = []
    for first, second in pairs:
        kind = str(capfirst(first._meta.verbose_name))
        shown_pairs.append(ShownPair(kind, (_shown(first), _shown(second))))
    return shown_pairs


def _shown(part: Part) -> ShownPart:
    facts = []
    for fact in citable_fields(type(part)).values():
        value = getattr(part, fact.attname)
        if not is_empty(value):
            facts.append((str(capfirst(fact.verbose_name)), shown(fact, value)))
    count = Citation.objects.filter(**{target_of(type(part)): part.pk}).count()
    return ShownPart(part.pk, str(part), facts, count)


def _may_make_one(request: HttpRequest, part: Part) -> None:
    """One record is changed, and the other one deleted."""
    for act in ("change", "delete"):
        if not request.user.has_perm(may(act, type(part))):
            raise PermissionDenied
