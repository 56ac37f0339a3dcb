"""Redacted copies of a source's files: adding one, looking at it, and deciding whether it
is published.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases import files
from cases.desk.access.models import Act
from cases.desk.access.shown import hand_out
from cases.desk.admin.files import FilePages
from cases.desk.admin.forms import ReasonField
from cases.desk.permissions import APPROVE
from cases.files.remaking import NotTaken, remade
from cases.history import needs_reason
from cases.models import (
    Citation,
    Decision,
    KeptFile,
    Prisoner,
    Recognisable,
    RedactedCopy,
    Source,
)
from cases.review import copies
from cases.review.copies import NotDecided
from cases.review.second_person import OwnChange
from tracker.contract.vocabulary import ConsentAudience

MOST_PEOPLE = 300  # that are offered to be ticked


class PictureField(forms.FileField):
    """Cleaned, it is the picture that was made anew."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if not isinstance(upload, UploadedFile):
            return upload
        most: int = settings.FILE_MAX_BYTES
        if upload.size is None or upload.size > most:
            raise ValidationError(
                _("The file is larger than %(most)s, which is the most that is taken.")
                % {"most": filesizeformat(most)}
            )
        try:
            return remade(upload.read())
        except NotTaken as refused:
            raise ValidationError(str(refused)) from refused


class PeopleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, person: Any) -> str:
        year = person.born_on[:4] if person.born_on else _("year of birth not known")
        return f"{person} ({year})"


