"""The queue of what partners handed in, and the page on which one is compared, accepted
field by field, or rejected.
"""

import json
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.desk.admin.base import case_url
from cases.desk.admin.filters import CodeFilter
from cases.desk.admin.forms import reason_given
from cases.desk.permissions import DECIDE_PROPOSALS, may
from cases.desk.proposals import deciding
from cases.desk.proposals.comparing import compared, matches
from cases.desk.proposals.forms import ChooseForm, RejectForm
from cases.desk.proposals.models import Proposal
from cases.desk.proposals.pages import (
    DecisionForm,
    accepted_in_words,
    chosen_case,
    decided_by_form,
    form_for,
    may_write,
)
from cases.desk.proposals.writing import Refused
from cases.desk.read_only import ReadOnlyAdmin
from cases.models import Prisoner

_MOST_SHOWN = 20_000  # characters of what cannot be shown otherwise


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    list_display = [
        "identifier",
        "person",
        "organisation",
        "state",
        "received_at",
        "decided_by",
    ]
    list_filter = [
        ("state", CodeFilter),
        ("organisation", admin.RelatedOnlyFieldListFilter),
        "received_at",
    ]
    list_select_related = ["organisation", "decided_by"]
    list_per_page = 50
    search_fields = ["identifier"]
    search_help_text = gettext_lazy("Their identifier, or a name as they write it.")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ["reject_chosen"]

    class Media:
        css = {"all": ["cases/desk.css"]}

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(DECIDE_PROPOSALS)

    @admin.action(
        description=gettext_lazy("Reject these proposals"), permissions=["decide"]
    )
    def reject_chosen(
        self, request: HttpRequest, chosen: QuerySet[Proposal]
    ) -> HttpResponse | None:
        """All of them or none, with one reason."""
        form = RejectForm()
        if "reason" in request.POST:
            form = RejectForm(request.POST)
        if form.is_valid():
            try:
                count = deciding.reject_all(
                    chosen, by=request.user, reason=form.cleaned_data["reason"]
                )
            except Refused as refused:
                form.add_error(None, " ".join(refused.sentences))
            else:
                words = ngettext(
                    "%(count)s proposal was rejected. The partner is told why.",
                    "%(count)s proposals were rejected. The partner is told why.",
                    count,
                )
                self.message_user(request, words % {"count": count})
                return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reject proposals"),
            "opts": self.opts,
            "media": self.media,
            "chosen": chosen.select_related("organisation"),
            "form": form,
        }
        return TemplateResponse(request, "admin/proposals/reject.html", context)

    @admin.display(description=gettext_lazy("name"))
    def person(self, proposal: Proposal) -> str:
        return ", ".join(proposal.names[:2])

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Proposal], search_term: str
    ) -> tuple[QuerySet[Proposal], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        named = Q(identifier__icontains=term) | Q(content__names__icontains=term)
        return queryset.filter(named), False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not (
            self.has_view_permission(request)
            and request.user.has_perm(may("view", Prisoner))
        ):
            raise PermissionDenied
        proposals = Proposal.objects.select_related("organisation", "decided_by", "key")
        try:
            proposal = get_object_or_404(proposals, pk=object_id)
        except ValidationError as not_an_id:
            raise Http404 from not_an_id
        if request.method == "POST":
            if not request.user.has_perm(DECIDE_PROPOSALS):
                raise PermissionDenied
            return self._decide(request, proposal)
        if not proposal.is_sound:
            return self._page(
                request,
                "unsound",
                proposal,
                reject_form=RejectForm(),
                raw=_raw(proposal),
            )
        if not proposal.waits or not request.user.has_perm(DECIDE_PROPOSALS):
            return self._look(request, proposal)
        chosen, case = chosen_case(request)
        if chosen:
            return self._compare(request, proposal, case)
        return self._choose(request, proposal)

    def _look(self, request: HttpRequest, proposal: Proposal) -> HttpResponse:
        case = None
        if proposal.accepted_as_id:
            cases = Prisoner.objects.select_related("desk")
            case = cases.filter(pk=proposal.accepted_as_id).first()
        return self._page(
            request,
            "look",
            proposal,
            compared=compared(deciding.OfPartner(proposal), None),
            case=case,
        )

    def _choose(
        self,
        request: HttpRequest,
        proposal: Proposal,
        reject_form: RejectForm | None = None,
    ) -> HttpResponse:
        form = ChooseForm()
        return self._page(
            request,
            "choose",
            proposal,
            compared=compared(deciding.OfPartner(proposal), None),
            matches=matches(deciding.OfPartner(proposal)),
            form=form,
            may_add=request.user.has_perm(may("add", Prisoner)),
            reject_form=reject_form or RejectForm(),
            media=self.media + form.media,
        )

    def _compare(
        self,
        request: HttpRequest,
        proposal: Proposal,
        case: Prisoner | None,
        form: DecisionForm | None = None,
    ) -> HttpResponse:
        if not may_write(request, case):
            raise PermissionDenied
        form = form or form_for(request, deciding.OfPartner(proposal), case)
        facts, parts = form.rows()
        return self._page(
            request, "compare", proposal, case=case, form=form, facts=facts, parts=parts
        )

    def _decide(self, request: HttpRequest, proposal: Proposal) -> HttpResponse:
        if request.POST.get("decision") == "reject" or not proposal.is_sound:
            return self._reject(request, proposal)
        chosen, case = chosen_case(request)
        if not chosen:
            return HttpResponseRedirect(request.path)
        if not may_write(request, case):
            raise PermissionDenied
        return self._accept(request, proposal, case)

    def _accept(
        self, request: HttpRequest, proposal: Proposal, case: Prisoner | None
    ) -> HttpResponse:
        def accept(case: Prisoner | None, form: DecisionForm) -> Proposal:
            return deciding.accept(
                proposal.pk,
                case,
                form.decisions,
                by=request.user,
                note=form.cleaned_data["note"],
                reason=reason_given(request),
            )

        handed_in = deciding.OfPartner(proposal)
        form, accepted, problems = decided_by_form(request, handed_in, case, accept)
        if accepted is not None:
            self.message_user(request, accepted_in_words())
            return HttpResponseRedirect(case_url(accepted.accepted_as))
        if case is not None:
            case = Prisoner.objects.select_related("desk").get(pk=case.pk)
        proposal.refresh_from_db()
        if proposal.waits:
            return self._compare(request, proposal, case, form)
        return self._gone(request, problems)

    def _reject(self, request: HttpRequest, proposal: Proposal) -> HttpResponse:
        form = RejectForm(request.POST)
        if not form.is_valid():
            if proposal.waits and proposal.is_sound:
                return self._choose(request, proposal, form)
            return self._gone(request, [])
        try:
            deciding.reject(
                proposal.pk, by=request.user, reason=form.cleaned_data["reason"]
            )
        except Refused as refused:
            return self._gone(request, list(refused.sentences))
        self.message_user(request, _("Rejected. The partner is told why."))
        return HttpResponseRedirect(
            f"{reverse('admin:proposals_proposal_changelist')}?state__is=received"
        )

    def _gone(self, request: HttpRequest, problems: list[str]) -> HttpResponse:
        messages.error(request, " ".join([_("Nothing was changed."), *problems]))
        return HttpResponseRedirect(request.path)

    def _page(
        self, request: HttpRequest, name: str, proposal: Proposal, **more: object
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Proposal of %(organisation)s")
            % {"organisation": proposal.organisation},
            "deciding_base": "admin/proposals/base.html",
            "proposal": proposal,
            "said_source": _said_source(proposal),
            "others": _others(proposal),
            **more,
        }
        return TemplateResponse(request, f"admin/proposals/{name}.html", context)


def _raw(proposal: Proposal) -> str:
    return json.dumps(proposal.content, ensure_ascii=False, indent=1)[:_MOST_SHOWN]


def _said_source(proposal: Proposal) -> dict[str, Any]:
    if not proposal.is_sound:
        return {}
    said: dict[str, Any] = proposal.content.get("source", {})
    return said


def _others(proposal: Proposal) -> QuerySet[Proposal]:
    """Of this identifier, the latest first."""
    same = Proposal.objects.filter(
        organisation=proposal.organisation_id, identifier=proposal.identifier
    )
    return same.exclude(pk=proposal.pk).order_by("-number")
