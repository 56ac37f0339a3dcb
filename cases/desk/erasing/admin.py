"""Where one person asks to erase something from history, and another one confirms."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cases.desk.admin.refusals import sentence
from cases.desk.erasing import orders
from cases.desk.erasing.erasable import Refused
from cases.desk.erasing.erasing import look
from cases.desk.permissions import ORDER_ERASURE
from cases.desk.read_only import ReadOnlyAdmin
from cases.desk.signin.middleware import factor_shown
from cases.models import ErasureOrder, OrderState


class OrderForm(forms.ModelForm):
    """`person` and `factor` are of whoever asks."""

    person: Any = None
    factor: Any = None

    class Meta:
        model = ErasureOrder
        fields = ["case", "field", "containing", "events", "reason"]
        widgets = {
            "containing": forms.TextInput(
                attrs={"class": "vTextField", "autocomplete": "off"}
            ),
            "reason": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.factor is None:
            raise ValidationError(orders.not_shown())
        if not self.errors:
            asked = ErasureOrder(**cleaned)
            try:
                with transaction.atomic():
                    look(orders.check(asked))
            except Refused as refused:
                raise ValidationError(str(refused)) from refused
        return cleaned

    def save(self, commit: bool = True) -> Any:
        self.instance.asked_by = self.person
        self.instance.asked_factor = self.factor
        return super().save(commit)


@admin.register(ErasureOrder)
class ErasureOrderAdmin(ReadOnlyAdmin):
    form = OrderForm
    list_display = [
        "__str__",
        "state",
        "asked_by",
        "asked_at",
        "confirmed_by",
        "confirmed_at",
        "reason",
    ]
    list_filter = ["state"]
    list_select_related = ["asked_by", "confirmed_by"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(ORDER_ERASURE)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)
        form.person = request.user
        form.factor = factor_shown(request)
        return form

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().add_view(request, *args, **kwargs)
        except IntegrityError as error:
            messages.error(request, sentence(error))
            return HttpResponseRedirect(request.path)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        order = self.get_object(request, object_id)
        if order is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, object_id
            )
        if request.method == "POST":
            return self._decide(request, order)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Order to erase %(order)s") % {"order": order},
            "order": order,
            "would_go": _would_go(order),
            "may_confirm": _may_confirm(request, order),
            "may_take_back": order.waits and request.user.has_perm(ORDER_ERASURE),
        }
        return TemplateResponse(request, "admin/cases/erasure_order.html", context)

    def _decide(self, request: HttpRequest, order: ErasureOrder) -> HttpResponse:
        if not request.user.has_perm(ORDER_ERASURE):
            raise PermissionDenied
        try:
            if request.POST.get("decision") == "confirm":
                orders.confirm(order.pk, request.user, factor_shown(request))
                done = _(
                    "Confirmed. Nothing is erased yet: that takes the owner's"
                    " command, manage.py erase --order %(number)s."
                )
                self.message_user(request, done % {"number": order.pk})
            elif request.POST.get("decision") == "take_back":
                orders.take_back(order.pk, request.user)
                self.message_user(request, _("Taken back."))
        except Refused as refused:
            messages.error(request, str(refused))
        except IntegrityError as error:
            messages.error(request, sentence(error))
        return HttpResponseRedirect(request.path)


def _may_confirm(request: HttpRequest, order: ErasureOrder) -> bool:
    is_another = order.asked_by_id != request.user.pk
    is_asked = order.state == OrderState.ASKED
    return is_another and is_asked and request.user.has_perm(ORDER_ERASURE)


def _would_go(order: ErasureOrder) -> list[str]:
    """Sentences: fields and numbers of events, or why nothing would go."""
    if not order.waits:
        return []
    try:
        with transaction.atomic():
            found = look(orders.check(order))
    except Refused as refused:
        return [str(refused)]
    lines = []
    for event in found.doomed:
        fields = ", ".join(event.values) or _("reason")
        lines.append(f"{event.table}:{event.number} ({fields})")
    for kept in found.files:
        lines.append(f"{kept._meta.db_table}:{kept.pk} {kept.name}".strip())
    for copy in found.pictures:
        lines.append(f"{copy._meta.db_table}:{copy.pk}")
    copies = _("copies in %(count)s published versions") % {
        "count": len(found.editions)
    }
    return [*lines, copies]