class CopyForm(forms.Form):
    picture = PictureField(
        label=gettext_lazy("Redacted copy"),
        help_text=gettext_lazy(
            "PNG or JPEG, with what could harm somebody covered in full. Of the file"
            " that you choose, nothing but the picture itself is kept: no name, no data"
            " of the camera, no author."
        ),
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        choices=ConsentAudience.choices,
        widget=forms.RadioSelect,
    )
    recognisable = forms.ChoiceField(
        label=gettext_lazy("Who can be recognised"),
        choices=Recognisable.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "By face, body, clothes, handwriting, signature or name. Each of them must"
            " have consented to a photo, or it is never published."
        ),
    )
    people = PeopleField(
        label=gettext_lazy("These people"),
        queryset=Prisoner.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Those whose case cites this source. Is somebody missing? Cite it in their"
            " case first."
        ),
    )
    change_reason = ReasonField(required=False)

    def __init__(self, source: Source, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["change_reason"].required = needs_reason(source)
        people = self.fields["people"]
        assert isinstance(people, forms.ModelMultipleChoiceField)
        people.queryset = _who_cites(source)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        said, people = cleaned.get("recognisable"), cleaned.get("people")
        if said == Recognisable.LISTED and not people:
            self.add_error("people", _("Tick who can be recognised."))
        if said and said != Recognisable.LISTED and people:
            self.add_error(
                "recognisable", _("You ticked people: then only these, or others, too?")
            )
        return cleaned


def _who_cites(source: Source) -> Any:
    cited = Citation.objects.filter(source=source, root_kind=Prisoner.kind)
    people = Prisoner.objects.filter(merged_into__isnull=True)
    some = people.filter(pk__in=cited.values("root_id")).order_by("pk")[:MOST_PEOPLE]
    people = people.filter(pk__in=list(some.values_list("pk", flat=True)))
    return people.select_related("desk").order_by("desk__display_name", "pk")


class ApproveForm(forms.Form):
    looked = forms.BooleanField(
        label=gettext_lazy("I have looked at the whole picture with this list")
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("For those who look back later. Never published."),
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("For those who look back later. Never published."),
    )


class CopyPages(FilePages):
    """For the admin of sources: what is published of a file stands with its source."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        copy = "<id:root_id>/copies/<int:number>/"
        return [
            path(
                "<id:root_id>/files/<int:number>/copy/",
                view(self.add_copy_view),
                name="cases_source_add_copy",
            ),
            path(copy, view(self.copy_view), name="cases_source_copy"),
            path(
                f"{copy}picture/",
                view(self.picture_view),
                name="cases_source_copy_picture",
            ),
            path(
                f"{copy}approve/",
                view(require_POST(self.approve_copy_view)),
                name="cases_source_copy_approve",
            ),
            path(
                f"{copy}withdraw/",
                view(require_POST(self.withdraw_copy_view)),
                name="cases_source_copy_withdraw",
            ),
            *super().get_urls(),
        ]

    def more_of_files(self, request: HttpRequest, root: Any) -> dict[str, Any]:
        return {
            "copies_known": True,
            "may_add_copy": self.has_change_permission(request, root),
            "copies": [
                (copy, _state(copy), self._copy_url("copy", copy))
                for copy in copies.copies_of(root.pk)
            ],
        }

    def add_copy_view(
        self, request: HttpRequest, root_id: UUID, number: int
    ) -> HttpResponse:
        source = self._root(request, root_id)
        if not self.has_change_permission(request, source):
            raise PermissionDenied
        original = get_object_or_404(files.files_of(source), pk=number)
        if original.is_erased:
            raise Http404
        form = CopyForm(source, request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            made = self._add(request, source, original, form.cleaned_data)
            self.message_user(
                request,
                _("Kept, and made anew. Nobody outside sees it until it is approved."),
            )
            return HttpResponseRedirect(self._copy_url("copy", made))
        context = {
            **self._context(request, source, _("Redacted copy")),
            "original_file": original,
            "form": form,
        }
        return TemplateResponse(request, "admin/cases/add_copy.html", context)

    def _add(
        self,
        request: HttpRequest,
        source: Source,
        original: KeptFile,
        said: dict[str, Any],
    ) -> RedactedCopy:
        with transaction.atomic():
            return copies.add_copy(
                source,
                original,
                said["picture"],
                audience=said["audience"],
                recognisable=said["recognisable"],
                people=[person.pk for person in said["people"]],
                by=request.user,
                reason=said["change_reason"],
            )

    def copy_view(
        self, request: HttpRequest, root_id: UUID, number: int
    ) -> HttpResponse:
        return self._copy_page(request, root_id, number)

    def _copy_page(
        self,
        request: HttpRequest,
        root_id: UUID,
        number: int,
        approving: ApproveForm | None = None,
        withdrawing: WithdrawForm | None = None,
    ) -> HttpResponse:
        source, copy = self._copy(request, root_id, number)
        people = copies.people_in(copy)
        why_not = copies.why_not(copy)
        may_approve = request.user.has_perm(APPROVE)
        is_own = copies.is_own(copy, request.user)
        is_withdrawn = Decision.WITHDRAWN in copies.decisions_of(copy)
        may_withdraw = may_approve or self.has_change_permission(request, source)
        if not why_not and may_approve and not is_own and approving is None:
            approving = ApproveForm(auto_id="id_approve_%s")
        if may_withdraw and not is_withdrawn and withdrawing is None:
            withdrawing = WithdrawForm(auto_id="id_withdraw_%s")
        context = {
            **self._context(request, source, _("Redacted copy")),
            "copy": copy,
            "state": _state(copy),
            "decisions": copy.decisions.all(),
            "picture_url": self._copy_url("copy_picture", copy),
            "approve_url": self._copy_url("copy_approve", copy),
            "withdraw_url": self._copy_url("copy_withdraw", copy),
            "people": [(person, copies.consents_to_photo(person)) for person in people],
            "unseen": len(copy.people) - len(people),
            "why_not": why_not,
            "is_decided": bool(copies.decisions_of(copy)),
            "is_approved": Decision.APPROVED in copies.decisions_of(copy),
            "is_own": may_approve and is_own,
            "approving": approving,
            "withdrawing": withdrawing,
        }
        return TemplateResponse(request, "admin/cases/copy.html", context)

    def picture_view(
        self, request: HttpRequest, root_id: UUID, number: int
    ) -> HttpResponse:
        """Shown by the browser: we made it ourselves."""
        _source, copy = self._copy(request, root_id, number)
        if copy.content is None:
            raise Http404
        response = HttpResponse(bytes(copy.content), content_type=copy.media_type)
        response["Content-Disposition"] = "inline"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        return hand_out(
            response, Act.READ, reason=f"{RedactedCopy._meta.db_table}:{number}"
        )

    def approve_copy_view(
        self, request: HttpRequest, root_id: UUID, number: int
    ) -> HttpResponse:
        _source, copy = self._copy(request, root_id, number)
        if not request.user.has_perm(APPROVE):
            raise PermissionDenied
        form = ApproveForm(request.POST, auto_id="id_approve_%s")
        if not form.is_valid():
            return self._copy_page(request, root_id, number, approving=form)
        assert request.user.is_authenticated
        try:
            copies.approve(copy, by=request.user, reason=form.cleaned_data["reason"])
        except (NotDecided, OwnChange) as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            self.message_user(
                request, _("Approved. It is shown wherever its source is.")
            )
        return HttpResponseRedirect(self._copy_url("copy", copy))

    def withdraw_copy_view(
        self, request: HttpRequest, root_id: UUID, number: int
    ) -> HttpResponse:
        source, copy = self._copy(request, root_id, number)
        may_change = self.has_change_permission(request, source)
        if not (may_change or request.user.has_perm(APPROVE)):
            raise PermissionDenied
        form = WithdrawForm(request.POST, auto_id="id_withdraw_%s")
        if not form.is_valid():
            return self._copy_page(request, root_id, number, withdrawing=form)
        assert request.user.is_authenticated
        try:
            copies.withdraw(copy, by=request.user, reason=form.cleaned_data["reason"])
        except NotDecided as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            self.message_user(request, _("Withdrawn: nobody outside sees it any more."))
        return HttpResponseRedirect(self._copy_url("copy", copy))

    def _copy(
        self, request: HttpRequest, root_id: UUID, number: int
    ) -> tuple[Source, RedactedCopy]:
        source = self._root(request, root_id)
        kept = RedactedCopy.objects.select_related("added_by")
        return source, get_object_or_404(kept, root_id=source.pk, pk=number)

    def _copy_url(self, name: str, copy: RedactedCopy) -> str:
        return reverse(f"admin:cases_source_{name}", args=[copy.root_id, copy.pk])

    def _context(
        self, request: HttpRequest, source: Source, title: str
    ) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "media": self.media,
            "original": source,
            "files_url": self._files_url(source.pk),
        }


def _state(copy: RedactedCopy) -> str:
    decided = copies.decisions_of(copy)
    if copy.is_erased:
        return _("erased")
    if Decision.WITHDRAWN in decided:
        return _("withdrawn")
    if Decision.APPROVED in decided:
        return _("approved")
    return _("waits for review")
