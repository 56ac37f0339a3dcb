"""What has changed in a case since it was last approved, and the reviewer's answer:
approved, or sent back.
"""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases import day, editions
from cases.desk.admin.dates import DayAsTyped, DayBox
from cases.desk.admin.forms import changes_since
from cases.desk.permissions import APPROVE
from cases.editions import StoredEdition
from cases.history import last_number, published
from cases.models import Edition
from cases.models.base import Root
from cases.plausibility import doubts_in
from cases.publishing.becoming import Becoming, by_approving
from cases.review.approving import (
    CannotReturn,
    EmbargoStands,
    OwnChange,
    StaleVersion,
    approve,
)
from cases.review.difference import differences
from cases.review.returning import LINES, taken_back
from cases.review.second_person import own_changes
from cases.review.sending_back import NothingToSendBack, in_force, send_back
from cases.review.wording import CaseInWords, in_words

Answering = Callable[[HttpRequest, UUID, dict[str, Any]], None]


class SeenForm(forms.Form):
    """What the reviewer's page showed: the version, and the last event that can have
    been on it.
    """

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    seen_event = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def problems(self) -> str:
        sentences = []
        for name, errors in self.errors.items():
            sentences.append(f"{self[name].label}: {' '.join(map(str, errors))}")
        return " ".join(sentences)


