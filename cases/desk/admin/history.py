"""The history of a whole case on one page, newest first, and the way back to what it
holds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.admin.forms import QuestionForm
from cases.desk.admin.refusals import sentence
from cases.desk.permissions import may
from cases.history import Change, acting, timeline
from cases.history.deletions import latest_deletions
from cases.history.restoring import CannotRestore, Goal, goal, restore
from cases.history.wording import ChangedField, Entry, entries, holder, in_sight
from cases.models.base import Record
from cases.review.answers import Answer, answers

PAGE = 50


class RestoreForm(QuestionForm):
    """Which fields of a living record go back; a deleted one comes back whole."""

    stale = gettext_lazy(
        "Nothing was restored: the case was changed after you had opened this page."
    )
    fields_chosen = forms.MultipleChoiceField(
        error_messages={
            "required": gettext_lazy("Fields: choose at least one to restore.")
        }
    )

    def __init__(self, wanted: Goal, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["change_reason"].required = True
        self.fields["change_reason"].error_messages["required"] = _(
            "Say why you restore it."
        )
        self.fields["fields_chosen"].choices = [(name, name) for name in wanted.values]  # type: ignore[attr-defined]
        if wanted.record is None:
            del self.fields["fields_chosen"]


@dataclass(frozen=True)
class Row:
    """One event with what may be done about it: (words, address) of buttons, and of
    each field its own.
    """

    entry: Entry
    buttons: list[tuple[str, str]]
    fields: list[tuple[ChangedField, str]]


class HistoryPages(ModelAdmin):
    """For the admin of a root, or of claimants. A deleted one's history stays at its
    old address.
    """

    def get_urls(self) -> list[URLPattern]:
        name, view = (
            f"{self.opts.app_label}_{self.opts.model_name}",
            self.admin_site.admin_view,
        )
        restore_url = "<uuid:root_id>/history/<int:number>/restore/"
        return [
            path("deleted/", view(self.deleted_view), name=f"{name}_deleted"),
            path(restore_url, view(self.restore_view), name=f"{name}_restore"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        deleted = {
            "deleted_url": reverse(f"admin:cases_{self.opts.model_name}_deleted")
        }
        return super().changelist_view(request, {**(extra_context or {}), **deleted})

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """The latest to be deleted and not brought back, each with the way to its
        history.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "deletions": latest_deletions(self.model, PAGE),
        }
        return TemplateResponse(request, "admin/cases/deleted.html", context)

    def response_delete(
        self, request: HttpRequest, obj_display: str, obj_id: Any
    ) -> HttpResponse:
        said = _('It can be brought back from <a href="{}">its history</a>.')
        self.message_user(request, format_html(said, self._url("history", obj_id)))
        return super().response_delete(request, obj_display, obj_id)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        root_id = _uuid(object_id)
        history = in_sight(timeline(self._kind, root_id), request.user)
        if not history:
            raise Http404
        record, before = request.GET.get("record", ""), request.GET.get("before", "")
        found = [one for one in reversed(history) if record in {"", one.record_id}]
        if before.isdecimal():
            found = [one for one in found if one.number < int(before)]
        page, older = found[:PAGE], len(found) > PAGE
        only = {"record": record} if record else {}
        rows = self._rows(request, root_id, page, history)
        context = {
            **self._about(request, root_id),
            "rows": list(
                _with_answers(
                    rows, [] if record else answers(self._kind, root_id), before, older
                )
            ),
            "only": record,
            "older": older and f"?{urlencode({**only, 'before': page[-1].number})}",
        }
        return TemplateResponse(request, "admin/cases/history.html", context)

    def restore_view(
        self, request: HttpRequest, root_id: UUID, number: int
    ) -> HttpResponse:
        """Asks which fields, and why; then does it, if nobody was faster and it still
        fits.
        """
        try:
            with transaction.atomic():
                return self._restore_view(request, root_id, number)
        except CannotRestore as refused:
            problems: Sequence[str] = refused.sentences
        except (IntegrityError, DataError) as error:
            problems = [sentence(error)]
        for problem in problems:
            self.message_user(request, problem, messages.ERROR)
        return HttpResponseRedirect(self._url("history", root_id))

    def _restore_view(
        self, request: HttpRequest, root_id: UUID, number: int
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        cases = (
            self.model._base_manager.select_for_update()
            if request.method == "POST"
            else self.model._base_manager
        )
        found = cases.filter(pk=root_id).first()
        history = timeline(self._kind, root_id)
        if not history:
            raise Http404
        case = found or self.model(pk=root_id, version=history[-1].number)
        wanted = goal(
            case,
            history,
            number,
            "before" if request.GET.get("state") == "before" else "after",
        )
        if not request.user.has_perms(wanted.permissions):
            raise PermissionDenied
        form = RestoreForm(
            wanted,
            case,
            request.user,
            request.POST if request.method == "POST" else None,
        )
        if form.is_bound and form.is_valid() and self._restored(request, wanted, form):
            return HttpResponseRedirect(self._url("history", root_id))
        asked = (
            request.POST.getlist("fields_chosen")
            if form.is_bound
            else request.GET.getlist("field")
        )
        context = {
            **self._about(request, root_id),
            **_compared(wanted, history, asked),
            "form": form,
        }
        return TemplateResponse(request, "admin/cases/restore.html", context)

    def _restored(self, request: HttpRequest, wanted: Goal, form: RestoreForm) -> bool:
        try:
            with (
                acting(reason=form.cleaned_data["change_reason"]),
                transaction.atomic(),
            ):
                restore(wanted, form.cleaned_data.get("fields_chosen"))
        except CannotRestore as refused:
            form.add_error(None, ValidationError(list(refused.sentences)))
            return False
        self.message_user(request, _("Restored. The history now tells this, too."))
        return True

    @property
    def _kind(self) -> str:
        return getattr(self.model, "kind", "claimant")

    def _url(self, page: str, root_id: Any, *more: Any) -> str:
        return reverse(
            f"admin:cases_{self.opts.model_name}_{page}", args=[root_id, *more]
        )

    def _about(self, request: HttpRequest, root_id: UUID) -> dict[str, Any]:
        record = self.get_queryset(request).filter(pk=root_id).first()
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": record,
            "media": self.media,
        }

    def _rows(
        self,
        request: HttpRequest,
        root_id: UUID,
        page: Sequence[Change],
        history: Sequence[Change],
    ) -> list[Row]:
        last = {(one.model, one.record_id): one for one in history}
        rows = []
        for entry in entries(page, history):
            change = entry.change
            url = self._url("restore", root_id, change.number)
            buttons, of_fields = _ways_back(
                change, last[change.model, change.record_id], url, request.user
            )
            fields = [
                (one, f"{url}?state=before&field={one.name}" if of_fields else "")
                for one in entry.fields
            ]
            rows.append(Row(entry, buttons, fields))
        return rows


