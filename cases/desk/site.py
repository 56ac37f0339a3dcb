"""The desk's site: its title, its start page, and the order in which a documenter needs
things.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tracker.clock import today

# (heading, names of models); what stands in none of them keeps a place of its own
# below.
GROUPS = [
    (_("Cases"), ["Prisoner", "ReleaseEvent", "ReportedCount"]),
    (_("Sources and places"), ["Source", "Claimant", "Facility", "Citation"]),
    (
        _("Parts of cases, across all cases"),
        [
            "PersonName",
            "Identifier",
            "Recognition",
            "Consent",
            "Detention",
            "Placement",
            "Charge",
            "Sentence",
            "Release",
            "Deportation",
            "Whereabouts",
        ],
    ),
    (
        _("Publishing"),
        ["WaitingCase", "Edition", "Merge", "PublishingFailure", "EvidencePack"],
    ),
]


class SiteConfig(AdminConfig):
    """Django's admin, with this site in place of its own."""

    default_site = "cases.desk.site.DeskSite"


class DeskSite(AdminSite):
    site_title = _("Record of political prisoners")
    site_header = _("Record of political prisoners")
    index_title = _("The desk")
    index_template = "admin/cases/desk.html"
    site_url = "/"

    def login(self, request: Any, extra_context: Any = None) -> Any:
        """Only where tries are counted and a second factor is asked for."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied  # signing in again would lead here again
        return _to("account_login", request)

    def logout(self, request: Any, extra_context: Any = None) -> Any:
        from allauth.account.views import logout

        return logout(request)

    def password_change(self, request: Any, extra_context: Any = None) -> Any:
        return _to("account_change_password", request)

    def get_app_list(self, request: Any, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        grouped: list[Any] = []
        for app in apps:
            grouped += _groups(app) if app["app_label"] == "cases" else [app]
        return sorted(grouped, key=lambda app: app["app_label"] != "cases")

    def index(self, request: Any, extra_context: dict[str, Any] | None = None) -> Any:
        from cases.desk.access.volume import unusual
        from cases.desk.admin.waiting import on_start_page
        from cases.desk.proposals.models import Proposal
        from cases.models import Heartbeat, Merge, MergeState, PublishingFailure
        from tracker.contract.vocabulary import ProposalState

        context: dict[str, Any] = {
            "heartbeat": Heartbeat.objects.first(),
            "failures": PublishingFailure.objects.count(),
            "merges": Merge.objects.filter(state=MergeState.PROPOSED).count(),
            "proposals": Proposal.objects.filter(state=ProposalState.RECEIVED).count(),
            "waiting": on_start_page(request.user),
        }
        if request.user.has_perm("access.view_accessevent"):
            context["unusual"] = unusual(today())
        return super().index(request, {**context, **(extra_context or {})})


def _to(name: str, request: Any) -> Any:
    then = request.GET.get("next")
    return redirect(
        f"{reverse(name)}?{urlencode({'next': then})}" if then else reverse(name)
    )


def _groups(app: dict[str, Any]) -> list[dict[str, Any]]:
    by_name = {model["object_name"]: model for model in app["models"]}
    groups = [
        {
            **app,
            "name": heading,
            "models": [by_name.pop(name) for name in names if name in by_name],
        }
        for heading, names in GROUPS
    ]
    rest = [{**app, "models": list(by_name.values())}]
    return [group for group in groups + rest if group["models"]]
