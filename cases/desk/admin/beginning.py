"""A source begun from what is at hand: its address, its file, or its text. The server
fetches nothing: what we read must not be told to whoever serves it.
"""

from typing import Any, cast

from django.contrib import admin, messages
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import files
from cases.desk.admin.base import case_url
from cases.desk.admin.fields import Aside
from cases.desk.admin.files import KeptFileField, PastedTextField, keep
from cases.desk.admin.forms import RecordForm
from cases.files import Read
from cases.kept import BEGUN
from cases.plausibility import same_address

FILE = "file"
TEXT = "text"
TITLE = "title"
DAY = "published_on"


class NewFileField(Aside, KeptFileField):
    pass


class NewTextField(Aside, PastedTextField):
    pass


class SourceForm(RecordForm):
    to_look_at = {
        TITLE: gettext_lazy(
            "The file calls itself so. This is published with the source: take out what"
            " is no title, such as the name of a file or of whoever wrote it. Then choose"
            " the file again."
        ),
        DAY: gettext_lazy(
            "The file was made on this day. Leave it only if it also appeared on it."
        ),
    }

    file = NewFileField(label=gettext_lazy("Its file"))
    text = NewTextField(
        label=gettext_lazy("Or its text"),
        help_text=gettext_lazy("Pasted, to be read beside the facts. Never published."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields[FILE], self.fields[TEXT]
        elif "title" in self.fields and self.files:
            # The file may say it; if it does not, `clean` asks.
            self.fields["title"].required = False

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        said = getattr(self.cleaned_data.get(FILE), "said", None)
        if said is not None:
            self._take(said)
        nothing_said = not self.cleaned_data.get("title") and "title" not in self.errors
        if "title" in self.fields and nothing_said:
            self.add_error("title", self._why_typed(said))
        return cleaned

    def _take(self, said: Read) -> None:
        """What was typed stands. What must be looked at is only put into the boxes, and
        only together with a title: who has typed that has looked.
        """
        if said.must_be_looked_at and self.cleaned_data.get("title"):
            return
        for name in (TITLE, DAY):
            stated = getattr(said, name)
            if not stated or name not in self.fields or self.cleaned_data.get(name):
                continue
            if said.must_be_looked_at:
                boxes = cast(QueryDict, self.data).copy()
                boxes[self.add_prefix(name)] = stated
                self.data = boxes
                self.add_error(name, self.to_look_at[name])
            else:
                self.cleaned_data[name] = stated

    def _why_typed(self, said: Read | None) -> str:
        if said is not None and said.is_unread:
            return _("The title and the date could not be read from this file.")
        return _("Its file does not say it: type it.")


class BeginningAdmin(admin.ModelAdmin):
    """For the admin of sources."""

    form = SourceForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None:
            return fieldsets
        at_hand = (
            gettext_lazy("What is at hand"),
            {
                "fields": [FILE, TEXT],
                "description": gettext_lazy(
                    "Title and day are read from an HTML file, if they are left empty"
                    " below. What a PDF says of itself is put into the boxes, to be looked"
                    " at. After a question a file must be chosen again."
                ),
            },
        )
        return [at_hand, *fieldsets]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with files.only_if_saved():
            return super().changeform_view(request, *args, **kwargs)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            keep(form.instance, form.cleaned_data, request.user, BEGUN)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        if getattr(request, "doubts", None):
            self._lead_to_those_on_record(request, context["adminform"].form)
        return super().render_change_form(request, context, *args, **kwargs)

    def _lead_to_those_on_record(self, request: HttpRequest, form: Any) -> None:
        url = form.data.get("url", "")
        for source in same_address(url):
            if source.pk != form.instance.pk:
                sentence = _('On record already: <a href="{}">{}</a>.')
                told = format_html(sentence, case_url(source), source)
                self.message_user(request, told, messages.WARNING)
