"""A citation on a page of its own: of the record that it was opened for, and back to
that record's case.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.catalogue import KINDS, TARGETS, citable_fields
from cases.desk.admin.base import PartAdmin, case_url
from cases.desk.admin.cited import add_url, fact_title, record_title
from cases.desk.admin.citing import ChooseCaseForm, CitationForm
from cases.desk.admin.filters import CodeFilter, KindFilter, YearFilter
from cases.desk.admin.recording import OF_CITATION, RecordList, in_hand
from cases.desk.searching import records_found
from cases.locking import root_of
from cases.models import Citation, Claimant, Prisoner, Source
from cases.models.base import Record
from cases.telling_apart import told_apart
from cases.words import shown

FOUND_OF_A_KIND = 10


class CitationList(RecordList):
    """Shows each citation's case, fetched by one query for each kind of case."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        by_kind: dict[str, set[Any]] = {}
        for citation in self.result_list:
            by_kind.setdefault(citation.root_kind, set()).add(citation.root_id)
        cases: dict[Any, Any] = {}
        for kind, ids in by_kind.items():
            model = KINDS[kind]
            of_kind: QuerySet[Any] = model._default_manager.filter(pk__in=ids)
            if model.called_by:
                of_kind = of_kind.select_related(model.called_by)
            cases |= {case.pk: case for case in of_kind}
        for citation in self.result_list:
            citation.listed_case = cases.get(citation.root_id)


