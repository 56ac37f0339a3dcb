"""The page of a case on which colleagues work together: comments, who works on it, the
diary, whom to ask for consent, and that somebody looked and found nothing new.

Nothing here changes the case, and nothing of it is published.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from cases.day import now, today
from cases.desk.admin.dates import DayAsTyped, DayBox
from cases.desk.casework.in_short import in_short
from cases.desk.casework.models import (
    Assignment,
    Comment,
    ConsentTask,
    DiaryEntry,
    Look,
)
from cases.desk.casework.todo import with_merged
from cases.desk.permissions import may
from cases.models import Prisoner
from cases.named import named_on

MAY_WORK = may("change", Prisoner)
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class CommentForm(forms.ModelForm):
    class Meta:
        model = Comment
        fields = ["text"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _("For colleagues. Never published.")


class AssignmentForm(forms.ModelForm):
    class Meta:
        model = Assignment
        fields = ["colleague"]

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, colleagues, _("nobody in particular"))


class DiaryForm(forms.ModelForm):
    class Meta:
        model = DiaryEntry
        fields = ["day", "what", "colleague", "note"]
        widgets = {
            "day": DayBox,
            "note": forms.TextInput(attrs={"class": "vTextField"}),
        }
        field_classes = {"day": DayAsTyped}

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, colleagues, _("anybody"))


class ConsentTaskForm(forms.ModelForm):
    class Meta:
        model = ConsentTask
        fields = ["whom", "channel", "asked_on", "answer", "review_on"]
        widgets = {"asked_on": DayBox, "review_on": DayBox}
        field_classes = {"asked_on": DayAsTyped, "review_on": DayAsTyped}


def _offer(form: Any, colleagues: QuerySet[User], nobody: str) -> None:
    form.fields["colleague"].queryset = colleagues
    form.fields["colleague"].empty_label = nobody
    form.fields["colleague"].help_text = ""


class Worked(admin.ModelAdmin):
    """For the admin of prisoners."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.work_view)
        return [
            path("<id:root_id>/notes/", view, name="cases_prisoner_notes"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        prisoner = context.get("original")
        if prisoner and not context["is_popup"]:
            context["work"] = {
                "short": in_short(prisoner.pk),
                "url": _url(prisoner),
                "may": request.user.has_perm(MAY_WORK),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def work_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        prisoner = get_object_or_404(
            Prisoner.objects.select_related("desk", "merged_into__desk"), pk=root_id
        )
        page_forms = _forms(prisoner, None, request.GET.get("task", ""))
        if request.method == "POST":
            if not request.user.has_perm(MAY_WORK):
                raise PermissionDenied
            refused = self._done(request, prisoner)
            if refused is None:
                return HttpResponseRedirect(_back(request, prisoner))
            page_forms.update(refused)
        ids = with_merged(prisoner.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Notes and diary"),
            "opts": self.opts,
            "media": self.media,
            "prisoner": prisoner,
            "may": request.user.has_perm(MAY_WORK) and not prisoner.merged_into_id,
            "today": today(),
            "comments": Comment.objects.filter(root_id__in=ids).select_related(
                "written_by"
            ),
            "diary": DiaryEntry.objects.filter(root_id__in=ids).select_related(
                "colleague", "written_by", "done_by"
            ),
            "consents": _consents(ids),
            "requests": _requests(request, ids),
            "forms": page_forms,
            "assigned": Assignment.objects.filter(root_id__in=ids)
            .select_related("colleague", "assigned_by")
            .first(),
            "looked": Look.objects.filter(root_id__in=ids)
            .select_related("looked_by")
            .first(),
        }
        return TemplateResponse(request, "admin/cases/work.html", context)

    def _done(
        self, request: HttpRequest, prisoner: Prisoner
    ) -> dict[str, forms.ModelForm] | None:
        """None, or the form that was not right."""
        act = request.POST.get("act", "")
        user: Any = request.user
        if act == "look":
            Look.objects.create(root_id=prisoner.pk, looked_by=user)
            self.message_user(
                request, _("Kept: checked today, nothing new."), messages.SUCCESS
            )
        elif act == "take_back":
            _own_comment(request, prisoner).update(text="")
        elif act == "done":
            _open_entry(request, prisoner).update(done_by=user, done_at=now())
        elif act in _AUTHORS:
            return self._added(request, prisoner, act)
        return None

    def _added(
        self, request: HttpRequest, prisoner: Prisoner, act: str
    ) -> dict[str, forms.ModelForm] | None:
        form = _forms(prisoner, request, request.POST.get("task", ""))[act]
        if not form.is_valid():
            return {act: form}
        row = form.save(commit=False)
        row.root_id = prisoner.pk
        setattr(row, _AUTHORS[act], request.user)
        if row.pk:  # a consent to be asked for: the desk may not write all of it
            row.written_at = now()
            row.save(update_fields=[*form.fields, _AUTHORS[act], "written_at"])
        else:
            row.save()
        self.message_user(request, _("Kept."), messages.SUCCESS)
        return None


# By what is done, the column that says who did it.
_AUTHORS = {
    "comment": "written_by",
    "assign": "assigned_by",
    "diary": "written_by",
    "consent": "written_by",
}


def _forms(
    prisoner: Prisoner, request: HttpRequest | None, task_number: str
) -> dict[str, forms.ModelForm]:
    """`request`: whose boxes were filled in; `task_number`: the consent to change."""
    colleagues = who_may_see(prisoner)
    posted = request.POST if request is not None else None
    task = None
    if number := _number(task_number):
        task = _consents(with_merged(prisoner.pk)).filter(pk=number).first()
    made: dict[str, Callable[[Any], forms.ModelForm]] = {
        "comment": lambda data: CommentForm(data, prefix="comment"),
        "assign": lambda data: AssignmentForm(
            data, prefix="assign", colleagues=colleagues
        ),
        "diary": lambda data: DiaryForm(data, prefix="diary", colleagues=colleagues),
        "consent": lambda data: ConsentTaskForm(data, prefix="consent", instance=task),
    }
    return {act: make(posted) for act, make in made.items()}


def who_may_view_cases() -> QuerySet[User]:
    staff = User.objects.with_perm(may("view", Prisoner), backend=_BACKEND)
    return staff.filter(is_staff=True).order_by("username")


def who_may_see(prisoner: Prisoner) -> QuerySet[User]:
    """Those to whom the case may be handed."""
    staff = who_may_view_cases()
    named = named_on(prisoner.pk)
    if named:
        staff = staff.filter(pk__in=[person.pk for person in named])
    return staff


def _consents(ids: list[UUID]) -> QuerySet[ConsentTask]:
    return ConsentTask.objects.filter(root_id__in=ids).select_related("written_by")


def _requests(request: HttpRequest, ids: list[UUID]) -> QuerySet[Any] | None:
    """None for those who may not see the register."""
    # That app stands on this one, so it is asked for by its name.
    requests = apps.get_model("requests", "SubjectRequest")
    if not request.user.has_perm(may("view", requests)):
        return None
    about: QuerySet[Any] = requests._default_manager.filter(root_id__in=ids)
    return about


def _own_comment(request: HttpRequest, prisoner: Prisoner) -> QuerySet[Comment]:
    number = _number(request.POST.get("number", ""))
    ids = with_merged(prisoner.pk)
    own = Comment.objects.filter(pk=number, root_id__in=ids, written_by=request.user)  # type: ignore[misc]
    if not own.exists():
        raise PermissionDenied
    return own


def _open_entry(request: HttpRequest, prisoner: Prisoner) -> QuerySet[DiaryEntry]:
    ids = with_merged(prisoner.pk)
    return DiaryEntry.objects.filter(
        pk=_number(request.POST.get("number", "")),
        root_id__in=ids,
        done_at__isnull=True,
    )


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        return 0
    return int(text)


def _url(prisoner: Prisoner) -> str:
    return reverse("admin:cases_prisoner_notes", args=[prisoner.pk])


def _back(request: HttpRequest, prisoner: Prisoner) -> str:
    """To the case, where the button stands there too."""
    if request.POST.get("from") == "case":
        return reverse("admin:cases_prisoner_change", args=[prisoner.pk])
    return _url(prisoner)
