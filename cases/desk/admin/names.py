"""Which of a case's names is the preferred one is asked of all rows at once: it may
move from one to another.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases.desk.admin.forms import LabelledRows, PartForm
from cases.desk.admin.persons import asks_who


class NameForm(PartForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and "value" in self.fields:
            self.fields["value"].widget.attrs.update(asks_who())

    def validate_constraints(self) -> None:
        """One preferred name: the formset asks, for it alone knows the other rows."""
        self.instance.preferred, preferred = False, self.instance.preferred
        super().validate_constraints()
        self.instance.preferred = preferred


class NamesFormSet(LabelledRows):
    def clean(self) -> None:
        super().clean()
        kept = [
            form
            for form in self.forms
            if form not in self.deleted_forms and hasattr(form, "cleaned_data")
        ]
        if sum(bool(form.cleaned_data.get("preferred")) for form in kept) > 1:
            raise ValidationError(
                _("Preferred: only one name of a case can be the preferred one.")
            )
