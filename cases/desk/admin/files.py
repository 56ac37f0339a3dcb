"""The files that are kept of a case: a page that lists them, takes another one and hands
them out. They are shown at the desk, and nowhere else.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import files
from cases.desk.access.models import Act
from cases.desk.access.shown import hand_out
from cases.desk.admin.forms import ReasonField
from cases.files import Missing, Read, UnknownKind
from cases.history import needs_reason
from cases.models import KeptFile
from cases.models.base import MERGED

LONGEST_TEXT = 1_000_000  # characters


class KeptFileField(forms.FileField):
    """Cleaned, it is what came: it is read once, and asked what it is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            help_text=gettext_lazy(
                "PDF, PNG, JPEG, WebP, plain text, HTML, ODT or DOCX. It stays at the"
                " desk: neither it nor its name, size or SHA-256 is ever published."
            ),
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if isinstance(upload, UploadedFile):
            upload.content = _content(upload)  # type: ignore[attr-defined]
            upload.said = _said(upload.content)  # type: ignore[attr-defined]
        return upload


class PastedTextField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        box = forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"})
        super().__init__(
            required=False, max_length=LONGEST_TEXT, widget=box, strip=True, **kwargs
        )


def _content(upload: UploadedFile) -> bytes:
    most: int = settings.FILE_MAX_BYTES
    if upload.size is None or upload.size > most:
        raise ValidationError(
            _("The file is larger than %(most)s, which is the most that is kept.")
            % {"most": filesizeformat(most)}
        )
    upload.seek(0)  # a page that is saved again reads it again
    return upload.read()


def _said(content: bytes) -> Read:
    try:
        return files.read(content)
    except UnknownKind as unknown:
        raise ValidationError(str(unknown)) from unknown


class FileForm(forms.Form):
    file = KeptFileField(label=gettext_lazy("File"))
    text = PastedTextField(
        label=gettext_lazy("Or its text"),
        help_text=gettext_lazy("Pasted; never published."),
    )
    change_reason = ReasonField(required=False)

    def __init__(self, root: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.root = root
        self.fields["change_reason"].required = needs_reason(root)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if getattr(self.root, "merged_into_id", None):
            raise ValidationError(MERGED)
        if not (self.errors or cleaned.get("file") or cleaned.get("text")):
            self.add_error("file", _("Choose a file, or paste a text."))
        return cleaned


def keep(root: Any, cleaned: dict[str, Any], by: Any, reason: str) -> None:
    """What the boxes for a file and for a text hold."""
    upload = cleaned.get("file")
    if upload:
        files.keep_file(
            root,
            upload.name,
            upload.content,
            by=by,
            reason=reason,
            said=upload.said,
        )
    if cleaned.get("text"):
        files.keep_text(root, cleaned["text"], by=by, reason=reason)


class FilePages(admin.ModelAdmin):
    """For the admin of a root."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = f"cases_{self.opts.model_name}"
        return [
            path("<id:root_id>/files/", view(self.files_view), name=f"{name}_files"),
            path(
                "<id:root_id>/files/<int:number>/",
                view(self.file_view),
                name=f"{name}_file",
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        root = context.get("original")
        if root is not None and not context["is_popup"]:
            context["record_links"] = [
                *context.get("record_links", []),
                (self._files_url(root.pk), _("Files")),
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def files_view(self, request: HttpRequest, root_id: UUID) -> HttpResponse:
        root = self._root(request, root_id)
        may_add = self.has_change_permission(request, root)
        form = None
        if may_add:
            form = FileForm(root, request.POST or None, request.FILES or None)
        if request.method == "POST":
            if form is None:
                raise PermissionDenied
            if form.is_valid():
                reason = form.cleaned_data["change_reason"]
                with files.only_if_saved(), transaction.atomic():
                    keep(root, form.cleaned_data, request.user, reason)
                self.message_user(request, _("Kept. It is shown at the desk only."))
                return HttpResponseRedirect(self._files_url(root_id))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Files"),
            "opts": self.opts,
            "media": self.media,
            "original": root,
            "form": form,
            "files": [self._shown(kept) for kept in files.files_of(root)],
            **self.more_of_files(request, root),
        }
        return TemplateResponse(request, "admin/cases/files.html", context)

    def more_of_files(self, request: HttpRequest, root: Any) -> dict[str, Any]:
        """What the page of some kinds tells beside."""
        return {}

    def file_view(
        self, request: HttpRequest, root_id: UUID, number: int
    ) -> HttpResponse:
        """Always to be saved, never shown by the browser: whoever sent it to us may
        have put a program into it.
        """
        root = self._root(request, root_id)
        kept = get_object_or_404(files.files_of(root), pk=number)
        if kept.is_erased or not kept.file:
            raise Http404
        try:
            content = files.content(kept)
        except Missing:
            raise Http404(
                _("The file is not where it is kept, or is not what was added.")
            ) from None
        response = HttpResponse(content, content_type=kept.media_type)
        response["Content-Disposition"] = content_disposition_header(True, kept.name)
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        return hand_out(
            response, Act.READ, reason=f"{KeptFile._meta.db_table}:{number}"
        )

    def _root(self, request: HttpRequest, root_id: UUID) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(self.model, pk=root_id)

    def _files_url(self, root_id: UUID) -> str:
        return reverse(f"admin:cases_{self.opts.model_name}_files", args=[root_id])

    def _shown(self, kept: KeptFile) -> tuple[KeptFile, str]:
        """With the address at which it is handed out."""
        if kept.is_erased or not kept.file:
            return kept, ""
        # Of a merged case, its own page hands it out.
        name = f"admin:cases_{self.opts.model_name}_file"
        return kept, reverse(name, args=[kept.root_id, kept.pk])
