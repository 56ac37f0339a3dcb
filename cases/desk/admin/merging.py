"""Merging at the desk: choose the other case, look at both beside each other, propose;
approve, decline, undo.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import merging
from cases.desk.admin.comparing import compared
from cases.desk.admin.filters import CodeFilter
from cases.desk.admin.persons import PersonField
from cases.desk.admin.same_fact import ShownPair, same_fact_url, shown_pairs
from cases.desk.permissions import may
from cases.desk.read_only import ReadOnlyAdmin
from cases.merging import same_fact
from cases.models import Merge, MergeState, Prisoner
from cases.models.merging import OPEN
from cases.review.approving import OwnChange, StaleVersion
from cases.telling_apart import Person, told_apart

MAY_PROPOSE = may("change", Prisoner)


class ChooseKeptForm(forms.Form):
    into = PersonField(label=gettext_lazy("The case that is kept"))


class DecisionForm(forms.Form):
    """The versions are those of the page on which one decides."""

    kept_version = forms.IntegerField(widget=forms.HiddenInput)
    merged_version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    names_may_stay = forms.BooleanField(
        label=gettext_lazy(
            "I looked at each of the records that hold the name: it may stay there"
        ),
        required=False,
    )

    @classmethod
    def of(cls, kept: Prisoner, merged: Prisoner) -> "DecisionForm":
        return cls(
            initial={"kept_version": kept.version, "merged_version": merged.version}
        )

    @property
    def versions(self) -> merging.Versions:
        return self.cleaned_data["kept_version"], self.cleaned_data["merged_version"]


class Mergeable(admin.ModelAdmin):
    """For the prisoners' pages. A case that was merged is only there to be read."""

    change_list_template = "admin/cases/prisoner_list.html"

    def has_change_permission(
        self, request: HttpRequest, obj: Prisoner | None = None
    ) -> bool:
        if obj and obj.merged_into_id:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: Prisoner | None = None
    ) -> bool:
        if obj and obj.merged_into_id:
            return False
        return super().has_delete_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "duplicates/",
                view(self.duplicates_view),
                name="cases_prisoner_duplicates",
            ),
            path(
                "<id:root_id>/merge/",
                view(self.merge_view),
                name="cases_prisoner_merge",
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        case = context.get("original")
        if case is not None:
            context["merges"] = _merges(case)
            if self.has_change_permission(request, case):
                link = _merge_url(case), _("Merge with another case")
                context["record_links"] = [*context.get("record_links", []), link]
        return super().render_change_form(request, context, *args, **kwargs)

    def duplicates_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        pairs = merging.possible_duplicates()
        more = len(pairs) > merging.LIMIT
        pairs = pairs[: merging.LIMIT]
        ids: set[UUID] = set()
        for pair in pairs:
            ids.update(pair)
        context = self._context(
            request,
            _("Possible duplicates"),
            pairs=_comparable(ids, pairs),
            more=more,
            most=merging.LIMIT,
        )
        return TemplateResponse(request, "admin/cases/duplicates.html", context)

    def merge_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        """Of this case into the one that `into` names; without it, one chooses first."""
        if not request.user.has_perm(MAY_PROPOSE):
            raise PermissionDenied
        cases = Prisoner.objects.select_related("desk")
        merged = get_object_or_404(cases, pk=root_id)
        choice = ChooseKeptForm()
        if "into" in request.GET:
            choice = ChooseKeptForm(request.GET)
        if not choice.is_valid():
            return self._choose(request, merged, choice)
        kept = choice.cleaned_data["into"]
        form = DecisionForm.of(kept, merged)
        if request.method == "POST":
            form = DecisionForm(request.POST)
        if request.method == "POST" and form.is_valid():
            asked: dict[str, Any] = {
                "seen_versions": form.versions,
                "by": request.user,
                "reason": form.cleaned_data["reason"],
            }
            decide, done_words = merging.propose, _("Proposed.")
            if not settings.REQUIRE_REVIEW:
                decide, done_words = merging.merge, _("Merged.")
                asked["names_may_stay"] = form.cleaned_data["names_may_stay"]
            if merge := _tried(request, lambda: decide(kept.pk, merged.pk, **asked)):
                self.message_user(request, done_words)
                return HttpResponseRedirect(_decision_url(merge))
            form = DecisionForm.of(cases.get(pk=kept.pk), cases.get(pk=merged.pk))
        context = self._context(
            request,
            _("Are these one person?"),
            preview=compared(merging.preview(kept, merged)),
            same=shown_pairs(same_fact.pairs_between(kept, merged)),
            form=form,
            other_way=f"{_merge_url(kept)}?into={merged.pk}",
            required=settings.REQUIRE_REVIEW,
            back_to=_back_to(merged),
            asks_of_names=not settings.REQUIRE_REVIEW
            and merging.names_elsewhere(kept, merged),
        )
        return TemplateResponse(request, "admin/cases/merge.html", context)

    def _choose(
        self, request: HttpRequest, merged: Prisoner, form: forms.Form
    ) -> HttpResponse:
        ids = merging.duplicates_of(merged.pk)
        context = self._context(
            request,
            _("Merge with another case: which?"),
            case=merged,
            form=form,
            pairs=_comparable(
                [merged.pk, *ids], [(merged.pk, case_id) for case_id in ids]
            ),
            media=self.media + form.media,
            back_to=_back_to(merged),
        )
        return TemplateResponse(request, "admin/cases/choose_kept.html", context)

    def _context(
        self, request: HttpRequest, title: str, **more: object
    ) -> dict[str, Any]:
        base = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
        }
        return {**base, "title": title, **more}


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    """What was proposed and done, to look back at; a proposal is decided on its page,
    and a merge undone.
    """

    list_display = [
        "cases",
        "state",
        "reason",
        "proposed_by",
        "proposed_at",
        "ended_by",
        "ended_at",
    ]
    list_filter = [("state", CodeFilter), "proposed_at"]
    list_select_related = ["proposed_by", "ended_by"]
    search_fields = ["reason"]
    show_full_result_count = False

    @admin.display(description=gettext_lazy("goes → kept"))
    def cases(self, merge: Any) -> str:
        return " → ".join(merge.called)

    def has_view_permission(
        self, request: HttpRequest, obj: Merge | None = None
    ) -> bool:
        return request.user.has_perm(may("view", Prisoner))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            merge = get_object_or_404(
                Merge.objects.select_related("proposed_by", "ended_by", "edition"),
                pk=object_id,
            )
        except ValidationError as not_an_id:
            raise Http404 from not_an_id
        if request.method == "POST":
            return self._decide(request, merge)
        cases = Prisoner.objects.select_related("desk").in_bulk(
            [merge.kept_id, merge.merged_id]
        )
        kept, merged = cases.get(merge.kept_id), cases.get(merge.merged_id)
        preview = form = None
        same: list[ShownPair] = []
        decisions: list[tuple[str, str]] = []
        is_own = False
        asks_of_names: list[str] = []
        if kept is not None and merged is not None:
            form = DecisionForm.of(kept, merged)
            decisions = _decisions(request, merge)
            if merge.state == MergeState.PROPOSED:
                preview = compared(merging.preview(kept, merged))
                same = shown_pairs(same_fact.pairs_between(kept, merged))
                is_own = merging.is_own(merge, request.user)
                asks_of_names = merging.names_elsewhere(kept, merged)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Merge: %(state)s") % {"state": MergeState(merge.state).label},
            "opts": self.opts,
            "merge": merge,
            "cases": [(_("kept"), kept), (_("goes"), merged)],
            "moved": sum(len(rows) for rows in merge.moved.values()),
            "preview": preview,
            "form": form,
            "decisions": decisions,
            "is_own": is_own,
            "same": same,
            "same_url": _same_url(merge),
            "back_to": _back_to(kept) if kept is not None else None,
            "asks_of_names": asks_of_names,
        }
        return TemplateResponse(request, "admin/cases/merge_decision.html", context)

    def _decide(self, request: HttpRequest, merge: Merge) -> HttpResponse:
        offered = dict(_decisions(request, merge))
        decision = request.POST.get("decision", "")
        form = DecisionForm(request.POST)
        if decision not in offered:
            raise PermissionDenied
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            ways: dict[str, Callable[[], Merge]] = {
                "approve": lambda: merging.approve(
                    merge.pk,
                    seen_versions=form.versions,
                    by=request.user,
                    names_may_stay=form.cleaned_data["names_may_stay"],
                ),
                "decline": lambda: merging.decline(
                    merge.pk, by=request.user, reason=reason
                ),
                "undo": lambda: merging.unmerge(
                    merge.pk,
                    seen_versions=form.versions,
                    by=request.user,
                    reason=reason,
                ),
            }
            if decided := _tried(request, ways[decision]):
                label = MergeState(decided.state).label
                self.message_user(
                    request, _("The merge is now: %(state)s.") % {"state": label}
                )
        return HttpResponseRedirect(request.path)


