"""Who may see a case at the desk: everyone with the right to view cases, or named people
only. docs/editing.md, “Cases open to named staff only”
"""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.admin.refusals import sentence
from cases.desk.permissions import APPROVE, NAME_STAFF, may
from cases.history.reasons import MOST
from cases.models import Prisoner
from cases.named import CannotName, named_on, open_to

EVERYONE, NAMED = "everyone", "named"


class NamedStaffForm(forms.Form):
    """Nobody ticked is not everyone: that is said by itself."""

    who = forms.ChoiceField(
        label=gettext_lazy("Who may see this case at the desk"),
        choices=[
            (EVERYONE, gettext_lazy("everyone who may view cases")),
            (NAMED, gettext_lazy("only those who are ticked below")),
        ],
        widget=forms.RadioSelect,
    )
    staff = forms.ModelMultipleChoiceField(
        User.objects.filter(is_staff=True, is_active=True).order_by("username"),
        label=gettext_lazy("People"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MOST,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text=gettext_lazy("For those who see the case. Never published."),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("who") == NAMED and not given.get("staff"):
            self.add_error(
                "staff",
                _("Name at least one person, or say that everyone may see it."),
            )
        return given


class WithNamedStaff(admin.ModelAdmin):
    """For the admin of prisoners. Who does not see the case does not come here:
    cases/named/.
    """

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.named_staff_view)
        name = "cases_prisoner_named_staff"
        return [
            path("<id:root_id>/named-staff/", view, name=name),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        prisoner = context.get("original")
        if prisoner and not context["is_popup"]:
            context["named_staff"] = named_on(prisoner.pk)
            if request.user.has_perm(NAME_STAFF):
                url = reverse("admin:cases_prisoner_named_staff", args=[prisoner.pk])
                links = [*context.get("record_links", []), (url, _("Who may see it"))]
                context["record_links"] = links
        return super().render_change_form(request, context, *args, **kwargs)

    def named_staff_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        if not (
            self.has_view_permission(request) and request.user.has_perm(NAME_STAFF)
        ):
            raise PermissionDenied
        prisoner = get_object_or_404(self.get_queryset(request), pk=root_id)
        named = named_on(prisoner.pk)
        initial = {"who": NAMED if named else EVERYONE, "staff": named}
        form = NamedStaffForm(request.POST or None, initial=initial)
        if form.is_valid() and self._kept(request, prisoner, form):
            return self._back(request, prisoner)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who may see it"),
            "opts": self.opts,
            "media": self.media,
            "prisoner": prisoner,
            "form": form,
            "named": named,
        }
        return TemplateResponse(request, "admin/cases/named_staff.html", context)

    def _kept(
        self, request: HttpRequest, prisoner: Prisoner, form: NamedStaffForm
    ) -> bool:
        given = form.cleaned_data
        staff: list[User] = []
        if given["who"] == NAMED:
            staff = list(given["staff"])
        try:
            with transaction.atomic():
                open_to(prisoner.pk, staff, by=request.user, reason=given["reason"])
        except CannotName as refused:
            form.add_error(None, str(refused))
            return False
        except IntegrityError as error:
            form.add_error(None, sentence(error))
            return False
        self.message_user(request, _("Kept."), messages.SUCCESS)
        for warning in _warnings(staff):
            self.message_user(request, warning, messages.WARNING)
        return True

    def _back(self, request: HttpRequest, prisoner: Prisoner) -> HttpResponse:
        """To the case, if one still sees it."""
        url = reverse("admin:cases_prisoner_changelist")
        if self.get_queryset(request).filter(pk=prisoner.pk).exists():
            url = reverse("admin:cases_prisoner_change", args=[prisoner.pk])
        return HttpResponseRedirect(url)


def _warnings(staff: list[User]) -> list[str]:
    if not staff:
        return []
    blind = [str(person) for person in staff if not person.has_perm(_VIEW)]
    warnings = []
    if blind:
        sentence_text = _(
            "These may view no case at all, and so not this one: %(who)s."
        )
        warnings.append(sentence_text % {"who": ", ".join(blind)})
    if not any(person.has_perm(APPROVE) for person in staff):
        warnings.append(_("None of them may approve: nothing of it is published."))
    elif len(staff) == 1:
        warnings.append(
            _(
                "Nobody else sees it, so nobody can approve what this one person changes."
            )
        )
    return warnings


_VIEW = may("view", Prisoner)
