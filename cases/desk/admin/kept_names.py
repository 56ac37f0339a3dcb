"""Words of a record that readers are not told, since they hold a name that is kept back:
the page on which somebody who approves says that a name may stay.
docs/decisions/names-elsewhere.md
"""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.admin.forms import MOST
from cases.desk.permissions import APPROVE
from cases.history import acting
from cases.models import Prisoner
from cases.models.base import Root
from cases.publishing.kept_names import HeldBack, held_back
from cases.review.staying import let_stay, take_back


class MayStayForm(forms.Form):
    """`person`: whose name it is. `stays`: may it stay, or no longer?"""

    person = forms.UUIDField()
    stays = forms.BooleanField(required=False)
    reason = forms.CharField(
        max_length=MOST,
        label=gettext_lazy("Reason"),
        error_messages={
            "required": gettext_lazy(
                "Reason: say why the name may, or may not, stay in these words."
            )
        },
    )


class WithKeptNames(admin.ModelAdmin):
    """For the admin of roots."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.kept_names_view)
        return [
            path("<id:root_id>/kept-names/", view, name=_page(self.model)),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        root = context.get("original")
        if root is not None and request.user.has_perm(APPROVE):
            link = kept_names_url(root), _("Names kept back here")
            context["record_links"] = [*context.get("record_links", []), link]
        return super().render_change_form(request, context, *args, **kwargs)

    def kept_names_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        may_decide = request.user.has_perm(APPROVE)
        if not (may_decide and self.has_view_permission(request)):
            raise PermissionDenied
        root = get_object_or_404(self.model, pk=root_id)
        held = _of_people_seen(held_back(root))
        form = MayStayForm(request.POST or None)
        if request.method == "POST":
            if form.is_valid() and self._decided(request, root, held, form):
                return HttpResponseRedirect(request.path)
            for problem in form.errors.get("reason", []):
                self.message_user(request, str(problem), messages.ERROR)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Names kept back here"),
            "opts": self.opts,
            "media": self.media,
            "back_to": (
                str(root),
                reverse(
                    f"admin:cases_{self.model._meta.model_name}_change", args=[root_id]
                ),
            ),
            "held": held,
            "most": MOST,
        }
        return TemplateResponse(request, "admin/cases/kept_names.html", context)

    def _decided(
        self,
        request: HttpRequest,
        root: Root,
        held: list[tuple[Prisoner, HeldBack]],
        form: MayStayForm,
    ) -> bool:
        typed = form.cleaned_data
        for person, _words in held:
            if person.pk == typed["person"]:
                decide = let_stay if typed["stays"] else take_back
                with acting(user=request.user, reason=typed["reason"]):
                    decide(root, person.pk, by=request.user, reason=typed["reason"])
                self.message_user(
                    request,
                    _("Noted. Readers see it within seconds."),
                    messages.SUCCESS,
                )
                return True
        return False


def kept_names_url(root: Root) -> str:
    return reverse(f"admin:{_page(type(root))}", args=[root.pk])


def _page(model: Any) -> str:
    return f"cases_{model._meta.model_name}_kept_names"


def _of_people_seen(held: list[HeldBack]) -> list[tuple[Prisoner, HeldBack]]:
    """A case that only named staff see is told to nobody else here, either."""
    people = Prisoner.objects.select_related("desk").in_bulk(
        [UUID(each.person_id) for each in held]
    )
    seen = []
    for each in held:
        person = people.get(UUID(each.person_id))
        if person is not None:
            seen.append((person, each))
    return seen
