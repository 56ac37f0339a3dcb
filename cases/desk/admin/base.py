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

from cases.catalogue import root_of_part
from cases.desk.admin import foreseeing, used
from cases.desk.admin.arranging import boxes_of, with_every_box
from cases.desk.admin.backing import BackedAdmin
from cases.desk.admin.both import TogetherAdmin
from cases.desk.admin.doubting import Doubted, DoubtingAdmin, answers
from cases.desk.admin.drafting import DraftsAdmin, is_as_typed
from cases.desk.admin.errors import ErrorsAdmin
from cases.desk.admin.exporting import Exportable
from cases.desk.admin.fields import FieldsAdmin
from cases.desk.admin.forms import (
    DeletionForm,
    LabelledRows,
    PartForm,
    PartFormSet,
    RecordForm,
    limit_to_case,
    reason_given,
)
from cases.desk.admin.recording import RecordingAdmin
from cases.desk.admin.refusals import sentence
from cases.desk.admin.sections import Happening, SectionsAdmin, section_of
from cases.desk.searching import cases_found, records_found
from cases.history import acting, needs_reason
from cases.kept import language_of_the_record
from cases.locking import lock, root_of
from cases.models import Prisoner
from cases.models.base import Part, Record, Root
from cases.publishing.becoming import Becoming
from cases.publishing.foreseeing import Foresight, NotYet, key_of


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
    happening: Happening | None = None  # set by the page that adds one more

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        if self.happening:
            return rows.none()
        return rows

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.happening:
            return [(None, {"fields": self.happening.fields})]
        fieldsets = super().get_fieldsets(request, obj)
        if isinstance(self, admin.TabularInline):
            return fieldsets  # a table has its columns
        stands_in = self.model.root_path.split("__")[0]
        fieldsets = with_every_box(fieldsets, self.model, without=stands_in)
        rows = [] if obj is None else getattr(obj, section_of(self)).all()
        return used.folded(fieldsets, self.model, request, rows)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.happening:
            return []
        return super().get_readonly_fields(request, obj)

    def get_min_num(
        self, request: HttpRequest, obj: Any = None, **kwargs: Any
    ) -> int | None:
        if self.happening and self.has_add_permission(request, obj):
            return 1
        return super().get_min_num(request, obj, **kwargs)

    def get_max_num(
        self, request: HttpRequest, obj: Any = None, **kwargs: Any
    ) -> int | None:
        if self.happening and self.has_add_permission(request, obj):
            return 1
        return super().get_max_num(request, obj, **kwargs)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.form.has_happened = self.happening is not None
        formset.form.is_draft = is_as_typed(request)
        formset.form.asked_of_both = getattr(request, "asked_of_both", None)
        if self.happening:
            for name, value in self.happening.initial.items():
                formset.form.base_fields[name].initial = value
        limit_to_case(formset.form, obj and root_of(obj))
        return formset


class TabularPart(PartInline, admin.TabularInline):
    formset = LabelledRows


class StackedPart(PartInline, admin.StackedInline):
    pass


class RecordAdmin(
    Exportable,
    ErrorsAdmin,
    DraftsAdmin,
    TogetherAdmin,
    DoubtingAdmin,
    BackedAdmin,
    RecordingAdmin,
    FieldsAdmin,
    admin.ModelAdmin,
):
    """Locks the case before it reads it, so that two savers meet; refuses in a
    sentence; deletes one at a time.
    """

    form = RecordForm
    actions = None
    change_form_template = "admin/cases/change_record.html"
    delete_confirmation_template = "admin/cases/delete_record.html"
    list_per_page = 50
    show_full_result_count = False
    save_on_top = True

    class Media:
        css = {"all": ["cases/desk.css"]}

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        with language_of_the_record():
            return super().log_addition(request, obj, _kept(message))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        with language_of_the_record():
            return super().log_change(request, obj, _kept(message))

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        with language_of_the_record():
            return super().log_deletions(request, queryset)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return with_every_box(super().get_fieldsets(request, obj), self.model)

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
        record = super().get_object(request, object_id, from_field)
        if record is not None:
            self.put_together(request, record)
        return record

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", "")
        form.doubts = getattr(request, "doubts", [])
        form.case = self.case_of(request, obj)
        form.needs_reason = self.asks_for_a_reason(request, form.case)
        form.reader = request.user
        limit_to_case(form, form.case)
        return form

    def asks_for_a_reason(self, request: HttpRequest, case: Any) -> bool:
        return needs_reason(case)

    def case_of(self, request: HttpRequest, obj: Any) -> Any:
        """What a page of this record changes; None for a case that is being added."""
        return obj and root_of(obj)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            said = acting(reason=reason_given(request), source_says=answers(request))
            with said:
                return super().changeform_view(request, *args, **kwargs)
        except Doubted as doubted:
            request.doubts = doubted.doubts  # type: ignore[attr-defined]
        except NotYet:
            foreseen = request.foresight.look_back()  # type: ignore[attr-defined]
            if not foreseen or foreseen.token == foreseeing.confirmed(request):
                return self.changeform_view(request, *args, **kwargs)
            request.foreseen = foreseen  # type: ignore[attr-defined]
        except (IntegrityError, DataError) as error:
            if request.method != "POST":
                raise
            request.refusal = sentence(error)  # type: ignore[attr-defined]
        return super().changeform_view(request, *args, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        context.update(foreseeing.asked(request, answers(request)))
        # Without an address the browser keeps what stands after “#”, and goes there
        # instead of to what the page has to say.
        kwargs["form_url"] = request.get_full_path()
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        """A page saved for the sake of its rows is no change of the record itself."""
        self.remember_doubts(request, obj, change)
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
            request,
            {
                **context,
                "form": form,
                "seen_version": case.version,
                "becoming": _by_deleting(context["object"]),
            },
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


def _by_deleting(record: Any) -> Becoming | None:
    """What readers will see of it; None where the database refuses it."""
    root = root_of(record)
    own = [key_of(root)] if isinstance(root, Root) else []
    again = type(record)._default_manager.filter(pk=record.pk)
    try:
        return Foresight(own).of(lambda: again.get().delete()).becoming
    except IntegrityError:
        return None


def _kept(message: Any) -> Any:
    """A sentence in the language of the moment; a list is of codes already."""
    return message if isinstance(message, list) else str(message)


class PartAdmin(SectionsAdmin, RecordAdmin):
    """A part of a case on a page of its own. It is added on the page of its case, and
    leads back there.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields or ["case", *boxes_of(self.model)]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        listed: Any = self.list_select_related or []
        beside = [self.model.root_path, *listed]
        if root_of_part(self.model) is Prisoner:
            beside.append(f"{self.model.root_path}__desk")
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
        term = search_term.strip()
        if not term:
            return queryset, False
        own_fields = []
        for name in self.get_search_fields(request):
            if not name.endswith("names__value"):
                own_fields.append(name)
        found = Q(pk__among=records_found(self.model, own_fields, term))
        if root_of_part(self.model) is Prisoner:
            found |= Q(**{f"{self.model.root_path}_id__among": cases_found(term)})
        return queryset.filter(found), False

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """Never the column that leads to the case: a link within a link has no text."""
        columns = [name for name in list_display if name != "case"]
        return columns[:1] or None

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
