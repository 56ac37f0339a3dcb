"""What somebody is asked who brings a list in: the file, its columns, its words."""

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.calendars import CALENDARS
from cases.desk.lists import totals
from cases.desk.lists.bringing import keep_until, neutral_title
from cases.desk.lists.models import List, SavedPlan
from cases.desk.lists.plan import (
    ORDERS,
    TARGETS,
    Plan,
    Questions,
)
from cases.desk.lists.table import Table, Unreadable, read_table
from cases.desk.lists.targets import LEAVE_OUT, NOTHING_KNOWN

SAMPLES = 3  # cells of a column that are shown


class FileForm(forms.ModelForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, TSV, XLSX or ODS. It stays at the desk."),
    )
    totals = forms.CharField(
        label=gettext_lazy("Totals expected"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "One a line: the column, what stands in it, in how many rows. “Status:"
            " released: 52”. If there are more or fewer, nothing of it is accepted."
        ),
    )

    class Meta:
        model = List
        fields = ("owner", "title", "kept_until", "expected_rows", "most_quarantined")
        widgets = {
            "owner": forms.TextInput(attrs={"class": "vTextField"}),
            "title": forms.TextInput(attrs={"class": "vTextField"}),
            "kept_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    field_order = ("file", "owner", "title", "kept_until", "expected_rows", "totals")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("title", neutral_title())
        self.initial.setdefault("kept_until", keep_until())

    def clean_file(self) -> Any:
        """Cleaned, its content is `content`, and what was read of it `table`."""
        upload = self.cleaned_data["file"]
        most = settings.FILE_MAX_BYTES
        if upload.size > most:
            sentence = _("The file is larger than %(most)s.")
            raise forms.ValidationError(sentence % {"most": filesizeformat(most)})
        upload.content = upload.read()
        try:
            upload.table = read_table(upload.content, upload.name)
        except Unreadable as unreadable:
            raise forms.ValidationError(str(unreadable)) from unreadable
        return upload

    def clean_totals(self) -> str:
        """Kept with the list. Of a file that cannot be read, no column is known."""
        lines: str = self.cleaned_data["totals"]
        upload = self.cleaned_data.get("file")
        if upload is not None:
            try:
                expected = totals.typed(lines, upload.table.columns)
            except ValueError as wrong:
                raise forms.ValidationError(str(wrong)) from wrong
            self.instance.expected_totals = totals.as_json(expected)
        return lines


class ColumnsForm(forms.Form):
    """A box for each column. `plan` is what they say, once it is valid."""

    language = forms.CharField(
        label=gettext_lazy("Language of names and texts"),
        required=False,
        max_length=20,
        help_text=gettext_lazy(
            "A tag such as ar or es, where their letters do not tell."
        ),
    )
    save_as = forms.CharField(
        label=gettext_lazy("Keep this under the name"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("For other lists with such columns."),
    )

    def __init__(self, table: Table, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table, self.before = table, plan
        self.initial.setdefault("language", plan.language)
        choices = [("", _("not stored"))]
        choices += [(key, target.label) for key, target in TARGETS.items()]
        for place, title in enumerate(table.columns):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                choices=choices,
                required=False,
                label=title or _("column %(number)s") % {"number": place + 1},
                initial=plan.columns.get(title, ""),
            )

    @property
    def plan(self) -> Plan:
        columns = {}
        for place, title in enumerate(self.table.columns):
            columns[title] = self.cleaned_data[f"column_{place}"]
        return Plan(
            columns=columns,
            values=_of_columns(self.before.values, columns, self.before),
            date_order=_of_columns(self.before.date_order, columns, self.before),
            calendar=_of_columns(self.before.calendar, columns, self.before),
            language=self.cleaned_data["language"],
        )

    def rows(self) -> list[tuple[Any, list[str]]]:
        """Each box, with what stands in the first cells of its column."""
        rows = []
        for place, _title in enumerate(self.table.columns):
            rows.append((self[f"column_{place}"], _samples(self.table, place)))
        return rows


def _of_columns(said: dict[str, Any], columns: dict[str, str], before: Plan) -> Any:
    """What was said of columns that still mean the same."""
    kept = {}
    for title, words in said.items():
        if columns.get(title) and columns[title] == before.columns.get(title):
            kept[title] = words
    return kept


def _samples(table: Table, place: int) -> list[str]:
    samples: dict[str, None] = {}
    for row in table.rows:
        if row[place]:
            samples.setdefault(row[place])
        if len(samples) == SAMPLES:
            break
    return list(samples)


class SavedPlanForm(forms.Form):
    saved = forms.ModelChoiceField(
        SavedPlan.objects.all(),
        to_field_name="name",
        label=gettext_lazy("As it was kept"),
    )


class QuestionsForm(forms.Form):
    """Each question once for its column. `answered` is the plan with the answers."""

    def __init__(self, asked: Questions, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        orders = [("", _("choose")), *ORDERS.items()]
        for place, dates in enumerate(asked.dates):
            self.fields[f"order_{place}"] = forms.ChoiceField(
                choices=orders, label=dates.column, initial=_usual(dates)
            )
        for place, calendar in enumerate(asked.calendars):
            choices = [("", _("choose")), *_calendars()]
            self.fields[f"calendar_{place}"] = forms.ChoiceField(
                choices=choices, label=calendar.column
            )
        for place, value in enumerate(asked.values):
            self.fields[f"value_{place}"] = _value_field(value)

    def answered(self, plan: Plan) -> Plan:
        said = self.cleaned_data
        values = {title: dict(words) for title, words in plan.values.items()}
        date_order, calendar = dict(plan.date_order), dict(plan.calendar)
        for place, dates in enumerate(self.asked.dates):
            date_order[dates.column] = said[f"order_{place}"]
        for place, other in enumerate(self.asked.calendars):
            calendar[other.column] = said[f"calendar_{place}"]
        for place, value in enumerate(self.asked.values):
            words = values.setdefault(value.column, {})
            words[value.text] = said[f"value_{place}"]
        return Plan(plan.columns, values, date_order, calendar, plan.language)

    def of_dates(self) -> list[tuple[Any, Any]]:
        return [(dates, self[f"order_{n}"]) for n, dates in enumerate(self.asked.dates)]

    def of_calendars(self) -> list[tuple[Any, Any]]:
        asked = enumerate(self.asked.calendars)
        return [(calendar, self[f"calendar_{n}"]) for n, calendar in asked]

    def of_values(self) -> list[tuple[Any, Any]]:
        return [
            (value, self[f"value_{n}"]) for n, value in enumerate(self.asked.values)
        ]


def _usual(dates: Any) -> str:
    """Where the certain dates of the column all have one order, that one is offered."""
    if dates.day_first and not dates.month_first:
        return "dmy"
    if dates.month_first and not dates.day_first:
        return "mdy"
    return ""


def _calendars() -> list[tuple[str, Any]]:
    choices: list[tuple[str, Any]] = [("gregorian", _("Gregorian"))]
    for name, calendar in CALENDARS.items():
        if name in settings.OWN.calendars:
            choices.append((name, calendar.label))
    return choices


def _value_field(value: Any) -> forms.ChoiceField:
    choices = [
        (LEAVE_OUT, _("leave it out: it is listed as not read")),
        (NOTHING_KNOWN, _("nothing is known")),
        *value.choices,
    ]
    return forms.ChoiceField(
        choices=choices, required=False, label=value.text, initial=LEAVE_OUT
    )
