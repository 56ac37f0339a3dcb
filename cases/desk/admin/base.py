"""What every page of the desk has in common: one lock, one version, one way to refuse."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, connection, models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from cases.desk.admin.backing import BackedAdmin
from cases.desk.admin.exporting import Exportable
from cases.desk.admin.fields import FieldsAdmin
from cases.desk.admin.forms import (
    DeletionForm,
    PartForm,
    PartFormSet,
    RecordForm,
    limit_to_case,
    reason_given,
)
from cases.desk.admin.refusals import sentence
from cases.history import acting, needs_reason
from cases.locking import lock, root_of
from cases.models import DeskEntry
from cases.models.base import Part, Record
from tracker.names import query_key

Fieldset = tuple[Any, Any]
FOR_THE_DESK: Fieldset = (
    gettext_lazy("For the desk"),
    {"fields": ["internal_notes"], "classes": ["collapse"]},
)
HOUSEKEEPING: Fieldset = (
    gettext_lazy("Version and times"),
    {"fields": ["version", "created_at", "updated_at"], "classes": ["collapse"]},
)


class DeletionRefused(Exception):
    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))


def case_url(root: Any, anchor: str = "", *, page: str = "change") -> str:
    """Where a record is edited; or another of its pages."""
    url = reverse(f"admin:cases_{root._meta.model_name}_{page}", args=[root.pk])
    if anchor:
        return f"{url}#{anchor}"
    return url


class PartInline(FieldsAdmin, InlineModelAdmin):
    """A list of a case's parts. Each has a page of its own, for what is rarely filled
    in.
    """

    form = PartForm
    formset = PartFormSet
    extra = 0
    show_change_link = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        limit_to_case(formset.form, obj and root_of(obj))
        return formset


class TabularPart(PartInline, admin.TabularInline):
    pass


class StackedPart(PartInline, admin.StackedInline):
    pass


class RecordAdmin(Exportable, BackedAdmin, FieldsAdmin, admin.ModelAdmin):
    """Locks the case before it reads it, so that two savers meet; refuses in a
    sentence; deletes one at a time.
    """

    form = RecordForm
    actions = None
    change_form_template = "admin/cases/change_record.html"
    delete_confirmation_template = "admin/cases/delete_record.html"
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    save_on_top = True

    class Media:
        css = {"all": ["cases/desk.css"]}

    def get_readonly_fields(
        self, request: HttpRequest, obj: Record | None = None
    ) -> list[str]:
        return [
            *super().get_readonly_fields(request, obj),
            "version",
            "created_at",
            "updated_at",
        ]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        record = super().get_object(request, object_id, from_field)
        if record is None or not (
            request.method == "POST" and connection.in_atomic_block
        ):
            return record
        root = root_of(record)
        lock(type(root), root.pk)
        return super().get_object(request, object_id, from_field)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", "")
        form.case = self.case_of(request, obj)
        form.needs_reason = needs_reason(form.case)
        form.reader = request.user
        limit_to_case(form, form.case)
        return form

    def case_of(self, request: HttpRequest, obj: Any) -> Any:
        """What a page of this record changes; None for a case that is being added."""
        return obj and root_of(obj)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            with acting(reason=reason_given(request)):
                return super().changeform_view(request, *args, **kwargs)
        except (IntegrityError, DataError) as error:
            if request.method != "POST":
                raise
            request.refusal = sentence(error)  # type: ignore[attr-defined]
        return super().changeform_view(request, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        """A page saved for the sake of its rows is no change of the record itself."""
        if form.has_changed() or not change:
            super().save_model(request, obj, form, change)

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> Any:
        case = root_of(context["object"])
        form = DeletionForm(
            case,
            request.user,
            initial={"change_reason": request.GET.get("change_reason")},
        )
        return super().render_delete_form(
            request, {**context, "form": form, "seen_version": case.version}
        )

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        form = DeletionForm(root_of(obj), request.user, request.POST)
        if not form.is_valid():
            raise DeletionRefused(form.problems())
        super().delete_model(request, obj)

    def delete_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            with acting(reason=reason_given(request)):
                return super().delete_view(request, object_id, extra_context)
        except DeletionRefused as refused:
            problems = refused.sentences
        except IntegrityError as error:
            problems = [sentence(error)]
        for problem in problems:
            self.message_user(request, problem, messages.ERROR)
        typed = urlencode({"change_reason": reason_given(request)})
        return HttpResponseRedirect(f"{request.path}?{typed}")


class PartAdmin(RecordAdmin):
    """A part of a case on a page of its own. It is added on the page of its case, and
    leads back there.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        listed: Any = self.list_select_related or []
        beside = [f"{self.model.root_path}__desk", *listed]
        return super().get_queryset(request).select_related(*beside)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Record | None = None
    ) -> list[str]:
        names = super().get_readonly_fields(request, obj)
        return [*(name for name in names if name != "version"), "case"]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """By the fields of the part, or by the name of the case in any spelling."""
        parts, _has_duplicates = super().get_search_results(
            request, self.model._default_manager.all(), search_term
        )
        if not search_term.strip():
            return queryset, False
        # Joined, the case would be looked at once for each of its names. And of two
        # conditions beside each other PostgreSQL compares each row with all that one of
        # them finds, if that is much: so they are one set.
        named = self.model._default_manager.filter(
            spelled(search_term, f"{self.model.root_path}__")
        )
        found = parts.order_by().values("pk")
        found = found.union(named.order_by().values("pk"), all=True)
        return queryset.filter(pk__in=found), False

    @admin.display(description=gettext_lazy("case"))
    def case(self, part: Part) -> str:
        return format_html('<a href="{}">{}</a>', case_url(part.root), part.root)

    def response_post_save_change(
        self, request: HttpRequest, obj: Part
    ) -> HttpResponseRedirect:
        return HttpResponseRedirect(case_url(obj.root))

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What happened to this record, in the history of its case."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        part = self.get_object(request, object_id)
        if part is None:
            raise Http404
        return HttpResponseRedirect(
            f"{case_url(part.root, page='history')}?record={part.pk}"
        )

    def delete_model(self, request: HttpRequest, obj: Part) -> None:
        request.case = obj.root  # type: ignore[attr-defined]
        super().delete_model(request, obj)

    def response_delete(
        self, request: HttpRequest, obj_display: str, obj_id: Any
    ) -> HttpResponse:
        response = super().response_delete(request, obj_display, obj_id)
        if isinstance(response, HttpResponseRedirect):
            return HttpResponseRedirect(case_url(request.case))  # type: ignore[attr-defined]
        return response


def spelled(term: str, path: str = "") -> Q:
    """Cases with a name that this may be, in whatever spelling; `path` leads to the
    prisoner, and ends in "__".

    A subquery: joined, no index would be asked. Not to stand beside another condition.
    """
    words = query_key(term)
    if not words:
        return Q(pk__in=[])
    found = DeskEntry.objects.filter(
        *(Q(search_key__contains=f" {word}") for word in words)
    )
    return Q(**{f"{path or 'pk__'}in": found.values("prisoner")})
