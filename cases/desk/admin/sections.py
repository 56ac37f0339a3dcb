"""A record is edited section by section: its own fields by fieldset, each list of its
parts by itself. Each section is a page that saves as the whole form does: the same
form, lock, reason, source in hand and doubts, with fewer boxes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import flatten_fieldsets
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cases.desk.admin import used
from cases.models.base import Record

EDIT = "edit"
HAPPENED = "happened"
ALL = "all"
FILE = ""  # the page edits nothing: cases/desk/admin/file.py
NAMES = (EDIT, HAPPENED)


@dataclass(frozen=True)
class Happening:
    """What may have happened next: one more row of the list `section`, with these
    fields alone, or the fields `section` of the record itself. `initial` is what the
    word says by itself.
    """

    code: str
    label: Any
    section: str
    fields: Sequence[str | tuple[str, ...]] = ()
    initial: Mapping[str, str] = field(default_factory=dict)


def section_of(inline: Any) -> str:
    """A list of parts goes by the name that its case has for it."""
    model: type[Any] = inline.model
    holder = model._meta.get_field(model.root_path.split("__")[0])
    return str(holder.remote_field.related_name)


def edit_url(record: Record, section: str = ALL) -> str:
    return f"{_page(record)}?{urlencode({EDIT: section})}"


def happened_url(record: Record, code: str) -> str:
    return f"{_page(record)}?{urlencode({HAPPENED: code})}"


def _page(record: Any) -> str:
    return reverse(f"admin:cases_{record._meta.model_name}_change", args=[record.pk])


class SectionsAdmin(admin.ModelAdmin):
    """Of a record. Without a section in the address, its page is the whole form."""

    happenings: Sequence[Happening] = ()

    def section(self, request: HttpRequest, obj: Any) -> str:
        """The one asked for; ALL for the whole form."""
        if obj is None or IS_POPUP_VAR in request.GET:
            return ALL
        happening = self.happening(request, obj)
        if happening is not None:
            return happening.section
        asked = request.GET.get(EDIT, ALL)
        if asked in self._names(request, obj):
            return asked
        return ALL

    def happening(self, request: HttpRequest, obj: Any) -> Happening | None:
        if obj is None:
            return None
        for happening in self.own_happenings(request, obj):
            if happening.code == request.GET.get(HAPPENED):
                return happening
        return None

    def own_happenings(self, request: HttpRequest, obj: Any) -> list[Happening]:
        """Those that are told on a page of this record, and not of one of its parts."""
        own = list(self._names(request, obj))
        return [each for each in self.happenings if each.section in own]

    def all_fieldsets(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_fieldsets(request, obj)

    def all_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return super().get_inlines(request, obj)

    def _names(self, request: HttpRequest, obj: Any) -> Iterator[str]:
        for inline in self.all_inlines(request, obj):
            yield section_of(inline)
        for _title, options in self.all_fieldsets(request, obj):
            yield flatten_fieldsets([(None, options)])[0]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = self.all_fieldsets(request, obj)
        section = self.section(request, obj)
        if section == ALL:
            records = [] if obj is None else [obj]
            return used.folded(fieldsets, self.model, request, records)
        chosen = []
        for title, options in fieldsets:
            if section == flatten_fieldsets([(None, options)])[0]:
                # It was asked for: it does not open folded.
                chosen.append((title, {"fields": options["fields"]}))
        return chosen

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        inlines = self.all_inlines(request, obj)
        section = self.section(request, obj)
        if section == ALL:
            return inlines
        return [inline for inline in inlines if section_of(inline) == section]

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> Any:
        inlines: list[Any] = super().get_inline_instances(request, obj)
        happening = self.happening(request, obj)
        if happening is not None:
            for inline in inlines:
                inline.happening = happening
        elif self.section(request, obj) == ALL:
            for inline in inlines:
                if used.is_folded(section_of(inline), obj, request):
                    inline.classes = [*(inline.classes or ()), used.FOLDED]
        return inlines

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        obj = context.get("original")
        section = self.section(request, obj)
        if section not in {ALL, FILE}:
            context["section"] = section
            context["title"] = f"{obj} – {self._title(request, obj, section)}"
            context["subtitle"] = None
            context["file_url"] = _page(getattr(obj, "root", obj))
            context["changed_so_far"] = _changed_so_far(context)
            context["show_save_and_add_another"] = False
            context["show_delete"] = False
            if self.happening(request, obj):
                context["show_save_and_continue"] = False
                context["happening"] = self.happening(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def _title(self, request: HttpRequest, obj: Any, section: str) -> str:
        happening = self.happening(request, obj)
        if happening is not None:
            return str(capfirst(happening.label))
        for inline in self.get_inlines(request, obj):
            return str(capfirst(inline.model._meta.verbose_name_plural))
        for title, _options in self.get_fieldsets(request, obj):
            if title:
                return str(title)
        return str(capfirst(self.model._meta.get_field(section).verbose_name))

    def response_post_save_change(
        self, request: HttpRequest, obj: Any
    ) -> HttpResponseRedirect:
        """Back to the file, where the section stands."""
        section = self.section(request, obj)
        if section == ALL:
            return super().response_post_save_change(request, obj)
        return HttpResponseRedirect(f"{_page(obj)}#{section}")

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """“Save and continue editing” stays in its section."""
        response = super().response_change(request, obj)
        if not isinstance(response, HttpResponseRedirect):
            return response
        asked = {name: request.GET[name] for name in NAMES if name in request.GET}
        if "_continue" in request.POST and asked:
            response["Location"] = f"{request.path}?{urlencode(asked)}"
        return response


def _changed_so_far(context: Mapping[str, Any]) -> list[str]:
    """What a page that came back unsaved holds beside what is stored."""
    form = context["adminform"].form
    if not form.is_bound:
        return []
    changed = _labels(form)
    for inline in context["inline_admin_formsets"]:
        for row in inline.formset.forms:
            changed += _labels(row)
    return list(dict.fromkeys(changed))


def _labels(form: Any) -> list[str]:
    labels = []
    if form.has_changed():
        for name in form.changed_data:
            if name == "DELETE":
                labels.append(_("deleted: %(record)s") % {"record": form.instance})
            elif not form.fields[name].widget.is_hidden:
                labels.append(str(form[name].label))
    return labels
