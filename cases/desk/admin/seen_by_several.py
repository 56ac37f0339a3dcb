"""Who may see the cases of a list: one choice and one reason for all that its filters
show. What readers will see then, and no longer, is said first.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.desk.admin import foreseeing
from cases.desk.admin.forms import ReasonField
from cases.desk.admin.refusals import sentence
from cases.desk.admin.several import listed, more_left, with_filters
from cases.history import acting
from cases.locking import lock
from cases.models import Prisoner
from cases.publishing.foreseeing import MOST, Foreseen, Foresight, NotYet, key_of
from cases.review.waiting import that_wait
from tracker.contract.vocabulary import Visibility


class Refused(Exception):
    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))


class SeenByForm(forms.Form):
    visibility = forms.ChoiceField(
        label=gettext_lazy("Visible to"), choices=Visibility.choices
    )
    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].error_messages["required"] = _("Say why.")


class SeenBySeveral(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.visibility_view)
        own = path("visibility/", view, name="cases_prisoner_visibility")
        return [own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        if self.has_change_permission(request):
            context["visibility_url"] = with_filters(request, "visibility")
        return super().changelist_view(request, context)

    def visibility_view(self, request: HttpRequest) -> HttpResponse:
        """Of what the list shows with the same filters; so many at once as can be looked
        at before they are saved.
        """
        if not self.has_change_permission(request):
            raise PermissionDenied
        cases = listed(self, request)
        if cases is None:
            return HttpResponseRedirect(reverse("admin:cases_prisoner_changelist"))
        is_answer = request.method == "POST" and foreseeing.BACK not in request.POST
        form = SeenByForm(request.POST if request.method == "POST" else None)
        if is_answer and form.is_valid():
            others = cases.exclude(visibility=form.cleaned_data["visibility"])
            chosen = list(others[:MOST])
            left = others.count() - len(chosen)
            return self._show_all(request, form, chosen, left)
        return self._visibility_page(request, form, cases.count())

    def _show_all(
        self,
        request: HttpRequest,
        form: SeenByForm,
        chosen: list[Prisoner],
        left: int,
        foresight: Foresight | None = None,
    ) -> HttpResponse:
        visibility = form.cleaned_data["visibility"]
        foresight = foresight or Foresight([key_of(case) for case in chosen])
        confirmed = foreseeing.confirmed(request)
        try:
            with transaction.atomic(), acting(reason=form.cleaned_data["reason"]):
                _show_to(visibility, chosen)
                for case in chosen:
                    self.log_change(
                        request, case, _("Who may see it, of several cases")
                    )
                foreseen = foresight.hold(confirmed)
        except NotYet:
            foreseen = foresight.look_back()
            if not foreseen or foreseen.token == confirmed:
                return self._show_all(request, form, chosen, left, foresight)
            request.foreseen = foreseen  # type: ignore[attr-defined]
            return self._visibility_page(request, form, len(chosen), chosen, left)
        except Refused as refused:
            for problem in refused.sentences:
                self.message_user(request, problem, messages.ERROR)
            return self._visibility_page(request, form, len(chosen), chosen, left)
        self._tell_saved(request, chosen, left, foreseen)
        page = "visibility" if left else "changelist"
        return HttpResponseRedirect(with_filters(request, page))

    def _tell_saved(
        self, request: HttpRequest, chosen: list[Prisoner], left: int, told: Foreseen
    ) -> None:
        words = ngettext(
            "%(n)s case was changed.", "%(n)s cases were changed.", len(chosen)
        )
        sentences = [words % {"n": len(chosen)}, *more_left(left)]
        if waiting := len(that_wait("prisoner", [case.pk for case in chosen])):
            words = ngettext(
                "%(n)s of them waits for approval; what was made wider is seen only then.",
                "%(n)s of them wait for approval; what was made wider is seen only then.",
                waiting,
            )
            sentences.append(words % {"n": waiting})
        self.message_user(request, " ".join(sentences))
        for said in foreseeing.in_sentences(told):
            self.message_user(request, said, messages.INFO)

    def _visibility_page(
        self,
        request: HttpRequest,
        form: SeenByForm,
        count: int,
        chosen: Sequence[Prisoner] = (),
        left: int = 0,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who may see these cases"),
            "opts": self.opts,
            "form": form,
            "count": count,
            "chosen": chosen,
            "left": left,
            "cases_shown": [case.pk for case in chosen],
            **foreseeing.asked(request, []),
        }
        return TemplateResponse(request, "admin/cases/seen_by_several.html", context)


def _show_to(visibility: str, chosen: Sequence[Prisoner]) -> None:
    """All of them or none; each that cannot be is named."""
    problems = []
    for case in sorted(chosen, key=lambda case: case.pk):
        stored = lock(Prisoner, case.pk)
        if stored is None:
            continue
        stored.visibility = visibility
        try:
            with transaction.atomic():
                stored.full_clean()
                stored.save(update_fields=["visibility"])
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except ValidationError as error:
            problems.append(f"{case}: {' '.join(error.messages)}")
        except DatabaseError as error:
            problems.append(f"{case}: {sentence(error)}")
    if problems:
        raise Refused(problems)