def _decisions(request: HttpRequest, merge: Merge) -> list[tuple[str, str]]:
    """What this user may do with it as it is: (name, label)."""
    decisions = []
    if merge.state == MergeState.PROPOSED:
        if merging.may_decide(request.user) and not merging.is_own(merge, request.user):
            decisions.append(("approve", _("Approve: they are one person")))
        if request.user.has_perm(MAY_PROPOSE):
            decisions.append(("decline", _("Decline")))
    elif merge.state == MergeState.MERGED and merging.may_decide(request.user):
        decisions.append(("undo", _("Undo the merge")))
    return decisions


def _tried(request: HttpRequest, decide: Callable[[], Merge]) -> Merge | None:
    try:
        return decide()
    except (OwnChange, StaleVersion, merging.MergeRefused) as problem:
        messages.error(request, _("Nothing was changed. %(why)s") % {"why": problem})
    return None


def _merges(case: Prisoner) -> list[tuple[str, Any, str]]:
    """Those proposed or in force: (what it means for this case, the other case,
    address).
    """
    words = {
        (MergeState.PROPOSED, True): _(
            "Somebody proposed to merge this case into the following one, which would be kept:"
        ),
        (MergeState.PROPOSED, False): _(
            "Somebody proposed to merge the following case into this one, which would be kept:"
        ),
        (MergeState.MERGED, True): _(
            "This case can only be read. It was merged into the following one:"
        ),
        (MergeState.MERGED, False): _("The following was merged into this case:"),
    }
    merges = Merge.objects.filter(Q(kept=case) | Q(merged=case), state__in=OPEN)
    lines = []
    for merge in merges.select_related("kept__desk", "merged__desk"):
        state, url = MergeState(merge.state), _decision_url(merge)
        if merge.merged_id == case.pk:
            lines.append((words[state, True], merge.kept, url))
        else:
            lines.append((words[state, False], merge.merged, url))
    return lines