class AnswerForm(forms.Form):
    """What goes with an approval."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy(
            "Why you approve it, for those who look back later. Never published."
        ),
    )
    public_reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        required=False,
        max_length=Edition._meta.get_field("public_reason").max_length,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy(
            "Shown in public with each correction that this makes. Never name anyone."
        ),
    )
    not_before = DayAsTyped(
        label=gettext_lazy("Not before"),
        required=False,
        widget=DayBox,
        help_text=gettext_lazy("Publish on this day at the earliest. Empty: now."),
    )

    publish_sooner = forms.BooleanField(
        label=gettext_lazy("Publish sooner"),
        required=False,
        help_text=gettext_lazy(
            "It was approved for a later day. Tick this only if it may be published"
            " before that day."
        ),
    )

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needs_reason

    def tell_of_embargo(self, embargo: date | None) -> None:
        """Without any, nobody is asked whether it ends."""
        if embargo is None:
            del self.fields["publish_sooner"]
            return
        self.fields["not_before"].help_text = _(
            "Approved to be published on %(day)s at the earliest. Empty: that day stays."
        ) % {"day": date_format(embargo)}


class ApprovalForm(AnswerForm, SeenForm):
    """`returns` are boxes: each is a line that the reviewer ticks, or nothing returns."""

    returns = forms.MultipleChoiceField(
        label=gettext_lazy("Taken back"),
        required=False,
        choices=list(LINES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Tick it only if you know why it may return, such as by a new consent that"
            " you have seen. Nothing else gives it back."
        ),
    )

    def offer(self, subjects: Collection[str]) -> None:
        """Only these lines; without any, not the field."""
        if not subjects:
            del self.fields["returns"]
            return
        field = self.fields["returns"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(subject, LINES[subject]) for subject in subjects]


class SendBackForm(SeenForm):
    comment = forms.CharField(
        label=gettext_lazy("What is to be done"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "For those who edit the case, on its page. Never published."
        ),
    )


class ReviewPages(ModelAdmin):
    """For the admin of a root."""

    def get_urls(self) -> list[URLPattern]:
        views = {
            "review": self.review_view,
            "approve": require_POST(self.approve_view),
            "send_back": require_POST(self.send_back_view),
        }
        urls = []
        for name, view in views.items():
            url = path(
                f"<id:root_id>/{name.replace('_', '-')}/",
                self.admin_site.admin_view(view),
                name=f"cases_{self.opts.model_name}_{name}",
            )
            urls.append(url)
        return urls + super().get_urls()

    def review_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        seen_event = last_number(
            self.model.kind, root_id
        )  # before the rest: what comes meanwhile was not seen
        changed_cases = differences(self.model.kind, [root_id])
        if not changed_cases:
            raise Http404
        (case,) = in_words(changed_cases, request.user)
        seen = {"seen_version": case.difference.version, "seen_event": seen_event}
        own = bool(own_changes(request.user, self.model.kind, [root_id]))
        lost = taken_back(case.difference.root, request.user)
        returning = [each.subject for each in lost if not each.why_not]
        may_approve = request.user.has_perm(APPROVE)
        may = settings.REQUIRE_REVIEW and may_approve
        form = back_form = None
        # Saving approves where no review is required; but by that nothing returns.
        if (may or (may_approve and returning)) and not own:
            needs_reason = published(self.model.kind, root_id)
            form = ApprovalForm(initial=seen, needs_reason=needs_reason)
            form.offer(returning)
            form.tell_of_embargo(
                editions.embargo(self.model.kind, root_id, day.today())
            )
        if may and not _is_approved(case):
            back_form = SendBackForm(initial=seen, auto_id="id_back_%s")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "case": case,
            "doubts": doubts_in(case.difference),
            "becoming": self._becoming(root_id),
            "original": case.difference.root,
            "sent_back": in_force(self.model.kind, case.difference.root),
            "required": settings.REQUIRE_REVIEW,
            "is_own": may and own,
            "taken_back": lost,
            "form": form,
            "back_form": back_form,
        }
        return TemplateResponse(request, "admin/cases/review.html", context)

    def _becoming(self, root_id: UUID) -> Becoming:
        """Nothing of a case that was deleted in this moment."""
        becoming = by_approving(self.model.kind, [root_id], day.today())
        return becoming.get(root_id, Becoming())

    def approve_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        """Approves what the reviewer saw, or says why not."""
        form = ApprovalForm(
            request.POST, needs_reason=published(self.model.kind, root_id)
        )
        return self._answer(request, root_id, form, _("Not approved."), self._approve)

    def send_back_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        return self._answer(
            request,
            root_id,
            SendBackForm(request.POST),
            _("Not sent back."),
            self._send_back,
        )

    def approval(self, request: HttpRequest, root: Root) -> dict[str, Any]:
        """Its state, for the page on which it is edited."""
        edition = editions.last_approval(root.kind, root.pk)
        is_current = edition is not None and edition.version == root.version
        return {
            "edition": edition,
            "is_current": is_current,
            "required": settings.REQUIRE_REVIEW,
            "sent_back": [] if is_current else in_force(root.kind, root),
            "may": request.user.has_perm(APPROVE),
            "url": self._url("review", root.pk),
        }

    def _answer(
        self,
        request: HttpRequest,
        root_id: UUID,
        form: SeenForm,
        refused: str,
        act: Answering,
    ) -> HttpResponse:
        """Back to the case, or to its review with what stood in the way."""
        if not request.user.has_perm(APPROVE):
            raise PermissionDenied
        problem = form.problems()
        if form.is_valid():
            problem = self._tried(request, root_id, form.cleaned_data, act)
        if not problem:
            return HttpResponseRedirect(self._url("change", root_id))
        self.message_user(request, f"{refused} {problem}", messages.ERROR)
        return HttpResponseRedirect(self._url("review", root_id))

    def _tried(
        self,
        request: HttpRequest,
        root_id: UUID,
        asked: dict[str, Any],
        act: Answering,
    ) -> str:
        """Why not; empty if it was done."""
        event = asked.pop("seen_event") or 0
        try:
            act(request, root_id, asked)
        except StaleVersion as stale:
            sentences = [_("%(why)s Look at it again.") % {"why": stale}]
            case = self.model._default_manager.filter(pk=root_id).first()
            if case is not None:
                sentences += changes_since(case, event, request.user)
            return " ".join(sentences)
        except (OwnChange, NothingToSendBack, CannotReturn, EmbargoStands) as refusal:
            return str(refusal)
        return ""

    def _approve(
        self, request: HttpRequest, root_id: UUID, asked: dict[str, Any]
    ) -> None:
        edition = approve(self.model.kind, root_id, by=request.user, **asked)
        self.message_user(request, approved_in_words(edition))

    def _send_back(
        self, request: HttpRequest, root_id: UUID, asked: dict[str, Any]
    ) -> None:
        send_back(self.model.kind, root_id, by=request.user, **asked)
        self.message_user(
            request, _("Sent back. The next edit brings it back to the queue.")
        )

    def _url(self, page: str, root_id: UUID | str, *numbers: int) -> str:
        return reverse(
            f"admin:cases_{self.opts.model_name}_{page}", args=[root_id, *numbers]
        )


def approved_in_words(edition: StoredEdition) -> str:
    done = _("Approved as published version %(number)s.") % {"number": edition.number}
    if edition.not_before is None or edition.not_before <= day.today():
        return done
    return _("%(done)s It is published on %(day)s at the earliest.") % {
        "done": done,
        "day": date_format(edition.not_before),
    }


def _is_approved(case: CaseInWords) -> bool:
    edition = case.difference.edition
    return edition is not None and edition.version == case.difference.version
