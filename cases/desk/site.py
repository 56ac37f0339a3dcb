"""The desk's site: its title, its start page, and the order in which a documenter needs
things.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from cases.desk.permissions import VIEW_ACCESS_LOG, may


class SiteConfig(AdminConfig):
    """Django's admin, with this site in place of its own."""

    default_site = "cases.desk.site.DeskSite"


class DeskSite(AdminSite):
    site_title = _("Record of political prisoners")
    site_header = _("Record of political prisoners")
    index_title = _("The desk")
    index_template = "admin/cases/desk.html"
    site_url = "/"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Each page leads on with the source in hand."""
        from cases.desk.admin.recording import carrying

        return super().admin_view(carrying(view), cacheable)

    def get_urls(self) -> list[Any]:
        from cases.desk.admin.dates import understood_view
        from cases.desk.drafts import views

        asked = self.admin_view(understood_view)
        urls = [path("understood/", asked, name="understood")]
        for name, view in (
            ("keep", views.keep),
            ("drop", views.drop),
            ("signed_in", views.signed_in),
        ):
            own = self.admin_view(view)
            urls.append(path(f"drafts/{name}/", own, name=f"drafts_{name}"))
        return urls + super().get_urls()

    def each_context(self, request: Any) -> dict[str, Any]:
        from cases.desk.admin.recording import context_of

        return {**super().each_context(request), **context_of(request)}

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Only where tries are counted and a second factor is asked for."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied  # signing in again would lead here again
        return _to("account_login", request)

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        from allauth.account.views import logout

        return logout(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        return _to("account_change_password", request)

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return PeopleToldApart.as_view(admin_site=self)(request)

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        grouped: list[Any] = []
        for app in apps:
            grouped += _groups(app) if app["app_label"] == "cases" else [app]
        return sorted(grouped, key=lambda app: app["app_label"] != "cases")

    def _build_app_dict(self, request: Any, label: Any = None) -> Any:
        """Names as text. Django sorts them, and would translate both anew each time it
        compares two: that took half of what stands around each page.
        """
        apps = super()._build_app_dict(request, label)
        for app in apps.values():
            app["name"] = str(app["name"])
            for model in app["models"]:
                model["name"] = str(model["name"])
        return apps

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        from cases.day import other_day_in_words, told_by_database
        from cases.desk.access.volume import unusual
        from cases.desk.admin.waiting import on_start_page
        from cases.desk.drafts.keeping import mine
        from cases.desk.start import charts_for, groups
        from cases.models import Heartbeat, Prisoner
        from cases.publishing import late_withdrawals
        from cases.publishing.confirming import waiting_in_words

        waiting = on_start_page(request.user)
        context: dict[str, Any] = {
            "heartbeat": Heartbeat.objects.first(),
            "late": late_withdrawals().sentences(),
            "other_day": other_day_in_words(),
            "unconfirmed": waiting_in_words(),
            "waiting": waiting,
            "groups": groups(request.user, waiting),
            "charts": charts_for(request.user),
            "drafts": mine(request.user),
            "may_search": request.user.has_perm(may("view", Prisoner)),
        }
        if request.user.has_perm(VIEW_ACCESS_LOG):
            context["unusual"] = unusual(told_by_database())
        return super().index(request, {**context, **(extra_context or {})})


class PeopleToldApart(AutocompleteJsonView):
    """What boxes that search offer. People of one name have something beside it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        from cases.models import Prisoner
        from cases.telling_apart import told_apart

        context: dict[str, Any] = super().get_context_data(**kwargs)
        self.people = {}
        if self.model_admin.model is Prisoner:
            for person in told_apart(case.pk for case in context["object_list"]):
                self.people[person.pk] = str(person)
        return context

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        result = super().serialize_result(obj, to_field_name)
        return {**result, "text": self.people.get(obj.pk, result["text"])}


def _to(name: str, request: HttpRequest) -> Any:
    then = request.GET.get("next")
    return redirect(
        f"{reverse(name)}?{urlencode({'next': then})}" if then else reverse(name)
    )


def _groups(app: dict[str, Any]) -> list[dict[str, Any]]:
    """What stands under no heading keeps a place of its own below."""
    listed = {model["model"]: model for model in app["models"]}
    groups = []
    for heading, models in _headings():
        own = [listed.pop(model) for model in models if model in listed]
        groups.append({**app, "name": heading, "models": own})
    groups.append({**app, "models": list(listed.values())})
    return [group for group in groups if group["models"]]


def _headings() -> list[tuple[Any, list[type[Model]]]]:
    """What stands under each heading, in the order in which a documenter needs it."""
    from cases.catalogue import KINDS, TARGETS
    from cases.models import (
        Citation,
        Claimant,
        Edition,
        ErasureOrder,
        EvidencePack,
        Merge,
        PublishingFailure,
        Source,
        WaitingCase,
    )
    from cases.models.base import Part, Root

    recorded = TARGETS.values()
    cases = [
        model for model in recorded if issubclass(model, Root) and model.needs_citation
    ]
    looked_up = [
        model
        for model in KINDS.values()
        if not (model.needs_citation or model is Source)
    ]
    parts = [model for model in recorded if issubclass(model, Part)]
    return [
        (_("Cases"), [*cases]),
        (_("Sources and places"), [Source, Claimant, *looked_up, Citation]),
        (_("Parts of cases, across all cases"), [*parts]),
        (
            _("Publishing"),
            [WaitingCase, Edition, Merge, PublishingFailure, EvidencePack],
        ),
        (_("Forgetting"), [ErasureOrder]),
    ]
