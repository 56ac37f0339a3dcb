"""The page of a root: its citations in one table, and its approval."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.admin import cited, sourcing
from cases.admin.base import RecordAdmin
from cases.admin.history import HistoryPages
from cases.admin.withheld import WithWithheldFacts
from cases.approval import StaleVersion, approve
from cases.history import published
from cases.models import Edition
from cases.models.base import Root
from tracker.vocabulary import Visibility

MAY_APPROVE = "cases.approve_case"
# Names of the public pages (tracker/site/urls.py); a reported count has none of its own.
PUBLIC_PAGES = {"prisoner": "case", "release_event": "release", "facility": "facility", "source": "source"}


class ApprovalForm(forms.Form):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("Why you approve it, for those who look back later. Never published."),
    )
    public_reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        required=False,
        max_length=Edition._meta.get_field("public_reason").max_length,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("Shown in public with each correction that this makes. Never name anyone."),
    )
    not_before = forms.DateField(
        label=gettext_lazy("Not before"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Publish on this day at the earliest. Empty: now."),
    )

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason


class RootAdmin(HistoryPages, WithWithheldFacts, RecordAdmin):
    """What is approved and published as a whole."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        editions = Edition.objects.filter(root_kind=self.model.kind, root_id=OuterRef("pk")).order_by("-number")
        return super().get_queryset(request).annotate(approved_version=Subquery(editions.values("version")[:1]))

    @admin.display(description=gettext_lazy("approved"), boolean=True)
    def approved(self, root: Any) -> bool | None:
        return root.approved_version == root.version

    def view_on_site(self, root: Root) -> str | None:
        """The public page, once there can be one."""
        if root.visibility != Visibility.PUBLIC:
            return None
        try:
            return reverse(f"site:{PUBLIC_PAGES[root.kind]}", args=[root.pk])
        except (KeyError, NoReverseMatch):
            return None

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_approve"
        view = self.admin_site.admin_view(self.approve_view)
        return [path("<uuid:root_id>/approve/", view, name=name), *super().get_urls()]

    def approve_view(self, request: HttpRequest, root_id: Any) -> HttpResponse:
        """Approves what the reviewer saw, or says why not."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm(MAY_APPROVE):
            raise PermissionDenied
        form = ApprovalForm(request.POST, needs_reason=published(self.model.kind, root_id))
        if form.is_valid():
            self._approve(request, root_id, form.cleaned_data)
        else:
            problems = [f"{form[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
            self.message_user(request, _("Not approved. %(why)s") % {"why": " ".join(problems)}, messages.ERROR)
        return HttpResponseRedirect(reverse(f"admin:cases_{self.opts.model_name}_change", args=[root_id]))

    def _approve(self, request: HttpRequest, root_id: Any, asked: dict[str, Any]) -> None:
        try:
            edition = approve(self.model.kind, root_id, by=request.user, **asked)
        except StaleVersion as stale:
            problem = _("Not approved. %(why)s Look at it again.") % {"why": stale}
            self.message_user(request, problem, messages.ERROR)
        else:
            self.message_user(request, _("Approved as edition %(number)s.") % {"number": edition.number})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        root = context.get("original")
        if root is not None and not context["is_popup"]:
            records = cited.read(root)
            context["cited_records"] = cited.table(records)
            if root.needs_citation:
                context["fact_groups"] = sourcing.groups(root, records)
            context["approval"] = self._approval(request, root)
        return super().render_change_form(request, context, *args, **kwargs)

    def _approval(self, request: HttpRequest, root: Any) -> dict[str, Any]:
        """A page that shows what was typed, not what is stored, is nothing to approve."""
        editions = Edition.objects.filter(root_kind=root.kind, root_id=root.pk).defer("snapshot")
        edition = editions.select_related("approved_by").order_by(F("number").desc()).first()
        may = settings.REQUIRE_REVIEW and request.method == "GET" and request.user.has_perm(MAY_APPROVE)
        needs = may and published(root.kind, root.pk)
        return {
            "edition": edition,
            "is_current": edition is not None and edition.version == root.version,
            "required": settings.REQUIRE_REVIEW,
            "form": ApprovalForm(initial={"seen_version": root.version}, needs_reason=needs) if may else None,
            "url": reverse(f"admin:cases_{self.opts.model_name}_approve", args=[root.pk]),
        }