def _comparable(
    case_ids: Iterable[UUID], pairs: Iterable[tuple[UUID, UUID]]
) -> list[tuple[Person, Person, str]]:
    people = {person.pk: person for person in told_apart(case_ids)}
    comparable = []
    for first_id, second_id in pairs:
        if first_id in people and second_id in people:
            first, second = people[first_id], people[second_id]
            kept, merged = merging.kept_first(first.case, second.case)
            url = f"{_merge_url(merged)}?into={kept.pk}"
            comparable.append((people[merged.pk], people[kept.pk], url))
    return comparable


def _same_url(merge: Merge) -> str:
    """Once the records stand in one case, they can be made one there."""
    if merge.state != MergeState.MERGED:
        return ""
    kept = Prisoner.objects.filter(pk=merge.kept_id).first()
    if kept is None or not same_fact.pairs_within(kept):
        return ""
    return same_fact_url(kept)


def _back_to(case: Prisoner) -> tuple[str, str]:
    """For the line above the title: the case that one came from, and its address."""
    return str(case), reverse("admin:cases_prisoner_change", args=[case.pk])


def _merge_url(case: Prisoner | Person) -> str:
    return reverse("admin:cases_prisoner_merge", args=[case.pk])


def _decision_url(merge: Merge) -> str:
    return reverse("admin:cases_merge_change", args=[merge.pk])
