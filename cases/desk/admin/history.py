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
from django.contrib.auth.models import AnonymousUser, User
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
from cases.history.restoring import CannotRestore, Goal, State, goal, restore
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
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        restore_url = "<id:root_id>/history/<int:number>/restore/"
        return [
            path("deleted/", view(self.deleted_view), name=f"{name}_deleted"),
            path(restore_url, view(self.restore_view), name=f"{name}_restore"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
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
        sentence_text = _('It can be brought back from <a href="{}">its history</a>.')
        message = format_html(sentence_text, self._url("history", obj_id))
        self.message_user(request, message)
        return super().response_delete(request, obj_display, obj_id)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        root_id = _uuid(object_id)
        history = in_sight(timeline(self._kind, root_id), request.user)
        if not history:
            raise Http404
        record_id = request.GET.get("record", "")
        before = request.GET.get("before", "")
        changes = _newest_first(history, record_id, before)
        page = changes[:PAGE]
        has_older = len(changes) > PAGE
        rows = self._rows(request, root_id, page, history)
        answers_of_case: list[Answer] = []
        if not record_id:
            answers_of_case = answers(self._kind, root_id)
        context = {
            **self._about(request, root_id),
            "rows": list(_with_answers(rows, answers_of_case, before, has_older)),
            "only": record_id,
            "older": has_older and _older_url(record_id, page[-1]),
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
        cases = self.model._base_manager.filter(pk=root_id)
        if request.method == "POST":
            cases = cases.select_for_update()
        living_case = cases.first()
        history = timeline(self._kind, root_id)
        if not history:
            raise Http404
        case = living_case or self.model(pk=root_id, version=history[-1].number)
        wanted = goal(case, history, number, _state_asked_for(request))
        if not request.user.has_perms(wanted.permissions):
            raise PermissionDenied
        if request.method == "POST":
            form = RestoreForm(wanted, case, request.user, request.POST)
            chosen = request.POST.getlist("fields_chosen")
        else:
            form = RestoreForm(wanted, case, request.user, None)
            chosen = request.GET.getlist("field")
        if form.is_bound and form.is_valid() and self._restored(request, wanted, form):
            return HttpResponseRedirect(self._url("history", root_id))
        context = {
            **self._about(request, root_id),
            **_compared(wanted, history, chosen),
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

    def _url(self, page: str, root_id: UUID | str, *numbers: int) -> str:
        return reverse(
            f"admin:cases_{self.opts.model_name}_{page}", args=[root_id, *numbers]
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
        last = {(change.model, change.record_id): change for change in history}
        rows = []
        for entry in entries(page, history):
            change = entry.change
            url = self._url("restore", root_id, change.number)
            buttons, of_fields = _ways_back(
                change, last[change.model, change.record_id], url, request.user
            )
            fields = []
            for field in entry.fields:
                field_url = ""
                if of_fields:
                    field_url = f"{url}?state=before&field={field.name}"
                fields.append((field, field_url))
            rows.append(Row(entry, buttons, fields))
        return rows


def _newest_first(
    history: Sequence[Change], record_id: str, before: str
) -> list[Change]:
    """The changes of one record, or of all; and the older ones, from the second page
    on.
    """
    changes = []
    for change in reversed(history):
        is_older = not before.isdecimal() or change.number < int(before)
        if is_older and record_id in {"", change.record_id}:
            changes.append(change)
    return changes


def _older_url(record_id: str, last_shown: Change) -> str:
    query: dict[str, str | int] = {}
    if record_id:
        query["record"] = record_id
    query["before"] = last_shown.number
    return f"?{urlencode(query)}"


def _state_asked_for(request: HttpRequest) -> State:
    if request.GET.get("state") == "before":
        return "before"
    return "after"


def _with_answers(
    rows: list[Row], newest_answers: list[Answer], before: str, has_older: bool
) -> Iterator[Row | Answer]:
    """The rows and the answers of this page. An answer stands above the change that it
    came after.
    """
    waiting = []
    for answer in newest_answers:
        if not before.isdecimal() or answer.after_event < int(before):
            waiting.append(answer)
    for row in rows:
        while waiting and waiting[0].after_event >= row.entry.change.number:
            yield waiting.pop(0)
        yield row
    if not has_older:
        yield from waiting


def _ways_back(
    change: Change, last: Change, url: str, user: User | AnonymousUser
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
    wanted: Goal, history: Sequence[Change], chosen: Sequence[str]
) -> dict[str, Any]:
    """What stands there now beside what would."""
    now = wanted.now()
    before = {name: now[name] for name in wanted.values if name in now}
    asked_for = replace(
        wanted.change, operation="update", before=before, after=wanted.values
    )
    entry, *with_it = entries([asked_for, *wanted.deleted_with_it], history)
    compared = []
    for field in entry.fields:
        if field.before or field.after:
            compared.append((field, not chosen or field.name in chosen))
    return {
        "entry": entry,
        "deleted": wanted.record is None,
        "compared": compared,
        "with_it": [entry_with_it.record for entry_with_it in with_it],
        "unchanged": wanted.record is not None and not wanted.values,
    }


def _uuid(text: str) -> UUID:
    try:
        root_id = models.UUIDField().to_python(text)
    except ValidationError as not_an_id:
        raise Http404 from not_an_id
    if root_id is None:
        raise Http404
    return root_id
