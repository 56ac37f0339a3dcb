"""The errors of a page in a list at its top, each leading to its box."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.desk.admin.drafting import is_as_typed

Problem = tuple[str, str]
"""What is wrong, and the id of the box that it leads to; empty if there is none."""
# What the page asks in boxes of its own.
_ASKED = {"doubted": "doubts", "both": "both"}


def problems_of(form: Any, called: str = "") -> Iterator[Problem]:
    """`called` says of a row which one it is."""
    for name, errors in form.errors.items():
        label, anchor = "", ""
        if name != NON_FIELD_ERRORS:
            anchor = _anchor(form[name])
            label = capfirst(str(form[name].label))
        words = ": ".join(word for word in (called, label) if word)
        for error in errors.as_data():
            leads_to = anchor or _ASKED.get(error.code, "")
            for message in error.messages:
                yield f"{words}: {message}" if words else str(message), leads_to


def _anchor(box: forms.BoundField) -> str:
    if box.is_hidden:
        return ""
    return box.id_for_label or str(box.auto_id)


class ErrorsAdmin(admin.ModelAdmin):
    """For the page of a record. What the page asks besides stands in boxes of its own."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        if context["errors"] and not is_as_typed(request):
            context["problems"] = list(_problems(context))
        context["errors"] = []  # the library would say once more that there are some
        return super().render_change_form(request, context, *args, **kwargs)


def _problems(context: dict[str, Any]) -> Iterator[Problem]:
    yield from problems_of(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        formset = inline.formset
        kind = str(capfirst(formset.model._meta.verbose_name))
        for error in formset.non_form_errors():
            yield f"{kind}: {error}", f"{formset.prefix}-group"
        for number, row in enumerate(formset.forms, start=1):
            words = {"kind": kind, "number": number}
            called = _("%(kind)s, row %(number)s") % words
            yield from problems_of(row, called)