def _with_answers(
    rows: list[Row], told: list[Answer], before: str, older: bool
) -> Iterator[Row | Answer]:
    """Those of this page, each above the change that it came after."""
    if before.isdecimal():
        told = [one for one in told if one.after_event < int(before)]
    for row in rows:
        while told and told[0].after_event >= row.entry.change.number:
            yield told.pop(0)
        yield row
    if not older:
        yield from told


def _ways_back(
    change: Change, last: Change, url: str, user: Any
) -> tuple[list[tuple[str, str]], bool]:
    """Buttons of an event, and whether its fields have one each."""
    model = holder(change.model)
    if last.operation == "delete":
        if change is last and user.has_perm(may("add", model)):
            return [(_("Bring it back"), url)], False
        return [], False
    if not issubclass(change.model, Record):
        return [], False
    if not user.has_perm(may("change", model)):
        return [], False
    buttons = []
    if change.operation == "update":
        buttons.append((_("Restore as it was before"), f"{url}?state=before"))
    if change is not last and change.operation != "internal_notes":
        buttons.append((_("Restore as it was then"), url))
    return buttons, change.operation == "update"


def _compared(
    wanted: Goal, history: Sequence[Change], asked: Sequence[str]
) -> dict[str, Any]:
    """What stands there now beside what would."""
    now = wanted.now()
    before = {name: now[name] for name in wanted.values if name in now}
    asked_for = replace(
        wanted.change, operation="update", before=before, after=wanted.values
    )
    entry, *with_it = entries([asked_for, *wanted.deleted_with_it], history)
    told = [field for field in entry.fields if field.before or field.after]
    return {
        "entry": entry,
        "deleted": wanted.record is None,
        "compared": [(field, not asked or field.name in asked) for field in told],
        "with_it": [one.record for one in with_it],
        "unchanged": wanted.record is not None and not wanted.values,
    }


def _uuid(text: str) -> UUID:
    try:
        found = models.UUIDField().to_python(text)
    except ValidationError:
        found = None
    if found is None:
        raise Http404
    return found
