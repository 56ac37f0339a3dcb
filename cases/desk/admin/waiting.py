"""The queue of what waits for review, and several cases of it on one page."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.catalogue import KINDS
from cases.day import today
from cases.desk.admin.filters import CodesFilter, KindFilter
from cases.desk.admin.review import AnswerForm
from cases.desk.choosing import ChoiceFilter
from cases.desk.permissions import APPROVE, may
from cases.desk.read_only import ReadOnlyAdmin
from cases.editions import StoredEdition, embargoed
from cases.history import published
from cases.models import ChangeKind, Prisoner, WaitingCase, name_unseen
from cases.plausibility import AnsweredDoubt, doubts_in
from cases.publishing.becoming import Becoming, by_approving
from cases.review import waiting
from cases.review.approving import EmbargoStands, OwnChange, StaleVersion, approve
from cases.review.difference import Difference, differences
from cases.review.second_person import own_changes
from cases.review.wording import CaseInWords, in_words
from tracker.ids import id_in

OLDEST = 10  # on the start page
AT_ONCE = 25  # cases on one page: more than that nobody reads in one go
OF_ONE_EVENT = 120  # what belongs together is approved together
ALL = "all"  # the button that approves every case of the page, or none


class EditorFilter(ChoiceFilter):
    title = gettext_lazy("editor")
    parameter_name = "editor"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, str]]:
        names: set[str] = set()
        for editors in WaitingCase.objects.values_list("editors", flat=True):
            names.update(editors)
        return [(name, name) for name in sorted(names)]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        return queryset.filter(editors__contains=[asked])


class SentBackFilter(ChoiceFilter):
    title = gettext_lazy("sent back")
    parameter_name = "sent_back"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        return [
            ("no", gettext_lazy("no")),
            ("yes", gettext_lazy("yes, and not edited since")),
        ]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        return queryset.filter(is_sent_back=asked == "yes")


class ForMeFilter(ChoiceFilter):
    """What waits for whoever looks."""

    title = gettext_lazy("for me")
    parameter_name = "for_me"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        labels = {
            "review": gettext_lazy("to review"),
            "sent_back": gettext_lazy("sent back to me"),
        }
        return [(code, labels[code]) for code in for_me(request.user)]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        return queryset.filter(for_me(request.user)[asked])


def for_me(user: User | AnonymousUser) -> dict[str, Q]:
    """Conditions on the rows of the queue. Nobody reviews what they changed."""
    changed_by_me = Q(editors__contains=[user.get_username()])
    conditions = {"sent_back": Q(is_sent_back=True) & changed_by_me}
    if user.has_perm(APPROVE):
        conditions["review"] = Q(is_sent_back=False)
        if not settings.APPROVE_OWN_CHANGES:
            conditions["review"] &= ~changed_by_me
    return conditions


class SeveralForm(AnswerForm):
    """Of each ticked case “kind:id:version”, as the page showed it."""

    ticked = forms.MultipleChoiceField(
        error_messages={"required": gettext_lazy("Tick at least one case.")},
        widget=forms.MultipleHiddenInput,
    )


@dataclass(frozen=True)
class Ticked:
    kind: str
    root_id: UUID
    version: int
    called: str


@dataclass(frozen=True)
class Offered:
    """A case on the page of several."""

    case: CaseInWords
    kind: str
    value: str
    is_own: bool
    url: str
    ticked: bool
    doubts: list[AnsweredDoubt]
    becoming: Becoming | None


class OwnList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        """What the cases of this page are called: a query for each kind."""
        super().get_results(request)
        called = names(self.result_list)
        for row in self.result_list:
            row.called = called.get(row.root_id, str(row.root_id)[:8])


def names(rows: Sequence[WaitingCase]) -> dict[UUID, str]:
    case_names = {}
    for kind, ids in _ids_by_kind(rows).items():
        roots = list(_roots(kind).filter(pk__in=ids))
        if KINDS[kind] is Prisoner:
            name_unseen(roots)
        for root in roots:
            case_names[root.pk] = str(root)
    return case_names


def _ids_by_kind(rows: Sequence[WaitingCase]) -> dict[str, list[UUID]]:
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for row in rows:
        by_kind[row.root_kind].append(row.root_id)
    return by_kind


def _roots(kind: str) -> QuerySet[Any]:
    model = KINDS[kind]
    roots: QuerySet[Any] = model._default_manager.all()
    if model.called_by:
        return roots.select_related(model.called_by)
    return roots


@admin.register(WaitingCase)
class WaitingCaseAdmin(ReadOnlyAdmin):
    list_display = [
        "called",
        "root_kind_name",
        "what",
        "visibility",
        "changed_by",
        "day",
    ]
    list_display_links = None
    list_filter = [
        ForMeFilter,
        KindFilter,
        ("changes", CodesFilter),
        EditorFilter,
        SentBackFilter,
    ]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ["day"]
    actions: Any = ["review_together"]

    class Media:
        css = {"all": ["cases/desk.css"]}

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(kinds_in_sight(request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return settings.REQUIRE_REVIEW and request.user.has_perm(APPROVE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return waiting.queue().filter(root_kind__in=kinds_in_sight(request.user))

    def get_changelist(
        self, request: HttpRequest, **kwargs: object
    ) -> type[ChangeList]:
        return OwnList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {"title": _("Waiting for review"), **(extra_context or {})}
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.several_view)
        return [
            path("several/", view, name="cases_waitingcase_several"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("case"))
    def called(self, row: Any) -> str:
        return format_html(
            '<a href="{}">{}</a>', review_url(row.root_kind, row.root_id), row.called
        )

    @admin.display(description=gettext_lazy("kind"))
    def root_kind_name(self, row: WaitingCase) -> str:
        return str(KINDS[row.root_kind]._meta.verbose_name)

    @admin.display(description=gettext_lazy("what"))
    def what(self, row: Any) -> str:
        return what(row)

    @admin.display(description=gettext_lazy("changed by"))
    def changed_by(self, row: WaitingCase) -> str:
        return ", ".join(row.editors)

    @admin.display(description=gettext_lazy("since"), ordering="since")
    def day(self, row: WaitingCase) -> str:
        return date_format(localtime(row.since))

    @admin.action(
        description=gettext_lazy("Review the ticked cases together"),
        permissions=["approve"],
    )
    def review_together(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse:
        ids = queryset.order_by("since", "id").values_list("pk", flat=True)
        return HttpResponseRedirect(
            f"{reverse('admin:cases_waitingcase_several')}?ids={','.join(map(str, ids))}"
        )

    # --- Several at once -----------------------------------------------------------------------------------------

    def several_view(self, request: HttpRequest) -> HttpResponse:
        """Each case with what has changed in it; those that are ticked are approved,
        each as this page showed it.
        """
        if not self.has_approve_permission(request):
            raise PermissionDenied
        rows = self._asked_for(request)
        at_once = OF_ONE_EVENT if "release_event" in request.GET else AT_ONCE
        page = list(rows[:at_once])
        called = names(page)
        cases_on_page = {(row.root_kind, row.root_id, row.version) for row in page}
        data = None
        if request.method == "POST":
            data = request.POST
        form = SeveralForm(data, needs_reason=False)
        if form.is_bound:
            # Versions of the page that was read, not of this one.
            ticked = request.POST.getlist("ticked")
            if ALL in request.POST:
                ticked = request.POST.getlist("offered")
                form.data = form.data.copy()  # type: ignore[attr-defined]
                form.data.setlist("ticked", ticked)  # type: ignore[attr-defined]
            form.fields["ticked"].choices = [  # type: ignore[attr-defined]
                (value, value) for value in ticked
            ]
            if form.is_valid() and self._answered(request, form, called):
                return HttpResponseRedirect(request.get_full_path())
        if not _any_embargoed(page):
            del form.fields["publish_sooner"]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Review several cases"),
            "opts": self.opts,
            "media": self.media,
            "offered": list(self._offered(request, page, form)),
            "cases_shown": [
                row.root_id for row in page
            ],  # for the log of who read what (cases/desk/access/shown.py)
            "more": max(0, rows.count() - len(cases_on_page)),
            "form": form,
        }
        return TemplateResponse(request, "admin/cases/review_several.html", context)

    def _asked_for(self, request: HttpRequest) -> QuerySet[Any]:
        """By the rows of the queue, or by the source that they cite, or by the release
        event that they belong to.
        """
        rows = self.get_queryset(request)
        texts = request.GET.get("ids", "").split(",")
        row_ids = [int(text) for text in texts if text.isdecimal()]
        wanted = Q(pk__in=row_ids[:1000])
        for name, find in (
            ("source", waiting.of_source),
            ("release_event", waiting.of_release_event),
        ):
            if root_id := id_in(request.GET.get(name, "")):
                wanted |= Q(pk__in=find(root_id).values("pk"))
        return rows.filter(wanted)

    def _offered(
        self, request: HttpRequest, page: Sequence[Any], form: forms.Form
    ) -> Iterator[Offered]:
        own: set[UUID] = set()
        changed_cases: list[Difference] = []
        becoming: dict[UUID, Becoming] = {}
        for kind, ids in _ids_by_kind(page).items():
            own.update(own_changes(request.user, kind, ids))
            changed_cases += differences(kind, ids)
            becoming |= by_approving(kind, ids, today())
        ticked: set[str] = set()
        if form.is_bound:
            ticked.update(form.data.getlist("ticked"))  # type: ignore[attr-defined]
        for case in in_words(changed_cases, request.user):
            difference = case.difference
            root = difference.root
            value = f"{difference.kind}:{root.pk}:{difference.version}"
            yield Offered(
                case,
                str(root._meta.verbose_name),
                value,
                root.pk in own,
                review_url(difference.kind, root.pk),
                value in ticked,
                doubts_in(difference),
                becoming.get(root.pk),
            )

    def _answered(
        self, request: HttpRequest, form: SeveralForm, called: dict[UUID, str]
    ) -> bool:
        """Whether anything was asked that can be answered; each case for itself, and
        every one is told of.
        """
        ticked = []
        for text in form.cleaned_data.pop("ticked"):
            case = _ticked(text, called)
            if case is not None:
                ticked.append(case)
        if not form.cleaned_data["reason"].strip():
            published_already = []
            for case in ticked:
                if published(case.kind, case.root_id):
                    published_already.append(case.called)
            if published_already:
                form.add_error(
                    "reason",
                    _("Published already, so say why: %(cases)s.")
                    % {"cases": ", ".join(published_already)},
                )
                return False
        approved, refused = self._approved(request, ticked, form.cleaned_data)
        if approved:
            self.message_user(
                request, _("Approved: %(cases)s.") % {"cases": ", ".join(approved)}
            )
        for sentence in refused:
            self.message_user(
                request,
                _("Not approved: %(case)s") % {"case": sentence},
                messages.ERROR,
            )
        return True

    def _approved(
        self, request: HttpRequest, ticked: list[Ticked], said: dict[str, Any]
    ) -> tuple[list[str], list[str]]:
        """(those that were approved, why others were not). Of all together: every one,
        or none.
        """
        approved, refused = [], []
        together = ALL in request.POST
        with transaction.atomic() if together else nullcontext():
            for case in ticked:
                try:
                    edition = approve(
                        case.kind,
                        case.root_id,
                        seen_version=case.version,
                        by=request.user,
                        **said,
                    )
                except (OwnChange, StaleVersion, EmbargoStands) as why:
                    refused.append(f"{case.called}: {why}")
                else:
                    approved.append(_with_its_day(case.called, edition))
            if refused and together:
                transaction.set_rollback(True)
                approved = []
                refused.append(_("none of the others either: all of them, or none."))
        return approved, refused


def _any_embargoed(page: Sequence[WaitingCase]) -> bool:
    waiting_for_a_day = 0
    for kind, ids in _ids_by_kind(page).items():
        waiting_for_a_day += len(embargoed(kind, ids, today()))
    return waiting_for_a_day > 0


def _with_its_day(called: str, edition: StoredEdition) -> str:
    if edition.not_before is None or edition.not_before <= today():
        return called
    return _("%(case)s (on %(day)s at the earliest)") % {
        "case": called,
        "day": date_format(edition.not_before),
    }


def on_start_page(user: User | AnonymousUser) -> dict[str, Any]:
    """How many wait, and those that have waited longest."""
    rows = waiting.queue().filter(root_kind__in=kinds_in_sight(user))
    counted = {"count": Count("pk")}
    for code, condition in for_me(user).items():
        counted[code] = Count("pk", filter=condition)
    oldest = list(rows[:OLDEST])
    called = names(oldest)
    for row in oldest:
        row.called = called.get(row.root_id, str(row.root_id)[:8])  # type: ignore[attr-defined]
        row.url = review_url(row.root_kind, row.root_id)  # type: ignore[attr-defined]
        row.what = what(row)  # type: ignore[attr-defined]
    return {
        "in_sight": bool(kinds_in_sight(user)),
        "oldest": oldest,
        **rows.order_by().aggregate(**counted),
    }


def what(row: Any) -> str:
    changes = "; ".join(str(ChangeKind(code).label) for code in row.changes)
    if row.is_sent_back:
        return _("%(changes)s (sent back)") % {"changes": changes}
    return changes


def kinds_in_sight(user: User | AnonymousUser) -> list[str]:
    return [kind for kind, model in KINDS.items() if user.has_perm(may("view", model))]


def review_url(kind: str, root_id: UUID) -> str:
    return reverse(f"admin:cases_{KINDS[kind]._meta.model_name}_review", args=[root_id])


def together(
    request: HttpRequest, rows: QuerySet[WaitingCase], **asked: UUID
) -> list[tuple[str, str]]:
    """(address, words) of the page on which these are reviewed; nothing where the user
    has nothing to do.
    """
    if not (settings.REQUIRE_REVIEW and request.user.has_perm(APPROVE)):
        return []
    count = rows.filter(root_kind__in=kinds_in_sight(request.user)).count()
    if not count:
        return []
    words = ngettext(
        "Review the %(n)s case that waits", "Review the %(n)s cases that wait", count
    ) % {"n": count}
    (name, value), *_rest = asked.items()
    return [(f"{reverse('admin:cases_waitingcase_several')}?{name}={value}", words)]


def _ticked(text: str, called: dict[UUID, str]) -> Ticked | None:
    kind, _colon, rest = text.partition(":")
    key, _colon, version = rest.partition(":")
    root_id = id_in(key)
    if kind not in KINDS or root_id is None or not version.isdecimal():
        return None
    return Ticked(
        kind, root_id, int(version), called.get(root_id) or _called(kind, root_id)
    )


def _called(kind: str, root_id: UUID) -> str:
    return str(_roots(kind).filter(pk=root_id).first() or str(root_id)[:8])
