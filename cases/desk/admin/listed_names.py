"""The names on the list that a claim rests on: pasted as lines, and marked once somebody
is known. docs/editing.md, “Names on a list”
"""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.desk.admin.forms import QuestionForm, reason_given
from cases.desk.permissions import may
from cases.history import acting, needs_reason
from cases.locking import lock
from cases.models import ListedName, ReportedCount
from tracker.plain import refuse_unseen, without_unseen

MOST_LINES = 2_000  # pasted at once
_LONGEST = ListedName._meta.get_field("value").max_length or 0


class NamesForm(QuestionForm):
    """Asked of the count as it is now: nobody unticks what a colleague has just ticked."""

    stale = gettext_lazy(
        "Nothing was saved: the count was changed after you had opened this page. Look at"
        " it again. This is what was changed:"
    )
    names = forms.CharField(
        label=gettext_lazy("Names to add"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "One a line, in the order of the list. They stay inside the organisation:"
            " whoever is on the list may not know."
        ),
    )

    def __init__(self, count: ReportedCount, *args: Any, **kwargs: Any) -> None:
        super().__init__(count, *args, **kwargs)
        self.fields["change_reason"].required = needs_reason(count)

    def clean_names(self) -> list[str]:
        """Every line that is wrong, by its number."""
        pasted = without_unseen(self.cleaned_data["names"])
        lines = [line.strip() for line in pasted.splitlines()]
        names = [line for line in lines if line]
        if len(names) > MOST_LINES:
            raise ValidationError(
                _("Paste at most %(most)s names at once.") % {"most": MOST_LINES}
            )
        problems = []
        for number, name in enumerate(lines, start=1):
            problem = _problem(name)
            if problem:
                words = {"number": number, "problem": problem}
                problems.append(_("Line %(number)s: %(problem)s") % words)
        if problems:
            raise ValidationError(problems)
        return names


def _problem(name: str) -> str:
    if len(name) > _LONGEST:
        return _("a name has at most %(most)s letters.") % {"most": _LONGEST}
    try:
        refuse_unseen(name)
    except ValidationError as refused:
        return " ".join(refused.messages)
    return ""


class WithListedNames(admin.ModelAdmin):
    """For the admin of reported counts."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.listed_names_view)
        return [path("<id:root_id>/names/", view, name=_PAGE), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        count = context.get("original")
        if count and not context["is_popup"] and _may(request, "view"):
            url = reverse(f"admin:{_PAGE}", args=[count.pk])
            links = [*context.get("record_links", []), (url, _("Names on the list"))]
            context["record_links"] = links
            context["listed"] = in_numbers(count)
        return super().render_change_form(request, context, *args, **kwargs)

    def listed_names_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        if not (self.has_view_permission(request) and _may(request, "view")):
            raise PermissionDenied
        count = get_object_or_404(self.get_queryset(request), pk=root_id)
        changes = _may(request, "add") and _may(request, "change")
        if request.method == "POST" and not changes:
            raise PermissionDenied
        form = NamesForm(count, request.user)
        added = None
        if request.method == "POST":
            with transaction.atomic():
                lock(ReportedCount, count.pk)
                count.refresh_from_db()
                form = NamesForm(count, request.user, request.POST)
                if form.is_valid():
                    added = _save(request, count, form.cleaned_data["names"])
        if added is not None:
            words = ngettext(
                "%(count)s name was added.", "%(count)s names were added.", added
            )
            self.message_user(request, words % {"count": added}, messages.SUCCESS)
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Names on the list"),
            "opts": self.opts,
            "media": self.media,
            "count": count,
            "names": count.listed_names.all(),
            "listed": in_numbers(count),
            "form": form if changes else None,
            "records": ListedName._meta,
        }
        return TemplateResponse(request, "admin/cases/listed_names.html", context)


_PAGE = "cases_reportedcount_listed_names"


def in_numbers(count: ReportedCount) -> str:
    """A list of 120 has 120 lines, and not 120 people."""
    names = count.listed_names.values_list("identified", flat=True)
    if not names:
        return ""
    return _(
        "Stated: %(stated)s. Names on the list: %(names)s. Identified: %(identified)s."
    ) % {
        "stated": count.value_as_stated if count.value is None else count.value,
        "names": len(names),
        "identified": sum(names),
    }


def _save(request: HttpRequest, count: ReportedCount, names: list[str]) -> int:
    """Them, and who is identified now. How many names were added."""
    ticked = set(request.POST.getlist("identified"))
    with acting(user=request.user, reason=reason_given(request)):
        for name in count.listed_names.all():
            identified = str(name.pk) in ticked
            if name.identified != identified:
                name.identified = identified
                name.save(update_fields=["identified"])
        last = count.listed_names.aggregate(last=Max("line"))["last"] or 0
        for line, value in enumerate(names, start=last + 1):
            ListedName.objects.create(reported_count=count, line=line, value=value)
    return len(names)


def _may(request: HttpRequest, act: str) -> bool:
    return request.user.has_perm(may(act, ListedName))
