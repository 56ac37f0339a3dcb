"""What a person decides of a proposal: a box for each field and each part, with the
ways that there are.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.admin.forms import QuestionForm
from cases.desk.admin.persons import PersonField
from cases.desk.proposals.comparing import Compared, ProposedFact, ProposedPart
from cases.desk.proposals.writing import LEAVE, NOTE, TAKE
from cases.history import needs_reason
from cases.models import Prisoner

TOLD = gettext_lazy(
    "The partner reads this. Do not say what is in the record, or whether we know the person."
)


class ChooseForm(forms.Form):
    into = PersonField(label=gettext_lazy("Another case"))


class RejectForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why not"),
        help_text=TOLD,
        widget=forms.TextInput(
            attrs={"class": "vTextField reason", "id": "id_rejected_because"}
        ),
    )


class _Choices(forms.Form):
    """`decisions` are by the name of the field and the key of the part, once it is
    valid.
    """

    note = forms.CharField(
        label=gettext_lazy("A word to the partner"),
        required=False,
        help_text=TOLD,
        widget=forms.TextInput(attrs={"class": "vTextField reason"}),
    )
    compared: Compared
    is_new = False

    def offer(self, compared: Compared) -> None:
        self.compared = compared
        for fact in compared.facts:
            self._add(fact.field.name, fact.label, self._of_fact(fact))
        for part in compared.parts:
            self._add(part.key, part.label, self._of_part(part))

    def _add(self, name: str, label: str, choices: list[tuple[str, Any]]) -> None:
        box = forms.Select(
            attrs={"aria-label": _("What to do with: %(label)s") % {"label": label}}
        )
        initial = LEAVE
        if self.is_new:
            initial = TAKE
        field = forms.ChoiceField(
            choices=choices, required=False, label=label, widget=box, initial=initial
        )
        self.fields[f"of_{name}"] = field

    def _of_fact(self, fact: ProposedFact) -> list[tuple[str, Any]]:
        if fact.is_the_same:
            return [(LEAVE, _("leave")), (TAKE, _("cite them for it, too"))]
        if fact.is_new:
            return [(LEAVE, _("leave")), (TAKE, _("take over"))]
        take = _("take over instead of ours")
        if isinstance(fact.proposed, list):
            take = _("add what is not there")
        return [
            (LEAVE, _("leave")),
            (TAKE, take),
            (NOTE, _("keep ours, and note what they say")),
        ]

    def _of_part(self, part: ProposedPart) -> list[tuple[str, Any]]:
        choices: list[tuple[str, Any]] = [(LEAVE, _("leave")), (TAKE, _("add"))]
        for record in part.beside:
            words = _("is the same as: %(part)s") % {"part": record}
            choices.append((str(record.pk), words))
        return choices

    @property
    def decisions(self) -> dict[str, str]:
        decisions = {}
        for name, value in self.cleaned_data.items():
            if name.startswith("of_"):
                decisions[name.removeprefix("of_")] = value
        return decisions

    def rows(self) -> tuple[list[Any], list[Any]]:
        """(facts, parts), each with its box."""
        facts, parts = [], []
        for fact in self.compared.facts:
            facts.append((fact, *fact.words, self[f"of_{fact.field.name}"]))
        for part in self.compared.parts:
            parts.append((part, self[f"of_{part.key}"]))
        return facts, parts


class NewCaseForm(_Choices):
    is_new = True


class MatchForm(_Choices, QuestionForm):
    stale = gettext_lazy(
        "Nothing was changed: the case was changed after you had opened this page. Look at it again."
        " This is what was changed:"
    )

    def __init__(self, case: Prisoner, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        self.fields["change_reason"].required = needs_reason(case)
