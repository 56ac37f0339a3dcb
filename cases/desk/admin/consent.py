"""What a consent does, said where it is entered."""

from typing import Any

from django.contrib.admin.options import BaseModelAdmin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

_HELP = {
    "audience": _(
        "A consent to show something to everyone also allows showing it to partners."
    ),
    "given_by": _("The person, or somebody who speaks for them. Never published."),
    "withdrawn_on": _(
        "The day on which it was taken back; if you do not know it, today. Takes effect when you save, whatever waits"
        " for approval: without a consent for the name, the case is shown without its name; without one for the story,"
        " without its summary. Do not delete the row: it says why. Nothing that you do here gives it back. If consent"
        " is given again, add another row, with its day, who gave it, and how; then somebody else approves that it"
        " returns. A consent for health, ethnic group and religion, relatives, birthday, search engines or letters is"
        " over for good once it is taken back or changed: add another row, and have the case approved."
    ),
    "subject": _(
        "Name, story and photo: what may be shown. Health, ethnic group and religion, relatives: one personal detail;"
        " for relatives it may be one other case instead. Birthday: once it is taken back, readers are told only the"
        " year. Search engines: once it is taken back, the page of the case asks them to leave it out. Letters: readers"
        " are told how to write to the person, only while this stands. Contact shows nothing: it is for the desk to"
        " know."
    ),
}


class WithConsentHelp(BaseModelAdmin):
    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if text := _HELP.get(db_field.name):
            kwargs["help_text"] = text
        return super().formfield_for_dbfield(db_field, request, **kwargs)
