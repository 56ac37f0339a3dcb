"""What each list can be asked: the same questions for the pages, the API and CSV. They
are read off the contract; here stand those that are computed of several fields.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters import Filter

from tracker.asking.questions import (
    AsItWas,
    AtLeast,
    AtMost,
    Codes,
    DayFrom,
    DayUntil,
    Flag,
    Identifiers,
    Ids,
    Named,
    Questions,
    Search,
    SearchTexts,
    Status,
    StatusOn,
    Texts,
)
from tracker.contract import fields as of
from tracker.contract import past
from tracker.contract import vocabulary as v
from tracker.contract.arranging import arranged
from tracker.contract.asked import Asked, asked_of
from tracker.contract.documents import DOCUMENTS
from tracker.contract.walking import CHILD_KINDS


class PrisonerForm(forms.Form):
    day_alone = False
    """May the day of a status be given without a status? A page tells of each case what
    held on that day; the API does not.
    """

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("on"):
            for name in {*self.cleaned_data} - past.may_be_asked("prisoner"):
                if self.cleaned_data[name] not in (None, "", []):
                    sentence = _(
                        "This is known only as it is today: it cannot be asked together"
                        " with “on”."
                    )
                    self.add_error(name, sentence)
        if (
            self.cleaned_data.get("status_on")
            and not self.day_alone
            and not self.cleaned_data.get("status")
            and "status" not in self.errors
        ):
            self.add_error(
                "status_on", _("This is the day of a status: give “status”, too.")
            )
        return self.cleaned_data


_LEFT_OPEN = _("Did the court leave open how long it lasts")
# What no single field answers. Their facts are computed, too: tracker/contract/facts.py.
COMPUTED: dict[str, dict[str, Callable[[], Filter]]] = {
    "prisoner": {
        "status": lambda: Status(_("Status"), v.Status),
        "status_on": lambda: StatusOn(
            label=_("Status on the day (without it: as last known)")
        ),
        "on": lambda: AsItWas(label=_("As it was on this day")),
        "punishment": lambda: Codes(_("Punishment in force"), v.Punishment),
        "sentence_execution": lambda: Codes(
            _("Is the sentence in force to be served"), v.SentenceExecution
        ),
        "term_months_min": lambda: AtLeast(_("Term in force in months, at least")),
        "term_months_max": lambda: AtMost(_("Term in force in months, at most")),
        "term_in_force": lambda: Codes(
            _("What the sentence in force comes to"), v.TermInForce
        ),
        "term_left_open": lambda: Flag(_LEFT_OPEN),
        "held_in": lambda: Ids(
            _("Held in this facility, as last known (id)"),
            counted=of.BY_VALUE,
        ),
        "identifier": lambda: Identifiers(_("Identifier, as scheme:value")),
        "named": lambda: Named(_("Is a name published")),
    }
}
for _kind in CHILD_KINDS:
    COMPUTED[_kind] = {"named": lambda: Named(_("Is the person’s name published"))}
COMPUTED["sentence"]["term_left_open"] = lambda: Flag(_LEFT_OPEN)
FORMS: dict[str, type[forms.Form]] = {"prisoner": PrisonerForm}


def _questions(asked: Asked) -> list[Filter]:
    """In the order of its parameters: one, or of a day and of a number two."""
    label, *more = asked.labels
    match asked.form:
        case of.Date():
            return [
                DayFrom(asked.fact, label, counted=asked.counted),
                DayUntil(asked.fact, *more),
            ]
        case of.Number():
            return [AtLeast(label), AtMost(*more)]
        case of.Code():
            return [Codes(label, asked.form.vocabulary)]
        case of.Codes():
            return [Codes(label, asked.form.of_each)]
        case of.Flag():
            return [Flag(label)]
        case of.Id() | of.Ids():
            return [Ids(label, counted=asked.counted)]
        case of.Text() | of.Texts():
            return [Texts(label, counted=asked.counted)]
    raise TypeError(f"no question is known for {type(asked.form).__name__}")


def _filters(kind: str) -> type[Questions]:
    """Made in the order in which they are listed, as the library sorts them by age."""
    document = DOCUMENTS[kind]
    asked = {question.fact: question for question in asked_of(kind)}
    computed = COMPUTED.get(kind, {})
    filters: dict[str, Filter] = {}
    if document.searched:
        filters["q"] = Search(label=document.searched.label)
    if document.texts:
        filters["text"] = SearchTexts(label=_("Words of texts"))
    for name in arranged([*asked, *computed], document.asked):
        if name in computed:
            filters[name] = computed[name]()
        else:
            questions = _questions(asked[name])
            filters |= zip(asked[name].parameters, questions, strict=True)
    orderings = {name: order.column for name, order in document.orderings.items()}
    return type(
        f"{document.__name__}Filters",
        (Questions,),
        {
            "kind": kind,
            "orderings": {**orderings, "changed": "seq"},
            "default_ordering": document.default_ordering,
            "Meta": type("Meta", (), {"form": FORMS.get(kind, forms.Form)}),
            **filters,
        },
    )


FILTERS = {kind: _filters(kind) for kind in DOCUMENTS}
