"""The desk's site: its title, its start page, and the order in which a documenter needs
things.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.desk.permissions import VIEW_ACCESS_LOG
from tracker.clock import today


class SiteConfig(AdminConfig):
    """Django's admin, with this site in place of its own."""

    default_site = "cases.desk.site.DeskSite"


class DeskSite(AdminSite):
    site_title = _("Record of political prisoners")
    site_header = _("Record of political prisoners")
    index_title = _("The desk")
    index_template = "admin/cases/desk.html"
    site_url = "/"

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

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        grouped: list[Any] = []
        for app in apps:
            grouped += _groups(app) if app["app_label"] == "cases" else [app]
        return sorted(grouped, key=lambda app: app["app_label"] != "cases")

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        from cases.day import other_day_in_words
        from cases.desk.access.volume import unusual
        from cases.desk.admin.waiting import on_start_page
        from cases.desk.proposals.models import Proposal
        from cases.models import Heartbeat, Merge, MergeState, PublishingFailure
        from cases.publishing import late_withdrawals
        from tracker.contract.vocabulary import ProposalState

        context: dict[str, Any] = {
            "heartbeat": Heartbeat.objects.first(),
            "failures": PublishingFailure.objects.count(),
            "late": late_withdrawals().sentences(),
            "other_day": other_day_in_words(),
            "merges": Merge.objects.filter(state=MergeState.PROPOSED).count(),
            "proposals": Proposal.objects.filter(state=ProposalState.RECEIVED).count(),
            "waiting": on_start_page(request.user),
        }
        if request.user.has_perm(VIEW_ACCESS_LOG):
            context["unusual"] = unusual(today())
        return super().index(request, {**context, **(extra_context or {})})


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
