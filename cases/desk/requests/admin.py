"""The register at the desk: the list with its deadlines, and the page of one request, on
which each step is a form of its own.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.catalogue import KINDS
from cases.day import today
from cases.desk.admin.filters import CodeFilter
from cases.desk.calling import called, in_short
from cases.desk.choosing import ChoiceFilter
from cases.desk.permissions import MAKE_PACK, ORDER_ERASURE, may
from cases.desk.read_only import ReadOnlyAdmin
from cases.desk.requests.due import due_soon, open_requests
from cases.desk.requests.forms import STEPS, AboutForm, ContactForm, EntryForm, NoteForm
from cases.desk.requests.keeping import contact_of, enter, keep_contact, take
from cases.desk.requests.models import Step, StepKind, SubjectRequest
from cases.desk.requests.sealing import Reached

CONTACT = "contact"
# What may still be done once it is answered.
AFTER_THE_ANSWER = (StepKind.NOTE, StepKind.ABOUT)


class DueFilter(ChoiceFilter):
    title = gettext_lazy("due")
    parameter_name = "due"

    def lookups(
        self, request: HttpRequest, model_admin: object
    ) -> list[tuple[str, Any]]:
        return [
            ("soon", gettext_lazy("within a week, or late")),
            ("open", gettext_lazy("not answered yet")),
            ("answered", gettext_lazy("answered")),
        ]

    def chosen(
        self, request: HttpRequest, queryset: QuerySet[Any], asked: str
    ) -> QuerySet[Any]:
        if asked == "soon":
            return queryset.filter(pk__in=due_soon().order_by().values("pk"))
        if asked == "open":
            return queryset.filter(pk__in=open_requests().order_by().values("pk"))
        return queryset.filter(answered_on__isnull=False)


@admin.register(SubjectRequest)
class SubjectRequestAdmin(ReadOnlyAdmin):
    form = EntryForm
    fields = [
        "kind",
        "received_on",
        "way",
        "text",
        "link",
        "asked_by",
        "name",
        "where",
        "colleague",
    ]
    list_display = ["__str__", "due", "colleague", "case", "received_on", "outcome"]
    list_filter = [DueFilter, ("kind", CodeFilter), ("outcome", CodeFilter)]
    list_select_related = ["colleague"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ["received_on", "due"]

    class Media:
        css = {"all": ["cases/desk.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(may("add", SubjectRequest))

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        made: Any = super().get_form(request, *args, **kwargs)
        made.user = request.user
        colleague = made.base_fields["colleague"].widget
        colleague.can_add_related = colleague.can_change_related = False
        colleague.can_view_related = False
        return made

    def save_model(
        self, request: HttpRequest, obj: SubjectRequest, form: Any, change: bool
    ) -> None:
        user: Any = request.user
        enter(obj, by=user, reached=_reached(form), about=form.cleaned_data["link"])

    @admin.display(description=gettext_lazy("case"))
    def case(self, about: Any) -> str:
        if not about.root_id:
            return "–"
        return super().case(about)

    @admin.display(description=gettext_lazy("answer by"), ordering="due_on")
    def due(self, asked: SubjectRequest) -> Any:
        if asked.answered_on:
            return _("answered")
        day = date_format(asked.due_on)
        if asked.due_on < today():
            return format_html("{} <strong>{}</strong>", day, _("overdue"))
        return day

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked: SubjectRequest | None = self.get_object(request, object_id)
        if asked is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, object_id
            )
        page_forms = _forms(asked, request, "")
        if request.method == "POST":
            if not _may_handle(request):
                raise PermissionDenied
            act = request.POST.get("act", "")
            refused = self._act(request, asked, act)
            if refused is None:
                return HttpResponseRedirect(request.path)
            page_forms[act] = refused
        return self._page(request, asked, page_forms)

    def _page(
        self,
        request: HttpRequest,
        asked: SubjectRequest,
        page_forms: dict[str, forms.BaseForm],
    ) -> HttpResponse:
        is_kept, reached = contact_of(asked)
        steps = list(asked.steps.select_related("colleague", "taken_by"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": str(asked),
            "asked": asked,
            "record": _record(request, asked.root_kind, asked.root_id),
            "steps": [(step, _step_in_words(request, step)) for step in steps],
            "contact_is_kept": is_kept,
            "reached": reached,
            "contact_goes": _contact_goes(asked),
            "is_late": not asked.answered_on and asked.due_on < today(),
            "forms": page_forms,
            "may": _may_handle(request),
            "leads": _leads(request, asked),
        }
        return TemplateResponse(request, "admin/requests/request.html", context)

    def _act(
        self, request: HttpRequest, asked: SubjectRequest, act: str
    ) -> forms.BaseForm | None:
        """None, or the form that was not right."""
        form = _forms(asked, request, act).get(act)
        if form is None:  # it was answered in the meantime
            messages.error(request, _("Nothing was saved. Look at what is there now."))
            return None
        if not form.is_valid():
            return form
        user: Any = request.user
        try:
            if act == CONTACT:
                keep_contact(asked, _reached(form), by=user)
            elif isinstance(form, AboutForm):
                take(asked, by=user, what=act, about=form.cleaned_data["link"])
            else:
                take(asked, by=user, what=act, **form.cleaned_data)
        except IntegrityError:
            messages.error(request, _("Nothing was saved. Look at what is there now."))
        else:
            messages.success(request, _("Kept."))
        return None


def _forms(
    asked: SubjectRequest, request: HttpRequest, act: str
) -> dict[str, forms.BaseForm]:
    """`act`: of which form the boxes were filled in."""
    made: dict[str, forms.BaseForm] = {}
    for name, form_class in STEPS.items():
        if asked.answered_on and name not in AFTER_THE_ANSWER:
            continue
        if name == StepKind.EXTENDED and asked.extended:
            continue
        arguments: dict[str, Any] = {"prefix": name}
        if form_class is AboutForm:
            arguments["user"] = request.user
        elif form_class is not NoteForm:
            arguments["asked"] = asked
        made[name] = form_class(request.POST if name == act else None, **arguments)
    if not asked.answered_on:
        data = request.POST if act == CONTACT else None
        made[CONTACT] = ContactForm(data, prefix=CONTACT)
    return made


def _may_handle(request: HttpRequest) -> bool:
    return request.user.has_perm(may("change", SubjectRequest))


def _reached(form: Any) -> Reached:
    return Reached(form.cleaned_data["name"], form.cleaned_data["where"])


def _contact_goes(asked: SubjectRequest) -> str:
    days = settings.REQUEST_CONTACT_DAYS
    words = ngettext(
        "It is deleted %(n)s day after the answer.",
        "It is deleted %(n)s days after the answer.",
        days,
    )
    return words % {"n": days}


def _record(request: HttpRequest, kind: str, record_id: Any) -> dict[str, str] | None:
    """Its name and its page; of one that is gone, or that this person may not view, the
    beginning of its id.
    """
    if kind not in KINDS:
        return None
    model = KINDS[kind]
    names = called([(model, record_id)], request.user)
    url = reverse(f"admin:cases_{model._meta.model_name}_change", args=[record_id])
    return {"name": in_short(names, model, record_id), "url": url}


def _step_in_words(request: HttpRequest, step: Step) -> str:
    if step.what == StepKind.ABOUT:
        record = _record(request, step.record_kind, step.record_id)
        return record["name"] if record else ""
    if step.what == StepKind.HANDED:
        return str(step.colleague or _("nobody yet"))
    if step.until is not None:
        return _("until %(day)s") % {"day": date_format(step.until)}
    if step.answered_on is not None:
        return f"{step.get_outcome_display()}, {date_format(step.answered_on)}"
    return ""


def _leads(request: HttpRequest, asked: SubjectRequest) -> list[tuple[str, str]]:
    """Where it is done what they ask: each a link, by its words."""
    record = _record(request, asked.root_kind, asked.root_id)
    if record is None:
        return []
    leads = [(_("Open it, to correct it or to change who may see it"), record["url"])]
    user = request.user
    if asked.root_kind == "prisoner" and user.has_perm(MAKE_PACK):
        url = reverse("admin:cases_prisoner_evidence", args=[asked.root_id])
        leads.append((_("Make an evidence pack, to answer what is recorded"), url))
    if user.has_perm(ORDER_ERASURE):
        url = reverse("admin:cases_erasureorder_add")
        leads.append(
            (_("Order to erase it from history"), f"{url}?case={asked.root_id}")
        )
    return leads