@admin.register(Citation)
class CitationAdmin(PartAdmin):
    form = CitationForm
    list_display = [
        "fact",
        "listed_case",
        "what_it_states",
        "source",
        "claimant",
        "hedge",
        "visibility",
    ]
    list_filter = [
        KindFilter,
        ("hedge", CodeFilter),
        ("credibility", CodeFilter),
        ("visibility", CodeFilter),
        ("as_of", YearFilter),
    ]
    list_select_related = ["source", "claimant"]
    search_fields = ["source__title", "claimant__name", "quote", "locator"]
    autocomplete_fields = ["source", "claimant"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "case",
                    "cited",
                    "field",
                    "item",
                    "source",
                    "locator",
                    "states",
                ]
            },
        ),
        (
            gettext_lazy("Who says so, and how surely"),
            {"fields": ["claimant", "hedge", ("as_of", "still_so"), "quote"]},
        ),
        (
            gettext_lazy("For the desk"),
            {
                "fields": ["visibility", "credibility", "internal_notes"],
                "classes": ["collapse"],
            },
        ),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return admin.ModelAdmin.get_queryset(self, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By what it says itself, or by its source, or by who says so; not by words of
        which one is its own and another its source's: that no index finds.
        """
        term = search_term.strip()
        if not term:
            return queryset, False
        own = records_found(Citation, ["quote", "locator"], term)
        sources = records_found(Source, ["title"], term)
        claimants = records_found(Claimant, ["name"], term)
        found = Q(pk__among=own)
        found |= Q(source__among=sources) | Q(claimant__among=claimants)
        return queryset.filter(found), False

    def get_changelist(
        self, request: HttpRequest, **kwargs: object
    ) -> type[ChangeList]:
        return CitationList

    def get_readonly_fields(
        self, request: HttpRequest, obj: Record | None = None
    ) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "cited"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.record = obj.record if obj else getattr(request, "cited", None)
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address says, and else the source in hand."""
        initial: dict[str, Any] = {}
        if held := in_hand(request):
            for name, value in held.boxes.items():
                initial[OF_CITATION[name]] = value
        return {**initial, **super().get_changeform_initial_data(request)}

    def case_of(self, request: HttpRequest, obj: Any) -> Any:
        """A citation that is added changes the case that it is added to."""
        cited = obj or getattr(request, "cited", None)
        return cited and root_of(cited)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.cases_view)
        return [path("cases/", view, name="cases_citation_cases"), *super().get_urls()]

    @admin.display(description=gettext_lazy("field"), ordering="field")
    def fact(self, citation: Citation) -> str:
        name = citation.target_name
        if not name:
            return _("as a whole")
        model = TARGETS[name]
        title = _("as a whole")
        if citation.field:
            title = fact_title(model, citation.field, citation.item)
        return f"{model._meta.verbose_name}: {title}"

    @admin.display(description=gettext_lazy("case"))
    def listed_case(self, citation: Citation) -> str:
        return str(citation.listed_case)  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("states"))
    def what_it_states(self, citation: Citation) -> str:
        name = citation.target_name
        if not name:
            return ""
        field = citable_fields(TARGETS[name]).get(citation.field)
        if field is None:
            return ""
        return shown(field, citation.states)

    @admin.display(description=gettext_lazy("record"))
    def cited(self, citation: Citation) -> str:
        return record_title(citation.record)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Of the one record that the address names; without it, one chooses the case
        first.
        """
        if not self.has_add_permission(request):
            raise PermissionDenied
        named = [name for name in TARGETS if request.GET.get(name)]
        try:
            records = []
            for name in named:
                cited = TARGETS[name]._default_manager.filter(pk=request.GET[name])
                records.append(cited.first())
        except ValidationError:
            records = []
        if len(records) == 1 and records[0] is not None:
            request.cited = records[0]  # type: ignore[attr-defined]
            return super().add_view(request, form_url, extra_context)
        if named or request.method == "POST":
            problem = _(
                "Record: a citation is of exactly one record, and of one that exists. Nothing was saved."
            )
            self.message_user(request, problem, messages.ERROR)
        return self._choose_case(request)

    def _choose_case(self, request: HttpRequest) -> HttpResponse:
        """The case's own page lists its records, each with a link to cite it."""
        form = ChooseCaseForm(request.GET if "case" in request.GET else None)
        if form.is_valid():
            return HttpResponseRedirect(
                case_url(form.cleaned_data["case"], "citations")
            )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Add a citation: of which case?"),
            "opts": self.opts,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/cases/choose_case.html", context)

    def cases_view(self, request: HttpRequest) -> HttpResponse:
        """What the box for choosing a case offers, grouped by kind."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        groups = []
        for kind, model in reversed(KINDS.items()):
            admin_of_kind = self.admin_site.get_model_admin(model)
            cases, has_duplicates = admin_of_kind.get_search_results(
                request,
                admin_of_kind.get_queryset(request),
                request.GET.get("term", ""),
            )
            options = []
            for case, text in _in_words(kind, _first(cases, has_duplicates)):
                options.append({"id": f"{kind}:{case.pk}", "text": text})
            if options:
                title = capfirst(model._meta.verbose_name_plural)
                groups.append({"text": title, "children": options})
        return JsonResponse({"results": groups, "pagination": {"more": False}})

    def response_add(
        self, request: HttpRequest, obj: Citation, post_url_continue: str | None = None
    ) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        if "_addanother" in request.POST:
            return _another(obj)
        return response

    def response_change(self, request: HttpRequest, obj: Citation) -> HttpResponse:
        response = super().response_change(request, obj)
        if "_addanother" in request.POST:
            return _another(obj)
        return response

    def response_post_save_add(
        self, request: HttpRequest, obj: Citation
    ) -> HttpResponseRedirect:
        return HttpResponseRedirect(case_url(obj.root, "citations"))

    response_post_save_change = response_post_save_add  # type: ignore[assignment]


def _first(cases: QuerySet[Any], has_duplicates: bool) -> list[Record]:
    """The first few, each once."""
    count = FOUND_OF_A_KIND
    if has_duplicates:
        count *= 5
    return list({case.pk: case for case in cases[:count]}.values())[:FOUND_OF_A_KIND]


def _in_words(kind: str, cases: list[Record]) -> list[tuple[Any, str]]:
    if kind == Prisoner.kind:
        people = told_apart(case.pk for case in cases)
        return [(person, str(person)) for person in people]
    return [(case, str(case)) for case in cases]


def _another(citation: Citation) -> HttpResponseRedirect:
    """Of the same record, by the same source: that is what one sits with."""
    filled_in = {"source": citation.source_id}
    if citation.claimant_id:
        filled_in["claimant"] = citation.claimant_id
    return HttpResponseRedirect(f"{add_url(citation.record)}&{urlencode(filled_in)}")
